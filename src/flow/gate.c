/*
 * gate.c - hold an SBOM against the current verdicts.
 *
 * A verdict's product key can be more general than a component: without a
 * version, with fewer qualifiers. The keys that could name a component are
 * few, so each is looked up; nothing walks all verdicts.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/home.h"
#include "flow/sbom.h"
#include "flow/verdict.h"
#include "vex/observation.h"

/* How well a verdict's key fits, the higher the closer. */
enum fit {
	FIT_NAME,	/* no version */
	FIT_VERSION,	/* fewer qualifiers */
	FIT_EXACT,
	FIT_PART = 4,	/* added: as a part of this product */
};

struct found {
	const struct store_verdict *row;
	const struct sbom_part *part;
	int fit;
};

struct gate {
	struct vexlog *v;
	const struct vexlog_gate_options *options;
	struct vexlog_arena *arena;
	struct sbom sbom;
	struct map pairs; /* "vulnerability\ncomponent" to index of list */
	struct found *list;
	size_t count, room;
	struct vexlog_gate_result result;
	struct vexlog_err *err;
};

static int
keep(struct gate *g, const struct found *f)
{
	size_t at;
	char *name = arena_print(g->arena, g->err, "%s\n%s",
	    f->row->vulnerability, f->part->key);
	int rc = name == NULL ? g->err->code :
				map_put(&g->pairs, name, strlen(name),
				    g->count, &at, g->err);

	if (rc < 0)
		return rc;
	if (rc == 1) {
		if (f->fit > g->list[at].fit)
			g->list[at] = *f;
		return 0;
	}
	g->list = arena_grow(g->arena, g->list, g->count, &g->room,
	    sizeof(*g->list), g->err);
	if (g->list == NULL)
		return g->err->code;
	g->list[g->count++] = *f;
	return 0;
}

/* -1 when the key does not name the component. */
static int
fit_of(struct gate *g, const char *key, const struct sbom_part *part)
{
	struct vexlog_err why;
	struct purl purl;

	if (text_same(key, part->key))
		return FIT_EXACT;
	if (purl_read(&purl, g->arena, key, &why) != 0 ||
	    !purl_matches(&purl, &part->purl))
		return -1;
	return purl.version == NULL ? FIT_NAME : FIT_VERSION;
}

/* Verdicts whose key is this one or "<this> > <component>". */
static int
take_key(struct gate *g, const char *key, const struct sbom_part *part,
    bool parts)
{
	struct vexlog_filter filter = {.product = key,
	    .log_index = -1,
	    .known_at = TIME_MAX,
	    .limit = VEXLOG_PAGE_MAX};
	const struct store_verdict *rows;
	const char *next = NULL;
	size_t count;
	int rc;

	do {
		filter.cursor = next;
		rc = store_verdicts(&rows, &count, &next, g->arena,
		    g->v->store, &filter, g->err);
		for (size_t i = 0; rc == 0 && i < count; i++) {
			const char *inner = strstr(rows[i].product, " > ");
			struct found f = {&rows[i], part, 0};
			if (inner == NULL && !parts) {
				f.fit = fit_of(g, rows[i].product, part);
				rc = f.fit < 0 ? 0 : keep(g, &f);
			}
			for (size_t j = 0;
			     rc == 0 && parts && inner != NULL &&
			     j < g->sbom.count;
			     j++) {
				f.part = &g->sbom.parts[j];
				f.fit = fit_of(g, inner + 3, f.part);
				if (f.fit < 0)
					continue;
				f.fit += FIT_PART;
				rc = keep(g, &f);
			}
		}
	} while (rc == 0 && next != NULL);
	return rc;
}

/* The keys that could name a component: as it is, without qualifiers and
 * subpath, and without the version. */
static int
take_part(struct gate *g, const struct sbom_part *part, bool parts)
{
	struct purl purl = part->purl;
	const char *keys[3] = {part->key, NULL, NULL};
	int rc;

	purl.qualifiers = NULL;
	purl.qualifier_count = 0;
	purl.subpath = NULL;
	if ((rc = purl_write(&keys[1], g->arena, &purl, g->err)) != 0)
		return rc;
	purl.version = NULL;
	if ((rc = purl_write(&keys[2], g->arena, &purl, g->err)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < 3; i++) {
		bool seen = false;
		for (size_t j = 0; j < i; j++)
			seen |= text_same(keys[i], keys[j]);
		if (!seen)
			rc = take_key(g, keys[i], part, parts);
	}
	return rc;
}

/* ---- judging ---------------------------------------------------------- */

/* How the verdict's product names the component, for a person. */
static const char *
match_words(int fit)
{
	static const char *const words[] = {
	    [FIT_NAME] = "versionless",
	    [FIT_VERSION] = "qualifier subset",
	    [FIT_EXACT] = "exact",
	    [FIT_PART + FIT_NAME] = "versionless, as part of the product",
	    [FIT_PART + FIT_VERSION] =
		"qualifier subset, as part of the product",
	    [FIT_PART + FIT_EXACT] = "exact, as part of the product",
	};

	return words[fit];
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
		return err_set(g->err, VEXLOG_REFUSED,
		    "stopped by the caller");
	return 0;
}

static int
judge(struct gate *g, const struct found *f)
{
	const struct store_verdict *row = f->row;
	int64_t age = home_now(&g->v->options) - row->evaluated_at;
	const struct vexlog_linkage *linkage;
	enum vexlog_status status;
	struct vexlog_err why;
	int rc;

	if (!status_read(&status, row->status))
		return err_set(g->err, VEXLOG_BAD_PROOF,
		    "verdict %s is kept with status \"%s\"", row->id,
		    row->status);
	if (g->options->fail_on[status])
		return tell(g, row,
		    arena_print(g->arena, g->err,
			"%s is %s (%s), by %s: %s match", f->part->key,
			row->status, row->justification, row->product,
			match_words(f->fit)));
	if (g->options->max_age > 0 && age > g->options->max_age) {
		char when[TIME_TEXT];
		time_write(when, row->evaluated_at);
		return tell(g, row,
		    arena_print(g->arena, g->err,
			"decided at %s, longer ago than allowed", when));
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
	for (size_t i = 0; rc == 0 && i < g->sbom.count; i++)
		rc = take_part(g, &g->sbom.parts[i], false);
	if (rc == 0 && g->sbom.root != NULL)
		rc = take_part(g, g->sbom.root, true);
	for (size_t i = 0; rc == 0 && i < g->count; i++)
		rc = judge(g, &g->list[i]);
	g->result.components = g->sbom.count;
	g->result.skipped = g->sbom.skipped;
	g->result.verdicts = g->count;
	return rc;
}

int
vexlog_gate(struct vexlog_gate_result *out, struct vexlog *v,
    const struct vexlog_gate_options *options, struct vexlog_err *err)
{
	struct gate g = {.v = v, .options = options, .err = err};
	int rc;

	if ((g.arena = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		return err_memory(err);
	rc = run(&g);
	vexlog_arena_close(g.arena);
	if (rc == 0)
		*out = g.result;
	return rc;
}
