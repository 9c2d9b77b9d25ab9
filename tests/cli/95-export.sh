#!/bin/bash
# export: what scanners are given is what was decided; each format read back gives the same
# statuses; what is lost on the way is said.
. "$(dirname "$0")/lib.sh"
data=$VEXLOG_TEST_DATA
formats="openvex csaf cyclonedx"

# home NAME DOCUMENT...: a home that decided about these; its verdicts in NAME.verdicts
home() {
	export VEXLOG_HOME="$work/$1"
	local name=$1
	shift
	vex -q init
	vex -q ingest --provider vendor:again "$@"
	vex --json decide
	mv out "$name.verdicts"
}

# statuses FILE FORMAT: a line for each verdict in it, without who named a product; CycloneDX
# knows the component alone
statuses() {
	jq -r --arg format "$2" '
		def plain: split(" > ") | map(if startswith("local:")
		    then "local:" + (split(":")[2]) else . end);
		[.vulnerabilityId, (.productKey | plain |
		    if $format == "cyclonedx" then last else join(" > ") end),
		    .status] | @tsv' "$1" | sort -u
}

# same FROM FORMAT TO: TO was read from the export of FROM in FORMAT. A component in several
# products of different statuses becomes one in CycloneDX: one of these.
same() {
	statuses "$1.verdicts" "$2" >from.tsv
	statuses "$3.verdicts" "$2" >to.tsv
	comm -13 from.tsv to.tsv >more.tsv
	is "$(wc -l <more.tsv) $(cut -f 1,2 from.tsv | sort -u | wc -l)" \
	    "0 $(wc -l <to.tsv)" "$1 by $2 to $3: the same statuses"
}

# ---- round trips, in every pair of formats --------------------------------------
home a "$data"/openvex/grype* "$data"/openvex/trivy* \
    "$data"/openvex/vexctl__document* "$data"/openvex/vexhub__confd* \
    "$data"/cyclonedx/guac* "$data"/cyclonedx/Use-Cases* \
    "$data"/csaf/trustify__cve-2023-1370.json "$data"/csaf/csaf__*
is "$(jq -r .status a.verdicts | sort -u | xargs)" \
    "affected fixed not_affected under_investigation" "all statuses are in it"
for first in $formats; do
	export VEXLOG_HOME="$work/a"
	vex --json export --format $first -o a.$first
	exits 0 "export $first"
	json .verdicts "$(wc -l <a.verdicts)" "has every verdict"
	cp err a.$first.lost
	vex -q export --format $first -o again.$first
	ok "the same bytes again" cmp a.$first again.$first
	vex check a.$first
	exits 0 "it can be read"
	home $first a.$first
	same a $first $first
	for second in $formats; do
		export VEXLOG_HOME="$work/$first"
		vex --json export --format $second -o $first.$second
		home $first-$second $first.$second
		same $first $second $first-$second
	done
done

# ---- what is lost is said, one line each -----------------------------------------
is "$(jq -r .productKey a.verdicts | grep -c ' > ')" \
    "$(grep -c 'the component in this product only' a.cyclonedx.lost)" \
    "cyclonedx: each component whose product is lost"
is "$(jq -r .justification a.verdicts | grep -c cannot_be_controlled)" \
    "$(grep -c 'has no twin in CycloneDX' a.cyclonedx.lost)" \
    "cyclonedx: each justification without a twin"
is "$(jq -r .productKey a.verdicts | sed 's/ > /\n/' | grep '^local:' | sort -u | wc -l)" \
    "$(grep -c 'neither purl nor CPE' a.openvex.lost)" \
    "each product that is only a name"

# ---- ranges of versions -----------------------------------------------------------
range='vers:npm/>=2.0.0|<3.0.0'
for state in exploitable in_triage resolved not_affected; do
	cat <<-END
	{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{
	 "timestamp":"2026-01-12T00:00:00Z"},"components":[{"type":"library",
	 "name":"left","bom-ref":"l","purl":"pkg:npm/left-$state?a=b"}],
	 "vulnerabilities":[{"id":"CVE-2026-0007","analysis":{"state":"$state",
	 "detail":"d"},"affects":[{"ref":"l","versions":[{"range":"$range"$(
		case $state in
		not_affected | resolved) echo ',"status":"unaffected"' ;;
		esac)}]}]}]}
	END
