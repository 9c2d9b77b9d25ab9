#!/usr/bin/env python3
"""formats_doc.py [--write] FORMATS-DOC docs/formats.md - its mapping tables.

FORMATS-DOC prints the tables of src/vex/status.c. Without --write it fails
where the page shows others.
"""
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
assert len(tables) == 2, "the program prints two tables"
for mark, table in tables:
    new, count = re.subn(re.escape(mark) + r"(?:\|.*\n)*",
                         lambda _: mark + table, new)
    if count != 1:
        sys.exit(f"{page}: wants one line {mark.strip()}, has {count}")
if write:
    with open(page, "w", encoding="utf-8") as file:
        file.write(new)
elif new != old:
    sys.exit(f"{page} is not what src/vex/status.c says; run"
             f" tools/formats_doc.py --write {program} {page}")
