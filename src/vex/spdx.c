/*
 * spdx.c - the security profile of SPDX 3.0, as JSON-LD: the Vex…Assessment
 * relationships of its graph.
 *
 * One relationship says one status of one vulnerability ("from") in products
 * ("to"), or in a component of them ("assessedElement"). Elements are found
 * by their ids; what is not in the graph has to be imported, or to be a purl
 * by itself.
 */
#include "base/text.h"
#include "base/time.h"
#include "vex/format.h"
#include "vex/product.h"
#include "vex/status.h"

#define CONTEXT "https://spdx.org/rdf/3."

struct spdx {
	struct reader *r;
	const struct json_value *graph;
	struct map elements; /* id to its value */
	struct map imported; /* ids of other documents */
	struct map products; /* id to struct product */
};

static bool
recognise(const struct json_value *root)
{
	const struct json_value *context = json_get(root, "@context");

	if (json_is(context, JSON_ARRAY) && json_count(context) > 0)
		context = json_first(context);
	return json_is(context, JSON_STRING) &&
	    text_starts(context->as.text, CONTEXT);
}

/* A member that the JSON-LD context writes with the profile's name before
 * it; documents are found with and without. */
static const char *
member(const struct json_value *v, const char *name)
{
	const char *plain = strchr(name, '_') + 1;

	return json_get(v, name) != NULL ? name : plain;
}

static const struct json_value *
element(const struct spdx *s, const char *id)
{
	size_t found;

	if (id == NULL || !map_get(&s->elements, id, strlen(id), &found))
		return NULL;
	return (const struct json_value *)(uintptr_t)found;
}

/* The first text of a text or a list of texts. */
static const char *
first_text(const struct json_value *v)
{
	if (json_is(v, JSON_ARRAY) && json_count(v) > 0)
		v = json_first(v);
	return json_text(v);
}

/* The identifier of a kind that an element has, or NULL. */
static const char *
identifier(const struct json_value *v, const char *kind)
{
	const struct json_value *list = json_get(v, "externalIdentifier");

	if (!json_is(list, JSON_ARRAY))
		return NULL;
	for (const struct json_value *one = json_first(list);
	     one != json_end(list); one = json_next(one)) {
		const char *type = json_get_text(one, "externalIdentifierType");
		if (text_same(type, kind))
			return json_get_text(one, "identifier");
	}
	return NULL;
}

/* ---- products and vulnerabilities -------------------------------------- */

/* The first of: packageUrl, an identifier that is a purl, an id that is one,
 * cpe23, cpe22, the name with its version. */
static const struct product *
make_product(struct spdx *s, const struct json_value *v, const char *id)
{
	const char *rule = "SPDX package";
	struct reader *r = s->r;
	const char *purl = json_get_text(v, "software_packageUrl");
	const char *version = json_get_text(v, "software_packageVersion");
	const char *name = json_get_text(v, "name");
	const struct product *p = NULL;
	const char *cpe;

	if (purl == NULL)
		purl = identifier(v, "packageUrl");
	if (purl != NULL)
		p = product_purl(r, purl, rule, true, NULL, NULL);
	if (p == NULL && product_is_purl(id))
		p = product_purl(r, id, rule, false, NULL, NULL);
	if (p != NULL)
		return p;
	cpe = identifier(v, "cpe23");
	if (cpe == NULL)
		cpe = identifier(v, "cpe22");
	if (product_is_cpe(cpe))
		return product_cpe(r, cpe, NULL, NULL);
	if (text_blank(name))
		return product_local(r, id, NULL, NULL);
	if (!text_blank(version) && r->failed == 0) {
		name = arena_print(r->arena, r->err, "%s@%s", name, version);
		if (name == NULL)
			r->failed = r->err->code;
	}
	return product_local(r, name, NULL, NULL);
}

