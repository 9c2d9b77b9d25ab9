-- claim_by_bucket.sqlite.sql - no row: one file is not spread.
select 1 where false
