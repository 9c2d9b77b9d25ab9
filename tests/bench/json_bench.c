/*
 * json_bench.c scan|parse|canon FILE: MB a second of one JSON text.
 *
 * scan is the floor: every byte is looked at once, as a sum, 8 at a time.
 */
#include <string.h>

#include "json/json.h"
#include "tests/bench/bench.h"

struct text {
	struct vexlog_bytes bytes;
	struct vexlog_arena *arena;
	uint64_t sum;
};

static int
scan(void *context)
{
	struct text *t = context;
	uint64_t sum = 0, word;
	size_t at;

	for (at = 0; at + 8 <= t->bytes.size; at += 8) {
		memcpy(&word, t->bytes.data + at, 8);
		sum += word;
	}
	t->sum += sum;
	return t->sum == 1; /* keeps the compiler from leaving it out */
}

static int
parse(void *context)
{
	struct text *t = context;
	struct vexlog_err err = {0};
	struct json_doc doc;

	vexlog_arena_reset(t->arena);
	return json_read(&doc, t->arena, t->bytes, 0, &err);
}

static int
canon(void *context)
{
	struct text *t = context;
	struct vexlog_err err = {0};
	struct vexlog_bytes out;

	vexlog_arena_reset(t->arena);
	return vexlog_canon(&out, t->arena, t->bytes, &err);
}

static const struct {
	const char *name;
	int (*call)(void *);
} calls[] = {{"scan", scan}, {"parse", parse}, {"canon", canon}};

int
main(int argc, char **argv)
{
	struct text t = {.arena = vexlog_arena_open((size_t)4 << 30)};
	size_t i;

	for (i = 0; argc == 3 && i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(argv[1], calls[i].name) != 0)
			continue;
		t.bytes.data = bench_file(&t.bytes.size, argv[2]);
		printf("%.6g\n", (double)t.bytes.size / 1e6 /
		    bench_best(calls[i].call, &t));
		return 0;
	}
	(void)fprintf(stderr, "usage: json_bench scan|parse|canon FILE\n");
	return 2;
}
