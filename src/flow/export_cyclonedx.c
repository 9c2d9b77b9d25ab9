/*
 * export_cyclonedx.c - verdicts as CycloneDX 1.6.
 *
 * Each verdict is a vulnerability of its own, because one vulnerability has
 * one analysis. A component in a product is a component inside the product's
 * component, and its ref is the whole key: so the same library in two
 * products can be told apart by who reads refs.
 */
#include "flow/export.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "flow/export_list.h"
#include "vex/purl.h"
#include "vex/status.h"

/* A level of components takes two of JSON_DEPTH_MAX. */
#define DEPTH_MAX 24

/* ---- components ------------------------------------------------------- */

/* group, name and version out of the purl; its text where it is none. */
static void
put_name(struct json_writer *w, const struct export_product *p)
{
	struct vexlog_arena *scratch;
	struct vexlog_err err;
	struct purl purl;

	scratch = p->kind == EXPORT_PURL ? vexlog_arena_open(MIB) : NULL;
	if (scratch != NULL && purl_read(&purl, scratch, p->name, &err) == 0) {
		if (purl.space != NULL)
			json_member(w, "group", purl.space);
		json_member(w, "name", purl.name);
		if (purl.version != NULL)
			json_member(w, "version", purl.version);
	} else {
		json_member(w, "name", p->name);
		if (p->kind == EXPORT_PURL &&
		    (scratch == NULL || err.code != VEXLOG_SHAPE))
			w->out->failed = VEXLOG_NO_MEMORY;
	}
	vexlog_arena_close(scratch);
}

/* Recursion ends at DEPTH_MAX. */
static void
put_component(struct json_writer *w, const struct export_product *p)
{
	json_object(w);
	json_member(w, "type", "library");
	json_member(w, "bom-ref", p->key);
	put_name(w, p);
	/* who reads purls would take what is said of it here for what is said
	 * of it elsewhere, and silence that */
	if (p->depth > 0 && p->component->mixed)
		;
	else if (p->kind == EXPORT_PURL)
		json_member(w, "purl", p->range == NULL ? p->name : p->plain);
	else if (p->kind != EXPORT_NAME)
		json_member(w, "cpe", p->name);
	if (p->children != NULL && p->depth < DEPTH_MAX) {
		json_name(w, "components");
		json_array(w);
		for (p = p->children; p != NULL; p = p->sibling)
			put_component(w, p);
		json_close(w);
	}
	json_close(w);
}

static void
put_components(struct json_writer *w, const struct export_list *list)
{
	json_name(w, "components");
	json_array(w);
	for (size_t i = 0; i < list->product_count; i++)
		if (list->products[i]->parent == NULL &&
		    list->products[i]->stated)
			put_component(w, list->products[i]);
	json_close(w);
}

/* ---- the analysis ----------------------------------------------------- */

/* The source's own word when it was CycloneDX and means this status. */
static const char *
state_word(const struct export_item *item)
{
	static const char *const words[] = {[VEXLOG_AFFECTED] = "exploitable",
	    [VEXLOG_UNDER_INVESTIGATION] = "in_triage",
	    [VEXLOG_FIXED] = "resolved",
	    [VEXLOG_NOT_AFFECTED] = "not_affected"};
	const struct status_word *own = text_same(item->format, "cyclonedx")
	    ? status_map("cyclonedx", item->source_status)
	    : NULL;

	return own != NULL && own->claims && own->status == item->status
	    ? own->word
	    : words[item->status];
}

/* NULL: CycloneDX has no word that says as much and no more. */
static const char *
justification_word(struct export_doc *doc, const struct export_item *item)
{
	static const struct {
		const char *token, *word;
		bool same;
	} words[] = {
	    {"vulnerable_code_not_present", "code_not_present", true},
	    {"vulnerable_code_not_in_execute_path", "code_not_reachable", true},
	    /* what is not there has no code in there */
	    {"component_not_present", "code_not_present", false},
	    {"inline_mitigations_already_exist",
		"protected_by_mitigating_control", false},
	};

	if (item->status != VEXLOG_NOT_AFFECTED)
		return NULL;
	if (text_same(item->format, "cyclonedx") &&
	    item->source_justification != NULL &&
	    justification_map("cyclonedx", item->source_justification) != NULL)
		return item->source_justification;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (text_same(item->justification, words[i].token)) {
			if (!words[i].same)
				export_lost(doc, item,
				    "justification %s, \"%s\" is written",
				    words[i].token, words[i].word);
			return words[i].word;
		}
	if (export_has_token(item))
		export_lost(doc, item,
		    "justification %s has no twin in CycloneDX",
		    item->justification);
	return NULL;
}

/* detail says why it is not affected; a token without a twin stands there
 * for people to read. */
static void
put_analysis(struct json_writer *w, struct export_doc *doc,
    const struct export_item *item)
{
	char scratch[1024];
	const char *word = justification_word(doc, item), *detail = NULL;

	json_name(w, "analysis");
	json_object(w);
	json_member(w, "state", state_word(item));
	if (word != NULL)
		json_member(w, "justification", word);
	if (item->status == VEXLOG_NOT_AFFECTED) {
		detail = text_blank(item->impact) ? NULL : item->impact;
		if (detail == NULL && word == NULL && export_has_token(item)) {
			detail = scratch;
			(void)snprintf(scratch, sizeof(scratch),
			    "Justification: %.512s", item->justification);
		}
	}
	if (detail != NULL)
		json_member(w, "detail", detail);
	json_member_time(w, "lastUpdated", item->said_at);
	json_close(w);
}

