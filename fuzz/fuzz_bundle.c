/*
 * fuzz_bundle.c - a Sigstore bundle or a trusted root. A bundle is judged the
 * same way twice; one that holds says so of one artifact and one signer, and
 * of nothing else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "tlog/bundle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define IDENTITY                                                               \
	"https://github.com/sigstore-conformance/"                             \
	"extremely-dangerous-public-oidc-beacon/.github/workflows/"            \
	"extremely-dangerous-oidc-beacon.yml@refs/heads/main"
#define ISSUER "https://token.actions.githubusercontent.com"
/* of the artifact that the corpus is about */
#define DIGEST                                                                 \
	"sha256:"                                                              \
	"a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf"

static struct vexlog_arena *arena;

static void
must(bool good)
{
	if (!good)
		abort();
}

static struct vexlog_report
verify(struct vexlog_bytes bundle, const char *instance, const char *digest,
    const char *identity, const char *issuer)
{
	const struct vexlog_bundle_options o = {
	    .bundle = bundle,
	    .instance = instance,
	    .digest = digest,
	    .identity = identity,
	    .issuer = issuer,
	};
	struct vexlog_report report = {0};
	struct vexlog_err err;

	must(vexlog_verify_bundle(&report, arena, &o, &err) == 0);
	must(report.count > 0);
	for (size_t i = 0; i < report.count; i++)
		must(!report.holds || report.list[i].outcome != VEXLOG_FAIL);
	return report;
}

static void
judge(struct vexlog_bytes in, const char *instance)
{
	struct vexlog_report one =
	    verify(in, instance, DIGEST, IDENTITY, ISSUER);
	struct vexlog_report two =
	    verify(in, instance, DIGEST, IDENTITY, ISSUER);

	must(one.holds == two.holds && one.count == two.count);
	for (size_t i = 0; i < one.count; i++)
		must(one.list[i].outcome == two.list[i].outcome &&
		    strcmp(one.list[i].detail, two.list[i].detail) == 0);
	if (!one.holds)
		return;
	must(!verify(in, instance, DIGEST, IDENTITY "x", ISSUER).holds);
	must(!verify(in, instance, DIGEST, IDENTITY, ISSUER "x").holds);
	must(!verify(in, instance,
	    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca4959"
	    "91b7852b855",
	    IDENTITY, ISSUER)
		  .holds);
}

/* What is read can be opened or says why not, and closed. */
static void
read_root(struct vexlog_bytes in)
{
	struct bundle_root root;
	struct vexlog_err err;

	if (bundle_root_read(&root, arena, in, &err) != 0) {
		must(err.message[0] != '\0');
		return;
	}
	for (size_t i = 0; i < root.issuer_count; i++)
		must(bundle_root_chain(&root.issuers[i], &root, &err) == 0 ||
		    err.message[0] != '\0');
	for (size_t i = 0; i < root.stamper_count; i++)
		must(bundle_root_chain(&root.stampers[i], &root, &err) == 0 ||
		    err.message[0] != '\0');
	for (size_t i = 0; i < root.ctlog_count; i++)
		must(bundle_root_key(&root.ctlogs[i], &root, &err) == 0 ||
		    err.message[0] != '\0');
	bundle_root_close(&root);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct vexlog_bytes in = {data, size};

	if (arena == NULL)
		must((arena = vexlog_arena_open(512 * MIB)) != NULL);
	judge(in, "public-good");
	judge(in, "staging");
	read_root(in);
	vexlog_arena_reset(arena);
	return 0;
}
