#!/usr/bin/env python3
"""faults.py VEXLOG LAYER [--quick] [--write FILE] [ROW...]

Injects faults into the built program and counts what they cost. LAYER is
tests/faults/layer.c as a shared object. Each row takes a home with 24 claims, some of them linked, breaks
one command at one point, and then asks the program itself: does the store
hold together, does the log, does the same command work again, is every claim
linked and verified, once.

lost      claims or verdicts that a successful command had acknowledged, or
          that the command run again did not bring back
doubled   entries of the log that no row of the store has as its own
bad       a crash, a success that was none, a store or log that does not hold,
          a failure that repeats: printed, and the exit status is 1

TAP on standard output. --quick takes a few points of each row.
"""
import argparse
import concurrent.futures
import json
import os
import platform
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import faults_migrate
import faults_postgres
import faults_unit

CLAIMS, MORE = 24, 8
POINTS = 60  # steps of a command, at most
STRIDE = 41  # from one allocation that fails to the next


class Bad(Exception):
    """What must not happen, in words."""


def document(number):
    return json.dumps({
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://example.com/vex/%d" % number,
        "author": "Example",
        "timestamp": "2026-01-12T08:30:00Z",
        "version": 1,
        "statements": [{
            "vulnerability": {"name": "CVE-2026-%04d" % number},
            "products": [{"@id": "pkg:npm/p%d@1.0.0" % number}],
            "status": "fixed"}]})


