/*
 * export_openvex.c - verdicts as OpenVEX 0.2.0, for Trivy, Grype and vexctl.
 *
 * Exactly one statement for a vulnerability in a product or subcomponent:
 * tools differ in whether the newest or the oldest statement counts, and with
 * one there is nothing to differ about. Subcomponents do not nest in OpenVEX,
 * so a component of a component is not written: said of the outer product it
 * would claim more than is known.
 */
#include "flow/export.h"

#include <stdio.h>

#include "flow/export_list.h"

/* "@id" and, where there is one, the identifier. */
static void
put_component(struct json_writer *w, const struct export_product *p)
{
	static const char *const kinds[] = {"purl", "cpe23", "cpe22"};

	json_member(w, "@id", p->name);
	if (p->kind == EXPORT_NAME)
		return;
	json_name(w, "identifiers");
	json_object(w);
	json_member(w, kinds[p->kind], p->name);
	json_close(w);
}

static void
put_products(struct json_writer *w, const struct export_product *p)
{
	json_name(w, "products");
	json_array(w);
	json_object(w);
	put_component(w, p->parent == NULL ? p : p->parent);
	if (p->parent != NULL) {
		json_name(w, "subcomponents");
		json_array(w);
		json_object(w);
		put_component(w, p->component);
		json_close(w);
		json_close(w);
	}
	json_close(w);
	json_close(w);
}

static void
put_vulnerability(struct json_writer *w, const struct export_item *item)
{
	json_name(w, "vulnerability");
	json_object(w);
	json_member(w, "name", item->vulnerability);
	if (item->alias_count > 0) {
		json_name(w, "aliases");
		json_array(w);
		for (size_t i = 0; i < item->alias_count; i++)
			json_put_text(w, item->aliases[i]);
		json_close(w);
	}
	json_close(w);
}

static void
put_statement(struct json_writer *w, struct export_doc *doc,
    const struct export_item *item)
{
	char scratch[EXPORT_NOTES_MAX];
	const char *impact;

	json_object(w);
	put_vulnerability(w, item);
	json_member_time(w, "timestamp", item->said_at);
	put_products(w, item->product);
	json_member(w, "status", vexlog_status_name(item->status));
	json_member(
	    w, "status_notes", export_notes(item, scratch, sizeof(scratch)));
	if (item->status == VEXLOG_NOT_AFFECTED) {
		if (export_has_token(item))
			json_member(w, "justification", item->justification);
		impact = export_impact(doc, item, scratch, sizeof(scratch));
		if (impact != NULL)
			json_member(w, "impact_statement", impact);
	}
	if (item->status == VEXLOG_AFFECTED)
		json_member(w, "action_statement", export_action(doc, item));
	json_close(w);
	export_lost_texts(doc, item, item->status != VEXLOG_NOT_AFFECTED,
	    item->status != VEXLOG_AFFECTED);
}

static void
put_statements(struct json_writer *w, struct export_doc *doc)
{
	json_name(w, "statements");
	json_array(w);
	for (size_t i = 0; i < doc->list->count; i++) {
		const struct export_item *item = &doc->list->items[i];
		if (item->product->depth > 1) {
			export_lost(doc, item,
			    "the whole verdict: in OpenVEX a subcomponent has "
			    "no subcomponents");
			continue;
		}
		put_statement(w, doc, item);
		export_lost_range(doc, item);
		doc->written++;
	}
	json_close(w);
}

void
export_openvex_document(struct json_writer *w, struct export_doc *doc)
{
	char id[128], tool[128];

	(void)snprintf(id, sizeof(id), "urn:vexlog:openvex:%s", doc->id);
	(void)snprintf(tool, sizeof(tool), "vexlog/%s", vexlog_version());
	json_object(w);
	json_member(w, "@context", "https://openvex.dev/ns/v0.2.0");
	json_member(w, "@id", id);
	json_member(w, "author", "vexlog");
	json_member_time(w, "timestamp", doc->list->newest);
	json_member_integer(w, "version", 1);
	json_member(w, "tooling", tool);
	put_statements(w, doc);
	json_close(w);
}

static int
write_openvex(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err)
{
	return export_file(out, v, options, export_openvex_document, err);
}

const struct export_ops export_openvex = {"openvex", write_openvex};
