/*
 * replay_history.c - the verdicts of a decision follow each other without a
 * gap, and each names the one that it replaces.
 */
#include "flow/replay.h"

#include "base/text.h"

/* The first verdict of a decision may follow the last one under a former name
 * of the vulnerability. */
static int
find_former(struct replayed_verdict *before, struct replay *r,
    const struct json_value *record, const char *entry, const char *replaces)
{
	const struct json_value *names =
	    json_get(json_get(record, "trace"), "aliases");

	if (!json_is(names, JSON_ARRAY))
		return 0;
	for (const struct json_value *v = json_first(names);
	     v != json_end(names); v = json_next(v)) {
		size_t at;
		char *name = json_text(v) == NULL ? NULL
						  : arena_join(r->arena,
							json_text(v), "\n",
							entry, r->err);
		if (json_text(v) != NULL && name == NULL)
			return r->err->code;
		if (name != NULL &&
		    map_get(&r->decisions, name, strlen(name), &at) &&
		    text_same(r->last[at].id, replaces))
			before->id = r->last[at].id;
	}
	return 0;
}

int
replay_history(struct replay *r, const char *where, const struct json_doc *doc,
    const struct json_value *record)
{
	const struct json_value *verdict = json_get(record, "verdict");
	struct replayed_verdict own, before = {NULL, 0};
	const char *vulnerability, *entry, *replaces;
	struct vexlog_err why;
	size_t at;
	int rc;

	if ((rc = json_need_text(&vulnerability, doc, verdict,
		 "vulnerabilityId", &why)) != 0 ||
	    (rc = json_need_text(
		 &entry, doc, verdict, "sbomEntryId", &why)) != 0 ||
	    (rc = json_need_text(
		 &own.id, doc, verdict, "vexVerdictId", &why)) != 0 ||
	    (rc = json_need_integer(
		 &own.sequence, doc, doc->root, "sequence", &why)) != 0 ||
	    (rc = json_need_text_or_null(
		 &replaces, doc, doc->root, "replaces", &why)) != 0)
		return replay_differ_err(r, where, rc, &why);
	char *name =
	    arena_join(r->arena, vulnerability, "\n", entry, r->err);
	rc = name == NULL ? r->err->code
			  : map_put(&r->decisions, name, strlen(name),
				r->last_count, &at, r->err);
	if (rc < 0)
		return rc;
	if (rc == 1)
		before = r->last[at];
	else if ((r->last = arena_grow(r->arena, r->last, r->last_count,
		      &r->last_room, sizeof(*r->last), r->err)) == NULL)
		return r->err->code;
	else
		at = r->last_count++;
	r->last[at] = own;
	if (own.sequence < 1 || own.sequence - 1 != before.sequence)
		return replay_differ(r, where,
		    "verdict %lld of its decision comes after verdict %lld",
		    (long long)own.sequence, (long long)before.sequence);
	if (before.id == NULL && replaces != NULL &&
	    (rc = find_former(&before, r, record, entry, replaces)) != 0)
		return rc;
	if (!text_same(replaces, before.id))
		return replay_differ(r, where,
		    "it replaces %.80s, the verdict before it is %.80s",
		    replaces == NULL ? "none" : replaces,
		    before.id == NULL ? "none" : before.id);
	return 0;
}
