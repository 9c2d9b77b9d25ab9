/*
 * x509.c - read certificates and verify paths, over libcrypto.
 *
 * A path is built once and judged at each time that matters. The last second
 * of a validity belongs to it (RFC 5280 4.1.2.5), which libcrypto denies.
 */
#include "sign/x509_openssl.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/time.h"
#include "sign/crypto.h"
#include "sign/pem.h"

#define AUTH_LEVEL 2 /* 112 bits: RSA 2048, SHA-256 */

/* ---- reading ---------------------------------------------------------- */

static bool
read_time(int64_t *out, const ASN1_TIME *time)
{
	char text[64]; /* as wide as the compiler believes six ints to be */
	const char *why;
	struct tm tm;

	if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	(void)snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    (tm.tm_year + 1900) % 10000, (tm.tm_mon + 1) % 100,
	    tm.tm_mday % 100, tm.tm_hour % 100, tm.tm_min % 100,
	    tm.tm_sec % 100);
	return time_read(out, text, &why);
}

static int
not_read(struct vexlog_err *err, const char *why)
{
	if (crypto_out_of_memory())
		return crypto_failed(err, "read a certificate");
	err_set(err, VEXLOG_SYNTAX, "no certificate: %s", why);
	err_hint(err, "give an X.509 certificate in DER");
	return VEXLOG_SYNTAX;
}

static int
fill(struct x509 *cert, struct vexlog_bytes der, struct vexlog_err *err)
{
	const uint8_t *at = der.data;

	cert->x = d2i_X509(NULL, &at, (long)der.size);
	if (cert->x == NULL)
		return not_read(err, "the bytes are not DER of one");
	if (at != der.data + der.size)
		return not_read(err, "there are bytes behind it");
	if (!read_time(&cert->valid_from, X509_get0_notBefore(cert->x)) ||
	    !read_time(&cert->valid_until, X509_get0_notAfter(cert->x)))
		return not_read(err, "its validity is no time");
	/* computes what the extensions say, once for all threads */
	(void)X509_check_purpose(cert->x, -1, 0);
	if ((X509_get_extension_flags(cert->x) & EXFLAG_INVALID) != 0)
		return not_read(err, "its extensions are damaged");
	cert->der = OPENSSL_memdup(der.data, der.size);
	if (cert->der == NULL)
		return err_memory(err);
	cert->der_size = der.size;
	return 0;
}

bool
x509_is_whole(X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	uint32_t flags = 0;

	/* computes what the extensions say, once for all threads */
	(void)X509_check_purpose(x, -1, 0);
	(void)X509_get_signature_info(x, NULL, NULL, NULL, &flags);
	return key != NULL && EVP_PKEY_get_security_bits(key) > 0 &&
	    (flags & X509_SIG_INFO_VALID) != 0 &&
	    (X509_get_extension_flags(x) & EXFLAG_INVALID) == 0;
}

static int
read_once(struct x509 **out, struct vexlog_bytes der, struct vexlog_err *err)
{
	struct x509 *cert;
	int rc = crypto_begin(err);

	if (rc != 0)
		return rc;
	if (der.size > X509_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "a certificate of %zu bytes, at most %zu are taken",
		    der.size, X509_SIZE_MAX);
	if (der.size == 0)
		return not_read(err, "there are no bytes");
	if ((cert = OPENSSL_zalloc(sizeof(*cert))) == NULL)
		return err_memory(err);
	if ((rc = fill(cert, der, err)) != 0) {
		x509_close(cert);
		return rc;
	}
	ERR_clear_error();
	*out = cert;
	return 0;
}

int
x509_read(struct x509 **out, struct vexlog_bytes der, struct vexlog_err *err)
{
	struct x509 *cert;
	int rc = read_once(&cert, der, err);

	if (rc != 0)
		return crypto_doubts(rc) ? read_once(out, der, err) : rc;
	if (x509_is_whole(cert->x)) {
		*out = cert;
		return 0;
	}
	x509_close(cert);
	return read_once(out, der, err);
}

int
x509_read_pem(
    struct x509 **out, struct vexlog_bytes pem, struct vexlog_err *err)
{
	struct pem block;
	int rc = pem_read(&block, pem, err);

