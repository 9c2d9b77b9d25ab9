/*
 * ids_bench.c ids|floor: claims a second whose observationId and contentDigest
 * are made. The floor is SHA-256 over bytes of the same sizes, by libcrypto
 * with its algorithm fetched once.
 */
#include <openssl/evp.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "vex/observation.h"

#define BODY_ID	     370 /* canonical bytes of this claim's two bodies */
#define BODY_CONTENT 360

static struct vexlog_observation claim = {
    .document_digest = "sha256:"
		       "0123456789abcdef0123456789abcdef"
		       "0123456789abcdef0123456789abcdef",
    .format = "openvex",
    .pointer = "/statements/12345/products/0",
    .product = "pkg:rpm/redhat/kernel-rt@5.14.0-427.13.1.rt14.298.el9_4"
	       "?arch=x86_64",
    .provider = "vendor:redhat",
    .vulnerability = "CVE-2026-12345",
    .status = VEXLOG_NOT_AFFECTED,
    .justification = "vulnerable_code_not_present",
    .source_status = "not_affected",
    .source_justification = "vulnerable_code_not_present",
    .said_at = 1768611600000000,
    .said_at_from = "statement",
    .mapping_version = VEXLOG_MAPPING_VERSION,
};
static struct vexlog_arena *arena;
static EVP_MD *algorithm;
static EVP_MD_CTX *ctx;

static int
ids(void *context)
{
	struct vexlog_err err;
	struct vexlog_observation o = claim;

	(void)context;
	struct arena_mark mark = arena_mark(arena);
	int rc = observation_seal(&o, arena, &err);
	arena_back(arena, mark);
	return rc;
}

static int
hash_of(size_t size)
{
	static const unsigned char bytes[512];
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned n;

	return EVP_DigestInit_ex2(ctx, algorithm, NULL) == 1 &&
		EVP_DigestUpdate(ctx, bytes, size) == 1 &&
		EVP_DigestFinal_ex(ctx, out, &n) == 1 ?
	    0 :
	    -1;
}

static int
bare(void *context)
{
	(void)context;
	return hash_of(BODY_ID) == 0 ? hash_of(BODY_CONTENT) : -1;
}

int
main(int argc, char **argv)
{
	struct vexlog_err err;

	arena = vexlog_arena_open((size_t)1 << 20);
	algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	ctx = EVP_MD_CTX_new();
	if (argc != 2 || arena == NULL || algorithm == NULL || ctx == NULL ||
	    arena_take(arena, 1, &err) == NULL) /* a block that stays */
		return 2;
	printf("%.6g\n",
	    1 / bench_best(strcmp(argv[1], "ids") == 0 ? ids : bare, NULL));
	return 0;
}
