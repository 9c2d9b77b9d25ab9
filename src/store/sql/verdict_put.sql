-- verdict_put.sql - a verdict, with the next number of its decision.
-- $1 tenant  $2 vulnerability  $3 product key  $4 sbom entry id  $5 sequence
-- $6 verdict id  $7 status  $8 justification  $9 policy version
-- $10 policy digest  $11 reasoning id  $12 sbom entry kind
-- $13 proof bundle id  $14 record  $15 replaces  $16 evaluated at
-- $17 created at  $18 claims it was decided from  $19 conflicts
insert into vex.verdicts (tenant, vulnerability_id, product_key,
  sbom_entry_id, sequence, verdict_id, status, justification,
  policy_version, policy_digest, reasoning_id, sbom_entry_kind,
  proof_bundle_id, record, replaces, evaluated_at, created_at,
  claims, conflicts)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
  $16, $17, $18, $19)
