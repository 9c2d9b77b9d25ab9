-- blobs.sql - digests of what is kept under a kind, in order.
-- $1 tenant  $2 kind  $3 latest created_at
select digest
from vex.blobs
where tenant = $1 and kind = $2 and created_at <= $3
order by digest
