-- job_left.postgresql.sql - the oldest job that was left behind.
-- $1 tenant  $2 now  $3 observations too  $4 others too
select id
from attestor.rekor_submission_queue
where tenant = $1 and state in ('claimed', 'signed')
  and (lease_until is null or lease_until <= $2)
  and (next_retry_at is null or next_retry_at <= $2)
  and (case when kind = 'observations' then $3 else $4 end)
order by created_at, id
limit 1
for update skip locked
