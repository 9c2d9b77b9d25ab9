/*
 * cyclonedx.c - CycloneDX 1.4 to 1.7: the claims in vulnerabilities[].
 *
 * One vulnerability has one analysis, and affects what its refs lead to. A
 * component that states its own version is claimed about as it is; without
 * one, each entry of affects[].versions makes a claim about that version or
 * range. The status of such an entry says which versions hold the vulnerable
 * code, analysis.state what that means here: an entry of status "unknown"
 * makes no claim, nor does one of "unaffected" under a state that speaks of
 * affected ones.
 */
#include "vex/cyclonedx.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "vex/format.h"
#include "vex/status.h"
#include "vex/unique.h"
#include "vex/vers.h"

/* A vulnerability that is being read. */
struct vulnerability {
	struct cyclonedx *c;
	const struct json_value *value, *analysis;
	struct vexlog_observation claim;
};

static bool
recognise(const struct json_value *root)
{
	return json_get(root, "bomFormat") != NULL &&
	    json_get(root, "specVersion") != NULL;
}

/* ---- the analysis ------------------------------------------------------ */

/* False: there is none, or none that can be read; it claims nothing. */
static bool
read_state(struct vulnerability *v)
{
	const struct json_value *state = json_get(v->analysis, "state");
	struct reader *r = v->c->r;
	const struct status_word *status;
	char words[512];

	if (state == NULL)
		return false;
	status = json_is(state, JSON_STRING)
	    ? status_map("cyclonedx", state->as.text)
	    : NULL;
	if (status == NULL) {
		status_list(words, sizeof(words), "cyclonedx");
		reader_refuse(r, "CycloneDX analysis.state", "state", state,
		    "%s is no state; there are %s", reader_show(r, state),
		    words);
		return false;
	}
	v->claim.status = status->status;
	v->claim.source_status = status->word;
	return true;
}

static bool
read_justification(struct vulnerability *v)
{
	const struct json_value *word = json_get(v->analysis, "justification");
	const struct justification_word *reason;
	struct reader *r = v->c->r;
	char words[512];

	if (word == NULL)
		return true;
	reason = json_is(word, JSON_STRING)
	    ? justification_map("cyclonedx", word->as.text)
	    : NULL;
	if (reason == NULL) {
		justification_list(words, sizeof(words), "cyclonedx");
		reader_refuse(r, "CycloneDX analysis.justification",
		    "justification", word,
		    "%s is no justification; there are %s",
		    reader_show(r, word), words);
		return false;
	}
	v->claim.justification = reason->token;
	v->claim.source_justification = reason->word;
	return true;
}

/* "will_not_fix, update": the words of response. */
static const char *
read_response(struct vulnerability *v)
{
	static const char *const known[] = {"can_not_fix", "will_not_fix",
	    "update", "rollback", "workaround_available"};
	const char *rule = "CycloneDX analysis.response";
	struct reader *r = v->c->r;
	const struct json_value *list =
	    reader_want(r, rule, v->analysis, "response", JSON_ARRAY);
	const char *out = NULL;
	struct buffer b;
	size_t index = 0;

	if (json_count(list) == 0 || r->failed != 0)
		return NULL;
	buffer_open(&b, r->arena, TEXT_MAX_BYTES);
	reader_enter(r, "response");
	for (const struct json_value *w = json_first(list); w != json_end(list);
	     w = json_next(w), index++) {
		size_t i = 0;
		while (i < 5 && !text_same(json_text(w), known[i]))
			i++;
		if (i == 5) {
			reader_enter_index(r, index);
			reader_note(r, rule, NULL, w, "%s is no response",
			    reader_show(r, w));
			reader_leave(r);
		} else if (b.size < 1024) {
			buffer_text(&b, b.size == 0 ? "" : ", ");
			buffer_text(&b, known[i]);
		}
	}
	reader_leave(r);
	if (b.size == 0)
		return NULL;
	int rc = buffer_finish_text(&b, &out, r->err);
	if (rc != 0)
		r->failed = rc;
	return out;
}

/* analysis.detail says why something is not affected, and otherwise, where
 * there is nothing better, what to do. */
