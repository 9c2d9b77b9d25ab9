/*
 * state.h - the verdicts that a delta compares, while they are collected.
 */
#ifndef VEXLOG_FLOW_STATE_H
#define VEXLOG_FLOW_STATE_H

#include "flow/pairs.h"

struct state {
	struct vexlog_arena *arena;   /* of the result */
	struct vexlog_arena *scratch; /* of one verdict or page */
	struct vexlog *v;
	struct pairs pairs;
	const struct vexlog_policy *policy; /* the last one that was read, */
	const char *policy_digest;	    /* and its digest; NULL: built-in */
	struct vexlog_state_item *list;
	size_t count, room;
	struct vexlog_err *err;
};

/* A copy in the result's arena; of the linkage only the pointer. */
int state_add(struct state *s, const struct vexlog_state_item *item);

/* An archive (`export --format bundle`) or payloads, by how they begin. */
bool state_is_export(struct vexlog_bytes bytes);
/* The current verdicts in one of them; arena is that of the bytes.
 * errors   SYNTAX, SHAPE, BAD_PROOF (a verdict does not hash to its id) */
int state_take_export(struct state *s, struct vexlog_arena *arena,
    struct vexlog_bytes bytes);

#endif
