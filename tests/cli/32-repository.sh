#!/bin/bash
# ingest of a VEX repository: the documents its index names, and no others; what is wrong with
# the index, the manifest or a place in it is said and hurts nothing else.
. "$(dirname "$0")/lib.sh"

repo() {
	rm -rf hub
	mkdir -p hub/pkg/npm/lodash hub/pkg/oci/nginx
	vex_document hub/pkg/npm/lodash/vex.json CVE-2026-0001 pkg:npm/lodash@4.17.20 \
	    fixed 2026-01-12T08:30:00Z
	vex_document hub/pkg/oci/nginx/vex.json CVE-2026-0002 \
	    'pkg:oci/nginx@sha256%3A11?repository_url=ghcr.io%2Fa%2Fnginx&tag=1' fixed \
	    2026-01-12T08:30:00Z
	vex_document hub/unlisted.json CVE-2026-0003 pkg:npm/x@1 fixed 2026-01-12T08:30:00Z
	index '{"id":"pkg:npm/lodash","location":"pkg/npm/lodash/vex.json"}' \
	    '{"id":"pkg:oci/nginx?repository_url=ghcr.io/a/nginx","location":"pkg/oci/nginx/vex.json","format":"openvex"}'
}

index() {
	local IFS=,
	echo "{\"updated_at\":\"2026-01-13T00:00:00Z\",\"packages\":[$*]}" >hub/index.json
}

# ingests ARG...: into a home of its own
ingests() {
	rm -rf "$VEXLOG_HOME"
	vex -q init
	vex --json ingest "$@"
}

# refuses RULE POINTER PATTERN NAME: the one refusal
refuses() {
	json '[.refused[].rule] | join(" ")' "$1" "$4: $1"
	json '.refused[0].pointer' "$2" "$4: at its place"
	says "$3" "$4: in words"
}

repo
ingests hub
exits 0 "a VEX repository"
json '.documents | [.read, .stored, .refused] | @csv' 2,2,0 "has the documents of its index"
json .findings 0 "with nothing to say"
vex --json find
json '[.items[].productKey] | sort | join(" ")' \
    'pkg:npm/lodash@4.17.20 pkg:oci/nginx@sha256:11?repository_url=ghcr.io%2Fa%2Fnginx&tag=1' \
    "which are read"
json '[.items[] | .vulnerabilityId] | contains(["CVE-2026-0003"])' false \
    "and a file that is not listed is not"
ingests hub/
exits 0 "by another name of the folder"
vex --json find
json '.items | length' 2 "the same"

# ---- who says it ------------------------------------------------------------------
ingests hub
vex --json show "$(vex --json find; jq -r '.items[0].observationId' out)"
json .providerId doc:Example "each document speaks for its own author"
ingests --provider vendor:hub hub
vex --json show "$(vex --json find; jq -r '.items[0].observationId' out)"
json .providerId vendor:hub "or for whom the operator names"

# ---- the index --------------------------------------------------------------------
for bad in '../outside.json' '/etc/vex.json' 'pkg/../../outside.json' 'pkg//vex.json' \
    './vex.json' 'pkg\\\\vex.json' 'pkg/vex.txt' '.json'; do
	repo
	vex_document outside.json CVE-2026-0004 pkg:npm/x@1 fixed 2026-01-12T08:30:00Z
	index "{\"id\":\"pkg:npm/lodash\",\"location\":\"pkg/npm/lodash/vex.json\"}" \
	    "{\"id\":\"pkg:npm/x\",\"location\":\"$bad\"}"
	ingests hub
	exits 1 "location $bad"
	refuses 'VEX repository 3.2' /packages/1/location 'no relative path' "location $bad"
	json .documents.stored 1 "location $bad: the others go in"
done
repo
index '{"id":"pkg:npm/x","location":"pkg/npm/gone/vex.json"}' \
    '{"id":"pkg:npm/lodash","location":"pkg/npm/lodash/vex.json"}'
