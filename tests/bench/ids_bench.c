/*
 * ids_bench.c ids|floor: claims a second whose observationId and contentDigest
 * are made. The floor is SHA-256 over the same bytes, which stand here ready
 * made, by libcrypto with its algorithm fetched once.
 */
#include <openssl/evp.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "vex/observation.h"

#define DOCUMENT                                                               \
	"sha256:0123456789abcdef0123456789abcdef"                              \
	"0123456789abcdef0123456789abcdef"
#define PRODUCT                                                                \
	"pkg:rpm/redhat/kernel-rt@5.14.0-427.13.1.rt14.298.el9_4?arch=x86_64"
#define OBSERVATION                                                            \
	"sha256:2e1e42690508150dd17b0a41ca694a98"                              \
	"d507595e711661d37fc7fa375c399ada"

/* the canonical bytes of the claim's two bodies */
static const char body_id[] =
    "{\"documentDigest\":\"" DOCUMENT "\",\"format\":\"openvex\","
    "\"pointer\":\"/statements/12345/products/0\","
    "\"productKey\":\"" PRODUCT "\",\"providerId\":\"vendor:redhat\","
    "\"vulnerabilityId\":\"CVE-2026-12345\"}";
static const char body_content[] =
    "{\"justification\":\"vulnerable_code_not_present\","
    "\"mappingVersion\":\"" VEXLOG_MAPPING_VERSION "\","
    "\"observationId\":\"vex:obs:" OBSERVATION "\","
    "\"saidAt\":\"2026-01-17T01:00:00Z\","
    "\"saidAtFrom\":\"statement\","
    "\"sourceJustification\":\"vulnerable_code_not_present\","
    "\"sourceStatus\":\"not_affected\",\"status\":\"not_affected\"}";

static struct vexlog_observation claim = {
    .document_digest = DOCUMENT,
    .format = "openvex",
    .pointer = "/statements/12345/products/0",
    .product = PRODUCT,
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
hash_of(unsigned char out[EVP_MAX_MD_SIZE], const char *bytes, size_t size)
{
	return EVP_DigestInit_ex2(ctx, algorithm, NULL) == 1 &&
		EVP_DigestUpdate(ctx, bytes, size) == 1 &&
		EVP_DigestFinal_ex(ctx, out, NULL) == 1
	    ? 0
	    : -1;
}

static int
bare(void *context)
{
	unsigned char out[EVP_MAX_MD_SIZE];

	(void)context;
	return hash_of(out, body_id, sizeof(body_id) - 1) == 0
	    ? hash_of(out, body_content, sizeof(body_content) - 1)
	    : -1;
}

/* Whether the bytes of the floor are those of the claim. */
static bool
same(const char *digest, const char *bytes, size_t size)
{
	unsigned char out[EVP_MAX_MD_SIZE];
	char text[72] = "sha256:";

	if (hash_of(out, bytes, size) != 0)
		return false;
	for (int i = 0; i < 32; i++)
		(void)snprintf(text + 7 + 2 * i, 3, "%02x", out[i]);
	return strcmp(text, digest) == 0;
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
	if (observation_seal(&claim, arena, &err) != 0 ||
	    !same(claim.id + 8, body_id, sizeof(body_id) - 1) ||
	    !same(claim.content_digest, body_content,
		sizeof(body_content) - 1)) {
		(void)fprintf(stderr, "the floor hashes other bytes: %s %s\n",
		    claim.id, claim.content_digest);
		return 1;
	}
	printf("%.6g\n",
	    1 / bench_best(strcmp(argv[1], "ids") == 0 ? ids : bare, NULL));
	return 0;
}
