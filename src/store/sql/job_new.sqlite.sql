-- job_new.sqlite.sql - a job of observations; gives its id.
-- $1 tenant  $2 owner  $3 lease until  $4 log url  $5 created at
insert into attestor.rekor_submission_queue (tenant, kind, subject, state,
  lease_owner, lease_until, log_url, created_at)
values ($1, 'observations', '', 'claimed', $2, $3, $4, $5)
returning id
