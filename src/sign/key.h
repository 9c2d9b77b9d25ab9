/*
 * key.h - signing and verification keys over libcrypto's EVP.
 */
#ifndef VEXLOG_SIGN_KEY_H
#define VEXLOG_SIGN_KEY_H

#include "base/hash.h"

struct key; /* a private key, or only the public half */

enum key_kind { KEY_P256, KEY_P384, KEY_P521, KEY_RSA, KEY_ED25519 };

int key_generate(struct key **out, enum key_kind kind, struct vexlog_err *err);
/*
 * PEM, PKCS#8, encrypted or not. passphrase writes at most size bytes and
 * returns how many, negative for none.
 *
 * errors   SYNTAX (no key in there), REFUSED (wrong passphrase, or a kind of
 *          key that is not listed above, with the reason)
 */
int key_read_private(struct key **out, struct vexlog_bytes pem,
    int (*passphrase)(char *out, int size, void *context), void *context,
    struct vexlog_err *err);
/* PEM "PUBLIC KEY" or DER SubjectPublicKeyInfo. */
int key_read_public(struct key **out, struct vexlog_bytes pem_or_der,
    struct vexlog_err *err);
void key_close(struct key *key);
/* The same key once more, to be closed once more. */
struct key *key_share(struct key *key);

enum key_kind key_kind(const struct key *key);
bool key_is_private(const struct key *key);
/* "ecdsa-p256-sha256", "rsa-pkcs1v15-sha256", "ed25519", … */
const char *key_algo(const struct key *key);
/* Rekor v2's keyDetails, "PKIX_ECDSA_P256_SHA_256"; NULL where a log takes no
 * such key (plain Ed25519). */
const char *key_details(const struct key *key);
/* 64 hex: SHA-256 of the DER SubjectPublicKeyInfo. */
const char *key_id(const struct key *key);
struct vexlog_bytes key_spki(const struct key *key);
/* The 32 raw bytes; only of an Ed25519 key. */
int key_raw(uint8_t out[32], const struct key *key, struct vexlog_err *err);
/* How this key hashes what it signs. Ed25519 answers HASH_SHA512. */
enum hash_kind key_hash(const struct key *key);

int key_write_public(struct vexlog_bytes *pem, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_err *err);
int key_write_private(struct vexlog_bytes *pem, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_err *err);

int key_sign(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_bytes message,
    struct vexlog_err *err);
/* errors   BAD_PROOF: the signature is not this key's over this message.
 * DER of ECDSA is strict: no trailing bytes, minimal integers. */
int key_verify(const struct key *key, struct vexlog_bytes message,
    struct vexlog_bytes signature, struct vexlog_err *err);
/* The same where only the digest of the message is known (key_hash says which
 * hash). errors   MISUSE for Ed25519, which signs whole messages */
int key_verify_digest(const struct key *key, struct vexlog_bytes digest,
    struct vexlog_bytes signature, struct vexlog_err *err);
/* The same for a digest by another hash than the key's own, as Sigstore has
 * of P-384 keys over SHA-256. */
int key_verify_hashed(const struct key *key, enum hash_kind kind,
    struct vexlog_bytes digest, struct vexlog_bytes signature,
    struct vexlog_err *err);
/* Ed25519ph (RFC 8032 5.1), which logs take where they see a digest only.
 * errors   BAD_PROOF; MISUSE for other kinds of keys */
int key_verify_prehashed(const struct key *key, struct vexlog_bytes message,
    struct vexlog_bytes signature, struct vexlog_err *err);

#endif
