#!/bin/bash
# canon and hash: the ids of the vectors, and what is refused.
. "$(dirname "$0")/lib.sh"
vectors=$VEXLOG_TEST_DATA/ids/id-vectors.json

for kind in observation reasoning verdict; do
	jq ".$kind.body" "$vectors" >body.json
	vex hash "$kind" body.json --json
	exits 0 "hash $kind"
	case $kind in
	observation) key=observationId ;;
	reasoning) key=reasoningId ;;
	verdict) key=vexVerdictId ;;
	esac
	json .id "$(jq -r ".$kind.$key" "$vectors")" "the $kind vector"
	vex hash "$kind" body.json
	is "$(cat out)" "$(jq -r ".$kind.$key" "$vectors")" "as text, alone"
	vex canon body.json
	is "$(cat out)" "$(jq -r ".$kind.canonical" "$vectors")" \
	    "canonical bytes of the $kind"
	is "$(tail -c 1 out)" "}" "without a newline"

	# the id itself may stand in the body; it is left out of its own hash
	jq ".$kind.body + {$key: \"x\"}" "$vectors" >self.json
	vex hash "$kind" self.json --json
	json .id "$(jq -r ".$kind.$key" "$vectors")" "$key is left out"
	# any other member is not
	jq ".$kind.body + {more: 1}" "$vectors" >more.json
	vex hash "$kind" more.json
	exits 1 "a member too many in a $kind is refused"
	says 'more' "and named"
	first=$(jq -r ".$kind.body | keys[0]" "$vectors")
	jq ".$kind.body | del(.$first)" "$vectors" >less.json
	vex hash "$kind" less.json
	exits 1 "a missing $first is refused"
	says "$first" "and named"
done

for i in 0 1; do
	jq ".content[$i].body" "$vectors" >body.json
	vex hash content body.json --json
	json .id "$(jq -r ".content[$i].contentDigest" "$vectors")" \
	    "content vector $i"
	vex canon body.json
	is "$(cat out)" "$(jq -r ".content[$i].canonical" "$vectors")" \
	    "its canonical bytes"
done

"$VEXLOG" hash observation - <body.json >out 2>err
code=$?
exits 1 "a content body is no observation"
vex hash nonsense body.json
exits 2 "no such kind"
vex hash verdict
exits 2 "no file"
vex hash verdict missing.json
exits 6 "a file that is not there"
says '^vexlog: missing.json: ' "is named"

# ---- canon ----------------------------------------------------------------
printf ' { "b" : [ 1.0 , 1e2, -0 ] , "a" : "\\u00e4" } ' >in.json
vex canon in.json
is "$(cat out)" '{"a":"ä","b":[1,100,0]}' "members in order, numbers short"
vex --json canon in.json
is "$(cat out)" '{"a":"ä","b":[1,100,0]}' "--json changes nothing"
"$VEXLOG" canon <in.json >out 2>err
is "$(cat out)" '{"a":"ä","b":[1,100,0]}' "from standard input"
"$VEXLOG" canon - <in.json >out 2>err
is "$(cat out)" '{"a":"ä","b":[1,100,0]}' "- is standard input"

printf '["\\u0000\\uffff"]' >in.json
vex canon in.json
exits 0 "U+0000 and noncharacters have a form"

refused() { # NAME MESSAGE POINTER
	vex canon in.json
	exits 1 "$1 is refused"
	says "^vexlog: in.json: $3.*$2" "$1: file, place and what"
	is "$(wc -c <out)" 0 "$1: nothing is printed"
}
printf '{"a":{"x":1,"x":2}}' >in.json
refused "a name that is there twice" twice /a/x:
printf '["\\ud800"]' >in.json
refused "a lone surrogate" surrogate /0:
printf '["\377"]' >in.json
refused "bad UTF-8" UTF-8 /0:
printf '[1e400]' >in.json
refused "a number past a double" double ''
printf '[1] 2' >in.json
refused "a second value" 'more bytes' ''
printf '' >in.json
refused "nothing" 'value' ''
head -c 65 /dev/zero | tr '\0' '[' >in.json
head -c 65 /dev/zero | tr '\0' ']' >>in.json
refused "65 levels" '64 levels' ''
head -c 64 /dev/zero | tr '\0' '[' >in.json
head -c 64 /dev/zero | tr '\0' ']' >>in.json
vex canon in.json
exits 0 "64 levels are fine"

done_testing