done | jq -c . >ranges.jsonl
home ranges ranges.jsonl
is "$(wc -l <ranges.verdicts)" 4 "four verdicts about a range"
for format in $formats; do
	export VEXLOG_HOME="$work/ranges"
	vex export --format $format -o ranges.$format
	cp err ranges.$format.lost
	home ranges-$format ranges.$format
	same ranges $format ranges-$format
done
cp ranges.cyclonedx out
json '[.components[].purl] | unique | join(" ")' \
    "pkg:npm/left-exploitable?a=b pkg:npm/left-in_triage?a=b \
pkg:npm/left-not_affected?a=b pkg:npm/left-resolved?a=b" \
    "cyclonedx: the purl is without the range"
json '[.vulnerabilities[].affects[0].versions[0] | .range + " " + .status] |
    sort | join(", ")' "$range , $range , $range unaffected, $range unaffected" \
    "which stands where its versions belong"
is "$(grep -c 'the range of versions' ranges.openvex.lost) $(
    grep -c 'the range of versions' ranges.csaf.lost) $(
    grep -c 'the range of versions' ranges.cyclonedx.lost)" "4 4 0" \
    "the others say that no scanner will match it"

# ---- the same evidence, another home, another order, another time ------------------
vuln=CVE-2026-0001
vex_document one.json $vuln pkg:npm/a@1 not_affected 2026-01-12T08:30:00Z \
    '"impact_statement": "not built in"'
vex_document two.json $vuln pkg:npm/b@1 affected 2026-01-10T00:00:00Z \
    '"action_statement": "update to 2"'
home left one.json two.json
home right two.json one.json
for format in $formats; do
	VEXLOG_HOME=$work/left vex -q export --format $format -o left.$format
	VEXLOG_HOME=$work/right vex -q export --format $format -o right.$format
	ok "$format: two homes, the same bytes" cmp left.$format right.$format
done
export VEXLOG_HOME="$work/left"
cp left.openvex out
json '.statements | map([.status, .justification, .impact_statement,
    .action_statement]) | tostring' \
    '[["not_affected",null,"not built in",null],["affected",null,null,"update to 2"]]' \
    "openvex: status and texts"
json '.timestamp' 2026-01-12T08:30:00Z "the time is the newest claim's"
cp left.csaf out
json '[.vulnerabilities[0] | (.threats[0].details, .remediations[0].details)] | @csv' \
    '"not built in","update to 2"' "csaf: impact and remediation"
cp left.cyclonedx out
json '[.vulnerabilities[] | .analysis.state] | join(" ")' \
    "not_affected exploitable" "cyclonedx: states"
json '.serialNumber | test("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab]")' \
    true "cyclonedx: a serial number made of the content"

# ---- a component that stands otherwise elsewhere ---------------------------------------
cat >parts.json <<END
{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/parts",
 "author":"a","timestamp":"2026-01-12T00:00:00Z","version":1,"statements":[
 {"vulnerability":{"name":"$vuln"},"status":"not_affected",
  "justification":"component_not_present","timestamp":"2026-01-12T00:00:00Z",
  "products":[{"@id":"pkg:npm/b@1","subcomponents":[{"@id":"pkg:npm/a@1"},
  {"@id":"pkg:npm/c@1"}]}]},
 {"vulnerability":{"name":"$vuln"},"status":"affected",
  "action_statement":"update","timestamp":"2026-01-10T00:00:00Z",
  "products":[{"@id":"pkg:npm/a@1"}]}]}
END
home parts parts.json
vex -q export --format cyclonedx -o parts.cyclonedx
cp parts.cyclonedx out
json '[.. | objects | select(."bom-ref"? and .purl?) | .purl] | sort | join(" ")' \
    "pkg:npm/a@1 pkg:npm/b@1 pkg:npm/c@1" "cyclonedx: purls of what they name"
json '[.. | objects | select(."bom-ref"? == "pkg:npm/b@1 > pkg:npm/a@1") | .purl]
    | tostring' '[null]' "but for a component that is affected elsewhere"
home parts-back parts.cyclonedx
is "$(jq -r 'select(.productKey == "pkg:npm/a@1") | .status' parts-back.verdicts)" \
    affected "which nothing in the file silences"

