/*
 * certificates.h - certificates made for the purpose: a root, an authority
 * under it, and whatever a test wants under that.
 */
#ifndef VEXLOG_TESTS_CERTIFICATES_H
#define VEXLOG_TESTS_CERTIFICATES_H

#include <openssl/x509v3.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "sign/x509.h"
#include "tests/tap.h"

#define T0     1700000000 /* seconds; everything is valid from here */
#define LEAF   600
#define MIDDLE 6000
#define ROOT   60000

#define OLD_ISSUER "1.3.6.1.4.1.57264.1.1"
#define NEW_ISSUER "1.3.6.1.4.1.57264.1.8"
#define SCTS       "1.3.6.1.4.1.11129.2.4.2"

static struct vexlog_arena *arena;
static struct vexlog_err err;
static EVP_PKEY *root_key, *middle_key, *leaf_key, *log_key;

/* ---- making certificates ------------------------------------------------ */

struct recipe {
	const char *subject, *issuer;
	EVP_PKEY *key, *signer;
	long seconds;                                     /* valid from T0 on */
	const char *basic, *usage, *extended, *names;     /* as openssl.cnf */
	struct vexlog_bytes old_issuer, new_issuer, scts; /* raw */
	bool twice;                                       /* the old issuer */
};

__attribute__((unused)) static void
set_name(X509_NAME *name, const char *text)
{
	if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
		(const unsigned char *)text, -1, -1, 0) != 1)
		bail("name");
}

__attribute__((unused)) static void
add_conf(X509 *x, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	if (value == NULL)
		return;
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (e == NULL || X509_add_ext(x, e, -1) != 1)
		bail("extension %s", value);
	X509_EXTENSION_free(e);
}

__attribute__((unused)) static void
add_raw(X509 *x, const char *oid, struct vexlog_bytes value)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *string = ASN1_OCTET_STRING_new();
	X509_EXTENSION *e;

	if (value.size > 0) {
		ASN1_OCTET_STRING_set(string, value.data, (int)value.size);
		e = X509_EXTENSION_create_by_OBJ(NULL, object, 0, string);
		if (e == NULL || X509_add_ext(x, e, -1) != 1)
			bail("extension %s", oid);
		X509_EXTENSION_free(e);
	}
	ASN1_OCTET_STRING_free(string);
	ASN1_OBJECT_free(object);
}

__attribute__((unused)) static X509 *
make_x509(const struct recipe *r)
{
	X509 *x = X509_new();

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	ASN1_TIME_set(X509_getm_notBefore(x), T0);
	ASN1_TIME_set(X509_getm_notAfter(x), T0 + r->seconds);
	set_name(X509_get_subject_name(x), r->subject);
	set_name(X509_get_issuer_name(x), r->issuer);
	X509_set_pubkey(x, r->key);
	add_conf(x, NID_basic_constraints, r->basic);
	add_conf(x, NID_key_usage, r->usage);
	add_conf(x, NID_ext_key_usage, r->extended);
	add_conf(x, NID_subject_alt_name, r->names);
	add_raw(x, OLD_ISSUER, r->old_issuer);
	if (r->twice)
		add_raw(x, OLD_ISSUER, r->old_issuer);
	add_raw(x, NEW_ISSUER, r->new_issuer);
	add_raw(x, SCTS, r->scts);
	if (X509_sign(x, r->signer, EVP_sha256()) <= 0)
		bail("sign");
	return x;
}

__attribute__((unused)) static struct x509 *
make(const struct recipe *r)
{
	X509 *x = make_x509(r);
	struct x509 *out = NULL;
	uint8_t *der = NULL;
	int size = i2d_X509(x, &der);

	if (x509_read(&out, (struct vexlog_bytes){der, (size_t)size}, &err) !=
	    0)
		bail("%s: %s", r->subject, err.message);
	OPENSSL_free(der);
	X509_free(x);
	return out;
}

__attribute__((unused)) static struct recipe
root_recipe(void)
{
	return (struct recipe){
	    .subject = "root",
	    .issuer = "root",
	    .key = root_key,
	    .signer = root_key,
	    .seconds = ROOT,
	    .basic = "critical,CA:TRUE",
	    .usage = "critical,keyCertSign",
	};
}

__attribute__((unused)) static struct recipe
middle_recipe(void)
{
	struct recipe r = root_recipe();

	r.subject = "middle";
	r.key = middle_key;
	r.seconds = MIDDLE;
	return r;
}

__attribute__((unused)) static struct recipe
leaf_recipe(void)
{
	return (struct recipe){
	    .subject = "leaf",
	    .issuer = "middle",
	    .key = leaf_key,
	    .signer = middle_key,
	    .seconds = LEAF,
	    .usage = "critical,digitalSignature",
	    .extended = "codeSigning",
	    .names = "critical,email:a@example.org",
	    .old_issuer = text_bytes("https://issuer.example"),
	};
}

__attribute__((unused)) static void
open_keys(void)
{
	arena = vexlog_arena_open(256 * MIB);
	root_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
	middle_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	leaf_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	log_key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
}

__attribute__((unused)) static void
close_keys(void)
{
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(middle_key);
	EVP_PKEY_free(leaf_key);
	EVP_PKEY_free(log_key);
	vexlog_arena_close(arena);
}

#endif
