/*
 * crypto.c - why a call of libcrypto failed.
 */
#include "sign/crypto.h"

#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/hash.h"

#define PROBE 1048576 /* bytes; more than libcrypto takes at once */

int
crypto_begin(struct vexlog_err *err)
{
	int rc = hash_ready(err);

	if (rc == 0)
		ERR_clear_error();
	return rc;
}

/* ---- is all of libcrypto there ------------------------------------------ */

/* What libcrypto had no memory to set up it leaves away as long as the process
 * lives, and then calls a key bad of whose kind it knows nothing. */

static bool
reads_key(const uint8_t *der, size_t size)
{
	EVP_PKEY *key = d2i_PUBKEY(NULL, &der, (long)size);
	bool good = key != NULL && EVP_PKEY_get_security_bits(key) > 0;

	EVP_PKEY_free(key);
	return good;
}

/* The base points of two curves, and 2^2048 - 1 as an RSA key. */
static bool
reads_keys(void)
{
	static const uint8_t p256[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a,
	    0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
	    0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0x6b, 0x17,
	    0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63,
	    0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0,
	    0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42,
	    0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f,
	    0x9e, 0x16, 0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb,
	    0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};
	static const uint8_t ed25519[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
	    0x2b, 0x65, 0x70, 0x03, 0x21, 0x00, 0x58, 0x66, 0x66, 0x66, 0x66,
	    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	    0x66, 0x66, 0x66, 0x66, 0x66};
	static const uint8_t rsa_head[] = {0x30, 0x82, 0x01, 0x22, 0x30, 0x0d,
	    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
	    0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a,
	    0x02, 0x82, 0x01, 0x01, 0x00};
	static const uint8_t rsa_end[] = {0x02, 0x03, 0x01, 0x00, 0x01};
	uint8_t rsa[sizeof(rsa_head) + 256 + sizeof(rsa_end)];

	memset(rsa, 0xff, sizeof(rsa));
	memcpy(rsa, rsa_head, sizeof(rsa_head));
	memcpy(rsa + sizeof(rsa) - sizeof(rsa_end), rsa_end, sizeof(rsa_end));
	return reads_key(p256, sizeof(p256)) &&
	    reads_key(ed25519, sizeof(ed25519)) && reads_key(rsa, sizeof(rsa));
}

/* For a private key, and for a signature by one of that kind. */
static bool
has_kind(const char *kind, const char *scheme)
{
	OSSL_DECODER *decoder = OSSL_DECODER_fetch(
	    NULL, kind, "input=der,structure=PrivateKeyInfo");
	EVP_SIGNATURE *signature = EVP_SIGNATURE_fetch(NULL, scheme, NULL);
	bool good = decoder != NULL && signature != NULL;

	OSSL_DECODER_free(decoder);
	EVP_SIGNATURE_free(signature);
	return good;
}

static bool
is_whole(void)
{
	return EVP_get_digestbyname("SHA256") != NULL &&
	    EVP_get_digestbyname("SHA384") != NULL &&
	    EVP_get_digestbyname("SHA512") != NULL && has_kind("EC", "ECDSA") &&
	    has_kind("ED25519", "ED25519") && has_kind("RSA", "RSA") &&
	    reads_keys();
}

/* ---- why it failed ------------------------------------------------------ */

bool
crypto_out_of_memory(void)
{
	void *probe = OPENSSL_malloc(PROBE);
	bool found = probe == NULL;
	unsigned long e;

	OPENSSL_free(probe);
	while ((e = ERR_get_error()) != 0)
		found = found || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
	found = found || !is_whole();
	ERR_clear_error();
	return found;
}

bool
crypto_doubts(int rc)
{
	return rc != 0 && rc != VEXLOG_NO_MEMORY && rc != VEXLOG_LIMIT &&
	    rc != VEXLOG_MISUSE;
}

int
crypto_failed(struct vexlog_err *err, const char *what)
{
	ERR_clear_error();
	return err_set(err, VEXLOG_NO_MEMORY, "libcrypto failed to %s", what);
}
