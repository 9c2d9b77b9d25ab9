-- verdict_history.sql - all verdicts about one vulnerability and product.
-- $1 tenant  $2 vulnerability  $3 product key
-- $4 $5 bounds of its subcomponents, null for none  $6 latest created_at
select verdict_id, vulnerability_id, product_key, status, justification,
  policy_version, policy_digest, reasoning_id, sbom_entry_id,
  sbom_entry_kind, proof_bundle_id, record, replaces, evaluated_at,
  created_at, sequence, claims, conflicts
from vex.verdicts
where tenant = $1 and vulnerability_id = $2
  and (product_key = $3 or (product_key >= $4 and product_key < $5))
  and created_at <= $6
order by product_key, created_at, sbom_entry_id, sequence
