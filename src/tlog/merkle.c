/*
 * merkle.c - RFC 6962 / RFC 9162 trees over SHA-256.
 *
 * A tree of n leaves is a row of complete subtrees, one for each bit of n,
 * the largest first; everything here follows from that.
 */
#include "tlog/merkle.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

static const struct vexlog_bytes NOTHING = {NULL, 0};
static const uint8_t LEAF = 0x00, NODE = 0x01;

/* ---- hashes ----------------------------------------------------------- */

static struct vexlog_bytes
bytes_of(const struct hash *hash)
{
	return (struct vexlog_bytes){hash->bytes, HASH_SIZE};
}

int
merkle_leaf(struct hash *out, struct vexlog_bytes data, struct vexlog_err *err)
{
	const struct vexlog_bytes prefix = {&LEAF, 1};

	return hash_pieces(out, prefix, data, NOTHING, err);
}

int
merkle_node(struct hash *out, const struct hash *left, const struct hash *right,
    struct vexlog_err *err)
{
	const struct vexlog_bytes prefix = {&NODE, 1};

	return hash_pieces(out, prefix, bytes_of(left), bytes_of(right), err);
}

int
merkle_empty(struct hash *out, struct vexlog_err *err)
{
	return hash_bytes(out, NOTHING, err);
}

/* ---- small arithmetic ------------------------------------------------- */

static unsigned
bit_length(uint64_t n)
{
	return n == 0 ? 0 : 64u - (unsigned)__builtin_clzll(n);
}

static unsigned
count_bits(uint64_t n)
{
	return (unsigned)__builtin_popcountll(n);
}

/* The largest power of two below n, for n > 1 (RFC 9162 2.1.1). */
static uint64_t
split_of(uint64_t n)
{
	return (uint64_t)1 << (bit_length(n - 1) - 1);
}

static int
check_size(uint64_t size, struct vexlog_err *err)
{
	if (size > INT64_MAX)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "tree size %llu, the largest is 2^63 - 1",
		    (unsigned long long)size);
	return 0;
}

/* ---- roots and paths of leaves in memory ------------------------------ */

int
merkle_root(struct hash *out, const struct hash *leaves, size_t count,
    struct vexlog_err *err)
{
	/* complete subtrees so far, the largest first */
	struct hash stack[PROOF_LENGTH_MAX];
	size_t depth = 0;
	int rc;

	if (count == 0)
		return merkle_empty(out, err);
	for (size_t i = 0; i < count; i++) {
		stack[depth++] = leaves[i];
		for (size_t n = i; (n & 1) != 0; n >>= 1, depth--)
			if ((rc = merkle_node(&stack[depth - 2],
				 &stack[depth - 2], &stack[depth - 1], err)) !=
			    0)
				return rc;
	}
	for (; depth > 1; depth--)
		if ((rc = merkle_node(&stack[depth - 2], &stack[depth - 2],
			 &stack[depth - 1], err)) != 0)
			return rc;
	*out = stack[0];
	return 0;
}

/* Hashes of one level above; one without a partner goes up as it is. */
static int
next_level(struct hash *level, size_t count, struct vexlog_err *err)
{
	int rc;

	for (size_t i = 0; i + 1 < count; i += 2)
		if ((rc = merkle_node(
			 &level[i / 2], &level[i], &level[i + 1], err)) != 0)
			return rc;
	if (count % 2 != 0)
		level[count / 2] = level[count - 1];
	return 0;
}

int
merkle_paths(struct hash *root, const struct hash ***paths, size_t **path_sizes,
    struct vexlog_arena *arena, const struct hash *leaves, size_t count,
    struct vexlog_err *err)
{
	struct hash **lists = arena_list(arena, count, sizeof(*lists), err);
	size_t *sizes = arena_list(arena, count, sizeof(*sizes), err);
	struct hash *level = arena_list(arena, count, sizeof(*level), err);
	size_t total = 0;
	int rc;

	if (lists == NULL || sizes == NULL || level == NULL)
		return err->code;
	if (count == 0) {
		if ((rc = merkle_empty(root, err)) != 0)
			return rc;
	}
	for (size_t i = 0; i < count; i++)
		total += merkle_inclusion_length(i, count);
	struct hash *all = arena_list(arena, total, sizeof(*all), err);
	if (all == NULL)
		return err->code;
	for (size_t i = 0; i < count; i++) {
		lists[i] = all;
		all += merkle_inclusion_length(i, count);
		level[i] = leaves[i];
	}
	unsigned height = 0;
	for (size_t n = count; n > 1; n = (n + 1) / 2, height++) {
		for (size_t i = 0; i < count; i++) {
			size_t sibling = (i >> height) ^ 1;
			if (sibling < n)
				lists[i][sizes[i]++] = level[sibling];
		}
		if ((rc = next_level(level, n, err)) != 0)
			return rc;
	}
	if (count > 0)
		*root = level[0];
	*paths = (const struct hash **)(void *)lists;
	*path_sizes = sizes;
	return 0;
}

/* ---- verify ----------------------------------------------------------- */

