-- job_by_subject.sql - the job that attests a verdict or something like it.
-- $1 tenant  $2 kind  $3 subject
select id, kind, subject, payload, envelope, log_url, attempts, last_error,
  entry_uuid
from attestor.rekor_submission_queue
where tenant = $1 and kind = $2 and subject = $3 and kind <> 'observations'
