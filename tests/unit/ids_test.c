/*
 * ids_test.c - every vector of tests/data/ids/id-vectors.json, which an
 * independent implementation made.
 */
#include "base/file.h"
#include "base/text.h"
#include "flow/attest.h"
#include "json/json.h"
#include "tests/tap.h"
#include "tlog/merkle.h"
#include "vex/merge.h"
#include "vex/observation.h"
#include "vex/policy.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;
static struct json_doc doc;

static const struct json_value *
member(const struct json_value *v, const char *name)
{
	const struct json_value *found = json_get(v, name);

	if (found == NULL)
		bail("id-vectors.json has no %s", name);
	return found;
}

static struct vexlog_bytes
canonical(const struct json_value *v)
{
	struct vexlog_bytes bytes;
	struct buffer b;

	buffer_open(&b, arena, (size_t)1 << 20);
	if (json_canonical(&b, &doc, v, &err) != 0 ||
	    buffer_finish(&b, &bytes, &err) != 0)
		bail("%s", err.message);
	return bytes;
}

static void
test_kind(const char *kind, const struct json_value *vector, const char *want)
{
	struct vexlog_bytes body = canonical(member(vector, "body"));
	const char *id = "";

	is_text((const char *)body.data,
	    json_text(member(vector, "canonical")), "canonical bytes");
	is_int(vexlog_hash(&id, arena, kind, body, &err), 0, kind);
	is_text(id, json_text(member(vector, want)), want);
}

static void
root_of(char out[65], const struct json_value *leaves)
{
	struct hash list[16], root;
	size_t n = 0;

	for (const struct json_value *v = json_first(leaves);
	     v != json_end(leaves); v = json_next(v))
		if (merkle_leaf(&list[n++], text_bytes(v->as.text), &err) != 0)
			bail("%s", err.message);
	if (merkle_root(&root, list, n, &err) != 0)
		bail("%s", err.message);
	text_hex(out, root.bytes, HASH_SIZE);
}

/* The two claims as the library writes them, and the batch it would sign. */
static void
test_batch(void)
{
	const struct json_value *content = member(doc.root, "content");
	const struct json_value *batch = member(doc.root, "batchRoot");
	struct vexlog_observation members[2];
	struct attest_batch attested;
	size_t n = 0;
	char hex[65];

	for (const struct json_value *v = json_first(content);
	     v != json_end(content); v = json_next(v), n++) {
		const struct json_value *body = member(v, "body");
		members[n] = (struct vexlog_observation){
		    .id = json_get_text(body, "observationId"),
		    .justification = json_get_text(body, "justification"),
		    .source_status = json_get_text(body, "sourceStatus"),
		    .source_justification =
			json_get_text(body, "sourceJustification"),
		    .said_at_from = json_get_text(body, "saidAtFrom"),
		    .mapping_version = json_get_text(body, "mappingVersion")};
		if (!status_read(&members[n].status,
			json_get_text(body, "status")) ||
		    json_need_time(&members[n].said_at, &doc, body, "saidAt",
			&err) != 0)
			bail("%s", err.message);
		char *digest = arena_take(arena, DIGEST_TEXT, &err);
		if (observation_content(digest, &members[n], arena, &err) != 0)
			bail("%s", err.message);
		members[n].content_digest = digest;
		is_text(digest, json_get_text(v, "contentDigest"),
		    "contentDigest of a claim");
	}
	if (attest_batch(&attested, arena, members, n, &err) != 0)
		bail("%s", err.message);
	text_hex(hex, attested.root.bytes, HASH_SIZE);
	is_text(hex, json_get_text(batch, "rootHash"), "root of the batch");
	root_of(hex, member(batch, "leaves"));
	is_text(hex, json_get_text(batch, "rootHash"), "from the leaves alone");
}

