/*
 * entry_bench.c entry|cached BUNDLE TRUST: microseconds of one log entry.
 *
 * entry: the log's part of a bundle's entry that is
 * read already (key, checkpoint, inclusion), as its first checkpoint each
 * time; cached: as one of many entries under one checkpoint.
 */
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "tests/bench/bench.h"
#include "tlog/bundle.h"
#include "tlog/trust_memo.h"

struct work {
	struct vexlog_arena *arena;
	struct trust *trust;
	struct bundle bundle;
	struct entry entry;
	bool forget;
};

static void
must(int rc, const struct vexlog_err *err)
{
	if (rc == 0)
		return;
	(void)fprintf(stderr, "%s\n", err->message);
	exit(1);
}

static int
entry(void *context)
{
	const struct entry_expect expect = {.log_only = true};
	struct work *w = context;
	struct report report;
	struct vexlog_err err;
	int rc;

	vexlog_arena_reset(w->arena);
	if (w->forget)
		trust_memo_forget(w->trust->memo);
	report_open(&report, w->arena);
	rc = entry_verify(
	    &report, w->arena, &w->entry, w->trust, &expect, TIME_NONE, &err);
	return rc != 0 || !report_close(&report, "").holds;
}

static void
open_bundle(struct work *w, const char *bundle, const char *trust)
{
	struct vexlog_arena *arena = vexlog_arena_open(64 * MIB);
	struct vexlog_bytes bytes;
	struct vexlog_err err;

	bytes.data = bench_file(&bytes.size, trust);
	must(trust_read(&w->trust, bytes, &err), &err);
	bytes.data = bench_file(&bytes.size, bundle);
	must(bundle_read(&w->bundle, arena, bytes, &err), &err);
	w->entry = w->bundle.entries[0];
	/* Rekor v1's promise is a signature of its own: left out here, and by
	 * the peer's function too */
	w->entry.set.size = 0;
	w->arena = vexlog_arena_open(64 * MIB);
}

int
main(int argc, char **argv)
{
	struct work w = {0};

	if (argc != 4) {
		(void)fprintf(stderr, "usage: see the source\n");
		return 2;
	}
	open_bundle(&w, argv[2], argv[3]);
	w.forget = strcmp(argv[1], "entry") == 0;
	printf("%.6g\n", 1e6 * bench_best(entry, &w));
	return 0;
}
