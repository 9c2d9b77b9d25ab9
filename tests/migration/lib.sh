# lib.sh - what the migration tests share: TAP, ways to apply, rows, dumps.
# shellcheck shell=sh
#
# A test is a script that sources this after `set -u`, starts a cluster by
# pg_start and ends with `tap_done`. $SOURCE is the source tree.

SOURCE=${VEXLOG_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
MIGRATIONS=$SOURCE/devops/database/migrations
BASE=$MIGRATIONS/V20260101__vexlog_base.sql
LINKAGE=$MIGRATIONS/V20260117__vex_rekor_linkage.sql

# shellcheck source=/dev/null
. "$SOURCE/tests/pg.sh"
trap 'pg_stop; rm -rf "${WORK:-}"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP PIPE
WORK=$(mktemp -d "${TMPDIR:-/tmp}/vexlog-test.XXXXXX")
chmod 755 "$WORK"

tap_count=0
tap_failures=0

ok() { # STATUS NAME
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' $tap_count "$2"
	else
		printf 'not ok %d - %s\n' $tap_count "$2"
		tap_failures=$((tap_failures + 1))
	fi
}

is() { # GOT WANT NAME
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '%s\n' "$1" | sed 's/^/# got  /'
		printf '%s\n' "$2" | sed 's/^/# want /'
	fi
}

has() { # GOT PART NAME
	case $1 in
	*"$2"*) ok 0 "$3" ;;
	*)
		ok 1 "$3"
		printf '%s\n' "$1" | head -n 20 | sed 's/^/# got  /'
		printf '# want ...%s...\n' "$2"
		;;
	esac
}

lacks() { # GOT PART NAME
	case $1 in
	*"$2"*)
		ok 1 "$3"
		printf '%s\n' "$1" | head -n 20 | sed 's/^/# got  /'
		;;
	*) ok 0 "$3" ;;
	esac
}

same() { # FILE FILE NAME
	if cmp -s "$1" "$2"; then
		ok 0 "$3"
	else
		ok 1 "$3"
		diff "$1" "$2" | head -n 20 | sed 's/^/# /'
	fi
}

note() {
	printf '# %s\n' "$*"
}

tap_done() {
	printf '1..%d\n' $tap_count
	[ $tap_failures -eq 0 ]
	exit $?
}

# q DATABASE SQL: rows on stdout, errors too; status of psql.
q() {
	PGOPTIONS='-c client_min_messages=warning' \
	    psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" -c "$2" 2>&1
}

# as ROLE TENANT DATABASE SQL: the same in one transaction of that role; the
# tenant "" names none.
as() {
	printf '%s\n' 'BEGIN;' "SET LOCAL ROLE $1;" \
	    "SELECT set_config('app.tenant_id', '$2', true) \\g /dev/null" \
	    "$4;" 'COMMIT;' |
	    PGOPTIONS='-c client_min_messages=warning' \
	    psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$3" -f - 2>&1
}

fresh() { # DATABASE
	dropdb --if-exists "$1" 2>/dev/null
	createdb "$1" || pg_bail "createdb $1 failed"
}

# apply WAY DATABASE FILE...: WAY is bare (a statement a transaction), one
# (psql -1), online (migrate.sh, by sections) or program (vexlog migrate, which
# has all files in it).
apply() {
	way=$1
	database=$2
	shift 2
	for file in "$@"; do
		case $way in
		bare)
			psql -X -q -v ON_ERROR_STOP=1 -d "$database" \
			    -f "$file" || return 1
			;;
		one)
			psql -X -q -v ON_ERROR_STOP=1 -1 -d "$database" \
			    -f "$file" || return 1
			;;
		online)
			rm -rf "$WORK/one"
			mkdir "$WORK/one"
			cp "$file" "$WORK/one/"
			# What was noted would be skipped.
			[ -z "$(q "$database" \
			    "SELECT to_regclass('vex.migrations')")" ] ||
				q "$database" 'DELETE FROM vex.migrations' \
				    >/dev/null
			MIGRATIONS=$WORK/one \
			    "$SOURCE/devops/database/migrate.sh" --online \
			    -d "$database" || return 1
			;;
		program)
			[ -z "$(q "$database" \
			    "SELECT to_regclass('vex.migrations')")" ] ||
				q "$database" 'DELETE FROM vex.migrations' \
				    >/dev/null
			"${VEXLOG:-$SOURCE/build/src/cli/vexlog}" -q \
			    --home "$WORK/none" --store "postgresql:///$database?host=$PGHOST&port=$PGPORT&user=$PGUSER" \
			    migrate up || return 1
			;;
		*) pg_bail "no way to apply called $way" ;;
		esac
	done >"$WORK/apply.out" 2>&1
}

