#!/bin/bash
# watch.sh - `link --watch` on PostgreSQL and on SQLite, and what the program
# says to whoever logs in as a superuser.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/../migration/lib.sh"
PG_TCP=1
pg_start
DB=watch
fresh $DB
unset VEXLOG_STORE VEXLOG_TENANT VEXLOG_TEST_STEP
export VEXLOG_HOME=$WORK/home
super="postgresql:///$DB?host=$PG_DIR&port=$PGPORT&user=postgres"
app="postgresql:///$DB?host=$PG_DIR&port=$PGPORT&user=app"

vex() { # URL ARG...
	"$VEXLOG" --store "$@" >"$WORK/out" 2>"$WORK/err"
}
document() { # FILE VULNERABILITY
	printf '%s\n' '{"@context": "https://openvex.dev/ns/v0.2.0",
	"@id": "https://example.com/'"$2"'", "author": "Example", "version": 1,
	"timestamp": "2026-01-12T00:00:00Z", "statements": [{"vulnerability":
	{"name": "'"$2"'"}, "products": [{"@id": "pkg:npm/a@1"}],
	"status": "fixed"}]}' >"$1"
}
until_linked() { # URL: or ten seconds are over
	local i
	for i in $(seq 100); do
		vex "$1" --json pending
		[ "$(jq '.items | length' "$WORK/out")" = 0 ] && return 0
		sleep 0.1
	done
	return 1
}

vex "$super" init
ok $? "init, as the owner"
lacks "$(cat "$WORK/err")" warning "without a warning"
q $DB 'CREATE ROLE app LOGIN IN ROLE vexlog_app;
    CREATE ROLE seer LOGIN BYPASSRLS IN ROLE vexlog_app' >/dev/null
vex "$super" pending
ok $? "a superuser may use the program"
is "$(head -n 1 "$WORK/err")" "warning: the database's login postgres is a \
superuser, so no policy keeps the tenants apart for it: use one that was \
granted vexlog_app" "and is warned"
vex "$super" -q pending
is "$(cat "$WORK/err")" '' "but not with --quiet"
vex "${app%app}seer" pending
has "$(cat "$WORK/err")" 'login seer has BYPASSRLS' "so is who has BYPASSRLS"
vex "$app" pending
lacks "$(cat "$WORK/err")" warning "a login with vexlog_app is not"

watch() { # URL
	"$VEXLOG" --store "$1" --json link --watch >"$WORK/watch" \
	    2>"$WORK/watch.err" &
	watcher=$!
}
stop() {
	kill $watcher
	wait $watcher
}

watch "$app"
for _ in $(seq 100); do
	[ "$(q $DB "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle'
	    AND application_name = 'vexlog' AND usename = 'app'")" = 1 ] &&
		break
	sleep 0.1
done
for n in 1 2 3; do
	document "$WORK/$n.json" "CVE-2026-000$n"
	vex "$app" -q ingest --provider vendor:example "$WORK/$n.json"
	ok $? "ingest, while a worker watches, $n"
	until_linked "$app"
	ok $? "it is linked"
done
q $DB "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'vexlog'" >/dev/null
document "$WORK/4.json" CVE-2026-0004
vex "$app" -q ingest --provider vendor:example "$WORK/4.json"
until_linked "$app"
ok $? "after its connection broke it goes on"
stop
is $? 0 "stopped, it ends well" || sed 's/^/# /' "$WORK/watch.err"
is "$(jq -s 'map(.linked) | add' "$WORK/watch")" 4 "it told of four"

# A file tells nobody: it is looked at every five seconds.
export VEXLOG_HOME=$WORK/sqlite
file=sqlite:$WORK/sqlite/store.db
"$VEXLOG" -q init >/dev/null
watch "$file"
vex "$file" -q ingest --provider vendor:example "$WORK/1.json"
until_linked "$file"
ok $? "on SQLite a worker that watches links too"
stop
is $? 0 "and ends well"
tap_done
