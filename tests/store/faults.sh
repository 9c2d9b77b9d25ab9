#!/bin/bash
# faults.sh - what a person reads, and what a script sees, when the database is
# not as it should be; and that nothing is lost and nothing linked twice.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/../migration/lib.sh"
[ -r "${VEXLOG_TEST_FULL_LIBRARY:-}" ] ||
	pg_bail "VEXLOG_TEST_FULL_LIBRARY is not set: run the tests by meson test"
PG_TCP=1
pg_start
DB=vexlog
fresh $DB
unset VEXLOG_STORE VEXLOG_TENANT VEXLOG_TEST_STEP
export VEXLOG_HOME=$WORK/home
socket="host=$PG_DIR&port=$PGPORT"
owner="postgresql:///$DB?$socket&user=postgres"
app="postgresql:///$DB?$socket&user=app"

vex() { # URL ARG...
	"$VEXLOG" --store "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	code=$?
}
# fails CODE PART NAME: the last command ended so, and said that
fails() {
	is "$code" "$1" "$3: exit status $1"
	has "$(cat "$WORK/err")" "$2" "$3: it says so"
}
hints() { # PART NAME
	has "$(cat "$WORK/err")" "$1" "$2"
}
document() { # FILE VULNERABILITY [PRODUCT] [STATEMENTS]
	python3 - "$@" >"$WORK/$1" <<'END'
import json, sys
name, product, count = (sys.argv[2:] + ["pkg:npm/a@1", "1"][len(sys.argv) - 3:])
print(json.dumps({"@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.com/" + name, "author": "Example", "version": 1,
    "timestamp": "2026-01-12T00:00:00Z", "statements": [
        {"vulnerability": {"name": name if i == 0 else "%s%d" % (name, i)},
         "products": [{"@id": product}], "status": "fixed"}
        for i in range(int(count))]}))
END
}
ingest() { # URL FILE
	vex "$1" ingest --provider vendor:example "$WORK/$2"
}
linked() {
	q $DB 'SELECT count(rekor_uuid) FROM vex.observations'
}

# ---- the way to it -----------------------------------------------------------

vex 'postgresql://me:s3c@ret@db.example/vex' pending
fails 2 'this is no URL of a PostgreSQL server' 'wrong URL'
hints 'write postgresql://USER@HOST:PORT/DATABASE' 'and how to write one'
lacks "$(cat "$WORK/err")" s3c 'and not the password'
vex mysql://db.example/vex pending
fails 2 'this is no URL of a store' 'another kind of URL'
vex postgresql://me@127.0.0.1:1/vex pending
fails 5 'Connection refused' 'no server'
hints 'is the server there?' 'and what to look at'
vex "postgresql://postgres:wr0ng@127.0.0.1:$PGPORT/$DB" pending
fails 6 'password authentication failed for user "postgres" (28P01)' \
    'wrong password'
hints 'check user and password, and pg_hba.conf' 'and what to look at'
lacks "$(cat "$WORK/err")" wr0ng 'and not the password'
vex "postgresql:///nowhere?$socket&user=postgres" pending
fails 6 'database "nowhere" does not exist (3D000)' 'no such database'
hints createdb 'and how to make it'
vex "postgresql:///nowhere?$socket&user=postgres" init
fails 6 'database "nowhere" does not exist (3D000)' 'nor for init'
createdb -E LATIN1 -T template0 --locale=C latin || pg_bail "createdb failed"
vex "postgresql:///latin?$socket&user=postgres" init
fails 6 "the database's encoding is LATIN1, UTF8 is needed" 'no UTF-8'
hints 'createdb -E UTF8' 'and how to have it'

# ---- its schema --------------------------------------------------------------

vex "$owner" pending
fails 6 'there is no vexlog schema in it yet' 'not initialised'
hints 'run vexlog init' 'and the command to run'
vex "$owner" -q init
is $code 0 'init'
q $DB "CREATE ROLE app LOGIN IN ROLE vexlog_app;
    CREATE ROLE reader LOGIN IN ROLE vexlog_reader;
    CREATE ROLE nobody LOGIN" >/dev/null
