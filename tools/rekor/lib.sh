# lib.sh - for the scripts beside it: real Rekor servers on loopback, each in
# a folder of its own. A folder keeps what it started in pids, one
# "NAME PID" a line, so that stop.sh ends exactly those.

cache=${VEXLOG_INTEROP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vexlog-interop}
bin=$cache/bin

die() {
	echo "$0: $*" >&2
	exit 1
}

# program NAME: its path, or how to get it
program() {
	[ -x "$bin/$1" ] || die "no $1: run tools/rekor/build.sh first"
	echo "$bin/$1"
}

# tool NAME PACKAGE
tool() {
	command -v "$1" >/dev/null || die "no $1: install $2"
}

# run FOLDER NAME COMMAND...: in the background, its words in NAME.log
run() {
	folder=$1 name=$2
	shift 2
	"$@" >>"$folder/$name.log" 2>&1 </dev/null &
	echo "$name $!" >>"$folder/pids"
}

# until_true SECONDS COMMAND...
until_true() {
	tries=$(($1 * 10))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

answers() {
	curl -fsS --max-time 5 -o /dev/null "$1"
}

# Nothing that was started may listen outside loopback.
loopback_only() {
	while read -r name pid; do
		bad=$(ss -Hltnp | grep "pid=$pid," | awk '{ print $4 }' |
			grep -v -e '^127\.' -e '^\[::1\]:' || true)
		if [ -n "$bad" ]; then
			"$here/stop.sh" "$1" >&2
			die "$name listened on $bad"
		fi
	done <"$1/pids"
}
