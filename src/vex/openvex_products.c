/*
 * openvex_products.c - the products and components of OpenVEX statements:
 * objects in 0.2.0, texts in 0.0.1, each read by the shape it has.
 */
#include "vex/openvex.h"

#include <stdio.h>

#include "base/text.h"

#define NAMES(list) list, sizeof(list) / sizeof((list)[0])

static const struct product *
hashed_product(struct openvex *doc, const struct json_value *hashes)
{
	const struct json_value *best = json_get(hashes, "sha-256");
	const char *name = "sha-256";
	char text[512];

	if (json_count(hashes) == 0)
		return NULL;
	if (best == NULL) {
		name = json_first(hashes)->as.text;
		best = json_first(hashes) + 1;
	}
	if (!json_is(best, JSON_STRING) ||
	    strlen(name) + best->size + 2 > sizeof(text))
		return NULL;
	(void)snprintf(text, sizeof(text), "%s:%s", name, best->as.text);
	const char *kept = arena_copy(doc->r->arena, text, doc->r->err);
	if (kept == NULL) {
		doc->r->failed = doc->r->err->code;
		return NULL;
	}
	return product_local(doc->r, kept, "hashes", hashes);
}

/* The first of: identifiers.purl, an @id that is a purl, cpe23, cpe22, the
 * @id, a hash. */
static const struct product *
component_product(struct openvex *doc, const struct json_value *v)
{
	static const char *const cpes[] = {"cpe23", "cpe22"};
	struct reader *r = doc->r;
	const size_t told = r->finding_count;
	const char *rule = "OpenVEX identifiers";
	const struct json_value *ids =
	    reader_want(r, rule, v, "identifiers", JSON_OBJECT);
	const struct json_value *hashes =
	    reader_want(r, rule, v, "hashes", JSON_OBJECT);
	const char *id = reader_want_text(r, rule, v, "@id");
	const struct product *p = NULL;
	const char *text;

	if (ids != NULL) {
		reader_enter(r, "identifiers");
		text = reader_want_text(r, rule, ids, "purl");
		if (text != NULL)
			p = product_purl(
			    r, text, rule, true, "purl", json_get(ids, "purl"));
		reader_leave(r);
	}
	if (p == NULL && product_is_purl(id))
		p = product_purl(
		    r, id, "OpenVEX @id", false, "@id", json_get(v, "@id"));
	for (size_t i = 0; p == NULL && ids != NULL && i < 2; i++) {
		text = json_get_text(ids, cpes[i]);
		if (text == NULL)
			continue;
		reader_enter(r, "identifiers");
		if (product_is_cpe(text))
			p = product_cpe(
			    r, text, cpes[i], json_get(ids, cpes[i]));
		else
			reader_note(r, rule, cpes[i], json_get(ids, cpes[i]),
			    "\"%.120s\" is no CPE", text);
		reader_leave(r);
	}
	if (p == NULL && !text_blank(id))
		p = product_local(r, id, "@id", json_get(v, "@id"));
	if (p == NULL && hashes != NULL)
		p = hashed_product(doc, hashes);
	/* blank or empty, of which no other rule has told */
	if (p == NULL && (id != NULL || ids != NULL) &&
	    r->finding_count == told)
		reader_note(r, "OpenVEX component", NULL, v,
		    "nothing in it names a product, nothing is claimed");
	return p;
}

const struct product *
openvex_product(struct openvex *doc, const struct json_value *v, bool nested)
{
	static const char *const product_names[] = {
	    "@id", "identifiers", "hashes", "subcomponents"};
	static const char *const component_names[] = {
	    "@id", "identifiers", "hashes"};
	static const char *const identifiers[] = {"purl", "cpe22", "cpe23"};
	const char *rule = "OpenVEX component";
	struct reader *r = doc->r;

	if (json_is(v, JSON_STRING)) {
		if (!doc->old)
			reader_note(r, rule, NULL, v,
			    "%s is a text, in 0.2.0 a product is an object",
			    reader_show(r, v));
		if (product_is_purl(v->as.text)) {
			const struct product *p = product_purl(
			    r, v->as.text, "OpenVEX @id", false, NULL, v);
			if (p != NULL)
				return p;
		}
		if (product_is_cpe(v->as.text))
			return product_cpe(r, v->as.text, NULL, v);
		if (text_blank(v->as.text)) {
			reader_note(r, rule, NULL, v, "a blank product");
			return NULL;
		}
		return product_local(r, v->as.text, NULL, v);
	}
	if (!json_is(v, JSON_OBJECT)) {
		reader_note(
		    r, rule, NULL, v, "%s is no product", reader_show(r, v));
		return NULL;
	}
	if (doc->old)
		reader_note(r, rule, NULL, v,
		    "an object, in 0.0.1 a product is a text");
	if (nested)
		reader_members(r, rule, v, NAMES(component_names));
	else
		reader_members(r, rule, v, NAMES(product_names));
	const struct json_value *ids = json_get(v, "identifiers");
	if (json_is(ids, JSON_OBJECT)) {
		reader_enter(r, "identifiers");
		reader_members(r, rule, ids, NAMES(identifiers));
		reader_leave(r);
	}
	if (json_get(v, "@id") == NULL && ids == NULL)
		reader_note(
		    r, rule, NULL, v, "neither \"@id\" nor \"identifiers\"");
	return component_product(doc, v);
}