/* proofBundleId over a verdict with these ids and inputs. */
static void
test_bundle(void)
{
	const struct json_value *bundle = member(doc.root, "proofBundle");
	const struct json_value *content = member(doc.root, "content");
	const struct json_value *verdict = member(doc.root, "verdict");
	const struct json_value *body = member(verdict, "body");
	struct vexlog_observation o[2] = {{.id = "b"}, {.id = "a"}};
	struct vexlog_input inputs[2] = {{.observation = &o[1]},
	    {.observation = &o[0]}};
	struct vexlog_verdict v = {.id = json_get_text(verdict, "vexVerdictId"),
	    .sbom_entry_id = json_get_text(body, "sbomEntryId"),
	    .reasoning_id = json_get_text(body, "reasoningId"),
	    .inputs = inputs,
	    .input_count = 2};
	const char *id = "";
	char hex[65];

	o[0].content_digest =
	    json_get_text(json_first(content), "contentDigest");
	o[1].content_digest =
	    json_get_text(json_next(json_first(content)), "contentDigest");
	is_int(attest_bundle_id(&id, arena, &v, &err), 0, "proof bundle");
	is_text(id, json_get_text(bundle, "proofBundleId"), "proofBundleId");
	root_of(hex, member(bundle, "leaves"));
	is_text(hex, json_get_text(bundle, "proofBundleId") + 7,
	    "from the leaves alone");
}

static void
test_purl_only(void)
{
	const struct json_value *vector = member(doc.root, "purlOnly");
	const char *key = json_get_text(vector, "productKey");
	struct vexlog_observation o = {
	    .document_digest = "sha256:bb0e4f49443794d901e8969ff11bd112e342"
			       "08a0dcdf0e1eedb480cc9b3c7293",
	    .format = "openvex",
	    .pointer = "/statements/0/products/0",
	    .provider = "vendor:example",
	    .vulnerability = "CVE-2026-0001",
	    .aliases = "[]",
	    .product = key,
	    .source_status = "affected",
	    .said_at_from = "statement",
	    .mapping_version = VEXLOG_MAPPING_VERSION};
	const struct vexlog_observations claims = {&o, 1};
	const struct vexlog_policy *policy;
	const struct vexlog_bytes none = {NULL, 0};
	struct vexlog_verdict v;

	if (observation_seal(&o, arena, &err) != 0 ||
	    vexlog_policy_read(&policy, arena, NULL, none, &err) != 0 ||
	    vexlog_merge(&v, arena, &claims, policy, NULL, &err) != 0)
		bail("%s", err.message);
	is_text(o.id,
	    json_get_text(member(doc.root, "observation"), "observationId"),
	    "observationId from the struct");
	is_text(v.sbom_entry_id, json_get_text(vector, "sbomEntryId"),
	    "sbomEntryId without an SBOM");
}

static void
test_weights(void)
{
	const struct json_value *list = member(doc.root, "weights");
	const struct vexlog_policy *policy;
	const struct vexlog_bytes none = {NULL, 0};

	if (vexlog_policy_read(&policy, arena, NULL, none, &err) != 0)
		bail("%s", err.message);
	for (const struct json_value *w = json_first(list);
	     w != json_end(list); w = json_next(w)) {
		int64_t base, strength, age, weight;
		if (json_need_integer(&base, &doc, w, "base", &err) != 0 ||
		    json_need_integer(&strength, &doc, w, "M", &err) != 0 ||
		    json_need_integer(&age, &doc, w, "ageMicros", &err) != 0 ||
		    json_need_integer(&weight, &doc, w, "weightMicro", &err) !=
			0)
			bail("%s", err.message);
		is_int(policy_weight(base, strength,
			   policy_freshness(policy, age)),
		    weight, "weightMicro");
	}
}

int
main(void)
{
	struct vexlog_bytes bytes;

	arena = vexlog_arena_open((size_t)1 << 26);
	if (file_read(&bytes, arena, data_path("ids/id-vectors.json"),
		(size_t)1 << 20, &err) != 0 ||
	    json_read(&doc, arena, bytes, 0, &err) != 0)
		bail("id-vectors.json: %s", err.message);
	test_kind("observation", member(doc.root, "observation"),
	    "observationId");
	test_kind("reasoning", member(doc.root, "reasoning"), "reasoningId");
	test_kind("verdict", member(doc.root, "verdict"), "vexVerdictId");
	const struct json_value *content = member(doc.root, "content");
	for (const struct json_value *v = json_first(content);
	     v != json_end(content); v = json_next(v))
		test_kind("content", v, "contentDigest");
	test_batch();
	test_bundle();
	test_purl_only();
	test_weights();
	vexlog_arena_close(arena);
	return tap_done();
}
