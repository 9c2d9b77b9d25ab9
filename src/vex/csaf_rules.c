/*
 * csaf_rules.c - rules of CSAF that make no claim and unmake none: what the
 * schema requires of the document.
 */
#include "base/text.h"
#include "base/time.h"
#include "vex/csaf.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static bool
one_of(const char *text, const char *const *names, size_t count)
{
	for (size_t i = 0; text != NULL && i < count; i++)
		if (strcmp(names[i], text) == 0)
			return true;
	return false;
}

/* Notes a text that is there and none of the words. */
static void
check_word(struct csaf *c, const char *rule, const struct json_value *object,
    const char *name, const char *const *words, size_t count)
{
	const struct json_value *v = json_get(object, name);

	if (v != NULL && !one_of(json_text(v), words, count))
		reader_note(c->r, rule, name, v, "%s is no %s",
		    reader_show(c->r, v), name);
}

/* ---- the category ------------------------------------------------------ */

static const char *const profiles[] = {"csaf_base", "csaf_vex",
    "csaf_security_advisory", "csaf_informational_advisory",
    "csaf_security_incident_response", "csaf_withdrawn", "csaf_superseded",
    "csaf_deprecated_security_advisory"};

/* The length of a dash, underscore or white space, 0 for anything else. */
static size_t
gap_size(const char *text)
{
	static const char *const gaps[] = {"-", "_", " ", "\t", "\n", "\r",
	    "\xc2\xa0", "\xc2\xad", "\u0332", "\u2002", "\u2003", "\u2009",
	    "\u200b", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014",
	    "\u2015", "\u202f", "\u2212", "\u3000", "\ufe63", "\uff0d",
	    "\uff3f"};

	for (size_t i = 0; i < COUNT(gaps); i++)
		if (text_starts(text, gaps[i]))
			return strlen(gaps[i]);
	return 0;
}

