/*
 * postgres.c - PostgreSQL 13 to 18: prepared statements with binary values,
 * many rows as arrays. Every transaction names its tenant first, so that
 * row-level security holds; a read alone goes in one round trip with it.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "store/postgres.h"

/* one for all programs that migrate a database, "vexlog" */
#define SCHEMA_LOCK "131277254094951"

/* ---- transactions ----------------------------------------------------- */

int
postgres_run(struct store_backend *b, const char *sql, struct vexlog_err *err)
{
	PGresult *result = PQexec(b->conn, sql);
	ExecStatusType status = PQresultStatus(result);
	int rc = 0;

	/* a section that holds nothing but a comment is an empty query */
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK &&
	    status != PGRES_EMPTY_QUERY)
		rc = postgres_fail(b, result, err);
	PQclear(result);
	return rc;
}

static int
postgres_begin(struct store_backend *b, struct vexlog_err *err)
{
	int rc = postgres_connected(b, err);

	b->state[0] = '\0';
	if (rc == 0)
		rc = postgres_run(b, b->begin_sql, err);
	/* a server that was restarted: its end of the connection is gone,
	 * which shows at the first statement only */
	if (rc != 0 && b->lost && postgres_connected(b, err) == 0)
		rc = postgres_run(b, b->begin_sql, err);
	b->in_transaction = rc == 0;
	return rc;
}

static int
postgres_commit(struct store_backend *b, struct vexlog_err *err)
{
	PGresult *result = PQexec(b->conn, "commit");
	int rc = 0;

	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		rc = postgres_fail(b, result, err);
	else if (strcmp(PQcmdStatus(result), "COMMIT") != 0)
		rc = err_set(err, VEXLOG_IO,
		    "PostgreSQL: the transaction was rolled back");
	PQclear(result);
	b->in_transaction = false;
	return rc;
}

static void
postgres_rollback(struct store_backend *b)
{
	/* where the connection is lost, the server has rolled back */
	if (b->conn != NULL && PQtransactionStatus(b->conn) != PQTRANS_IDLE &&
	    PQtransactionStatus(b->conn) != PQTRANS_UNKNOWN)
		PQclear(PQexec(b->conn, "rollback"));
	b->in_transaction = false;
}

static int
postgres_snapshot(struct store_backend *b, struct vexlog_err *err)
{
	int rc = postgres_begin(b, err);

	if (rc == 0)
		rc = postgres_run(b,
		    "set transaction isolation level repeatable read, "
		    "read only",
		    err);
	if (rc != 0)
		postgres_rollback(b);
	return rc;
}

static int
postgres_lock_schema(struct store_backend *b, struct vexlog_err *err)
{
	return postgres_run(b,
	    "select set_config('statement_timeout', '0', true), "
	    "set_config('lock_timeout', '0', true), "
	    "pg_advisory_xact_lock(" SCHEMA_LOCK ")",
	    err);
}

static int
postgres_script(
    struct store_backend *b, const char *sql, struct vexlog_err *err)
{
	return postgres_run(b, sql, err);
}

/* ---- statements ------------------------------------------------------- */

/* Lists whose conditions may be null: a plan made for all values can't use
 * an index for any of them. */
static bool
planned_each_time(enum store_sql sql)
{
	return (sql >= SQL_find_all && sql <= SQL_find_vulnerability) ||
	    (sql >= SQL_pairs_all && sql <= SQL_pairs_vulnerability) ||
	    (sql >= SQL_verdicts_all && sql <= SQL_verdicts_vulnerability);
}

struct call {
	struct postgres_parameters p;
	enum store_sql sql;
	const char *text;
	char name[16]; /* "" is planned for these values alone */
	int count;
};

