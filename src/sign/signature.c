/*
 * signature.c - sign and verify with a key.
 *
 * ECDSA and RSA work on a digest, so messages are hashed by hash.c with its
 * ready context; Ed25519 takes the message whole and is verified by libsodium,
 * in half of libcrypto's time and prehashed too. A signature that does not
 * hold is BAD_PROOF; libcrypto's own trouble is never taken for that, nor the
 * other way round.
 */
#include "sign/key_openssl.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "base/cursor.h"
#include "sign/crypto.h"

#define ED25519_SIGNATURE 64

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *algorithms[3];

static void
fetch(void)
{
	algorithms[HASH_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
	algorithms[HASH_SHA384] = EVP_MD_fetch(NULL, "SHA384", NULL);
	algorithms[HASH_SHA512] = EVP_MD_fetch(NULL, "SHA512", NULL);
}

/* ---- the DER of an ECDSA signature ------------------------------------ */

static bool
der_length(struct cursor *c, size_t *out)
{
	uint8_t first, second;

	if (!cursor_u8(c, &first))
		return false;
	*out = first;
	if (first < 0x80)
		return true;
	/* P-521 needs one more byte; a shorter length must not use it. */
	if (first != 0x81 || !cursor_u8(c, &second) || second < 0x80)
		return false;
	*out = second;
	return true;
}

/* X.690 8.3.2: the first nine bits are not all alike. r and s are above
 * zero. */
static bool
der_positive(struct cursor *c)
{
	struct vexlog_bytes n;
	uint8_t tag;
	size_t size;

	if (!cursor_u8(c, &tag) || tag != 0x02 || !der_length(c, &size) ||
	    size == 0 || !cursor_bytes(c, size, &n))
		return false;
	if ((n.data[0] & 0x80) != 0)
		return false;
	if (n.data[0] == 0)
		return size > 1 && (n.data[1] & 0x80) != 0;
	return true;
}

static bool
is_ecdsa_der(struct vexlog_bytes signature)
{
	struct cursor c = cursor_open(signature);
	uint8_t tag;
	size_t size;

	return cursor_u8(&c, &tag) && tag == 0x30 && der_length(&c, &size) &&
	    size == cursor_left(&c) && der_positive(&c) && der_positive(&c) &&
	    cursor_left(&c) == 0;
}

/* ---- verify ----------------------------------------------------------- */

static int
does_not_hold(const struct key *key, struct vexlog_err *err)
{
	ERR_clear_error();
	err_set(err, VEXLOG_BAD_PROOF,
	    "the signature is not by key %s (%s) over these bytes", key->id,
	    key_algo(key));
	err_hint(err,
	    "the content was changed after it was signed, or "
	    "somebody else signed it");
	return VEXLOG_BAD_PROOF;
}

static int
set_algorithm(EVP_PKEY_CTX *ctx, const struct key *key, enum hash_kind kind)
{
	if (pthread_once(&once, fetch) != 0 || algorithms[kind] == NULL)
		return 0;
	if (key->kind == KEY_RSA &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) != 1)
		return 0;
	return EVP_PKEY_CTX_set_signature_md(ctx, algorithms[kind]);
}

static int
check_form(const struct key *key, struct vexlog_bytes signature,
    struct vexlog_err *err)
{
	if (key->kind <= KEY_P521 && !is_ecdsa_der(signature))
		return err_set(err, VEXLOG_BAD_PROOF,
		    "%zu bytes that are no ECDSA signature in strict DER",
		    signature.size);
	if (key->kind == KEY_ED25519 && signature.size != ED25519_SIGNATURE)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "%zu bytes, an Ed25519 signature has %d", signature.size,
		    ED25519_SIGNATURE);
	return 0;
}

static int
verify_once(const struct key *key, enum hash_kind kind,
    struct vexlog_bytes digest, struct vexlog_bytes signature,
    struct vexlog_err *err)
{
	static const size_t sizes[] = {32, 48, 64};
	EVP_PKEY_CTX *ctx;
	int rc;

	if (key->kind == KEY_ED25519)
		return err_set(err, VEXLOG_MISUSE,
		    "an Ed25519 signature is over the message, not a digest");
	if (digest.size != sizes[kind])
		return err_set(err, VEXLOG_BAD_PROOF,
		    "a digest of %zu bytes, %s signs one of %zu", digest.size,
		    key_algo(key), sizes[kind]);
	if ((rc = check_form(key, signature, err)) != 0)
		return rc;
	ERR_clear_error();
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	if (ctx == NULL || EVP_PKEY_verify_init(ctx) != 1 ||
	    set_algorithm(ctx, key, kind) != 1)
		rc = crypto_failed(err, "prepare a verification");
	else if (EVP_PKEY_verify(ctx, signature.data, signature.size,
		     digest.data, digest.size) != 1)
		rc = crypto_out_of_memory()
		    ? crypto_failed(err, "verify a signature")
		    : does_not_hold(key, err);
	EVP_PKEY_CTX_free(ctx);
	return rc;
}

