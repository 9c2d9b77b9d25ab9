-- document_put.sql - a document, unless its digest is there.
-- $1 tenant  $2 digest  $3 format  $4 format version  $5 source  $6 size
-- $7 content, deflated  $8 findings  $9 created at
insert into vex.documents (tenant, document_digest, format, format_version,
  source, size, content, findings, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict do nothing
