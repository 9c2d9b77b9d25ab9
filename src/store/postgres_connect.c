/*
 * postgres_connect.c - a postgresql:// URL, and the way to its server.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "store/postgres.h"

#define CONNECT_SECONDS 10 /* unless the URL has a connect_timeout */
#define TRIES           6  /* the last comes after 3 s */
#define VERSION_MIN     130000

bool
postgres_takes(const char *url)
{
	return text_starts(url, "postgresql://") ||
	    text_starts(url, "postgres://");
}

/* ---- the URL ---------------------------------------------------------- */

static const char *
option(const PQconninfoOption *list, const char *name)
{
	for (; list != NULL && list->keyword != NULL; list++)
		if (strcmp(list->keyword, name) == 0)
			return list->val == NULL ? "" : list->val;
	return "";
}

static int
refuse(struct vexlog_err *err)
{
	/* neither the URL nor what libpq says of it: a password may be in
	 * the part that it could not read */
	err_set(err, VEXLOG_MISUSE, "this is no URL of a PostgreSQL server");
	return err_hint(err,
	    "write postgresql://USER@HOST:PORT/DATABASE, with "
	    "special characters of each part as %%XX");
}

static int
parse(PQconninfoOption **out, const char *url, struct vexlog_err *err)
{
	char *why = NULL;
	const char *at = strchr(url, '@');
	const char *query = strchr(at == NULL ? url : at, '?');
	size_t size = query == NULL ? strlen(url) : (size_t)(query - url);
	size_t ats = 0;
	int rc = pq_open(err);

	if (rc != 0)
		return rc;
	/* an '@' or '/' in a password that is not escaped: what would be
	 * taken for host or database is half of it */
	for (size_t i = 0; i < size; i++)
		ats += url[i] == '@';
	*out = ats > 1 ? NULL : PQconninfoParse(url, &why);
	PQfreemem(why);
	if (*out == NULL)
		return refuse(err);
	const char *port = option(*out, "port");
	if (strspn(port, "0123456789,") == strlen(port))
		return 0;
	PQconninfoFree(*out);
	return refuse(err);
}

static void
put_part(struct buffer *b, const char *before, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~,";
	static const char hex[] = "0123456789ABCDEF";

	if (text[0] == '\0')
		return;
	buffer_text(b, before);
	for (const char *c = text; *c != '\0'; c++) {
		unsigned char u = (unsigned char)*c;
		if (strchr(plain, u) != NULL) {
			buffer_byte(b, *c);
			continue;
		}
		buffer_byte(b, '%');
		buffer_byte(b, hex[u >> 4]);
		buffer_byte(b, hex[u & 15]);
	}
}

const char *
postgres_shown(
    struct vexlog_arena *arena, const char *url, struct vexlog_err *err)
{
	static const char *const kept[] = {
	    "host", "hostaddr", "port", "sslmode", "sslrootcert"};
	PQconninfoOption *list;
	const char *text;
	struct buffer b;
	char before[32];
	bool first = true;

	if (parse(&list, url, err) != 0)
		return NULL;
	buffer_open(&b, arena, 64 * KIB);
	buffer_text(&b, "postgresql://");
	put_part(&b, "", option(list, "user"));
	if (option(list, "user")[0] != '\0')
		buffer_byte(&b, '@');
	buffer_byte(&b, '/');
	put_part(&b, "", option(list, "dbname"));
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		const char *value = option(list, kept[i]);
		(void)snprintf(before, sizeof(before),
		    "%c%s=", first ? '?' : '&', kept[i]);
		put_part(&b, before, value);
		first = first && value[0] == '\0';
	}
	PQconninfoFree(list);
	return buffer_finish_text(&b, &text, err) == 0 ? text : NULL;
}

/* What must not be seen in a message. */
static int
keep_secrets(struct store_backend *b, const PQconninfoOption *list,
    struct vexlog_err *err)
{
	const char *password = option(list, "password");
	const char *key = option(list, "sslpassword");

	if (password[0] != '\0' &&
	    (b->password = arena_copy(b->arena, password, err)) == NULL)
		return err->code;
	if (key[0] != '\0' &&
	    (b->key_password = arena_copy(b->arena, key, err)) == NULL)
		return err->code;
	return 0;
}

/* ---- connecting ------------------------------------------------------- */

static int64_t
monotonic(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND + t.tv_nsec / 1000;
}

static int
wait_until_made(
    struct store_backend *b, int64_t deadline, struct vexlog_err *err)
{
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;

	for (;;) {
		int64_t left = (deadline - monotonic()) / 1000;
		struct pollfd p = {.fd = PQsocket(b->conn),
		    .events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT};
		if (left <= 0) {
			b->lost = true;
			b->state[0] = '\0';
			err_set(err, VEXLOG_UNREACHABLE,
			    "PostgreSQL: no connection in time");
			err_where(err, b->shown);
			return err_hint(err,
			    "is the server there? then run "
			    "the same command again");
		}
		if (poll(&p, 1, left > 1000 ? 1000 : (int)left) == 0)
			continue;
		next = PQconnectPoll(b->conn);
		if (next == PGRES_POLLING_OK)
			return 0;
		if (next == PGRES_POLLING_FAILED)
			return postgres_fail_connect(b, err);
	}
}

