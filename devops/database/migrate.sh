#!/bin/sh
# migrate.sh - apply the migrations with nothing but psql.
#
#   migrate.sh [--online] [--dry-run] [PSQL-ARGUMENT...]
#
# Applies every V*.sql of migrations/ beside this script (or of MIGRATIONS) in
# the order of versions to the database that psql finds by its arguments and
# by PGHOST, PGDATABASE and so on. Each file is one transaction, and is noted
# in vex.migrations with its SHA-256 as `vexlog migrate` would note it. A file
# that was applied with another checksum stops everything before it begins.
# The files are idempotent, so those that are noted are simply skipped.
#
# --online, for a database in use: a file runs section by section, each a
# short transaction that waits at most two seconds for a lock and is then
# tried again, so that nobody queues up behind it; the indexes of a section
# are built CONCURRENTLY before it. There is no second text of the DDL: the
# statements are those of the file with one word put in. What an interrupted
# run leaves behind is completed by the next.
#
# Needs sh, awk, sha256sum and psql, as the image "postgres" has them.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${MIGRATIONS:-$here/migrations}
online=no
dry=no
while [ $# -gt 0 ]; do
	case $1 in
	--online) online=yes ;;
	--dry-run) dry=yes ;;
	*) break ;;
	esac
	shift
done

temp=$(mktemp -d "${TMPDIR:-/tmp}/vexlog-migrate.XXXXXX")
trap 'rm -rf "$temp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

say() {
	printf 'migrate: %s\n' "$*" >&2
}

sql() { # all that follows goes to psql, with the caller's arguments before
	psql -X -q -A -t -v ON_ERROR_STOP=1 "$@"
}

# The CREATE INDEX statements of a section, one a line, CONCURRENTLY.
concurrent() { # FILE
	awk '
	/CREATE (UNIQUE )?INDEX IF NOT EXISTS/ { inside = 1; text = "" }
	inside {
		line = $0
		gsub(/^[ \t]+|[ \t]+$/, "", line)
		text = text (text == "" ? "" : " ") line
		if (line ~ /;$/) {
			sub(/ IF NOT EXISTS/, " CONCURRENTLY&", text)
			print text
			inside = 0
		}
	}' "$1"
}

# One line of `concurrent`. Where the table or a column is not there, the
# section itself will leave the index out.
build() { # STATEMENT PSQL-ARGUMENT...
	statement=$1
	shift
	name=$(printf '%s\n' "$statement" |
	    sed 's/.*IF NOT EXISTS \([a-z0-9_]*\) ON .*/\1/')
	# What a broken attempt left behind would pass for the index.
	printf '%s\n' "SELECT format('DROP INDEX CONCURRENTLY %s',
	    i.indexrelid::regclass) FROM pg_index i
	    JOIN pg_class c ON c.oid = i.indexrelid
	    WHERE c.relname = '$name' AND NOT i.indisvalid \\gexec" |
	    sql "$@" -f -
	if printf '%s\n' '\set VERBOSITY sqlstate' "$statement" |
	    sql "$@" -f - 2>"$temp/err"; then
		return 0
	fi
	if grep -Eq 'ERROR:  (42P01|42703|3F000)' "$temp/err"; then
		return 0
	fi
	# On partitions PostgreSQL builds nothing CONCURRENTLY.
	if grep -q 'ERROR:  0A000' "$temp/err"; then
		say "$name: the table is partitioned, so this index stops" \
		    "writers where it is missing (docs/scale.md)"
		return 0
	fi
	cat "$temp/err" >&2
	say "index $name could not be built"
	return 1
}

# A section in one transaction that waits for no lock for long.
section() { # FILE PSQL-ARGUMENT...
	part=$1
	shift
	tries=0
	while :; do
		if printf '%s\n' 'SET LOCAL lock_timeout = 800;' \
		    "\\i $part" | sql "$@" -1 -f - 2>"$temp/err"; then
			cat "$temp/err" >&2
			return 0
		fi
		tries=$((tries + 1))
		if ! grep -q 'lock timeout\|deadlock' "$temp/err" || [ $tries -ge 60 ]
		then
			cat "$temp/err" >&2
			return 1
		fi
		say "somebody holds a lock on the table: try $tries of 60"
		sleep 1
	done
}

split() { # FILE: into $temp/part.NN
	rm -f "$temp"/part.*
	awk -v base="$temp/part." '
	/^-- section: / { n++ }
	{ print > sprintf("%s%02d", base, n) }' "$1"
}

apply() { # FILE VERSION CHECKSUM PSQL-ARGUMENT...
	file=$1
	# Where only the second file is applied there is no such table.
	note="DO \$\$ BEGIN IF to_regclass('vex.migrations') IS NOT NULL THEN
	    INSERT INTO vex.migrations (version, checksum)
	    VALUES ('$2', '$3') ON CONFLICT DO NOTHING;
	    END IF; END \$\$;"
	shift 3
	if [ $online = no ]; then
		printf '%s\n' "\\i $file" "$note" | sql "$@" -1 -f -
		return
	fi
	split "$file"
	for part in "$temp"/part.*; do
		concurrent "$part" >"$temp/indexes"
		while read -r statement; do
			build "$statement" "$@" </dev/null
		done <"$temp/indexes"
		section "$part" "$@"
	done
	printf '%s\n' "$note" | sql "$@" -f -
}

applied=0
for file in "$folder"/V*.sql; do
	[ -f "$file" ] || {
		say "no migrations in $folder"
		exit 1
	}
	base=${file##*/}
	version=${base#V}
	version=${version%%__*}
	checksum=sha256:$(sha256sum "$file" | cut -d ' ' -f 1)
	known=
	if [ -n "$(sql "$@" -c "SELECT to_regclass('vex.migrations')")" ]; then
		known=$(sql "$@" -c "SELECT checksum FROM vex.migrations
		    WHERE version = '$version'")
	fi
	case $known in
	"$checksum")
		say "$base: applied before"
		continue
		;;
	"") ;;
	*)
		say "$base: was applied with checksum $known, this file has" \
		    "$checksum: use the release that was applied"
		exit 4
		;;
	esac
	if [ $dry = yes ]; then
		say "$base: would be applied"
		continue
	fi
	apply "$file" "$version" "$checksum" "$@"
	say "$base: applied"
	applied=$((applied + 1))
done
say "$applied applied"
