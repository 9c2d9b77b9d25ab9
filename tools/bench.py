#!/usr/bin/env python3
"""bench.py - measure vexlog beside its peers and its floors.

    tools/bench.py [--quick] [--area A]... [--only REGEX] [--runs N] [--write]
                   [--list] [PROGRAM]

Every figure stands beside another one, taken in the same run from the same
input: a peer's (another program or library that does the same) or a floor's
(the part of the work that nobody can leave out). Ours and theirs take turns
over several runs; the table holds medians, and the ratio is our cost divided
by theirs, so under 1 is cheaper than they are.

The rows stand in tools/bench/AREA.py: `def rows(b)` calls b.row and b.growth.
The results go to stdout, with --write to docs/benchmarks.json and, from that,
docs/benchmarks.md; an area that was not run keeps its rows of before.
Exit status 1 when a row failed, or missed its goal and says no reason.
"""
import argparse
import datetime
import importlib.util
import json
import math
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
LAUNCH = os.path.join(ROOT, "build/tests/bench/launch")
AREAS = ["core", "formats", "store", "rekor", "decide"]
FLOOR = "floor"  # a peer whose name begins so is a floor
GOALS = {True: "ratio <= 1.3", False: "ratio <= 0.33"}  # of a floor, a peer
GOAL = re.compile(r"^(?:(ratio|peak|exponent) )?(<=|>=) ([0-9.]+)$")


class RowError(Exception):
    """A row that says too little to be judged."""


# ---- arithmetic -----------------------------------------------------------

def median(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) / 2


def exponent(sizes, costs):
    """k of cost = c * size^k: the least squares line through the logarithms."""
    x = [math.log(s) for s in sizes]
    y = [math.log(c) for c in costs]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y)) / \
        sum((a - mx) ** 2 for a in x)


def cost_ratio(ours, theirs, better):
    return theirs / ours if better == "higher" else ours / theirs


def goal_parts(goal):
    """[(subject, relation, number)]: "<= 4", "ratio <= 1.3 and peak <= 10"."""
    parts = []
    for text in goal.split(" and "):
        match = GOAL.match(text)
        if match is None:
            raise RowError("goal %r: not \"[ratio|peak|exponent] <=|>= N\""
                           % text)
        parts.append((match.group(1) or "figure", match.group(2),
                      float(match.group(3))))
    return parts


def goal_met(goal, values):
    """values: what of figure, ratio, peak (MiB) and exponent was measured."""
    for subject, relation, number in goal_parts(goal):
        if subject not in values:
            raise RowError("goal %r: the row has no %s" % (goal, subject))
        value = values[subject]
        if not (value <= number if relation == "<=" else value >= number):
            return False
    return True


def short(number):
    """Three digits that count, thousands set apart."""
    if number is None:
        return ""
    if number == 0 or not math.isfinite(number):
        return str(number)
    digits = max(0, 2 - math.floor(math.log10(abs(number))))
    if digits == 0:
        return "{:,}".format(round(number)).replace(",", " ")
    return "%.*f" % (digits, number)


# ---- running --------------------------------------------------------------

def measured(command, env=None, cwd=None, stdin=None, good=(0,)):
    """(wall seconds, peak resident KiB, stdout) of one child process."""
    with tempfile.TemporaryDirectory() as folder, \
            tempfile.TemporaryFile() as err, \
            open(stdin or os.devnull, "rb") as given:
        result = os.path.join(folder, "result")
        done = subprocess.run(
            [LAUNCH, result, *command], stdin=given, cwd=cwd, check=False,
            stdout=subprocess.PIPE, stderr=err,
            env=None if env is None else {**os.environ, **env})
        if done.returncode not in good:
            err.seek(0)
            raise RuntimeError("%s: exit status %d: %s" % (
                " ".join(command)[:200], done.returncode,
                err.read().decode(errors="replace").strip()[-400:]))
        with open(result, encoding="ascii") as f:
            seconds, peak_kib = f.read().split()
        return float(seconds), int(peak_kib), done.stdout


