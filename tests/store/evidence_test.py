#!/usr/bin/env python3
"""evidence_test.py - which files a run of tools/evidence.py leaves: one that
fails, the one that mends it, and one that passes. In a repository of its own;
what the tiers find is given, how it is judged and written is the tool's."""
import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile

SOURCE = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
spec = importlib.util.spec_from_file_location(
    "evidence", os.path.join(SOURCE, "tools/evidence.py"))
evidence = importlib.util.module_from_spec(spec)
spec.loader.exec_module(evidence)
count = failures = 0


def ok(good, name):
    global count, failures
    count += 1
    failures += not good
    print("%sok %d - %s" % ("" if good else "not ", count, name))


def git(*arguments):
    subprocess.run(("git", "-C", evidence.ROOT, "-c", "user.name=t", "-c",
                    "user.email=t@example.com") + arguments, check=True,
                   stdout=subprocess.DEVNULL)


def run(failed):
    """Exit status of one run in which so many tests failed."""
    evidence.tier0 = lambda: {
        "missing": [], "symbolsMissing": [], "found": evidence.FILES,
        "classesFound": sorted(evidence.CLASSES), "verdict": "pass"}
    evidence.tier1 = lambda build: ({
        "buildSuccess": True, "testsRun": 90, "testsPassed": 90 - failed,
        "testsFailed": failed, "failures": ["store: 1 failed"] * failed,
        "verdict": "fail" if failed else "pass"}, "program", None)
    evidence.tier2 = lambda program: {
        "steps": [], "assertions": {"total": 30, "passed": 30, "failed": 0},
        "verdict": "pass"}
    sys.argv = ["evidence.py"]
    with contextlib.redirect_stdout(sys.stderr):
        return evidence.main()


def files(name):
    return sorted(os.listdir(os.path.join(evidence.ROOT, evidence.RUNS, name)))


def read(name, file):
    return evidence.load(os.path.join(evidence.RUNS, name), file)


TIERS = ["tier0-source-check.json", "tier1-build-check.json",
         "tier2-integration-check.json"]
sources = evidence.tier0()
ok(sources["verdict"] == "pass", "every file and function that is named is "
   "in these sources")
for lost in sources["missing"] + sources["symbolsMissing"]:
    print("# missing: " + lost)
with tempfile.TemporaryDirectory() as folder:
    evidence.ROOT = folder
    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "first")
    ok(run(1) == 1, "a run that fails ends with 1")
    ok(files("run-001") == TIERS + ["triage.json"], "and leaves triage.json")
    triage = read("run-001", "triage.json")
    ok(triage["rootCause"] == "tier1: store: 1 failed" and
       triage["affectedFiles"] and 0 < triage["confidence"] <= 1,
       "which names the cause")
    os.makedirs(os.path.join(folder, "tests"))
    with open(os.path.join(folder, "tests", "new.c"), "w",
              encoding="utf-8") as f:
        f.write("\n")
    git("add", "tests")
    git("commit", "-q", "-m", "store: mend it")
    ok(run(0) == 0, "the next run is its retest")
    ok(files("run-001") == ["fix-summary.json", "retest-result.json"] + TIERS
       + ["triage.json"], "with fix-summary.json and retest-result.json")
    fix = read("run-001", "fix-summary.json")
    ok(fix["filesModified"] == ["tests/new.c"] == fix["testsAdded"] and
       fix["description"] == "store: mend it", "what was changed")
    again = read("run-001", "retest-result.json")
    ok(again["verdict"] == "pass" and
       [r["tier"] for r in again["retestResults"]] ==
       ["tier0", "tier1", "tier2"] and
       again["previousFailures"] == triage["failures"],
       "what became of each tier")
    ok(read("run-001", TIERS[1])["verdict"] == "pass",
       "the tier files hold the final run")
    ok(run(0) == 0 and files("run-002") == TIERS, "the next one is run-002")
    ok(all(read("run-002", t)["verdict"] == read("run-001", t)["verdict"]
           for t in TIERS), "with the same verdict")
    ledger = evidence.load(os.path.dirname(evidence.LEDGER), "devops.json")
    ok(ledger["status"] == "done" and ledger["lastRunId"] == "run-002" and
       len(ledger["notes"]) == 3, "the ledger tells all three")
print("1..%d" % count)
sys.exit(failures > 0)
