/*
 * key_openssl.h - what a key is made of, for the files that call libcrypto
 * and libsodium.
 */
#ifndef VEXLOG_SIGN_KEY_OPENSSL_H
#define VEXLOG_SIGN_KEY_OPENSSL_H

#include <openssl/evp.h>
#include <stdatomic.h>

#include "sign/key.h"

struct key {
	atomic_uint holders; /* key_close of the last one frees it */
	EVP_PKEY *pkey;
	enum key_kind kind;
	bool is_private;
	char id[2 * HASH_SIZE + 1];
	uint8_t *spki; /* libcrypto's memory, as the handle itself */
	size_t spki_size;
	uint8_t raw[32]; /* of an Ed25519 key */
};

#endif
