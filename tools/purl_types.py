#!/usr/bin/env python3
"""purl_types.py FOLDER > src/vex/purl_types.c - the table of purl types.

FOLDER holds the type definitions of purl-spec (tests/data/purl/types). A rule
that this script does not know stops it, so that none is dropped in silence.
"""
import json
import os
import sys

PATTERNS = {
    None: "PURL_ANY",
    r"^[a-p]{32}$": "PURL_32_A_TO_P",
    r"^\d+(\.\d+){0,3}$": "PURL_1_TO_4_NUMBERS",
    r"^[a-z0-9_]": "PURL_LOWER_DIGIT_UNDERSCORE",
}
# Rules in words: what they do to a name, or None where they ask for nothing
# that a program can do to one text.
NAME_RULES = {
    "Replace underscore _ with dash -": "PURL_UNDERSCORE_TO_DASH",
    "Replace dot . with underscore _ when used in distribution (sdist, wheel)"
    " names": None,
    "Replace non-[a-z] letters, non-[0-9] digits with underscore _":
        "PURL_OTHER_TO_UNDERSCORE",
    "Apply kebab-case": None,
}
OTHER_RULES = {
    "It is not case sensitive and shall be lowercased.",
    "normalize version as specified in vercmp(8) at"
    " https://man.archlinux.org/man/vercmp.8#DESCRIPTION as part of alpm.",
}

HEAD = """\
/*
 * purl_types.c - the types of purl-spec and their rules.
 *
 * Made by tools/purl_types.py from tests/data/purl/types; change those.
 */
#include "vex/purl.h"

const struct purl_type purl_types[] = {
"""


def row(d):
    flags = []

    def part(name):
        return d.get(name + "_definition") or {}
    for rule in (part("namespace").get("normalization_rules", [])
                 + part("version").get("normalization_rules", [])):
        if rule not in OTHER_RULES:
            raise SystemExit("%s: unknown rule: %s" % (d["type"], rule))
    need = part("namespace").get("requirement", "optional")
    if need != "optional":
        flags.append("PURL_NAMESPACE_" + need.upper())
    for name in ("namespace", "name", "version", "subpath"):
        if part(name).get("case_sensitive") is False:
            flags.append("PURL_FOLD_" + name.upper())
    for rule in part("name").get("normalization_rules", []):
        if NAME_RULES[rule]:
            flags.append(NAME_RULES[rule])
    required = [q["key"] for q in d.get("qualifiers_definition", [])
                if q.get("requirement") == "required"]
    if len(required) > 1:
        raise SystemExit("%s: more than one required qualifier" % d["type"])
    return '    {"%s", %s,\n\t%s, %s, %s},\n' % (
        d["type"], " | ".join(flags) or "0",
        PATTERNS[part("name").get("permitted_characters")],
        PATTERNS[part("version").get("permitted_characters")],
        '"%s"' % required[0] if required else "NULL")


def main():
    folder, out = sys.argv[1], [HEAD]
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name)) as f:
            out.append(row(json.load(f)))
    out.append("};\nconst size_t purl_type_count ="
               " sizeof(purl_types) / sizeof(purl_types[0]);\n")
    sys.stdout.write("".join(out))


main()
