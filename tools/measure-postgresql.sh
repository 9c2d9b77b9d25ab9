#!/bin/sh
# measure-postgresql.sh [ROWS [HASHES]] - what docs/scale.md says, measured:
# bytes a row before and after linkage, by index, and the time of what is done
# often. In a cluster of its own that is gone afterwards (needs about 5 KiB of
# disk a row); default a million rows, proofs of 20 hashes in the log.
#
# Rows are as long as those of the CSAF feeds: product key 122 bytes, text of
# the product 110, pointer 50, action text 175 on average; batches of 256.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
ROWS=${1:-1000000}
HASHES=${2:-20}
# shellcheck source=tests/pg.sh
. "$here/tests/pg.sh"
trap pg_stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP PIPE
PG_SERVER_ARGS="-c maintenance_work_mem=256MB ${PG_SERVER_ARGS:-}"
pg_start

sql() {
	PGOPTIONS='-c client_min_messages=warning' \
	    psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}
# As psql sees it on a connection that is there, the second time it is asked;
# VACUUM and the like once.
timed() { # NAME SQL
	case $2 in
	SELECT*) again=$2 ;;
	*) again='SELECT 1' ;;
	esac
	printf '%s\n' "$again;" '\timing on' "$2;" |
	    sql -f - | awk -v n="$1" '/^Time:/ {
		printf "%-44s %10.2f ms\n", n, $2 }'
}
sizes() { # WHEN
	echo "$1:"
	sql -F ' ' -c "SELECT format('  %-42s %8s B/row', name,
		round(bytes::numeric / $ROWS, 1))
	    FROM (SELECT 1 AS n, 'heap' AS name,
		pg_relation_size('vex.observations') AS bytes
	    UNION ALL SELECT 2, 'TOAST', pg_total_relation_size(reltoastrelid)
		FROM pg_class WHERE oid = 'vex.observations'::regclass
	    UNION ALL SELECT 3, indexrelid::regclass::text,
		pg_relation_size(indexrelid) FROM pg_index
		WHERE indrelid = 'vex.observations'::regclass
	    UNION ALL SELECT 4, 'all together',
		pg_total_relation_size('vex.observations')) AS s
	    ORDER BY n, name"
}

"$here/devops/database/migrate.sh" 2>/dev/null
sql -c 'SELECT version()' | cut -d ' ' -f 1-2
echo "$ROWS rows, $HASHES hashes in the log's proof"

t0=$(date +%s%N)
sql -c "INSERT INTO vex.observations (tenant, bucket, observation_id,
    content_digest, document_digest, format, pointer, provider_id,
    vulnerability_id, product_key, product_text, status, justification,
    source_status, action_text, said_at, said_at_from, mapping_version,
    created_at)
SELECT 'default', get_byte(sha256(v::bytea), 1),
    'vex:obs:sha256:' || encode(sha256(('o' || i)::bytea), 'hex'),
    'sha256:' || encode(sha256(('c' || i)::bytea), 'hex'),
    'sha256:' || encode(sha256(('d' || i / 200)::bytea), 'hex'),
    'csaf', '/vulnerabilities/0/product_status/known_affected/'
	|| lpad((i % 200)::text, 4, '0'),
    'doc:https://www.redhat.com', v,
    'cpe:/a:redhat:enterprise_linux:' || i % 9 || '::appstream > '
	|| 'pkg:rpm/redhat/example-library-' || i % 9973
	|| '@1.' || i % 40 || '.2-3.el9?arch=x86_64&epoch=0&repository=base',
    'AppStream-9.' || i % 9 || ':example-library-' || i % 9973
	|| '-0:1.' || i % 40 || '.2-3.el9.x86_64 as a component of '
	|| 'Example Linux AppStream (v. 9)',
    'affected', NULL, 'known_affected',
    repeat('Before applying this update, make sure all errata are in. ', 3),
    timestamptz '2026-01-01Z' + i * interval '1 second', 'document', '1.0.0',
    timestamptz '2026-01-17Z' + i / 1000 * interval '1 second'
FROM generate_series(1, $ROWS) AS i,
    LATERAL (SELECT 'CVE-2026-' || 10000 + i / 200 AS v) AS names"
t1=$(date +%s%N)
awk -v n="$ROWS" -v ns=$((t1 - t0)) 'BEGIN { printf "%-44s %10.1f s, %.0f rows/s\n",
    "INSERT ... SELECT", ns / 1e9, n * 1e9 / ns }'
