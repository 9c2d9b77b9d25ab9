#!/usr/bin/env python3
"""evidence.py [--run run-NNN] [--build DIR] - check the linkage feature in
three tiers and write down what really happened.

  tier 0  the sources: every file and every function that the feature needs
  tier 1  a fresh build with sanitizers, and all tests
  tier 2  the feature as a user meets it, on a fresh PostgreSQL cluster

The files go to docs/qa/feature-checks/runs/devops/vex-rekor-linkage/run-NNN,
the ledger is docs/qa/feature-checks/state/devops.json. Nobody edits them.

A run that fails leaves triage.json. The next call, or --run with its name,
is its retest: fix-summary.json says what was changed between the two commits,
retest-result.json what became of each failure, and the tier files then hold
the final run. Without --run the last run is retested if it failed, else a new
one begins. Exit status 0: everything passed.

--build DIR takes a meson build folder that is there instead of a fresh one;
the evidence then says so, and its count of warnings is null.
"""
import argparse
import datetime
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tools"))
import report  # noqa: E402 - tools/report.py, the counting

MODULE, FEATURE = "devops", "vex-rekor-linkage"
CHECKS = os.path.join("docs", "qa", "feature-checks")
RUNS = os.path.join(CHECKS, "runs", MODULE, FEATURE)
LEDGER = os.path.join(CHECKS, "state", MODULE + ".json")
RETRIES_MAX = 3
TESTS_MIN = 71  # what the original of this feature had

# What the original calls it, and what stands for it here.
FILES = [
    "devops/database/migrations/V20260101__vexlog_base.sql",
    "devops/database/migrations/V20260117__vex_rekor_linkage.sql",
    "devops/database/migrate.sh",
    "devops/compose/docker-compose.stella-ops.yml",
    "include/vexlog.h", "src/vex/status.c", "src/vex/merge.c",
    "src/vex/delta.c", "src/vex/observation.c", "src/flow/link.c",
    "src/flow/link_commit.c", "src/store/claim.c", "src/store/linkage.c",
    "src/flow/verdict.c", "src/flow/trace.c", "src/store/store.h",
    "src/store/observations.c", "src/store/queue.c", "src/store/postgres.c",
    "src/store/sql/link.sql", "src/store/sql/find_pending.sql",
    "tests/unit/store_test.c", "tests/migration/apply.sh",
    "tests/migration/write_once.sh", "tests/store/drain.sh",
    "tests/store/faults.sh",
]
CLASSES = {
    "VexProofIntegrator": ["status_read"],
    "VexVerdictProofPayload": ["vexlog_payload", "vexlog_verify_payload"],
    "VexVerdictId": ["vexlog_hash"],
    "VexDeltaStatement": ["vexlog_delta"],
    "VexMergeTrace": ["vexlog_merge", "vexlog_trace", "vexlog_trace_json"],
    "VexObservationLinkage": ["store_link", "store_find", "store_claim_jobs",
                              "store_count_pending"],
    "PostgresVexObservationStore": ["store_postgres"],
    "RekorVerification": ["vexlog_verify", "vexlog_monitor"],
    "Migrations": ["store_migrate", "store_migrations"],
}
# Where to look first when a part of tier 2 fails.
PARTS = {"schema": "devops/database/migrations", "linkage": "src/store",
         "change": "src/flow", "again": "devops/database/migrations"}


def say(text):
    print("evidence: " + text, file=sys.stderr, flush=True)


def run(*command, **options):
    options.setdefault("timeout", 3600)
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        encoding="utf-8", errors="replace", cwd=ROOT, **options)


def first_line(*command):
    try:
        out = run(*command, timeout=60).stdout.strip().splitlines()
        return out[0] if out else ""
    except OSError:
        return "none"


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime(
        "%Y-%m-%dT%H:%M:%SZ")


def stamp():
    """What every file carries: which sources, when, with what."""
    dirty = run("git", "status", "--porcelain", "--", ".",
                ":!" + CHECKS).stdout.strip()
    return {
        "feature": FEATURE, "module": MODULE, "capturedAtUtc": now(),
        "commit": first_line("git", "rev-parse", "HEAD"),
        "uncommittedChanges": bool(dirty),
        "versions": {
            "system": platform.platform(),
            "compiler": first_line("cc", "--version"),
            "meson": first_line("meson", "--version"),
            "python": platform.python_version(),
            "psql": first_line("psql", "--version")},
    }


