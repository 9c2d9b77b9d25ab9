#!/bin/bash
# drain.sh - 8 workers in 4 processes drain 100,000 pending observations while
# their connections are cut at random: by the server (pg_terminate_backend), by
# the network (a proxy that drops them in the middle of what they carry), and
# by two restarts, one of them a crash. Each observation is linked exactly once
# and the claims follow the order of the queue.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/../migration/lib.sh"
ROWS=${VEXLOG_TEST_ROWS:-100000}
PG_TCP=1
# A crash of the server may lose no commit that it confirmed.
PG_SERVER_ARGS="-c fsync=on -c full_page_writes=on -c wal_sync_method=fdatasync"
pg_start
DB=drain
fresh $DB
unset VEXLOG_STORE VEXLOG_TENANT VEXLOG_TEST_STEP
export VEXLOG_HOME=$WORK/home PGPASSWORD=$PG_PASSWORD
socket="postgresql:///$DB?host=$PG_DIR&port=$PGPORT&user=postgres"

python3 "$SOURCE/tests/store/cutter.py" "$PGPORT" >"$WORK/proxy" &
cutter=$!
trap 'kill $cutter 2>/dev/null; pg_stop; rm -rf "$WORK"' EXIT
for _ in $(seq 100); do
	[ -s "$WORK/proxy" ] && break
	sleep 0.1
done
read -r port <"$WORK/proxy" || pg_bail "the proxy did not start"
network=postgresql://postgres@127.0.0.1:$port/$DB

"$VEXLOG" -q --store "$socket" init >"$WORK/out" 2>&1
ok $? "init"
psql -X -q -v ON_ERROR_STOP=1 -d $DB -v rows="$ROWS" \
    -f "$SOURCE/tests/store/observations.sql"
ok $? "$ROWS observations wait"

# One process of two workers, begun again until nothing is left. A connection
# that stays away is exit status 5; any other failure ends the test.
worker() { # NUMBER URL
	local code=0 pending=1
	while [ "$pending" != 0 ]; do
		"$VEXLOG" -q --json --store "$2" link --workers 2 --batch 250 \
		    >"$WORK/link.$1" 2>"$WORK/err.$1"
		code=$?
		echo $code >>"$WORK/codes"
		[ $code = 0 ] || [ $code = 5 ] || return 1
		pending=$(jq -s 'last | .pending // 1' "$WORK/link.$1")
	done
}

linked() {
	q $DB 'SELECT count(rekor_uuid) FROM vex.observations' 2>/dev/null
}

pids=
for i in 1 2 3 4; do
	# half of them by the socket, half through the network
	if [ $((i % 2)) = 0 ]; then url=$socket; else url=$network; fi
	worker $i "$url" &
	pids="$pids $!"
done
cuts=0
restarts=
for _ in $(seq 2000); do
	done=$(linked)
	case $done in
	"$ROWS") break ;;
	*[!0-9]* | '') sleep 0.1 && continue ;;
	esac
	if [ "$done" -gt $((ROWS / 3)) ] && [ -z "$restarts" ]; then
		restarts=immediate
		pg_restart immediate
	elif [ "$done" -gt $((ROWS * 2 / 3)) ] && [ "$restarts" = immediate ]
	then
		restarts='immediate fast'
		pg_restart fast
	else
		kill -USR1 $cutter
		cuts=$((cuts + $(q $DB "SELECT count(pg_terminate_backend(pid))
		    FROM (SELECT pid FROM pg_stat_activity
			WHERE application_name = 'vexlog'
			ORDER BY random() LIMIT 1) AS one")))
	fi
	sleep 0.3
done
bad=0
for pid in $pids; do
	wait "$pid" || bad=$((bad + 1))
done
is $bad 0 "4 processes of 2 workers end well" ||
	cat "$WORK"/err.* | sed 's/^/# /'
kill $cutter
wait $cutter 2>/dev/null
sent=$(tail -n 1 "$WORK/proxy")
note "$cuts connections ended by the server, $sent cut by the network," \
    "$(grep -c 5 "$WORK/codes") times a process gave up and was begun again"
[ "$cuts" -gt 0 ] && [ "${sent%% *}" -gt 0 ]
ok $? "connections were cut, by the server and by the network"
is "$restarts" 'immediate fast' "the server crashed once and restarted once"

is "$(linked)" "$ROWS" "every observation is linked"
is "$(q $DB "SELECT count(*), count(DISTINCT observation_id)
    FROM attestor.rekor_submission_members")" "$ROWS|$ROWS" \
    "each is in one job"
is "$(q $DB "SELECT count(*) FROM attestor.rekor_submission_queue
    WHERE state <> 'done'")" 0 "every job is done"
is "$(q $DB "SELECT count(*) FROM vex.observations o
    JOIN attestor.rekor_submission_members m USING (tenant, observation_id)
    JOIN attestor.rekor_submission_queue j
	ON j.tenant = m.tenant AND j.id = m.job_id
    JOIN attestor.rekor_entries e
	ON e.tenant = o.tenant AND e.log_id = o.rekor_log_id
	AND e.log_index = o.rekor_log_index
    WHERE o.rekor_uuid = j.entry_uuid AND e.uuid = o.rekor_uuid
	AND (o.rekor_inclusion_proof->'batch'->>'leafIndex')::bigint
	    = m.leaf_index")" "$ROWS" \
    "to the entry of its own job, at its own leaf"
is "$(q $DB "SELECT count(*) FROM (SELECT o.created_at, o.observation_id,
	lag(ROW(o.created_at, o.observation_id)) OVER (ORDER BY m.job_id,
	    m.leaf_index) > ROW(o.created_at, o.observation_id) AS before
    FROM attestor.rekor_submission_members m
    JOIN vex.observations o USING (tenant, observation_id)) AS claims
    WHERE before")" 0 \
    "order of claims: what waited longer was claimed before"
is "$(q $DB "SELECT count(DISTINCT rekor_log_index) FROM vex.observations")" \
    "$(q $DB "SELECT count(*) FROM attestor.rekor_submission_queue
	WHERE kind = 'observations'")" "an entry a batch"
"$VEXLOG" log verify >"$WORK/out" 2>&1
ok $? "the log holds together"
"$VEXLOG" --json --store "$socket" verify --all >"$WORK/out" 2>"$WORK/err"
ok $? "verify --all"
is "$(tail -n 1 "$WORK/out" | jq -c '[.checked >= '"$ROWS"', .failed]')" \
    '[true,0]' "every linkage holds"
tap_done
