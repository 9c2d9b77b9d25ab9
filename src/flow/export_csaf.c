/*
 * export_csaf.c - verdicts as CSAF 2.0, profile csaf_vex.
 *
 * All products stand in full_product_names, a component in a product is a
 * relationship (nested as deep as the keys are), and each vulnerability has
 * what the profile asks for: notes, a flag or an impact for each product that
 * is not affected, a remediation for each that is. Members are in alphabetical
 * order (CSAF 6.2.13).
 */
#include "flow/export.h"

#include <stdio.h>

#include "base/text.h"
#include "flow/export_list.h"

#define ID_MAX 32

static const char *
product_id(char out[ID_MAX], const struct export_product *p)
{
	(void)snprintf(out, ID_MAX, "CSAFPID-%04zu", p->number);
	return out;
}

/* ---- product tree ----------------------------------------------------- */

static void
put_name(struct json_writer *w, const struct export_product *p)
{
	char id[ID_MAX];

	json_member(w, "name", p->parent == NULL ? p->name : p->key);
	json_member(w, "product_id", product_id(id, p));
}

static void
put_names(struct json_writer *w, const struct export_list *list)
{
	json_name(w, "full_product_names");
	json_array(w);
	for (size_t i = 0; i < list->product_count; i++) {
		const struct export_product *p = list->products[i];
		if (p->parent != NULL)
			continue;
		json_object(w);
		put_name(w, p);
		if (p->kind != EXPORT_NAME) {
			json_name(w, "product_identification_helper");
			json_object(w);
			json_member(w, p->kind == EXPORT_PURL ? "purl" : "cpe",
			    p->name);
			json_close(w);
		}
		json_close(w);
	}
	json_close(w);
}

static void
put_relationships(struct json_writer *w, const struct export_list *list)
{
	bool some = false;
	char id[ID_MAX];

	for (size_t i = 0; i < list->product_count; i++) {
		const struct export_product *p = list->products[i];
		if (p->parent == NULL)
			continue;
		if (!some) {
			json_name(w, "relationships");
			json_array(w);
			some = true;
		}
		json_object(w);
		json_member(w, "category", "default_component_of");
		json_name(w, "full_product_name");
		json_object(w);
		put_name(w, p);
		json_close(w);
		json_member(
		    w, "product_reference", product_id(id, p->component));
		json_member(w, "relates_to_product_reference",
		    product_id(id, p->parent));
		json_close(w);
	}
	if (some)
		json_close(w);
}

/* ---- one vulnerability ------------------------------------------------ */

/* The verdicts about one vulnerability. */
struct group {
	struct json_writer *w;
	struct export_doc *doc;
	const struct export_item *items;
	size_t count;
};

static void
put_one_product(struct json_writer *w, const struct export_item *item)
{
	char id[ID_MAX];

	json_name(w, "product_ids");
	json_array(w);
	json_put_text(w, product_id(id, item->product));
	json_close(w);
}

static size_t
count_status(const struct group *g, enum vexlog_status status)
{
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		n += g->items[i].status == status;
	return n;
}

static bool
is_cve(const char *name)
{
	size_t digits = 0;

	if (!text_starts(name, "CVE-"))
		return false;
	for (size_t i = 4; i < 8; i++)
		if (name[i] < '0' || name[i] > '9')
			return false;
	if (name[8] != '-')
		return false;
	while (name[9 + digits] >= '0' && name[9 + digits] <= '9')
		digits++;
	return digits >= 4 && name[9 + digits] == '\0';
}

static void
put_id(struct json_writer *w, const char *name)
{
	size_t size = strcspn(name, "-:");

	json_object(w);
	json_name(w, "system_name");
	/* the scheme that the name begins with: GHSA, RHSA, DSA, USN */
	if (size == 0 || name[size] == '\0')
		json_put_text(w, "name");
	else
		json_put_bytes(w, name, size);
	json_member(w, "text", name);
	json_close(w);
}

