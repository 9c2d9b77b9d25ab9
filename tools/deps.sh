#!/bin/sh
# deps.sh GROUP... - see that what the groups (build, check, fuzz,
# coverage, interop, pages, lint) need is there. On Debian and Ubuntu what is missing is
# installed, elsewhere the names are printed. VEXLOG_DEPS=no only prints.
set -eu

# package, and how to see that what it brings is there
list() {
	case $1 in
	build)
		cat <<-'END'
		gcc           command -v cc
		libc6-dev     test -e /usr/include/stdlib.h
		make          command -v make
		meson         command -v meson
		ninja-build   command -v ninja
		pkg-config    command -v pkg-config
		python3       command -v python3
		libssl-dev    pkg-config --atleast-version=3.0 libssl
		libsodium-dev pkg-config --atleast-version=1.0.18 libsodium
		zlib1g-dev    pkg-config --exists zlib
		libzstd-dev   pkg-config --exists libzstd
		libsqlite3-dev pkg-config --exists sqlite3
		libcurl4-openssl-dev pkg-config --atleast-version=7.85 libcurl
		libpq-dev     pkg-config --exists libpq
		libmicrohttpd-dev pkg-config --atleast-version=0.9.75 libmicrohttpd
		END
		;;
	check)
		cat <<-'END'
		g++           command -v c++
		jq            command -v jq
		curl          command -v curl
		openssl       command -v openssl
		sqlite3       command -v sqlite3
		zstd          command -v zstd
		man-db        command -v man
		groff-base    command -v groff
		postgresql    ls -d /usr/lib/postgresql/*/bin/initdb
		postgresql-client command -v psql
		docker-compose command -v docker-compose
		END
		;;
	bench)
		cat <<-'END'
		libjansson-dev pkg-config --exists jansson
		libyajl-dev   pkg-config --exists yajl
		golang-go     command -v go
		postgresql    ls -d /usr/lib/postgresql/*/bin/initdb
		postgresql-client command -v psql
		END
		;;
	fuzz)
		cat <<-'END'
		clang-14      command -v clang-14
		libclang-rt-14-dev ls -d /usr/lib/llvm-14/lib/clang/14*/lib/linux
		END
		;;
	interop)
		cat <<-'END'
		python3-venv  python3 -c "import ensurepip"
		redis-server  command -v redis-server
		postgresql    ls -d /usr/lib/postgresql/*/bin/initdb
		postgresql-client command -v psql
		iproute2      command -v ss
		bc            command -v bc
		curl          command -v curl
		openssl       command -v openssl
		nodejs        command -v node
		npm           command -v npm
		END
		;;
	pages)
		cat <<-'END'
		chromium      command -v chromium
		poppler-utils command -v pdftotext
		jq            command -v jq
		END
		;;
	coverage)
		echo 'gcovr         command -v gcovr'
		;;
	lint)
		cat <<-'END'
		cppcheck      command -v cppcheck
		clang-14      command -v clang-14
		clang-tidy-14 command -v clang-tidy-14
		clang-format-14 command -v clang-format-14
		shellcheck    command -v shellcheck
		END
		;;
	*)
		echo "usage: deps.sh build|check|coverage|fuzz|interop|pages|lint..." >&2
		exit 2
		;;
	esac
}

missing=
for group in "$@"; do
	packages=$(list "$group")
	while read -r package test; do
		sh -c "$test" >/dev/null 2>&1 || missing="$missing $package"
	done <<-END
	$packages
	END
done
[ -n "$missing" ] || exit 0

if [ "${VEXLOG_DEPS:-}" = no ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "missing, by their Debian names:$missing" >&2
	exit 0 # what really lacks stops the build by itself
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null 2>&1 || {
		echo "missing: run as root: apt-get install$missing" >&2
		exit 1
	}
	as_root=sudo
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # words are wanted
install() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    --no-install-recommends $missing >/dev/null
}
install || { $as_root apt-get update -qq && install; }
