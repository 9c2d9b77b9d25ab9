-- verdict_lock.postgresql.sql - until the end of the transaction nobody else
-- decides the same; another session would give its verdict the same number.
-- $1 tenant  $2 vulnerability  $3 product key  $4 sbom entry id
with one as materialized (
  select pg_advisory_xact_lock(hashtextextended(
    $1 || chr(10) || $2 || chr(10) || $3 || chr(10) || $4, 0))
)
select count(*) from one
