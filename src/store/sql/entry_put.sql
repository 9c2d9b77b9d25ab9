-- entry_put.sql - an entry of a log, unless its index is there.
-- $1 tenant  $2 log id  $3 log index  $4 uuid  $5 log url  $6 origin
-- $7 integrated time  $8 body hash  $9 envelope digest  $10 entry
-- $11 created at
insert into attestor.rekor_entries (tenant, log_id, log_index, uuid, log_url,
  origin, integrated_time, body_hash, envelope_digest, entry, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict do nothing
