/*
 * gate.c - hold an SBOM against the current verdicts.
 *
 * A verdict's product key can be more general than a component: without a
 * version, with fewer qualifiers, of a range of versions. So the verdicts are
 * walked once, and what has a component's type, namespace and name is looked
 * at closely.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/fit.h"
#include "flow/home.h"
#include "flow/pairs.h"
#include "flow/sbom.h"
#include "flow/verdict.h"
#include "vex/observation.h"
#include "vex/product.h"

#define FIT_PART FITS /* added: as a part of the SBOM's product */

struct found {
	const struct store_verdict *row;
	const struct fit_product *part;
	enum vexlog_status status;
	int fit;
};

/* It may be about the part, which nothing can tell. */
struct unknown {
	const char *name;   /* as in pairs */
	const char *whole;  /* of which it would be a part, or NULL */
	struct found found; /* its fit, if it is */
};

struct gate {
	struct vexlog *v;
	const struct vexlog_gate_options *options;
	struct vexlog_arena *arena, *page; /* of what is kept, of one page */
	struct pairs known;
	struct sbom sbom;
	struct map names; /* a purl's type, namespace, name: its first part */
	size_t *next;	  /* the next part of that name, or sbom.count */
	struct map pairs; /* "vulnerability\ncomponent" to index of list */
	struct found *list;
	size_t count, room;
	struct unknown *unknown;
	size_t unknown_count, unknown_room;
	struct vexlog_gate_result result;
	struct vexlog_err *err;
};

/* ---- the components by name ------------------------------------------- */

static const char *
name_of(struct gate *g, struct vexlog_arena *arena, struct purl purl)
{
	const char *out;

	purl.version = purl.subpath = NULL;
	purl.qualifier_count = 0;
	return purl_write(&out, arena, &purl, g->err) == 0 ? out : NULL;
}

static int
index_parts(struct gate *g)
{
	g->next =
	    arena_list(g->arena, g->sbom.count + 1, sizeof(*g->next), g->err);
	if (g->next == NULL)
		return g->err->code;
	map_open(&g->names, g->arena);
	for (size_t i = 0; i < g->sbom.count; i++) {
		const char *name =
		    name_of(g, g->arena, g->sbom.parts[i].purl);
		size_t first;
		if (name == NULL)
			return g->err->code;
		int rc = map_put(
		    &g->names, name, strlen(name), i, &first, g->err);
		if (rc < 0)
			return rc;
		g->next[i] = g->sbom.count;
		if (rc == 1) {
			g->next[i] = g->next[first];
			g->next[first] = i;
		}
	}
	return 0;
}

/* ---- which verdict is about which component --------------------------- */

/* What outlives its page. */
static const struct store_verdict *
copy_row(struct gate *g, const struct store_verdict *row)
{
	struct store_verdict *out = arena_zero(g->arena, sizeof(*out), g->err);

	if (out == NULL)
		return NULL;
	const struct {
		const char **to, *from;
	} texts[] = {{&out->id, row->id},
	    {&out->vulnerability, row->vulnerability},
	    {&out->product, row->product}, {&out->status, row->status},
	    {&out->justification, row->justification},
	    {&out->sbom_entry_id, row->sbom_entry_id}};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if ((*texts[i].to = arena_copy(
			 g->arena, texts[i].from, g->err)) == NULL)
			return NULL;
	out->evaluated_at = row->evaluated_at;
	out->created_at = row->created_at;
	return out;
}

static int
keep_unknown(
    struct gate *g, const char *name, struct found f, const char *whole)
{
	if ((f.row = copy_row(g, f.row)) == NULL ||
	    (whole != NULL &&
		(whole = arena_copy(g->arena, whole, g->err)) == NULL))
		return g->err->code;
	g->unknown = arena_grow(g->arena, g->unknown, g->unknown_count,
	    &g->unknown_room, sizeof(*g->unknown), g->err);
	if (g->unknown == NULL)
		return g->err->code;
	g->unknown[g->unknown_count++] = (struct unknown){name, whole, f};
	return 0;
}