vex "$app" pending
is $code 0 'then it opens'
q $DB "CREATE TABLE kept AS SELECT * FROM vex.migrations;
    DELETE FROM vex.migrations WHERE version = '20260117'" >/dev/null
vex "$app" pending
fails 6 'its schema is 1 migrations old' 'old schema'
hints 'run vexlog migrate up' 'and the command to run'
vex "$owner" -q migrate up
is $code 0 'migrate up'
vex "$app" pending
is $code 0 'then it opens'
q $DB "INSERT INTO vex.migrations VALUES ('20990101', 'sha256:00')" >/dev/null
vex "$app" pending
fails 4 'migration 20990101' 'newer schema'
vex "$owner" migrate up
fails 4 'migration 20990101' 'newer schema, migrate'
q $DB "DELETE FROM vex.migrations WHERE version = '20990101';
    UPDATE vex.migrations SET checksum = 'sha256:00'
	WHERE version = '20260117'" >/dev/null
vex "$app" pending
fails 4 'migration 20260117 was applied with checksum sha256:00' \
    'a changed migration'
q $DB "UPDATE vex.migrations m SET checksum = k.checksum FROM kept k
    WHERE k.version = m.version" >/dev/null

# ---- rights ------------------------------------------------------------------

document a.json CVE-2026-0001
vex "postgresql:///$DB?$socket&user=nobody" pending
fails 6 'permission denied for schema vex (42501)' 'no right at all'
hints 'vexlog_app' 'and which role to grant'
ingest "postgresql:///$DB?$socket&user=reader" a.json
fails 6 '(42501)' 'missing rights, ingest'
ingest "$app" a.json
is $code 0 'the role of the program may'
vex "postgresql:///$DB?$socket&user=reader" link
fails 6 '(42501)' 'missing rights, link'
is "$(linked)" 0 'and nothing is linked'

# ---- names that no index takes -----------------------------------------------

document long.json CVE-2026-0002 "pkg:npm/$(printf '%01100d' 0)@1"
ingest "$app" long.json
fails 1 'more than 1024' 'a product key of 1100 bytes'

# ---- two workers and a lost lease ----------------------------------------------

mkfifo "$WORK/in"
psql -X -q -At -d $DB -f "$WORK/in" >"$WORK/psql.out" 2>&1 &
session=$!
exec 3>"$WORK/in"
# The first worker can't write its entry: it stands in the middle of its commit.
echo 'BEGIN; LOCK TABLE attestor.rekor_entries IN SHARE MODE;' >&3
"$VEXLOG" --store "$app" -q --json link >"$WORK/first" 2>"$WORK/first.err" &
first=$!
for _ in $(seq 200); do
	[ "$(q $DB "SELECT count(*) FROM pg_stat_activity
	    WHERE wait_event_type = 'Lock'")" = 1 ] && break
	sleep 0.1
done
is "$(q $DB "SELECT state, lease_owner IS NOT NULL
    FROM attestor.rekor_submission_queue WHERE kind = 'observations'")" \
    'signed|t' 'a worker is in the middle of its batch'
q $DB "UPDATE attestor.rekor_submission_queue SET lease_owner = 'other:1:1'" \
    >/dev/null
printf '%s\n' 'COMMIT;' >&3
exec 3>&-
wait $session
wait $first
code=$?
cp "$WORK/first.err" "$WORK/err"
fails 4 'was lost: another worker has it' 'two workers, a lost lease'
is "$(linked)" 0 'the first worker, late, has linked nothing'
q $DB "UPDATE attestor.rekor_submission_queue
    SET lease_until = now() - interval '1 second' WHERE state <> 'done'" \
    >/dev/null
vex "$app" --json -q link
is $code 0 'the second submits the same bytes'
is "$(jq -c '[.linked, .retried]' "$WORK/out")" '[1,1]' \
    'and links; the trust file that was left with them is no observation'
is "$(q $DB "SELECT count(*), count(DISTINCT o.rekor_uuid)
    FROM vex.observations o JOIN attestor.rekor_entries e
    ON e.uuid = o.rekor_uuid")" '1|1' 'once, to one entry'
"$VEXLOG" log verify >/dev/null 2>&1
ok $? 'the log holds together'

# ---- a dead letter -------------------------------------------------------------

