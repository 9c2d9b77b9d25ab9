/*
 * verify.c - does what is kept hold? Offline, each check by its name.
 *
 * An observation holds when its row hashes to its ids, its content digest is
 * a leaf of the batch that was signed, the signature is one of a trusted
 * signer, and the log's entry is bound to that signature and proven in the
 * log's tree. A verdict, policy or trust file is attested alone.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/attest.h"
#include "flow/home.h"
#include "flow/record.h"
#include "flow/verdict.h"
#include "sign/dsse.h"
#include "tlog/merkle.h"
#include "vex/merge.h"
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
	struct dsse dsse;
	struct entry entry;
	struct vexlog_err *err;
};

#define SIGNER	"signer key"
#define DEEP	"document"

/* The claim read again from the document as it was received. */
static int
check_document(struct report *r, struct verify *f,
    const struct vexlog_observation *o)
{
	struct vexlog_read_options options = {.format = o->format,
	    .provider = o->provider,
	    .received_at = o->created_at};
	struct vexlog_document doc;
	struct store_document row;
	struct vexlog_err why;
	int rc = store_get_document(&row, f->arena, f->v->store,
	    o->document_digest, &why);

	if (rc == 0)
		rc = vexlog_read(&doc, f->arena, row.bytes, &options, &why);
	if (rc != 0)
		return report_judge(r, DEEP, "observationId", rc, &why,
		    f->err, "%s", "");
	for (size_t i = 0; i < doc.observations.count; i++) {
		const struct vexlog_observation *c = &doc.observations.list[i];
		if (!text_same(c->id, o->id))
			continue;
		if (!text_same(c->content_digest, o->content_digest))
			return report_add(r, DEEP, "contentDigest",
			    VEXLOG_FAIL, f->err,
			    "the document says %s at %s, the store %s",
			    vexlog_status_name(c->status), o->pointer,
			    vexlog_status_name(o->status));
		if (!text_same(c->impact_text, o->impact_text) ||
		    !text_same(c->action_text, o->action_text) ||
		    !text_same(c->aliases, o->aliases))
			return report_add(r, DEEP, "contentDigest",
			    VEXLOG_FAIL, f->err,
			    "texts or aliases of the store are not those at "
			    "%s",
			    o->pointer);
		return report_add(r, DEEP, "contentDigest", VEXLOG_PASS,
		    f->err, "read again at %s", o->pointer);
	}
	return report_add(r, DEEP, "observationId", VEXLOG_FAIL, f->err,
	    "the document has no such claim at %s", o->pointer);
}

/* ---- the attestation -------------------------------------------------- */

static int
check_signer(struct report *r, struct verify *f, const struct dsse *dsse,
    int64_t at, const struct trust_signer **signer)
{
	const char *id =
	    dsse->signature_count > 0 ? dsse->signatures[0].key_id : NULL;
	struct vexlog_err why;
	int rc;

	*signer = id == NULL ? NULL : trust_signer_by_id(f->trust, id);
	if (*signer == NULL)
		return report_add(r, SIGNER, "trust file", VEXLOG_FAIL, f->err,
		    "key %s is not among the trusted signers",
		    id == NULL ? "(none named)" : id);
	if (at != TIME_NONE &&
	    (at < (*signer)->valid_from || at > (*signer)->valid_until)) {
		*signer = NULL;
		return report_add(r, SIGNER, "trust file", VEXLOG_FAIL, f->err,
		    "key %s was not valid when this was logged", id);
	}
	rc = report_add(r, SIGNER, "trust file", VEXLOG_PASS, f->err,
	    "%s, key %s", (*signer)->name, id);
	if (rc != 0)
		return rc;
	rc = dsse_verify(NULL, dsse, (*signer)->key, &why);
	return report_judge(r, "envelope signature", "DSSE v1", rc, &why,
	    f->err, "%s over %zu bytes", key_algo((*signer)->key),
	    dsse->payload.size);
}

static int
check_entry(struct report *r, struct verify *f, const struct dsse *dsse,
    const struct entry *entry, const struct trust_signer *signer, int64_t at)
{
	struct entry_expect expect = {.key = signer->key,
	    .signature = dsse->signatures[0].bytes};
	int rc = dsse_pae(&expect.message, f->kept, dsse->payload_type,
	    dsse->payload, f->err);

	if (rc != 0)
		return rc;
	return entry_verify(r, f->kept, entry, f->trust, &expect, at, f->err);
}

