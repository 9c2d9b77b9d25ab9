-- job_left.postgresql.sql - takes the leases of the oldest jobs that were
-- left behind; one that is signed keeps its log.
-- $1 tenant  $2 now  $3 observations too  $4 others too  $5 owner
-- $6 lease until  $7 log url  $8 limit
with next as materialized (
  select id
  from attestor.rekor_submission_queue
  where tenant = $1 and state in ('claimed', 'signed')
    and (lease_until is null or lease_until <= $2)
    and (next_retry_at is null or next_retry_at <= $2)
    and (case when kind = 'observations' then $3 else $4 end)
  order by created_at, id
  limit $8
  for update skip locked
)
update attestor.rekor_submission_queue q set
  lease_owner = $5, lease_until = $6,
  log_url = case when q.state = 'signed' then q.log_url else $7 end
from next
where q.tenant = $1 and q.id = next.id
returning q.id, q.kind, q.subject, q.payload, q.envelope, q.log_url,
  q.attempts, q.last_error, q.entry_uuid
