-- claim_by_bucket.postgresql.sql - a row where the observations are spread by
-- bucket, as devops/database/citus/distribute.sql does.
select 1
where to_regclass('vex.idx_vex_observations_bucket_pending') is not null
