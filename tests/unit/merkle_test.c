/*
 * merkle_test.c - roots, paths and proofs, against the RFC's definition and
 * the probes of transparency-dev/merkle.
 */
#include "cases.h"
#include "tlog/merkle.h"

#define LEAVES 300

static struct vexlog_arena *arena;
static struct vexlog_err err;
static struct hash leaves[LEAVES];

/* ---- the probes ------------------------------------------------------- */

/* A hash of 32 bytes; a shorter one is filled up with zeros where the probe
 * compares roots only, and is false. */
static bool
read_hash(struct hash *out, const struct json_value *v)
{
	struct vexlog_bytes bytes = {NULL, 0};

	memset(out, 0, sizeof(*out));
	if (!json_is(v, JSON_STRING) ||
	    text_unbase64(
		&bytes, arena, v->as.text, v->size, BASE64_STANDARD, &err) != 0)
		return false;
	memcpy(out->bytes, bytes.data,
	    bytes.size < HASH_SIZE ? bytes.size : HASH_SIZE);
	return bytes.size == HASH_SIZE;
}

/* The proof of a probe; false when a hash in it has not 32 bytes. */
static bool
read_proof(struct hash *out, size_t *count, const struct json_value *list)
{
	const struct json_value *v;

	*count = 0;
	if (!json_is(list, JSON_ARRAY))
		return true;
	for (v = json_first(list); v != json_end(list); v = json_next(v))
		if (*count == PROOF_LENGTH_MAX ||
		    !read_hash(&out[(*count)++], v))
			return false;
	return true;
}

static uint64_t
number(const struct json_value *object, const char *name)
{
	const struct json_value *v = json_get(object, name);
	uint64_t n = 0;

	if (v == NULL || !text_decimal(&n, v->as.text, v->size, UINT64_MAX))
		bail("no number \"%s\"", name);
	return n;
}

static int
judge(const struct json_value *v)
{
	struct hash proof[PROOF_LENGTH_MAX], leaf, root, root2;
	size_t count;

	if (!read_proof(proof, &count, json_get(v, "proof")))
		return VEXLOG_SHAPE;
	if (json_get(v, "leafIdx") != NULL) {
		if (!read_hash(&leaf, json_get(v, "leafHash")) ||
		    !read_hash(&root, json_get(v, "root")))
			return VEXLOG_SHAPE;
		return merkle_verify_inclusion(number(v, "leafIdx"),
		    number(v, "treeSize"), &leaf, proof, count, &root, &err);
	}
	(void)read_hash(&root, json_get(v, "root1"));
	(void)read_hash(&root2, json_get(v, "root2"));
	return merkle_verify_consistency(number(v, "size1"), number(v, "size2"),
	    &root, &root2, proof, count, &err);
}

static void
probe(const char *path, void *context)
{
	struct json_doc doc = cases_read(arena, path);
	bool bad = json_is(json_get(doc.root, "wantErr"), JSON_TRUE);
	int rc = judge(doc.root);

	(void)context;
	ok((rc != 0) == bad, "%s: %s", cases_name(path),
	    bad ? err.message : "holds");
	vexlog_arena_reset(arena);
}

/* ---- against the definition ------------------------------------------- */

/* RFC 9162 2.1.1, word for word. */
static struct hash
mth(size_t begin, size_t end)
{
	struct hash left, right, out;
	size_t k = 1;

	if (end - begin == 0) {
		merkle_empty(&out, &err);
		return out;
	}
	if (end - begin == 1)
		return leaves[begin];
	while (k * 2 < end - begin)
		k *= 2;
	left = mth(begin, begin + k);
	right = mth(begin + k, end);
	merkle_node(&out, &left, &right, &err);
	return out;
}

static int
get(struct hash *out, unsigned level, uint64_t n, void *context,
    struct vexlog_err *e)
{
	size_t begin = (size_t)(n << level), end = (size_t)((n + 1) << level);

	if (end > *(size_t *)context)
		return err_set(e, VEXLOG_NOT_FOUND,
		    "asked for [%zu, %zu) of %zu leaves", begin, end,
		    *(size_t *)context);
	*out = mth(begin, end);
	return 0;
}

