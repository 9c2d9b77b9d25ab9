/*
 * entry_own.c - our own JSON form of an entry: an item of rekor[] in a proof
 * payload, and what the store keeps.
 *
 * Members that we do not write are refused: this form is ours alone.
 */
#include "base/text.h"
#include "base/time.h"
#include "tlog/entry_value.h"
#include "json/write.h"

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
    struct entry *out, const struct entry_reader *r, const struct json_value *v)
{
	int64_t size = 0;
	int rc;

	if (entry_value_get(v, "proofIndex") == NULL &&
	    entry_value_get(v, "treeSize") == NULL &&
	    entry_value_get(v, "rootHash") == NULL &&
	    json_count(entry_value_get(v, "hashes")) == 0)
		return 0;
	if ((rc = entry_value_integer(&out->proof_index, r, v, "proofIndex")) !=
		0 ||
	    (rc = entry_value_integer(&size, r, v, "treeSize")) != 0 ||
	    (rc = entry_value_hash(
		 &out->root, r, v, "rootHash", entry_value_hex)) != 0 ||
	    (rc = entry_value_hashes(out, r, v, entry_value_hex)) != 0)
		return rc;
	out->tree_size = (uint64_t)size;
	out->has_proof = true;
	return 0;
}

static int
read_own_time(
    struct entry *out, const struct entry_reader *r, const struct json_value *v)
{
	int64_t integrated = 0;
	int rc;

	if (entry_value_get(v, "signedEntryTimestamp") != NULL &&
	    (rc = entry_value_base64(&out->set, r, v, "signedEntryTimestamp",
		 BASE64_STANDARD)) != 0)
		return rc;
	if (entry_value_get(v, "integratedTime") == NULL)
		return 0;
	if ((rc = entry_value_integer(&integrated, r, v, "integratedTime")) !=
	    0)
		return rc;
	return out->set.size == 0
	    ? 0
	    : entry_value_seconds(&out->integrated_time, r,
		  json_get(v, "integratedTime"), integrated);
}

static int
read_own_names(
    struct entry *out, const struct entry_reader *r, const struct json_value *v)
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
	if (!entry_value_is_uuid(out->uuid))
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
	const struct entry_reader r = {arena, doc, err};
	struct entry e = {.integrated_time = TIME_NONE};
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "an entry is an object, not %s",
		    json_type_name(v->type));
	if ((rc = json_only(
		 doc, v, names, sizeof(names) / sizeof(*names), err)) != 0 ||
	    (rc = read_own_names(&e, &r, v)) != 0 ||
	    (rc = entry_value_integer(&e.log_index, &r, v, "logIndex")) != 0 ||
	    (rc = entry_value_base64(
		 &e.body, &r, v, "body", BASE64_STANDARD)) != 0 ||
	    (rc = read_own_time(&e, &r, v)) != 0 ||
	    (rc = read_own_proof(&e, &r, v)) != 0)
		return rc;
	if (entry_value_get(v, "checkpoint") != NULL &&
	    ((rc = json_want_text(&e.checkpoint, doc, v, "checkpoint", err)) !=
		    0 ||
		(rc = entry_value_note(&r, v, "checkpoint", e.checkpoint)) !=
		    0))
		return rc;
	*out = e;
	return 0;
}
