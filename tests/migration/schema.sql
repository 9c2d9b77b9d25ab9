-- schema.sql - what a schema is, one line a thing, for a server that is newer
-- than the pg_dump at hand. Flyway's own table is not ours to compare.
WITH ours AS (
    SELECT c.oid, c.oid::regclass::text AS name, c.relkind,
	c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relacl
    FROM pg_class AS c
    WHERE c.relnamespace::regnamespace::text NOT LIKE 'pg\_%'
	AND c.relnamespace::regnamespace::text <> 'information_schema'
	AND c.relname NOT LIKE 'flyway%'
), things AS (
SELECT concat_ws(' ', 'RELATION', name, relkind, relrowsecurity,
    relforcerowsecurity, reloptions, relacl) AS line
FROM ours
WHERE relkind <> 'i'
UNION ALL
SELECT concat_ws(' ', 'COLUMN', name, attnum, attname,
    format_type(atttypid, atttypmod), attnotnull, attidentity, attacl,
    pg_get_expr(adbin, adrelid))
FROM ours
JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relkind IN ('r', 'p', 'v')
UNION ALL
SELECT concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid)
FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL
SELECT concat_ws(' ', 'CONSTRAINT', name, conname, convalidated,
    pg_get_constraintdef(pg_constraint.oid))
FROM ours JOIN pg_constraint ON conrelid = ours.oid
UNION ALL
SELECT pg_get_triggerdef(pg_trigger.oid)
FROM ours JOIN pg_trigger ON tgrelid = ours.oid AND NOT tgisinternal
UNION ALL
SELECT concat_ws(' ', 'POLICY', name, polname, polcmd, polpermissive,
    polroles::regrole[], pg_get_expr(polqual, polrelid),
    pg_get_expr(polwithcheck, polrelid))
FROM ours JOIN pg_policy ON polrelid = ours.oid
UNION ALL
SELECT concat_ws(' ', 'COMMENT', objoid::regclass, objsubid, description)
FROM ours
JOIN pg_description ON objoid = ours.oid AND classoid = 'pg_class'::regclass
UNION ALL
SELECT concat_ws(' ', pg_get_functiondef(pg_proc.oid), proacl)
FROM pg_proc
WHERE pronamespace::regnamespace::text NOT LIKE 'pg\_%'
    AND pronamespace::regnamespace::text <> 'information_schema'
UNION ALL
SELECT concat_ws(' ', 'SCHEMA', nspname, nspacl)
FROM pg_namespace
WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
)
SELECT line FROM things ORDER BY line COLLATE "C";