static void
ignore_notice(void *context, const PGresult *result)
{
	(void)context, (void)result; /* the library never prints */
}

static int
make_begin(struct store_backend *b, struct vexlog_err *err)
{
	char *tenant = PQescapeLiteral(b->conn, b->tenant, strlen(b->tenant));

	if (tenant == NULL)
		return postgres_fail(b, NULL, err);
	/* SET LOCAL and not set_config(): it reaches the nodes of Citus */
	if (b->tenant_sql == NULL)
		b->tenant_sql = arena_print(
		    b->arena, err, "set local app.tenant_id = %s", tenant);
	if (b->tenant_sql != NULL && b->begin_sql == NULL)
		b->begin_sql = arena_print(b->arena, err,
		    "begin; %s; set local statement_timeout = '60s'; "
		    "set local lock_timeout = '30s'; "
		    "set local idle_in_transaction_session_timeout = '600s'",
		    b->tenant_sql);
	PQfreemem(tenant);
	return b->begin_sql == NULL ? (int)err->code : 0;
}

static int
check_server(struct store_backend *b, struct vexlog_err *err)
{
	const char *encoding = PQparameterStatus(b->conn, "server_encoding");

	if (PQserverVersion(b->conn) < VERSION_MIN) {
		err_set(err, VEXLOG_IO,
		    "PostgreSQL: the server is version %d, 13 is needed",
		    PQserverVersion(b->conn) / 10000);
		return err_where(err, b->shown);
	}
	/* in another one some document would be refused, and only then */
	if (!text_same(encoding, "UTF8") && !text_same(encoding, "SQL_ASCII")) {
		err_set(err, VEXLOG_IO,
		    "PostgreSQL: the database's encoding is %s, UTF8 is needed",
		    encoding == NULL ? "not known" : encoding);
		err_where(err, b->shown);
		return err_hint(err,
		    "make it with createdb -E UTF8 -T template0");
	}
	return 0;
}

static int
connect_once(
    struct store_backend *b, const char *seconds, struct vexlog_err *err)
{
	/* what comes later wins: the URL over our habits, our needs over it */
	static const char *const names[] = {"fallback_application_name",
	    "tcp_user_timeout", "dbname", "client_encoding", NULL};
	const char *const values[] = {"vexlog", "30000", b->url, "UTF8", NULL};
	uint64_t wait = CONNECT_SECONDS;
	int rc;

	(void)text_decimal(&wait, seconds, strlen(seconds), 3600);
	PQfinish(b->conn);
	b->conn = PQconnectStartParams(names, values, 1);
	if (b->conn == NULL)
		return err_memory(err);
	(void)PQsetErrorVerbosity(b->conn, PQERRORS_VERBOSE);
	(void)PQsetNoticeReceiver(b->conn, ignore_notice, NULL);
	if (PQstatus(b->conn) == CONNECTION_BAD)
		return postgres_fail_connect(b, err);
	rc = wait_until_made(b, monotonic() + (int64_t)wait * SECOND, err);
	if (rc != 0)
		return rc;
	if ((rc = check_server(b, err)) != 0)
		return rc;
	memset(b->prepared, 0, sizeof(b->prepared));
	b->in_transaction = false;
	b->listening = false;
	b->lost = false;
	return make_begin(b, err);
}

static void
pause_before(int attempt)
{
	(void)nanosleep(
	    &(struct timespec){
		.tv_nsec = attempt > 4 ? 900000000L : 50000000L << attempt},
	    NULL);
}

int
postgres_connect(struct store_backend *b, struct vexlog_err *err)
{
	PQconninfoOption *list;
	char seconds[16];
	bool was_there = b->conn != NULL;
	int rc = parse(&list, b->url, err);

	if (rc != 0)
		return rc;
	(void)snprintf(
	    seconds, sizeof(seconds), "%s", option(list, "connect_timeout"));
	if (b->password == NULL && b->key_password == NULL)
		rc = keep_secrets(b, list, err);
	PQconninfoFree(list);
	for (int i = 0; rc == 0 && i < TRIES; i++) {
		if (i > 0)
			pause_before(i);
		rc = connect_once(b, seconds, err);
		/* one that says it is starting or full, or that was there a
		 * moment ago, is worth waiting for */
		if (rc != VEXLOG_UNREACHABLE ||
		    (!was_there && b->state[0] == '\0'))
			return rc;
		rc = i + 1 < TRIES ? 0 : rc;
	}
	return rc;
}

int
postgres_connected(struct store_backend *b, struct vexlog_err *err)
{
	if (b->conn != NULL && !b->lost && PQstatus(b->conn) == CONNECTION_OK)
		return 0;
	return postgres_connect(b, err);
}
