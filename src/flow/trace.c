/*
 * trace.c - how a decision came to be, read back from what is kept.
 */
#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/fit.h"
#include "flow/home.h"
#include "flow/pairs.h"
#include "flow/record.h"
#include "flow/verdict.h"
#include "vex/alias.h"
#include "vex/observation.h"
#include "vex/product.h"

struct tracing {
	struct vexlog_arena *arena;
	struct vexlog *v;
	int64_t at;
	bool by_log;
	struct pairs pairs;
	struct vexlog_err *err;
};

static bool
logged_by(const struct vexlog_linkage *linkage, int64_t at)
{
	if (linkage == NULL)
		return false;
	return (linkage->integrated_time != TIME_NONE
		       ? linkage->integrated_time
		       : linkage->linked_at) <= at;
}

static int
order_rows(const void *a, const void *b, void *context)
{
	const struct store_verdict *x = a, *y = b;

	(void)context;
	return (x->created_at > y->created_at) -
	    (x->created_at < y->created_at);
}

static int
read_history(struct vexlog_trace *out, struct tracing *t,
    const struct pair_claims *claims, const char *product)
{
	const struct store_verdict *rows;
	struct vexlog_verdict *list;
	const void **sorted;
	size_t count, n = 0;
	int rc = pairs_history(&rows, &count, t->arena, &t->pairs, claims,
	    product, t->by_log ? TIME_MAX : t->at, t->err);

	if (rc != 0)
		return rc;
	list = arena_list(t->arena, count, sizeof(*list), t->err);
	sorted = arena_list(t->arena, count, sizeof(*sorted), t->err);
	if (list == NULL || sorted == NULL)
		return t->err->code;
	for (size_t i = 0; i < count; i++)
		sorted[i] = &rows[i];
	if ((rc = sort_pointers(
		 sorted, count, order_rows, NULL, t->arena, t->err)) != 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		const struct store_verdict *row = sorted[i];
		struct vexlog_err none;
		rc = verdict_of_row(&list[n], row, t->err);
		if (rc != 0)
			return rc;
		rc = verdict_linkage(&list[n].linkage, NULL, t->arena,
		    t->v->store, "verdict", row->id, &none);
		if (rc != 0 && rc != VEXLOG_NOT_FOUND) {
			*t->err = none;
			return rc;
		}
		n += !t->by_log || logged_by(list[n].linkage, t->at);
	}
	out->history = list;
	out->history_count = n;
	return 0;
}

/* Decides again from the claims, under the policy of the last verdict, and
 * takes over what is kept about the same id. */
static int
trace_pair(struct vexlog_trace *out, struct tracing *t,
    const struct store_pair *pair)
{
	const struct vexlog_policy *policy;
	const struct vexlog_verdict *last = NULL;
	struct pair_claims claims;
	int rc = pairs_claims(&claims, t->arena, &t->pairs, pair, t->err);

	if (rc == 0)
		rc = read_history(out, t, &claims, pair->product);
	if (rc != 0)
		return rc;
	if (out->history_count > 0)
		last = &out->history[out->history_count - 1];
	rc = verdict_policy(&policy, t->arena, t->v->store,
	    last == NULL ? NULL : last->policy_digest, t->err);
	if (rc != 0)
		return rc;
	const char *sbom = NULL;
	if (last != NULL &&
	    (rc = verdict_sbom(&sbom, t->arena, last->sbom_entry_kind,
		 last->sbom_entry_id, t->err)) != 0)
		return rc;
	rc = vexlog_merge(&out->verdict, t->arena, &claims.claims, policy, sbom,
	    t->err);
	if (rc != 0)
		return rc;
	out->verdict.evaluated_at = home_now(&t->v->options);
	for (size_t i = 0; i < out->history_count; i++)
		if (text_same(out->history[i].id, out->verdict.id)) {
			out->verdict.evaluated_at =
			    out->history[i].evaluated_at;
			out->verdict.linkage = out->history[i].linkage;
			out->verdict.replaces = out->history[i].replaces;
		}
	return 0;
}

