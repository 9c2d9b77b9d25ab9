#!/bin/bash
# lint.sh BUILD [FILE...] - what slower tools think of the files that changed
# since the last commit on origin/main, or of those that are named; of all
# with LINT_ALL=1.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
build=$1
shift

if [ "$#" -gt 0 ]; then
	files=("$@")
elif [ "${LINT_ALL:-}" = 1 ]; then
	mapfile -t files < <(git ls-files 'src/*.c')
else
	base=$(git merge-base origin/main HEAD 2>/dev/null || git rev-parse HEAD)
	mapfile -t files < <({
		git diff --name-only --diff-filter=d "$base" -- 'src/*.c'
		git ls-files --others --exclude-standard -- 'src/*.c'
	} | sort -u)
fi
flags=(-std=c17 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L
    '-DVEXLOG_VERSION="0"' -Iinclude -Isrc)
# shellcheck disable=SC2207 # words are wanted
flags+=($(pkg-config --cflags libpq 2>/dev/null))
# not those of style: pointers of pointers, feature macros, bytes as char
checks='-*,bugprone-*,clang-analyzer-*,-clang-analyzer-security.insecureAPI.*'
for name in easily-swappable-parameters sizeof-expression reserved-identifier \
    narrowing-conversions not-null-terminated-result \
    implicit-widening-of-multiplication-result; do
	checks="$checks,-bugprone-$name"
done
status=0

shellcheck -S warning -x -P tests/cli -e SC2034,SC2154,SC1091,SC2016,SC2094 tools/*.sh tests/cli/*.sh \
    .ci/run || status=1
[ "${#files[@]}" -gt 0 ] || exit "$status"
echo "${#files[@]} files"
# ctuuninitvar takes what is written through a pointer for what is read
cppcheck --quiet --suppress=ctuuninitvar --enable=warning,performance,portability --inline-suppr \
    --error-exitcode=1 --std=c11 -D_DEFAULT_SOURCE \
    '-DVEXLOG_VERSION="0"' -Iinclude -Isrc "${files[@]}" || status=1
for file in "${files[@]}"; do
	gcc "${flags[@]}" -O2 -fanalyzer -Wall -Wextra -c "$file" -o /dev/null ||
		status=1
done
# lint-known.txt has what was looked at and is no fault: it reads a file at a
# time, and takes err->code, or what another file returns with an error, for 0.
# One file at a time: it carries the state of a va_list from one to the next.
# On stderr it counts what it does not show, and says why it could not run.
said=$(mktemp)
found=$(mktemp)
trap 'rm -f "$said" "$found"' EXIT
for file in "${files[@]}"; do
	clang-tidy-14 -p "$build" --quiet --checks="$checks" "$file" \
	    >"$found" 2>"$said" || {
		cat "$said" >&2
		status=1
	}
	# FILE:LINE:COLUMN: warning: WORDS [CHECK], with the path as it was built
	sed -n 's,^[^ ]*\(src/[^ :]*\.[ch]\):[0-9]*:[0-9]*: warning: ,\1: ,p' \
	    "$found" | sort -u | grep -vxFf tools/lint-known.txt >"$said" || continue
	cat "$found" "$said"
	status=1
done
exit "$status"
