#!/bin/bash
# verify: the intact thing holds; one named thing broken at a time does not.
. "$(dirname "$0")/lib.sh"

vex_document vendor.json CVE-2026-0001 pkg:npm/a@1 not_affected \
    2026-01-12T08:30:00Z '"justification": "vulnerable_code_not_present"'
vex_document other.json CVE-2026-0001 pkg:npm/a@1 affected \
    2026-01-10T00:00:00Z '"action_statement": "update"'
vex_document third.json CVE-2026-0002 pkg:npm/b@1 fixed 2026-01-10T00:00:00Z

vex -q init
vex --json verify --all
exits 0 "nothing is linked, nothing fails"
json .checked 0 "nothing is checked"

vex -q ingest --provider vendor:example vendor.json third.json
vex -q ingest --provider security:lab other.json
vex -q decide
vex -q link
vex_document late.json CVE-2026-0003 pkg:npm/c@1 fixed 2026-01-10T00:00:00Z
vex -q ingest --provider vendor:example late.json

vex --json verify --all
exits 0 "everything that is linked holds, what waits does not fail it"
tail -1 out >result
jq -s '.[:-1]' out >reports
is "$(jq -r '[.checked, .held, .failed] | @csv' result)" \
    "$(jq length reports),$(jq length reports),0" "every report counts"
ok "three observations, two verdicts and more" \
    test "$(jq length reports)" -ge 5
is "$(jq -r '[.[].checks[].outcome] | unique - ["PASS", "SKIP"] | length' \
    reports)" 0 "no check fails"
is "$(jq -r '[.[] | select(.checks | map(has("name") and has("rule") and
    has("outcome") and has("detail")) | all | not)] | length' reports)" 0 \
    "each check has name, rule, outcome, detail"

vex --json find --vuln CVE-2026-0001
id=$(jq -r '.items[0].observationId' out)
vex --json find --vuln CVE-2026-0003
pending=$(jq -r '.items[0].observationId' out)
vex --json verify "$id"
exits 0 "one observation"
is "$(wc -l <out)" 2 "a report and the result"
is "$(head -1 out | jq -r .id)" "$id" "its own"
vex verify "$id"
prints '^holds' "for people"
prints '  PASS ' "with each check"
vex verify --all
prints '^[0-9]+ of [0-9]+ verified$' "for people: the sum"
vex --json verify --all --deep --offline
exits 0 "--deep reads the documents again"
vex verify "vex:obs:sha256:$(printf '0%.0s' $(seq 64))"
exits 3 "no such id"
vex verify --all "$id"
exits 2 "--all and an id"
vex --json verify "$pending"
is "$(head -1 out | jq -r '.checks[] | select(.name == "linkage") | .outcome')" \
    SKIP "what waits has no proof yet, and that is said"

# ---- break one thing at a time ------------------------------------------------
command -v sqlite3 >/dev/null || bail "no sqlite3: apt-get install sqlite3"
broken() { # NAME SQL: a copy of the home with one thing changed
	rm -rf copy
	cp -r home copy
	sqlite3 copy/store.db "$2" 2>sql.err ||
		bail "$1: $(cat sql.err)"
	vex --home copy --json verify --all --deep
	exits 1 "$1: verify fails"
	cat out err | grep -q '"holds":false\|^vexlog: '
	result $? "$1: and names it"
}
# the store lets nobody do this; somebody with the file can
free=
for trigger in $(sqlite3 home/store.db \
    "SELECT name FROM sqlite_master WHERE type = 'trigger'"); do
	free="$free DROP TRIGGER \"$trigger\";"
done
one="observation_id = '$id'"
sqlite3 home/store.db "CREATE TEMP TABLE t AS SELECT * FROM vex_observations
    WHERE $one; UPDATE t SET status = 'fixed';
    INSERT OR REPLACE INTO vex_observations SELECT * FROM t;"
vex --json verify --all
exits 0 "a row is not replaced, with triggers"
# one row that was changed is one report; the others are judged all the same
cp -r home one
sqlite3 one/store.db "$free UPDATE vex_observations SET status = 'fixed' WHERE $one"
vex --home one --json verify --all
exits 1 "one changed row"
json 'select(.checked) | [.checked - .held, .failed] | @csv' 2,2 \
    "fails, with the verdict that rests on it, and nothing else"
json 'select(.holds == false and (.id | startswith("vex:"))) | [.id, (.checks[]
    | select(.outcome == "FAIL") .name)] | @csv' "\"$id\",\"content digest\"" \
    "under its own id"
json 'select(.holds == false and (.id | startswith("sha256:"))) | .checks[]
    | select(.outcome == "FAIL") | .name' 'decided again' "by its name"
vex --home one --json verify "$id"
exits 1 "asked for by its id"
json 'select(.id) | .holds' false "it has its report too"
vex --home one show "$id"
exits 1 "show does not show it"
# a verdict with the record of another, which is kept in a row of its own
cp -r home swapped
sqlite3 swapped/store.db "UPDATE vex_verdict_records SET record =
    (SELECT record FROM vex_verdict_records WHERE id = 2) WHERE id = 1"