def said(command, fallback="not there"):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=True)
    except (OSError, subprocess.CalledProcessError):
        return fallback
    return done.stdout.decode(errors="replace").strip().split("\n")[0]


class Cluster:
    """A PostgreSQL of its own, by tests/pg.sh, with a crash-safe setting."""
    DURABLE = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on"

    def __init__(self):
        self.count = 0
        self.child = subprocess.Popen(
            [os.path.join(ROOT, "tests/pg.sh"), "sh", "-c",
             "env | grep ^PG; echo ready; read -r line || :"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, "PG_SERVER_ARGS": self.DURABLE}, text=True)
        self.env = {}
        for line in self.child.stdout:
            if line.strip() == "ready":
                return
            name, _, value = line.rstrip("\n").partition("=")
            self.env[name] = value
        raise RuntimeError("no PostgreSQL cluster, see above")

    def psql(self, sql, database="postgres"):
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
             "-d", database, "-c", sql],
            env={**os.environ, **self.env}, stdout=subprocess.PIPE,
            check=True, text=True)
        return done.stdout.strip()

    def database(self):
        """The URL of a new, empty database."""
        self.count += 1
        name = "bench%d" % self.count
        self.psql("CREATE DATABASE %s" % name)
        return "postgresql:///%s?host=%s&port=%s&user=%s" % (
            name, self.env["PGHOST"], self.env["PGPORT"], self.env["PGUSER"])

    def close(self):
        self.child.communicate("done\n")


# ---- rows -----------------------------------------------------------------

