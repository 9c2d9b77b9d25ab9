-- job_failed.sql - a job did not work out; its lease ends.
-- $1 tenant  $2 id  $3 owner  $4 why  $5 when to try again, null is never
update attestor.rekor_submission_queue set
  attempts = attempts + 1, last_error = $4, next_retry_at = $5,
  lease_owner = null, lease_until = null,
  state = case when $5 is null then 'dead' else state end
where tenant = $1 and id = $2 and lease_owner = $3
  and state in ('claimed', 'signed')
