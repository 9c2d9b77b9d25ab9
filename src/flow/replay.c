/*
 * replay.c - compute everything in an archive again, from its bytes alone.
 *
 * Nothing in an archive is believed: documents are read again, claims hashed
 * again, verdicts merged again, deltas made again, signatures and proofs
 * verified against keys that the caller trusts. What does not come out the
 * same is a difference, named with the file it is in.
 */
#include <stdio.h>

#include "base/cursor.h"
#include "base/file.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/record.h"
#include "flow/replay.h"
#include "flow/verdict.h"
#include "vex/observation.h"

const struct tar_file *
replay_file(const struct replay *r, const char *folder, const char *hex,
    const char *end)
{
	char name[128];
	const struct tar_file *f;

	(void)snprintf(name, sizeof(name), "%s%.64s%s", folder, hex, end);
	if ((f = tar_find(r->files, r->count, name)) != NULL)
		r->used[f - r->files] = true;
	return f;
}

/* ---- lines ------------------------------------------------------------ */

/* Each line is canonical JSON of an object; take is handed its tree, whose
 * texts live as long as the archive's. */
static int
each_line(struct replay *r, const char *name,
    int (*take)(struct replay *, const char *where, const struct json_doc *))
{
	const struct tar_file *f = tar_find(r->files, r->count, name);
	struct vexlog_err why;
	struct cursor c;
	size_t number = 0;
	int rc = 0;

	if (f == NULL)
		return replay_differ(r, name, "there is no such file");
	c = cursor_open(f->bytes);
	while (rc == 0 && cursor_left(&c) > 0) {
		char where[64];
		struct vexlog_bytes line, own;
		struct json_doc doc;
		struct buffer b;
		(void)snprintf(where, sizeof(where), "%s:%zu", name, ++number);
		if (!cursor_until(&c, '\n', &line))
			return replay_differ(r, where, "a line without its end");
		vexlog_arena_reset(r->scratch);
		buffer_open(&b, r->scratch, JOB_ARENA_MAX);
		rc = json_read(&doc, r->arena, line, 0, &why);
		if (rc == 0)
			rc = json_canonical(&b, &doc, doc.root, &why);
		if (rc == 0)
			rc = buffer_finish(&b, &own, &why);
		if (rc == 0 &&
		    (own.size != line.size ||
			memcmp(own.data, line.data, own.size) != 0))
			rc = err_set(&why, VEXLOG_BAD_PROOF,
			    "the line is not canonical JSON");
		rc = rc != 0 ? replay_differ_err(r, where, rc, &why) :
			       take(r, where, &doc);
	}
	return rc;
}

/* ---- attestations ----------------------------------------------------- */

/* Makes r->shared the report of this attestation. */
static int
load_attestation(struct replay *r, const char *hex, int64_t at)
{
	const struct tar_file *envelope = replay_file(r, "envelopes/", hex, ".json");
	const struct tar_file *entry = replay_file(r, "entries/", hex, ".json");

	if (r->shared_hex != NULL && text_same(r->shared_hex, hex))
		return 0;
	r->shared_hex = NULL;
	vexlog_arena_reset(r->kept);
	report_open(&r->shared, r->kept);
	if (envelope == NULL || entry == NULL)
		return report_missed(&r->shared, "envelope", "archive",
		    r->err, "the archive has no %s for %s",
		    envelope == NULL ? "envelope" : "entry", hex);
	char *json = arena_text(r->kept, entry->bytes.data,
	    entry->bytes.size, r->err);
	if (json == NULL)
		return r->err->code;
	int rc = check_attestation(&r->shared, &r->attestation, r->kept,
	    r->trust, envelope->bytes, json, at, r->err);
	if (rc == 0)
		r->shared_hex = hex;
	return rc;
}

