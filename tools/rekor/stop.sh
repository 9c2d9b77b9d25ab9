#!/bin/sh
# stop.sh FOLDER [NAME...]: ends what was started there (or only the named
# ones), by process id, last one first, and waits for each.
set -eu
folder=${1:?folder}
shift
[ -f "$folder/pids" ] || exit 0
rest=$folder/pids.rest
: >"$rest"
tac "$folder/pids" | while read -r name pid; do
	if [ $# -gt 0 ]; then
		case " $* " in
		*" $name "*) ;;
		*)
			echo "$name $pid" >>"$rest"
			continue
			;;
		esac
	fi
	# PostgreSQL ends at once on INT, and waits for its clients on TERM.
	signal=TERM
	[ "$name" != postgresql ] || signal=INT
	kill -s $signal "$pid" 2>/dev/null || continue
	tries=100
	while kill -0 "$pid" 2>/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || kill -s KILL "$pid" 2>/dev/null || break
		sleep 0.1
	done
	echo "ended $name $pid"
done
tac "$rest" >"$folder/pids"
rm -f "$rest"
