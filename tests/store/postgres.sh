#!/bin/sh
# postgres.sh PROGRAM - runs a test of the store against a PostgreSQL cluster
# of its own: a unix socket for most, loopback with a password beside it.
set -u
PG_TCP=1
# shellcheck source=tests/pg.sh
. "${VEXLOG_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/pg.sh"
trap pg_stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
pg_start
# The socket of a cluster that listens on TCP has the number of its port.
VEXLOG_TEST_STORE=$PG_URL
export VEXLOG_TEST_STORE
"$@"
