/*
 * sbom.c - the package URLs of an SBOM.
 *
 * The tree is one array, so "every object that has a purl" is a walk along
 * it, whatever the nesting. What else an SBOM says does not matter here.
 */
#include "flow/sbom.h"

#include "base/sort.h"
#include "base/text.h"
#include "json/json.h"

struct reading {
	struct vexlog_arena *arena;
	struct vexlog_err *err;
	const void **parts;
	size_t count, room, skipped;
};

/* NULL in *out for a text that is no package URL. */
static int
read_part(const struct fit_product **out, struct reading *r, const char *text)
{
	struct fit_product *part = arena_zero(r->arena, sizeof(*part), r->err);
	bool good;

	*out = NULL;
	if (part == NULL)
		return r->err->code;
	int rc = fit_read(&good, part, r->arena, text, r->err);
	if (rc == 0 && good)
		*out = part;
	return rc;
}

static int
add_part(struct reading *r, const char *text)
{
	const struct fit_product *part;
	int rc = text == NULL ? 0 : read_part(&part, r, text);

	if (text == NULL || rc != 0)
		return rc;
	if (part == NULL) {
		r->skipped++;
		return 0;
	}
	r->parts = arena_grow(r->arena, r->parts, r->count, &r->room,
	    sizeof(*r->parts), r->err);
	if (r->parts == NULL)
		return r->err->code;
	r->parts[r->count++] = part;
	return 0;
}

/* The purl an object gives itself, in any of the formats, or NULL. */
static const char *
purl_of(const struct json_value *object)
{
	const char *text = json_get_text(object, "purl");

	if (text == NULL)
		text = json_get_text(object, "software_packageUrl");
	if (text == NULL &&
	    text_same(json_get_text(object, "referenceType"), "purl"))
		text = json_get_text(object, "referenceLocator");
	if (text == NULL &&
	    text_same(json_get_text(object, "externalIdentifierType"),
		"packageUrl"))
		text = json_get_text(object, "identifier");
	return text;
}

/* Of an SPDX 2.x package: its external reference. */
static const char *
package_purl(const struct json_value *package)
{
	const struct json_value *refs = json_get(package, "externalRefs");

	if (json_is(refs, JSON_ARRAY))
		for (const struct json_value *v = json_first(refs);
		     v != json_end(refs); v = json_next(v))
			if (purl_of(v) != NULL)
				return purl_of(v);
	return NULL;
}

/* SPDX 2.x: the first thing the document describes. */
static const char *
described(const struct json_value *root)
{
	const struct json_value *list = json_get(root, "documentDescribes");
	const struct json_value *packages = json_get(root, "packages");
	const char *id = NULL;

	if (json_is(list, JSON_ARRAY) && json_count(list) == 1)
		id = json_text(json_first(list));
	list = json_get(root, "relationships");
	if (id == NULL && json_is(list, JSON_ARRAY))
		for (const struct json_value *v = json_first(list);
		     id == NULL && v != json_end(list); v = json_next(v))
			if (text_same(json_get_text(v, "relationshipType"),
				"DESCRIBES"))
				id = json_get_text(v, "relatedSpdxElement");
	if (id != NULL && json_is(packages, JSON_ARRAY))
		for (const struct json_value *v = json_first(packages);
		     v != json_end(packages); v = json_next(v))
			if (text_same(json_get_text(v, "SPDXID"), id))
				return package_purl(v);
	return NULL;
}

/* ---- what can't be looked up ------------------------------------------- */

/* Components in an array of CycloneDX, those in them aside. */
static size_t
nameless_in(const struct json_value *list)
{
	size_t n = 0;

	if (json_is(list, JSON_ARRAY))
		for (const struct json_value *v = json_first(list);
		     v != json_end(list); v = json_next(v))
			n += json_is(v, JSON_OBJECT) && purl_of(v) == NULL;
	return n;
}

/* An element of SPDX 3 that is a package and names itself nowhere. */
static bool
is_nameless_element(const struct json_value *v)
{
	const struct json_value *ids = json_get(v, "externalIdentifier");

	if (!text_same(json_get_text(v, "type"), "software_Package") ||
	    purl_of(v) != NULL)
		return false;
	if (json_is(ids, JSON_ARRAY))
		for (const struct json_value *i = json_first(ids);
		     i != json_end(ids); i = json_next(i))
			if (purl_of(i) != NULL)
				return false;
	return true;
}

static size_t
count_nameless(const struct json_value *root)
{
	/* what made the SBOM is not what it is of */
	const struct json_value *tools =
	    json_get(json_get(root, "metadata"), "tools");
	const struct json_value *packages = json_get(root, "packages");
	size_t n = 0;

	for (const struct json_value *v = root; v < json_next(root); v++)
		if (v->type == JSON_OBJECT && v != tools)
			n += nameless_in(json_get(v, "components")) +
			    is_nameless_element(v);
	if (json_is(packages, JSON_ARRAY))
		for (const struct json_value *v = json_first(packages);
		     v != json_end(packages); v = json_next(v))
			n += package_purl(v) == NULL;
	return n;
}

/* ---- reading ----------------------------------------------------------- */

static int
order_parts(const void *a, const void *b, void *context)
{
	const struct fit_product *x = a, *y = b;

	(void)context;
	return strcmp(x->key, y->key);
}

int
sbom_read(struct sbom *out, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err)
{
	struct reading r = {.arena = arena, .err = err};
	struct fit_product *list;
	struct json_doc doc;
	const char *root;
	size_t n = 0;
	int rc = json_read(&doc, arena, json, 0, err);

	if (rc != 0)
		return rc;
	if (!text_same(json_get_text(doc.root, "bomFormat"), "CycloneDX") &&
	    json_get_text(doc.root, "spdxVersion") == NULL &&
	    json_get(doc.root, "@graph") == NULL) {
		json_fail(&doc, doc.root, err,
		    "this is neither a CycloneDX nor an SPDX document");
		return err_hint(err,
		    "give an SBOM in JSON: CycloneDX, SPDX 2.x or SPDX 3.x");
	}
	for (const struct json_value *v = doc.root;
	     rc == 0 && v < json_next(doc.root); v++)
		if (v->type == JSON_OBJECT)
			rc = add_part(&r, purl_of(v));
	if (rc != 0 ||
	    (rc = sort_pointers(r.parts, r.count, order_parts, NULL, arena,
		 err)) != 0)
		return rc;
	if ((list = arena_list(arena, r.count, sizeof(*list), err)) == NULL)
		return err->code;
	for (size_t i = 0; i < r.count; i++) {
		const struct fit_product *part = r.parts[i];
		if (n == 0 || strcmp(list[n - 1].key, part->key) != 0)
			list[n++] = *part;
	}
	*out = (struct sbom){.parts = list, .count = n, .skipped = r.skipped,
	    .nameless = count_nameless(doc.root)};
	root = json_get_text(
	    json_get(json_get(doc.root, "metadata"), "component"), "purl");
	if (root == NULL)
		root = described(doc.root);
	return root == NULL ? 0 : read_part(&out->root, &r, root);
}
