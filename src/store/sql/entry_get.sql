-- entry_get.sql - one entry of a log.
-- $1 tenant  $2 log id  $3 log index
select log_id, log_index, uuid, log_url, origin, integrated_time, body_hash,
  envelope_digest, entry, created_at
from attestor.rekor_entries
where tenant = $1 and log_id = $2 and log_index = $3
