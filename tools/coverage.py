#!/usr/bin/env python3
"""coverage.py BUILD [--write FILE] - which lines and branches the tests reach.

BUILD was set up with -Db_coverage=true and its tests have run. gcovr counts;
the table holds each folder of src/ and its least covered files. A branch that
no input can take (an allocation that fails, a system call that does) counts
like any other.
"""
import argparse
import collections
import json
import os
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
GOALS = {"lines": 90, "branches": 80}
FILES = 12  # shown of all
HEAD = """# Coverage

`make coverage` writes this page: what the suite of `make check`, built without sanitizers, reaches of `src/`, counted by
gcovr without the branches that only the compiler makes. One that only a failing allocation or system call takes counts
like any other, so that the numbers say what was seen to work. Goals: %d %% of lines, %d %% of branches.

""" % (GOALS["lines"], GOALS["branches"])


def summary(build):
    out = subprocess.run(
        ["gcovr", "--root", ROOT, "--filter", os.path.join(ROOT, "src") + "/",
         "--exclude-unreachable-branches", "--json-summary", "-", build],
        check=True, stdout=subprocess.PIPE, cwd=ROOT).stdout
    return json.loads(out)["files"]


def percent(covered, total):
    return "%.1f %%" % (100 * covered / total) if total else ""


def line(name, n):
    return "| %s | %d | %s | %d | %s |\n" % (
        name, n["line_total"], percent(n["line_covered"], n["line_total"]),
        n["branch_total"], percent(n["branch_covered"], n["branch_total"]))


def table(rows, what):
    return "| %s | lines | reached | branches | taken |\n" \
        "|---|---|---|---|---|\n" % what + "".join(
            line(*row) for row in rows) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--write", metavar="FILE")
    args = parser.parse_args()
    files = summary(args.build)
    total, folders = collections.Counter(), {}
    for f in files:
        numbers = {k: f[k] for k in ("line_total", "line_covered",
                                     "branch_total", "branch_covered")}
        folder = "/".join(f["filename"].split("/")[:2])
        folders.setdefault(folder, collections.Counter()).update(numbers)
        total.update(numbers)
    if not total["line_covered"]:
        print("nothing was reached: have the tests run?", file=sys.stderr)
        return 1
    least = sorted(files, key=lambda f: f["branch_covered"] /
                   f["branch_total"] if f["branch_total"] else 1)
    text = HEAD + table(sorted(folders.items()) + [("**all**", total)],
                        "folder") + \
        "## Least branches taken\n\n" + table(
            [(f["filename"], f) for f in least[:FILES]], "file")
    if args.write:
        with open(args.write, "w", encoding="utf-8") as f:
            f.write(text.rstrip() + "\n")
    print(text)
    good = 100 * total["line_covered"] >= GOALS["lines"] * \
        total["line_total"] and 100 * total["branch_covered"] >= \
        GOALS["branches"] * total["branch_total"]
    print("the goals are %s" % ("met" if good else "not met"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