/* Without dashes, underscores and white space, in lower case. */
static void
squeeze(char *out, size_t size, const char *text)
{
	size_t n = 0, gap;

	for (; *text != '\0' && n + 1 < size; text++) {
		char c = *text;
		if ((gap = gap_size(text)) > 0) {
			text += gap - 1;
			continue;
		}
		out[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	out[n] = '\0';
}

/* A category of one's own may not look like a profile: "CSAF VEX". */
static void
check_category(struct csaf *c, const char *category)
{
	char ours[64], theirs[64];

	if (one_of(category, profiles, COUNT(profiles)))
		return;
	squeeze(ours, sizeof(ours), category);
	for (size_t i = 1; i < COUNT(profiles); i++) {
		squeeze(theirs, sizeof(theirs), profiles[i]);
		if (strcmp(ours, theirs) != 0 && strcmp(ours, theirs + 4) != 0)
			continue;
		reader_note(c->r, "CSAF 6.1.26", "category",
		    json_get(c->document, "category"),
		    "\"%.80s\" looks like the profile %s and is not", category,
		    profiles[i]);
	}
	if (text_starts(category, "csaf_"))
		reader_note(c->r, "CSAF 6.1.26", "category",
		    json_get(c->document, "category"),
		    "\"%.80s\" begins with \"csaf_\" and is no profile",
		    category);
}

/* ---- the document ------------------------------------------------------ */

static void
check_publisher(struct csaf *c)
{
	static const char *const kinds[] = {"coordinator", "discoverer",
	    "other", "translator", "user", "vendor", "multiplier"};
	const char *rule = "CSAF publisher";
	struct reader *r = c->r;
	const struct json_value *publisher =
	    reader_need(r, rule, c->document, "publisher", JSON_OBJECT);

	if (publisher == NULL)
		return;
	reader_enter(r, "publisher");
	(void)reader_need_text(r, rule, publisher, "name");
	(void)reader_need_text(r, rule, publisher, "namespace");
	(void)reader_need_text(r, rule, publisher, "category");
	check_word(c, rule, publisher, "category", kinds,
	    c->newer ? COUNT(kinds) : COUNT(kinds) - 1);
	reader_leave(r);
}

static void
check_tracking(struct csaf *c)
{
	static const char *const states[] = {"draft", "final", "interim"};
	const char *rule = "CSAF tracking";
	struct reader *r = c->r;
	const struct json_value *tracking =
	    reader_need(r, rule, c->document, "tracking", JSON_OBJECT);
	int64_t ignored;

	if (tracking == NULL)
		return;
	reader_enter(r, "tracking");
	(void)reader_need_text(r, rule, tracking, "id");
	(void)reader_need_text(r, rule, tracking, "status");
	check_word(c, rule, tracking, "status", states, COUNT(states));
	if (json_get(tracking, "current_release_date") == NULL)
		reader_note(
		    r, rule, NULL, NULL, "\"current_release_date\" is missing");
	if (json_get(tracking, "initial_release_date") == NULL)
		reader_note(
		    r, rule, NULL, NULL, "\"initial_release_date\" is missing");
	if (c->newer) {
		csaf_check_time(c, tracking, "initial_release_date");
		reader_enter(r, "generator");
		csaf_check_time(c, json_get(tracking, "generator"), "date");
		reader_leave(r);
	} else
		(void)reader_time(
		    r, rule, tracking, "initial_release_date", false, &ignored);
	csaf_check_history(c, tracking);
	reader_leave(r);
}

/* CSAF 2.1 made it a duty. */
static void
check_distribution(struct csaf *c)
{
	static const char *const labels[] = {
	    "AMBER", "AMBER+STRICT", "CLEAR", "GREEN", "RED"};
	const char *rule = "CSAF distribution";
	struct reader *r = c->r;
	const struct json_value *in, *tlp;

	if (!c->newer)
		return;
	in = reader_need(r, rule, c->document, "distribution", JSON_OBJECT);
	if (in == NULL)
		return;
	reader_enter(r, "distribution");
	tlp = reader_need(r, rule, in, "tlp", JSON_OBJECT);
	if (tlp != NULL) {
		reader_enter(r, "tlp");
		(void)reader_need_text(r, rule, tlp, "label");
		check_word(c, rule, tlp, "label", labels, COUNT(labels));
		reader_leave(r);
	}
	reader_leave(r);
}

void
csaf_check_document(struct csaf *c)
{
	const char *rule = "CSAF document";
	struct reader *r = c->r;
	const char *category;

	reader_enter(r, "document");
	category = reader_need_text(r, rule, c->document, "category");
	if (category != NULL)
		check_category(c, category);
	(void)reader_need_text(r, rule, c->document, "title");
	check_publisher(c);
	check_tracking(c);
	check_distribution(c);
	reader_leave(r);
	csaf_check_profile(c, category);
}

/* ---- a vulnerability --------------------------------------------------- */

static bool
is_cve(const char *text)
{
	size_t n = 0;

	if (!text_starts(text, "CVE-"))
		return false;
	for (text += 4; n < 4; n++)
		if (text[n] < '0' || text[n] > '9')
			return false;
	if (text[n++] != '-')
		return false;
	size_t digits = strspn(text + n, "0123456789");
	return digits >= 4 && text[n + digits] == '\0';
}

static void
check_cve(struct csaf *c, const struct json_value *v)
{
	const struct json_value *cve = json_get(v, "cve");
	struct reader *r = c->r;
	size_t first;

	if (!json_is(cve, JSON_STRING))
		return;
	if (!is_cve(cve->as.text))
		reader_note(r, "CSAF cve", "cve", cve, "%s is no CVE id",
		    reader_show(r, cve));
	int rc = map_put(
	    &c->cves, cve->as.text, cve->size, c->number - 1, &first, r->err);
	if (rc < 0)
		r->failed = rc;
	if (rc == 1)
		reader_note(r, "CSAF 6.1.23", "cve", cve,
		    "%s is also in /vulnerabilities/%zu", reader_show(r, cve),
		    first);
}

/* Products that have no part in a claim have to be defined too (6.1.1). */
static void
check_products(struct csaf *c, const struct json_value *v, const char *name,
    const char *member)
{
	struct reader *r = c->r;
	const struct json_value *list = json_get(v, name);
	size_t index = 0, k;

	if (!json_is(list, JSON_ARRAY))
		return;
	reader_enter(r, name);
	for (const struct json_value *one = json_first(list);
	     one != json_end(list) && r->failed == 0; one = json_next(one)) {
		const struct json_value *ids = json_get(one, member);
		reader_enter_index(r, index++);
		if (json_is(ids, JSON_ARRAY)) {
			reader_enter(r, member);
			k = 0;
			for (const struct json_value *id = json_first(ids);
			     id != json_end(ids); id = json_next(id)) {
				reader_enter_index(r, k++);
				(void)csaf_product(c, id);
				reader_leave(r);
			}
			reader_leave(r);
		}
		reader_leave(r);
	}
	reader_leave(r);
}

void
csaf_check_named(
    struct csaf *c, const struct json_value *object, const char *name)
{
	const struct json_value *list = json_get(object, name);
	size_t index = 0;

	if (!json_is(list, JSON_ARRAY))
		return;
	reader_enter(c->r, name);
	for (const struct json_value *one = json_first(list);
	     one != json_end(list) && c->r->failed == 0; one = json_next(one)) {
		reader_enter_index(c->r, index++);
		(void)csaf_each_product(c, one, csaf_mark_nothing);
		reader_leave(c->r);
	}
	reader_leave(c->r);
}

/* ---- times (2.1: 6.1.37) ------------------------------------------------- */

/* RFC 3339 with a zone, and with its letters in upper case. */
void
csaf_check_time(
    struct csaf *c, const struct json_value *object, const char *name)
{
	const struct json_value *v = json_get(object, name);
	const char *why = "not a text";
	int64_t ignored;

	if (v == NULL)
		return;
	if (json_is(v, JSON_STRING) && time_read(&ignored, v->as.text, &why)) {
		if (strpbrk(v->as.text, "tz") == NULL)
			return;
		why = "T and Z are upper-case";
	}
	reader_note(c->r, "CSAF 6.1.37", name, v, "\"%s\" is %s: %s", name,
	    reader_show(c->r, v), why);
}

/* In content of a metric, one level further down. */
static void
check_metric_times(struct csaf *c, const struct json_value *metric)
{
	static const char *const names[] = {"epss", "ssvc_v2"};
	const struct json_value *content = json_get(metric, "content");

	reader_enter(c->r, "content");
	for (size_t i = 0; i < COUNT(names); i++) {
		reader_enter(c->r, names[i]);
		csaf_check_time(c, json_get(content, names[i]), "timestamp");
		reader_leave(c->r);
	}
	reader_leave(c->r);
}

static void
check_times(struct csaf *c, const struct json_value *v)
{
	static const char *const lists[] = {"first_known_exploitation_dates",
	    "flags", "involvements", "metrics", "remediations", "threats"};
	struct reader *r = c->r;

	csaf_check_time(c, v, "disclosure_date");
	csaf_check_time(c, v, "discovery_date");
	for (size_t i = 0; i < COUNT(lists); i++) {
		const struct json_value *list = json_get(v, lists[i]);
		size_t index = 0;
		if (!json_is(list, JSON_ARRAY))
			continue;
		reader_enter(r, lists[i]);
		for (const struct json_value *one = json_first(list);
		     one != json_end(list) && r->failed == 0;
		     one = json_next(one)) {
			reader_enter_index(r, index++);
			csaf_check_time(c, one, "date");
			csaf_check_time(c, one, "exploitation_date");
			check_metric_times(c, one);
			reader_leave(r);
		}
		reader_leave(r);
	}
}

void
csaf_check_vulnerability(struct csaf *c, const struct json_value *v)
{
	static const char *const about[] = {
	    "first_known_exploitation_dates", "involvements", "notes"};

	check_cve(c, v);
	check_products(c, v, "scores", "products");
	check_products(c, v, "metrics", "products");
	for (size_t i = 0; c->newer && i < COUNT(about); i++)
		csaf_check_named(c, v, about[i]);
	if (c->newer)
		check_times(c, v);
	csaf_check_profile_of(c, v);
}
