-- claim_lock.sqlite.sql - nothing: whoever may write is alone.
-- $1 tenant
select 1
