-- link_all.postgresql.sql - as link.sql, for many; gives the ids of what was
-- linked now. Each parameter is an array, one item a row:
-- $1 tenant  $2 observation id  $3 uuid  $4 log index  $5 log id  $6 log url
-- $7 integrated time  $8 tree root  $9 tree size  $10 inclusion proof
-- $11 entry body hash  $12 entry kind  $13 linked at
update vex.observations o set
  rekor_uuid = n.uuid, rekor_log_index = n.log_index,
  rekor_log_id = n.log_id, rekor_log_url = n.log_url,
  rekor_integrated_time = n.integrated_time, rekor_tree_root = n.tree_root,
  rekor_tree_size = n.tree_size, rekor_inclusion_proof = n.inclusion_proof,
  rekor_entry_body_hash = n.entry_body_hash,
  rekor_entry_kind = n.entry_kind, rekor_linked_at = n.linked_at
from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[],
  $6::text[], $7::timestamptz[], $8::text[], $9::bigint[], $10::jsonb[],
  $11::text[], $12::text[], $13::timestamptz[])
  as n (tenant, observation_id, uuid, log_index, log_id, log_url,
    integrated_time, tree_root, tree_size, inclusion_proof, entry_body_hash,
    entry_kind, linked_at)
where o.tenant = n.tenant and o.observation_id = n.observation_id
  and coalesce(o.rekor_uuid, '') = ''
returning o.observation_id
