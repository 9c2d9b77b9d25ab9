#!/bin/sh
# canon.sh VEXLOG: the same canonical bytes as another implementation of RFC
# 8785, rfc8785 from PyPI (Trail of Bits), of every JSON text in the test data
# and of 20,000 made by a fixed sequence. TAP on stdout.
set -u
vexlog=$(realpath "${1:?the program}")
here=$(cd "$(dirname "$0")" && pwd)
cache=${VEXLOG_INTEROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vexlog-interop}
command -v python3 >/dev/null || {
	echo "Bail out! no python3: install Python 3.9 or newer"
	exit 1
}
mkdir -p "$cache"
[ -e "$cache/canon/ready" ] || {
	python3 -m venv "$cache/canon" &&
		"$cache/canon/bin/pip" -q install 'rfc8785==0.1.4' &&
		touch "$cache/canon/ready"
} || {
	echo "Bail out! rfc8785 could not be installed from PyPI"
	exit 1
}
exec "$cache/canon/bin/python" "$here/check_canon.py" "$vexlog" "$here/../.."