def save(folder, name, record):
    path = os.path.join(ROOT, folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w", encoding="utf-8") as f:
        json.dump(record, f, indent=2, ensure_ascii=False)
        f.write("\n")
    os.replace(path + ".new", path)


def load(folder, name):
    try:
        with open(os.path.join(ROOT, folder, name), encoding="utf-8") as f:
            return json.load(f)
    except FileNotFoundError:
        return None


# ---- the tiers -----------------------------------------------------------

def tier0():
    found = [f for f in FILES if os.path.isfile(os.path.join(ROOT, f))]
    missing = [f for f in FILES if f not in found]
    text = ""
    for base, _, names in os.walk(os.path.join(ROOT, "src")):
        for name in sorted(names):
            if name.endswith(".c"):
                with open(os.path.join(base, name), encoding="utf-8") as f:
                    text += "\n" + f.read()
    # House style: a function's name stands in column 0 where it is defined.
    defined = {symbol for symbols in CLASSES.values() for symbol in symbols
               if re.search(r"(?m)^%s\(|^const struct \w+ %s = \{"
                            % (symbol, symbol), text)}
    classes = sorted(CLASSES)
    ready = [c for c in classes if set(CLASSES[c]) <= defined]
    gone = [c for c in classes if c not in ready]
    lost = len(missing) + len(gone)
    return {
        "type": "source", "filesChecked": FILES, "found": found,
        "missing": missing, "classesChecked": classes,
        "classesFound": ready, "classesMissing": gone,
        "symbols": {c: CLASSES[c] for c in classes},
        "symbolsMissing": sorted({s for c in gone for s in CLASSES[c]}
                                 - defined),
        "verdict": "pass" if lost == 0 else
        "partial" if 2 * lost <= len(FILES) + len(classes) else "fail"}


def tier1(build):
    """(record, program or None, the fresh folder to remove or None)"""
    log, fresh = "", build is None
    success = True
    if fresh:
        build = tempfile.mkdtemp(prefix="vexlog-evidence-build-")
        commands = [["meson", "setup", build, ROOT,
                     "-Db_sanitize=address,undefined"],
                    ["ninja", "-C", build]]
    else:
        commands = [["ninja", "-C", build]]
    for command in commands:
        say(" ".join(command))
        done = run(*command)
        log += done.stdout
        success = done.returncode == 0
        if not success:
            break
    passed = failed = skipped = 0
    failures = []
    if success:
        say("meson test")
        tests = run("meson", "test", "-C", build, "--no-rebuild")
        log += tests.stdout
        with open(os.path.join(build, "meson-logs", "testlog.json"),
                  encoding="utf-8") as f:
            for line in f:
                test = json.loads(line)
                p, n, s, why = report.count(test)
                passed, failed, skipped = passed + p, failed + n, skipped + s
                if n:
                    failures.append("%s: %d failed%s" % (
                        test["name"], n, why and " (%s)" % why))
    enough = passed >= TESTS_MIN
    record = {
        "type": "build", "compiler": first_line("cc", "--version"),
        "flags": options_of(build) if success else [],
        "freshBuild": fresh, "buildSuccess": success,
        "warnings": len(re.findall(r"\bwarning:", log)) if fresh else None,
        "testsRun": passed + failed, "testsPassed": passed,
        "testsFailed": failed, "testsSkipped": skipped,
        "testsExpectedAtLeast": TESTS_MIN, "failures": failures,
        "sanitizers": ["address", "undefined"] if success and any(
            "address,undefined" in f for f in options_of(build)) else [],
        "logDigest": "sha256:" + hashlib.sha256(log.encode()).hexdigest(),
        "verdict": "pass" if success and failed == 0 and enough else "fail"}
    if not success:
        record["failures"] = log.strip().splitlines()[-20:]
    elif not enough and not failures:
        failures.append("only %d tests" % passed)
    program = os.path.join(build, "src", "cli", "vexlog")
    return record, (program if success else None), (build if fresh else None)


def options_of(build):
    done = run("meson", "introspect", "--buildoptions", build)
    try:
        options = json.loads(done.stdout)
    except ValueError:
        return []
    return ["%s=%s" % (o["name"], o["value"]) for o in options
            if o["name"] in ("b_sanitize", "buildtype", "c_std",
                             "warning_level", "werror", "b_pie")]


def tier2(program):
    if program is None:
        return {"type": "integration", "environment": {}, "steps": [],
                "assertions": {"total": 0, "passed": 0, "failed": 0},
                "verdict": "fail", "reason": "there is no program to run"}
    say("a fresh PostgreSQL cluster")
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=1")
    for name in ("VEXLOG_HOME", "VEXLOG_STORE", "VEXLOG_TENANT"):
        environment.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="vexlog-evidence-") as folder:
        out = os.path.join(folder, "tier2.json")
        done = run(os.path.join(ROOT, "tests", "pg.sh"), sys.executable,
                   os.path.join(ROOT, "tools", "evidence_tier2.py"), program,
                   out, env=environment)
        try:
            with open(out, encoding="utf-8") as f:
                return json.load(f)
        except (OSError, ValueError):
            return {"type": "integration", "environment": {}, "steps": [],
                    "assertions": {"total": 0, "passed": 0, "failed": 0},
                    "verdict": "fail",
                    "reason": done.stdout.strip()[-2000:]}


