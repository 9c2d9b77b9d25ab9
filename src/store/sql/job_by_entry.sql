-- job_by_entry.sql - the job whose envelope is behind an entry.
-- $1 tenant  $2 entry uuid
select id, kind, subject, payload, envelope, log_url, attempts, last_error,
  entry_uuid
from attestor.rekor_submission_queue
where tenant = $1 and state = 'done' and entry_uuid = $2
order by id
limit 1
