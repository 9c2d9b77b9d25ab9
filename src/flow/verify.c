/*
 * verify.c - does what is kept hold? Offline, each check by its name.
 *
 * An observation holds when its row hashes to its ids, its content digest is
 * a leaf of the batch that was signed, the signature is one of a trusted
 * signer, and the log's entry is bound to that signature and proven in the
 * log's tree. A verdict, delta, policy or trust file is attested alone.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/check.h"
#include "flow/home.h"
#include "flow/policies.h"
#include "flow/record.h"
#include "flow/verdict.h"
#include "vex/observation.h"

struct verify {
	struct vexlog *v;
	const struct vexlog_verify_options *options;
	struct trust *trust;
	struct vexlog_arena *arena; /* of one object */
	struct vexlog_arena *kept;  /* of the attestation below */
	struct vexlog_verify_result result;
	/* Members of a batch share one attestation: its checks are made once
	 * and repeated in each report. */
	int64_t job;
	struct report shared;
	struct attestation attestation;
	struct check_cache documents;
	struct policies policies;
	struct vexlog_err *err;
};

/* Makes f->shared the report about this job. *there is false when nothing
 * attests the subject. */
static int
load_attestation(bool *there, struct verify *f, const char *kind,
    const char *subject, int64_t at)
{
	struct store_job job;
	const char *entry = NULL;
	struct vexlog_err why;
	int rc = store_job_of(&job, &entry, f->arena, f->v->store, kind,
	    subject, &why);

	*there = rc == 0 && entry != NULL;
	if (rc == VEXLOG_NOT_FOUND || (rc == 0 && entry == NULL))
		return 0;
	if (rc != 0) {
		*f->err = why;
		return rc;
	}
	if (f->job == job.id)
		return 0;
	/* a log without times: when its entry was kept is the best there is */
	if (at == TIME_NONE)
		at = job.logged_at;
	f->job = 0;
	vexlog_arena_reset(f->kept);
	/* the bytes must outlive this object */
	const char *json = arena_copy(f->kept, entry, f->err);
	char *envelope = arena_text(f->kept, job.envelope.data,
	    job.envelope.size, f->err);
	if (json == NULL || envelope == NULL)
		return f->err->code;
	job.envelope.data = (const uint8_t *)envelope;
	report_open(&f->shared, f->kept);
	rc = check_attestation(&f->shared, &f->attestation, f->kept, f->trust,
	    job.envelope, json, at, f->err);
	if (rc == 0)
		f->job = job.id;
	return rc;
}

static int
repeat_shared(struct report *r, struct verify *f)
{
	for (size_t i = 0; i < f->shared.count; i++) {
		const struct vexlog_check *c = &f->shared.list[i];
		int rc = report_add(r, c->name, c->rule, c->outcome, f->err,
		    "%s", c->detail);
		if (rc != 0)
			return rc;
	}
	r->required_skipped += f->shared.required_skipped;
	return 0;
}

static int
close_report(struct verify *f, const struct report *r, const char *id)
{
	struct vexlog_report report = report_close(r, id);

	f->result.checked++;
	f->result.held += report.holds;
	f->result.failed += !report.holds;
	if (f->options->report != NULL &&
	    f->options->report(&report, f->options->context) < 0)
		return err_set(f->err, VEXLOG_REFUSED,
		    "stopped by the caller");
	return 0;
}

static int
not_linked(struct report *r, struct verify *f)
{
	return report_add(r, "linkage", "rekor_*", VEXLOG_SKIP, f->err,
	    "pending: not linked yet");
}

/* ---- an observation --------------------------------------------------- */

static int
fetch_document(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *digest, void *context, struct vexlog_err *err)
{
	struct verify *f = context;
	struct store_document row;
	int rc = store_get_document(&row, arena, f->v->store, digest, err);

	if (rc == 0)
		*out = row.bytes;
	return rc;
}

static int
verify_linked(struct report *r, struct verify *f,
    const struct vexlog_observation *o)
{
	const struct vexlog_linkage *l = o->linkage;
	int64_t at = l->integrated_time != TIME_NONE ? l->integrated_time :
						       l->linked_at;
	bool there;
	int rc = load_attestation(&there, f, "observations", o->id, at);

	if (rc != 0)
		return rc;
	if (!there)
		return report_missed(r, "envelope", "DSSE v1", f->err,
		    "linked, but no envelope is kept");
	if ((rc = repeat_shared(r, f)) != 0 || f->shared.failed > 0)
		return rc;
	rc = check_linkage(r, f->arena, &f->attestation, l, f->err);
	return rc != 0 ? rc :
			 check_batch(r, f->arena, &f->attestation, o, f->err);
}