# ---- a run, and what follows from it --------------------------------------

TIER_FILES = [("tier0", "tier0-source-check.json"),
              ("tier1", "tier1-build-check.json"),
              ("tier2", "tier2-integration-check.json")]


def reasons(tiers):
    """Each failure of a run as {tier, reason}."""
    t0, t1, t2 = tiers["tier0"], tiers["tier1"], tiers["tier2"]
    out = [{"tier": "tier0", "reason": "missing " + name}
           for name in t0["missing"] + t0["symbolsMissing"]]
    if t1["verdict"] != "pass":
        out += [{"tier": "tier1", "reason": text}
                for text in t1["failures"] or ["the build failed"]]
    for step in t2["steps"]:
        if step["result"] != "pass":
            out.append({"tier": "tier2", "reason": "%s: expected %s, got %s"
                        % (step["name"], json.dumps(step["expected"]),
                           json.dumps(step["actual"])[:300])})
    if t2["verdict"] != "pass" and not t2["steps"]:
        out.append({"tier": "tier2", "reason": t2.get("reason", "no steps")})
    return out


def triage(tiers, failures):
    """What kind of failure it is, from what failed first."""
    t0, t1 = tiers["tier0"], tiers["tier1"]
    text = json.dumps(failures)
    if t0["verdict"] != "pass":
        category, sure = "missing_code", 1.0
        files = t0["missing"] or ["src"]
    elif "Bail out" in text or "apt-get install" in text:
        category, sure, files = "env_issue", 0.9, []
    elif not t1["buildSuccess"]:
        category, sure = "bug", 1.0
        files = sorted(set(re.findall(r"((?:src|tests|fuzz)/[\w/.-]+\.[ch])",
                                      "\n".join(t1["failures"]))))
    elif t1["testsPassed"] < TESTS_MIN and t1["testsFailed"] == 0:
        category, sure, files = "test_gap", 1.0, ["tests"]
    else:
        category, sure = "bug", 0.7
        files = sorted(set(re.findall(
            r"(?:src|devops|tests)/[\w/.-]+", text)) | {
                PARTS[s["part"]] for s in tiers["tier2"]["steps"]
                if s["result"] != "pass"}) or ["src"]
    return {
        "category": category,
        "rootCause": "%s: %s" % (failures[0]["tier"], failures[0]["reason"]),
        "affectedFiles": files, "failures": failures,
        "suggestedFix": "make \"%s\" hold, then run tools/evidence.py again"
        % failures[0]["reason"][:200],
        "confidence": sure}


def fix_summary(before, after):
    names = run("git", "diff", "--name-only", before, after, "--", ".",
                ":!" + CHECKS).stdout.split()
    added = run("git", "diff", "--name-only", "--diff-filter=A", before,
                after, "--", "tests", "fuzz").stdout.split()
    subjects = run("git", "log", "--format=%s", before + ".." + after, "--",
                   ".", ":!" + CHECKS).stdout.strip().splitlines()
    return {"fromCommit": before, "toCommit": after, "filesModified": names,
            "testsAdded": added, "description": "; ".join(subjects) or
            "nothing was committed between the two runs"}


