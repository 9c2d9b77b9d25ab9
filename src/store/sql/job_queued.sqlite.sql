-- job_queued.sqlite.sql - the oldest thing in the queue that nobody took.
-- $1 tenant
select id
from attestor.rekor_submission_queue
where tenant = $1 and state = 'queued'
order by created_at, id
limit 1