static int
prepare(struct store_backend *b, struct call *call, struct vexlog_err *err)
{
	int rc = 0;

	call->name[0] = '\0';
	if (planned_each_time(call->sql))
		return 0;
	(void)snprintf(
	    call->name, sizeof(call->name), "vexlog_%d", (int)call->sql);
	if (b->prepared[call->sql])
		return 0;
	PGresult *result = PQprepare(
	    b->conn, call->name, call->text, call->count, call->p.types);
	if (PQresultStatus(result) != PGRES_COMMAND_OK)
		rc = postgres_fail(b, result, err);
	PQclear(result);
	b->prepared[call->sql] = rc == 0;
	return rc;
}

static PGresult *
execute(struct store_backend *b, const struct call *call)
{
	const struct postgres_parameters *p = &call->p;

	if (call->name[0] == '\0')
		return PQexecParams(b->conn, call->text, call->count, p->types,
		    p->values, p->sizes, p->formats, 1);
	return PQexecPrepared(b->conn, call->name, call->count, p->values,
	    p->sizes, p->formats, 1);
}

/* Before the statement of a read, and after it. */
enum { READ_BEFORE = 3, READ_ALL = READ_BEFORE + 2 };

static bool
send_text(struct store_backend *b, const char *sql)
{
	return PQsendQueryParams(b->conn, sql, 0, NULL, NULL, NULL, NULL, 0) !=
	    0;
}

/* All of a read at once. */
static bool
send_read(struct store_backend *b, const struct call *call)
{
	const struct postgres_parameters *p = &call->p;

	if (!send_text(b, "begin read only") || !send_text(b, b->tenant_sql) ||
	    !send_text(b, "set local statement_timeout = '60s'"))
		return false;
	if (call->name[0] == '\0'
		? PQsendQueryParams(b->conn, call->text, call->count, p->types,
		      p->values, p->sizes, p->formats, 1) == 0
		: PQsendQueryPrepared(b->conn, call->name, call->count,
		      p->values, p->sizes, p->formats, 1) == 0)
		return false;
	return send_text(b, "commit") && PQpipelineSync(b->conn) != 0;
}

/* Fails with the first result that is an error. */
static int
take_read(struct store_backend *b, PGresult **out, struct vexlog_err *err)
{
	int rc = 0;

	*out = NULL;
	for (int i = 0; i <= READ_ALL; i++) { /* the last is of the sync */
		PGresult *result = PQgetResult(b->conn), *more;
		ExecStatusType status = PQresultStatus(result);
		if (rc == 0 && status != PGRES_TUPLES_OK &&
		    status != PGRES_COMMAND_OK && status != PGRES_PIPELINE_SYNC)
			rc = postgres_fail(b, result, err);
		if (rc == 0 && i == READ_BEFORE)
			*out = result;
		else
			PQclear(result);
		if (b->lost)
			return rc;
		if (i < READ_ALL) /* a NULL ends the results of each */
			while ((more = PQgetResult(b->conn)) != NULL)
				PQclear(more);
	}
	return rc;
}

static int
read_alone(struct store_backend *b, const struct call *call, PGresult **out,
    struct vexlog_err *err)
{
	int rc;

	if (PQenterPipelineMode(b->conn) == 0)
		return postgres_fail(b, NULL, err);
	if (send_read(b, call))
		rc = take_read(b, out, err);
	else
		rc = postgres_fail(b, NULL, err);
	if (rc != 0) {
		PQclear(*out);
		*out = NULL;
	}
	if (PQexitPipelineMode(b->conn) == 0)
		b->lost = true;
	if (rc != 0 && !b->lost)
		postgres_rollback(b);
	return rc;
}

static int
run_call(struct store_backend *b, struct call *call, PGresult **out,
    struct vexlog_err *err)
{
	int rc = 0;

	*out = NULL;
	if (!b->in_transaction)
		rc = postgres_connected(b, err);
	if (rc == 0)
		rc = prepare(b, call, err);
	if (rc != 0 || !b->in_transaction)
		return rc != 0 ? rc : read_alone(b, call, out, err);
	*out = execute(b, call);
	ExecStatusType status = PQresultStatus(*out);
	if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
		return 0;
	rc = postgres_fail(b, *out, err);
	PQclear(*out);
	*out = NULL;
	return rc;
}

