-- find_all.postgresql.sql - a page of observations, by the time they came.
-- $1 tenant  $2 $3 created_at and observation_id of the row before the page
-- $4 limit  $5 latest created_at  $6 vulnerability  $7 product key
-- $8 $9 bounds of its subcomponents  $10 provider  $11 status  $12 uuid
-- $13 log id  $14 log index  $15 only pending; null is any
select observation_id, content_digest, document_digest, format, pointer,
  provider_id, vulnerability_id, aliases, product_key, product_text, status,
  justification, source_status, source_justification, impact_text,
  action_text, said_at, said_at_from, mapping_version, created_at,
  rekor_uuid, rekor_log_index, rekor_log_id, rekor_log_url,
  rekor_integrated_time, rekor_tree_root, rekor_tree_size,
  rekor_inclusion_proof, rekor_entry_body_hash, rekor_entry_kind,
  rekor_linked_at
from vex.observations
where tenant = $1
  and (created_at, observation_id) > ($2, $3)
  and created_at <= $5
  and ($6 is null or vulnerability_id = $6)
  and ($7 is null or product_key = $7
    or (product_key >= $8 and product_key < $9))
  and ($10 is null or provider_id = $10)
  and ($11 is null or status = $11)
  and ($12 is null or rekor_uuid = $12)
  and ($13 is null or rekor_log_id = $13)
  and ($14 is null or rekor_log_index = $14)
  and (not $15 or rekor_uuid is null)
order by created_at, observation_id
limit $4
