-- entry_verified.sql - what verifying an entry again gave.
-- $1 tenant  $2 log id  $3 log index  $4 verified at  $5 result  $6 error
update attestor.rekor_entries
set last_verified_at = $4, verification_count = verification_count + 1,
  last_verification_result = $5, last_verification_error = $6
where tenant = $1 and log_id = $2 and log_index = $3
