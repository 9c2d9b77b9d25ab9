/*
 * csaf_profiles.c - what the profiles ask of a CSAF document (6.1.27.3 to
 * 6.1.27.13 and 6.1.27.15), as far as it is about claims.
 */
#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "vex/csaf.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

void
csaf_check_profile(struct csaf *c, const char *category)
{
	struct reader *r = c->r;
	bool tree = json_get(c->root, "product_tree") != NULL;
	bool vulnerabilities = json_get(c->root, "vulnerabilities") != NULL;
	bool gone = c->newer &&
	    (text_same(category, "csaf_withdrawn") ||
		text_same(category, "csaf_superseded"));

	c->advisory = text_same(category, "csaf_security_advisory");
	c->deprecated =
	    text_same(category, "csaf_deprecated_security_advisory");
	if ((gone || text_same(category, "csaf_informational_advisory")) &&
	    vulnerabilities)
		reader_note(r, "CSAF 6.1.27.3", "vulnerabilities",
		    json_get(c->root, "vulnerabilities"),
		    "%s with \"vulnerabilities\"", category);
	if (gone && tree)
		reader_note(r, "CSAF 6.1.27.15", "product_tree",
		    json_get(c->root, "product_tree"),
		    "%s with \"product_tree\"", category);
	if (!c->vex && !c->advisory && !c->deprecated)
		return;
	if (!tree)
		reader_note(r, "CSAF 6.1.27.4", NULL, NULL,
		    "%s without \"product_tree\"", category);
	if (!vulnerabilities)
		reader_note(r, "CSAF 6.1.27.11", NULL, NULL,
		    "%s without \"vulnerabilities\"", category);
}

/* ---- fixed products and the affected ones they come from ------------------
 */

/* What versions of one product have in common: the branches they are, and the
 * products they are in or on. */
struct family {
	struct buffer text;
	size_t steps;
	size_t ends[CSAF_STEPS_MAX + 1]; /* of the text, after so many steps */
};

/* NULL: it has no path. */
static const struct json_value *
first_step(const struct csaf_product *p)
{
	return p->subpaths == NULL ? NULL : json_first(p->subpaths);
}

/* False: its versions are not told apart by branches. */
static bool
read_family(struct family *f, struct csaf *c, const struct csaf_product *p)
{
	const struct csaf_product *first =
	    p->component_id == NULL ? p : csaf_find(c, p->component_id);
	const struct json_value *step = first_step(p);

	if (first == NULL || first->versions == NULL)
		return false;
	f->steps = p->subpaths == NULL ? 0 : json_count(p->subpaths);
	buffer_open(&f->text, c->r->arena, MIB);
	buffer_integer(&f->text, first->versions - c->root);
	f->ends[0] = f->text.size;
	for (size_t i = 1; i <= f->steps; i++, step = json_next(step)) {
		const struct csaf_product *next =
		    csaf_find(c, json_get_text(step, "next_product_reference"));
		if (next == NULL)
			return false;
		buffer_byte(&f->text, ' ');
		buffer_integer(&f->text, next - c->products);
		f->ends[i] = f->text.size;
	}
	if (f->text.failed != 0)
		c->r->failed = err_memory(c->r->err);
	return f->text.failed == 0;
}

/* By the whole path, or by what leads to something that is installed with it:
 * that need not be there while the product is affected. */
static bool
is_affected(
    struct csaf *c, const struct map *affected, const struct csaf_product *p)
{
	struct arena_mark mark = arena_mark(c->r->arena);
	const struct json_value *step = first_step(p);
	struct family f;
	bool known = read_family(&f, c, p), found = false;
	size_t ignored;

	for (size_t i = 0; known && !found && i <= f.steps; i++) {
		if (i == f.steps ||
		    text_same(
			json_get_text(step, "category"), "installed_with"))
			found = map_get(affected, (const char *)f.text.data,
			    f.ends[i], &ignored);
		if (i < f.steps)
			step = json_next(step);
	}
	arena_back(c->r->arena, mark);
	return !known || found;
}

