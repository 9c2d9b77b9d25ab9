#!/bin/sh
# write_once.sh - the database itself keeps observations: of all that can be
# done to a row only one thing goes through, and that once.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
pg_start
DB=t
fresh $DB
apply one $DB "$BASE" "$LINKAGE"
fill $DB default 1 200

H64=$(printf 'a%063d' 0)
SET="rekor_uuid = '$H64', rekor_log_index = 7,
    rekor_log_id = '$(printf 'b%063d' 0)', rekor_linked_at = '2026-01-17Z'"
ONE="WHERE observation_id = (SELECT min(observation_id) FROM vex.observations
    WHERE rekor_uuid IS NULL)"
LINKED="WHERE rekor_uuid IS NOT NULL"
NEVER='an observation never changes'
ONCE='a linkage is written once'

# The intact thing first.
is "$(q $DB "UPDATE vex.observations SET $SET, rekor_log_url = 'u',
    rekor_integrated_time = now(), rekor_tree_root = 'r', rekor_tree_size = 9,
    rekor_inclusion_proof = '{}', rekor_entry_body_hash = 'h',
    rekor_entry_kind = 'hashedrekord' $ONE")" "" "a row is linked"
is "$(q $DB "UPDATE vex.observations SET $SET $ONE")" "" \
    "another with the four columns alone: a log may give no more"
is "$(q $DB 'SELECT count(rekor_uuid) FROM vex.observations')" 2 "two are linked"
state=$(fingerprint $DB)

# Every column that is no linkage.
for column in $(q $DB "SELECT column_name || '=' || data_type
    FROM information_schema.columns WHERE table_schema = 'vex'
	AND table_name = 'observations' AND column_name NOT LIKE 'rekor%'" |
    tr ' ' '_'); do
	name=${column%%=*}
	case ${column#*=} in
	smallint) value='(bucket + 1) % 256' ;;
	timestamp*) value="$name + interval '1 microsecond'" ;;
	*) value="coalesce($name, '') || 'x'" ;;
	esac
	[ "$name" != status ] || value="'affected'"
	has "$(q $DB "UPDATE vex.observations SET $name = $value $ONE")" \
	    'refused' "$name of a pending row"
	has "$(q $DB "UPDATE vex.observations SET $name = $value, $SET $ONE")" \
	    "$NEVER" "$name together with a linkage"
	has "$(q $DB "UPDATE vex.observations SET $name = $value $LINKED")" \
	    "$ONCE" "$name of a linked row"
done

# Every column of a linkage that is there.
for column in rekor_uuid rekor_log_index rekor_log_id rekor_log_url \
    rekor_integrated_time rekor_tree_root rekor_tree_size \
    rekor_inclusion_proof rekor_entry_body_hash rekor_entry_kind \
    rekor_linked_at; do
	for value in NULL "$column" "$(q $DB "SELECT CASE data_type
	    WHEN 'bigint' THEN '99' WHEN 'jsonb' THEN '''{\"x\": 1}'''
	    WHEN 'text' THEN quote_literal('$(printf 'c%063d' 0)')
	    ELSE '''2030-01-01Z''' END FROM information_schema.columns
	    WHERE table_schema = 'vex' AND table_name = 'observations'
		AND column_name = '$column'")"; do
		has "$(q $DB "UPDATE vex.observations SET $column = $value
		    $LINKED")" "$ONCE" "$column of a linked row := $value"
	done
done
has "$(q $DB "UPDATE vex.observations SET $SET $LINKED")" "$ONCE" \
    "the same linkage again"
has "$(q $DB "UPDATE vex.observations SET $SET")" "$ONCE" \
    "all rows at once, two of them linked"
has "$(q $DB "UPDATE vex.observations SET rekor_uuid = '$H64' $ONE")" \
    'no complete linkage' "half a linkage"
has "$(q $DB "UPDATE vex.observations SET rekor_log_url = 'u' $ONE")" \
    'no complete linkage' "a linkage without its entry"
has "$(q $DB "UPDATE vex.observations SET rekor_uuid = NULL $ONE")" \
    'no complete linkage' "nothing at all"