/* NULL: refused. */
static const struct product *
find_product(struct spdx *s, const struct json_value *id, const char *member)
{
	struct reader *r = s->r;
	const struct json_value *v = element(s, json_text(id));
	const struct product *p;
	size_t found;

	if (json_is(id, JSON_STRING) &&
	    map_get(&s->products, id->as.text, id->size, &found))
		return (const struct product *)(uintptr_t)found;
	if (!json_is(id, JSON_STRING) ||
	    (v == NULL && !product_is_purl(id->as.text) &&
		!map_get(&s->imported, id->as.text, id->size, &found))) {
		reader_refuse(r, "SPDX element", member, id,
		    "%s is neither in the graph nor imported",
		    reader_show(r, id));
		return NULL;
	}
	p = make_product(s, v, id->as.text);
	if (p == NULL || r->failed != 0)
		return NULL;
	int rc = map_put(&s->products, id->as.text, id->size,
	    (size_t)(uintptr_t)p, &found, r->err);
	if (rc < 0)
		r->failed = rc;
	return p;
}

/* The CVE, else the name, else another identifier. */
static void
read_vulnerability(struct spdx *s, const struct json_value *v,
    struct vexlog_observation *claim)
{
	static const char *const kinds[] = {"cve", "securityOther"};
	struct reader *r = s->r;
	const struct json_value *from = json_get(v, "from");
	const struct json_value *what = element(s, json_text(from));
	const char *names[3] = {NULL, NULL, NULL};
	size_t count = 0;

	names[0] = identifier(what, kinds[0]);
	names[1] = json_get_text(what, "name");
	names[2] = identifier(what, kinds[1]);
	for (size_t i = 0; i < 3; i++) {
		if (text_blank(names[i]))
			continue;
		if (claim->vulnerability == NULL)
			claim->vulnerability =
			    reader_vulnerability(r, names[i], "from");
		names[count++] = names[i];
	}
	if (claim->vulnerability == NULL) {
		reader_note(r, "SPDX vulnerability", "from", from,
		    "%s names no vulnerability, so nothing is claimed",
		    reader_show(r, from));
		return;
	}
	claim->aliases = reader_aliases(r, claim->vulnerability, names, count);
}

/* ---- a relationship ---------------------------------------------------- */

/* False: it cannot be read. */
static bool
read_status(struct spdx *s, const struct json_value *v,
    struct vexlog_observation *claim)
{
	static const struct {
		const char *type, *word;
	} pairs[] = {
	    {"security_VexAffectedVulnAssessmentRelationship", "affects"},
	    {"security_VexNotAffectedVulnAssessmentRelationship",
		"doesNotAffect"},
	    {"security_VexFixedVulnAssessmentRelationship", "fixedIn"},
	    {"security_VexUnderInvestigationVulnAssessmentRelationship",
		"underInvestigationFor"},
	};
	const struct json_value *word = json_get(v, "relationshipType");
	const char *text = json_get_text(v, "relationshipType");
	const char *type = json_get_text(v, "type");
	struct reader *r = s->r;
	const struct status_word *status;
	char words[256];
	size_t i = 0;

	status = text == NULL ? NULL : status_map("spdx", text);
	if (status == NULL) {
		status_list(words, sizeof(words), "spdx");
		reader_refuse(r, "SPDX relationshipType",
		    word == NULL ? NULL : "relationshipType", word,
		    "%s is no status; there are %s", reader_show(r, word),
		    words);
		return false;
	}
	while (i < 4 && strcmp(pairs[i].word, status->word) != 0)
		i++;
	if (i == 4 || strcmp(pairs[i].type, type) != 0) {
		reader_refuse(r, "SPDX relationshipType", "relationshipType",
		    word, "\"%s\" in a %.80s", status->word, type);
		return false;
	}
	claim->status = status->status;
	claim->source_status = status->word;
	return true;
}

static bool
read_justification(struct spdx *s, const struct json_value *v,
    struct vexlog_observation *claim)
{
	const char *name = member(v, "security_justificationType");
	const struct json_value *word = json_get(v, name);
	const struct justification_word *reason;
	struct reader *r = s->r;
	char words[256];

	if (word == NULL)
		return true;
	reason = json_is(word, JSON_STRING)
	    ? justification_map("spdx", word->as.text)
	    : NULL;
	if (reason == NULL) {
		justification_list(words, sizeof(words), "spdx");
		reader_refuse(r, "SPDX justificationType", name, word,
		    "%s is no justification; there are %s",
		    reader_show(r, word), words);
		return false;
	}
	claim->justification = reason->token;
	claim->source_justification = reason->word;
	return true;
}

