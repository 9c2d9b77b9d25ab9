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
cp home/trust.json trust.json
touch home/kept home/log/kept
intrude "$work/home/trust.json" trust check home/trust.json
ok "outside of the sandbox a file is read" grep -q 'file outside DONE' err
ok "outside of the sandbox a socket is opened" grep -q 'internet socket DONE' err
ok "outside of the sandbox a key is changed" grep -q 'change a key DONE' err
ok "outside of the sandbox a program is run" grep -q 'run a program DONE' err
ok "outside of the sandbox a file is removed" grep -q 'of the log DONE' err
ok "outside of the sandbox rights are changed" grep -q 'is open DONE' err
ok "outside of the sandbox code is written" grep -q "by /proc DONE" err
ok "outside of the sandbox the kernel signals" grep -q 'kernel signal another DONE' err
all=$tried
rm -rf loot loot.d loot.l home/loot
cp trust.json home/trust.json
touch home/kept home/log/kept

nothing_changed() {
	ok "$1: nothing was left behind" \
	    test ! -e loot -a ! -e loot.d -a ! -e home/loot
	ok "$1: nothing was removed" \
	    test -e home/kept -a -e home/log/kept -a -s home/trust.json
}
confined() {
	local name=$1 at=$2
	shift 2
	intrude "$at" "$@"
	is "$tried" "$all" "$name: all was tried"
	is "$done" "" "$name: and all was refused"
	nothing_changed "$name"
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

# with a store, which is open when the first document is read: its own three
# files may be written, and nothing else changes
intrude one.json ingest one.json
is "$tried" "$all" "ingest: all was tried"
is "$done" "" "ingest: and all was refused"
nothing_changed ingest
intrude "$work/home/trust.json" verify --all
is "$tried" "$all" "verify: all was tried"
is "$done" "" "verify: and all was refused"
nothing_changed verify
pair=$("$VEXLOG" --json find | jq -r \
    '.items[0] | "\(.vulnerabilityId) \(.productKey)"')
# shellcheck disable=SC2086 # two words
intrude exit trace $pair
is "$tried" "$all" "trace: all was tried"
is "$done" "" "trace: and all was refused"
VEXLOG_STORE=sqlite:$work/home/store.db intrude one.json ingest one.json
is "$done" "" "ingest with a named store: all was refused"

# older kernels: Landlock before it knew truncation, sockets and signals
export INTRUDER_LANDLOCK=1
confined "check, Landlock 1" one.json check one.json
intrude one.json ingest one.json
is "$done" "" "ingest, Landlock 1: all was refused"
nothing_changed "ingest, Landlock 1"

# and none: what is there can be read, and nothing else
export INTRUDER_LANDLOCK=0
reads="intruder: list a folder outside DONE
intruder: read a file outside DONE
intruder: read a key DONE"
for words in 'check one.json' 'ingest one.json'; do
	# shellcheck disable=SC2086 # words are wanted
	intrude one.json $words
	is "$tried" "$all" "$words, no Landlock: all was tried"
	is "$(sort <<<"$done")" "$reads" "$words: it reads, and no more"
	says '^warning: no Landlock here' "and is told so"
	nothing_changed "$words, no Landlock"
done
unset INTRUDER_LANDLOCK

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
rm home/store.db-shm
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
