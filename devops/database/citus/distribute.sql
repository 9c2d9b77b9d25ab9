-- distribute.sql - spread the tables over the nodes of a Citus cluster.
--
--   psql -1 -v ON_ERROR_STOP=1 [-v shard_by=bucket] [-v shards=32] \
--       -f distribute.sql
--
-- After the migrations, on the coordinator, as a superuser; Citus 12 or 13 with
-- its nodes added. Again on a database that is distributed it changes
-- nothing. Nothing else of vexlog needs Citus, and one PostgreSQL serves
-- 1e8 observations: docs/scale.md says when this pays and what it costs.
--
-- shard_by=tenant (default): every table with a tenant is distributed by it,
-- all in one group, so that whatever a tenant does stays on one shard and
-- every statement of the program works as it is.
--
-- shard_by=bucket: for one tenant that is too large for a node. The bucket
-- joins the key of vex.observations, which is distributed by it; whatever is
-- said about one vulnerability has one bucket, so its merge and its trace
-- stay on one shard. The program sees idx_vex_observations_bucket_pending and
-- claims bucket by bucket, each from its own shard.
--
-- What is lost: Citus takes no triggers, so the write-once trigger goes first.
-- Instead the tables belong to a role that can't log in, the program's roles
-- may UPDATE rekor_ columns only, and nobody but vexlog_retention may DELETE.
-- That does not stop a program from linking a row twice, nor a superuser from
-- anything. The CHECK and row-level security hold on every shard.
--
-- Row-level security reads app.tenant_id on the node that has the shard. For
-- that each login needs what is set for it below, and the program has to say
-- SET LOCAL app.tenant_id = '...': set_config() is not passed on.

\if :{?shard_by}
\else
\set shard_by tenant
\endif
\if :{?shards}
\else
\set shards 32
\endif
SELECT :'shard_by' = 'bucket' AS by_bucket,
    EXISTS (SELECT FROM pg_dist_partition
	WHERE logicalrelid = 'vex.observations'::regclass) AS distributed \gset

\if :distributed
\echo vex.observations is distributed: nothing to do
\quit
\endif

-- An owner who can't log in. Roles come first: Citus changes none after it has
-- distributed a table in the same transaction.
SELECT 'CREATE ROLE vexlog_owner NOLOGIN' WHERE NOT EXISTS
    (SELECT FROM pg_roles WHERE rolname = 'vexlog_owner') \gexec
SELECT format('ALTER TABLE %I.%I OWNER TO vexlog_owner', schemaname, tablename)
FROM pg_tables WHERE schemaname IN ('vex', 'vexhub', 'attestor') \gexec

-- The tenant of a transaction reaches the nodes.
SELECT format('ALTER ROLE %I SET citus.propagate_set_commands = ''local''',
    m.rolname)
FROM pg_roles r
JOIN pg_auth_members a ON a.roleid = r.oid
JOIN pg_roles m ON m.oid = a.member
WHERE r.rolname IN ('vexlog_reader', 'vexlog_linker', 'vexlog_app',
	'vexlog_retention') AND m.rolcanlogin \gexec

DROP TRIGGER IF EXISTS vexlog_write_once ON vex.observations;
DROP TRIGGER IF EXISTS vexlog_no_truncate ON vex.observations;

\if :by_bucket

ALTER TABLE vex.observations DROP CONSTRAINT pk_vex_observations;
ALTER TABLE vex.observations ADD CONSTRAINT pk_vex_observations
    PRIMARY KEY (tenant, bucket, observation_id);
-- What a worker claims by, and what a decision reads, within one shard.
CREATE INDEX idx_vex_observations_bucket_pending
    ON vex.observations (tenant, bucket, created_at, observation_id)
    WHERE rekor_uuid IS NULL;
-- One by its id, which names no bucket, within each shard.
CREATE INDEX idx_vex_observations_id
    ON vex.observations (tenant, observation_id);
SELECT create_distributed_table('vex.observations', 'bucket',
    shard_count := :shards);
-- Joined with observations of every bucket, and narrow: a copy on each node.
SELECT create_reference_table('attestor.rekor_submission_members');
SELECT create_distributed_table('vex.documents', 'tenant',
    shard_count := :shards, colocate_with := 'none');

\else

SELECT create_distributed_table('vex.observations', 'tenant',
    shard_count := :shards);
SELECT create_distributed_table('vex.documents', 'tenant',
    colocate_with := 'vex.observations');
SELECT create_distributed_table('attestor.rekor_submission_members',
    'tenant', colocate_with := 'vex.observations');

\endif

SELECT create_distributed_table(name, 'tenant',
    colocate_with := 'vex.documents')
FROM unnest(ARRAY['vex.verdicts', 'vex.blobs', 'vexhub.statement',
    'vexhub.provenance', 'vexhub.conflict', 'attestor.rekor_entries',
    'attestor.rekor_submission_queue']) AS names (name);
-- The same for every tenant.
SELECT create_reference_table('attestor.rekor_root_checkpoints');
