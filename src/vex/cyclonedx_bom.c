/*
 * cyclonedx_bom.c - the parts of a CycloneDX document that are not VEX: who
 * says it, and which components it can say something about.
 *
 * Only what a claim rests on is held to the schema: the header, the identity
 * of components, and their hashes.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "vex/cyclonedx.h"

#define NAMES(list) list, sizeof(list) / sizeof((list)[0])

static bool
one_of(const char *text, const char *const *names, size_t count)
{
	for (size_t i = 0; text != NULL && i < count; i++)
		if (strcmp(names[i], text) == 0)
			return true;
	return false;
}

static void *
fail(struct cyclonedx *c, int rc)
{
	if (c->r->failed == 0)
		c->r->failed = rc;
	return NULL;
}

/* ---- targets ----------------------------------------------------------- */

/* The target of the ref, a new one when there is none; *there tells. */
static struct cyclonedx_target *
add_target(struct cyclonedx *c, const char *ref, bool *there)
{
	struct cyclonedx_target *t;
	size_t found;

	if (c->r->failed != 0)
		return NULL;
	*there = map_get(&c->targets, ref, strlen(ref), &found);
	if (*there)
		return (struct cyclonedx_target *)(uintptr_t)found;
	if ((t = arena_zero(c->r->arena, sizeof(*t), c->r->err)) == NULL)
		return fail(c, c->r->err->code);
	t->ref = ref;
	int rc = map_put(&c->targets, ref, strlen(ref), (size_t)(uintptr_t)t,
	    &found, c->r->err);
	return rc < 0 ? fail(c, rc) : t;
}

/* "group/name@version": versions are other products. */
static const char *
full_name(struct cyclonedx *c, const char *group, const char *name,
    const char *version)
{
	const char *text;

	if (c->r->failed != 0)
		return NULL;
	text = arena_print(c->r->arena, c->r->err, "%s%s%s%s%s",
	    text_blank(group) ? "" : group, text_blank(group) ? "" : "/", name,
	    text_blank(version) ? "" : "@", text_blank(version) ? "" : version);
	return text == NULL ? fail(c, c->r->err->code) : text;
}

/* The first of: purl, a bom-ref that is a purl, cpe, its name. */
static const struct product *
component_product(struct cyclonedx *c, const struct json_value *v,
    const char *ref, const char *name)
{
	const char *rule = "CycloneDX component";
	struct reader *r = c->r;
	const char *purl = reader_want_text(r, rule, v, "purl");
	const char *cpe = reader_want_text(r, rule, v, "cpe");
	const struct product *p = NULL;

	if (purl != NULL)
		p = product_purl(r, purl, "CycloneDX purl", true, "purl",
		    json_get(v, "purl"));
	/* what we export has whole keys for refs, of which the first may be
	 * a purl */
	if (p == NULL && product_is_purl(ref) &&
	    strstr(ref, PRODUCT_SEPARATOR) == NULL)
		p = product_purl(r, ref, "CycloneDX purl", false, "bom-ref",
		    json_get(v, "bom-ref"));
	if (cpe != NULL && !product_is_cpe(cpe))
		reader_note(r, rule, "cpe", json_get(v, "cpe"), "%s is no CPE",
		    reader_show(r, json_get(v, "cpe")));
	else if (p == NULL && cpe != NULL)
		p = product_cpe(r, cpe, "cpe", json_get(v, "cpe"));
	if (p == NULL && name != NULL)
		p = product_local(r, name, "name", NULL);
	return p;
}

