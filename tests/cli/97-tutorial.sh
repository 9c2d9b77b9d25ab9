#!/bin/bash
# The commands of docs/tutorial.md do what the page shows.
. "$(dirname "$0")/lib.sh"

mkdir bin
ln -s "$VEXLOG" bin/vexlog
ln -s "$root/tests" tests
ln -s "$root/examples" examples
export PATH="$work/bin:$PATH" COLUMNS=80 NO_COLOR=1
python3 "$root/tests/cli/tutorial.py" "$root/docs/tutorial.md"
exit
