#!/bin/bash
# What was known at a time by the log: not what the store had received, but what
# had an entry.
. "$(dirname "$0")/lib.sh"

vuln=CVE-2026-0001
product=pkg:npm/lodash@4.17.20
now() {
	date -u +%Y-%m-%dT%H:%M:%S.%NZ
}

vex_document first.json $vuln $product under_investigation \
    2026-01-11T00:00:00Z
vex_document later.json $vuln $product affected 2026-02-01T00:00:00Z \
    '"action_statement": "update to 4.17.21"'
vex -q init
vex -q ingest --provider vendor:example first.json
vex -q decide
received=$(now)
vex -q link
linked=$(now)
vex -q ingest --provider vendor:example later.json
vex -q decide --policy latest
waiting=$(now)

vex --json trace $vuln $product --at "$received"
json .outcome.status under_investigation "by receipt it was known"
vex --json trace $vuln $product --at "$received" --by log
exits 3 "by log it was not: its entry came later"
vex --json decide --at "$received" --by log
exits 3 "nor is there anything to decide"
vex --json trace $vuln $product --at "$linked" --by log
json .outcome.status under_investigation "once it has an entry it is"
json '.history | length' 1 "and so has its verdict"
vex --json trace $vuln $product --at "$waiting" --by receipt
json .outcome.status affected "a claim that waits counts by receipt"
json '.history | length' 2 "as does its verdict"
vex --json trace $vuln $product --at "$waiting" --by log
json .outcome.status under_investigation "and does not by log"
json '[(.history | length), .policyVersion] | @csv' '1,"v1.0.0"' \
    "nor does its verdict, nor the policy of it"
vex --json decide --at "$waiting" --by log
json .status under_investigation "decide says the same"
vex -q link
vex --json trace $vuln $product --at "$(now)" --by log
json .outcome.status affected "until it is linked"
vex --json trace $vuln $product --at "$waiting" --by log
json .outcome.status under_investigation "which does not change what was then"
for command in decide "trace $vuln $product"; do
	# shellcheck disable=SC2086
	vex $command --by log
	exits 2 "${command%% *} --by log without a time is usage"
	says 'hint: say when' "and says what to add"
done

done_testing
