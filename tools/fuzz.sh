#!/bin/bash
# fuzz.sh [-j JOBS] SECONDS [NAME...]   run each target, or those named, with
#                                       libFuzzer, seeded with its corpus
# fuzz.sh merge [NAME...]               keep what the runs found that the
#                                       corpus does not reach yet
# fuzz.sh coverage                      write fuzz/COVERAGE.tsv
#
# Each target is built once, and runs niced, JOBS at a time (one a processor).
# What it meets stays in build-fuzz/<name>, and what fails it in
# build-fuzz/<name>.failed; the exit status is 1 when a target fails.
set -euo pipefail
cd "$(dirname "$0")/.."
clang=${CLANG:-clang-14}
# what UBSan finds in the library ends the run too
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# of one file and of one target's whole corpus: make check replays it all
file_max=16384
corpus_max=196608

build_library() {
	[ -e build-fuzz/build.ninja ] || CC=$clang meson setup build-fuzz \
	    -Dbuildtype=debugoptimized -Db_sanitize=address,undefined \
	    -Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link >/dev/null
	ninja -C build-fuzz libvexlog.a src/server/libvexlog_server.a >/dev/null
	libraries=$(pkg-config --libs libcrypto libsodium libssl zlib libzstd sqlite3 libcurl \
	    libmicrohttpd)
	pkg-config --exists libpq &&
		libraries="$libraries $(pkg-config --libs libpq)"
	return 0
}

