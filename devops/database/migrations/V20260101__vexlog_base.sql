-- V20260101__vexlog_base.sql - the tables as they stand before linkage.
--
-- Additive and idempotent: what is there already stays as it is, whoever made
-- it. Holds no BEGIN or COMMIT: psql, psql -1, Flyway and `vexlog migrate`
-- wrap it as they like. PostgreSQL 13 to 18. A released file never changes.
--
-- Each "-- section:" may run in a transaction of its own, in this order; an
-- online migration builds the indexes of a section CONCURRENTLY before it
-- runs that section (docs/postgresql.md).
--
-- Every key begins with the tenant. Ids and digests are their text form in
-- collation "C", so that the order of an index is the order of their bytes.
-- JSON that was signed or hashed is TEXT: JSONB would not give the bytes back.

-- section: schemas

-- CREATE SCHEMA IF NOT EXISTS asks for the right to create even where there
-- is nothing to do.
DO $$
BEGIN
	IF to_regnamespace('vex') IS NULL THEN
		CREATE SCHEMA vex;
	END IF;
	IF to_regnamespace('vexhub') IS NULL THEN
		CREATE SCHEMA vexhub;
	END IF;
	IF to_regnamespace('attestor') IS NULL THEN
		CREATE SCHEMA attestor;
	END IF;
END
$$;

-- section: tables

-- What `vexlog migrate` applied; the other runners keep their own record.
CREATE TABLE IF NOT EXISTS vex.migrations (
	version     TEXT        COLLATE "C" NOT NULL,
	checksum    TEXT        COLLATE "C" NOT NULL,
	applied_at  TIMESTAMPTZ NOT NULL DEFAULT now(),
	applied_by  TEXT        NOT NULL DEFAULT CURRENT_USER,
	duration_ms BIGINT,
	CONSTRAINT pk_vex_migrations PRIMARY KEY (version)
);

CREATE TABLE IF NOT EXISTS vex.documents (
	tenant          TEXT        COLLATE "C" NOT NULL,
	document_digest TEXT        COLLATE "C" NOT NULL,
	format          TEXT        COLLATE "C" NOT NULL,
	format_version  TEXT        COLLATE "C" NOT NULL,
	source          TEXT        NOT NULL, -- file or URL it came from
	size            BIGINT      NOT NULL, -- bytes once inflated
	content         BYTEA       NOT NULL, -- zlib, of the bytes as received
	findings        TEXT        NOT NULL DEFAULT '[]', -- JSON array
	created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
	CONSTRAINT pk_vex_documents PRIMARY KEY (tenant, document_digest)
);

CREATE TABLE IF NOT EXISTS vex.observations (
	tenant               TEXT        COLLATE "C" NOT NULL,
	-- second byte of SHA-256(vulnerability_id): whatever belongs to one
	-- vulnerability has one bucket; written by the store
	bucket               SMALLINT    NOT NULL,
	observation_id       TEXT        COLLATE "C" NOT NULL,
	content_digest       TEXT        COLLATE "C" NOT NULL,
	document_digest      TEXT        COLLATE "C" NOT NULL,
	format               TEXT        COLLATE "C" NOT NULL,
	pointer              TEXT        COLLATE "C" NOT NULL, -- RFC 6901
	provider_id          TEXT        COLLATE "C" NOT NULL,
	vulnerability_id     TEXT        COLLATE "C" NOT NULL,
	aliases              TEXT        NOT NULL DEFAULT '[]', -- JSON array
	product_key          TEXT        COLLATE "C" NOT NULL,
	product_text         TEXT        NOT NULL DEFAULT '', -- as written
	status               TEXT        COLLATE "C" NOT NULL,
	justification        TEXT        COLLATE "C",
	source_status        TEXT        NOT NULL,
	source_justification TEXT,
	impact_text          TEXT,
	action_text          TEXT,
	said_at              TIMESTAMPTZ NOT NULL,
	said_at_from         TEXT        COLLATE "C" NOT NULL,
	mapping_version      TEXT        COLLATE "C" NOT NULL,
	created_at           TIMESTAMPTZ NOT NULL DEFAULT now(),
	CONSTRAINT pk_vex_observations PRIMARY KEY (tenant, observation_id),
	CONSTRAINT ck_vex_observations_bucket CHECK (bucket BETWEEN 0 AND 255),
	CONSTRAINT ck_vex_observations_status CHECK (status IN ('affected',
	    'under_investigation', 'fixed', 'not_affected'))
);

