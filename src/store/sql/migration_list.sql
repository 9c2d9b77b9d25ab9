-- migration_list.sql - what was applied, in order.
select version, checksum, applied_at
from vex.migrations
order by version
