/*
 * attest.h - the in-toto statements that are signed and logged.
 */
#ifndef VEXLOG_FLOW_ATTEST_H
#define VEXLOG_FLOW_ATTEST_H

#include "base/hash.h"
#include "sign/statement.h"

#define ATTEST_BATCH   "vex-observation-batch.stella/v1"
#define ATTEST_VERDICT "cdx-vex.stella/v1"
#define ATTEST_DELTA   "vex-delta.stella/v1"
#define ATTEST_POLICY  "vexlog-policy.stella/v1"
#define ATTEST_TRUST   "vexlog-trust.stella/v1"

struct attest_batch {
	struct vexlog_bytes payload; /* canonical statement */
	struct hash root;
	const struct hash **paths; /* audit path of each member */
	size_t *path_sizes;
};

/* The tree over the members' content digests, in their order. */
int attest_batch(struct attest_batch *out, struct vexlog_arena *arena,
    const struct vexlog_observation *members, size_t count,
    struct vexlog_err *err);
int attest_verdict(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_verdict *verdict, struct vexlog_err *err);
/* The predicate type of an attested delta, policy or trust file; NULL: it is
 * of none of these kinds. */
const char *attest_type(const char *kind);
/* A policy or a trust file; bytes are its canonical JSON. */
int attest_file(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *kind, const char *digest, struct vexlog_bytes bytes,
    struct vexlog_err *err);
/* RFC 6962 root over the ids of a verdict (proofBundleId). */
int attest_bundle_id(const char **out, struct vexlog_arena *arena,
    const struct vexlog_verdict *verdict, struct vexlog_err *err);
/* The inputs' content digests and ids, each sorted. */
int attest_evidence(const char *const **content, const char *const **ids,
    struct vexlog_arena *arena, const struct vexlog_verdict *verdict,
    struct vexlog_err *err);

#endif
