-- linkage_get.sql - what decides whether a linkage is the same.
-- $1 tenant  $2 observation id
select rekor_log_id, rekor_log_index, rekor_uuid, rekor_entry_body_hash
from vex.observations
where tenant = $1 and observation_id = $2
