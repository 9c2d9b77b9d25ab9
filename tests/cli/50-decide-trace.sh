#!/bin/bash
# decide and trace: which claim wins, why, and what it was before.
. "$(dirname "$0")/lib.sh"

vuln=CVE-2026-0001
product=pkg:npm/lodash@4.17.20

vex_document vendor.json $vuln $product not_affected 2026-01-12T08:30:00Z \
    '"justification": "vulnerable_code_not_present"'
vex_document other.json $vuln $product affected 2026-01-10T00:00:00Z \
    '"action_statement": "update to 4.17.21"'
vex_document fixed.json CVE-2026-0002 pkg:npm/left-pad@1.3.0 fixed \
    2026-01-11T00:00:00Z

vex -q init
vex trace $vuln $product
exits 3 "no trace of what nobody spoke about"
vex decide --vuln $vuln
exits 3 "nor a verdict"

vex -q ingest --provider vendor:example vendor.json
before=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
vex --json decide
exits 0 "decide"
is "$(wc -l <out)" 1 "one verdict"
json 'keys | join(" ")' "changedFrom conflicts justification policyVersion \
productKey reasoningId sbomEntryId status vexVerdictId vulnerabilityId" \
    "with these members"
json '[.status, .justification, .policyVersion, .changedFrom] | @csv' \
    '"not_affected","vulnerable_code_not_present","v1.0.0",' "the vendor's"
first=$(jq -r .vexVerdictId out)
vex --json decide
json .vexVerdictId "$first" "deciding again gives the same id"
json .changedFrom null "and is no change"
vex --json decide --vuln "cve${vuln#CVE}"
json .vexVerdictId "$first" "an id in small letters is the same id"
vex --json trace "cVe${vuln#CVE}" "$(jq -r .productKey out)"
json .vexVerdictId "$first" "for trace too"
vex --json find --vuln="cve${vuln#CVE}"
json '.items | length' 1 "and for find"

vex -q ingest --provider security:lab other.json
vex -q ingest --provider vendor:example fixed.json
vex --json decide
is "$(wc -l <out)" 2 "two pairs, two verdicts"
jq -c "select(.vulnerabilityId == \"$vuln\")" out >one && cp one out
second=$(jq -r .vexVerdictId out)
json .changedFrom "$first" "the second replaces the first"
json .conflicts 1 "somebody says otherwise"
vex --json decide --vuln CVE-2026-0002
is "$(wc -l <out)" 1 "--vuln chooses"
vex --json decide --product pkg:npm/left-pad@1.3.0
is "$(wc -l <out)" 1 "--product chooses"

# ---- the ids follow from the set, in no order and in no clock ------------------
VEXLOG_HOME=$work/again vex -q init
VEXLOG_HOME=$work/again vex -q ingest --provider security:lab other.json
VEXLOG_HOME=$work/again vex -q ingest --provider vendor:example vendor.json
VEXLOG_HOME=$work/again vex --json decide
json .vexVerdictId "$second" "another order, another home: the same verdict"

# ---- trace --------------------------------------------------------------------
vex --json trace $vuln $product
exits 0 "trace"
cp out trace.json
json '[.schema, .vulnerabilityId, .productKey] | @csv' \
    "\"reasoning.vexlog/v1\",\"$vuln\",\"$product\"" "of this pair"
json '.inputs | length' 2 "has both inputs"
json '.inputs == (.inputs | sort_by(.observationId))' true "sorted by id"
json '.outcome.status' "$(jq -r .status one)" "the outcome is the verdict's"
json '.sources | map(.issuer) | sort | join(" ")' \
    "security:lab vendor:example" "names who said it"
json '[.sources[].rekor] | unique | length' 1 "no entries yet"
json '.steps | length > 0' true "has the steps"
json '.steps[0] | keys | join(" ")' "loser reason rule winner" "each of them"
json '.conflicts | length' 1 "and the conflict"
json '.history | length' 2 "and what was concluded before"
jq '{schema, vulnerabilityId, productKey, policyVersion, policyDigest,
    latticeVersion, aliases, inputs}' trace.json >inputs.json
vex --json hash reasoning inputs.json
json .id "$(jq -r .reasoningId trace.json)" \
    "the reasoning id is the hash of these inputs"

vex -q link
vex --json trace $vuln $product
json '[.sources[].rekor.logIndex != null] | all' true \
    "once linked, every source has its entry"
json '.rekor.logIndex != null' true "and the verdict too"

vex trace $vuln $product
exits 0 "for people"
ok "the status comes first" sh -c 'head -1 out | grep -q "^[a-z_]*  '$vuln' in "'
for part in why sources steps conflicts history; do
	prints "^$part" "with $part"
