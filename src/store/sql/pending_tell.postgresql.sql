-- pending_tell.postgresql.sql - wakes the workers that wait for something to
-- link, when this transaction is committed.
-- $1 tenant
select 1 from pg_notify('vexlog_pending', $1)