build() {
	local program=build-fuzz/fuzz_$1 newer
	newer=$(find "fuzz/fuzz_$1.c" fuzz/*.h build-fuzz/libvexlog.a \
	    build-fuzz/src/server/libvexlog_server.a -newer "$program" \
	    2>/dev/null || echo none)
	[ -n "$newer" ] || return 0
	# shellcheck disable=SC2086 # a list of libraries
	"$clang" -g -O1 -std=c17 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L \
	    -DVEXLOG_LIBFUZZER -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=undefined -Iinclude -Isrc -I. \
	    "fuzz/fuzz_$1.c" build-fuzz/src/server/libvexlog_server.a \
	    build-fuzz/libvexlog.a $libraries -lpthread -lm -o "$program"
}

# NAME SECONDS: a line for build-fuzz/runs.tsv, or the word FAILED at its end
run() {
	local name=$1 log=build-fuzz/$1.log dictionary=() rc=0 began=$SECONDS
	mkdir -p "build-fuzz/$name" "build-fuzz/$name.failed"
	[ ! -e "fuzz/$name.dict" ] || dictionary=("-dict=fuzz/$name.dict")
	nice -n 19 "build-fuzz/fuzz_$name" -max_total_time="$2" -timeout=25 \
	    -rss_limit_mb=4096 -print_final_stats=1 "${dictionary[@]}" \
	    -artifact_prefix="build-fuzz/$name.failed/" "build-fuzz/$name" \
	    "fuzz/corpus/$name" >"$log" 2>&1 || rc=$?
	awk -v name="$name" -v seconds="$((SECONDS - began))" -v rc="$rc" '
	    /number_of_executed_units/ {runs = $2}
	    {for (i = 1; i < NF; i++) if ($i == "cov:") edges = $(i + 1)}
	    END {print name "\t" runs + 0 "\t" edges + 0 "\t" seconds \
		(rc == 0 ? "" : "\tFAILED")}' "$log" >"build-fuzz/$name.run"
	cat "build-fuzz/$name.run" >>build-fuzz/runs.tsv
	awk -v file="$log" '{print $1 ": " $2 " runs, " $3 " edges" \
	    ($5 == "" ? "" : ", FAILED, see " file)}' "build-fuzz/$name.run"
	return "$rc"
}

# The fewest inputs that reach the edges that all reach; those that are new,
# short ones first, while the corpus stays small.
merge() {
	local name=$1 all=build-fuzz/$1.all few=build-fuzz/$1.few used file size
	[ -d "build-fuzz/$name" ] || return 0
	rm -rf "$all" "$few"
	mkdir -p "$all" "$few"
	cp "fuzz/corpus/$name"/* "$few"
	find "build-fuzz/$name" -type f -size "-${file_max}c" \
	    -exec cp -t "$all" {} +
	nice -n 19 "build-fuzz/fuzz_$name" -set_cover_merge=1 -use_counters=0 \
	    -timeout=25 -rss_limit_mb=4096 "$few" "$all" \
	    >"build-fuzz/$name.merge" 2>&1
	used=$(cat "fuzz/corpus/$name"/* | wc -c)
	while read -r size file; do
		[ ! -e "fuzz/corpus/$name/$file" ] || continue
		used=$((used + size))
		[ "$used" -le "$corpus_max" ] || break
		# named by its bytes, short enough to read
		cp "$few/$file" "fuzz/corpus/$name/${file:0:16}"
	done < <(find "$few" -type f -printf '%s %f\n' | sort -n)
	echo "$name: $(find "fuzz/corpus/$name" -type f | wc -l) files"
	rm -rf "$all" "$few"
}

# What the corpus in the repository reaches, of the edges of all files that the
# target is linked from, and all runs on this machine.
coverage() {
	local name edges
	printf 'target\tfiles\tbytes\tedges\tof\truns\tseconds\n'
	for name in "$@"; do
		edges=$("build-fuzz/fuzz_$name" -runs=0 "fuzz/corpus/$name" \
		    2>&1 | awk '/Loaded .* PC tables/ {all = substr($6, 2)}
			{for (i = 1; i < NF; i++) if ($i == "cov:")
			edges = $(i + 1)} END {print edges + 0 "\t" all + 0}')
		awk -v name="$name" -v edges="$edges" \
		    -v files="$(find "fuzz/corpus/$name" -type f | wc -l)" \
		    -v bytes="$(cat "fuzz/corpus/$name"/* | wc -c)" -F '\t' '
		    $1 == name {runs += $2; seconds += $4}
		    END {printf "%s\t%d\t%d\t%s\t%d\t%d\n", name, files, bytes,
			edges, runs, seconds}' build-fuzz/runs.tsv
	done
}

# a count from 1; libFuzzer takes 0 seconds for no end
is_count() {
	[[ $1 =~ ^[1-9][0-9]{0,6}$ ]]
}

# [WHY]: how to call it, on stderr
usage() {
	[ "$#" = 0 ] || echo "fuzz.sh: $1" >&2
	sed -n '2,6s/^# //p' "$0" >&2
	exit 2
}

jobs=$(nproc)
if [ "${1:-}" = -j ]; then
	is_count "${2:-}" || usage "-j takes a number of jobs"
	jobs=$2
	shift 2
fi
[ "$#" -gt 0 ] || usage
what=$1
shift
case $what in
merge | coverage) ;;
*) is_count "$what" || usage "\"$what\" is no number of seconds" ;;
esac
names=("$@")
for name in "${names[@]}"; do
	[ -e "fuzz/fuzz_$name.c" ] || usage "there is no target \"$name\""
done
[ "$#" -gt 0 ] || mapfile -t names < <(
	find fuzz -name 'fuzz_*.c' -printf '%f\n' | sed 's/^fuzz_//; s/\.c$//' |
	sort)

build_library
for name in "${names[@]}"; do
	build "$name"
done
touch build-fuzz/runs.tsv
case $what in
merge)
	for name in "${names[@]}"; do
		merge "$name"
	done
	;;
coverage)
	coverage "${names[@]}" >build-fuzz/coverage.tsv
	mv build-fuzz/coverage.tsv fuzz/COVERAGE.tsv
	cat fuzz/COVERAGE.tsv
	;;
*)
	failed=0
	for name in "${names[@]}"; do
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
			wait -n || failed=1
		done
		run "$name" "$what" &
	done
	while [ -n "$(jobs -p)" ]; do
		wait -n || failed=1
	done
	exit "$failed"
	;;
esac