/* The closer fit counts, of two as close the less safe status. */
static int
keep(struct gate *g, struct found f, bool unknown, const char *whole)
{
	size_t at;
	char *name = arena_print(
	    g->arena, g->err, "%s\n%s", f.row->vulnerability, f.part->key);
	int rc;

	if (name == NULL)
		return g->err->code;
	if (!status_read(&f.status, f.row->status))
		return err_set(g->err, VEXLOG_BAD_PROOF,
		    "verdict %s is kept with status \"%s\"", f.row->id,
		    f.row->status);
	if (unknown)
		return !g->options->fail_on[f.status]
		    ? 0
		    : keep_unknown(g, name, f, whole);
	rc = map_put(&g->pairs, name, strlen(name), g->count, &at, g->err);
	if (rc < 0)
		return rc;
	if (rc == 1 &&
	    (f.fit < g->list[at].fit ||
		(f.fit == g->list[at].fit && f.status >= g->list[at].status)))
		return 0;
	if ((f.row = copy_row(g, f.row)) == NULL)
		return g->err->code;
	if (rc == 1) {
		g->list[at] = f;
		return 0;
	}
	g->list = arena_grow(g->arena, g->list, g->count, &g->room,
	    sizeof(*g->list), g->err);
	if (g->list == NULL)
		return g->err->code;
	g->list[g->count++] = f;
	return 0;
}

/* How what the verdict's component is a part of names what the SBOM is of.
 * Only a package URL can be compared, and with another alone. */
static int
fit_whole(enum fit *out, struct gate *g, const char *whole)
{
	struct purl purl;
	bool good = false;
	int rc = 0;

	*out = FIT_UNKNOWN;
	if (g->sbom.root != NULL)
		rc = purl_try(&good, &purl, g->page, whole, g->err);
	return rc != 0 || !good
	    ? rc
	    : fit_key(out, g->page, whole, g->sbom.root, g->err);
}

/* A verdict about the component itself, or about it as a part of what the
 * SBOM is of. */
static int
take_row(struct gate *g, const struct store_verdict *row)
{
	size_t size = product_size(row->product), first;
	bool inner = row->product[size] != '\0', good, renamed;
	const char *key = row->product, *outer = NULL;
	enum fit fit, whole = FIT_EXACT;
	struct purl purl;
	int rc;

	if (inner) {
		outer = arena_text(g->page, row->product, size, g->err);
		if (outer == NULL)
			return g->err->code;
		rc = fit_whole(&whole, g, outer);
		if (rc != 0 || whole == FIT_NONE)
			return rc;
		key += size + strlen(PRODUCT_SEPARATOR);
	}
	rc = purl_try(&good, &purl, g->page, key, g->err);
	if (rc != 0 || !good)
		return rc;
	const char *name = name_of(g, g->page, purl);
	if (name == NULL)
		return g->err->code;
	if (!map_get(&g->names, name, strlen(name), &first))
		return 0;
	rc = pairs_renamed(&renamed, g->page, &g->known, row, g->err);
	if (rc != 0 || renamed)
		return rc;
	for (size_t i = first; rc == 0 && i < g->sbom.count; i = g->next[i]) {
		struct found f = {.row = row, .part = &g->sbom.parts[i]};
		rc = fit_key(&fit, g->page, key, f.part, g->err);
		if (rc != 0 || fit == FIT_NONE)
			continue;
		f.fit = (int)(fit == FIT_UNKNOWN ? FIT_RANGE : fit) +
		    (inner ? FIT_PART : 0);
		rc = keep(g, f, fit == FIT_UNKNOWN || whole == FIT_UNKNOWN,
		    whole == FIT_UNKNOWN ? outer : NULL);
	}
	return rc;
}

/* Of a vulnerability and product the decision made last counts, for however
 * many inventories it was made. The last of a page is held for the next. */
static int
take_page(struct gate *g, const struct store_verdict **held,
    const struct store_verdict *rows, size_t count)
{
	const struct store_verdict *last = *held;
	int rc;

	for (size_t i = 0; i < count; i++) {
		bool same = last != NULL &&
		    text_same(last->vulnerability, rows[i].vulnerability) &&
		    text_same(last->product, rows[i].product);
		if (same && rows[i].created_at < last->created_at)
			continue;
		if (!same && last != NULL && (rc = take_row(g, last)) != 0)
			return rc;
		last = &rows[i];
	}
	if (last != *held && (*held = copy_row(g, last)) == NULL)
		return g->err->code;
	return 0;
}

static int
take_verdicts(struct gate *g)
{
	const struct store_verdict *held = NULL;
	struct vexlog_filter filter = {
	    .log_index = -1,
	    .known_at = TIME_MAX,
	    .limit = VEXLOG_PAGE_MAX};
	const struct store_verdict *rows;
	const char *next = NULL;
	size_t count;
	int rc;

	do {
		vexlog_arena_reset(g->page);
		filter.cursor = next;
		rc = store_verdicts(&rows, &count, &next, g->page,
		    g->v->store, &filter, g->err);
		if (rc == 0)
			rc = take_page(g, &held, rows, count);
		if (rc == 0 && next != NULL &&
		    (next = arena_copy(g->arena, next, g->err)) == NULL)
			rc = g->err->code;
	} while (rc == 0 && next != NULL);
	return rc != 0 || held == NULL ? rc : take_row(g, held);
}

