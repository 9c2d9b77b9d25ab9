-- blob_get.sql - bytes by their digest.
-- $1 tenant  $2 kind  $3 digest
select content
from vex.blobs
where tenant = $1 and kind = $2 and digest = $3
