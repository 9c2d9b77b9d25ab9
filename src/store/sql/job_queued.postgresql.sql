-- job_queued.postgresql.sql - takes the leases of the oldest things in the
-- queue that nobody took.
-- $1 tenant  $2 owner  $3 lease until  $4 log url  $5 limit
with next as materialized (
  select id
  from attestor.rekor_submission_queue
  where tenant = $1 and state = 'queued'
  order by created_at, id
  limit $5
  for update skip locked
)
update attestor.rekor_submission_queue q set
  lease_owner = $2, lease_until = $3, log_url = $4,
  state = 'claimed'
from next
where q.tenant = $1 and q.id = next.id
returning q.id, q.kind, q.subject, q.payload, q.envelope, q.log_url,
  q.attempts, q.last_error, q.entry_uuid
