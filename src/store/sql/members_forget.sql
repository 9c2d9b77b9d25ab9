-- members_forget.sql - the observations of a job wait again.
-- $1 tenant  $2 job id
delete from attestor.rekor_submission_members
where tenant = $1 and job_id = $2
