/*
 * state_export.c - the verdicts in an archive or in payloads, for a delta.
 *
 * Each verdict is held against its id; whether its evidence holds is for
 * `replay` to say. Of a decision's history the last verdict counts, and one
 * that names no SBOM before one that does.
 */
#include <stdio.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/archive.h"
#include "flow/delta_states.h"
#include "flow/record.h"
#include "flow/state.h"
#include "vex/observation.h"

/* In the place of a sequence: a verdict under a former name is history. */
#define FORMER INT64_MAX

struct reading {
	struct state *s;
	struct vexlog_arena *arena; /* of the file */
	const struct tar_file *files;
	size_t count;
	struct map formats; /* observation id to index of format */
	const char **format;
	size_t format_count, format_room;
	struct map places; /* "vulnerability\nproduct" to index of s->list */
	int64_t *sequences; /* of s->list */
	size_t sequence_room;
	struct vexlog_err *err;
};

bool
state_is_export(struct vexlog_bytes bytes)
{
	static const char payload[] =
	    "{\"schema\":\"vexlog.proof-payload/v1\"";
	size_t n = sizeof(payload) - 1;

	return (bytes.size > 512 &&
		   memcmp(bytes.data + 257, "ustar", 5) == 0) ||
	    (bytes.size > n && memcmp(bytes.data, payload, n) == 0);
}

static int
each_line(struct reading *r, struct vexlog_bytes bytes,
    int (*take)(struct reading *, const struct json_doc *))
{
	struct cursor c = cursor_open(bytes);
	struct vexlog_bytes line;
	struct json_doc doc;
	int rc = 0;

	while (rc == 0 && cursor_left(&c) > 0) {
		if (!cursor_until(&c, '\n', &line))
			(void)cursor_bytes(&c, cursor_left(&c), &line);
		rc = json_read(&doc, r->arena, line, 0, r->err);
		if (rc == 0)
			rc = take(r, &doc);
	}
	return rc;
}

/* What the predicate says; ids of the claims too. */
static int
take_predicate(struct vexlog_state_item *it, struct reading *r,
    const struct json_doc *doc, const struct json_value *verdict,
    const struct json_value *ids)
{
	const char *status, *entry;
	int rc;

	if ((rc = json_need_text(&it->vulnerability, doc, verdict,
		 "vulnerabilityId", r->err)) != 0 ||
	    (rc = json_need_text(
		 &entry, doc, verdict, "sbomEntryId", r->err)) != 0 ||
	    (rc = json_need_text(&status, doc, verdict, "status", r->err)) !=
		0 ||
	    (rc = json_need_text(&it->justification, doc, verdict,
		 "justification", r->err)) != 0 ||
	    (rc = json_need_text(&it->policy_version, doc, verdict,
		 "policyVersion", r->err)) != 0 ||
	    (rc = json_need_text(&it->reasoning_id, doc, verdict, "reasoningId",
		 r->err)) != 0 ||
	    (rc = json_need_text(
		 &it->verdict_id, doc, verdict, "vexVerdictId", r->err)) != 0)
		return rc;
	if (!status_read(&it->status, status) || strlen(entry) < 73 ||
	    !json_is(ids, JSON_ARRAY))
		return json_fail(doc, verdict, r->err,
		    "a verdict's status, SBOM entry or claims are malformed");
	it->sbom_entry_id = entry;
	it->product = entry + 72; /* "sha256:<64 hex>:" */
	if ((rc = delta_item_check(r->s->scratch, it, r->err)) != 0) {
		json_pointer(
		    r->err->pointer, sizeof(r->err->pointer), doc, verdict);
		return rc;
	}
	return delta_item_inputs(it, r->s->scratch, doc, ids, r->err);
}

/* Adds it, or puts it in the place of the one it follows. */
static int
put(struct reading *r, const struct vexlog_state_item *it, int64_t sequence)
{
	struct state *s = r->s;
	char *name = arena_print(r->arena, r->err, "%s\n%s",
	    it->vulnerability, it->product);
	size_t at;
	int rc = name == NULL ? r->err->code :
				map_put(&r->places, name, strlen(name),
				    s->count, &at, r->err);

	if (rc < 0 || (rc == 1 && r->sequences[at] >= sequence))
		return rc < 0 ? rc : 0;
	bool known = rc == 1;
	r->sequences = arena_grow(r->arena, r->sequences, s->count,
	    &r->sequence_room, sizeof(*r->sequences), r->err);
	if (r->sequences == NULL)
		return r->err->code;
	if ((rc = state_add(s, it)) != 0)
		return rc;
	if (known)
		s->list[at] = s->list[--s->count];
	else
		at = s->count - 1;
	r->sequences[at] = sequence;
	return 0;
}

