#!/bin/bash
# 52-terminal.sh - a trace on a terminal: as wide as that is, in colour there
# and nowhere else.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

vuln=CVE-2026-0001
product=pkg:maven/org.example.a.long.group.name/a-long-artifact-name@1.2.3
vex_document a.json $vuln $product under_investigation 2026-01-11T00:00:00Z
vex_document b.json $vuln $product not_affected 2026-01-12T08:30:00Z \
    '"justification": "vulnerable_code_not_present",
     "impact_statement": "The class is there and nothing calls it, in 日本語 too, and \u001b[31m stays text."'
vex -q init
vex -q ingest --provider distro:example-with-a-long-name a.json
vex -q ingest --provider vendor:example b.json
exits 0 "a claim with words of its own"
vex -q decide
vex -q link
exits 0 "two claims, linked"

# on COLUMNS ARG...: out is what a terminal of that width shows
on() {
	local columns=$1
	shift
	TERM=xterm python3 "$root/tests/cli/on_terminal.py" "$columns" \
	    "$VEXLOG" "$@" >out 2>err </dev/null
	code=$?
}
escapes() { grep -c "$(printf '\033')" out; }
# the longest line, in columns, two for each wide character; a whole digest is
# never broken, so that it can be copied
widest() {
	python3 - <<-'END'
	import re, unicodedata
	text = re.sub("\033\\[[0-9;]*m", "", open("out", encoding="utf-8").read())
	print(max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1
	              for c in line) for line in text.split("\n")
	          if not re.search("[0-9a-f]{64}", line)))
	END
}

for columns in 80 132; do
	on $columns trace $vuln $product
	exits 0 "a trace in $columns columns"
	ok "$columns: no line is wider" test "$(widest)" -le $columns ||
	    show out
	ok "$columns: in colour" test "$(escapes)" -gt 0
done
on 80 trace $vuln $product
ok "only colours, no other escape" \
    sh -c '! sed "s/$(printf "\033")\[[0-9;]*m//g" out | grep -q "$(printf "\033")"'
sed "s/$(printf '\033')\[[0-9;]*m//g" out >plain
NO_COLOR=1 on 80 trace $vuln $product
is "$(escapes)" 0 "NO_COLOR=1: none"
ok "and the same text" cmp out plain
NO_COLOR='' on 80 trace $vuln $product
ok "an empty NO_COLOR is none" test "$(escapes)" -gt 0
TERM=dumb python3 "$root/tests/cli/on_terminal.py" 80 "$VEXLOG" trace $vuln \
    $product >out
is "$(escapes)" 0 "a dumb terminal: none"
vex trace $vuln $product
exits 0 "a trace in a pipe"
is "$(escapes)" 0 "a pipe: none"
ok "a pipe has the ids in full" grep -q 'vex:obs:sha256:[0-9a-f]\{64\}' out
on 80 --json trace $vuln $product
is "$(escapes)" 0 "--json on a terminal: none"
json '.outcome.status' not_affected "and is JSON"

done_testing
