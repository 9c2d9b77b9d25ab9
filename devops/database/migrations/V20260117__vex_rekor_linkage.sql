-- V20260117__vex_rekor_linkage.sql - which entry of which transparency log
-- proves an observation.
--
-- Additive and idempotent, on a database that has all, some or none of the
-- tables: columns are added where their table is, indexes where their columns
-- are, and no linkage that is there is ever rewritten. Holds no BEGIN or
-- COMMIT: psql, psql -1, Flyway and `vexlog migrate` wrap it as they like.
-- PostgreSQL 13 to 18. A released file never changes.
--
-- Each "-- section:" may run in a transaction of its own, in this order; an
-- online migration builds the indexes of a section CONCURRENTLY before it
-- runs that section (docs/postgresql.md). No section rewrites a table: new
-- columns are null or have a constant default.

-- section: columns

DO $$
BEGIN
	IF to_regnamespace('vex') IS NULL THEN
		CREATE SCHEMA vex;
	END IF;
	IF to_regnamespace('attestor') IS NULL THEN
		CREATE SCHEMA attestor;
	END IF;
END
$$;

ALTER TABLE IF EXISTS vex.observations
	ADD COLUMN IF NOT EXISTS rekor_uuid TEXT COLLATE "C",
	ADD COLUMN IF NOT EXISTS rekor_log_index BIGINT,
	ADD COLUMN IF NOT EXISTS rekor_log_id TEXT COLLATE "C",
	ADD COLUMN IF NOT EXISTS rekor_log_url TEXT,
	ADD COLUMN IF NOT EXISTS rekor_integrated_time TIMESTAMPTZ,
	ADD COLUMN IF NOT EXISTS rekor_tree_root TEXT COLLATE "C",
	ADD COLUMN IF NOT EXISTS rekor_tree_size BIGINT,
	ADD COLUMN IF NOT EXISTS rekor_inclusion_proof JSONB,
	ADD COLUMN IF NOT EXISTS rekor_entry_body_hash TEXT COLLATE "C",
	ADD COLUMN IF NOT EXISTS rekor_entry_kind TEXT COLLATE "C",
	ADD COLUMN IF NOT EXISTS rekor_linked_at TIMESTAMPTZ;

-- A proof is hexadecimal of hashes, which pglz tries in vain to compress: a
-- tenth of the time it takes to link a row.
DO $$
BEGIN
	IF EXISTS (SELECT FROM pg_attribute
	    WHERE attrelid = to_regclass('vex.observations')
		AND attname = 'rekor_inclusion_proof' AND attstorage = 'x') THEN
		ALTER TABLE vex.observations
		    ALTER COLUMN rekor_inclusion_proof SET STORAGE EXTERNAL;
	END IF;
END
$$;

ALTER TABLE IF EXISTS vexhub.statement
	ADD COLUMN IF NOT EXISTS rekor_uuid TEXT COLLATE "C",
	ADD COLUMN IF NOT EXISTS rekor_log_index BIGINT,
	ADD COLUMN IF NOT EXISTS rekor_log_id TEXT COLLATE "C",
	ADD COLUMN IF NOT EXISTS rekor_integrated_time TIMESTAMPTZ,
	ADD COLUMN IF NOT EXISTS rekor_linked_at TIMESTAMPTZ;

ALTER TABLE IF EXISTS attestor.rekor_entries
	ADD COLUMN IF NOT EXISTS last_verified_at TIMESTAMPTZ,
	ADD COLUMN IF NOT EXISTS verification_count INTEGER NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS last_verification_result TEXT,
	ADD COLUMN IF NOT EXISTS last_verification_error TEXT;