static void
put_ids(struct json_writer *w, const struct export_item *item)
{
	bool cve = is_cve(item->vulnerability);

	if (cve && item->alias_count == 0)
		return;
	json_name(w, "ids");
	json_array(w);
	if (!cve)
		put_id(w, item->vulnerability);
	for (size_t i = 0; i < item->alias_count; i++)
		put_id(w, item->aliases[i]);
	json_close(w);
}

static void
put_notes(struct group *g)
{
	char scratch[EXPORT_NOTES_MAX], title[128], id[ID_MAX];
	struct json_writer *w = g->w;

	json_name(w, "notes");
	json_array(w);
	for (size_t i = 0; i < g->count; i++) {
		(void)snprintf(title, sizeof(title), "Verdict about %s",
		    product_id(id, g->items[i].product));
		json_object(w);
		json_member(w, "category", "details");
		json_member(w, "text",
		    export_notes(&g->items[i], scratch, sizeof(scratch)));
		json_member(w, "title", title);
		json_close(w);
	}
	json_close(w);
}

static void
put_statuses(struct group *g)
{
	static const struct {
		enum vexlog_status status;
		const char *name;
	} lists[] = {{VEXLOG_FIXED, "fixed"},
	    {VEXLOG_AFFECTED, "known_affected"},
	    {VEXLOG_NOT_AFFECTED, "known_not_affected"},
	    {VEXLOG_UNDER_INVESTIGATION, "under_investigation"}};
	struct json_writer *w = g->w;
	char id[ID_MAX];

	json_name(w, "product_status");
	json_object(w);
	for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
		if (count_status(g, lists[k].status) == 0)
			continue;
		json_name(w, lists[k].name);
		json_array(w);
		for (size_t i = 0; i < g->count; i++)
			if (g->items[i].status == lists[k].status)
				json_put_text(
				    w, product_id(id, g->items[i].product));
		json_close(w);
	}
	json_close(w);
}

static void
put_flags(struct group *g)
{
	struct json_writer *w = g->w;
	bool some = false;

	for (size_t i = 0; i < g->count; i++) {
		const struct export_item *item = &g->items[i];
		if (!export_has_token(item))
			continue;
		if (!some) {
			json_name(w, "flags");
			json_array(w);
			some = true;
		}
		json_object(w);
		json_member_time(w, "date", item->said_at);
		json_member(w, "label", item->justification);
		put_one_product(w, item);
		json_close(w);
	}
	if (some)
		json_close(w);
}

/* Impacts are for every status: a vendor's "Important" is about what is
 * affected. */
static void
put_threats(struct group *g)
{
	char scratch[1024];
	struct json_writer *w = g->w;
	bool some = false;

	for (size_t i = 0; i < g->count; i++) {
		const struct export_item *item = &g->items[i];
		const char *impact = item->status == VEXLOG_NOT_AFFECTED
		    ? export_impact(g->doc, item, scratch, sizeof(scratch))
		    : item->impact;
		if (text_blank(impact))
			continue;
		if (!some) {
			json_name(w, "threats");
			json_array(w);
			some = true;
		}
		json_object(w);
		json_member(w, "category", "impact");
		json_member_time(w, "date", item->said_at);
		json_member(w, "details", impact);
		put_one_product(w, item);
		json_close(w);
	}
	if (some)
		json_close(w);
}

/* What to do is kept as text, so of the categories the widest is written. */
static void
put_remediations(struct group *g)
{
	struct json_writer *w = g->w;
	bool some = false;

	for (size_t i = 0; i < g->count; i++) {
		const struct export_item *item = &g->items[i];
		if (item->status != VEXLOG_AFFECTED) {
			export_lost_texts(g->doc, item, false, true);
			continue;
		}
		if (!some) {
			json_name(w, "remediations");
			json_array(w);
			some = true;
		}
		json_object(w);
		json_member(w, "category", "mitigation");
		json_member_time(w, "date", item->said_at);
		json_member(w, "details", export_action(g->doc, item));
		put_one_product(w, item);
		json_close(w);
	}
	if (some)
		json_close(w);
}

