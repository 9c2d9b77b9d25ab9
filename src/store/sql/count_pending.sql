-- count_pending.sql - how many observations wait for an entry.
-- $1 tenant
select count(*)
from vex.observations
where tenant = $1 and rekor_uuid is null