static int
verify_observation(struct verify *f, const struct vexlog_observation *o)
{
	struct report r;
	int rc;

	report_open(&r, f->arena);
	if ((rc = check_content(&r, f->arena, o, f->err)) != 0)
		return rc;
	if (f->options->deep &&
	    (rc = check_document(&r, &f->documents, o, fetch_document, f,
		 f->err)) != 0)
		return rc;
	rc = o->linkage == NULL ? not_linked(&r, f) :
				  verify_linked(&r, f, o);
	return rc != 0 ? rc : close_report(f, &r, o->id);
}

/* ---- a verdict, delta, policy, trust file ----------------------------- */

/* The claims that a trace names as inputs, from the store. */
static int
read_inputs(struct vexlog_observations *out, struct verify *f,
    const struct json_doc *doc, const struct json_value *trace,
    struct vexlog_err *err)
{
	struct vexlog_observation *list;
	const struct json_value *inputs;
	size_t n = 0;
	int rc = json_need(&inputs, doc, trace, "inputs", JSON_ARRAY, err);

	if (rc != 0)
		return rc;
	list = arena_list(f->arena, json_count(inputs), sizeof(*list), err);
	if (list == NULL)
		return err->code;
	for (const struct json_value *v = json_first(inputs);
	     rc == 0 && v != json_end(inputs); v = json_next(v)) {
		const char *id;
		rc = json_need_text(&id, doc, v, "observationId", err);
		if (rc == 0)
			rc = store_get_observation(&list[n++], f->arena,
			    f->v->store, id, err);
	}
	if (rc == 0)
		*out = (struct vexlog_observations){list, n};
	return rc;
}

/* Decided again from the same inputs under the same policy, the verdict and
 * its whole trace come out as they are kept. */
static int
decide_again(struct verify *f, const struct store_verdict *row,
    const struct json_doc *doc, const struct json_value *trace,
    struct vexlog_err *err)
{
	const struct vexlog_policy *policy;
	struct vexlog_observations claims;
	struct vexlog_verdict v;
	const char *sbom;
	int rc = read_inputs(&claims, f, doc, trace, err);

	if (rc == 0)
		rc = policies_get(
		    &policy, &f->policies, row->policy_digest, err);
	if (rc == 0)
		rc = verdict_sbom(&sbom, f->arena, row->sbom_entry_kind,
		    row->sbom_entry_id, err);
	if (rc == 0)
		rc = vexlog_merge(&v, f->arena, &claims, policy, sbom, err);
	if (rc == 0)
		rc = check_record_same(f->arena, doc, doc->root, &v, err);
	return rc;
}

static int
verify_record(struct report *r, struct verify *f, const char *id)
{
	const struct json_value *trace;
	struct store_verdict row;
	struct json_doc doc;
	struct vexlog_err why;
	int rc = store_get_verdict(&row, f->arena, f->v->store, id, &why);

	if (rc == 0)
		rc = json_read(&doc, f->arena, text_bytes(row.record), 0,
		    &why);
	if (rc == 0)
		rc = json_need(&trace, &doc, doc.root, "trace", JSON_OBJECT,
		    &why);
	if (rc != 0)
		return report_judge(r, "reasoning", "reasoningId", rc, &why,
		    f->err, "%s", "");
	rc = check_reasoning(r, f->arena, &doc, trace, row.reasoning_id,
	    f->err);
	if (rc != 0)
		return rc;
	rc = decide_again(f, &row, &doc, trace, &why);
	/* inputs that no merge can take are the record's fault here */
	if (rc == VEXLOG_MISUSE || rc == VEXLOG_CONFLICT)
		rc = why.code = VEXLOG_BAD_PROOF;
	return report_judge(r, "decided again", "merge trace", rc, &why,
	    f->err, "from the inputs kept, under policy %s",
	    row.policy_version);
}

static int
verify_subject(struct verify *f, const char *kind, const char *id)
{
	bool verdict = text_same(kind, "verdict"), there;
	struct vexlog_bytes bytes;
	struct report r;
	int rc;

	report_open(&r, f->arena);
	if (verdict && (rc = verify_record(&r, f, id)) != 0)
		return rc;
	if ((rc = load_attestation(&there, f, kind, id, TIME_NONE)) != 0)
		return rc;
	if (!there)
		rc = not_linked(&r, f);
	else if ((rc = repeat_shared(&r, f)) == 0 && f->shared.failed == 0) {
		if (verdict)
			rc = check_verdict(&r, f->arena, &f->attestation, id,
			    f->err);
		else if ((rc = store_get_blob(&bytes, f->arena, f->v->store,
			      kind, id, f->err)) == 0)
			rc = check_file(&r, f->arena, &f->attestation, kind,
			    id, bytes, f->err);
	}
	return rc != 0 ? rc : close_report(f, &r, id);
}

/* ---- all or some ------------------------------------------------------ */

