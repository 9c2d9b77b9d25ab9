/*
 * bundle_root.c - read the authorities and certificate logs of a trusted root.
 *
 * The transparency logs in it are trust.c's; all the rest is read here with
 * the same strictness: what we could use and is wrong refuses the file, a
 * kind of key that we can't verify is left out, fields we do not know pass.
 */
#include "tlog/bundle_root.h"

#include <string.h>

#include "base/embedded.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/trusted_root.h"

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

/* A start is required: without one it would be believed for all of the past. */
static int
read_validity(int64_t *from, int64_t *until, const struct reader *r,
    const struct json_value *object)
{
	const struct json_value *range = NULL;
	int rc =
	    json_need(&range, r->doc, object, "validFor", JSON_OBJECT, r->err);

	if (rc != 0 ||
	    (rc = json_need_time(from, r->doc, range, "start", r->err)) != 0)
		return rc;
	*until = TIME_MAX;
	if (get_set(range, "end") != NULL &&
	    (rc = json_need_time(until, r->doc, range, "end", r->err)) != 0)
		return rc;
	if (*until < *from)
		return json_fail(
		    r->doc, range, r->err, "ends before it begins");
	return 0;
}

static int
read_name(const char **out, const struct reader *r,
    const struct json_value *object, const char *name)
{
	*out = "";
	if (get_set(object, name) == NULL)
		return 0;
	return json_want_text(out, r->doc, object, name, r->err);
}

/* What is wrong inside bytes of the file is wrong with the file, there. */
static int
in_file(const struct reader *r, const struct json_value *v, int rc)
{
	struct vexlog_err why = *r->err;

	if (rc != VEXLOG_SYNTAX && rc != VEXLOG_REFUSED && rc != VEXLOG_LIMIT)
		return rc;
	return json_fail(r->doc, v, r->err, "%s", why.message);
}

/* ---- authorities ------------------------------------------------------ */

static int
read_ders(struct bundle_authority *out, const struct reader *r)
{
	const struct json_value *chain = NULL, *list = NULL, *v;
	struct vexlog_bytes *ders;
	int rc;

	if ((rc = json_need(&chain, r->doc, out->at, "certChain", JSON_OBJECT,
		 r->err)) != 0 ||
	    (rc = json_need(&list, r->doc, chain, "certificates", JSON_ARRAY,
		 r->err)) != 0)
		return rc;
	if (json_count(list) == 0 || json_count(list) > X509_CHAIN_MAX)
		return json_fail(r->doc, list, r->err,
		    "%zu certificates, 1 to %d are taken", json_count(list),
		    X509_CHAIN_MAX);
	ders = arena_list(r->arena, json_count(list), sizeof(*ders), r->err);
	if (ders == NULL)
		return r->err->code;
	out->ders = ders;
	for (v = json_first(list); v != json_end(list); v = json_next(v)) {
		rc = json_need_base64(&ders[out->der_count], r->arena, r->doc,
		    v, "rawBytes", BASE64_ANY, r->err);
		if (rc != 0)
			return rc;
		out->der_count++;
	}
	return 0;
}

int
bundle_root_chain(struct bundle_authority *a, const struct bundle_root *root,
    struct vexlog_err *err)
{
	const struct reader r = {root->arena, &root->doc, err};
	struct x509_chain chain = {NULL, 0};
	int rc;

	if (a->chain.count > 0)
		return 0;
	chain.list =
	    arena_list(r.arena, a->der_count, sizeof(struct x509 *), err);
	if (chain.list == NULL)
		return err->code;
	for (size_t i = 0; i < a->der_count; i++) {
		rc = x509_read(&chain.list[i], a->ders[i], err);
		if (rc != 0) {
			x509_chain_close(&chain);
			return in_file(&r, a->at, rc);
		}
		chain.count++;
	}
	a->chain = chain;
	return 0;
}

static int
read_authorities(struct bundle_authority **list, size_t *count,
    const struct reader *r, const char *name)
{
	const struct json_value *array = NULL, *v;
	struct bundle_authority *out;
	int rc;

	if (get_set(r->doc->root, name) == NULL)
		return 0;
	if ((rc = json_need(
		 &array, r->doc, r->doc->root, name, JSON_ARRAY, r->err)) != 0)
		return rc;
	if (json_count(array) > TRUST_KEYS_MAX)
		return err_set(r->err, VEXLOG_LIMIT,
		    "%zu of %s, at most %d are taken", json_count(array), name,
		    TRUST_KEYS_MAX);
	out = arena_list(r->arena, json_count(array), sizeof(*out), r->err);
	if (out == NULL)
		return r->err->code;
	*list = out;
	for (v = json_first(array); v != json_end(array); v = json_next(v)) {
		out = &(*list)[(*count)++];
		if (!json_is(v, JSON_OBJECT))
			return json_fail(r->doc, v, r->err,
			    "an authority is an object, not %s",
			    json_type_name(v->type));
		out->at = v;
		if ((rc = read_name(&out->name, r, v, "uri")) != 0 ||
		    (rc = read_ders(out, r)) != 0 ||
		    (rc = read_validity(
			 &out->valid_from, &out->valid_until, r, v)) != 0)
			return rc;
	}
	return 0;
}

/* ---- certificate logs ------------------------------------------------- */

/* RFC 6962 2.1.4: P-256, or RSA; what else there is stays out. */
static bool
is_usable(const char *details)
{
	return text_same(details, "PKIX_ECDSA_P256_SHA_256") ||
	    text_starts(details, "PKIX_RSA_PKCS1V15_");
}

