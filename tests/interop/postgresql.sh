#!/bin/bash
# postgresql.sh [MAJOR...] - the store and its migrations on every major of
# PostgreSQL that vexlog names but the distribution's own, which `make check`
# uses: 13, 14, 16, 17 and 18.
#
# The servers come from npm (tests/interop/postgresql/package-lock.json); psql
# and pg_dump are the distribution's.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
[ $# -gt 0 ] || set -- 13 14 16 17 18
command -v npm >/dev/null || {
	echo "Bail out! no npm: apt-get install npm"
	exit 1
}
# outside the source: root's servers run as user postgres, who may read it
folder=$(mktemp -d "${TMPDIR:-/tmp}/vexlog-majors.XXXXXX")
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cp "$root"/tests/interop/postgresql/package*.json "$folder"
# no script of a package runs by itself; theirs puts the links back that npm
# can't carry
(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund >npm.out 2>&1) || {
	sed 's/^/# /' "$folder/npm.out"
	echo "Bail out! npm could not fetch the servers, see above"
	exit 1
}

export VEXLOG_SOURCE=$root VEXLOG=$root/build/src/cli/vexlog
passed=0 failed=0
run() { # NAME COMMAND...
	local name=$1 code=0
	shift
	"$@" >"$folder/out" 2>"$folder/err" || code=$?
	if [ $code = 0 ] && ! grep -q '^not ok' "$folder/out"; then
		printf 'ok - PostgreSQL %s: %s (%d)\n' "$major" "$name" \
		    "$(grep -c '^ok' "$folder/out")"
		passed=$((passed + 1))
	else
		printf 'not ok - PostgreSQL %s: %s\n' "$major" "$name"
		grep -A5 '^not ok\|^Bail' "$folder/out" | head -n 30
		tail -n 5 "$folder/err" | sed 's/^/# /'
		failed=$((failed + 1))
	fi
}

for major; do
	package=$folder/node_modules/postgresql-$major
	(cd "$package" && node scripts/hydrate-symlinks.js >/dev/null)
	export PG_BIN=$package/native/bin
	case $("$PG_BIN/postgres" --version) in
	"postgres (PostgreSQL) $major."*) ;;
	*) echo "Bail out! $PG_BIN is not PostgreSQL $major" && exit 1 ;;
	esac
	for name in unit/store unit/store_kept unit/store_queue store/postgres
	do
		run "$name" "$root/tests/store/postgres.sh" \
		    "$root/build/tests/${name}_test"
	done
	for name in apply broken online tables tenants write_once; do
		run "migration-$name" "$root/tests/migration/$name.sh"
	done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
