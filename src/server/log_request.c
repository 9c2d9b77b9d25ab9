/*
 * log_request.c - see log_request.h.
 */
#include "server/log_request.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "sign/x509.h"
#include "json/write.h"

struct reader {
	struct key_cache *keys;
	struct vexlog_arena *arena;
	struct vexlog_bytes in;
	struct json_doc doc;
	struct vexlog_err *err;
};

/* One member, by its two names. */
struct field {
	const char *camel, *snake;
};

/* ---- messages ----------------------------------------------------------- */

static int
refuse(struct reader *r, const char *message)
{
	return err_set(r->err, VEXLOG_REFUSED, "%s", message);
}

/* Line and column, in characters, as Go's protojson counts. */
static void
position(
    const struct reader *r, size_t offset, unsigned *line, unsigned *column)
{
	*line = *column = 1;
	for (size_t i = 0; i < offset && i < r->in.size; i++) {
		if (r->in.data[i] == '\n') {
			++*line;
			*column = 1;
		} else if ((r->in.data[i] & 0xc0) != 0x80)
			++*column;
	}
}

static int
refuse_at(struct reader *r, const struct json_value *v, const char *what,
    const char *text)
{
	unsigned line, column;
	size_t offset = json_offset(&r->doc, v);

	if (offset == SIZE_MAX)
		return err_set(
		    r->err, VEXLOG_REFUSED, "proto: %s %.80s", what, text);
	/* texts begin behind their quote */
	if (json_is(v, JSON_STRING))
		offset--;
	position(r, offset, &line, &column);
	return err_set(r->err, VEXLOG_REFUSED, "proto: (line %u:%u): %s %.80s",
	    line, column, what, text);
}

static int
refuse_syntax(struct reader *r, const struct vexlog_err *why)
{
	unsigned line, column;

	if (why->code == VEXLOG_NO_MEMORY) {
		*r->err = *why;
		return why->code;
	}
	if (why->offset >= r->in.size)
		return refuse(r, "unexpected EOF");
	position(r, why->offset, &line, &column);
	return err_set(r->err, VEXLOG_REFUSED,
	    "proto: syntax error (line %u:%u): %.200s", line, column,
	    why->message);
}

/* ---- members ------------------------------------------------------------ */

/* The members of a message; null is as good as absent. */
static int
read_members(const struct json_value **out, struct reader *r,
    const struct json_value *object, const struct field *fields, size_t count)
{
	const struct json_value *n;
	char quoted[96];

	memset(out, 0, count * sizeof(*out));
	if (!json_is(object, JSON_OBJECT))
		return refuse_at(
		    r, object, "syntax error: unexpected token", "");
	for (n = json_first(object); n != json_end(object);
	     n = json_next(n + 1)) {
		size_t i = 0;
		while (i < count && !text_same(n->as.text, fields[i].camel) &&
		    !text_same(n->as.text, fields[i].snake))
			i++;
		(void)snprintf(quoted, sizeof(quoted), "\"%.70s\"", n->as.text);
		if (i == count)
			return refuse_at(r, n, "unknown field", quoted);
		if (out[i] != NULL)
			return refuse_at(r, n, "duplicate field", quoted);
		if (!json_is(n + 1, JSON_NULL))
			out[i] = n + 1;
	}
	return 0;
}

static int
read_base64(struct vexlog_bytes *out, struct reader *r,
    const struct json_value *v, const char *name)
{
	int rc = VEXLOG_SYNTAX;

	if (v == NULL) {
		*out = (struct vexlog_bytes){NULL, 0};
		return 0;
	}
	if (json_is(v, JSON_STRING))
		rc = text_unbase64(
		    out, r->arena, v->as.text, v->size, BASE64_ANY, r->err);
	return rc == VEXLOG_SYNTAX
	    ? refuse_at(r, v, "invalid value for bytes field", name)
	    : rc;
}

