/*
 * merkle_bench.c inclusion|consistency LEAVES: microseconds to verify one
 * proof of a tree of so many leaves, a power of two. The proof is as long as
 * the tree is high: the second leaf, and the tree grown from its first half
 * and one leaf.
 *
 * merkle_bench.c floor LEAVES: SHA-256 of so many nodes as the tree is high,
 * each in one piece, by libcrypto with its algorithm fetched once.
 */
#include <openssl/evp.h>
#include <string.h>

#include "base/limits.h"
#include "tests/bench/bench.h"
#include "tlog/merkle.h"

static struct hash *tree[64]; /* the nodes of each level */
static struct hash root, root1, leaf, proof[PROOF_LENGTH_MAX];
static size_t proof_size;
static uint64_t leaves, size1;

static void
check(int rc, const struct vexlog_err *err)
{
	if (rc == 0)
		return;
	(void)fprintf(stderr, "%s\n", err->message);
	exit(1);
}

static int
get(struct hash *out, unsigned level, uint64_t n, void *context,
    struct vexlog_err *err)
{
	(void)context, (void)err;
	*out = tree[level][n];
	return 0;
}

/* Leaf i is the number i in eight bytes, the lowest first. */
static void
grow(void)
{
	struct vexlog_err err;
	unsigned level = 0;

	tree[0] = calloc(leaves, sizeof(struct hash));
	for (uint64_t i = 0; i < leaves && tree[0] != NULL; i++)
		check(merkle_leaf(&tree[0][i],
			  (struct vexlog_bytes){(const uint8_t *)&i, 8}, &err),
		    &err);
	for (uint64_t n = leaves / 2; n > 0; n /= 2, level++) {
		tree[level + 1] = calloc(n, sizeof(struct hash));
		for (uint64_t i = 0; i < n; i++)
			check(merkle_node(&tree[level + 1][i],
				  &tree[level][2 * i], &tree[level][2 * i + 1],
				  &err),
			    &err);
	}
	root = tree[level][0];
}

static int
inclusion(void *context)
{
	struct vexlog_err err;

	(void)context;
	return merkle_verify_inclusion(1, leaves, &leaf, proof, proof_size,
	    &root, &err);
}

static int
consistency(void *context)
{
	struct vexlog_err err;

	(void)context;
	return merkle_verify_consistency(size1, leaves, &root1, &root, proof,
	    proof_size, &err);
}

static EVP_MD *algorithm;
static EVP_MD_CTX *ctx;

static int
bare(void *context)
{
	uint8_t node[1 + 2 * HASH_SIZE] = {1};
	unsigned size;
	int good = 1;

	(void)context;
	for (uint64_t n = leaves; n > 1 && good == 1; n /= 2)
		if ((good = EVP_DigestInit_ex2(ctx, algorithm, NULL)) == 1 &&
		    (good = EVP_DigestUpdate(ctx, node, sizeof(node))) == 1)
			good = EVP_DigestFinal_ex(ctx, node + 1, &size);
	return good == 1 ? 0 : -1;
}

static int
floor_of_all(void)
{
	algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	ctx = EVP_MD_CTX_new();
	if (algorithm == NULL || ctx == NULL)
		return 2;
	printf("%.6g\n", 1e6 * bench_best(bare, NULL));
	return 0;
}

int
main(int argc, char **argv)
{
	const struct merkle_source source = {get, NULL};
	struct vexlog_err err = {0};
	bool first;

	if (argc != 3 || (leaves = strtoull(argv[2], NULL, 10)) < 4)
		return 2;
	if (strcmp(argv[1], "floor") == 0)
		return floor_of_all();
	first = strcmp(argv[1], "inclusion") == 0;
	grow();
	leaf = tree[0][1];
	size1 = leaves / 2 + 1;
	check(merkle_source_root(&root1, &source, size1, &err), &err);
	check(first ? merkle_prove_inclusion(
			  proof, &proof_size, &source, 1, leaves, &err) :
		      merkle_prove_consistency(
			  proof, &proof_size, &source, size1, leaves, &err),
	    &err);
	printf("%.6g\n", 1e6 * bench_best(first ? inclusion : consistency,
	    NULL));
	return 0;
}
