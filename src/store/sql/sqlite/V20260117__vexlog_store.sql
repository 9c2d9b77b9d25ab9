-- V20260117__vexlog_store.sql - the tables of one SQLite store.
--
-- The same tables as on PostgreSQL: vex.observations is vex_observations.
-- Times are microseconds since 1970 (UTC), digests and ids their text form,
-- JSON is canonical text. A released file never changes.

-- What was applied, by version.
create table vex_migrations (
  version    text    not null primary key,
  checksum   text    not null,
  applied_at integer not null
) strict;

create table vex_documents (
  tenant          text    not null,
  document_digest text    not null,
  format          text    not null,
  format_version  text    not null,
  source          text    not null,
  size            integer not null,  -- bytes once inflated
  content         blob    not null,  -- zlib
  findings        text    not null,  -- JSON array
  created_at      integer not null,
  primary key (tenant, document_digest)
) strict;

create table vex_observations (
  tenant                text    not null,
  bucket                integer not null,  -- of the vulnerability, 0..255
  observation_id        text    not null,
  content_digest        text    not null,
  document_digest       text    not null,
  format                text    not null,
  pointer               text    not null,
  provider_id           text    not null,
  vulnerability_id      text    not null,
  aliases               text    not null,  -- JSON array
  product_key           text    not null,
  product_text          text    not null,
  status                text    not null,
  justification         text,
  source_status         text    not null,
  source_justification  text,
  impact_text           text,
  action_text           text,
  said_at               integer not null,
  said_at_from          text    not null,
  mapping_version       text    not null,
  created_at            integer not null,
  rekor_uuid            text,
  rekor_log_index       integer,
  rekor_log_id          text,
  rekor_log_url         text,
  rekor_integrated_time integer,
  rekor_tree_root       text,
  rekor_tree_size       integer,
  rekor_inclusion_proof text,
  rekor_entry_body_hash text,
  rekor_entry_kind      text,
  rekor_linked_at       integer,
  primary key (tenant, observation_id),
  constraint ck_vex_observations_status check (status in ('affected',
    'under_investigation', 'fixed', 'not_affected')),
  constraint ck_vex_observations_bucket check (bucket between 0 and 255),
  constraint ck_vex_observations_rekor_complete check (
    (rekor_uuid is null and rekor_log_index is null and rekor_log_id is null
      and rekor_linked_at is null)
    or (rekor_uuid is not null and rekor_log_index is not null
      and rekor_log_id is not null and rekor_linked_at is not null
      and rekor_log_index >= 0 and length(rekor_uuid) in (64, 80)
      and rekor_uuid not glob '*[^0-9a-f]*'))
) strict;

-- By time, in two halves: what waits, and what is linked. So taking in a
-- million rows fills one index and not two. rekor_uuid, always null, makes the
-- first cover what counts and claims.
create index idx_vex_observations_pending_rekor
  on vex_observations (tenant, created_at, observation_id, rekor_uuid)
  where rekor_uuid is null;
create index idx_vex_observations_linked_rekor
  on vex_observations (tenant, created_at, observation_id)
  where rekor_uuid is not null;
create index idx_vex_observations_rekor_uuid
  on vex_observations (tenant, rekor_uuid) where rekor_uuid is not null;
create index idx_vex_observations_rekor_log_index
  on vex_observations (rekor_log_id, rekor_log_index)
  where rekor_log_index is not null;
create index idx_vex_observations_vulnerability
  on vex_observations (tenant, vulnerability_id, product_key, created_at);
create index idx_vex_observations_product
  on vex_observations (tenant, product_key);
-- Products of which some vulnerability is said to have several names.
create index idx_vex_observations_aliased
  on vex_observations (tenant, product_key) where aliases <> '[]';

-- What was said never changes; which entry proves it is written once.
create trigger vex_observations_immutable
before update of tenant, bucket, observation_id, content_digest,
  document_digest, format, pointer, provider_id, vulnerability_id, aliases,
  product_key, product_text, status, justification, source_status,
  source_justification, impact_text, action_text, said_at, said_at_from,
  mapping_version, created_at
on vex_observations
begin
  select raise(abort, 'vex.observations: an observation never changes');
end;

create trigger vex_observations_linked_once
before update on vex_observations
when old.rekor_uuid is not null or old.rekor_log_url is not null
  or old.rekor_integrated_time is not null or old.rekor_tree_root is not null
  or old.rekor_tree_size is not null or old.rekor_inclusion_proof is not null
  or old.rekor_entry_body_hash is not null or old.rekor_entry_kind is not null
