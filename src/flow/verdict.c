/*
 * verdict.c - verdicts between the merge and the store, and their payload.
 */
#include "flow/verdict.h"

#include "base/text.h"
#include "base/time.h"
#include "flow/attest.h"
#include "flow/record.h"
#include "sign/dsse.h"
#include "vex/merge.h"
#include "vex/observation.h"

int
verdict_policy(const struct vexlog_policy **out, struct vexlog_arena *arena,
    struct store *store, const char *digest, struct vexlog_err *err)
{
	struct vexlog_bytes bytes = {NULL, 0};
	int rc;

	if (digest != NULL &&
	    (rc = store_get_blob(&bytes, arena, store, "policy", digest,
		 err)) != 0)
		return rc;
	return vexlog_policy_read(out, arena, NULL, bytes, err);
}

static void
put_texts(struct json_writer *w, const char *name, const char *const *list,
    size_t count)
{
	json_name(w, name);
	json_array(w);
	for (size_t i = 0; i < count; i++)
		json_put_text(w, list[i]);
	json_close(w);
}

static const struct vexlog_observation *
winning(const struct vexlog_verdict *v)
{
	for (size_t i = 0; i < v->input_count; i++)
		if (text_same(v->inputs[i].observation->id, v->winner))
			return v->inputs[i].observation;
	return v->inputs[0].observation;
}

static int
write_record(const char **out, struct vexlog_arena *arena,
    const struct vexlog_verdict *v, struct vexlog_err *err)
{
	const char *const *content, *const *ids;
	struct vexlog_bytes predicate, statement;
	char digest[DIGEST_TEXT];
	struct json_writer w;
	struct buffer b;
	int rc;

	if ((rc = verdict_predicate(&predicate, arena, v, err)) != 0 ||
	    (rc = attest_verdict(&statement, arena, v, err)) != 0 ||
	    (rc = hash_digest(digest, statement, err)) != 0 ||
	    (rc = attest_evidence(&content, &ids, arena, v, err)) != 0)
		return rc;
	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_name(&w, "verdict");
	json_put_raw(&w, (const char *)predicate.data, predicate.size);
	json_member(&w, "statementDigest", digest);
	put_texts(&w, "evidenceIds", content, v->input_count);
	put_texts(&w, "observationIds", ids, v->input_count);
	json_member(&w, "proofBundleId", v->proof_bundle_id);
	json_member(&w, "sourceJustification",
	    winning(v)->source_justification);
	json_member_integer(&w, "confidenceMicro", v->confidence);
	json_member_time(&w, "evaluatedAt", v->evaluated_at);
	json_member(&w, "sbomEntryKind", v->sbom_entry_kind);
	json_name(&w, "trace");
	json_object(&w);
	record_trace(&w, v);
	json_close(&w);
	json_close(&w);
	return buffer_finish_text(&b, out, err);
}

int
verdict_row(struct store_verdict *out, struct vexlog_arena *arena,
    const struct vexlog_verdict *v, struct vexlog_err *err)
{
	struct store_verdict row = {.id = v->id,
	    .vulnerability = v->vulnerability,
	    .product = v->product,
	    .status = vexlog_status_name(v->status),
	    .justification = v->justification,
	    .policy_version = v->policy_version,
	    .policy_digest = v->policy_digest,
	    .reasoning_id = v->reasoning_id,
	    .sbom_entry_id = v->sbom_entry_id,
	    .sbom_entry_kind = v->sbom_entry_kind,
	    .proof_bundle_id = v->proof_bundle_id,
	    .replaces = v->replaces,
	    .evaluated_at = v->evaluated_at,
	    .claims = v->input_count,
	    .conflicts = v->conflict_count};
	int rc = write_record(&row.record, arena, v, err);

	if (rc == 0)
		*out = row;
	return rc;
}

int
verdict_of_row(struct vexlog_verdict *out, const struct store_verdict *row,
    struct vexlog_err *err)
{
	enum vexlog_status status;

