-- job_again.sql - dead jobs wait as they did before their first failure; what
-- was signed is sent as it was signed.
-- $1 tenant
update attestor.rekor_submission_queue set
  attempts = 0, next_retry_at = null,
  state = case when envelope is not null then 'signed'
    when kind = 'observations' then 'claimed' else 'queued' end
where tenant = $1 and state = 'dead'