sql -c 'VACUUM ANALYZE vex.observations'
sizes 'pending'
timed 'first page of 1000 pending' "SELECT observation_id, created_at
    FROM vex.observations WHERE tenant = 'default' AND rekor_uuid IS NULL
    ORDER BY created_at, observation_id LIMIT 1000"

# One UPDATE a batch of 256, as the worker does it; ten batches a commit.
cat >"$PG_DIR/link.sql" <<SCRIPT
DO \$\$
DECLARE
	batch bigint := 0;
	done bigint;
	log jsonb;
BEGIN
	LOOP
		log := jsonb_build_object('logIndex', batch, 'treeSize', batch,
		    'rootHash', encode(sha256(batch::text::bytea), 'hex'),
		    'hashes', (SELECT jsonb_agg(encode(sha256((batch || ' ' ||
			h)::bytea), 'hex')) FROM generate_series(1, $HASHES)
			AS h), 'checkpoint', repeat('0123456789abcdef', 14));
		WITH next AS (SELECT tenant, observation_id, row_number()
			OVER (ORDER BY created_at, observation_id) AS leaf
		    FROM vex.observations
		    WHERE tenant = 'default' AND rekor_uuid IS NULL
		    ORDER BY created_at, observation_id LIMIT 256)
		UPDATE vex.observations o SET
		    rekor_uuid = encode(sha256(batch::text::bytea), 'hex'),
		    rekor_log_index = batch,
		    rekor_log_id = encode(sha256('log'), 'hex'),
		    rekor_log_url = 'rekor2+https://log.example',
		    rekor_tree_root = encode(sha256(('r' || batch)::bytea),
			'hex'),
		    rekor_tree_size = batch + 1,
		    rekor_inclusion_proof = jsonb_build_object('log', log,
			'batch', jsonb_build_object('leafIndex', leaf,
			'treeSize', 256, 'rootHash', encode(sha256(('b' ||
			batch)::bytea), 'hex'), 'hashes', (SELECT jsonb_agg(
			encode(sha256((leaf || ' ' || h || ' ' || batch)
			::bytea), 'hex')) FROM generate_series(1, 8) AS h))),
		    rekor_entry_body_hash = 'sha256:' ||
			encode(sha256(('e' || batch)::bytea), 'hex'),
		    rekor_entry_kind = 'hashedrekord',
		    rekor_linked_at = now()
		FROM next WHERE o.tenant = next.tenant
		    AND o.observation_id = next.observation_id;
		GET DIAGNOSTICS done = ROW_COUNT;
		EXIT WHEN done = 0;
		batch := batch + 1;
		IF batch % 10 = 0 THEN
			COMMIT;
		END IF;
	END LOOP;
END
\$\$;
SCRIPT
t0=$(date +%s%N)
sql -f "$PG_DIR/link.sql"
t1=$(date +%s%N)
awk -v n="$ROWS" -v ns=$((t1 - t0)) 'BEGIN { printf "%-44s %10.1f s, %.0f rows/s\n",
    "linking all, 256 a batch", ns / 1e9, n * 1e9 / ns }'
sql -c "SELECT '  (proof ' || round(avg(length(rekor_inclusion_proof::text)))
    || ' bytes as text, ' || round(avg(pg_column_size(rekor_inclusion_proof)))
    || ' stored)' FROM vex.observations TABLESAMPLE SYSTEM (1)"
sizes 'linked, as autovacuum left it'
timed 'first page of pending, none left' "SELECT observation_id
    FROM vex.observations WHERE tenant = 'default' AND rekor_uuid IS NULL
    ORDER BY created_at, observation_id LIMIT 1000"
timed 'VACUUM' 'VACUUM vex.observations'
timed 'first page of pending, after VACUUM' "SELECT observation_id
    FROM vex.observations WHERE tenant = 'default' AND rekor_uuid IS NULL
    ORDER BY created_at, observation_id LIMIT 1000"
timed 'one batch by its entry' "SELECT observation_id FROM vex.observations
    WHERE tenant = 'default' AND rekor_uuid = encode(sha256('7'), 'hex')"
timed 'claims of one product and vulnerability' "SELECT observation_id
    FROM vex.observations WHERE tenant = 'default'
    AND vulnerability_id = 'CVE-2026-10007' AND product_key < 'd'"
t0=$(date +%s%N)
for file in "$here"/devops/database/migrations/V*.sql; do
	sql -1 -f "$file" >/dev/null
done
t1=$(date +%s%N)
awk -v ns=$((t1 - t0)) 'BEGIN { printf "%-44s %10.2f ms\n",
    "applying both migrations again, psql -1", ns / 1e6 }'
timed 'VACUUM FULL' 'VACUUM FULL vex.observations'
sizes 'linked, as small as it gets'
