#!/bin/bash
# 92-gate.sh - an SBOM before the verdicts: each format, each reason, and what
# is no SBOM never passes in silence.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

bad=pkg:npm/lodash@4.17.20
open="pkg:deb/debian/curl@7.88.1?arch=amd64"
good=pkg:npm/ms@2.0.0
vex_document bad.json CVE-2026-0001 $bad affected 2026-01-12T00:00:00Z \
    '"action_statement": "update to 4.17.21"'
vex_document open.json CVE-2026-0002 "$open" under_investigation \
    2026-01-12T00:00:00Z
vex_document good.json CVE-2026-0003 $good not_affected 2026-01-12T00:00:00Z \
    '"justification": "component_not_present"'
vex -q init
vex -q ingest --provider vendor:example bad.json open.json good.json
vex -q decide
vex -q link
exits 0 "three verdicts, linked"

cat >cyclonedx.json <<END
{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
 "metadata":{"component":{"type":"application","name":"app","version":"1"}},
 "components":[{"type":"library","name":"ms","purl":"$good"},
  {"type":"library","name":"outer","components":[
   {"type":"library","name":"lodash","purl":"$bad"},
   {"type":"library","name":"curl","purl":"$open"}]}]}
END
cat >spdx2.json <<END
{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","packages":[
 {"SPDXID":"SPDXRef-1","name":"ms","externalRefs":[{"referenceCategory":
  "PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"$good"}]},
 {"SPDXID":"SPDXRef-2","name":"lodash","externalRefs":[{"referenceCategory":
  "PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"$bad"},
  {"referenceCategory":"SECURITY","referenceType":"cpe23Type",
   "referenceLocator":"cpe:2.3:a:lodash:lodash:4.17.20:*:*:*:*:*:*:*"}]},
 {"SPDXID":"SPDXRef-3","name":"curl","externalRefs":[{"referenceCategory":
  "PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"$open"}]}]}
END
cat >spdx3.json <<END
{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
 {"type":"software_Package","spdxId":"urn:a","name":"ms",
  "software_packageUrl":"$good"},
 {"type":"software_Package","spdxId":"urn:b","name":"lodash",
  "externalIdentifier":[{"type":"ExternalIdentifier",
   "externalIdentifierType":"packageUrl","identifier":"$bad"}]},
 {"type":"software_Package","spdxId":"urn:c","name":"curl",
  "software_packageUrl":"$open"}]}
END
for sbom in cyclonedx spdx2 spdx3; do
	vex --json gate --sbom $sbom.json --fail-on affected
	exits 1 "$sbom: what is affected fails"
	json 'keys_unsorted | join(" ")' "components failed" "$sbom: members"
	json '[.components, (.failed | length), .failed[0].vulnerabilityId,
	    .failed[0].productKey, .failed[0].status] | join(" ")' \
	    "3 1 CVE-2026-0001 $bad affected" "$sbom: and is named"
	json '.failed[0].reason | length > 0' true "$sbom: with a reason"
	vex --json gate --sbom $sbom.json \
	    --fail-on affected,under_investigation
	json '[.failed[].status] | sort | join(" ")' \
	    "affected under_investigation" "$sbom: both statuses fail"
	vex --json gate --sbom $sbom.json --fail-on fixed --require-linked \
	    --max-age 30d
	exits 0 "$sbom: what is linked and young passes"
	json '.failed | length' 0 "$sbom: with no reason against it"
done
vex gate --sbom spdx3.json --fail-on affected,under_investigation
exits 1 "for people"
prints "^affected  CVE-2026-0001  $bad" "each that failed"
prints '^3 components, 3 verdicts about them, 2 failed' "and how many"

# ---- too old, too young ----------------------------------------------------
sqlite3 home/store.db "update vex_verdict_rows set evaluated_at =
    evaluated_at - 40 * 86400 * 1000000 where product_key = '$good'"
vex --json gate --sbom cyclonedx.json --fail-on fixed --max-age 30d
exits 1 "a decision older than allowed fails"
json '[.failed[].productKey] | join(" ")' $good "that one alone"
json '.failed[0].reason | test("longer ago than allowed")' true "and says so"
vex gate --sbom cyclonedx.json --fail-on fixed --max-age 8w
exits 0 "weeks are a unit"
for age in 0d 30 -1d 1y d 1.5d ''; do
	vex gate --sbom cyclonedx.json --fail-on fixed --max-age "$age"
	exits 2 "--max-age '$age' is usage"
done
for list in '' ',' 'affected,' maybe 'affected,,fixed'; do
	vex gate --sbom cyclonedx.json --fail-on "$list"
	exits 2 "--fail-on '$list' is usage"
done
vex gate --fail-on affected
exits 2 "without an SBOM it is usage"
vex gate --sbom cyclonedx.json
exits 2 "and without a status"

# ---- what is no SBOM, and one that says nothing ------------------------------
refused() {
	vex --json gate --sbom no.json --fail-on affected
	exits 1 "$1 is refused"
	says "no.json: .*$2" "$1: named with its fault"
	is "$(wc -c <out)" 0 "$1: no result is printed"
}
: >no.json
refused "an empty file" ''
head -c 200 cyclonedx.json >no.json
refused "half a file" 'byte|line|offset|end'
echo '{"bomFormat":"CycloneDX","bomFormat":"SPDX"}' >no.json
refused "a name twice" 'bomFormat'
echo '[{"bomFormat":"CycloneDX"}]' >no.json
refused "a list" 'neither a CycloneDX nor an SPDX'
echo '<bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>' >no.json
refused "XML" ''
cp bad.json no.json
refused "a VEX document" 'neither a CycloneDX nor an SPDX'
printf '{"bomFormat":"CycloneDX","components":[{"purl":"pkg:npm/\377"}]}' \
    >no.json
refused "bad UTF-8" 'UTF-8'
vex gate --sbom missing.json --fail-on affected
exits 6 "a file that is not there"
echo '{"bomFormat":"CycloneDX","components":[{"name":"lodash"}]}' >empty.json
# ---- what can't be looked up ---------------------------------------------------
vex gate --sbom cyclonedx.json --fail-on fixed
exits 0 "a component that no verdict can name passes"
says '^1 component of cyclonedx.json without a package URL: not looked up' \
    "which is told"
for sbom in spdx2 spdx3; do
	vex gate --sbom $sbom.json --fail-on fixed
	[ ! -s err ]
	result $? "nothing is told of $sbom.json, where all have one"
	jq 'del(.packages[1].externalRefs[0], ."@graph"[1].externalIdentifier)
	    | del(..|nulls)' $sbom.json >less.json
	vex gate --sbom less.json --fail-on fixed
	says '^1 component of less.json without a package URL' "$sbom: but here"
done

# ---- a part of what the SBOM does not name -------------------------------------
part=pkg:rpm/redhat/zlib@1.2.11
echo '{"bomFormat":"CycloneDX","components":[{"purl":"'$part'"}]}' >part.json
echo '{"bomFormat":"CycloneDX","metadata":{"component":{"purl":
    "pkg:oci/app@1"}},"components":[{"purl":"'$part'"}]}' >parts.json
for whole in cpe23:cpe:2.3:o:redhat:enterprise_linux:8:*:*:*:*:*:*:* \
    purl:pkg:oci/app@1 purl:pkg:oci/other@1; do
	rm -rf parts
	vex --home parts -q init
	cat >p.json <<END
{"@context":"https://openvex.dev/ns/v0.2.0","@id":"urn:p","author":"a",
 "timestamp":"2026-01-12T00:00:00Z","version":1,"statements":[
 {"vulnerability":{"name":"CVE-2026-0011"},"status":"affected",
  "action_statement":"u","products":[{
   "identifiers":{"${whole%%:*}":"${whole#*:}"},
   "subcomponents":[{"@id":"$part"}]}]}]}
END
	vex --home parts -q ingest --provider vendor:r p.json
	vex --home parts -q decide
	for sbom in part parts; do
		vex --home parts gate --sbom $sbom.json --fail-on affected
		case $sbom:$whole in
		parts:purl:pkg:oci/app@1)
			exits 1 "$sbom.json, part of $whole" ;;
		parts:purl:pkg:oci/other@1)
			exits 0 "$sbom.json, part of $whole"
			[ ! -s err ]
			result $? "is about something else" ;;
		*)
			exits 0 "$sbom.json, part of $whole"
			says 'not judged: CVE-2026-0011 .*zlib@1.2.11 is there, but' \
			    "may be about it, which is told" ;;
		esac
	done
