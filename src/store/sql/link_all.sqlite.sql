-- link_all.sqlite.sql - as link.sql; gives the id of what was linked now.
-- $1 tenant  $2 observation id  $3 uuid  $4 log index  $5 log id  $6 log url
-- $7 integrated time  $8 tree root  $9 tree size  $10 inclusion proof
-- $11 entry body hash  $12 entry kind  $13 linked at
update vex.observations set
  rekor_uuid = $3, rekor_log_index = $4, rekor_log_id = $5,
  rekor_log_url = $6, rekor_integrated_time = $7, rekor_tree_root = $8,
  rekor_tree_size = $9, rekor_inclusion_proof = $10,
  rekor_entry_body_hash = $11, rekor_entry_kind = $12, rekor_linked_at = $13
where tenant = $1 and observation_id = $2 and coalesce(rekor_uuid, '') = ''
returning observation_id
