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

# A dead worker that its parent has not waited for is dead all the same.
documents 16 16
vex -q ingest --provider vendor:example doc-16.json
(VEXLOG_TEST_STEP=submit "$VEXLOG" link >out 2>err & exec sleep 30) &
sleeper=$!
for _ in $(seq 100); do
	read -r child </proc/$sleeper/task/$sleeper/children
	grep -qs '^State:.*zombie' "/proc/${child:-0}/status" && break
	sleep 0.1
done
vex --json link
json '[.linked, .pending] | @csv' 1,0 "a lease ends with its process, zombie or not"
kill $sleeper
wait $sleeper 2>/dev/null

# ---- damage that only an older file shows --------------------------------------
old=$(find home/log/tile/entries -type f | sort -V | head -n 1)
cp "$old" kept
truncate -s -10 "$old"
vex log verify
exits 1 "an older entry bundle that breaks off"
says "$(basename "$old")" "is named"
cp kept "$old"
vex log verify
exits 0 "and put back it is good"

# ---- keys that nobody would believe ----------------------------------------------
vex --home other -q init
documents 17 17
vex --home other -q ingest --provider vendor:example doc-17.json
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
    -out other/key.pem 2>/dev/null
vex --home other link
exits 2 "link with a key that is not in the trust file"
says 'trust add --signer' "says how to trust it"
vex --home other --json pending
json '.items | length' 1 "claims nothing"
openssl pkey -in other/key.pem -pubout -out other.pub
vex --home other trust add --signer other.pub --name me
vex --home other link
exits 0 "trusted, it links"
vex --home other verify --all
exits 0 "and what it signed holds"

# ---- a home that is not whole ----------------------------------------------------
for file in key.pem trust.json log; do
	mv other/$file aside
	vex --home other link
	exits 6 "link without $file"
	says 'init' "without $file: says what to run"
	mv aside other/$file
done
mv other/trust.json aside
vex --home other verify --all
exits 6 "verify without trust.json"
mv aside other/trust.json

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
is "$(grep -c 'will be tried again\|dead' err)" 0 \
    "nothing failed, and nothing is dead"
openssl genpkey -algorithm ED25519 -out log.pem 2>/dev/null
openssl pkey -in log.pem -pubout -out log.pub 2>/dev/null
vex trust add --origin 127.0.0.1 --key log.pub --url http://127.0.0.1:9
exits 0 "trusted"
vex --json link --log rekor2+http://127.0.0.1:9
exits 5 "a log that does not answer"
json '[.retried, .failed > 0, .pending] | @csv' 1,true,1 \
    "trusted, it is tried at once, with the bytes that were kept"
vex --json pending
json '.items | length' 1 "what was pending is pending still"
for _ in $(seq 100); do # it waits for some seconds
	vex --json link
	[ "$(jq .linked out)" = 0 ] || break
	sleep 0.1
done
json '[.linked, .pending] | @csv' 1,0 "and goes into another log later"

# ---- the key is another one meanwhile --------------------------------------
now() { # what waits for its next try may be tried
	sqlite3 home/store.db 'update attestor_rekor_submission_queue
	    set next_retry_at = null'
}
documents 31 31
vex -q ingest --provider vendor:example doc-31.json
vex -q link --log rekor2+http://127.0.0.1:9
exits 5 "signed and kept, not logged"
old=$(jq -r '.signers[0].keyId' home/trust.json)
mv home/key.pem old.pem
vex -q key generate
vex key show
sed -n '/BEGIN/,/END/p' out >new.pub
vex -q trust add --signer new.pub --name new
cp home/trust.json both.json
jq --arg old "$old" '.signers |= map(select(.keyId != $old))' both.json \
    >home/trust.json
now
vex --json link
exits 1 "the key that signed is no signer any more"
says "signed by key $old" "which one is said"
says 'trust add --signer' "and what to do"
json '[.linked, .pending] | @csv' 0,1 "what it signed waits"
cp both.json home/trust.json
now
vex --json link
exits 0 "it is a signer again"
json '[.linked, .retried, .pending] | @csv' 1,1,0 \
    "what was kept is logged as it was signed"
vex --json verify --all
exits 0 "and verifies, beside what the new key signs"
documents 32 32
vex -q ingest --provider vendor:example doc-32.json
vex -q link
vex --json verify --all
exits 0 "the new key signs from now on"

# a clock that is off is told, with both times
documents 33 33
vex -q ingest --provider vendor:example doc-33.json
cp home/trust.json both.json
jq '.signers[].validFrom = "2999-01-01T00:00:00Z"' both.json >home/trust.json
vex link
exits 2 "a key that is valid later signs nothing"
says 'valid from 2999-01-01T00:00:00Z .* the clock says 20' "with both times"
says 'set the clock' "and what to do"
jq '.signers[] |= (.validFrom = "2020-01-01T00:00:00Z"
    | .validUntil = "2021-01-01T00:00:00Z")' both.json >home/trust.json
vex link
exits 2 "and neither does one that was valid"
says 'valid until 2021-01-01T00:00:00Z' "which is told"
cp both.json home/trust.json
vex -q link
exits 0 "the same key, when it is valid, does"

done_testing
