#!/bin/bash
# Claims about one vulnerability under several names meet in one verdict.
. "$(dirname "$0")/lib.sh"

product=pkg:npm/lodash@4.17.20
cat >ghsa.json <<END
{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/g",
 "author":"a","timestamp":"2026-01-12T00:00:00Z","version":1,"statements":[
 {"vulnerability":{"name":"GHSA-aaaa-bbbb-cccc","aliases":["CVE-2026-0001"]},
  "products":[{"@id":"$product"}],"status":"not_affected",
  "justification":"component_not_present"}]}
END
vex_document cve.json CVE-2026-0001 $product affected 2026-01-13T00:00:00Z \
    '"action_statement": "update"'
vex_document other.json CVE-2026-0002 $product fixed 2026-01-13T00:00:00Z

vex -q init
vex -q ingest --provider vendor:a ghsa.json
vex --json decide
exits 0 "a claim under a GHSA id that names its CVE id"
json '[.vulnerabilityId, .status] | join(" ")' 'CVE-2026-0001 not_affected' \
    "is a verdict about the CVE"
vex --json trace CVE-2026-0001 $product
exits 0 "traced by its alias"
json '.aliases | join(" ")' GHSA-aaaa-bbbb-cccc "with the name it was said under"
vex --json trace GHSA-aaaa-bbbb-cccc $product
exits 0 "or by its own name"

vex -q ingest --provider internal:b cve.json
vex -q ingest --provider vendor:a other.json
vex --json decide
is "$(wc -l <out)" 2 "one verdict for both names, one for the other"
is "$(jq -r 'select(.vulnerabilityId == "CVE-2026-0001") | .status' out)" \
    affected "decided from the claims of both"
is "$(jq -s 'map(.changedFrom != null) | map(select(.)) | length' out)" 1 \
    "and a change of the first"
cp out first
vex --json decide
is "$(jq -r .vexVerdictId out | sort | tr '\n' ' ')" \
    "$(jq -r .vexVerdictId first | sort | tr '\n' ' ')" \
    "deciding again gives the same verdicts"
is "$(jq -s 'map(select(.changedFrom != null)) | length' out)" 0 \
    "and changes nothing"
vex --json trace CVE-2026-0001 $product
json '.inputs | length' 2 "the trace has both claims"
json '.conflicts | length' 1 "and the conflict"
json '[.sources[] | .issuer + " " + .vulnerabilityId + " " +
    (.aliases | join(" "))] | sort | join(", ")' \
    "internal:b CVE-2026-0001 , vendor:a GHSA-aaaa-bbbb-cccc CVE-2026-0001" \
    "and who says that two names are one"
vex trace CVE-2026-0001 $product
prints 'vendor:a says GHSA-aaaa-bbbb-cccc is also CVE-2026-0001' "for people too"
vex trace --html names.html CVE-2026-0001 $product
ok "and on the page" grep -q 'of GHSA-aaaa-bbbb-cccc, also CVE-2026-0001' names.html
vex --json trace CVE-2026-0002 $product
json '.sources[0] | has("aliases")' false "where there is one name nobody does"
vex -q link
vex --json verify --all --deep
exits 0 "all of it verifies"
vex -q export --format bundle -o a.tar
vex --json replay a.tar
exits 0 "and replays"
json .verdicts 3 "with every verdict of the history"

# ---- a name that comes after the verdict -----------------------------------
vex_document late.json GHSA-dddd-eeee-ffff $product affected \
    2026-01-12T00:00:00Z '"action_statement": "update"'
cat >named.json <<END
{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/n",
 "author":"a","timestamp":"2026-01-14T00:00:00Z","version":1,"statements":[
 {"vulnerability":{"name":"GHSA-dddd-eeee-ffff","aliases":["CVE-2026-0009"]},
  "products":[{"@id":"$product"}],"status":"fixed"}]}
END
cat >sbom.json <<END
{"bomFormat":"CycloneDX","specVersion":"1.5",
 "components":[{"type":"library","name":"lodash","purl":"$product"}]}
END
vex --home late -q init
vex --home late -q ingest --provider vendor:a late.json
vex --home late --json decide
cp out former
vex --home late -q link
vex --home late gate --sbom sbom.json --fail-on affected
exits 1 "a verdict under the first name"
vex --home late -q ingest --provider vendor:a named.json
vex --home late gate --sbom sbom.json --fail-on affected
exits 1 "counts until it is decided under the other"
former=$(jq -r .vexVerdictId former)
vex --home late --json decide
json .changedFrom "$former" "the next one follows it"
vex --home late gate --sbom sbom.json --fail-on affected
exits 0 "and then no more"
vex --home late -q export --format openvex -o late.vex.json
is "$(jq -r '[.statements[] | .vulnerability.name + " " + .status] | join(", ")' \
    late.vex.json)" 'CVE-2026-0009 fixed' "nor is it exported beside the other"
vex --home late -q export --format payloads -o late.jsonl
is "$(jq -r .verdict.vulnerabilityId late.jsonl)" CVE-2026-0009 "as a payload"
vex --home late -q link
vex --home late --json trace CVE-2026-0009 $product
json '[.history[] | .status + " " + (.vulnerabilityId // "")] | join(", ")' \
    'affected GHSA-dddd-eeee-ffff, fixed ' "its history goes on"
json '.history[1].replaces' "$former" "from one to the other"
vex --home late trace --html late.html CVE-2026-0009 $product
prints 'was under the name GHSA-dddd-eeee-ffff' "for people too"
ok "and on the page" grep -q 'under the name GHSA-dddd-eeee-ffff' late.html
vex --home late -q export --format bundle -o late.tar
vex --json replay late.tar
exits 0 "the archive replays"
json .verdicts 2 "with both"
vex --json delta late.tar late.tar
json '.counts.before | map_values(select(. > 0)) | tojson' '{"fixed":1}' \
    "of which one counts"

# ---- a document that names everything after everything ----------------------------
# its claims are read for each of its names, or once
for shape in '[($i + 1) % $n | "X-\(.)"]' '["HUB"]'; do
	jq -nc --argjson n 1000 '{"@context": "https://openvex.dev/ns/v0.2.0",
	    "@id": "https://e.org/1", author: "e", version: 1,
	    timestamp: "2026-01-12T08:30:00Z", statements: [range($n) as $i |
	    {vulnerability: {name: "X-\($i)", aliases: '"$shape"'},
	    products: [{"@id": "pkg:npm/a@1"}], status: "fixed"}]}' >knot.json
	rm -rf knot
	vex --home knot -q init
	vex --home knot -q ingest --provider vendor:a knot.json
	most=$(python3 -c 'import resource, subprocess, sys
with open("out", "w") as out:
    subprocess.run(sys.argv[1:], stdout=out, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' \
	    "$VEXLOG" --home knot -q --json decide)
	json .vulnerabilityId "$([ "$shape" = '["HUB"]' ] && echo HUB || echo X-0)" \
	    "1000 names of one vulnerability are one verdict"
	ok "in less than 600 MB" test "$most" -lt 600000
done

done_testing
