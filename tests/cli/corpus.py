#!/usr/bin/env python3
"""corpus.py VEXLOG DATA docs/formats.md - every document of the corpus against
what its source expects of it (manifest.tsv) and what other tools say of it
(oracle.tsv).

Each difference has its line in the table "Where other tools differ" of
docs/formats.md, with both sides as they come out; each line there stands for a
difference. --table prints those that have none yet.
"""
import csv
import fnmatch
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import done, ok  # noqa: E402

PROGRAM, DATA, PAGE = sys.argv[1:4]
STATUS = {
    "known_affected": "affected", "first_affected": "affected",
    "last_affected": "affected", "known_not_affected": "not_affected",
    "first_fixed": "fixed"}
# What the source says, and what it is called in the table; "=": the bytes of
# a suite, which tests/unit reads.
EXPECTED = [
    (r"purl-spec test suite|vers-spec test suite|purl type definitions|"
     r"schemas of test files", "="),
    (r"passes that test", "passes"),
    (r"fails that test", "fails"),
    (r"DERIVED.*: (6\.1\.[0-9.]*[0-9])", "fails"),
    (r"DERIVED.*: VALID by schema", "valid"),
    (r"DERIVED", "invalid"),
    (r"specification test, INVALID", "invalid"),
    (r"\(valid\)|specification test, valid", "valid"),
    (r"BOM referenced by BOM-Link", "no claims"),
    (r"must be rejected|unable to detect|index \(VEX Rep", "refused"),
    (r"n=(\d+)|feed, (\d+) statements", "claims"),
    (r"^$", "nothing"),
    (r"", "readable"),
]


def rows(name):
    with open(os.path.join(DATA, name), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def packed(name):
    """The file, or the same with .gz behind it."""
    path = os.path.join(DATA, name)
    return path if os.path.exists(path) else path + ".gz"


def digest(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def check(files):
    """{file: what `vexlog check --json` says of it}."""
    run = subprocess.run([PROGRAM, "check", "--json"] +
                         [packed(f) for f in files],
                         capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(lines) == len(files), run.stderr
    return dict(zip(files, lines))


def words(counts):
    return ", ".join("%s %d" % x for x in sorted(counts.items())) or "nothing"


def broken(says, which=lambda finding: True):
    """valid, or the rules that are broken."""
    found = [f for f in says["findings"] if which(f)]
    unsafe = sorted({f["rule"] for f in found if f["level"] == "unsafe"})
    if unsafe:
        return "refused: " + "; ".join(unsafe)
    rules = sorted({f["rule"] for f in found})
    return "findings: " + "; ".join(rules) if rules else "valid"


def compare(tool, theirs, says):
    """(theirs, ours): the same in the same words where both agree."""
    rules = {f["rule"] for f in says["findings"]}
    kind = tool.split()[-1]
    if kind == "count":
        if theirs.startswith("affects"):
            ours = "affects %d" % says["observations"]
        else:
            meant = {}
            for word, n in re.findall(r"([^,]+) (\d+)(?:, |$)", theirs):
                word = STATUS.get(word, word)
                meant[word] = meant.get(word, 0) + int(n)
            ours = words(says["statuses"])
            if words(meant) == ours:
                return theirs, theirs
        return theirs, ours if says["readable"] else "refused"
    if kind == "mandatory":
        held = sorted((r[5:] for r in rules if r.startswith("CSAF 6.1.")))
        theirs = re.sub(r"(?<=fail ).*", lambda m: " ".join(
            sorted(m[0].split())), theirs)
        return theirs, "fail " + " ".join(held) if held else "pass"
    if kind == "optional":
        # the only one that is held
        return tuple("6.2.2" if said else "not 6.2.2" for said in (
            "6.2.2" in theirs.split(), "CSAF 6.2.2" in rules))
    if kind in ("Open", "JSON", "json") or tool.startswith("lib4vex"):
        good = theirs in ("opens", "parsed")
        ours = "readable" if says["readable"] else "refused"
        return (theirs, theirs) if good == says["readable"] else (theirs, ours)
    if tool.startswith(("csaf", "gocsaf")):
        ours = broken(says, lambda f: not f["rule"].startswith("CSAF 6."))
    elif kind == "Statement.Validate":
        ours = broken(says, lambda f: f["pointer"].startswith("/statements"))
    else:
        ours = broken(says)
    return (theirs, theirs) if (theirs == "valid") == (ours == "valid") else (
        theirs, ours)


def expected(text, says):
    """(what the source expects, what came out), equal where it holds."""
    for pattern, kind in EXPECTED:
        found = re.search(pattern, text)
        if found:
            break
    rules = {f["rule"] for f in says["findings"]}
    readable = "readable" if says["readable"] else "refused"
    if kind in ("passes", "fails"):
        test = found[1] if found.groups() else re.search(
            r"Test_([0-9_]+):", text)[1].replace("_", ".")
        return "%s %s" % (kind, test), "%s %s" % (
            "fails" if "CSAF " + test in rules else "passes", test)
    if kind == "invalid":
        return kind, kind if rules else "valid"
    if kind == "valid":
        # a source calls valid what its tools take
        return "readable", readable
    if kind == "no claims":
        return kind, kind if (says["observations"] == 0 and
                              says["readable"]) else "claims"
    if kind == "claims":
        n = found[1] or found[2]
        return n + " claims", "%d claims" % says["observations"]
    return (kind, kind) if kind == "nothing" else (kind, readable)


def table(page):
    with open(page, encoding="utf-8") as file:
        part = file.read().split("## 6. Where other tools differ")[1]
    part = part.split("\n## ")[0]
    for line in part.splitlines():
        cells = [c.strip() for c in line.strip("|").split(" | ")]
        if line.startswith("| ") and len(cells) == 5 and cells[0] != "tool":
            yield cells


def main():
    manifest = list(rows("manifest.tsv"))
    oracle = list(rows("oracle.tsv"))
    documents = [m[0] for m in manifest
                 if not m[0].startswith(("purl/", "vers/"))]
    ours = check(documents)
    differ = {}  # (tool, theirs, ours): files
    for file, text, want in manifest:
        ok(digest(packed(file)) == want, "%s is as its source has it" % file)
        if file in ours:
            a, b = expected(text, ours[file])
            if a != b:
                differ.setdefault(("its source", a, b), []).append(file)
    for file, tool, says in oracle:
        a, b = compare(tool, says, ours[file])
        if a != b:
            differ.setdefault((tool, a, b), []).append(file)
    lines = list(table(PAGE))
    used = set()
    for (tool, a, b), files in sorted(differ.items()):
        for file in sorted(files):
            fits = [(n, p) for n, line in enumerate(lines)
                    if [line[0], line[2], line[3]] == [tool, a, b]
                    for p in line[1].split(", ")
                    if fnmatch.fnmatchcase(file, p)]
            used.update(fits)
            ok(len(fits) == 1, "%s says \"%s\" of %s, we \"%s\": a line of "
               "docs/formats.md says why" % (tool, a, file, b),
               "%d lines" % len(fits))
            if "--table" in sys.argv and not fits:
                print("| %s | %s | %s | %s | |" % (tool, file, a, b),
                      file=sys.stderr)
    for n, line in enumerate(lines):
        for p in line[1].split(", "):
            ok((n, p) in used and line[4] != "",
               "the line of %s about %s stands for a difference" % (
                   line[0], p), " | ".join(line))
    print("# %d documents, %d rows of other tools, %d differences" % (
        len(documents), len(oracle), sum(len(f) for f in differ.values())))
    done()


main()
