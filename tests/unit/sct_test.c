/*
 * sct_test.c - SCTs made by a log of our own, with one thing wrong at a time.
 */
#include "sign/sct.h"

#include "tests/certificates.h"
#include "tests/crypto_memory.h"

/* ---- SCTs --------------------------------------------------------------- */

/* RFC 6962 3.2, put together independently of sct.c. */
static struct vexlog_bytes
make_sct(const struct recipe *leaf, uint8_t ms, const char *extensions,
    EVP_PKEY *signer)
{
	X509 *x = make_x509(leaf);
	struct vexlog_bytes message, out;
	uint8_t *tbs = NULL, *spki = NULL, signature[256], id[32], issuer[32];
	size_t extension_size = strlen(extensions), size = sizeof(signature);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int tbs_size = i2d_re_X509_tbs(x, &tbs), n;
	struct buffer b;

	n = i2d_PUBKEY(leaf->signer, &spki);
	EVP_Digest(spki, (size_t)n, issuer, NULL, EVP_sha256(), NULL);
	OPENSSL_free(spki);
	spki = NULL;
	n = i2d_PUBKEY(log_key, &spki);
	EVP_Digest(spki, (size_t)n, id, NULL, EVP_sha256(), NULL);
	buffer_open(&b, arena, MIB);
	buffer_bytes(&b, "\0\0\0\0\0\0\0\0\0", 9);
	buffer_byte(&b, (char)ms);
	buffer_bytes(&b, "\0\1", 2);
	buffer_bytes(&b, issuer, 32);
	buffer_byte(&b, (char)(tbs_size >> 16));
	buffer_byte(&b, (char)(tbs_size >> 8));
	buffer_byte(&b, (char)tbs_size);
	buffer_bytes(&b, tbs, (size_t)tbs_size);
	buffer_byte(&b, 0);
	buffer_byte(&b, (char)extension_size);
	buffer_text(&b, extensions);
	if (buffer_finish(&b, &message, &err) != 0 ||
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, signer) != 1 ||
	    EVP_DigestSign(ctx, signature, &size, message.data, message.size) !=
		1)
		bail("sign an SCT");
	buffer_open(&b, arena, MIB);
	n = (int)(1 + 32 + 8 + 2 + extension_size + 4 + size);
	buffer_bytes(&b, "\0", 1);
	buffer_byte(&b, (char)n);
	buffer_byte(&b, 0);
	buffer_bytes(&b, id, 32);
	buffer_bytes(&b, "\0\0\0\0\0\0\0", 7);
	buffer_byte(&b, (char)ms);
	buffer_byte(&b, 0);
	buffer_byte(&b, (char)extension_size);
	buffer_text(&b, extensions);
	buffer_bytes(&b, "\4\3\0", 3);
	buffer_byte(&b, (char)size);
	buffer_bytes(&b, signature, size);
	if (buffer_finish(&b, &out, &err) != 0)
		bail("%s", err.message);
	EVP_MD_CTX_free(ctx);
	OPENSSL_free(spki);
	OPENSSL_free(tbs);
	X509_free(x);
	return out;
}

/* The extension's value: an OCTET STRING around a list. */
static struct vexlog_bytes
wrap_scts(struct vexlog_bytes list)
{
	struct vexlog_bytes out;
	struct buffer b;

	buffer_open(&b, arena, MIB);
	buffer_bytes(&b, "\x04\x82", 2);
	buffer_byte(&b, (char)((list.size + 2) >> 8));
	buffer_byte(&b, (char)(list.size + 2));
	buffer_byte(&b, (char)(list.size >> 8));
	buffer_byte(&b, (char)list.size);
	buffer_bytes(&b, list.data, list.size);
	if (buffer_finish(&b, &out, &err) != 0)
		bail("%s", err.message);
	return out;
}