-- What a log signed about itself. Two roots for one size can both be kept:
-- they are the proof of a split view. No tenant: a log is the same for all.
CREATE TABLE IF NOT EXISTS attestor.rekor_root_checkpoints (
	log_id               TEXT        COLLATE "C" NOT NULL, -- 64 hex
	tree_size            BIGINT      NOT NULL,
	tree_root            TEXT        COLLATE "C" NOT NULL, -- 64 hex
	origin               TEXT        NOT NULL,
	checkpoint_note      TEXT        NOT NULL, -- as signed
	captured_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
	verified_at          TIMESTAMPTZ,
	is_consistent        BOOLEAN     NOT NULL,
	inconsistency_reason TEXT,
	CONSTRAINT pk_attestor_rekor_root_checkpoints PRIMARY KEY (log_id,
	    tree_size, tree_root)
);

-- section: indexes

-- An index that a broken CONCURRENTLY left invalid would be taken for the
-- real one by IF NOT EXISTS: it goes first.
DO $$
DECLARE
	broken regclass;
	has CONSTANT text[] := ARRAY(
		SELECT n.nspname || '.' || c.relname || '.' || a.attname
		FROM pg_attribute a
		JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
		JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname IN ('vex', 'vexhub', 'attestor')
		    AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
	FOR broken IN
		SELECT i.indexrelid FROM pg_index i
		JOIN pg_class c ON c.oid = i.indexrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE NOT i.indisvalid AND c.relkind = 'i'
		    AND n.nspname || '.' || c.relname IN (
			'vex.idx_vex_observations_rekor_uuid',
			'vex.idx_vex_observations_rekor_log_index',
			'vex.idx_vex_observations_pending_rekor',
			'vexhub.idx_vexhub_statement_rekor_uuid',
			'vexhub.idx_vexhub_statement_pending_rekor',
			'attestor.idx_attestor_rekor_entries_due')
	LOOP
		EXECUTE format('DROP INDEX %s', broken);
	END LOOP;

	IF has @> '{vex.observations.tenant, vex.observations.rekor_uuid}' THEN
		CREATE INDEX IF NOT EXISTS idx_vex_observations_rekor_uuid
		    ON vex.observations (tenant, rekor_uuid)
		    WHERE rekor_uuid IS NOT NULL;
	END IF;
	-- Not unique: one entry proves a batch of observations.
	IF has @> '{vex.observations.rekor_log_id,
	    vex.observations.rekor_log_index}' THEN
		CREATE INDEX IF NOT EXISTS idx_vex_observations_rekor_log_index
		    ON vex.observations (rekor_log_id, rekor_log_index)
		    WHERE rekor_log_index IS NOT NULL;
	END IF;
	-- The queue: a page of it is one scan, however many rows are linked.
	IF has @> '{vex.observations.tenant, vex.observations.created_at,
	    vex.observations.observation_id, vex.observations.rekor_uuid}' THEN
		CREATE INDEX IF NOT EXISTS idx_vex_observations_pending_rekor
		    ON vex.observations (tenant, created_at, observation_id)
		    WHERE rekor_uuid IS NULL;
	END IF;
	IF has @> '{vexhub.statement.tenant, vexhub.statement.rekor_uuid}' THEN
		CREATE INDEX IF NOT EXISTS idx_vexhub_statement_rekor_uuid
		    ON vexhub.statement (tenant, rekor_uuid)
		    WHERE rekor_uuid IS NOT NULL;
	END IF;
	IF has @> '{vexhub.statement.tenant, vexhub.statement.timestamp,
	    vexhub.statement.id, vexhub.statement.rekor_uuid}' THEN
		CREATE INDEX IF NOT EXISTS idx_vexhub_statement_pending_rekor
		    ON vexhub.statement (tenant, "timestamp", id)
		    WHERE rekor_uuid IS NULL;
	END IF;
	-- Which entry to verify again: never verified first, then the oldest.
	IF has @> '{attestor.rekor_entries.last_verified_at,
	    attestor.rekor_entries.created_at}' THEN
		CREATE INDEX IF NOT EXISTS idx_attestor_rekor_entries_due
		    ON attestor.rekor_entries (last_verified_at NULLS FIRST,
		    created_at);
	END IF;
END
$$;

-- section: check

