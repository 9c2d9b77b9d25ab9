/*
 * bundle_root.h - whom a Sigstore bundle is judged by: the logs of a trust
 * file, and the certificate authorities, certificate logs and time stamping
 * authorities of a trusted_root.json.
 * Source: sigstore/protobuf-specs, sigstore_trustroot.proto.
 */
#ifndef VEXLOG_TLOG_BUNDLE_ROOT_H
#define VEXLOG_TLOG_BUNDLE_ROOT_H

#include "sign/x509.h"
#include "tlog/trust.h"

struct bundle_authority {
	const char *name; /* its URI, or "" */
	const struct vexlog_bytes *ders;
	size_t der_count;
	struct x509_chain chain;         /* empty until bundle_root_chain */
	int64_t valid_from, valid_until; /* both ends belong to it */
	const struct json_value *at;     /* where it stands */
};

struct bundle_ctlog {
	const char *name;
	struct vexlog_bytes der;
	struct key *key; /* NULL until bundle_root_key */
	struct hash id;
	int64_t valid_from, valid_until;
	const struct json_value *at;
};

struct bundle_root {
	struct json_doc doc;
	struct vexlog_arena *arena;
	struct trust *trust;              /* tlogs */
	struct bundle_authority *issuers; /* of signing certificates */
	size_t issuer_count;
	struct bundle_authority *stampers; /* of timestamps */
	size_t stamper_count;
	struct bundle_ctlog *ctlogs;
	size_t ctlog_count;
};

/*
 * A trusted_root.json, or a trust file of our own, which has logs alone.
 * Lists are in the arena; bundle_root_close is needed after success.
 * Certificates and keys are taken apart only when they are asked for, since
 * libcrypto takes longer for that than everything else here.
 *
 * errors   SYNTAX, SHAPE (pointer), LIMIT
 */
int bundle_root_read(struct bundle_root *out, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err);
void bundle_root_close(struct bundle_root *root);
/* authority->chain and log->key; errors   SHAPE (pointer) */
int bundle_root_chain(struct bundle_authority *authority,
    const struct bundle_root *root, struct vexlog_err *err);
int bundle_root_key(struct bundle_ctlog *log, const struct bundle_root *root,
    struct vexlog_err *err);
/* One that is built in: "public-good" or "staging". errors   MISUSE */
int bundle_root_builtin(
    struct vexlog_bytes *json, const char *name, struct vexlog_err *err);

#endif
