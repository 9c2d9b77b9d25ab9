-- observation_put.sqlite.sql - one observation, unless its id is there.
-- $1 tenant  $2 bucket  $3 observation_id  $4 content_digest
-- $5 document_digest  $6 format  $7 pointer  $8 provider_id
-- $9 vulnerability_id  $10 aliases  $11 product_key  $12 product_text
-- $13 status  $14 justification  $15 source_status
-- $16 source_justification  $17 impact_text  $18 action_text  $19 said_at
-- $20 said_at_from  $21 mapping_version  $22 created_at
insert into vex.observations (tenant, bucket, observation_id,
  content_digest, document_digest, format, pointer, provider_id,
  vulnerability_id, aliases, product_key, product_text, status,
  justification, source_status, source_justification, impact_text,
  action_text, said_at, said_at_from, mapping_version, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
  $16, $17, $18, $19, $20, $21, $22)
on conflict do nothing
