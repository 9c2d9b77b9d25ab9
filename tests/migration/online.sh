#!/bin/sh
# online.sh - a migration beside people who work: writers are not stopped
# while indexes are built and rows are checked, what was interrupted is
# completed, and a lock that is held is waited for in small steps.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
pg_start
ROWS=${VEXLOG_TEST_ROWS:-60000}
MIGRATE=$SOURCE/devops/database/migrate.sh

# The statements that it makes are those of the files.
"$MIGRATE" --dry-run -d postgres 2>"$WORK/out"
has "$(cat "$WORK/out")" 'V20260117__vex_rekor_linkage.sql: would be applied' \
    "a dry run says what it would do"
is "$(q postgres "SELECT count(*) FROM pg_namespace
    WHERE nspname = 'vex'")" 0 "and does nothing"

fresh t
apply one t "$BASE"
fill t default 1 "$ROWS" >/dev/null

# Every lock that the migration holds on the table, by what it runs.
q postgres "CREATE DATABASE t_plain" >/dev/null
log_statements() {
	q postgres "ALTER DATABASE $1 SET log_statement = 'all'" >/dev/null
}
log_statements t
"$MIGRATE" --online -d t 2>"$WORK/out"
ok $? "an online migration of $ROWS rows"
is "$(grep -c 'CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_vex_observations_' \
    "$PG_DIR/log")" 7 "all seven indexes of the table came CONCURRENTLY"
is "$(q t "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" 0 \
    "and are valid"
is "$(q t "SELECT convalidated FROM pg_constraint
    WHERE conname = 'ck_vex_observations_rekor_complete'")" t \
    "the CHECK is valid"
dump t >"$WORK/online"
fresh t_one
apply one t_one "$BASE" "$LINKAGE"
dump t_one >"$WORK/one.sql"
same "$WORK/online" "$WORK/one.sql" "the schema is the usual one"

# A writer whose transaction stays open: an ordinary CREATE INDEX would wait
# for it with the table locked, and everybody behind it. We do it while a
# second writer inserts a row every few milliseconds.
fresh t_busy
apply one t_busy "$BASE"
fill t_busy default 1 "$ROWS" >/dev/null
writer() { # until the file "stop" is there; each insert waits at most 2.5 s
	i=0
	while [ ! -e "$WORK/stop" ]; do
		i=$((i + 1))
		printf '%s\n' "INSERT INTO vex.observations SELECT
		    (jsonb_populate_record(o, '{\"observation_id\":
		    \"vex:obs:busy-$i\"}')).* FROM vex.observations o LIMIT 1;"
	done | PGOPTIONS='-c lock_timeout=2500' psql -X -q -At \
	    -v ON_ERROR_STOP=1 -d t_busy -f - >"$WORK/writer" 2>&1
	echo $? >"$WORK/writer.rc"
}
writer &
writer=$!
"$MIGRATE" --online -d t_busy 2>"$WORK/out"
rc=$?
: >"$WORK/stop"
wait $writer
ok $rc "an online migration beside a writer"
is "$(cat "$WORK/writer.rc")" 0 "who never waited 2.5 s for a lock"
note "$(q t_busy "SELECT count(*) FROM vex.observations
    WHERE observation_id LIKE '%busy%'") rows came in meanwhile"
dump t_busy >"$WORK/busy"
same "$WORK/busy" "$WORK/one.sql" "the schema is the usual one"

# A lock that is held for long: tried again, with nobody queued up behind.
fresh t_held
apply one t_held "$BASE"
(printf '%s\n' 'BEGIN;' 'LOCK TABLE vex.observations IN ACCESS SHARE MODE;' \
    "SELECT 'held' AS state, pg_backend_pid() \\g '$WORK/held'" \
    "\\! while [ ! -e '$WORK/let-go' ]; do sleep 0.05; done" 'COMMIT;' |
    psql -X -q -d t_held) >/dev/null 2>&1 &
holder=$!
while ! grep -q held "$WORK/held" 2>/dev/null; do sleep 0.05; done
"$MIGRATE" --online -d t_held 2>"$WORK/out" &
migrate=$!
while ! grep -q 'somebody holds a lock' "$WORK/out"; do sleep 0.05; done
is "$(q t_held "SET lock_timeout = '2900ms';
    SELECT count(*) FROM vex.observations")" 0 \
    "while it waits for a reader, other readers are served"
: >"$WORK/let-go"
wait $migrate
ok $? "when the lock is let go, it goes through"
wait $holder

# An index that a broken attempt left invalid, as CONCURRENTLY leaves it.
for way in bare one online; do
	fresh t_invalid
	apply one t_invalid "$BASE"
	fill t_invalid default 1 100 >/dev/null
	q t_invalid "ALTER TABLE vex.observations ADD rekor_uuid TEXT" \
	    >/dev/null
	q t_invalid "CREATE UNIQUE INDEX CONCURRENTLY
	    idx_vex_observations_pending_rekor
	    ON vex.observations (tenant)" >/dev/null
	is "$(q t_invalid "SELECT indisvalid FROM pg_index WHERE indexrelid =
	    'vex.idx_vex_observations_pending_rekor'::regclass")" f \
	    "an invalid index is there"
	apply $way t_invalid "$LINKAGE"
	ok $? "applied, $way"
	dump t_invalid | grep 'INDEX.*pending' >"$WORK/invalid"
	grep 'INDEX.*pending' "$WORK/one.sql" >"$WORK/one.pending"
	is "$(q t_invalid "SELECT indisvalid, indisunique FROM pg_index
	    WHERE indexrelid =
	    'vex.idx_vex_observations_pending_rekor'::regclass")" 't|f' \
	    "the real one is in its place, $way"
	same "$WORK/invalid" "$WORK/one.pending" "with the right columns, $way"
done

# Stopped in the middle: the next run completes it. An old snapshot keeps the
# first index waiting until it is cancelled. What it waits for then is a
# transaction; a wait for the table, which autovacuum may hold, comes before
# there is an index.
fresh t_killed
apply one t_killed "$BASE"
fill t_killed default 1 1000 >/dev/null
(printf '%s\n' 'BEGIN ISOLATION LEVEL REPEATABLE READ;' \
    "SELECT 'held' AS state \\g '$WORK/snapshot'" \
    "\\! while [ ! -e '$WORK/let-go-2' ]; do sleep 0.05; done" 'COMMIT;' |
    psql -X -q -d t_killed) >/dev/null 2>&1 &
holder=$!
while ! grep -q held "$WORK/snapshot" 2>/dev/null; do sleep 0.05; done
"$MIGRATE" --online -d t_killed 2>"$WORK/out" &
migrate=$!
while [ "$(q t_killed "SELECT count(*) FROM pg_stat_activity
    WHERE datname = 't_killed' AND query LIKE 'CREATE INDEX CONC%rekor%'
	AND CASE wait_event WHEN 'virtualxid' THEN pg_cancel_backend(pid)
	    ELSE false END")" = 0 ] &&
    kill -0 $migrate 2>/dev/null; do
	sleep 0.05
done
wait $migrate
is $? 1 "an index build that is cancelled stops the migration"
: >"$WORK/let-go-2"
wait $holder
is "$(q t_killed "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" 1 \
    "and leaves it invalid"
"$MIGRATE" --online -d t_killed 2>"$WORK/out"
ok $? "the next run completes it"
is "$(q t_killed "SELECT count(*) FROM pg_index WHERE NOT indisvalid")" 0 \
    "no index is invalid"
dump t_killed >"$WORK/killed"
same "$WORK/killed" "$WORK/one.sql" "and the schema is the usual one"
tap_done
