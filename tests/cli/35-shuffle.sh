#!/bin/bash
# The order of files, of folders and of runs never changes an id.
. "$(dirname "$0")/lib.sh"

# one provider for all, so that what a file is called matters nowhere
data=$VEXLOG_TEST_DATA
find "$data/openvex" "$data/cyclonedx" "$data/merge-inputs" -name '*.json' \
    -size -200k | LC_ALL=C sort >files
ok "there are files to shuffle" test "$(wc -l <files)" -gt 60

# ids HOME: what a home holds, without when it came in
ids() {
	sqlite3 "$1/store.db" "select observation_id, content_digest
	    from vex_observations order by 1" >observations
	"$VEXLOG" --home "$1" --json decide 2>/dev/null |
	    jq -r '[.vexVerdictId, .reasoningId, .sbomEntryId] | @csv' |
	    LC_ALL=C sort >verdicts
	sha256sum <observations
	sha256sum <verdicts
}

vex -q --home one init
xargs "$VEXLOG" -q --home one ingest --provider vendor:x <files >/dev/null 2>&1
want=$(ids one)
ok "they hold claims" test "$(wc -l <observations)" -gt 1000

for seed in 1 2 3; do
	vex -q --home "home$seed" init
	shuf --random-source=<(yes "$seed") files |
	    xargs "$VEXLOG" -q --home "home$seed" ingest --provider vendor:x \
	    >/dev/null 2>&1
	is "$(ids "home$seed")" "$want" "files in order $seed: equal ids"
done

# other folders, other names, a run for each
n=0
while read -r file; do
	n=$((n + 1))
	mkdir -p "tree/$((n % 7))/$((n % 3))"
	cp "$file" "tree/$((n % 7))/$((n % 3))/$((1000 - n)).json"
done <files
vex -q --home tree1 init
vex -q --home tree1 ingest --provider vendor:x tree
is "$(ids tree1)" "$want" "folders with other names: equal ids"
vex -q --home runs init
for folder in $(printf '%s\n' tree/* | LC_ALL=C sort -r); do
	vex -q --home runs ingest --provider vendor:x "$folder"
	[ $((n = n + 1, n % 3)) -ne 0 ] || vex -q --home runs decide
done
is "$(ids runs)" "$want" "a run for each folder, deciding between: equal ids"
vex --json --home runs ingest --provider vendor:x tree
json '[.documents.stored, .observations.stored] | @csv' 0,0 \
    "all of it again stores nothing"
is "$(ids runs)" "$want" "and changes nothing"

before=$(sha256sum <runs/store.db)
vex --home runs show "vex:obs:sha256:$(printf 0%.0s {1..64})"
exits 3 "missing observation (exit 3, nothing written)"
is "$(sha256sum <runs/store.db)" "$before" \
    "missing observation (the store's file is as it was)"

done_testing
