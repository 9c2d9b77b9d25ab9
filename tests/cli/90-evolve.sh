#!/bin/bash
# A decision that changes: entries old and new, deltas, gate, monitor, and the
# evidence in the hands of somebody who has no store.
. "$(dirname "$0")/lib.sh"

vuln=CVE-2026-0001
product=pkg:npm/lodash@4.17.20

vex_document vendor.json $vuln $product not_affected 2026-01-12T08:30:00Z \
    '"justification": "vulnerable_code_not_present"'
vex_document distro.json $vuln $product under_investigation \
    2026-01-11T00:00:00Z
vex_document later.json $vuln $product affected 2026-02-01T00:00:00Z \
    '"action_statement": "update to 4.17.21"'

vex -q init
vex -q ingest --provider vendor:example vendor.json
vex -q ingest --provider distro:example distro.json
vex -q decide
vex -q link
exits 0 "the first decision is linked"

vex --json trace $vuln $product
first=$(jq -r .vexVerdictId out)
old_index=$(jq -r .rekor.logIndex out)
json '[.sources[] | .rekor.logIndex | type] | unique | join(" ")' number \
    "the merge trace carries each source's entry"
json '.outcome.status' not_affected "not_affected at first"
ok "verdict id and log index are both persisted" test "$(sqlite3 \
    home/store.db "select count(*) from vex_verdicts v
    join attestor_rekor_submission_queue q on q.subject = v.verdict_id
    join attestor_rekor_entries e on e.uuid = q.entry_uuid
    where v.verdict_id = '$first' and e.log_index = $old_index")" = 1

entry=$(jq -r '.sources[0].rekor.uuid' out)
vex --json find --entry "$entry"
json '[.items[].status] | sort | join(" ")' \
    'not_affected under_investigation' "query by entry returns status"

before=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)
vex -q ingest --provider vendor:example later.json
vex --json decide
json .changedFrom "$first" "a new claim changes the verdict"
second=$(jq -r .vexVerdictId out)
vex -q link
vex --json trace $vuln $product
new_index=$(jq -r .rekor.logIndex out)
ok "a status change makes a new entry" test "$new_index" -gt "$old_index"
json '[.history[].status] | join(" ")' 'not_affected affected' \
    "the history has both"
json '.history[1].replaces' "$first" "and the new one names the old"

vex --json delta "$before" now
exits 0 "delta from then to now"
json '.summary | [.added,.removed,.statusChanged,.justificationChanged] | @csv' \
    0,0,1,0 "one change of status"
json '.changes[0] | [.fromStatus,.toStatus,.reasonCode] | join(" ")' \
    'not_affected affected superseded' "with its reason"
json '.changes[0] | [.fromVerdictId,.toVerdictId] | join(" ")' \
    "$first $second" "and both verdicts"
json '.changes[0] | [.fromRekor.logIndex,.toRekor.logIndex] | join(" ")' \
    "$old_index $new_index" "the delta links the old and the new entry"
vex --json delta now now
json '.summary | [.added,.removed,.statusChanged] | @csv' 0,0,0 \
    "now and now differ in nothing"
vex delta "$before" now --policy latest
exits 2 "times have policies of their own"
says 'a policy is for documents' "says which"
vex --json delta vendor.json later.json
json '.changes[0].toStatus' affected "two documents compare without a store"

# exports of then and now, in every format that is read back as verdicts
vex -q export --format bundle --at "$before" -o then.tar
vex -q export --format bundle -o now.tar
vex -q export --format payloads --at "$before" -o then.jsonl
vex -q export --format payloads -o now.jsonl
mv home gone
vex --json delta vendor.json later.json --policy latest
exits 0 "of documents under another policy"
json '[.fromPolicyVersion, .toPolicyVersion] | join(" ")' \
    "v1.0.0-latest v1.0.0-latest" "which the delta names"