	if (!status_read(&status, row->status))
		return err_set(err, VEXLOG_BAD_PROOF,
		    "verdict %s is kept with status \"%s\"", row->id,
		    row->status);
	*out = (struct vexlog_verdict){.id = row->id,
	    .vulnerability = row->vulnerability,
	    .product = row->product,
	    .status = status,
	    .justification = row->justification,
	    .sbom_entry_id = row->sbom_entry_id,
	    .sbom_entry_kind = row->sbom_entry_kind,
	    .policy_version = row->policy_version,
	    .policy_digest = row->policy_digest,
	    .reasoning_id = row->reasoning_id,
	    .proof_bundle_id = row->proof_bundle_id,
	    .conflict_count = row->conflicts,
	    .evaluated_at = row->evaluated_at,
	    .replaces = row->replaces};
	return 0;
}

int
verdict_sbom(const char **out, struct vexlog_arena *arena, const char *kind,
    const char *entry_id, struct vexlog_err *err)
{
	*out = NULL;
	if (!text_same(kind, "sbom"))
		return 0;
	/* the entry is "sha256:<64 hex>:<product key>" */
	*out = arena_text(arena, entry_id, DIGEST_TEXT - 1, err);
	return *out == NULL ? err->code : 0;
}

int
verdict_record(struct json_doc *out, struct vexlog_arena *arena,
    const struct store_verdict *row, struct vexlog_err *err)
{
	struct vexlog_bytes want, have;
	struct vexlog_verdict v;
	struct buffer b;
	int rc;

	buffer_open(&b, arena, MIB);
	if ((rc = verdict_of_row(&v, row, err)) != 0 ||
	    (rc = verdict_predicate(&want, arena, &v, err)) != 0 ||
	    (rc = json_read(out, arena, text_bytes(row->record), 0, err)) != 0)
		return rc;
	const struct json_value *own = json_get(out->root, "verdict");
	if (own != NULL &&
	    ((rc = json_canonical(&b, out, own, err)) != 0 ||
		(rc = buffer_finish(&b, &have, err)) != 0))
		return rc;
	if (own != NULL && have.size == want.size &&
	    memcmp(have.data, want.data, want.size) == 0 &&
	    text_same(json_get_text(out->root, "proofBundleId"),
		row->proof_bundle_id))
		return 0;
	err_set(err, VEXLOG_BAD_PROOF, "verdict %s: its record is of another",
	    row->id);
	err_rule(err, "vexVerdictId");
	return err_hint(err,
	    "the store was changed from outside: restore it from a backup");
}

int
verdict_entry(struct entry *out, struct vexlog_arena *arena,
    const char *entry_json, struct vexlog_err *err)
{
	struct json_doc doc;
	int rc = json_read(&doc, arena, text_bytes(entry_json), 0, err);

	if (rc == 0)
		rc = entry_read(out, arena, &doc, doc.root, err);
	return rc;
}

int
verdict_linkage(const struct vexlog_linkage **linkage, struct store_job *job,
    struct vexlog_arena *arena, struct store *store, const char *kind,
    const char *subject, struct vexlog_err *err)
{
	struct vexlog_linkage *l;
	struct store_job own;
	const char *json = NULL;
	struct entry entry;
	int rc;

	*linkage = NULL;
	if (job == NULL)
		job = &own;
	rc = store_job_of(job, &json, arena, store, kind, subject, err);
	if (rc != 0 || json == NULL)
		return rc;
	if ((l = arena_zero(arena, sizeof(*l), err)) == NULL)
		return err->code;
	if ((rc = verdict_entry(&entry, arena, json, err)) != 0 ||
	    (rc = record_link(l, arena, &entry, NULL, TIME_NONE, err)) != 0)
		return rc;
	*linkage = l;
	return 0;
}

/* ---- payload ---------------------------------------------------------- */

static void
put_raw(struct json_writer *w, struct vexlog_arena *arena, const char *name,
    const struct json_doc *doc, const char *from)
{
	const struct json_value *v = json_get(doc->root, from);
	struct vexlog_err err;
	struct vexlog_bytes bytes;
	struct buffer b;

	json_name(w, name);
	buffer_open(&b, arena, JOB_ARENA_MAX);
	if (v == NULL)
		json_put_null(w);
	else if (json_canonical(&b, doc, v, &err) != 0 ||
	    buffer_finish(&b, &bytes, &err) != 0)
		w->out->failed = err.code;
	else
		json_put_raw(w, (const char *)bytes.data, bytes.size);
}

/* The algorithm is that of the key in the trust file; an envelope names only
 * the key. */
