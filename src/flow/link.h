/*
 * link.h - what the parts of link share: a worker, and the attestations it has
 * on their way.
 */
#ifndef VEXLOG_FLOW_LINK_H
#define VEXLOG_FLOW_LINK_H

#include "flow/attest.h"
#include "flow/home.h"
#include "flow/owner.h"
#include "sign/dsse.h"

/* One attestation on its way. */
struct shipment {
	struct store_job job;
	struct attest_batch batch; /* for observations */
	struct dsse dsse;
	struct vexlog_bytes pae;
	const struct key *key; /* that signed it, maybe one before ours */
};

struct link {
	struct vexlog *v;
	struct vexlog_arena *arena; /* of one round */
	const struct vexlog_link_options *options;
	struct key *key;
	struct trust *trust;
	int64_t trusted_at; /* when our key was seen to be trusted */
	struct log *log;
	const char *log_url;
	char owner[OWNER_TEXT];
	struct vexlog_link_result result;
	bool lost_store; /* the last round failed by its connection to it */
	struct vexlog_err *err;
};

/* ---- link_commit.c ----------------------------------------------------- */

/* Keeps these entries with all linkages that they prove, and counts them. All
 * at once, since a commit costs a sync of the disk; where one of them fails
 * (its lease was lost) each alone, so that it keeps no other back. */
int link_commit(struct link *l, const struct shipment *list,
    const struct entry *entries, size_t count);

#endif
