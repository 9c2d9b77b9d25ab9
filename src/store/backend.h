/*
 * backend.h - what a database must be able to do for vexlog: run the
 * statements of sql/ with typed values, one at a time or for many rows.
 *
 * To add a database: write NAME.c with one `static const`-filled struct
 * store_ops, list it in store.c and meson.build, add NAME.NAME.sql files
 * where sql/ has no common text, and run tests/unit/store_test.c on it
 * unchanged (VEXLOG_TEST_STORE). No backend is trusted: what comes back is
 * hashed again above.
 */
#ifndef VEXLOG_STORE_BACKEND_H
#define VEXLOG_STORE_BACKEND_H

#include "base/embedded.h"
#include "base/text.h"
#include "base/time.h"
#include "store/store.h"

/*
 * Every statement, by the name of its file: NAME.sql, or NAME.sqlite.sql and
 * NAME.postgresql.sql where the two databases differ.
 */
#define STORE_STATEMENTS(X)                                                    \
	X(aliased)                                                             \
	X(blob_get)                                                            \
	X(blob_put)                                                            \
	X(blobs)                                                               \
	X(checkpoint_last)                                                     \
	X(checkpoint_put)                                                      \
	X(checkpoints)                                                         \
	X(checkpoints_due)                                                     \
	X(claim_bucket)                                                        \
	X(claim_by_bucket)                                                     \
	X(claim_first_bucket)                                                  \
	X(claim_lock)                                                          \
	X(claim_pending)                                                       \
	X(claims)                                                              \
	X(claims_count)                                                        \
	X(count_jobs)                                                          \
	X(count_pending)                                                       \
	X(document_get)                                                        \
	X(document_known)                                                      \
	X(document_put)                                                        \
	X(entries_due)                                                         \
	X(entry_by_uuid)                                                       \
	X(entry_get)                                                           \
	X(entry_put)                                                           \
	X(entry_verified)                                                      \
	X(envelope_get)                                                        \
	X(find_all)                                                            \
	X(find_entry)                                                          \
	X(find_log_index)                                                      \
	X(find_pending)                                                        \
	X(find_product)                                                        \
	X(find_uuid)                                                           \
	X(find_vulnerability)                                                  \
	X(job_again)                                                           \
	X(job_by_entry)                                                        \
	X(job_by_member)                                                       \
	X(job_by_subject)                                                      \
	X(job_done)                                                            \
	X(job_enqueue)                                                         \
	X(job_evict)                                                           \
	X(job_failed)                                                          \
	X(job_left)                                                            \
	X(job_new)                                                             \
	X(job_owners)                                                          \
	X(job_queued)                                                          \
	X(job_release)                                                         \
	X(job_signed)                                                          \
	X(jobs_dead)                                                           \
	X(jobs_waiting)                                                        \
	X(jobs_done)                                                           \
	X(link)                                                                \
	X(link_all)                                                            \
	X(linkage_get)                                                         \
	X(member_put)                                                          \
	X(members_get)                                                         \
	X(migration_list)                                                      \
	X(migration_put)                                                       \
	X(migration_table)                                                     \
	X(observation_differs)                                                 \
	X(observation_get)                                                     \
	X(observation_put)                                                     \
	X(pairs_all)                                                           \
	X(pairs_product)                                                       \
	X(pairs_then)                                                          \
	X(pairs_vulnerability)                                                 \
	X(pending_tell)                                                        \
	X(verdict_current)                                                     \
	X(verdict_get)                                                         \
	X(verdict_history)                                                     \
	X(verdict_put)                                                         \
	X(verdicts_all)                                                        \
	X(verdicts_between)                                                    \
	X(verdicts_then)                                                       \
	X(verdicts_vulnerability)

enum store_sql {
#define X(name) SQL_##name,
	STORE_STATEMENTS(X)
#undef X
	    SQL_COUNT
};

#define STORE_PARAMETERS_MAX 32

enum store_type {
	STORE_INTEGER, /* 64 bits */
	STORE_SMALL,   /* 16 bits */
	STORE_BOOL,
	STORE_TIME, /* microseconds; INT64_MIN and INT64_MAX are infinite */
	STORE_TEXT,
	STORE_JSON,
	STORE_BYTES,
};

