/*
 * openvex.c - OpenVEX 0.2.0 and its predecessor 0.0.1.
 *
 * Each value is read by the shape it has, so that a document which announces
 * one version and is written as the other (both are found in practice) is
 * read alike, with a finding. A statement makes one claim for each product,
 * or for each subcomponent of it; in 0.0.1 the subcomponents stand beside the
 * products and belong to all of them.
 */
#include "vex/openvex.h"
#include "base/text.h"
#include "base/time.h"
#include "vex/attestation.h"
#include "vex/format.h"
#include "vex/status.h"
#include "vex/unique.h"

#define CONTEXT     "https://openvex.dev/ns"
#define NAMES(list) list, sizeof(list) / sizeof((list)[0])

/* A statement that is being read, and the claim it makes. */
struct statement {
	struct openvex *doc;
	const struct json_value *value;
	struct vexlog_observation claim;
};

static bool
recognise(const struct json_value *root)
{
	const char *context = json_get_text(root, "@context");

	return context != NULL && text_starts(context, CONTEXT);
}

/* ---- one statement ----------------------------------------------------- */

static void
read_vulnerability(struct statement *s)
{
	static const char *const names[] = {
	    "@id", "name", "description", "aliases"};
	const char *rule = "OpenVEX vulnerability";
	struct reader *r = s->doc->r;
	const struct json_value *v = json_get(s->value, "vulnerability");
	const char *name;

	if (v == NULL) {
		reader_note(r, rule, NULL, NULL,
		    "\"vulnerability\" is missing, the statement claims "
		    "nothing");
		return;
	}
	if (json_is(v, JSON_STRING)) {
		if (!s->doc->old)
			reader_note(r, rule, "vulnerability", v,
			    "%s is a text, in 0.2.0 a vulnerability is an "
			    "object",
			    reader_show(r, v));
		s->claim.vulnerability =
		    reader_vulnerability(r, v->as.text, "vulnerability");
	} else if (json_is(v, JSON_OBJECT)) {
		if (s->doc->old)
			reader_note(r, rule, "vulnerability", v,
			    "an object, in 0.0.1 a vulnerability is a text");
		reader_enter(r, "vulnerability");
		reader_members(r, rule, v, NAMES(names));
		name = reader_need_text(r, rule, v, "name");
		/* tools match by it, and it names the same thing */
		if (name == NULL)
			name = reader_want_text(r, rule, v, "@id");
		s->claim.vulnerability = reader_vulnerability(r, name, NULL);
		reader_leave(r);
	}
	if (s->claim.vulnerability == NULL)
		reader_note(r, rule, "vulnerability", v,
		    "%s names no vulnerability, the statement claims nothing",
		    reader_show(r, v));
}

static void
read_aliases(struct statement *s)
{
	const char *rule = "OpenVEX vulnerability";
	struct reader *r = s->doc->r;
	const struct json_value *v = json_get(s->value, "vulnerability");
	const struct json_value *list, *item;
	const char **names;
	size_t count = 0;

	if (!json_is(v, JSON_OBJECT) || s->claim.vulnerability == NULL ||
	    r->failed != 0)
		return;
	reader_enter(r, "vulnerability");
	list = reader_want(r, rule, v, "aliases", JSON_ARRAY);
	if (json_count(list) > 0) {
		names = arena_list(
		    r->arena, json_count(list), sizeof(*names), r->err);
		if (names == NULL) {
			r->failed = r->err->code;
			return;
		}
		for (item = json_first(list); item != json_end(list);
		     item = json_next(item)) {
			if (json_is(item, JSON_STRING))
				names[count++] = item->as.text;
			else
				reader_note(r, rule, "aliases", item,
				    "%s is no alias", reader_show(r, item));
		}
		s->claim.aliases =
		    reader_aliases(r, s->claim.vulnerability, names, count);
	}
	reader_leave(r);
}

/* False: what it says cannot be read, the statement claims nothing. */
static bool
read_status(struct statement *s)
{
	const struct justification_word *reason;
	const struct status_word *status;
	const struct json_value *v = json_get(s->value, "status");
	const char *text = json_get_text(s->value, "status");
	struct reader *r = s->doc->r;
	char words[512];

	status = text == NULL ? NULL : status_map("openvex", text);
	if (status == NULL) {
		status_list(words, sizeof(words), "openvex");
		reader_refuse(r, "OpenVEX status", v == NULL ? NULL : "status",
		    v, "%s is no status; there are %s", reader_show(r, v),
		    words);
		return false;
	}
	s->claim.status = status->status;
	s->claim.source_status = text;
	v = json_get(s->value, "justification");
	if (v == NULL)
		return true;
	reason = json_is(v, JSON_STRING)
	    ? justification_map("openvex", v->as.text)
	    : NULL;
	if (reason == NULL) {
		justification_list(words, sizeof(words), "openvex");
		reader_refuse(r, "OpenVEX justification", "justification", v,
		    "%s is no justification; there are %s", reader_show(r, v),
		    words);
		return false;
	}
	s->claim.justification = reason->token;
	s->claim.source_justification = v->as.text;
	return true;
}