static void
define(struct cyclonedx *c, const struct json_value *v)
{
	const char *rule = "CycloneDX component";
	struct reader *r = c->r;
	const char *ref = reader_want_text(r, rule, v, "bom-ref");
	const char *name = reader_need_text(r, rule, v, "name");
	const char *version = reader_want_text(r, rule, v, "version");
	const char *group = reader_want_text(r, rule, v, "group");
	struct cyclonedx_target *t;
	bool there = false;

	/* nothing can be said about a component without a ref */
	if (ref == NULL || (t = add_target(c, ref, &there)) == NULL)
		return;
	const char *full =
	    full_name(c, group, name == NULL ? ref : name, version);
	const struct product *p = component_product(c, v, ref, full);
	if (there && t->product != NULL && p != NULL &&
	    strcmp(t->product->key, p->key) == 0)
		reader_note(r, "CycloneDX bom-ref", "bom-ref",
		    json_get(v, "bom-ref"),
		    "\"%.120s\" is the ref of two components alike", ref);
	else if (there)
		reader_refuse(r, "CycloneDX bom-ref", "bom-ref",
		    json_get(v, "bom-ref"),
		    "\"%.120s\" is the ref of two components: %.120s and "
		    "%.120s",
		    ref, t->product == NULL ? "one" : t->product->key,
		    p == NULL ? "another" : p->key);
	if (there)
		return;
	t->product = p;
	t->version = text_blank(version) ? NULL : version;
	t->name = full_name(c, group, name == NULL ? ref : name, NULL);
}

/* ---- what the schema asks of a component ------------------------------- */

static void
check_type(struct cyclonedx *c, const struct json_value *v)
{
	static const char *const types[] = {"application", "framework",
	    "library", "container", "operating-system", "device", "firmware",
	    "file", "platform", "device-driver", "machine-learning-model",
	    "data", "cryptographic-asset"};
	size_t known = c->minor < 5 ? 8 : c->minor == 5 ? 12 : 13;
	const struct json_value *type = json_get(v, "type");

	if (!one_of(json_text(type), types, known))
		reader_note(c->r, "CycloneDX component.type",
		    type == NULL ? NULL : "type", type,
		    "%s is no type of component in 1.%d",
		    reader_show(c->r, type), c->minor);
}

static bool
is_hash(const char *text)
{
	size_t n = 0;

	for (; text != NULL && text[n] != '\0'; n++)
		if (!((text[n] >= '0' && text[n] <= '9') ||
			(text[n] >= 'a' && text[n] <= 'f') ||
			(text[n] >= 'A' && text[n] <= 'F')))
			return false;
	return n == 32 || n == 40 || n == 64 || n == 96 || n == 128;
}

static void
check_hashes(struct cyclonedx *c, const struct json_value *v)
{
	static const char *const kinds[] = {"MD5", "SHA-1", "SHA-256",
	    "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512",
	    "BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3",
	    "Streebog-256", "Streebog-512"};
	const char *rule = "CycloneDX hash";
	struct reader *r = c->r;
	const struct json_value *list =
	    reader_want(r, rule, v, "hashes", JSON_ARRAY);
	size_t index = 0;

	if (list == NULL)
		return;
	reader_enter(r, "hashes");
	for (const struct json_value *h = json_first(list); h != json_end(list);
	     h = json_next(h)) {
		reader_enter_index(r, index++);
		const struct json_value *alg = json_get(h, "alg");
		const struct json_value *content = json_get(h, "content");
		if (!one_of(json_text(alg), kinds, c->minor < 7 ? 12 : 14))
			reader_note(r, rule, alg == NULL ? NULL : "alg", alg,
			    "%s is no hash algorithm in 1.%d",
			    reader_show(r, alg), c->minor);
		if (!is_hash(json_text(content)))
			reader_note(r, rule, content == NULL ? NULL : "content",
			    content,
			    "%s is no hash of 32, 40, 64, 96 or 128 hex "
			    "digits",
			    reader_show(r, content));
		reader_leave(r);
	}
	reader_leave(r);
}

/* Recursion ends at JSON_DEPTH_MAX: a level takes two. */
static void
read_list(struct cyclonedx *c, const struct json_value *in, const char *name,
    bool component)
{
	struct reader *r = c->r;
	const struct json_value *list =
	    reader_want(r, "CycloneDX component", in, name, JSON_ARRAY);
	size_t index = 0;

	if (list == NULL)
		return;
	reader_enter(r, name);
	for (const struct json_value *v = json_first(list);
	     v != json_end(list) && r->failed == 0; v = json_next(v)) {
		reader_enter_index(r, index++);
		if (!json_is(v, JSON_OBJECT))
			reader_note(r, "CycloneDX component", NULL, v,
			    "%s is no component", reader_show(r, v));
		else {
			define(c, v);
			if (component) {
				check_type(c, v);
				check_hashes(c, v);
			}
			read_list(c, v, name, component);
		}
		reader_leave(r);
	}
	reader_leave(r);
}

