#!/usr/bin/env python3
"""layers.py - hold the include arrows of DESIGN.md; prints each breach."""
import os
import re
import sys

BELOW = {
    "base": [],
    "json": ["base"],
    "vex": ["base", "json"],
    "sign": ["base", "json"],
    "tlog": ["base", "json", "sign"],
    # store hashes observations again that a database returns, so it needs
    # their ids; of vex it includes vex/observation.h alone
    "store": ["base", "json", "vex"],
    "flow": ["base", "json", "vex", "sign", "tlog", "store"],
    "cli": ["base", "json"],
    "server": ["base", "json", "sign", "tlog"],
}
# The program is built on the public header; of the insides it may use texts,
# times, the buffer and the JSON writer, so that there is one of each.
CLI_HEADERS = {"base/text.h", "base/time.h", "base/buffer.h", "base/file.h",
               "base/limits.h", "base/err.h", "base/arena.h", "json/write.h",
               "json/json.h", "base/embedded.h", "base/sandbox.h", "base/unpack.h",
               "server/log_server.h"}


def main():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src")
    bad = 0
    for layer in sorted(os.listdir(root)):
        folder = os.path.join(root, layer)
        if not os.path.isdir(folder):
            continue
        if layer not in BELOW:
            print("src/%s: no such layer in tools/layers.py" % layer)
            bad += 1
            continue
        for name in sorted(os.listdir(folder)):
            if not name.endswith((".c", ".h")):
                continue
            with open(os.path.join(folder, name)) as f:
                for n, line in enumerate(f, 1):
                    m = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
                    if not m or m.group(1) == "vexlog.h":
                        continue
                    other = m.group(1).split("/")[0]
                    good = other == layer or other in BELOW[layer]
                    if layer == "cli" and other != layer:
                        good = m.group(1) in CLI_HEADERS
                    if not good:
                        print("src/%s/%s:%d: %s/ may not include %s"
                              % (layer, name, n, layer, m.group(1)))
                        bad += 1
    return 1 if bad else 0


sys.exit(main())
