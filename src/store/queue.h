/*
 * queue.h - what claim.c needs of queue.c.
 */
#ifndef VEXLOG_STORE_QUEUE_H
#define VEXLOG_STORE_QUEUE_H

#include "store/core.h"

/* Into context, a struct queue_jobs: rows of the queue, without members. */
struct queue_jobs {
	struct vexlog_arena *arena;
	struct store_job *list;
	const char *entry_uuid; /* of the last one */
	size_t count, room;
};
int queue_take_job(const struct store_value *columns, size_t count,
    void *context, struct vexlog_err *err);
/* The observations of a job; other kinds have none. */
int queue_get_members(struct store_job *job, struct vexlog_arena *arena,
    struct store *store, struct vexlog_err *err);

#endif
