-- claim_bucket.postgresql.sql - as claim_pending, of one bucket.
-- $1 tenant  $2 limit  $3 bucket
select o.observation_id, o.created_at
from vex.observations o
where o.tenant = $1 and o.bucket = $3 and o.rekor_uuid is null
  and not exists (
    select 1 from attestor.rekor_submission_members m
    where m.tenant = o.tenant and m.observation_id = o.observation_id)
order by o.created_at, o.observation_id
limit $2
for update of o skip locked