static int
put_signer(struct json_writer *w, struct vexlog_arena *arena,
    const struct vexlog *v, const struct store_job *job,
    struct vexlog_err *err)
{
	const struct vexlog_bytes none = {NULL, 0};
	const struct trust_signer *signer;
	struct trust *trust = NULL;
	struct dsse dsse;
	int rc;

	json_name(w, "signer");
	if (job->envelope.size == 0) {
		json_put_null(w);
		return 0;
	}
	if ((rc = dsse_read(&dsse, arena, job->envelope, err)) != 0 ||
	    (rc = home_trust(&trust, v->home, none, err)) != 0)
		return rc;
	signer = dsse.signatures[0].key_id == NULL ?
	    NULL :
	    trust_signer_by_id(trust, dsse.signatures[0].key_id);
	json_object(w);
	json_member(w, "keyId", dsse.signatures[0].key_id);
	json_member(w, "algo", signer == NULL ? NULL : key_algo(signer->key));
	json_close(w);
	trust_close(trust);
	return 0;
}

static int
write_payload(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog *v, const struct json_doc *record,
    const struct store_job *job, const char *entry_json,
    struct vexlog_err *err)
{
	char digest[DIGEST_TEXT];
	struct json_writer w;
	struct buffer b;
	int rc;

	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_member(&w, "schema", "vexlog.proof-payload/v1");
	json_member(&w, "tenant", v->tenant);
	put_raw(&w, arena, "verdict", record, "verdict");
	json_name(&w, "proof");
	json_object(&w);
	put_raw(&w, arena, "statementDigest", record, "statementDigest");
	json_name(&w, "envelopeDigest");
	if (job->envelope.size == 0)
		json_put_null(&w);
	else if ((rc = hash_digest(digest, job->envelope, err)) != 0)
		return rc;
	else
		json_put_text(&w, digest);
	put_raw(&w, arena, "evidenceIds", record, "evidenceIds");
	put_raw(&w, arena, "observationIds", record, "observationIds");
	json_member(&w, "reasoningId",
	    json_get_text(json_get(record->root, "verdict"), "reasoningId"));
	put_raw(&w, arena, "proofBundleId", record, "proofBundleId");
	json_member(&w, "mappingVersion", VEXLOG_MAPPING_VERSION);
	json_close(&w);
	if ((rc = put_signer(&w, arena, v, job, err)) != 0)
		return rc;
	json_name(&w, "rekor");
	json_array(&w);
	if (entry_json != NULL) {
		struct entry entry;
		rc = verdict_entry(&entry, arena, entry_json, err);
		struct buffer one;
		struct vexlog_bytes bytes;
		buffer_open(&one, arena, ENTRY_JSON_MAX);
		if (rc != 0 ||
		    (rc = entry_write(&one, &entry, NULL, err)) != 0 ||
		    (rc = buffer_finish(&one, &bytes, err)) != 0)
			return rc;
		json_put_raw(&w, (const char *)bytes.data, bytes.size);
	}
	json_close(&w);
	json_name(&w, "metadata");
	json_object(&w);
	put_raw(&w, arena, "sourceJustification", record,
	    "sourceJustification");
	put_raw(&w, arena, "confidenceMicro", record, "confidenceMicro");
	put_raw(&w, arena, "evaluatedAt", record, "evaluatedAt");
	put_raw(&w, arena, "sbomEntryKind", record, "sbomEntryKind");
	json_name(&w, "tool");
	json_object(&w);
	json_member(&w, "name", "vexlog");
	json_member(&w, "version", vexlog_version());
	json_close(&w);
	json_close(&w);
	json_close(&w);
	return buffer_finish(&b, out, err);
}

int
vexlog_payload(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct vexlog *v, const char *verdict_id, struct vexlog_err *err)
{
	struct store_job job = {0};
	struct store_verdict row;
	const char *entry = NULL;
	struct json_doc record;
	int rc = store_get_verdict(&row, arena, v->store, verdict_id, err);

	if (rc != 0)
		return rc;
	rc = store_job_of(&job, &entry, arena, v->store, "verdict", verdict_id,
	    err);
	if (rc != 0 && rc != VEXLOG_NOT_FOUND)
		return rc;
	if ((rc = verdict_record(&record, arena, &row, err)) != 0)
		return rc;
	return write_payload(out, arena, v, &record, &job, entry, err);
}
