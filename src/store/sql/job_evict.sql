-- job_evict.sql - ends all leases of one owner.
-- $1 tenant  $2 owner
update attestor.rekor_submission_queue
set lease_owner = null, lease_until = null
where tenant = $1 and state in ('claimed', 'signed') and lease_owner = $2
