/*
 * sct.h - signed certificate timestamps: a certificate log promises that it
 * shows a certificate to everybody.
 * Source: RFC 6962 3.2, 3.3.
 */
#ifndef VEXLOG_SIGN_SCT_H
#define VEXLOG_SIGN_SCT_H

#include "sign/x509.h"

struct sct {
	struct hash log_id;
	int64_t time; /* microseconds */
	struct vexlog_bytes extensions;
	uint8_t hash_algorithm, signature_algorithm; /* RFC 5246 7.4.1.4.1 */
	struct vexlog_bytes signature;
	struct vexlog_bytes sent; /* version to extensions as they came */
};

/* Those embedded in the certificate. errors   NOT_FOUND (none), SYNTAX,
 * LIMIT */
int sct_read(const struct sct **list, size_t *count, struct vexlog_arena *arena,
    const struct x509 *cert, struct vexlog_err *err);
/* The list itself, TLS encoding. */
int sct_read_list(const struct sct **list, size_t *count,
    struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err);
/*
 * Over the certificate without its SCTs, as RFC 6962 3.2 has precertificates.
 *
 * issuer_key  as x509_verify gives it
 * errors      BAD_PROOF
 */
int sct_verify(const struct sct *sct, struct vexlog_arena *arena,
    const struct x509 *cert, const struct hash *issuer_key,
    const struct key *log_key, struct vexlog_err *err);

#endif
