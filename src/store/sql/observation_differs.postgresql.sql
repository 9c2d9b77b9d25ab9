-- observation_differs.postgresql.sql - those ids that are there with another
-- content digest. Each parameter is an array, one item a row:
-- $1 tenant  $2 observation id  $3 content digest
select o.observation_id, o.content_digest
from unnest($1::text[], $2::text[], $3::text[])
  as n (tenant, observation_id, content_digest)
join vex.observations o
  on o.tenant = n.tenant and o.observation_id = n.observation_id
where o.content_digest <> n.content_digest
