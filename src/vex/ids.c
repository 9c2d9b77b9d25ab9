/*
 * ids.c - the id of a JSON body, for anybody who wants to recompute one.
 *
 * Each kind is a table of the members it hashes and what each may hold; a
 * body with a member too many or too few is another body, and is refused.
 */
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "json/json.h"
#include "vex/observation.h"

enum form {
	TEXT,
	TEXT_OR_NULL,
	DIGEST,
	OBSERVATION,
	TIME,
	STATUS,
	INTEGER,
	TEXTS,	/* array of strings */
	INPUTS, /* array of objects, see INPUT */
	SELF,	/* the id itself: left out of its own hash */
};

struct member {
	const char *name;
	enum form form;
};

static const struct member OBSERVATION_BODY[] = {{"documentDigest", DIGEST},
    {"format", TEXT}, {"pointer", TEXT}, {"productKey", TEXT},
    {"providerId", TEXT}, {"vulnerabilityId", TEXT},
    {"observationId", SELF}, {NULL, SELF}};
static const struct member CONTENT_BODY[] = {{"observationId", OBSERVATION},
    {"status", STATUS}, {"justification", TEXT_OR_NULL},
    {"sourceStatus", TEXT}, {"sourceJustification", TEXT_OR_NULL},
    {"saidAt", TIME}, {"saidAtFrom", TEXT}, {"mappingVersion", TEXT},
    {"contentDigest", SELF}, {NULL, SELF}};
static const struct member REASONING_BODY[] = {{"schema", TEXT},
    {"vulnerabilityId", TEXT}, {"productKey", TEXT}, {"policyVersion", TEXT},
    {"policyDigest", DIGEST}, {"latticeVersion", TEXT}, {"aliases", TEXTS},
    {"inputs", INPUTS}, {"reasoningId", SELF}, {NULL, SELF}};
static const struct member INPUT[] = {{"observationId", OBSERVATION},
    {"status", STATUS}, {"justification", TEXT_OR_NULL}, {"saidAt", TIME},
    {"weightMicro", INTEGER}, {NULL, SELF}};
static const struct member VERDICT_BODY[] = {{"sbomEntryId", TEXT},
    {"vulnerabilityId", TEXT}, {"status", STATUS}, {"justification", TEXT},
    {"policyVersion", TEXT}, {"reasoningId", DIGEST}, {"vexVerdictId", SELF},
    {NULL, SELF}};

static const struct kind {
	const char *name;
	const struct member *body;
	const char *prefix;
} KINDS[] = {{"observation", OBSERVATION_BODY, "vex:obs:"},
    {"content", CONTENT_BODY, ""}, {"reasoning", REASONING_BODY, ""},
    {"verdict", VERDICT_BODY, ""}};

static int check_body(const struct json_doc *doc, const struct json_value *v,
    const struct member *body, struct vexlog_err *err);

static int
check_time(const struct json_doc *doc, const struct json_value *v,
    const char *name, struct vexlog_err *err)
{
	const char *why, *text = json_text(v);
	char form[TIME_TEXT];
	int64_t time;

	if (text == NULL || !time_read(&time, text, &why))
		return json_fail(doc, v, err, "\"%s\" is no time: %s", name,
		    text == NULL ? json_type_name(v->type) : why);
	time_write(form, time);
	if (!text_same(form, text))
		return json_fail(doc, v, err,
		    "\"%s\" is \"%.64s\", its one form for hashing is \"%s\"",
		    name, text, form);
	return 0;
}