static void
put_vulnerability(struct group *g)
{
	json_object(g->w);
	if (is_cve(g->items->vulnerability))
		json_member(g->w, "cve", g->items->vulnerability);
	put_flags(g);
	put_ids(g->w, g->items);
	put_notes(g);
	put_statuses(g);
	put_remediations(g);
	put_threats(g);
	json_close(g->w);
	g->doc->written += g->count;
	for (size_t i = 0; i < g->count; i++)
		export_lost_range(g->doc, &g->items[i]);
}

static void
put_vulnerabilities(struct json_writer *w, struct export_doc *doc)
{
	const struct export_list *list = doc->list;

	json_name(w, "vulnerabilities");
	json_array(w);
	for (size_t i = 0; i < list->count;) {
		struct group g = {w, doc, &list->items[i], 0};
		while (i < list->count &&
		    text_same(
			g.items->vulnerability, list->items[i].vulnerability))
			g.count++, i++;
		put_vulnerability(&g);
	}
	json_close(w);
}

/* ---- the document ----------------------------------------------------- */

static void
put_tracking(struct json_writer *w, struct export_doc *doc)
{
	char id[96];

	(void)snprintf(id, sizeof(id), "vexlog-%s", doc->id);
	json_name(w, "tracking");
	json_object(w);
	json_member_time(w, "current_release_date", doc->list->newest);
	json_name(w, "generator");
	json_object(w);
	json_name(w, "engine");
	json_object(w);
	json_member(w, "name", "vexlog");
	json_member(w, "version", vexlog_version());
	json_close(w);
	json_close(w);
	json_member(w, "id", id);
	json_member_time(w, "initial_release_date", doc->list->newest);
	json_name(w, "revision_history");
	json_array(w);
	json_object(w);
	json_member_time(w, "date", doc->list->newest);
	json_member(w, "number", "1");
	json_member(w, "summary", "Verdicts as they were exported");
	json_close(w);
	json_close(w);
	json_member(w, "status", "final");
	json_member(w, "version", "1");
	json_close(w);
}

static void
put_head(struct json_writer *w, struct export_doc *doc)
{
	json_name(w, "document");
	json_object(w);
	json_member(w, "category", "csaf_vex");
	json_member(w, "csaf_version", "2.0");
	json_member(w, "lang", "en");
	json_name(w, "publisher");
	json_object(w);
	json_member(w, "category", "other");
	json_member(w, "name", "vexlog");
	json_member(w, "namespace", "urn:vexlog");
	json_close(w);
	json_member(w, "title", "VEX verdicts");
	put_tracking(w, doc);
	json_close(w);
}

/* What the format can't carry of any of them, said once. */
static void
lost_of_all(const struct export_doc *doc)
{
	const struct export_list *list = doc->list;
	bool affected = false, older = false;

	for (size_t i = 0; i < list->count; i++) {
		affected |= list->items[i].status == VEXLOG_AFFECTED;
		older |= list->items[i].said_at != list->newest;
	}
	if (affected)
		export_lost(doc, NULL,
		    "remediation categories: every action statement is "
		    "written as \"mitigation\"");
	if (older)
		export_lost(doc, NULL,
		    "the time of each claim: a CSAF document has one, that of "
		    "the newest; flags, threats and remediations keep theirs");
}

static void
put_document(struct json_writer *w, struct export_doc *doc)
{
	json_object(w);
	put_head(w, doc);
	json_name(w, "product_tree");
	json_object(w);
	put_names(w, doc->list);
	put_relationships(w, doc->list);
	json_close(w);
	put_vulnerabilities(w, doc);
	json_close(w);
	lost_of_all(doc);
}

static int
write_csaf(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err)
{
	return export_file(out, v, options, put_document, err);
}

const struct export_ops export_csaf = {"csaf", write_csaf};