static int
run(struct store_backend *b, struct call *call, const struct store_rows *rows,
    int64_t *changed, struct vexlog_err *err)
{
	PGresult *result;
	uint64_t n = 0;
	int rc = run_call(b, call, &result, err);

	/* a read changes nothing: it may be done again on a new connection */
	if (rc != 0 && b->lost && !b->in_transaction)
		rc = run_call(b, call, &result, err);
	if (rc != 0)
		return rc;
	rc = postgres_rows(b->arena, result, rows, err);
	const char *tuples = PQcmdTuples(result);
	(void)text_decimal(&n, tuples, strlen(tuples), INT64_MAX);
	if (changed != NULL)
		*changed = (int64_t)n;
	PQclear(result);
	return rc;
}

static int
call(struct store_backend *b, enum store_sql sql, const char *text,
    const struct store_value *values, size_t count, size_t row_count, bool bulk,
    const struct store_rows *rows, int64_t *changed, struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(b->arena);
	struct call *c = arena_take(b->arena, sizeof(*c), err);
	int rc;

	if (c == NULL)
		return err->code;
	c->sql = sql;
	c->text = text;
	c->count = (int)count;
	rc = postgres_parameters(
	    &c->p, b->arena, values, count, row_count, bulk, err);
	if (rc == 0)
		rc = run(b, c, rows, changed, err);
	arena_back(b->arena, mark);
	return rc;
}

static int
postgres_query(struct store_backend *b, enum store_sql sql, const char *text,
    const struct store_value *values, size_t count,
    const struct store_rows *rows, int64_t *changed, struct vexlog_err *err)
{
	return call(b, sql, text, values, count, 1, false, rows, changed, err);
}

static int
postgres_bulk(struct store_backend *b, enum store_sql sql, const char *text,
    const struct store_value *values, size_t count, size_t row_count,
    const struct store_rows *rows, int64_t *changed, struct vexlog_err *err)
{
	if (changed != NULL)
		*changed = 0;
	if (row_count == 0)
		return 0;
	return call(
	    b, sql, text, values, count, row_count, true, rows, changed, err);
}

/* ---- opening ---------------------------------------------------------- */

static void
postgres_close(struct store_backend *b)
{
	if (b != NULL)
		PQfinish(b->conn);
}

static int
postgres_open(struct store_backend **out, struct vexlog_arena *arena,
    const struct store_options *options, struct vexlog_err *err)
{
	struct store_backend *b = arena_zero(arena, sizeof(*b), err);
	int rc;

	if (b == NULL)
		return err->code;
	b->arena = arena;
	b->tenant = arena_copy(
	    arena, options->tenant == NULL ? "default" : options->tenant, err);
	if (b->tenant == NULL ||
	    (b->url = arena_copy(arena, options->url, err)) == NULL ||
	    (b->shown = postgres_shown(arena, options->url, err)) == NULL)
		return err->code;
	if ((rc = postgres_connect(b, err)) != 0 ||
	    (rc = postgres_look(b, err)) != 0) {
		postgres_close(b);
		return rc;
	}
	*out = b;
	return 0;
}

const struct store_ops store_postgres = {
    .name = "postgresql",
    .migrations = embedded_migrations,
    .takes = postgres_takes,
    .shown = postgres_shown,
    .open = postgres_open,
    .close = postgres_close,
    .warning = postgres_warning,
    .wait = postgres_wait,
    .begin = postgres_begin,
    .snapshot = postgres_snapshot,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .lock_schema = postgres_lock_schema,
    .again = postgres_again,
    .script = postgres_script,
    .online = postgres_online,
    .query = postgres_query,
    .bulk = postgres_bulk,
};