ingests hub
exits 1 "a document that is not there"
refuses 'VEX repository 3.2' /packages/0 'is not there' "a document that is not there"
json .documents.stored 1 "and the other goes in"
repo
vex_document outside.json CVE-2026-0004 pkg:npm/x@1 fixed 2026-01-12T08:30:00Z
ln -s ../outside.json hub/link.json
index '{"id":"pkg:npm/x","location":"link.json"}'
ingests hub
exits 1 "a link out of the repository"
refuses 'VEX repository 3.2' /packages/0 'leads out of the repository' "a link"
repo
ln -s pkg/npm/lodash/vex.json hub/inner.json
index '{"id":"pkg:npm/lodash","location":"inner.json"}'
ingests hub
exits 0 "a link inside of it"
repo
index '{"id":"lodash","location":"pkg/npm/lodash/vex.json"}'
ingests hub
refuses 'VEX repository 3.2' /packages/0/id 'no package URL' "an id that is none"
index '{"id":"pkg:npm/lodash"}'
ingests hub
refuses 'VEX repository 3.2' /packages/0 'needs "id" and "location"' "no location"
index '{"id":"pkg:npm/lodash","location":"pkg/npm/lodash/vex.json","format":"cyclonedx"}'
ingests hub
refuses 'VEX repository 3.2' /packages/0/format 'openvex and csaf' "another format"
index '{"id":"pkg:npm/lodash","location":"pkg/npm/lodash/vex.json","format":"csaf"}'
ingests hub
exits 1 "a document of another format than the index says"
for odd in 'pkg:npm/lodash@4.17.20' 'pkg:npm/lodash?a=b' 'pkg:npm/lodash#x'; do
	index "{\"id\":\"$odd\",\"location\":\"pkg/npm/lodash/vex.json\"}"
	ingests hub
	json .findings "$([ "$odd" = 'pkg:npm/lodash?a=b' ] && echo 2 || echo 1)" \
	    "id $odd: a finding"
	ingests --strict hub
	says 'belong into the document' "id $odd: refused under --strict"
done

# ---- a document about something else --------------------------------------------------
repo
index '{"id":"pkg:npm/left-pad","location":"pkg/npm/lodash/vex.json"}'
ingests hub
exits 0 "a document about another package than the index says"
json .findings 1 "is a finding"
ingests --strict hub
exits 1 "and refused under --strict"
refuses 'VEX repository 3.3' /statements/0/products/0 \
    'other products than pkg:npm/left-pad' "another package"
index '{"id":"pkg:npm/left-pad","location":"pkg/npm/lodash/vex.json"}' \
    '{"id":"pkg:npm/lodash","location":"pkg/npm/lodash/vex.json"}'
ingests hub
json '[.documents.read, .findings] | @csv' 1,0 "one document may be that of two packages"

# ---- the manifest -----------------------------------------------------------------------
manifest() {
	echo "{\"name\":\"a\",\"description\":\"b\",\"versions\":[$1]}" >"$2"
}
version() {
	echo "{\"spec_version\":\"$1\",\"locations\":[{\"url\":\"https://example.com/a.tar.gz\"}],\"update_interval\":\"24h\"}"
}
repo
manifest "$(version 0.1)" hub/vex-repository.json
ingests hub
exits 0 "with its manifest"
json .documents.read 2 "which is no document"
manifest "$(version 0.2),$(version 1.0)" hub/vex-repository.json
ingests hub
exits 1 "without a version that is supported"
refuses 'VEX repository 5.1' /versions 'no version 0.1' "unknown versions"
json .documents.stored 0 "nothing of it is read"
manifest "$(version 1.10),$(version 1.2),$(version 0.1)" hub/vex-repository.json
ingests hub
json .findings 2 "versions are compared as numbers: 1.10 is not before 1.2"
mkdir -p cache/hub
repo
mv hub cache/hub/0.1
manifest "$(version 0.1)" cache/hub/vex-repository.json
ingests cache
exits 0 "as Trivy keeps them: the manifest above the version's folder"
json .documents.read 2 "the documents are found"

# ---- one alone ------------------------------------------------------------------------
repo
ingests hub/index.json
exits 1 "an index is no document"
says 'its folder can be ingested' "and the message says what to do"
vex check "$VEXLOG_TEST_DATA/vex-repo/vexhub_index.json"
exits 1 "nor is that of a real one"
prints 'describes a VEX repository' "by its name"
mkdir real
cp "$VEXLOG_TEST_DATA/vex-repo/vexhub_index.json" real/index.json
ingests real
exits 1 "a real index without its documents"
json '[.refused[].rule] | unique | join(" ")' 'VEX repository 3.2' "each is missed"
json '.refused | length' "$(jq '.packages | map(.location) | unique | length' \
    real/index.json)" "once"
echo '{"updated_at":1,"packages":[' >hub/index.json
ingests hub
json '.documents.stored' 3 "an index that is cut: the folder is a folder"

done_testing
