#!/usr/bin/env python3
"""tutorial.py FILE - runs the commands of a page and holds their output
against what the page shows.

Of each ```console block, a line that begins with "$ " is a command (a line
that ends in \\ goes on, and so do lines that begin with "> " and those of an
open quote) and what follows up to the next is what it prints.
"[...]" stands for anything: what depends on the clock or on a new key. The
commands share one shell, so a variable set by one is there for the next.
"""
import re
import subprocess
import sys


def steps(page):
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.S | re.M):
        for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
            lines = step.split("\n")
            n = 1
            while (lines[n - 1].endswith("\\") or
                   "\n".join(lines[:n]).count("'") % 2 or
                   lines[n].startswith("> ")):
                lines[n] = lines[n].removeprefix("> ")
                n += 1
            yield "\n".join(lines[:n]), "\n".join(lines[n:]).strip("\n")


def main():
    listed = list(steps(open(sys.argv[1], encoding="utf-8").read()))
    shell = subprocess.Popen(["bash"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    failed = 0
    for i, (command, shown) in enumerate(listed, 1):
        shell.stdin.write(command + "\necho; echo end-of-step\n")
        shell.stdin.flush()
        got = ""
        while not got.endswith("\nend-of-step\n"):
            line = shell.stdout.readline()
            if not line:
                print(f"Bail out! the shell ended at: {command}")
                return 1
            got += line
        got = got[:-len("\nend-of-step\n")].strip("\n")
        want = ".*".join(re.escape(part) for part in shown.split("[...]"))
        good = re.fullmatch(want, got, re.S) is not None
        print(f"{'ok' if good else 'not ok'} {i} - {command.splitlines()[0]}")
        if not good:
            failed += 1
            print(re.sub("^", "# ", f"got:\n{got}\nwant:\n{shown}",
                         flags=re.M))
    print(f"1..{len(listed)}")
    return 1 if failed or not listed else 0


sys.exit(main())
