#!/bin/bash
# The local log over HTTP, written to by another home.
. "$(dirname "$0")/lib.sh"
command -v curl >/dev/null || bail "no curl: apt-get install curl"

vex log serve --listen 0
exits 6 "nothing to serve before init"
says 'vexlog init' "says what to do"
vex -q init
"$VEXLOG" log serve --listen 127.0.0.1:0 >served 2>ready &
pid=$!
for _ in $(seq 100); do
	url=$(sed -n 's|^serving ||p' ready)
	[ -n "$url" ] && break
	sleep 0.1
done
ok "the address stands on standard error" test -n "$url"
is "$(curl -s -o body -w '%{http_code}' "$url/healthz")" 200 "healthy"
is "$(curl -s -o body -w '%{http_code}' -d '{}' "$url/api/v2/log/entries")" \
    400 "an empty request is refused"

origin=$(jq -r '.logs[0].origin' home/trust.json)
jq -r '.logs[0].key' home/trust.json >log.pem
vex_document a.json CVE-2026-0001 pkg:npm/a@1 fixed 2026-01-12T08:30:00Z
other() {
	"$VEXLOG" --home other "$@" >out 2>err </dev/null
	code=$?
}
other -q init --log "rekor2+$url"
other -q trust add --origin "$origin" --key log.pem --url "$url"
other -q ingest --provider vendor:a a.json
other --json link
exits 0 "another home links through it"
json .linked 1 "its observation"
other --json verify --all
exits 0 "and verifies offline"
vex --json log checkpoint
json .treeSize 2 "the served log holds its entries"
vex -q log verify
exits 0 "and is whole"
kill -TERM $pid
wait $pid
is $? 0 "SIGTERM ends it well"

"$VEXLOG" log serve --listen 127.0.0.1:0 --read-only >served 2>ready &
pid=$!
for _ in $(seq 100); do
	url=$(sed -n 's|^serving ||p' ready)
	[ -n "$url" ] && break
	sleep 0.1
done
is "$(curl -s -o body -w '%{http_code}' -d '{}' "$url/api/v2/log/entries")" \
    405 "a frozen log takes nothing"
kill -TERM $pid
wait $pid

done_testing
