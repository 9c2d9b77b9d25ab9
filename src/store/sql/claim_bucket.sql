-- claim_bucket.sql - as claim_pending, of one bucket.
-- $1 tenant  $2 limit  $3 bucket
select o.observation_id, o.content_digest, o.document_digest, o.format,
  o.pointer, o.provider_id, o.vulnerability_id, o.aliases, o.product_key,
  o.product_text, o.status, o.justification, o.source_status,
  o.source_justification, o.impact_text, o.action_text, o.said_at,
  o.said_at_from, o.mapping_version, o.created_at, o.rekor_uuid,
  o.rekor_log_index, o.rekor_log_id, o.rekor_log_url,
  o.rekor_integrated_time, o.rekor_tree_root, o.rekor_tree_size,
  o.rekor_inclusion_proof, o.rekor_entry_body_hash, o.rekor_entry_kind,
  o.rekor_linked_at
from vex.observations o
where o.tenant = $1 and o.bucket = $3 and o.rekor_uuid is null
  and not exists (
    select 1 from attestor.rekor_submission_members m
    where m.tenant = o.tenant and m.observation_id = o.observation_id)
order by o.created_at, o.observation_id
limit $2
