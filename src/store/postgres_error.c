/*
 * postgres_error.c - what went wrong, by SQLSTATE, in the words of the
 * server; a password is in none of them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/postgres.h"

#define MESSAGE_MAX 400

/* Of err->message: the first lines, without what must not be seen. */
static void
clean(char out[MESSAGE_MAX], const struct store_backend *b, const char *text)
{
	const char *const secrets[] = {b->password, b->key_password};
	const char *end = strstr(text, "\nLOCATION:");
	size_t size = end == NULL ? strlen(text) : (size_t)(end - text);
	size_t n = 0;

	for (size_t i = 0; i < size && n + 4 < MESSAGE_MAX;) {
		size_t skip = 0;
		for (size_t k = 0; k < 2; k++)
			if (secrets[k] != NULL &&
			    text_starts(text + i, secrets[k]))
				skip = strlen(secrets[k]);
		if (skip > 0) {
			memcpy(out + n, "***", 3);
			n += 3;
			i += skip;
			continue;
		}
		out[n++] = text[i] == '\n' || text[i] == '\t' ? ' ' : text[i];
		i++;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
}

static bool
is_class(const struct store_backend *b, const char *class)
{
	return text_starts(b->state, class);
}

/* The connection is of no more use. */
static bool
is_gone(const struct store_backend *b)
{
	return is_class(b, "08") || is_class(b, "57P") ||
	    is_class(b, "25P03"); /* idle in transaction for too long */
}

bool
postgres_again(struct store_backend *b)
{
	/* a unique key that somebody else was putting just then is there at
	 * the next try */
	return b->lost || is_class(b, "40001") || is_class(b, "40P01") ||
	    is_class(b, "23505");
}

/* The code, and a hint, for b->state. */
static enum vexlog_code
judge(const struct store_backend *b, const char **hint)
{
	static const struct {
		const char *state;
		enum vexlog_code code;
		const char *hint;
	} table[] = {
	    {"08", VEXLOG_UNREACHABLE,
		"is the server there? then run the "
		"same command again"},
	    {"22", VEXLOG_IO, ""},
	    {"23", VEXLOG_CONFLICT, ""},
	    {"25006", VEXLOG_IO,
		"this server only reads: name the primary "
		"in the URL"},
	    {"25P03", VEXLOG_UNREACHABLE, "run the same command again"},
	    {"28", VEXLOG_IO,
		"check user and password, and pg_hba.conf on "
		"the server"},
	    {"3D000", VEXLOG_NOT_FOUND,
		"make the database (createdb), then "
		"run vexlog init"},
	    {"3F000", VEXLOG_IO, "run vexlog migrate up"},
	    {"40", VEXLOG_UNREACHABLE, "run the same command again"},
	    {"42501", VEXLOG_IO,
		"grant this user the role vexlog_app; "
		"migrations need the owner of the schema"},
	    {"42P01", VEXLOG_IO, "run vexlog migrate up"},
	    {"42703", VEXLOG_IO, "run vexlog migrate up"},
	    {"53100", VEXLOG_IO,
		"free some space on the server and run the "
		"same command again"},
	    {"53300", VEXLOG_UNREACHABLE,
		"run the same command again later, "
		"or with fewer workers"},
	    {"53", VEXLOG_UNREACHABLE, "run the same command again later"},
	    {"54", VEXLOG_LIMIT, ""},
	    {"55P03", VEXLOG_UNREACHABLE,
		"another session holds a lock: run "
		"the same command again later"},
	    {"57014", VEXLOG_UNREACHABLE,
		"the server stopped a statement "
		"that took too long: run the same "
		"command again later"},
	    {"57P", VEXLOG_UNREACHABLE, "run the same command again"},
	};

	*hint = "";
	if (b->state[0] == '\0') {
		*hint = "is the server there? then run the same command again";
		return VEXLOG_UNREACHABLE;
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (is_class(b, table[i].state)) {
			*hint = table[i].hint;
			return table[i].code;
		}
	return VEXLOG_IO;
}

static int
tell(struct store_backend *b, const char *text, const char *hint,
    struct vexlog_err *err)
{
	char message[MESSAGE_MAX];
	const char *ours;
	enum vexlog_code code = judge(b, &ours);

	clean(message, b, text);
	if (b->state[0] == '\0')
		err_set(err, code, "PostgreSQL: %s", message);
	else
		err_set(err, code, "PostgreSQL: %s (%s)", message, b->state);
	if (is_class(b, "53100"))
		err->os_errno = ENOSPC;
	err_where(err, b->shown);
	if (ours[0] != '\0')
		err_hint(err, "%s", ours);
	else if (hint != NULL)
		err_hint(err, "%s", hint);
	return err->code;
}

int
postgres_fail(
    struct store_backend *b, const PGresult *result, struct vexlog_err *err)
{
	const char *state = NULL, *text = NULL, *hint = NULL;

	if (result != NULL) {
		state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
		text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
		hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
	}
	(void)snprintf(
	    b->state, sizeof(b->state), "%s", state == NULL ? "" : state);
	if (PQstatus(b->conn) == CONNECTION_BAD || is_gone(b))
		b->lost = true;
	if (text == NULL)
		text = PQerrorMessage(b->conn);
	if (text[0] == '\0')
		text = "the connection failed";
	return tell(b, text, hint, err);
}

/* libpq gives no SQLSTATE of a connection that was refused, but in a verbose
 * message: "FATAL:  28P01: password authentication failed". */
static const char *
find_state(char out[6], const char *text)
{
	for (const char *at = text; (at = strstr(at, ":  ")) != NULL; at++) {
		size_t n =
		    strspn(at + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		if (n == 5 && at[8] == ':') {
			memcpy(out, at + 3, 5);
			out[5] = '\0';
			return at + 10;
		}
	}
	out[0] = '\0';
	return text;
}

int
postgres_fail_connect(struct store_backend *b, struct vexlog_err *err)
{
	const char *text = PQerrorMessage(b->conn);
	int rc;

	text = find_state(b->state, text);
	b->lost = true;
	rc = tell(b, text, NULL, err);
	/* a certificate or TLS that does not fit is nothing to wait for */
	if (b->state[0] == '\0' &&
	    (strstr(text, "certificate") != NULL ||
		strstr(text, "SSL") != NULL)) {
		char message[sizeof(err->message)];
		memcpy(message, err->message, sizeof(message));
		rc = err_set(err, VEXLOG_IO, "%s", message);
		err_where(err, b->shown);
		err_hint(err, "check sslmode and sslrootcert in the URL");
	}
	return rc;
}
