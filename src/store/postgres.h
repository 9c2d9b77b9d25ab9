/*
 * postgres.h - what the files of the PostgreSQL backend share: the
 * connection, its errors, and values in the binary form of the protocol.
 */
#ifndef VEXLOG_STORE_POSTGRES_H
#define VEXLOG_STORE_POSTGRES_H

#include "store/backend.h"
#include "store/pq.h"

struct store_backend {
	struct vexlog_arena *arena;
	PGconn *conn;
	const char *url, *shown, *tenant;
	/* never to be seen in a message; NULL or not empty */
	const char *password, *key_password;
	const char *tenant_sql; /* names the tenant of a transaction */
	const char *begin_sql;	/* begins one, and names it */
	bool in_transaction;
	bool lost; /* the connection broke; the next begin makes a new one */
	char state[6]; /* SQLSTATE of the last failure, or "" */
	bool listening; /* this connection is told of what is pending */
	const char *warning;
	bool prepared[SQL_COUNT];
};

/* ---- postgres_connect.c ----------------------------------------------- */

bool postgres_takes(const char *url);
const char *postgres_shown(struct vexlog_arena *arena, const char *url,
    struct vexlog_err *err);
/* With a few tries where the server says that it is starting. */
int postgres_connect(struct store_backend *b, struct vexlog_err *err);
/* Makes a new connection where the old one broke. */
int postgres_connected(struct store_backend *b, struct vexlog_err *err);

/* ---- postgres_watch.c -------------------------------------------------- */

/* Sets b->warning. */
int postgres_look(struct store_backend *b, struct vexlog_err *err);
const char *postgres_warning(const struct store_backend *b);
int postgres_wait(struct store_backend *b, int milliseconds,
    struct vexlog_err *err);

/* ---- postgres_error.c ------------------------------------------------- */

/* The code for what the server, or the connection, said. result may be
 * NULL. */
int postgres_fail(struct store_backend *b, const PGresult *result,
    struct vexlog_err *err);
/* For a connection that was never made. */
int postgres_fail_connect(struct store_backend *b, struct vexlog_err *err);
bool postgres_again(struct store_backend *b);

/* ---- postgres_value.c ------------------------------------------------- */

/* Parameters of one statement, as libpq wants them. */
struct postgres_parameters {
	Oid types[STORE_PARAMETERS_MAX];
	const char *values[STORE_PARAMETERS_MAX];
	int sizes[STORE_PARAMETERS_MAX];
	int formats[STORE_PARAMETERS_MAX];
	char numbers[STORE_PARAMETERS_MAX][8];
};
/* bulk: each parameter is the array of a column of row_count rows. */
int postgres_parameters(struct postgres_parameters *out,
    struct vexlog_arena *arena, const struct store_value *values,
    size_t count, size_t row_count, bool bulk, struct vexlog_err *err);
/* Tells each row. */
int postgres_rows(struct vexlog_arena *arena, const PGresult *result,
    const struct store_rows *rows, struct vexlog_err *err);

/* ---- postgres_online.c ------------------------------------------------ */

/* See online in struct store_ops. */
int postgres_online(struct store_backend *b, const char *sql,
    struct vexlog_err *err);

/* ---- postgres.c ------------------------------------------------------- */

/* Several statements in one; *result, where it is wanted, is to be cleared. */
int postgres_run(struct store_backend *b, const char *sql,
    struct vexlog_err *err);

#endif