static void
put_affected(struct csaf *c, struct map *affected,
    const struct json_value *list, size_t *count)
{
	if (!json_is(list, JSON_ARRAY))
		return;
	for (const struct json_value *id = json_first(list);
	     id != json_end(list) && c->r->failed == 0; id = json_next(id)) {
		const struct csaf_product *p = csaf_find(c, json_text(id));
		size_t ignored;
		if (p == NULL)
			continue;
		(*count)++;
		struct family f;
		if (!read_family(&f, c, p))
			continue;
		int rc = map_put(affected, (const char *)f.text.data,
		    f.text.size, 0, &ignored, c->r->err);
		if (rc < 0)
			c->r->failed = rc;
	}
}

static void
check_fixed(struct csaf *c, const struct json_value *statuses)
{
	static const char *const lists[] = {
	    "first_affected", "known_affected", "last_affected"};
	const struct json_value *fixed = json_get(statuses, "fixed");
	struct reader *r = c->r;
	struct map affected;
	size_t count = 0, index = 0;

	if (!json_is(fixed, JSON_ARRAY))
		return;
	map_open(&affected, r->arena);
	for (size_t i = 0; i < COUNT(lists); i++)
		put_affected(
		    c, &affected, json_get(statuses, lists[i]), &count);
	reader_enter(r, "product_status");
	reader_enter(r, "fixed");
	for (const struct json_value *id = json_first(fixed);
	     id != json_end(fixed) && r->failed == 0; id = json_next(id)) {
		const struct csaf_product *p = csaf_find(c, json_text(id));
		reader_enter_index(r, index++);
		if (p != NULL && (count == 0 || !is_affected(c, &affected, p)))
			reader_note(r, "CSAF 6.1.27.13", NULL, id,
			    "no version of the fixed product %s is affected",
			    reader_show(r, id));
		reader_leave(r);
	}
	reader_leave(r);
	reader_leave(r);
}

/* ---- a vulnerability -------------------------------------------------------
 */

static void
check_advisory(struct csaf *c, const struct json_value *statuses)
{
	if (!c->newer || !c->advisory)
		return;
	if (json_get(statuses, "known_affected") == NULL)
		reader_note(c->r, "CSAF 6.1.27.12", NULL, NULL,
		    "the vulnerability has no \"known_affected\"");
	check_fixed(c, statuses);
}

void
csaf_check_profile_of(struct csaf *c, const struct json_value *v)
{
	static const char *const vex_statuses[] = {"fixed", "known_affected",
	    "known_not_affected", "under_investigation"};
	const struct json_value *statuses = json_get(v, "product_status");
	bool advisory = c->advisory || c->deprecated;
	struct reader *r = c->r;
	bool some = false;

	if ((c->vex || advisory) && json_get(v, "notes") == NULL)
		reader_note(r, "CSAF 6.1.27.5", NULL, NULL,
		    "the vulnerability has no \"notes\"");
	if (advisory && statuses == NULL)
		reader_note(r, "CSAF 6.1.27.6", NULL, NULL,
		    "the vulnerability has no \"product_status\"");
	check_advisory(c, statuses);
	if (!c->vex)
		return;
	for (size_t i = 0; i < COUNT(vex_statuses); i++)
		some = some || json_get(statuses, vex_statuses[i]) != NULL;
	if (!some)
		reader_note(r, "CSAF 6.1.27.7", NULL, NULL,
		    "the vulnerability has none of fixed, known_affected, "
		    "known_not_affected and under_investigation");
	if (json_get(v, "cve") == NULL && json_get(v, "ids") == NULL)
		reader_note(r, "CSAF 6.1.27.8", NULL, NULL,
		    "the vulnerability has neither \"cve\" nor \"ids\"");
}