swapped=$(sqlite3 home/store.db \
    "SELECT verdict_id FROM vex_verdict_rows WHERE id = 1")
vex payload "$swapped"
exits 0 "a verdict has its payload"
for command in payload show verify; do
	vex --home swapped $command "$swapped"
	exits 1 "with the record of another: $command"
done
vex --home swapped payload "$swapped"
says 'its record is of another' "and that is said"
vex --home swapped --json export --format payloads -o swapped.jsonl
exits 1 "nor is it exported"
broken "another status" \
    "$free UPDATE vex_observations SET status = 'fixed' WHERE $one"
broken "another product" \
    "$free UPDATE vex_observations SET product_key = 'pkg:npm/z@1' WHERE $one"
broken "another content digest" "$free UPDATE vex_observations SET
    content_digest = 'sha256:$(printf 'a%.0s' $(seq 64))' WHERE $one"
broken "another root" "$free UPDATE vex_observations SET
    rekor_tree_root = '$(printf 'a%.0s' $(seq 64))' WHERE $one"
broken "another index" "$free UPDATE vex_observations SET
    rekor_log_index = rekor_log_index + 1 WHERE $one"
broken "another tree size" "$free UPDATE vex_observations SET
    rekor_tree_size = rekor_tree_size + 1 WHERE $one"

broken "another entry kind" "$free UPDATE vex_observations SET
    rekor_entry_kind = 'dsse' WHERE $one"
broken "another time" "$free UPDATE vex_observations SET
    rekor_integrated_time = 1 WHERE $one"
broken "another inclusion proof" "$free UPDATE vex_observations SET
    rekor_inclusion_proof = json_set(rekor_inclusion_proof,
    '\$.log.hashes[0]', '$(printf 'a%.0s' $(seq 64))') WHERE $one"
broken "another product text" \
    "$free UPDATE vex_observations SET product_text = 'x' WHERE $one"

# ---- another trust file ---------------------------------------------------------
vex --home stranger -q init
vex --json verify --all --trust stranger/trust.json
exits 1 "under somebody else's keys nothing holds"
is "$(tail -1 out | jq .held)" 0 "not one"
echo '{}' >empty.json
vex verify --all --trust empty.json
exits 1 "a trust file that is none"
says 'empty.json' "is named"

# ---- the local log -----------------------------------------------------------
vex --json log verify
exits 0 "the log holds together"
tile=$(find home/log -type f -path '*tile*' | head -1)
ok "it has tiles" test -n "$tile"
rm -rf copy
cp -r home copy
tile=copy/${tile#home/}
printf 'x' | dd of="$tile" bs=1 seek=3 conv=notrunc status=none
vex --home copy log verify
exits 1 "a changed byte in a tile is found"
says 'tile' "and its file named"

# ---- an auditor's bundle --------------------------------------------------------
vex --json export --format bundle -o bundle.tar
exits 0 "export"
VEXLOG_HOME=$work/none vex --json replay bundle.tar --trust home/trust.json
exits 0 "replay with no home and no store"
json '.differences | length' 0 "everything comes out the same"
json '[.observations > 0, .verdicts > 0, .proofs > 0] | all' true \
    "and something was there"
VEXLOG_HOME=$work/none vex --json verify --bundle bundle.tar \
    --trust home/trust.json
exits 0 "verify --bundle needs neither"
is "$(tail -1 out | jq '.checked == .held and .checked > 0')" true \
    "every proof in it holds"
VEXLOG_HOME=$work/none vex --json verify --bundle bundle.tar \
    --trust stranger/trust.json
exits 1 "but not under somebody else's keys"
vex verify --bundle nowhere.tar
exits 6 "a bundle that is not there"
ok "neither made a home" test ! -e none
# one byte of a document in it
at=$(grep -abo 'CVE-2026-0002' bundle.tar | head -1 | cut -d: -f1)
cp bundle.tar changed.tar
printf X | dd of=changed.tar bs=1 seek="$at" conv=notrunc status=none
vex verify --bundle changed.tar --trust home/trust.json
exits 1 "a changed byte in a bundle is found"
vex --json replay changed.tar --trust home/trust.json
exits 1 "by replay too"
json '.differences | length > 0' true "and named"
# what was never linked comes out the same, and is proven by nothing
vex -q --home unlinked init
vex -q --home unlinked ingest --provider vendor:a vendor.json
vex -q --home unlinked decide
vex -q --home unlinked export --format bundle -o unlinked.tar
vex --json replay unlinked.tar --trust unlinked/trust.json
exits 0 "replay of what was never linked"
json '[.observations > 0, .verdicts > 0, .proofs == 0] | all' true \
    "counts no proof"
says 'of the claims, verdicts and deltas have no log entry' "and says so"
echo '{}' >wrong.json
vex replay bundle.tar --trust wrong.json
exits 1 "a trust file that is none"
says 'wrong.json: "schema" is missing' "is named"
vex replay bundle.tar --trust home/trust.json
says "^1 of the claims, verdicts" "one that is pending among many is told"

done_testing
