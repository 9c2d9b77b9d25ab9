/*
 * entry_read.c - what a log answers, in its three JSON forms, to one struct.
 *
 * Reading is about form and caps alone; nothing is believed yet. A time is
 * taken only where a signed entry timestamp comes with it, since nothing else
 * could prove it.
 */
#include "tlog/entry.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/merkle.h"
#include "json/write.h"

#define UUID_V1     80 /* hex digits: tree id and leaf hash */
#define UUID_LEAF   64
#define SECONDS_MAX 253402300799 /* 9999-12-31T23:59:59Z */

/* Where a value is read from, and to. */
struct reader {
	struct vexlog_arena *arena;
	const struct json_doc *doc;
	struct vexlog_err *err;
};

/* ---- single values ---------------------------------------------------- */

/* protojson writes what is absent as null or not at all. */
static const struct json_value *
get_set(const struct json_value *object, const char *name)
{
	const struct json_value *v = json_get(object, name);

	return json_is(v, JSON_NULL) ? NULL : v;
}

static int
missing(
    const struct reader *r, const struct json_value *object, const char *name)
{
	return json_fail(r->doc, object, r->err, "\"%s\" is missing", name);
}

static int
read_base64(struct vexlog_bytes *out, const struct reader *r,
    const struct json_value *object, const char *name,
    enum text_base64_kind kind)
{
	const struct json_value *v = NULL;
	int rc = json_need(&v, r->doc, object, name, JSON_STRING, r->err);

	if (rc != 0)
		return rc;
	if (v->size > ENTRY_JSON_MAX ||
	    !text_unbase64(out, r->arena, v->as.text, v->size, kind))
		return json_fail(
		    r->doc, v, r->err, "\"%s\" is no base64", name);
	return 0;
}

static int
not_negative(const struct reader *r, const struct json_value *v,
    const char *name, int64_t value)
{
	if (value >= 0)
		return 0;
	return json_fail(r->doc, v, r->err, "\"%s\" is %lld, below zero", name,
	    (long long)value);
}

static int
read_integer(int64_t *out, const struct reader *r,
    const struct json_value *object, const char *name)
{
	int rc = json_need_integer(out, r->doc, object, name, r->err);

	if (rc != 0)
		return rc;
	return not_negative(r, json_get(object, name), name, *out);
}

/* proto3's int64: text or number, 0 when absent. */
static int
read_int64(int64_t *out, const struct reader *r,
    const struct json_value *object, const char *name)
{
	const struct json_value *v = get_set(object, name);

	*out = 0;
	if (v == NULL)
		return 0;
	bool good = json_is(v, JSON_STRING)
	    ? text_integer(out, v->as.text)
	    : json_is(v, JSON_NUMBER) && json_integer_of(v, out);
	if (!good)
		return json_fail(
		    r->doc, v, r->err, "\"%s\" is no integer of 64 bits", name);
	return not_negative(r, v, name, *out);
}

static int
seconds(int64_t *out, const struct reader *r, const struct json_value *v,
    int64_t value)
{
	if (value > SECONDS_MAX)
		return json_fail(r->doc, v, r->err,
		    "the integrated time %lld is past the year 9999",
		    (long long)value);
	*out = value * SECOND;
	return 0;
}

static int
hash_of_hex(
    struct hash *out, const struct reader *r, const struct json_value *v)
{
	if (!json_is(v, JSON_STRING) || v->size != 2 * HASH_SIZE ||
	    !text_unhex(out->bytes, HASH_SIZE, v->as.text))
		return json_fail(
		    r->doc, v, r->err, "no hash of 64 lower-case hex digits");
	return 0;
}

static int
hash_of_base64(
    struct hash *out, const struct reader *r, const struct json_value *v)
{
	struct vexlog_bytes bytes;

