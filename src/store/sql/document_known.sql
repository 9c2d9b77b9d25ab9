-- document_known.sql - a row where the document is there.
-- $1 tenant  $2 digest
select 1 from vex.documents where tenant = $1 and document_digest = $2
