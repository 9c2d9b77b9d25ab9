/*
 * bench.h - what the timing programs share: the best time of a call, printed
 * as the one figure that tools/bench.py reads.
 *
 * The best of many short batches is what the call costs; the rest is what the
 * machine did beside. tools/bench.py runs a program several times, in turn
 * with its peers, and takes the median.
 */
#ifndef VEXLOG_TESTS_BENCH_H
#define VEXLOG_TESTS_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BENCH_SECONDS 0.3  /* of measuring, and at least three batches */
#define BENCH_BATCH   2e-3 /* seconds, or one call where that takes longer */

__attribute__((unused)) static double
bench_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of one call; it returns 0 when it did its work. */
__attribute__((unused)) static double
bench_best(int (*call)(void *), void *context)
{
	double begin = bench_now(), best = 1e9, start, took;
	long batch = 1, batches = 0, i;

	while (batches < 3 || bench_now() - begin < BENCH_SECONDS) {
		start = bench_now();
		for (i = 0; i < batch; i++) {
			if (call(context) != 0) {
				(void)fprintf(stderr, "the call failed\n");
				exit(1);
			}
		}
		took = bench_now() - start;
		if (took < BENCH_BATCH / 2) {
			batch *= 2;
			continue;
		}
		batches++;
		if (took / (double)batch < best)
			best = took / (double)batch;
	}
	return best;
}

/* All of a file, with a NUL behind it. */
__attribute__((unused)) static unsigned char *
bench_file(size_t *size, const char *path)
{
	FILE *f = fopen(path, "rb");
	unsigned char *data = NULL;
	long end = -1;

	if (f != NULL && fseek(f, 0, SEEK_END) == 0)
		end = ftell(f);
	if (end >= 0) {
		rewind(f);
		data = malloc((size_t)end + 1);
	}
	if (data == NULL || fread(data, 1, (size_t)end, f) != (size_t)end) {
		perror(path);
		exit(1);
	}
	data[end] = 0;
	(void)fclose(f);
	*size = (size_t)end;
	return data;
}

#endif