/* ---- payloads --------------------------------------------------------- */

/* A payload does not say which claim won, nor by which digest the policy
 * goes: those stay NULL. */
static int
take_payload(struct reading *r, const struct json_doc *doc)
{
	const struct json_value *proof, *verdict, *rekor;
	struct vexlog_state_item it = {0};
	struct vexlog_linkage entry;
	int rc;

	vexlog_arena_reset(r->s->scratch);
	if ((rc = json_need(&verdict, doc, doc->root, "verdict", JSON_OBJECT,
		 r->err)) != 0 ||
	    (rc = json_need(
		 &proof, doc, doc->root, "proof", JSON_OBJECT, r->err)) != 0 ||
	    (rc = json_need(
		 &rekor, doc, doc->root, "rekor", JSON_ARRAY, r->err)) != 0 ||
	    (rc = take_predicate(
		 &it, r, doc, verdict, json_get(proof, "observationIds"))) != 0)
		return rc;
	if (json_count(rekor) > 0) {
		rc = record_read_entry_ref(
		    &entry, doc, json_first(rekor), r->err);
		if (rc != 0)
			return rc;
		it.linkage = &entry;
	}
	bool plain = text_same(
	    json_get_text(json_get(doc->root, "metadata"), "sbomEntryKind"),
	    "purl-only");
	return put(r, &it, plain ? 2 : 1);
}

/* ---- archive ---------------------------------------------------------- */

static int
take_format(struct reading *r, const struct json_doc *doc)
{
	const struct json_value *o = json_get(doc->root, "observation");
	const char *id, *format;
	size_t at;
	int rc;

	if (!json_is(o, JSON_OBJECT))
		return json_fail(doc, doc->root, r->err,
		    "a line without its observation");
	if ((rc = json_need_text(&id, doc, o, "observationId", r->err)) != 0 ||
	    (rc = json_need_text(&format, doc, o, "format", r->err)) != 0)
		return rc;
	r->format = arena_grow(r->arena, r->format, r->format_count,
	    &r->format_room, sizeof(*r->format), r->err);
	if (r->format == NULL)
		return r->err->code;
	r->format[r->format_count] = format;
	rc = map_put(&r->formats, id, strlen(id), r->format_count, &at,
	    r->err);
	r->format_count += rc == 0;
	return rc < 0 ? rc : 0;
}

/* Who won, and in which document. */
static int
take_winner(struct vexlog_state_item *it, struct reading *r,
    const struct json_doc *doc, const struct json_value *trace)
{
	const struct json_value *outcome, *sources, *conflicts;
	size_t at;
	int rc;

	if ((rc = json_need(&outcome, doc, trace, "outcome", JSON_OBJECT,
		 r->err)) != 0 ||
	    (rc = json_need(&sources, doc, trace, "sources", JSON_ARRAY,
		 r->err)) != 0 ||
	    (rc = json_need(&conflicts, doc, trace, "conflicts", JSON_ARRAY,
		 r->err)) != 0 ||
	    (rc = json_need_text(&it->policy_digest, doc, trace,
		 "policyDigest", r->err)) != 0 ||
	    (rc = json_need_text(&it->winner, doc, outcome,
		 "winningObservationId", r->err)) != 0)
		return rc;
	it->conflict_count = json_count(conflicts);
	for (const struct json_value *v = json_first(sources);
	     v != json_end(sources); v = json_next(v))
		if (text_same(json_get_text(v, "observationId"), it->winner)) {
			it->document_digest =
			    json_get_text(v, "documentDigest");
			it->winner_provider = json_get_text(v, "issuer");
		}
	if (it->document_digest == NULL || it->winner_provider == NULL ||
	    !map_get(&r->formats, it->winner, strlen(it->winner), &at))
		return json_fail(doc, trace, r->err,
		    "the claim that won, %.90s, is not in the archive",
		    it->winner);
	it->document_format = r->format[at];
	return 0;
}

