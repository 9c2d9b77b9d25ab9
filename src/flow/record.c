/*
 * record.c - what is kept, as JSON.
 */
#include "flow/record.h"

#include "base/cursor.h"

#include "base/text.h"
#include "base/time.h"

int
record_findings(const char **out, struct vexlog_arena *arena,
    const struct vexlog_document *doc, struct vexlog_err *err)
{
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	json_array(&w);
	for (size_t i = 0; i < doc->finding_count; i++) {
		const struct vexlog_finding *f = &doc->findings[i];
		json_object(&w);
		json_member(&w, "level", f->unsafe ? "unsafe" : "finding");
		json_member(&w, "rule", f->rule);
		json_member(&w, "pointer", f->pointer);
		json_name(&w, "offset");
		if (f->offset == SIZE_MAX)
			json_put_null(&w);
		else
			json_put_integer(&w, (int64_t)f->offset);
		json_member(&w, "message", f->message);
		json_close(&w);
	}
	json_close(&w);
	return buffer_finish_text(&b, out, err);
}

/* Whole seconds since 1970, or null. */
static void
put_seconds(struct json_writer *w, const char *name, int64_t time)
{
	json_name(w, name);
	if (time == TIME_NONE)
		json_put_null(w);
	else
		json_put_integer(w, time / SECOND);
}

static void
put_full_time(struct json_writer *w, const char *name, int64_t time)
{
	char text[TIME_TEXT];

	time_write_full(text, time);
	json_member(w, name, text);
}

void
record_linkage(struct json_writer *w, const struct vexlog_linkage *l)
{
	if (l == NULL) {
		json_put_null(w);
		return;
	}
	json_object(w);
	json_member(w, "uuid", l->uuid);
	json_member_integer(w, "logIndex", l->log_index);
	json_member(w, "logId", l->log_id);
	json_member(w, "logUrl", l->log_url);
	put_seconds(w, "integratedTime", l->integrated_time);
	json_member_integer(w, "treeSize", l->tree_size);
	json_member(w, "treeRoot", l->tree_root);
	json_member(w, "entryKind", l->entry_kind);
	json_member(w, "entryBodyHash", l->body_hash);
	put_full_time(w, "linkedAt", l->linked_at);
	json_member_raw(w, "inclusionProof", l->inclusion_proof);
	json_close(w);
}

int
vexlog_linkage_json(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_linkage *linkage, struct vexlog_err *err)
{
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, arena, ENTRY_JSON_MAX);
	json_open(&w, &b, false);
	record_linkage(&w, linkage);
	return buffer_finish(&b, out, err);
}

void
record_entry_ref(struct json_writer *w, const struct vexlog_linkage *l)
{
	if (l == NULL) {
		json_put_null(w);
		return;
	}
	json_object(w);
	json_member(w, "uuid", l->uuid);
	json_member_integer(w, "logIndex", l->log_index);
	json_member(w, "logId", l->log_id);
	json_close(w);
}

void
record_observation(struct json_writer *w, const struct vexlog_observation *o)
{
	json_object(w);
	json_member(w, "observationId", o->id);
	json_member(w, "contentDigest", o->content_digest);
	json_member(w, "documentDigest", o->document_digest);
	json_member(w, "format", o->format);
	json_member(w, "pointer", o->pointer);
	json_member(w, "providerId", o->provider);
	json_member(w, "vulnerabilityId", o->vulnerability);
	json_member_raw(w, "aliases", o->aliases);
	json_member(w, "productKey", o->product);
	json_member(w, "productText", o->product_text);
	json_member(w, "status", vexlog_status_name(o->status));
	json_member(w, "justification", o->justification);
	json_member(w, "sourceStatus", o->source_status);
	json_member(w, "sourceJustification", o->source_justification);
	json_member(w, "impactText", o->impact_text);
	json_member(w, "actionText", o->action_text);
	json_member_time(w, "saidAt", o->said_at);
	json_member(w, "saidAtFrom", o->said_at_from);
	json_member(w, "mappingVersion", o->mapping_version);
	put_full_time(w, "createdAt", o->created_at);
	json_name(w, "rekor");
	record_linkage(w, o->linkage);
	json_close(w);
}

static void
put_steps(struct json_writer *w, const struct vexlog_verdict *v)
{
	json_name(w, "steps");
	json_array(w);
	for (size_t i = 0; i < v->step_count; i++) {
		const struct vexlog_step *s = &v->steps[i];
		json_object(w);
		json_member(w, "rule", s->rule);
		json_member(w, "winner", s->winner);
		json_member(w, "loser", s->loser);
		json_member(w, "reason", s->reason);
		json_close(w);
	}
	json_close(w);
}

static void
put_conflicts(struct json_writer *w, const struct vexlog_verdict *v)
{
	json_name(w, "conflicts");
	json_array(w);
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_input *in = &v->inputs[i];
		if (!in->conflict)
			continue;
		json_object(w);
		json_member(w, "observationId", in->observation->id);
		json_member(w, "status",
		    vexlog_status_name(in->observation->status));
		json_member_integer(w, "weightMicro", in->weight);
		json_close(w);
	}
	json_close(w);
}

