-- verdicts_then.sql - every verdict from one pair to another that was known at
-- a time, of each SBOM entry in the order of its history, without the records.
-- $1 tenant  $2 $3 the first pair  $4 $5 the last  $6 latest created_at
select verdict_id, vulnerability_id, product_key, status, justification,
  policy_version, policy_digest, reasoning_id, sbom_entry_id,
  sbom_entry_kind, proof_bundle_id, '', replaces, evaluated_at,
  created_at, sequence, claims, conflicts
from vex.verdicts
where tenant = $1
  and (vulnerability_id, product_key) >= ($2, $3)
  and (vulnerability_id, product_key) <= ($4, $5)
  and created_at <= $6
order by vulnerability_id, product_key, sbom_entry_id, sequence