static void
every_size(void)
{
	size_t size, bad_root = 0, bad_path = 0, bad_proof = 0, bad_bit = 0;

	for (size = 0; size <= 70; size++) {
		struct merkle_source source = {get, &size};
		struct hash want = mth(0, size), got, again, other;
		const struct hash **paths;
		size_t *sizes;
		merkle_root(&got, leaves, size, &err);
		merkle_source_root(&other, &source, size, &err);
		merkle_paths(&again, &paths, &sizes, arena, leaves, size, &err);
		bad_root += !hash_same(&got, &want) ||
		    !hash_same(&other, &want) || !hash_same(&again, &want);
		for (size_t i = 0; i < size; i++) {
			struct hash proof[PROOF_LENGTH_MAX];
			size_t count;
			bad_path += merkle_verify_inclusion(i, size, &leaves[i],
					paths[i], sizes[i], &want, &err) != 0;
			bad_proof += merkle_prove_inclusion(proof, &count,
					 &source, i, size, &err) != 0 ||
			    count != sizes[i] ||
			    count != merkle_inclusion_length(i, size) ||
			    memcmp(proof, paths[i], count * sizeof(*proof)) !=
				0;
			if (count == 0)
				continue;
			proof[count - 1].bytes[31] ^= 1;
			bad_bit +=
			    merkle_verify_inclusion(i, size, &leaves[i], proof,
				count, &want, &err) != VEXLOG_BAD_PROOF;
		}
		vexlog_arena_reset(arena);
	}
	is_int((int64_t)bad_root, 0, "three ways to the root, sizes 0 to 70");
	is_int((int64_t)bad_path, 0, "every path of every leaf holds");
	is_int((int64_t)bad_proof, 0, "proofs from subtrees are the paths");
	is_int((int64_t)bad_bit, 0, "a changed bit never holds");
}

static void
every_consistency(void)
{
	size_t size2, bad = 0, bad_bit = 0, pairs = 0;

	for (size2 = 0; size2 <= 66; size2++)
		for (size_t size1 = 0; size1 <= size2; size1++, pairs++) {
			struct merkle_source source = {get, &size2};
			struct hash one = mth(0, size1), two = mth(0, size2);
			struct hash proof[PROOF_LENGTH_MAX];
			size_t count = 0;
			bad += merkle_prove_consistency(proof, &count, &source,
				   size1, size2, &err) != 0 ||
			    merkle_verify_growth(size1, size2, &one, &two,
				proof, count, &err) != 0;
			for (size_t i = 0; i < count; i++) {
				proof[i].bytes[0] ^= 0x80;
				bad_bit += merkle_verify_growth(size1, size2,
					       &one, &two, proof, count,
					       &err) != VEXLOG_BAD_PROOF;
				proof[i].bytes[0] ^= 0x80;
			}
			one.bytes[5] ^= 4;
			bad_bit +=
			    merkle_verify_growth(size1, size2, &one, &two,
				proof, count, &err) != VEXLOG_BAD_PROOF;
		}
	ok(bad == 0, "consistency of %zu pairs of sizes, %zu do not hold",
	    pairs, bad);
	is_int((int64_t)bad_bit, 0, "a changed bit or root never holds");
}

static void
at_the_edge(void)
{
	const uint64_t max = INT64_MAX;
	struct hash proof[PROOF_LENGTH_MAX] = {{{0}}}, root;

	is_int((int64_t)merkle_inclusion_length(0, max), 63,
	    "the longest proof has 63 hashes");
	ok(merkle_inclusion_root(&root, max - 1, max, &leaves[0], proof,
	       merkle_inclusion_length(max - 1, max), &err) == 0,
	    "index 2^63 - 2 of 2^63 - 1");
	ok(merkle_inclusion_root(&root, 0, max + 1, &leaves[0], proof, 63,
	       &err) == VEXLOG_BAD_PROOF,
	    "size 2^63 is refused");
	has_text(err.message, "9223372036854775808", "and named");
	ok(merkle_inclusion_root(&root, 7, 7, &leaves[0], proof, 3, &err) ==
		VEXLOG_BAD_PROOF,
	    "index equal to the size");
	has_text(
	    err.message, "index 7 is not below the tree size 7", "names both");
	ok(merkle_inclusion_root(&root, 6, 7, &leaves[0], proof, 3, &err) ==
		VEXLOG_BAD_PROOF,
	    "one hash too many");
	has_text(err.message,
	    "3 hashes in the proof, index 6 in a tree of 7 "
	    "has 2",
	    "names both lengths");
	ok(merkle_verify_consistency(9, 8, proof, proof, proof, 0, &err) ==
		VEXLOG_BAD_PROOF,
	    "a tree never shrinks");
}

struct paths_run {
	size_t count;
};

static int
run_paths(void *context, struct vexlog_err *e)
{
	const struct hash **paths;
	size_t *sizes;
	struct hash root;

	vexlog_arena_reset(arena);
	return merkle_paths(&root, &paths, &sizes, arena, leaves,
	    ((struct paths_run *)context)->count, e);
}

int
main(void)
{
	struct paths_run run = {LEAVES};

	arena = vexlog_arena_open(64 * MIB);
	for (unsigned i = 0; i < LEAVES; i++) {
		uint8_t data[2] = {(uint8_t)i, (uint8_t)(i >> 8)};
		merkle_leaf(&leaves[i], (struct vexlog_bytes){data, 2}, &err);
	}
	is_int(cases_walk(data_path("tlog/merkle"), probe, NULL), 97, "probes");
	every_size();
	every_consistency();
	at_the_edge();
	cases_without_memory("merkle_paths", run_paths, &run);
	vexlog_arena_close(arena);
	return tap_done();
}
