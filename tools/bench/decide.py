"""decide.py - rows of deciding: the merge itself, what a new statement costs,
looking a verdict up, and deltas."""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from core import Home, write  # noqa: E402

STATUSES = [{"status": "not_affected",
             "justification": "vulnerable_code_not_present"},
            {"status": "affected", "action_statement": "update"},
            {"status": "fixed"}, {"status": "under_investigation"}]


def document(path, numbers, day, turn):
    """Statements about the pairs of these numbers; turn shifts statuses."""
    write(path, {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://bench.example/" + os.path.basename(path),
        "author": "Bench", "timestamp": "2026-01-%02dT00:00:00Z" % day,
        "version": 1,
        "statements": [{
            "vulnerability": {"name": "CVE-2026-%d" % (1000 + n // 100)},
            "products": [{"@id": "pkg:npm/p%d@1.0.0" % n}],
            **STATUSES[(n + turn) % 4]} for n in numbers]})
    return path


def merge_rows(b):
    """As vexctl merge, and then all that it does not do."""
    count, each = b.pick(1000, 20), 100
    name = "decide %d documents of %d statements, in memory" % (count, each)
    if not b.wants(name):
        return
    pairs = count * each // 2  # each pair is spoken of twice
    paths = [document(b.path("decide-%d.json" % d),
                      [(d * each + i) % pairs for i in range(each)],
                      1 + d % 28, d) for d in range(count)]
    b.row(name, "s", lambda: b.figure([b.c("decide"), *paths]),
          lambda: b.figure([b.go("merge"), *paths]), "go-vex merge",
          goal="<= 0.5 and peak <= 100", better="lower",
          note="from the bytes of the files to verdicts with ids and the "
          "record of their traces; go-vex only puts statements into one "
          "document")


def stored(b, count, provider="vendor:a"):
    """A home that knows count claims, and has decided."""
    home = Home(b)
    home.run("ingest", "--provider", provider,
             document(b.path("all.json"), range(count), 1, 0))
    home.run("decide")
    return home


def again_row(b):
    count = b.pick(50000, 2000)
    name = "decide again when 1 %% of %d pairs changed" % count
    if not b.wants(name):
        return

    def first():
        home = Home(b)
        home.run("ingest", "--provider", "vendor:a",
                 document(b.path("all.json"), range(count), 1, 0))
        seconds, _ = home.run("decide")
        home.gone()
        return seconds
    turns = [0]
    home = None if b.listing else stored(b, count)

    def again():
        turns[0] += 1
        home.run("ingest", "--provider", "vendor:a", document(
            b.path("new%d.json" % turns[0]), range(0, count, 100),
            1 + turns[0], turns[0]))
        return home.run("decide", "--changed")
    b.row(name, "s", again, first, "floor: all of it for the first time",
          goal="ratio <= 0.05", better="lower",
          note="a process, its pairs counted and its answer written, beside "
          "1 % of the verdicts")
    if home:
        home.gone()


def moment():
    """Now, and a second later for what comes."""
    time.sleep(1.1)
    text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    time.sleep(1.1)
    return text


def changed(b, homes, count):
    """A home with so many verdicts, 1 % of them changed later than a time:
    made once, for the rows that want it. (Home, time.)"""
    if count not in homes:
        home = stored(b, count)
        before = moment()
        home.run("ingest", "--provider", "vendor:a", document(
            b.path("new.json"), range(0, count, 100), 2, 1))
        home.run("decide")
        homes[count] = home, before
    return homes[count]


def delta_row(b, homes):
    sizes = b.pick([1000, 10000, 100000], [100, 1000])

    def delta(count):
        home, before = changed(b, homes, count)
        return home.run("--json", "delta", before, "now")
    b.growth("delta of two times by verdicts", "s", sizes, delta,
             runs=b.pick(3, 1))
    count = b.pick(1000000, 2000)
    b.row("delta of two times, %d verdicts" % count, "s",
          lambda: delta(count), goal="<= 5", better="lower", runs=b.pick(3, 1),
          note="1 % of them changed between the times; no part stands out: "
          "SQLite reads a row of claims and one or two of verdicts a pair")


def look_up_row(b, homes):
    count = b.pick(1000000, 2000)
    pairs = [word for n in range(7, count, count // 1000) for word in (
        "CVE-2026-%d" % (1000 + n // 100), "pkg:npm/p%d@1.0.0" % n)]

    def look():
        seconds, peak = b.figure([b.c("decide"), "look",
                                  changed(b, homes, count)[0].path, *pairs])
        return 1e3 * seconds, peak
    b.row("a verdict looked up among %d observations and verdicts" % count,
          "ms", look, goal="<= 0.1", better="lower",
          note="the current verdict of a pair from the store, by the library; "
          "1,000 pairs in turn, spread over all")


def rows(b):
    homes = {}
    merge_rows(b)
    again_row(b)
    delta_row(b, homes)
    look_up_row(b, homes)
    for home, _ in homes.values():
        home.gone()
