/*
 * queue.h - what claim.c needs of queue.c.
 */
#ifndef VEXLOG_STORE_QUEUE_H
#define VEXLOG_STORE_QUEUE_H

#include "store/core.h"

/* The job with its members. errors   NOT_FOUND */
int queue_get_job(struct store_job *out, struct vexlog_arena *arena,
    struct store *store, int64_t id, struct vexlog_err *err);

#endif
