#!/usr/bin/env python3
"""bad_input.py - each trick of bad input on a document of each format, which
is good without it. $VEXLOG is the program; TAP on stdout."""
import copy
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from tap import done, ok  # noqa: E402

PROGRAM = os.path.realpath(os.environ["VEXLOG"])
folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)


def at(root, *path):
    for step in path:
        root = root[step]
    return root


OPENVEX = {
    "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://e.org/1",
    "author": "Example", "timestamp": "2025-01-01T00:00:00Z", "version": 1,
    "statements": [{"vulnerability": {"name": "CVE-2025-1"},
                    "products": [{"@id": "pkg:npm/a@1"}], "status": "fixed"}]}
CSAF = {
    "document": {
        "category": "csaf_vex", "csaf_version": "2.0", "title": "t",
        "publisher": {"category": "vendor", "name": "n",
                      "namespace": "https://e.org"},
        "tracking": {
            "id": "T", "status": "final", "version": "1",
            "initial_release_date": "2025-01-01T00:00:00Z",
            "current_release_date": "2025-01-01T00:00:00Z",
            "revision_history": [{"date": "2025-01-01T00:00:00Z",
                                  "number": "1", "summary": "s"}]}},
    "product_tree": {"full_product_names": [
        {"product_id": "A", "name": "a", "product_identification_helper":
         {"purl": "pkg:npm/a@1"}},
        {"product_id": "B", "name": "b"}]},
    "vulnerabilities": [{
        "cve": "CVE-2025-0001",
        "notes": [{"category": "summary", "text": "s"}],
        "product_status": {"fixed": ["A"]}}]}
CYCLONEDX = {
    "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
    "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
    "metadata": {"timestamp": "2025-01-01T00:00:00Z"},
    "components": [{"type": "library", "name": "a", "bom-ref": "c",
                    "purl": "pkg:npm/a@1"}],
    "vulnerabilities": [{"id": "CVE-2025-0001",
                         "analysis": {"state": "resolved"},
                         "affects": [{"ref": "c"}]}]}
SPDX = {
    "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
    "@graph": [
        {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1",
         "created": "2025-01-01T00:00:00Z", "createdBy": ["urn:o"]},
        {"type": "Organization", "spdxId": "urn:o", "name": "Example",
         "creationInfo": "_:c"},
        {"type": "SpdxDocument", "spdxId": "urn:d", "creationInfo": "_:c"},
        {"type": "software_Package", "spdxId": "urn:a", "name": "a",
         "creationInfo": "_:c", "software_packageUrl": "pkg:npm/a@1"},
        {"type": "security_Vulnerability", "spdxId": "urn:v",
         "name": "CVE-2025-0001", "creationInfo": "_:c"},
        {"type": "security_VexFixedVulnAssessmentRelationship",
         "spdxId": "urn:r", "creationInfo": "_:c", "from": "urn:v",
         "relationshipType": "fixedIn", "to": ["urn:a"],
         "security_publishedTime": "2025-01-01T00:00:00Z"}]}
# Where a claim, its status, its time and the document's own id stand.
FORMATS = {
    "openvex": (OPENVEX, ("statements", 0), ("statements", 0, "status"),
                ("timestamp",), ("version",), "fixed"),
    "csaf": (CSAF, ("vulnerabilities", 0),
             ("vulnerabilities", 0, "product_status"),
             ("document", "tracking", "current_release_date"),
             ("document", "title"), "known_not_affected"),
    "cyclonedx": (CYCLONEDX, ("vulnerabilities", 0),
                  ("vulnerabilities", 0, "analysis", "state"),
                  ("metadata", "timestamp"), ("version",), "not_affected"),
    "spdx": (SPDX, ("@graph", 5), ("@graph", 5, "relationshipType"),
             ("@graph", 5, "security_publishedTime"),
             ("@graph", 1, "name"), "doesNotAffect"),
}


