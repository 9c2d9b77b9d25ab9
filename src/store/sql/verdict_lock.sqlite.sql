-- verdict_lock.sqlite.sql - nothing: whoever may write is alone.
-- $1 tenant  $2 vulnerability  $3 product key  $4 sbom entry id
select 1
