#!/bin/sh
# rekor.sh VEXLOG [v2|v2-dsse|v1|local|all]: the program against real Rekor servers on
# loopback. Links observations in batches and singly, kills the server (v1:
# stops its signer) in the middle, and counts: every observation linked, no
# entry twice, all of it verified with no network. sigstore-go, sigstore-python
# and rekor-cli verify what it wrote; it verifies what other clients write.
# TAP on stdout.
#
# Not part of `make check`: the servers are built from Go modules once
# (tools/rekor/build.sh, about ten minutes), v1 needs PostgreSQL and redis.
set -u
vexlog=${1:?the program}
what=${2:-all}
here=$(cd "$(dirname "$0")" && pwd)
rekor=$here/../../tools/rekor
work=$(mktemp -d "${TMPDIR:-/tmp}/vexlog-interop-XXXXXX")
chmod 755 "$work"
singles=${SINGLES:-1000} batched=${BATCHED:-1000}
number=0 failed=0
cache=${VEXLOG_INTEROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vexlog-interop}
python=$cache/sigstore/bin/python
sigstore=sigstore==4.5.1

trap 'for f in "$work"/*/pids; do
	[ ! -f "$f" ] || "$rekor/stop.sh" "${f%/pids}" >/dev/null
done
[ $failed -gt 0 ] || rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

# Other people's clients, each once; an install cut short is done again.
clients() {
	[ -e "$cache/sigstore/ready" ] || {
		python3 -m venv "$cache/sigstore" &&
			"$cache/sigstore/bin/pip" -q install "$sigstore" &&
			touch "$cache/sigstore/ready"
	} || return 1
	mkdir -p "$cache/bin"
	(cd "$here/sigstore" && GOMAXPROCS="${GOMAXPROCS:-1}" CGO_ENABLED=0 \
		nice -n 19 go build -buildvcs=false -o "$cache/bin/sigstore" .)
}

# passes NAME COMMAND...
passes() {
	said=$1
	shift
	"$@" >"$work/said" 2>&1
	code=$?
	is $code 0 "$said"
	[ $code = 0 ] || head -5 "$work/said" | sed 's/^/# /'
}

# is GOT WANT NAME
is() {
	number=$((number + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $number - $3"
	else
		failed=$((failed + 1))
		echo "not ok $number - $3"
		echo "# got  $1"
		echo "# want $2"
	fi
}

has() {
	case $1 in
	*"$2"*) is 1 1 "$3" ;;
	*) is "$1" "...$2..." "$3" ;;
	esac
}

# member NAME: of the JSON object on stdin, its last line
member() {
	python3 -c '
import json, sys
value = json.loads(sys.stdin.read().strip().splitlines()[-1])
for name in sys.argv[1].split("."):
    value = value[name]
print(value)' "$1"
}

# documents FOLDER PREFIX COUNT SIZE: COUNT OpenVEX files of SIZE statements
documents() {
	mkdir -p "$1"
	python3 - "$@" <<'PY'
import json, sys
folder, prefix, count, size = sys.argv[1:]
for n in range(int(count)):
    name = f"{prefix}-{n}"
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": f"https://vendor.example/{name}", "author": "Vendor",
        "timestamp": "2026-01-05T10:00:00Z", "version": 1,
        "statements": [{
            "vulnerability": {"name": f"CVE-2026-{i:05d}"},
            "products": [{"@id": f"pkg:generic/{name}@1.{i}"}],
            "status": "fixed"} for i in range(int(size))]}
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(document, file)
PY
}

v() {
	"$vexlog" --home "$home" "$@"
}

# The tree size that the log's checkpoint says; ours alone are in it.
entries_v2() {
	curl -fsS "$url/api/v2/checkpoint" | sed -n 2p
}

entries_v1() {
	curl -fsS "$url/api/v1/log" | member treeSize
}