-- Every verdict that ever was the current one. sbom_entry_id ends in the
-- product key, so the product itself need not stand in the key, which has a
-- limit of 2704 bytes.
CREATE TABLE IF NOT EXISTS vex.verdicts (
	tenant           TEXT        COLLATE "C" NOT NULL,
	vulnerability_id TEXT        COLLATE "C" NOT NULL,
	product_key      TEXT        COLLATE "C" NOT NULL,
	sbom_entry_id    TEXT        COLLATE "C" NOT NULL,
	sequence         BIGINT      NOT NULL, -- of this decision, from 1
	verdict_id       TEXT        COLLATE "C" NOT NULL,
	status           TEXT        COLLATE "C" NOT NULL,
	justification    TEXT        COLLATE "C" NOT NULL,
	policy_version   TEXT        COLLATE "C" NOT NULL,
	policy_digest    TEXT        COLLATE "C" NOT NULL,
	reasoning_id     TEXT        COLLATE "C" NOT NULL,
	sbom_entry_kind  TEXT        COLLATE "C" NOT NULL,
	proof_bundle_id  TEXT        COLLATE "C" NOT NULL,
	record           TEXT        NOT NULL, -- JSON, with the merge trace
	replaces         TEXT        COLLATE "C", -- verdict id
	evaluated_at     TIMESTAMPTZ NOT NULL,
	created_at       TIMESTAMPTZ NOT NULL DEFAULT now(),
	claims           BIGINT      NOT NULL DEFAULT 0, -- decided from
	conflicts        BIGINT      NOT NULL DEFAULT 0,
	CONSTRAINT pk_vex_verdicts PRIMARY KEY (tenant, vulnerability_id,
	    sbom_entry_id, sequence)
);

-- Policies, trust files, deltas: bytes by their digest.
CREATE TABLE IF NOT EXISTS vex.blobs (
	tenant     TEXT        COLLATE "C" NOT NULL,
	kind       TEXT        COLLATE "C" NOT NULL,
	digest     TEXT        COLLATE "C" NOT NULL,
	content    BYTEA       NOT NULL,
	created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
	CONSTRAINT pk_vex_blobs PRIMARY KEY (tenant, kind, digest)
);

CREATE TABLE IF NOT EXISTS vexhub.statement (
	tenant         TEXT        COLLATE "C" NOT NULL,
	id             TEXT        COLLATE "C" NOT NULL,
	source_id      TEXT        COLLATE "C",
	vuln_id        TEXT        COLLATE "C" NOT NULL,
	product_key    TEXT        COLLATE "C" NOT NULL,
	status         TEXT        COLLATE "C" NOT NULL,
	justification  TEXT        COLLATE "C",
	"timestamp"    TIMESTAMPTZ,
	statement_hash TEXT        COLLATE "C",
	CONSTRAINT pk_vexhub_statement PRIMARY KEY (tenant, id)
);

CREATE TABLE IF NOT EXISTS vexhub.provenance (
	tenant          TEXT        COLLATE "C" NOT NULL,
	statement_id    TEXT        COLLATE "C" NOT NULL,
	issuer          TEXT        COLLATE "C",
	signature_valid BOOLEAN,
	signature_ref   TEXT        COLLATE "C",
	source_uri      TEXT,
	ingested_at     TIMESTAMPTZ,
	CONSTRAINT pk_vexhub_provenance PRIMARY KEY (tenant, statement_id)
);

CREATE TABLE IF NOT EXISTS vexhub.conflict (
	tenant        TEXT        COLLATE "C" NOT NULL,
	vuln_id       TEXT        COLLATE "C" NOT NULL,
	product_key   TEXT        COLLATE "C" NOT NULL,
	detected_at   TIMESTAMPTZ NOT NULL,
	statement_ids TEXT[]      NOT NULL,
	reason        TEXT,
	CONSTRAINT pk_vexhub_conflict PRIMARY KEY (tenant, vuln_id,
	    product_key, detected_at)
);

CREATE TABLE IF NOT EXISTS attestor.rekor_entries (
	tenant          TEXT        COLLATE "C" NOT NULL,
	log_id          TEXT        COLLATE "C" NOT NULL, -- 64 hex
	log_index       BIGINT      NOT NULL,
	uuid            TEXT        COLLATE "C" NOT NULL, -- 64 or 80 hex
	log_url         TEXT        NOT NULL,
	origin          TEXT        NOT NULL,
	integrated_time TIMESTAMPTZ, -- null where the log gives none
	body_hash       TEXT        COLLATE "C" NOT NULL,
	envelope_digest TEXT        COLLATE "C" NOT NULL,
	entry           TEXT        NOT NULL, -- JSON, proof and checkpoint
	created_at      TIMESTAMPTZ NOT NULL DEFAULT now(),
	CONSTRAINT pk_attestor_rekor_entries PRIMARY KEY (tenant, log_id,
	    log_index),
	CONSTRAINT ck_attestor_rekor_entries_log_index CHECK (log_index >= 0)
);

