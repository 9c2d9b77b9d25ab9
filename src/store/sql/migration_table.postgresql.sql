-- migration_table.postgresql.sql - a row where there is a table of migrations.
select 1 where to_regclass('vex.migrations') is not null