def check(text):
    """(exit code, the line) of a document."""
    with open("d.json", "wb") as file:
        file.write(text if isinstance(text, bytes) else
                   (text if isinstance(text, str) else
                    json.dumps(text)).encode())
    run = subprocess.run([PROGRAM, "check", "--json", "d.json"],
                         capture_output=True, check=False, timeout=120)
    lines = run.stdout.splitlines()
    return run.returncode, json.loads(lines[0]) if len(lines) == 1 else {}


def refused(name, text, *rules):
    """By one of the rules, and no claim is told of."""
    code, line = check(text)
    unsafe = [f["rule"] for f in line.get("findings", [])
              if f["level"] == "unsafe"]
    ok(code == 1 and line.get("readable") is False and
       line["observations"] == 0 and line["statuses"] == {} and
       set(unsafe) & set(rules), name,
       "%d %s" % (code, json.dumps(line)[:400]))


def read(name, text, claims, *rules):
    """Readable, with so many claims, and these findings."""
    code, line = check(text)
    found = {f["rule"] for f in line.get("findings", [])}
    ok(code == 0 and line["observations"] == claims and found == set(rules),
       name, "%d %s" % (code, json.dumps(line)[:400]))


def edit(doc, path, value):
    doc = copy.deepcopy(doc)
    at(doc, *path[:-1])[path[-1]] = value
    return doc


STATUS = {"openvex": "OpenVEX status", "csaf": "CSAF product_status",
          "cyclonedx": "CycloneDX analysis.state",
          "spdx": "SPDX relationshipType"}
TIME = {"openvex": "OpenVEX timestamp", "csaf": "CSAF current_release_date",
        "cyclonedx": "CycloneDX timestamp", "spdx": "SPDX time"}

for name, (base, claim, status, when, own, word) in FORMATS.items():
    text = json.dumps(base)
    read("%s: as it should be" % name, base, 1)
    for bad, rule in ((word.replace("_", " ") if "_" in word
                       else word[:4] + " " + word[4:], "with a space"),
                      (word.upper(), "in capitals"),
                      (word[0].upper() + word[1:], "with a capital"),
                      (" " + word, "with a space before it")):
        value = {bad: ["A"]} if name == "csaf" else bad
        refused("%s: a status %s" % (name, rule), edit(base, status, value),
                STATUS[name])
    refused("%s: a time without a zone" % name,
            edit(base, when, "2025-01-01T00:00:00"), TIME[name])
    refused("%s: a date alone" % name, edit(base, when, "2025-01-01"),
            TIME[name])
    refused("%s: a leap second" % name,
            edit(base, when, "2016-12-31T23:59:60Z"), TIME[name])
    refused("%s: a byte order mark" % name, b"\xef\xbb\xbf" + text.encode(),
            "json")
    refused("%s: UTF-16" % name, text.encode("utf-16"), "json")
    for more in ("x", "\x00", "{}", text, "]"):
        refused("%s: %r behind it" % (name, more[:4]), text + more, "json")
    read("%s: white space behind it" % name, text + " \n\r\t\n", 1)
    refused("%s: cut short" % name, text[:-1], "json")
    inner = json.dumps(at(base, *claim))
    member = json.dumps(list(at(base, *claim))[-1])
    twice = inner[:-1] + ", " + member + ": 1}"
    refused("%s: a name twice, in a claim" % name,
            text.replace(inner, twice), "json")
    refused("%s: a name twice, at the top" % name,
            text[:-1] + ', "%s": 1}' % list(base)[0], "json")
    refused("%s: a name twice, once escaped" % name, text.replace(
        inner, inner[:-1] + ', "\\u%04x%s": 1}' % (
            ord(member[1]), member[2:-1])), "json")
    for levels in (65, 1000, 1000000):
        deep = "[" * levels + "]" * levels
        refused("%s: %d levels" % (name, levels),
                text[:-1] + ', "x": %s}' % deep, "json")
    deep = '{"a":' * 100000 + "1" + "}" * 100000
    refused("%s: 100000 objects in each other" % name,
            text[:-1] + ', "x": %s}' % deep, "json")
    # one id, 106 documents: each has its own digest
    with open(name + ".jsonl", "w", encoding="utf-8") as file:
        for i in range(106):
            value = i + 1 if own == ("version",) else "t%d" % i
            file.write(json.dumps(edit(base, own, value)) + "\n")
    subprocess.run([PROGRAM, "--home", "home", "-q", "init"], check=True,
                   capture_output=True)
    run = subprocess.run(
        [PROGRAM, "--home", "home", "--json", "ingest", "--provider",
         "vendor:" + name, name + ".jsonl"], capture_output=True, check=False)
    result = json.loads(run.stdout)
    ok([result["documents"]["stored"], result["observations"]["stored"]] ==
       [106, 106], "%s: one id reused by 106 documents" % name,
       run.stdout.decode()[:400])