	if (!json_is(v, JSON_STRING) ||
	    !text_unbase64(&bytes, r->arena, v->as.text, v->size, BASE64_ANY) ||
	    bytes.size != HASH_SIZE)
		return json_fail(
		    r->doc, v, r->err, "no hash of 32 bytes in base64");
	memcpy(out->bytes, bytes.data, HASH_SIZE);
	return 0;
}

typedef int hash_reader(
    struct hash *, const struct reader *, const struct json_value *);

static int
read_hash(struct hash *out, const struct reader *r,
    const struct json_value *object, const char *name, hash_reader *read)
{
	const struct json_value *v = NULL;
	int rc = json_need(&v, r->doc, object, name, JSON_STRING, r->err);

	return rc != 0 ? rc : read(out, r, v);
}

static int
read_hashes(struct entry *out, const struct reader *r,
    const struct json_value *object, hash_reader *read)
{
	const struct json_value *list = get_set(object, "hashes"), *v;
	struct hash *hashes;
	size_t count = 0;
	int rc;

	if (list == NULL) /* a proof in a tree of one leaf */
		return 0;
	if (!json_is(list, JSON_ARRAY))
		return json_fail(r->doc, list, r->err,
		    "\"hashes\" is %s, not array", json_type_name(list->type));
	if (json_count(list) > PROOF_LENGTH_MAX)
		return err_set(r->err, VEXLOG_LIMIT,
		    "a proof of %zu hashes, at most %d are taken",
		    json_count(list), PROOF_LENGTH_MAX);
	hashes =
	    arena_list(r->arena, json_count(list), sizeof(*hashes), r->err);
	if (hashes == NULL)
		return r->err->code;
	for (v = json_first(list); v != json_end(list); v = json_next(v))
		if ((rc = read(&hashes[count++], r, v)) != 0)
			return rc;
	out->hashes = hashes;
	out->hash_count = count;
	return 0;
}

static int
check_note(const struct reader *r, const struct json_value *object,
    const char *name, const char *note)
{
	if (note != NULL && strlen(note) > NOTE_SIZE_MAX)
		return json_fail(r->doc, json_get(object, name), r->err,
		    "a checkpoint of %zu bytes, at most %zu are taken",
		    strlen(note), NOTE_SIZE_MAX);
	return 0;
}

/* The uuid of a log that has none is the leaf hash. */
static int
set_uuid(struct entry *out, const struct reader *r)
{
	struct hash leaf;
	int rc = merkle_leaf(&leaf, out->body, r->err);

	if (rc != 0)
		return rc;
	out->uuid = text_hex_new(r->arena, leaf.bytes, HASH_SIZE, r->err);
	return out->uuid == NULL ? (int)r->err->code : 0;
}

static bool
is_uuid(const char *text)
{
	return text_is_hex(text, UUID_V1) || text_is_hex(text, UUID_LEAF);
}

/* ---- Rekor v1 --------------------------------------------------------- */

/* A v1 answer says kind and version only in the body. What is no JSON gets
 * empty ones, for entry_verify to fail. */
static void
kind_of_body(struct entry *out, const struct reader *r)
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
read_v1_proof(
    struct entry *out, const struct reader *r, const struct json_value *proof)
{
	int64_t size = 0;
	int rc;

	if (!json_is(proof, JSON_OBJECT))
		return json_fail(r->doc, proof, r->err,
		    "an inclusion proof is an object, not %s",
		    json_type_name(proof->type));
	if ((rc = read_integer(&out->proof_index, r, proof, "logIndex")) != 0 ||
	    (rc = read_integer(&size, r, proof, "treeSize")) != 0 ||
	    (rc = read_hash(&out->root, r, proof, "rootHash", hash_of_hex)) !=
		0 ||
	    (rc = read_hashes(out, r, proof, hash_of_hex)) != 0)
		return rc;
	if (get_set(proof, "checkpoint") != NULL &&
	    ((rc = json_want_text(&out->checkpoint, r->doc, proof, "checkpoint",
		  r->err)) != 0 ||
		(rc = check_note(r, proof, "checkpoint", out->checkpoint)) !=
		    0))
		return rc;
	out->tree_size = (uint64_t)size;
	out->has_proof = true;
	return 0;
}

