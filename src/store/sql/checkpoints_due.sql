-- checkpoints_due.sql - checkpoints of one tree that were held against a newer
-- one never or longest ago.
-- $1 log id  $2 origin  $3 size of the newer one  $4 limit
select log_id, origin, tree_size, tree_root, checkpoint_note, is_consistent,
  inconsistency_reason, captured_at
from attestor.rekor_root_checkpoints
where log_id = $1 and origin = $2 and tree_size < $3 and is_consistent
order by verified_at nulls first, tree_size
limit $4
