#!/usr/bin/env python3
"""sbom.py PROGRAM [--output FILE] - what vexlog is made of, as CycloneDX 1.6.

The components are the shared libraries that the program is linked with (ldd)
and those that it loads when they are needed, with the versions of the Debian
packages that they came from. The same machine gives the same bytes: no time
and no random number is in it.
"""
import argparse
import json
import os
import re
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
# Loaded at the first use, so no loader lists them; by their soname.
LATER = {"libcurl.so.4": "libcurl", "libpq.so.5": "libpq",
         "libmicrohttpd.so.12": "libmicrohttpd"}


def said(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def libraries(program):
    """{soname: path}"""
    found = dict(re.findall(r"^\s*(\S+) => (/\S+)", said("ldd", program),
                            re.MULTILINE))
    if not found:
        sys.exit("sbom.py: ldd finds no library of %s" % program)
    cache = dict(re.findall(r"^\s*(\S+) \([^)]*\) => (/\S+)",
                            said("ldconfig", "-p"), re.MULTILINE))
    for name in LATER:
        if name not in found and name in cache:
            found[name] = cache[name]
    return found


def component(soname, path):
    """Of the package that brought it; else of pkg-config's word."""
    owner = ""
    for place in (path, os.path.realpath(path), path.replace("/lib/", "/usr/lib/", 1)):
        owner = owner or said("dpkg-query", "-S", place).split(":")[0]
    if not owner:
        stem = re.sub(r"\.so.*", "", soname)
        version = said("pkg-config", "--modversion", LATER.get(soname, stem))
        return {"type": "library", "bom-ref": soname, "name": stem,
                "version": version.strip() or "unknown"}
    version, source, arch = said(
        "dpkg-query", "-W", "-f",
        "${Version}\t${source:Package}\t${Architecture}\n",
        owner).split("\n")[0].split("\t")
    purl = "pkg:deb/debian/%s@%s?arch=%s&upstream=%s" % (
        owner, version.replace(":", "%3A").replace("+", "%2B"), arch, source)
    return {"type": "library", "bom-ref": purl, "name": owner,
            "version": version, "purl": purl,
            "properties": [{"name": "vexlog:soname", "value": soname},
                           {"name": "vexlog:loaded",
                            "value": "when needed" if soname in LATER
                            else "at start"}]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--output", metavar="FILE")
    args = parser.parse_args()
    version = said(args.program, "--version").split()[-1]
    own = "pkg:generic/vexlog@" + version
    parts = {}
    for soname, path in sorted(libraries(args.program).items()):
        part = component(soname, path)
        parts.setdefault(part["bom-ref"], part)
    parts = [parts[ref] for ref in sorted(parts)]
    text = json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {"component": {
            "type": "application", "bom-ref": own, "name": "vexlog",
            "version": version, "purl": own}},
        "components": parts,
        "dependencies": [{"ref": own,
                          "dependsOn": [p["bom-ref"] for p in parts]}],
    }, indent=1, ensure_ascii=False) + "\n"
    if args.output:
        with open(args.output, "w", encoding="utf-8") as f:
            f.write(text)
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
