-- claim_lock.postgresql.sql - until the end of the transaction nobody else
-- claims observations of this tenant, and then sees which are taken. Its
-- commit waits for no disk, so the next one does not wait for that either;
-- and a worker whose host is gone holds it for seconds, not for minutes.
-- $1 tenant
with one as materialized (
  select pg_advisory_xact_lock(hashtextextended('vexlog claim ' || $1, 0)),
    set_config('synchronous_commit', 'off', true),
    set_config('idle_in_transaction_session_timeout', '10s', true)
)
select count(*) from one
