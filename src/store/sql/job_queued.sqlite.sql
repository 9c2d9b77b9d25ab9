-- job_queued.sqlite.sql - takes the leases of the oldest things in the
-- queue that nobody took.
-- $1 tenant  $2 owner  $3 lease until  $4 log url  $5 limit
update attestor.rekor_submission_queue set
  lease_owner = $2, lease_until = $3, log_url = $4,
  state = 'claimed'
where tenant = $1 and id in (
  select id
  from attestor.rekor_submission_queue
  where tenant = $1 and state = 'queued'
  order by created_at, id
  limit $5
)
returning id, kind, subject, payload, envelope, log_url, attempts, last_error,
  entry_uuid
