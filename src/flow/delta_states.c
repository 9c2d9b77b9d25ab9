/*
 * delta_states.c - the states of a delta as JSON, and back.
 */
#include "flow/delta_states.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "flow/record.h"
#include "vex/merge.h"
#include "vex/observation.h"

#define SCHEMA "vexlog.delta-states/v1"

char *
delta_states_kind(
    struct vexlog_arena *arena, const char *digest, struct vexlog_err *err)
{
	return arena_print(arena, err, "states of %s", digest);
}

int
delta_item_check(struct vexlog_arena *scratch,
    const struct vexlog_state_item *item, struct vexlog_err *err)
{
	const struct vexlog_verdict v = {
	    .vulnerability = item->vulnerability,
	    .sbom_entry_id = item->sbom_entry_id,
	    .status = item->status,
	    .justification = item->justification,
	    .policy_version = item->policy_version,
	    .reasoning_id = item->reasoning_id};
	char made[DIGEST_TEXT];
	struct vexlog_bytes bytes;
	int rc;

	if ((rc = verdict_predicate(&bytes, scratch, &v, err)) != 0 ||
	    (rc = hash_digest(made, bytes, err)) != 0)
		return rc;
	if (text_same(item->verdict_id, made))
		return 0;
	err_set(err, VEXLOG_BAD_PROOF,
	    "a verdict's content hashes to %s, not to its id", made);
	err_rule(err, "vexVerdictId");
	return VEXLOG_BAD_PROOF;
}

int
delta_item_inputs(struct vexlog_state_item *it, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *list,
    struct vexlog_err *err)
{
	const char **ids =
	    arena_list(arena, json_count(list), sizeof(*ids), err);
	size_t n = 0;

	if (ids == NULL)
		return err->code;
	for (const struct json_value *v = json_first(list); v != json_end(list);
	     v = json_next(v), n++)
		if ((ids[n] = json_text(v)) == NULL ||
		    !observation_is_id(ids[n]) ||
		    (n > 0 && strcmp(ids[n - 1], ids[n]) >= 0))
			return json_fail(doc, v, err,
			    "the claims of a verdict are not sorted ids");
	it->inputs = ids;
	it->input_count = n;
	return 0;
}

/* ---- writing ---------------------------------------------------------- */

static void
put_item(struct json_writer *w, const struct vexlog_state_item *it)
{
	json_object(w);
	json_member_integer(w, "conflicts", (int64_t)it->conflict_count);
	json_member(w, "documentDigest", it->document_digest);
	json_member(w, "documentFormat", it->document_format);
	json_member(w, "issuer", it->winner_provider);
	json_member(w, "justification", it->justification);
	json_name(w, "observationIds");
	json_array(w);
	for (size_t i = 0; i < it->input_count; i++)
		json_put_text(w, it->inputs[i]);
	json_close(w);
	json_member(w, "policyDigest", it->policy_digest);
	json_member(w, "policyVersion", it->policy_version);
	json_member(w, "productKey", it->product);
	json_member(w, "reasoningId", it->reasoning_id);
	json_name(w, "rekor");
	record_entry_ref(w, it->linkage);
	json_member(w, "sbomEntryId", it->sbom_entry_id);
	json_member(w, "status", vexlog_status_name(it->status));
	json_member(w, "vexVerdictId", it->verdict_id);
	json_member(w, "vulnerabilityId", it->vulnerability);
	json_member(w, "winningObservationId", it->winner);
	json_close(w);
}

static void
put_state(struct json_writer *w, const char *name,
    const struct vexlog_state *state)
{
	json_name(w, name);
	json_array(w);
	for (size_t i = 0; i < state->count; i++)
		put_item(w, &state->list[i]);
	json_close(w);
}

int
delta_states_write(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_state *before, const struct vexlog_state *after,
    struct vexlog_err *err)
{
	struct vexlog_bytes raw;
	struct json_writer w;
	struct buffer b;
	int rc;

