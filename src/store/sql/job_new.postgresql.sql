-- job_new.postgresql.sql - jobs of observations; gives their ids. Each
-- parameter is an array, one item a row:
-- $1 tenant  $2 owner  $3 lease until  $4 log url  $5 created at
insert into attestor.rekor_submission_queue (tenant, kind, subject, state,
  lease_owner, lease_until, log_url, created_at)
select tenant, 'observations', '', 'claimed', lease_owner, lease_until,
  log_url, created_at
from unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[],
  $5::timestamptz[])
  as n (tenant, lease_owner, lease_until, log_url, created_at)
returning id
