-- observations.sql - many observations that the store believes: every id and
-- content digest follows from its row, as `vexlog ingest` would write it.
--
--   psql -v rows=100000 [-v tenant=default] [-v first=1] [-v per_moment=1000]
--       -f observations.sql
--
-- Forty a vulnerability, 200 a document; per_moment of them have one
-- created_at, as a batch of ingest gives it. Lengths are those of the CSAF
-- feeds: product key 122 bytes, pointer 50.

\if :{?tenant}
\else
\set tenant default
\endif
\if :{?first}
\else
\set first 1
\endif
\if :{?per_moment}
\else
\set per_moment 1000
\endif
BEGIN;
SET LOCAL app.tenant_id = :'tenant';
INSERT INTO vex.observations (tenant, bucket, observation_id, content_digest,
    document_digest, format, pointer, provider_id, vulnerability_id,
    product_key, product_text, status, source_status, said_at, said_at_from,
    mapping_version, created_at)
SELECT :'tenant', get_byte(sha256(vulnerability::bytea), 1), id,
    'sha256:' || encode(sha256(convert_to('{"justification":null,'
	'"mappingVersion":"1.0.0","observationId":"' || id ||
	'","saidAt":"2026-01-01T00:00:00Z","saidAtFrom":"document",'
	'"sourceJustification":null,"sourceStatus":"known_affected",'
	'"status":"affected"}', 'UTF8')), 'hex'),
    document, 'csaf', pointer, 'vendor:example', vulnerability, product, '',
    'affected', 'known_affected', timestamptz '2026-01-01T00:00:00Z',
    'document', '1.0.0', timestamptz '2026-01-17T00:00:00Z'
	+ (i / :per_moment) * interval '1 millisecond'
FROM generate_series(:first::bigint, :first::bigint + :rows - 1) AS i,
    LATERAL (SELECT 'CVE-2026-' || 10000 + i / 40 AS vulnerability,
	'sha256:' || encode(sha256(convert_to('d' || i / 200, 'UTF8')), 'hex')
	    AS document,
	'/vulnerabilities/0/product_status/known_affected/' || i % 200
	    AS pointer,
	'cpe:/a:example:enterprise_linux:' || i % 9 || '::appstream > '
	    'pkg:rpm/example/example-library-' || i
	    || '@1.' || i % 40 || '.2-3.el9?arch=x86_64&repository=base'
	    AS product) AS named,
    LATERAL (SELECT 'vex:obs:sha256:' || encode(sha256(convert_to(
	'{"documentDigest":"' || document || '","format":"csaf","pointer":"'
	|| pointer || '","productKey":"' || product
	|| '","providerId":"vendor:example","vulnerabilityId":"'
	|| vulnerability || '"}', 'UTF8')), 'hex') AS id) AS made;
COMMIT;