vex delta then.tar now.tar --policy latest
exits 2 "and so have archives"
says 'a policy is for documents' "which is said too"
vex --json delta then.tar now.tar
exits 0 "two archives compare without a store"
json '.changes[0] | [.fromStatus,.toStatus,.reasonCode] | join(" ")' \
    'not_affected affected superseded' "with the same reason"
json '.changes[0] | [.fromRekor.logIndex,.toRekor.logIndex] | join(" ")' \
    "$old_index $new_index" "and the same entries"
archives=$(jq -c '[.fromDigest, .toDigest, .replayHash]' out)
python3 - now.tar far.tar <<'END'
import io, sys, tarfile
tarfile.RECORDSIZE = tarfile.BLOCKSIZE  # two zero blocks end it, no more
with tarfile.open(sys.argv[1]) as old, \
        tarfile.open(sys.argv[2], "w", format=tarfile.USTAR_FORMAT) as new:
    for member in old:
        data = old.extractfile(member).read().replace(
            b'"sequence":1}', b'"sequence":9223372036854775807}')
        member.size = len(data)
        new.addfile(member, io.BytesIO(data))
END
vex --json delta then.tar far.tar
exits 1 "an archive whose history is numbered beyond reason is refused"
says '"sequence" is out of range' "by its number"
vex --json delta then.jsonl now.jsonl
json '.changes[0] | [.fromVerdictId,.toVerdictId,.fromRekor.logIndex]
    | join(" ")' "$first $second $old_index" "payloads too"
sed "s/not_affected/fixed/" then.jsonl >changed.jsonl
vex delta changed.jsonl now.jsonl
exits 1 "an export whose verdict does not hash to its id is refused"
says 'content hashes to' "by what it hashes to"
mv gone home
vex --json delta "$before" now
is "$(jq -c '[.fromDigest, .toDigest, .replayHash]' out)" "$archives" \
    "the same delta from times and from archives"
for format in openvex csaf cyclonedx; do
	vex -q export --format $format --at "$before" -o then.json
	vex -q export --format $format -o now.json
	vex --json delta then.json now.json
	json '.changes[0] | [.fromStatus,.toStatus] | join(" ")' \
	    'not_affected affected' "two exports as $format"
done
vex delta yesterday now
exits 6 "a word that is neither time nor file"
says 'hint: .*now' "says what to give"
vex delta "$before" now --link
kept=$(sed -n 's/^kept as \(sha256:[0-9a-f]*\);.*/\1/p' err)
vex --json show "$kept"
exits 0 "the id that the kept delta has"
json '.changes[0].toStatus' affected "shows it"
vex -q link
vex --json verify --all
exits 0 "the kept delta is linked and verifies"
is "$(tail -n 1 out | jq -r '[.checked,.held,.failed] | @csv')" 8,8,0 \
    "three observations, two verdicts, policy, trust file, delta"

vex --json trace $vuln $product --at "$before"
json '.outcome.status' not_affected "what was known then"

# ---- a gate ---------------------------------------------------------------
cat >sbom.json <<END
{"bomFormat":"CycloneDX","specVersion":"1.5","version":1,"components":[
 {"type":"library","name":"lodash","version":"4.17.20","purl":"$product"},
 {"type":"library","name":"ms","version":"2.0.0","purl":"pkg:npm/ms@2.0.0"}]}
END
vex --json gate --sbom sbom.json --fail-on affected
exits 1 "a component with a verdict that fails stops the pipeline"
json '[.components, .failed[0].vulnerabilityId, .failed[0].status] | @csv' \
    "2,\"$vuln\",\"affected\"" "and says which"
vex --json gate --sbom sbom.json --fail-on under_investigation
exits 0 "another status does not"
vex gate --sbom sbom.json --fail-on sure
exits 2 "an unknown status is usage"
vex gate --sbom vendor.json --fail-on affected
exits 1 "a file that is no SBOM is refused"
says 'neither a CycloneDX nor an SPDX' "by what it is not"
cat >spdx.json <<END
{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-a","name":"lodash",
 "externalRefs":[{"referenceCategory":"PACKAGE-MANAGER",
 "referenceType":"purl","referenceLocator":"$product"}]}]}