begin
  select raise(abort, 'vex.observations: a linkage is written once');
end;

create trigger vex_observations_kept
before delete on vex_observations
begin
  select raise(abort, 'vex.observations: an observation is never deleted');
end;

-- "insert or replace" deletes without the trigger above, and so could write a
-- row again: a row that is there stays, as with "on conflict do nothing".
create trigger vex_observations_not_replaced
before insert on vex_observations
when exists (select 1 from vex_observations o
  where o.tenant = new.tenant and o.observation_id = new.observation_id)
begin
  select raise(ignore);
end;

-- A verdict's record is three times as long as the rest of it and asked for
-- one at a time: it lies in a table of its own, so that going over verdicts
-- reads a quarter of the pages. Together they are vex_verdicts.
create table vex_verdict_rows (
  id                integer primary key,
  tenant            text    not null,
  vulnerability_id  text    not null,
  product_key       text    not null,
  sbom_entry_id     text    not null,
  sequence          integer not null,  -- of this decision, from 1
  verdict_id        text    not null,
  status            text    not null,
  justification     text    not null,
  policy_version    text    not null,
  policy_digest     text    not null,
  reasoning_id      text    not null,
  sbom_entry_kind   text    not null,
  proof_bundle_id   text    not null,
  replaces          text,
  evaluated_at      integer not null,
  created_at        integer not null,
  claims            integer not null,  -- that it was decided from
  conflicts         integer not null,
  unique (tenant, vulnerability_id, product_key, sbom_entry_id, sequence)
) strict;

create index idx_vex_verdicts_verdict_id
  on vex_verdict_rows (tenant, verdict_id);

create table vex_verdict_records (
  id     integer primary key references vex_verdict_rows,
  record text    not null  -- JSON, the verdict with its trace
) strict;

-- Whoever asks for no record does not pay for the join.
create view vex_verdicts as
select v.tenant, v.vulnerability_id, v.product_key, v.sbom_entry_id,
  v.sequence, v.verdict_id, v.status, v.justification, v.policy_version,
  v.policy_digest, v.reasoning_id, v.sbom_entry_kind, v.proof_bundle_id,
  r.record, v.replaces, v.evaluated_at, v.created_at, v.claims, v.conflicts
from vex_verdict_rows v
left join vex_verdict_records r on r.id = v.id;

create trigger vex_verdicts_insert
instead of insert on vex_verdicts
begin
  insert into vex_verdict_rows (tenant, vulnerability_id, product_key,
    sbom_entry_id, sequence, verdict_id, status, justification,
    policy_version, policy_digest, reasoning_id, sbom_entry_kind,
    proof_bundle_id, replaces, evaluated_at, created_at, claims, conflicts)
  values (new.tenant, new.vulnerability_id, new.product_key,
    new.sbom_entry_id, new.sequence, new.verdict_id, new.status,
    new.justification, new.policy_version, new.policy_digest,
    new.reasoning_id, new.sbom_entry_kind, new.proof_bundle_id,
    new.replaces, new.evaluated_at, new.created_at, new.claims,
    new.conflicts);
  insert into vex_verdict_records (id, record)
  values (last_insert_rowid(), new.record);
end;

create table vex_blobs (
  tenant     text    not null,
  kind       text    not null,  -- policy, trust
  digest     text    not null,
  content    blob    not null,
  created_at integer not null,
  primary key (tenant, kind, digest)
) strict;

create table vexhub_statement (
  tenant                text    not null,
  id                    text    not null,
  source_id             text,
  vuln_id               text    not null,
  product_key           text    not null,
  status                text    not null,
  justification         text,
  "timestamp"           integer,
  statement_hash        text,
  rekor_uuid            text,
  rekor_log_index       integer,
  rekor_log_id          text,
  rekor_integrated_time integer,
  rekor_linked_at       integer,
  primary key (tenant, id)
) strict;

create index idx_vexhub_statement_rekor_uuid
  on vexhub_statement (tenant, rekor_uuid) where rekor_uuid is not null;
create index idx_vexhub_statement_pending_rekor
  on vexhub_statement (tenant, "timestamp", id) where rekor_uuid is null;

create table vexhub_provenance (
  tenant          text not null,
  statement_id    text not null,
  issuer          text,
  signature_valid integer,
  signature_ref   text,
  source_uri      text,
  ingested_at     integer,
  primary key (tenant, statement_id)
) strict;

