/*
 * bundle_own_test.c - bundles that we write ourselves: they hold, and two
 * entries of one log are still one log.
 */
#include "entry_world.h"
#include "tlog/bundle.h"

/* The bundle of our entry at an index of the world's tree. */
static char *
write_bundle(const struct world *w, struct vexlog_bytes statement)
{
	struct vexlog_bytes envelope, json;
	struct dsse_signature signature;
	struct dsse dsse;
	struct buffer b;

	must(dsse_sign(&envelope, arena, DSSE_IN_TOTO, statement, signer, &err),
	    "sign");
	must(dsse_read(&dsse, arena, envelope, &err), "envelope");
	signature = dsse.signatures[0];
	signature.bytes = w->expect.signature;
	dsse.signatures = &signature;
	buffer_open(&b, arena, MIB);
	must(bundle_write(&b, &dsse, &w->entry, &err), "bundle");
	must(buffer_finish(&b, &json, &err), "bundle");
	return arena_text(arena, json.data, json.size, &err);
}

static struct vexlog_report
judge(const char *bundle, struct vexlog_bytes trust, const char *digest,
    size_t logs)
{
	struct vexlog_bundle_options with = {.bundle = text_bytes(bundle),
	    .trusted_root = trust,
	    .digest = digest,
	    .logs = logs};
	struct vexlog_report report;

	must(key_write_public(&with.key, arena, signer, &err), "pem");
	must(vexlog_verify_bundle(&report, arena, &with, &err), "verify");
	return report;
}

static const char *
failed(const struct vexlog_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->list[i].outcome == VEXLOG_FAIL)
			return report->list[i].name;
	return "";
}

/* "tlogEntries":[…] with the entries of both. */
static char *
joined(const char *one, const char *two)
{
	static const char list[] = "\"tlogEntries\":[";
	const char *begin = strstr(two, list) + strlen(list);
	const char *end = strstr(begin, "]},\"dsseEnvelope\"");

	return replaced(one, list,
	    arena_print(
		arena, &err, "%s%.*s,", list, (int)(end - begin), begin));
}

static void
run(bool v1)
{
	const char digest[] = "sha256:"
			      "00000000000000000000000000000000000000000000000"
			      "00000000000000000";
	struct vexlog_bytes statement = text_bytes(arena_print(arena, &err,
	    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{"
	    "\"name\":\"x\",\"digest\":{\"sha256\":\"%s\"}}],"
	    "\"predicateType\":\"t\",\"predicate\":{}}",
	    digest + 7));
	struct vexlog_report report;
	struct world w, first;
	char *here, *there;

	build(&w, v1, LEAVES);
	must(dsse_pae(&w.messages[MINE], arena, DSSE_IN_TOTO, statement, &err),
	    "pae");
	must(key_sign(
		 &w.signatures[MINE], arena, signer, w.messages[MINE], &err),
	    "sign");
	must(entry_body_v2(&w.bodies[MINE], arena, signer, w.messages[MINE],
		 w.signatures[MINE], &err),
	    "body");
	w.bodies[0] = w.bodies[MINE]; /* a log that forgot and took it again */
	build_entry(&w);
	here = write_bundle(&w, statement);
	report = judge(here, w.trust, digest, 1);
	ok(report.holds, "%s: our own bundle holds: %s", v1 ? "v1" : "local",
	    failed(&report));

	/* the same entry at index 0 of the same tree */
	first = w;
	first.leaves = LEAVES;
	{
		struct hash leaves[LEAVES];
		const struct hash **paths;
		size_t *sizes;
		for (size_t i = 0; i < LEAVES; i++)
			must(
			    merkle_leaf(&leaves[i], w.bodies[i], &err), "leaf");
		must(merkle_paths(&first.roots[LEAVES], &paths, &sizes, arena,
			 leaves, LEAVES, &err),
		    "paths");
		memcpy(first.hashes, paths[0], sizes[0] * sizeof(struct hash));
		first.entry.hashes = first.hashes;
		first.entry.hash_count = sizes[0];
		first.entry.proof_index = 0;
		first.entry.log_index = v1 ? SHARDS : 0;
		if (v1)
			sign_promise(&first);
	}
	there = write_bundle(&first, statement);
	report = judge(there, w.trust, digest, 1);
	ok(report.holds, "so does one of the same entry at another index");
	report = judge(joined(here, there), w.trust, digest, 1);
	ok(report.holds, "and one of both: %s", failed(&report));
	report = judge(joined(here, there), w.trust, digest, 2);
	is_text(failed(&report), "distinct logs",
	    "GHSA-9vcr-p3rj-q5q6: two entries of one log are one log");
	report = judge(joined(here, here), w.trust, digest, 1);
	is_text(failed(&report), "bundle", "the same entry twice is refused");
}

int
main(void)
{
	open_world();
	run(false);
	run(true);
	close_world();
	return tap_done();
}