done
ok "no escape codes where there is no terminal" sh -c '! grep -q "$(printf "\033")" out'

vex --json trace $vuln $product --at "$before"
exits 0 "--at"
json '.outcome.status' not_affected "what was known then"
json '.inputs | length' 1 "from one claim"
vex --json decide --at "$before"
json .vexVerdictId "$first" "decide --at gives the verdict of then"
vex --json trace $vuln $product
json .vexVerdictId "$second" "and changes nothing"

# ---- the page -------------------------------------------------------------------
cat >nasty.json <<'END'
{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://example.com/n",
"author":"<script>alert(1)</script>","timestamp":"2026-01-12T00:00:00Z",
"version":1,"statements":[{"vulnerability":{"name":"CVE-2026-0003<b>"},
"products":[{"@id":"pkg:npm/a@1"}],"status":"not_affected",
"impact_statement":"</p><img src=x onerror=alert(1)> \u202etxt \u001b[31m & \"q\" 'r'"}]}
END
vex -q ingest nasty.json
vex -q decide
vex -q link
vex trace 'CVE-2026-0003<b>' pkg:npm/a@1 --html page.html
exits 0 "trace --html"
says 'wrote page.html' "says what it wrote"
ok "no escape code of a document reaches the terminal" sh -c '! grep -q "$(printf "\033")" out'
ok "no text of a document is markup" sh -c '! grep -qE "<script|<img|<b>" page.html'
ok "it is there as text" grep -q '&lt;img src=x onerror=alert(1)&gt;' page.html
ok "marks that turn a line are shown" grep -qF 'u{202e}' page.html
ok "nothing is loaded from elsewhere" sh -c \
    '! grep -qE "(src|href)=.(https?:)?//|@import|url\(" page.html'
ok "its policy forbids it too" grep -q "Content-Security-Policy" page.html
cp page.html kept.html
vex trace 'CVE-2026-0003<b>' pkg:npm/a@1 --html page.html
ok "the same trace gives the same bytes" cmp -s page.html kept.html
vex trace $vuln $product --html paths.html
paths=$root/tests/cli/page_paths.py
is "$(python3 "$paths" paths.html)" "5 paths" \
    "each audit path leads to its root by the page's own text"
# another digit in the last hash of a path
sed -zE -e 's/([0-9a-f]{63})[0-9](\n# )/\1a\2/;t' \
    -e 's/([0-9a-f]{63})[a-f](\n# )/\10\2/' paths.html >broken.html
ok "the page differs" sh -c '! cmp -s paths.html broken.html'
ok "and a path with another hash does not" sh -c "! python3 $paths broken.html"
vex trace $vuln $product --html /nonexistent/page.html
exits 6 "a page that cannot be written"

# ---- policies -------------------------------------------------------------------
vex --json policy show
exits 0 "policy show"
json .policyVersion v1.0.0 "the default"
vex policy show latest
prints 'v1.0.0-latest' "by name"
vex --json decide --policy latest --vuln $vuln
json '[.policyVersion, .status] | @csv' '"v1.0.0-latest","not_affected"' \
    "the newest statement wins under latest"
"$VEXLOG" policy show v1.0.0 2>/dev/null |
    jq '.policyVersion = "v9.0.0-mine"' >mine.json
vex --json policy check mine.json
exits 0 "a policy of one's own"
digest=$(jq -r .policyDigest out)
json '.policyDigest | test("^sha256:[0-9a-f]{64}$")' true "has a digest"
vex --json decide --policy mine.json --vuln $vuln
json .policyVersion v9.0.0-mine "and decides"
vex --json trace $vuln $product
json .policyDigest "$digest" "the trace names the policy it was decided by"
"$VEXLOG" policy show v1.0.0 2>/dev/null | jq '.base = 1' >changed.json
vex policy check changed.json
exits 1 "a built-in version with other rules is refused"
vex policy check missing.json
exits 6 "a policy that is not there"

# ---- payload --------------------------------------------------------------------
vex --json payload "$second"
exits 0 "payload"
json '.schema' vexlog.proof-payload/v1 "of this schema"
json '.verdict.vexVerdictId' "$second" "of this verdict"
json '.rekor | length' 1 "with its entry"
json '.proof.evidenceIds == (.proof.evidenceIds | sort)' true \
    "evidence is sorted"
vex payload "sha256:$(printf '0%.0s' $(seq 64))"
exits 3 "no such verdict"

# ---- delta ----------------------------------------------------------------------
vex --json delta "$before" now
exits 0 "delta"
json '.summary.added' "$(jq '.added | length' out)" \
    "the summary counts what is listed"
vex --json delta now now
json '.summary.added + .summary.removed + .summary.statusChanged' 0 \
    "nothing changed between now and now"

done_testing
