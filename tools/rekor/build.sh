#!/bin/sh
# build.sh [v2|v2-dsse|v1|all]: the real Rekor servers from Go modules, into a
# cache folder, each once. The pinned versions are the newest that Go 1.26
# builds. It takes minutes of processor time, so it stays polite: one job,
# lowest priority.
#
#   v2       rekor-server-v2.3.0   (rekor-tiles, hashedrekord only)
#   v2-dsse  rekor-server-v2.2.1   (the last one that still took dsse)
#   v1       trillian_log_server, trillian_log_signer, rekor-server, rekor-cli
set -eu

cache=${VEXLOG_INTEROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vexlog-interop}
bin=$cache/bin
trillian=v1.7.3
rekor=v1.5.4

command -v go >/dev/null || {
	echo "no go: install Go 1.26 or newer" >&2
	exit 1
}
mkdir -p "$bin"
export GOFLAGS=-buildvcs=false GOMAXPROCS="${GOMAXPROCS:-1}" CGO_ENABLED=0

# build NAME MODULE@VERSION: built in a folder of its own and moved in one
# step, so that a build cut short leaves no half a program.
build() {
	[ -x "$bin/$1" ] && return 0
	echo "building $1 from $2" >&2
	rm -rf "$cache/new-$1"
	GOBIN=$cache/new-$1 nice -n 19 go install -p 1 "$2"
	mv "$cache/new-$1"/* "$bin/$1"
	rmdir "$cache/new-$1"
}

tiles=github.com/sigstore/rekor-tiles/v2/cmd/rekor-server/posix

for what in "${@:-all}"; do
	case $what in
	v2 | all) build rekor-server-v2.3.0 $tiles@v2.3.0 ;;
	esac
	case $what in
	v1 | all)
		for name in trillian_log_server trillian_log_signer; do
			build $name github.com/google/trillian/cmd/$name@$trillian
		done
		schema=$(go env GOMODCACHE)/github.com/google/trillian@$trillian
		[ -f "$cache/trillian.sql" ] ||
			install -m 644 \
				"$schema/storage/postgresql/schema/storage.sql" \
				"$cache/trillian.sql"
		for name in rekor-server rekor-cli; do
			build $name github.com/sigstore/rekor/cmd/$name@$rekor
		done
		;;
	esac
	case $what in
	v2-dsse | all) build rekor-server-v2.2.1 $tiles@v2.2.1 ;;
	v2 | v1) ;;
	*)
		echo "build.sh: v2, v2-dsse, v1 or all, not \"$what\"" >&2
		exit 2
		;;
	esac
done
