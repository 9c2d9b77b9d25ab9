-- checkpoint_last.sql - the largest state of a tree that was found consistent.
-- $1 log id  $2 origin
select log_id, origin, tree_size, tree_root, checkpoint_note, is_consistent,
  inconsistency_reason, captured_at
from attestor.rekor_root_checkpoints
where log_id = $1 and origin = $2 and is_consistent
order by tree_size desc, captured_at desc
limit 1
