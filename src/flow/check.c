/*
 * check.c - the checks of an attestation and of what it is about.
 */
#include "flow/check.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/attest.h"
#include "flow/record.h"
#include "flow/verdict.h"
#include "tlog/merkle.h"
#include "vex/observation.h"

int
check_content(struct report *r, struct vexlog_arena *arena,
    const struct vexlog_observation *o, struct vexlog_err *err)
{
	struct vexlog_err why;
	int rc = observation_check(o, arena, &why);

	return report_judge(r, "content digest", "observationId, contentDigest",
	    rc, &why, err, "%s", o->content_digest);
}

#define DEEP "document"

static int
compare_claim(struct report *r, const struct vexlog_observation *o,
    const struct vexlog_observation *c, struct vexlog_err *err)
{
	if (!text_same(c->content_digest, o->content_digest))
		return report_add(r, DEEP, "contentDigest", VEXLOG_FAIL, err,
		    "the document says %s at %s, kept is %s",
		    vexlog_status_name(c->status), o->pointer,
		    vexlog_status_name(o->status));
	if (!text_same(c->impact_text, o->impact_text) ||
	    !text_same(c->action_text, o->action_text) ||
	    !text_same(c->product_text, o->product_text) ||
	    !text_same(c->aliases, o->aliases))
		return report_add(r, DEEP, "contentDigest", VEXLOG_FAIL, err,
		    "the texts or aliases kept are not those at %s",
		    o->pointer);
	return report_add(r, DEEP, "contentDigest", VEXLOG_PASS, err,
	    "read again at %s", o->pointer);
}

int
check_cache_open(struct check_cache *cache, struct vexlog_err *err)
{
	*cache = (struct check_cache){
	    .arena = vexlog_arena_open(JOB_ARENA_MAX)};
	return cache->arena == NULL ? err_memory(err) : 0;
}

void
check_cache_close(struct check_cache *cache)
{
	vexlog_arena_close(cache->arena);
	cache->arena = NULL;
}