/* ---- metadata ---------------------------------------------------------- */

/* supplier, else manufacturer (1.4, 1.5: manufacture), else the first
 * author. */
static void
read_provider(struct cyclonedx *c, const struct json_value *metadata)
{
	static const char *const places[] = {
	    "supplier", "manufacturer", "manufacture"};
	const struct json_value *authors = json_get(metadata, "authors");
	struct reader *r = c->r;
	const char *name = NULL;

	for (size_t i = 0; name == NULL && i < 3; i++)
		name = json_get_text(json_get(metadata, places[i]), "name");
	if (name == NULL && json_is(authors, JSON_ARRAY) &&
	    json_count(authors) > 0)
		name = json_get_text(json_first(authors), "name");
	reader_provider(r, name, NULL);
}

static void
read_metadata(struct cyclonedx *c)
{
	struct reader *r = c->r;
	const struct json_value *metadata = reader_want(
	    r, "CycloneDX metadata", c->root, "metadata", JSON_OBJECT);
	const struct json_value *component;

	reader_enter(r, "metadata");
	read_provider(c, metadata);
	component = reader_want(
	    r, "CycloneDX component", metadata, "component", JSON_OBJECT);
	if (component != NULL) {
		reader_enter(r, "component");
		define(c, component);
		check_type(c, component);
		check_hashes(c, component);
		read_list(c, component, "components", true);
		reader_leave(r);
	}
	reader_leave(r);
}

/* ---- the header -------------------------------------------------------- */

static void
read_spec_version(struct cyclonedx *c)
{
	static const char *const versions[] = {
	    "1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7"};
	const struct json_value *v = json_get(c->root, "specVersion");
	const char *rule = "CycloneDX specVersion";
	struct reader *r = c->r;

	while (c->minor < 8 && !text_same(json_text(v), versions[c->minor]))
		c->minor++;
	if (c->minor == 8) {
		reader_refuse(r, rule, v == NULL ? NULL : "specVersion", v,
		    "%s is a version that is not known; 1.4 to 1.7 are",
		    reader_show(r, v));
		c->minor = 7;
		return;
	}
	r->format_version = versions[c->minor];
	if (c->minor < 4)
		reader_note(r, rule, "specVersion", v,
		    "%s has no vulnerabilities; they came with 1.4",
		    reader_show(r, v));
}

static bool
is_serial(const char *text)
{
	static const char form[] =
	    "urn:uuid:xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t n = 0;

	for (; form[n] != '\0'; n++) {
		bool hex = (text[n] >= '0' && text[n] <= '9') ||
		    (text[n] >= 'a' && text[n] <= 'f');
		if (form[n] == 'x' ? !hex : text[n] != form[n])
			return false;
	}
	return text[n] == '\0';
}

static void
read_header(struct cyclonedx *c)
{
	struct reader *r = c->r;
	const struct json_value *v = json_get(c->root, "bomFormat");
	int64_t number;

	if (!text_same(json_text(v), "CycloneDX"))
		reader_refuse(r, "CycloneDX bomFormat",
		    v == NULL ? NULL : "bomFormat", v,
		    "%s is not \"CycloneDX\"", reader_show(r, v));
	read_spec_version(c);
	v = json_get(c->root, "version");
	if (v != NULL && (!json_integer_of(v, &number) || number < 1))
		reader_note(r, "CycloneDX version", "version", v,
		    "%s is no integer of 1 and above", reader_show(r, v));
	else if (v == NULL && c->minor == 4)
		reader_note(r, "CycloneDX version", NULL, NULL,
		    "\"version\" is missing");
	v = json_get(c->root, "serialNumber");
	if (v != NULL && (!json_is(v, JSON_STRING) || !is_serial(v->as.text)))
		reader_note(r, "CycloneDX serialNumber", "serialNumber", v,
		    "%s is not \"urn:uuid:\" and a UUID in lower case",
		    reader_show(r, v));
}

void
cyclonedx_read_bom(struct cyclonedx *c)
{
	map_open(&c->targets, c->r->arena);
	map_open(&c->versions, c->r->arena);
	read_header(c);
	read_metadata(c);
	c->lists_components = json_count(json_get(c->root, "components")) > 0;
	read_list(c, c->root, "components", true);
	read_list(c, c->root, "services", false);
}

