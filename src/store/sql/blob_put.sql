-- blob_put.sql - bytes by their digest, unless they are there.
-- $1 tenant  $2 kind  $3 digest  $4 content  $5 created at
insert into vex.blobs (tenant, kind, digest, content, created_at)
values ($1, $2, $3, $4, $5)
on conflict do nothing
