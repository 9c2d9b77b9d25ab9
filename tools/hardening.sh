#!/bin/sh
# hardening.sh PROGRAM - is what SECURITY.md says of a build in the built file.
# TAP on stdout.
set -u
program=${1:?the program}
command -v readelf >/dev/null || {
	echo "Bail out! no readelf: apt-get install binutils"
	exit 1
}
all=$(LC_ALL=C readelf -Whldn --dyn-syms "$program") || exit 1
number=0 failed=0

has() { # NAME PATTERN
	number=$((number + 1))
	if printf '%s\n' "$all" | grep -Eq -- "$2"; then
		echo "ok $number - $1"
	else
		failed=1
		echo "not ok $number - $1"
	fi
}
has_not() {
	number=$((number + 1))
	if printf '%s\n' "$all" | grep -Eq -- "$2"; then
		failed=1
		echo "not ok $number - $1"
	else
		echo "ok $number - $1"
	fi
}

has "position independent" 'Type: +DYN.*Position-Independent|FLAGS_1.*PIE'
has "relocations read only" 'GNU_RELRO'
has "bound at start, so all of them" 'BIND_NOW|FLAGS.* NOW'
has "stack protector" '__stack_chk_fail'
has "checked copies (FORTIFY)" '__(memcpy|snprintf|vsnprintf|fprintf)_chk'
has_not "no stack that runs code" 'GNU_STACK.* RWE '
has_not "no segment to write and to run" 'LOAD.* RWE '
has_not "no folder of libraries built in" 'RPATH|RUNPATH'
# The mark in the notes is lost where the C library's start files lack it.
if [ "$(uname -m)" = x86_64 ]; then
	all=$(LC_ALL=C objdump -d -j .text "$program")
	all="marks $(printf '%s\n' "$all" | grep -c endbr64)
probes $(printf '%s\n' "$all" | grep -Ec 'or[lq] +\$0x0,\(%rsp\)')"
	has "compiled for control flow protection" '^marks [1-9][0-9]{2}'
	has "large stack frames touched page by page" '^probes [1-9]'
fi
echo "1..$number"
exit "$failed"
