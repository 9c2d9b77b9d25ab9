-- verdict_current.sql - the newest verdict of one decision.
-- $1 tenant  $2 vulnerability  $3 product key  $4 sbom entry id
select verdict_id, vulnerability_id, product_key, status, justification,
  policy_version, policy_digest, reasoning_id, sbom_entry_id,
  sbom_entry_kind, proof_bundle_id, record, replaces, evaluated_at,
  created_at, sequence, claims, conflicts
from vex.verdicts
where tenant = $1 and vulnerability_id = $2 and product_key = $3
  and sbom_entry_id = $4
order by sequence desc
limit 1
