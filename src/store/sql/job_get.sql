-- job_get.sql - one job.
-- $1 tenant  $2 id
select id, kind, subject, payload, envelope, log_url, attempts, last_error,
  entry_uuid
from attestor.rekor_submission_queue
where tenant = $1 and id = $2