class Bench:
    """What a module of tools/bench/ is given."""

    def __init__(self, program, work, quick=False, runs=None, only=None,
                 area="", listing=False):
        self.vexlog = program
        self.work = work    # a folder that goes with the run
        self.quick = quick  # small inputs: does it work, not how fast is it
        self.runs = runs or (3 if quick else 5)
        self.only = only
        self.area = area
        self.listing = listing
        self.results = []
        self._cluster = None
        self._built = {}

    # What a module uses

    def pick(self, full, quick):
        return quick if self.quick else full

    def wants(self, name):
        """Whether a row of this name is to be measured: spares the set-up."""
        return self.only is None or \
            re.search(self.only, self.area + "/" + name) is not None

    def path(self, name):
        return os.path.join(self.work, name)

    def measured(self, command, **options):
        return measured(command, **options)

    def seconds(self, command, **options):
        """For a row of whole processes: (wall seconds, peak KiB)."""
        seconds, peak, _ = measured(command, **options)
        return seconds, peak

    def figure(self, command, **options):
        """For a row of a timing program, which prints its figure alone."""
        _, peak, out = measured(command, **options)
        return float(out), peak

    def c(self, name):
        """tests/bench/NAME.c, on our library: built by meson."""
        return os.path.join(ROOT, "build/tests/bench", name + "_bench")

    def peer_c(self, name, *packages):
        """tests/bench/peer/NAME.c, on Debian's libraries, by pkg-config."""
        def build(out):
            flags = subprocess.run(
                ["pkg-config", "--cflags", "--libs", *packages], check=True,
                stdout=subprocess.PIPE, text=True).stdout.split()
            subprocess.run(
                ["cc", "-O2", "-std=gnu17", "-I", ROOT, "-o", out,
                 os.path.join(ROOT, "tests/bench/peer", name + ".c"), *flags],
                check=True)
        return self._once("peer_" + name, build)

    def go(self, name):
        """tests/bench/go/NAME, a Go program on modules of go.sum."""
        def build(out):
            subprocess.run(
                ["go", "build", "-buildvcs=false", "-o", out, "./" + name],
                cwd=os.path.join(ROOT, "tests/bench/go"), check=True,
                env={**os.environ, "CGO_ENABLED": "0"})
        return self._once("go_" + name, build)

    def postgres(self):
        """The run's cluster: .database() gives a new URL."""
        if self._cluster is None:
            self._cluster = Cluster()
        return self._cluster

    def row(self, name, unit, ours, peer=None, peer_name="", goal="",
            better="higher", note="", runs=None):
        """
        One figure of ours beside a peer's or a floor's, or beside several:
        then peer is {name: callable}. A callable returns the figure, or
        (figure, peak KiB). goal: as goal_parts reads it; without one 1.3
        times a floor's cost, a third of a peer's. note: what limits a row
        that misses its goal, or a word on what was measured.
        """
        peers = peer if isinstance(peer, dict) else \
            {} if peer is None else {peer_name: peer}
        if not peers and not goal:
            raise RowError("%s: neither a peer, a floor nor a goal" % name)
        if "" in peers:
            raise RowError("%s: a peer without a name" % name)
        if better not in ("higher", "lower"):
            raise RowError("%s: better is %r" % (name, better))
        for part in goal_parts(goal) if goal else []:
            if part[0] == "exponent" or part[0] == "ratio" and not peers:
                raise RowError("%s: the row has no %s" % (name, part[0]))
        self._judge(name, lambda: self._row(name, unit, ours, peers, goal,
                                            better, note, runs or self.runs))

    def growth(self, name, unit, sizes, ours, goal="exponent <= 1.1",
               note="", runs=None):
        """How the cost ours(size), lower is better, grows with the size."""
        if len(sizes) < 2:
            raise RowError("%s: one size shows no growth" % name)
        goal_parts(goal)
        self._judge(name, lambda: self._growth(name, unit, sizes, ours, goal,
                                               note, runs or self.runs))

    # What it does itself

    def _once(self, key, build):
        if key not in self._built:
            folder = os.path.join(ROOT, "build/bench")
            os.makedirs(folder, exist_ok=True)
            out = os.path.join(folder, key)
            build(out)
            self._built[key] = out
        return self._built[key]

    def _judge(self, name, measure):
        if not self.wants(name):
            return
        if self.listing:
            print("%s/%s" % (self.area, name))
            return
        print("%-8s %s" % (self.area, name), file=sys.stderr, flush=True)
        try:
            self.results += measure()
        except (OSError, RuntimeError, ValueError,
                subprocess.SubprocessError) as e:
            print("         FAILED: %s" % e, file=sys.stderr, flush=True)
            self.results.append({"name": name, "failed": str(e)})

    def _row(self, name, unit, ours, peers, goal, better, note, runs):
        calls = {"": ours, **peers}
        taken = {who: [] for who in calls}
        for turn in range(runs):
            order = list(calls)
            for who in order if turn % 2 == 0 else reversed(order):
                taken[who].append(figure_peak(calls[who]()))
        mine = summary(taken[""])
        if not peers:
            return [self._line(name, unit, mine, None, None, goal, better,
                               note)]
        return [self._line(name, unit, mine, who, summary(taken[who]),
                           goal or GOALS[who.startswith(FLOOR)], better, note)
                for who in peers]

    @staticmethod
    def _line(name, unit, mine, who, theirs, goal, better, note):
        line = {"name": name, "unit": unit, "better": better, "ours": mine,
                "goal": goal, "note": note}
        values = {"figure": mine["median"]}
        if mine["peak_kib"]:
            values["peak"] = mine["peak_kib"] / 1024
        if theirs is not None:
            line.update(peer=who, theirs=theirs, ratio=cost_ratio(
                mine["median"], theirs["median"], better))
            values["ratio"] = line["ratio"]
        line["met"] = goal_met(goal, values)
        return line

    def _growth(self, name, unit, sizes, ours, goal, note, runs):
        taken = {size: [] for size in sizes}
        for _ in range(runs):
            for size in sizes:
                taken[size].append(figure_peak(ours(size)))
        points = [dict(size=size, **summary(taken[size])) for size in sizes]
        k = exponent(sizes, [p["median"] for p in points])
        return [{"name": name, "unit": unit, "better": "lower",
                 "points": points, "exponent": k, "goal": goal, "note": note,
                 "met": goal_met(goal, {"exponent": k})}]

    def close(self):
        if self._cluster is not None:
            self._cluster.close()
            self._cluster = None