class World:
    """A folder with a home that is made once and copied for each fault."""

    def __init__(self, args):
        self.vexlog = os.path.realpath(args.vexlog)
        self.layer = os.path.realpath(args.layer)
        self.quick = args.quick
        self.folder = tempfile.mkdtemp(dir=args.folder)
        self.base = os.path.join(self.folder, "base")
        self.home = os.path.join(self.folder, "home")
        self.report = os.path.join(self.folder, "report")
        for name, first, count in (("old", 1, CLAIMS),
                                   ("new", CLAIMS + 1, MORE)):
            os.mkdir(os.path.join(self.folder, name))
            for i in range(first, first + count):
                with open(self.path(name, "%d.json" % i), "w",
                          encoding="utf-8") as f:
                    f.write(document(i))
        self.must("init", home=self.base)
        self.must("ingest", "--provider", "vendor:a", self.path("old"),
                  home=self.base)
        self.must("link", "--limit", "12", "--batch", "4", home=self.base)
        for name in "other", "third":
            self.make_key(name)
        # a trust file that the next link attests
        self.must("trust", "add", "--signer", "other.pub",
                  "--name", "vendor:other", home=self.base)

    document = staticmethod(document)

    def make_key(self, name):
        self.must("key", "generate", "-o", name + ".pem")
        subprocess.run(["openssl", "pkey", "-in", name + ".pem", "-pubout",
                        "-out", name + ".pub"], check=True, cwd=self.folder)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    @staticmethod
    def clear(folder):
        shutil.rmtree(folder, ignore_errors=True)

    def fresh(self):
        self.clear(self.home)
        shutil.copytree(self.base, self.home)

    def run(self, *args, home=None, fault=None, limits=None, store=None):
        env = dict(os.environ, VEXLOG_HOME=home or self.home)
        env.pop("VEXLOG_STORE", None)
        if store:
            env["VEXLOG_STORE"] = store
        if fault:
            env.update(FAULT=fault, FAULT_REPORT=self.report,
                       LD_PRELOAD=self.layer,
                       ASAN_OPTIONS="verify_asan_link_order=0:"
                       "detect_leaks=0")

        def limit():
            for what, value in limits or []:
                resource.setrlimit(what, (value, value))
        return subprocess.run(
            [self.vexlog, *args], env=env, capture_output=True, timeout=120,
            check=False, stdin=subprocess.DEVNULL,
            preexec_fn=limit if limits else None, cwd=self.folder)

    def must(self, *args, **more):
        done = self.run(*args, **more)
        if done.returncode != 0:
            raise Bad("%s: exit %d: %s" % (
                " ".join(args), done.returncode,
                done.stderr.decode(errors="replace").strip()[-300:]))
        return done.stdout.decode()

    def steps(self):
        with open(self.report, encoding="ascii") as f:
            said = f.read().split()
        # a crash leaves no report, and comes of the fault
        return (int(said[0]), int(said[1])) if said else (0, 1)

    # ---- what is there -----------------------------------------------------

    def integrity(self):
        path = os.path.join(self.home, "store.db")
        if not os.path.exists(path):
            return
        db = sqlite3.connect(path)
        said = db.execute("pragma integrity_check").fetchone()[0]
        db.close()
        if said != "ok":
            raise Bad("the store is damaged: " + said)

    def count(self, what):
        db = sqlite3.connect(os.path.join(self.home, "store.db"))
        count = db.execute("select count(*) from vex_" + what).fetchone()[0]
        db.close()
        return count

    def linked(self, store=None):
        """Claims with an entry, and the entries."""
        items = json.loads(self.must("find", "--json", "--limit", "10000",
                                     store=store))["items"]
        return ({i["observationId"] for i in items if i["rekor"]},
                {i["rekor"]["logIndex"] for i in items if i["rekor"]})

    def settle(self, want, store=None):
        """Links what is left; lost and doubled of what ought to be there."""
        for turn in range(5):
            # what failed waits for its next try: an hour later it is there
            later = "clock:1:3600" if turn > 0 else None
            said = json.loads(self.must("link", "--json", store=store,
                                        fault=later))
            if said["pending"] == 0 and said["others"]["pending"] == 0:
                break
        else:
            raise Bad("link does not come to an end: %s" % said)
        self.must("log", "verify")
        last = self.must("verify", "--all", "--json", store=store)
        last = json.loads(last.splitlines()[-1])
        if last["failed"] or last["held"] != last["checked"]:
            raise Bad("verify: %s" % last)
        linked, _ = self.linked(store)
        return want - len(linked), self.doubled(store)

    def doubled(self, store=None):
        """Entries of the log beyond one for each envelope in the store."""
        size = self.entries()
        if store:
            envelopes = faults_postgres.envelopes(store)
        else:
            db = sqlite3.connect(os.path.join(self.home, "store.db"))
            envelopes = db.execute("select count(distinct envelope_digest) "
                                   "from attestor_rekor_entries").fetchone()[0]
            db.close()
        return size - envelopes

    def entries(self):
        """In the local log."""
        return json.loads(
            self.must("log", "checkpoint", "--json"))["treeSize"]

    def points(self, count):
        """Which of count steps are broken: all, or some of them."""
        most = 4 if self.quick else POINTS
        return range(1, count + 1) if count <= most else sorted(
            {1 + i * (count - 1) // (most - 1) for i in range(most)})


class Row:
    def __init__(self, name):
        self.name = name
        self.times = self.lost = self.doubled = 0
        self.bad = []

    def add(self, lost, doubled, what, injected=True):
        """injected: the fault came to pass, rather than the end before it."""
        self.times += bool(injected)
        self.lost += max(lost, 0)
        self.doubled += max(doubled, 0)
        if lost or doubled:
            self.bad.append("%s: lost %d, doubled %d" % (what, lost, doubled))


# ---- commands that write -----------------------------------------------------

COMMANDS = {
    "ingest": (["ingest", "--provider", "vendor:b", "new"], CLAIMS + MORE),
    "link": (["link", "--batch", "4"], CLAIMS),
    "decide": (["decide", "--json"], CLAIMS),
    "init": (["init"], 0),
    "delta": (["delta", "2020-01-01T00:00:00Z", "now", "--link"], CLAIMS),
    "trust add": (["trust", "add", "--signer", "third.pub", "--name",
                   "vendor:third"], CLAIMS),
    "export": (["export", "--format", "bundle", "-o", "out.tar"], CLAIMS),
}


# what init leaves
HOME = ("key.pem", "trust.json", "store.db", "log/key.pem", "log/checkpoint")


def crashed(done):
    """By a signal; 137 is how the layer ends a process."""
    return done.returncode < 0


def start(world, command):
    world.fresh()
    if command == "init":
        shutil.rmtree(world.home)
    if command == "export":
        world.must("decide", "-q")
        if os.path.exists(world.path("out.tar")):
            os.unlink(world.path("out.tar"))


def missing(world, command):
    """Of what a command that said "done" had to leave."""
    if command == "ingest":
        return CLAIMS + MORE - world.count("observations")
    if command == "decide":
        return CLAIMS - world.count("verdicts")
    if command == "link":
        return CLAIMS - len(world.linked()[0])
    if command == "delta":
        return 1 - min(world.count("blobs where kind = 'delta'"), 1)
    if command == "export":
        return 0 if os.path.exists(world.path("out.tar")) else 1
    if command == "trust add":
        return 0 if "vendor:third" in world.must("trust", "show") else 1
    there = sum(os.path.exists(os.path.join(world.home, name)) for name in HOME)
    return len(HOME) - there + (world.run("pending").returncode != 0)


def unattested(world):
    """What is kept to be attested, and no entry of the log stands for."""
    db = sqlite3.connect(os.path.join(world.home, "store.db"))
    count = db.execute(
        "select count(*) from vex_blobs k where k.kind in ('policy', 'trust', "
        "'delta') and not exists (select 1 from "
        "attestor_rekor_submission_queue q where q.kind = k.kind and "
        "q.subject = k.digest and q.entry_uuid is not null)").fetchone()[0]
    db.close()
    return count


def after(world, row, command, done, what, injected):
    args, want = COMMANDS[command]
    try:
        if crashed(done):
            raise Bad("it crashed by signal %d" % -done.returncode)
        world.integrity()
        lost = missing(world, command) if done.returncode == 0 else 0
        if command == "export" and os.path.exists(world.path("out.tar")):
            world.must("replay", "out.tar")  # there is none, or all of it
        world.must(*args)
        more, doubled = world.settle(want)
        if command == "decide":
            more += CLAIMS - world.count("verdicts")
        more += unattested(world)
        row.add(lost + more, doubled, what, injected)
    except (Bad, sqlite3.Error, subprocess.TimeoutExpired) as bad:
        row.add(0, 0, what, injected)
        row.bad.append("%s: %s" % (what, bad))


def inject(world, row, command, kind):
    args = COMMANDS[command][0]
    start(world, command)
    world.run(*args, fault="none:0")
    steps = world.steps()[0]
    seeds = (1, 2, 3) if kind == "cut" and not world.quick else (1,)
    # after the last one the power can still go
    for n in [*world.points(steps), *([steps + 1] if kind == "cut" else [])]:
        for seed in seeds:
            fault = "%s:%d:%d" % (kind, n, seed * 1000 + n)
            start(world, command)
            done = world.run(*args, fault=fault)
            injected = world.steps()[1]
            if kind == "cut" and n > steps:
                done.returncode = 0  # after its last word
            after(world, row, command, done, command + " " + fault, injected)


def limited(world, row, command, what, values):
    for value in values:
        start(world, command)
        done = world.run(*COMMANDS[command][0], limits=[(what, value)])
        after(world, row, command, done, "%s limit %d" % (command, value),
              done.returncode != 0)


def descriptors(world, row, command):
    limited(world, row, command, resource.RLIMIT_NOFILE,
            range(3, 16, 2 if world.quick else 1))


def file_size(world, row, command):
    limited(world, row, command, resource.RLIMIT_FSIZE,
            [i * 8192 for i in range(0, 60, 20 if world.quick else 1)])


def small_disk(world, row, command):
    """A real file system that is full; only root can mount one."""
    for room in range(0, 400, 200 if world.quick else 8):
        start(world, command)
        kept = world.home + ".kept"
        shutil.rmtree(kept, ignore_errors=True)
        if os.path.exists(world.home):
            shutil.copytree(world.home, kept)
        shutil.rmtree(world.home, ignore_errors=True)
        os.mkdir(world.home)
        size = sum(f.stat().st_size + 4096 for f in os.scandir(kept)
                   ) if os.path.exists(kept) else 0
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dk,mode=0700" % (
            (size >> 10) + 64 + room), "none", world.home], check=True)
        try:
            if os.path.exists(kept):
                shutil.copytree(kept, world.home, dirs_exist_ok=True)
            done = world.run(*COMMANDS[command][0])
            subprocess.run(["mount", "-o", "remount,size=64m", world.home],
                           check=True)
            after(world, row, command, done, "%s on a disk with %d KiB left"
                  % (command, room), done.returncode != 0)
        finally:
            subprocess.run(["umount", world.home], check=True)