# ---- more claims than bytes --------------------------------------------------
many = {"@context": "https://openvex.dev/ns", "@id": "u", "author": "a",
        "timestamp": "2025-01-01T00:00:00Z", "version": "1",
        "statements": [{"vulnerability": "CVE-2025-1", "status": "fixed",
                        "products": ["p%d" % i for i in range(20000)],
                        "subcomponents": ["s%d" % i for i in range(20000)]}]}
refused("openvex 0.0.1: 20000 products with 20000 subcomponents each", many,
        "limit")
groups = copy.deepcopy(CSAF)
groups["product_tree"]["product_groups"] = [
    {"group_id": "G", "product_ids": ["A", "B"] * 10000}]
groups["vulnerabilities"][0]["threats"] = [
    {"category": "impact", "details": "d", "group_ids": ["G"] * 10000}]
refused("csaf: a group of 20000 products, named 10000 times", groups, "limit")
chain = copy.deepcopy(CSAF)
chain["product_tree"]["relationships"] = [
    {"category": "installed_on", "product_reference": "R%d" % i if i else "A",
     "relates_to_product_reference": "R%d" % i if i else "B",
     "full_product_name": {"product_id": "R%d" % (i + 1), "name": "r"}}
    for i in range(64)]
chain["vulnerabilities"][0]["product_status"]["fixed"] = ["R64"]
refused("csaf: 64 relationships, each twice the one before", chain,
        "product key", "CSAF 6.1.3", "limit")
wide = copy.deepcopy(CYCLONEDX)
wide["vulnerabilities"][0]["affects"] = [
    {"ref": "c", "versions": [{"version": "%d" % i} for i in range(1000)]}
    for _ in range(2)]
code, line = check(wide)
ok(code in (0, 1) and line["observations"] <= 2002,
   "cyclonedx: versions make a claim each and no more", str(line)[:300])
fan = copy.deepcopy(SPDX)
fan["@graph"][5]["to"] = ["urn:a"] * 1000
code, line = check(fan)
ok(code in (0, 1) and line["observations"] <= 1000,
   "spdx: products make a claim each and no more", str(line)[:300])

# ---- circles -----------------------------------------------------------------
circle = copy.deepcopy(CSAF)
circle["product_tree"]["relationships"] = [
    {"category": "installed_on", "product_reference": a,
     "relates_to_product_reference": "A",
     "full_product_name": {"product_id": b, "name": "r"}}
    for a, b in (("Q", "R"), ("S", "Q"), ("R", "S"))]
read("csaf: three relationships in a circle that nobody uses", circle, 1,
     "CSAF 6.1.3")
circle["vulnerabilities"][0]["product_status"]["fixed"] = ["R"]
refused("csaf: and that a status uses", circle, "CSAF 6.1.3")
itself = copy.deepcopy(circle)
itself["product_tree"]["relationships"] = [
    {"category": "installed_on", "product_reference": "R",
     "relates_to_product_reference": "R",
     "full_product_name": {"product_id": "R", "name": "r"}}]
