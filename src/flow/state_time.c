/*
 * state_time.c - the verdicts of a time: what the claims known then come to,
 * under the policy that was in force then.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "flow/state.h"
#include "flow/verdict.h"

int
state_open_time(struct state *s, int64_t at)
{
	int rc = pairs_open(&s->pairs, s->v->store, at, s->err);

	s->pairs.only_deciding = true;
	s->at = at;
	return rc != 0 ? rc : policies_open(&s->policies, s->v->store, s->err);
}

void
state_close_time(struct state *s)
{
	pairs_close(&s->pairs);
	policies_close(&s->policies);
}

/* ---- every pair ------------------------------------------------------- */

static int
order_pair(const struct store_verdict *v, const struct store_pair *pair)
{
	int order = strcmp(v->vulnerability, pair->vulnerability);

	return order != 0 ? order : strcmp(v->product, pair->product);
}

/* Pairs and rows come in one order. */
static int
take_page(const struct store_pair *pairs, size_t count,
    const struct store_verdict *rows, size_t row_count,
    int (*take)(const struct state_pair *, void *), void *context)
{
	size_t at = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct state_pair p = {.pair = &pairs[i]};
		while (at < row_count && order_pair(&rows[at], &pairs[i]) < 0)
			at++;
		p.rows = rows + at;
		while (at < row_count && order_pair(&rows[at], &pairs[i]) == 0)
			at++;
		p.row_count = (size_t)(rows + at - p.rows);
		rc = take(&p, context);
	}
	return rc;
}

int
state_each_pair(struct vexlog *v, int64_t at, int64_t then,
    int (*take)(const struct state_pair *, void *), void *context,
    struct vexlog_err *err)
{
	struct vexlog_filter filter = {
	    .log_index = -1, .known_at = at, .limit = VEXLOG_PAGE_MAX};
	struct vexlog_arena *page = vexlog_arena_open(JOB_ARENA_MAX);
	const struct store_verdict *rows;
	const struct store_pair *pairs;
	char cursor[CURSOR_MAX];
	const char *next = NULL;
	size_t count, row_count;
	int rc = page == NULL ? err_memory(err) : store_snapshot(v->store, err);

	if (rc != 0) {
		vexlog_arena_close(page);
		return rc;
	}
	do {
		if (next != NULL) {
			(void)snprintf(cursor, sizeof(cursor), "%s", next);
			filter.cursor = cursor;
		}
		vexlog_arena_reset(page);
		rc = store_pairs_then(
		    &pairs, &count, &next, page, v->store, &filter, then, err);
		if (rc == 0 && count > 0)
			rc = store_verdicts_then(&rows, &row_count, page,
			    v->store, &pairs[0], &pairs[count - 1], at, err);
		if (rc == 0 && count > 0)
			rc = take_page(
			    pairs, count, rows, row_count, take, context);
	} while (rc == 0 && next != NULL);
	store_rollback(v->store);
	vexlog_arena_close(page);
	return rc;
}

/* ---- one pair --------------------------------------------------------- */

const struct store_verdict *
state_choose(const struct store_verdict *rows, size_t count, int64_t at)
{
	const struct store_verdict *best = NULL;
	bool best_plain = false;

	for (size_t i = 0; i < count; i++) {
		bool plain = text_same(rows[i].sbom_entry_kind, "purl-only");
		if (rows[i].created_at > at || (best_plain && !plain))
			continue;
		if (best == NULL || plain != best_plain ||
		    rows[i].created_at >= best->created_at) {
			best = &rows[i];
			best_plain = plain;
		}
	}
	return best;
}

int
state_row_item(struct vexlog_state_item *out, const struct store_verdict *row,
    struct vexlog_err *err)
{
	struct vexlog_verdict v;
	int rc = verdict_of_row(&v, row, err);

	*out = (struct vexlog_state_item){.vulnerability = row->vulnerability,
	    .product = row->product,
	    .justification = row->justification,
	    .verdict_id = row->id,
	    .policy_version = row->policy_version};
	if (rc == 0)
		out->status = v.status;
	return rc;
}

/* Under the name that the verdict has, which may be another than the
 * pair's. */
static int
choose_by_name(const struct store_verdict **out, struct state *s,
    const struct state_pair *p, const char *vulnerability)
{
	const struct store_verdict *rows;
	size_t count;
	int rc = 0;

	if (text_same(vulnerability, p->pair->vulnerability)) {
		*out = state_choose(p->rows, p->row_count, s->at);
		return 0;
	}
	rc = store_history(&rows, &count, s->scratch, s->v->store,
	    vulnerability, p->pair->product, false, s->at, s->err);
	if (rc == 0)
		*out = state_choose(rows, count, s->at);
	return rc;
}

int
state_decide(struct vexlog_state_item *out, bool *found, struct state *s,
    const struct state_pair *p)
{
	const struct vexlog_policy *policy;
	const struct store_verdict *row;
	struct pair_claims claims;
	struct vexlog_verdict v;
	const char *sbom = NULL;
	int rc = pairs_claims(&claims, s->scratch, &s->pairs, p->pair, s->err);

	*found = rc == 0 && claims.claims.count > 0 && claims.decides;
	if (!*found)
		return rc;
	if ((rc = choose_by_name(&row, s, p, claims.vulnerability)) != 0 ||
	    (rc = policies_get(&policy, &s->policies,
		 row == NULL ? NULL : row->policy_digest, s->err)) != 0)
		return rc;
	if (row != NULL &&
	    (rc = verdict_sbom(&sbom, s->scratch, row->sbom_entry_kind,
		 row->sbom_entry_id, s->err)) != 0)
		return rc;
	rc = vexlog_merge(&v, s->scratch, &claims.claims, policy, sbom, s->err);
	return rc != 0 ? rc : state_item(out, s, &v);
}

int
state_find_entry(struct vexlog_state_item *item, struct state *s)
{
	const struct vexlog_linkage *l = NULL;
	struct vexlog_err why;
	int rc = verdict_linkage(&l, NULL, s->scratch, s->v->store, "verdict",
	    item->verdict_id, &why);

	item->linkage = NULL;
	if (rc != 0 && rc != VEXLOG_NOT_FOUND) {
		*s->err = why;
		return rc;
	}
	return l == NULL ? 0 : state_entry(&item->linkage, s, l);
}

/* ---- the whole state -------------------------------------------------- */

static int
take_pair(const struct state_pair *p, void *context)
{
	struct state *s = context;
	struct vexlog_state_item item;
	bool found;
	int rc;

	vexlog_arena_reset(s->scratch);
	rc = state_decide(&item, &found, s, p);
	if (rc != 0 || !found || (rc = state_find_entry(&item, s)) != 0)
		return rc;
	return state_add(s, &item);
}

int
state_take_time(struct state *s)
{
	int rc = state_open_time(s, s->at);

	if (rc == 0)
		rc = state_each_pair(s->v, s->at, s->at, take_pair, s, s->err);
	state_close_time(s);
	return rc;
}
