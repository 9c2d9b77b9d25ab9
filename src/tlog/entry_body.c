/*
 * entry_body.c - read the canonical bodies of log entries, write our own.
 *
 * The five kinds say the same three things in five forms: a digest, signatures
 * and their verifiers. Here they become one struct, so that binding is judged
 * in one place. Members that we do not know pass: the leaf hash covers them.
 */
#include "tlog/entry_body.h"

#include <string.h>

#include "base/text.h"
#include "sign/pem.h"
#include "tlog/entry.h"
#include "json/write.h"

struct reader {
	struct vexlog_arena *arena;
	const struct json_doc *doc;
	struct vexlog_err *err;
};

/* ---- values ----------------------------------------------------------- */

static int
read_base64(struct vexlog_bytes *out, const struct reader *r,
    const struct json_value *object, const char *name)
{
	int rc = json_need_base64(
	    out, r->arena, r->doc, object, name, BASE64_STANDARD, r->err);

	if (rc == 0 && out->size == 0)
		return json_fail(
		    r->doc, json_get(object, name), r->err, "is empty");
	return rc;
}

static bool
hash_of_name(enum hash_kind *out, const char *name, const char *const *names)
{
	for (enum hash_kind k = HASH_SHA256; k <= HASH_SHA512; k++)
		if (text_same(name, names[k])) {
			*out = k;
			return true;
		}
	return false;
}

static size_t
hash_size(enum hash_kind kind)
{
	return kind == HASH_SHA256 ? 32 : kind == HASH_SHA384 ? 48 : 64;
}

/* {"algorithm":"sha256","value":hex}, as v1 has it. */
static int
read_hash_v1(enum hash_kind *kind, struct vexlog_bytes *out,
    const struct reader *r, const struct json_value *object, const char *name)
{
	static const char *const names[] = {"sha256", "sha384", "sha512"};
	const struct json_value *v = NULL;
	const char *algorithm, *value;
	uint8_t *bytes;
	int rc;

	if ((rc = json_need(&v, r->doc, object, name, JSON_OBJECT, r->err)) !=
		0 ||
	    (rc = json_need_text(&algorithm, r->doc, v, "algorithm", r->err)) !=
		0 ||
	    (rc = json_need_text(&value, r->doc, v, "value", r->err)) != 0)
		return rc;
	if (!hash_of_name(kind, algorithm, names))
		return json_fail(r->doc, v, r->err,
		    "\"%.40s\" is no hash that is used here", algorithm);
	size_t size = hash_size(*kind);
	if ((bytes = arena_take(r->arena, size, r->err)) == NULL)
		return r->err->code;
	if (!text_unhex(bytes, size, value))
		return json_fail(r->doc, v, r->err,
		    "\"%.130s\" is no %s in lower-case hex", value, algorithm);
	*out = (struct vexlog_bytes){bytes, size};
	return 0;
}

/* {"algorithm":"SHA2_256","digest":base64}, as v2 has it. */
static int
read_hash_v2(enum hash_kind *kind, struct vexlog_bytes *out,
    const struct reader *r, const struct json_value *object, const char *name)
{
	static const char *const names[] = {"SHA2_256", "SHA2_384", "SHA2_512"};
	const struct json_value *v = NULL;
	const char *algorithm;
	int rc;

	if ((rc = json_need(&v, r->doc, object, name, JSON_OBJECT, r->err)) !=
		0 ||
	    (rc = json_need_text(&algorithm, r->doc, v, "algorithm", r->err)) !=
		0 ||
	    (rc = read_base64(out, r, v, "digest")) != 0)
		return rc;
	if (!hash_of_name(kind, algorithm, names))
		return json_fail(r->doc, v, r->err,
		    "\"%.40s\" is no hash that is used here", algorithm);
	if (out->size != hash_size(*kind))
		return json_fail(r->doc, v, r->err,
		    "a digest of %zu bytes, %s has %zu", out->size, algorithm,
		    hash_size(*kind));
	return 0;
}