refused("csaf: a product that is made of itself", itself, "CSAF 6.1.3")
long = copy.deepcopy(circle)
long["product_tree"]["relationships"] = [
    {"category": "installed_on", "product_reference": "R%d" % (i + 1),
     "relates_to_product_reference": "A",
     "full_product_name": {"product_id": "R%d" % i, "name": "r"}}
    for i in range(100000)]
long["product_tree"]["relationships"][-1]["product_reference"] = "R0"
long["vulnerabilities"][0]["product_status"]["fixed"] = ["R5"]
refused("csaf: a circle of 100000 relationships", long, "CSAF 6.1.3")
paths = copy.deepcopy(CSAF)
paths["document"]["csaf_version"] = "2.1"
paths["document"]["distribution"] = {"tlp": {"label": "CLEAR"}}
paths["product_tree"]["product_paths"] = [
    {"beginning_product_reference": a,
     "full_product_name": {"product_id": b, "name": "r"},
     "subpaths": [{"category": "installed_on", "next_product_reference": "A"}]}
    for a, b in (("P2", "P1"), ("P1", "P2"))]
paths["vulnerabilities"][0]["product_status"]["fixed"] = ["P1"]
refused("csaf 2.1: product paths in a circle", paths, "CSAF 6.1.3")
depends = edit(CYCLONEDX, ("dependencies",), [
    {"ref": "c", "dependsOn": ["d"]}, {"ref": "d", "dependsOn": ["c"]}])
read("cyclonedx: dependencies in a circle are no matter of claims", depends, 1)
contains = copy.deepcopy(SPDX)
contains["@graph"] += [
    {"type": "Relationship", "spdxId": "urn:x%s" % a, "creationInfo": "_:c",
     "from": "urn:" + a, "relationshipType": "contains", "to": ["urn:" + b]}
    for a, b in (("a", "d"), ("d", "a"))]
read("spdx: nor packages that contain each other", contains, 1)
own = edit(OPENVEX, ("statements", 0, "products"), [
    {"@id": "pkg:npm/a@1", "subcomponents": [{"@id": "pkg:npm/a@1"}]}])
read("openvex: a product that is its own subcomponent is a claim of that", own,
     1)

# ---- groups of groups ---------------------------------------------------------
nested = copy.deepcopy(CSAF)
nested["product_tree"]["product_groups"] = [
    {"group_id": "G", "product_ids": ["A"]},
    {"group_id": "H", "product_ids": ["G"]}]
refused("csaf: a group of groups", nested, "CSAF 6.1.1")
nested["product_tree"]["product_groups"] = [
    {"group_id": "G", "product_ids": ["G"]}]
refused("csaf: a group of itself", nested, "CSAF 6.1.1")

# ---- sizes --------------------------------------------------------------------
for name, (base, *_) in FORMATS.items():
    with open("d.json", "w", encoding="utf-8") as file:
        json.dump(base, file)
    os.truncate("d.json", 3 << 30)  # most of it is not there
    run = subprocess.run([PROGRAM, "check", "--json", "d.json"],
                         capture_output=True, check=False)
    ok(run.returncode == 1 and b'"rule":"limit"' in run.stdout,
       "%s: 3 GiB are over the limit" % name, run.stderr.decode()[:300])
    ok(b"--max-size" in run.stderr, "%s: and the hint names the option" % name,
       run.stderr.decode()[:300])
    with open("d.json", "w", encoding="utf-8") as file:
        json.dump(base, file)
    for limit, want in ((os.path.getsize("d.json"), 0),
                        (os.path.getsize("d.json") - 1, 1)):
        run = subprocess.run([PROGRAM, "check", "--max-size", str(limit),
                              "d.json"], capture_output=True, check=False)
        ok(run.returncode == want, "%s: --max-size of its %d bytes%s" % (
            name, limit, "" if want == 0 else " less one"))
done()
