-- verdicts_between.sql - the current verdicts from one pair to another, without
-- their records.
-- $1 tenant  $2 $3 the first pair  $4 $5 the last  $6 sbom entry kind
-- $7 digest of the SBOM, null for none  $8 product key
-- $9 $10 bounds of its subcomponents; null is any
select verdict_id, vulnerability_id, product_key, status, justification,
  policy_version, policy_digest, reasoning_id, sbom_entry_id,
  sbom_entry_kind, proof_bundle_id, '', replaces, evaluated_at,
  created_at, sequence, claims, conflicts
from vex.verdicts v
where tenant = $1
  and (vulnerability_id, product_key) >= ($2, $3)
  and (vulnerability_id, product_key) <= ($4, $5)
  and not exists (
    select 1 from vex.verdicts w
    where w.tenant = v.tenant and w.vulnerability_id = v.vulnerability_id
      and w.product_key = v.product_key
      and w.sbom_entry_id = v.sbom_entry_id and w.sequence > v.sequence)
  and sbom_entry_kind = $6
  and ($7 is null or sbom_entry_id = $7 || ':' || product_key)
  and ($8 is null or product_key = $8
    or (product_key >= $9 and product_key < $10))
order by vulnerability_id, product_key
