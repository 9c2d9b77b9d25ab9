/*
 * verify_payload.c - a proof payload, its envelope and a trust file, alone.
 */
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/attest.h"
#include "flow/check.h"
#include "tlog/merkle.h"

struct payload {
	struct vexlog_arena *arena;
	struct vexlog_bytes envelope;
	struct trust *trust;
	struct json_doc doc;
	const struct json_value *verdict, *proof;
	const char *id;
	struct report report;
	struct vexlog_err *err;
};

/* A digest that the payload states and that follows from bytes. */
static int
check_digest(struct payload *p, const char *name, struct vexlog_bytes bytes)
{
	const char *stated = json_get_text(p->proof, name);
	char digest[DIGEST_TEXT];
	int rc = hash_digest(digest, bytes, p->err);

	if (rc != 0)
		return rc;
	return report_add(&p->report, name, "payload",
	    text_same(stated, digest) ? VEXLOG_PASS : VEXLOG_FAIL, p->err,
	    "the bytes hash to %s, the payload says %s", digest,
	    stated == NULL ? "nothing" : stated);
}

static int
check_verdict_id(struct payload *p)
{
	struct vexlog_bytes body;
	struct vexlog_err why;
	const char *own = NULL;
	struct buffer b;
	int rc;

	buffer_open(&b, p->arena, MIB);
	rc = json_canonical(&b, &p->doc, p->verdict, &why);
	if (rc == 0)
		rc = buffer_finish(&b, &body, &why);
	if (rc == 0)
		rc = vexlog_hash(&own, p->arena, "verdict", body, &why);
	if (rc == 0 && !text_same(own, p->id))
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "the verdict hashes to %s, it calls itself %s", own,
		    p->id);
	return report_judge(&p->report, "verdict id", "vexVerdictId", rc, &why,
	    p->err, "%s", p->id);
}

/* Root over sbomEntryId, the evidence, reasoningId and vexVerdictId. */
static int
bundle_root(char out[DIGEST_TEXT], struct payload *p, struct vexlog_err *err)
{
	const struct json_value *list;
	const char *entry, *reasoning, *last = NULL;
	struct hash *leaves, root;
	size_t n = 0;
	int rc;

	if ((rc = json_need(&list, &p->doc, p->proof, "evidenceIds",
		 JSON_ARRAY, err)) != 0 ||
	    (rc = json_need_text(&entry, &p->doc, p->verdict, "sbomEntryId",
		 err)) != 0 ||
	    (rc = json_need_text(&reasoning, &p->doc, p->verdict,
		 "reasoningId", err)) != 0)
		return rc;
	leaves = arena_list(p->arena, json_count(list) + 3, sizeof(*leaves),
	    err);
	if (leaves == NULL)
		return err->code;
	rc = merkle_leaf(&leaves[n++], text_bytes(entry), err);
	for (const struct json_value *v = json_first(list);
	     rc == 0 && v != json_end(list); v = json_next(v)) {
		const char *id = json_text(v);
		if (id == NULL || !text_is_digest(id) ||
		    (last != NULL && strcmp(last, id) > 0))
			return json_fail(&p->doc, v, err,
			    "evidence ids are digests in order");
		last = id;
		rc = merkle_leaf(&leaves[n++], text_bytes(id), err);
	}
	if (rc == 0)
		rc = merkle_leaf(&leaves[n++], text_bytes(reasoning), err);
	if (rc == 0)
		rc = merkle_leaf(&leaves[n++], text_bytes(p->id), err);
	if (rc == 0)
		rc = merkle_root(&root, leaves, n, err);
	if (rc == 0)
		hash_digest_text(out, &root);
	return rc;
}

static int
check_bundle(struct payload *p)
{
	const char *stated = json_get_text(p->proof, "proofBundleId");
	char root[DIGEST_TEXT] = "";
	struct vexlog_err why;
	int rc = bundle_root(root, p, &why);

	if (rc == 0 && !text_same(root, stated))
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "the ids give root %s, the payload says %s", root,
		    stated == NULL ? "nothing" : stated);
	return report_judge(&p->report, "proof bundle", "proofBundleId", rc,
	    &why, p->err, "%s", root);
}

