/*
 * attest.c - the statements that are signed and logged.
 */
#include "flow/attest.h"

#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "json/write.h"
#include "tlog/merkle.h"
#include "vex/merge.h"

int
attest_batch(struct attest_batch *out, struct vexlog_arena *arena,
    const struct vexlog_observation *members, size_t count,
    struct vexlog_err *err)
{
	struct hash *leaves = arena_list(arena, count, sizeof(*leaves), err);
	char hex[2 * HASH_SIZE + 1];
	struct vexlog_bytes predicate;
	struct json_writer w;
	struct buffer b;
	int rc = 0;

	if (leaves == NULL)
		return err->code;
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = merkle_leaf(&leaves[i],
		    text_bytes(members[i].content_digest), err);
	if (rc != 0 ||
	    (rc = merkle_paths(&out->root, &out->paths, &out->path_sizes,
		 arena, leaves, count, err)) != 0)
		return rc;
	text_hex(hex, out->root.bytes, HASH_SIZE);
	buffer_open(&b, arena, MIB);
	json_open(&w, &b, true);
	json_object(&w);
	json_member_integer(&w, "count", (int64_t)count);
	json_member(&w, "leaf", "contentDigest");
	json_member(&w, "rootHash", hex);
	json_member(&w, "schema", "vexlog.observation-batch/v1");
	json_close(&w);
	if ((rc = buffer_finish(&b, &predicate, err)) != 0)
		return rc;
	return statement_put(&out->payload, arena, "vexlog-observations",
	    hex, ATTEST_BATCH, predicate, err);
}

int
attest_verdict(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_verdict *verdict, struct vexlog_err *err)
{
	struct vexlog_bytes predicate;
	int rc = verdict_predicate(&predicate, arena, verdict, err);

	if (rc != 0)
		return rc;
	/* sbomEntryId is "sha256:<64 hex>:<product key>" */
	char *hex = arena_text(arena, verdict->sbom_entry_id + 7, 64, err);
	char *name = arena_join(
	    arena, verdict->sbom_entry_kind, ":", verdict->product, err);
	if (hex == NULL || name == NULL)
		return err->code;
	return statement_put(out, arena, name, hex, ATTEST_VERDICT,
	    predicate, err);
}

static void
put_file(struct json_writer *w, const char *name, struct vexlog_bytes bytes)
{
	json_name(w, name);
	json_put_raw(w, (const char *)bytes.data, bytes.size);
}

const char *
attest_type(const char *kind)
{
	static const char *const types[][2] = {{"delta", ATTEST_DELTA},
	    {"policy", ATTEST_POLICY}, {"trust", ATTEST_TRUST}};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (text_same(types[i][0], kind))
			return types[i][1];
	return NULL;
}

int
attest_file(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *kind, const char *digest, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	bool policy = text_same(kind, "policy");
	struct vexlog_bytes predicate;
	struct json_writer w;
	struct buffer b;
	char *name;
	int rc;

	buffer_open(&b, arena, bytes.size + MIB);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "digest", digest);
	/* in the order of RFC 8785: "policy" < "schema" < "trust" */
	if (policy)
		put_file(&w, "policy", bytes);
	json_member(&w, "schema",
	    policy ? "vexlog.policy-attestation/v1" :
		     "vexlog.trust-attestation/v1");
	if (!policy)
		put_file(&w, "trust", bytes);
	json_close(&w);
	if ((rc = buffer_finish(&b, &predicate, err)) != 0)
		return rc;
	if ((name = arena_print(arena, err, "vexlog-%s", kind)) == NULL)
		return err->code;
	return statement_write(
	    out, arena, name, digest + 7, attest_type(kind), predicate, err);
}

static int
order_texts(const void *a, const void *b, void *context)
{
	(void)context;
	return strcmp(a, b);
}

int
attest_evidence(const char *const **content, const char *const **ids,
    struct vexlog_arena *arena, const struct vexlog_verdict *verdict,
    struct vexlog_err *err)
{
	size_t count = verdict->input_count;
	const char **a = arena_list(arena, count, sizeof(*a), err);
	const char **b = arena_list(arena, count, sizeof(*b), err);
	int rc;

	if (a == NULL || b == NULL)
		return err->code;
	for (size_t i = 0; i < count; i++) {
		a[i] = verdict->inputs[i].observation->content_digest;
		b[i] = verdict->inputs[i].observation->id; /* sorted */
	}
	rc = sort_pointers((const void **)a, count, order_texts, NULL, arena,
	    err);
	if (rc != 0)
		return rc;
	*content = a;
	*ids = b;
	return 0;
}

int
attest_bundle_id(const char **out, struct vexlog_arena *arena,
    const struct vexlog_verdict *verdict, struct vexlog_err *err)
{
	size_t count = verdict->input_count + 3;
	struct hash *leaves = arena_list(arena, count, sizeof(*leaves), err);
	const char *const *content, *const *ids;
	char digest[DIGEST_TEXT];
	struct hash root;
	int rc;

	if (leaves == NULL)
		return err->code;
	if ((rc = attest_evidence(&content, &ids, arena, verdict, err)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = merkle_leaf(&leaves[i],
		    text_bytes(i == 0	  ? verdict->sbom_entry_id :
			    i < count - 2 ? content[i - 1] :
			    i == count - 2 ? verdict->reasoning_id :
					     verdict->id),
		    err);
	if (rc != 0 || (rc = merkle_root(&root, leaves, count, err)) != 0)
		return rc;
	hash_digest_text(digest, &root);
	char *text = arena_copy(arena, digest, err);
	if (text == NULL)
		return err->code;
	*out = text;
	return 0;
}

int
vexlog_merge(struct vexlog_verdict *out, struct vexlog_arena *arena,
    const struct vexlog_observations *claims,
    const struct vexlog_policy *policy, const char *sbom,
    struct vexlog_err *err)
{
	struct vexlog_verdict v;
	int rc = merge_claims(&v, arena, claims, policy, sbom, err);

	if (rc == 0)
		rc = attest_bundle_id(&v.proof_bundle_id, arena, &v, err);
	if (rc == 0)
		*out = v;
	return rc;
}