/* A value going in, or one column of a row coming out. */
struct store_value {
	enum store_type type;
	bool null;
	int64_t integer;           /* of the first four types */
	struct vexlog_bytes bytes; /* of the others; a NUL behind texts */
};

static inline struct store_value
value_integer(int64_t integer)
{
	return (struct store_value){.type = STORE_INTEGER, .integer = integer};
}

static inline struct store_value
value_small(int64_t integer)
{
	return (struct store_value){.type = STORE_SMALL, .integer = integer};
}

static inline struct store_value
value_bool(bool truth)
{
	return (struct store_value){.type = STORE_BOOL, .integer = truth};
}

/* A time as it is, infinite ones too. */
static inline struct store_value
value_moment(int64_t time)
{
	return (struct store_value){.type = STORE_TIME, .integer = time};
}

/* TIME_NONE is null. */
static inline struct store_value
value_time(int64_t time)
{
	return (struct store_value){
	    .type = STORE_TIME, .null = time == TIME_NONE, .integer = time};
}

static inline struct store_value
value_bytes(struct vexlog_bytes bytes)
{
	return (struct store_value){.type = STORE_BYTES, .bytes = bytes};
}

/* NULL is null. */
static inline struct store_value
value_text(const char *text)
{
	struct store_value v = {.type = STORE_TEXT, .null = text == NULL};

	if (text != NULL)
		v.bytes = text_bytes(text);
	return v;
}

static inline struct store_value
value_json(const char *text)
{
	struct store_value v = value_text(text);

	v.type = STORE_JSON;
	return v;
}

static inline struct store_value
value_null(enum store_type type)
{
	return (struct store_value){.type = type, .null = true};
}

/* Told of each row; the columns live until it returns. Negative stops. */
struct store_rows {
	int (*row)(const struct store_value *columns, size_t count,
	    void *context, struct vexlog_err *err);
	void *context;
};

struct store_backend;

struct store_ops {
	const char *name; /* "sqlite"; also in the names of its files */
	const struct embedded_file *migrations;
	bool (*takes)(const char *url);
	/* What may be shown of a URL: all but the password. */
	const char *(*shown)(struct vexlog_arena *arena, const char *url,
	    struct vexlog_err *err);
	/* The arena lives as long as the backend. */
	int (*open)(struct store_backend **out, struct vexlog_arena *arena,
	    const struct store_options *options, struct vexlog_err *err);
	void (*close)(struct store_backend *);

	/* See store_warning and store_wait. */
	const char *(*warning)(const struct store_backend *);
	int (*wait)(struct store_backend *, int milliseconds,
	    struct vexlog_err *);

	int (*begin)(struct store_backend *, struct vexlog_err *);
	/* As begin, of one moment and for reads alone; ended by rollback. */
	int (*snapshot)(struct store_backend *, struct vexlog_err *);
	int (*commit)(struct store_backend *, struct vexlog_err *);
	void (*rollback)(struct store_backend *);
	/* After begin: nobody else changes the schema until the end of the
	 * transaction. */
	int (*lock_schema)(struct store_backend *, struct vexlog_err *);
	/* The last failure was one of timing: the same transaction may work
	 * when it is begun again. */
	bool (*again)(struct store_backend *);

	/* Several statements without values. */
	int (*script)(
	    struct store_backend *, const char *sql, struct vexlog_err *);
	/* A migration without one long transaction, so that those who write
	 * meanwhile never wait for long; after a failure it may be run
	 * again. Not inside a transaction. NULL: there is one writer at a
	 * time in any case. */
	int (*online)(struct store_backend *, const char *sql,
	    struct vexlog_err *);
	/*
	 * One statement. It is prepared when it runs for the first time.
	 *
	 * values   count of them, $1 first
	 * rows     NULL: none are expected
	 * changed  rows that were inserted, updated, deleted; may be NULL
	 */
	int (*query)(struct store_backend *, enum store_sql sql,
	    const char *text, const struct store_value *values, size_t count,
	    const struct store_rows *rows, int64_t *changed,
	    struct vexlog_err *);
	/* The same for many rows of values, one after the other. */
	int (*bulk)(struct store_backend *, enum store_sql sql,
	    const char *text, const struct store_value *values, size_t count,
	    size_t row_count, const struct store_rows *rows, int64_t *changed,
	    struct vexlog_err *);
};

extern const struct store_ops store_postgres;
extern const struct store_ops store_sqlite;

#endif