/* Envelope, signer, entry: everything but what the envelope is about. */
static int
check_attestation(struct verify *f, const struct store_job *job,
    const char *entry_json, int64_t at)
{
	struct report *r = &f->shared;
	const struct trust_signer *signer;
	struct vexlog_err why;
	int rc;

	report_open(r, f->kept);
	rc = dsse_read(&f->dsse, f->kept, job->envelope, &why);
	if (rc != 0)
		return report_judge(r, "envelope", "DSSE v1", rc, &why, f->err,
		    "%s", "");
	if (!text_same(f->dsse.payload_type, DSSE_IN_TOTO))
		return report_add(r, "envelope", "in-toto v1", VEXLOG_FAIL,
		    f->err, "the payload type is \"%s\", not \"%s\"",
		    f->dsse.payload_type, DSSE_IN_TOTO);
	if ((rc = verdict_entry(&f->entry, f->kept, entry_json, &why)) != 0)
		return report_judge(r, "entry", "strict parse", rc, &why,
		    f->err, "%s", "");
	rc = check_signer(r, f, &f->dsse, at, &signer);
	if (rc != 0)
		return rc;
	if (signer == NULL)
		return report_missed(r, "entry", "trust file", f->err,
		    "not judged without a trusted signer");
	return check_entry(r, f, &f->dsse, &f->entry, signer, at);
}

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
	f->job = 0;
	vexlog_arena_reset(f->kept);
	/* the bytes must outlive this object */
	const char *json = arena_copy(f->kept, entry, f->err);
	char *envelope = arena_text(f->kept, job.envelope.data,
	    job.envelope.size, f->err);
	if (json == NULL || envelope == NULL)
		return f->err->code;
	job.envelope.data = (const uint8_t *)envelope;
	rc = check_attestation(f, &job, json, at);
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

/* ---- an observation --------------------------------------------------- */

struct batch_proof {
	uint64_t index, size;
	struct hash root;
	struct hash hashes[PROOF_LENGTH_MAX];
	size_t count;
};

static int
read_batch(struct batch_proof *out, struct verify *f, const char *proof,
    struct vexlog_err *why)
{
	const struct json_value *batch, *hashes;
	struct json_doc doc;
	int64_t index, size;
	const char *root;
	int rc = json_read(&doc, f->arena, text_bytes(proof), 0, why);

	if (rc != 0 ||
	    (rc = json_need(&batch, &doc, doc.root, "batch", JSON_OBJECT,
		 why)) != 0 ||
	    (rc = json_need_integer(&index, &doc, batch, "leafIndex", why)) !=
		0 ||
	    (rc = json_need_integer(&size, &doc, batch, "treeSize", why)) !=
		0 ||
	    (rc = json_need_text(&root, &doc, batch, "rootHash", why)) != 0 ||
	    (rc = json_need(&hashes, &doc, batch, "hashes", JSON_ARRAY,
		 why)) != 0)
		return rc;
	if (index < 0 || size < 0 || json_count(hashes) > PROOF_LENGTH_MAX ||
	    !text_unhex(out->root.bytes, HASH_SIZE, root))
		return json_fail(&doc, batch, why,
		    "this is no audit path of a batch");
	out->index = (uint64_t)index;
	out->size = (uint64_t)size;
	out->count = 0;
	for (const struct json_value *v = json_first(hashes);
	     v != json_end(hashes); v = json_next(v))
		if (!json_is(v, JSON_STRING) ||
		    !text_unhex(out->hashes[out->count++].bytes, HASH_SIZE,
			v->as.text))
			return json_fail(&doc, v, why,
			    "a hash of the audit path is not 64 hex digits");
	return 0;
}