static int
repeat_shared(struct report *report, struct replay *r)
{
	for (size_t i = 0; i < r->shared.count; i++) {
		const struct vexlog_check *c = &r->shared.list[i];
		int rc = report_add(report, c->name, c->rule, c->outcome,
		    r->err, "%s", c->detail);
		if (rc != 0)
			return rc;
	}
	report->required_skipped += r->shared.required_skipped;
	return 0;
}

/* Tells the report; a check that failed is a difference. */
static int
close_report(struct replay *r, const char *where, const struct report *report,
    const char *id)
{
	struct vexlog_report out = report_close(report, id);

	if (r->options->report != NULL &&
	    r->options->report(&out, r->options->context) < 0)
		return err_set(r->err, VEXLOG_REFUSED, "stopped by the caller");
	if (out.holds)
		return 0;
	for (size_t i = 0; i < out.count; i++)
		if (out.list[i].outcome == VEXLOG_FAIL)
			return replay_differ(r, where, "%s: %s", out.list[i].name,
			    out.list[i].detail);
	return replay_differ(r, where, "a check that is needed could not be made");
}

/* ---- observations ----------------------------------------------------- */

static int
fetch_document(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *digest, void *context, struct vexlog_err *err)
{
	const struct tar_file *f =
	    replay_file(context, "documents/", digest + 7, "");

	(void)arena;
	if (f == NULL)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "%s is not in the archive", digest);
	*out = f->bytes;
	return 0;
}

static int
check_observation(struct replay *r, const char *where,
    const struct replayed *item)
{
	const struct vexlog_observation *o = &item->o;
	struct report report;
	int rc;

	replay_count(r, item->attestation);
	vexlog_arena_reset(r->scratch);
	report_open(&report, r->scratch);
	if ((rc = check_content(&report, r->scratch, o, r->err)) != 0)
		return rc;
	rc = check_document(&report, &r->documents, o, fetch_document, r,
	    r->err);
	if (rc == 0 && (o->linkage == NULL) != (item->attestation == NULL))
		rc = report_add(&report, "linkage", "rekor_*", VEXLOG_FAIL,
		    r->err, "linked and attested do not agree");
	else if (rc == 0 && o->linkage != NULL) {
		int64_t at = o->linkage->integrated_time != TIME_NONE ?
		    o->linkage->integrated_time :
		    o->linkage->linked_at;
		rc = load_attestation(r, item->attestation, at);
		if (rc == 0)
			rc = repeat_shared(&report, r);
		if (rc == 0 && r->shared_hex != NULL && r->shared.failed == 0)
			rc = check_linkage(&report, r->scratch,
			    &r->attestation, o->linkage, r->err);
		if (rc == 0 && r->shared_hex != NULL && r->shared.failed == 0)
			rc = check_batch(&report, r->scratch, &r->attestation,
			    o, r->err);
	}
	return rc != 0 ? rc : close_report(r, where, &report, o->id);
}

void
replay_count(struct replay *r, const char *attestation)
{
	if (attestation == NULL)
		r->result.pending++;
	else
		r->result.proofs++;
}

int
replay_attestation_of(const char **out, const struct json_doc *doc,
    struct vexlog_err *err)
{
	const struct json_value *v = json_get(doc->root, "attestation");

	*out = NULL;
	if (json_is(v, JSON_NULL))
		return 0;
	if (json_text(v) == NULL || !text_is_hex(json_text(v), 64))
		return json_fail(doc, doc->root, err,
		    "\"attestation\" is not 64 hex digits or null");
	*out = json_text(v);
	return 0;
}