/* What each status must and must not have beside it. */
static void
check_status(struct statement *s)
{
	struct reader *r = s->doc->r;
	const struct vexlog_observation *o = &s->claim;
	const char *word = o->source_status;

	if (o->status == VEXLOG_NOT_AFFECTED) {
		if (o->source_justification == NULL && o->impact_text == NULL)
			reader_note(r, "OpenVEX not_affected", NULL, NULL,
			    "not_affected with neither \"justification\" nor "
			    "\"impact_statement\"");
	} else {
		if (o->source_justification != NULL)
			reader_note(r, "OpenVEX justification", "justification",
			    NULL,
			    "\"%s\" is only for not_affected, the status is "
			    "%s",
			    o->source_justification, word);
		if (o->impact_text != NULL)
			reader_note(r, "OpenVEX impact_statement",
			    "impact_statement", NULL,
			    "it is only for not_affected, the status is %s",
			    word);
	}
	if (o->status == VEXLOG_AFFECTED) {
		if (o->action_text == NULL)
			reader_note(r, "OpenVEX affected", NULL, NULL,
			    "affected without \"action_statement\"");
	} else if (o->action_text != NULL)
		reader_note(r, "OpenVEX action_statement", "action_statement",
		    NULL, "it is only for affected, the status is %s", word);
}

/* The statement's own times come before those of the document. */
static void
read_time(struct statement *s)
{
	const char *rule = "OpenVEX timestamp";
	struct reader *r = s->doc->r;
	int64_t ignored;
	bool later;

	later = reader_time(
	    r, rule, s->value, "last_updated", true, &s->claim.said_at);
	bool stated = reader_time(r, rule, s->value, "timestamp", !later,
	    later ? &ignored : &s->claim.said_at);
	(void)reader_time(
	    r, rule, s->value, "action_statement_timestamp", false, &ignored);
	if (later || stated) {
		s->claim.said_at_from = "statement";
		return;
	}
	s->claim.said_at = s->doc->time;
	s->claim.said_at_from = s->doc->timed ? "document" : "none";
	if (!s->doc->timed)
		reader_note(r, rule, NULL, NULL,
		    "neither the statement nor the document has a time");
}

static void
claim(struct statement *s, const struct product *p)
{
	if (p == NULL)
		return;
	s->claim.product = p->key;
	s->claim.product_text = p->text;
	reader_claim(s->doc->r, &s->claim, p->key, "OpenVEX contradiction");
}

/* One claim for each component in the list, or for the product alone. */
static void
claim_components(struct statement *s, const struct product *p,
    const struct json_value *list, const char *name)
{
	struct reader *r = s->doc->r;
	size_t index = 0;

	if (p == NULL)
		return;
	if (json_count(list) == 0) {
		claim(s, p);
		return;
	}
	reader_enter(r, name);
	for (const struct json_value *v = json_first(list); v != json_end(list);
	     v = json_next(v)) {
		reader_enter_index(r, index++);
		const struct product *c = openvex_product(s->doc, v, true);
		claim(s, product_pair(r, p, c));
		reader_leave(r);
	}
	reader_leave(r);
}

/* Without products it is said of what the attestation is about. */
static void
claim_subjects(struct statement *s)
{
	const struct subjects *subjects = s->doc->r->attested;

	for (size_t i = 0; i < subjects->count; i++)
		claim(s, subjects->list[i]);
}

/* False: the attestation around the document is not about this product. */
static bool
is_attested(
    struct statement *s, const struct product *p, const struct json_value *v)
{
	struct reader *r = s->doc->r;

	if (p == NULL || attestation_has(r, p, json_get(v, "hashes")))
		return true;
	reader_note(r, "OpenVEX subject", NULL, NULL,
	    "\"%.200s\" is no subject of the attestation, nothing is claimed "
	    "of it",
	    p->key);
	return false;
}

static bool
is_new(struct reader *r, struct map *seen, const struct product *p)
{
	size_t found;

	if (p == NULL || r->failed != 0)
		return false;
	int rc = map_put(seen, p->key, strlen(p->key), 0, &found, r->err);
	if (rc < 0)
		r->failed = rc;
	return rc == 0;
}

/* 0.0.1: each product has every subcomponent of the statement. The claim is
 * found at the subcomponent, for each product. */
