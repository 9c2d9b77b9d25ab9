#!/bin/sh
# statements.sh - every statement of the store fits this schema, each role may
# run those it needs and no others, and those that matter run by an index.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
pg_start
DB=t
ROWS=${VEXLOG_TEST_ROWS:-120000}
fresh $DB
apply one $DB "$BASE" "$LINKAGE"
for name in $(statements); do
	kind=$(text "$name" | grep -v '^--' |
	    grep -oiE '\b(insert into|update|delete from) [a-z_]+\.[a-z_]+' |
	    head -n 1 | tr 'A-Z' 'a-z')
	locks=$(text "$name" | grep -ciE '^for update')
	out=$(explain vexlog_app "$name")
	lacks "$out" ERROR "$name: fits, and the program may run it"
	# A reader reads, and takes no locks.
	out=$(explain vexlog_reader "$name")
	if [ -z "$kind" ] && [ "$locks" = 0 ]; then
		lacks "$out" ERROR "$name: a reader may"
	else
		has "$out" 'permission denied' "$name: a reader may not"
	fi
	# The linker writes nothing that was said or concluded.
	out=$(explain vexlog_linker "$name")
	case $kind in
	'insert into vex.documents' | 'insert into vex.observations' | \
	    'insert into vex.verdicts')
		has "$out" 'permission denied' "$name: the linker may not"
		;;
	*) lacks "$out" ERROR "$name: the linker may" ;;
	esac
done

# Plans on real rows: a third of them linked, a second tenant beside.
fill $DB default 1 "$ROWS" >/dev/null
fill $DB other 1 $((ROWS / 4)) >/dev/null
link $DB default 3 >/dev/null
q $DB 'VACUUM ANALYZE vex.observations' >/dev/null
note "$ROWS rows, $(q $DB "SELECT count(*) FROM vex.observations
    WHERE rekor_uuid IS NULL") pending"
first="'-infinity', ''"
last="'2026-01-17T00:01:00Z', 'vex:obs:sha256:8'"
uuid=$(q $DB "SELECT min(rekor_uuid) FROM vex.observations")
log=$(q $DB "SELECT min(rekor_log_id) FROM vex.observations")
product="'pkg:rpm/redhat/example-1@1.2.1?arch=x86_64',
    'pkg:rpm/redhat/example-1@1.2.1?arch=x86_64 > ',
    'pkg:rpm/redhat/example-1@1.2.1?arch=x86_64 >!'"
one=$(q $DB "SELECT observation_id FROM vex.observations LIMIT 1")
# A list whose conditions may be null needs a plan for its values; the rest
# also runs by the plan that PostgreSQL keeps for all values.
none='NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL'
while IFS='|' read -r plans name index values; do
	for PLAN in $plans; do
		out=$(explain vexlog_app "$name" "$(eval "echo \"$values\"")")
		has "$out" "$index" "$name uses $index, $PLAN"
		lacks "$out" 'Seq Scan on observations' \
		    "$name reads no whole table, $PLAN"
		case $name in
		find_pending | find_all | claim_pending)
			lacks "$out" Sort "$name needs no sorting, $PLAN"
			;;
		esac
	done
done <<'END'
auto|find_pending|idx_vex_observations_pending_rekor|'default', $first, 1000, 'infinity', $none, true
auto|find_pending|idx_vex_observations_pending_rekor|'default', $last, 1000, 'infinity', $none, true
auto|find_all|idx_vex_observations_created|'default', $last, 1000, 'infinity', $none, false
auto|find_uuid|idx_vex_observations_rekor_uuid|'default', $first, 1000, 'infinity', NULL, NULL, NULL, NULL, NULL, NULL, '$uuid', NULL, NULL, false
auto|find_entry|idx_vex_observations_rekor_log_index|'default', $first, 1000, 'infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '$log', 7, false
auto|find_log_index|idx_vex_observations_rekor_log_index|'default', $first, 1000, 'infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 7, false
auto|find_vulnerability|idx_vex_observations_vulnerability|'default', $first, 1000, 'infinity', 'CVE-2026-10001', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, false
auto|find_product|idx_vex_observations_product|'default', $first, 1000, 'infinity', NULL, $product, NULL, NULL, NULL, NULL, NULL, false
auto force_generic_plan|claims|idx_vex_observations_vulnerability|'default', 'CVE-2026-10001', 'pkg:rpm/redhat/example-1@1.2.1?arch=x86_64', 'infinity', false
auto force_generic_plan|claim_pending|idx_vex_observations_pending_rekor|'default', 256
auto force_generic_plan|count_pending|idx_vex_observations_pending_rekor|'default'
auto force_generic_plan|observation_get|pk_vex_observations|'default', '$one'
auto force_generic_plan|link|pk_vex_observations|'default', '$one', 'u', 1, 'l', 'u', NULL, 'r', 1, '{}', 'b', 'k', '2026-01-17Z'
END

# The monitor's order, on the index that is for it.
q $DB "INSERT INTO attestor.rekor_entries (tenant, log_id, log_index, uuid,
    log_url, origin, body_hash, envelope_digest, entry)
    SELECT 'default', 'l', i, i, 'u', 'o', 'b', 'e', '{}'
    FROM generate_series(1, 20000) AS i; ANALYZE attestor.rekor_entries" \
    >/dev/null
has "$(q $DB 'EXPLAIN SELECT uuid FROM attestor.rekor_entries
    ORDER BY last_verified_at NULLS FIRST, created_at LIMIT 100')" \
    idx_attestor_rekor_entries_due "the entries that are due come by index"
tap_done
