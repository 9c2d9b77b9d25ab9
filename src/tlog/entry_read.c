/*
 * entry_read.c - the answers of Rekor v1 and v2, and what Sigstore bundles
 * hold, to one struct.
 *
 * Reading is about form and caps alone; nothing is believed yet. A time is
 * taken only where a signed entry timestamp comes with it, since nothing else
 * could prove it.
 */
#include "base/text.h"
#include "base/time.h"
#include "tlog/entry_value.h"
#include "tlog/merkle.h"

static int
missing(const struct entry_reader *r, const struct json_value *object,
    const char *name)
{
	return json_fail(r->doc, object, r->err, "\"%s\" is missing", name);
}

/* ---- Rekor v1 --------------------------------------------------------- */

/* A v1 answer says kind and version only in the body. What is no JSON gets
 * empty ones, for entry_verify to fail. */
static void
kind_of_body(struct entry *out, const struct entry_reader *r)
{
	struct vexlog_err ignored;
	struct json_doc body;

	out->kind = out->version = "";
	if (json_read(&body, r->arena, out->body, 0, &ignored) != 0)
		return;
	const char *kind = json_get_text(body.root, "kind");
	const char *version = json_get_text(body.root, "apiVersion");
	out->kind = kind == NULL ? "" : kind;
	out->version = version == NULL ? "" : version;
}

static int
read_v1_proof(struct entry *out, const struct entry_reader *r,
    const struct json_value *proof)
{
	int64_t size = 0;
	int rc;

	if (!json_is(proof, JSON_OBJECT))
		return json_fail(r->doc, proof, r->err,
		    "an inclusion proof is an object, not %s",
		    json_type_name(proof->type));
	if ((rc = entry_value_integer(
		 &out->proof_index, r, proof, "logIndex")) != 0 ||
	    (rc = entry_value_integer(&size, r, proof, "treeSize")) != 0 ||
	    (rc = entry_value_hash(
		 &out->root, r, proof, "rootHash", entry_value_hex)) != 0 ||
	    (rc = entry_value_hashes(out, r, proof, entry_value_hex)) != 0)
		return rc;
	if (entry_value_get(proof, "checkpoint") != NULL &&
	    ((rc = json_want_text(&out->checkpoint, r->doc, proof, "checkpoint",
		  r->err)) != 0 ||
		(rc = entry_value_note(
		     r, proof, "checkpoint", out->checkpoint)) != 0))
		return rc;
	out->tree_size = (uint64_t)size;
	out->has_proof = true;
	return 0;
}

static int
read_v1_verification(struct entry *out, const struct entry_reader *r,
    const struct json_value *v, int64_t integrated)
{
	const struct json_value *all = entry_value_get(v, "verification"),
				*proof;
	int rc;

	if (all == NULL)
		return missing(r, v, "verification");
	if (!json_is(all, JSON_OBJECT))
		return json_fail(r->doc, all, r->err,
		    "\"verification\" is %s, not object",
		    json_type_name(all->type));
	if (entry_value_get(all, "signedEntryTimestamp") != NULL &&
	    (rc = entry_value_base64(&out->set, r, all, "signedEntryTimestamp",
		 BASE64_STANDARD)) != 0)
		return rc;
	if (out->set.size > 0 &&
	    (rc = entry_value_seconds(&out->integrated_time, r,
		 json_get(v, "integratedTime"), integrated)) != 0)
		return rc;
	proof = entry_value_get(all, "inclusionProof");
	return proof == NULL ? 0 : read_v1_proof(out, r, proof);
}

static int
read_v1_entry(
    struct entry *out, const struct entry_reader *r, const struct json_value *v)
{
	struct entry e = {.log_url = "", .integrated_time = TIME_NONE};
	int64_t integrated = 0;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(r->doc, v, r->err,
		    "an entry is an object, not %s", json_type_name(v->type));
	/* The SET is over this text as it stands; the standard alphabet with
	 * canonical padding has one text for each value. */
	if ((rc = entry_value_base64(&e.body, r, v, "body", BASE64_STANDARD)) !=
		0 ||
	    (rc = json_need_text(&e.log_id, r->doc, v, "logID", r->err)) != 0 ||
	    (rc = entry_value_integer(&e.log_index, r, v, "logIndex")) != 0 ||
	    (rc = entry_value_integer(&integrated, r, v, "integratedTime")) !=
		0)
		return rc;
	if (!text_is_hex(e.log_id, 2 * HASH_SIZE))
		return json_fail(r->doc, json_get(v, "logID"), r->err,
		    "\"%.80s\" is no log id of 64 lower-case hex digits",
		    e.log_id);
	if ((rc = read_v1_verification(&e, r, v, integrated)) != 0)
		return rc;
	kind_of_body(&e, r);
	*out = e;
	return 0;
}

