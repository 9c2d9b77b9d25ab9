#!/bin/sh
# pg.sh - a throw-away PostgreSQL cluster.
#
#   tests/pg.sh COMMAND ARG...   runs COMMAND with a fresh cluster at hand and
#                                leaves with its exit status
#   . tests/pg.sh                for shell tests: pg_start, pg_restart, pg_stop
#
# COMMAND (or the sourcing script) finds in its environment
#
#   PGHOST PGPORT PGUSER PGDATABASE   so that psql and libpq need no arguments
#   PG_URL         postgresql:// URL over the unix socket
#   PG_TCP_URL     the same over 127.0.0.1 with a password; only with PG_TCP=1
#   PG_PASSWORD    that password; only with PG_TCP=1
#   PG_BIN         folder of initdb, pg_ctl, pg_dump
#   PG_DIR         the cluster's own folder, gone after pg_stop
#
# The server listens on a unix socket in a folder that only its owner and root
# can enter, and on loopback only if asked. It runs as user postgres when we
# are root, since PostgreSQL refuses root. It is stopped through its own
# postmaster.pid, nothing else is ever signalled. Settings are for speed: a
# crash of the machine may lose the cluster, a crash of the server may not
# lose a commit.
#
# PG_INITDB_ARGS and PG_SERVER_ARGS are added to the two commands.

pg_say() {
	printf '# %s\n' "$*" >&2
}

# A missing server is a failed test that says what to install.
pg_bail() {
	printf 'Bail out! %s\n' "$*"
	printf 'Bail out! %s\n' "$*" >&2
	exit 1
}

pg_find() {
	if [ -z "${PG_BIN:-}" ]; then
		PG_BIN=$(command -v initdb 2>/dev/null) &&
		    PG_BIN=$(dirname "$(readlink -f "$PG_BIN")")
	fi
	if [ -z "${PG_BIN:-}" ]; then
		PG_BIN=$(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
		    2>/dev/null | sort -V | while read -r folder; do
			[ -x "$folder/initdb" ] && echo "$folder"
		done | tail -n 1)
	fi
	[ -n "$PG_BIN" ] && [ -x "$PG_BIN/initdb" ] ||
		pg_bail "no PostgreSQL server programs: install them with" \
		    "\"apt-get install postgresql\" or set PG_BIN to the" \
		    "folder that holds initdb"
	command -v psql >/dev/null 2>&1 ||
		pg_bail "no psql: \"apt-get install postgresql-client\""
	export PG_BIN
}

# pg_as COMMAND...: as the user that may run the server.
pg_as() {
	if [ "$(id -u)" -ne 0 ]; then
		"$@"
	elif command -v runuser >/dev/null 2>&1; then
		(cd / && runuser -u postgres -- "$@")
	else
		pg_bail "root may not run PostgreSQL and runuser is missing:" \
		    "\"apt-get install util-linux\""
	fi
}

pg_launch() { # PORT, "" for no TCP
	# No quotes inside: pg_ctl hands this line to a shell.
	pg_options="-c unix_socket_directories=$PG_DIR
		-c listen_addresses=${1:+127.0.0.1}
		-c port=${1:-5432}
		-c fsync=off
		-c full_page_writes=off -c shared_buffers=128MB
		-c max_wal_size=4GB -c log_min_messages=warning
		-c max_connections=100 ${PG_SERVER_ARGS:-}"
	pg_options=$(printf '%s' "$pg_options" | tr '\n\t' '  ')
	pg_as "$PG_BIN/pg_ctl" -s -D "$PG_DIR/data" -l "$PG_DIR/log" -w -t 60 \
	    -o "$pg_options" start >"$PG_DIR/start.out" 2>&1 </dev/null
}

pg_start() {
	pg_find
	if [ "$(id -u)" -eq 0 ] && ! id postgres >/dev/null 2>&1; then
		pg_bail "root may not run PostgreSQL and there is no user" \
		    "postgres: \"apt-get install postgresql\" makes it"
	fi
	# A socket's path has at most 107 bytes, so not under a long TMPDIR.
	pg_tmp=${TMPDIR:-/tmp}
	[ ${#pg_tmp} -le 60 ] || pg_tmp=/tmp
	PG_DIR=$(mktemp -d "$pg_tmp/vexlog-pg.XXXXXX") ||
		pg_bail "no temporary folder for the cluster in $pg_tmp"
	PG_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	printf '%s\n' "$PG_PASSWORD" >"$PG_DIR/password"
	chmod 600 "$PG_DIR/password"
	[ "$(id -u)" -ne 0 ] || chown -R postgres "$PG_DIR"
	# shellcheck disable=SC2086
	pg_as "$PG_BIN/initdb" -N -D "$PG_DIR/data" -U postgres \
	    --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust \
	    --auth-host=scram-sha-256 --pwfile="$PG_DIR/password" \
	    ${PG_INITDB_ARGS:-} >"$PG_DIR/initdb.out" 2>&1 || {
		sed 's/^/# /' "$PG_DIR/initdb.out" >&2
		pg_bail "initdb failed, see above"
	}
	PGHOST=$PG_DIR PGUSER=postgres PGDATABASE=postgres
	unset PGPASSWORD PGSERVICE PGSSLMODE PGOPTIONS PGPASSFILE
	if [ "${PG_TCP:-0}" = 1 ]; then
		pg_try=0
		while :; do
			PGPORT=$((20000 + ($$ * 7 + pg_try * 1013) % 12000))
			pg_launch "$PGPORT" && break
			pg_try=$((pg_try + 1))
			[ $pg_try -lt 8 ] || pg_failed
		done
		PG_TCP_URL=postgresql://postgres:$PG_PASSWORD@127.0.0.1:$PGPORT/postgres
		export PG_TCP_URL PG_PASSWORD
	else
		PGPORT=5432
		pg_launch "" || pg_failed
	fi
	PG_URL="postgresql:///postgres?host=$PG_DIR&port=$PGPORT&user=postgres"
	export PGHOST PGPORT PGUSER PGDATABASE PG_URL PG_DIR
}

pg_failed() {
	sed 's/^/# /' "$PG_DIR/start.out" "$PG_DIR/log" >&2
	pg_bail "the PostgreSQL server did not start, see above"
}

# Restarts the server with the same data, to test what survives a crash
# ("immediate") or a clean stop ("fast").
pg_restart() { # MODE
	pg_as "$PG_BIN/pg_ctl" -s -D "$PG_DIR/data" -m "$1" -w stop
	case $PGPORT in
	5432) pg_launch "" || pg_failed ;;
	*) pg_launch "$PGPORT" || pg_failed ;;
	esac
}

pg_stop() {
	[ -n "${PG_DIR:-}" ] || return 0
	if [ -f "$PG_DIR/data/postmaster.pid" ]; then
		pg_as "$PG_BIN/pg_ctl" -s -D "$PG_DIR/data" -m immediate \
		    -w -t 60 stop >/dev/null 2>&1
	fi
	rm -rf "$PG_DIR"
	PG_DIR=
}

case ${0##*/} in
pg.sh)
	[ $# -gt 0 ] || {
		echo "usage: tests/pg.sh COMMAND ARG..." >&2
		exit 2
	}
	trap pg_stop EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP PIPE
	pg_start
	"$@"
	exit $?
	;;
esac