/* Claims under several names meet here, or some name others. */
static bool
has_names(const struct vexlog_verdict *v)
{
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_observation *o = v->inputs[i].observation;
		if (!text_same(o->vulnerability, v->vulnerability) ||
		    !text_same(o->aliases, "[]"))
			return true;
	}
	return false;
}

static void
put_sources(struct json_writer *w, const struct vexlog_verdict *v)
{
	bool names = has_names(v);

	json_name(w, "sources");
	json_array(w);
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_observation *o = v->inputs[i].observation;
		json_object(w);
		json_member(w, "observationId", o->id);
		json_member(w, "documentDigest", o->document_digest);
		json_member(w, "issuer", o->provider);
		json_member_time(w, "saidAt", o->said_at);
		if (names) {
			/* who says that one name stands for another */
			json_member(w, "vulnerabilityId", o->vulnerability);
			json_member_raw(w, "aliases", o->aliases);
		}
		json_name(w, "rekor");
		record_entry_ref(w, o->linkage);
		json_close(w);
	}
	json_close(w);
}

void
record_trace(struct json_writer *w, const struct vexlog_verdict *v)
{
	struct cursor body = cursor_open(text_bytes(v->reasoning));
	struct vexlog_bytes inner;

	/* the hashed inputs, member for member: the text without its braces */
	if (cursor_literal(&body, "{") &&
	    cursor_bytes(&body, cursor_left(&body) - 1, &inner)) {
		buffer_bytes(w->out, inner.data, inner.size);
		w->levels[w->depth - 1].some = true;
	}
	json_member(w, "reasoningId", v->reasoning_id);
	json_member(w, "vexVerdictId", v->id);
	json_member(w, "sbomEntryId", v->sbom_entry_id);
	json_member(w, "sbomEntryKind", v->sbom_entry_kind);
	json_member(w, "proofBundleId", v->proof_bundle_id);
	json_member_time(w, "evaluatedAt", v->evaluated_at);
	put_steps(w, v);
	json_name(w, "outcome");
	json_object(w);
	json_member(w, "status", vexlog_status_name(v->status));
	json_member(w, "justification", v->justification);
	json_member_integer(w, "confidenceMicro", v->confidence);
	json_member(w, "winningObservationId", v->winner);
	json_close(w);
	put_conflicts(w, v);
	put_sources(w, v);
	json_name(w, "rekor");
	record_entry_ref(w, v->linkage);
}

/* ---- linkages --------------------------------------------------------- */

static void
put_hashes(struct json_writer *w, const struct hash *hashes, size_t count)
{
	char hex[2 * HASH_SIZE + 1];

	json_name(w, "hashes");
	json_array(w);
	for (size_t i = 0; i < count; i++) {
		text_hex(hex, hashes[i].bytes, HASH_SIZE);
		json_put_text(w, hex);
	}
	json_close(w);
}

int
record_batch(const char **out, struct vexlog_arena *arena, size_t index,
    size_t size, const struct hash *path, size_t path_size,
    const struct hash *root, struct vexlog_err *err)
{
	char hex[2 * HASH_SIZE + 1];
	struct json_writer w;
	struct buffer b;

	text_hex(hex, root->bytes, HASH_SIZE);
	buffer_open(&b, arena, ENTRY_JSON_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_member_integer(&w, "leafIndex", (int64_t)index);
	json_member_integer(&w, "treeSize", (int64_t)size);
	put_hashes(&w, path, path_size);
	json_member(&w, "rootHash", hex);
	json_close(&w);
	return buffer_finish_text(&b, out, err);
}

static int
put_log_proof(const char **out, struct vexlog_arena *arena,
    const struct entry *entry, const char *root, const char *batch_json,
    struct vexlog_err *err)
{
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, arena, ENTRY_JSON_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_member_raw(&w, "batch", batch_json);
	json_name(&w, "log");
	json_object(&w);
	json_member_integer(&w, "logIndex", entry->proof_index);
	json_member_integer(&w, "treeSize", (int64_t)entry->tree_size);
	put_hashes(&w, entry->hashes, entry->hash_count);
	json_member(&w, "rootHash", root);
	json_member(&w, "checkpoint", entry->checkpoint);
	json_close(&w);
	json_close(&w);
	return buffer_finish_text(&b, out, err);
}

int
record_link(struct vexlog_linkage *out, struct vexlog_arena *arena,
    const struct entry *entry, const char *batch_json, int64_t linked_at,
    struct vexlog_err *err)
{
	char *root = text_hex_new(arena, entry->root.bytes, HASH_SIZE, err);
	struct vexlog_linkage l = {.uuid = entry->uuid,
	    .log_index = entry->log_index,
	    .log_id = entry->log_id,
	    .log_url = entry->log_url,
	    .integrated_time = entry->integrated_time,
	    .tree_root = root,
	    .tree_size = (int64_t)entry->tree_size,
	    .entry_kind = entry->kind,
	    .linked_at = linked_at};
	int rc;

	if (root == NULL)
		return err->code;
	rc = put_log_proof(&l.inclusion_proof, arena, entry, root, batch_json,
	    err);
	if (rc != 0)
		return rc;
	l.body_hash = hash_digest_new(arena, entry->body, err);
	if (l.body_hash == NULL)
		return err->code;
	*out = l;
	return 0;
}
