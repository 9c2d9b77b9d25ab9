-- migration_table.sqlite.sql - a row where there is a table of migrations.
select 1 from sqlite_schema where name = 'vex_migrations'
