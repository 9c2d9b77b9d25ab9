-- pending_tell.sqlite.sql - nothing: a file can't tell its readers.
-- $1 tenant
select 1
