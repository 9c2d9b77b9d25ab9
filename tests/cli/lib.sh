#!/bin/bash
# lib.sh - TAP for tests that drive the built program; sourced by each script.
#
# $root is the source. Each script gets an empty folder of its own, which is the current folder and
# holds the home, and ends with done_testing.
#
#   vex ARG...		runs the program: $code, files out and err
#   ok NAME COMMAND...	the command succeeds
#   is GOT WANT NAME	same text
#   exits CODE NAME	$code is CODE
#   says PATTERN NAME	err has a line that fits the extended pattern
#   prints PATTERN NAME	the same of out
#   json FILTER WANT NAME	jq -r FILTER of out gives WANT

set -u
LC_ALL=C.UTF-8
export LC_ALL

tap_count=0
tap_failures=0

bail() {
	printf 'Bail out! %s\n' "$*"
	exit 1
}

[ -x "${VEXLOG:-}" ] || bail "VEXLOG is not set: run the tests by meson test"
[ -d "${VEXLOG_TEST_DATA:-}" ] || bail "VEXLOG_TEST_DATA is not set"
command -v jq >/dev/null || bail "no jq: apt-get install jq"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d) || bail "no temporary folder"
trap 'rm -rf "$work"' EXIT
cd "$work" || bail "no temporary folder"
unset VEXLOG_STORE VEXLOG_TENANT VEXLOG_KEY_PASSWORD VEXLOG_TEST_STEP
export VEXLOG_HOME="$work/home"

vex() {
	"$VEXLOG" "$@" >out 2>err </dev/null
	code=$?
}

# show FILE: what it holds, as a comment
show() {
	head -c 2000 "$1" | sed "s|^|# |"
	# a file may end without a newline
	[ -z "$(tail -c 1 "$1")" ] || echo
}

result() {
	tap_count=$((tap_count + 1))
	if [ "$1" = 0 ]; then
		printf 'ok %d - %s\n' "$tap_count" "$2"
		return 0
	fi
	printf 'not ok %d - %s\n' "$tap_count" "$2"
	tap_failures=$((tap_failures + 1))
	return 1
}

ok() {
	local name=$1
	shift
	"$@" >/dev/null 2>&1
	result $? "$name"
}

is() {
	[ "$1" = "$2" ]
	result $? "$3" || printf '# got:  %s\n# want: %s\n' "$1" "$2"
}

exits() {
	[ "$code" = "$1" ]
	result $? "$2" || {
		printf '# exit %s, want %s\n' "$code" "$1"
		show out
		show err
	}
}

says() {
	grep -qE -- "$1" err
	result $? "$2" || {
		printf '# want: %s\n' "$1"
		show err
	}
}

prints() {
	grep -qE -- "$1" out
	result $? "$2" || {
		printf '# want: %s\n' "$1"
		show out
	}
}

json() {
	local got
	got=$(jq -r "$1" out 2>&1)
	is "$got" "$2" "$3"
}

done_testing() {
	echo "1..$tap_count"
	[ "$tap_failures" = 0 ]
	exit
}

# A claim in OpenVEX: vex_document FILE VULN PRODUCT STATUS TIME [MORE]
vex_document() {
	cat >"$1" <<-END
	{
	  "@context": "https://openvex.dev/ns/v0.2.0",
	  "@id": "https://example.com/vex/$(basename "$1")",
	  "author": "Example",
	  "timestamp": "$5",
	  "version": 1,
	  "statements": [
	    {
	      "vulnerability": {"name": "$2"},
	      "products": [{"@id": "$3"}],
	      "status": "$4"${6:+,
	      $6}
	    }
	  ]
	}
	END
}
