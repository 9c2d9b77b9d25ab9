/*
 * statement.h - in-toto Statement v1, canonical bytes.
 * Source: in-toto/attestation spec/v1/statement.md.
 */
#ifndef VEXLOG_SIGN_STATEMENT_H
#define VEXLOG_SIGN_STATEMENT_H

#include "json/json.h"

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"

struct statement {
	const char *subject_name;   /* of the first subject; NULL when absent */
	const char *subject_sha256; /* 64 hex of the first; NULL when absent */
	size_t subject_count;
	const char *predicate_type;
	const struct json_value *predicate;
	struct json_doc doc; /* the whole statement */
};

/* Of a predicate that its writer made canonical: its bytes go in as they are. */
int statement_put(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *subject_name, const char *subject_sha256,
    const char *predicate_type, struct vexlog_bytes canonical,
    struct vexlog_err *err);
/* predicate: JSON text of an object. */
int statement_write(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *subject_name, const char *subject_sha256,
    const char *predicate_type, struct vexlog_bytes predicate,
    struct vexlog_err *err);
/* _type v1 or v0.1; errors SYNTAX, SHAPE */
int statement_read(struct statement *out, struct vexlog_arena *arena,
    struct vexlog_bytes payload, struct vexlog_err *err);

#endif