create table vexhub_conflict (
  tenant        text not null,
  vuln_id       text not null,
  product_key   text not null,
  detected_at   integer not null,
  statement_ids text not null,  -- JSON array
  reason        text,
  primary key (tenant, vuln_id, product_key, detected_at)
) strict;

create table attestor_rekor_entries (
  tenant                   text    not null,
  log_id                   text    not null,
  log_index                integer not null,
  uuid                     text    not null,
  log_url                  text    not null,
  origin                   text    not null,
  integrated_time          integer,
  body_hash                text    not null,
  envelope_digest          text    not null,
  entry                    text    not null,  -- JSON
  created_at               integer not null,
  last_verified_at         integer,
  verification_count       integer not null default 0,
  last_verification_result text,
  last_verification_error  text,
  primary key (tenant, log_id, log_index)
) strict;

create index idx_attestor_rekor_entries_uuid
  on attestor_rekor_entries (tenant, uuid);
create index idx_attestor_rekor_entries_envelope
  on attestor_rekor_entries (tenant, envelope_digest);
create index idx_attestor_rekor_entries_due
  on attestor_rekor_entries (last_verified_at, created_at);

create table attestor_rekor_root_checkpoints (
  log_id               text    not null,
  tree_size            integer not null,
  tree_root            text    not null,
  origin               text    not null,
  checkpoint_note      text    not null,
  captured_at          integer not null,
  verified_at          integer,
  is_consistent        integer not null,
  inconsistency_reason text,
  primary key (log_id, tree_size, tree_root)
) strict;

-- One row an attestation on its way into a log; see store.h, struct store_job.
create table attestor_rekor_submission_queue (
  id            integer primary key,
  tenant        text    not null,
  kind          text    not null,
  subject       text    not null,  -- '' for observations
  state         text    not null,
  payload       blob,
  envelope      blob,
  log_url       text,
  attempts      integer not null default 0,
  next_retry_at integer,
  lease_owner   text,
  lease_until   integer,
  last_error    text,
  entry_uuid    text,
  created_at    integer not null,
  constraint ck_attestor_rekor_submission_queue_state check (state in
    ('queued', 'claimed', 'signed', 'done', 'dead'))
) strict;

create unique index idx_attestor_rekor_submission_queue_subject
  on attestor_rekor_submission_queue (tenant, kind, subject)
  where kind <> 'observations';
create index idx_attestor_rekor_submission_queue_state
  on attestor_rekor_submission_queue (tenant, state, created_at, id);
create index idx_attestor_rekor_submission_queue_entry
  on attestor_rekor_submission_queue (tenant, entry_uuid)
  where entry_uuid is not null;

-- Which observations a job attests, in the order of its Merkle leaves. An
-- observation is in one job at most.
create table attestor_rekor_submission_members (
  tenant         text    not null,
  job_id         integer not null,
  leaf_index     integer not null,
  observation_id text    not null,
  primary key (tenant, job_id, leaf_index)
) strict, without rowid;

create unique index idx_attestor_rekor_submission_members_observation
  on attestor_rekor_submission_members (tenant, observation_id);

-- What SQLite can't know of an empty table: how many rows a value has. Plans
-- are the same from the first row to the ten millionth.
analyze;
delete from sqlite_stat1;
insert into sqlite_stat1 (tbl, idx, stat) values
  ('vex_observations', 'sqlite_autoindex_vex_observations_1',
    '1000000 1000000 1'),
  ('vex_observations', 'idx_vex_observations_pending_rekor',
    '1000000 1000000 100 1 1'),
  ('vex_observations', 'idx_vex_observations_linked_rekor',
    '1000000 1000000 100 1'),
  ('vex_observations', 'idx_vex_observations_rekor_uuid',
    '1000000 1000000 200'),
  ('vex_observations', 'idx_vex_observations_rekor_log_index',
    '1000000 300000 200'),
  ('vex_observations', 'idx_vex_observations_vulnerability',
    '1000000 1000000 50 5 5'),
  ('vex_observations', 'idx_vex_observations_product',
    '1000000 1000000 200'),
  ('vex_observations', 'idx_vex_observations_aliased',
    '100000 100000 200'),
  ('attestor_rekor_submission_members',
    'attestor_rekor_submission_members', '1000000 1000000 200 1'),
  ('attestor_rekor_submission_members',
    'idx_attestor_rekor_submission_members_observation',
    '1000000 1000000 1');
analyze sqlite_schema;

pragma application_id = 1450732647;  -- "Vxlg"
