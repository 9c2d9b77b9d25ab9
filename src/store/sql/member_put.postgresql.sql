-- member_put.postgresql.sql - the observations of a job. One that another job
-- has is a failure: whoever holds the lock of claims meets none. Each
-- parameter is an array, one item a row:
-- $1 tenant  $2 job id  $3 leaf index  $4 observation id
insert into attestor.rekor_submission_members (tenant, job_id, leaf_index,
  observation_id)
select *
from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])
