/*
 * bundle.h - Sigstore bundles v0.1 to v0.3: a signature with everything that
 * is needed to verify it offline.
 * Source: sigstore/protobuf-specs, sigstore_bundle.proto; sigstore's
 * client specification.
 */
#ifndef VEXLOG_TLOG_BUNDLE_H
#define VEXLOG_TLOG_BUNDLE_H

#include "base/limits.h"
#include "sign/dsse.h"
#include "tlog/bundle_root.h"
#include "tlog/entry.h"
#include "tlog/report.h"

struct bundle {
	int minor; /* of version 0.<minor>: 1, 2 or 3 */
	/* Signed with a certificate: DER, the signer's first. */
	struct vexlog_bytes certificates[X509_CHAIN_MAX];
	size_t certificate_count;
	/* Or with a key that the verifier has to know. */
	bool keyed;
	const char *hint; /* "" when absent */
	const struct entry *entries;
	size_t entry_count;
	const struct vexlog_bytes *timestamps; /* RFC 3161, DER */
	size_t timestamp_count;
	bool enveloped; /* a DSSE envelope; else a signature of a message */
	struct dsse envelope;
	struct vexlog_bytes signature; /* the only one */
	/* What a message signature says of the message's digest. */
	bool has_digest;
	enum hash_kind digest_kind;
	struct vexlog_bytes digest;
};

/*
 * Strict in form: one of what there may be one of, complete for its version
 * (v0.1 has a promise with each entry, later ones a proof with a checkpoint),
 * nothing twice. A v0.1 proof without a checkpoint proves nothing and is
 * dropped. Believes nothing yet.
 *
 * errors   SYNTAX, SHAPE (pointer), LIMIT
 */
int bundle_read(struct bundle *out, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err);

/* One signature by a key and its entry, as a bundle v0.3: the signature's key
 * id becomes the hint. errors   BAD_PROOF (what a bundle has no place for) */
int bundle_write(struct buffer *out, const struct dsse *dsse,
    const struct entry *entry, struct vexlog_err *err);

/* The bytes that somebody claims were signed, or only their digest. */
struct artifact {
	struct vexlog_bytes bytes;
	bool whole; /* the bytes are here */
	uint8_t digests[HASH_SHA512 + 1][HASH_SIZE_MAX];
	bool known[HASH_SHA512 + 1];
};

/* digest: "sha256:…", "sha384:…" or "sha512:…" in place of the bytes, or
 * NULL. errors   MISUSE (no such digest) */
int artifact_open(struct artifact *out, struct vexlog_bytes bytes,
    const char *digest, struct vexlog_err *err);
/* NULL data: not known, and can't be computed. */
int artifact_digest(struct vexlog_bytes *out, struct artifact *artifact,
    enum hash_kind kind, struct vexlog_err *err);

struct bundle_expect {
	struct bundle_root *root; /* opens what it is asked for */
	const struct key *key;    /* that signed; NULL: a certificate */
	/* In the certificate, both exact. */
	const char *identity, *issuer;
	struct artifact *artifact;
	size_t logs; /* distinct ones that have to prove it, 1 or more */
};

/*
 * Everything about the bundle that the report can name, into the report. A
 * bundle that does not hold is no failure of the call.
 */
int bundle_verify(struct report *report, struct vexlog_arena *arena,
    struct vexlog_bytes json, const struct bundle_expect *expect,
    struct vexlog_err *err);

#endif
