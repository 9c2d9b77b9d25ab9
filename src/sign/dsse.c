/*
 * dsse.c - DSSE v1 envelopes: read, write, sign, verify.
 *
 * The payload that a caller gets is the bytes that were signed; nobody reads
 * the envelope a second time.
 */
#include "sign/dsse.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "json/write.h"

#define PAYLOAD_TYPE_MAX 1024
#define SIGNATURE_MAX    (16 * KIB) /* RSA of 16384 bits has 2 KiB */

int
dsse_pae(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *payload_type, struct vexlog_bytes payload,
    struct vexlog_err *err)
{
	struct buffer b;

	/* protocol.md: PAE(type, body) = "DSSEv1" + SP + LEN(type) + SP + type
	 * + SP + LEN(body) + SP + body, LEN in ASCII decimal of the bytes */
	buffer_open(&b, arena, ENVELOPE_SIZE_MAX);
	buffer_print(&b, "DSSEv1 %zu %s %zu ", strlen(payload_type),
	    payload_type, payload.size);
	buffer_bytes(&b, payload.data, payload.size);
	return buffer_finish(&b, out, err);
}

int
dsse_sign(struct vexlog_bytes *envelope, struct vexlog_arena *arena,
    const char *payload_type, struct vexlog_bytes payload,
    const struct key *key, struct vexlog_err *err)
{
	struct vexlog_bytes pae, signature;
	struct json_writer w;
	struct buffer b;
	char *payload64, *signature64;
	int rc;

	if ((rc = dsse_pae(&pae, arena, payload_type, payload, err)) != 0 ||
	    (rc = key_sign(&signature, arena, key, pae, err)) != 0)
		return rc;
	if ((payload64 = text_base64(arena, payload, err)) == NULL ||
	    (signature64 = text_base64(arena, signature, err)) == NULL)
		return err->code;
	buffer_open(&b, arena, ENVELOPE_SIZE_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "payload", payload64);
	json_member(&w, "payloadType", payload_type);
	json_name(&w, "signatures");
	json_array(&w);
	json_object(&w);
	json_member(&w, "keyid", key_id(key));
	json_member(&w, "sig", signature64);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	return buffer_finish(&b, envelope, err);
}

/* envelope.md: standard or URL base64, "MUST accept either". */
static int
unbase64(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v, size_t max,
    struct vexlog_err *err)
{
	if (v->size > (max + 2) / 3 * 4)
		return err_set(err, VEXLOG_LIMIT,
		    "%u base64 digits, at most %zu are taken", v->size,
		    (max + 2) / 3 * 4);
	return json_base64(out, arena, doc, v, BASE64_ANY, err);
}

static int
read_signature(struct dsse_signature *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err)
{
	const struct json_value *sig;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err,
		    "a signature is an object, not %s",
		    json_type_name(v->type));
	if ((rc = json_need(&sig, doc, v, "sig", JSON_STRING, err)) != 0 ||
	    (rc = unbase64(&out->bytes, arena, doc, sig, SIGNATURE_MAX, err)) !=
		0 ||
	    (rc = json_want_text(&out->key_id, doc, v, "keyid", err)) != 0)
		return rc;
	if (out->bytes.size == 0)
		return json_fail(doc, sig, err, "an empty signature");
	return 0;
}

static int
read_signatures(struct dsse *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *list,
    struct vexlog_err *err)
{
	size_t count = json_count(list), i = 0;
	struct dsse_signature *signatures;
	const struct json_value *v;
	int rc;

	if (count == 0)
		return json_fail(
		    doc, list, err, "an envelope without a signature");
	if (count > DSSE_SIGNATURES_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "%zu signatures, at most %d are taken", count,
		    DSSE_SIGNATURES_MAX);
	signatures = arena_list(arena, count, sizeof(*signatures), err);
	if (signatures == NULL)
		return err->code;
	for (v = json_first(list); v != json_end(list); v = json_next(v))
		if ((rc = read_signature(
			 &signatures[i++], arena, doc, v, err)) != 0)
			return rc;
	out->signatures = signatures;
	out->signature_count = count;
	return 0;
}

