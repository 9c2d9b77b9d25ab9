/*
 * verdict.h - verdicts between the merge and the store.
 */
#ifndef VEXLOG_FLOW_VERDICT_H
#define VEXLOG_FLOW_VERDICT_H

#include "flow/home.h"
#include "tlog/entry.h"

/* The policy a stored verdict was made under, or the default. */
int verdict_policy(const struct vexlog_policy **out,
    struct vexlog_arena *arena, struct store *store, const char *digest,
    struct vexlog_err *err);
/* The row that keeps a verdict; record holds all that payload needs. */
int verdict_row(struct store_verdict *out, struct vexlog_arena *arena,
    const struct vexlog_verdict *v, struct vexlog_err *err);
/* What a row says without its record; its texts are the row's. errors
 * BAD_PROOF (no such status) */
int verdict_of_row(struct vexlog_verdict *out, const struct store_verdict *row,
    struct vexlog_err *err);
/* The digest of the SBOM that a verdict of this kind and id of SBOM entry was
 * decided for; NULL for none. */
int verdict_sbom(const char **out, struct vexlog_arena *arena, const char *kind,
    const char *entry_id, struct vexlog_err *err);
/* Reads a row's record, which must be of the row's verdict and evidence.
 * errors BAD_PROOF, SYNTAX */
int verdict_record(struct json_doc *out, struct vexlog_arena *arena,
    const struct store_verdict *row, struct vexlog_err *err);
/* Signed envelope and entry of a stored thing. *linkage is NULL while it is
 * pending; job may be NULL. */
int verdict_linkage(const struct vexlog_linkage **linkage,
    struct store_job *job, struct vexlog_arena *arena, struct store *store,
    const char *kind, const char *subject, struct vexlog_err *err);
/* From the entry as it is kept. */
int verdict_entry(struct entry *out, struct vexlog_arena *arena,
    const char *entry_json, struct vexlog_err *err);

#endif