static void
read_texts(struct spdx *s, const struct json_value *v,
    struct vexlog_observation *claim)
{
	struct reader *r = s->r;

	claim->impact_text = reader_text(
	    r, json_get_text(v, member(v, "security_impactStatement")));
	claim->action_text = reader_text(
	    r, json_get_text(v, member(v, "security_actionStatement")));
	if (claim->status == VEXLOG_NOT_AFFECTED &&
	    claim->source_justification == NULL && claim->impact_text == NULL)
		reader_note(r, "SPDX doesNotAffect", NULL, NULL,
		    "neither a justification nor an impact statement");
	if (claim->status == VEXLOG_AFFECTED && claim->action_text == NULL)
		reader_note(
		    r, "SPDX affects", NULL, NULL, "no action statement");
}

/* creationInfo may stand in place, or be an id of the graph. */
static const struct json_value *
creation_info(const struct spdx *s, const struct json_value *v)
{
	const struct json_value *info = json_get(v, "creationInfo");

	return json_is(info, JSON_STRING) ? element(s, info->as.text) : info;
}

static void
read_time(struct spdx *s, const struct json_value *v,
    struct vexlog_observation *claim)
{
	static const char *const names[] = {
	    "security_modifiedTime", "security_publishedTime"};
	const char *rule = "SPDX time";
	struct reader *r = s->r;
	int64_t ignored;

	claim->said_at_from = "none";
	for (size_t i = 0; i < 2; i++) {
		bool used = strcmp(claim->said_at_from, "none") == 0;
		if (reader_time(r, rule, v, member(v, names[i]), used,
			used ? &claim->said_at : &ignored) &&
		    used)
			claim->said_at_from = "statement";
	}
	if (strcmp(claim->said_at_from, "statement") == 0)
		return;
	if (reader_time(r, rule, creation_info(s, v), "created", true,
		&claim->said_at)) {
		claim->said_at_from = "document";
		return;
	}
	claim->said_at = 0;
	reader_note(r, rule, NULL, NULL, "the relationship has no time");
}

static void
claim_products(struct spdx *s, const struct json_value *v,
    struct vexlog_observation *claim)
{
	struct reader *r = s->r;
	const struct json_value *to =
	    reader_need(r, "SPDX to", v, "to", JSON_ARRAY);
	const char *name = member(v, "security_assessedElement");
	const struct json_value *assessed = json_get(v, name);
	const struct product *component = NULL;
	size_t index = 0;

	if (json_count(to) == 0) {
		reader_note(r, "SPDX to", NULL, NULL,
		    "no products, so nothing is claimed");
		return;
	}
	if (assessed != NULL &&
	    (component = find_product(s, assessed, name)) == NULL)
		return;
	reader_enter(r, "to");
	for (const struct json_value *id = json_first(to);
	     id != json_end(to) && r->failed == 0; id = json_next(id)) {
		reader_enter_index(r, index++);
		const struct product *p = find_product(s, id, NULL);
		/* an element may be assessed in itself */
		if (p != NULL && component != NULL && p->key != component->key)
			p = product_pair(r, p, component);
		if (p != NULL) {
			claim->product = p->key;
			claim->product_text = p->text;
			reader_claim(r, claim, p->key, "SPDX contradiction");
		}
		reader_leave(r);
	}
	reader_leave(r);
}

static void
read_relationship(struct spdx *s, const struct json_value *v)
{
	struct vexlog_observation claim = {0};
	struct reader *r = s->r;
	const char *withdrawn = member(v, "security_withdrawnTime");

	if (json_get(v, withdrawn) != NULL) {
		reader_note(r, "SPDX withdrawnTime", withdrawn,
		    json_get(v, withdrawn),
		    "withdrawn at %s, so nothing is claimed",
		    reader_show(r, json_get(v, withdrawn)));
		return;
	}
	bool clear = read_status(s, v, &claim);
	clear = read_justification(s, v, &claim) && clear;
	if (!clear)
		return;
	read_vulnerability(s, v, &claim);
	read_texts(s, v, &claim);
	read_time(s, v, &claim);
	claim_products(s, v, &claim);
}

