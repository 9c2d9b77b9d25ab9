#!/bin/bash
# errors: exit codes, what stands on which stream, and a full disk.
. "$(dirname "$0")/lib.sh"

vex_document one.json CVE-2026-0001 pkg:npm/a@1 fixed 2026-01-12T08:30:00Z

# ---- not initialised ------------------------------------------------------------
for line in pending "find --vuln x" "show x" link decide "trace a b" \
    "payload x" "verify --all" "ingest one.json" "migrate status" \
    "delta now now" "log checkpoint" "log verify" "key show" "trust show"; do
	# shellcheck disable=SC2086 # several words
	vex $line
	exits 6 "$line before init"
	says 'vexlog .*init' "$line: says what to run"
	is "$(wc -c <out)" 0 "$line: nothing on standard output"
done
ok "none of them made a home" test ! -e home

# ---- an error names file, place, rule and both values ------------------------------
vex -q init
sed 's/"fixed"/"fixt"/' one.json >bad.json
vex ingest bad.json
exits 1 "a status that is none"
says '^vexlog: bad.json: /statements/0/status: .*"fixt".*\(.+\)$' \
    "file: pointer: message with the value (rule)"
vex --json ingest bad.json
says '^vexlog: bad.json: ' "with --json errors still go to standard error"
ok "and standard output is JSON alone" jq -e . out

vex -q ingest --provider vendor:example one.json

# ---- a full disk is never a success ---------------------------------------------
[ -w /dev/full ] || bail "no /dev/full"
for line in "help" "--version" "pending" "pending --json" "find" \
    "policy show" "help --format man" "canon one.json" "check one.json" \
    "check --json one.json" "check --sarif one.json" "trust show"; do
	# shellcheck disable=SC2086
	"$VEXLOG" $line >/dev/full 2>err
	code=$?
	exits 6 "$line into a full disk"
	says 'standard output.*No space left' "$line: says so"
done
"$VEXLOG" help >&- 2>err
code=$?
exits 6 "a closed standard output"
"$VEXLOG" --json link >/dev/full 2>err
code=$?
exits 6 "link into a full disk"
vex --json pending
json '.items | length' 0 "did its work nevertheless"

# ---- words that are no text --------------------------------------------------------
bad=$(printf 'x\377')
vex ingest --provider "$bad" one.json
exits 2 "a provider's name that is not UTF-8"
vex ingest --provider ' ' one.json
exits 2 "a provider's name of spaces: not that of the document instead"
vex --tenant "$bad" ingest one.json
exits 2 "a tenant that is not UTF-8"
VEXLOG_TENANT=$bad "$VEXLOG" ingest one.json >out 2>err
code=$?
exits 2 "nor from the environment"
vex --tenant "$(printf 'x%.0s' {1..2000})" pending
exits 2 "a tenant that is too long"
vex --json find
json '.items | length' 1 "none of them left anything that cannot be read"
cp bad.json "$bad.json"
vex --json ingest "$bad.json"
exits 1 "the name of a file may be any bytes"
ok "and what is printed is UTF-8" iconv -f UTF-8 -t UTF-8 out
json '.refused[0].file' "$(printf 'x\357\277\275.json')" "with a sign for each that is none"
vex --json check "$bad.json"
ok "by check too" iconv -f UTF-8 -t UTF-8 out

# ---- stores -----------------------------------------------------------------------
vex --store nonsense:x pending
exits 2 "a store of no kind"
vex --store sqlite:/nonexistent/x.db pending
exits 6 "a store that cannot be there"
printf 'this is no database, and long enough to see that' >plain.db
vex --store sqlite:plain.db pending
exits 6 "a store that is something else"
says 'plain.db' "is named"
vex --store "postgresql://u:s3cret@127.0.0.1:9/db" pending
ok "no server" test "$code" -ne 0
ok "a password appears nowhere" sh -c '! grep -q s3cret out err'

# ---- streams ----------------------------------------------------------------------
vex init
ok "talk goes to standard error" test -s err
vex -q init
is "$(cat err)" "" "-q is quiet"
ok "results are still there" test -s out
printf '\033[31mred\n' >"$(printf 'esc\033[31m.json')"
vex check "$(printf 'esc\033[31m.json')"
exits 1 "a file name with an escape code"
ok "it does not reach the terminal" sh -c '! grep -q "$(printf "\033")" out err'

# ---- a command of a source tree --------------------------------------------------
vex evidence
exits 2 "evidence where there is no source tree"
says 'no source tree of vexlog' "says so"
mkdir -p tools
echo 'import sys; print(sys.argv[1:]); sys.exit(1)' >tools/evidence.py
vex evidence --run 1
exits 2 "--run with what is no run"
vex evidence --run run-002
exits 1 "the tree's own evidence.py judges"
prints "--run.*run-002" "the run that was named"

done_testing
