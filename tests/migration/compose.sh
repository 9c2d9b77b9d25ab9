#!/bin/bash
# compose.sh - the compose file is one, asks for its passwords, publishes
# nothing it should not; and what its migrations service does is done here, by
# the same commands and settings, to a cluster of our own.
set -u
# shellcheck source=tests/migration/lib.sh
. "$(dirname "$0")/lib.sh"
FOLDER=$SOURCE/devops/compose
FILE=$FOLDER/docker-compose.stella-ops.yml

command -v docker-compose >/dev/null 2>&1 ||
	pg_bail "no docker-compose: \"apt-get install docker-compose\"" \
	    "(no Docker is needed to check the file)"
for python in python3 /usr/bin/python3 ''; do
	[ -n "$python" ] || pg_bail "no PyYAML: \"apt-get install python3-yaml\""
	"$python" -c 'import yaml' 2>/dev/null && break
done
unset POSTGRES_PASSWORD VEXLOG_WORKER_PASSWORD VEXLOG_APP_PASSWORD

# Another project folder, so that a real .env beside the file plays no part.
mkdir "$WORK/empty"
config() { # ENV-FILE
	docker-compose --project-directory "$FOLDER" --env-file "$1" \
	    -f "$FILE" --profile tools config 2>&1
}
all() {
	printf '%s=%s\n' POSTGRES_PASSWORD "pg-$1" \
	    VEXLOG_WORKER_PASSWORD "worker-$1" VEXLOG_APP_PASSWORD "app-$1"
}
all one >"$WORK/all"
config "$WORK/all" >"$WORK/config.yml"
ok $? "the file is one that compose takes"
for name in POSTGRES_PASSWORD VEXLOG_WORKER_PASSWORD VEXLOG_APP_PASSWORD; do
	grep -v "$name" "$WORK/all" >"$WORK/some"
	out=$(config "$WORK/some") && out="taken: $out"
	has "$out" 'set it in .env' "it is not taken without $name"
	{ cat "$WORK/some"; echo "$name="; } >"$WORK/blank"
	out=$(config "$WORK/blank") && out="taken: $out"
	has "$out" 'set it in .env' "nor with an empty one"
done
out=$(config "$FOLDER/.env.example") && out="taken: $out"
has "$out" 'set it in .env' ".env.example holds no password"
is "$(grep -o '^#\{0,1\}[A-Z_]*' "$FOLDER/.env.example" | tr -d '#' |
    grep . | sort)" "$(grep -o '\${[A-Z_]*' "$FILE" | tr -d '${' | sort -u)" \
    ".env.example names each variable of the file and no other"

# What must hold for every service.
"$python" - "$WORK/config.yml" >"$WORK/rules" <<'END'
import sys, yaml
with open(sys.argv[1]) as f:
    config = yaml.safe_load(f)
services = config["services"]
def rule(good, text):
    print("%d %s" % (0 if good else 1, text))
rule(set(services) == {"postgres", "migrations", "vexlog-init", "vexlog-log",
    "vexlog-worker", "vexlog-cli"}, "the six services")
for name, s in sorted(services.items()):
    tag = s["image"].rpartition(":")[2]
    rule(":" in s["image"] and tag not in ("latest", "stable")
        and tag[0].isdigit() and "." in tag, name + ": a pinned image")
    rule(all(p.startswith("127.0.0.1:") for p in s.get("ports", [])),
        name + ": published on loopback at most")
    rule(s["restart"] == "no" or "healthcheck" in s,
        name + ": what stays up has a health check")
    rule(not s.get("privileged") and s.get("network_mode") is None,
        name + ": no privileges")
    if name != "postgres":
        rule(s["read_only"] and s["cap_drop"] == ["ALL"],
            name + ": read-only and without capabilities")
        rule(s["depends_on"], name + ": waits for what it needs")
rule("ports" not in services["postgres"], "the database is not published")
rule(config["networks"]["database"]["internal"], "its network has no way out")
rule([v for v in services["migrations"]["volumes"]
    if v.endswith("/devops/database:/database:ro")],
    "the migrations are mounted read-only")
rule(services["migrations"]["image"] == services["postgres"]["image"],
    "psql is of the server's version")
rule(services["vexlog-worker"]["command"][:2] == ["link", "--watch"],
    "the worker links and watches")
rule(services["vexlog-log"]["command"][:2] == ["log", "serve"],
    "the log serves")
for name in ("vexlog-init", "vexlog-worker", "vexlog-cli"):
    url = services[name]["environment"]["VEXLOG_STORE"]
    rule("postgres:5432/vexlog" in url and url.count(":") == 2,
        name + ": no password in the URL")
    rule("postgres@" not in url, name + ": not the superuser")
END
ok $? "its rules can be read"
while read -r status name; do
	ok "$status" "$name"
done <"$WORK/rules"
value() { # PYTHON EXPRESSION over s, the services
	"$python" -c "import sys, yaml
s = yaml.safe_load(open(sys.argv[1]))['services']
print($1)" "$WORK/config.yml"
}
is "$(grep -cE 'POSTGRES_PASSWORD:|_PASSWORD:' "$FILE")" \
    "$(grep -cE '_PASSWORD: \$\{[A-Z_]+:\?|PGPASSWORD: \$\{[A-Z_]+:\?' \
    "$FILE")" "every password of the file is asked for"