-- Holds for every new row from here on; the rows that are there are looked at
-- below, without a lock that stops writers.
DO $$
BEGIN
	IF to_regclass('vex.observations') IS NULL OR EXISTS (
	    SELECT FROM pg_constraint
	    WHERE conrelid = to_regclass('vex.observations')
		AND conname = 'ck_vex_observations_rekor_complete') THEN
		RETURN;
	END IF;
	ALTER TABLE vex.observations
	    ADD CONSTRAINT ck_vex_observations_rekor_complete CHECK (
		(rekor_uuid IS NULL AND rekor_log_index IS NULL
		    AND rekor_log_id IS NULL AND rekor_linked_at IS NULL)
		OR (rekor_uuid IS NOT NULL AND rekor_log_index IS NOT NULL
		    AND rekor_log_id IS NOT NULL
		    AND rekor_linked_at IS NOT NULL
		    AND rekor_log_index >= 0
		    AND octet_length(rekor_uuid) IN (64, 80)
		    AND translate(rekor_uuid, '0123456789abcdef', '') = ''))
	    NOT VALID;
END
$$;

-- section: validate

-- Rows that break it are named, not mended: nobody but their writer knows
-- which half of a linkage is true.
DO $$
DECLARE
	complete CONSTANT text := 'coalesce((rekor_uuid IS NULL '
	    'AND rekor_log_index IS NULL AND rekor_log_id IS NULL '
	    'AND rekor_linked_at IS NULL) OR (rekor_linked_at IS NOT NULL '
	    'AND rekor_log_id IS NOT NULL AND rekor_log_index >= 0 '
	    'AND octet_length(rekor_uuid) IN (64, 80) AND '
	    'translate(rekor_uuid, ''0123456789abcdef'', '''') = ''''), false)';
	broken bigint;
	sample text;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_constraint
	    WHERE conrelid = to_regclass('vex.observations')
		AND conname = 'ck_vex_observations_rekor_complete'
		AND NOT convalidated) THEN
		RETURN;
	END IF;
	BEGIN
		ALTER TABLE vex.observations
		    VALIDATE CONSTRAINT ck_vex_observations_rekor_complete;
		RETURN;
	EXCEPTION WHEN check_violation THEN
		NULL;
	END;
	-- Row-level security may hide them from a mere owner.
	EXECUTE format('SELECT count(*), string_agg(row_text, ''; '') '
	    'FILTER (WHERE number <= 5) FROM (SELECT row_number() OVER () AS '
	    'number, left(to_jsonb(o)->>''tenant'', 64) || '' '' || '
	    'left(to_jsonb(o)->>''observation_id'', 96) AS row_text '
	    'FROM vex.observations o WHERE NOT %s) AS rows', complete)
	    INTO broken, sample;
	RAISE WARNING 'vex.observations: % break '
	    'ck_vex_observations_rekor_complete, which stays NOT VALID: %',
	    CASE WHEN broken = 0 THEN 'rows that this role may not see'
		WHEN broken = 1 THEN '1 row'
		ELSE broken || ' rows' END, coalesce(sample, 'not shown')
	    USING HINT = 'See them by SELECT * FROM vex.observations WHERE NOT '
		|| complete || '. Complete or delete them, then apply this '
		'migration again.';
END
$$;

-- section: trigger

-- What was said never changes. Which entry proves it is written once: each
-- rekor_ column goes from null to its value, all at once, and a complete
-- linkage is final. A half linkage from before this file may be completed.
-- current_user, not membership: a superuser is a member of every role, and
-- even he has to say SET ROLE vexlog_retention before he deletes evidence.
CREATE OR REPLACE FUNCTION vex.observations_write_once() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
	rest CONSTANT text := 'an observation never changes; new knowledge is '
	    'a new observation';
	generated text[];
