-- jobs_done.sql - everything that is linked, but observations.
-- $1 tenant
select id, kind, subject, log_url
from attestor.rekor_submission_queue
where tenant = $1 and state = 'done' and kind <> 'observations'
order by kind, subject