/* What the payload repeats of what is signed, and of who signed it. */
static int
check_repeated(struct payload *p, const struct attestation *a)
{
	const struct json_value *signer = json_get(p->doc.root, "signer");
	const struct json_value *more = json_get(p->doc.root, "metadata");
	const char *key = a->dsse.signatures[0].key_id;
	const char *kind = json_get_text(more, "sbomEntryKind");
	const struct trust_signer *known =
	    key == NULL ? NULL : trust_signer_by_id(p->trust, key);
	const char *bad = NULL, *name;
	struct statement statement;
	int rc = statement_read(&statement, p->arena, a->dsse.payload, p->err);

	if (rc != 0)
		return rc;
	name = statement.subject_name;
	if (kind == NULL || name == NULL || !text_starts(name, kind) ||
	    name[strlen(kind)] != ':')
		bad = "sbomEntryKind";
	if (!text_same(json_get_text(p->proof, "reasoningId"),
		json_get_text(p->verdict, "reasoningId")))
		bad = "reasoningId";
	if (known == NULL || !text_same(json_get_text(signer, "keyId"), key) ||
	    !text_same(json_get_text(signer, "algo"), key_algo(known->key)))
		bad = "signer";
	return report_add(&p->report, "repeated members", "payload",
	    bad == NULL ? VEXLOG_PASS : VEXLOG_FAIL, p->err, "%s",
	    bad == NULL ? "they say what the statement and its key say" : bad);
}

static int
check_entries(struct payload *p)
{
	const struct json_value *rekor = json_get(p->doc.root, "rekor");
	struct attestation a;
	int rc = 0;

	if (!json_is(rekor, JSON_ARRAY) || json_count(rekor) == 0)
		return report_missed(&p->report, "entry", "payload", p->err,
		    "the payload names no log entry: it is pending");
	for (const struct json_value *v = json_first(rekor);
	     rc == 0 && v != json_end(rekor); v = json_next(v)) {
		struct buffer b;
		const char *json;
		size_t before = p->report.failed;
		buffer_open(&b, p->arena, ENTRY_JSON_MAX);
		if ((rc = json_canonical(&b, &p->doc, v, p->err)) != 0 ||
		    (rc = buffer_finish_text(&b, &json, p->err)) != 0 ||
		    (rc = check_attestation(&p->report, &a, p->arena,
			 p->trust, p->envelope, json, TIME_NONE, p->err)) !=
			0 ||
		    p->report.failed > before)
			continue;
		if ((rc = check_digest(p, "statementDigest",
			 a.dsse.payload)) != 0 ||
		    (rc = check_repeated(p, &a)) != 0)
			return rc;
		rc = check_verdict(&p->report, p->arena, &a, p->id, p->err);
	}
	return rc;
}

/* Whoever reads a payload that holds is to know what does not follow. */
static int
tell_unsigned(struct payload *p)
{
	return report_add(&p->report, "other members", "payload", VEXLOG_SKIP,
	    p->err,
	    "tenant, observationIds, mappingVersion, metadata but "
	    "sbomEntryKind, and logUrl, batch and a time without a SET in "
	    "rekor are signed by nobody");
}

static int
read_payload(struct payload *p, struct vexlog_bytes bytes)
{
	const char *schema;
	int rc = json_read(&p->doc, p->arena, bytes, 0, p->err);

	if (rc != 0 ||
	    (rc = json_need_text(&schema, &p->doc, p->doc.root, "schema",
		 p->err)) != 0)
		return rc;
	if (!text_same(schema, "vexlog.proof-payload/v1"))
		return json_fail(&p->doc, json_get(p->doc.root, "schema"),
		    p->err, "\"%.64s\" is no proof payload", schema);
	if ((rc = json_need(&p->verdict, &p->doc, p->doc.root, "verdict",
		 JSON_OBJECT, p->err)) != 0 ||
	    (rc = json_need(&p->proof, &p->doc, p->doc.root, "proof",
		 JSON_OBJECT, p->err)) != 0)
		return rc;
	return json_need_text(&p->id, &p->doc, p->verdict, "vexVerdictId",
	    p->err);
}

int
vexlog_verify_payload(struct vexlog_report *out, struct vexlog_arena *arena,
    struct vexlog_bytes payload, struct vexlog_bytes envelope,
    struct vexlog_bytes trust, struct vexlog_err *err)
{
	struct payload p = {.arena = arena, .envelope = envelope, .err = err};
	int rc = read_payload(&p, payload);

	if (rc != 0 || (rc = trust_read(&p.trust, trust, err)) != 0)
		return rc;
	report_open(&p.report, arena);
	if ((rc = check_verdict_id(&p)) == 0 && (rc = check_bundle(&p)) == 0 &&
	    (rc = check_digest(&p, "envelopeDigest", envelope)) == 0 &&
	    (rc = check_entries(&p)) == 0)
		rc = tell_unsigned(&p);
	trust_close(p.trust);
	if (rc == 0)
		*out = report_close(&p.report, p.id);
	return rc;
}
