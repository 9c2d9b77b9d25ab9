-- job_owners.sql - who holds a lease that is not over.
-- $1 tenant  $2 now  $3 owner to leave out
select distinct lease_owner
from attestor.rekor_submission_queue
where tenant = $1 and state in ('claimed', 'signed')
  and lease_until > $2 and lease_owner <> $3
