#!/bin/sh
# partition.sh - vex.observations cut into partitions by tenant, as
# docs/scale.md says: the same migrations, the same rules.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
pg_start
DB=t
fresh $DB
apply one $DB "$BASE" "$LINKAGE"
fill $DB small 1 200 >/dev/null
fill $DB large 1 500 >/dev/null
link $DB large 2 >/dev/null
before=$(q $DB "SELECT count(*), count(rekor_uuid), md5(string_agg(o::text, ''
    ORDER BY tenant, observation_id)) FROM vex.observations o")

# The very text of the page.
sed -n '/^-- partition.sql/,/^```/p' "$SOURCE/docs/scale.md" |
    grep -v '^```' >"$WORK/partition.sql"
has "$(cat "$WORK/partition.sql")" 'PARTITION BY LIST (tenant)' \
    "docs/scale.md says how"
(cd "$SOURCE" && psql -X -q -1 -v ON_ERROR_STOP=1 -d $DB \
    -f "$WORK/partition.sql") >"$WORK/out" 2>&1
ok $? "it works as it stands there"
grep -E 'ERROR' "$WORK/out" | sed 's/^/# /'
is "$(q $DB "SELECT count(*), count(rekor_uuid), md5(string_agg(o::text, ''
    ORDER BY tenant, observation_id)) FROM vex.observations o")" "$before" \
    "no row is lost or changed"
is "$(q $DB "SELECT tableoid::regclass, count(*) FROM vex.observations
    GROUP BY 1 ORDER BY 1")" 'vex.observations_large|500
vex.observations_rest|200' "each tenant lies in its partition"
dump $DB >"$WORK/first"
for way in bare one online; do
	apply $way $DB "$BASE" "$LINKAGE"
	ok $? "the migrations again, $way"
	sed 's/^/# /' "$WORK/apply.out" | grep -E 'ERROR|could not'
	dump $DB >"$WORK/again"
	same "$WORK/first" "$WORK/again" "change nothing, $way"
done
is "$(q $DB "SELECT count(*) FROM pg_indexes WHERE schemaname = 'vex'
    AND tablename = 'observations_large'")" 8 \
    "the large tenant's partition has all eight indexes"
has "$(q $DB "UPDATE vex.observations SET status = 'fixed'")" 'is refused' \
    "what was said can't be changed"
has "$(q $DB "UPDATE vex.observations_large SET status = 'fixed'")" \
    'is refused' "nor through the partition"
has "$(q $DB 'DELETE FROM vex.observations_large')" 'is refused' \
    "nor deleted through it"
has "$(q $DB 'TRUNCATE vex.observations')" 'is refused' "nor emptied"
is "$(as vexlog_app small $DB 'SELECT count(*) FROM vex.observations')" 200 \
    "a tenant sees its own"
has "$(as vexlog_app small $DB 'SELECT count(*) FROM vex.observations_large')" \
    'permission denied' "and reaches no partition by its name"
link $DB small 1 >/dev/null
is "$(q $DB "SELECT count(rekor_uuid) FROM vex.observations
    WHERE tenant = 'small'")" 200 "rows are linked"
has "$(q $DB "EXPLAIN SELECT * FROM vex.observations WHERE tenant = 'large'
    AND observation_id = 'x'")" observations_large "one tenant, one partition"
lacks "$(q $DB "EXPLAIN SELECT * FROM vex.observations WHERE tenant = 'large'
    AND observation_id = 'x'")" observations_rest "and no other"
tap_done
