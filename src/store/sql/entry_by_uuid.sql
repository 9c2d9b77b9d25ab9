-- entry_by_uuid.sql - the entry with this uuid; of several the one that came
-- first in its log.
-- $1 tenant  $2 uuid  $3 log id, null is any
select log_id, log_index, uuid, log_url, origin, integrated_time, body_hash,
  envelope_digest, entry, created_at
from attestor.rekor_entries
where tenant = $1 and uuid = $2 and ($3 is null or log_id = $3)
order by log_index, log_id
limit 1