/* Base64 of a PEM public key or certificate. */
static int
read_verifier_v1(struct body_signature *out, const struct reader *r,
    const struct json_value *object, const char *name)
{
	struct vexlog_bytes text, der;
	struct vexlog_err why;
	struct pem pem;
	int rc = read_base64(&text, r, object, name);

	if (rc != 0)
		return rc;
	rc = pem_read(&pem, text, &why);
	if (rc == VEXLOG_NO_MEMORY)
		*r->err = why;
	else if (rc != 0)
		rc = json_fail(
		    r->doc, json_get(object, name), r->err, "%s", why.message);
	if (rc != 0)
		return rc;
	char *copy = arena_text(r->arena, pem.data, (size_t)pem.size, r->err);
	der = (struct vexlog_bytes){(uint8_t *)copy, (size_t)pem.size};
	if (copy == NULL)
		rc = r->err->code;
	else if (strcmp(pem.label, "PUBLIC KEY") == 0)
		out->key = der;
	else if (strcmp(pem.label, "CERTIFICATE") == 0)
		out->certificate = der;
	else
		rc = json_fail(r->doc, json_get(object, name), r->err,
		    "PEM \"%.64s\" is neither a public key nor a certificate",
		    pem.label);
	pem_close(&pem);
	return rc;
}

/* {"content":…,"verifier":{"keyDetails":…,"publicKey":{"rawBytes":…}}} */
static int
read_signature_v2(struct body_signature *out, const struct reader *r,
    const struct json_value *v)
{
	const struct json_value *verifier = NULL, *key = NULL,
				*certificate = NULL;
	int rc;

	if ((rc = read_base64(&out->bytes, r, v, "content")) != 0 ||
	    (rc = json_need(
		 &verifier, r->doc, v, "verifier", JSON_OBJECT, r->err)) != 0 ||
	    (rc = json_want(&key, r->doc, verifier, "publicKey", JSON_OBJECT,
		 r->err)) != 0 ||
	    (rc = json_want(&certificate, r->doc, verifier, "x509Certificate",
		 JSON_OBJECT, r->err)) != 0)
		return rc;
	if ((key == NULL) == (certificate == NULL))
		return json_fail(r->doc, verifier, r->err,
		    "a verifier is a public key or a certificate, one of "
		    "both");
	return key != NULL
	    ? read_base64(&out->key, r, key, "rawBytes")
	    : read_base64(&out->certificate, r, certificate, "rawBytes");
}

/* {"signature":base64,"verifier":base64 of PEM}, in a dsse 0.0.1 */
static int
read_signature_dsse(struct body_signature *out, const struct reader *r,
    const struct json_value *v)
{
	int rc = read_base64(&out->bytes, r, v, "signature");

	return rc != 0 ? rc : read_verifier_v1(out, r, v, "verifier");
}

/* {"sig":base64 of base64,"publicKey":base64 of PEM}, in an intoto 0.0.2 */
static int
read_signature_intoto(struct body_signature *out, const struct reader *r,
    const struct json_value *v)
{
	struct vexlog_bytes text;
	int rc = read_base64(&text, r, v, "sig");

	if (rc != 0)
		return rc;
	rc = text_unbase64(&out->bytes, r->arena, (const char *)text.data,
	    text.size, BASE64_ANY, r->err);
	if (rc == VEXLOG_SYNTAX || (rc == 0 && out->bytes.size == 0))
		return json_fail(r->doc, json_get(v, "sig"), r->err,
		    "\"sig\" is no base64 of base64");
	if (rc != 0)
		return rc;
	return read_verifier_v1(out, r, v, "publicKey");
}

static int
read_signatures(struct entry_body *out, const struct reader *r,
    const struct json_value *object,
    int (*read)(struct body_signature *, const struct reader *,
	const struct json_value *))
{
	const struct json_value *list = NULL, *v;
	int rc =
	    json_need(&list, r->doc, object, "signatures", JSON_ARRAY, r->err);

	if (rc != 0)
		return rc;
	if (json_count(list) == 0 || json_count(list) > DSSE_SIGNATURES_MAX)
		return json_fail(r->doc, list, r->err,
		    "%zu signatures, 1 to %d are taken", json_count(list),
		    DSSE_SIGNATURES_MAX);
	for (v = json_first(list); v != json_end(list); v = json_next(v)) {
		if (!json_is(v, JSON_OBJECT))
			return json_fail(r->doc, v, r->err,
			    "a signature is an object, not %s",
			    json_type_name(v->type));
		if ((rc = read(
			 &out->signatures[out->signature_count++], r, v)) != 0)
			return rc;
	}
	return 0;
}

