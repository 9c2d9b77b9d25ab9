#!/bin/sh
# flyway.sh - the migrations by Flyway, before, after and between the other
# ways: pg_dump says the same each time and no row is written again.
#
# Not part of `make check`: it needs Java, Maven and, once, Maven Central
# (tools/flyway.sh deps).
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
PG_TCP=1
"$SOURCE/tools/flyway.sh" deps >"$WORK/deps" 2>&1 || {
	sed 's/^/# /' "$WORK/deps"
	pg_bail "Flyway could not be had, see above"
}
pg_start

# Each HISTORY is a record of its own, so Flyway applies both files again.
flyway() { # DATABASE HISTORY GOAL
	"$SOURCE/tools/flyway.sh" "$3" \
	    "-Dflyway.url=jdbc:postgresql://127.0.0.1:$PGPORT/$1" \
	    -Dflyway.user=postgres "-Dflyway.password=$PG_PASSWORD" \
	    "-Dflyway.table=flyway_$2" \
	    -Dflyway.baselineOnMigrate=true -Dflyway.baselineVersion=0 >"$WORK/apply.out" 2>&1
}
by() { # WAY DATABASE
	case $1 in
	flyway*) flyway "$2" "$1" migrate ;;
	*) apply "$1" "$2" "$BASE" "$LINKAGE" ;;
	esac
}

fresh t_one
apply one t_one "$BASE" "$LINKAGE"
dump t_one >"$WORK/psql.sql"

fresh t_fly
for round in 1 2 3; do
	flyway t_fly history migrate
	ok $? "Flyway, round $round"
	dump t_fly >"$WORK/fly.$round"
	same "$WORK/fly.$round" "$WORK/psql.sql" \
	    "round $round gives the schema that psql gives"
done
is "$(q t_fly "SELECT version, success FROM flyway_history
    WHERE version IS NOT NULL ORDER BY 1")" '20260101|t
20260117|t' "Flyway knows both as applied"
flyway t_fly history validate
ok $? "and finds the files as they were"

for order in 'flyway1 bare program' 'flyway1 program flyway2' \
    'one flyway1 program' 'one program flyway1' 'program flyway1 online' \
    'program one flyway1' 'online flyway1 flyway2'; do
	fresh t_rows
	# shellcheck disable=SC2086
	set -- $order
	by "$1" t_rows
	ok $? "first $1"
	fill t_rows default 1 3000
	link t_rows default 3
	before=$(fingerprint t_rows)
	for way in "$@"; do
		by "$way" t_rows
		rc=$?
		ok $rc "applied on linked rows, $way of $order"
		[ $rc -eq 0 ] || sed 's/^/# /' "$WORK/apply.out"
		is "$(fingerprint t_rows)" "$before" \
		    "no row was written again, $way of $order"
		dump t_rows >"$WORK/rows"
		same "$WORK/rows" "$WORK/psql.sql" "the schema is the same, $way"
	done
	lacks "$before" '3000|0|' "with linked rows ($before)"
done
tap_done
