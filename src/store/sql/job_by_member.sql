-- job_by_member.sql - the job that attests an observation.
-- $1 tenant  $2 observation id
select id, kind, subject, payload, envelope, log_url, attempts, last_error,
  entry_uuid
from attestor.rekor_submission_queue
where tenant = $1 and id = (
  select m.job_id from attestor.rekor_submission_members m
  where m.tenant = $1 and m.observation_id = $2)
