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

/*
 * What other versions of a product have in common: the branches it is one
 * of, and the products it is in or on, the first steps of its path. NULL: its
 * versions are not told apart by branches.
 */
static const char *
family(struct csaf *c, const struct csaf_product *p, size_t steps)
{
	const struct csaf_product *first =
	    p->component_id == NULL ? p : csaf_find(c, p->component_id);
	const struct json_value *step = json_first(p->subpaths);
	struct vexlog_err *err = c->r->err;
	const char *text = NULL;
	struct buffer b;

	if (first == NULL || first->versions == NULL)
		return NULL;
	buffer_open(&b, c->r->arena, DOCUMENT_SIZE_MAX);
	buffer_integer(&b, first->versions - c->root);
	for (size_t i = 0; i < steps; i++, step = json_next(step)) {
		const char *next =
		    json_get_text(step, "next_product_reference");
		buffer_byte(&b, '\n');
		buffer_text(&b, next == NULL ? "" : next);
	}
	if (buffer_finish_text(&b, &text, err) != 0)
		c->r->failed = err->code;
	return text;
}

/* By any of its paths that may stand for it: what is installed with it need
 * not be there while it is affected. */
static bool
is_affected(
    struct csaf *c, const struct map *affected, const struct csaf_product *p)
{
	size_t steps = p->subpaths == NULL ? 0 : json_count(p->subpaths);
	size_t ignored;

	for (size_t i = 0; i <= steps; i++) {
		const struct json_value *step = json_first(p->subpaths);
		for (size_t j = 0; j < i && i < steps; j++)
			step = json_next(step);
		if (i < steps &&
		    !text_same(
			json_get_text(step, "category"), "installed_with"))
			continue;
		const char *key = family(c, p, i);
		if (key == NULL ||
		    map_get(affected, key, strlen(key), &ignored))
			return true;
	}
	return false;
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
		const char *key = family(
		    c, p, p->subpaths == NULL ? 0 : json_count(p->subpaths));
		if (key == NULL)
			continue;
		int rc =
		    map_put(affected, key, strlen(key), 0, &ignored, c->r->err);
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
