"""faults_unit.py - a row of faults.py: the unit tests, one allocation failing.

A test program may pass, or say "not ok" or "Bail out!" and exit 1. What it may
not do is crash, hang, leave tests out and say that all is well, or meet a
report of a sanitizer.
"""
import glob
import os
import re
import subprocess
import tempfile

POINTS = 16
# of make check: many readers and little time
QUICK = ("archive_test", "attestation_test", "bundle_own_test", "dsse_test",
         "corpus_test", "csaf21_test", "cyclonedx_test", "entry_test",
         "export_test", "ids_test", "log_test", "monitor_test", "spdx_test",
         "store_kept_test", "store_queue_test", "trust_test")
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests",
                    "data")


def run(world, program, fault):
    """Its exit code and what it said."""
    scratch = tempfile.mkdtemp(prefix="vexlog-faults-")
    os.chmod(scratch, 0o755)  # some go on as another user
    env = dict(os.environ, FAULT=fault, FAULT_REPORT=world.report,
               LD_PRELOAD=world.layer, TMPDIR=scratch,
               VEXLOG_TEST_DATA=os.environ.get("VEXLOG_TEST_DATA", DATA),
               ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0",
               UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1")
    done = subprocess.run([program], env=env, capture_output=True,
                          check=False, stdin=subprocess.DEVNULL, timeout=300)
    said = (done.stdout + done.stderr).decode(errors="replace")
    world.clear(scratch)
    return done.returncode, said


def judge(code, said, tests):
    """What is bad about it, or None."""
    if code < 0:
        return "signal %d" % -code
    found = re.search(r"(ERROR: \w*Sanitizer.*|.*runtime error: .*)", said)
    if found:
        frame = re.search(r"in \w+ \S*(src|tests)/\S+", said)
        return "%s %s" % (found.group(1), frame.group(0) if frame else "")
    failed = re.search(r"^(not ok|Bail out!)", said, re.MULTILINE)
    if code == 0 and not failed and "\n1..%d\n" % tests in "\n" + said:
        return None
    if code == 1 and failed:
        return None
    return "exit %d without a word: %s" % (code, said[-200:])


def memory(world, row):
    found = sorted(glob.glob(os.path.join(
        os.path.dirname(world.layer), "..", "unit", "*_test")))
    if not found:
        row.bad.append("no test programs beside " + world.layer)
    for program in found:
        name = os.path.basename(program)
        if world.quick and name not in QUICK:
            continue
        code, said = run(world, program, "memory:0")
        tests = re.search(r"^1\.\.(\d+)$", said, re.MULTILINE)
        if code != 0 or not tests:
            row.bad.append("%s does not pass at all: %s" % (name, said[-200:]))
            continue
        count = world.steps()[0]
        points = 2 if world.quick else POINTS
        for i in range(min(points, count)):
            # spread, and at another place in each part
            n = 1 + (2 * i + 1) * count // (2 * points) + i * 7919 % 101
            try:
                code, said = run(world, program, "memory:%d" % n)
                bad = judge(code, said, int(tests.group(1)))
                row.times += code < 0 or world.steps()[1] > 0
            except subprocess.TimeoutExpired:
                bad = "hangs"
            if bad:
                row.bad.append("%s memory:%d: %s" % (name, n, bad))


ROWS = [("unit tests: one allocation fails", memory)]