BEGIN
	IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
		IF current_user = 'vexlog_retention' THEN
			RETURN CASE TG_OP WHEN 'DELETE' THEN OLD END;
		END IF;
		RAISE EXCEPTION '%.%: % is refused: only role vexlog_retention '
		    'may remove observations', TG_TABLE_SCHEMA, TG_TABLE_NAME,
		    TG_OP
		    USING ERRCODE = 'insufficient_privilege',
		    HINT = 'SET ROLE vexlog_retention first.';
	END IF;

	IF OLD.rekor_uuid IS NOT NULL AND OLD.rekor_log_index IS NOT NULL
	    AND OLD.rekor_log_id IS NOT NULL AND OLD.rekor_linked_at IS NOT NULL
	THEN
		RAISE EXCEPTION '%.%: UPDATE is refused: this observation is '
		    'linked to entry % of log % and a linkage is written once',
		    TG_TABLE_SCHEMA, TG_TABLE_NAME, OLD.rekor_log_index,
		    OLD.rekor_log_id
		    USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF NEW.rekor_uuid IS NULL OR NEW.rekor_log_index IS NULL
	    OR NEW.rekor_log_id IS NULL OR NEW.rekor_linked_at IS NULL THEN
		RAISE EXCEPTION '%.%: UPDATE is refused: it sets no complete '
		    'linkage, and %', TG_TABLE_SCHEMA, TG_TABLE_NAME, rest
		    USING ERRCODE = 'integrity_constraint_violation';
	END IF;
	IF (OLD.rekor_uuid <> NEW.rekor_uuid)
	    OR (OLD.rekor_log_index <> NEW.rekor_log_index)
	    OR (OLD.rekor_log_id <> NEW.rekor_log_id)
	    OR (OLD.rekor_linked_at <> NEW.rekor_linked_at)
	    OR (OLD.rekor_log_url IS NOT NULL
		AND OLD.rekor_log_url IS DISTINCT FROM NEW.rekor_log_url)
	    OR (OLD.rekor_integrated_time IS NOT NULL
		AND OLD.rekor_integrated_time IS DISTINCT FROM
		    NEW.rekor_integrated_time)
	    OR (OLD.rekor_tree_root IS NOT NULL
		AND OLD.rekor_tree_root IS DISTINCT FROM NEW.rekor_tree_root)
	    OR (OLD.rekor_tree_size IS NOT NULL
		AND OLD.rekor_tree_size IS DISTINCT FROM NEW.rekor_tree_size)
	    OR (OLD.rekor_inclusion_proof IS NOT NULL
		AND OLD.rekor_inclusion_proof IS DISTINCT FROM
		    NEW.rekor_inclusion_proof)
	    OR (OLD.rekor_entry_body_hash IS NOT NULL
		AND OLD.rekor_entry_body_hash IS DISTINCT FROM
		    NEW.rekor_entry_body_hash)
	    OR (OLD.rekor_entry_kind IS NOT NULL
		AND OLD.rekor_entry_kind IS DISTINCT FROM NEW.rekor_entry_kind)
	THEN
		RAISE EXCEPTION '%.%: UPDATE is refused: it rewrites a linkage '
		    'that is there, and a linkage is written once',
		    TG_TABLE_SCHEMA, TG_TABLE_NAME
		    USING ERRCODE = 'integrity_constraint_violation';
	END IF;

	-- The rest of the row, whatever columns it has, byte for byte.
	OLD.rekor_uuid := NEW.rekor_uuid;
	OLD.rekor_log_index := NEW.rekor_log_index;
	OLD.rekor_log_id := NEW.rekor_log_id;
	OLD.rekor_log_url := NEW.rekor_log_url;
	OLD.rekor_integrated_time := NEW.rekor_integrated_time;
	OLD.rekor_tree_root := NEW.rekor_tree_root;
	OLD.rekor_tree_size := NEW.rekor_tree_size;
	OLD.rekor_inclusion_proof := NEW.rekor_inclusion_proof;
	OLD.rekor_entry_body_hash := NEW.rekor_entry_body_hash;
	OLD.rekor_entry_kind := NEW.rekor_entry_kind;
	OLD.rekor_linked_at := NEW.rekor_linked_at;
	IF OLD *<> NEW THEN
		-- A generated column is computed after this: it follows from
		-- the others, which are compared without it.
		generated := ARRAY(SELECT attname FROM pg_attribute
		    WHERE attrelid = TG_RELID AND attgenerated <> '');
		IF generated = '{}' OR to_jsonb(OLD) - generated
		    IS DISTINCT FROM to_jsonb(NEW) - generated THEN
			RAISE EXCEPTION '%.%: UPDATE is refused: %',
			    TG_TABLE_SCHEMA, TG_TABLE_NAME, rest
			    USING ERRCODE = 'integrity_constraint_violation';
		END IF;
	END IF;
	RETURN NEW;