# The same commands and settings here: initdb's arguments, the server's
# version, the migrations service's script.
PG_INITDB_ARGS=$(value "s['postgres']['environment']['POSTGRES_INITDB_ARGS']")
PG_SERVER_ARGS='-c log_statement=all -c log_min_duration_statement=0'
PG_TCP=1
export PG_INITDB_ARGS PG_SERVER_ARGS PG_TCP
pg_start
q postgres 'CREATE DATABASE vexlog' >/dev/null
sh -c "$(value "' '.join(s['postgres']['healthcheck']['test'][1:])") \
    -p $PGPORT"
ok $? "its health check finds the server"
script=$(value "s['migrations']['command'][0]" |
    sed "s#/database/#$SOURCE/devops/database/#g; s#/logins.sql#$FOLDER/logins.sql#g")
migrations() { # PASSWORDS
	(PGDATABASE=vexlog
	VEXLOG_WORKER_PASSWORD=worker-$1
	VEXLOG_APP_PASSWORD=app-$1
	export PGDATABASE VEXLOG_WORKER_PASSWORD VEXLOG_APP_PASSWORD
	/bin/sh -ec "$script") >"$WORK/apply.out" 2>&1
}
migrations one
ok $? "the migrations service does its work"
login() { # ROLE PASSWORD SQL
	psql -X -q -A -t -v ON_ERROR_STOP=1 \
	    "postgresql://$1:$2@127.0.0.1:$PGPORT/vexlog" \
	    -c "SET app.tenant_id = 'default'" \
	    -c "$3" 2>&1
}
is "$(login vexlog_worker worker-one 'SELECT count(*) FROM vex.migrations')" \
    2 "the worker logs in with its password and finds both migrations"
has "$(login vexlog_worker nonsense 'SELECT 1')" \
    'password authentication failed' "not with another"
fill vexlog default 1 10 >/dev/null
is "$(login vexlog_worker worker-one 'SELECT count(*) FROM vex.observations')" \
    10 "it sees what is pending"
has "$(login vexlog_worker worker-one 'INSERT INTO vex.documents
    SELECT * FROM vex.documents')" 'permission denied' "it takes nothing in"
has "$(login vexlog_worker worker-one 'CREATE TABLE vex.mine ()')" \
    'permission denied' "it makes no tables"
is "$(login vexlog_ingest app-one 'INSERT INTO vex.documents
    SELECT * FROM vex.documents')" "" "the other login does take in"
has "$(login vexlog_ingest app-one 'DELETE FROM vex.observations')" \
    'permission denied' "and removes nothing"
is "$(q vexlog "SELECT count(*) FROM pg_roles WHERE rolname IN
    ('vexlog_worker', 'vexlog_ingest') AND (rolsuper OR rolbypassrls)")" 0 \
    "neither escapes row-level security"
# The program with the environment of each service, the log beside it.
[ -x "${VEXLOG:-}" ] || pg_bail "VEXLOG is not set: run the tests by meson test"
q vexlog 'SET ROLE vexlog_retention; TRUNCATE vex.documents,
    vex.observations' >/dev/null
service() { # NAME ARGUMENT...
	name=$1
	shift
	(VEXLOG_HOME=$WORK/home
	VEXLOG_STORE=$(value "s['$name']['environment']['VEXLOG_STORE']" |
	    sed "s#@postgres:5432/#@127.0.0.1:$PGPORT/#")
	PGPASSWORD=$(value "s['$name']['environment']['PGPASSWORD']")
	export VEXLOG_HOME VEXLOG_STORE PGPASSWORD
	"$VEXLOG" --json "$@") 2>"$WORK/err"
}
has "$(service vexlog-init init)" '"store":"postgresql:' \
    "vexlog-init makes the home, and finds nothing to migrate"
lacks "$(cat "$WORK/err")" 'superuser' "without a superuser's login"
cat >"$WORK/vex.json" <<'END'
{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/1",
 "author": "Example", "timestamp": "2026-01-10T00:00:00Z", "version": 1,
 "statements": [{"vulnerability": {"name": "CVE-2026-0001"},
  "products": [{"@id": "pkg:npm/example@1.0.0"}], "status": "fixed"}]}
END
service vexlog-worker ingest "$WORK/vex.json" >/dev/null
ok $(($? == 0)) "the worker may not take documents in"
has "$(service vexlog-cli ingest "$WORK/vex.json")" '"stored":1' \
    "vexlog-cli may"
has "$(service vexlog-cli decide)" '"status":"fixed"' "and decides"
has "$(service vexlog-worker link)" '"linked":1,"entries":1' \
    "the worker links it"
has "$(service vexlog-worker pending --limit 1)" '"items":[]' \
    "its health check is answered"
has "$(service vexlog-cli verify --all)" '"failed":0' "all of it holds"
sed 's/^/# /' "$WORK/err"

migrations two
ok $? "the service runs again"
has "$(cat "$WORK/apply.out")" '0 applied' "with nothing to apply"
is "$(login vexlog_worker worker-two 'SELECT 1')" 1 \
    "a password that was changed in .env is the new one"
has "$(login vexlog_worker worker-one 'SELECT 1')" \
    'password authentication failed' "and the old one is none"
is "$(grep -cE '(worker|app)-(one|two)' "$PG_DIR/log")" 0 \
    "no password stands in the server's log, which logs all statements"
tap_done