static int
take_observation(struct replay *r, const char *where,
    const struct json_doc *doc)
{
	static const char *const names[] = {"attestation", "observation"};
	const struct json_value *v;
	struct replayed item = {0};
	struct vexlog_err why;
	size_t found;
	int rc = json_need(&v, doc, doc->root, "observation", JSON_OBJECT,
	    &why);

	if (rc == 0)
		rc = json_only(doc, doc->root, names, 2, &why);
	if (rc == 0)
		rc = replay_attestation_of(&item.attestation, doc, &why);
	if (rc == 0)
		rc = record_read_observation(&item.o, r->arena, doc, v, &why);
	if (rc == 0 && !text_is_digest(item.o.document_digest))
		rc = err_set(&why, VEXLOG_SHAPE, "documentDigest is no digest");
	if (rc != 0)
		return replay_differ_err(r, where, rc, &why);
	if (r->list_count > 0 &&
	    strcmp(r->list[r->list_count - 1].o.id, item.o.id) >= 0)
		return replay_differ(r, where, "observations are not in order");
	r->result.observations++;
	r->list = arena_grow(r->arena, r->list, r->list_count, &r->list_room,
	    sizeof(*r->list), r->err);
	if (r->list == NULL)
		return r->err->code;
	r->list[r->list_count] = item;
	rc = map_put(&r->observations, item.o.id, strlen(item.o.id),
	    r->list_count, &found, r->err);
	if (rc < 0)
		return rc;
	r->list_count++;
	return 0;
}

/* The claims of one provider in one document follow each other, so that it
 * is read once. */
static int
order_documents(const void *a, const void *b, void *context)
{
	const struct replayed *x = a, *y = b;
	int order = strcmp(x->o.document_digest, y->o.document_digest);

	(void)context;
	if (order == 0)
		order = strcmp(x->o.provider, y->o.provider);
	return order != 0 ? order : strcmp(x->o.id, y->o.id);
}

static int
check_observations(struct replay *r)
{
	const void **sorted =
	    arena_list(r->arena, r->list_count, sizeof(*sorted), r->err);
	int rc;

	if (sorted == NULL)
		return r->err->code;
	for (size_t i = 0; i < r->list_count; i++)
		sorted[i] = &r->list[i];
	rc = sort_pointers(sorted, r->list_count, order_documents, NULL,
	    r->arena, r->err);
	for (size_t i = 0; rc == 0 && i < r->list_count; i++) {
		const struct replayed *item = sorted[i];
		char where[64];
		(void)snprintf(where, sizeof(where), "%s:%zu",
		    ARCHIVE_OBSERVATIONS, (size_t)(item - r->list) + 1);
		rc = check_observation(r, where, item);
	}
	return rc;
}

/* ---- verdicts --------------------------------------------------------- */

static int
claims_of(struct vexlog_observations *out, struct replay *r,
    const struct json_doc *doc, const struct json_value *inputs,
    struct vexlog_err *err)
{
	struct vexlog_observation *list =
	    arena_list(r->scratch, json_count(inputs), sizeof(*list), err);
	size_t n = 0;

	if (list == NULL)
		return err->code;
	for (const struct json_value *v = json_first(inputs);
	     v != json_end(inputs); v = json_next(v)) {
		const char *id = json_get_text(v, "observationId");
		size_t at;
		if (id == NULL ||
		    !map_get(&r->observations, id, strlen(id), &at))
			return json_fail(doc, v, err,
			    "the input %s is not in the archive",
			    id == NULL ? "without an id" : id);
		list[n++] = r->list[at].o;
	}
	*out = (struct vexlog_observations){list, n};
	return 0;
}

/* The verdict decided again must be the one kept, step for step. */
static int
decide_again(struct vexlog_verdict *out, struct replay *r,
    const struct json_doc *doc, const struct json_value *trace,
    struct vexlog_err *err)
{
	const struct json_value *inputs;
	const struct vexlog_policy *policy;
	struct vexlog_observations claims;
	const char *digest, *kind, *entry, *sbom = NULL;
	const struct tar_file *f;
	int rc;

