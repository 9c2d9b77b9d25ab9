/*
 * csaf.c - CSAF 2.0 and 2.1: the claims in vulnerabilities[].product_status.
 *
 * Every category of document is read that has product statuses, not only
 * csaf_vex: vendors publish them in security advisories as well. What the
 * standard's tests ask for besides stands in csaf_rules.c.
 */
#include "vex/csaf.h"

#include <strings.h>

#include "base/text.h"
#include "base/time.h"
#include "vex/format.h"
#include "vex/status.h"

static bool
recognise(const struct json_value *root)
{
	const struct json_value *document = json_get(root, "document");

	return json_is(document, JSON_OBJECT) &&
	    (json_get(document, "csaf_version") != NULL ||
		json_is(json_get(document, "tracking"), JSON_OBJECT));
}

/* ---- what is said beside the statuses ---------------------------------- */

/* The product's marks of this vulnerability, empty at first. */
static struct csaf_marks *
marks_of(struct csaf *c, struct csaf_product *p)
{
	if (p->marks.vulnerability != c->number)
		p->marks = (struct csaf_marks){.vulnerability = c->number};
	return &p->marks;
}

static void
mark_flag(struct csaf *c, struct csaf_product *p, const struct json_value *flag)
{
	struct csaf_marks *m = marks_of(c, p);

	/* one product named twice by one flag is not two flags */
	if (m->flag == flag)
		return;
	if (m->flags++ == 0)
		m->flag = flag;
	else
		reader_note(c->r, "CSAF 6.1.33", NULL, NULL,
		    "product \"%.120s\" has more than one flag; the first "
		    "counts",
		    p->id);
}

/* A label nobody knows is no justification, but it is a flag. */
static void
mark_unreadable(
    struct csaf *c, struct csaf_product *p, const struct json_value *flag)
{
	(void)flag;
	marks_of(c, p)->flags++;
}

static void
mark_threat(
    struct csaf *c, struct csaf_product *p, const struct json_value *threat)
{
	struct csaf_marks *m = marks_of(c, p);

	m->impacted = true;
	if (m->impact == NULL)
		m->impact = reader_text(c->r, json_get_text(threat, "details"));
}

static void
mark_remediation(struct csaf *c, struct csaf_product *p,
    const struct json_value *remediation)
{
	struct csaf_marks *m = marks_of(c, p);

	m->remediated = true;
	csaf_mark_remedy(c, p, m, json_get_text(remediation, "category"));
	if (m->action == NULL)
		m->action =
		    reader_text(c->r, json_get_text(remediation, "details"));
}

void
csaf_mark_nothing(
    struct csaf *c, struct csaf_product *p, const struct json_value *object)
{
	(void)c;
	(void)p;
	(void)object;
}

/* False: a label that is not in the table; the document is refused. */
static bool
known_label(struct csaf *c, const struct json_value *flag)
{
	const struct json_value *label = json_get(flag, "label");
	char words[512];

	if (json_is(label, JSON_STRING) &&
	    justification_map("csaf", label->as.text) != NULL)
		return true;
	justification_list(words, sizeof(words), "csaf");
	reader_refuse(c->r, "CSAF flag label", label == NULL ? NULL : "label",
	    label, "%s is no label of a flag; there are %s",
	    reader_show(c->r, label), words);
	return false;
}

static void
read_marks(struct csaf *c, const struct json_value *v)
{
	static const struct {
		const char *name, *no_product;
	} lists[] = {
	    {"flags", "CSAF 6.1.32"},
	    {"threats", NULL},
	    {"remediations", "CSAF 6.1.29"},
	};
	struct reader *r = c->r;

	for (size_t k = 0; k < 3; k++) {
		const struct json_value *list = reader_want(
		    r, "CSAF vulnerability", v, lists[k].name, JSON_ARRAY);
		size_t index = 0;
		if (list == NULL)
			continue;
		reader_enter(r, lists[k].name);
		for (const struct json_value *one = json_first(list);
		     one != json_end(list) && r->failed == 0;
		     one = json_next(one)) {
			reader_enter_index(r, index++);
			bool impact =
			    text_same(json_get_text(one, "category"), "impact");
			size_t named;
			if (k == 0)
				named = csaf_each_product(c, one,
				    known_label(c, one) ? mark_flag
							: mark_unreadable);
			else if (k == 1)
				named = csaf_each_product(c, one,
				    impact ? mark_threat : csaf_mark_nothing);
			else
				named =
				    csaf_each_product(c, one, mark_remediation);
			if (named == 0 && lists[k].no_product != NULL)
				reader_note(r, lists[k].no_product, NULL, NULL,
				    "it names neither a product nor a group");
			reader_leave(r);
		}
		reader_leave(r);
	}
}

