-- checkpoints.sql - what was kept of a log, the smallest tree first.
-- $1 log id  $2 limit
select log_id, origin, tree_size, tree_root, checkpoint_note, is_consistent,
  inconsistency_reason, captured_at
from attestor.rekor_root_checkpoints
where log_id = $1
order by tree_size, captured_at, tree_root
limit $2