static int
index_claims(struct check_cache *cache, struct vexlog_err *err)
{
	size_t found;

	map_open(&cache->ids, cache->arena);
	for (size_t i = 0; i < cache->doc.observations.count; i++) {
		const char *id = cache->doc.observations.list[i].id;
		int rc = map_put(&cache->ids, id, strlen(id), i, &found, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* What is wrong with the document is kept in the cache, to be told of each
 * of its claims; a failure of the machine is returned. */
static int
read_document(struct check_cache *cache, const struct vexlog_observation *o,
    int (*fetch)(struct vexlog_bytes *, struct vexlog_arena *, const char *,
	void *, struct vexlog_err *),
    void *context, struct vexlog_err *err)
{
	struct vexlog_read_options options = {.received_at = o->created_at};
	struct vexlog_bytes bytes;

	cache->digest = NULL;
	vexlog_arena_reset(cache->arena);
	options.format = arena_copy(cache->arena, o->format, err);
	options.provider = arena_copy(cache->arena, o->provider, err);
	const char *digest = arena_copy(cache->arena, o->document_digest, err);
	if (options.format == NULL || options.provider == NULL ||
	    digest == NULL)
		return err->code;
	cache->rc = fetch(&bytes, cache->arena, digest, context, &cache->why);
	if (cache->rc == 0)
		cache->rc = vexlog_read(&cache->doc, cache->arena, bytes,
		    &options, &cache->why);
	if (cache->rc == 0 && !text_same(cache->doc.digest, digest))
		cache->rc = err_set(&cache->why, VEXLOG_BAD_PROOF,
		    "the document hashes to %s, the claim is about %s",
		    cache->doc.digest, digest);
	/* a record that names a format there is not */
	if (cache->rc == VEXLOG_MISUSE)
		cache->rc = cache->why.code = VEXLOG_SHAPE;
	if (cache->rc == VEXLOG_NO_MEMORY) {
		*err = cache->why;
		return VEXLOG_NO_MEMORY;
	}
	if (cache->rc == 0) {
		int rc = index_claims(cache, err);
		if (rc != 0)
			return rc;
	}
	cache->digest = digest;
	cache->provider = options.provider;
	cache->format = options.format;
	return 0;
}

int
check_document(struct report *r, struct check_cache *cache,
    const struct vexlog_observation *o,
    int (*fetch)(struct vexlog_bytes *out, struct vexlog_arena *arena,
	const char *digest, void *context, struct vexlog_err *err),
    void *context, struct vexlog_err *err)
{
	size_t at;

	if (cache->digest == NULL ||
	    !text_same(cache->digest, o->document_digest) ||
	    !text_same(cache->provider, o->provider) ||
	    !text_same(cache->format, o->format)) {
		int rc = read_document(cache, o, fetch, context, err);
		if (rc != 0)
			return rc;
	}
	if (cache->rc != 0)
		return report_judge(r, DEEP, "documentDigest", cache->rc,
		    &cache->why, err, "%s", "");
	if (!map_get(&cache->ids, o->id, strlen(o->id), &at))
		return report_add(r, DEEP, "observationId", VEXLOG_FAIL, err,
		    "the document has no such claim at %s", o->pointer);
	return compare_claim(r, o, &cache->doc.observations.list[at], err);
}

/* ---- the attestation -------------------------------------------------- */

static int
check_signer(struct report *r, const struct trust *trust,
    const struct dsse *dsse, int64_t at, const struct trust_signer **signer,
    struct vexlog_err *err)
{
	static const char name[] = "signer key";
	const char *id =
	    dsse->signature_count > 0 ? dsse->signatures[0].key_id : NULL;
	struct vexlog_err why;
	int rc;

	*signer = id == NULL ? NULL : trust_signer_by_id(trust, id);
	if (*signer == NULL)
		return report_add(r, name, "trust file", VEXLOG_FAIL, err,
		    "key %s is not among the trusted signers",
		    id == NULL ? "(none named)" : id);
	if (at != TIME_NONE &&
	    (at < (*signer)->valid_from || at > (*signer)->valid_until)) {
		*signer = NULL;
		return report_add(r, name, "trust file", VEXLOG_FAIL, err,
		    "key %s was not valid when this was logged", id);
	}
	rc = report_add(r, name, "trust file", VEXLOG_PASS, err, "%s, key %s",
	    (*signer)->name, id);
	if (rc != 0)
		return rc;
	rc = dsse_verify(NULL, dsse, (*signer)->key, &why);
	return report_judge(r, "envelope signature", "DSSE v1", rc, &why, err,
	    "%s over %zu bytes", key_algo((*signer)->key),
	    dsse->payload.size);
}

int
check_attestation(struct report *r, struct attestation *out,
    struct vexlog_arena *arena, const struct trust *trust,
    struct vexlog_bytes envelope, const char *entry_json, int64_t at,
    struct vexlog_err *err)
{
	const struct trust_signer *signer;
	struct entry_expect expect = {0};
	struct vexlog_err why;
	int rc = dsse_read(&out->dsse, arena, envelope, &why);

	if (rc != 0)
		return report_judge(r, "envelope", "DSSE v1", rc, &why, err,
		    "%s", "");
	if (!text_same(out->dsse.payload_type, DSSE_IN_TOTO))
		return report_add(r, "envelope", "in-toto v1", VEXLOG_FAIL,
		    err, "the payload type is \"%s\", not \"%s\"",
		    out->dsse.payload_type, DSSE_IN_TOTO);
	rc = verdict_entry(&out->entry, arena, entry_json, &why);
	if (rc != 0)
		return report_judge(r, "entry", "strict parse", rc, &why, err,
		    "%s", "");
	rc = check_signer(r, trust, &out->dsse, at, &signer, err);
	if (rc != 0)
		return rc;
	if (signer == NULL)
		return report_missed(r, "entry", "trust file", err,
		    "not judged without a trusted signer");
	expect.key = signer->key;
	expect.signature = out->dsse.signatures[0].bytes;
	rc = dsse_pae(&expect.message, arena, out->dsse.payload_type,
	    out->dsse.payload, err);
	if (rc != 0)
		return rc;
	return entry_verify(r, arena, &out->entry, trust, &expect, at, err);
}

/* ---- what it is about ------------------------------------------------- */

struct batch_proof {
	uint64_t index, size;
	struct hash root;
	struct hash hashes[PROOF_LENGTH_MAX];
	size_t count;
};

static int
read_batch(struct batch_proof *out, struct vexlog_arena *arena,
    const char *proof, struct vexlog_err *why)
{
	static const char *const names[] = {
	    "leafIndex", "treeSize", "rootHash", "hashes"};
	const struct json_value *batch, *hashes;
	struct json_doc doc;
	int64_t index, size;
	const char *root;
	int rc = json_read(&doc, arena, text_bytes(proof), 0, why);

	if (rc != 0 ||
	    (rc = json_need(&batch, &doc, doc.root, "batch", JSON_OBJECT,
		 why)) != 0 ||
	    (rc = json_only(&doc, batch, names, 4, why)) != 0 ||
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

int
check_batch(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const struct vexlog_observation *o,
    struct vexlog_err *err)
{
	static const char name[] = "batch membership";
	struct batch_proof proof;
	struct statement statement;
	struct vexlog_err why;
	struct hash leaf;
	int64_t count = 0;
	char hex[2 * HASH_SIZE + 1];
	int rc = read_batch(&proof, arena, o->linkage->inclusion_proof, &why);

	if (rc == 0)
		rc = statement_read(&statement, arena, a->dsse.payload,
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
	return report_judge(r, name, "RFC 9162 2.1.3.2", rc, &why, err,
	    "leaf %llu of %llu", (unsigned long long)proof.index,
	    (unsigned long long)proof.size);
}

/* The named members of what comes out now and of what is kept. */
static int
compare_members(struct vexlog_arena *arena, const struct json_doc *own,
    const struct json_value *own_v, const struct json_doc *doc,
    const struct json_value *kept_v, const char *const *names, size_t count,
    struct vexlog_err *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct json_value *kept = json_get(kept_v, names[i]);
		struct vexlog_bytes x, y;
		struct buffer a, b;
		int rc;
		if (kept == NULL)
			return json_fail(doc, kept_v, err,
			    "\"%s\" is missing", names[i]);
		buffer_open(&a, arena, JOB_ARENA_MAX);
		buffer_open(&b, arena, JOB_ARENA_MAX);
		if ((rc = json_canonical(&a, own, json_get(own_v, names[i]),
			 err)) != 0 ||
		    (rc = json_canonical(&b, doc, kept, err)) != 0 ||
		    (rc = buffer_finish(&a, &x, err)) != 0 ||
		    (rc = buffer_finish(&b, &y, err)) != 0)
			return rc;
		if (x.size != y.size || memcmp(x.data, y.data, x.size) != 0)
			return json_fail(doc, kept, err,
			    "\"%s\" comes out as %.160s", names[i],
			    (const char *)x.data);
	}
	return 0;
}

/* The proof that a linkage holds is its entry's, beside the audit path. */
static int
check_log_proof(struct vexlog_arena *arena, const struct vexlog_linkage *have,
    const struct vexlog_linkage *want, struct vexlog_err *err)
{
	static const char *const names[] = {"log", "batch"};
	struct json_doc own, kept;
	int rc;

	if ((rc = json_read(&own, arena, text_bytes(want->inclusion_proof), 0,
		 err)) != 0 ||
	    (rc = json_read(&kept, arena, text_bytes(have->inclusion_proof), 0,
		 err)) != 0 ||
	    (rc = json_only(&kept, kept.root, names, 2, err)) != 0)
		return rc;
	return compare_members(
	    arena, &own, own.root, &kept, kept.root, names, 1, err);
}

int
check_linkage(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const struct vexlog_linkage *have,
    struct vexlog_err *err)
{
	struct vexlog_linkage want;
	struct vexlog_err why;
	int rc = record_link(&want, arena, &a->entry, NULL,
	    have->linked_at, err);

	if (rc != 0)
		return rc;
	if (!text_same(have->uuid, want.uuid) ||
	    have->log_index != want.log_index ||
	    !text_same(have->log_id, want.log_id) ||
	    !text_same(have->log_url, want.log_url) ||
	    !text_same(have->body_hash, want.body_hash) ||
	    !text_same(have->tree_root, want.tree_root) ||
	    !text_same(have->entry_kind, want.entry_kind) ||
	    have->integrated_time != want.integrated_time ||
	    have->tree_size != want.tree_size)
		return report_add(r, "linkage", "rekor_*", VEXLOG_FAIL, err,
		    "linked to entry %s at %lld, the entry kept is %s at %lld",
		    have->uuid, (long long)have->log_index, want.uuid,
		    (long long)want.log_index);
	rc = check_log_proof(arena, have, &want, &why);
	return report_judge(r, "linkage", "rekor_*", rc, &why, err,
	    "entry %lld of log %.16s…", (long long)have->log_index,
	    have->log_id);
}

int
check_verdict(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const char *id, struct vexlog_err *err)
{
	struct statement statement;
	struct vexlog_bytes body;
	struct vexlog_err why;
	const char *own = NULL;
	struct buffer b;
	int rc = statement_read(&statement, arena, a->dsse.payload, &why);

	buffer_open(&b, arena, ENVELOPE_SIZE_MAX);
	if (rc == 0 && !text_same(statement.predicate_type, ATTEST_VERDICT))
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "the statement is a %.64s", statement.predicate_type);
	if (rc == 0)
		rc = json_canonical(&b, &statement.doc, statement.predicate,
		    &why);
	if (rc == 0)
		rc = buffer_finish(&b, &body, &why);
	if (rc == 0)
		rc = vexlog_hash(&own, arena, "verdict", body, &why);
	if (rc == 0 &&
	    (!text_same(own, id) ||
		!text_same(json_get_text(statement.predicate, "vexVerdictId"),
		    id)))
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "the signed predicate hashes to %s, not %s", own, id);
	return report_judge(r, "subject", "vexVerdictId", rc, &why, err,
	    "verdict %s", id);
}

int
check_file(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const char *kind, const char *id,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	char digest[DIGEST_TEXT];
	struct statement statement;
	struct vexlog_err why;
	const char *type = attest_type(kind);
	int rc = statement_read(&statement, arena, a->dsse.payload, &why);

	if (rc == 0 &&
	    (type == NULL || !text_same(statement.predicate_type, type)))
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "the statement is a %.64s, not of a %.20s",
		    statement.predicate_type, kind);
	if (rc == 0)
		rc = hash_digest(digest, bytes, &why);
	if (rc == 0 &&
	    (!text_same(digest, id) ||
		!text_same(digest + 7, statement.subject_sha256)))
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "the %s hashes to %s, signed was sha256:%.64s", kind,
		    digest,
		    statement.subject_sha256 == NULL ?
			"" :
			statement.subject_sha256);
	return report_judge(r, "subject", "in-toto v1", rc, &why, err,
	    "%s %s", kind, id);
}

/* The verdict as its record can know it: evaluated when that says, and no
 * entries of claims that were pending then. */
static int
as_kept(struct vexlog_verdict *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *record,
    const struct vexlog_verdict *v, struct vexlog_err *err)
{
	const struct json_value *sources =
	    json_get(json_get(record, "trace"), "sources");
	struct vexlog_observation *claims =
	    arena_list(arena, v->input_count, sizeof(*claims), err);
	struct vexlog_input *inputs =
	    arena_list(arena, v->input_count, sizeof(*inputs), err);

	if (claims == NULL || inputs == NULL)
		return err->code;
	if (!json_is(sources, JSON_ARRAY) ||
	    json_count(sources) != v->input_count)
		return json_fail(doc, record, err,
		    "the sources are not its %zu claims", v->input_count);
	const struct json_value *source = json_first(sources);
	for (size_t i = 0; i < v->input_count; i++) {
		claims[i] = *v->inputs[i].observation;
		if (json_is(json_get(source, "rekor"), JSON_NULL))
			claims[i].linkage = NULL;
		inputs[i] = v->inputs[i];
		inputs[i].observation = &claims[i];
		source = json_next(source);
	}
	*out = *v;
	out->inputs = inputs;
	return json_need_time(
	    &out->evaluated_at, doc, record, "evaluatedAt", err);
}

int
check_record_same(struct vexlog_arena *arena, const struct json_doc *doc,
    const struct json_value *record, const struct vexlog_verdict *v,
    struct vexlog_err *err)
{
	static const char *const outer[] = {"verdict", "statementDigest",
	    "evidenceIds", "observationIds", "proofBundleId",
	    "sourceJustification", "confidenceMicro", "evaluatedAt",
	    "sbomEntryKind", "trace"};
	static const char *const inner[] = {"aliases", "inputs",
	    "latticeVersion", "policyDigest", "policyVersion", "productKey",
	    "schema", "vulnerabilityId", "reasoningId", "vexVerdictId",
	    "sbomEntryId", "sbomEntryKind", "proofBundleId", "evaluatedAt",
	    "steps", "outcome", "conflicts", "sources", "rekor"};
	const size_t outer_count = sizeof(outer) / sizeof(outer[0]);
	const size_t inner_count = sizeof(inner) / sizeof(inner[0]);
	const struct json_value *trace = json_get(record, "trace");
	struct vexlog_verdict known;
	struct store_verdict row;
	struct json_doc own;
	int rc;

	if ((rc = json_only(doc, record, outer, outer_count, err)) != 0 ||
	    (rc = json_only(doc, trace, inner, inner_count, err)) != 0 ||
	    (rc = as_kept(&known, arena, doc, record, v, err)) != 0 ||
	    (rc = verdict_row(&row, arena, &known, err)) != 0 ||
	    (rc = json_read(&own, arena, text_bytes(row.record), 0,
		 err)) != 0 ||
	    /* the trace is compared member by member */
	    (rc = compare_members(arena, &own, own.root, doc, record, outer,
		 outer_count - 1, err)) != 0)
		return rc;
	return compare_members(arena, &own, json_get(own.root, "trace"), doc,
	    trace, inner, inner_count, err);
}

int
check_reasoning(struct report *r, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *trace,
    const char *reasoning_id, struct vexlog_err *err)
{
	static const char *const names[] = {"aliases", "inputs",
	    "latticeVersion", "policyDigest", "policyVersion", "productKey",
	    "schema", "vulnerabilityId"};
	struct vexlog_bytes body;
	struct vexlog_err why;
	const char *own = NULL;
	struct buffer b;
	int rc = 0;

	buffer_open(&b, arena, JOB_ARENA_MAX);
	for (size_t i = 0; rc == 0 && i < 8; i++) {
		const struct json_value *v = json_get(trace, names[i]);
		buffer_print(&b, "%c\"%s\":", i == 0 ? '{' : ',', names[i]);
		rc = v == NULL ? json_fail(doc, trace, &why,
				     "\"%s\" is missing", names[i]) :
				 json_canonical(&b, doc, v, &why);
	}
	buffer_byte(&b, '}');
	if (rc == 0)
		rc = buffer_finish(&b, &body, &why);
	if (rc == 0)
		rc = vexlog_hash(&own, arena, "reasoning", body, &why);
	if (rc == 0 && !text_same(own, reasoning_id))
		rc = err_set(&why, VEXLOG_BAD_PROOF,
		    "the inputs hash to %s, the verdict says %s", own,
		    reasoning_id);
	return report_judge(r, "reasoning", "reasoningId", rc, &why, err,
	    "%s", reasoning_id);
}