static int
verify_id(struct verify *f, const char *id)
{
	struct vexlog_observation o;
	struct store_verdict row;
	int rc;

	vexlog_arena_reset(f->arena);
	if (observation_is_id(id)) {
		rc = store_get_observation(&o, f->arena, f->v->store, id,
		    f->err);
		return rc != 0 ? rc : verify_observation(f, &o);
	}
	if (!text_is_digest(id)) {
		err_set(f->err, VEXLOG_MISUSE, "\"%.90s\" is not an id", id);
		return err_hint(f->err,
		    "give the id of an observation or a verdict");
	}
	rc = store_get_verdict(&row, f->arena, f->v->store, id, f->err);
	if (rc == 0)
		return verify_subject(f, "verdict", id);
	if (rc != VEXLOG_NOT_FOUND)
		return rc;
	struct vexlog_bytes bytes;
	static const char *const kinds[] = {"policy", "trust", "delta"};
	for (size_t i = 0; i < 3; i++) {
		rc = store_get_blob(
		    &bytes, f->arena, f->v->store, kinds[i], id, f->err);
		if (rc != VEXLOG_NOT_FOUND)
			return rc != 0 ? rc : verify_subject(f, kinds[i], id);
	}
	return err_set(
	    f->err, VEXLOG_NOT_FOUND, "nothing is known under %s", id);
}

/* A row that does not hash to its id is found while listing, and told as a
 * report of its own. */
static int
verify_observations(struct verify *f)
{
	struct vexlog_filter filter = {.log_index = -1,
	    .known_at = TIME_MAX,
	    .limit = 1000};
	struct vexlog_arena *page = vexlog_arena_open(JOB_ARENA_MAX);
	struct vexlog_observations list;
	char cursor[CURSOR_MAX];
	const char *next = NULL;
	int rc = 0;

	if (page == NULL)
		return err_memory(f->err);
	do {
		if (next != NULL) {
			(void)snprintf(cursor, sizeof(cursor), "%s", next);
			filter.cursor = cursor;
		}
		vexlog_arena_reset(page);
		rc = store_find(&list, &next, page, f->v->store, &filter,
		    f->err);
		for (size_t i = 0; rc == 0 && i < list.count; i++) {
			vexlog_arena_reset(f->arena);
			if (list.list[i].linkage != NULL)
				rc = verify_observation(f, &list.list[i]);
		}
	} while (rc == 0 && next != NULL);
	vexlog_arena_close(page);
	return rc;
}

static int
verify_all(struct verify *f)
{
	struct vexlog_arena *arena = vexlog_arena_open(JOB_ARENA_MAX);
	const struct store_job *jobs;
	size_t count;
	int rc = verify_observations(f);

	if (arena == NULL)
		return err_memory(f->err);
	if (rc == 0)
		rc = store_jobs_done(&jobs, &count, arena, f->v->store,
		    f->err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		vexlog_arena_reset(f->arena);
		rc = verify_subject(f, jobs[i].kind, jobs[i].subject);
	}
	vexlog_arena_close(arena);
	return rc;
}

int
vexlog_verify(struct vexlog_verify_result *out, struct vexlog *v,
    const struct vexlog_verify_options *options, struct vexlog_err *err)
{
	struct verify f = {.v = v, .options = options, .err = err};
	int rc;

	f.arena = vexlog_arena_open(JOB_ARENA_MAX);
	f.kept = vexlog_arena_open(JOB_ARENA_MAX);
	rc = f.arena == NULL || f.kept == NULL
	    ? err_memory(err)
	    : check_cache_open(&f.documents, err);
	if (rc == 0)
		rc = policies_open(&f.policies, v->store, err);
	if (rc == 0)
		rc = home_trust(&f.trust, v->home, options->trust, err);
	if (rc == 0)
		rc = store_snapshot(v->store, err);
	/* a row that does not fit its ids is a report, not the end */
	store_as_is(v->store, true);
	if (rc == 0 && options->ids == NULL)
		rc = verify_all(&f);
	for (size_t i = 0; rc == 0 && options->ids != NULL &&
	     i < options->id_count;
	     i++)
		rc = verify_id(&f, options->ids[i]);
	store_as_is(v->store, false);
	store_rollback(v->store);
	policies_close(&f.policies);
	check_cache_close(&f.documents);
	trust_close(f.trust);
	vexlog_arena_close(f.kept);
	vexlog_arena_close(f.arena);
	if (rc == 0)
		*out = f.result;
	return rc;
}

int
vexlog_report_json(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_report *report, struct vexlog_err *err)
{
	static const char *const outcomes[] = {"PASS", "FAIL", "SKIP"};
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_member(&w, "id", report->id);
	json_member_bool(&w, "holds", report->holds);
	json_name(&w, "checks");
	json_array(&w);
	for (size_t i = 0; i < report->count; i++) {
		const struct vexlog_check *c = &report->list[i];
		json_object(&w);
		json_member(&w, "name", c->name);
		json_member(&w, "rule", c->rule);
		json_member(&w, "outcome", outcomes[c->outcome]);
		json_member(&w, "detail", c->detail);
		json_close(&w);
	}
	json_close(&w);
	json_close(&w);
	return buffer_finish(&b, out, err);
}