static void
claim_all_pairs(struct statement *s, const struct json_value *products,
    const struct json_value *components)
{
	struct reader *r = s->doc->r;
	const struct product **list;
	size_t count = 0, index = 0;
	struct map seen;

	map_open(&seen, r->arena);
	list =
	    arena_list(r->arena, json_count(products), sizeof(*list), r->err);
	if (list == NULL) {
		r->failed = r->err->code;
		return;
	}
	reader_enter(r, "products");
	for (const struct json_value *v = json_first(products);
	     v != json_end(products); v = json_next(v)) {
		reader_enter_index(r, index++);
		list[count] = openvex_product(s->doc, v, false);
		/* one product named twice makes no claim twice */
		if (is_attested(s, list[count], v) &&
		    is_new(r, &seen, list[count]))
			count++;
		reader_leave(r);
	}
	reader_leave(r);
	for (size_t i = 0; i < count; i++)
		claim_components(s, list[i], components, "subcomponents");
}

static void
read_products(struct statement *s)
{
	const char *rule = "OpenVEX products";
	struct reader *r = s->doc->r;
	const struct json_value *products =
	    reader_want(r, rule, s->value, "products", JSON_ARRAY);
	const struct json_value *beside = json_get(s->value, "subcomponents");
	size_t index = 0;

	/* of another type: that was told, and says nothing of the subjects */
	if (products == NULL && json_get(s->value, "products") != NULL)
		return;
	if (json_count(products) == 0 && s->doc->r->attested != NULL &&
	    s->doc->r->attested->count > 0) {
		claim_subjects(s);
		return;
	}
	if (json_count(products) == 0) {
		reader_note(r, rule, products == NULL ? NULL : "products", NULL,
		    "no products, the statement claims nothing");
		return;
	}
	if (json_is(beside, JSON_ARRAY) && json_count(beside) > 0) {
		claim_all_pairs(s, products, beside);
		return;
	}
	reader_enter(r, "products");
	for (const struct json_value *v = json_first(products);
	     v != json_end(products); v = json_next(v)) {
		reader_enter_index(r, index++);
		const struct product *p = openvex_product(s->doc, v, false);
		if (!is_attested(s, p, v))
			p = NULL;
		claim_components(s, p,
		    json_is(v, JSON_OBJECT)
			? reader_want(r, rule, v, "subcomponents", JSON_ARRAY)
			: NULL,
		    "subcomponents");
		reader_leave(r);
	}
	reader_leave(r);
}

static void
read_statement(struct openvex *doc, const struct json_value *v)
{
	static const char *const names[] = {"@id", "version", "vulnerability",
	    "timestamp", "last_updated", "products", "status", "supplier",
	    "status_notes", "justification", "impact_statement",
	    "action_statement", "action_statement_timestamp"};
	static const char *const old_names[] = {"vulnerability",
	    "vuln_description", "timestamp", "products", "subcomponents",
	    "status", "status_notes", "justification", "impact_statement",
	    "action_statement", "action_statement_timestamp"};
	const char *rule = "OpenVEX statement";
	struct reader *r = doc->r;
	struct statement s = {.doc = doc, .value = v};
	const char *text;

	if (!json_is(v, JSON_OBJECT)) {
		reader_note(
		    r, rule, NULL, v, "%s is no statement", reader_show(r, v));
		return;
	}
	if (doc->old)
		reader_members(r, rule, v, NAMES(old_names));
	else
		reader_members(r, rule, v, NAMES(names));
	text = reader_want_text(r, rule, v, "impact_statement");
	s.claim.impact_text = reader_text(r, text);
	text = reader_want_text(r, rule, v, "action_statement");
	s.claim.action_text = reader_text(r, text);
	read_vulnerability(&s);
	read_aliases(&s);
	bool clear = read_status(&s);
	read_time(&s);
	if (clear)
		check_status(&s);
	else
		s.claim.vulnerability = NULL; /* claims nothing */
	read_products(&s);
}

/* ---- the document ------------------------------------------------------ */

/* What read_products takes for a list: anything else counts as none. */
static size_t
list_count(const struct json_value *v)
{
	return json_is(v, JSON_ARRAY) ? json_count(v) : 0;
}

static size_t
count_claims(const struct json_value *statements, size_t subjects)
{
	size_t count = 0;

	for (const struct json_value *s = json_first(statements);
	     s != json_end(statements); s = json_next(s)) {
		const struct json_value *products = json_get(s, "products");
		size_t beside = list_count(json_get(s, "subcomponents"));
		if (list_count(products) == 0) {
			count += subjects;
			continue;
		}
		for (const struct json_value *p = json_first(products);
		     p != json_end(products); p = json_next(p)) {
			size_t own = list_count(json_get(p, "subcomponents"));
			own = beside > 0 ? beside : own;
			count += own > 0 ? own : 1;
		}
	}
	return count;
}