static void
read_texts(struct vulnerability *v)
{
	const char *rule = "CycloneDX analysis";
	struct reader *r = v->c->r;
	const char *response = read_response(v);
	const char *detail =
	    reader_text(r, reader_want_text(r, rule, v->analysis, "detail"));
	const char *action;

	action = reader_text(r, json_get_text(v->value, "recommendation"));
	if (action == NULL)
		action = reader_text(r, json_get_text(v->value, "workaround"));
	if (v->claim.status == VEXLOG_NOT_AFFECTED)
		v->claim.impact_text = detail;
	else if (action == NULL)
		action = detail;
	v->claim.action_text = action == NULL ? response : action;
}

static void
read_time(struct vulnerability *v)
{
	static const struct {
		bool analysis;
		const char *name;
	} places[] = {{true, "lastUpdated"}, {true, "firstIssued"},
	    {false, "updated"}, {false, "published"}, {false, "created"}};
	const char *rule = "CycloneDX timestamp";
	struct reader *r = v->c->r;
	const char *from = NULL;
	int64_t time;

	for (size_t i = 0; i < 5; i++) {
		const struct json_value *in =
		    places[i].analysis ? v->analysis : v->value;
		if (places[i].analysis)
			reader_enter(r, "analysis");
		if (reader_time(
			r, rule, in, places[i].name, from == NULL, &time) &&
		    from == NULL) {
			from =
			    places[i].analysis ? "analysis" : "vulnerability";
			v->claim.said_at = time;
		}
		if (places[i].analysis)
			reader_leave(r);
	}
	v->claim.said_at_from = from;
	if (from != NULL)
		return;
	v->claim.said_at = v->c->time;
	v->claim.said_at_from = v->c->timed ? "document" : "none";
	if (!v->c->timed)
		reader_note(r, rule, NULL, NULL,
		    "neither the vulnerability nor the document has a time");
}

/* ---- what it affects --------------------------------------------------- */

static void
claim(struct vulnerability *v, const struct product *p, const void *subject)
{
	if (p == NULL)
		return;
	v->claim.product = p->key;
	v->claim.product_text = p->text;
	reader_claim(v->c->r, &v->claim, subject, "CycloneDX contradiction");
}

/* One pointer for one version of one ref. */
static const void *
version_subject(struct cyclonedx *c, const struct cyclonedx_target *t,
    const char *kind, const char *version)
{
	struct reader *r = c->r;
	size_t found = 0;
	const char *text;

	if (r->failed != 0)
		return NULL;
	text = arena_print(r->arena, r->err, "%s %s %s", t->ref, kind, version);
	if (text == NULL) {
		r->failed = r->err->code;
		return NULL;
	}
	int rc = map_put(&c->versions, text, strlen(text),
	    (size_t)(uintptr_t)text, &found, r->err);
	if (rc < 0)
		r->failed = rc;
	return (const void *)(uintptr_t)found;
}

/* The version that the purl names, or the component. */
static bool
is_own_version(const struct cyclonedx_target *t, const char *version)
{
	const char *at = strchr(t->product->key, '@');
	size_t n = strlen(version);

	if (text_same(t->version, version))
		return true;
	/* in a canonical purl '@' stands only before the version */
	return product_is_purl(t->product->key) && at != NULL &&
	    strncmp(at + 1, version, n) == 0 &&
	    (at[n + 1] == '\0' || at[n + 1] == '?' || at[n + 1] == '#');
}

static bool
has_own_version(const struct cyclonedx_target *t)
{
	return t->version != NULL ||
	    (product_is_purl(t->product->key) &&
		strchr(t->product->key, '@') != NULL);
}

/* The range stays as it was written; one that can be read in one way only is
 * none of CycloneDX's own rules. */
static void
check_range(struct reader *r, const char *range, const struct json_value *at)
{
	const char *rule = "CycloneDX affects.versions";
	struct arena_mark mark = arena_mark(r->arena);
	struct vexlog_err why = {0};
	struct vers vers;

	if (r->failed != 0)
		return;
	int rc = vers_read(&vers, r->arena, range, &why);

	arena_back(r->arena, mark);
	if (rc != 0 && rc != VEXLOG_SHAPE) {
		*r->err = why;
		r->failed = rc;
	} else if (rc != 0)
		reader_note(r, rule, "range", at, "%s is %s",
		    reader_show(r, at), why.message);
}

