/*
 * timestamp.c - read and verify RFC 3161 timestamps, over libcrypto's TS.
 *
 * libcrypto checks the signature, the signed reference to the signer's
 * certificate (RFC 5816), its path at the time stamped, and that it is for
 * time stamping.
 */
#include "sign/timestamp.h"

#include <openssl/err.h>
#include <openssl/ts.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/time.h"
#include "sign/crypto.h"
#include "sign/x509_openssl.h"

#define FRACTION_MAX 9 /* digits */

struct timestamp {
	TS_RESP *response;
	TS_TST_INFO *info; /* of the response */
	int64_t time;
};

/* ---- reading ---------------------------------------------------------- */

static int
not_read(struct vexlog_err *err, const char *why)
{
	if (crypto_out_of_memory())
		return crypto_failed(err, "read a timestamp");
	return err_set(err, VEXLOG_SYNTAX, "no RFC 3161 timestamp: %s", why);
}

/* RFC 3161 2.4.2: YYYYMMDDhhmmss[.s...]Z */
static bool
read_time(int64_t *out, const ASN1_GENERALIZEDTIME *time)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";
	struct cursor c;
	char text[sizeof(form) + FRACTION_MAX + 2];
	size_t size = 0, fraction;
	const char *why;
	uint8_t digit;

	if (time == NULL)
		return false;
	c = cursor_open((struct vexlog_bytes){
	    ASN1_STRING_get0_data(time), (size_t)ASN1_STRING_length(time)});
	for (const char *f = form; *f != '\0'; f++)
		if (*f != 'd')
			text[size++] = *f;
		else if (!cursor_u8(&c, &digit))
			return false;
		else
			text[size++] = (char)digit;
	if (cursor_literal(&c, ".")) {
		text[size++] = '.';
		for (fraction = 0; fraction < FRACTION_MAX &&
		     cursor_left(&c) > 1 && cursor_u8(&c, &digit);
		     fraction++)
			text[size++] = (char)digit;
	}
	if (!cursor_literal(&c, "Z") || cursor_left(&c) != 0)
		return false;
	text[size++] = 'Z';
	text[size] = '\0';
	return time_read(out, text, &why);
}

static int
fill(struct timestamp *t, struct vexlog_bytes der, struct vexlog_err *err)
{
	const uint8_t *at = der.data;
	int64_t status;

	t->response = d2i_TS_RESP(NULL, &at, (long)der.size);
	if (t->response == NULL)
		return not_read(err, "the bytes are not DER of one");
	if (at != der.data + der.size)
		return not_read(err, "there are bytes behind it");
	/* RFC 3161 2.4.2: granted (0) or grantedWithMods (1) */
	if (ASN1_INTEGER_get_int64(&status,
		TS_STATUS_INFO_get0_status(
		    TS_RESP_get_status_info(t->response))) != 1)
		return not_read(err, "its status is no number");
	if (status != 0 && status != 1)
		return err_set(err, VEXLOG_REFUSED,
		    "the time stamping authority refused: status %lld",
		    (long long)status);
	t->info = TS_RESP_get_tst_info(t->response);
	if (TS_RESP_get_token(t->response) == NULL || t->info == NULL)
		return not_read(err, "there is no token in it");
	if (TS_TST_INFO_get_version(t->info) != 1)
		return not_read(err, "its version is not 1");
	if (!read_time(&t->time, TS_TST_INFO_get_time(t->info)))
		return not_read(err, "its time is not in UTC, to the second");
	return 0;
}

/* Those of the certificates that the token brings. */
static bool
are_whole(PKCS7 *token)
{
	STACK_OF(X509) *certs =
	    PKCS7_type_is_signed(token) ? token->d.sign->cert : NULL;

	for (int i = 0; i < sk_X509_num(certs); i++)
		if (!x509_is_whole(sk_X509_value(certs, i)))
			return false;
	return true;
}

static int
read_once(
    struct timestamp **out, struct vexlog_bytes der, struct vexlog_err *err)
{
	struct timestamp *t;
	int rc = crypto_begin(err);

	if (rc != 0)
		return rc;
	if (der.size > TIMESTAMP_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "a timestamp of %zu bytes, at most %zu are taken", der.size,
		    TIMESTAMP_SIZE_MAX);
	if (der.size == 0)
		return not_read(err, "there are no bytes");
	if ((t = OPENSSL_zalloc(sizeof(*t))) == NULL)
		return err_memory(err);
	if ((rc = fill(t, der, err)) != 0) {
		timestamp_close(t);
		return rc;
	}
	ERR_clear_error();
	*out = t;
	return 0;
}

int
timestamp_read(
    struct timestamp **out, struct vexlog_bytes der, struct vexlog_err *err)
{
	struct timestamp *t;
	int rc = read_once(&t, der, err);