	if (rc != 0)
		return rc;
	if (strcmp(block.label, "CERTIFICATE") != 0)
		rc = not_read(err, "the PEM block is none \"CERTIFICATE\"");
	else
		rc = x509_read(out,
		    (struct vexlog_bytes){block.data, (size_t)block.size}, err);
	pem_close(&block);
	return rc;
}

void
x509_close(struct x509 *cert)
{
	if (cert == NULL)
		return;
	X509_free(cert->x);
	OPENSSL_free(cert->der);
	OPENSSL_free(cert);
}

void
x509_chain_close(struct x509_chain *chain)
{
	for (size_t i = 0; i < chain->count; i++)
		x509_close(chain->list[i]);
	chain->count = 0;
}

/* ---- what it says ----------------------------------------------------- */

struct vexlog_bytes
x509_der(const struct x509 *cert)
{
	return (struct vexlog_bytes){cert->der, cert->der_size};
}

bool
x509_same(const struct x509 *a, const struct x509 *b)
{
	return a->der_size == b->der_size &&
	    memcmp(a->der, b->der, a->der_size) == 0;
}

int64_t
x509_valid_from(const struct x509 *cert)
{
	return cert->valid_from;
}

int64_t
x509_valid_until(const struct x509 *cert)
{
	return cert->valid_until;
}

bool
x509_is_authority(const struct x509 *cert)
{
	return (X509_get_extension_flags(cert->x) & EXFLAG_CA) != 0;
}

bool
x509_is_root(const struct x509 *cert)
{
	return X509_NAME_cmp(X509_get_subject_name(cert->x),
		   X509_get_issuer_name(cert->x)) == 0;
}

bool
x509_signs_code(const struct x509 *cert)
{
	uint32_t flags = X509_get_extension_flags(cert->x);

	return (flags & EXFLAG_KUSAGE) != 0 && (flags & EXFLAG_XKUSAGE) != 0 &&
	    (X509_get_key_usage(cert->x) & KU_DIGITAL_SIGNATURE) != 0 &&
	    (X509_get_extended_key_usage(cert->x) & XKU_CODE_SIGN) != 0;
}

int
x509_key(struct key **out, const struct x509 *cert, struct vexlog_err *err)
{
	uint8_t *spki = NULL;
	int rc, size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert->x), &spki);

	if (size <= 0)
		return crypto_failed(err, "take the key of a certificate");
	rc = key_read_public(
	    out, (struct vexlog_bytes){spki, (size_t)size}, err);
	OPENSSL_free(spki);
	return rc;
}

/* ---- paths ------------------------------------------------------------ */

/* Expired, says libcrypto, already in the last second. */
static int
on_verify(int good, X509_STORE_CTX *ctx)
{
	X509 *x = X509_STORE_CTX_get_current_cert(ctx);
	time_t at;

	if (good || x == NULL ||
	    X509_STORE_CTX_get_error(ctx) != X509_V_ERR_CERT_HAS_EXPIRED)
		return good;
	at = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(ctx));
	if (ASN1_TIME_cmp_time_t(X509_get0_notAfter(x), at) != 0)
		return 0;
	X509_STORE_CTX_set_error(ctx, X509_V_OK);
	return 1;
}

X509_STORE *
x509_store(const struct x509_chain *trusted, int64_t at)
{
	/* what is trusted need not have signed itself */
	unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN |
	    (at == TIME_NONE ? X509_V_FLAG_NO_CHECK_TIME : 0);
	X509_STORE *store;
	X509_VERIFY_PARAM *param;

	if (trusted->count == 0 || (store = X509_STORE_new()) == NULL)
		return NULL;
	param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_depth(param, X509_CHAIN_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, AUTH_LEVEL);
	if (at != TIME_NONE) {
		X509_VERIFY_PARAM_set_time(param, (time_t)(at / SECOND));
		X509_STORE_set_verify_cb(store, on_verify);
	}
	if (X509_VERIFY_PARAM_set_flags(param, flags) != 1 ||
	    X509_STORE_add_cert(store, trusted->list[trusted->count - 1]->x) !=
		1) {
		X509_STORE_free(store);
		return NULL;
	}
	return store;
}

