/*
 * dsse.h - DSSE v1 envelopes.
 * Source: secure-systems-lab/dsse, protocol.md and envelope.md.
 */
#ifndef VEXLOG_SIGN_DSSE_H
#define VEXLOG_SIGN_DSSE_H

#include "json/json.h"
#include "sign/key.h"

#define DSSE_IN_TOTO	    "application/vnd.in-toto+json"
#define DSSE_SIGNATURES_MAX 16

struct dsse_signature {
	const char *key_id; /* a hint nobody signed; NULL when absent */
	struct vexlog_bytes bytes;
};

struct dsse {
	const char *payload_type;
	struct vexlog_bytes payload;
	struct vexlog_bytes pae; /* what is signed; dsse_read sets it */
	const struct dsse_signature *signatures;
	size_t signature_count;
};

/* The bytes that are signed: "DSSEv1 <n> <type> <n> <payload>". */
int dsse_pae(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *payload_type, struct vexlog_bytes payload,
    struct vexlog_err *err);
/* A canonical JSON envelope with one signature; keyid is key_id(key). */
int dsse_sign(struct vexlog_bytes *envelope, struct vexlog_arena *arena,
    const char *payload_type, struct vexlog_bytes payload,
    const struct key *key, struct vexlog_err *err);
/* Takes standard and URL base64; ignores fields it does not know.
 * errors   SYNTAX, SHAPE, LIMIT */
int dsse_read(struct dsse *out, struct vexlog_arena *arena,
    struct vexlog_bytes envelope, struct vexlog_err *err);
/* The same for an envelope that is a value of a larger document. */
int dsse_read_value(struct dsse *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *envelope,
    struct vexlog_err *err);
/* One signature must be this key's. *which gets its index; may be NULL. */
int dsse_verify(size_t *which, const struct dsse *dsse, const struct key *key,
    struct vexlog_err *err);

#endif