/* False: the entry makes no claim. */
static bool
check_version(struct vulnerability *v, const struct json_value *one)
{
	const char *rule = "CycloneDX affects.versions";
	struct reader *r = v->c->r;
	const struct json_value *status = json_get(one, "status");
	const char *version = reader_want_text(r, rule, one, "version");
	const char *range = reader_want_text(r, rule, one, "range");

	if ((version == NULL) == (range == NULL)) {
		reader_note(r, rule, NULL, NULL,
		    "%s; there is to be one",
		    version == NULL ? "neither \"version\" nor \"range\""
				    : "both \"version\" and \"range\"");
		return false;
	}
	/* as if there were none it would be said of every version */
	if (text_blank(version) && text_blank(range)) {
		reader_note(r, rule, range == NULL ? "version" : "range", NULL,
		    "it is blank, nothing is claimed");
		return false;
	}
	if (range != NULL)
		check_range(r, range, json_get(one, "range"));
	if (status == NULL || text_same(json_text(status), "affected"))
		return true;
	if (text_same(json_text(status), "unknown"))
		return false;
	if (!text_same(json_text(status), "unaffected")) {
		reader_refuse(r, rule, "status", status,
		    "%s is no status; there are affected, unaffected, "
		    "unknown",
		    reader_show(r, status));
		return false;
	}
	if (v->claim.status == VEXLOG_NOT_AFFECTED ||
	    v->claim.status == VEXLOG_FIXED)
		return true;
	reader_note(r, rule, "status", status,
	    "this version is unaffected, the state is \"%s\": no claim is "
	    "made of it",
	    v->claim.source_status);
	return false;
}

/*
 * Claims about the versions listed. True when one of them is the version the
 * target has itself, or the target has none: then all has been said.
 */
static bool
claim_versions(struct vulnerability *v, const struct cyclonedx_target *t,
    const struct json_value *list)
{
	struct reader *r = v->c->r;
	bool own = has_own_version(t), said = !own;
	size_t index = 0;

	reader_enter(r, "versions");
	for (const struct json_value *one = json_first(list);
	     one != json_end(list) && r->failed == 0; one = json_next(one)) {
		const char *version = json_get_text(one, "version");
		const char *range = json_get_text(one, "range");
		reader_enter_index(r, index++);
		bool itself =
		    own && version != NULL && is_own_version(t, version);
		said = said || itself;
		if (!check_version(v, one))
			; /* no claim */
		else if (itself)
			claim(v, t->product, t);
		else if (version != NULL)
			claim(v,
			    product_version(
				r, t->product, t->name, version, NULL),
			    version_subject(v->c, t, "version", version));
		else if (!own)
			claim(v,
			    product_version(
				r, t->product, t->name, NULL, range),
			    version_subject(v->c, t, "range", range));
		reader_leave(r);
	}
	reader_leave(r);
	return said;
}

static void
read_affects(struct vulnerability *v)
{
	const char *rule = "CycloneDX affects";
	struct reader *r = v->c->r;
	const struct json_value *list =
	    reader_want(r, rule, v->value, "affects", JSON_ARRAY);
	const struct json_value *versions;
	size_t index = 0;

	if (json_count(list) == 0) {
		reader_note(r, rule, list == NULL ? NULL : "affects", NULL,
		    "it affects nothing, so it claims nothing");
		return;
	}
	reader_enter(r, "affects");
	for (const struct json_value *one = json_first(list);
	     one != json_end(list) && r->failed == 0; one = json_next(one)) {
		reader_enter_index(r, index++);
		const struct cyclonedx_target *t =
		    cyclonedx_target(v->c, json_get(one, "ref"));
		versions = reader_want(r, "CycloneDX affects.versions", one,
		    "versions", JSON_ARRAY);
		if (t != NULL && t->product != NULL &&
		    (json_count(versions) == 0 ||
			!claim_versions(v, t, versions)))
			claim(v, t->product, t);
		reader_leave(r);
	}
	reader_leave(r);
}

/* ---- the vulnerability ------------------------------------------------- */

