-- jobs_waiting.sql - how many jobs are to be sent again later, when the first
-- is, and why it failed; no row when none is.
-- $1 tenant  $2 now
select count(*) over (), next_retry_at, last_error
from attestor.rekor_submission_queue
where tenant = $1 and state in ('claimed', 'signed') and next_retry_at > $2
order by next_retry_at, id
limit 1
