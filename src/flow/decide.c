/*
 * decide.c - verdicts of all or some (vulnerability, product), kept when they
 * changed.
 *
 * Claims are only ever added, and a verdict keeps from how many it was
 * decided: while the number is the same, the set is the same, and so under
 * the same policy and names is the verdict. Such a pair is settled and costs a
 * look at two indexes. No clock and no mark of where the last run ended take
 * part, so writers that commit late are not missed.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/attest.h"
#include "flow/home.h"
#include "flow/pairs.h"
#include "flow/verdict.h"
#include "json/json.h"
#include "vex/merge.h"

/* Verdicts in one transaction: a fsync each would cost more than deciding. */
#define GROUP 256
/* Pairs looked at in one: what is told of them is kept until it ends. */
#define RUN 4096

struct decide {
	struct vexlog *v;
	const struct vexlog_decide_options *options;
	const struct vexlog_policy *policy;
	struct vexlog_arena *keep; /* of one page of pairs */
	struct vexlog_arena *arena; /* of one group */
	struct pairs pairs;
	/* current verdicts of the page's pairs, and how far they are used */
	const struct store_verdict *current;
	size_t current_count, at;
	int64_t now;
	size_t count; /* verdicts so far */
	bool store; /* false when looking at the past */
	struct vexlog_err *err;
};

struct decided {
	bool decides; /* false: another pair decides these claims */
	bool settled; /* nothing new is known */
	bool is_new;  /* it was not the current one */
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

/* The verdict that a new one follows: the current one under its name, else the
 * last under a former name of the vulnerability. */
static int
find_before(struct store_verdict *out, bool *found, struct decide *d,
    const struct vexlog_verdict *v, const struct pair_claims *claims)
{
	struct store_verdict row;
	struct vexlog_err why;
	int rc = store_current_verdict(out, d->arena, d->v->store,
	    v->vulnerability, v->product, v->sbom_entry_id, &why);

	*found = rc == 0;
	for (size_t i = 0; rc == VEXLOG_NOT_FOUND && i < claims->name_count;
	     i++) {
		rc = store_current_verdict(&row, d->arena, d->v->store,
		    claims->names[i], v->product, v->sbom_entry_id, &why);
		if (rc != 0)
			continue;
		if (!*found || row.created_at > out->created_at)
			*out = row;
		*found = true;
		rc = VEXLOG_NOT_FOUND;
	}
	if (rc == 0 || rc == VEXLOG_NOT_FOUND)
		return 0;
	*d->err = why;
	return rc;
}

/* Keeps the verdict unless it is the current one already. */
static int
keep_verdict(
    struct decide *d, struct decided *out, const struct pair_claims *claims)
{
	struct vexlog_verdict *v = &out->verdict;
	struct store_verdict before, row;
	struct vexlog_bytes payload;
	bool found;
	int rc = find_before(&before, &found, d, v, claims);