def figure_peak(answer):
    figure, peak = answer if isinstance(answer, tuple) else (answer, 0)
    if not figure > 0 or not math.isfinite(figure):
        raise RuntimeError("a figure of %r measures nothing" % figure)
    return float(figure), int(peak)


def summary(pairs):
    figures = [figure for figure, _ in pairs]
    return {"median": median(figures), "least": min(figures),
            "most": max(figures), "peak_kib": max(peak for _, peak in pairs)}


# ---- what was measured on what --------------------------------------------

def first(path, pattern, fallback="unknown"):
    try:
        with open(path, encoding="utf-8") as f:
            match = re.search(pattern, f.read(), re.M)
    except OSError:
        return fallback
    return match.group(1).strip() if match else fallback


def machine(program):
    memory = int(first("/proc/meminfo", r"^MemTotal:\s+(\d+)", "0"))
    return {
        "processor": "%d x %s" % (os.cpu_count(), first(
            "/proc/cpuinfo", r"^model name\s*:\s*(.*)$")),
        "memory": "%.0f GiB" % (memory / 2 ** 20),
        "kernel": "%s %s" % (platform.system(), platform.release()),
        "vexlog": said([program, "--version"]),
        "compiler": said(["cc", "--version"]),
        "OpenSSL": said(["openssl", "version"]),
        "SQLite": said(["pkg-config", "--modversion", "sqlite3"]),
        "PostgreSQL": said(["psql", "--version"]),
        "Go": said(["go", "version"]),
        "jansson": said(["pkg-config", "--modversion", "jansson"]),
        "yajl": said(["pkg-config", "--modversion", "yajl"]),
    }


def commit():
    """What was measured; the page itself changes from area to area."""
    git = ["git", "-C", ROOT]
    changed = said(git + ["status", "--porcelain", "--untracked-files=no",
                          "--", ".", ":!docs"], "?")
    return said(git + ["describe", "--always", "--abbrev=12"], "unknown") + \
        ("-dirty" if changed else "")


