"""formats.py - rows of reading VEX documents: speed of each format, how it
grows to 1,000,000 statements in one document, and memory."""
import gzip
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from core import FORMATS  # noqa: E402

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
# The corpus's large CSAF files, as their vendors publish them.
LARGE = ["claircore__cve-2022-38752.json.gz", "go-vex__rhsa-2020_1358.json",
         "claircore__cve-2023-38545.json"]
NOTE = ("beside the floor each claim is checked by its format's rules, named "
        "by its pointer, and hashed twice by SHA-256")

DENSE = ("%.0f bytes of this document a claim, whose two ids alone have 152 as "
         "text")


def read(b, what, path):
    return lambda: b.figure([b.c("read"), what, path])


def scan(b, path):
    return lambda: b.figure([b.c("json"), "parse", path])


def large(b, name):
    path = os.path.join(ROOT, "tests", "data", "csaf", name)
    if name.endswith(".gz"):
        with gzip.open(path) as packed:
            plain = packed.read()
        path = b.path(name[:-3])
        with open(path, "wb") as f:
            f.write(plain)
    return path


def rows(b):
    for name in LARGE:
        path = large(b, name)
        b.row("read CSAF %s" % name.split(".")[0], "MB/s", read(b, "speed", path),
              scan(b, path), "floor: its JSON parsed", goal=">= 150",
              note=NOTE)
        b.row("memory to read CSAF %s, bytes a byte" % name.split(".")[0],
              "ratio", read(b, "memory", path), goal="<= 6", better="lower")
    for name, make in FORMATS.items():
        claims = b.pick(50000, 2000)
        path = make(b.path("read-%s.json" % name), claims)
        peers = {"floor: its JSON parsed": scan(b, path)}
        if name == "OpenVEX":
            peers["go-vex, into its statements"] = (
                lambda p=path: b.figure([b.go("govex"), p]))
        b.row("read %s" % name, "MB/s", read(b, "speed", path), peers,
              note=NOTE)
        b.row("memory to read %s, bytes a byte" % name, "ratio",
              read(b, "memory", path), goal="<= 6", better="lower",
              note=DENSE % (os.path.getsize(path) / claims))
    sizes = b.pick([10000, 100000, 1000000], [1000, 10000])

    for name, make in FORMATS.items():
        def grow(n, make=make):
            return b.figure([b.c("read"), "seconds",
                             make(b.path("grow-read.json"), n)])
        b.growth("read %s by claims" % name, "s", sizes, grow,
                 runs=b.pick(3, 1),
                 note="the best of several readings: up to 32 MiB of memory "
                 "are there from the one before, a million claims touch 0.5 "
                 "to 1.4 GiB that the system clears first")