END
$$;

DO $$
DECLARE
	observations CONSTANT regclass := to_regclass('vex.observations');
	distributed boolean := false;
BEGIN
	IF observations IS NULL THEN
		RETURN;
	END IF;
	-- Citus takes no triggers: citus/distribute.sql dropped them.
	IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
		EXECUTE 'SELECT EXISTS (SELECT FROM pg_dist_partition '
		    'WHERE logicalrelid = $1)' INTO distributed
		    USING observations;
	END IF;
	IF distributed THEN
		RAISE NOTICE 'vex.observations is distributed: a linkage is '
		    'kept by the rights of the roles, not by a trigger';
		RETURN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = observations
	    AND tgname = 'vexlog_write_once') THEN
		CREATE TRIGGER vexlog_write_once
		    BEFORE UPDATE OR DELETE ON vex.observations
		    FOR EACH ROW
		    EXECUTE FUNCTION vex.observations_write_once();
	END IF;
	IF NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = observations
	    AND tgname = 'vexlog_no_truncate') THEN
		CREATE TRIGGER vexlog_no_truncate
		    BEFORE TRUNCATE ON vex.observations
		    FOR EACH STATEMENT
		    EXECUTE FUNCTION vex.observations_write_once();
	END IF;
END
$$;

-- section: roles

-- The one thing about an observation that the program may change. Roles that
-- V20260101 could not make are left out here too.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['vexlog_reader', 'vexlog_linker',
	    'vexlog_app', 'vexlog_retention']
	LOOP
		CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles
		    WHERE rolname = name);
		EXECUTE format('GRANT USAGE ON SCHEMA attestor TO %I', name);
		EXECUTE format('GRANT SELECT ON '
		    'attestor.rekor_root_checkpoints TO %I', name);
		CONTINUE WHEN name NOT IN ('vexlog_linker', 'vexlog_app');
		EXECUTE format('GRANT INSERT, UPDATE (verified_at, '
		    'is_consistent, inconsistency_reason) ON '
		    'attestor.rekor_root_checkpoints TO %I', name);
		IF to_regclass('vex.observations') IS NOT NULL THEN
			EXECUTE format('GRANT UPDATE (rekor_uuid, '
			    'rekor_log_index, rekor_log_id, rekor_log_url, '
			    'rekor_integrated_time, rekor_tree_root, '
			    'rekor_tree_size, rekor_inclusion_proof, '
			    'rekor_entry_body_hash, rekor_entry_kind, '
			    'rekor_linked_at) ON vex.observations TO %I', name);
		END IF;
		IF to_regclass('vexhub.statement') IS NOT NULL THEN
			EXECUTE format('GRANT UPDATE (rekor_uuid, '
			    'rekor_log_index, rekor_log_id, '
			    'rekor_integrated_time, rekor_linked_at) '
			    'ON vexhub.statement TO %I', name);
		END IF;
		IF to_regclass('attestor.rekor_entries') IS NOT NULL THEN
			EXECUTE format('GRANT UPDATE (last_verified_at, '
			    'verification_count, last_verification_result, '
			    'last_verification_error) '
			    'ON attestor.rekor_entries TO %I', name);
		END IF;
	END LOOP;
END
$$;
