#!/usr/bin/env python3
"""embed.py OUT.c NAME FILE... - files as one C array of {name, text, size}.

The table is `const struct embedded_file NAME[]`, sorted by file name and
ended by a NULL name; the text has a NUL behind it.
"""
import os
import sys


def c_string(data):
    out, line = [], '\t"'
    for byte in data:
        if byte == 10:
            piece = "\\n"
        elif byte in (34, 92):
            piece = "\\" + chr(byte)
        elif 32 <= byte < 127 and byte != 63:
            piece = chr(byte)
        else:
            piece = "\\%03o" % byte
        line += piece
        if byte == 10 or len(line) > 90:
            out.append(line + '"')
            line = '\t"'
    out.append(line + '"')
    return "\n".join(out)


def main():
    out, name, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    rows = []
    for path in sorted(files, key=os.path.basename):
        with open(path, "rb") as f:
            data = f.read()
        rows.append('\t{"%s",\n%s,\n\t %d},\n'
                    % (os.path.basename(path), c_string(data), len(data)))
    with open(out, "w") as f:
        f.write('#include "base/embedded.h"\n\n'
                "/* a whole file is longer than C17 asks a compiler to take */\n"
                '#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n'
                "const struct embedded_file %s[] = {\n%s\t{0, 0, 0},\n};\n"
                % (name, "".join(rows)))


main()
