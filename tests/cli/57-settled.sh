#!/bin/bash
# A pair that nothing new is known about is not decided again, and that makes
# no difference: after each of many ingests, deciding everything again changes
# nothing.
. "$(dirname "$0")/lib.sh"

# round N: some claims about few pairs, under names that are aliases at times
round() {
	python3 - "$1" <<'END'
import json, random, sys
n = int(sys.argv[1])
r = random.Random(n)
names = ["CVE-2026-%04d" % i for i in range(1, 7)]
statements = []
for _ in range(r.randrange(1, 9)):
    name = r.choice(names)
    vulnerability = {"name": name}
    if r.random() < 0.3:
        other = "GHSA-aaaa-bbbb-ccc" + name[-1]
        vulnerability = r.choice([
            {"name": other, "aliases": [name]},
            {"name": name, "aliases": [other]}, {"name": other}])
    product = {"@id": "pkg:npm/p%d@1" % r.randrange(4)}
    if r.random() < 0.2:
        product["subcomponents"] = [{"@id": "pkg:npm/c@1"}]
    statements.append({
        "vulnerability": vulnerability, "products": [product],
        "status": r.choice(["fixed", "under_investigation"])})
print(json.dumps({
    "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/%d" % n,
    "author": "a", "version": 1, "statements": statements,
    "timestamp": "2026-01-%02dT00:00:00Z" % r.randrange(1, 29)}))
END
}
# the verdicts told, whatever their order
told() {
	jq -c '[.vexVerdictId, .sbomEntryId, .status, .conflicts]' "$1" | sort
}
# same NAME OPTION...: deciding all of it again tells the same
same() {
	local name=$1
	shift
	vex --json decide "$@"
	cp out quick
	vex --json decide --again "$@"
	is "$(told out)" "$(told quick)" "$name: the same verdicts"
	is "$(jq -s 'map(select(.changedFrom != null)) | length' out)" 0 \
	    "and none changes"
}

cat >sbom.json <<'END'
{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[]}
END
vex -q init
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	round "$n" >"$n.json"
	vex -q ingest --provider "$([ $((n % 2)) = 0 ] && echo vendor:a ||
	    echo distro:b)" "$n.json"
	same "after $n documents"
	[ $((n % 3)) != 0 ] || same "for an SBOM" --sbom sbom.json
	[ $((n % 4)) != 0 ] || same "under another policy" --policy latest
done
vex --json decide --policy latest --changed
is "$(cat out)" '' "with nothing new, nothing is new"
vex --json decide --changed
is "$(wc -l <out)" "$(jq -s 'map(select(.changedFrom != null)) | length' out)" \
    "under the first policy again, what it changes"
[ -s out ]
result $? "and that is something"
vex -q link
vex --json verify --all --deep
exits 0 "all of it verifies"

done_testing
