-- observation_put.postgresql.sql - many observations, but those whose id is
-- there. Each parameter is an array, one item a row:
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
select *
from unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[],
  $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
  $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
  $17::text[], $18::text[], $19::timestamptz[], $20::text[], $21::text[],
  $22::timestamptz[])
on conflict do nothing
