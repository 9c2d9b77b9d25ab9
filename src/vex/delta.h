/*
 * delta.h - a delta while its two states go by: what did not change is
 * counted and forgotten, so that states need not be there as a whole.
 */
#ifndef VEXLOG_VEX_DELTA_H
#define VEXLOG_VEX_DELTA_H

#include "base/hash.h"

struct delta_change {
	const struct vexlog_state_item *before, *after; /* NULL: added, removed */
};

/* What is kept of a state: 32 bytes a verdict. */
struct delta_side {
	struct vexlog_arena *arena; /* its own: the list grows in place */
	struct hash *ids;
	size_t count, room;
	size_t statuses[VEXLOG_STATUSES];
	const char *policy; /* version; "" of none, "mixed" of several */
};

struct delta {
	struct vexlog_arena *arena; /* of what is kept */
	struct vexlog_err *err;
	struct delta_side before, after;
	const void **changes; /* struct delta_change */
	size_t count, room;
	size_t added, removed, status, justification, unchanged;
};

int delta_open(
    struct delta *d, struct vexlog_arena *arena, struct vexlog_err *err);
void delta_close(struct delta *d);

/* Another status or justification; either may be NULL, where there is none. */
bool delta_differs(const struct vexlog_state_item *before,
    const struct vexlog_state_item *after);
/*
 * One (vulnerability, product); either may be NULL. Each comes once, in any
 * order. Items that differ must stay until the delta is written; of others
 * status, justification, verdict_id and policy_version are looked at, now.
 *
 * errors   MISUSE (an id that is no digest)
 */
int delta_take(struct delta *d, const struct vexlog_state_item *before,
    const struct vexlog_state_item *after);
/* The predicate. */
int delta_write(
    struct vexlog_bytes *out, struct delta *d, int64_t compared_at);

#endif
