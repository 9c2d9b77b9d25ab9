-- job_take.sql - the lease of a job.
-- $1 tenant  $2 id  $3 owner  $4 lease until  $5 log url, for a job that is
-- not signed yet
update attestor.rekor_submission_queue set
  lease_owner = $3, lease_until = $4,
  log_url = case when state = 'signed' then log_url else $5 end,
  state = case when state = 'signed' then state else 'claimed' end
where tenant = $1 and id = $2