/* The store lists pairs whenever they were logged: those with claims known. */
static int
keep_known(struct tracing *t, const struct store_pair **pairs, size_t *count)
{
	struct store_pair *kept =
	    arena_list(t->arena, *count, sizeof(*kept), t->err);
	size_t left = 0;

	if (kept == NULL)
		return t->err->code;
	for (size_t i = 0; i < *count; i++) {
		struct pair_claims claims;
		int rc = pairs_claims(&claims, t->arena, &t->pairs,
		    &(*pairs)[i], t->err);
		if (rc != 0)
			return rc;
		if (claims.claims.count > 0)
			kept[left++] = (*pairs)[i];
	}
	*pairs = kept;
	*count = left;
	return 0;
}

/* The pairs asked for; where nothing was said under that name, those that
 * claims say it is another name of. */
static int
find_pairs(struct tracing *t, const char *vulnerability, const char *product,
    const struct store_pair **pairs, size_t *count)
{
	struct vexlog_filter filter = {.vulnerability = vulnerability,
	    .product = product,
	    .log_index = -1,
	    .known_at = t->by_log ? TIME_MAX : t->at,
	    .limit = VEXLOG_PAGE_MAX};
	struct store_pair *kept;
	const char *next;
	size_t n, left = 0;
	int rc = store_pairs(pairs, count, &next, t->arena, t->v->store,
	    &filter, t->err);

	if (rc == 0 && t->by_log)
		rc = keep_known(t, pairs, count);
	if (rc != 0 || *count > 0)
		return rc;
	filter.vulnerability = NULL;
	rc = store_pairs(pairs, &n, &next, t->arena, t->v->store, &filter,
	    t->err);
	if (rc != 0)
		return rc;
	if ((kept = arena_list(t->arena, n, sizeof(*kept), t->err)) == NULL)
		return t->err->code;
	for (size_t i = 0; i < n; i++) {
		struct pair_claims claims;
		rc = pairs_claims(&claims, t->arena, &t->pairs, &(*pairs)[i],
		    t->err);
		if (rc != 0)
			return rc;
		if (claims.claims.count > 0 && claims.decides &&
		    claims.name_count > 0 &&
		    alias_has(claims.names, claims.name_count, vulnerability))
			kept[left++] = (*pairs)[i];
	}
	*pairs = kept;
	*count = left;
	return 0;
}

/* ---- keys that name the product among others ---------------------------- */

/* How the pair's product, its subcomponent aside, names the one asked for. */
static int
fit_pair(enum fit *out, struct tracing *t, const struct store_pair *pair,
    const struct fit_product *asked)
{
	const char *key = arena_text(
	    t->arena, pair->product, product_size(pair->product), t->err);

	return key == NULL ? t->err->code
			   : fit_key(out, t->arena, key, asked, t->err);
}

/* NULL in *out: its key does not say that it is about the product. */
static int
match_of(const char **out, struct tracing *t, const struct store_pair *pair,
    const char *product)
{
	struct fit_product asked;
	enum fit fit;
	bool good;

	*out = NULL;
	if (text_same(pair->product, product))
		*out = fit_words(FIT_EXACT);
	else if (text_starts(pair->product, product) &&
	    text_starts(pair->product + strlen(product), PRODUCT_SEPARATOR))
		*out = "subcomponent";
	if (*out != NULL)
		return 0;
	int rc = fit_read(&good, &asked, t->arena, product, t->err);
	if (rc != 0 || !good)
		return rc;
	rc = fit_pair(&fit, t, pair, &asked);
	if (rc == 0 && fit >= FIT_NAME)
		*out = fit_words(fit);
	return rc;
}

/* Of the products of this vulnerability those that name it, the closest
 * first. */
