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
#include "fuzz/json_mutator.h"

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

#define OTHER                                                                  \
	"sha256:"                                                              \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static struct vexlog_arena *arena, *lasting;
static struct bundle_root roots[2]; /* public-good, staging */

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
open_roots(void)
{
	static const char *const names[] = {"public-good", "staging"};
	struct vexlog_bytes json;
	struct vexlog_err err;

	must((arena = vexlog_arena_open(512 * MIB)) != NULL);
	must((lasting = vexlog_arena_open(64 * MIB)) != NULL);
	for (int i = 0; i < 2; i++) {
		must(bundle_root_builtin(&json, names[i], &err) == 0);
		must(bundle_root_read(&roots[i], lasting, json, &err) == 0);
	}
}

static struct vexlog_report
verify(struct vexlog_bytes bundle, struct bundle_root *root, const char *digest,
    const char *identity, const char *issuer)
{
	struct artifact artifact;
	const struct bundle_expect expect = {
	    .root = root,
	    .identity = identity,
	    .issuer = issuer,
	    .artifact = &artifact,
	    .logs = 1,
	};
	struct vexlog_report out;
	struct report report;
	struct vexlog_err err;

	report_open(&report, arena);
	must(artifact_open(
		 &artifact, (struct vexlog_bytes){NULL, 0}, digest, &err) == 0);
	must(bundle_verify(&report, arena, bundle, &expect, &err) == 0);
	out = report_close(&report, "");
	must(out.count > 0);
	for (size_t i = 0; i < out.count; i++)
		must(!out.holds || out.list[i].outcome != VEXLOG_FAIL);
	return out;
}

static void
judge(struct vexlog_bytes in, struct bundle_root *root)
{
	struct vexlog_report one = verify(in, root, DIGEST, IDENTITY, ISSUER);
	struct vexlog_report two = verify(in, root, DIGEST, IDENTITY, ISSUER);

	must(one.holds == two.holds && one.count == two.count);
	for (size_t i = 0; i < one.count; i++)
		must(one.list[i].outcome == two.list[i].outcome &&
		    strcmp(one.list[i].detail, two.list[i].detail) == 0);
	if (!one.holds)
		return;
	must(!verify(in, root, DIGEST, IDENTITY "x", ISSUER).holds);
	must(!verify(in, root, DIGEST, IDENTITY, ISSUER "x").holds);
	must(!verify(in, root, OTHER, IDENTITY, ISSUER).holds);
}

/* Its log has the instance in its name. */
static bool
is_staging(struct vexlog_bytes in)
{
	static const char name[] = "sigstage";

	for (size_t i = 0; i + sizeof(name) - 1 <= in.size; i++)
		if (memcmp(in.data + i, name, sizeof(name) - 1) == 0)
			return true;
	return false;
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
		open_roots();
	judge(in, &roots[is_staging(in)]);
	read_root(in);
	vexlog_arena_reset(arena);
	return 0;
}
