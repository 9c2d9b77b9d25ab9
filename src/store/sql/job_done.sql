-- job_done.sql - a job is linked; its lease ends.
-- $1 tenant  $2 id  $3 owner  $4 entry uuid
update attestor.rekor_submission_queue set
  state = 'done', entry_uuid = $4, last_error = null, next_retry_at = null,
  lease_owner = null, lease_until = null
where tenant = $1 and id = $2 and lease_owner = $3
  and state in ('claimed', 'signed')
