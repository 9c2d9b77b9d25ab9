-- verdict_get.sql - a verdict by its id; where it was current more than once,
-- the last time.
-- $1 tenant  $2 verdict id
select verdict_id, vulnerability_id, product_key, status, justification,
  policy_version, policy_digest, reasoning_id, sbom_entry_id,
  sbom_entry_kind, proof_bundle_id, record, replaces, evaluated_at,
  created_at, sequence, claims, conflicts
from vex.verdicts
where tenant = $1 and verdict_id = $2
order by sequence desc
limit 1