def run_area(area, b, program):
    path = os.path.join(ROOT, "tools/bench", area + ".py")
    spec = importlib.util.spec_from_file_location("bench_" + area, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    before = os.getloadavg()[0]
    start = time.monotonic()
    try:
        module.rows(b)
    finally:
        b.close()
    return {
        "when": datetime.datetime.now(datetime.timezone.utc).strftime(
            "%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit(),
        "seconds": round(time.monotonic() - start), "runs": b.runs,
        "quick": b.quick, "load": [round(before, 2),
                                   round(os.getloadavg()[0], 2)],
        "machine": machine(program), "rows": b.results,
    }


# ---- the table ------------------------------------------------------------

HEAD = """# Benchmarks

`make bench` writes this page; nobody edits it. Each figure is the median of
interleaved runs, beside that of a peer or a floor, which were given the same
input in the same run. *Ratio* is our cost divided by theirs: under 1 is
cheaper. Without a goal of its own a row is to cost at most 1.3 times its
floor, and at most a third of a peer. *Spread* is how far apart the runs lay,
of ours: a wide one says that the machine had other work. Peak is the largest
resident memory of a process, in MiB. `docs/benchmarks.json` holds the same
with every spread.
"""
COLUMNS = ["what", "ours", "spread", "peak", "beside", "theirs", "their peak",
           "ratio", "goal", "met", "what limits it, or was measured"]


def peak(of):
    return short(of["peak_kib"] / 1024) if of["peak_kib"] else ""


def cells(row):
    if "failed" in row:
        return [row["name"], "failed"] + [""] * 7 + ["**no**", row["failed"]]
    met = "yes" if row["met"] else "**no**"
    note = row["note"] or ("" if row["met"] else "**no reason given**")
    if "points" in row:
        grown = ", ".join("%s at %s" % (short(p["median"]), short(p["size"]))
                          for p in row["points"])
        return [row["name"], "%s %s" % (grown, row["unit"]), "",
                peak(row["points"][-1]), "size", "", "",
                "n^%.2f" % row["exponent"], row["goal"], met, note]
    mine, theirs = row["ours"], row.get("theirs")
    spread = "%.0f %%" % (100 * (mine["most"] - mine["least"]) /
                          mine["median"])
    return [row["name"], "%s %s" % (short(mine["median"]), row["unit"]),
            spread, peak(mine), row.get("peer", ""),
            "%s %s" % (short(theirs["median"]), row["unit"])
            if theirs else "", peak(theirs) if theirs else "",
            short(row.get("ratio")), row["goal"], met, note]


def escape(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def table(rows):
    lines = ["| " + " | ".join(COLUMNS) + " |",
             "|" + "---|" * len(COLUMNS)]
    lines += ["| " + " | ".join(escape(c) for c in cells(row)) + " |"
              for row in rows]
    return "\n".join(lines) + "\n"


def page(areas):
    text = HEAD
    for area in AREAS:
        if area not in areas:
            continue
        run = areas[area]
        rows = run["rows"]
        good = sum(1 for row in rows if row.get("met"))
        text += "\n## %s\n\n%s\n\n%s" % (
            area, "%d of %d goals met. %s, commit %s, %d runs, %d s, load %s "
            "before and %s after%s." % (
                good, len(rows), run["when"], run["commit"], run["runs"],
                run["seconds"], run["load"][0], run["load"][1],
                ", **with the small inputs of --quick**"
                if run["quick"] else ""), table(rows))
    seen = []
    for area in AREAS:
        if area in areas and areas[area]["machine"] not in seen:
            seen.append(areas[area]["machine"])
    for block in seen:
        text += "\n## machine and versions\n\n| | |\n|---|---|\n"
        text += "".join("| %s | %s |\n" % (k, escape(v))
                        for k, v in block.items())
    return text


def bad_rows(areas):
    return [(area, row) for area in areas for row in areas[area]["rows"]
            if "failed" in row or not row["met"] and not row["note"]]


# ---- main -----------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="?",
                        default=os.path.join(ROOT, "build/vexlog"))
    parser.add_argument("--area", action="append", choices=AREAS)
    parser.add_argument("--only", metavar="REGEX",
                        help="rows whose AREA/NAME it matches")
    parser.add_argument("--quick", action="store_true",
                        help="small inputs: whether it works, in minutes")
    parser.add_argument("--runs", type=int)
    parser.add_argument("--write", action="store_true",
                        help="docs/benchmarks.md and .json")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write takes whole areas: leave --only out")
    # so that "finally" removes what was made
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    program = os.path.realpath(options.program)
    wanted = options.area or [a for a in AREAS if os.path.exists(
        os.path.join(ROOT, "tools/bench", a + ".py"))]
    done = {}
    for area in wanted:
        work = tempfile.mkdtemp(prefix="vexlog-bench.")
        try:
            b = Bench(program, work, options.quick, options.runs,
                      options.only, area, options.list)
            done[area] = run_area(area, b, program)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    if options.list:
        return 0
    kept = os.path.join(ROOT, "docs/benchmarks.json")
    if options.write:
        areas = {}
        if os.path.exists(kept):
            with open(kept, encoding="utf-8") as f:
                areas = json.load(f)
        areas.update(done)
        with open(kept, "w", encoding="utf-8") as f:
            json.dump(areas, f, indent=1)
            f.write("\n")
        with open(os.path.join(ROOT, "docs/benchmarks.md"), "w",
                  encoding="utf-8") as f:
            f.write(page(areas))
    print(page(done), end="")
    bad = bad_rows(done)
    for area, row in bad:
        print("%s/%s: %s" % (area, row["name"], row.get(
            "failed", "goal %s missed, and no note says what limits it" %
            row.get("goal"))), file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