# new_home NAME: trusts the log at $url
new_home() {
	home=$work/home-$1
	v -q init >/dev/null 2>&1 || exit 1
	v trust add --origin "$origin" --key "$key" --url "$url" \
		--not-before 2020-01-01T00:00:00Z >/dev/null
	is $? 0 "$1: the log's key is trusted"
}

# ingest NAME COUNT SIZE
ingest() {
	documents "$work/in-$1" "$1" "$2" "$3"
	v -q ingest "$work/in-$1" >/dev/null
	is $? 0 "$1: ingest"
}

verify_all() {
	out=$(v --json verify --all --offline)
	is $? 0 "$1: everything verifies offline"
	is "$(echo "$out" | member held)" "$2" "$1: $2 hold"
	is "$(echo "$out" | member failed)" 0 "$1: none fails"
}

# good NAME SCHEME COUNT_COMMAND: batches and singles
good() {
	new_home "$1"
	ingest "$1-batched" 1 "$batched"
	out=$(v --json link --log "$2+$url" --batch 100 --workers 4)
	is $? 0 "$1: link in batches of 100"
	is "$(echo "$out" | member linked)" "$batched" \
		"$1: all $batched linked"
	# The trust file is logged too, when it is first used.
	others=$(echo "$out" | member others.linked)
	want=$(((batched + 99) / 100 + others))
	is "$($3)" $want "$1: one entry a batch"
	ingest "$1-single" "$singles" 1
	start=$(date +%s.%N)
	out=$(v --json link --log "$2+$url" --batch 1 --workers 64)
	is $? 0 "$1: link one by one, 64 at once"
	echo "# $singles entries in" \
		"$(echo "$(date +%s.%N) - $start" | bc) s"
	is "$(echo "$out" | member linked)" "$singles" \
		"$1: all $singles linked"
	is "$($3)" $((want + singles)) "$1: one entry each"
	verify_all "$1" $((batched + singles + others))
}

# bundles NAME COUNT: of the newest COUNT observations and of one that shares
# its entry with others, each a file; the clients verify them
bundles() {
	mkdir -p "$work/bundles-$1"
	v --json find --limit 10000 | python3 -c '
import json, sys
items = json.loads(sys.stdin.read().splitlines()[-1])["items"]
print("\n".join(i["observationId"] for i in [items[0]] + items[-int(sys.argv[1]):]))
' "$2" >"$work/ids"
	n=0
	while read -r id; do
		n=$((n + 1))
		v show --bundle "$id" >"$work/bundles-$1/$n.json"
	done <"$work/ids"
	is "$n" $(($2 + 1)) "$1: $2 single bundles and one of a batch"
	python3 "$here/sigstore/trusted_root.py" "$home/trust.json" \
		>"$work/root.json"
	openssl pkey -in "$home/key.pem" -pubout -out "$work/signer.pem"
}

