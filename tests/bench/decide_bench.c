/*
 * decide_bench.c FILE...: seconds from the bytes of VEX documents to one
 * verdict for each vulnerability and product, each with its ids and the
 * record of its trace, all held in memory; no store.
 *
 * decide_bench.c look HOME [VULNERABILITY PRODUCT]...: seconds to get the
 * current verdict about a pair from the store of a home; the pairs in turn.
 */
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "flow/verdict.h"
#include "tests/bench/bench.h"
#include "vex/merge.h"

struct work {
	char **paths;
	size_t path_count;
	struct vexlog_arena *kept;    /* claims and records */
	struct vexlog_arena *scratch; /* of one document or verdict */
	struct vexlog_observation *claims;
	size_t count, room;
	size_t verdicts;
	struct vexlog_err err;
};

/* What must outlive the document. */
static int
keep(struct work *w, const struct vexlog_observation *from, const char *digest)
{
	struct vexlog_observation o = *from;
	const char **texts[] = {&o.id, &o.content_digest, &o.vulnerability,
	    &o.product, &o.pointer, &o.justification, &o.source_status,
	    &o.source_justification, &o.impact_text, &o.action_text};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (*texts[i] != NULL &&
		    (*texts[i] = arena_copy(w->kept, *texts[i], &w->err)) ==
			NULL)
			return w->err.code;
	o.document_digest = digest;
	o.provider = "vendor:bench";
	w->claims = arena_grow(w->kept, w->claims, w->count, &w->room,
	    sizeof(*w->claims), &w->err);
	if (w->claims == NULL)
		return w->err.code;
	w->claims[w->count++] = o;
	return 0;
}

static int
read_one(struct work *w, const char *path)
{
	const struct vexlog_read_options options = {
	    .provider = "vendor:bench", .received_at = INT64_MAX};
	struct vexlog_document document;
	struct vexlog_bytes bytes;
	int rc;

	vexlog_arena_reset(w->scratch);
	rc = file_read(&bytes, w->scratch, path, DOCUMENT_SIZE_MAX, &w->err);
	if (rc == 0)
		rc = vexlog_read(
		    &document, w->scratch, bytes, &options, &w->err);
	if (rc != 0)
		return rc;
	const char *digest =
	    arena_copy(w->kept, document.digest, &w->err);
	if (digest == NULL)
		return w->err.code;
	for (size_t i = 0; rc == 0 && i < document.observations.count; i++)
		rc = keep(w, &document.observations.list[i], digest);
	return rc;
}

static int
order(const void *a, const void *b, void *context)
{
	const struct vexlog_observation *x = a, *y = b;
	int by = strcmp(x->vulnerability, y->vulnerability);

	(void)context;
	if (by == 0)
		by = strcmp(x->product, y->product);
	return by != 0 ? by : strcmp(x->id, y->id);
}

static int
decide_one(struct work *w, const struct vexlog_observation *group, size_t n,
    const struct vexlog_policy *policy)
{
	const struct vexlog_observations claims = {group, n};
	struct store_verdict row;
	struct vexlog_verdict v;
	int rc;

	vexlog_arena_reset(w->scratch);
	rc = vexlog_merge(&v, w->scratch, &claims, policy, NULL, &w->err);
	if (rc == 0)
		rc = verdict_row(&row, w->scratch, &v, &w->err);
	w->verdicts += rc == 0 && row.record[0] == '{';
	return rc;
}