static int
check_items(const struct json_doc *doc, const struct json_value *v,
    const char *name, bool inputs, struct vexlog_err *err)
{
	if (!json_is(v, JSON_ARRAY))
		return json_fail(doc, v, err, "\"%s\" is %s, not an array",
		    name, json_type_name(v->type));
	for (const struct json_value *item = json_first(v);
	     item != json_end(v); item = json_next(item)) {
		int rc = 0;
		if (inputs)
			rc = check_body(doc, item, INPUT, err);
		else if (!json_is(item, JSON_STRING))
			rc = json_fail(doc, item, err,
			    "an item of \"%s\" is %s, not a string", name,
			    json_type_name(item->type));
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
check_member(const struct json_doc *doc, const struct json_value *v,
    const struct member *m, struct vexlog_err *err)
{
	const char *text = json_text(v);
	enum vexlog_status status;
	int64_t integer;

	switch (m->form) {
	case TIME:
		return check_time(doc, v, m->name, err);
	case TEXTS:
	case INPUTS:
		return check_items(doc, v, m->name, m->form == INPUTS, err);
	case INTEGER:
		if (!json_integer_of(v, &integer))
			return json_fail(doc, v, err,
			    "\"%s\" is no integer of 64 bits", m->name);
		return 0;
	case TEXT_OR_NULL:
		if (json_is(v, JSON_NULL))
			return 0;
		break;
	case TEXT:
	case DIGEST:
	case OBSERVATION:
	case STATUS:
	case SELF:
		break;
	}
	if (text == NULL)
		return json_fail(doc, v, err, "\"%s\" is %s, not a string",
		    m->name, json_type_name(v->type));
	if (m->form == DIGEST && !text_is_digest(text))
		return json_fail(doc, v, err,
		    "\"%s\" is \"%.90s\", not sha256: and 64 lower-case hex "
		    "digits",
		    m->name, text);
	if (m->form == OBSERVATION && !observation_is_id(text))
		return json_fail(doc, v, err,
		    "\"%s\" is \"%.90s\", not vex:obs:sha256: and 64 "
		    "lower-case hex digits",
		    m->name, text);
	if (m->form == STATUS && !status_read(&status, text))
		return json_fail(doc, v, err, "\"%.64s\" is not a status",
		    text);
	return 0;
}

static int
check_body(const struct json_doc *doc, const struct json_value *v,
    const struct member *body, struct vexlog_err *err)
{
	const char *names[16];
	size_t count = 0;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "this is %s, not an object",
		    json_type_name(v->type));
	for (const struct member *m = body; m->name != NULL; m++) {
		const struct json_value *value = json_get(v, m->name);
		names[count++] = m->name;
		if (m->form == SELF)
			continue;
		if (value == NULL)
			return json_fail(doc, v, err, "\"%s\" is missing",
			    m->name);
		int rc = check_member(doc, value, m, err);
		if (rc != 0)
			return rc;
	}
	return json_only(doc, v, names, count, err);
}

/* The canonical bytes of the object without its self-hash member. */
static int
write_body(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct member *body,
    struct vexlog_err *err)
{
	const char *order[16];
	size_t count = 0;
	struct buffer b;
	int rc = 0;

	for (const struct member *m = body; m->name != NULL; m++) {
		if (m->form == SELF)
			continue;
		size_t i = count++;
		for (; i > 0 && strcmp(order[i - 1], m->name) > 0; i--)
			order[i] = order[i - 1];
		order[i] = m->name;
	}
	buffer_open(&b, arena, doc->size * 8 + 64);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		buffer_byte(&b, i == 0 ? '{' : ',');
		json_quote(&b, order[i], strlen(order[i]));
		buffer_byte(&b, ':');
		rc = json_canonical(&b, doc, json_get(doc->root, order[i]),
		    err);
	}
	buffer_byte(&b, '}');
	return rc != 0 ? rc : buffer_finish(&b, out, err);
}

int
vexlog_hash(const char **id, struct vexlog_arena *arena, const char *kind,
    struct vexlog_bytes json, struct vexlog_err *err)
{
	const struct kind *k = NULL;
	char digest[DIGEST_TEXT];
	struct json_doc doc;
	struct vexlog_bytes body;

	for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
		if (text_same(kind, KINDS[i].name))
			k = &KINDS[i];
	if (k == NULL) {
		err_set(err, VEXLOG_MISUSE, "\"%.64s\" is not a kind of id",
		    kind == NULL ? "" : kind);
		return err_hint(err,
		    "use observation, content, reasoning or verdict");
	}
	int rc = json_read(&doc, arena, json, 0, err);
	if (rc == 0)
		rc = check_body(&doc, doc.root, k->body, err);
	if (rc == 0)
		rc = write_body(&body, arena, &doc, k->body, err);
	if (rc == 0)
		rc = hash_digest(digest, body, err);
	if (rc != 0)
		return rc;
	const char *text = arena_print(arena, err, "%s%s", k->prefix, digest);
	if (text == NULL)
		return err->code;
	*id = text;
	return 0;
}
