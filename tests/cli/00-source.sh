#!/bin/bash
# the source itself: layers, style, and that each header stands alone.
. "$(dirname "$0")/lib.sh"

cd "$root" || bail "no $root"

python3 tools/layers.py >"$work/found"
result $? "includes point down only" || show "$work/found"
python3 tools/checks.py >"$work/found"
result $? "every check and every CVE of docs/verification.md has its test" ||
    show "$work/found"
python3 tools/formats_doc.py "$FORMATS_DOC" docs/formats.md 2>"$work/found"
result $? "docs/formats.md shows the code's own tables" ||
    show "$work/found"
sed '0,/| csaf | fixed | fixed |/s//| csaf | fixed | affected |/' \
    docs/formats.md >"$work/formats.md"
python3 tools/formats_doc.py "$FORMATS_DOC" "$work/formats.md" 2>"$work/found"
grep -q "is not what src/vex/status.c" "$work/found"
result $? "and a word that is changed there is told"
if git rev-parse --git-dir >/dev/null 2>&1; then
	python3 tools/check-style.py >"$work/found"
	result $? "files keep to CONTRIBUTING.md" || show "$work/found"
fi

for bad in --help 0 -1 1.5 'merge nosuch' '9 nosuch' '-j' '-j 0 9'; do
	# shellcheck disable=SC2086 # words
	tools/fuzz.sh $bad >"$work/found" 2>&1
	is "$?" 2 "fuzz.sh $bad is told how it is called"
done

command -v c++ >/dev/null || bail "no c++: apt-get install g++"
for std in c11 c17; do
	cc -std=$std -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c \
	    include/vexlog.h 2>"$work/found"
	result $? "vexlog.h is $std" || show "$work/found"
done
c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ \
    include/vexlog.h 2>"$work/found"
result $? "vexlog.h is C++17" || show "$work/found"
flags=$(pkg-config --cflags libcrypto libssl zlib sqlite3 libcurl libpq)
for header in src/*/*.h; do
	# shellcheck disable=SC2086 # a list of flags
	cc $flags -std=c17 -D_DEFAULT_SOURCE -D_POSIX_C_SOURCE=200809L -Wall -Wextra \
	    -Werror -fsyntax-only -Iinclude -Isrc -x c - \
	    2>"$work/found" <<-END
		#include "${header#src/}"
		#include "${header#src/}"
	END
	result $? "$header stands alone, and twice" || show "$work/found"
done

done_testing
