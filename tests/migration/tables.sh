#!/bin/sh
# tables.sh - the linkage file on databases that have all, some or none of the
# tables, of our making or of somebody else's.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
pg_start

columns() { # DATABASE TABLE
	q "$1" "SELECT string_agg(column_name || ' ' || data_type
		|| CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
		|| coalesce(' default ' || column_default, ''),
		', ' ORDER BY ordinal_position)
	FROM information_schema.columns
	WHERE table_schema || '.' || table_name = '$2'
	    AND (column_name LIKE 'rekor%' OR column_name LIKE '%verifi%')"
}

indexes() { # DATABASE
	q "$1" "SELECT string_agg(indexname, ' ' ORDER BY indexname)
	FROM pg_indexes WHERE indexname LIKE 'idx%rekor%'
	    AND indexname NOT LIKE '%submission%'
	    AND indexname !~ 'entries_(uuid|envelope)'"
}

OBSERVATION='rekor_uuid text, rekor_log_index bigint, rekor_log_id text, rekor_log_url text, rekor_integrated_time timestamp with time zone, rekor_tree_root text, rekor_tree_size bigint, rekor_inclusion_proof jsonb, rekor_entry_body_hash text, rekor_entry_kind text, rekor_linked_at timestamp with time zone'
STATEMENT='rekor_uuid text, rekor_log_index bigint, rekor_log_id text, rekor_integrated_time timestamp with time zone, rekor_linked_at timestamp with time zone'
ENTRY='last_verified_at timestamp with time zone, verification_count integer not null default 0, last_verification_result text, last_verification_error text'
ALL='idx_attestor_rekor_entries_due idx_vex_observations_pending_rekor idx_vex_observations_rekor_log_index idx_vex_observations_rekor_uuid idx_vexhub_statement_pending_rekor idx_vexhub_statement_rekor_uuid'

# All: ours.
fresh t_all
apply one t_all "$BASE" "$LINKAGE"
is "$(columns t_all vex.observations)" "$OBSERVATION" "vex.observations"
is "$(columns t_all vexhub.statement)" "$STATEMENT" "vexhub.statement"
is "$(columns t_all attestor.rekor_entries)" "$ENTRY" "attestor.rekor_entries"
is "$(indexes t_all)" "$ALL" "all six indexes"
is "$(q t_all "SELECT indexdef FROM pg_indexes
    WHERE indexname IN ($(printf "'%s'," $ALL)'') ORDER BY indexname")" \
    'CREATE INDEX idx_attestor_rekor_entries_due ON attestor.rekor_entries USING btree (last_verified_at NULLS FIRST, created_at)
CREATE INDEX idx_vex_observations_pending_rekor ON vex.observations USING btree (tenant, created_at, observation_id) WHERE (rekor_uuid IS NULL)
CREATE INDEX idx_vex_observations_rekor_log_index ON vex.observations USING btree (rekor_log_id, rekor_log_index) WHERE (rekor_log_index IS NOT NULL)
CREATE INDEX idx_vex_observations_rekor_uuid ON vex.observations USING btree (tenant, rekor_uuid) WHERE (rekor_uuid IS NOT NULL)
CREATE INDEX idx_vexhub_statement_pending_rekor ON vexhub.statement USING btree (tenant, "timestamp", id) WHERE (rekor_uuid IS NULL)
CREATE INDEX idx_vexhub_statement_rekor_uuid ON vexhub.statement USING btree (tenant, rekor_uuid) WHERE (rekor_uuid IS NOT NULL)' \
    "as they must be"
is "$(q t_all "SELECT string_agg(attname, ', ' ORDER BY array_position(
    i.indkey::int2[], a.attnum)) FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid
	AND a.attnum = ANY (i.indkey)
    WHERE i.indisprimary AND indrelid =
	'attestor.rekor_root_checkpoints'::regclass")" \
    'log_id, tree_size, tree_root' \
    "two roots for one size have room in the checkpoint table"
is "$(q t_all "SELECT string_agg(c.conrelid::regclass::text, ' ')
    FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid
	AND a.attnum = c.conkey[1]
    WHERE c.contype IN ('p', 'u') AND a.attname <> 'tenant'
	AND c.connamespace IN ('vex'::regnamespace, 'vexhub'::regnamespace,
	'attestor'::regnamespace)")" \
    'vex.migrations attestor.rekor_root_checkpoints' \
    "every other key begins with the tenant"