def clock(world, row, command):
    for n in (1, 8) if world.quick else range(1, 12):
        for seconds in (-10 * 365 * 86400, -3600, 3600, 10 * 365 * 86400):
            fault = "clock:%d:%d" % (n, seconds)
            start(world, command)
            done = world.run(*COMMANDS[command][0], fault=fault)
            after(world, row, command, done, command + " " + fault,
                  world.steps()[1])


# ---- memory --------------------------------------------------------------------

READERS = [
    ["verify", "--all", "--json"], ["find", "--json"], ["pending", "--json"],
    ["trace", "CVE-2026-0001", "pkg:npm/p1@1.0.0", "--json"],
    ["check", "--json", "old/1.json"], ["canon", "old/1.json"],
    ["replay", "--json", "archive.tar"],
    ["verify", "--json", "--bundle", "archive.tar"],
    ["trust", "show", "--json"], ["policy", "show"], ["log", "verify"],
    ["gate", "--sbom", "sbom.json", "--fail-on", "affected", "--json"],
    ["verify-bundle", "--bundle", "bundle.sigstore.json", "a.txt",
     "--certificate-identity", "https://github.com/sigstore-conformance/"
     "extremely-dangerous-public-oidc-beacon/.github/workflows/"
     "extremely-dangerous-oidc-beacon.yml@refs/heads/main",
     "--certificate-oidc-issuer",
     "https://token.actions.githubusercontent.com"],
]
BUNDLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                      "tests", "data", "bundles", "conformance")
SBOM = {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [
    {"type": "library", "name": "p1", "purl": "pkg:npm/p1@1.0.0"}]}