static void
sct_is(const struct recipe *signed_leaf, const struct recipe *leaf,
    const char *extensions, EVP_PKEY *signer, int code, const char *name)
{
	struct recipe with = *leaf;
	struct vexlog_bytes spki;
	const struct sct *list = NULL;
	struct x509 *cert;
	struct hash issuer;
	struct key *key = NULL;
	uint8_t *der = NULL;
	size_t count = 0;
	int rc;

	with.scts = wrap_scts(make_sct(signed_leaf, 5, extensions, signer));
	cert = make(&with);
	spki.size = (size_t)i2d_PUBKEY(log_key, &der);
	spki.data = der;
	if (key_read_public(&key, spki, &err) != 0)
		bail("%s", err.message);
	OPENSSL_free(der);
	der = NULL;
	spki.size = (size_t)i2d_PUBKEY(middle_key, &der);
	spki.data = der;
	if (hash_bytes(&issuer, spki, &err) != 0)
		bail("%s", err.message);
	OPENSSL_free(der);
	rc = sct_read(&list, &count, arena, cert, &err);
	if (rc == 0)
		rc = sct_verify(&list[0], arena, cert, &issuer, key, &err);
	if (is_int(rc, code, name) && rc == 0) {
		is_int((int64_t)count, 1, "there is one");
		is_int(list[0].time, 5000, "its time");
	}
	key_close(key);
	x509_close(cert);
}

static void
test_scts(void)
{
	struct recipe l = leaf_recipe(), other = l;
	struct vexlog_bytes list = make_sct(&l, 5, "", log_key);
	const struct sct *out = NULL;
	struct x509 *cert = make(&l);
	struct buffer b;
	size_t count = 0, n;

	sct_is(&l, &l, "", log_key, 0, "an SCT");
	sct_is(&l, &l, "extension", log_key, 0, "one with an extension");
	sct_is(&l, &l, "", root_key, VEXLOG_BAD_PROOF, "by another log");
	other.seconds++;
	sct_is(&other, &l, "", log_key, VEXLOG_BAD_PROOF,
	    "of another certificate");
	other = l;
	other.signer = root_key;
	sct_is(&other, &l, "", log_key, VEXLOG_BAD_PROOF,
	    "of one by another issuer");
	is_int(sct_read(&out, &count, arena, cert, &err), VEXLOG_NOT_FOUND,
	    "no SCT");
	x509_close(cert);

	buffer_open(&b, arena, MIB);
	buffer_byte(&b, 0);
	buffer_byte(&b, (char)list.size);
	buffer_bytes(&b, list.data, list.size);
	if (buffer_finish(&b, &list, &err) != 0)
		bail("%s", err.message);
	is_int(sct_read_list(&out, &count, arena, list, &err), 0, "a list");
	for (n = 0; n < list.size; n++)
		if (sct_read_list(&out, &count, arena,
			(struct vexlog_bytes){list.data, n},
			&err) != VEXLOG_SYNTAX)
			break;
	ok(n == list.size, "none of its %zu beginnings is one", n);
	is_int(sct_read_list(&out, &count, arena,
		   (struct vexlog_bytes){(const uint8_t *)"\0\0", 2}, &err),
	    VEXLOG_SYNTAX, "an empty list");
}

struct promise {
	struct vexlog_bytes der;
	struct hash issuer;
	const struct key *log;
};

static int
read_all(void *context, struct vexlog_err *e)
{
	const struct promise *p = context;
	const struct sct *list;
	struct x509 *cert;
	size_t count;
	int rc = x509_read(&cert, p->der, e);

	if (rc != 0)
		return rc;
	rc = sct_read(&list, &count, arena, cert, e);
	if (rc == 0)
		rc = sct_verify(&list[0], arena, cert, &p->issuer, p->log, e);
	x509_close(cert);
	return rc;
}

static void
test_memory(void)
{
	struct recipe l = leaf_recipe();
	struct x509 *cert;
	struct promise p;
	struct key *log;
	uint8_t *spki = NULL;
	size_t size;

	l.scts = wrap_scts(make_sct(&l, 5, "", log_key));
	cert = make(&l);
	p.der = x509_der(cert);
	size = (size_t)i2d_PUBKEY(middle_key, &spki);
	if (hash_bytes(&p.issuer, (struct vexlog_bytes){spki, size}, &err) != 0)
		bail("%s", err.message);
	OPENSSL_free(spki);
	spki = NULL;
	size = (size_t)i2d_PUBKEY(log_key, &spki);
	if (key_read_public(&log, (struct vexlog_bytes){spki, size}, &err) != 0)
		bail("%s", err.message);
	OPENSSL_free(spki);
	p.log = log;
	without_crypto_memory("an SCT", 7, read_all, &p);
	key_close(log);
	x509_close(cert);
}

int
main(void)
{
	crypto_memory_open();
	open_keys();
	test_scts();
	test_memory();
	close_keys();
	return tap_done();
}