static int
read_envelope(struct dsse *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *envelope,
    struct vexlog_err *err)
{
	const struct json_value *payload, *type, *list;
	struct dsse dsse = {0};
	int rc;

	if (!json_is(envelope, JSON_OBJECT))
		return json_fail(doc, envelope, err,
		    "an envelope is an object, not %s",
		    json_type_name(envelope->type));
	if ((rc = json_need(
		 &type, doc, envelope, "payloadType", JSON_STRING, err)) != 0 ||
	    (rc = json_need(
		 &payload, doc, envelope, "payload", JSON_STRING, err)) != 0 ||
	    (rc = json_need(
		 &list, doc, envelope, "signatures", JSON_ARRAY, err)) != 0)
		return rc;
	if (type->size == 0 || type->size > PAYLOAD_TYPE_MAX)
		return json_fail(doc, type, err,
		    "a payload type has 1 to %d bytes, this one %u",
		    PAYLOAD_TYPE_MAX, type->size);
	dsse.payload_type = type->as.text;
	if ((rc = unbase64(&dsse.payload, arena, doc, payload,
		 ENVELOPE_SIZE_MAX, err)) != 0 ||
	    (rc = read_signatures(&dsse, arena, doc, list, err)) != 0 ||
	    (rc = dsse_pae(
		 &dsse.pae, arena, dsse.payload_type, dsse.payload, err)) != 0)
		return rc;
	*out = dsse;
	return 0;
}

int
dsse_read_value(struct dsse *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *envelope,
    struct vexlog_err *err)
{
	int rc = read_envelope(out, arena, doc, envelope, err);

	if (rc == VEXLOG_SHAPE || rc == VEXLOG_SYNTAX) {
		err_rule(err, "DSSE envelope");
		err_hint(err,
		    "give a DSSE v1 envelope: {\"payloadType\":…,"
		    "\"payload\":…,\"signatures\":[{\"sig\":…}]}");
	}
	return rc;
}

static int
read_bytes(struct dsse *out, struct vexlog_arena *arena,
    struct vexlog_bytes envelope, struct vexlog_err *err)
{
	struct json_doc doc;
	int rc;

	if (envelope.size > ENVELOPE_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "an envelope of %zu bytes, at most %zu are taken",
		    envelope.size, ENVELOPE_SIZE_MAX);
	if ((rc = json_read(&doc, arena, envelope, 0, err)) != 0)
		return rc;
	return dsse_read_value(out, arena, &doc, doc.root, err);
}

int
dsse_read(struct dsse *out, struct vexlog_arena *arena,
    struct vexlog_bytes envelope, struct vexlog_err *err)
{
	int rc = read_bytes(out, arena, envelope, err);

	if (rc == VEXLOG_SYNTAX) {
		err_rule(err, "DSSE envelope");
		err_hint(err, "give a DSSE v1 envelope, which is JSON");
	}
	return rc;
}

int
dsse_verify(size_t *which, const struct dsse *dsse, const struct key *key,
    struct vexlog_err *err)
{
	struct vexlog_err why;

	for (size_t i = 0; i < dsse->signature_count; i++) {
		int rc =
		    key_verify(key, dsse->pae, dsse->signatures[i].bytes, &why);
		if (rc == 0) {
			if (which != NULL)
				*which = i;
			return 0;
		}
		if (rc != VEXLOG_BAD_PROOF) {
			*err = why;
			return rc;
		}
	}
	if (dsse->signature_count == 1) {
		*err = why;
		return VEXLOG_BAD_PROOF;
	}
	err_set(err, VEXLOG_BAD_PROOF,
	    "none of the %zu signatures is by key %s (%s)",
	    dsse->signature_count, key_id(key), key_algo(key));
	err_hint(err,
	    "the payload was changed after it was signed, or "
	    "somebody else signed it");
	return VEXLOG_BAD_PROOF;
}
