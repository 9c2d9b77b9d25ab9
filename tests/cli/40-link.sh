#!/bin/bash
# link: batches, entries, and that a stop at any step loses nothing.
. "$(dirname "$0")/lib.sh"

documents() { # FIRST LAST
	local i
	for i in $(seq "$1" "$2"); do
		vex_document "doc-$i.json" "CVE-2026-$(printf %04d "$i")" \
		    "pkg:npm/p$i@1.0.0" fixed 2026-01-12T08:30:00Z
	done
}

vex -q init
vex --json link
exits 0 "link with nothing to do"
json '[.linked, .entries, .pending] | @csv' 0,0,0 "does nothing"

documents 1 5
vex -q ingest --provider vendor:example doc-*.json
vex --json link --batch 2
exits 0 "five observations, two an entry"
json '[.linked, .entries, .retried, .failed, .pending] | @csv' 5,3,0,0,0 \
    "are three entries"
json '.others | has("linked") and has("pending")' true \
    "others are counted apart"
vex --json pending
json '.items | length' 0 "nothing waits any more"
vex --json link
json '.linked' 0 "linking again does nothing"

vex --json find --vuln CVE-2026-0001
json '.items[0].rekor | keys | join(" ")' "entryBodyHash entryKind \
inclusionProof integratedTime linkedAt logId logIndex logUrl treeRoot treeSize \
uuid" "an observation has its entry"
json '.items[0].rekor.entryKind' hashedrekord "of kind hashedrekord"
json '.items[0].rekor.uuid | test("^[0-9a-f]{64}$")' true \
    "the uuid of a local log is the leaf hash"
json '.items[0].rekor.inclusionProof.batch.treeSize' 2 "a batch of two"
uuid=$(jq -r '.items[0].rekor.uuid' out)
index=$(jq -r '.items[0].rekor.logIndex' out)
log=$(jq -r '.items[0].rekor.logId' out)
vex --json find --entry "$uuid"
json '.items | length' 2 "find --entry gives what an entry proves"
vex --json find --log-index "$index" --log-id "$log"
json '.items | length' 2 "so does --log-index"
vex --json show "$uuid"
exits 0 "show an entry"

documents 6 9
vex -q ingest --provider vendor:example doc-[6-9].json
vex --json link --limit 1
json '[.linked, .pending] | @csv' 1,3 "--limit"
vex --json link
json '[.linked, .entries] | @csv' 3,1 "the default batch takes the rest"
vex log verify
exits 0 "the local log holds together"

# ---- stop at each step, as if the power went ----------------------------------
steps="claim sign persist submit commit release"
i=10
for step in $steps; do
	documents $i $i
	vex -q ingest --provider vendor:example "doc-$i.json"
	code=$(VEXLOG_TEST_STEP=$step "$VEXLOG" link >out 2>err; echo $?) \
	    2>/dev/null
	[ "$code" = 137 ]
	result $? "stopped at $step" || show err
	vex --json link
	exits 0 "link goes on after a stop at $step"
	vex --json find --vuln "CVE-2026-$(printf %04d $i)"
	json '[.items[].rekor != null] | all' true \
	    "stop at $step: the observation is linked"
	vex --json verify --all
	exits 0 "stop at $step: everything holds"
	i=$((i + 1))
done
vex --json pending
json '.items | length' 0 "nothing is left behind"
vex log verify
exits 0 "and the log holds together"

# ---- keys no log takes ------------------------------------------------------
vex --home ed -q init
rm ed/key.pem
vex --home ed -q key generate --kind ed25519
documents 20 20
vex --home ed -q ingest --provider vendor:example doc-20.json
vex --home ed link
exits 2 "link with a plain Ed25519 key"
vex --home ed --json pending
json '.items | length' 1 "claims nothing"

vex link --log http://127.0.0.1:9
ok "a log URL of no kind" test "$code" -ne 0
documents 30 30
vex -q ingest --provider vendor:example doc-30.json
vex link --log rekor2+http://127.0.0.1:9
exits 2 "a log that nobody trusts"
says 'trust add' "how to trust it"
openssl genpkey -algorithm ED25519 -out log.pem 2>/dev/null
openssl pkey -in log.pem -pubout -out log.pub 2>/dev/null
vex trust add --origin 127.0.0.1 --key log.pub --url http://127.0.0.1:9
exits 0 "trusted"
vex --json link --log rekor2+http://127.0.0.1:9
exits 5 "a log that does not answer"
vex --json pending
json '.items | length' 1 "what was pending is pending still"
vex link
exits 0 "and goes into another log later"

done_testing
