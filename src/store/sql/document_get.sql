-- document_get.sql - one document.
-- $1 tenant  $2 digest
select document_digest, format, format_version, source, size, content,
  findings, created_at
from vex.documents
where tenant = $1 and document_digest = $2
