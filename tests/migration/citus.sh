#!/bin/sh
# citus.sh - distribute.sql on a real Citus cluster: VEXLOG_TEST_CITUS is the
# URL of a superuser's login to an empty database of its coordinator, which
# takes logins over loopback or its socket without a password. Citus is in no
# package registry, so without a cluster this says plainly that nothing ran.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
DISTRIBUTE=$SOURCE/devops/database/citus/distribute.sql

if [ -z "${VEXLOG_TEST_CITUS:-}" ]; then
	echo "ok 1 # SKIP not run: VEXLOG_TEST_CITUS names no Citus cluster"
	echo "1..1"
	exit 0
fi
# A URL takes the place of a database name everywhere below.
DB=$VEXLOG_TEST_CITUS
case $(q "$DB" "SELECT count(*) FROM pg_namespace
    WHERE nspname IN ('vex', 'vexhub', 'attestor')") in
0) ;;
*) pg_bail "the database of VEXLOG_TEST_CITUS is not empty, or not there" ;;
esac
note "$(q "$DB" 'SELECT citus_version()' | cut -d ' ' -f 1-2)," \
    "$(q "$DB" 'SELECT count(*) FROM citus_get_active_worker_nodes()') workers"

# The same URL with another user.
login() { # USER
	printf '%s\n' "$DB" | sed "s#//[^@/]*@#//$1@#"
}
by() { # USER TENANT SQL: in one transaction, as a program would
	printf '%s\n' 'BEGIN;' "SET LOCAL app.tenant_id = '$2';" "$3;" \
	    'COMMIT;' | psql -X -q -A -t -v ON_ERROR_STOP=1 \
	    -d "$(login "$1")" -f - 2>&1
}
clean() {
	q "$DB" "SET client_min_messages = error;
	    DROP SCHEMA IF EXISTS vex, vexhub, attestor CASCADE" >/dev/null
}
trap 'clean; rm -rf "$WORK"' EXIT
distribute() { # MODE
	psql -X -q -1 -v ON_ERROR_STOP=1 -v shard_by="$1" -v shards=8 \
	    -d "$DB" -f "$DISTRIBUTE" >"$WORK/out" 2>&1
}

# What the program does to link a batch; in a bucket mode the claim names one.
claim() { # USER TENANT MORE-CONDITIONS
	by "$1" "$2" "SELECT count(*) FROM (SELECT o.observation_id
	    FROM vex.observations o WHERE o.tenant = '$2' $3
		AND o.rekor_uuid IS NULL AND NOT EXISTS (
		SELECT FROM attestor.rekor_submission_members m
		WHERE m.tenant = o.tenant
		    AND m.observation_id = o.observation_id)
	    ORDER BY o.created_at, o.observation_id LIMIT 10) AS claimed"
}

for mode in tenant bucket; do
	clean
	"$SOURCE/devops/database/migrate.sh" -d "$DB" 2>/dev/null
	ok $? "migrations, $mode"
	for user in app linker; do
		q "$DB" "CREATE ROLE vexlog_test_$user LOGIN" >/dev/null
		q "$DB" "GRANT vexlog_$user TO vexlog_test_$user" >/dev/null
	done
	distribute $mode
	ok $? "distributed by $mode"
	q "$DB" "SELECT table_name, citus_table_type, distribution_column,
	    colocation_id FROM citus_tables ORDER BY 1" >"$WORK/first"
	distribute $mode
	has "$(cat "$WORK/out")" 'nothing to do' "a second time it has nothing to do"
	is "$(grep -c '|distributed|' "$WORK/first")" \
	    "$([ $mode = tenant ] && echo 10 || echo 9)" "the tables are spread"
	apply bare "$DB" "$BASE" "$LINKAGE"
	ok $? "the migrations again, on distributed tables"
	q "$DB" "SELECT table_name, citus_table_type, distribution_column,
	    colocation_id FROM citus_tables ORDER BY 1" >"$WORK/second"
	same "$WORK/first" "$WORK/second" "change nothing about it"

	fill "$DB" one 1 400 >/dev/null
	fill "$DB" two 1 200 >/dev/null
	is "$(q "$DB" 'SELECT count(*) FROM vex.observations')" 600 \
	    "rows of two tenants"
	fill "$DB" one 1 400 2>&1 | grep -q 'duplicate key'
	ok $? "ids are unique"
	for user in app linker; do
		is "$(by vexlog_test_$user one 'SELECT count(*)
		    FROM vex.observations')" 400 "$user sees its tenant's"
		is "$(by vexlog_test_$user one "SELECT count(*)
		    FROM vex.observations WHERE tenant = 'two'")" 0 \
		    "$user sees no other's"
	done
	has "$(by vexlog_test_app one "INSERT INTO vex.blobs (tenant, kind,
	    digest, content) VALUES ('two', 'k', 'd', '')")" \
	    'row-level security' "nor writes any"
	SET="rekor_uuid = repeat('a', 64), rekor_log_index = 1,
	    rekor_log_id = repeat('b', 64), rekor_linked_at = '2026-01-17Z'"
	is "$(by vexlog_test_linker one "UPDATE vex.observations SET $SET
	    WHERE tenant = 'one' AND observation_id IN (SELECT observation_id
	    FROM vex.observations ORDER BY 1 LIMIT 5)")" "" "rows are linked"
	is "$(by vexlog_test_linker one "SELECT count(*) FROM vex.observations
	    WHERE rekor_uuid = repeat('a', 64)")" 5 "five of them"
	has "$(by vexlog_test_linker one "UPDATE vex.observations
	    SET rekor_log_index = -1 WHERE rekor_uuid IS NOT NULL")" \
	    ck_vex_observations_rekor_complete "the CHECK holds on every shard"
	has "$(by vexlog_test_app one "UPDATE vex.observations
	    SET status = 'fixed'")" 'permission denied' \
	    "what was said can't be changed"
	has "$(by vexlog_test_app one 'DELETE FROM vex.observations')" \
	    'permission denied' "nor deleted"
	has "$(by vexlog_owner one 'SELECT 1')" 'not permitted to log in' \
	    "the owner can't log in"
	is "$(claim vexlog_test_linker one '')" 10 "a worker claims"
	if [ $mode = bucket ]; then
		bucket=$(q "$DB" "SELECT bucket FROM vex.observations
		    WHERE tenant = 'one' AND rekor_uuid IS NULL
		    GROUP BY 1 HAVING count(*) >= 10 ORDER BY 1 LIMIT 1")
		is "$(claim vexlog_test_linker one "AND o.bucket = $bucket")" \
		    10 "and from one bucket"
	fi

	# The statements of the store.
	refused=
	for name in $(statements); do
		out=$(DB=$(login vexlog_test_app) && explain vexlog_test_app \
		    "$name")
		case $out in
		*ERROR*)
			refused="$refused $name"
			printf '%s\n' "$out" | grep ERROR | sed "s/^/# $name: /"
			;;
		esac
	done
	is "$refused" ' find_log_index' \
	    "the store's statements that Citus refuses, by $mode"
done
clean
tap_done
