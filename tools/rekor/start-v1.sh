#!/bin/sh
# start-v1.sh FOLDER PORT: a real Rekor v1 on 127.0.0.1 with all it needs:
#
#   PORT    rekor-server          PORT+5  PostgreSQL
#   PORT+1  trillian log server   PORT+6  redis (search index)
#   PORT+3  trillian log signer   (+2, +4: their HTTP ports)
#
# EXTRA     more flags for rekor-server, e.g. --max_request_body_size=1024
#
# The folder keeps database and key, so starting again goes on with the same
# log; what still runs there (stop.sh FOLDER rekor) is left alone. Prints
# url, origin and key, for a trust file.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
folder=${1:?folder} port=${2:?port}
host=rekor1.interop.test
tool openssl openssl
tool redis-server redis-server
tool curl curl
tool python3 python3
tool psql postgresql
tool runuser util-linux
rekor=$(program rekor-server)
logserver=$(program trillian_log_server)
signer=$(program trillian_log_signer)
pg=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -n "$pg" ] || die "no PostgreSQL server: install postgresql"
schema=$cache/trillian.sql
[ -f "$schema" ] || die "no $schema: run tools/rekor/build.sh v1"

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
touch "$folder/pids"

runs() {
	grep -q "^$1 " "$folder/pids"
}

# The server refuses to run as root.
as_postgres() {
	if [ "$(id -u)" = 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

sql() {
	psql -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p $((port + 5)) -U trillian \
		"$@" >/dev/null
}

if ! runs postgresql; then
	new=
	if [ ! -d "$folder/pg/data" ]; then
		new=yes
		mkdir -p "$folder/pg"
		[ "$(id -u)" != 0 ] || chown postgres "$folder/pg"
		as_postgres "$pg/initdb" -D "$folder/pg/data" -A trust \
			-U trillian --no-sync >"$folder/initdb.log" 2>&1
	fi
	as_postgres "$pg/pg_ctl" -D "$folder/pg/data" -w \
		-l "$folder/pg/postgresql.log" -o "-p $((port + 5)) \
		-c listen_addresses=127.0.0.1 -c fsync=off \
		-c unix_socket_directories=$folder/pg" start >/dev/null
	echo "postgresql $(head -1 "$folder/pg/data/postmaster.pid")" \
		>>"$folder/pids"
	if [ -n "$new" ]; then
		sql -d postgres -c 'create database trillian'
		sql -d trillian -f "$schema"
		openssl genpkey -algorithm EC -pkeyopt \
			ec_paramgen_curve:P-256 -out "$folder/key.pem"
		openssl pkey -in "$folder/key.pem" -pubout \
			-out "$folder/pub.pem"
	fi
fi
database="postgresql://trillian@127.0.0.1:$((port + 5))/trillian"
storage="--quota_system=noop --storage_system=postgresql
	--postgresql_uri=$database?sslmode=disable --logtostderr"
runs redis || run "$folder" redis redis-server --bind 127.0.0.1 \
	--port $((port + 6)) --dir "$folder" --save ''
# shellcheck disable=SC2086 # the flags are words
runs logserver || run "$folder" logserver "$logserver" $storage \
	--rpc_endpoint=127.0.0.1:$((port + 1)) \
	--http_endpoint=127.0.0.1:$((port + 2))
# shellcheck disable=SC2086
runs signer || run "$folder" signer "$signer" $storage --force_master \
	--rpc_endpoint=127.0.0.1:$((port + 3)) \
	--http_endpoint=127.0.0.1:$((port + 4)) --sequencer_interval=200ms
until_true 60 answers "http://127.0.0.1:$((port + 2))/healthz" ||
	die "trillian is not up: see $folder/logserver.log"

# rekor-server opens a metrics port on all interfaces, 2112, and no flag says
# otherwise. Where 127.0.0.1:2112 is taken it fails to, and goes on.
runs hold2112 || run "$folder" hold2112 python3 -c '
import signal, socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", 2112))
s.listen(1)
signal.pause()'
until_true 5 sh -c 'ss -Hltn | grep -q "127.0.0.1:2112 "' ||
	die "cannot hold 127.0.0.1:2112"

tree=0
[ ! -f "$folder/tree" ] || tree=$(cat "$folder/tree")
# shellcheck disable=SC2086
run "$folder" rekor "$rekor" serve --rekor_server.address=127.0.0.1 \
	--port="$port" --rekor_server.hostname=$host \
	--rekor_server.signer="$folder/key.pem" \
	--trillian_log_server.address=127.0.0.1 \
	--trillian_log_server.port=$((port + 1)) \
	--trillian_log_server.tlog_id="$tree" \
	--search_index.storage_provider=redis \
	--redis_server.address=127.0.0.1 \
	--redis_server.port=$((port + 6)) ${EXTRA:-}
until_true 60 answers "http://127.0.0.1:$port/api/v1/log" ||
	die "not up: see $folder/rekor.log"
loopback_only "$folder"
curl -fsS "http://127.0.0.1:$port/api/v1/log" | python3 -c '
import json, sys
print(json.load(sys.stdin)["treeID"])' >"$folder/tree"
echo "url=http://127.0.0.1:$port origin='$host - $(cat "$folder/tree")'" \
	"key=$folder/pub.pem"