	buffer_open(&b, arena, DELTA_STATES_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	put_state(&w, "after", after);
	put_state(&w, "before", before);
	json_member(&w, "schema", SCHEMA);
	json_close(&w);
	if ((rc = buffer_finish(&b, &raw, err)) != 0)
		return rc;
	return vexlog_canon(out, arena, raw, err);
}

/* ---- reading ---------------------------------------------------------- */

static int
read_rekor(struct vexlog_state_item *it, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err)
{
	struct vexlog_linkage *l;
	int rc;

	if (json_is(json_get(v, "rekor"), JSON_NULL))
		return 0;
	if ((rc = json_need(&v, doc, v, "rekor", JSON_OBJECT, err)) != 0)
		return rc;
	if ((l = arena_zero(arena, sizeof(*l), err)) == NULL)
		return err->code;
	it->linkage = l;
	return record_read_entry_ref(l, doc, v, err);
}

static int
read_item(struct vexlog_state_item *it, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err)
{
	static const char *const names[] = {"conflicts", "documentDigest",
	    "documentFormat", "issuer", "justification", "observationIds",
	    "policyDigest", "policyVersion", "productKey", "reasoningId",
	    "rekor", "sbomEntryId", "status", "vexVerdictId",
	    "vulnerabilityId", "winningObservationId"};
	const struct {
		const char *name, **out;
		bool may_lack;
	} texts[] = {{"documentDigest", &it->document_digest, true},
	    {"documentFormat", &it->document_format, true},
	    {"issuer", &it->winner_provider, true},
	    {"justification", &it->justification, false},
	    {"policyDigest", &it->policy_digest, true},
	    {"policyVersion", &it->policy_version, false},
	    {"productKey", &it->product, false},
	    {"reasoningId", &it->reasoning_id, false},
	    {"sbomEntryId", &it->sbom_entry_id, false},
	    {"vexVerdictId", &it->verdict_id, false},
	    {"vulnerabilityId", &it->vulnerability, false},
	    {"winningObservationId", &it->winner, true}};
	const struct json_value *ids;
	const char *status;
	int64_t conflicts;
	int rc;

	*it = (struct vexlog_state_item){0};
	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "a verdict is not an object");
	if ((rc = json_only(
		 doc, v, names, sizeof(names) / sizeof(names[0]), err)) != 0)
		return rc;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		rc = (texts[i].may_lack ? json_need_text_or_null
					: json_need_text)(
		    texts[i].out, doc, v, texts[i].name, err);
		if (rc != 0)
			return rc;
	}
	if ((rc = json_need_text(&status, doc, v, "status", err)) != 0 ||
	    (rc = json_need_integer(&conflicts, doc, v, "conflicts", err)) !=
		0 ||
	    (rc = json_need(&ids, doc, v, "observationIds", JSON_ARRAY, err)) !=
		0 ||
	    (rc = delta_item_inputs(it, arena, doc, ids, err)) != 0 ||
	    (rc = read_rekor(it, arena, doc, v, err)) != 0)
		return rc;
	if (conflicts < 0 || !status_read(&it->status, status) ||
	    strlen(it->sbom_entry_id) < 73 ||
	    !text_same(it->sbom_entry_id + 72, it->product))
		return json_fail(doc, v, err,
		    "a verdict's status, conflicts or SBOM entry is malformed");
	it->conflict_count = (size_t)conflicts;
	return 0;
}

static int
read_state(struct vexlog_state *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const char *name, struct vexlog_err *err)
{
	const struct json_value *list;
	size_t n = 0;
	int rc = json_need(&list, doc, doc->root, name, JSON_ARRAY, err);

	if (rc != 0)
		return rc;
	struct vexlog_state_item *items =
	    arena_list(arena, json_count(list), sizeof(*items), err);
	if (items == NULL)
		return err->code;
	for (const struct json_value *v = json_first(list);
	     v != json_end(list); v = json_next(v), n++) {
		if ((rc = read_item(&items[n], arena, doc, v, err)) != 0)
			return rc;
		struct arena_mark mark = arena_mark(arena);
		rc = delta_item_check(arena, &items[n], err);
		arena_back(arena, mark);
		if (rc != 0) {
			json_pointer(
			    err->pointer, sizeof(err->pointer), doc, v);
			return rc;
		}
	}
	*out = (struct vexlog_state){.list = items, .count = n};
	return 0;
}

int
delta_states_read(struct vexlog_state *before, struct vexlog_state *after,
    struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	static const char *const names[] = {"after", "before", "schema"};
	const char *schema;
	struct json_doc doc;
	int rc = json_read(&doc, arena, bytes, 0, err);

	if (rc == 0)
		rc = json_need_text(&schema, &doc, doc.root, "schema", err);
	if (rc == 0 && !text_same(schema, SCHEMA))
		return json_fail(&doc, json_get(doc.root, "schema"), err,
		    "the schema is not \"" SCHEMA "\"");
	if (rc == 0)
		rc = json_only(&doc, doc.root, names, 3, err);
	if (rc == 0)
		rc = read_state(after, arena, &doc, "after", err);
	return rc != 0 ? rc : read_state(before, arena, &doc, "before", err);
}
