-- job_enqueue.sql - something to be linked, unless it is there.
-- $1 tenant  $2 kind  $3 subject  $4 payload  $5 created at
insert into attestor.rekor_submission_queue (tenant, kind, subject, state,
  payload, created_at)
values ($1, $2, $3, 'queued', $4, $5)
on conflict do nothing
