-- job_forget.sql - a job of observations that nothing was done for.
-- $1 tenant  $2 id  $3 owner
delete from attestor.rekor_submission_queue
where tenant = $1 and id = $2 and lease_owner = $3 and state = 'claimed'
  and kind = 'observations' and attempts = 0
