-- logins.sql - the two logins of the compose file, each with the one role it
-- needs (V20260101__vexlog_base.sql). Idempotent: a changed password in .env
-- takes effect with the next run.
--
-- Run by psql; the passwords come from its environment and are kept out of
-- the server's log.

\getenv worker_password VEXLOG_WORKER_PASSWORD
\getenv app_password VEXLOG_APP_PASSWORD

SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';

SELECT 'CREATE ROLE vexlog_worker'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vexlog_worker') \gexec
SELECT 'CREATE ROLE vexlog_ingest'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vexlog_ingest') \gexec

-- INHERIT: their role's rights without a SET ROLE. No superuser, no
-- BYPASSRLS: row-level security binds them.
ALTER ROLE vexlog_worker LOGIN INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE
    NOCREATEDB PASSWORD :'worker_password';
ALTER ROLE vexlog_ingest LOGIN INHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE
    NOCREATEDB PASSWORD :'app_password';
GRANT vexlog_linker TO vexlog_worker;
GRANT vexlog_app TO vexlog_ingest;
