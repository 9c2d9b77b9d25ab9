-- claim_first_bucket.sql - the bucket of the observation that waits longest
-- and is in no job.
-- $1 tenant
select o.bucket
from vex.observations o
where o.tenant = $1 and o.rekor_uuid is null
  and not exists (
    select 1 from attestor.rekor_submission_members m
    where m.tenant = o.tenant and m.observation_id = o.observation_id)
order by o.created_at, o.observation_id
limit 1
