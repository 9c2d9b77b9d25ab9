/*
 * x509_names.c - whose certificate it is: the subjectAltName, and Fulcio's
 * extensions that say who vouched for that identity.
 * Source: sigstore/fulcio, docs/oid-info.md.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "sign/crypto.h"
#include "sign/x509_openssl.h"

#define OID_ISSUER     "1.3.6.1.4.1.57264.1.1" /* the raw text */
#define OID_USER_NAME  "1.3.6.1.4.1.57264.1.7" /* an otherName */
#define OID_ISSUER_NEW "1.3.6.1.4.1.57264.1.8" /* DER UTF8String */

/* Text of a certificate, whole: UTF-8, no NUL that would cut it. */
static int
take_text(const char **out, struct vexlog_arena *arena, const uint8_t *data,
    size_t size, const char *what, struct vexlog_err *err)
{
	if (size > NAME_MAX_BYTES)
		return err_set(err, VEXLOG_LIMIT,
		    "%s of %zu bytes, at most %d are taken", what, size,
		    NAME_MAX_BYTES);
	if (size == 0 || memchr(data, 0, size) != NULL ||
	    text_utf8_valid(data, size) != size)
		return err_set(err, VEXLOG_SYNTAX,
		    "%s is not UTF-8 text of one character or more", what);
	*out = arena_text(arena, data, size, err);
	return *out == NULL ? (int)err->code : 0;
}

static int
take_string(const char **out, struct vexlog_arena *arena,
    const ASN1_STRING *string, const char *what, struct vexlog_err *err)
{
	return take_text(out, arena, ASN1_STRING_get0_data(string),
	    (size_t)ASN1_STRING_length(string), what, err);
}

/* ---- subjectAltName --------------------------------------------------- */

static bool
is_user_name(const GENERAL_NAME *name)
{
	char oid[64];

	return name->type == GEN_OTHERNAME &&
	    OBJ_obj2txt(oid, sizeof(oid), name->d.otherName->type_id, 1) > 0 &&
	    strcmp(oid, OID_USER_NAME) == 0 &&
	    name->d.otherName->value->type == V_ASN1_UTF8STRING;
}

static int
take_name(const char **out, struct vexlog_arena *arena,
    const GENERAL_NAME *name, struct vexlog_err *err)
{
	*out = NULL;
	if (name->type == GEN_EMAIL)
		return take_string(out, arena, name->d.rfc822Name,
		    "an e-mail address in the certificate", err);
	if (name->type == GEN_URI)
		return take_string(out, arena,
		    name->d.uniformResourceIdentifier,
		    "a URI in the certificate", err);
	if (is_user_name(name))
		return take_string(out, arena,
		    name->d.otherName->value->value.utf8string,
		    "a user name in the certificate", err);
	return 0;
}

static int
take_names(const char *const **list, size_t *count, struct vexlog_arena *arena,
    const GENERAL_NAMES *names, struct vexlog_err *err)
{
	int n = sk_GENERAL_NAME_num(names), rc;
	const char **out;
	size_t taken = 0;

	if (n > X509_NAMES_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "a certificate with %d names, at most %d are taken", n,
		    X509_NAMES_MAX);
	out = arena_list(arena, (size_t)n + 1, sizeof(*out), err);
	if (out == NULL)
		return err->code;
	for (int i = 0; i < n; i++) {
		rc = take_name(
		    &out[taken], arena, sk_GENERAL_NAME_value(names, i), err);
		if (rc != 0)
			return rc;
		taken += out[taken] != NULL;
	}
	*list = out;
	*count = taken;
	return 0;
}

static int
read_names(const char *const **list, size_t *count, struct vexlog_arena *arena,
    const struct x509 *cert, struct vexlog_err *err)
{
	static const char *const none[] = {NULL};
	GENERAL_NAMES *names;
	int critical, rc;

	ERR_clear_error();
	names =
	    X509_get_ext_d2i(cert->x, NID_subject_alt_name, &critical, NULL);
	if (names == NULL && critical == -1) {
		*list = none;
		*count = 0;
		return 0;
	}
	if (names == NULL)
		return crypto_out_of_memory()
		    ? crypto_failed(err, "read the names of a certificate")
		    : err_set(err, VEXLOG_SYNTAX,
			  "the certificate's names are damaged, or stand there "
			  "twice");
	rc = take_names(list, count, arena, names, err);
	GENERAL_NAMES_free(names);
	return rc;
}