/* ---- the five kinds --------------------------------------------------- */

static int
read_hashedrekord_1(struct entry_body *out, const struct reader *r,
    const struct json_value *spec)
{
	const struct json_value *data = NULL, *signature = NULL, *key = NULL;
	int rc;

	out->signature_count = 1;
	if ((rc = json_need(
		 &data, r->doc, spec, "data", JSON_OBJECT, r->err)) != 0 ||
	    (rc = read_hash_v1(&out->hash, &out->digest, r, data, "hash")) !=
		0 ||
	    (rc = json_need(&signature, r->doc, spec, "signature", JSON_OBJECT,
		 r->err)) != 0 ||
	    (rc = read_base64(
		 &out->signatures[0].bytes, r, signature, "content")) != 0 ||
	    (rc = json_need(&key, r->doc, signature, "publicKey", JSON_OBJECT,
		 r->err)) != 0)
		return rc;
	return read_verifier_v1(&out->signatures[0], r, key, "content");
}

static int
read_hashedrekord_2(struct entry_body *out, const struct reader *r,
    const struct json_value *spec)
{
	const struct json_value *v = NULL, *signature = NULL;
	int rc;

	out->signature_count = 1;
	if ((rc = json_need(&v, r->doc, spec, "hashedRekordV002", JSON_OBJECT,
		 r->err)) != 0 ||
	    (rc = read_hash_v2(&out->hash, &out->digest, r, v, "data")) != 0 ||
	    (rc = json_need(
		 &signature, r->doc, v, "signature", JSON_OBJECT, r->err)) != 0)
		return rc;
	return read_signature_v2(&out->signatures[0], r, signature);
}

static int
read_dsse_1(struct entry_body *out, const struct reader *r,
    const struct json_value *spec)
{
	enum hash_kind envelope;
	int rc;

	out->of_payload = true;
	if ((rc = read_hash_v1(
		 &out->hash, &out->digest, r, spec, "payloadHash")) != 0 ||
	    (rc = read_hash_v1(
		 &envelope, &out->envelope, r, spec, "envelopeHash")) != 0)
		return rc;
	if (envelope != out->hash)
		return json_fail(r->doc, spec, r->err,
		    "payload and envelope are hashed in two ways");
	return read_signatures(out, r, spec, read_signature_dsse);
}

static int
read_dsse_2(struct entry_body *out, const struct reader *r,
    const struct json_value *spec)
{
	const struct json_value *v = NULL;
	int rc;

	out->of_payload = true;
	if ((rc = json_need(
		 &v, r->doc, spec, "dsseV002", JSON_OBJECT, r->err)) != 0 ||
	    (rc = read_hash_v2(
		 &out->hash, &out->digest, r, v, "payloadHash")) != 0)
		return rc;
	return read_signatures(out, r, v, read_signature_v2);
}

/* Its hash of the envelope is over a form that only the server knows, so it
 * binds nothing here. */
static int
read_intoto_2(struct entry_body *out, const struct reader *r,
    const struct json_value *spec)
{
	const struct json_value *content = NULL, *envelope = NULL;
	int rc;

	out->of_payload = true;
	if ((rc = json_need(&content, r->doc, spec, "content", JSON_OBJECT,
		 r->err)) != 0 ||
	    (rc = read_hash_v1(
		 &out->hash, &out->digest, r, content, "payloadHash")) != 0 ||
	    (rc = json_need(&envelope, r->doc, content, "envelope", JSON_OBJECT,
		 r->err)) != 0)
		return rc;
	return read_signatures(out, r, envelope, read_signature_intoto);
}

