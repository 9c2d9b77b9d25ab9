/*
 * statement.c - in-toto Statement v1 as canonical bytes, and back.
 */
#include "sign/statement.h"

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "json/write.h"

#define STATEMENT_TYPE_OLD "https://in-toto.io/Statement/v0.1"
#define SUBJECTS_MAX       65536

int
statement_put(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *subject_name, const char *subject_sha256,
    const char *predicate_type, struct vexlog_bytes canonical,
    struct vexlog_err *err)
{
	struct json_writer w;
	struct buffer b;

	if (!text_is_hex(subject_sha256, 2 * HASH_SIZE))
		return err_set(err, VEXLOG_MISUSE,
		    "\"%.80s\" is no SHA-256 in lower-case hex",
		    subject_sha256);
	buffer_open(&b, arena, ENVELOPE_SIZE_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "_type", STATEMENT_TYPE);
	json_name(&w, "predicate");
	json_put_raw(&w, (const char *)canonical.data, canonical.size);
	json_member(&w, "predicateType", predicate_type);
	json_name(&w, "subject");
	json_array(&w);
	json_object(&w);
	json_name(&w, "digest");
	json_object(&w);
	json_member(&w, "sha256", subject_sha256);
	json_close(&w);
	if (subject_name != NULL)
		json_member(&w, "name", subject_name);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	return buffer_finish(&b, out, err);
}

int
statement_write(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *subject_name, const char *subject_sha256,
    const char *predicate_type, struct vexlog_bytes predicate,
    struct vexlog_err *err)
{
	struct vexlog_bytes canonical;
	struct json_doc doc;
	struct buffer b;
	int rc;

	/* Read and written again, so that what is signed is canonical even
	 * when the predicate was not. */
	if ((rc = json_read(&doc, arena, predicate, 0, err)) != 0)
		return rc;
	if (!json_is(doc.root, JSON_OBJECT))
		return json_fail(&doc, doc.root, err,
		    "a predicate is an object, not %s",
		    json_type_name(doc.root->type));
	buffer_open(&b, arena, ENVELOPE_SIZE_MAX);
	if ((rc = json_canonical(&b, &doc, doc.root, err)) != 0 ||
	    (rc = buffer_finish(&b, &canonical, err)) != 0)
		return rc;
	return statement_put(out, arena, subject_name, subject_sha256,
	    predicate_type, canonical, err);
}

/* statement.md: each subject has a digest set that is not empty; the name is
 * optional in v1. */
static int
read_subject(const char **name, const char **sha256, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err)
{
	const struct json_value *digest;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "a subject is an object, not %s",
		    json_type_name(v->type));
	if ((rc = json_want_text(name, doc, v, "name", err)) != 0 ||
	    (rc = json_need(&digest, doc, v, "digest", JSON_OBJECT, err)) != 0)
		return rc;
	if (json_count(digest) == 0)
		return json_fail(
		    doc, digest, err, "a subject without a digest");
	if ((rc = json_want_text(sha256, doc, digest, "sha256", err)) != 0)
		return rc;
	if (*sha256 != NULL && !text_is_hex(*sha256, 2 * HASH_SIZE))
		return json_fail(doc, json_get(digest, "sha256"), err,
		    "\"%.80s\" is no SHA-256 in lower-case hex", *sha256);
	return 0;
}

static int
read_subjects(struct statement *out, const struct json_value *list,
    struct vexlog_err *err)
{
	const struct json_value *v;
	const char *name, *sha256;
	int rc;

	if (json_count(list) == 0)
		return json_fail(
		    &out->doc, list, err, "a statement without a subject");
	if (json_count(list) > SUBJECTS_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "%zu subjects, at most %d are taken", json_count(list),
		    SUBJECTS_MAX);
	out->subject_count = json_count(list);
	for (v = json_first(list); v != json_end(list); v = json_next(v)) {
		if ((rc = read_subject(&name, &sha256, &out->doc, v, err)) != 0)
			return rc;
		if (v == json_first(list)) {
			out->subject_name = name;
			out->subject_sha256 = sha256;
		}
	}
	return 0;
}

static int
read_statement(struct statement *out, struct vexlog_arena *arena,
    struct vexlog_bytes payload, struct vexlog_err *err)
{
	struct statement s = {0};
	const struct json_value *root, *subjects;
	const char *type;
	int rc;

	if ((rc = json_read(&s.doc, arena, payload, 0, err)) != 0)
		return rc;
	root = s.doc.root;
	if (!json_is(root, JSON_OBJECT))
		return json_fail(&s.doc, root, err,
		    "a statement is an object, not %s",
		    json_type_name(root->type));
	if ((rc = json_need_text(&type, &s.doc, root, "_type", err)) != 0)
		return rc;
	if (!text_same(type, STATEMENT_TYPE) &&
	    !text_same(type, STATEMENT_TYPE_OLD))
		return json_fail(&s.doc, json_get(root, "_type"), err,
		    "\"%.80s\" is no type of statement, expected \"%s\"", type,
		    STATEMENT_TYPE);
	if ((rc = json_need(
		 &subjects, &s.doc, root, "subject", JSON_ARRAY, err)) != 0 ||
	    (rc = read_subjects(&s, subjects, err)) != 0 ||
	    (rc = json_need_text(
		 &s.predicate_type, &s.doc, root, "predicateType", err)) != 0 ||
	    (rc = json_want(&s.predicate, &s.doc, root, "predicate",
		 JSON_OBJECT, err)) != 0)
		return rc;
	if (s.predicate_type[0] == '\0')
		return json_fail(&s.doc, json_get(root, "predicateType"), err,
		    "an empty predicate type");
	*out = s;
	return 0;
}

int
statement_read(struct statement *out, struct vexlog_arena *arena,
    struct vexlog_bytes payload, struct vexlog_err *err)
{
	int rc = read_statement(out, arena, payload, err);

	if (rc == VEXLOG_SHAPE || rc == VEXLOG_SYNTAX) {
		err_rule(err, "in-toto Statement v1");
		err_hint(err,
		    "the signed payload has to be an in-toto "
		    "statement");
	}
	return rc;
}