int
x509_identities(const char *const **list, size_t *count,
    struct vexlog_arena *arena, const struct x509 *cert, struct vexlog_err *err)
{
	int rc = read_names(list, count, arena, cert, err);

	return crypto_doubts(rc) ? read_names(list, count, arena, cert, err)
				 : rc;
}

/* ---- Fulcio's extensions ---------------------------------------------- */

/* The content of the extension; size 0 when there is none. */
static int
find_extension(struct vexlog_bytes *out, const struct x509 *cert,
    const char *oid, struct vexlog_err *err)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	const ASN1_OCTET_STRING *value;
	int at, rc = 0;

	if (object == NULL)
		return err_memory(err);
	*out = (struct vexlog_bytes){NULL, 0};
	at = X509_get_ext_by_OBJ(cert->x, object, -1);
	if (at >= 0) {
		value = X509_EXTENSION_get_data(X509_get_ext(cert->x, at));
		*out = (struct vexlog_bytes){ASN1_STRING_get0_data(value),
		    (size_t)ASN1_STRING_length(value)};
		if (X509_get_ext_by_OBJ(cert->x, object, at) >= 0)
			rc = err_set(err, VEXLOG_SYNTAX,
			    "the certificate has the extension %s twice", oid);
	}
	ASN1_OBJECT_free(object);
	return rc;
}

static int
unwrap_utf8(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct vexlog_bytes der, struct vexlog_err *err)
{
	const uint8_t *at = der.data;
	ASN1_UTF8STRING *string;
	const char *text;
	int rc;

	ERR_clear_error();
	string = d2i_ASN1_UTF8STRING(NULL, &at, (long)der.size);
	if (string == NULL || at != der.data + der.size) {
		ASN1_UTF8STRING_free(string);
		return crypto_out_of_memory()
		    ? crypto_failed(err, "read a text of a certificate")
		    : err_set(err, VEXLOG_SYNTAX,
			  "the extension %s is no UTF8String", OID_ISSUER_NEW);
	}
	rc = take_string(&text, arena, string, "the certificate's issuer", err);
	if (rc == 0)
		*out = text_bytes(text);
	ASN1_UTF8STRING_free(string);
	return rc;
}

static int
read_issuer(const char **out, struct vexlog_arena *arena,
    const struct x509 *cert, struct vexlog_err *err)
{
	struct vexlog_bytes raw, wrapped;
	int rc;

	if ((rc = find_extension(&raw, cert, OID_ISSUER, err)) != 0 ||
	    (rc = find_extension(&wrapped, cert, OID_ISSUER_NEW, err)) != 0)
		return rc;
	if (wrapped.data != NULL &&
	    (rc = unwrap_utf8(&wrapped, arena, wrapped, err)) != 0)
		return rc;
	if (raw.data == NULL && wrapped.data == NULL)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "the certificate does not say who vouched for its "
		    "identity");
	if (raw.data != NULL && wrapped.data != NULL &&
	    (raw.size != wrapped.size ||
		memcmp(raw.data, wrapped.data, raw.size) != 0))
		return err_set(err, VEXLOG_SYNTAX,
		    "the certificate names two issuers of its identity");
	if (raw.data == NULL)
		raw = wrapped;
	return take_text(
	    out, arena, raw.data, raw.size, "the certificate's issuer", err);
}

int
x509_oidc_issuer(const char **out, struct vexlog_arena *arena,
    const struct x509 *cert, struct vexlog_err *err)
{
	int rc = read_issuer(out, arena, cert, err);

	return crypto_doubts(rc) ? read_issuer(out, arena, cert, err) : rc;
}
