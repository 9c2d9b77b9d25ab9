-- migration_table.sqlite.sql - a row where migrations were ever applied.
select 1 from sqlite_schema where name = 'vex_migrations'