/* ---- the graph --------------------------------------------------------- */

static void
put(struct spdx *s, struct map *map, const char *id, const struct json_value *v)
{
	struct reader *r = s->r;
	size_t found;

	if (id == NULL || r->failed != 0)
		return;
	int rc =
	    map_put(map, id, strlen(id), (size_t)(uintptr_t)v, &found, r->err);
	if (rc < 0)
		r->failed = rc;
	if (rc == 1 && map == &s->elements)
		reader_refuse(r, "SPDX spdxId", NULL, NULL,
		    "\"%.120s\" is the id of two elements", id);
}

static void
read_imports(struct spdx *s, const struct json_value *document)
{
	const struct json_value *list = json_get(document, "import");

	if (!json_is(list, JSON_ARRAY))
		return;
	for (const struct json_value *one = json_first(list);
	     one != json_end(list); one = json_next(one))
		put(s, &s->imported, json_get_text(one, "externalSpdxId"), one);
}

static bool
is_vex(const char *type)
{
	return type != NULL && text_starts(type, "security_Vex");
}

/* Everything by its id; the document itself, or NULL; how many claims. */
static const struct json_value *
read_elements(struct spdx *s, size_t *claims)
{
	const struct json_value *document = NULL;
	struct reader *r = s->r;
	size_t index = 0;

	*claims = 0;
	for (const struct json_value *v = json_first(s->graph);
	     v != json_end(s->graph) && r->failed == 0; v = json_next(v)) {
		const char *type = json_get_text(v, "type");
		const char *id = json_get_text(v, "spdxId");
		reader_enter_index(r, index++);
		if (type == NULL)
			reader_note(r, "SPDX type", NULL, v, "%s has no type",
			    reader_show(r, v));
		put(s, &s->elements, id != NULL ? id : json_get_text(v, "@id"),
		    v);
		if (text_same(type, "SpdxDocument")) {
			document = v;
			read_imports(s, v);
		}
		if (is_vex(type))
			*claims += json_count(json_get(v, "to"));
		reader_leave(r);
	}
	return document;
}

/* Who made the document: the first of createdBy. */
static void
read_provider(struct spdx *s, const struct json_value *document)
{
	const struct json_value *info = creation_info(s, document);
	const struct json_value *agent =
	    element(s, first_text(json_get(info, "createdBy")));
	const char *version = json_get_text(info, "specVersion");

	s->r->format_version = version == NULL ? "3" : version;
	reader_provider(s->r, json_get_text(agent, "name"), NULL);
}

static void
read_spdx(struct reader *r, const struct json_value *root)
{
	struct spdx s = {.r = r};
	const struct json_value *document;
	size_t claims = 0, index = 0;

	r->shares_keys = true;
	if (!recognise(root)) {
		reader_refuse(r, "SPDX @context", NULL, NULL,
		    "the context is not " CONTEXT "…");
		return;
	}
	s.graph = reader_need(r, "SPDX @graph", root, "@graph", JSON_ARRAY);
	if (s.graph == NULL)
		return;
	map_open(&s.elements, r->arena);
	map_open(&s.imported, r->arena);
	map_open(&s.products, r->arena);
	reader_enter(r, "@graph");
	document = read_elements(&s, &claims);
	if (document == NULL)
		reader_note(r, "SPDX SpdxDocument", NULL, NULL,
		    "the graph has no SpdxDocument");
	read_provider(&s, document);
	reader_expect(r, claims);
	for (const struct json_value *v = json_first(s.graph);
	     v != json_end(s.graph) && r->failed == 0; v = json_next(v)) {
		reader_enter_index(r, index++);
		if (is_vex(json_get_text(v, "type")))
			read_relationship(&s, v);
		reader_leave(r);
	}
	reader_leave(r);
}

const struct format_ops spdx_format = {"spdx", recognise, read_spdx};
