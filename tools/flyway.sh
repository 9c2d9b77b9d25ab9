#!/bin/sh
# flyway.sh - run Flyway on the migrations.
#
#   tools/flyway.sh deps                 fetch it from Maven Central to ~/.m2
#   tools/flyway.sh migrate|info|... [-Dflyway.NAME=VALUE...]
#
# The database is the one that FLYWAY_URL (jdbc:postgresql://...), FLYWAY_USER
# and FLYWAY_PASSWORD name. Needs Java and Maven: "apt-get install
# default-jre-headless maven". After `deps` it runs without the network.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for program in java mvn; do
	command -v $program >/dev/null 2>&1 || {
		echo "flyway.sh: no $program: \"apt-get install" \
		    "default-jre-headless maven\"" >&2
		exit 1
	}
done
[ $# -gt 0 ] || {
	sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
	exit 2
}
goal=$1
shift
# Maven writes into the folder of its pom: give it one that is ours.
temp=$(mktemp -d "${TMPDIR:-/tmp}/vexlog-flyway.XXXXXX")
trap 'rm -rf "$temp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
cp "$here/flyway/pom.xml" "$temp/"
if [ "$goal" = deps ]; then
	# Everything that a run needs is only known to a run: `info` on a
	# database that is not there fails after it has fetched all of it.
	mvn -q -B -f "$temp/pom.xml" dependency:resolve-plugins >/dev/null
	mvn -q -B -f "$temp/pom.xml" flyway:info \
	    -Dflyway.url=jdbc:postgresql://127.0.0.1:1/none \
	    -Dflyway.user=none -Dflyway.password=none >"$temp/out" 2>&1 || :
	grep -q 'Connection to 127.0.0.1:1 refused' "$temp/out" || {
		cat "$temp/out" >&2
		exit 1
	}
	exit 0
fi
mvn -o -q -B -f "$temp/pom.xml" "flyway:$goal" \
    "-Dflyway.locations=filesystem:$here/../devops/database/migrations" "$@"