-- One row an attestation on its way into a log.
CREATE TABLE IF NOT EXISTS attestor.rekor_submission_queue (
	id            BIGINT      GENERATED BY DEFAULT AS IDENTITY NOT NULL,
	tenant        TEXT        COLLATE "C" NOT NULL,
	kind          TEXT        COLLATE "C" NOT NULL,
	subject       TEXT        COLLATE "C" NOT NULL, -- '': observations
	state         TEXT        COLLATE "C" NOT NULL,
	payload       BYTEA,
	envelope      BYTEA, -- the exact bytes that are submitted
	log_url       TEXT,
	attempts      INTEGER     NOT NULL DEFAULT 0,
	next_retry_at TIMESTAMPTZ,
	lease_owner   TEXT        COLLATE "C",
	lease_until   TIMESTAMPTZ,
	last_error    TEXT,
	entry_uuid    TEXT        COLLATE "C",
	created_at    TIMESTAMPTZ NOT NULL DEFAULT now(),
	CONSTRAINT pk_attestor_rekor_submission_queue PRIMARY KEY (tenant, id),
	CONSTRAINT ck_attestor_rekor_submission_queue_state CHECK (state IN
	    ('queued', 'claimed', 'signed', 'done', 'dead'))
);

-- Which observations a job attests, in the order of its Merkle leaves. An
-- observation is in one job at most.
CREATE TABLE IF NOT EXISTS attestor.rekor_submission_members (
	tenant         TEXT   COLLATE "C" NOT NULL,
	job_id         BIGINT NOT NULL,
	leaf_index     BIGINT NOT NULL,
	observation_id TEXT   COLLATE "C" NOT NULL,
	CONSTRAINT pk_attestor_rekor_submission_members PRIMARY KEY (tenant,
	    job_id, leaf_index)
);

-- section: indexes

-- Each only where its columns exist, so that a table of somebody else's
-- making is no obstacle. An index that a broken CONCURRENTLY left invalid
-- would be taken for the real one by IF NOT EXISTS: it goes first.
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
			'vex.idx_vex_observations_created',
			'vex.idx_vex_observations_vulnerability',
			'vex.idx_vex_observations_product',
			'vex.idx_vex_observations_aliased',
			'vex.idx_vex_verdicts_verdict_id',
			'vex.idx_vex_verdicts_pair',
			'attestor.idx_attestor_rekor_entries_uuid',
			'attestor.idx_attestor_rekor_entries_envelope',
			'attestor.idx_attestor_rekor_submission_queue_subject',
			'attestor.idx_attestor_rekor_submission_queue_state',
			'attestor.idx_attestor_rekor_submission_members_observation')
	LOOP
		EXECUTE format('DROP INDEX %s', broken);
	END LOOP;

	-- All observations in the order they came; also what a worker pages by.
	IF has @> '{vex.observations.tenant, vex.observations.created_at,
	    vex.observations.observation_id}' THEN
		CREATE INDEX IF NOT EXISTS idx_vex_observations_created
		    ON vex.observations (tenant, created_at, observation_id);
	END IF;
	-- The claims about one vulnerability and product: decide and trace.
	IF has @> '{vex.observations.tenant, vex.observations.vulnerability_id,
	    vex.observations.product_key}' THEN
		CREATE INDEX IF NOT EXISTS idx_vex_observations_vulnerability
		    ON vex.observations (tenant, vulnerability_id, product_key);
		CREATE INDEX IF NOT EXISTS idx_vex_observations_product
		    ON vex.observations (tenant, product_key);
	END IF;
	-- Products of which some vulnerability is said to have several names.
	IF has @> '{vex.observations.tenant, vex.observations.product_key,
	    vex.observations.aliases}' THEN
		CREATE INDEX IF NOT EXISTS idx_vex_observations_aliased
		    ON vex.observations (tenant, product_key)
		    WHERE aliases <> '[]';
	END IF;
	IF has @> '{vex.verdicts.tenant, vex.verdicts.verdict_id}' THEN
		CREATE INDEX IF NOT EXISTS idx_vex_verdicts_verdict_id
		    ON vex.verdicts (tenant, verdict_id);
	END IF;
	IF has @> '{vex.verdicts.tenant, vex.verdicts.vulnerability_id,
	    vex.verdicts.product_key}' THEN
		CREATE INDEX IF NOT EXISTS idx_vex_verdicts_pair
		    ON vex.verdicts (tenant, vulnerability_id, product_key);
	END IF;
	IF has @> '{attestor.rekor_entries.tenant, attestor.rekor_entries.uuid}'
	THEN
		CREATE INDEX IF NOT EXISTS idx_attestor_rekor_entries_uuid
		    ON attestor.rekor_entries (tenant, uuid);
	END IF;
	IF has @> '{attestor.rekor_entries.tenant,
	    attestor.rekor_entries.envelope_digest}' THEN
		CREATE INDEX IF NOT EXISTS idx_attestor_rekor_entries_envelope
		    ON attestor.rekor_entries (tenant, envelope_digest);
	END IF;
	-- A verdict, policy or trust file is in the queue once.
	IF has @> '{attestor.rekor_submission_queue.tenant,
	    attestor.rekor_submission_queue.kind,
	    attestor.rekor_submission_queue.subject}' THEN
		CREATE UNIQUE INDEX IF NOT EXISTS
		    idx_attestor_rekor_submission_queue_subject
		    ON attestor.rekor_submission_queue (tenant, kind, subject)
		    WHERE kind <> 'observations';
	END IF;
	IF has @> '{attestor.rekor_submission_queue.tenant,
	    attestor.rekor_submission_queue.state,
	    attestor.rekor_submission_queue.created_at,
	    attestor.rekor_submission_queue.id}' THEN
		CREATE INDEX IF NOT EXISTS
		    idx_attestor_rekor_submission_queue_state
		    ON attestor.rekor_submission_queue (tenant, state,
		    created_at, id);
	END IF;
	IF has @> '{attestor.rekor_submission_members.tenant,
	    attestor.rekor_submission_members.observation_id}' THEN
		CREATE UNIQUE INDEX IF NOT EXISTS
		    idx_attestor_rekor_submission_members_observation
		    ON attestor.rekor_submission_members (tenant,
		    observation_id);
	END IF;
