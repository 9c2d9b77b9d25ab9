/*
 * x509.h - certificates, as far as Sigstore uses them: read one, ask what it
 * says, and verify its path to an authority at a given time.
 *
 * Nothing here looks at the clock or at the system's certificates: what is
 * trusted and when it was used are always given.
 */
#ifndef VEXLOG_SIGN_X509_H
#define VEXLOG_SIGN_X509_H

#include "base/limits.h"
#include "sign/key.h"

struct x509; /* one certificate */

/* For a signer: carried beside it, any order. For an authority: from the one
 * that signs up to the one that is trusted, which is the last. */
struct x509_chain {
	struct x509 **list;
	size_t count;
};

/* errors   SYNTAX, LIMIT */
int x509_read(
    struct x509 **out, struct vexlog_bytes der, struct vexlog_err *err);
/* One PEM block "CERTIFICATE". */
int x509_read_pem(
    struct x509 **out, struct vexlog_bytes pem, struct vexlog_err *err);
void x509_close(struct x509 *cert);
void x509_chain_close(struct x509_chain *chain);

/* The bytes as read; they are the certificate's identity. */
struct vexlog_bytes x509_der(const struct x509 *cert);
bool x509_same(const struct x509 *a, const struct x509 *b);
/* Both ends belong to it. */
int64_t x509_valid_from(const struct x509 *cert);
int64_t x509_valid_until(const struct x509 *cert);
bool x509_is_authority(const struct x509 *cert);
/* Subject and issuer are the same. */
bool x509_is_root(const struct x509 *cert);
/* Key usage digitalSignature and extended key usage codeSigning. */
bool x509_signs_code(const struct x509 *cert);
/* errors   SYNTAX, REFUSED (a kind of key that key.h has not) */
int x509_key(struct key **out, const struct x509 *cert, struct vexlog_err *err);

/*
 * The path from cert by way of carried and trusted to the last of trusted,
 * every certificate on it valid at each of those times (the last second of a
 * validity belongs to it), with keys and signatures of at least 112 bits.
 *
 * issuer_key  SHA-256 of the SubjectPublicKeyInfo of whoever signed cert
 * carried     may be NULL; never trusted, whatever it holds
 * errors      BAD_PROOF
 */
int x509_verify(struct hash *issuer_key, const struct x509 *cert,
    const struct x509_chain *trusted, const struct x509_chain *carried,
    const int64_t *times, size_t time_count, struct vexlog_err *err);

/* ---- what Fulcio writes in (x509_names.c) ------------------------------- */

/* e-mail addresses, URIs and Fulcio's user names of the subjectAltName.
 * errors   SYNTAX */
int x509_identities(const char *const **list, size_t *count,
    struct vexlog_arena *arena, const struct x509 *cert,
    struct vexlog_err *err);
/* Who vouched for the identity. errors   NOT_FOUND; SYNTAX: not UTF-8, or the
 * two extensions that say it do not agree */
int x509_oidc_issuer(const char **out, struct vexlog_arena *arena,
    const struct x509 *cert, struct vexlog_err *err);

#endif