done

# ---- decided for an inventory, then without one ---------------------------------
vex_document first.json CVE-2026-0012 $good affected 2026-01-12T00:00:00Z \
    '"action_statement": "update"'
vex_document then.json CVE-2026-0012 $good fixed 2026-01-13T00:00:00Z
vex --home inventory -q init
vex --home inventory -q ingest --provider vendor:example first.json
vex --home inventory -q decide --sbom cyclonedx.json
vex --home inventory gate --sbom cyclonedx.json --fail-on affected
exits 1 "a verdict for an inventory"
vex --home inventory -q ingest --provider vendor:example then.json
vex --home inventory -q decide
vex --home inventory gate --sbom cyclonedx.json --fail-on affected
exits 0 "counts until there is a newer decision, as in exports"
prints '^3 components, 1 verdicts about them' "which is the one looked at"

# ---- ranges of versions --------------------------------------------------------
cat >range.json <<END
{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,
 "metadata":{"timestamp":"2026-01-12T00:00:00Z",
  "supplier":{"name":"Example"}},
 "components":[{"type":"library","name":"left","bom-ref":"l",
  "purl":"pkg:npm/left"},{"type":"library","name":"right","bom-ref":"r",
  "purl":"pkg:npm/right"}],
 "vulnerabilities":[{"id":"CVE-2026-0007","analysis":{"state":"exploitable"},
  "affects":[{"ref":"l","versions":[{"range":"vers:npm/>=2.0.0|<3.0.0"}]}]},
  {"id":"CVE-2026-0008","analysis":{"state":"exploitable"},
  "affects":[{"ref":"r","versions":[{"range":"vers:npm/<2.0.0"},
   {"version":"1.5.0"}]}]}]}
