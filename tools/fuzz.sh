#!/bin/bash
# fuzz.sh SECONDS [NAME] - run each fuzz target with libFuzzer, seeded with its
# corpus. What it finds stays in build-fuzz/<name>; the exit status is 1 when a
# target fails.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
only=${2:-}
clang=${CLANG:-clang-14}

[ -e build-fuzz/build.ninja ] || CC=$clang meson setup build-fuzz \
    -Dbuildtype=debugoptimized -Db_sanitize=address,undefined \
    -Db_lundef=false -Dc_args=-fsanitize=fuzzer-no-link >/dev/null
ninja -C build-fuzz libvexlog.a src/server/libvexlog_server.a >/dev/null
libraries=$(pkg-config --libs libcrypto libssl zlib sqlite3 libcurl libmicrohttpd)
pkg-config --exists libpq && libraries="$libraries $(pkg-config --libs libpq)"

failed=0
for source in fuzz/fuzz_*.c; do
	name=${source#fuzz/fuzz_}
	name=${name%.c}
	[ -z "$only" ] || [ "$only" = "$name" ] || continue
	mkdir -p "build-fuzz/$name"
	# shellcheck disable=SC2086 # a list of libraries
	"$clang" -g -O1 -std=c17 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L \
	    -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	    -Iinclude -Isrc -I. "$source" \
	    build-fuzz/src/server/libvexlog_server.a build-fuzz/libvexlog.a $libraries \
	    -lpthread -lm -o "build-fuzz/fuzz_$name"
	printf '%s: ' "$name"
	if ! "build-fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=25 \
	    -rss_limit_mb=4096 -print_final_stats=1 \
	    -artifact_prefix="build-fuzz/$name/" "build-fuzz/$name" \
	    "fuzz/corpus/$name" >"build-fuzz/$name.log" 2>&1; then
		failed=1
		printf 'FAILED, see build-fuzz/%s.log\n' "$name"
		continue
	fi
	awk '/number_of_executed_units/ {runs = $2}
	    /cov: [0-9]+/ {for (i = 1; i < NF; i++)
		if ($i == "cov:") cover = $(i + 1)}
	    END {print runs " runs, " cover " edges"}' "build-fuzz/$name.log"
done
exit "$failed"
