#!/bin/sh
# tenants.sh - who may see and do what: tenants are kept apart by the database
# (row-level security), duties by roles.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
pg_start
DB=t

# First in a cluster without our roles, as an owner who may not make any.
q postgres 'CREATE ROLE plain LOGIN' >/dev/null
q postgres 'CREATE DATABASE t_plain OWNER plain' >/dev/null
(PGUSER=plain && export PGUSER && apply bare t_plain "$BASE" "$LINKAGE")
ok $? "applied by an owner who may not make roles"
has "$(cat "$WORK/apply.out")" \
    'role vexlog_linker is missing and plain may not make it' \
    "with a warning for each"
is "$(q postgres "SELECT count(*) FROM pg_roles
    WHERE rolname LIKE 'vexlog%'")" 0 "no role was made"

fresh $DB
apply bare $DB "$BASE" "$LINKAGE"
is "$(q postgres "SELECT string_agg(rolname, ' ' ORDER BY rolname)
    FROM pg_roles WHERE rolname LIKE 'vexlog%' AND NOT (rolcanlogin
	OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)")" \
    'vexlog_app vexlog_linker vexlog_reader vexlog_retention' \
    "four roles, none can log in or has any power over the cluster"
(PGUSER=plain && export PGUSER && apply one t_plain "$BASE" "$LINKAGE")
is "$(q t_plain "SELECT has_column_privilege('vexlog_linker',
    'vex.observations', 'rekor_uuid', 'UPDATE')")" t \
    "once they are there the next run grants to them"

# Row-level security on all that belongs to a tenant.
is "$(q $DB "SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'
    WHERE c.relkind = 'r' AND c.relnamespace IN ('vex'::regnamespace,
	'vexhub'::regnamespace, 'attestor'::regnamespace)
    AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (
	SELECT FROM pg_policy WHERE polrelid = c.oid AND polcmd = '*'
	    AND polpermissive AND polqual IS NOT NULL
	    AND polwithcheck IS NOT NULL))")" "" \
    "every table with a tenant has row-level security, forced"

fill $DB one 1 300
fill $DB two 1 200
for role in vexlog_app vexlog_linker vexlog_reader vexlog_retention; do
	is "$(as $role one $DB "SELECT string_agg(DISTINCT tenant, ' ') || ' '
	    || count(*) FROM vex.observations")" 'one 300' \
	    "$role of tenant one sees that and nothing else"
	is "$(as $role three $DB 'SELECT count(*) FROM vex.observations')" 0 \
	    "$role of a tenant without rows sees none"
	is "$(as $role '' $DB 'SELECT count(*) FROM vex.observations')" 0 \
	    "$role that names no tenant sees none"
	is "$(as $role one $DB "SELECT count(*) FROM vex.observations
	    WHERE tenant = 'two'")" 0 "$role can't ask for another's rows"
done
is "$(as vexlog_app one $DB "SELECT count(*) FROM vex.observations
    WHERE observation_id IN (SELECT observation_id FROM vex.observations)
	OR true")" 300 "no condition gets around it"
is "$(as vexlog_reader one $DB "SELECT reltuples <= 0 OR true FROM pg_class
    WHERE oid = 'vex.observations'::regclass")" t "(counts of pg_class are no rows)"

row() { # TENANT ID
	echo "INSERT INTO vex.observations SELECT (jsonb_populate_record(NULL::
	vex.observations, '{\"tenant\": \"$1\", \"observation_id\": \"$2\",
	\"bucket\": 0, \"content_digest\": \"\", \"document_digest\": \"\",
	\"format\": \"\", \"pointer\": \"\", \"provider_id\": \"\",
	\"vulnerability_id\": \"\", \"product_key\": \"\",
	\"aliases\": \"[]\", \"product_text\": \"\",
	\"status\": \"fixed\", \"source_status\": \"\",
	\"said_at\": \"2026-01-01Z\", \"said_at_from\": \"none\",
	\"mapping_version\": \"1\", \"created_at\": \"2026-01-01Z\"}')).*"
}
is "$(as vexlog_app one $DB "$(row one a)")" "" "a row of its own goes in"
has "$(as vexlog_app one $DB "$(row two b)")" 'row-level security' \
    "a row of another tenant does not"
