/*
 * served_bench.c post URL N SUBMITTERS: entries a second that a Rekor v2 log
 * takes and answers, sent by so many submitters at once, each of whom waits
 * for its answer. Answers are not judged.
 *
 * served_bench.c append FOLDER N BATCH: entries a second into a local log, in
 * batches, each on the disk before the next.
 *
 * Signing and the bodies are made before the time is taken.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "sign/key.h"
#include "tests/bench/bench.h"
#include "tlog/http.h"
#include "tlog/log.h"
#include "tlog/tile_log.h"

#define THREADS_MAX 16

static struct vexlog_arena *arena;
static struct vexlog_err err;
static struct key *key;

static void
must(int rc)
{
	if (rc == 0)
		return;
	(void)fprintf(stderr, "%s\n", err.message);
	exit(1);
}

static struct vexlog_bytes
sign_one(struct vexlog_bytes *message, size_t n)
{
	struct vexlog_bytes signature;

	*message = text_bytes(arena_print(arena, &err, "entry %zu", n));
	must(key_sign(&signature, arena, key, *message, &err));
	return signature;
}

/* ---- over HTTP ---------------------------------------------------------- */

struct part {
	const char *url;
	struct http_request *requests;
	size_t count, bad;
	pthread_t thread;
};

static struct vexlog_bytes
make_request(size_t n)
{
	struct vexlog_bytes message, signature = sign_one(&message, n);
	uint8_t digest[HASH_SIZE_MAX];
	size_t size;

	must(hash_any(digest, &size, HASH_SHA256, message, &err));
	return text_bytes(arena_print(arena, &err,
	    "{\"hashedRekordRequestV002\":{\"digest\":\"%s\",\"signature\":{"
	    "\"content\":\"%s\",\"verifier\":{\"keyDetails\":"
	    "\"PKIX_ECDSA_P256_SHA_256\",\"publicKey\":{\"rawBytes\":\"%s\"}}}}}",
	    text_base64(arena, (struct vexlog_bytes){digest, size}, &err),
	    text_base64(arena, signature, &err),
	    text_base64(arena, key_spki(key), &err)));
}

static void *
send_part(void *context)
{
	struct part *p = context;
	struct vexlog_arena *mine = vexlog_arena_open(1024 * MIB);
	struct http_answer *answers;
	struct vexlog_err why;
	struct http *http;

	answers = arena_list(mine, p->count, sizeof(*answers), &why);
	if (answers == NULL || http_open(&http, p->url, 0, &why) != 0 ||
	    http_ask(answers, mine, http, p->requests, p->count, &why) != 0) {
		p->bad = p->count;
		return NULL;
	}
	for (size_t i = 0; i < p->count; i++)
		p->bad += answers[i].status != 201;
	http_close(http);
	return NULL;
}

static double
post(const char *url, size_t n, size_t submitters)
{
	size_t threads =
	    (submitters + HTTP_IN_FLIGHT_MAX - 1) / HTTP_IN_FLIGHT_MAX;
	struct part parts[THREADS_MAX] = {{0}};
	struct http_request *requests;
	size_t bad = 0;
	double start;

	requests = arena_list(arena, n, sizeof(*requests), &err);
	for (size_t i = 0; i < n; i++)
		requests[i] =
		    (struct http_request){.path = "/api/v2/log/entries",
			.body = make_request(i),
			.answer_max = MIB};
	start = bench_now();
	for (size_t i = 0; i < threads; i++) {
		size_t from = n * i / threads, to = n * (i + 1) / threads;
		parts[i] = (struct part){.url = url,
		    .requests = requests + from,
		    .count = to - from};
		(void)pthread_create(
		    &parts[i].thread, NULL, send_part, &parts[i]);
	}
	for (size_t i = 0; i < threads; i++) {
		(void)pthread_join(parts[i].thread, NULL);
		bad += parts[i].bad;
	}
	if (bad > 0) {
		(void)fprintf(stderr, "%zu of %zu were not taken\n", bad, n);
		exit(1);
	}
	return (double)n / (bench_now() - start);
}

/* ---- into a folder ------------------------------------------------------ */

static double
append(const char *folder, size_t n, size_t batch)
{
	const struct tile_log_options options = {.folder = folder};
	struct vexlog_bytes message, signature, *bodies;
	struct tile_place *places;
	struct tile_log *log;
	double start;

	must(log_local_init(folder, &err));
	must(tile_log_open(&log, &options, &err));
	bodies = arena_list(arena, n, sizeof(*bodies), &err);
	places = arena_list(arena, batch, sizeof(*places), &err);
	for (size_t i = 0; i < n; i++) {
		signature = sign_one(&message, i);
		must(entry_body_v2(
		    &bodies[i], arena, key, message, signature, &err));
	}
	start = bench_now();
	for (size_t i = 0; i < n; i += batch)
		must(tile_log_append(places, log, bodies + i,
		    n - i < batch ? n - i : batch, &err));
	start = bench_now() - start;
	tile_log_close(log);
	return (double)n / start;
}

int
main(int argc, char **argv)
{
	size_t n;

	if (argc != 5) {
		(void)fprintf(stderr, "usage: see the source\n");
		return 2;
	}
	n = (size_t)atol(argv[3]);
	arena = vexlog_arena_open((size_t)4 << 30);
	must(key_generate(&key, KEY_P256, &err));
	printf("%.6g\n",
	    strcmp(argv[1], "post") == 0
		? post(argv[2], n, (size_t)atol(argv[4]))
		: append(argv[2], n, (size_t)atol(argv[4])));
	return 0;
}