static int
read_v1_verification(struct entry *out, const struct reader *r,
    const struct json_value *v, int64_t integrated)
{
	const struct json_value *all = get_set(v, "verification"), *proof;
	int rc;

	if (all == NULL)
		return missing(r, v, "verification");
	if (!json_is(all, JSON_OBJECT))
		return json_fail(r->doc, all, r->err,
		    "\"verification\" is %s, not object",
		    json_type_name(all->type));
	if (get_set(all, "signedEntryTimestamp") != NULL &&
	    (rc = read_base64(&out->set, r, all, "signedEntryTimestamp",
		 BASE64_STANDARD)) != 0)
		return rc;
	if (out->set.size > 0 &&
	    (rc = seconds(&out->integrated_time, r,
		 json_get(v, "integratedTime"), integrated)) != 0)
		return rc;
	proof = get_set(all, "inclusionProof");
	return proof == NULL ? 0 : read_v1_proof(out, r, proof);
}

static int
read_v1_entry(
    struct entry *out, const struct reader *r, const struct json_value *v)
{
	struct entry e = {.log_url = "", .integrated_time = TIME_NONE};
	int64_t integrated = 0;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(r->doc, v, r->err,
		    "an entry is an object, not %s", json_type_name(v->type));
	/* The SET is over this text as it stands; the standard alphabet with
	 * canonical padding has one text for each value. */
	if ((rc = read_base64(&e.body, r, v, "body", BASE64_STANDARD)) != 0 ||
	    (rc = json_need_text(&e.log_id, r->doc, v, "logID", r->err)) != 0 ||
	    (rc = read_integer(&e.log_index, r, v, "logIndex")) != 0 ||
	    (rc = read_integer(&integrated, r, v, "integratedTime")) != 0)
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
	const struct reader r = {arena, doc, err};
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
	if (!is_uuid(name->as.text))
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
read_v2_proof(
    struct entry *out, const struct reader *r, const struct json_value *proof)
{
	const struct json_value *checkpoint;
	int64_t size = 0;
	int rc;

	if (!json_is(proof, JSON_OBJECT))
		return json_fail(r->doc, proof, r->err,
		    "an inclusion proof is an object, not %s",
		    json_type_name(proof->type));
	if ((rc = read_int64(&out->proof_index, r, proof, "logIndex")) != 0 ||
	    (rc = read_int64(&size, r, proof, "treeSize")) != 0 ||
	    (rc = read_hash(
		 &out->root, r, proof, "rootHash", hash_of_base64)) != 0 ||
	    (rc = read_hashes(out, r, proof, hash_of_base64)) != 0)
		return rc;
	out->tree_size = (uint64_t)size;
	out->has_proof = true;
	checkpoint = get_set(proof, "checkpoint");
	if (checkpoint == NULL)
		return 0;
	if ((rc = json_need_text(&out->checkpoint, r->doc, checkpoint,
		 "envelope", r->err)) != 0)
		return rc;
	return check_note(r, checkpoint, "envelope", out->checkpoint);
}

static int
read_v2_promise(
    struct entry *out, const struct reader *r, const struct json_value *v)
{
	const struct json_value *promise = get_set(v, "inclusionPromise");
	int64_t integrated = 0;
	int rc = read_int64(&integrated, r, v, "integratedTime");

	if (rc != 0 || promise == NULL)
		return rc;
	if ((rc = read_base64(&out->set, r, promise, "signedEntryTimestamp",
		 BASE64_ANY)) != 0 ||
	    out->set.size == 0)
		return rc;
	return seconds(&out->integrated_time, r, v, integrated);
}

static int
read_v2_names(
    struct entry *out, const struct reader *r, const struct json_value *v)
{
	const struct json_value *id = NULL, *kind = NULL;
	struct vexlog_bytes key;
	int rc;