has "$(as vexlog_app '' $DB "$(row one c)")" 'row-level security' \
    "nor any where no tenant was named"
has "$(as vexlog_app '' $DB "$(row '' d)")" 'row-level security' \
    "the empty tenant is none"
SET="rekor_uuid = '$(printf '%064d' 0)', rekor_log_index = 7,
    rekor_log_id = '$(printf '%064d' 1)', rekor_linked_at = '2026-01-17Z'"
is "$(as vexlog_linker one $DB "WITH done AS (UPDATE vex.observations SET $SET
    RETURNING tenant) SELECT tenant, count(*) FROM done GROUP BY 1")" \
    'one|301' "an UPDATE of everything links the tenant's own rows"
is "$(q $DB "SELECT tenant, count(rekor_uuid) FROM vex.observations
    GROUP BY 1 ORDER BY 1")" 'one|301
two|0' "the other tenant's are pending as before"
is "$(as vexlog_retention one $DB "WITH gone AS (DELETE FROM vex.observations
    RETURNING tenant) SELECT tenant, count(*) FROM gone GROUP BY 1")" \
    'one|301' "so does a DELETE of everything"
is "$(q $DB 'SELECT count(*) FROM vex.observations')" 200 \
    "the other tenant's rows are there"
is "$(printf '%s\n' 'SET ROLE vexlog_reader;' 'BEGIN;' \
    "SELECT set_config('app.tenant_id', 'two', true) \\g /dev/null" \
    'COMMIT;' 'SELECT count(*) FROM vex.observations;' |
    psql -X -q -At -d $DB)" 0 \
    "the tenant is forgotten when the transaction ends, as a pooler needs"
is "$(PGUSER=plain && export PGUSER && q t_plain \
    'SELECT count(*) FROM vex.observations')" 0 \
    "the owner of the tables sees no more than anybody"
fill t_plain one 1 5 >/dev/null
is "$(PGUSER=plain && export PGUSER && q t_plain \
    'SELECT count(*) FROM vex.observations')" 0 "also where there are rows"
is "$(q $DB 'SELECT count(*) FROM vex.observations')" 200 \
    "a superuser sees everything: so the program must not connect as one"

# What each role may do to an observation.
while read -r role right want; do
	is "$(q $DB "SELECT has_any_column_privilege('$role',
	    'vex.observations', '$right')")" "$want" "$role, $right: $want"
done <<'END'
vexlog_reader SELECT t
vexlog_reader INSERT f
vexlog_reader UPDATE f
vexlog_linker SELECT t
vexlog_linker INSERT f
vexlog_linker UPDATE t
vexlog_app SELECT t
vexlog_app INSERT t
vexlog_app UPDATE t
vexlog_retention UPDATE f
vexlog_retention INSERT f
END
is "$(q $DB "SELECT string_agg(column_name, ' ' ORDER BY ordinal_position)
    FROM information_schema.columns WHERE table_schema = 'vex'
	AND table_name = 'observations' AND column_name NOT LIKE 'rekor%'
	AND (has_column_privilege('vexlog_app', 'vex.observations',
	    column_name, 'UPDATE') OR has_column_privilege('vexlog_linker',
	    'vex.observations', column_name, 'UPDATE'))")" "" \
    "no role may UPDATE anything but rekor_ columns"
is "$(q $DB "SELECT string_agg(grantee || ' ' || privilege_type || ' '
	|| table_schema || '.' || table_name, ', ')
    FROM information_schema.table_privileges
    WHERE grantee LIKE 'vexlog%' AND (
	(privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')
	    AND grantee <> 'vexlog_retention')
	OR (privilege_type = 'DELETE' AND grantee <> 'vexlog_retention'
	    AND table_name NOT LIKE 'rekor_submission%'))")" "" \
    "nobody but the retention role may remove evidence"
is "$(q $DB "SELECT count(*) FROM information_schema.table_privileges
    WHERE grantee = 'PUBLIC' AND table_schema IN ('vex', 'vexhub',
	'attestor')")" 0 "nothing for everybody"
tap_done
