/*
 * core.h - the handle behind struct store, and how its parts run statements
 * and transactions. Only for the files of this folder.
 */
#ifndef VEXLOG_STORE_CORE_H
#define VEXLOG_STORE_CORE_H

#include "base/limits.h"
#include "store/backend.h"

struct store {
	const struct store_ops *ops;
	struct store_backend *backend;
	struct vexlog_arena *arena;   /* of the handle */
	struct vexlog_arena *scratch; /* of one call, given back by it */
	const char *texts[SQL_COUNT];
	const char *tenant;
	const char *url; /* without its password */
	int64_t (*now)(void *);
	void *now_context;
	bool begun;  /* the caller's transaction is open */
	bool reading; /* and is a snapshot */
	bool broken; /* a call inside it failed */
	bool as_is;  /* store_as_is */
};

/* a product key with its SBOM entry before it; see NAME_MAX_BYTES */
#define STORE_NAME_MAX (NAME_MAX_BYTES + 128)

/* For rows of observations; rows.h has the two callbacks. */
#define core_reader(store) \
	((store)->as_is ? row_observation_as_is : row_observation)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int store_query(struct store *store, enum store_sql sql,
    const struct store_value *values, size_t count,
    const struct store_rows *rows, int64_t *changed, struct vexlog_err *err);
int store_bulk(struct store *store, enum store_sql sql,
    const struct store_value *values, size_t count, size_t row_count,
    const struct store_rows *rows, int64_t *changed, struct vexlog_err *err);

/* A backend that is open, with its statements, and no schema looked at. */
int core_open(struct store **out, const struct store_options *options,
    struct vexlog_err *err);
int64_t core_now(const struct store *store);
/* Tells those in store_wait, when the transaction is committed. */
int core_tell(struct store *store, struct vexlog_err *err);
/* MISUSE unless text is there, not empty and UTF-8, LIMIT past
 * STORE_NAME_MAX. */
int core_need(const char *text, const char *what, struct vexlog_err *err);

/* Of a schema: 0 when it is the one of this program. pending counts the
 * files that are not applied yet. errors CONFLICT (newer, changed file) */
int migrate_check(size_t *pending, struct store *store, struct vexlog_err *err);
int migrate_up(
    size_t *applied, struct store *store, bool online, struct vexlog_err *err);

#endif
