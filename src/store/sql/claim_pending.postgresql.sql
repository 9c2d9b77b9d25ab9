-- claim_pending.postgresql.sql - the oldest observations that wait for an
-- entry and are in no job.
-- $1 tenant  $2 limit
select o.observation_id, o.created_at
from vex.observations o
where o.tenant = $1 and o.rekor_uuid is null
  and not exists (
    select 1 from attestor.rekor_submission_members m
    where m.tenant = o.tenant and m.observation_id = o.observation_id)
order by o.created_at, o.observation_id
limit $2
for update of o skip locked