	if (rc != 0)
		return rc;
	if (found && text_same(before.id, v->id)) {
		v->evaluated_at = before.evaluated_at;
		v->replaces = before.replaces;
		return 0;
	}
	out->is_new = true;
	if (found)
		out->changed_from = v->replaces = before.id;
	if ((rc = verdict_row(&row, d->arena, v, d->err)) != 0 ||
	    (rc = store_put_verdict(d->v->store, &row, d->err)) != 0 ||
	    (rc = attest_verdict(&payload, d->arena, v, d->err)) != 0)
		return rc;
	return store_enqueue(d->v->store, "verdict", v->id, payload, d->err);
}

/* ---- what is settled -------------------------------------------------- */

static int
order_pair(const struct store_verdict *v, const struct store_pair *pair)
{
	int order = strcmp(v->vulnerability, pair->vulnerability);

	return order != 0 ? order : strcmp(v->product, pair->product);
}

/* The current verdict under the pair's own names; pairs come in order. */
static const struct store_verdict *
current_of(struct decide *d, const struct store_pair *pair)
{
	while (d->at < d->current_count &&
	    order_pair(&d->current[d->at], pair) < 0)
		d->at++;
	return d->at < d->current_count &&
		order_pair(&d->current[d->at], pair) == 0 ?
	    &d->current[d->at] :
	    NULL;
}

/* Was a verdict decided under these names? Its own is not among "aliases". */
static int
same_names(bool *same, struct decide *d, const struct store_verdict *row,
    const struct pair_claims *claims)
{
	const struct json_value *list;
	struct json_doc doc;
	size_t n = 0;
	int rc = verdict_record(&doc, d->arena, row, d->err);

	if (rc != 0)
		return rc;
	list = json_get(json_get(doc.root, "trace"), "aliases");
	*same = list != NULL && json_count(list) + 1 == claims->name_count;
	for (const struct json_value *v = json_first(list);
	     *same && v != json_end(list); v = json_next(v), n++) {
		if (text_same(claims->names[n], row->vulnerability))
			n++;
		*same = text_same(claims->names[n], json_text(v));
	}
	return 0;
}

/* Where claims meet under several names the verdict may stand under another
 * than the pair's. */
static int
look_by_names(struct decide *d, struct decided *out,
    const struct store_verdict **row, const struct store_pair *pair,
    const struct pair_claims *claims)
{
	struct store_verdict *found =
	    arena_list(d->arena, 1, sizeof(*found), d->err);
	struct vexlog_err why;
	const char *entry;
	bool same = false;
	int rc;

	if (found == NULL)
		return d->err->code;
	out->decides = claims->decides || d->options->vulnerability != NULL;
	rc = verdict_sbom_entry(&entry, d->arena, pair->product,
	    d->options->sbom, d->err);
	if (rc != 0)
		return rc;
	rc = store_current_verdict(found, d->arena, d->v->store,
	    claims->vulnerability, pair->product, entry, &why);
	if (rc != 0 && rc != VEXLOG_NOT_FOUND) {
		*d->err = why;
		return rc;
	}
	if (rc == 0) {
		rc = same_names(&same, d, found, claims);
		*row = same ? found : NULL;
		return rc;
	}
	*row = NULL;
	return 0;
}

static int
look(struct decide *d, struct decided *out, const struct store_pair *pair)
{
	struct pair_claims claims = {.claims.count = pair->claims};
	const struct store_verdict *row;
	int rc;

	*out = (struct decided){.decides = true};
	if (!d->store || d->options->again)
		return 0;
	row = current_of(d, pair);
	if (pair->aliased) {
		rc = pairs_count(&claims, &d->pairs, pair, d->err);
		if (rc == 0 && !claims.decides && d->pairs.only_deciding) {
			out->decides = false;
			out->settled = true;
			return 0;
		}
		if (rc == 0 && claims.names != NULL)
			rc = look_by_names(d, out, &row, pair, &claims);
		if (rc != 0)
			return rc;
	}
	out->settled = row != NULL && row->claims == claims.claims.count &&
	    text_same(row->policy_digest, vexlog_policy_digest(d->policy));
	return out->settled ? verdict_of_row(&out->verdict, row, d->err) : 0;
}

/* ---- deciding --------------------------------------------------------- */

static int
decide_one(struct decide *d, struct decided *out, const struct store_pair *pair)
{
	struct pair_claims claims;
	int rc = pairs_claims(&claims, d->arena, &d->pairs, pair, d->err);

	if (rc != 0)
		return rc;
	/* asked for by one of its names, a verdict is decided all the same */
	out->decides = claims.claims.count > 0 &&
	    (claims.decides || d->options->vulnerability != NULL);
	if (!out->decides)
		return 0;
	rc = vexlog_merge(&out->verdict, d->arena, &claims.claims, d->policy,
	    d->options->sbom, d->err);
	if (rc != 0)
		return rc;
	out->verdict.evaluated_at = d->now;
	return d->store ? keep_verdict(d, out, &claims) : 0;
}

static int
tell(struct decide *d, const struct decided *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!list[i].decides)
			continue;
		d->count++;
		if (d->options->verdict == NULL ||
		    (d->options->changed && d->store && !list[i].is_new))
			continue;
		if (d->options->verdict(&list[i].verdict, list[i].changed_from,
			d->options->context) < 0)
			return err_set(d->err, VEXLOG_REFUSED,
			    "stopped by the caller");
	}
	return 0;
}