# None.
fresh t_none
for way in bare one online; do
	apply $way t_none "$LINKAGE"
	ok $? "on an empty database, $way"
done
is "$(q t_none "SELECT string_agg(schemaname || '.' || tablename, ' ')
    FROM pg_tables WHERE schemaname IN ('vex', 'vexhub', 'attestor')")" \
    attestor.rekor_root_checkpoints "only the new table is made"
is "$(indexes t_none)" "" "and no index"
apply one t_none "$BASE"
ok $? "the base file after it"
apply one t_none "$LINKAGE"
is "$(columns t_none vex.observations)" "$OBSERVATION" \
    "the linkage file again then finds its tables"
dump t_all >"$WORK/all"
dump t_none >"$WORK/none"
same "$WORK/none" "$WORK/all" "and the schema is the usual one"

# Each subset of our three tables.
for drop in vex.observations vexhub.statement attestor.rekor_entries \
    'vex.observations, vexhub.statement' \
    'vex.observations, attestor.rekor_entries' \
    'vexhub.statement, attestor.rekor_entries'; do
	fresh t_some
	apply one t_some "$BASE"
	q t_some "DROP TABLE $drop" >/dev/null
	for way in bare one online; do
		apply $way t_some "$LINKAGE"
		ok $? "without $drop, $way"
	done
	for table in vex.observations vexhub.statement \
	    attestor.rekor_entries; do
		case $drop in
		*$table*) want= ;;
		*) case $table in
			vex.*) want=$OBSERVATION ;;
			vexhub.*) want=$STATEMENT ;;
			*) want=$ENTRY ;;
			esac ;;
		esac
		is "$(columns t_some $table)" "$want" \
		    "$table without $drop"
	done
done

# Tables of another maker: other columns, keys, triggers, no tenant.
fresh t_other
q t_other "CREATE SCHEMA vex; CREATE SCHEMA vexhub; CREATE SCHEMA attestor;
    CREATE TABLE vex.observations (id uuid PRIMARY KEY, raw json, n int
	GENERATED ALWAYS AS IDENTITY, rekor_uuid text,
	created_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE vexhub.statement (id uuid PRIMARY KEY, tenant_id text,
	\"timestamp\" timestamptz);
    CREATE TABLE attestor.rekor_entries (uuid text PRIMARY KEY,
	verification_count integer NOT NULL DEFAULT 7);
    INSERT INTO vex.observations (id, raw) VALUES
	('00000000-0000-0000-0000-000000000001', '{\"a\": 1}');
    INSERT INTO attestor.rekor_entries VALUES ('u')" >/dev/null
for way in bare one online; do
	apply $way t_other "$LINKAGE"
	ok $? "on somebody else's tables, $way"
done
is "$(columns t_other vexhub.statement)" "$STATEMENT" "they get the columns"
is "$(indexes t_other)" idx_vex_observations_rekor_log_index \
    "and only the index whose columns exist"
is "$(q t_other 'SELECT verification_count FROM attestor.rekor_entries')" 7 \
    "a column that was there keeps its value"
LINK="UPDATE vex.observations SET rekor_uuid = repeat('a', 64),
    rekor_log_index = 1, rekor_log_id = repeat('b', 64),
    rekor_linked_at = '2026-01-17Z'"
is "$(q t_other "$LINK")" "" "a row of theirs can be linked, json and all"
has "$(q t_other "$LINK")" 'a linkage is written once' "once"
has "$(q t_other "UPDATE vex.observations SET raw = '{}'")" 'refused' \
    "and is as immutable as ours"
before=$(q t_other 'SELECT o::text, ctid, xmin FROM vex.observations o')
for way in bare one online; do
	apply $way t_other "$LINKAGE"
	ok $? "again, $way"
done
is "$(q t_other 'SELECT o::text, ctid, xmin FROM vex.observations o')" \
    "$before" "the row of theirs was not touched"
has "$before" aaaaaaaa "it is linked"

# The base file beside tables of another maker.
fresh t_mixed
q t_mixed "CREATE SCHEMA vexhub; CREATE TABLE vexhub.statement (id text,
    note text); INSERT INTO vexhub.statement VALUES ('1', 'kept')" >/dev/null
apply bare t_mixed "$BASE" "$LINKAGE"
ok $? "both files beside one table of another maker"
is "$(q t_mixed 'SELECT note, rekor_uuid IS NULL FROM vexhub.statement')" \
    'kept|t' "which keeps its rows"
tap_done