def allocations(world, args, prepare):
    """Runs args with each allocation failing: number, and how it ended."""
    n = 0
    while True:
        n += 311 if world.quick else STRIDE
        prepare()
        done = world.run(*args, fault="memory:%d" % n)
        if not crashed(done) and world.steps()[1] == 0:
            return
        yield n, done


def memory_write(world, row, command):
    args = COMMANDS[command][0]
    for n, done in allocations(world, args, lambda: start(world, command)):
        after(world, row, command, done, "%s memory:%d" % (command, n), True)


def memory_read(world, row, args):
    """The true answer, or a failure that says so; never another answer, and
    never a judgement: that is exit 1."""
    start(world, "link")
    world.must("decide", "--json")
    world.must("link")
    world.must("export", "--format", "bundle", "-o", "archive.tar")
    with open(world.path("sbom.json"), "w", encoding="utf-8") as f:
        json.dump(SBOM, f)
    for name in "happy-path-v0.2/bundle.sigstore.json", "a.txt":
        shutil.copy(os.path.join(BUNDLE, name), world.folder)
    right = world.run(*args)
    for n, done in allocations(world, args, lambda: None):
        row.times += 1
        said = "%s memory:%d" % (" ".join(args[:2]), n)
        if crashed(done):
            row.bad.append("%s: signal %d" % (said, -done.returncode))
        elif done.returncode == right.returncode:
            if done.stdout != right.stdout:
                row.bad.append("%s: another answer" % said)
        elif done.returncode != 6:
            row.bad.append("%s: exit %d: %s" % (
                said, done.returncode, done.stderr.decode()[:200]))


# ---- the table --------------------------------------------------------------------

FILE_FAULTS = [
    ("kill", "kill -9 before each step on a file"),
    ("io", "a step on a file fails (ENOSPC), once"),
    ("full", "every step on a file fails from one on"),
    ("cut", "power cut: unsynced writes lost, reordered, torn"),
]
OTHERS = [
    ("no file descriptor left", descriptors),
    ("files may not grow past a size", file_size),
    ("the clock jumps by an hour or ten years", clock),
    ("one allocation fails", memory_write),
]


