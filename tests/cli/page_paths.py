#!/usr/bin/env python3
"""page_paths.py PAGE - follow each audit path that a trace's page shows.

Takes root.py and the commands from the page's own text, runs them, and
prints "N paths" when each prints the root that the page names.
"""
import html
import os
import re
import subprocess
import sys
import tempfile


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        texts = [(kind, html.unescape(re.sub("<[^>]*>", "", text)))
                 for kind, text in re.findall(r"<pre( class=\"path\")?>(.*?)"
                                              "</pre>", f.read(), re.S)]
    script = next(text for _, text in texts if text.startswith("# root.py"))
    paths = [text for kind, text in texts if kind]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "root.py"), "w") as f:
            f.write(script)
        for path in paths:
            got = subprocess.run(["sh", "-c", path], cwd=folder, check=True,
                                 capture_output=True, text=True).stdout
            want = path.rsplit("\n# ", 1)[1]
            if got.strip() != want:
                sys.exit("%s\nprinted %s" % (path, got))
    print("%d paths" % len(paths))


main()
