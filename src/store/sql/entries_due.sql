-- entries_due.sql - entries in the order they should be verified again: never
-- verified first, then the longest ago.
-- $1 tenant  $2 log id  $3 limit
select log_id, log_index, uuid, log_url, origin, integrated_time, body_hash,
  envelope_digest, entry, created_at
from attestor.rekor_entries
where tenant = $1 and log_id = $2
order by last_verified_at nulls first, created_at, log_index
limit $3