	if ((rc = json_need(&inputs, doc, trace, "inputs", JSON_ARRAY, err)) !=
		0 ||
	    (rc = json_need_text(&digest, doc, trace, "policyDigest", err)) !=
		0 ||
	    (rc = json_need_text(&kind, doc, trace, "sbomEntryKind", err)) !=
		0 ||
	    (rc = json_need_text(&entry, doc, trace, "sbomEntryId", err)) !=
		0 ||
	    (rc = claims_of(&claims, r, doc, inputs, err)) != 0)
		return rc;
	if (!text_is_digest(digest) || strlen(entry) < 72)
		return json_fail(doc, trace, err, "a digest is malformed");
	f = replay_file(r, "files/", digest + 7, ".json");
	if (f == NULL)
		return json_fail(doc, trace, err,
		    "policy %s is not in the archive", digest);
	if ((rc = verdict_sbom(&sbom, r->scratch, kind, entry, err)) != 0 ||
	    (rc = vexlog_policy_read(
		 &policy, r->scratch, NULL, f->bytes, err)) != 0)
		return rc;
	return vexlog_merge(out, r->scratch, &claims, policy, sbom, err);
}

static int
take_verdict(struct replay *r, const char *where, const struct json_doc *doc)
{
	static const char *const names[] = {"attestation", "record",
	    "replaces", "sequence"};
	const struct json_value *record, *trace;
	struct vexlog_verdict v;
	struct vexlog_err why;
	struct report report;
	const char *hex;
	int rc = replay_attestation_of(&hex, doc, &why);

	if (rc == 0)
		rc = json_only(doc, doc->root, names, 4, &why);
	if (rc == 0)
		rc = json_need(&record, doc, doc->root, "record", JSON_OBJECT,
		    &why);
	if (rc == 0)
		rc = json_need(&trace, doc, record, "trace", JSON_OBJECT,
		    &why);
	if (rc != 0)
		return replay_differ_err(r, where, rc, &why);
	if ((rc = replay_history(r, where, doc, record)) != 0)
		return rc;
	if ((rc = decide_again(&v, r, doc, trace, &why)) == 0)
		rc = check_record_same(r->scratch, doc, record, &v, &why);
	if (rc != 0)
		return replay_differ_err(r, where, rc, &why);
	r->result.verdicts++;
	replay_count(r, hex);
	if (hex == NULL)
		return replay_keep_verdict(r, &v, NULL);
	report_open(&report, r->scratch);
	if ((rc = load_attestation(r, hex, TIME_NONE)) != 0 ||
	    (rc = repeat_shared(&report, r)) != 0)
		return rc;
	bool known = r->shared_hex != NULL && r->shared.failed == 0;
	if (known &&
	    (rc = check_verdict(
		 &report, r->scratch, &r->attestation, v.id, r->err)) != 0)
		return rc;
	rc = replay_keep_verdict(r, &v, known ? &r->attestation : NULL);
	return rc != 0 ? rc : close_report(r, where, &report, v.id);
}

/* ---- policies, trust files -------------------------------------------- */

int
replay_attested(struct replay *r, const char *where, const char *hex,
    const char *kind, const char *subject, struct vexlog_bytes bytes)
{
	struct report report;
	int rc;

	replay_count(r, hex);
	vexlog_arena_reset(r->scratch);
	report_open(&report, r->scratch);
	if ((rc = load_attestation(r, hex, TIME_NONE)) != 0 ||
	    (rc = repeat_shared(&report, r)) != 0)
		return rc;
	if (r->shared_hex != NULL && r->shared.failed == 0 &&
	    (rc = check_file(&report, r->scratch, &r->attestation, kind,
		 subject, bytes, r->err)) != 0)
		return rc;
	return close_report(r, where, &report, subject);
}