struct stack_st_X509 *
x509_stack(const struct x509_chain *a, const struct x509_chain *b)
{
	STACK_OF(X509) *stack = sk_X509_new_null();

	if (stack == NULL)
		return NULL;
	for (size_t i = 0; a != NULL && i < a->count; i++)
		if (sk_X509_push(stack, a->list[i]->x) <= 0)
			goto failed;
	for (size_t i = 0; b != NULL && i < b->count; i++)
		if (sk_X509_push(stack, b->list[i]->x) <= 0)
			goto failed;
	return stack;

failed:
	sk_X509_free(stack);
	return NULL;
}

static int
check_time(X509 *x, int64_t at, struct vexlog_err *err)
{
	char from_text[TIME_TEXT], until_text[TIME_TEXT], at_text[TIME_TEXT];
	int64_t from, until;

	if (!read_time(&from, X509_get0_notBefore(x)) ||
	    !read_time(&until, X509_get0_notAfter(x)))
		return not_read(err, "its validity is no time");
	if (from <= at && at < until + SECOND)
		return 0;
	time_write(from_text, from);
	time_write(until_text, until);
	time_write(at_text, at);
	return err_set(err, VEXLOG_BAD_PROOF,
	    "a certificate is valid from %s to %s, it was used at %s",
	    from_text, until_text, at_text);
}

/* chain[0] is the certificate itself. */
static int
judge_chain(struct hash *issuer_key, STACK_OF(X509) * chain,
    const int64_t *times, size_t time_count, struct vexlog_err *err)
{
	X509 *issuer;
	uint8_t *spki = NULL;
	struct hash hash;
	int rc, size;

	for (int i = 0; i < sk_X509_num(chain); i++)
		for (size_t t = 0; t < time_count; t++) {
			rc = check_time(sk_X509_value(chain, i), times[t], err);
			if (rc != 0)
				return rc;
		}
	issuer = sk_X509_value(chain, sk_X509_num(chain) > 1 ? 1 : 0);
	size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(issuer), &spki);
	if (size <= 0)
		return crypto_failed(err, "take the key of a certificate");
	rc = hash_bytes(&hash, (struct vexlog_bytes){spki, (size_t)size}, err);
	OPENSSL_free(spki);
	if (rc == 0)
		*issuer_key = hash;
	return rc;
}

static int
verify_once(struct hash *issuer_key, const struct x509 *cert,
    const struct x509_chain *trusted, const struct x509_chain *carried,
    const int64_t *times, size_t time_count, struct vexlog_err *err)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_STORE *store = x509_store(trusted, TIME_NONE);
	STACK_OF(X509) *untrusted = x509_stack(trusted, carried);
	int rc;

	ERR_clear_error();
	if (ctx == NULL || store == NULL || untrusted == NULL ||
	    X509_STORE_CTX_init(ctx, store, cert->x, untrusted) != 1) {
		rc = crypto_failed(err, "prepare a certificate path");
	} else if (X509_verify_cert(ctx) != 1) {
		int code = X509_STORE_CTX_get_error(ctx);
		if (crypto_out_of_memory() || code == X509_V_OK ||
		    code == X509_V_ERR_OUT_OF_MEM)
			rc = crypto_failed(err, "verify a certificate path");
		else
			rc = err_set(err, VEXLOG_BAD_PROOF,
			    "no path to the authority: %s (certificate %d of "
			    "the path)",
			    X509_verify_cert_error_string(code),
			    X509_STORE_CTX_get_error_depth(ctx) + 1);
	} else {
		rc = judge_chain(issuer_key, X509_STORE_CTX_get0_chain(ctx),
		    times, time_count, err);
	}
	ERR_clear_error();
	sk_X509_free(untrusted);
	X509_STORE_free(store);
	X509_STORE_CTX_free(ctx);
	return rc;
}

int
x509_verify(struct hash *issuer_key, const struct x509 *cert,
    const struct x509_chain *trusted, const struct x509_chain *carried,
    const int64_t *times, size_t time_count, struct vexlog_err *err)
{
	int rc = verify_once(
	    issuer_key, cert, trusted, carried, times, time_count, err);

	return crypto_doubts(rc) ? verify_once(issuer_key, cert, trusted,
				       carried, times, time_count, err)
				 : rc;
}
