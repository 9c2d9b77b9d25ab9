-- migration_put.sql - one file that was applied now.
-- $1 version  $2 checksum  $3 applied at
insert into vex.migrations (version, checksum, applied_at)
values ($1, $2, $3)