/* sigstore_common.proto, PublicKeyDetails: those that a log takes. */
static const struct {
	int64_t number;
	const char *name;
} key_kinds[] = {
    {5, "PKIX_ECDSA_P256_SHA_256"},
    {8, "PKIX_ED25519_PH"},
    {9, "PKIX_RSA_PKCS1V15_2048_SHA256"},
    {10, "PKIX_RSA_PKCS1V15_3072_SHA256"},
    {11, "PKIX_RSA_PKCS1V15_4096_SHA256"},
    {12, "PKIX_ECDSA_P384_SHA_384"},
    {13, "PKIX_ECDSA_P521_SHA_512"},
};

/* NULL for a kind that is absent or that no log takes. */
static const char *
read_kind(const struct json_value *v)
{
	int64_t number = 0;

	for (size_t i = 0; i < sizeof(key_kinds) / sizeof(*key_kinds); i++)
		if (text_same(json_text(v), key_kinds[i].name) ||
		    (json_integer_of(v, &number) &&
			number == key_kinds[i].number))
			return key_kinds[i].name;
	return NULL;
}

/* ---- the request -------------------------------------------------------- */

struct parts {
	struct vexlog_bytes digest, signature;
	struct vexlog_bytes key, certificate; /* DER, one of both */
	const char *kind;
};

static int
read_verifier(struct parts *out, struct reader *r, const struct json_value *v)
{
	static const struct field fields[] = {{"publicKey", "public_key"},
	    {"x509Certificate", "x509_certificate"},
	    {"keyDetails", "key_details"}};
	static const struct field raw[] = {{"rawBytes", "raw_bytes"}};
	const struct json_value *m[3], *bytes[1];
	int rc = read_members(m, r, v, fields, 3);

	if (rc != 0)
		return rc;
	if (m[0] != NULL && m[1] != NULL)
		return refuse(r,
		    "proto: error parsing \"x509Certificate\", oneof "
		    "dev.sigstore.rekor.v2.Verifier.verifier is already set");
	out->kind = read_kind(m[2]);
	if (m[0] == NULL && m[1] == NULL)
		return 0;
	rc = read_members(bytes, r, m[0] != NULL ? m[0] : m[1], raw, 1);
	return rc != 0
	    ? rc
	    : read_base64(m[0] != NULL ? &out->key : &out->certificate, r,
		  bytes[0], "rawBytes");
}

static int
read_parts(struct parts *out, struct reader *r, const struct json_value *v)
{
	static const struct field fields[] = {
	    {"digest", "digest"}, {"signature", "signature"}};
	static const struct field of_signature[] = {
	    {"content", "content"}, {"verifier", "verifier"}};
	const struct json_value *m[2], *s[2];
	int rc;

	memset(out, 0, sizeof(*out));
	if ((rc = read_members(m, r, v, fields, 2)) != 0 ||
	    (rc = read_base64(&out->digest, r, m[0], "digest")) != 0)
		return rc;
	if (m[1] == NULL)
		return 0;
	if ((rc = read_members(s, r, m[1], of_signature, 2)) != 0 ||
	    (rc = read_base64(&out->signature, r, s[0], "content")) != 0)
		return rc;
	return s[1] == NULL ? 0 : read_verifier(out, r, s[1]);
}

/* ---- does it hold ------------------------------------------------------- */

static int
read_key(struct key **out, struct key_cache *keys, const struct parts *p,
    struct vexlog_err *err)
{
	struct x509 *cert;
	int rc;

	if (p->certificate.size > 0) {
		if ((rc = x509_read(&cert, p->certificate, err)) != 0)
			return rc;
		rc = x509_key(out, cert, err);
		x509_close(cert);
		return rc;
	}
	/* PEM is no DER, though our reader takes both */
	if (p->key.size == 0 || p->key.data[0] != 0x30)
		return err_set(err, VEXLOG_SYNTAX, "no DER");
	return key_cache_read(out, keys, p->key, err);
}

