#!/bin/bash
# 34-corpus.sh - every document of tests/data against its source and against
# other tools; each difference is told in docs/formats.md.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

page=$root/docs/formats.md
compare() {
	python3 "$root/tests/cli/corpus.py" "$VEXLOG" "$VEXLOG_TEST_DATA" \
	    "$1" >found 2>&1
	code=$?
}

compare "$page"
result $code "no difference without its line, no line without a difference" ||
    grep -A1 '^not ok' found
is "$(grep -c '^ok' found)" "$(sed -n 's/^1\.\.//p' found)" "all was compared"
ok "more than 500 things" test "$(grep -c '^ok' found)" -gt 500

# ---- and it can fail ----------------------------------------------------------
grep -v 'known not affected 1153' "$page" >less.md
compare less.md
exits 1 "a line that lacks"
ok "is named" grep -q 'not ok.*known not affected 1153' found
sed 's/| fixed 6, not_affected 4 |/| fixed 6 |/' "$page" >other.md
compare other.md
exits 1 "a line that says something else of us"
is "$(grep -c '^not ok' found)" 2 "is no line of the difference, nor of another"
sed 's/| affects 11 | refused |/&&/' "$page" >more.md
compare more.md
exits 1 "a line with a cell too many"
awk '{print} /\| affects 11 \| refused \|/' "$page" >twice.md
compare twice.md
exits 1 "a line that is there twice"

done_testing
