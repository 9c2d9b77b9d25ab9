/*
 * bundle_read.c - the form of a Sigstore bundle: from JSON to plain structs.
 *
 * A oneof of the format must have exactly one member here; two would leave it
 * to each reader which of them counts. Fields that we do not know pass.
 */
#include <string.h>

#include "base/text.h"
#include "tlog/bundle.h"

struct reader {
	struct vexlog_arena *arena;
	const struct json_doc *doc;
	struct vexlog_err *err;
};

/* ---- pieces ----------------------------------------------------------- */

/* protojson writes an absent message as null or not at all. */
static const struct json_value *
get_set(const struct json_value *object, const char *name)
{
	const struct json_value *v = json_get(object, name);

	return json_is(v, JSON_NULL) ? NULL : v;
}

static int
need_base64(struct vexlog_bytes *out, const struct reader *r,
    const struct json_value *object, const char *name)
{
	int rc = json_need_base64(
	    out, r->arena, r->doc, object, name, BASE64_ANY, r->err);

	if (rc == 0 && out->size == 0)
		return json_fail(
		    r->doc, json_get(object, name), r->err, "is empty");
	return rc;
}

/* *out stays NULL when the list is absent. */
static int
want_list(const struct json_value **out, const struct reader *r,
    const struct json_value *object, const char *name, size_t max)
{
	const struct json_value *list = NULL;
	int rc;

	if (get_set(object, name) == NULL)
		return 0;
	rc = json_need(&list, r->doc, object, name, JSON_ARRAY, r->err);
	if (rc != 0)
		return rc;
	if (json_count(list) > max)
		return err_set(r->err, VEXLOG_LIMIT,
		    "%zu of \"%s\", at most %zu are taken", json_count(list),
		    name, max);
	*out = list;
	return 0;
}

