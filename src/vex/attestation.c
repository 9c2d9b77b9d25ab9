/*
 * attestation.c - DSSE envelopes, in-toto statements and their subjects.
 */
#include "vex/attestation.h"

#include "base/limits.h"
#include "base/text.h"
#include "vex/purl.h"

bool
attestation_is_envelope(const struct json_value *root)
{
	return json_get_text(root, "payloadType") != NULL &&
	    json_get_text(root, "payload") != NULL &&
	    json_is(json_get(root, "signatures"), JSON_ARRAY);
}

bool
attestation_unwrap(struct reader *r, const struct json_value *root,
    struct vexlog_bytes *payload)
{
	const struct json_value *text = json_get(root, "payload");
	struct vexlog_err err;
	int rc = text_unbase64(
	    payload, r->arena, text->as.text, text->size, BASE64_ANY, &err);

	if (rc == VEXLOG_SYNTAX) {
		reader_refuse(r, "DSSE payload", "payload", text,
		    "%s is no base64", reader_show(r, text));
	} else if (rc != 0) {
		*r->err = err;
		r->failed = rc;
	}
	return rc == 0;
}

bool
attestation_is_statement(const struct json_value *root)
{
	const char *type = json_get_text(root, "_type");

	return type != NULL &&
	    text_starts(type, "https://in-toto.io/Statement/") &&
	    json_get(root, "predicate") != NULL;
}

void
attestation_check(struct reader *r, const struct json_value *root)
{
	static const struct {
		const char *format, *begin;
	} types[] = {
	    {"openvex", "https://openvex.dev/ns"},
	    {"openvex", "text/vex"},
	    {"cyclonedx", "https://cyclonedx.org/"},
	    {"csaf", "https://docs.oasis-open.org/csaf/"},
	    {"spdx", "https://spdx."},
	};
	const struct json_value *type = reader_need(
	    r, "in-toto predicateType", root, "predicateType", JSON_STRING);

	r->subject_list =
	    reader_need(r, "in-toto subject", root, "subject", JSON_ARRAY);
	if (type == NULL || r->format == NULL)
		return;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(types[i].format, r->format) == 0 &&
		    text_starts(type->as.text, types[i].begin))
			return;
	reader_note(r, "in-toto predicateType", "predicateType", type,
	    "the type is %s, the predicate is %s", reader_show(r, type),
	    r->format);
}

static bool
put(struct reader *r, struct map *map, const char *name, size_t value)
{
	size_t found;
	int rc = map_put(map, name, strlen(name), value, &found, r->err);

	if (rc < 0)
		r->failed = rc;
	return rc == 0;
}

static void
read_subject(struct reader *r, struct subjects *s, const struct json_value *v)
{
	const char *rule = "in-toto subject";
	const char *name = reader_want_text(r, rule, v, "name");
	const char *digest = json_get_text(json_get(v, "digest"), "sha256");
	const struct product *p = NULL;

	if (json_get(v, "digest") == NULL)
		reader_note(r, rule, NULL, NULL, "\"digest\" is missing");
	if (digest != NULL)
		(void)put(r, &s->digests, digest, 0);
	if (product_is_purl(name))
		p = product_purl(
		    r, name, rule, false, "name", json_get(v, "name"));
	if (p == NULL && !text_blank(name))
		p = product_local(r, name, "name", json_get(v, "name"));
	else if (p == NULL && digest != NULL && r->failed == 0) {
		name = arena_print(r->arena, r->err, "sha256:%s", digest);
		if (name == NULL)
			r->failed = r->err->code;
		p = product_local(r, name, "digest", NULL);
	}
	if (p != NULL && put(r, &s->keys, p->key, s->count))
		s->list[s->count++] = p;
}

void
attestation_read_subjects(struct reader *r)
{
	size_t depth = r->depth, index = 0;
	struct subjects *s;

	if (r->subject_list == NULL || r->failed != 0)
		return;
	s = arena_zero(r->arena, sizeof(*s), r->err);
	if (s == NULL) {
		r->failed = r->err->code;
		return;
	}
	s->list = arena_list(r->arena, json_count(r->subject_list) + 1,
	    sizeof(*s->list), r->err);
	if (s->list == NULL) {
		r->failed = r->err->code;
		return;
	}
	map_open(&s->keys, r->arena);
	map_open(&s->digests, r->arena);
	/* subjects stand beside the predicate that is being read */
	r->depth = 0;
	reader_enter(r, "subject");
	for (const struct json_value *v = json_first(r->subject_list);
	     v != json_end(r->subject_list) && r->failed == 0;
	     v = json_next(v)) {
		reader_enter_index(r, index++);
		read_subject(r, s, v);
		reader_leave(r);
	}
	r->depth = depth;
	r->path[0] = (struct path_step){"predicate", 0};
	r->attested = s;
}

/* The digest that stands as the version of an image's purl. */
static bool
has_digest(const struct subjects *s, const char *key)
{
	const char *at = strstr(key, "@sha256:");
	size_t found;

	return at != NULL &&
	    map_get(&s->digests, at + 8, strcspn(at + 8, "?#"), &found);
}

bool
attestation_has(struct reader *r, const struct product *product,
    const struct json_value *hashes)
{
	const struct subjects *s = r->attested;
	const char *hash = json_get_text(hashes, "sha-256");
	struct arena_mark mark;
	struct purl general, specific;
	bool match = false;
	size_t found;

	if (s == NULL || r->failed != 0)
		return s == NULL;
	if (map_get(&s->keys, product->key, strlen(product->key), &found) ||
	    (hash != NULL &&
		map_get(&s->digests, hash, strlen(hash), &found)) ||
	    (product_is_purl(product->key) && has_digest(s, product->key)))
		return true;
	if (!product_is_purl(product->key) || s->count > SUBJECTS_MATCHED_MAX)
		return false;
	mark = arena_mark(r->arena);
	int rc = purl_read(&general, r->arena, product->key, r->err);
	for (size_t i = 0; rc == 0 && !match && i < s->count; i++) {
		if (!product_is_purl(s->list[i]->key))
			continue;
		rc = purl_read(&specific, r->arena, s->list[i]->key, r->err);
		match = rc == 0 && purl_matches(&general, &specific);
	}
	arena_back(r->arena, mark);
	if (rc != 0)
		r->failed = rc;
	return match;
}