	if (rc != 0)
		return crypto_doubts(rc) ? read_once(out, der, err) : rc;
	if (are_whole(TS_RESP_get_token(t->response))) {
		*out = t;
		return 0;
	}
	timestamp_close(t);
	return read_once(out, der, err);
}

void
timestamp_close(struct timestamp *timestamp)
{
	if (timestamp == NULL)
		return;
	TS_RESP_free(timestamp->response);
	OPENSSL_free(timestamp);
}

int64_t
timestamp_time(const struct timestamp *timestamp)
{
	return timestamp->time;
}

/* ---- verifying -------------------------------------------------------- */

static bool
find_hash(enum hash_kind *out, const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;

	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	switch (OBJ_obj2nid(object)) {
	case NID_sha256:
		*out = HASH_SHA256;
		return true;
	case NID_sha384:
		*out = HASH_SHA384;
		return true;
	case NID_sha512:
		*out = HASH_SHA512;
		return true;
	default:
		return false;
	}
}

int
timestamp_covers(const struct timestamp *timestamp, struct vexlog_bytes message,
    struct vexlog_err *err)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(timestamp->info);
	const ASN1_OCTET_STRING *theirs = TS_MSG_IMPRINT_get_msg(imprint);
	uint8_t mine[HASH_SIZE_MAX];
	enum hash_kind kind;
	size_t size;
	int rc;

	if (!find_hash(&kind, TS_MSG_IMPRINT_get_algo(imprint)))
		return err_set(err, VEXLOG_REFUSED,
		    "the timestamp's hash is none of SHA-256, SHA-384 and "
		    "SHA-512");
	if ((rc = hash_any(mine, &size, kind, message, err)) != 0)
		return rc;
	if ((size_t)ASN1_STRING_length(theirs) != size ||
	    memcmp(ASN1_STRING_get0_data(theirs), mine, size) != 0)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "the timestamp is of something else: its imprint is not "
		    "the hash of the signature");
	return 0;
}

/* Somebody of the authority stands behind the token, by issuer and serial
 * number. own: only certificates that we were given count. */
static int
find_signer(
    PKCS7 *token, STACK_OF(X509) * certs, bool own, struct vexlog_err *err)
{
	STACK_OF(X509) * signers;
	bool known;

	ERR_clear_error();
	signers = PKCS7_get0_signers(token, certs, own ? PKCS7_NOINTERN : 0);
	known = signers != NULL && sk_X509_num(signers) == 1;
	sk_X509_free(signers);
	if (known)
		return 0;
	if (crypto_out_of_memory())
		return crypto_failed(err, "find a timestamp's signer");
	return err_set(
	    err, VEXLOG_NOT_FOUND, "the timestamp is not by this authority");
}

static int
verify_signed(PKCS7 *token, STACK_OF(X509) * certs, X509_STORE *store,
    struct vexlog_err *err)
{
	const char *reason, *data = "";
	int flags = 0, rc;

	if (TS_RESP_verify_signature(token, certs, store, NULL) == 1)
		return 0;
	reason =
	    ERR_reason_error_string(ERR_peek_last_error_data(&data, &flags));
	rc = err_set(err, VEXLOG_BAD_PROOF,
	    "the timestamp does not hold: %s%s%.200s",
	    reason == NULL ? "unknown reason" : reason,
	    (flags & ERR_TXT_STRING) != 0 ? ", " : "",
	    (flags & ERR_TXT_STRING) != 0 ? data : "");
	return crypto_out_of_memory() ? crypto_failed(err, "verify a timestamp")
				      : rc;
}

static int
verify_once(const struct timestamp *timestamp,
    const struct x509_chain *authority, struct vexlog_err *err)
{
	X509_STORE *store = x509_store(authority, timestamp->time);
	STACK_OF(X509) *certs = x509_stack(authority, NULL);
	bool has_signer =
	    authority->count > 0 && !x509_is_authority(authority->list[0]);
	PKCS7 *token = TS_RESP_get_token(timestamp->response);
	int rc;

	if (store == NULL || certs == NULL) {
		rc = crypto_failed(err, "prepare a timestamp's path");
	} else if ((rc = find_signer(token, certs, has_signer, err)) == 0) {
		rc = verify_signed(token, certs, store, err);
		/* who brings his own certificate is just somebody else */
		if (rc == VEXLOG_BAD_PROOF && !has_signer)
			err->code = rc = VEXLOG_NOT_FOUND;
	}
	sk_X509_free(certs);
	X509_STORE_free(store);
	return rc;
}

int
timestamp_verify(const struct timestamp *timestamp,
    const struct x509_chain *authority, struct vexlog_err *err)
{
	int rc = verify_once(timestamp, authority, err);

	return crypto_doubts(rc) ? verify_once(timestamp, authority, err) : rc;
}