static bool
same_bytes(struct vexlog_bytes a, struct vexlog_bytes b)
{
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* ---- version ---------------------------------------------------------- */

static int
read_version(struct bundle *out, const struct reader *r)
{
	static const struct {
		const char *type;
		int minor;
	} known[] = {
	    {"application/vnd.dev.sigstore.bundle+json;version=0.1", 1},
	    {"application/vnd.dev.sigstore.bundle+json;version=0.2", 2},
	    {"application/vnd.dev.sigstore.bundle+json;version=0.3", 3},
	    {"application/vnd.dev.sigstore.bundle.v0.3+json", 3},
	};
	const char *type;
	int rc =
	    json_need_text(&type, r->doc, r->doc->root, "mediaType", r->err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (text_same(type, known[i].type)) {
			out->minor = known[i].minor;
			return 0;
		}
	return json_fail(r->doc, json_get(r->doc->root, "mediaType"), r->err,
	    "\"%.100s\" is no bundle of version 0.1, 0.2 or 0.3", type);
}

/* ---- who signed ------------------------------------------------------- */

static int
read_chain(
    struct bundle *out, const struct reader *r, const struct json_value *chain)
{
	const struct json_value *list = NULL, *v;
	int rc;

	if (out->minor >= 3)
		return json_fail(r->doc, chain, r->err,
		    "a chain of certificates, v0.3 has one certificate");
	if ((rc = want_list(&list, r, chain, "certificates", X509_CHAIN_MAX)) !=
	    0)
		return rc;
	if (json_count(list) == 0)
		return json_fail(
		    r->doc, chain, r->err, "a chain without a certificate");
	for (v = json_first(list); v != json_end(list); v = json_next(v)) {
		rc = need_base64(&out->certificates[out->certificate_count], r,
		    v, "rawBytes");
		if (rc != 0)
			return rc;
		out->certificate_count++;
	}
	return 0;
}

static int
read_signer(struct bundle *out, const struct reader *r,
    const struct json_value *material)
{
	const struct json_value *one = get_set(material, "certificate");
	const struct json_value *chain =
	    get_set(material, "x509CertificateChain");
	const struct json_value *key = get_set(material, "publicKey");

	if ((one != NULL) + (chain != NULL) + (key != NULL) != 1)
		return json_fail(r->doc, material, r->err,
		    "one of \"certificate\", \"x509CertificateChain\" and "
		    "\"publicKey\" is needed, here are %d",
		    (one != NULL) + (chain != NULL) + (key != NULL));
	if (chain != NULL)
		return read_chain(out, r, chain);
	if (one != NULL) {
		out->certificate_count = 1;
		return need_base64(&out->certificates[0], r, one, "rawBytes");
	}
	out->keyed = true;
	out->hint = "";
	if (!json_is(key, JSON_OBJECT))
		return json_fail(r->doc, key, r->err,
		    "\"publicKey\" is %s, not object",
		    json_type_name(key->type));
	if (get_set(key, "hint") == NULL)
		return 0;
	return json_want_text(&out->hint, r->doc, key, "hint", r->err);
}

/* ---- proofs ----------------------------------------------------------- */

/* v0.1: "the inclusion promise is required"; since v0.2 the proof is. */
static int
complete_entry(struct entry *entry, int minor, const struct reader *r,
    const struct json_value *v)
{
	if (minor == 1 && entry->set.size == 0)
		return json_fail(r->doc, v, r->err,
		    "no inclusion promise, v0.1 requires one");
	if (minor > 1 && !entry->has_proof)
		return json_fail(r->doc, v, r->err,
		    "no inclusion proof, v0.%d requires one", minor);
	if (minor > 1 && entry->checkpoint == NULL)
		return json_fail(r->doc, v, r->err,
		    "no checkpoint, v0.%d requires one", minor);
	if (entry->checkpoint == NULL) {
		entry->has_proof = false;
		entry->hash_count = 0;
	}
	return 0;
}

static int
read_entries(struct bundle *out, const struct reader *r,
    const struct json_value *material)
{
	const struct json_value *list = NULL, *v;
	struct entry *entries;
	size_t n = 0;
	int rc;

	if ((rc = want_list(
		 &list, r, material, "tlogEntries", BUNDLE_ENTRIES_MAX)) != 0)
		return rc;
	if (json_count(list) == 0)
		return json_fail(r->doc, material, r->err, "no entry of a log");
	entries =
	    arena_list(r->arena, json_count(list), sizeof(*entries), r->err);
	if (entries == NULL)
		return r->err->code;
	for (v = json_first(list); v != json_end(list); v = json_next(v)) {
		rc = entry_read_v2(&entries[n], r->arena, r->doc, v, r->err);
		if (rc != 0 ||
		    (rc = complete_entry(&entries[n], out->minor, r, v)) != 0)
			return rc;
		for (size_t i = 0; i < n; i++)
			if (text_same(entries[i].log_id, entries[n].log_id) &&
			    entries[i].log_index == entries[n].log_index)
				return json_fail(
				    r->doc, v, r->err, "the same entry twice");
		n++;
	}
	out->entries = entries;
	out->entry_count = n;
	return 0;
}

static int
read_timestamps(struct bundle *out, const struct reader *r,
    const struct json_value *material)
{
	const struct json_value *data =
	    get_set(material, "timestampVerificationData");
	const struct json_value *list = NULL, *v;
	struct vexlog_bytes *stamps;
	size_t n = 0;
	int rc;

	if (data == NULL)
		return 0;
	if ((rc = json_need(&data, r->doc, material,
		 "timestampVerificationData", JSON_OBJECT, r->err)) != 0 ||
	    (rc = want_list(&list, r, data, "rfc3161Timestamps",
		 BUNDLE_TIMESTAMPS_MAX)) != 0)
		return rc;
	if (list == NULL)
		return 0;
	stamps =
	    arena_list(r->arena, json_count(list), sizeof(*stamps), r->err);
	if (stamps == NULL)
		return r->err->code;
	for (v = json_first(list); v != json_end(list); v = json_next(v)) {
		rc = need_base64(&stamps[n], r, v, "signedTimestamp");
		if (rc != 0)
			return rc;
		for (size_t i = 0; i < n; i++)
			if (same_bytes(stamps[i], stamps[n]))
				return json_fail(r->doc, v, r->err,
				    "the same timestamp twice");
		n++;
	}
	out->timestamps = stamps;
	out->timestamp_count = n;
	return 0;
}

/* ---- what was signed -------------------------------------------------- */

static int
read_digest(struct bundle *out, const struct reader *r,
    const struct json_value *message)
{
	static const char *const names[] = {"SHA2_256", "SHA2_384", "SHA2_512"};
	static const size_t sizes[] = {32, 48, 64};
	const struct json_value *v = NULL;
	const char *name;
	int rc;

	if (get_set(message, "messageDigest") == NULL)
		return 0;
	if ((rc = json_need(&v, r->doc, message, "messageDigest", JSON_OBJECT,
		 r->err)) != 0 ||
	    (rc = json_need_text(&name, r->doc, v, "algorithm", r->err)) != 0 ||
	    (rc = need_base64(&out->digest, r, v, "digest")) != 0)
		return rc;
	for (enum hash_kind k = HASH_SHA256; k <= HASH_SHA512; k++)
		if (text_same(name, names[k])) {
			out->digest_kind = k;
			out->has_digest = true;
		}
	if (!out->has_digest)
		return json_fail(r->doc, v, r->err,
		    "\"%.40s\" is no hash that is used here", name);
	if (out->digest.size != sizes[out->digest_kind])
		return json_fail(r->doc, v, r->err,
		    "a digest of %zu bytes, %s has %zu", out->digest.size, name,
		    sizes[out->digest_kind]);
	return 0;
}

static int
read_content(struct bundle *out, const struct reader *r)
{
	const struct json_value *root = r->doc->root;
	const struct json_value *message = get_set(root, "messageSignature");
	const struct json_value *envelope = get_set(root, "dsseEnvelope");
	int rc;

	if ((message != NULL) + (envelope != NULL) != 1)
		return json_fail(r->doc, root, r->err,
		    "one of \"messageSignature\" and \"dsseEnvelope\" is "
		    "needed");
	if (message != NULL) {
		if ((rc = read_digest(out, r, message)) != 0)
			return rc;
		return need_base64(&out->signature, r, message, "signature");
	}
	out->enveloped = true;
	if ((rc = dsse_read_value(
		 &out->envelope, r->arena, r->doc, envelope, r->err)) != 0)
		return rc;
	if (out->envelope.signature_count != 1)
		return json_fail(r->doc, envelope, r->err,
		    "%zu signatures, a bundle has exactly one",
		    out->envelope.signature_count);
	out->signature = out->envelope.signatures[0].bytes;
	return 0;
}

static int
read_all(struct bundle *out, const struct reader *r)
{
	const struct json_value *material = NULL;
	int rc;

	if (!json_is(r->doc->root, JSON_OBJECT))
		return json_fail(r->doc, r->doc->root, r->err,
		    "a bundle is an object, not %s",
		    json_type_name(r->doc->root->type));
	if ((rc = read_version(out, r)) != 0 ||
	    (rc = json_need(&material, r->doc, r->doc->root,
		 "verificationMaterial", JSON_OBJECT, r->err)) != 0 ||
	    (rc = read_signer(out, r, material)) != 0 ||
	    (rc = read_entries(out, r, material)) != 0 ||
	    (rc = read_timestamps(out, r, material)) != 0)
		return rc;
	return read_content(out, r);
}

int
bundle_read(struct bundle *out, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err)
{
	struct bundle bundle = {0};
	struct json_doc doc;
	const struct reader r = {arena, &doc, err};
	int rc;

	if (json.size > BUNDLE_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "a bundle of %zu bytes, at most %zu are taken", json.size,
		    BUNDLE_SIZE_MAX);
	if ((rc = json_read(&doc, arena, json, 0, err)) != 0 ||
	    (rc = read_all(&bundle, &r)) != 0) {
		err_rule(err, "Sigstore bundle");
		err_hint(err,
		    "give a bundle as sigstore clients write it "
		    "(.sigstore.json)");
		return rc;
	}
	*out = bundle;
	return 0;
}