static void
read_names(struct vulnerability *v)
{
	const char *rule = "CycloneDX vulnerability.id";
	struct reader *r = v->c->r;
	const struct json_value *list = reader_want(
	    r, "CycloneDX references", v->value, "references", JSON_ARRAY);
	const char **names;
	size_t count = 0;

	v->claim.vulnerability = reader_vulnerability(
	    r, reader_want_text(r, rule, v->value, "id"), "id");
	if (v->claim.vulnerability == NULL) {
		reader_note(
		    r, rule, NULL, NULL, "it has no id, so it claims nothing");
		return;
	}
	if (json_count(list) == 0 || r->failed != 0)
		return;
	names = arena_list(r->arena, json_count(list), sizeof(*names), r->err);
	if (names == NULL) {
		r->failed = r->err->code;
		return;
	}
	for (const struct json_value *one = json_first(list);
	     one != json_end(list); one = json_next(one)) {
		const char *id = json_get_text(one, "id");
		if (id != NULL)
			names[count++] = id;
	}
	v->claim.aliases =
	    reader_aliases(r, v->claim.vulnerability, names, count);
}

static void
read_vulnerability(struct cyclonedx *c, const struct json_value *value)
{
	struct vulnerability v = {.c = c, .value = value};
	struct reader *r = c->r;

	if (!json_is(value, JSON_OBJECT)) {
		reader_note(r, "CycloneDX vulnerability", NULL, value,
		    "%s is no vulnerability", reader_show(r, value));
		return;
	}
	v.analysis = reader_want(
	    r, "CycloneDX analysis", value, "analysis", JSON_OBJECT);
	if (v.analysis == NULL)
		return; /* says nothing of its own about any product */
	reader_enter(r, "analysis");
	bool clear = read_state(&v);
	clear = read_justification(&v) && clear;
	if (clear)
		read_texts(&v);
	else
		(void)read_response(&v);
	reader_leave(r);
	read_names(&v);
	if (!clear)
		return;
	read_time(&v);
	read_affects(&v);
}

static size_t
count_claims(const struct json_value *list)
{
	size_t count = 0;

	for (const struct json_value *v = json_first(list); v != json_end(list);
	     v = json_next(v)) {
		const struct json_value *affects = json_get(v, "affects");
		if (!json_is(affects, JSON_ARRAY))
			continue;
		for (const struct json_value *a = json_first(affects);
		     a != json_end(affects); a = json_next(a))
			count += 1 + json_count(json_get(a, "versions"));
	}
	return count;
}

/* Malformed it is unsafe only where some vulnerability needs it; that one
 * cannot be told before it is read, so any analysis without a time of its own
 * counts. */
static bool
needs_time(const struct json_value *list)
{
	static const char *const names[] = {"updated", "published", "created"};

	if (!json_is(list, JSON_ARRAY))
		return false;
	for (const struct json_value *v = json_first(list); v != json_end(list);
	     v = json_next(v)) {
		const struct json_value *a = json_get(v, "analysis");
		bool timed = json_get(a, "lastUpdated") != NULL ||
		    json_get(a, "firstIssued") != NULL;
		for (size_t i = 0; i < 3; i++)
			timed = timed || json_get(v, names[i]) != NULL;
		if (json_get(a, "state") != NULL && !timed)
			return true;
	}
	return false;
}

static void
read_cyclonedx(struct reader *r, const struct json_value *root)
{
	struct cyclonedx c = {.r = r, .root = root};
	const struct json_value *list;
	struct unique unique;
	size_t index = 0, first;

	cyclonedx_read_bom(&c);
	list = reader_want(r, "CycloneDX vulnerabilities", root,
	    "vulnerabilities", JSON_ARRAY);
	reader_enter(r, "metadata");
	c.timed = reader_time(r, "CycloneDX timestamp",
	    json_get(root, "metadata"), "timestamp", needs_time(list), &c.time);
	reader_leave(r);
	if (!c.timed)
		c.time = 0;
	if (list == NULL)
		return;
	reader_expect(r, count_claims(list));
	unique_open(&unique, r, json_count(list));
	reader_enter(r, "vulnerabilities");
	for (const struct json_value *v = json_first(list);
	     v != json_end(list) && r->failed == 0; v = json_next(v), index++) {
		reader_enter_index(r, index);
		if (unique_again(&unique, v, index, &first))
			reader_note(r, "CycloneDX vulnerabilities", NULL, NULL,
			    "the same as /vulnerabilities/%zu", first);
		read_vulnerability(&c, v);
		reader_leave(r);
	}
	reader_leave(r);
}

const struct format_ops cyclonedx_format = {
    "cyclonedx", recognise, read_cyclonedx};