has "$(q $DB "UPDATE vex.observations SET $SET, rekor_log_index = -1 $ONE" |
    head -n 1)" 'multiple assignments' "(a slip of the test would show)"
has "$(q $DB "INSERT INTO vex.observations SELECT * FROM vex.observations
    $LINKED ON CONFLICT (tenant, observation_id) DO UPDATE
    SET rekor_log_index = 8")" "$ONCE" "by INSERT ... ON CONFLICT DO UPDATE"
has "$(q $DB "DELETE FROM vex.observations $ONE")" \
    'only role vexlog_retention' "DELETE of a pending row"
has "$(q $DB "DELETE FROM vex.observations $LINKED")" \
    'only role vexlog_retention' "DELETE of a linked row"
has "$(q $DB 'DELETE FROM vex.observations')" 'DELETE is refused' "DELETE of all"
has "$(q $DB 'TRUNCATE vex.observations')" 'TRUNCATE is refused' "TRUNCATE"
has "$(q $DB 'TRUNCATE vex.documents, vex.observations')" \
    'TRUNCATE is refused' "TRUNCATE together with others"
is "$(fingerprint $DB)" "$state" "after all this no row was written"

# Two sessions, one row: the second finds it linked.
q $DB "INSERT INTO vex.observations SELECT (jsonb_populate_record(o,
    '{\"observation_id\": \"vex:obs:race\"}')).* FROM vex.observations o
    WHERE rekor_uuid IS NULL LIMIT 1" >/dev/null
RACE="WHERE observation_id = 'vex:obs:race'"
(printf '%s\n' 'BEGIN;' "UPDATE vex.observations SET $SET $RACE;" \
    "SELECT 'ready';" "SELECT pg_sleep(0.3) FROM pg_stat_activity LIMIT 1;" \
    'COMMIT;' | psql -X -q -At -d $DB >"$WORK/first" 2>&1) &
first=$!
while ! grep -q ready "$WORK/first" 2>/dev/null; do sleep 0.05; done
has "$(q $DB "UPDATE vex.observations SET $SET $RACE")" "$ONCE" \
    "a second worker that waited for the first"
wait $first
is "$(q $DB "UPDATE vex.observations SET $SET $RACE AND rekor_uuid IS NULL
    RETURNING 1")" "" "and one that asks for pending rows finds none"

# A table that somebody else extended: what follows from the rest is no change.
q $DB "ALTER TABLE vex.observations ADD COLUMN folded TEXT
    GENERATED ALWAYS AS (lower(product_key)) STORED" >/dev/null
has "$(q $DB "UPDATE vex.observations SET product_key = 'X', $SET $ONE")" \
    "$NEVER" "a product beside a generated column, together with a linkage"
is "$(q $DB "UPDATE vex.observations SET $SET $ONE RETURNING 1")" 1 \
    "a row with a generated column is linked"
q $DB 'ALTER TABLE vex.observations DROP COLUMN folded' >/dev/null

# The retention role, and only by its own name.
is "$(as vexlog_retention default $DB "DELETE FROM vex.observations $ONE
    RETURNING 1")" 1 "the retention role deletes"
q postgres 'CREATE ROLE keeper LOGIN' >/dev/null
q postgres 'GRANT vexlog_retention TO keeper' >/dev/null
has "$(PGUSER=keeper && export PGUSER && q $DB "BEGIN;
    SET LOCAL app.tenant_id = 'default'; DELETE FROM vex.observations $ONE")" \
    'SET ROLE vexlog_retention' "a member of it has to say so"
has "$(as vexlog_retention default $DB "UPDATE vex.observations
    SET status = 'fixed'")" 'permission denied' \
    "the retention role changes nothing"
has "$(as vexlog_app default $DB 'DELETE FROM vex.observations')" \
    'permission denied' "the program may not even try to delete"
is "$(as vexlog_retention default $DB 'TRUNCATE vex.observations')" "" \
    "the retention role empties the table"
is "$(q $DB 'SELECT count(*) FROM vex.observations')" 0 "which is empty"
tap_done