int
entry_read_v1(struct entry *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err)
{
	const struct entry_reader r = {arena, doc, err};
	struct entry entry;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "an answer is an object, not %s",
		    json_type_name(v->type));
	if (json_count(v) != 1)
		return json_fail(doc, v, err,
		    "%zu entries in the answer, expected exactly one",
		    json_count(v));
	const struct json_value *name = json_first(v);
	if (!entry_value_is_uuid(name->as.text))
		return json_fail(doc, name + 1, err,
		    "\"%.90s\" is no uuid of 80 or 64 lower-case hex digits",
		    name->as.text);
	if ((rc = read_v1_entry(&entry, &r, name + 1)) != 0)
		return rc;
	entry.uuid = name->as.text;
	*out = entry;
	return 0;
}

/* ---- Rekor v2 and bundles --------------------------------------------- */

static int
read_v2_proof(struct entry *out, const struct entry_reader *r,
    const struct json_value *proof)
{
	const struct json_value *checkpoint;
	int64_t size = 0;
	int rc;

	if (!json_is(proof, JSON_OBJECT))
		return json_fail(r->doc, proof, r->err,
		    "an inclusion proof is an object, not %s",
		    json_type_name(proof->type));
	if ((rc = entry_value_int64(&out->proof_index, r, proof, "logIndex")) !=
		0 ||
	    (rc = entry_value_int64(&size, r, proof, "treeSize")) != 0 ||
	    (rc = entry_value_hash(
		 &out->root, r, proof, "rootHash", entry_value_hash64)) != 0 ||
	    (rc = entry_value_hashes(out, r, proof, entry_value_hash64)) != 0)
		return rc;
	out->tree_size = (uint64_t)size;
	out->has_proof = true;
	checkpoint = entry_value_get(proof, "checkpoint");
	if (checkpoint == NULL)
		return 0;
	if ((rc = json_need_text(&out->checkpoint, r->doc, checkpoint,
		 "envelope", r->err)) != 0)
		return rc;
	return entry_value_note(r, checkpoint, "envelope", out->checkpoint);
}

static int
read_v2_promise(
    struct entry *out, const struct entry_reader *r, const struct json_value *v)
{
	const struct json_value *promise =
	    entry_value_get(v, "inclusionPromise");
	int64_t integrated = 0;
	int rc = entry_value_int64(&integrated, r, v, "integratedTime");

	if (rc != 0 || promise == NULL)
		return rc;
	if ((rc = entry_value_base64(&out->set, r, promise,
		 "signedEntryTimestamp", BASE64_ANY)) != 0 ||
	    out->set.size == 0)
		return rc;
	return entry_value_seconds(&out->integrated_time, r, v, integrated);
}

static int
read_v2_names(
    struct entry *out, const struct entry_reader *r, const struct json_value *v)
{
	const struct json_value *id = NULL, *kind = NULL;
	struct vexlog_bytes key;
	int rc;

	if ((rc = json_need(&id, r->doc, v, "logId", JSON_OBJECT, r->err)) !=
		0 ||
	    (rc = entry_value_base64(&key, r, id, "keyId", BASE64_ANY)) != 0 ||
	    (rc = json_need(
		 &kind, r->doc, v, "kindVersion", JSON_OBJECT, r->err)) != 0 ||
	    (rc = json_need_text(&out->kind, r->doc, kind, "kind", r->err)) !=
		0 ||
	    (rc = json_need_text(
		 &out->version, r->doc, kind, "version", r->err)) != 0)
		return rc;
	if (key.size != HASH_SIZE)
		return json_fail(r->doc, id, r->err,
		    "a log id of %zu bytes, expected %d", key.size, HASH_SIZE);
	out->log_id = text_hex_new(r->arena, key.data, key.size, r->err);
	return out->log_id == NULL ? (int)r->err->code : 0;
}

/* The uuid of a log that has none is the leaf hash. */
static int
set_uuid(struct entry *out, const struct entry_reader *r)
{
	struct hash leaf;
	int rc = merkle_leaf(&leaf, out->body, r->err);

	if (rc != 0)
		return rc;
	out->uuid = text_hex_new(r->arena, leaf.bytes, HASH_SIZE, r->err);
	return out->uuid == NULL ? (int)r->err->code : 0;
}

int
entry_read_v2(struct entry *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err)
{
	const struct entry_reader r = {arena, doc, err};
	struct entry e = {.log_url = "", .integrated_time = TIME_NONE};
	const struct json_value *proof;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "an entry is an object, not %s",
		    json_type_name(v->type));
	proof = entry_value_get(v, "inclusionProof");
	if ((rc = entry_value_int64(&e.log_index, &r, v, "logIndex")) != 0 ||
	    (rc = entry_value_base64(
		 &e.body, &r, v, "canonicalizedBody", BASE64_ANY)) != 0 ||
	    (rc = read_v2_names(&e, &r, v)) != 0 ||
	    (rc = read_v2_promise(&e, &r, v)) != 0 ||
	    (proof != NULL && (rc = read_v2_proof(&e, &r, proof)) != 0) ||
	    (rc = set_uuid(&e, &r)) != 0)
		return rc;
	*out = e;
	return 0;
}