END
vex -q ingest --provider vendor:example range.json
vex -q decide
for case in 2.5.0:1 3.0.0:0 1.9.9:0 2.0.0:1 3.0.0-rc.1:1 x:0; do
	echo '{"bomFormat":"CycloneDX","components":[
	    {"purl":"pkg:npm/left@'"${case%:*}"'"}]}' >one.json
	vex --json gate --sbom one.json --fail-on affected
	exits "${case#*:}" "${case%:*} and a range from 2 to 3"
done
says 'not judged: CVE-2026-0007 is affected in .*; pkg:npm/left@x can' \
    "a version that no range can be asked about is told"
vex --json gate --sbom one.json --fail-on fixed
[ ! -s err ]
result $? "of a status that passes nothing is told"
echo '{"bomFormat":"CycloneDX","components":[{"purl":"pkg:npm/left@2.5.0"},
    {"purl":"pkg:npm/left"},{"purl":"pkg:npm/right@1.5.0"},
    {"purl":"pkg:npm/right@1.4.0"}]}' >several.json
vex --json gate --sbom several.json --fail-on affected
json '[.failed[] | .vulnerabilityId + " " + (.reason |
    capture("^(?<c>\\S+) is.* (?<m>version range|exact) match$") |
    .c + " " + .m)] | sort | join(", ")' \
    "CVE-2026-0007 pkg:npm/left@2.5.0 version range, \
CVE-2026-0008 pkg:npm/right@1.4.0 version range, \
CVE-2026-0008 pkg:npm/right@1.5.0 exact" \
    "each by its closest key; a component without a version is in no range"
says 'not judged: CVE-2026-0007 .*; pkg:npm/left can' \
    "which is told as well"
says '^1 verdict was not judged' "and how many"
seq 25 | jq -cs '{bomFormat:"CycloneDX", components:
    map({purl: "pkg:npm/left@x\(.)"})}' >odd.json
vex gate --sbom odd.json --fail-on affected
is "$(grep -c '^not judged' err)" 20 "of many that are not judged 20 are named"
says '^25 verdicts were not .*; -v names all of them' "and all are counted"
vex -v gate --sbom odd.json --fail-on affected
is "$(grep -c '^not judged' err)" 25 "-v names them"
vex --json trace CVE-2026-0007 pkg:npm/left@2.5.0
json '[.productKey, .match] | join(" ")' \
    "pkg:npm/left?vers=vers:npm%2F%3E%3D2.0.0%7C%3C3.0.0 version range" \
    "a trace tells it too"
vex trace CVE-2026-0007 pkg:npm/left@3.0.0
exits 3 "of a version in no range there is none"
vex --json trace CVE-2026-0008 pkg:npm/right@1.5.0
json .match exact "what is said of the version itself comes first"

vex --json gate --sbom empty.json --fail-on affected
exits 0 "an SBOM without package URLs"
says 'empty.json has a package URL, so nothing was judged' \
    "passes with a warning"
echo '{"bomFormat":"CycloneDX","components":[{"purl":"lodash@4"},
    {"purl":"'$bad'"}]}' >odd.json
vex --json gate --sbom odd.json --fail-on affected
exits 1 "a malformed package URL hides no other"
says '1 package URLs? of odd.json' "and is told of"

done_testing