/* ---- judging ---------------------------------------------------------- */

static int
stopped(struct gate *g)
{
	return err_set(g->err, VEXLOG_REFUSED, "stopped by the caller");
}

/* Nothing is undecided that something closer decides. */
static int
tell_unknown(struct gate *g, const struct unknown *u)
{
	const struct store_verdict *row = u->found.row;
	const struct vexlog_gate_options *with = g->options;
	size_t at;

	if (map_get(&g->pairs, u->name, strlen(u->name), &at) &&
	    g->list[at].fit > u->found.fit)
		return 0;
	const struct vexlog_gate_failure f = {row->vulnerability, row->product,
	    row->status,
	    u->whole == NULL
		? arena_print(g->arena, g->err,
		      "%s can't be compared with this range of versions",
		      u->found.part->key)
		: arena_print(g->arena, g->err,
		      "%s is there, but the SBOM does not say that it is of %s",
		      u->found.part->key, u->whole)};
	if (f.reason == NULL)
		return g->err->code;
	g->result.undecided++;
	return with->undecided != NULL && with->undecided(&f, with->context) < 0
	    ? stopped(g)
	    : 0;
}

static int
tell(struct gate *g, const struct store_verdict *row, const char *reason)
{
	struct vexlog_gate_failure f = {row->vulnerability, row->product,
	    row->status, reason};

	if (reason == NULL)
		return g->err->code;
	g->result.failed++;
	if (g->options->failed != NULL &&
	    g->options->failed(&f, g->options->context) < 0)
		return stopped(g);
	return 0;
}

static int
judge(struct gate *g, const struct found *f)
{
	const struct store_verdict *row = f->row;
	int64_t age = home_now(&g->v->options) - row->evaluated_at;
	const struct vexlog_linkage *linkage;
	struct vexlog_err why;
	int rc;

	if (g->options->fail_on[f->status])
		return tell(g, row,
		    arena_print(g->arena, g->err,
			"%s is %s (%s), by %s: %s%s match", f->part->key,
			row->status, row->justification, row->product,
			fit_words((enum fit)(f->fit % FIT_PART)),
			f->fit < FIT_PART ? "" : ", as part of the product,"));
	if (g->options->max_age > 0 && age > g->options->max_age) {
		char when[TIME_TEXT];
		time_write(when, row->evaluated_at);
		return tell(g, row,
		    arena_print(g->arena, g->err,
			"decided at %s, longer ago than allowed, and nothing "
			"new was said since",
			when));
	}
	if (!g->options->require_linked)
		return 0;
	rc = verdict_linkage(&linkage, NULL, g->arena, g->v->store, "verdict",
	    row->id, &why);
	if (rc != 0 && rc != VEXLOG_NOT_FOUND) {
		*g->err = why;
		return rc;
	}
	if (linkage == NULL)
		return tell(g, row,
		    "no log entry proves this verdict: run `vexlog link`");
	return 0;
}

static int
run(struct gate *g)
{
	int rc = sbom_read(&g->sbom, g->arena, g->options->sbom, g->err);

	map_open(&g->pairs, g->arena);
	if (rc == 0)
		rc = pairs_open(&g->known, g->v->store, TIME_MAX, g->err);
	if (rc == 0)
		rc = index_parts(g);
	if (rc == 0 && g->sbom.count > 0)
		rc = take_verdicts(g);
	for (size_t i = 0; rc == 0 && i < g->count; i++)
		rc = judge(g, &g->list[i]);
	for (size_t i = 0; rc == 0 && i < g->unknown_count; i++)
		rc = tell_unknown(g, &g->unknown[i]);
	g->result.components = g->sbom.count;
	g->result.skipped = g->sbom.skipped;
	g->result.nameless = g->sbom.nameless;
	g->result.verdicts = g->count;
	return rc;
}

int
vexlog_gate(struct vexlog_gate_result *out, struct vexlog *v,
    const struct vexlog_gate_options *options, struct vexlog_err *err)
{
	struct gate g = {.v = v, .options = options, .err = err};
	int rc;

	g.arena = vexlog_arena_open(JOB_ARENA_MAX);
	g.page = vexlog_arena_open(JOB_ARENA_MAX);
	rc = g.arena == NULL || g.page == NULL ? err_memory(err) : run(&g);
	pairs_close(&g.known);
	vexlog_arena_close(g.page);
	vexlog_arena_close(g.arena);
	if (rc == 0)
		*out = g.result;
	return rc;
}
