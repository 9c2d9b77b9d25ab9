#!/usr/bin/env python3
"""twins.py - the same commands over the same documents print the same on SQLite
and on PostgreSQL, byte for byte, and end with the same exit status.

Run by postgres.sh. Times of this run and paths are made equal before they are
compared; after `link` also what follows from signatures, which are random:
digests, base64 and the last digits of either.
"""
import datetime
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import done, ok  # noqa: E402

PROGRAM, DATA = os.environ["VEXLOG"], os.environ["VEXLOG_TEST_DATA"]
WORK = tempfile.mkdtemp()
START = datetime.datetime.now(datetime.timezone.utc).strftime(
    "%Y-%m-%dT%H:%M:%S").encode()
OWNER = os.environ["VEXLOG_TEST_STORE"]
APP = OWNER.replace("user=postgres", "user=twin")
SIDES = [(WORK + "/sqlite", None), (WORK + "/pg", APP)]
for name in [name for name in os.environ if name.startswith("VEXLOG_")]:
    del os.environ[name]


def run(side, words):
    home, store = side
    return subprocess.run(
        [PROGRAM, "--home", home] + (["--store", store] if store else []) +
        [os.fsencode(word).replace(b"@HOME", home.encode())
         for word in words], stdin=subprocess.DEVNULL, capture_output=True)


def same_times(match):
    return b"NOW" if match.group() >= START else match.group()


def plain(side, text, linked):
    home, store = side
    text = text.replace(home.encode(), b"HOME")
    text = re.sub(rb"(sqlite:HOME/store.db|postgresql://twin@/\S+=\d+)",
                  b"STORE", text)
    text = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", same_times,
                  text)
    text = re.sub(rb'"nextCursor":"[^"]+"', b"CURSOR", text)
    text = re.sub(rb"  +", b"  ", text)  # a column is as wide as its widest
    if linked:
        # a signature in DER is as long as its two numbers are
        text = re.sub(rb"[0-9a-f]{64,80}|\xe2\x80\xa6[0-9a-f]{16}|"
                      rb"[A-Za-z0-9+/_-]{40,}=*|\b(6\d|7[0-2]) bytes|"
                      rb"\d+ bytes of body", b"#", text)
    return text.decode("utf-8", "surrogateescape")


def both(*words, linked=False, status=None):
    """Runs both, and gives what SQLite's side printed."""
    got = [run(side, words) for side in SIDES]
    seen = ["%d\n%s\n%s" % (r.returncode, plain(side, r.stdout, linked),
                            plain(side, r.stderr, linked))
            for r, side in zip(got, SIDES)]
    good = seen[0] == seen[1] and status in (None, got[0].returncode)
    name = " ".join(os.fsencode(w).decode("utf-8", "replace") for w in words)
    ok(good, repr(name[:120]) + " %d" % got[0].returncode,
       *[line[:400] for line in difflib.unified_diff(
           *[s.splitlines() for s in seen], "sqlite", "postgresql", n=0)])
    return got[0].stdout


def claim(vulnerability, product, status="affected", **more):
    return dict({"vulnerability": {"name": vulnerability},
                 "products": [{"@id": product}], "status": status}, **more)


def document(name, statements, time="2024-01-01T00:00:00Z", author="A"):
    with open(os.path.join(os.fsencode(WORK + "/docs"), os.fsencode(name)),
              "w", encoding="utf-8") as out:
        json.dump({"@context": "https://openvex.dev/ns/v0.2.0",
                   "@id": "https://example.com/" + ascii(name), "version": 1,
                   "author": author, "timestamp": time,
                   "statements": statements}, out, ensure_ascii=False)


PRODUCT = "pkg:npm/a@1"
ODD = ["'; drop table vex.observations; --", "\\", "%_", "{a,b}", "NULL", "$1",
       "x\ny\tz", "a", "A", "_", "\u00e4", "\uffff", "\U00010000", "e\u0301"]
TIMES = ["0000-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
         "1582-10-10T00:00:00Z", "1969-12-31T23:59:59.999999Z",
         "1999-12-31T23:59:59.9999999Z", "2000-01-01T00:00:00Z",
         "2024-02-29T23:59:60Z", "2024-01-01T00:00:00.1234567+05:30",
         "9999-12-31T23:59:59Z"]