# foreign NAME API: an envelope that was logged as dsse, as others do
foreign() {
	python3 "$here/sigstore/log_dsse.py" "$url" "$2" "$work/signer.pem" \
		"$work/bundles-$1/1.json" >"$work/dsse.json"
	is $? 0 "$1: the log takes an entry of kind dsse"
	subject=$(python3 -c '
import base64, json, sys
envelope = json.load(open(sys.argv[1]))["dsseEnvelope"]
statement = json.loads(base64.b64decode(envelope["payload"]))
print(statement["subject"][0]["digest"]["sha256"])' "$work/dsse.json")
	passes "$1: vexlog verifies the entry of kind dsse" \
		"$vexlog" verify-bundle --bundle "$work/dsse.json" \
		--key "$work/signer.pem" --trusted-root "$home/trust.json" \
		"sha256:$subject"
}

# by_others NAME: whole bundles
by_others() {
	bundles "$1" 20
	passes "$1: sigstore-go verifies our bundles" "$cache/bin/sigstore" \
		bundle "$work/root.json" "$work/signer.pem" \
		"$work/bundles-$1"/*.json
	passes "$1: sigstore-python verifies our bundles" "$python" \
		"$here/sigstore/check_bundle.py" "$work/root.json" \
		"$work/signer.pem" "$work/bundles-$1"/*.json
	sed 's/"logIndex":"[0-9]*"/"logIndex":"0"/' \
		"$work/bundles-$1/2.json" >"$work/moved.json"
	"$cache/bin/sigstore" bundle "$work/root.json" "$work/signer.pem" \
		"$work/moved.json" >/dev/null 2>&1
	is $? 1 "$1: sigstore-go refuses another index"
}

# interrupted NAME SCHEME COUNT_COMMAND STOP START: the server goes away
# while entries are on their way, and comes back
interrupted() {
	before=$($3)
	ingest "$1-cut" 200 1
	v --json link --log "$2+$url" --batch 1 --workers 8 \
		>"$work/cut.out" 2>"$work/cut.err" &
	link=$!
	sleep 1
	eval "$4"
	wait $link
	is $? 5 "$1: link without its server ends with 5"
	eval "$5"
	left=1 tries=60
	while [ "$left" != 0 ] && [ $tries -gt 0 ]; do
		sleep 1
		tries=$((tries - 1))
		left=$(v --json link --log "$2+$url" --batch 1 --workers 8 \
			2>>"$work/cut.err" | member pending)
	done
	is "$left" 0 "$1: nothing is lost"
	is "$($3)" $((before + 200)) "$1: nothing is logged twice"
}

run_v2() {
	echo "# Rekor v2 $1"
	name=v2-$1
	out=$("$rekor/start-v2.sh" "$work/$name" "$2" "$1") || exit 1
	eval "$out"
	good "$name" rekor entries_v2
	by_others "$name"
	[ "$1" = v2.3.0 ] || foreign "$name" 2
	interrupted "$name" rekor2 entries_v2 \
		'"$rekor/stop.sh" "$work/$name" rekor >/dev/null' \
		'"$rekor/stop.sh" "$work/$name" >/dev/null
		"$rekor/start-v2.sh" "$work/$name" '"$2 $1"' >/dev/null'
	verify_all "$name" $((batched + singles + others + 200))

	"$rekor/stop.sh" "$work/$name" >/dev/null
	EXTRA=--read-only "$rekor/start-v2.sh" "$work/$name" "$2" "$1" \
		>/dev/null || exit 1
	before=$(entries_v2)
	ingest "$name-frozen" 1 1
	out=$(v link --log "rekor2+$url" 2>&1)
	is $? 1 "$name: a frozen shard refuses"
	has "$out" "frozen" "$name: and says why"
	is "$(entries_v2)" "$before" "$name: and took nothing"
	"$rekor/stop.sh" "$work/$name" >/dev/null
}

run_v1() {
	echo "# Rekor v1"
	name=v1
	out=$("$rekor/start-v1.sh" "$work/$name" "$1") || exit 1
	eval "$out"
	good $name rekor entries_v1
	rekor_cli
	by_others $name
	foreign $name 1
	interrupted $name rekor1 entries_v1 \
		'"$rekor/stop.sh" "$work/$name" rekor >/dev/null' \
		'"$rekor/start-v1.sh" "$work/$name" '"$1"' >/dev/null'
	# The signer hangs: POSTs get no answer, then 409 and 404.
	interrupted $name-signer rekor1 entries_v1 \
		'kill -s STOP $(sed -n "s/^signer //p" "$work/v1/pids")
		sleep 75; true' \
		'kill -s CONT $(sed -n "s/^signer //p" "$work/v1/pids")'
	verify_all $name $((batched + singles + others + 400))
	"$rekor/stop.sh" "$work/$name" >/dev/null
}

# Rekor's own client finds our entries by the signing key and verifies one
# of them from the key, the signature and the digest. (Before the server is
# interrupted: it indexes an entry while it answers the POST, so one whose
# client had gone is in the log and not in the index.)
rekor_cli() {
	cli=$cache/bin/rekor-cli
	openssl pkey -in "$home/key.pem" -pubout -out "$work/signer.pem"
	"$cli" search --rekor_server "$url" --pki-format x509 \
		--public-key "$work/signer.pem" >"$work/found" 2>/dev/null
	is $? 0 "rekor-cli: search by our key"
	is "$(grep -cE '^[0-9a-f]{80}$' "$work/found")" "$(entries_v1)" \
		"rekor-cli: finds every entry"
	uuid=$(grep -E '^[0-9a-f]{80}$' "$work/found" | head -1)
	"$cli" get --rekor_server "$url" --uuid "$uuid" --format json \
		>"$work/entry.json" 2>/dev/null
	is $? 0 "rekor-cli: get"
	hash=$(python3 - "$work" <<'PY'
import base64, json, sys
entry = json.load(open(sys.argv[1] + "/entry.json"))
spec = entry["Body"]["HashedRekordObj"]
with open(sys.argv[1] + "/entry.sig", "wb") as file:
    file.write(base64.b64decode(spec["signature"]["content"]))
print(spec["data"]["hash"]["value"])
PY
	)
	"$cli" verify --rekor_server "$url" --type hashedrekord \
		--artifact-hash "$hash" --signature "$work/entry.sig" \
		--public-key "$work/signer.pem" --pki-format x509 \
		>"$work/verified" 2>&1
	is $? 0 "rekor-cli: verify"
	has "$(cat "$work/verified")" "Entry Hash: ${uuid#????????????????}" \
		"rekor-cli: verifies that entry"
	"$cli" loginfo --rekor_server "$url" >"$work/loginfo" 2>&1
	is $? 0 "rekor-cli: loginfo verifies the tree"
}

# Our own log, served: its origin is no host, so sigstore-go's code for logs is
# asked, and not that for bundles.
run_local() {
	echo "# vexlog log serve"
	name=local
	served=$work/home-served
	"$vexlog" --home "$served" -q init >/dev/null
	"$vexlog" --home "$served" log serve --listen 127.0.0.1:0 \
		>/dev/null 2>"$work/ready" &
	server=$!
	url='' tries=100
	while [ -z "$url" ] && [ $tries -gt 0 ]; do
		sleep 0.1
		tries=$((tries - 1))
		url=$(sed -n 's|^serving ||p' "$work/ready")
	done
	key=$work/served.pem
	origin=$(python3 -c '
import json, sys
log = json.load(open(sys.argv[1]))["logs"][0]
open(sys.argv[2], "w").write(log["key"])
print(log["origin"])' "$served/trust.json" "$key")
	good $name rekor entries_v2
	bundles $name 20
	passes "$name: sigstore-go verifies entries of our log" \
		"$cache/bin/sigstore" entry "$work/root.json" "$origin" \
		"$work/bundles-$name"/*.json
	passes "$name: sigstore-python verifies them" "$python" \
		"$here/sigstore/check_bundle.py" "$work/root.json" \
		"$work/signer.pem" "$work/bundles-$name"/*.json
	"$cache/bin/sigstore" entry "$work/root.json" other.example \
		"$work/bundles-$name/1.json" >/dev/null 2>&1
	is $? 1 "$name: and not as of another log"
	kill -TERM $server
	wait $server
	is $? 0 "$name: the server ends well"
	passes "$name: its log is whole" \
		"$vexlog" --home "$served" log verify
}

clients || exit 1
[ "$what" = local ] || "$rekor/build.sh" "$what" || exit 1
case $what in
local | all) run_local ;;
esac
case $what in
v2 | all) run_v2 v2.3.0 18310 ;;
esac
case $what in
v2-dsse | all) run_v2 v2.2.1 18320 ;;
esac
case $what in
v1 | all) run_v1 18500 ;;
esac
echo "1..$number"
[ $failed -eq 0 ]