# ---- fillers are told ----------------------------------------------------------------
vex_document bare.json CVE-2026-0002 pkg:npm/a@1 affected 2026-01-12T08:30:00Z
vex_document bare2.json CVE-2026-0003 pkg:npm/a@1 not_affected 2026-01-12T08:30:00Z
home bare bare.json bare2.json
vex --json export --format openvex -o bare.openvex
says 'CVE-2026-0002 in pkg:npm/a@1: .*"No action statement provided" is written' \
    "an action statement that nobody gave"
says 'CVE-2026-0003 in pkg:npm/a@1: the source has no impact statement' \
    "an impact statement that nobody gave"
vex check --strict bare.openvex
exits 0 "and the document is valid"

# ---- names, filters, times ------------------------------------------------------------
vex_document name1.json $vuln appliance fixed 2026-01-12T08:30:00Z
vex_document name2.json $vuln appliance affected 2026-01-12T08:30:00Z \
    '"action_statement": "x"'
export VEXLOG_HOME="$work/names"
vex -q init
vex -q ingest --provider vendor:x name1.json
vex -q ingest --provider vendor:y name2.json
sleep 0.01
before=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
vex -q ingest --provider vendor:x one.json
vex -q decide
vex --json export --format openvex -o names.openvex
json .verdicts 3 "one name from two issuers"
cp names.openvex out
json '[.statements[].products[0]["@id"]] | unique | length' 3 \
    "stays two products"
vex --json export --format openvex -o part.openvex --product pkg:npm/a@1
json .verdicts 1 "--product"
vex export --format openvex -o none.openvex --vuln CVE-1999-0001
exits 3 "--vuln that nobody spoke about"
ok "no file is written then" test ! -e none.openvex
vex --json export --format csaf -o then.csaf --at "$before"
json .verdicts 2 "--at: what was known then"
vex --json export --format csaf -o then2.csaf --at "$before"
ok "the same bytes again" cmp then.csaf then2.csaf
# decided for an SBOM alone: that verdict is told of its time too
echo '{"bomFormat":"CycloneDX"}' >inventory.json
vex -q --home inventory init
vex -q --home inventory ingest --provider vendor:x one.json
vex --home inventory --json decide --sbom inventory.json
decided=$(jq -r .vexVerdictId out)
now=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
for at in "" "--at $now"; do
	# shellcheck disable=SC2086
	vex -q --home inventory export --format openvex -o at.openvex $at
	ok "the verdict that was decided goes out${at:+, of its time}" \
	    grep -q "Verdict $decided " at.openvex
done
vex export --format xml -o x
exits 2 "a format that is not there"
says 'openvex, csaf, cyclonedx, bundle, payloads' "names those that are"

# ---- a VEX repository, as Trivy reads it ------------------------------------------------
vex_document repo1.json CVE-2026-0001 pkg:npm/%40scope/a@1 fixed 2026-01-12T08:30:00Z
vex_document repo2.json CVE-2026-0001 pkg:npm/%40scope/a@2 affected 2026-01-13T08:30:00Z \
    '"action_statement": "x"'
vex_document repo3.json CVE-2026-0001 \
    'pkg:oci/nginx@sha256%3A11?repository_url=ghcr.io/../../team/nginx&tag=1' fixed \
    2026-01-12T08:30:00Z
vex_document repo4.json CVE-2026-0001 pkg:generic/..%2F..%2F..%2Fescape@1 fixed \
    2026-01-12T08:30:00Z
vex_document repo5.json CVE-2026-0001 pkg:generic/%2E%2E@1 fixed 2026-01-12T08:30:00Z
vex_document repo6.json CVE-2026-0001 pkg:generic/%2E%2E/vex.json@1 fixed \
    2026-01-12T08:30:00Z
vex_document repo7.json CVE-2026-0001 appliance fixed 2026-01-12T08:30:00Z
home repo repo?.json
vex --json export --format openvex --layout repo -o hub/repo
exits 0 "--layout repo"
json .verdicts 6 "has the verdicts about purls"
says 'appliance: the whole verdict: a VEX repository is searched by purl' \
    "and says which it has no place for"
cp hub/repo/index.json out
json .updated_at 2026-01-13T08:30:00Z "the index has the time of the newest claim"
json '.packages | map(.id) == (map(.id) | unique)' true "each package once, sorted"
json '.packages[] | select(.id == "pkg:npm/%40scope/a") | .location' \
    pkg/npm/%40scope/a/vex.json "a package lies where its purl says"
