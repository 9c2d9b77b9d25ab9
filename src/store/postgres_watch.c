/*
 * postgres_watch.c - what a connection is told beside its statements: whether
 * row-level security binds it, and that something new is pending.
 */
#include <poll.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "store/postgres.h"

int
postgres_look(struct store_backend *b, struct vexlog_err *err)
{
	PGresult *result = PQexec(b->conn,
	    "select current_user, rolsuper from pg_roles "
	    "where rolname = current_user and (rolsuper or rolbypassrls)");
	int rc = 0;

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		rc = postgres_fail(b, result, err);
	else if (PQntuples(result) > 0 &&
	    (b->warning = arena_print(b->arena, err,
		 "the database's login %s %s, so no policy keeps the tenants "
		 "apart for it: use one that was granted vexlog_app",
		 PQgetvalue(result, 0, 0),
		 PQgetvalue(result, 0, 1)[0] == 't' ? "is a superuser"
						    : "has BYPASSRLS")) ==
		NULL)
		rc = err->code;
	PQclear(result);
	return rc;
}

const char *
postgres_warning(const struct store_backend *b)
{
	return b->warning;
}

static int64_t
now_in_milliseconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* Takes all that came. True when one of it was for this tenant. */
static bool
take_notices(struct store_backend *b)
{
	bool ours = false;
	PGnotify *n;

	while ((n = PQnotifies(b->conn)) != NULL) {
		ours = ours || strcmp(n->extra, b->tenant) == 0;
		PQfreemem(n);
	}
	return ours;
}

int
postgres_wait(struct store_backend *b, int milliseconds, struct vexlog_err *err)
{
	int64_t end = now_in_milliseconds() + milliseconds;
	int rc = postgres_connected(b, err);

	if (rc != 0)
		return rc;
	if (!b->listening) {
		rc = postgres_run(b, "listen vexlog_pending", err);
		b->listening = rc == 0;
		return rc; /* what came before this was told to nobody */
	}
	for (;;) {
		int64_t left = end - now_in_milliseconds();
		struct pollfd p = {
		    .fd = PQsocket(b->conn), .events = POLLIN};
		if (PQconsumeInput(b->conn) == 0) {
			b->lost = true; /* the next call makes a new one */
			return 0;
		}
		if (take_notices(b) || left <= 0 ||
		    poll(&p, 1, (int)left) < 0)
			return 0;
	}
}