	if ((rc = json_need(&id, r->doc, v, "logId", JSON_OBJECT, r->err)) !=
		0 ||
	    (rc = read_base64(&key, r, id, "keyId", BASE64_ANY)) != 0 ||
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

int
entry_read_v2(struct entry *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err)
{
	const struct reader r = {arena, doc, err};
	struct entry e = {.log_url = "", .integrated_time = TIME_NONE};
	const struct json_value *proof;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "an entry is an object, not %s",
		    json_type_name(v->type));
	proof = get_set(v, "inclusionProof");
	if ((rc = read_int64(&e.log_index, &r, v, "logIndex")) != 0 ||
	    (rc = read_base64(
		 &e.body, &r, v, "canonicalizedBody", BASE64_ANY)) != 0 ||
	    (rc = read_v2_names(&e, &r, v)) != 0 ||
	    (rc = read_v2_promise(&e, &r, v)) != 0 ||
	    (proof != NULL && (rc = read_v2_proof(&e, &r, proof)) != 0) ||
	    (rc = set_uuid(&e, &r)) != 0)
		return rc;
	*out = e;
	return 0;
}

/* ---- our own form ----------------------------------------------------- */

static int
put_base64(struct json_writer *w, const char *name, struct vexlog_bytes bytes,
    struct vexlog_arena *arena, struct vexlog_err *err)
{
	char *text = text_base64(arena, bytes, err);

	if (text == NULL)
		return err->code;
	json_member(w, name, text);
	return 0;
}

static void
put_hex(struct json_writer *w, const struct hash *hash)
{
	char hex[2 * HASH_SIZE + 1];

	text_hex(hex, hash->bytes, HASH_SIZE);
	json_put_text(w, hex);
}

static void
put_time(struct json_writer *w, const struct entry *e)
{
	if (e->integrated_time == TIME_NONE)
		json_member(w, "integratedTime", NULL);
	else
		json_member_integer(
		    w, "integratedTime", e->integrated_time / SECOND);
}

static void
put_number(struct json_writer *w, const char *name, bool some, int64_t value)
{
	if (some)
		json_member_integer(w, name, value);
	else
		json_member(w, name, NULL);
}

int
entry_write(struct buffer *out, const struct entry *e, const char *batch_json,
    struct vexlog_err *err)
{
	struct json_writer w;
	int rc;

	json_open(&w, out, true);
	json_object(&w);
	json_member_raw(&w, "batch", batch_json);
	if ((rc = put_base64(&w, "body", e->body, out->arena, err)) != 0)
		return rc;
	json_member(&w, "checkpoint", e->checkpoint);
	json_member(&w, "entryKind", e->kind);
	json_name(&w, "hashes");
	json_array(&w);
	for (size_t i = 0; i < e->hash_count; i++)
		put_hex(&w, &e->hashes[i]);
	json_close(&w);
	put_time(&w, e);
	json_member(&w, "kindVersion", e->version);
	json_member(&w, "logId", e->log_id);
	json_member_integer(&w, "logIndex", e->log_index);
	json_member(&w, "logUrl", e->log_url);
	put_number(&w, "proofIndex", e->has_proof, e->proof_index);
	json_name(&w, "rootHash");
	if (e->has_proof)
		put_hex(&w, &e->root);
	else
		json_put_null(&w);
	if (e->set.size == 0)
		json_member(&w, "signedEntryTimestamp", NULL);
	else if ((rc = put_base64(&w, "signedEntryTimestamp", e->set,
		      out->arena, err)) != 0)
		return rc;
	put_number(&w, "treeSize", e->has_proof, (int64_t)e->tree_size);
	json_member(&w, "uuid", e->uuid);
	json_close(&w);
	return 0;
}

/* proofIndex, treeSize, rootHash and hashes are all there or all absent. */
static int
read_own_proof(
    struct entry *out, const struct reader *r, const struct json_value *v)
{
	int64_t size = 0;
	int rc;

