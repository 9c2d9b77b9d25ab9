/*
 * policies.h - the policies that stored verdicts name, each read once.
 */
#ifndef VEXLOG_FLOW_POLICIES_H
#define VEXLOG_FLOW_POLICIES_H

#include "base/map.h"
#include "flow/home.h"

struct policies {
	struct vexlog_arena *arena; /* its own */
	struct store *store;
	struct map index; /* digest to its place in list */
	const struct vexlog_policy **list;
	size_t count, room;
};

int policies_open(
    struct policies *policies, struct store *store, struct vexlog_err *err);
void policies_close(struct policies *policies);
/* By its digest, NULL for the built-in one; until policies_close.
 * errors   NOT_FOUND, and as vexlog_policy_read */
int policies_get(const struct vexlog_policy **out, struct policies *policies,
    const char *digest, struct vexlog_err *err);

#endif
