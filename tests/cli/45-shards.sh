#!/bin/bash
# A signing config names the shard to write to; frozen, the next one is it.
# Two real logs on loopback: this program's own, in folders of their own.
. "$(dirname "$0")/lib.sh"
pids=
trap 'for p in $pids; do kill "$p" 2>/dev/null; done; rm -rf "$work"' EXIT

# serve NAME MORE...: $NAME_url, and its key in the trust file of home
serve() {
	local name=$1
	shift
	"$VEXLOG" --home "$name" -q init >/dev/null
	"$VEXLOG" --home "$name" log serve --listen 127.0.0.1:0 "$@" \
	    >/dev/null 2>"ready-$name" &
	pids="$pids $!"
	for _ in $(seq 100); do
		url=$(sed -n 's|^serving ||p' "ready-$name")
		[ -n "$url" ] && break
		sleep 0.1
	done
	[ -n "$url" ] || bail "$name does not answer"
	eval "${name}_url=\$url"
}

trusted() { # NAME URL
	jq -r '.logs[0].key' "$1/trust.json" >"$1.pem"
	vex -q trust add --origin "$(jq -r '.logs[0].origin' "$1/trust.json")" \
	    --key "$1.pem" --url "$2"
}

size_of() {
	"$VEXLOG" --home "$1" --json log checkpoint | jq .treeSize
}

# config START...: url start end version by fours
config() {
	local list='[]'
	while [ $# -gt 0 ]; do
		list=$(jq -c --arg u "$1" --arg s "$2" --arg e "$3" --argjson v "$4" \
		    '. + [{url: $u, majorApiVersion: $v, validFor: ({start: $s} +
		    if $e == "" then {} else {end: $e} end), operator: "test"}]' \
		    <<<"$list")
		shift 4
	done
	jq --argjson l "$list" '{mediaType:
	    "application/vnd.dev.sigstore.signingconfig.v0.2+json",
	    rekorTlogUrls: $l, rekorTlogConfig: {selector: "ANY"}}' <<<null
}

serve old
serve frozen --read-only
vex -q init
next=1
one_more() {
	vex_document "d$next.json" "CVE-2026-$next" "pkg:npm/a@$next" fixed \
	    2026-01-12T08:30:00Z
	vex -q ingest --provider vendor:a "d$next.json"
	next=$((next + 1))
}
one_more

config "$old_url" 2026-01-01T00:00:00Z 2026-02-01T00:00:00Z 2 >expired.json
vex link --log expired.json
exits 3 "no log of the config is valid any more"
says 'valid now' "says so"
config "$old_url" 2020-01-01T00:00:00Z "" 3 >newer.json
vex link --log newer.json
exits 3 "nor of a version that we know"
config "$frozen_url" 2026-01-01T00:00:00Z "" 2 \
    "$old_url" 2025-01-01T00:00:00Z "" 2 >both.json
vex link --log both.json
exits 2 "a shard that is not trusted is sent nothing"
says 'trust add' "says how to trust it"
trusted frozen "$frozen_url"
vex --json link --log signing-config:both.json
exits 2 "nor is the one behind a frozen one"
is "$(size_of frozen)" 0 "the frozen one took nothing"
trusted old "$old_url"

vex --json link --log "$frozen_url"
exits 2 "an address without rekor+ is none"
vex --json link --log "rekor2+$frozen_url"
exits 1 "a frozen shard alone refuses"
says 'next one in' "and names the next one"
vex --json pending
json '.items | length' 1 "nothing is lost"
is "$(size_of old)" 0 "and nothing logged"

# a refused job waits a moment; a new observation does not
one_more
vex --json link --log both.json
exits 0 "frozen shard: the next one of the signing config takes the entry"
json '.linked > 0' true "it is linked"
vex --json find --vuln CVE-2026-2
json '.items[0].rekor.logUrl' "$old_url" "with the address of that shard"
json '.items[0].rekor.logId' "$(jq -r '.logs[0].keyId' old/trust.json)" \
    "and its log id"
ok "the other log holds it" test "$(size_of old)" -gt 0
is "$(size_of frozen)" 0 "the frozen one still nothing"

# the newest that is valid, of the highest version
config "$frozen_url" 2026-01-01T00:00:00Z 2026-02-01T00:00:00Z 2 \
    "http://127.0.0.1:1" 2025-06-01T00:00:00Z "" 1 \
    "$old_url" 2025-01-01T00:00:00Z "" 2 >choice.json
one_more
vex --json link --log choice.json
exits 0 "version before age, and no shard past its time"

jq '.rekorTlogConfig = {selector: "EXACT", count: 2}' both.json >two.json
vex link --log two.json
exits 2 "an entry in two logs at once"
says 'several logs' "is not what link does"
jq '.rekorTlogUrls[0].validFor = {}' both.json >startless.json
vex link --log startless.json
exits 1 "a shard without a start"
says 'startless.json' "the file is named"

# init keeps the config's whole path
vex --home kept -q init --log both.json
cp home/trust.json kept/trust.json
cp home/key.pem kept/key.pem
vex_document k.json CVE-2026-9 pkg:npm/k@1 fixed 2026-01-12T08:30:00Z
vex --home kept -q ingest --provider vendor:a k.json
mkdir -p elsewhere && cd elsewhere || bail "no folder"
vex --home ../kept --json link
exits 0 "init --log FILE holds in every folder"
json .linked 1 "and links"
vex --home ../kept verify --all --offline
exits 0 "offline it needs no config"
cd ..

# with the home's default log verify goes on
vex --json verify --all --offline
exits 0 "everything that is linked holds"

done_testing
