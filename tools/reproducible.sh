#!/bin/bash
# reproducible.sh - builds the program and the libraries twice, from copies of
# the tree in two folders, one after the other, at another time zone, language
# and umask, and compares the bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" meson.build | head -1)
built=(src/cli/vexlog libvexlog.a "libvexlog.so.$version")

# build FOLDER
build() {
	mkdir -p "$1"
	git ls-files -z --cached --others --exclude-standard |
		xargs -0 cp --parents --no-dereference -t "$1"
	if ! { "${MESON:-meson}" setup "$1/build" "$1" &&
		"${NINJA:-ninja}" -C "$1/build" "${built[@]}"; } \
	    >"$work/said" 2>&1; then
		tail -20 "$work/said" >&2
		exit 1
	fi
}

TZ=UTC LC_ALL=C build "$work/one"
# the files may be read by their owner alone
umask 077
TZ=Pacific/Chatham LC_ALL=C.UTF-8 build "$work/another/deeper"
differ=0
for file in "${built[@]}"; do
	sum=$(sha256sum <"$work/one/build/$file")
	if cmp "$work/one/build/$file" "$work/another/deeper/build/$file"; then
		echo "same    ${sum%% *}  $file"
	else
		echo "DIFFERS $file"
		differ=1
	fi
done
exit "$differ"
