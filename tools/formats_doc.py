#!/usr/bin/env python3
"""formats_doc.py [--write] FORMATS-DOC docs/formats.md - its tables that are made.

FORMATS-DOC prints those of src/vex/status.c and src/vex/rules.c. Without --write it fails
where the page shows others, and where the code has rules that the table has
not, or the table some that the code has not.
"""
import glob
import os
import re
import subprocess
import sys

write = "--write" in sys.argv
program, page = [a for a in sys.argv[1:] if a != "--write"]
made = subprocess.run([program], check=True, capture_output=True, text=True)
with open(page, encoding="utf-8") as file:
    old = file.read()
new = old
tables = re.findall(r"(<!-- \w+ -->\n)((?:\|.*\n)+)", made.stdout)
assert len(tables) == 4, "the program prints four tables"
for mark, table in tables:
    new, count = re.subn(re.escape(mark) + r"(?:\|.*\n)*",
                         lambda _: mark + table, new)
    if count != 1:
        sys.exit(f"{page}: wants one line {mark.strip()}, has {count}")
sources = os.path.join(os.path.dirname(__file__), "../src/vex/*.c")
code = "".join(open(f, encoding="utf-8").read() for f in glob.glob(sources)
               if not f.endswith("vex/rules.c"))
code = re.sub(r"/\*.*?\*/", "", code, flags=re.S)
words = set(re.findall(r'"((?:\\.|[^"\\\n])*)"', code))
table = set(re.findall(r"^\| ([^|]+) \|", tables[2][1], re.M)) - {"rule"}
for rule in sorted(table - words - {"limit", "compression"}):
    sys.exit(f"src/vex/rules.c: no code breaks \"{rule}\"")
for rule in sorted(words - table):
    if re.fullmatch(r"(OpenVEX|CSAF|CycloneDX|SPDX|VEX repository|in-toto|DSSE)"
                    r" [-@\w. ]+", rule):
        sys.exit(f"src/vex/rules.c: \"{rule}\" is not there")
if write:
    with open(page, "w", encoding="utf-8") as file:
        file.write(new)
elif new != old:
    sys.exit(f"{page} is not what src/vex/status.c and rules.c say; run"
             f" tools/formats_doc.py --write {program} {page}")
