-- job_release.sql - the lease of a job ends, nothing else.
-- $1 tenant  $2 id  $3 owner
update attestor.rekor_submission_queue
set lease_owner = null, lease_until = null
where tenant = $1 and id = $2 and lease_owner = $3
  and state in ('claimed', 'signed')
