"""tap.py - results of a test in Python, as TAP on stdout."""
import sys

count = failures = 0


def ok(good, name, *more):
    """more: lines that say what is wrong, shown where it is."""
    global count, failures
    count += 1
    failures += not good
    print("%sok %d - %s" % ("" if good else "not ", count, name))
    if not good:
        for line in more:
            print("#", line)


def done():
    """The plan, and the end of the program."""
    print("1..%d" % count)
    sys.exit(failures > 0)