def retest(previous, before, tiers, failures):
    """What became of each failure of the run before."""
    t1, t2 = tiers["tier1"], tiers["tier2"]
    evidence = {
        "tier0": "%d of %d files, %d of %d classes" % (
            len(tiers["tier0"]["found"]), len(FILES),
            len(tiers["tier0"]["classesFound"]), len(CLASSES)),
        "tier1": "%d tests passed, %d failed" % (
            t1["testsPassed"], t1["testsFailed"]),
        "tier2": "%d of %d steps passed" % (
            t2["assertions"]["passed"], t2["assertions"]["total"])}
    new = max(0, t1["testsRun"] - before["testsRun"])
    return {
        "previousFailures": previous,
        "retestResults": [{
            "tier": tier,
            "result": "pass" if tiers[tier]["verdict"] == "pass" else "fail",
            "evidence": evidence[tier]} for tier, _ in TIER_FILES],
        "regressionCheck": {
            "testsRun": t1["testsRun"], "testsPassed": t1["testsPassed"],
            "testsFailed": t1["testsFailed"], "newTestsRun": new,
            "newTestsPassed": new if t1["testsFailed"] == 0 else
            max(0, t1["testsPassed"] - before["testsPassed"])},
        "verdict": "fail" if failures else "pass",
        "failureDetails": failures or None}


def choose(name):
    """(folder of the run, its triage when this is a retest)"""
    base = os.path.join(ROOT, RUNS)
    there = sorted(d for d in (os.listdir(base) if os.path.isdir(base) else [])
                   if re.fullmatch(r"run-\d{3}", d))
    if name is None:
        name = there[-1] if there else "run-001"
        last = load(LEDGER.rpartition(os.sep)[0], MODULE + ".json") or {}
        if there and last.get("status") != "failed":
            name = "run-%03d" % (int(there[-1][4:]) + 1)
    elif not re.fullmatch(r"run-\d{3}", name):
        sys.exit("evidence: a run is called run-001 to run-999, not " + name)
    folder = os.path.join(RUNS, name)
    before = load(folder, TIER_FILES[1][1])
    failed = load(folder, "triage.json")
    if before and not failed:
        sys.exit("evidence: %s has passed and stays as it is; leave out --run "
                 "for a new one" % name)
    done = load(folder, "retest-result.json")
    if done and done["verdict"] == "pass":
        sys.exit("evidence: %s has passed its retest and stays as it is"
                 % name)
    return name, folder, before, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run")
    parser.add_argument("--build")
    arguments = parser.parse_args()
    if shutil.which("git") is None or run(
            "git", "rev-parse", "HEAD").returncode != 0:
        sys.exit("evidence: this is no git checkout, so it has no commit")
    name, folder, before, failed = choose(arguments.run)

    say("%s, %s" % (name, "retest" if failed else "first run"))
    head = stamp()
    record1, program, temporary = tier1(
        arguments.build and os.path.abspath(arguments.build))
    tiers = {"tier0": tier0(), "tier1": record1, "tier2": tier2(program)}
    if temporary:
        shutil.rmtree(temporary)
    for tier, file in TIER_FILES:
        save(folder, file, {"tier": tier, "runId": name, **head,
                            **tiers[tier]})
    failures = reasons(tiers)
    ledger = load(os.path.dirname(LEDGER), MODULE + ".json") or {
        "feature": FEATURE, "module": MODULE, "status": "queued",
        "retryCount": 0, "lastRunId": None, "notes": []}
    if failed:
        save(folder, "fix-summary.json", {"runId": name, **head, **fix_summary(
            failed["commit"], head["commit"])})
        save(folder, "retest-result.json", {"runId": name, **head, **retest(
            failed["failures"], before, tiers, failures)})
        ledger["retryCount"] += 1
    else:
        ledger["retryCount"] = 0
        if failures:
            save(folder, "triage.json", {"runId": name, **head,
                                         **triage(tiers, failures)})
    ledger["status"] = "done" if not failures else \
        "blocked" if ledger["retryCount"] >= RETRIES_MAX else "failed"
    ledger["lastRunId"] = name
    ledger["notes"].append("%s %s at %s (%s): %d tests, %d steps, %s" % (
        head["capturedAtUtc"], name, head["commit"][:12],
        "retest" if failed else "first run", record1["testsRun"],
        tiers["tier2"]["assertions"]["total"],
        "%d failures" % len(failures) if failures else "all passed"))
    save(os.path.dirname(LEDGER), os.path.basename(LEDGER), ledger)
    for failure in failures:
        say("%(tier)s: %(reason)s" % failure)
    print(json.dumps({"run": name, **{
        tier: tiers[tier]["verdict"] for tier, _ in TIER_FILES}}))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