/* The path is in two parts: up to where it leaves the right edge of the tree
 * each level has a sibling; above, only the levels where it is a right
 * child. */
static void
path_parts(unsigned *inner, unsigned *border, uint64_t index, uint64_t size)
{
	*inner = bit_length(index ^ (size - 1));
	*border = *inner < 64 ? count_bits(index >> *inner) : 0;
}

size_t
merkle_inclusion_length(uint64_t index, uint64_t size)
{
	unsigned inner, border;

	if (index >= size)
		return 0;
	path_parts(&inner, &border, index, size);
	return inner + border;
}

/* Walks up inner levels: a 0 bit of index is a left child, else a right. */
static int
walk_inner(struct hash *at, const struct hash *proof, unsigned inner,
    uint64_t index, struct vexlog_err *err)
{
	int rc = 0;

	for (unsigned i = 0; i < inner && rc == 0; i++)
		rc = (index >> i & 1) == 0
		    ? merkle_node(at, at, &proof[i], err)
		    : merkle_node(at, &proof[i], at, err);
	return rc;
}

static int
walk_right(struct hash *at, const struct hash *proof, unsigned from,
    unsigned to, struct vexlog_err *err)
{
	int rc = 0;

	for (unsigned i = from; i < to && rc == 0; i++)
		rc = merkle_node(at, &proof[i], at, err);
	return rc;
}

int
merkle_inclusion_root(struct hash *out, uint64_t index, uint64_t size,
    const struct hash *leaf, const struct hash *proof, size_t proof_size,
    struct vexlog_err *err)
{
	struct hash at = *leaf;
	unsigned inner, border;
	int rc = check_size(size, err);

	if (rc != 0)
		return rc;
	if (index >= size)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "index %llu is not below the tree size %llu",
		    (unsigned long long)index, (unsigned long long)size);
	path_parts(&inner, &border, index, size);
	if (proof_size != inner + border)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "%zu hashes in the proof, index %llu in a tree of %llu "
		    "has %u",
		    proof_size, (unsigned long long)index,
		    (unsigned long long)size, inner + border);
	if ((rc = walk_inner(&at, proof, inner, index, err)) == 0 &&
	    (rc = walk_right(&at, proof, inner, inner + border, err)) == 0)
		*out = at;
	return rc;
}

static int
compare_roots(const struct hash *got, const struct hash *want,
    const char *which, struct vexlog_err *err)
{
	char got_hex[2 * HASH_SIZE + 1], want_hex[2 * HASH_SIZE + 1];

	if (hash_same(got, want))
		return 0;
	text_hex(got_hex, got->bytes, HASH_SIZE);
	text_hex(want_hex, want->bytes, HASH_SIZE);
	return err_set(err, VEXLOG_BAD_PROOF,
	    "the proof leads to the root %s, the %s is %s", got_hex, which,
	    want_hex);
}

int
merkle_verify_inclusion(uint64_t index, uint64_t size, const struct hash *leaf,
    const struct hash *proof, size_t proof_size, const struct hash *root,
    struct vexlog_err *err)
{
	struct hash got;
	int rc = merkle_inclusion_root(
	    &got, index, size, leaf, proof, proof_size, err);

	return rc != 0 ? rc : compare_roots(&got, root, "tree's root", err);
}

static int
verify_same(uint64_t size, const struct hash *root1, const struct hash *root2,
    size_t proof_size, struct vexlog_err *err)
{
	if (proof_size != 0)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "%zu hashes in the proof, from size %llu to the same it "
		    "has none",
		    proof_size, (unsigned long long)size);
	return compare_roots(root1, root2, "root of the same size", err);
}

int
merkle_verify_consistency(uint64_t size1, uint64_t size2,
    const struct hash *root1, const struct hash *root2,
    const struct hash *proof, size_t proof_size, struct vexlog_err *err)
{
	struct hash old, new;
	unsigned inner, border, low;
	int rc = check_size(size2, err);

	if (rc != 0)
		return rc;
	if (size1 > size2)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "the tree shrank from %llu to %llu",
		    (unsigned long long)size1, (unsigned long long)size2);
	if (size1 == size2)
		return verify_same(size1, root1, root2, proof_size, err);
	if (size1 == 0)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "there is no consistency proof from the empty tree");
	/* The path of the old tree's last leaf, begun at its largest complete
	 * subtree that ends there; that one is given unless it is the whole
	 * old tree. */
	path_parts(&inner, &border, size1 - 1, size2);
	low = (unsigned)__builtin_ctzll(size1);
	inner -= low;
	bool whole = (size1 & (size1 - 1)) == 0;
	if (proof_size != inner + border + (whole ? 0u : 1u))
		return err_set(err, VEXLOG_BAD_PROOF,
		    "%zu hashes in the proof, from size %llu to %llu it has %u",
		    proof_size, (unsigned long long)size1,
		    (unsigned long long)size2,
		    inner + border + (whole ? 0u : 1u));
	old = new = whole ? *root1 : proof[0];
	if (!whole)
		proof++;
	uint64_t mask = (size1 - 1) >> low;
	for (unsigned i = 0; i < inner; i++)
		if ((mask >> i & 1) != 0 &&
		    (rc = merkle_node(&old, &proof[i], &old, err)) != 0)
			return rc;
	if ((rc = walk_right(&old, proof, inner, inner + border, err)) != 0 ||
	    (rc = compare_roots(&old, root1, "old root", err)) != 0 ||
	    (rc = walk_inner(&new, proof, inner, mask, err)) != 0 ||
	    (rc = walk_right(&new, proof, inner, inner + border, err)) != 0)
		return rc;
	return compare_roots(&new, root2, "new root", err);
}