/* Rekor says the same of everything that is wrong here. */
static int
verify(struct reader *r, const struct parts *p, enum hash_kind *hash)
{
	struct vexlog_err why;
	struct key *key;
	bool good;
	int rc;

	if (p->digest.size == 0 || p->signature.size == 0 || p->kind == NULL)
		return refuse(r, LOG_REQUEST_INVALID);
	rc = read_key(&key, r->keys, p, &why);
	if (rc == VEXLOG_NO_MEMORY)
		return err_memory(r->err);
	if (rc != 0)
		return refuse(r, LOG_REQUEST_INVALID);
	*hash = key_hash(key);
	good = text_same(key_details(key), p->kind);
	if (good)
		rc = key_verify_digest(key, p->digest, p->signature, &why);
	key_close(key);
	if (rc == VEXLOG_NO_MEMORY)
		return err_memory(r->err);
	return good && rc == 0 ? 0 : refuse(r, LOG_REQUEST_INVALID);
}

/* ---- the body ----------------------------------------------------------- */

static int
write_body(struct vexlog_bytes *out, struct reader *r, const struct parts *p,
    enum hash_kind hash)
{
	static const char *const hashes[] = {
	    "SHA2_256", "SHA2_384", "SHA2_512"};
	bool certified = p->certificate.size > 0;
	char *digest = text_base64(r->arena, p->digest, r->err);
	char *signature = text_base64(r->arena, p->signature, r->err);
	char *key =
	    text_base64(r->arena, certified ? p->certificate : p->key, r->err);
	struct json_writer w;
	struct buffer b;

	if (digest == NULL || signature == NULL || key == NULL)
		return r->err->code;
	buffer_open(&b, r->arena, ENTRY_BODY_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "apiVersion", "0.0.2");
	json_member(&w, "kind", "hashedrekord");
	json_name(&w, "spec");
	json_object(&w);
	json_name(&w, "hashedRekordV002");
	json_object(&w);
	json_name(&w, "data");
	json_object(&w);
	json_member(&w, "algorithm", hashes[hash]);
	json_member(&w, "digest", digest);
	json_close(&w);
	json_name(&w, "signature");
	json_object(&w);
	json_member(&w, "content", signature);
	json_name(&w, "verifier");
	json_object(&w);
	json_member(&w, "keyDetails", p->kind);
	json_name(&w, certified ? "x509Certificate" : "publicKey");
	json_object(&w);
	json_member(&w, "rawBytes", key);
	for (int i = 0; i < 6; i++)
		json_close(&w);
	if (buffer_finish(&b, out, r->err) == 0)
		return 0;
	/* a certificate that is too large for an entry bundle */
	return r->err->code == VEXLOG_LIMIT ? refuse(r, LOG_REQUEST_INVALID)
					    : r->err->code;
}

int
log_request_read(struct vexlog_bytes *body, struct vexlog_arena *arena,
    struct key_cache *keys, struct vexlog_bytes request,
    struct vexlog_err *err)
{
	/* logs before 2.3.0 took the second one */
	static const struct field fields[] = {
	    {"hashedRekordRequestV002", "hashed_rekord_request_v002"},
	    {"dsseRequestV002", "dsse_request_v002"}};
	struct reader r = {
	    .arena = arena, .keys = keys, .in = request, .err = err};
	const struct json_value *m[2];
	enum hash_kind hash = HASH_SHA256;
	struct vexlog_err why;
	struct parts parts;
	int rc;

	if (text_blank_json(request))
		return refuse(&r, LOG_REQUEST_NO_TYPE);
	if (json_read(&r.doc, arena, request, 0, &why) != 0)
		return refuse_syntax(&r, &why);
	if ((rc = read_members(m, &r, r.doc.root, fields, 2)) != 0)
		return rc;
	if (m[0] == NULL)
		return refuse(&r, LOG_REQUEST_NO_TYPE);
	if ((rc = read_parts(&parts, &r, m[0])) != 0 ||
	    (rc = verify(&r, &parts, &hash)) != 0)
		return rc;
	return write_body(body, &r, &parts, hash);
}