static int
take_subject(struct replay *r, const char *where, const struct json_doc *doc)
{
	static const char *const names[] = {"attestation", "kind", "subject"};
	const char *hex, *kind, *subject;
	const struct tar_file *f;
	struct vexlog_err why;
	int rc = replay_attestation_of(&hex, doc, &why);

	if (rc == 0)
		rc = json_only(doc, doc->root, names, 3, &why);
	if (rc == 0)
		rc = json_need_text(&kind, doc, doc->root, "kind", &why);
	if (rc == 0)
		rc = json_need_text(&subject, doc, doc->root, "subject", &why);
	if (rc == 0 && (hex == NULL || !text_is_digest(subject)))
		rc = err_set(&why, VEXLOG_SHAPE,
		    "a subject has a digest and an attestation");
	if (rc != 0)
		return replay_differ_err(r, where, rc, &why);
	if ((f = replay_file(r, "files/", subject + 7, ".json")) == NULL)
		return replay_differ(r, where, "%s is not in the archive", subject);
	return replay_attested(r, where, hex, kind, subject, f->bytes);
}

/* ---- the whole -------------------------------------------------------- */

static int
open_trust(struct replay *r)
{
	const struct tar_file *f = tar_find(r->files, r->count, ARCHIVE_TRUST);
	struct vexlog_bytes bytes = r->options->trust;
	struct vexlog_err why;

	r->result.own_trust = bytes.size == 0;
	if (bytes.size > 0)
		return trust_read(&r->trust, bytes, r->err);
	if (f == NULL)
		return replay_differ(r, ARCHIVE_TRUST, "there is no trust file");
	int rc = trust_read(&r->trust, f->bytes, &why);
	return rc == 0 ? 0 : replay_differ_err(r, ARCHIVE_TRUST, rc, &why);
}

static int
run(struct replay *r)
{
	const struct tar_file *deltas;
	struct vexlog_bytes bytes;
	struct vexlog_err why;
	int rc = file_read(
	    &bytes, r->arena, r->options->path, DOCUMENT_SIZE_MAX, r->err);

	if (rc != 0)
		return rc;
	rc = tar_read(&r->files, &r->count, r->arena, bytes, &why);
	if (rc != 0)
		return replay_differ_err(r, r->options->path, rc, &why);
	r->used = arena_list(r->arena, r->count, sizeof(*r->used), r->err);
	if (r->used == NULL)
		return r->err->code;
	map_open(&r->observations, r->arena);
	map_open(&r->decisions, r->arena);
	map_open(&r->verdicts, r->arena);
	r->decided = (struct state){
	    .arena = r->arena, .scratch = r->scratch, .err = r->err};
	deltas = tar_find(r->files, r->count, ARCHIVE_DELTAS);
	r->has_deltas = deltas != NULL && deltas->bytes.size > 0;
	if ((rc = replay_manifest(r)) != 0 || (rc = open_trust(r)) != 0 ||
	    r->trust == NULL)
		return rc;
	if ((rc = each_line(r, ARCHIVE_OBSERVATIONS, take_observation)) != 0 ||
	    (rc = check_observations(r)) != 0 ||
	    (rc = each_line(r, ARCHIVE_VERDICTS, take_verdict)) != 0)
		return rc;
	if ((rc = each_line(r, ARCHIVE_SUBJECTS, take_subject)) != 0 ||
	    (rc = each_line(r, ARCHIVE_DELTAS, replay_delta)) != 0)
		return rc;
	return replay_unused(r);
}

int
vexlog_replay(struct vexlog_replay_result *out,
    const struct vexlog_replay_options *options, struct vexlog_err *err)
{
	struct replay r = {.options = options, .err = err};
	int rc;

	r.arena = vexlog_arena_open(JOB_ARENA_MAX);
	r.scratch = vexlog_arena_open(JOB_ARENA_MAX);
	r.kept = vexlog_arena_open(JOB_ARENA_MAX);
	rc = r.arena == NULL || r.scratch == NULL || r.kept == NULL ?
	    err_memory(err) :
	    check_cache_open(&r.documents, err);
	if (rc == 0)
		rc = run(&r);
	check_cache_close(&r.documents);
	trust_close(r.trust);
	vexlog_arena_close(r.kept);
	vexlog_arena_close(r.scratch);
	vexlog_arena_close(r.arena);
	if (rc == 0)
		*out = r.result;
	return rc;
}
