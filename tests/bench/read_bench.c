/*
 * read_bench.c speed|seconds|memory FILE: what it takes to read one VEX
 * document, from its bytes to its sealed claims: MB a second; seconds; bytes
 * of memory for each byte of the document.
 */
#include <string.h>

#include "tests/bench/bench.h"
#include "vexlog.h"

struct text {
	struct vexlog_bytes bytes;
	struct vexlog_arena *arena;
};

static int
read_all(void *context)
{
	struct text *t = context;
	const struct vexlog_read_options options = {.received_at = INT64_MAX};
	struct vexlog_document document;
	struct vexlog_err err = {0};

	vexlog_arena_reset(t->arena);
	if (vexlog_read(&document, t->arena, t->bytes, &options, &err) != 0)
		return 1;
	/* a document that claims nothing would be read in no time */
	return !document.readable || document.observations.count == 0;
}

int
main(int argc, char **argv)
{
	struct text t = {.arena = vexlog_arena_open((size_t)16 << 30)};

	if (argc != 3) {
		(void)fprintf(
		    stderr, "usage: read_bench speed|seconds|memory FILE\n");
		return 2;
	}
	t.bytes.data = bench_file(&t.bytes.size, argv[2]);
	if (strcmp(argv[1], "memory") == 0) {
		if (read_all(&t) != 0)
			return 1;
		printf("%.6g\n", (double)vexlog_arena_peak(t.arena) /
			(double)t.bytes.size);
		return 0;
	}
	double best = bench_best(read_all, &t);
	printf("%.6g\n", strcmp(argv[1], "seconds") == 0
		? best
		: (double)t.bytes.size / 1e6 / best);
	return 0;
}
