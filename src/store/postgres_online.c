/*
 * postgres_online.c - a migration on a database in use.
 *
 * The file is the same; it runs by its "-- section:" parts, each a short
 * transaction that waits two seconds for a lock at most and is then tried
 * again, so that nobody queues up behind it. The indexes of a section are
 * built CONCURRENTLY before it, which then finds them there. What a broken
 * run leaves behind is completed by the next: every section is idempotent.
 */
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "store/postgres.h"

#define SECTION "-- section: "
#define INDEX   "CREATE INDEX IF NOT EXISTS"
#define UNIQUE  "CREATE UNIQUE INDEX IF NOT EXISTS"
#define TRIES   60 /* of one section, about three minutes */

static const char *
end_of_section(const char *at)
{
	const char *next = strstr(at + 1, "\n" SECTION);

	return next == NULL ? at + strlen(at) : next + 1;
}

/* A piece of SQL with white space as single spaces, put into text. */
static char *
one_line(struct vexlog_arena *arena, const char *text, size_t size,
    struct vexlog_err *err)
{
	char *out = arena_take(arena, size + 1, err);
	size_t n = 0;

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		bool space =
		    text[i] == ' ' || text[i] == '\t' || text[i] == '\n';
		if (!space)
			out[n++] = text[i];
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	out[n] = '\0';
	return out;
}

static bool
is_missing(const struct store_backend *b)
{
	return strcmp(b->state, "42P01") == 0 ||
	    strcmp(b->state, "42703") == 0 || strcmp(b->state, "3F000") == 0;
}

/* An index of this name that a broken attempt left invalid would be taken
 * for the real one. */
static int
drop_invalid(struct store_backend *b, const char *name, size_t size,
    struct vexlog_err *err)
{
	const char *sql = arena_print(b->arena, err,
	    "select format('drop index concurrently %%I.%%I', n.nspname, "
	    "c.relname) from pg_index i join pg_class c on c.oid = "
	    "i.indexrelid join pg_namespace n on n.oid = c.relnamespace "
	    "where c.relname = '%.*s' and not i.indisvalid",
	    (int)size, name);
	int rc = 0;

	if (sql == NULL)
		return err->code;
	PGresult *result = PQexec(b->conn, sql);
	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		rc = postgres_fail(b, result, err);
	for (int i = 0; rc == 0 && i < PQntuples(result); i++)
		rc = postgres_run(b, PQgetvalue(result, i, 0), err);
	PQclear(result);
	return rc;
}

/* Builds one index; where its table or a column is missing, the section will
 * leave it out too. */
static int
build_index(struct store_backend *b, bool unique, const char *rest, size_t size,
    struct vexlog_err *err)
{
	char *line = one_line(b->arena, rest, size, err);
	const char *sql;
	int rc;

	if (line == NULL)
		return err->code;
	sql = arena_print(b->arena, err,
	    "create %sindex concurrently if not exists %s",
	    unique ? "unique " : "", line);
	if (sql == NULL)
		return err->code;
	if ((rc = drop_invalid(b, line, strcspn(line, " "), err)) != 0)
		return rc;
	rc = postgres_run(b, sql, err);
	return rc != 0 && is_missing(b) ? 0 : rc;
}

static int
build_indexes(struct store_backend *b, const char *at, const char *end,
    struct vexlog_err *err)
{
	int rc = 0;

	while (rc == 0 && (at = strstr(at, "CREATE ")) != NULL && at < end) {
		bool unique = text_starts(at, UNIQUE);
		size_t skip = unique         ? sizeof(UNIQUE) - 1
		    : text_starts(at, INDEX) ? sizeof(INDEX) - 1
					     : 0;
		at += skip == 0 ? 1 : skip;
		if (skip != 0)
			rc = build_index(b, unique, at, strcspn(at, ";"), err);
	}
	return rc;
}

/* Gives up before the server looks for a deadlock (after a second): of two
 * that wait for each other, the migration is the one that tries again. */
static int
run_section(struct store_backend *b, const char *sql, struct vexlog_err *err)
{
	int rc;

	for (int i = 1;; i++) {
		rc = postgres_run(
		    b, "begin; set local lock_timeout = 800", err);
		if (rc == 0)
			rc = postgres_run(b, sql, err);
		if (rc == 0)
			return postgres_run(b, "commit", err);
		if (b->lost)
			return rc;
		PQclear(PQexec(b->conn, "rollback"));
		if ((strcmp(b->state, "55P03") != 0 &&
			strcmp(b->state, "40P01") != 0) ||
		    i == TRIES)
			return rc;
		(void)nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
	}
}

int
postgres_online(
    struct store_backend *b, const char *sql, struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(b->arena);
	int rc = postgres_connected(b, err);

	if (rc == 0)
		rc = postgres_run(b, "set statement_timeout = 0", err);
	for (const char *at = sql; rc == 0 && *at != '\0';) {
		const char *end = end_of_section(at);
		const char *part =
		    arena_text(b->arena, at, (size_t)(end - at), err);
		if (part == NULL)
			rc = err->code;
		if (rc == 0)
			rc = build_indexes(b, at, end, err);
		if (rc == 0)
			rc = run_section(b, part, err);
		at = end;
	}
	arena_back(b->arena, mark);
	return rc;
}