/* ---- vulnerabilities -------------------------------------------------- */

static void
put_references(struct json_writer *w, const struct export_item *item)
{
	if (item->alias_count == 0)
		return;
	json_name(w, "references");
	json_array(w);
	for (size_t i = 0; i < item->alias_count; i++) {
		json_object(w);
		json_member(w, "id", item->aliases[i]);
		json_name(w, "source");
		json_object(w);
		json_member(w, "name", "alias");
		json_close(w);
		json_close(w);
	}
	json_close(w);
}

static void
put_property(struct json_writer *w, const char *name, const char *value)
{
	json_object(w);
	json_member(w, "name", name);
	json_member(w, "value", value);
	json_close(w);
}

/* Whether these versions hold the vulnerability, as far as the state tells;
 * without a status they do. */
static void
put_range(struct json_writer *w, const struct export_item *item)
{
	json_name(w, "versions");
	json_array(w);
	json_object(w);
	json_member(w, "range", item->product->range);
	if (item->status == VEXLOG_NOT_AFFECTED ||
	    item->status == VEXLOG_FIXED)
		json_member(w, "status", "unaffected");
	json_close(w);
	json_close(w);
}

static void
put_vulnerability(struct json_writer *w, struct export_doc *doc,
    const struct export_item *item)
{
	char scratch[EXPORT_NOTES_MAX];

	json_object(w);
	json_member(w, "id", item->vulnerability);
	put_references(w, item);
	if (!text_blank(item->action))
		json_member(w, "recommendation", item->action);
	put_analysis(w, doc, item);
	json_name(w, "affects");
	json_array(w);
	json_object(w);
	json_member(w, "ref", item->product->key);
	if (item->product->range != NULL)
		put_range(w, item);
	json_close(w);
	json_close(w);
	json_name(w, "properties");
	json_array(w);
	put_property(w, "vexlog:verdict", item->verdict);
	put_property(
	    w, "vexlog:evidence", export_notes(item, scratch, sizeof(scratch)));
	json_close(w);
	json_close(w);
	export_lost_texts(
	    doc, item, item->status != VEXLOG_NOT_AFFECTED, false);
	if (item->product->depth > 0)
		export_lost(doc, item,
		    "that a claim is about the component in this product "
		    "only: CycloneDX names the component, its place is in "
		    "the ref alone%s",
		    item->product->component->mixed
			? "; since the status is another elsewhere, it is "
			  "named without its purl or CPE"
			: "");
}

static void
put_vulnerabilities(struct json_writer *w, struct export_doc *doc)
{
	json_name(w, "vulnerabilities");
	json_array(w);
	for (size_t i = 0; i < doc->list->count; i++) {
		const struct export_item *item = &doc->list->items[i];
		if (item->product->depth > DEPTH_MAX) {
			export_lost(doc, item,
			    "the whole verdict: components nested deeper than "
			    "%d",
			    DEPTH_MAX);
			continue;
		}
		put_vulnerability(w, doc, item);
		doc->written++;
	}
	json_close(w);
}

/* ---- the document ----------------------------------------------------- */

static void
put_metadata(struct json_writer *w, struct export_doc *doc)
{
	json_name(w, "metadata");
	json_object(w);
	json_member_time(w, "timestamp", doc->list->newest);
	json_name(w, "tools");
	json_object(w);
	json_name(w, "components");
	json_array(w);
	json_object(w);
	json_member(w, "type", "application");
	json_member(w, "name", "vexlog");
	json_member(w, "version", vexlog_version());
	json_close(w);
	json_close(w);
	json_close(w);
	json_name(w, "authors");
	json_array(w);
	json_object(w);
	json_member(w, "name", "vexlog");
	json_close(w);
	json_close(w);
	json_close(w);
}

/* RFC 9562 5.8: a UUID made in one's own way, here of a SHA-256. */
static void
put_serial(struct json_writer *w, const char *hex)
{
	char serial[64];

	(void)snprintf(serial, sizeof(serial),
	    "urn:uuid:%.8s-%.4s-8%.3s-%c%.3s-%.12s", hex, hex + 8, hex + 13,
	    "89ab"[hex[16] & 3], hex + 17, hex + 20);
	json_member(w, "serialNumber", serial);
}

static void
put_document(struct json_writer *w, struct export_doc *doc)
{
	json_object(w);
	json_member(w, "bomFormat", "CycloneDX");
	json_member(w, "specVersion", "1.6");
	put_serial(w, doc->id);
	json_member_integer(w, "version", 1);
	put_metadata(w, doc);
	put_components(w, doc->list);
	put_vulnerabilities(w, doc);
	json_close(w);
}

static int
write_cyclonedx(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err)
{
	return export_file(out, v, options, put_document, err);
}

const struct export_ops export_cyclonedx = {"cyclonedx", write_cyclonedx};
