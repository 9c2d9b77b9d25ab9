/*
 * rows.h - rows to structs: the one place that knows the order of columns.
 *
 * Every text is copied into the arena and checked: UTF-8 without U+0000, not
 * null where the struct has no room for it. What breaks that was changed
 * behind our back, and is BAD_PROOF.
 */
#ifndef VEXLOG_STORE_ROWS_H
#define VEXLOG_STORE_ROWS_H

#include "store/core.h"

#define OBSERVATION_COLUMNS 31
#define OBSERVATION_VALUES  22 /* of observation_put */

/* Columns one after the other; the first failure sticks. */
struct row {
	const struct store_value *columns;
	size_t count, next;
	struct vexlog_arena *arena;
	struct vexlog_err *err;
	int failed;
};

void row_open(struct row *row, const struct store_value *columns, size_t count,
    struct vexlog_arena *arena, struct vexlog_err *err);
const char *row_text(struct row *row);
const char *row_text_or_null(struct row *row);
int64_t row_integer(struct row *row);
int64_t row_time(struct row *row); /* TIME_NONE for null */
bool row_bool(struct row *row);
struct vexlog_bytes row_bytes(struct row *row); /* size 0 for null */
/* 0, or what went wrong; also when columns are left over. */
int row_close(struct row *row);

/* Into context, a struct observation_rows; ids are hashed again. */
struct observation_rows {
	struct vexlog_arena *arena, *scratch;
	struct vexlog_observation *list;
	size_t count, room;
};
int row_observation(const struct store_value *columns, size_t count,
    void *context, struct vexlog_err *err);
/* The same without hashing. */
int row_observation_as_is(const struct store_value *columns, size_t count,
    void *context, struct vexlog_err *err);
/* The values of observation_put. */
int row_from_observation(struct store_value *values, const char *tenant,
    const struct vexlog_observation *o, int64_t created_at,
    struct vexlog_err *err);

/* For queries with one row of one kind: set by the callbacks below. */
struct one_integer {
	int64_t value;
	bool found;
};
int row_one_integer(const struct store_value *columns, size_t count,
    void *context, struct vexlog_err *err);

#endif