/* Begins the transaction at the first pair that is not settled. */
static int
decide_next(struct decide *d, struct decided *out,
    const struct store_pair *pair, size_t *decided)
{
	int rc = look(d, out, pair);

	if (rc != 0 || out->settled)
		return rc;
	if ((*decided)++ == 0 && d->store) {
		if ((rc = store_begin(d->v->store, d->err)) != 0) {
			*decided = 0;
			return rc;
		}
		if ((rc = keep_policy(d)) != 0)
			return rc;
	}
	return decide_one(d, out, pair);
}

/* In one transaction. *used: of the pairs; *list has what became of them. */
static int
try_group(struct decide *d, struct decided **list,
    const struct store_pair *pairs, size_t count, size_t *used)
{
	size_t most = count < RUN ? count : RUN, n = 0, decided = 0;
	int rc = 0;

	vexlog_arena_reset(d->arena);
	*list = arena_list(d->arena, most, sizeof(**list), d->err);
	if (*list == NULL)
		return d->err->code;
	while (rc == 0 && n < most && decided < GROUP) {
		rc = decide_next(d, &(*list)[n], &pairs[n], &decided);
		n++;
	}
	if (rc == 0 && d->store && decided > 0)
		rc = store_commit(d->v->store, d->err);
	if (rc != 0 && d->store && decided > 0)
		store_rollback(d->v->store);
	*used = n;
	return rc;
}

/* Nobody is told of a verdict before it is kept. */
static int
decide_group(struct decide *d, const struct store_pair *pairs, size_t count,
    size_t *used)
{
	struct decided *list;
	const size_t at = d->at;
	int rc, tries = 0;

	do {
		d->at = at;
		rc = try_group(d, &list, pairs, count, used);
		/* Somebody who decides the same was there first. What he has
		 * kept is settled now: to go on past it would be to meet him
		 * again at what he is about to keep. */
		if (rc != 0 && *used > 0)
			count = *used;
	} while (rc != 0 && d->store && store_again(d->v->store, ++tries));
	return rc != 0 ? rc : tell(d, list, *used);
}

static int
decide_page(struct decide *d, const struct store_pair *pairs, size_t count)
{
	size_t used = 0;
	int rc = 0;

	d->at = d->current_count = 0;
	if (count > 0 && d->store && !d->options->again)
		rc = store_verdicts_between(&d->current, &d->current_count,
		    d->keep, d->v->store, &pairs[0], &pairs[count - 1],
		    d->options->sbom, d->options->product, d->err);
	for (size_t i = 0; rc == 0 && i < count; i += used)
		rc = decide_group(d, pairs + i, count - i, &used);
	return rc;
}

static int
decide_all(struct decide *d)
{
	struct vexlog_filter filter = {
	    .vulnerability = d->options->vulnerability,
	    .product = d->options->product,
	    .log_index = -1,
	    /* the claims of a pair are picked by log, not the pairs */
	    .known_at = d->options->by_log ? TIME_MAX : d->options->at,
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
		if (rc == 0)
			rc = decide_page(d, pairs, n);
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
	struct vexlog_arena *arena;
	int rc = 0;

	/* what is kept is decided from all that is known */
	if (options->by_log && d.store)
		return err_set(err, VEXLOG_MISUSE,
		    "by the log's time, but at no time");
	arena = vexlog_arena_open(4 * CONFIG_SIZE_MAX);
	d.keep = vexlog_arena_open(JOB_ARENA_MAX);
	d.arena = vexlog_arena_open(JOB_ARENA_MAX);
	if (arena == NULL || d.keep == NULL || d.arena == NULL)
		rc = err_memory(err);
	if (rc == 0 && d.policy == NULL)
		rc = verdict_policy(&d.policy, arena, v->store, NULL, err);
	if (rc == 0)
		rc = pairs_open(&d.pairs, v->store, options->at, err);
	d.pairs.by_log = options->by_log;
	d.pairs.only_deciding = options->vulnerability == NULL;
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