int
key_verify_hashed(const struct key *key, enum hash_kind kind,
    struct vexlog_bytes digest, struct vexlog_bytes signature,
    struct vexlog_err *err)
{
	int rc = verify_once(key, kind, digest, signature, err);

	return crypto_doubts(rc)
	    ? verify_once(key, kind, digest, signature, err)
	    : rc;
}

int
key_verify_digest(const struct key *key, struct vexlog_bytes digest,
    struct vexlog_bytes signature, struct vexlog_err *err)
{
	return key_verify_hashed(key, key_hash(key), digest, signature, err);
}

/* libsodium chooses its fastest code, once. */
static int
sodium_ready(struct vexlog_err *err)
{
	if (sodium_init() >= 0)
		return 0;
	return err_set(err, VEXLOG_NO_MEMORY, "libsodium failed to start");
}

static int
verify_whole(const struct key *key, struct vexlog_bytes message,
    struct vexlog_bytes signature, struct vexlog_err *err)
{
	int rc = check_form(key, signature, err);

	if (rc != 0 || (rc = sodium_ready(err)) != 0)
		return rc;
	return crypto_sign_verify_detached(signature.data, message.data,
		   message.size, key->raw) == 0
	    ? 0
	    : does_not_hold(key, err);
}

int
key_verify_prehashed(const struct key *key, struct vexlog_bytes message,
    struct vexlog_bytes signature, struct vexlog_err *err)
{
	crypto_sign_ed25519ph_state state;
	int rc;

	if (key->kind != KEY_ED25519)
		return err_set(err, VEXLOG_MISUSE,
		    "only Ed25519 has a prehashed form, this key is %s",
		    key_algo(key));
	if ((rc = check_form(key, signature, err)) != 0 ||
	    (rc = sodium_ready(err)) != 0)
		return rc;
	(void)crypto_sign_ed25519ph_init(&state);
	(void)crypto_sign_ed25519ph_update(&state,
	    message.size == 0 ? (const uint8_t *)"" : message.data,
	    message.size);
	return crypto_sign_ed25519ph_final_verify(
		   &state, signature.data, key->raw) == 0
	    ? 0
	    : does_not_hold(key, err);
}

int
key_verify(const struct key *key, struct vexlog_bytes message,
    struct vexlog_bytes signature, struct vexlog_err *err)
{
	uint8_t digest[HASH_SIZE_MAX];
	size_t size;
	int rc;

	if (message.size == 0) /* libcrypto takes no NULL */
		message.data = (const uint8_t *)"";
	if (key->kind == KEY_ED25519)
		return verify_whole(key, message, signature, err);
	if ((rc = hash_any(digest, &size, key_hash(key), message, err)) != 0)
		return rc;
	return key_verify_digest(
	    key, (struct vexlog_bytes){digest, size}, signature, err);
}

/* ---- sign ------------------------------------------------------------- */

static int
sign_whole(uint8_t *out, size_t *size, const struct key *key,
    struct vexlog_bytes message, struct vexlog_err *err)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
	    EVP_DigestSign(ctx, out, size, message.data, message.size) == 1;

	EVP_MD_CTX_free(ctx);
	return good ? 0 : crypto_failed(err, "sign");
}

static int
sign_digest(uint8_t *out, size_t *size, const struct key *key,
    struct vexlog_bytes message, struct vexlog_err *err)
{
	uint8_t digest[HASH_SIZE_MAX];
	EVP_PKEY_CTX *ctx;
	size_t digest_size;
	bool good;
	int rc = hash_any(digest, &digest_size, key_hash(key), message, err);

	if (rc != 0)
		return rc;
	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
	good = ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	    set_algorithm(ctx, key, key_hash(key)) == 1 &&
	    EVP_PKEY_sign(ctx, out, size, digest, digest_size) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good ? 0 : crypto_failed(err, "sign");
}

int
key_sign(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_bytes message, struct vexlog_err *err)
{
	int room = EVP_PKEY_get_size(key->pkey), rc;
	size_t size = (size_t)room;
	uint8_t *bytes;

	if (!key->is_private)
		return err_set(err, VEXLOG_MISUSE,
		    "key %s is only a public half and can't sign", key->id);
	if (room <= 0)
		return crypto_failed(err, "size a signature");
	if ((bytes = arena_take(arena, size, err)) == NULL)
		return err->code;
	if (message.size == 0)
		message.data = (const uint8_t *)"";
	rc = key->kind == KEY_ED25519
	    ? sign_whole(bytes, &size, key, message, err)
	    : sign_digest(bytes, &size, key, message, err);
	if (rc != 0)
		return rc;
	/* libcrypto 3.0 calls a signature that it had no memory to write down
	 * made, and its size -1 */
	if (size == 0 || size > (size_t)room)
		return crypto_failed(err, "write a signature");
	*out = (struct vexlog_bytes){bytes, size};
	return 0;
}
