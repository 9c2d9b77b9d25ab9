/*
 * sct.c - read embedded SCTs and verify them against a log's key.
 *
 * What the log signed is put together again: the certificate without the SCT
 * extension, and the key of whoever signed it.
 */
#include "sign/sct.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "sign/crypto.h"
#include "sign/x509_openssl.h"

#define PRECERT_ENTRY 1
#define TBS_MAX       0xffffff /* opaque<1..2^24-1> */
#define TLS_SHA256    4
#define TLS_RSA       1
#define TLS_ECDSA     3

/* ---- reading ---------------------------------------------------------- */

static int
not_read(struct vexlog_err *err, const char *why)
{
	if (crypto_out_of_memory())
		return crypto_failed(err, "read a list of SCTs");
	return err_set(err, VEXLOG_SYNTAX,
	    "the certificate's list of SCTs is damaged: %s", why);
}

static int
read_sct(struct sct *out, struct vexlog_bytes bytes, struct vexlog_err *err)
{
	struct cursor c = cursor_open(bytes);
	struct vexlog_bytes id;
	uint8_t version;
	uint16_t size;
	uint64_t ms;

	if (!cursor_u8(&c, &version) || version != 0)
		return not_read(err, "a version that is not v1");
	if (!cursor_bytes(&c, HASH_SIZE, &id) || !cursor_u64(&c, &ms) ||
	    !cursor_u16(&c, &size) || !cursor_bytes(&c, size, &out->extensions))
		return not_read(err, "it ends too early");
	out->sent = (struct vexlog_bytes){bytes.data, cursor_offset(&c)};
	if (!cursor_u8(&c, &out->hash_algorithm) ||
	    !cursor_u8(&c, &out->signature_algorithm) ||
	    !cursor_u16(&c, &size) || !cursor_bytes(&c, size, &out->signature))
		return not_read(err, "it ends too early");
	if (cursor_left(&c) != 0)
		return not_read(err, "there are bytes behind an SCT");
	if (ms > (uint64_t)(INT64_MAX / 1000))
		return not_read(err, "a time past the year 9999");
	memcpy(out->log_id.bytes, id.data, HASH_SIZE);
	out->time = (int64_t)ms * (SECOND / 1000);
	return 0;
}

int
sct_read_list(const struct sct **list, size_t *count,
    struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	struct cursor c = cursor_open(bytes);
	struct vexlog_bytes one;
	struct sct *out;
	uint16_t size;
	size_t n = 0;
	int rc;

	ERR_clear_error();
	out = arena_list(arena, SCT_LIST_MAX, sizeof(*out), err);
	if (out == NULL)
		return err->code;
	if (!cursor_u16(&c, &size) || size != cursor_left(&c))
		return not_read(err, "its length is another");
	while (cursor_left(&c) > 0) {
		if (!cursor_u16(&c, &size) || !cursor_bytes(&c, size, &one))
			return not_read(err, "it ends too early");
		if (n == SCT_LIST_MAX)
			return err_set(err, VEXLOG_LIMIT,
			    "more than %d SCTs in a certificate", SCT_LIST_MAX);
		if ((rc = read_sct(&out[n++], one, err)) != 0)
			return rc;
	}
	if (n == 0)
		return not_read(err, "it is empty");
	*list = out;
	*count = n;
	return 0;
}

static int
read_extension(const struct sct **list, size_t *count,
    struct vexlog_arena *arena, const struct x509 *cert, struct vexlog_err *err)
{
	int at = X509_get_ext_by_NID(cert->x, NID_ct_precert_scts, -1);
	const ASN1_OCTET_STRING *value;
	ASN1_OCTET_STRING *inner;
	struct vexlog_bytes bytes;
	const uint8_t *der, *start;

	ERR_clear_error();
	if (at < 0)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "the certificate has no SCT: no certificate log promised "
		    "to show it");
	if (X509_get_ext_by_NID(cert->x, NID_ct_precert_scts, at) >= 0)
		return not_read(err, "there are two");
	value = X509_EXTENSION_get_data(X509_get_ext(cert->x, at));
	start = der = ASN1_STRING_get0_data(value);
	inner = d2i_ASN1_OCTET_STRING(NULL, &der, ASN1_STRING_length(value));
	if (inner == NULL || der != start + ASN1_STRING_length(value)) {
		ASN1_OCTET_STRING_free(inner);
		return not_read(err, "it is no OCTET STRING");
	}
	bytes.size = (size_t)ASN1_STRING_length(inner);
	bytes.data = (const uint8_t *)arena_text(
	    arena, ASN1_STRING_get0_data(inner), bytes.size, err);
	ASN1_OCTET_STRING_free(inner);
	if (bytes.data == NULL)
		return err->code;
	return sct_read_list(list, count, arena, bytes, err);
}

