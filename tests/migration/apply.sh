#!/bin/sh
# apply.sh - the migrations may be applied by anybody, in any way, as often as
# he likes: the schema is the same each time and no row is touched.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
pg_start

# Both files hold no transaction of their own and no timestamps.
for file in "$BASE" "$LINKAGE"; do
	is "$(grep -ciE '^[[:space:]]*(BEGIN|COMMIT|ROLLBACK|START)[[:space:]]*(TRANSACTION)?;' \
	    "$file")" 0 "${file##*/} holds no BEGIN or COMMIT"
done

# Each way alone, three times.
for way in bare one online program; do
	fresh "t_$way"
	for round in 1 2 3; do
		apply $way "t_$way" "$BASE" "$LINKAGE"
		ok $? "applied, $way, round $round"
		dump "t_$way" >"$WORK/$way.$round"
	done
	same "$WORK/$way.1" "$WORK/$way.2" "$way: the second round changes nothing"
	same "$WORK/$way.1" "$WORK/$way.3" "$way: nor the third"
	same "$WORK/$way.1" "$WORK/bare.1" "$way gives the same schema as bare"
done

# On rows, a third of them linked: each way before and after each other.
for order in 'bare one program online' 'program bare online one' \
    'one online bare program' 'online program one bare'; do
	fresh t_rows
	set -- $order
	apply "$1" t_rows "$BASE" "$LINKAGE"
	fill t_rows default 1 3000
	fill t_rows other 1 500
	link t_rows default 3
	before=$(fingerprint t_rows)
	for way in "$@"; do
		apply "$way" t_rows "$BASE" "$LINKAGE"
		ok $? "applied on linked rows, $way, in the order $order"
		is "$(fingerprint t_rows)" "$before" \
		    "no row was written again, $way, in the order $order"
	done
	dump t_rows >"$WORK/rows"
	same "$WORK/rows" "$WORK/bare.1" "the schema is the same, order $order"
done
has "$before" "3500|" "the rows are all there ($before)"
lacks "$before" "3500|0|" "some of them are linked"

# Rows that came before the linkage file.
fresh t_old
apply one t_old "$BASE"
fill t_old default 1 2000
old=$(q t_old "SELECT md5(string_agg(o::text, '' ORDER BY observation_id))
    FROM vex.observations o")
apply one t_old "$LINKAGE"
ok $? "the linkage file on rows that were there before it"
is "$(q t_old "SELECT count(*) FROM vex.observations WHERE rekor_uuid IS NULL
    AND rekor_linked_at IS NULL AND rekor_inclusion_proof IS NULL")" 2000 \
    "all of them are pending"
is "$(q t_old "SELECT md5(string_agg(regexp_replace(o::text, ',{11}\)\$', ')'),
    '' ORDER BY observation_id)) FROM vex.observations o")" "$old" \
    "nothing else about them changed"

# A database whose own order of text is not that of bytes.
q postgres "CREATE DATABASE t_icu TEMPLATE template0 LOCALE_PROVIDER icu
    ICU_LOCALE 'en-US'" >"$WORK/icu" || note "no ICU: $(cat "$WORK/icu")"
if ! grep -q ERROR "$WORK/icu"; then
	apply one t_icu "$BASE" "$LINKAGE"
	is "$(q t_icu "SELECT string_agg(x, '' ORDER BY x)
	    FROM (VALUES ('a'), ('B')) AS v (x)")" aB \
	    "this database sorts as people do"
	q t_icu "INSERT INTO vex.blobs (tenant, kind, digest, content)
	    VALUES ('t', 'k', 'a', ''), ('t', 'k', 'B', '')" >/dev/null
	is "$(q t_icu "SELECT string_agg(digest, '' ORDER BY digest)
	    FROM vex.blobs")" Ba "and our ids sort by their bytes all the same"
fi

# A role that owns the database but may make no roles.
q postgres 'CREATE ROLE plain LOGIN' >/dev/null
q postgres 'CREATE DATABASE t_plain OWNER plain' >/dev/null
(PGUSER=plain && export PGUSER && apply one t_plain "$BASE" "$LINKAGE")
ok $? "a mere owner of the database can apply them"
dump t_plain | sed 's/plain/postgres/g' >"$WORK/plain"
is "$(grep -c 'CREATE TABLE' "$WORK/plain")" \
    "$(grep -c 'CREATE TABLE' "$WORK/bare.1")" "with all tables"

# Noted as the program would note it.
fresh t_noted
"$SOURCE/devops/database/migrate.sh" -d t_noted 2>"$WORK/out"
ok $? "migrate.sh applies them"
is "$(q t_noted 'SELECT version, checksum FROM vex.migrations ORDER BY 1')" \
    "20260101|sha256:$(sha256sum "$BASE" | cut -d ' ' -f 1)
20260117|sha256:$(sha256sum "$LINKAGE" | cut -d ' ' -f 1)" \
    "and notes version and checksum"
"$SOURCE/devops/database/migrate.sh" -d t_noted 2>"$WORK/out"
has "$(cat "$WORK/out")" '0 applied' "a second run has nothing to do"
q t_noted "UPDATE vex.migrations SET checksum = 'sha256:00'
    WHERE version = '20260117'" >/dev/null
"$SOURCE/devops/database/migrate.sh" -d t_noted 2>"$WORK/out"
is $? 4 "a file with another checksum stops it"
has "$(cat "$WORK/out")" 'was applied with checksum sha256:00' "and says so"

# The syntax of 13 is enough: nothing younger is used.
is "$(cat "$BASE" "$LINKAGE" | grep -cE \
    'OR REPLACE TRIGGER|NULLS NOT DISTINCT|MERGE INTO|security_invoker')" 0 \
    "nothing that PostgreSQL 13 does not know"
tap_done