document b.json CVE-2026-0003
ingest "$app" b.json
openssl genpkey -algorithm ED25519 -out "$WORK/log.pem" 2>/dev/null
openssl pkey -in "$WORK/log.pem" -pubout -out "$WORK/log.pub"
"$VEXLOG" -q trust add --origin 127.0.0.1 --key "$WORK/log.pub" \
    --url http://127.0.0.1:9 >/dev/null
vex "$app" -q --json link --log rekor2+http://127.0.0.1:9
is $code 5 'a log that does not answer: exit status 5'
is "$(q $DB "SELECT attempts, state, next_retry_at > now(),
    next_retry_at < now() + interval '10 seconds'
    FROM attestor.rekor_submission_queue
    WHERE state <> 'done' AND kind = 'observations'")" \
    '1|signed|t|t' 'the next attempt is some seconds away'
for attempts in 3:32 10:2048; do
	q $DB "UPDATE attestor.rekor_submission_queue SET next_retry_at = null,
	    attempts = ${attempts%:*} WHERE state <> 'done' AND kind = 'observations'" >/dev/null
	vex "$app" -q link --log rekor2+http://127.0.0.1:9
	wait=$(q $DB "SELECT extract(epoch FROM next_retry_at - now())::int
	    FROM attestor.rekor_submission_queue
	    WHERE state <> 'done' AND kind = 'observations'")
	[ "$wait" -gt $((${attempts#*:} / 4)) ] &&
		[ "$wait" -le $((${attempts#*:} * 2)) ]
	ok $? "after ${attempts%:*} attempts it waits longer ($wait s)"
done
q $DB "UPDATE attestor.rekor_submission_queue SET next_retry_at = null,
    attempts = 39 WHERE state <> 'done' AND kind = 'observations'" >/dev/null
vex "$app" -q link --log rekor2+http://127.0.0.1:9
is "$(q $DB "SELECT attempts, state, next_retry_at IS NULL,
    last_error <> '' FROM attestor.rekor_submission_queue
    WHERE state <> 'done' AND kind = 'observations'")" '40|dead|t|t' \
    'the 40th is the last: a dead letter, with its reason'
vex "$app" --json -q pending
is "$(jq '.items | length' "$WORK/out")" 1 'what it held is pending, and shown'

# ---- a replica ---------------------------------------------------------------

pg_as "$PG_BIN/pg_basebackup" -h "$PG_DIR" -p "$PGPORT" -U postgres -X stream \
    -c fast -R -D "$PG_DIR/replica" >"$WORK/backup" 2>&1
ok $? 'a base backup'
mkdir "$PG_DIR/other"
[ "$(id -u)" -ne 0 ] || chown postgres "$PG_DIR/other"
pg_as "$PG_BIN/pg_ctl" -s -D "$PG_DIR/replica" -l "$PG_DIR/replica.log" -w \
    -t 60 -o "-c unix_socket_directories=$PG_DIR/other -c listen_addresses= \
    -c port=5432 -c shared_buffers=16MB" start >"$WORK/replica" 2>&1 </dev/null
ok $? 'a hot standby runs' || sed 's/^/# /' "$PG_DIR/replica.log"
trap 'pg_as "$PG_BIN/pg_ctl" -s -D "$PG_DIR/replica" -m immediate stop \
    >/dev/null 2>&1; pg_stop; rm -rf "$WORK"' EXIT
replica="postgresql:///$DB?host=$PG_DIR/other&port=5432&user=app"
for command in 'pending' 'find --vuln CVE-2026-0001' 'verify --all' \
    'migrate status'; do
	# shellcheck disable=SC2086
	vex "$replica" $command
	is $code 0 "read-only replica: $command"
done
ingest "$replica" a.json
fails 6 '(25006)' 'read-only replica: ingest'
hints 'this server only reads: name the primary in the URL' 'and what to do'
vex "$replica" link
fails 6 '(25006)' 'read-only replica: link'
vex "$replica" decide
fails 6 '(25006)' 'read-only replica: decide'
pg_as "$PG_BIN/pg_ctl" -s -D "$PG_DIR/replica" -m immediate stop

# ---- cut in the middle of a batch ----------------------------------------------

document c.json CVE-2026-1 pkg:npm/c@1 300
ingest "$app" c.json
mkfifo "$WORK/again"
psql -X -q -At -d $DB -f "$WORK/again" >"$WORK/psql.out" 2>&1 &
session=$!
exec 3>"$WORK/again"
echo 'BEGIN; LOCK TABLE attestor.rekor_entries IN SHARE MODE;' >&3
"$VEXLOG" --store "$app" -q --json link >"$WORK/first" 2>"$WORK/first.err" &
first=$!
for _ in $(seq 200); do
	[ "$(q $DB "SELECT count(*) FROM pg_stat_activity
	    WHERE wait_event_type = 'Lock'")" = 1 ] && break
	sleep 0.1
done
is "$(q $DB "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock'")" 1 'connection cut in the middle of a batch'
printf '%s\n' 'COMMIT;' >&3
exec 3>&-
wait $session
wait $first
is $? 1 'the worker goes on by itself, and tells of the dead letter' || sed 's/^/# /' "$WORK/first.err"
is "$(linked)" 301 'and links all of it'
is "$(q $DB "SELECT count(*), count(DISTINCT observation_id)
    FROM attestor.rekor_submission_members m JOIN vex.observations o
    USING (tenant, observation_id) WHERE o.rekor_uuid IS NOT NULL")" '301|301' \
    'each once'

# ---- server restarted ------------------------------------------------------------

document d.json CVE-2026-2 pkg:npm/d@1 300
ingest "$app" d.json
pg_restart immediate
is "$(q $DB 'SELECT count(*) FROM vex.observations
    WHERE rekor_uuid IS NULL')" 301 'what was confirmed is there after a crash'
vex "$app" -q --json link
is $code 1 'server restarted: link works, and tells of the dead letter'
is "$(linked)" 601 'and links the rest'

# ---- several who decide the same at once ------------------------------------------

# Thousands of pairs of several names: whether they are settled is looked up, and
# the one who comes second finds more settled at each try.
fresh both
both="postgresql:///both?$socket&user=postgres"
vex "$both" -q init
vex "$both" -q ingest --provider vendor:example "$SOURCE/tests/data/openvex"
deciders=
for i in 1 2 3; do
	"$VEXLOG" -q --store "$both" decide >"$WORK/decide.$i" 2>&1 </dev/null &
	deciders="$deciders $!"
done
for pid in $deciders; do
	wait "$pid"
	is $? 0 'decided, beside others'
done
is "$(q both 'SELECT count(*) > 6000, max(sequence) FROM vex.verdicts')" 't|1' \
    'each verdict is kept once'

# ---- disk full -------------------------------------------------------------------

# The tables of a database in a tablespace whose files may not grow.
mkdir "$PG_DIR/small"
[ "$(id -u)" -ne 0 ] || chown postgres "$PG_DIR/small"
q postgres "CREATE TABLESPACE small LOCATION '$PG_DIR/small'" >/dev/null
q postgres 'CREATE DATABASE "full" TABLESPACE small' >"$WORK/out"
full="postgresql:///full?$socket&user=postgres"
vex "$full" -q init
is $code 0 'a database in a small tablespace'
pg_as "$PG_BIN/pg_ctl" -s -D "$PG_DIR/data" -m fast -w stop
# a build folder may be one that only its owner enters
cp "$VEXLOG_TEST_FULL_LIBRARY" "$PG_DIR/full.so"
chmod 755 "$PG_DIR/full.so"
export LD_PRELOAD=$PG_DIR/full.so VEXLOG_TEST_FULL=1000000
pg_launch "$PGPORT"
unset LD_PRELOAD VEXLOG_TEST_FULL
document e.json CVE-2026-3 pkg:npm/e@1 5000
ingest "$full" e.json
fails 6 'No space left on device (53100)' 'disk full'
hints 'free some space on the server and run the same command again' \
    'and what to do'
is "$(q full 'SELECT (SELECT count(*) FROM vex.observations)
    + (SELECT count(*) FROM vex.documents)')" 0 \
    'nothing of the document is kept'
pg_restart fast
ingest "$full" e.json
is $code 0 'with space again it goes in'
is "$(q full 'SELECT count(*) FROM vex.observations')" 5000 'whole'
tap_done
