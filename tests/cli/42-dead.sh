#!/bin/bash
# What a log refuses is dead: told at each run until --again sends it anew. A
# log that nobody trusts yet makes nothing dead.
. "$(dirname "$0")/lib.sh"
pids=
trap 'for p in $pids; do kill "$p" 2>/dev/null; done; rm -rf "$work"' EXIT

# answering FILE COMMAND...: $url of a server that says "serving URL" in FILE
answering() {
	local file=$1
	shift
	"$@" >/dev/null 2>"$file" &
	pids="$pids $!"
	for _ in $(seq 100); do
		url=$(sed -n 's|^serving ||p' "$file")
		[ -n "$url" ] && return
		sleep 0.1
	done
	bail "$1 does not answer"
}

dead() {
	"$VEXLOG" link 2>&1 >/dev/null | grep -c ' dead: '
}

vex -q init
"$VEXLOG" --home log -q init >/dev/null
answering log.err "$VEXLOG" --home log log serve --listen 127.0.0.1:0
log=$url
logger=$!
jq -r '.logs[0].key' log/trust.json >log.pem
origin=$(jq -r '.logs[0].origin' log/trust.json)
for i in 1 2 3; do
	vex_document "d$i.json" "CVE-2026-$i" "pkg:npm/a@$i" fixed \
	    2026-01-12T08:30:00Z
done
vex -q ingest --provider vendor:a d1.json

# ---- a log that is not trusted yet -----------------------------------------
for kind in rekor rekor1 rekor2 rekor2; do
	vex link --log "$kind+$log"
	exits 2 "$kind: a log that the trust file does not name"
	says "trust add --origin" "$kind: says how to trust it"
	is "$(grep -c 'tried again\|dead' err)" 0 "$kind: nothing failed"
done
vex -q trust add --origin "$origin" --key log.pem --url "$log"
vex --json link --log "rekor2+$log"
exits 0 "trusted, link goes on at once"
json '[.linked, .failed, .pending, .others.pending] | @csv' 1,0,0,0 \
    "and everything is linked"

# ---- what is no log ---------------------------------------------------------
cat >answer.py <<'END'
import http.server, sys

STATUS, BODY = int(sys.argv[1]), sys.argv[2].encode()


class Answer(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(STATUS)
        self.send_header("Location", "http://192.0.2.1/")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
print("serving http://127.0.0.1:%d" % server.server_port, file=sys.stderr,
      flush=True)
server.serve_forever()
END
vex_document other.json CVE-2026-9 pkg:npm/other@1 fixed 2026-01-12T08:30:00Z
vex -q ingest --provider vendor:a other.json
openssl genpkey -algorithm ED25519 -out refuse.pem 2>/dev/null
openssl pkey -in refuse.pem -pubout -out refuse.pub 2>/dev/null
for status in 401 403 404 302 501; do
	answering other.err python3 answer.py $status '<p>no</p>'
	vex -q trust add --origin 127.0.0.1 --key refuse.pub --url "$url"
	for kind in rekor rekor1 rekor2; do
		sqlite3 home/store.db 'update attestor_rekor_submission_queue
		    set next_retry_at = null'
		vex --json link --log "$kind+$url"
		exits 5 "$kind: an address where HTTP $status answers"
		case $status in
		40?) says 'check (its|the) address' "$kind: HTTP $status: what to do" ;;
		esac
	done
done
is "$(dead)" 0 "none of them made a job dead"
sqlite3 home/store.db 'update attestor_rekor_submission_queue
    set next_retry_at = null'
vex --json link --log "rekor+$log"
exits 0 "the log itself takes it"
json '[.linked, .failed, .pending, .others.pending] | @csv' 1,0,0,0 \
    "and nothing was lost"

# ---- a log that refuses ----------------------------------------------------
answering refuse.err python3 answer.py 400 \
    '{"code":3, "message":"not \u001b[31mtoday"}'
refuse=$url
vex -q trust add --origin 127.0.0.1 --key refuse.pub --url "$refuse"
vex -q link
vex -q ingest --provider vendor:a d2.json d3.json
vex link --batch 1 --log "rekor2+$refuse"
exits 1 "a log that answers 400"
says '2 jobs are dead: .*HTTP 400: not' "the dead jobs are told, and why"
says 'link --again' "and how to try them again"
is "$(grep -c 'will be tried again' err)" 0 "no word of another try"
is "$(grep -c $'\033' err)" 0 "what the log said moves no cursor"
vex --json link
exits 1 "the next run finds nothing to do, and is not content"
json '[.linked, .failed, .pending] | @csv' 0,0,2 "two observations wait"
json 'keys_unsorted | join(" ")' \
    "linked entries retried failed pending others" "keys of the contract"
says 'jobs are dead: .*HTTP 400' "told again"
vex -q link
says 'jobs are dead' "-q is no reason to keep it silent"

# a watch goes on beside them
vex_document d4.json CVE-2026-4 pkg:npm/a@4 fixed 2026-01-12T08:30:00Z
"$VEXLOG" link --watch >watch.out 2>watch.err &
watch=$!
pids="$pids $watch"
for _ in $(seq 100); do
	grep -q 'jobs are dead' watch.err && break
	sleep 0.1
done
vex -q ingest --provider vendor:a d4.json
for _ in $(seq 200); do
	grep -q '^1 observation linked' watch.out && break
	sleep 0.1
done
ok "--watch links what is new" grep -q '^1 observation linked' watch.out
is "$(grep -c 'jobs are dead' watch.err)" 1 "and tells of the dead once"
kill -TERM "$watch"
wait "$watch"
is $? 0 "stopped it ends well"

# ---- again -----------------------------------------------------------------
vex --json link --again --log "rekor2+$refuse"
exits 1 "--again to a log that still refuses"
says 'tried [0-9]* jobs again' "says what it does"
says 'jobs are dead' "they are dead once more"
vex --json link --again --log "rekor2+$log"
exits 0 "--again to a log that takes them"
json '[.linked, .retried > 0, .failed, .pending, .others.pending] | @csv' \
    2,true,0,0,0 "everything is linked"
is "$(dead)" 0 "none is dead any more"
vex --json link --again
exits 0 "--again with none that is dead"

# ---- a log that is away for a moment ---------------------------------------
vex_document d5.json CVE-2026-5 pkg:npm/a@5 fixed 2026-01-12T08:30:00Z
vex -q ingest --provider vendor:a d5.json
kill "$logger"
wait "$logger"
vex link --log "rekor2+$log"
exits 5 "a log that is away"
says 'will be tried again' "says that nothing is lost"
answering log.err "$VEXLOG" --home log log serve --listen "${log#http://}"
vex --json link --log "rekor2+$log"
exits 0 "once it is back, link waits out the pause after the failure"
json '[.linked, .retried, .pending] | @csv' 1,1,0 "and links"
vex_document d6.json CVE-2026-6 pkg:npm/a@6 fixed 2026-01-12T08:30:00Z
vex -q ingest --provider vendor:a d6.json
vex link --log "rekor2+http://127.0.0.1:1"
exits 5 "another one that is away"
sqlite3 "$VEXLOG_HOME/store.db" "update attestor_rekor_submission_queue set
    next_retry_at = next_retry_at + 3600000000 where state = 'signed'"
vex link
exits 0 "with an hour to go"
says '1 job waits after a failure, the first until .*onnect' "it says why"
vex link --again --log "rekor2+http://127.0.0.1:1"
exits 5 "--again does not wait"
says 'tried 1 job again without waiting' "and says so"
vex verify --all
exits 0 "and everything holds"

done_testing
