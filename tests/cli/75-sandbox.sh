#!/bin/bash
# 75-sandbox.sh - a reader that was taken over by what it reads gets nowhere:
# intruder.c runs inside the program at the moment a document is read.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ -f "${INTRUDER:-}" ] || bail "INTRUDER is not set: run the tests by meson test"
document=$VEXLOG_TEST_DATA/openvex/vexctl__document1.vex.json
cp "$document" one.json
echo secret >secret
mkdir folder
cp "$document" folder/two.json
ln -s "$work/secret" folder/three.json

# intrude FILE ARG...: the program, taken over when it reads FILE
intrude() {
	local at=$1
	shift
	INTRUDER_AT=$at INTRUDER_OUTSIDE=$work/secret \
	    ASAN_OPTIONS=${ASAN_OPTIONS:-}:verify_asan_link_order=0:detect_leaks=0 \
	    LD_PRELOAD=$INTRUDER "$VEXLOG" "$@" >out 2>err </dev/null
	code=$?
	tried=$(grep -c '^intruder: ' err)
	done=$(grep '^intruder: .* DONE' err)
}

vex init
exits 0 "a home"
vex ingest --provider vendor:a one.json
vex link
vex export --format bundle -o archive.tar
exits 0 "an archive"

# the tries are real: a command that writes where it is told is not confined
intrude "$work/home/trust.json" trust check home/trust.json
ok "outside of the sandbox a file is read" grep -q 'file outside DONE' err
ok "outside of the sandbox a socket is opened" grep -q 'internet socket DONE' err
ok "outside of the sandbox a key is changed" grep -q 'change a key DONE' err
ok "outside of the sandbox a program is run" grep -q 'run a program DONE' err
all=$tried
rm -rf loot loot.d loot.l

confined() {
	local name=$1 at=$2
	shift 2
	intrude "$at" "$@"
	is "$tried" "$all" "$name: all was tried"
	is "$done" "" "$name: and all was refused"
	ok "$name: nothing was left behind" test ! -e loot -a ! -e loot.d
}
confined check one.json check one.json
confined canon one.json canon one.json
confined hash one.json hash content one.json
confined replay archive.tar replay archive.tar
confined "verify --bundle" archive.tar verify --bundle archive.tar
confined verify-bundle one.json verify-bundle --bundle one.json \
    --key "$document" "sha256:$(printf '%064d' 0)"
confined "policy check" one.json policy check one.json
confined delta one.json delta one.json one.json

# with a store, which is open when the first document is read: files may be
# made beside the store's, and nothing else changes
intrude one.json ingest one.json
is "$tried" "$all" "ingest: all was tried"
is "$done" "" "ingest: and all was refused"
intrude "$work/home/trust.json" verify --all
is "$tried" "$all" "verify: all was tried"
is "$done" "" "verify: and all was refused"
VEXLOG_STORE=sqlite:$work/home/store.db intrude one.json ingest one.json
is "$done" "" "ingest with a named store: all was refused"

# what a link in a folder points to was not named
vex ingest --provider vendor:a folder
exits 1 "a link out of the folder is refused"
says 'three.json: .*[Pp]ermission denied' "and says why"
json_out=$("$VEXLOG" --json ingest folder 2>/dev/null | jq -c .documents)
is "$json_out" '{"read":2,"stored":0,"known":1,"refused":1}' "the other went in"

# a home that can't be written is read, and verified
bare() {
	# root without its rights over other people's files
	if [ "$(id -u)" = 0 ]; then
		setpriv --bounding-set=-all "$VEXLOG" "$@" >out 2>err </dev/null
	else
		"$VEXLOG" "$@" >out 2>err </dev/null
	fi
	code=$?
}
chmod -R a-w home
bare verify --all
exits 0 "verify needs no right to write"
prints '^2 of 2 verified' "and verifies all"
bare pending --json
exits 0 "and neither does pending"
bare ingest --provider vendor:b one.json
exits 6 "ingest does"
says 'store.db: .*written' "and says so"
chmod -R u+w home
printf 'left by a writer' >home/store.db-wal
chmod -R a-w home
bare verify --all
exits 6 "with a part outside of the file it does not guess"
says 'store.db-wal: its newest part' "and says why"
chmod -R u+w home
rm home/store.db-wal

# an empty file is no store, and stays empty
: >empty.db
vex --store sqlite:empty.db pending
exits 6 "an empty file is no store"
says 'empty.db: there is no store yet' "and says so"
is "$(echo empty.db*; wc -c <empty.db)" "empty.db
0" "nothing was written to it"

# a pipe is read through its name
vex canon <(cat one.json)
exits 0 "a pipe's name is an input"

done_testing
