-- job_left.sqlite.sql - takes the leases of the oldest jobs that were
-- left behind; one that is signed keeps its log.
-- $1 tenant  $2 now  $3 observations too  $4 others too  $5 owner
-- $6 lease until  $7 log url  $8 limit
update attestor.rekor_submission_queue set
  lease_owner = $5, lease_until = $6,
  log_url = case when state = 'signed' then log_url else $7 end
where tenant = $1 and id in (
  select id
  from attestor.rekor_submission_queue
  where tenant = $1 and state in ('claimed', 'signed')
    and (lease_until is null or lease_until <= $2)
    and (next_retry_at is null or next_retry_at <= $2)
    and (case when kind = 'observations' then $3 else $4 end)
  order by created_at, id
  limit $8
)
returning id, kind, subject, payload, envelope, log_url, attempts, last_error,
  entry_uuid