def all_rows():
    for command in COMMANDS:
        for kind, name in FILE_FAULTS:
            yield "%s: %s" % (command, name), inject, (command, kind)
        for name, work in OTHERS:
            # a key made tomorrow signs nothing today, and should not; an
            # export asks no clock
            if command in ("init", "export") and work is clock:
                continue
            yield "%s: %s" % (command, name), work, (command,)
        if os.geteuid() != 0:
            print("# only root can mount: no disk is full for " + command)
        # the others write too little to meet the end of a disk
        elif command in ("ingest", "link", "decide", "delta"):
            yield "%s: a disk that is full" % command, small_disk, (command,)
    for args in READERS:
        words = " ".join(a for a in args if not a.startswith("--j"))
        words = words.split(" --certificate")[0]
        yield "%s: one allocation fails" % words, memory_read, (args,)
    for name, work in (faults_migrate.ROWS + faults_unit.ROWS +
                       faults_postgres.ROWS):
        yield name, work, ()


TEXT = """# Reliability

What was injected into the built program, and what it cost. `make faults` repeats all of it and writes this page; `make
check` runs a part of each row (`faults.py --quick`). The means are tests/faults/layer.c, which stands between the program
(SQLite and libcrypto with it) and the C library; limits of the kernel; a small tmpfs; and PostgreSQL servers of its own.

PART

**Times** are faults that came to pass: the layer fired, a command failed for a limit or a full disk, a link had work left
when its server died. After each the same command is run again without one, everything is linked, `log verify` and
`verify --all` look at all of it. **Lost** are claims, linkages or verdicts that a successful command had acknowledged or
that the second run did not bring back; **doubled** are entries of the log beyond one for each signed envelope. A crash,
another answer than the right one, a store or log that does not hold together, or a failure that stays, counts as bad. A
unit test may fail where an allocation does, if it says so: a crash, a hang or a success with tests left out is bad.

| fault | times | lost | doubled | bad |
|---|---:|---:|---:|---:|
"""


def write_page(path, rows, quick):
    with open(path, "w", encoding="utf-8") as f:
        f.write(TEXT.replace("PART", "A part of the points of each row was "
                             "broken for this table." if quick else
                             "Of steps on files up to %d spread over a "
                             "command were broken, of allocations one in "
                             "%d, and %d of each unit test." % (
                                 POINTS, STRIDE, faults_unit.POINTS)))
        for row in rows:
            f.write("| %s | %d | %d | %d | %d |\n" % (
                row.name, row.times, row.lost, row.doubled, len(row.bad)))
        f.write("| **all** | %d | %d | %d | %d |\n" % tuple(
            sum(n) for n in zip(*[(r.times, r.lost, r.doubled, len(r.bad))
                                  for r in rows])))
        f.write("\nLinux %s, SQLite %s.\n" % (
            platform.release().split("-")[0], sqlite3.sqlite_version))


# ---- running -------------------------------------------------------------------

WORLD = None  # of this process


def open_world(args):
    global WORLD
    WORLD = World(args)


def run_row(job):
    name, work, more = job
    row = Row(name)
    work(WORLD, row, *more)
    return row


def main():
    p = argparse.ArgumentParser()
    p.add_argument("vexlog")
    p.add_argument("layer")
    p.add_argument("--quick", action="store_true")
    p.add_argument("--write")
    p.add_argument("-j", "--jobs", type=int, default=1,
                   help="rows at a time, each in a world of its own")
    p.add_argument("rows", nargs="*")
    args = p.parse_args()
    jobs = [job for job in all_rows()
            if not args.rows or any(r in job[0] for r in args.rows)]
    rows, failed = [], 0
    with tempfile.TemporaryDirectory(prefix="vexlog-faults-") as args.folder, \
            concurrent.futures.ProcessPoolExecutor(
                args.jobs, initializer=open_world, initargs=(args,)) as pool:
        for row in pool.map(run_row, jobs):
            good = (not row.bad and not row.lost and not row.doubled and
                    row.times)
            failed += not good
            rows.append(row)
            print("%sok %d - %s: %d times, lost %d, doubled %d" % (
                "" if good else "not ", len(rows), row.name, row.times,
                row.lost, row.doubled), flush=True)
            for bad in row.bad[:8]:
                print("# " + " ".join(bad.split()))
    print("1..%d" % len(rows))
    if args.write:
        write_page(args.write, rows, args.quick)
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
