-- count_jobs.sql - how many things but observations are not linked yet.
-- $1 tenant
select count(*)
from attestor.rekor_submission_queue
where tenant = $1 and state in ('queued', 'claimed', 'signed', 'dead')
  and kind <> 'observations'