END
$$;

-- section: settings

-- Only where nobody chose otherwise. Linking turns each row of the pending
-- index into a dead one, and the first page then walks all of them: 0.63 s
-- after a million links, 0.04 s after a vacuum. So vacuum at 2 % instead of
-- 20 %. The contents of documents are deflated already: no second try.
DO $$
DECLARE
	busy regclass;
BEGIN
	FOR busy IN
		SELECT c.oid FROM pg_class c
		WHERE c.reloptions IS NULL AND c.relkind = 'r'
		    AND c.oid IN (to_regclass('vex.observations'),
			to_regclass('attestor.rekor_submission_queue'),
			to_regclass('attestor.rekor_submission_members'))
	LOOP
		EXECUTE format('ALTER TABLE %s SET (
		    autovacuum_vacuum_scale_factor = 0.02,
		    autovacuum_vacuum_threshold = 1000,
		    autovacuum_analyze_scale_factor = 0.02,
		    autovacuum_vacuum_cost_delay = 0)', busy);
	END LOOP;
	IF EXISTS (SELECT FROM pg_attribute
	    WHERE attrelid = to_regclass('vex.documents')
		AND attname = 'content' AND attstorage = 'x') THEN
		ALTER TABLE vex.documents
		    ALTER COLUMN content SET STORAGE EXTERNAL;
	END IF;
END
$$;

-- section: roles

-- Four roles to grant to the logins of a site; none can log in itself.
--   vexlog_reader     reads
--   vexlog_linker     reads, works off the queue, links
--   vexlog_app        that, and takes documents in and decides
--   vexlog_retention  the only one whose DELETE and TRUNCATE are obeyed
-- Who may not make roles has them made by somebody else before.
DO $$
DECLARE
	name text;
BEGIN
	FOREACH name IN ARRAY ARRAY['vexlog_reader', 'vexlog_linker',
	    'vexlog_app', 'vexlog_retention']
	LOOP
		CONTINUE WHEN EXISTS (SELECT FROM pg_roles
		    WHERE rolname = name);
		BEGIN
			EXECUTE format('CREATE ROLE %I NOLOGIN', name);
		EXCEPTION
		WHEN duplicate_object OR unique_violation THEN
			NULL; -- by a migration beside this one
		WHEN insufficient_privilege THEN
			RAISE WARNING 'role % is missing and % may not make '
			    'it: its grants are left out', name, CURRENT_USER
			    USING HINT = format('Have it made (CREATE ROLE %I '
			    'NOLOGIN) and apply this migration again.', name);
		END;
	END LOOP;
