-- job_again.sql - jobs that are dead, or wait for another try, are as they were
-- before their first failure; what was signed is sent as it was signed.
-- $1 tenant
update attestor.rekor_submission_queue set
  attempts = 0, next_retry_at = null,
  state = case when state <> 'dead' then state
    when envelope is not null then 'signed'
    when kind = 'observations' then 'claimed' else 'queued' end
where tenant = $1 and (state = 'dead'
  or (next_retry_at is not null and lease_owner is null and state <> 'done'))
