-- claims.sql - all that was said about one product and one vulnerability.
-- $1 tenant  $2 vulnerability  $3 product key  $4 latest time
-- $5 by log: the time of the entry; a log that gives none, of linking. Else
-- created_at
select observation_id, content_digest, document_digest, format, pointer,
  provider_id, vulnerability_id, aliases, product_key, product_text, status,
  justification, source_status, source_justification, impact_text,
  action_text, said_at, said_at_from, mapping_version, created_at,
  rekor_uuid, rekor_log_index, rekor_log_id, rekor_log_url,
  rekor_integrated_time, rekor_tree_root, rekor_tree_size,
  rekor_inclusion_proof, rekor_entry_body_hash, rekor_entry_kind,
  rekor_linked_at
from vex.observations
where tenant = $1 and vulnerability_id = $2 and product_key = $3
  and case when $5 then coalesce(rekor_integrated_time, rekor_linked_at)
    else created_at end <= $4
order by observation_id
