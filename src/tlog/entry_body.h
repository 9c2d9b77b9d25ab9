/*
 * entry_body.h - the canonical body of an entry: what the log says was signed,
 * with which signature, by whom.
 *
 * Read: hashedrekord 0.0.1 and 0.0.2, dsse 0.0.1 and 0.0.2, intoto 0.0.2.
 * Written (entry_body_v2): hashedrekord 0.0.2.
 */
#ifndef VEXLOG_TLOG_ENTRY_BODY_H
#define VEXLOG_TLOG_ENTRY_BODY_H

#include "base/limits.h"
#include "sign/dsse.h"
#include "json/json.h"

struct body_signature {
	struct vexlog_bytes bytes;
	/* One of both: DER of a SubjectPublicKeyInfo or of a certificate. */
	struct vexlog_bytes key, certificate;
};

struct entry_body {
	enum hash_kind hash; /* of digest and envelope */
	struct vexlog_bytes digest;
	/* The digest is over the payload of an envelope, not over its PAE. */
	bool of_payload;
	struct vexlog_bytes envelope; /* digest of the envelope; size 0: none */
	struct body_signature signatures[DSSE_SIGNATURES_MAX];
	size_t signature_count;
};

/* Kind and version as the body says itself; errors SYNTAX, SHAPE */
int entry_body_kind(const char **kind, const char **version,
    struct json_doc *doc, struct vexlog_arena *arena, struct vexlog_bytes body,
    struct vexlog_err *err);
/* One of the five above. */
bool entry_body_known(const char *kind, const char *version);
/* doc from entry_body_kind; errors SHAPE (pointer), LIMIT */
int entry_body_read(struct entry_body *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const char *kind, const char *version,
    struct vexlog_err *err);

#endif
