-- jobs_dead.sql - how many jobs are given up, and why the newest was; no row
-- when none is.
-- $1 tenant
select count(*) over (), last_error
from attestor.rekor_submission_queue
where tenant = $1 and state = 'dead'
order by created_at desc, id desc
limit 1
