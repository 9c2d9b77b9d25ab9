/*
 * hash.c - SHA-2 over libcrypto.
 */
#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>

#include "base/text.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool have_key;
static EVP_MD *algorithms[3];

static void
free_context(void *context)
{
	EVP_MD_CTX_free(context);
}

static void
fetch(void)
{
	/* where memory ended in libcrypto's own start, its tables are half
	 * made and a look-up follows a NULL */
	if (OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL) != 1 ||
	    OSSL_LIB_CTX_get0_global_default() == NULL)
		return;
	algorithms[HASH_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
	algorithms[HASH_SHA384] = EVP_MD_fetch(NULL, "SHA384", NULL);
	algorithms[HASH_SHA512] = EVP_MD_fetch(NULL, "SHA512", NULL);
	have_key = pthread_key_create(&key, free_context) == 0;
}

static EVP_MD_CTX *
context(void)
{
	if (pthread_once(&once, fetch) != 0 || !have_key)
		return NULL;
	EVP_MD_CTX *ctx = pthread_getspecific(key);
	if (ctx == NULL && (ctx = EVP_MD_CTX_new()) != NULL &&
	    pthread_setspecific(key, ctx) != 0) {
		EVP_MD_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

int
hash_ready(struct vexlog_err *err)
{
	if (context() != NULL && algorithms[HASH_SHA256] != NULL &&
	    algorithms[HASH_SHA384] != NULL && algorithms[HASH_SHA512] != NULL)
		return 0;
	return err_set(err, VEXLOG_NO_MEMORY, "libcrypto gives no SHA-2");
}

static int
digest(uint8_t *out, unsigned *size, enum hash_kind kind,
    const struct vexlog_bytes *pieces, size_t count, struct vexlog_err *err)
{
	EVP_MD_CTX *ctx = context();

	if (ctx == NULL || algorithms[kind] == NULL)
		return err_set(err, VEXLOG_NO_MEMORY,
		    "libcrypto gives no SHA-2");
	bool good = EVP_DigestInit_ex2(ctx, algorithms[kind], NULL) == 1;
	for (size_t i = 0; good && i < count; i++)
		if (pieces[i].size > 0)
			good = EVP_DigestUpdate(ctx, pieces[i].data,
				   pieces[i].size) == 1;
	if (!good || EVP_DigestFinal_ex(ctx, out, size) != 1)
		return err_set(err, VEXLOG_NO_MEMORY,
		    "libcrypto failed to hash");
	return 0;
}

/* Pieces that fit into here are hashed as one: a Merkle node costs a tenth
 * less by one call of libcrypto than by three. */
#define JOINED_MAX 96

int
hash_pieces(struct hash *out, struct vexlog_bytes a, struct vexlog_bytes b,
    struct vexlog_bytes c, struct vexlog_err *err)
{
	struct vexlog_bytes pieces[] = {a, b, c};
	uint8_t bytes[HASH_SIZE_MAX], joined[JOINED_MAX];
	unsigned size;
	size_t n = 0;

	if (a.size <= JOINED_MAX && b.size <= JOINED_MAX - a.size &&
	    c.size <= JOINED_MAX - a.size - b.size) {
		for (size_t i = 0; i < 3; n += pieces[i++].size)
			if (pieces[i].size > 0)
				memcpy(joined + n, pieces[i].data,
				    pieces[i].size);
		pieces[0] = (struct vexlog_bytes){joined, n};
	}
	int rc = digest(bytes, &size, HASH_SHA256, pieces, n > 0 ? 1 : 3, err);

	if (rc == 0)
		memcpy(out->bytes, bytes, HASH_SIZE);
	return rc;
}

int
hash_bytes(struct hash *out, struct vexlog_bytes bytes, struct vexlog_err *err)
{
	const struct vexlog_bytes none = {NULL, 0};

	return hash_pieces(out, bytes, none, none, err);
}

int
hash_stream_open(struct hash_stream *stream, struct vexlog_err *err)
{
	EVP_MD_CTX *ctx = context() == NULL ? NULL : EVP_MD_CTX_new();

	stream->context = ctx;
	if (ctx != NULL && algorithms[HASH_SHA256] != NULL &&
	    EVP_DigestInit_ex2(ctx, algorithms[HASH_SHA256], NULL) == 1)
		return 0;
	EVP_MD_CTX_free(ctx);
	stream->context = NULL;
	return err_set(err, VEXLOG_NO_MEMORY, "libcrypto gives no SHA-2");
}

int
hash_stream_add(struct hash_stream *stream, struct vexlog_bytes piece,
    struct vexlog_err *err)
{
	if (piece.size > 0 &&
	    EVP_DigestUpdate(stream->context, piece.data, piece.size) != 1)
		return err_set(
		    err, VEXLOG_NO_MEMORY, "libcrypto failed to hash");
	return 0;
}

int
hash_stream_close(
    struct hash *out, struct hash_stream *stream, struct vexlog_err *err)
{
	bool good = out == NULL ||
	    EVP_DigestFinal_ex(stream->context, out->bytes, NULL) == 1;

	EVP_MD_CTX_free(stream->context);
	stream->context = NULL;
	return good
	    ? 0
	    : err_set(err, VEXLOG_NO_MEMORY, "libcrypto failed to hash");
}

int
hash_any(uint8_t out[HASH_SIZE_MAX], size_t *size, enum hash_kind kind,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	unsigned n;
	int rc = digest(out, &n, kind, &bytes, 1, err);

	if (rc == 0)
		*size = n;
	return rc;
}

void
hash_digest_text(char out[DIGEST_TEXT], const struct hash *hash)
{
	memcpy(out, "sha256:", 7);
	text_hex(out + 7, hash->bytes, HASH_SIZE);
}

int
hash_digest(char out[DIGEST_TEXT], struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	struct hash hash;
	int rc = hash_bytes(&hash, bytes, err);

	if (rc == 0)
		hash_digest_text(out, &hash);
	return rc;
}

char *
hash_digest_new(struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	char text[DIGEST_TEXT];

	if (hash_digest(text, bytes, err) != 0)
		return NULL;
	return arena_copy(arena, text, err);
}

bool
hash_same(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, HASH_SIZE) == 0;
}