static const struct {
	const char *kind, *version;
	int (*read)(struct entry_body *, const struct reader *,
	    const struct json_value *);
} kinds[] = {
    {"hashedrekord", "0.0.1", read_hashedrekord_1},
    {"hashedrekord", "0.0.2", read_hashedrekord_2},
    {"dsse", "0.0.1", read_dsse_1},
    {"dsse", "0.0.2", read_dsse_2},
    {"intoto", "0.0.2", read_intoto_2},
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

static size_t
find_kind(const char *kind, const char *version)
{
	size_t i = 0;

	while (i < KINDS &&
	    !(text_same(kind, kinds[i].kind) &&
		text_same(version, kinds[i].version)))
		i++;
	return i;
}

bool
entry_body_known(const char *kind, const char *version)
{
	return find_kind(kind, version) < KINDS;
}

int
entry_body_kind(const char **kind, const char **version, struct json_doc *doc,
    struct vexlog_arena *arena, struct vexlog_bytes body,
    struct vexlog_err *err)
{
	int rc = json_read(doc, arena, body, 0, err);

	if (rc != 0)
		return rc;
	if ((rc = json_need_text(kind, doc, doc->root, "kind", err)) != 0)
		return rc;
	return json_need_text(version, doc, doc->root, "apiVersion", err);
}

int
entry_body_read(struct entry_body *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const char *kind, const char *version,
    struct vexlog_err *err)
{
	const struct reader r = {arena, doc, err};
	const struct json_value *spec = NULL;
	struct entry_body body = {0};
	size_t i = find_kind(kind, version);
	int rc;

	if (i == KINDS)
		return err_set(err, VEXLOG_SHAPE,
		    "kind \"%.40s\" version \"%.40s\" can't be read", kind,
		    version);
	if ((rc = json_need(&spec, doc, doc->root, "spec", JSON_OBJECT, err)) !=
		0 ||
	    (rc = kinds[i].read(&body, &r, spec)) != 0)
		return rc;
	*out = body;
	return 0;
}

/* ---- writing ---------------------------------------------------------- */

struct body_texts {
	char *digest, *signature, *key;
};

static int
make_texts(struct body_texts *out, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_bytes message,
    struct vexlog_bytes signature, struct vexlog_err *err)
{
	uint8_t digest[HASH_SIZE_MAX];
	size_t size;
	int rc = hash_any(digest, &size, key_hash(key), message, err);

	if (rc != 0)
		return rc;
	out->digest =
	    text_base64(arena, (struct vexlog_bytes){digest, size}, err);
	out->signature = text_base64(arena, signature, err);
	out->key = text_base64(arena, key_spki(key), err);
	return out->digest == NULL || out->signature == NULL || out->key == NULL
	    ? (int)err->code
	    : 0;
}

int
entry_body_v2(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_bytes message,
    struct vexlog_bytes signature, struct vexlog_err *err)
{
	static const char *const algorithms[] = {
	    "SHA2_256", "SHA2_384", "SHA2_512"};
	struct body_texts texts;
	struct json_writer w;
	struct buffer b;
	int rc;

	if (key_details(key) == NULL) {
		err_set(err, VEXLOG_MISUSE, "no log takes a key of the kind %s",
		    key_algo(key));
		err_hint(err,
		    "sign with an ECDSA P-256 key, as \"vexlog "
		    "init\" makes");
		return VEXLOG_MISUSE;
	}
	if ((rc = make_texts(&texts, arena, key, message, signature, err)) != 0)
		return rc;
	buffer_open(&b, arena, ENTRY_BODY_MAX);
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
	json_member(&w, "algorithm", algorithms[key_hash(key)]);
	json_member(&w, "digest", texts.digest);
	json_close(&w);
	json_name(&w, "signature");
	json_object(&w);
	json_member(&w, "content", texts.signature);
	json_name(&w, "verifier");
	json_object(&w);
	json_member(&w, "keyDetails", key_details(key));
	json_name(&w, "publicKey");
	json_object(&w);
	json_member(&w, "rawBytes", texts.key);
	for (int open = 6; open > 0; open--)
		json_close(&w);
	return buffer_finish(&b, out, err);
}