int
merkle_verify_growth(uint64_t size1, uint64_t size2, const struct hash *root1,
    const struct hash *root2, const struct hash *proof, size_t proof_size,
    struct vexlog_err *err)
{
	struct hash empty;
	int rc;

	if (size1 > 0 || size2 == 0)
		return merkle_verify_consistency(size1, size2, root1, root2,
		    proof, proof_size, err);
	if (proof_size != 0)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "%zu hashes in the proof from the empty tree, it has none",
		    proof_size);
	if ((rc = merkle_empty(&empty, err)) != 0)
		return rc;
	return compare_roots(&empty, root1, "old root, of the empty tree,",
	    err);
}

/* ---- prove, from hashes kept elsewhere -------------------------------- */

/* Root of the leaves [begin, end); begin is a multiple of a power of two that
 * is not below end - begin, as every subtree of RFC 9162 2.1.1 begins. */
static int
range_root(struct hash *out, const struct merkle_source *source, uint64_t begin,
    uint64_t end, struct vexlog_err *err)
{
	uint64_t size = end - begin;
	struct hash part, root;
	bool some = false;
	int rc;

	for (unsigned level = 0; level < 63; level++) {
		if ((size >> level & 1) == 0)
			continue;
		/* the subtrees to its left are the higher bits of size */
		uint64_t n = (begin >> level) + (size >> level) - 1;
		if ((rc = source->get(&part, level, n, source->context, err)) !=
		    0)
			return rc;
		if (!some)
			root = part;
		else if ((rc = merkle_node(&root, &part, &root, err)) != 0)
			return rc;
		some = true;
	}
	*out = root;
	return 0;
}

int
merkle_source_root(struct hash *out, const struct merkle_source *source,
    uint64_t size, struct vexlog_err *err)
{
	int rc = check_size(size, err);

	if (rc != 0)
		return rc;
	return size == 0 ? merkle_empty(out, err)
			 : range_root(out, source, 0, size, err);
}

/* Proofs are found from the root down and written from the leaf up. */
static void
turn_around(
    struct hash *to, size_t *to_size, const struct hash *from, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = from[size - 1 - i];
	*to_size = size;
}

int
merkle_prove_inclusion(struct hash *proof, size_t *proof_size,
    const struct merkle_source *source, uint64_t index, uint64_t size,
    struct vexlog_err *err)
{
	struct hash down[PROOF_LENGTH_MAX];
	uint64_t begin = 0, end = size;
	size_t count = 0;
	int rc = check_size(size, err);

	if (rc != 0)
		return rc;
	if (index >= size)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "index %llu is not below the tree size %llu",
		    (unsigned long long)index, (unsigned long long)size);
	/* RFC 9162 2.1.3.1, PATH(m, D[n]) */
	while (end - begin > 1) {
		uint64_t middle = begin + split_of(end - begin);
		bool left = index < middle;
		rc = left
		    ? range_root(&down[count], source, middle, end, err)
		    : range_root(&down[count], source, begin, middle, err);
		if (rc != 0)
			return rc;
		count++;
		*(left ? &end : &begin) = middle;
	}
	turn_around(proof, proof_size, down, count);
	return 0;
}

int
merkle_prove_consistency(struct hash *proof, size_t *proof_size,
    const struct merkle_source *source, uint64_t size1, uint64_t size2,
    struct vexlog_err *err)
{
	struct hash down[PROOF_LENGTH_MAX];
	uint64_t begin = 0, end = size2;
	size_t count = 0;
	int rc = check_size(size2, err);

	if (rc != 0)
		return rc;
	if (size1 > size2)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "there is no proof from size %llu back to %llu",
		    (unsigned long long)size1, (unsigned long long)size2);
	if (size1 == 0 || size1 == size2) {
		*proof_size = 0;
		return 0;
	}
	/* RFC 9162 2.1.4.1, SUBPROOF(m, D[n], b); b is begin == 0 */
	while (end != size1) {
		uint64_t middle = begin + split_of(end - begin);
		bool left = size1 <= middle;
		rc = left
		    ? range_root(&down[count], source, middle, end, err)
		    : range_root(&down[count], source, begin, middle, err);
		if (rc != 0)
			return rc;
		count++;
		*(left ? &end : &begin) = middle;
	}
	if (begin != 0) {
		rc = range_root(&down[count], source, begin, end, err);
		if (rc != 0)
			return rc;
		count++;
	}
	turn_around(proof, proof_size, down, count);
	return 0;
}