END
$$;

DO $$
DECLARE
	-- role, privileges, tables; %s below
	rights CONSTANT text[] := ARRAY[
	    ['vexlog_reader', 'SELECT', '{vex.migrations, vex.documents,
		vex.observations, vex.verdicts, vex.blobs, vexhub.statement,
		vexhub.provenance, vexhub.conflict, attestor.rekor_entries,
		attestor.rekor_submission_queue,
		attestor.rekor_submission_members}'],
	    ['vexlog_linker', 'SELECT', '{vex.migrations, vex.documents,
		vex.observations, vex.verdicts, vex.blobs, vexhub.statement,
		vexhub.provenance, vexhub.conflict, attestor.rekor_entries,
		attestor.rekor_submission_queue,
		attestor.rekor_submission_members}'],
	    ['vexlog_app', 'SELECT', '{vex.migrations, vex.documents,
		vex.observations, vex.verdicts, vex.blobs, vexhub.statement,
		vexhub.provenance, vexhub.conflict, attestor.rekor_entries,
		attestor.rekor_submission_queue,
		attestor.rekor_submission_members}'],
	    ['vexlog_retention', 'SELECT, DELETE, TRUNCATE', '{vex.documents,
		vex.observations, vex.verdicts, vex.blobs, vexhub.statement,
		vexhub.provenance, vexhub.conflict, attestor.rekor_entries,
		attestor.rekor_submission_queue,
		attestor.rekor_submission_members}'],
	    -- the trust file in force is kept when it is first used to link
	    ['vexlog_linker', 'INSERT', '{vex.blobs, attestor.rekor_entries,
		attestor.rekor_submission_queue,
		attestor.rekor_submission_members}'],
	    ['vexlog_linker', 'UPDATE, DELETE',
		'{attestor.rekor_submission_queue,
		attestor.rekor_submission_members}'],
	    ['vexlog_app', 'INSERT', '{vex.documents, vex.observations,
		vex.verdicts, vex.blobs, vexhub.statement, vexhub.provenance,
		vexhub.conflict, attestor.rekor_entries,
		attestor.rekor_submission_queue,
		attestor.rekor_submission_members}'],
	    ['vexlog_app', 'UPDATE, DELETE',
		'{attestor.rekor_submission_queue,
		attestor.rekor_submission_members}']];
	one text[];
	target text;
BEGIN
	FOREACH one SLICE 1 IN ARRAY rights LOOP
		CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles
		    WHERE rolname = one[1]);
		EXECUTE format('GRANT USAGE ON SCHEMA vex, vexhub, attestor '
		    'TO %I', one[1]);
		FOREACH target IN ARRAY one[3]::text[] LOOP
			EXECUTE format('GRANT %s ON %s TO %I', one[2], target,
			    one[1]);
		END LOOP;
	END LOOP;
END
$$;

-- section: tenants

-- A session sees the rows of the tenant it named with
-- set_config('app.tenant_id', ..., true), and none when it named none. FORCE:
-- the owner of the tables too. Superusers and roles with BYPASSRLS still see
-- everything, so a program must not connect as one.
DO $$
DECLARE
	one regclass;
BEGIN
	FOR one IN
		SELECT c.oid FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid
		    AND a.attname = 'tenant' AND NOT a.attisdropped
		WHERE c.relkind IN ('r', 'p') AND c.oid IN (
		    to_regclass('vex.documents'),
		    to_regclass('vex.observations'),
		    to_regclass('vex.verdicts'),
		    to_regclass('vex.blobs'),
		    to_regclass('vexhub.statement'),
		    to_regclass('vexhub.provenance'),
		    to_regclass('vexhub.conflict'),
		    to_regclass('attestor.rekor_entries'),
		    to_regclass('attestor.rekor_submission_queue'),
		    to_regclass('attestor.rekor_submission_members'))
	LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', one);
		EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', one);
		CONTINUE WHEN EXISTS (SELECT FROM pg_policy
		    WHERE polrelid = one AND polname = 'vexlog_tenant');
		EXECUTE format('CREATE POLICY vexlog_tenant ON %s '
		    'USING (tenant = NULLIF(current_setting('
		    '''app.tenant_id'', true), '''')) '
		    'WITH CHECK (tenant = NULLIF(current_setting('
		    '''app.tenant_id'', true), ''''))', one);
	END LOOP;
END
$$;