json '.packages[] | select(.id | startswith("pkg:oci")) | [.id, .location] | join(" ")' \
    'pkg:oci/nginx?repository_url=ghcr.io%2F..%2F..%2Fteam%2Fnginx pkg/oci/ghcr.io/%2E%2E/%2E%2E/team/nginx/vex.json' \
    "an image where it is fetched from"
is "$(jq -r '.packages[].location' hub/repo/index.json | grep -cE '(^|/)\.\.?(/|$)')" 0 \
    "no name leads out of the folder"
is "$(cd hub/repo && find . -name vex.json -type f | sed 's|^\./||' | sort | xargs)" \
    "$(jq -r '.packages[].location' hub/repo/index.json | sort | xargs)" \
    "the documents are those of the index"
is "$(find hub -type f | wc -l)" 6 "and nothing else is written"
cp hub/repo/pkg/npm/%40scope/a/vex.json out
json '[.statements[].products[0]["@id"]] | join(" ")' \
    'pkg:npm/%40scope/a@1 pkg:npm/%40scope/a@2' "a document has all versions of its package"
vex -q export --format openvex --layout repo -o hub2 --url https://example.com/vex.tar.gz
ok "the same bytes again" diff -r -x vex-repository.json hub/repo hub2
cp hub2/vex-repository.json out
json '.versions[.latest_version].locations[0].url' https://example.com/vex.tar.gz \
    "a manifest where it will be fetched from"
vex export --format csaf --layout repo -o hub3
exits 2 "a repository is OpenVEX"
home repo-again hub2
grep -v 'local:' repo.verdicts >named.verdicts
same named openvex repo-again

# ---- the entry in the log ---------------------------------------------------------------
export VEXLOG_HOME="$work/names"
vex -q link
vex -q export --format openvex -o linked.openvex
cp linked.openvex out
json '[.statements[].status_notes | test("Verdict sha256:[0-9a-f]{64}.*entry [0-9]+ of log [0-9a-f]{64}")] | all' \
    true "each statement names its verdict and its entry in the log"

# ---- cases on which other tools decide wrongly ---------------------------------------------
cases=$data/filtercases
vuln=CVE-2009-4487 product=pkg:oci/nginx

# decided NAME WANT REASON DOCUMENT...
decided() {
	export VEXLOG_HOME="$work/case-$1"
	local name=$1 want=$2 reason=$3
	shift 3
	vex -q init
	vex -q ingest "$@"
	vex -q decide
	vex --json trace $vuln $product
	json .outcome.status "$want" "$name: $want"
	json '[.steps[].rule] | unique | join(" ")' superseded \
	    "$name: because a newer statement takes the place of the older"
	json "[.steps[].reason | test(\"$reason\")] | any" true \
	    "$name: the reason has both times"
	vex -q export --format openvex -o case.openvex
	cp case.openvex out
	json '[.statements[].status] | join(" ")' "$want" \
	    "$name: a scanner is given that and nothing else"
}
decided old affected '2026-06-01.*2026-01-01' "$cases/old.json"
decided b not_affected '2026-06-01.*2026-01-01' "$cases/b.json"
decided d affected '2026-06-01.*2026-01-01' "$cases/d1.json" "$cases/d2.json"
export VEXLOG_HOME="$work/case-c"
vex -q init
vex -q ingest "$cases/c.json"
vex -q decide
vex trace $vuln $product
exits 3 "c: what is said of another product says nothing of this one"
vex --json export --format openvex -o c.openvex --product $product
exits 3 "c: and nothing goes out about it"

# ---- where to -----------------------------------------------------------------------
mkfifo pipe
vex export --format openvex -o pipe
exits 6 "a pipe is no file to be put in the place of"
ok "it is one still" test -p pipe
vex export --format bundle -o pipe
exits 6 "nor for an archive"
ok "it is one still" test -p pipe
vex export --format openvex -o -
exits 2 "\"-\" is no name"
ok "no file is called so" test ! -e ./-
echo old >behind
ln -s behind link
for format in openvex bundle; do
	vex export --format $format -o link
	exits 0 "$format through a link"
	ok "it is one still" test -L link
	ok "what it leads to is written" sh -c '! grep -qx old behind'
	echo old >behind
done

done_testing