static int
read_entry(struct vexlog_linkage *out, struct reading *r, const char *hex)
{
	const struct tar_file *f;
	struct json_doc doc;
	char name[128];
	int rc;

	(void)snprintf(name, sizeof(name), "entries/%.64s.json", hex);
	if ((f = tar_find(r->files, r->count, name)) == NULL)
		return err_set(
		    r->err, VEXLOG_BAD_PROOF, "%s is not in the archive", name);
	rc = json_read(&doc, r->s->scratch, f->bytes, 0, r->err);
	return rc != 0 ? rc
		       : record_read_entry_ref(out, &doc, doc.root, r->err);
}

/* Those under the former names of a vulnerability come before. */
static int
set_former(struct reading *r, const char *product, const struct json_value *names)
{
	if (!json_is(names, JSON_ARRAY))
		return 0;
	for (const struct json_value *v = json_first(names);
	     v != json_end(names); v = json_next(v)) {
		size_t at;
		char *name = arena_print(r->s->scratch, r->err, "%s\n%s",
		    json_text(v) == NULL ? "" : json_text(v), product);
		if (name == NULL)
			return r->err->code;
		if (map_get(&r->places, name, strlen(name), &at))
			r->sequences[at] = FORMER;
	}
	return 0;
}

static void
drop_former(struct reading *r)
{
	struct state *s = r->s;
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++)
		if (r->sequences[i] != FORMER)
			s->list[n++] = s->list[i];
	s->count = n;
}

static int
take_verdict(struct reading *r, const struct json_doc *doc)
{
	const struct json_value *record, *trace, *verdict;
	const char *hex = json_get_text(doc->root, "attestation");
	struct vexlog_state_item it = {0};
	struct vexlog_linkage entry;
	int64_t sequence;
	int rc;

	vexlog_arena_reset(r->s->scratch);
	if ((rc = json_need(&record, doc, doc->root, "record", JSON_OBJECT,
		 r->err)) != 0 ||
	    (rc = json_need(
		 &verdict, doc, record, "verdict", JSON_OBJECT, r->err)) != 0 ||
	    (rc = json_need(
		 &trace, doc, record, "trace", JSON_OBJECT, r->err)) != 0 ||
	    (rc = json_need_integer(
		 &sequence, doc, doc->root, "sequence", r->err)) != 0 ||
	    (rc = take_predicate(&it, r, doc, verdict,
		 json_get(record, "observationIds"))) != 0 ||
	    (rc = take_winner(&it, r, doc, trace)) != 0)
		return rc;
	if (hex != NULL) {
		if ((rc = read_entry(&entry, r, hex)) != 0)
			return rc;
		it.linkage = &entry;
	}
	if (sequence < 1 || sequence > INT64_MAX / 2)
		return json_fail(
		    doc, doc->root, r->err, "\"sequence\" is out of range");
	if (text_same(json_get_text(record, "sbomEntryKind"), "purl-only"))
		sequence += INT64_MAX / 2 - 1;
	rc = set_former(r, it.product, json_get(trace, "aliases"));
	return rc != 0 ? rc : put(r, &it, sequence);
}

static int
take_archive(struct reading *r, struct vexlog_bytes bytes)
{
	const struct tar_file *observations, *verdicts;
	int rc = tar_read(&r->files, &r->count, r->arena, bytes, r->err);

	if (rc != 0)
		return rc;
	observations = tar_find(r->files, r->count, ARCHIVE_OBSERVATIONS);
	verdicts = tar_find(r->files, r->count, ARCHIVE_VERDICTS);
	if (observations == NULL || verdicts == NULL)
		return err_set(r->err, VEXLOG_BAD_PROOF,
		    "the archive holds no verdicts");
	if ((rc = each_line(r, observations->bytes, take_format)) != 0 ||
	    (rc = each_line(r, verdicts->bytes, take_verdict)) != 0)
		return rc;
	drop_former(r);
	return 0;
}

int
state_take_export(struct state *s, struct vexlog_arena *arena,
    struct vexlog_bytes bytes)
{
	struct reading r = {.s = s, .arena = arena, .err = s->err};
	int rc;

	map_open(&r.formats, arena);
	map_open(&r.places, arena);
	rc = bytes.data[0] == '{' ? each_line(&r, bytes, take_payload) :
				    take_archive(&r, bytes);
	if (rc == VEXLOG_BAD_PROOF || rc == VEXLOG_SHAPE)
		err_hint(s->err, "`vexlog replay` tells what an archive holds");
	return rc;
}