	if (get_set(v, "proofIndex") == NULL &&
	    get_set(v, "treeSize") == NULL && get_set(v, "rootHash") == NULL &&
	    json_count(get_set(v, "hashes")) == 0)
		return 0;
	if ((rc = read_integer(&out->proof_index, r, v, "proofIndex")) != 0 ||
	    (rc = read_integer(&size, r, v, "treeSize")) != 0 ||
	    (rc = read_hash(&out->root, r, v, "rootHash", hash_of_hex)) != 0 ||
	    (rc = read_hashes(out, r, v, hash_of_hex)) != 0)
		return rc;
	out->tree_size = (uint64_t)size;
	out->has_proof = true;
	return 0;
}

static int
read_own_time(
    struct entry *out, const struct reader *r, const struct json_value *v)
{
	int64_t integrated = 0;
	int rc;

	if (get_set(v, "signedEntryTimestamp") != NULL &&
	    (rc = read_base64(&out->set, r, v, "signedEntryTimestamp",
		 BASE64_STANDARD)) != 0)
		return rc;
	if (get_set(v, "integratedTime") == NULL)
		return 0;
	if ((rc = read_integer(&integrated, r, v, "integratedTime")) != 0)
		return rc;
	return out->set.size == 0
	    ? 0
	    : seconds(&out->integrated_time, r, json_get(v, "integratedTime"),
		  integrated);
}

static int
read_own_names(
    struct entry *out, const struct reader *r, const struct json_value *v)
{
	int rc;

	if ((rc = json_need_text(&out->log_id, r->doc, v, "logId", r->err)) !=
		0 ||
	    (rc = json_need_text(&out->log_url, r->doc, v, "logUrl", r->err)) !=
		0 ||
	    (rc = json_need_text(&out->kind, r->doc, v, "entryKind", r->err)) !=
		0 ||
	    (rc = json_need_text(
		 &out->version, r->doc, v, "kindVersion", r->err)) != 0 ||
	    (rc = json_need_text(&out->uuid, r->doc, v, "uuid", r->err)) != 0)
		return rc;
	if (!text_is_hex(out->log_id, 2 * HASH_SIZE))
		return json_fail(r->doc, json_get(v, "logId"), r->err,
		    "\"%.80s\" is no log id of 64 lower-case hex digits",
		    out->log_id);
	if (!is_uuid(out->uuid))
		return json_fail(r->doc, json_get(v, "uuid"), r->err,
		    "\"%.90s\" is no uuid of 80 or 64 lower-case hex digits",
		    out->uuid);
	return 0;
}

int
entry_read(struct entry *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err)
{
	static const char *const names[] = {"batch", "body", "checkpoint",
	    "entryKind", "hashes", "integratedTime", "kindVersion", "logId",
	    "logIndex", "logUrl", "proofIndex", "rootHash",
	    "signedEntryTimestamp", "treeSize", "uuid"};
	const struct reader r = {arena, doc, err};
	struct entry e = {.integrated_time = TIME_NONE};
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "an entry is an object, not %s",
		    json_type_name(v->type));
	if ((rc = json_only(
		 doc, v, names, sizeof(names) / sizeof(*names), err)) != 0 ||
	    (rc = read_own_names(&e, &r, v)) != 0 ||
	    (rc = read_integer(&e.log_index, &r, v, "logIndex")) != 0 ||
	    (rc = read_base64(&e.body, &r, v, "body", BASE64_STANDARD)) != 0 ||
	    (rc = read_own_time(&e, &r, v)) != 0 ||
	    (rc = read_own_proof(&e, &r, v)) != 0)
		return rc;
	if (get_set(v, "checkpoint") != NULL &&
	    ((rc = json_want_text(&e.checkpoint, doc, v, "checkpoint", err)) !=
		    0 ||
		(rc = check_note(&r, v, "checkpoint", e.checkpoint)) != 0))
		return rc;
	*out = e;
	return 0;
}