/* ---- the vulnerability's names ----------------------------------------- */

/* An id that means the same everywhere. Others, such as the numbers of a bug
 * tracker, name other things elsewhere, or several vulnerabilities at once;
 * as aliases they would join what is not one. */
static bool
is_global_id(const char *text)
{
	static const char *const schemes[] = {"CVE-", "GHSA-", "EUVD-", "OSV-",
	    "GSD-", "PYSEC-", "RUSTSEC-", "GO-20", "CNVD-", "CNNVD-", "JVNDB-",
	    "SNYK-", "BDU:"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncasecmp(text, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

static void
mark_name(struct csaf *c, struct csaf_product *p, const struct json_value *id)
{
	struct csaf_marks *m = marks_of(c, p);

	if (m->name == NULL)
		m->name =
		    reader_vulnerability(c->r, json_get_text(id, "text"), NULL);
}

static void
read_names(struct csaf *c, const struct json_value *v,
    struct vexlog_observation *claim)
{
	struct reader *r = c->r;
	const struct json_value *ids =
	    reader_want(r, "CSAF ids", v, "ids", JSON_ARRAY);
	const char *cve = reader_want_text(r, "CSAF cve", v, "cve");
	const char **names;
	size_t count = 0, index = 0;

	c->named_apart = false;
	names =
	    arena_list(r->arena, json_count(ids) + 1, sizeof(*names), r->err);
	if (names == NULL) {
		r->failed = r->err->code;
		return;
	}
	claim->vulnerability = reader_vulnerability(r, cve, "cve");
	if (ids != NULL) {
		reader_enter(r, "ids");
		for (const struct json_value *id = json_first(ids);
		     id != json_end(ids); id = json_next(id)) {
			reader_enter_index(r, index++);
			(void)reader_need_text(
			    r, "CSAF ids", id, "system_name");
			const char *text =
			    reader_need_text(r, "CSAF ids", id, "text");
			/* CSAF 2.1: an id of some products only cannot stand
			 * for the vulnerability in the others */
			bool of_some = csaf_each_product(c, id, mark_name) > 0;
			c->named_apart |= of_some;
			if (claim->vulnerability == NULL && !of_some)
				claim->vulnerability =
				    reader_vulnerability(r, text, "text");
			if (text != NULL && !of_some && is_global_id(text))
				names[count++] = text;
			reader_leave(r);
		}
		reader_leave(r);
	}
	if (claim->vulnerability == NULL && !c->named_apart &&
	    json_get(v, "product_status") != NULL)
		reader_note(r, "CSAF vulnerability", NULL, NULL,
		    "neither \"cve\" nor an id, it claims nothing");
	if (claim->vulnerability != NULL)
		claim->aliases =
		    reader_aliases(r, claim->vulnerability, names, count);
}

/* ---- the claims -------------------------------------------------------- */

/* Other statuses under one key: verdicts are about keys, so the less safe of
 * them will count for both products. */
static void
compare_twins(struct csaf *c, struct csaf_product *p,
    const struct json_value *id, const struct vexlog_observation *claim)
{
	struct csaf_marks *m = marks_of(c, &c->products[p->twin]);
	const char *word = vexlog_status_name(claim->status);

	if (m->status == NULL) {
		m->status = word;
		m->id = p->id;
	} else if (strcmp(m->id, p->id) != 0 && strcmp(m->status, word) != 0)
		reader_note(c->r, "CSAF product key", NULL, id,
		    "%s is %s here, and \"%.120s\" %s; both are identified as "
		    "%.160s",
		    reader_show(c->r, id), word, m->id, m->status,
		    claim->product);
}

/* A vulnerability without a name makes no claims that could be compared, yet
 * its statuses may contradict each other. */
static void
compare_unnamed(struct csaf *c, struct csaf_marks *m,
    const struct json_value *id, const struct vexlog_observation *claim)
{
	const char *word = vexlog_status_name(claim->status);

	if (claim->vulnerability != NULL)
		return;
	if (m->stated == NULL)
		m->stated = word;
	else if (strcmp(m->stated, word) != 0)
		reader_refuse(c->r, "CSAF 6.1.6", NULL, id,
		    "\"%s\" for product %s contradicts an earlier status, %s",
		    claim->source_status, reader_show(c->r, id), m->stated);
}

/* The vulnerability has no name of its own: this product's is what counts. */
static void
name_apart(struct csaf *c, const struct csaf_marks *m,
    const struct json_value *id, struct vexlog_observation *claim)
{
	claim->vulnerability = m->name;
	claim->aliases = "[]";
	if (m->name == NULL)
		reader_note(c->r,
		    c->vex ? "CSAF 6.1.27.8" : "CSAF vulnerability", NULL, id,
		    "no \"cve\" and no id is of the product %s, of which it "
		    "claims nothing",
		    reader_show(c->r, id));
}

static void
claim_product(struct csaf *c, const struct json_value *id,
    struct vexlog_observation *claim)
{
	const struct justification_word *reason;
	struct csaf_product *p = csaf_product(c, id);
	struct reader *r = c->r;

	if (p == NULL)
		return;
	if (p->product == NULL) {
		reader_refuse(r, "CSAF 6.1.3", NULL, id,
		    "the product %s cannot be resolved", reader_show(r, id));
		return;
	}
	struct csaf_marks *m = marks_of(c, p);
	if (text_same(m->listed, claim->source_status))
		reader_note(r, "CSAF product_status", NULL, id,
		    "the list names the product %s twice", reader_show(r, id));
	m->listed = claim->source_status;
	if (m->unknown)
		reader_refuse(r, "CSAF 6.1.6", NULL, id,
		    "\"%s\" for product %s contradicts \"unknown\"",
		    claim->source_status, reader_show(r, id));
	claim->product = p->product->key;
	claim->product_text = p->product->text;
	claim->source_justification =
	    m->flag == NULL ? NULL : json_get_text(m->flag, "label");
	reason = claim->source_justification == NULL
	    ? NULL
	    : justification_map("csaf", claim->source_justification);
	claim->justification = reason == NULL ? NULL : reason->token;
	claim->impact_text = m->impact;
	claim->action_text = m->action;
	if (c->vex && strcmp(claim->source_status, "known_not_affected") == 0 &&
	    m->flags == 0 && !m->impacted)
		reader_note(r, "CSAF 6.1.27.9", NULL, id,
		    "the product %s is known_not_affected with neither a "
		    "flag nor a threat of category impact",
		    reader_show(r, id));
	if (strcmp(claim->source_status, "known_affected") == 0 &&
	    !m->remediated)
		reader_note(r, c->vex ? "CSAF 6.1.27.10" : "CSAF 6.2.2", NULL,
		    id,
		    "the product %s is known_affected without a "
		    "remediation",
		    reader_show(r, id));
	csaf_check_remedies(c, m, id, claim);
	const char *whole = claim->vulnerability;
	if (whole == NULL && c->named_apart)
		name_apart(c, m, id, claim);
	compare_unnamed(c, m, id, claim);
	compare_twins(c, p, id, claim);
	reader_claim(r, claim, p, "CSAF 6.1.6");
	claim->vulnerability = whole;
}

/* Whose key is "unknown": not known and not looked into, since 2.1. */
static void
mark_unknown(struct csaf *c, const struct json_value *list)
{
	for (const struct json_value *id = json_first(list);
	     id != json_end(list); id = json_next(id)) {
		struct csaf_product *p = csaf_find(c, json_text(id));
		if (p != NULL)
			marks_of(c, p)->unknown = true;
	}
}

static void
read_statuses(struct csaf *c, const struct json_value *statuses,
    struct vexlog_observation *claim)
{
	const struct json_value *unknown = json_get(statuses, "unknown");
	struct reader *r = c->r;
	char words[512];

	if (c->newer && json_is(unknown, JSON_ARRAY))
		mark_unknown(c, unknown);
	for (const struct json_value *n = json_first(statuses);
	     n != json_end(statuses) && r->failed == 0; n = json_next(n + 1)) {
		const struct json_value *list = n + 1;
		const struct status_word *status =
		    status_map("csaf", n->as.text);
		size_t index = 0;
		if (status == NULL || (list == unknown && !c->newer)) {
			status_list(words, sizeof(words), "csaf");
			reader_refuse(r, "CSAF product_status", n->as.text, n,
			    "%s is no status; there are %s", reader_show(r, n),
			    words);
			continue;
		}
		if (!json_is(list, JSON_ARRAY)) {
			reader_refuse(r, "CSAF product_status", n->as.text,
			    list, "%s is no list of products",
			    reader_show(r, list));
			continue;
		}
		if (json_count(list) == 0)
			reader_note(r, "CSAF product_status", n->as.text, list,
			    "the list is empty, nothing is claimed");
		claim->status = status->status;
		claim->source_status = status->word;
		reader_enter(r, status->word);
		for (const struct json_value *id = json_first(list);
		     id != json_end(list) && r->failed == 0;
		     id = json_next(id)) {
			reader_enter_index(r, index++);
			if (status->claims)
				claim_product(c, id, claim);
			else
				(void)csaf_product(c, id);
			reader_leave(r);
		}
		reader_leave(r);
	}
}

static void
read_vulnerability(struct csaf *c, const struct json_value *v)
{
	struct vexlog_observation claim = {
	    .said_at = c->time, .said_at_from = c->timed ? "document" : "none"};
	struct reader *r = c->r;
	const struct json_value *statuses;

	c->number++;
	if (!json_is(v, JSON_OBJECT)) {
		reader_note(r, "CSAF vulnerability", NULL, v,
		    "%s is no vulnerability", reader_show(r, v));
		return;
	}
	read_names(c, v, &claim);
	read_marks(c, v);
	csaf_check_vulnerability(c, v);
	statuses = reader_want(
	    r, "CSAF product_status", v, "product_status", JSON_OBJECT);
	if (statuses == NULL)
		return;
	if (!c->timed && json_count(statuses) > 0)
		reader_note(r, "CSAF current_release_date", NULL, NULL,
		    "the document has no current_release_date, its claims "
		    "have no time");
	reader_enter(r, "product_status");
	read_statuses(c, statuses, &claim);
	reader_leave(r);
}

static size_t
count_claims(const struct json_value *list)
{
	size_t count = 0;

	for (const struct json_value *v = json_first(list); v != json_end(list);
	     v = json_next(v)) {
		const struct json_value *s = json_get(v, "product_status");
		if (!json_is(s, JSON_OBJECT))
			continue;
		for (const struct json_value *n = json_first(s);
		     n != json_end(s); n = json_next(n + 1))
			count += json_count(n + 1);
	}
	return count;
}

static void
read_vulnerabilities(struct csaf *c)
{
	struct reader *r = c->r;
	const struct json_value *list = reader_want(
	    r, "CSAF vulnerabilities", c->root, "vulnerabilities", JSON_ARRAY);
	size_t index = 0;

	if (list == NULL)
		return;
	reader_expect(r, count_claims(list));
	reader_enter(r, "vulnerabilities");
	for (const struct json_value *v = json_first(list);
	     v != json_end(list) && r->failed == 0; v = json_next(v)) {
		reader_enter_index(r, index++);
		read_vulnerability(c, v);
		reader_leave(r);
	}
	reader_leave(r);
}

/* ---- the document ------------------------------------------------------ */

static void
read_version(struct csaf *c)
{
	const struct json_value *v = json_get(c->document, "csaf_version");
	struct reader *r = c->r;

	r->format_version = "2.0";
	if (v == NULL) {
		reader_note(r, "CSAF csaf_version", "document", NULL,
		    "\"csaf_version\" is missing, it is read as 2.0");
		return;
	}
	c->newer = text_same(json_text(v), "2.1");
	if (c->newer)
		r->format_version = "2.1";
	else if (!text_same(json_text(v), "2.0")) {
		reader_enter(r, "document");
		reader_refuse(r, "CSAF csaf_version", "csaf_version", v,
		    "%s is a version that is not known; 2.0 and 2.1 are",
		    reader_show(r, v));
		reader_leave(r);
	}
}

static void
read_document(struct csaf *c)
{
	struct reader *r = c->r;
	const struct json_value *publisher, *tracking;
	const char *namespace = NULL;

	c->vex = text_same(json_get_text(c->document, "category"), "csaf_vex");
	publisher = json_get(c->document, "publisher");
	tracking = json_get(c->document, "tracking");
	reader_enter(r, "document");
	if (json_is(publisher, JSON_OBJECT)) {
		reader_enter(r, "publisher");
		namespace = json_get_text(publisher, "namespace");
		reader_provider(r, namespace, "namespace");
		reader_leave(r);
	} else
		reader_provider(r, NULL, NULL);
	if (json_is(tracking, JSON_OBJECT)) {
		reader_enter(r, "tracking");
		c->timed = reader_time(r,
		    c->newer ? "CSAF 6.1.37" : "CSAF current_release_date",
		    tracking, "current_release_date",
		    json_get(c->root, "vulnerabilities") != NULL, &c->time);
		if (c->newer && c->timed)
			csaf_check_time(c, tracking, "current_release_date");
		reader_leave(r);
	}
	reader_leave(r);
	if (!c->timed)
		c->time = 0;
}

static void
read_csaf(struct reader *r, const struct json_value *root)
{
	struct csaf c = {.r = r, .root = root};

	c.document = json_get(root, "document");
	if (!json_is(c.document, JSON_OBJECT)) {
		reader_refuse(r, "CSAF document", NULL, c.document,
		    "%s is no document", reader_show(r, c.document));
		return;
	}
	map_open(&c.cves, r->arena);
	read_version(&c);
	read_document(&c);
	csaf_check_document(&c);
	csaf_read_tree(&c);
	if (c.newer) {
		reader_enter(r, "document");
		csaf_check_named(&c, c.document, "notes");
		reader_leave(r);
	}
	read_vulnerabilities(&c);
}

const struct format_ops csaf_format = {"csaf", recognise, read_csaf};