/* The content digest is a leaf of the tree whose root was signed. */
static int
check_batch(struct report *r, struct verify *f,
    const struct vexlog_observation *o)
{
	static const char name[] = "batch membership";
	struct batch_proof proof;
	struct statement statement;
	struct vexlog_err why;
	struct hash leaf;
	int64_t count = 0;
	char hex[2 * HASH_SIZE + 1];
	int rc = read_batch(&proof, f, o->linkage->inclusion_proof, &why);

	if (rc == 0)
		rc = statement_read(&statement, f->arena, f->dsse.payload,
		    &why);
	if (rc == 0 && !text_same(statement.predicate_type, ATTEST_BATCH))
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "the statement is a %.64s", statement.predicate_type);
	if (rc == 0)
		rc = json_need_integer(&count, &statement.doc,
		    statement.predicate, "count", &why);
	if (rc == 0) {
		const char *signed_root =
		    json_get_text(statement.predicate, "rootHash");
		text_hex(hex, proof.root.bytes, HASH_SIZE);
		if (!text_same(hex, statement.subject_sha256) ||
		    !text_same(hex, signed_root))
			rc = err_set(&why, VEXLOG_BAD_PROOF,
			    "the audit path is to root %s, signed was %s", hex,
			    signed_root == NULL ? "none" : signed_root);
	}
	if (rc == 0 && (uint64_t)count != proof.size)
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "the audit path is in a tree of %llu, signed was %lld",
		    (unsigned long long)proof.size, (long long)count);
	if (rc == 0)
		rc = merkle_leaf(&leaf, text_bytes(o->content_digest), &why);
	if (rc == 0)
		rc = merkle_verify_inclusion(proof.index, proof.size, &leaf,
		    proof.hashes, proof.count, &proof.root, &why);
	return report_judge(r, name, "RFC 9162 2.1.3.2", rc, &why, f->err,
	    "leaf %llu of %llu", (unsigned long long)proof.index,
	    (unsigned long long)proof.size);
}

