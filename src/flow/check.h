/*
 * check.h - the checks of an attestation and of what it is about, on plain
 * bytes: the same for rows of a store and for files of an archive.
 */
#ifndef VEXLOG_FLOW_CHECK_H
#define VEXLOG_FLOW_CHECK_H

#include "sign/dsse.h"
#include "tlog/entry.h"
#include "tlog/trust.h"

struct attestation {
	struct dsse dsse;
	struct entry entry;
};

/*
 * Envelope, signer, entry: everything but what the envelope is about.
 *
 * at       when it was logged, for the validity of keys; TIME_NONE unknown
 */
int check_attestation(struct report *r, struct attestation *out,
    struct vexlog_arena *arena, const struct trust *trust,
    struct vexlog_bytes envelope, const char *entry_json, int64_t at,
    struct vexlog_err *err);
/* The row hashes to its ids. */
int check_content(struct report *r, struct vexlog_arena *arena,
    const struct vexlog_observation *o, struct vexlog_err *err);
/* The claim read again from its document. */
int check_document(struct report *r, struct vexlog_arena *arena,
    struct vexlog_bytes document, const struct vexlog_observation *o,
    struct vexlog_err *err);
/* The content digest is a leaf of the tree whose root was signed. */
int check_batch(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const struct vexlog_observation *o,
    struct vexlog_err *err);
/* The linkage's columns are those of the entry. */
int check_linkage(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const struct vexlog_linkage *have,
    struct vexlog_err *err);
/* The signed predicate hashes to the verdict id. */
int check_verdict(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const char *id, struct vexlog_err *err);
/* The signed subject is the digest of these bytes. */
int check_file(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const char *kind, const char *id,
    struct vexlog_bytes bytes, struct vexlog_err *err);
/* The inputs of a merge trace hash to the reasoning id. */
int check_reasoning(struct report *r, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *trace,
    const char *reasoning_id, struct vexlog_err *err);

#endif
