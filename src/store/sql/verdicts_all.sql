-- verdicts_all.sql - a page of verdicts at a time, in order.
-- $1 tenant  $2 $3 $4 the decision before the page  $5 limit
-- $6 latest created_at  $7 vulnerability  $8 product key
-- $9 $10 bounds of its subcomponents; null is any
select verdict_id, vulnerability_id, product_key, status, justification,
  policy_version, policy_digest, reasoning_id, sbom_entry_id,
  sbom_entry_kind, proof_bundle_id, record, replaces, evaluated_at,
  created_at, sequence, claims, conflicts
from vex.verdicts v
where tenant = $1
  and (vulnerability_id, product_key, sbom_entry_id) > ($2, $3, $4)
  and created_at <= $6
  and not exists (
    select 1 from vex.verdicts w
    where w.tenant = v.tenant and w.vulnerability_id = v.vulnerability_id
      and w.product_key = v.product_key
      and w.sbom_entry_id = v.sbom_entry_id
      and w.sequence > v.sequence and w.created_at <= $6)
  and ($8 is null or product_key = $8
    or (product_key >= $9 and product_key < $10))
order by vulnerability_id, product_key, sbom_entry_id
limit $5