int
sct_read(const struct sct **list, size_t *count, struct vexlog_arena *arena,
    const struct x509 *cert, struct vexlog_err *err)
{
	int rc = read_extension(list, count, arena, cert, err);

	return crypto_doubts(rc) ? read_extension(list, count, arena, cert, err)
				 : rc;
}

/* ---- verifying -------------------------------------------------------- */

/* The TBSCertificate without the SCTs, in libcrypto's memory. */
static int
strip(uint8_t **tbs, size_t *size, const struct x509 *cert,
    struct vexlog_err *err)
{
	X509 *copy = X509_dup(cert->x);
	int at, length = 0;

	ERR_clear_error();
	if (copy == NULL)
		return err_memory(err);
	at = X509_get_ext_by_NID(copy, NID_ct_precert_scts, -1);
	if (at >= 0) {
		X509_EXTENSION_free(X509_delete_ext(copy, at));
		length = i2d_re_X509_tbs(copy, tbs);
	}
	X509_free(copy);
	if (length <= 0 && crypto_out_of_memory())
		return crypto_failed(err, "write a certificate");
	if (length <= 0 || length > TBS_MAX)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "the certificate can't be written without its SCTs");
	*size = (size_t)length;
	return 0;
}

/* RFC 6962 3.2: version, certificate_timestamp, timestamp, precert_entry,
 * issuer_key_hash, tbs_certificate, extensions. */
static int
signed_bytes(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct sct *sct, const struct x509 *cert,
    const struct hash *issuer_key, struct vexlog_err *err)
{
	const uint8_t *time = sct->sent.data + 1 + HASH_SIZE;
	uint8_t *tbs = NULL;
	struct buffer b;
	size_t size = 0;
	int rc = strip(&tbs, &size, cert, err);

	if (crypto_doubts(rc))
		rc = strip(&tbs, &size, cert, err);
	if (rc != 0)
		return rc;
	buffer_open(&b, arena, 2 * X509_SIZE_MAX + HASH_SIZE);
	buffer_bytes(&b, "\0\0", 2); /* v1, certificate_timestamp */
	buffer_bytes(&b, time, 8);
	buffer_byte(&b, 0);
	buffer_byte(&b, PRECERT_ENTRY);
	buffer_bytes(&b, issuer_key->bytes, HASH_SIZE);
	buffer_byte(&b, (char)(size >> 16));
	buffer_byte(&b, (char)(size >> 8));
	buffer_byte(&b, (char)size);
	buffer_bytes(&b, tbs, size);
	buffer_byte(&b, (char)(sct->extensions.size >> 8));
	buffer_byte(&b, (char)sct->extensions.size);
	buffer_bytes(&b, sct->extensions.data, sct->extensions.size);
	OPENSSL_free(tbs);
	return buffer_finish(&b, out, err);
}

/* RFC 6962 2.1.4: ECDSA on P-256 or RSA, both with SHA-256. */
static bool
is_algorithm(const struct sct *sct, const struct key *key)
{
	uint8_t wanted = key_kind(key) == KEY_RSA ? TLS_RSA : TLS_ECDSA;

	return sct->hash_algorithm == TLS_SHA256 &&
	    sct->signature_algorithm == wanted && key_kind(key) != KEY_ED25519;
}

int
sct_verify(const struct sct *sct, struct vexlog_arena *arena,
    const struct x509 *cert, const struct hash *issuer_key,
    const struct key *log_key, struct vexlog_err *err)
{
	struct vexlog_bytes message;
	struct hash digest;
	int rc;

	if (!is_algorithm(sct, log_key))
		return err_set(err, VEXLOG_BAD_PROOF,
		    "an SCT by hash %u and signature %u, the log's key is %s",
		    sct->hash_algorithm, sct->signature_algorithm,
		    key_algo(log_key));
	if ((rc = signed_bytes(&message, arena, sct, cert, issuer_key, err)) !=
		0 ||
	    (rc = hash_bytes(&digest, message, err)) != 0)
		return rc;
	return key_verify_hashed(log_key, HASH_SHA256,
	    (struct vexlog_bytes){digest.bytes, HASH_SIZE}, sct->signature,
	    err);
}
