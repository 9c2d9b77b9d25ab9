/*
 * store_bench.c ingest URL ROWS: rows a second into a store, in documents of
 * 5,000 claims as long as those of the CSAF feeds.
 *
 * store_bench.c drain URL WORKERS BATCH: rows a second through the queue: as
 * many processes claim batches, keep an envelope each, and link what they
 * claimed with proofs of 20 hashes, until nothing is left. No log, no
 * signatures: what the database alone makes of it.
 */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "store/store.h"
#include "tests/bench/bench.h"
#include "vex/observation.h"

#define DOCUMENT 5000
#define JOBS	 64
#define HEX64	 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct vexlog_arena *arena;
static struct vexlog_err err;

static void
check(int rc)
{
	if (rc == 0)
		return;
	(void)fprintf(stderr, "%s: %s\n", err.where, err.message);
	exit(1);
}

static struct store *
open_store(const char *url)
{
	const struct store_options options = {
	    .url = url, .tenant = "default", .migrate = true, .create = true};
	struct store *store;

	check(store_open(&store, &options, &err));
	return store;
}

/* ---- ingest ------------------------------------------------------------ */

static struct vexlog_observation
claim(long n)
{
	struct vexlog_observation o = {.document_digest = "sha256:" HEX64,
	    .format = "csaf",
	    .provider = "vendor:example",
	    .aliases = "[]",
	    .product_text = "",
	    .source_status = "known_affected",
	    .said_at = INT64_C(1768000000) * 1000000,
	    .said_at_from = "document",
	    .mapping_version = VEXLOG_MAPPING_VERSION};

	o.pointer = arena_print(arena, &err,
	    "/vulnerabilities/0/product_status/known_affected/%ld", n);
	o.vulnerability =
	    arena_print(arena, &err, "CVE-2026-%ld", 10000 + n / 40);
	o.product = arena_print(arena, &err,
	    "cpe:/a:example:enterprise_linux:%ld::appstream > "
	    "pkg:rpm/example/example-library-%ld"
	    "@1.%ld.2-3.el9?arch=x86_64&repository=base",
	    n % 9, n, n % 40);
	if (o.pointer == NULL || o.vulnerability == NULL || o.product == NULL)
		check(err.code);
	check(observation_seal(&o, arena, &err));
	return o;
}

static double
ingest(struct store *store, long rows)
{
	struct vexlog_observation *list =
	    arena_list(arena, (size_t)rows, sizeof(*list), &err);
	size_t stored, all = 0;
	double start;

	if (list == NULL)
		check(err.code);
	for (long i = 0; i < rows; i++)
		list[i] = claim(i);
	start = bench_now();
	for (long i = 0; i < rows; i += DOCUMENT) {
		size_t count = (size_t)(rows - i < DOCUMENT ? rows - i :
							      DOCUMENT);
		check(store_put_observations(
		    &stored, store, list + i, count, &err));
		all += stored;
	}
	if (all != (size_t)rows)
		exit(1);
	return (double)rows / (bench_now() - start);
}

/* ---- drain ------------------------------------------------------------- */

static const char *
proof(int hashes)
{
	char text[4096];
	size_t n = (size_t)snprintf(text, sizeof(text),
	    "{\"batch\":null,\"log\":{\"hashes\":[\"" HEX64 "\"");

	for (int i = 1; i < hashes; i++)
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, ",\"" HEX64 "\"");
	(void)snprintf(text + n, sizeof(text) - n, "]}}");
	return arena_copy(arena, text, &err);
}

static void
link_job(struct store *store, const struct store_job *job,
    struct vexlog_linkage *linkage)
{
	static const char *ids[VEXLOG_BATCH_MAX];
	static struct vexlog_linkage linkages[VEXLOG_BATCH_MAX];
	static enum store_linked outcomes[VEXLOG_BATCH_MAX];

	linkage->log_index = job->id;
	for (size_t i = 0; i < job->member_count; i++) {
		ids[i] = job->members[i].id;
		linkages[i] = *linkage;
	}
	check(store_link_all(
	    outcomes, store, ids, linkages, job->member_count, &err));
	for (size_t i = 0; i < job->member_count; i++)
		if (outcomes[i] != STORE_LINKED)
			exit(2);
}

static void
work(const char *url, int number, size_t batch)
{
	const struct vexlog_bytes bytes = text_bytes(HEX64 HEX64 HEX64 HEX64);
	struct vexlog_arena *round = vexlog_arena_open(JOB_ARENA_MAX);
	struct store *store = open_store(url);
	char owner[32];
	struct store_job jobs[JOBS];
	struct vexlog_linkage linkage = {.uuid = HEX64,
	    .log_id = HEX64,
	    .log_url = "rekor2+https://log.example",
	    .integrated_time = INT64_MIN,
	    .tree_root = HEX64,
	    .tree_size = INT64_C(1) << 40,
	    .inclusion_proof = proof(20),
	    .body_hash = "sha256:" HEX64,
	    .entry_kind = "hashedrekord",
	    .linked_at = INT64_C(1768611600) * 1000000};
	const struct store_claim what = {.owner = owner,
	    .lease = INT64_C(600) * 1000000,
	    .jobs = batch < 64 ? 1 : JOBS,
	    .batch = batch,
	    .log_url = linkage.log_url,
	    .observations = true};
	size_t count;
	int rc;

	(void)snprintf(owner, sizeof(owner), "host:%d:1", number);
	while ((rc = store_claim_jobs(
		    jobs, &count, round, store, &what, &err)) == 0) {
		check(store_begin(store, &err));
		for (size_t i = 0; i < count; i++)
			check(store_job_signed(
			    store, jobs[i].id, owner, bytes, bytes, &err));
		check(store_commit(store, &err));
		check(store_begin(store, &err));
		for (size_t i = 0; i < count; i++) {
			link_job(store, &jobs[i], &linkage);
			check(store_job_done(store, jobs[i].id, owner,
			    linkage.uuid, &err));
		}
		check(store_commit(store, &err));
		vexlog_arena_reset(round);
	}
	if (rc != VEXLOG_NOT_FOUND)
		check(rc);
	store_close(store);
	vexlog_arena_close(round);
}

static double
drain(const char *url, int workers, size_t batch)
{
	struct store *store = open_store(url);
	size_t rows, left;
	double start;

	check(store_count_pending(&rows, store, &err));
	store_close(store);
	start = bench_now();
	for (int i = 0; i < workers; i++)
		if (fork() == 0) {
			work(url, i, batch);
			_exit(0);
		}
	for (int i = 0, status; i < workers; i++)
		if (wait(&status) < 0 || status != 0)
			exit(1);
	start = bench_now() - start;
	store = open_store(url);
	check(store_count_pending(&left, store, &err));
	store_close(store);
	if (rows == 0 || left != 0) {
		(void)fprintf(
		    stderr, "of %zu rows %zu are left\n", rows, left);
		exit(1);
	}
	return (double)rows / start;
}

int
main(int argc, char **argv)
{
	arena = vexlog_arena_open(JOB_ARENA_MAX);
	if (arena == NULL)
		return 1;
	if (argc == 4 && strcmp(argv[1], "ingest") == 0) {
		struct store *store = open_store(argv[2]);
		printf("%.1f\n", ingest(store, atol(argv[3])));
		store_close(store);
	} else if (argc == 5 && strcmp(argv[1], "drain") == 0) {
		printf("%.1f\n",
		    drain(argv[2], atoi(argv[3]), (size_t)atol(argv[4])));
	} else {
		return 2;
	}
	vexlog_arena_close(arena);
	return 0;
}