static int
decide_all(struct work *w)
{
	const void **sorted =
	    arena_list(w->kept, w->count, sizeof(*sorted), &w->err);
	struct vexlog_observation *group =
	    arena_list(w->kept, w->path_count + 1, sizeof(*group), &w->err);
	const struct vexlog_policy *policy;
	int rc;

	if (sorted == NULL || group == NULL)
		return w->err.code;
	for (size_t i = 0; i < w->count; i++)
		sorted[i] = &w->claims[i];
	rc = sort_pointers(
	    sorted, w->count, order, NULL, w->kept, &w->err);
	if (rc == 0)
		rc = vexlog_policy_read(&policy, w->kept, NULL,
		    (struct vexlog_bytes){NULL, 0}, &w->err);
	for (size_t i = 0, n; rc == 0 && i < w->count; i += n) {
		const struct vexlog_observation *first = sorted[i], *o;
		for (n = 0; i + n < w->count && n < w->path_count; n++) {
			o = sorted[i + n];
			if (!text_same(o->vulnerability,
				first->vulnerability) ||
			    !text_same(o->product, first->product))
				break;
			group[n] = *o;
		}
		rc = decide_one(w, group, n, policy);
	}
	return rc;
}

static int
run(void *context)
{
	struct work *w = context;
	int rc = 0;

	vexlog_arena_reset(w->kept);
	w->claims = NULL;
	w->count = w->room = w->verdicts = 0;
	for (size_t i = 0; rc == 0 && i < w->path_count; i++)
		rc = read_one(w, w->paths[i]);
	if (rc == 0)
		rc = decide_all(w);
	if (rc != 0)
		(void)fprintf(stderr, "%s\n", w->err.message);
	return rc != 0 || w->verdicts == 0;
}

/* ---- a look-up ---------------------------------------------------------- */

struct pair {
	const char *vulnerability, *product, *sbom_entry;
};

struct look {
	struct vexlog *v;
	struct vexlog_arena *arena;
	struct pair *pairs;
	size_t count, next;
	struct vexlog_err err;
};

static int
look(void *context)
{
	struct look *l = context;
	const struct pair *p = &l->pairs[l->next++ % l->count];
	struct store_verdict row;

	vexlog_arena_reset(l->arena);
	if (store_current_verdict(&row, l->arena, l->v->store,
		p->vulnerability, p->product, p->sbom_entry, &l->err) == 0)
		return 0;
	(void)fprintf(stderr, "%s\n", l->err.message);
	return 1;
}

static int
open_look(struct look *l, char **words)
{
	const struct vexlog_options options = {.home = words[0]};
	int rc = vexlog_open(&l->v, &options, &l->err);

	if (rc != 0)
		return rc;
	l->arena = vexlog_arena_open((size_t)1 << 30);
	l->pairs = arena_list(
	    l->v->arena, l->count, sizeof(*l->pairs), &l->err);
	if (l->arena == NULL || l->pairs == NULL)
		return VEXLOG_LIMIT;
	for (size_t i = 0; rc == 0 && i < l->count; i++) {
		struct pair *p = &l->pairs[i];
		p->vulnerability = words[1 + 2 * i];
		p->product = words[2 + 2 * i];
		rc = verdict_sbom_entry(&p->sbom_entry, l->v->arena,
		    p->product, NULL, &l->err);
	}
	return rc;
}

static int
look_up(int argc, char **words)
{
	struct look l = {.count = (size_t)(argc - 1) / 2};

	if (open_look(&l, words) != 0) {
		(void)fprintf(stderr, "%s\n", l.err.message);
		return 1;
	}
	printf("%.6g\n", bench_best(look, &l));
	vexlog_close(l.v);
	vexlog_arena_close(l.arena);
	return 0;
}

int
main(int argc, char **argv)
{
	struct work w = {.paths = argv + 1,
	    .path_count = (size_t)argc - 1,
	    .kept = vexlog_arena_open((size_t)4 << 30),
	    .scratch = vexlog_arena_open((size_t)4 << 30)};

	if (argc < 2) {
		(void)fprintf(stderr, "usage: decide_bench FILE... | look "
				      "HOME [VULNERABILITY PRODUCT]...\n");
		return 2;
	}
	if (argc > 4 && argc % 2 == 1 && text_same(argv[1], "look"))
		return look_up(argc - 2, argv + 2);
	printf("%.6g\n", bench_best(run, &w));
	return 0;
}
