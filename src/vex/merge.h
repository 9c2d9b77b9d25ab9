/*
 * merge.h - claims to verdict: a pure function of the set.
 */
#ifndef VEXLOG_VEX_MERGE_H
#define VEXLOG_VEX_MERGE_H

#include "vex/policy.h"

/*
 * As vexlog_merge, but proof_bundle_id, which needs a Merkle tree, stays
 * NULL. evaluated_at, replaces and linkage are the caller's to fill.
 */
int merge_claims(struct vexlog_verdict *out, struct vexlog_arena *arena,
    const struct vexlog_observations *claims,
    const struct vexlog_policy *policy, const char *sbom,
    struct vexlog_err *err);

/* The cdx-vex.stella/v1 predicate, canonical JSON. */
int verdict_predicate(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_verdict *verdict, struct vexlog_err *err);
/* The sbomEntryId of a product in an SBOM (its digest), or in none (NULL). */
int verdict_sbom_entry(const char **out, struct vexlog_arena *arena,
    const char *product, const char *sbom, struct vexlog_err *err);

#endif
