-- migration_start.sqlite.sql - the table of migrations, unless it is there.
create table if not exists vex_migrations (
  version    text    not null primary key,
  checksum   text    not null,
  applied_at integer not null
) strict
