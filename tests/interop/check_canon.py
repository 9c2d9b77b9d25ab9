"""check_canon.py VEXLOG ROOT - hold `vexlog canon` against rfc8785 from PyPI."""
import json
import os
import random
import struct
import subprocess
import sys

import rfc8785

VEXLOG, ROOT = sys.argv[1], sys.argv[2]
FOLDERS = ["tests/data", "fuzz/corpus/json", "fuzz/corpus/openvex",
           "fuzz/corpus/csaf", "fuzz/corpus/cyclonedx", "fuzz/corpus/spdx"]
# what canon refuses and Python's reader lets pass, by our own words
REFUSED = ("object twice", "surrogate", "levels", "UTF-8", "double")


def number(text):
    """As a double, which is all that JSON numbers are to RFC 8785."""
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("past a double")
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def refuse(text):
    raise ValueError(text + " is no JSON")


def theirs(data):
    value = json.loads(data.decode("utf-8"), parse_int=number,
                       parse_float=number, parse_constant=refuse)
    return rfc8785.dumps(value)


def ours(data):
    run = subprocess.run([VEXLOG, "-q", "canon"], input=data,
                         capture_output=True, check=False)
    return run.stdout if run.returncode == 0 else None, run.stderr.decode()


def texts():
    for folder in FOLDERS:
        for place, _, names in sorted(os.walk(os.path.join(ROOT, folder))):
            for name in sorted(names):
                path = os.path.join(place, name)
                if os.path.getsize(path) <= 1 << 20:
                    with open(path, "rb") as f:
                        yield os.path.relpath(path, ROOT), f.read()


def made(pick, depth=0):
    """A value with what canonical forms go wrong at: numbers of any bits,
    names that sort by UTF-16 and not by code point, all controls."""
    kind = pick.randrange(8 if depth < 4 else 5)
    if kind == 0:
        bits = pick.getrandbits(64)
        value = struct.unpack("<d", struct.pack("<Q", bits))[0]
        return value if abs(value) < float("inf") else 0.5
    if kind == 1:
        return pick.choice([0, -0.0, 1e21, 1e-7, 5e-324, 2**53 - 1, 0.1,
                            1e20, 123456789012345680000.0, 333333333.33333329])
    if kind == 2:
        return pick.choice([None, True, False])
    if kind in (3, 4):
        return word(pick)
    if kind == 5:
        return [made(pick, depth + 1) for _ in range(pick.randrange(6))]
    return {word(pick): made(pick, depth + 1) for _ in range(pick.randrange(6))}


def word(pick):
    ranges = [(0x20, 0x7e), (0x01, 0x1f), (0x7f, 0x7ff), (0x800, 0xd7ff),
              (0xe000, 0xfffd), (0x10000, 0x10ffff)]
    return "".join(chr(pick.randint(*pick.choice(ranges)))
                   for _ in range(pick.randrange(8)))


def main():
    same = refused = neither = 0
    wrong = []
    for name, data in texts():
        got, why = ours(data)
        try:
            want = theirs(data)
        except (ValueError, RecursionError, rfc8785.CanonicalizationError):
            want = None
        if got is None and want is None:
            neither += 1
        elif got == want:
            same += 1
        elif got is None and any(word in why for word in REFUSED):
            refused += 1
        else:
            wrong.append("%s: %s" % (name, why.strip() or "other bytes"))
    print("# %d the same, %d refused by both, %d by canon alone with reason"
          % (same, neither, refused))
    for line in wrong[:20]:
        print("# " + line)
    print("%sok 1 - every text of the test data" % ("not " if wrong else ""))
    enough = same > 100 and neither > 100
    print("%sok 2 - and they were many" % ("" if enough else "not "))

    pick = random.Random(8785)
    bad = 0
    for _ in range(20):
        value = [made(pick) for _ in range(1000)]
        got, why = ours(json.dumps(value).encode())
        bad += got != rfc8785.dumps(value)
    print("%sok 3 - 20,000 values that were made" % ("not " if bad else ""))
    print("1..3")
    return 1 if wrong or bad or not enough else 0


sys.exit(main())