# What the schema is, as text; the key of \restrict is another in each dump.
# A pg_dump older than the server refuses: then the catalog says it.
dump() { # DATABASE
	if [ "$(pg_dump --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -lt \
	    "$(($(q "$1" 'SHOW server_version_num') / 10000))" ]; then
		psql -X -q -A -t -d "$1" -f "$SOURCE/tests/migration/schema.sql"
	else
		pg_dump -s -d "$1" --exclude-table='public.flyway*' |
		    sed '/^\\\(un\)\{0,1\}restrict/d'
	fi >"$WORK/dump"
	[ -s "$WORK/dump" ] || pg_bail "nothing says what the schema of $1 is"
	cat "$WORK/dump"
}

# N observations of a tenant, from number FIRST on; every digest is real
# SHA-256, so that indexes have real keys. Names are not.
fill() { # DATABASE TENANT FIRST N
	q "$1" "INSERT INTO vex.observations (tenant, bucket, observation_id,
	    content_digest, document_digest, format, pointer, provider_id,
	    vulnerability_id, product_key, product_text, status,
	    justification, source_status, said_at, said_at_from,
	    mapping_version, created_at)
	SELECT '$2', get_byte(sha256(v::bytea), 1),
	    'vex:obs:sha256:' || encode(sha256(('$2' || i)::bytea), 'hex'),
	    'sha256:' || encode(sha256(('c' || i)::bytea), 'hex'),
	    'sha256:' || encode(sha256(('d' || i / 40)::bytea), 'hex'),
	    'csaf', '/vulnerabilities/0/product_status/known_not_affected/'
		|| i % 40, 'vendor.example', v,
	    'pkg:rpm/redhat/example-' || i % 977 || '@1.2.' || i % 40
		|| '?arch=x86_64', '',
	    'not_affected', 'vulnerable_code_not_present',
	    'known_not_affected',
	    timestamptz '2026-01-01Z' + i * interval '1 second', 'document',
	    '1.0.0', timestamptz '2026-01-17Z' + i * interval '1 millisecond'
	FROM generate_series($3, $3 + $4 - 1) AS i,
	    LATERAL (SELECT 'CVE-2026-' || 10000 + i / 40 AS v) AS names"
}

# Links every K-th pending observation of a tenant as one batch.
link() { # DATABASE TENANT K
	q "$1" "UPDATE vex.observations SET
	    rekor_uuid = encode(sha256((observation_id)::bytea), 'hex'),
	    rekor_log_index = get_byte(sha256(observation_id::bytea), 0),
	    rekor_log_id = encode(sha256('log'::bytea), 'hex'),
	    rekor_log_url = 'rekor+https://log.example',
	    rekor_integrated_time = timestamptz '2026-01-17T01:00:00Z',
	    rekor_tree_root = encode(sha256('root'::bytea), 'hex'),
	    rekor_tree_size = 256,
	    rekor_inclusion_proof = '{\"batch\": null, \"log\": {}}',
	    rekor_entry_body_hash = 'sha256:' || encode(sha256('b'), 'hex'),
	    rekor_entry_kind = 'hashedrekord',
	    rekor_linked_at = timestamptz '2026-01-17T01:00:01Z'
	WHERE tenant = '$2' AND rekor_uuid IS NULL
	    AND get_byte(sha256(observation_id::bytea), 1) % $3 = 0"
}

# Every byte of the rows and where they lie: ctid and xmin say whether a row
# was written again.
fingerprint() { # DATABASE
	q "$1" "SELECT count(*), count(rekor_uuid),
	    md5(string_agg(md5(o::text || o.ctid::text || o.xmin::text), ''
		ORDER BY tenant, observation_id))
	FROM vex.observations o"
}

# ---- the statements of the store ------------------------------------------

SQL=$SOURCE/src/store/sql

statements() { # their names
	(cd "$SQL" && ls ./*.sql) | sed 's/^\.\///; /\.sqlite\.sql$/d
	    s/\.postgresql\.sql$//; s/\.sql$//; /^migration_/d' | sort -u
}

# The statement called NAME, as the program takes it for PostgreSQL.
text() { # NAME
	if [ -f "$SQL/$1.postgresql.sql" ]; then
		cat "$SQL/$1.postgresql.sql"
	else
		cat "$SQL/$1.sql"
	fi
}

# A parameter that is compared with null first, or that is not used, has no
# type of its own: the program says which one it binds.
types() { # NAME COUNT
	i=1
	while [ $i -le "$2" ]; do
		type=unknown
		body=$(text "$1" | grep -v '^--')
		case "$body " in
		*"\$$i is null"*) type=text ;;
		*"\$$i"[!0-9]*) ;;
		*) type=text ;;
		esac
		case $1.$i in
		find_*.14) type=bigint ;;
		find_*.15 | job_left.[34]) type=boolean ;;
		job_failed.5) type=timestamptz ;;
		esac
		printf '%s,' $type
		i=$((i + 1))
	done
}

# EXPLAIN checks the rights of the role as the statement itself would.
explain() { # ROLE NAME [VALUES], in database $DB
	count=$(text "$2" | grep -o '\$[0-9]*' | tr -d '$' |
	    sort -n | tail -n 1)
	# Null fits every parameter; the first is the tenant of most.
	values=${3:-$(i=0 && while [ $i -lt "${count:-0}" ]; do
		case $i.$(text "$2") in
		0.*'[]'* | [1-9]*) printf 'NULL,' ;;
		*) printf "'default'," ;;
		esac
		i=$((i + 1))
	done)}
	values=${values%,}
	types=$(types "$2" "${count:-0}")
	types=${types%,}
	printf '%s\n' 'BEGIN;' "SET LOCAL ROLE $1;" \
	    "SET LOCAL app.tenant_id = 'default';" \
	    "SET LOCAL plan_cache_mode = ${PLAN:-force_custom_plan};" \
	    "PREPARE p${types:+($types)} AS $(text "$2");" \
	    "EXPLAIN (COSTS OFF) EXECUTE p${values:+($values)};" 'ROLLBACK;' |
	    psql -X -q -A -t -v ON_ERROR_STOP=1 -d $DB -f - 2>&1
}
