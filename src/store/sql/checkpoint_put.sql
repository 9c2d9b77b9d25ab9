-- checkpoint_put.sql - a checkpoint; one that was found inconsistent once
-- stays so.
-- $1 log id  $2 tree size  $3 root  $4 origin  $5 note  $6 captured at
-- $7 consistent  $8 why not
insert into attestor.rekor_root_checkpoints as c (log_id, tree_size,
  tree_root, origin, checkpoint_note, captured_at, verified_at,
  is_consistent, inconsistency_reason)
values ($1, $2, $3, $4, $5, $6, $6, $7, $8)
on conflict (log_id, tree_size, tree_root) do update set
  verified_at = excluded.verified_at,
  is_consistent = c.is_consistent and excluded.is_consistent,
  inconsistency_reason = coalesce(c.inconsistency_reason,
    excluded.inconsistency_reason)