static int
find_general(struct tracing *t, const char *vulnerability,
    const char *product, const struct store_pair **pairs, size_t *count)
{
	struct vexlog_filter filter = {.vulnerability = vulnerability,
	    .log_index = -1,
	    .known_at = t->by_log ? TIME_MAX : t->at,
	    .limit = VEXLOG_PAGE_MAX};
	struct fit_product asked;
	const struct store_pair *page;
	struct store_pair *found[FITS] = {NULL}, *all;
	size_t n, counts[FITS] = {0}, room[FITS] = {0};
	enum fit fit;
	bool good;
	int rc = fit_read(&good, &asked, t->arena, product, t->err);

	*count = 0;
	if (rc != 0 || !good)
		return rc;
	do {
		rc = store_pairs(&page, &n, &filter.cursor, t->arena,
		    t->v->store, &filter, t->err);
		for (size_t i = 0; rc == 0 && i < n; i++) {
			rc = fit_pair(&fit, t, &page[i], &asked);
			if (rc != 0 || fit < FIT_NAME)
				continue;
			found[fit] = arena_grow(t->arena, found[fit],
			    counts[fit], &room[fit], sizeof(page[i]), t->err);
			if (found[fit] == NULL)
				return t->err->code;
			found[fit][counts[fit]++] = page[i];
			(*count)++;
		}
		if (rc != 0)
			return rc;
	} while (filter.cursor != NULL);
	if ((all = arena_list(t->arena, *count, sizeof(*all), t->err)) == NULL)
		return t->err->code;
	*pairs = all;
	for (int f = FITS - 1; f >= 0; f--)
		for (size_t i = 0; i < counts[f]; i++)
			*all++ = found[f][i];
	return t->by_log ? keep_known(t, pairs, count) : 0;
}

static int
tell_nothing(struct tracing *t, const char *vulnerability, const char *product)
{
	err_set(t->err, VEXLOG_NOT_FOUND,
	    "no observation says anything about %s of %s", vulnerability,
	    product);
	return err_hint(t->err,
	    "`vexlog find --vuln %.80s` lists the products that are known",
	    vulnerability);
}

static int
trace_all(const struct vexlog_trace **list, size_t *count, struct tracing *t,
    const char *vulnerability, const char *product)
{
	const struct store_pair *pairs;
	struct vexlog_trace *traces;
	size_t n;
	int rc = find_pairs(t, vulnerability, product, &pairs, &n);

	if (rc == 0 && n == 0)
		rc = find_general(t, vulnerability, product, &pairs, &n);
	if (rc != 0)
		return rc;
	if (n == 0)
		return tell_nothing(t, vulnerability, product);
	traces = arena_list(t->arena, n, sizeof(*traces), t->err);
	if (traces == NULL)
		return t->err->code;
	for (size_t i = 0; i < n; i++) {
		rc = trace_pair(&traces[i], t, &pairs[i]);
		if (rc == 0)
			rc = match_of(&traces[i].match, t, &pairs[i], product);
		if (rc != 0)
			return rc;
	}
	*list = traces;
	*count = n;
	return 0;
}

int
vexlog_trace(const struct vexlog_trace **list, size_t *count,
    struct vexlog_arena *arena, struct vexlog *v, const char *vulnerability,
    const char *product, int64_t at, bool by_log, struct vexlog_err *err)
{
	struct tracing t = {.arena = arena, .v = v, .at = at, .by_log = by_log,
	    .err = err};
	int rc = pairs_open(&t.pairs, v->store, at, err);

	t.pairs.by_log = by_log;
	if (rc == 0)
		rc = trace_all(list, count, &t, vulnerability, product);
	pairs_close(&t.pairs);
	return rc;
}

int
vexlog_trace_json(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_trace *trace, struct vexlog_err *err)
{
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	record_trace(&w, &trace->verdict);
	json_name(&w, "history");
	json_array(&w);
	for (size_t i = 0; i < trace->history_count; i++) {
		const struct vexlog_verdict *v = &trace->history[i];
		json_object(&w);
		json_member(&w, "vexVerdictId", v->id);
		if (!text_same(v->vulnerability, trace->verdict.vulnerability))
			json_member(&w, "vulnerabilityId", v->vulnerability);
		json_member(&w, "status", vexlog_status_name(v->status));
		json_member(&w, "justification", v->justification);
		json_member(&w, "policyVersion", v->policy_version);
		json_member(&w, "reasoningId", v->reasoning_id);
		json_member(&w, "replaces", v->replaces);
		json_member_time(&w, "evaluatedAt", v->evaluated_at);
		json_name(&w, "rekor");
		record_entry_ref(&w, v->linkage);
		json_close(&w);
	}
	json_close(&w);
	if (trace->match != NULL)
		json_member(&w, "match", trace->match);
	json_close(&w);
	return buffer_finish(&b, out, err);
}
