#!/usr/bin/env python3
"""frame_test.py LAUNCH - what tools/bench.py says must follow from what it saw. TAP.

No time is asserted: the callables of these rows return fixed figures.
"""
import importlib.util
import os
import sys
import tempfile

sys.dont_write_bytecode = True
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
spec = importlib.util.spec_from_file_location(
    "bench", os.path.join(ROOT, "tools/bench.py"))
bench = importlib.util.module_from_spec(spec)
spec.loader.exec_module(bench)
bench.LAUNCH = sys.argv[1]
count = failed = 0


def same(got, want, name):
    global count, failed
    count += 1
    good = got == want
    failed += not good
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        print("# got  %r\n# want %r" % (got, want))


def refusal(call):
    try:
        call()
    except bench.RowError as e:
        return str(e)
    return "taken"


def frame(runs=3, only=None):
    return bench.Bench("/nowhere", tempfile.gettempdir(), runs=runs,
                       only=only, area="core")


def quiet(call):
    kept, sys.stderr = sys.stderr, open(os.devnull, "w")
    try:
        call()
    finally:
        sys.stderr.close()
        sys.stderr = kept


# ---- arithmetic
same(bench.median([5, 1, 9]), 5, "median of an odd number")
same(bench.median([4, 1, 9, 2]), 3, "median of an even number")
for k in (0.5, 1, 2):
    same(round(bench.exponent([10, 100, 1000],
                              [3 * n ** k for n in (10, 100, 1000)]), 9), k,
         "exponent of n^%s" % k)
same(bench.cost_ratio(50, 100, "higher"), 2, "half the speed costs twice")
same(bench.cost_ratio(50, 100, "lower"), 0.5, "half the time costs half")
same([bench.short(n) for n in (1234567, 12.345, 0.0012345, 0)],
     ["1 234 567", "12.3", "0.00123", "0"], "numbers for people")

# ---- goals
seen = {"figure": 4, "ratio": 1.3, "peak": 11}
for goal, want in (("<= 4", True), ("<= 3.9", False), (">= 4", True),
                   (">= 4.1", False), ("ratio <= 1.3", True),
                   ("ratio <= 1.29", False), ("<= 4 and peak <= 10", False),
                   ("<= 4 and peak <= 11", True)):
    same(bench.goal_met(goal, seen), want, "goal %s" % goal)
same(refusal(lambda: bench.goal_met("peak <= 1", {"figure": 1})),
     "goal 'peak <= 1': the row has no peak", "a goal about what is not there")
same(refusal(lambda: bench.goal_parts("fast")),
     "goal 'fast': not \"[ratio|peak|exponent] <=|>= N\"",
     "a goal that no number decides")

# ---- rows that prove nothing
b = frame()
same(refusal(lambda: b.row("a", "s", lambda: 1.0)),
     "a: neither a peer, a floor nor a goal", "a row without peer and goal")
same(refusal(lambda: b.row("a", "s", lambda: 1.0, lambda: 1.0)),
     "a: a peer without a name", "a peer without a name")
same(refusal(lambda: b.row("a", "s", lambda: 1.0, goal="ratio <= 1")),
     "a: the row has no ratio", "a ratio to nothing")
same(refusal(lambda: b.row("a", "s", lambda: 1.0, goal="<= 1",
                           better="more")),
     "a: better is 'more'", "neither higher nor lower")
same(refusal(lambda: b.growth("a", "s", [1], lambda n: 1.0)),
     "a: one size shows no growth", "growth of one size")
same(b.results, [], "none of them was measured")

# ---- a row
calls = []


def said(who, figures):
    def call():
        calls.append(who)
        return figures[calls.count(who) - 1], 2048 * len(calls)
    return call


b = frame()
quiet(lambda: b.row("a", "MB/s", said("ours", [10, 30, 20]),
                    {"floor: scan": said("scan", [25, 26, 27]),
                     "other": said("other", [5, 5, 5])}))
same(calls, ["ours", "scan", "other", "other", "scan", "ours",
             "ours", "scan", "other"], "they take turns, in both orders")
same([(r["peer"], r["ours"]["median"], r["theirs"]["median"], r["ratio"],
       r["goal"], r["met"]) for r in b.results],
     [("floor: scan", 20, 26, 1.3, "ratio <= 1.3", True),
      ("other", 20, 5, 0.25, "ratio <= 0.33", True)],
     "a line a peer: medians, ratio, the goal of a floor and of a peer")
same((b.results[0]["ours"]["least"], b.results[0]["ours"]["most"],
      b.results[0]["ours"]["peak_kib"]), (10, 30, 2048 * 7),
     "spread and the largest peak")

# ---- a growth row
b = frame(1)
quiet(lambda: b.growth("g", "s", [10, 100, 1000], lambda n: 1e-6 * n * n,
                       note="squares"))
same((round(b.results[0]["exponent"], 6), b.results[0]["met"]), (2.0, False),
     "a square misses a goal of 1.1")

# ---- failures, and missed goals that say no reason
b = frame(1)


def broken():
    raise RuntimeError("no such peer")


quiet(lambda: b.row("broken", "s", lambda: 1.0, broken, "peer"))
quiet(lambda: b.row("zero", "s", lambda: 0.0, goal="<= 1"))
quiet(lambda: b.row("slow", "s", lambda: 2.0, goal="<= 1", better="lower"))
quiet(lambda: b.row("slow, said", "s", lambda: 2.0, goal="<= 1",
                    better="lower", note="the disk"))
quiet(lambda: b.row("fast", "s", lambda: 1.0, goal="<= 1", better="lower"))
areas = {"core": {"rows": b.results}}
same([row["name"] for _, row in bench.bad_rows(areas)],
     ["broken", "zero", "slow"], "failed rows, and a miss without a reason")
text = bench.table(b.results)
same([part in text for part in
      ("| broken | failed |", "no such peer", "**no reason given**",
       "| the disk |")], [True] * 4, "the table says so")
same(len({line.count("|") for line in text.strip().split("\n")}), 1,
     "every line of the table has the same columns")
b = frame(1, only="core/fast")
quiet(lambda: b.row("slow", "s", broken, goal="<= 1"))
quiet(lambda: b.row("fast", "s", lambda: 1.0, goal="<= 1"))
same([row["name"] for row in b.results], ["fast"], "--only leaves others out")

# ---- processes
hungry = "x = bytearray(64 << 20); x[::4096] = b'x' * len(x[::4096]); print(7)"
figure, peak = b.figure([sys.executable, "-c", hungry])
same(figure, 7.0, "the figure that a program prints")
same(peak > 64 << 10, True, "the peak memory of that very process")
_, small = b.figure([sys.executable, "-c", "print(7)"])
same(small < 64 << 10, True, "and not of the one before it")
try:
    b.seconds([sys.executable, "-c", "import sys; sys.exit('no disk')"])
    same("taken", "refused", "a failed process is no measurement")
except RuntimeError as e:
    same(str(e).endswith("exit status 1: no disk"), True,
         "a failed process is no measurement")

print("1..%d" % count)
sys.exit(1 if failed else 0)