static void
read_statements(struct openvex *doc)
{
	const char *rule = "OpenVEX statements";
	struct reader *r = doc->r;
	const struct json_value *list =
	    reader_need(r, rule, doc->root, "statements", JSON_ARRAY);
	struct unique unique;
	size_t index = 0, first;

	if (list == NULL)
		return;
	if (json_count(list) == 0)
		reader_note(r, rule, "statements", NULL, "no statements");
	reader_expect(r,
	    count_claims(list, r->attested == NULL ? 0 : r->attested->count));
	unique_open(&unique, r, json_count(list));
	reader_enter(r, "statements");
	for (const struct json_value *v = json_first(list);
	     v != json_end(list) && r->failed == 0; v = json_next(v), index++) {
		reader_enter_index(r, index);
		if (unique_again(&unique, v, index, &first))
			reader_note(r, rule, NULL, NULL,
			    "the same statement as /statements/%zu", first);
		read_statement(doc, v);
		reader_leave(r);
	}
	reader_leave(r);
}

static void
read_version(struct openvex *doc)
{
	const char *rule = "OpenVEX version";
	struct reader *r = doc->r;
	const struct json_value *v = json_get(doc->root, "version");
	int64_t number = 0;
	bool good;

	if (v == NULL) {
		reader_note(r, rule, NULL, NULL, "\"version\" is missing");
		return;
	}
	if (doc->old)
		good = json_is(v, JSON_STRING) &&
		    text_integer(&number, v->as.text);
	else
		good = json_integer_of(v, &number);
	if (!good || number < 1)
		reader_note(r, rule, "version", v,
		    "%s is no version; %s of 1 and above are",
		    reader_show(r, v), doc->old ? "texts" : "integers");
}

static void
read_context(struct openvex *doc)
{
	const struct json_value *v = json_get(doc->root, "@context");
	struct reader *r = doc->r;
	const char *rest;

	if (!json_is(v, JSON_STRING) || !text_starts(v->as.text, CONTEXT)) {
		reader_refuse(r, "OpenVEX @context",
		    v == NULL ? NULL : "@context", v, "%s is not " CONTEXT,
		    reader_show(r, v));
		return;
	}
	rest = v->as.text + sizeof(CONTEXT) - 1;
	doc->old = rest[0] == '\0' || strcmp(rest, "/v0.0.1") == 0;
	if (!doc->old && strcmp(rest, "/v0.2.0") != 0)
		reader_refuse(r, "OpenVEX @context", "@context", v,
		    "%s is a version that is not known; v0.0.1 and v0.2.0 "
		    "are",
		    reader_show(r, v));
	r->format_version = doc->old ? "0.0.1" : "0.2.0";
}

/* Go's zero time is none. */
static bool
has_time(const struct json_value *statement, const char *name)
{
	const struct json_value *v = json_get(statement, name);

	return v != NULL && !text_same(json_text(v), "0001-01-01T00:00:00Z");
}

/* Unused where every statement has a time of its own. */
static void
read_document_time(struct openvex *doc)
{
	const struct json_value *list = json_get(doc->root, "statements");
	const char *rule = "OpenVEX timestamp";
	bool used = false;
	int64_t ignored;

	for (const struct json_value *s =
		 json_is(list, JSON_ARRAY) ? json_first(list) : NULL;
	     s != NULL && s != json_end(list) && !used; s = json_next(s))
		used =
		    !has_time(s, "timestamp") && !has_time(s, "last_updated");
	bool later = reader_time(
	    doc->r, rule, doc->root, "last_updated", used, &doc->time);
	bool stated = reader_time(doc->r, rule, doc->root, "timestamp",
	    used && !later, later ? &ignored : &doc->time);
	doc->timed = later || stated;
	if (!doc->timed)
		doc->time = 0;
	if (json_get(doc->root, "timestamp") == NULL)
		reader_note(
		    doc->r, rule, NULL, NULL, "\"timestamp\" is missing");
}

static void
read_openvex(struct reader *r, const struct json_value *root)
{
	static const char *const names[] = {"@context", "@id", "author", "role",
	    "timestamp", "last_updated", "version", "tooling", "statements"};
	const char *rule = "OpenVEX document";
	struct openvex doc = {.r = r, .root = root};

	r->shares_keys = true;
	if (!json_is(root, JSON_OBJECT)) {
		reader_refuse(r, rule, NULL, root, "%s is no document",
		    reader_show(r, root));
		return;
	}
	read_context(&doc);
	reader_members(r, rule, root, NAMES(names));
	if (text_blank(reader_need_text(r, rule, root, "@id")) &&
	    json_get(root, "@id") != NULL)
		reader_note(r, rule, "@id", NULL, "it is blank");
	reader_provider(r, reader_need_text(r, rule, root, "author"), "author");
	attestation_read_subjects(r);
	read_version(&doc);
	read_document_time(&doc);
	read_statements(&doc);
}

const struct format_ops openvex_format = {"openvex", recognise, read_openvex};
