-- job_signed.sql - the bytes that will be submitted, for whoever holds it.
-- $1 tenant  $2 id  $3 owner  $4 payload  $5 envelope
update attestor.rekor_submission_queue set
  state = 'signed', payload = $4, envelope = $5
where tenant = $1 and id = $2 and lease_owner = $3
  and state in ('claimed', 'signed')
