-- member_put.sqlite.sql - one observation of a job.
-- $1 tenant  $2 job id  $3 leaf index  $4 observation id
insert into attestor.rekor_submission_members (tenant, job_id, leaf_index,
  observation_id)
values ($1, $2, $3, $4)