END
vex --json gate --sbom spdx.json --fail-on affected --require-linked
exits 1 "SPDX too"
vex --json gate --sbom spdx.json --fail-on fixed --require-linked
exits 0 "a linked verdict passes --require-linked"
vex_document ms.json CVE-2026-0009 pkg:npm/ms fixed 2026-01-11T00:00:00Z
vex -q ingest --provider vendor:example ms.json
vex -q decide
vex --json gate --sbom sbom.json --fail-on under_investigation --require-linked
exits 1 "one that waits does not"
json '.failed[0].productKey' pkg:npm/ms \
    "a claim about every version meets the component"
json '.failed[0].reason | test("vexlog link")' true "and says what to do"
vex --json gate --sbom sbom.json --fail-on fixed,affected
json '[.failed[] | select(.productKey == "pkg:npm/ms") | .reason |
    test("pkg:npm/ms@2.0.0 is fixed .*by pkg:npm/ms: versionless match")] | any' true \
    "and how the claim's product names the component"
json "[.failed[] | select(.productKey == \"$product\") | .reason |
    test(\"exact match\")] | any" true "an exact one too"
vex --json trace CVE-2026-0009 pkg:npm/ms@2.0.0
exits 0 "a trace of a version nobody spoke of"
json '[.productKey, .match] | join(" ")' "pkg:npm/ms versionless" \
    "is that of the key that names it, and says how"
vex trace CVE-2026-0009 pkg:npm/ms@2.0.0
prints 'versionless.*names the product' "for people too"
vex trace --html match.html CVE-2026-0009 pkg:npm/ms@2.0.0
ok "on the page too" grep -q '<dt>Match</dt><dd>versionless' match.html
vex trace --html match.html CVE-2026-0009 pkg:npm/ms
ok "but not of the key itself" test "$(grep -c '<dt>Match' match.html)" = 0
vex --json trace CVE-2026-0009 pkg:npm/ms
json .match exact "the key itself"
vex trace CVE-2026-0009 pkg:npm/msx@2.0.0
exits 3 "another product"
vex trace CVE-2026-0008 pkg:npm/ms@2.0.0
exits 3 "another vulnerability"

# ---- watching -------------------------------------------------------------
vex -q link
vex --json monitor --once
exits 0 "monitor: all well"
json '[.consistent, .failed] | @csv' true,0 "consistent, nothing failed"
cp -r home/log kept
vex_document more.json CVE-2026-0010 pkg:npm/x fixed 2026-01-11T00:00:00Z
vex -q ingest --provider vendor:example more.json
vex -q link
vex --json monitor --once --evidence none.json --metrics well.prom
exits 0 "monitor: it grew"
json 'keys_unsorted | .[:5] | join(" ")' \
    "logId treeSize consistent reverified failed" "the line's members"
json '.reverified > 0' true "entries are verified again"
ok "no alarm leaves no evidence" test ! -e none.json
ok "metrics of a look" grep -q '^vexlog_monitor_consistent{log="[0-9a-f]*"} 1$' \
    well.prom
ok "the attestor's columns say when and how" test "$(sqlite3 home/store.db \
    "select count(*) from attestor_rekor_entries where verification_count > 0
     and last_verified_at is not null and last_verification_result = 'valid'
     and last_verification_error is null")" -gt 0
sqlite3 home/store.db "update attestor_rekor_entries set entry =
    replace(entry, '\"proofIndex\":0', '\"proofIndex\":1'),
    last_verified_at = null where log_index = 0"
vex --json monitor --once
exits 1 "a proof that no longer holds"
json .failed 1 "is counted"
json .consistent true "the log is not to blame"
is "$(sqlite3 home/store.db "select last_verification_result from
    attestor_rekor_entries where log_index = 0")" invalid "and kept as invalid"
ok "with the reason" test -n "$(sqlite3 home/store.db "select
    last_verification_error from attestor_rekor_entries where log_index = 0")"
sqlite3 home/store.db "update attestor_rekor_entries set entry =
    replace(entry, '\"proofIndex\":1', '\"proofIndex\":0')
    where log_index = 0"
rm -rf home/log && mv kept home/log
vex --json monitor --once --evidence alarm.json --metrics bad.prom
exits 1 "a log that went back is an alarm"
ok "metrics of an alarm" grep -q '^vexlog_monitor_alarms_total 1$' bad.prom
is "$(jq '[.checkpoints[] | select(.consistent | not)] | length' alarm.json)" 1 \
    "the evidence file has the one that contradicts"
is "$(jq -r '[.checkpoints[].note | split("\n")[0]] | unique | length' \
    alarm.json)" 1 "as signed, all of one log"
json .consistent false "not consistent"
says 'ALARM: .*went back from' "with both sizes"
ok "and what it showed is kept" test "$(sqlite3 home/store.db \
    'select count(*) from attestor_rekor_root_checkpoints
     where not is_consistent')" = 1

# ---- in other hands -------------------------------------------------------
vex --json export --format bundle -o a.tar
exits 0 "export an archive"
json 'keys | join(" ")' 'observations path verdicts' "with counts"
vex -q export --format bundle -o b.tar
cp -r home home.less
sqlite3 home.less/store.db "delete from vex_blobs where kind like 'states of %'"
vex --home home.less -q export --format bundle -o less.tar
vex replay less.tar
exits 0 "an archive without the states of its delta"
says '1 of 1 deltas were not computed again' "says so"
ok "the same evidence gives the same bytes" cmp a.tar b.tar
cp home/trust.json trust.json
mv home gone
vex --json replay a.tar --trust trust.json
exits 0 "replay needs neither home nor store"
json '.differences | length' 0 "and everything comes out the same"
json 'keys | join(" ")' \
    'differences documents observations proofs verdicts' "members"
vex replay a.tar --trust trust.json
prints ' 1 deltas, ' "the delta that was kept is made again"
ok "from the states that it is of" sh -c '! grep -q "not computed" err'
vex --json verify --bundle a.tar --trust trust.json
exits 0 "verify --bundle"
is "$(tail -n 1 out | jq -r .failed)" 0 "all proofs hold"
printf x | dd of=a.tar bs=1 seek=700 conv=notrunc 2>/dev/null
vex --json replay a.tar
exits 1 "one changed byte is a difference"
mv gone home

vex --json payload "$second"
cp out payload.json
vex --json show "$(jq -r .proof.envelopeDigest payload.json)"
cp out envelope.json
mv home gone
vex verify --bundle payload.json --envelope envelope.json --trust trust.json
exits 0 "a payload, its envelope and a trust file are enough"
prints 'SKIP  other members' "what nobody signed is named"
for change in '.signer.keyId |= ascii_upcase' '.signer.algo = "ed25519"' \
    '.metadata.sbomEntryKind = "sbom"' '.proof.reasoningId = .proof.proofBundleId'; do
	jq -c "$change" payload.json >changed.json
	vex verify --bundle changed.json --envelope envelope.json \
	    --trust trust.json
	exits 1 "$change"
	prints 'FAIL  repeated members' "says what is not as signed"
done
sed 's/"affected"/"fixed"/' payload.json >changed.json
vex verify --bundle changed.json --envelope envelope.json --trust trust.json
exits 1 "a payload that says something else does not hold"
prints 'verdict id' "and the check is named"
vex verify --bundle payload.json --envelope envelope.json
exits 2 "whom to trust must be said"
mv gone home
vex -q export --format payloads -o all.jsonl
ok "every payload of the export is JSON with a proof" jq -e \
    .proof.statementDigest all.jsonl
vex export --format pdf -o x
exits 2 "an unknown format is usage"

done_testing
