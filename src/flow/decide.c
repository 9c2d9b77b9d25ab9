/*
 * decide.c - verdicts of all or some (vulnerability, product), kept when they
 * changed.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/attest.h"
#include "flow/home.h"
#include "flow/pairs.h"
#include "flow/verdict.h"

/* Verdicts in one transaction: a fsync each would cost more than deciding. */
#define GROUP 256

struct decide {
	struct vexlog *v;
	const struct vexlog_decide_options *options;
	const struct vexlog_policy *policy;
	struct vexlog_arena *keep; /* of one page of pairs */
	struct vexlog_arena *arena; /* of one group */
	struct pairs pairs;
	int64_t now;
	size_t count; /* verdicts so far */
	bool store; /* false when looking at the past */
	struct vexlog_err *err;
};

struct decided {
	bool decided; /* false: another pair decides these claims */
	struct vexlog_verdict verdict;
	const char *changed_from;
};

static int
keep_policy(struct decide *d)
{
	struct vexlog_bytes payload;
	bool stored;
	int rc = store_put_blob(&stored, d->v->store, "policy",
	    vexlog_policy_digest(d->policy), vexlog_policy_bytes(d->policy),
	    d->err);

	if (rc != 0 || !stored)
		return rc;
	rc = attest_file(&payload, d->arena, "policy",
	    vexlog_policy_digest(d->policy), vexlog_policy_bytes(d->policy),
	    d->err);
	if (rc != 0)
		return rc;
	return store_enqueue(d->v->store, "policy",
	    vexlog_policy_digest(d->policy), payload, d->err);
}

/* Keeps the verdict unless it is the current one already. */
static int
keep_verdict(struct decide *d, struct decided *out)
{
	struct vexlog_verdict *v = &out->verdict;
	struct store_verdict before, row;
	struct vexlog_bytes payload;
	struct vexlog_err why;
	int rc = store_current_verdict(&before, d->arena, d->v->store,
	    v->vulnerability, v->product, v->sbom_entry_id, &why);

	if (rc != 0 && rc != VEXLOG_NOT_FOUND) {
		*d->err = why;
		return rc;
	}
	if (rc == 0 && text_same(before.id, v->id)) {
		v->evaluated_at = before.evaluated_at;
		v->replaces = before.replaces;
		return 0;
	}
	if (rc == 0)
		out->changed_from = v->replaces = before.id;
	if ((rc = verdict_row(&row, d->arena, v, d->err)) != 0 ||
	    (rc = store_put_verdict(d->v->store, &row, d->err)) != 0 ||
	    (rc = attest_verdict(&payload, d->arena, v, d->err)) != 0)
		return rc;
	return store_enqueue(d->v->store, "verdict", v->id, payload, d->err);
}

static int
decide_one(struct decide *d, struct decided *out, const struct store_pair *pair)
{
	struct pair_claims claims;
	int rc = pairs_claims(&claims, d->arena, &d->pairs, pair, d->err);

	if (rc != 0)
		return rc;
	/* asked for by one of its names, a verdict is decided all the same */
	out->decided = claims.decides || d->options->vulnerability != NULL;
	if (!out->decided)
		return 0;
	rc = vexlog_merge(&out->verdict, d->arena, &claims.claims, d->policy,
	    d->options->sbom, d->err);
	if (rc != 0)
		return rc;
	out->verdict.evaluated_at = d->now;
	return d->store ? keep_verdict(d, out) : 0;
}

static int
tell(struct decide *d, const struct decided *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!list[i].decided)
			continue;
		d->count++;
		if (d->options->verdict != NULL &&
		    d->options->verdict(&list[i].verdict, list[i].changed_from,
			d->options->context) < 0)
			return err_set(d->err, VEXLOG_REFUSED,
			    "stopped by the caller");
	}
	return 0;
}

/* Nobody is told of a verdict before it is kept. */
static int
decide_group(struct decide *d, const struct store_pair *pairs, size_t count)
{
	struct decided *list;
	int rc = 0;

	vexlog_arena_reset(d->arena);
	list = arena_list(d->arena, count, sizeof(*list), d->err);
	if (list == NULL)
		return d->err->code;
	if (d->store && (rc = store_begin(d->v->store, d->err)) != 0)
		return rc;
	if (d->store)
		rc = keep_policy(d);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = decide_one(d, &list[i], &pairs[i]);
	if (rc == 0 && d->store)
		rc = store_commit(d->v->store, d->err);
	if (rc != 0) {
		if (d->store)
			store_rollback(d->v->store);
		return rc;
	}
	return tell(d, list, count);
}

static int
decide_all(struct decide *d)
{
	struct vexlog_filter filter = {
	    .vulnerability = d->options->vulnerability,
	    .product = d->options->product,
	    .log_index = -1,
	    .known_at = d->options->at,
	    .limit = VEXLOG_PAGE_MAX};
	char cursor[CURSOR_MAX];
	const struct store_pair *pairs;
	const char *next = NULL;
	size_t n;

	do {
		if (next != NULL) {
			(void)snprintf(cursor, sizeof(cursor), "%s", next);
			filter.cursor = cursor;
		}
		vexlog_arena_reset(d->keep);
		int rc = store_pairs(&pairs, &n, &next, d->keep, d->v->store,
		    &filter, d->err);
		for (size_t i = 0; rc == 0 && i < n; i += GROUP)
			rc = decide_group(d, pairs + i,
			    n - i < GROUP ? n - i : GROUP);
		if (rc != 0)
			return rc;
	} while (next != NULL);
	return 0;
}

int
vexlog_decide(size_t *count, struct vexlog *v,
    const struct vexlog_decide_options *options, struct vexlog_err *err)
{
	struct decide d = {.v = v,
	    .options = options,
	    .policy = options->policy,
	    .now = home_now(&v->options),
	    .store = options->at == TIME_MAX,
	    .err = err};
	struct vexlog_arena *arena = vexlog_arena_open(4 * CONFIG_SIZE_MAX);
	int rc = 0;

	d.keep = vexlog_arena_open(JOB_ARENA_MAX);
	d.arena = vexlog_arena_open(JOB_ARENA_MAX);
	if (arena == NULL || d.keep == NULL || d.arena == NULL)
		rc = err_memory(err);
	if (rc == 0 && d.policy == NULL)
		rc = verdict_policy(&d.policy, arena, v->store, NULL, err);
	if (rc == 0)
		rc = pairs_open(&d.pairs, v->store, options->at, err);
	if (rc == 0)
		rc = decide_all(&d);
	if (rc == 0 && d.count == 0) {
		err_set(err, VEXLOG_NOT_FOUND,
		    "no observation is about %s of %s",
		    options->vulnerability == NULL ? "any vulnerability" :
						     options->vulnerability,
		    options->product == NULL ? "any product" :
					       options->product);
		rc = err_hint(err, "see `vexlog find` for what is known");
	}
	if (rc == 0)
		*count = d.count;
	pairs_close(&d.pairs);
	vexlog_arena_close(d.arena);
	vexlog_arena_close(d.keep);
	vexlog_arena_close(arena);
	return rc;
}
