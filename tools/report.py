#!/usr/bin/env python3
"""report.py TESTLOG.json - count what the tests really printed.

Reads meson's testlog.json: every TAP line of every test counts as one. A test
that failed without a "not ok" of its own (a crash, a bail out, a timeout, a
plan that is not met, a skip that is not allowed) counts as one failure. Ends
with "N passed, N failed"; the exit status is 1 when anything failed or
nothing ran.
"""
import json
import re
import sys

LINE = re.compile(r"^(not )?ok\b[^#\n]*(#\s*(skip|todo)\b.*)?",
                  re.IGNORECASE | re.MULTILINE)
# What no package brings: these may be skipped, and it is said that they were.
SKIPS = {"migration-citus": "name a Citus cluster by VEXLOG_TEST_CITUS"}
PLAN = re.compile(r"^1\.\.(\d+)", re.MULTILINE)


def name_of(test):
    return test["name"].split(" / ")[-1].strip()


def count(test):
    """(passed, failed, skipped, why) of one test."""
    out = test.get("stdout") or ""
    passed = failed = skipped = 0
    for match in LINE.finditer(out):
        directive = (match.group(3) or "").lower()
        if directive == "skip":
            skipped += 1
        elif match.group(1):
            failed += 1
        else:
            passed += 1
    why = ""
    plan = PLAN.search(out)
    seen = passed + failed + skipped
    if plan and int(plan.group(1)) != seen:
        why = "%d of %s tests ran" % (seen, plan.group(1))
    elif test["result"] == "SKIP" and name_of(test) in SKIPS:
        skipped = max(skipped, 1)
    elif test["result"] not in ("OK", "EXPECTEDFAIL") and failed == 0:
        why = "%s, exit status %s" % (test["result"], test["returncode"])
    elif seen == 0 and test["result"] == "OK":
        passed = 1  # not TAP: its exit status is the one result
    if why:
        failed += 1
    return passed, failed, skipped, why


def main():
    passed = failed = skipped = programs = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as f:
            for line in f:
                test = json.loads(line)
                p, n, s, why = count(test)
                programs += 1
                passed, failed, skipped = passed + p, failed + n, skipped + s
                if s and name_of(test) in SKIPS:
                    print("NOT RUN %s: %s" % (
                        name_of(test), SKIPS[name_of(test)]))
                if n:
                    print("FAILED %s: %d of %d%s" % (
                        test["name"], n, p + n, why and " (%s)" % why))
                    for match in LINE.finditer(test.get("stdout") or ""):
                        if match.group(1):
                            print("  " + match.group(0))
    print("%d programs of tests%s" % (
        programs, ", %d tests skipped" % skipped if skipped else ""))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