def write_documents():
    os.mkdir(WORK + "/docs")
    document("odd.json", [claim(v, PRODUCT) for v in ODD] + [
        claim("CVE-2024-1", PRODUCT, "not_affected", impact_statement=
              "tab\t nl\n q' \" \\ \u2028\ufeff\uffff\U0010ffff"),
        claim("CVE-2024-2", PRODUCT, action_statement="\U0001F600" * 20000)])
    # not to be compressed, so that no index takes them by that
    noise = "".join("%08x" % (i * 2654435761 % 2**32) for i in range(200))
    for size in 1000, 1020, 1021, 1024, 1025:
        name, key = noise[:size], ("pkg:generic/" + noise)[:size]
        document("v%d.json" % size, [claim(name, key)])
        document("a%d.json" % size, [claim("CVE-2024-3", PRODUCT)],
                 author=name)
    for i, time in enumerate(TIMES):
        document("t%d.json" % i, [claim("CVE-2024-1%d" % i, PRODUCT)], time)
    for i, status in enumerate(["affected", "fixed", "not_affected",
                                "under_investigation"]):
        document("s%d.json" % i, [claim("CVE-2024-4", PRODUCT, status)],
                 "2024-01-0%dT00:00:00Z" % (i // 2 + 1), "a%d" % (i % 2))
    document(b"latin\xff.json".decode("utf-8", "surrogateescape"),
             [claim("CVE-2024-5", PRODUCT)])
    for i, number in enumerate(["1e999", "-0", "9" * 40, "9007199254740993"]):
        with open(WORK + "/docs/n%d.json" % i, "w") as out:
            out.write('{"@context":"https://openvex.dev/ns/v0.2.0","@id":'
                      '"n%d","author":"A","timestamp":"2024-01-01T00:00:00Z",'
                      '"version":1,"x":%s,"statements":[]}' % (i, number))
    for name, text in (("nul1", '{"a":"\\u0000"}'), ("nul2", '{"a":"\0"}')):
        with open(WORK + "/docs/%s.json" % name, "w") as out:
            out.write(text)


def compare():
    docs = WORK + "/docs"
    both("--json", "ingest", docs, status=1)
    both("ingest", docs, status=1)
    both("--json", "ingest", "--provider", "vendor:x", docs, status=1)
    both("ingest", "--provider", b"vendor:\xff", docs, status=2)
    for folder in "derived-invalid", "openvex-pre-0.0.1", "cyclonedx":
        both("--json", "ingest", "--provider", "vendor:y",
             DATA + "/" + folder)
    both("pending")
    for words in (["--limit", "3"], ["--limit", "10001"], ["--cursor", "x"],
                  ["--cursor", "OTk5OS0xMi0zMVQyMzo1OTo1OS45OTk5OTlafHg"]):
        both("--json", "pending", *words)
    for time in "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z":
        both("--json", "decide", "--at", time)
    both("--json", "decide", status=0)
    both("--json", "delta", "2024-01-01T00:00:00Z", "now", linked=True)
    for name in ODD + [b"\xff", "nope", "V" * 1025]:
        both("--json", "find", "--vuln", name)
        both("--json", "find", "--product", name)
    for index in "0", "-1", str(2**63 - 1), str(2**63):
        both("--json", "find", "--log-index", index)
    both("--json", "link", "--batch", "64", status=0)
    both("--json", "verify", "--all", "--deep", linked=True, status=0)
    items = json.loads(both("--json", "find", "--limit", "5", linked=True,
                            status=0))["items"]
    for item in items:
        both("--json", "show", item["observationId"], linked=True, status=0)
    for name in ODD[:4] + ["CVE-2024-4"]:
        both("--json", "trace", name, PRODUCT, linked=True, status=0)
        both("trace", name, PRODUCT, linked=True, status=0)
    for form in "openvex", "csaf", "payloads", "bundle":
        both("--json", "export", "--format", form, "-o", "@HOME/" + form,
             linked=True, status=0)
        if form != "bundle":
            files = [plain(side, open(side[0] + "/" + form, "rb").read(), True)
                     for side in SIDES]
            ok(files[0] == files[1], form + " is the same file")
    both("--json", "replay", "@HOME/bundle", status=0)
    for tenant in "o'ther\\", "\U0001F600", "x" * 256, "x" * 257, b"\xff":
        both("--tenant", tenant, "--json", "ingest", docs + "/odd.json")
        both("--tenant", tenant, "--json", "find", "--vuln", "NULL")


def main():
    write_documents()
    subprocess.run(["psql", "-qc", "create role twin login"], check=True)
    # one key for both, so that all that is not random is the same
    first = run(SIDES[0], ["init"])
    shutil.copytree(SIDES[0][0], SIDES[1][0],
                    ignore=shutil.ignore_patterns("store.db*"))
    second = run((SIDES[1][0], OWNER), ["init"])
    ok(first.returncode == 0 and second.returncode == 0, "init",
       *(first.stderr + second.stderr).decode().splitlines())
    subprocess.run(["psql", "-qc", "grant vexlog_app to twin"], check=True)
    compare()
    shutil.rmtree(WORK)
    done()


main()
