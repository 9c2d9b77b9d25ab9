#!/usr/bin/env python3
"""checks.py: each test that docs/verification.md names is there.

A row names a test program and the words of one of its cases; both are looked
for in tests/unit. Checks 1 to 15 must all be in the table.
"""

import re
import sys

PAGE = "docs/verification.md"


def words(name):
    """The text literals of a test, with adjacent ones joined."""
    with open(f"tests/unit/{name}_test.c", encoding="utf-8") as file:
        text = file.read()
    return re.sub(r'"\s+"', "", text)


def main():
    with open(PAGE, encoding="utf-8") as file:
        rows = [[cell.strip() for cell in line.strip(" |\n").split(" | ")]
                for line in file if line.startswith("| ")]
    rows = [row for row in rows if row[2] != "test"]
    missing = []
    for row in rows:
        try:
            found = row[3] in words(row[2])
        except OSError:
            found = False
        if not found:
            missing.append(f"{PAGE}: no \"{row[3]}\" in {row[2]}")
    numbers = {row[0] for row in rows}
    missing += [f"{PAGE}: check {n} is not in the table"
                for n in range(1, 16) if str(n) not in numbers]
    print("\n".join(missing) if missing else f"{len(rows)} tests found")
    sys.exit(bool(missing) or len(rows) < 30)


main()
