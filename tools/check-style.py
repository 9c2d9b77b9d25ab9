#!/usr/bin/env python3
"""check-style.py - what CONTRIBUTING.md says of files and a program can see.

Prints each breach as FILE:LINE: what; exit status 1 when there is one.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
LINES_MAX = 750
# 80 is wanted; clang-format goes past it where it finds no place to break
COLUMNS_MAX = 84

# call: what to use instead
BANNED = {
    "strcpy": "arena_copy or snprintf", "strcat": "struct buffer",
    "sprintf": "snprintf", "vsprintf": "vsnprintf", "gets": "file_read_fd",
    "atoi": "text_decimal", "atol": "text_decimal", "atof": "json_double",
    "sscanf": "cursor or text_decimal", "strtok": "cursor",
    "gmtime": "time_write", "localtime": "time_write",
    "mktime": "time_read", "strftime": "time_write",
    "setlocale": "nothing: no locale", "system": "nothing: no shell",
    "popen": "nothing: no shell", "tmpnam": "file_write",
    "alloca": "the arena",
}
HEAP = {"malloc", "calloc", "realloc", "strdup", "strndup"}
# the arena itself, and handles that outlive every arena
HEAP_FILES = {"src/base/arena.c", "src/json/number.c"}
LIBRARY_BANNED = {
    "printf": "the library never prints", "puts": "the library never prints",
    "fprintf": "the library never prints", "abort": "return a code",
    "exit": "return a code", "getenv": "options are handed in",
}
CALL = re.compile(r"(?<![\w.>])([a-z_]\w*)\s*\(")


def files():
    out = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], check=True,
                         stdout=subprocess.PIPE).stdout
    names = [n for n in out.decode().split("\0") if n]
    return [n for n in names if os.path.exists(os.path.join(ROOT, n))]


def columns(line):
    n = 0
    for c in line:
        n = (n // 8 + 1) * 8 if c == "\t" else n + 1
    return n


def without_comments(text):
    """Comments and texts blanked, lines kept."""
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group(0))
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"'
                  r"|'(?:\\.|[^'\\\n])*'", blank, text, flags=re.S)


def check_calls(name, text, complain):
    library = name.startswith("src/") and not name.startswith(
        ("src/cli/", "src/server/"))
    for n, line in enumerate(without_comments(text).split("\n"), 1):
        for call in CALL.findall(line):
            if call in BANNED and not name.startswith("tests/"):
                complain(n, "%s(): use %s" % (call, BANNED[call]))
            elif call in HEAP and name.startswith("src/") and \
                    name not in HEAP_FILES:
                complain(n, "%s(): memory comes from the arena" % call)
            elif library and call in LIBRARY_BANNED:
                complain(n, "%s(): %s" % (call, LIBRARY_BANNED[call]))


def check_c(name, text, complain):
    lines = text.split("\n")
    if not text.startswith("/*\n * "):
        complain(1, "no head comment that says what the file is")
    elif os.path.basename(name) not in lines[1]:
        complain(2, "the head comment names another file")
    if len(lines) > LINES_MAX and name != "include/vexlog.h" and \
            not name.startswith("tests/"):
        complain(len(lines), "more than %d lines: has it two nouns?"
                 % LINES_MAX)
    if name.endswith(".h") and name != "tests/tap.h":
        guard = re.search(r"^#ifndef (\w+)\n#define \1$", text, re.M)
        if not guard:
            complain(1, "no include guard")
    check_calls(name, text, complain)


def check(name):
    bad = []

    def complain(line, what):
        bad.append("%s:%d: %s" % (name, line, what))

    with open(os.path.join(ROOT, name), "rb") as f:
        data = f.read()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return ["%s:1: not UTF-8" % name]
    is_c = name.endswith((".c", ".h"))
    for n, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            complain(n, "white space at the end of the line")
        if is_c and '"' not in line and columns(line) > COLUMNS_MAX:
            complain(n, "%d columns" % columns(line))
        if is_c and re.search(r"(/[*/]|^\s*\*).*\b(TODO|FIXME|XXX)\b", line):
            complain(n, "unfinished work belongs in no commit")
        if re.search(r"(^|[\s\"'=:(])/(work|home/\w+|root)/", line) and \
                name != "tools/check-style.py":
            complain(n, "a path of one machine")
    if data and not data.endswith(b"\n"):
        complain(text.count("\n") + 1, "no newline at the end")
    if is_c:
        check_c(name, text, complain)
    return bad


def main():
    bad = []
    for name in files():
        if name.startswith(("tests/data/", "fuzz/corpus/")):
            continue
        if name.endswith((".c", ".h", ".py", ".sh", ".sql", ".css", ".md",
                          "meson.build", "Makefile")):
            bad += check(name)
    print("\n".join(bad), end="\n" if bad else "")
    return 1 if bad else 0


sys.exit(main())
