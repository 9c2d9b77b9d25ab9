#!/bin/bash
# bench.sh PROGRAM [N] - time the road of N claims (20000) on this machine:
# canon, check, ingest, link, decide, verify. Numbers are wall clock and tell
# more about the machine than about another one.
set -euo pipefail
program=$(realpath "$1")
count=${2:-20000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export VEXLOG_HOME="$work/home"

python3 - "$count" <<'END' >claims.json
import json, sys
n = int(sys.argv[1])
print(json.dumps({
    "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/b",
    "author": "bench", "timestamp": "2026-01-01T00:00:00Z", "version": 1,
    "statements": [{
        "vulnerability": {"name": "CVE-2026-%04d" % (i // 20)},
        "products": [{"@id": "pkg:npm/p%d@1.0.0" % i}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_present",
        "impact_statement": "the file that holds it is not shipped, %d" % i,
    } for i in range(n)]}, indent=1))
END
bytes=$(stat -c %s claims.json)

timed() { # NAME UNITS UNIT COMMAND...
	local name=$1 units=$2 unit=$3 start end
	shift 3
	start=$(date +%s%N)
	"$@" >/dev/null 2>err || { cat err >&2; exit 1; }
	end=$(date +%s%N)
	awk -v n="$name" -v u="$units" -v w="$unit" -v t=$((end - start)) \
	    'BEGIN {printf "%-10s %9.3f s  %12.0f %s/s\n", n, t / 1e9,
	    u / (t / 1e9), w}'
}
echo "$count claims, $bytes bytes"
timed canon $((bytes / 1000000)) MB "$program" canon claims.json
timed check "$count" claims "$program" check --json claims.json
"$program" -q init >/dev/null
timed ingest "$count" claims "$program" -q ingest --provider vendor:b claims.json
timed again "$count" claims "$program" -q ingest --provider vendor:b claims.json
timed link "$count" claims "$program" -q link
timed decide "$count" verdicts "$program" -q decide
timed verify "$count" claims "$program" -q verify --all
