-- migration_table.postgresql.sql - a row where migrations were ever applied.
select 1 where to_regclass('vex.migrations') is not null