/* The row's columns are those of the entry. */
static int
check_linkage(struct report *r, struct verify *f,
    const struct vexlog_linkage *have)
{
	struct vexlog_linkage want;
	int rc = record_link(&want, f->arena, &f->entry, NULL,
	    have->linked_at, f->err);

	if (rc != 0)
		return rc;
	if (!text_same(have->uuid, want.uuid) ||
	    have->log_index != want.log_index ||
	    !text_same(have->log_id, want.log_id) ||
	    !text_same(have->body_hash, want.body_hash) ||
	    !text_same(have->tree_root, want.tree_root) ||
	    have->tree_size != want.tree_size)
		return report_add(r, "linkage", "rekor_*", VEXLOG_FAIL, f->err,
		    "linked to entry %s at %lld, the entry kept is %s at %lld",
		    have->uuid, (long long)have->log_index, want.uuid,
		    (long long)want.log_index);
	return report_add(r, "linkage", "rekor_*", VEXLOG_PASS, f->err,
	    "entry %lld of log %.16s…", (long long)have->log_index,
	    have->log_id);
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
verify_observation(struct verify *f, const struct vexlog_observation *o)
{
	struct vexlog_err why;
	struct report r;
	bool there;
	int rc;

	report_open(&r, f->arena);
	rc = observation_check(o, f->arena, &why);
	rc = report_judge(&r, "content digest", "observationId, contentDigest",
	    rc, &why, f->err, "%s", o->content_digest);
	if (rc != 0)
		return rc;
	if (f->options->deep && (rc = check_document(&r, f, o)) != 0)
		return rc;
	if (o->linkage == NULL)
		rc = report_add(&r, "linkage", "rekor_*", VEXLOG_SKIP, f->err,
		    "pending: not linked yet");
	else {
		int64_t at = o->linkage->integrated_time != TIME_NONE ?
		    o->linkage->integrated_time :
		    o->linkage->linked_at;
		rc = load_attestation(&there, f, "observations", o->id, at);
		if (rc == 0 && !there)
			rc = report_missed(&r, "envelope", "DSSE v1", f->err,
			    "linked, but no envelope is kept");
		else if (rc == 0 && (rc = repeat_shared(&r, f)) == 0 &&
		    f->shared.failed == 0 &&
		    (rc = check_linkage(&r, f, o->linkage)) == 0)
			rc = check_batch(&r, f, o);
	}
	return rc != 0 ? rc : close_report(f, &r, o->id);
}

/* ---- a verdict, policy, trust file ------------------------------------ */

/* The signed statement must be the one that the stored record gives. */
static int
check_subject(struct report *r, struct verify *f, const char *kind,
    const char *id)
{
	char digest[DIGEST_TEXT];
	struct statement statement;
	struct vexlog_err why;
	int rc = statement_read(&statement, f->arena, f->dsse.payload, &why);

	if (rc == 0 && text_same(kind, "verdict")) {
		struct vexlog_bytes body;
		struct buffer b;
		const char *own = NULL;
		buffer_open(&b, f->arena, MIB);
		rc = json_canonical(&b, &statement.doc, statement.predicate,
		    &why);
		if (rc == 0)
			rc = buffer_finish(&b, &body, &why);
		if (rc == 0)
			rc = vexlog_hash(&own, f->arena, "verdict", body,
			    &why);
		if (rc == 0 &&
		    (!text_same(own, id) ||
			!text_same(json_get_text(statement.predicate,
				       "vexVerdictId"),
			    id)))
			rc = err_set(&why, VEXLOG_BAD_PROOF,
			    "the signed predicate hashes to %s", own);
	} else if (rc == 0) {
		struct vexlog_bytes bytes;
		rc = store_get_blob(&bytes, f->arena, f->v->store, kind, id,
		    &why);
		if (rc == 0)
			rc = hash_digest(digest, bytes, &why);
		if (rc == 0 &&
		    !text_same(digest + 7, statement.subject_sha256))
			rc = err_set(&why, VEXLOG_BAD_PROOF,
			    "the %s hashes to %s, signed was sha256:%.64s",
			    kind, digest,
			    statement.subject_sha256 == NULL ?
				"" :
				statement.subject_sha256);
	}
	return report_judge(r, "subject", "in-toto v1", rc, &why, f->err,
	    "%s %s", kind, id);
}

/* The inputs kept with a verdict hash to its reasoning id, and deciding them
 * again gives it. */
static int
check_reasoning(struct report *r, struct verify *f, const char *id)
{
	const struct json_value *trace;
	struct store_verdict row;
	struct vexlog_err why;
	struct json_doc doc;
	const char *own;
	int rc = store_get_verdict(&row, f->arena, f->v->store, id, &why);

	if (rc == 0)
		rc = json_read(&doc, f->arena, text_bytes(row.record), 0,
		    &why);
	if (rc == 0)
		rc = json_need(&trace, &doc, doc.root, "trace", JSON_OBJECT,
		    &why);
	if (rc == 0) {
		static const char *const names[] = {"aliases", "inputs",
		    "latticeVersion", "policyDigest", "policyVersion",
		    "productKey", "schema", "vulnerabilityId"};
		struct vexlog_bytes body;
		struct buffer b;
		buffer_open(&b, f->arena, JOB_ARENA_MAX);
		for (size_t i = 0; rc == 0 && i < 8; i++) {
			const struct json_value *v = json_get(trace, names[i]);
			buffer_print(&b, "%c\"%s\":", i == 0 ? '{' : ',',
			    names[i]);
			rc = v == NULL ?
			    json_fail(&doc, trace, &why, "\"%s\" is missing",
				names[i]) :
			    json_canonical(&b, &doc, v, &why);
		}
		buffer_byte(&b, '}');
		if (rc == 0)
			rc = buffer_finish(&b, &body, &why);
		if (rc == 0)
			rc = vexlog_hash(&own, f->arena, "reasoning", body,
			    &why);
		if (rc == 0 && !text_same(own, row.reasoning_id))
			rc = err_set(&why, VEXLOG_BAD_PROOF,
			    "the inputs hash to %s, the verdict says %s", own,
			    row.reasoning_id);
	}
	return report_judge(r, "reasoning", "reasoningId", rc, &why, f->err,
	    "%s", rc == 0 ? row.reasoning_id : "");
}

static int
verify_subject(struct verify *f, const char *kind, const char *id)
{
	struct report r;
	bool there;
	int rc;

	report_open(&r, f->arena);
	if (text_same(kind, "verdict") &&
	    (rc = check_reasoning(&r, f, id)) != 0)
		return rc;
	if ((rc = load_attestation(&there, f, kind, id, TIME_NONE)) != 0)
		return rc;
	if (!there)
		rc = report_add(&r, "linkage", "rekor_*", VEXLOG_SKIP, f->err,
		    "pending: not linked yet");
	else if ((rc = repeat_shared(&r, f)) == 0 && f->shared.failed == 0)
		rc = check_subject(&r, f, kind, id);
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
	static const char *const kinds[] = {"policy", "trust"};
	for (size_t i = 0; i < 2; i++)
		if (store_get_blob(&bytes, f->arena, f->v->store, kinds[i], id,
			f->err) == 0)
			return verify_subject(f, kinds[i], id);
	return err_set(f->err, VEXLOG_NOT_FOUND, "nothing is known under %s",
	    id);
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
	rc = f.arena == NULL || f.kept == NULL ?
	    err_memory(err) :
	    home_trust(&f.trust, v->home, options->trust, err);
	if (rc == 0 && options->ids == NULL)
		rc = verify_all(&f);
	for (size_t i = 0; rc == 0 && options->ids != NULL &&
	     i < options->id_count;
	     i++)
		rc = verify_id(&f, options->ids[i]);
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
