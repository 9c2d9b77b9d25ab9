-- envelope_get.sql - the signed envelope behind an entry, by its digest.
-- $1 tenant  $2 envelope digest
select q.envelope
from attestor.rekor_entries e
join attestor.rekor_submission_queue q
  on q.tenant = e.tenant and q.entry_uuid = e.uuid
where e.tenant = $1 and e.envelope_digest = $2
limit 1