static int
read_id(struct bundle_ctlog *log, const struct reader *r)
{
	const struct json_value *id = NULL;
	struct vexlog_bytes given;
	int rc;

	if ((rc = json_need(
		 &id, r->doc, log->at, "logId", JSON_OBJECT, r->err)) != 0 ||
	    (rc = json_need_base64(&given, r->arena, r->doc, id, "keyId",
		 BASE64_ANY, r->err)) != 0)
		return rc;
	if (given.size != HASH_SIZE)
		return json_fail(r->doc, json_get(id, "keyId"), r->err,
		    "%zu bytes, a key id has %d", given.size, HASH_SIZE);
	memcpy(log->id.bytes, given.data, HASH_SIZE);
	return 0;
}

static int
read_ctlog(struct bundle_root *root, const struct reader *r,
    const struct json_value *v)
{
	struct bundle_ctlog *log = &root->ctlogs[root->ctlog_count];
	const struct json_value *key = NULL;
	const char *details;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(r->doc, v, r->err,
		    "a log is an object, not %s", json_type_name(v->type));
	log->at = v;
	if ((rc = read_name(&log->name, r, v, "baseUrl")) != 0 ||
	    (rc = json_need(
		 &key, r->doc, v, "publicKey", JSON_OBJECT, r->err)) != 0 ||
	    (rc = json_need_text(
		 &details, r->doc, key, "keyDetails", r->err)) != 0 ||
	    (rc = json_need_base64(&log->der, r->arena, r->doc, key, "rawBytes",
		 BASE64_ANY, r->err)) != 0 ||
	    (rc = read_validity(&log->valid_from, &log->valid_until, r, key)) !=
		0 ||
	    (rc = read_id(log, r)) != 0)
		return rc;
	root->ctlog_count += is_usable(details);
	return 0;
}

int
bundle_root_key(struct bundle_ctlog *log, const struct bundle_root *root,
    struct vexlog_err *err)
{
	const struct reader r = {root->arena, &root->doc, err};
	char hex[2 * HASH_SIZE + 1];
	struct key *key;
	int rc;

	if (log->key != NULL)
		return 0;
	if ((rc = key_read_public(&key, log->der, err)) != 0)
		return in_file(&r, log->at, rc);
	text_hex(hex, log->id.bytes, HASH_SIZE);
	if (!text_same(hex, key_id(key))) {
		rc = json_fail(r.doc, json_get(log->at, "logId"), err,
		    "is %s, the key gives %s", hex, key_id(key));
		key_close(key);
		return rc;
	}
	log->key = key;
	return 0;
}

static int
read_ctlogs(struct bundle_root *root, const struct reader *r)
{
	const struct json_value *array = NULL, *v;
	int rc;

	if (get_set(r->doc->root, "ctlogs") == NULL)
		return 0;
	if ((rc = json_need(&array, r->doc, r->doc->root, "ctlogs", JSON_ARRAY,
		 r->err)) != 0)
		return rc;
	if (json_count(array) > TRUST_KEYS_MAX)
		return err_set(r->err, VEXLOG_LIMIT,
		    "%zu logs, at most %d are taken", json_count(array),
		    TRUST_KEYS_MAX);
	root->ctlogs = arena_list(
	    r->arena, json_count(array), sizeof(*root->ctlogs), r->err);
	if (root->ctlogs == NULL)
		return r->err->code;
	for (v = json_first(array); v != json_end(array); v = json_next(v))
		if ((rc = read_ctlog(root, r, v)) != 0)
			return rc;
	return 0;
}

/* ---- the whole -------------------------------------------------------- */

static int
read_root(
    struct bundle_root *root, struct vexlog_bytes json, struct vexlog_err *err)
{
	const struct reader r = {root->arena, &root->doc, err};
	int rc;

	/* refuses a size past its limit before anything else is read */
	if ((rc = trust_read(&root->trust, json, err)) != 0 ||
	    (rc = json_read(&root->doc, root->arena, json, 0, err)) != 0)
		return rc;
	if (!trusted_root_is(root->doc.root))
		return 0;
	if ((rc = read_authorities(&root->issuers, &root->issuer_count, &r,
		 "certificateAuthorities")) != 0 ||
	    (rc = read_authorities(&root->stampers, &root->stamper_count, &r,
		 "timestampAuthorities")) != 0)
		return rc;
	return read_ctlogs(root, &r);
}

int
bundle_root_read(struct bundle_root *out, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err)
{
	struct bundle_root root = {.arena = arena};
	int rc = read_root(&root, json, err);

	if (rc != 0) {
		bundle_root_close(&root);
		err_rule(err, "Sigstore trusted root");
		return rc;
	}
	*out = root;
	return 0;
}

static void
close_authorities(struct bundle_authority *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		x509_chain_close(&list[i].chain);
}

void
bundle_root_close(struct bundle_root *root)
{
	if (root == NULL)
		return;
	trust_close(root->trust);
	close_authorities(root->issuers, root->issuer_count);
	close_authorities(root->stampers, root->stamper_count);
	for (size_t i = 0; i < root->ctlog_count; i++)
		key_close(root->ctlogs[i].key);
	*root = (struct bundle_root){0};
}

int
bundle_root_builtin(
    struct vexlog_bytes *json, const char *name, struct vexlog_err *err)
{
	const char *file = text_same(name, "public-good") ? "trusted_root.json"
	    : text_same(name, "staging") ? "trusted_root_staging.json"
					 : NULL;

	for (const struct embedded_file *f = embedded_roots;
	     file != NULL && f->name != NULL; f++)
		if (text_same(f->name, file)) {
			*json = (struct vexlog_bytes){
			    (const uint8_t *)f->text, f->size};
			return 0;
		}
	err_set(
	    err, VEXLOG_MISUSE, "no trusted root \"%.40s\" is built in", name);
	err_hint(err, "\"public-good\" and \"staging\" are");
	return VEXLOG_MISUSE;
}
