/*
 * record.h - what is kept, as JSON: one shape for each record, used by show,
 * find, trace, payload and the evidence bundle alike.
 */
#ifndef VEXLOG_FLOW_RECORD_H
#define VEXLOG_FLOW_RECORD_H

#include "json/write.h"
#include "tlog/entry.h"

/* The findings of a document as a JSON array. */
int record_findings(const char **out, struct vexlog_arena *arena,
    const struct vexlog_document *doc, struct vexlog_err *err);
/* The "rekor" object of an observation, or null. */
void record_linkage(struct json_writer *w, const struct vexlog_linkage *l);
/* {"uuid","logIndex","logId"} or null: a reference to an entry. */
void record_entry_ref(struct json_writer *w, const struct vexlog_linkage *l);
/* Its texts are the document's. errors SHAPE */
int record_read_entry_ref(struct vexlog_linkage *out,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err);
/* The whole observation, "rekor" too. */
void record_observation(
    struct json_writer *w, const struct vexlog_observation *o);
/* An observation as record_observation writes it. errors SHAPE */
int record_read_observation(struct vexlog_observation *out,
    struct vexlog_arena *arena, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err);
/* Members of the merge trace, without the braces and the history. */
void record_trace(struct json_writer *w, const struct vexlog_verdict *v);

/* A linkage from an entry; proof_json is the whole inclusion_proof column. */
int record_link(struct vexlog_linkage *out, struct vexlog_arena *arena,
    const struct entry *entry, const char *batch_json, int64_t linked_at,
    struct vexlog_err *err);
/* {"leafIndex","treeSize","hashes","rootHash"} */
int record_batch(const char **out, struct vexlog_arena *arena, size_t index,
    size_t size, const struct hash *path, size_t path_size,
    const struct hash *root, struct vexlog_err *err);

#endif