/* ---- what the rest of the reader asks for ------------------------------ */

/* The bom-ref a BOM-Link ends with, decoded; NULL: no BOM-Link. *own: it
 * leads into this very document. */
static const char *
link_fragment(struct cyclonedx *c, const char *ref, bool *own)
{
	const char *hash = strchr(ref, '#');
	const char *serial = json_get_text(c->root, "serialNumber");
	const struct json_value *version = json_get(c->root, "version");
	char head[96];
	char *out, *to;

	*own = false;
	if (!text_starts(ref, "urn:cdx:") || hash == NULL || c->r->failed != 0)
		return NULL;
	if ((out = to = arena_copy(c->r->arena, hash + 1, c->r->err)) == NULL)
		return fail(c, c->r->err->code);
	for (const char *from = hash + 1; *from != '\0'; from++) {
		uint8_t byte;
		char digits[3] = {from[0] == '%' ? from[1] : '\0',
		    from[0] == '%' && from[1] != '\0' ? from[2] : '\0', '\0'};
		for (size_t i = 0; i < 2; i++)
			if (digits[i] >= 'A' && digits[i] <= 'F')
				digits[i] = (char)(digits[i] - 'A' + 'a');
		if (*from == '%' && text_unhex(&byte, 1, digits) && byte != 0) {
			*to++ = (char)byte;
			from += 2;
		} else
			*to++ = *from;
	}
	*to = '\0';
	/* what decodes to no text stays as it was written */
	if (text_utf8_valid(out, strlen(out)) != strlen(out))
		return hash + 1;
	if (serial != NULL && is_serial(serial) && version != NULL &&
	    json_is(version, JSON_NUMBER)) {
		(void)snprintf(head, sizeof(head), "urn:cdx:%s/%.*s#",
		    serial + 9, (int)(version->size > 20 ? 20 : version->size),
		    version->as.text);
		*own = text_starts(ref, head);
	}
	return out;
}

static const struct cyclonedx_target *
outside_target(struct cyclonedx *c, const struct json_value *v,
    const char *name, const struct product *p)
{
	struct cyclonedx_target *t;
	bool there;

	if (p == NULL || (t = add_target(c, v->as.text, &there)) == NULL)
		return NULL;
	t->product = p;
	t->name = name;
	return t;
}

const struct cyclonedx_target *
cyclonedx_target(struct cyclonedx *c, const struct json_value *v)
{
	const char *rule = "CycloneDX affects.ref";
	struct reader *r = c->r;
	const struct product *p = NULL;
	const char *fragment;
	size_t found;
	bool own;

	if (!json_is(v, JSON_STRING) || text_blank(v->as.text)) {
		reader_note(r, rule, v == NULL ? NULL : "ref", v,
		    "%s is no ref: nothing is claimed", reader_show(r, v));
		return NULL;
	}
	if (map_get(&c->targets, v->as.text, v->size, &found))
		return (const struct cyclonedx_target *)(uintptr_t)found;
	fragment = link_fragment(c, v->as.text, &own);
	if (own && map_get(&c->targets, fragment, strlen(fragment), &found))
		return (const struct cyclonedx_target *)(uintptr_t)found;
	/* the bom-ref is what is known of it, and it may be a purl */
	if (product_is_purl(fragment))
		p = product_purl(r, fragment, rule, false, "ref", v);
	else if (product_is_purl(v->as.text))
		p = product_purl(r, v->as.text, rule, false, "ref", v);
	if (p == NULL && !own && fragment == NULL &&
	    !text_starts(v->as.text, "urn:") && c->lists_components) {
		reader_refuse(r, rule, "ref", v, "no component has the ref %s",
		    reader_show(r, v));
		return NULL;
	}
	if (own) {
		reader_refuse(r, rule, "ref", v,
		    "%s leads into this document, where no component has "
		    "that ref",
		    reader_show(r, v));
		return NULL;
	}
	if (p == NULL && fragment == NULL)
		reader_note(r, rule, "ref", v,
		    "%s is neither the ref of a component of this document "
		    "nor a BOM-Link",
		    reader_show(r, v));
	if (p == NULL)
		p = product_local(r, v->as.text, "ref", v);
	return outside_target(c, v, v->as.text, p);
}
