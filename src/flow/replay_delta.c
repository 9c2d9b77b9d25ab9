/*
 * replay_delta.c - deltas made again from the states that they are of.
 *
 * The states are witnesses, not evidence: each verdict in them must hash to
 * its id and agree with its record and claims where the archive has them, and
 * the delta made of them must be the one that was kept, byte for byte.
 */
#include "flow/replay.h"

#include "base/limits.h"
#include "base/text.h"
#include "flow/delta_states.h"

/* ---- verdicts met on the way ------------------------------------------ */

int
replay_keep_verdict(struct replay *r, const struct vexlog_verdict *v,
    const struct attestation *attestation)
{
	struct state *s = &r->decided;
	struct vexlog_state_item item;
	struct vexlog_linkage entry;
	size_t found;
	int rc;

	if (!r->has_deltas)
		return 0;
	if ((rc = state_item(&item, s, v)) != 0)
		return rc;
	if (attestation != NULL) {
		entry = (struct vexlog_linkage){.uuid = attestation->entry.uuid,
		    .log_id = attestation->entry.log_id,
		    .log_index = attestation->entry.log_index};
		item.linkage = &entry;
	}
	if ((rc = state_add(s, &item)) != 0)
		return rc;
	const char *id = s->list[s->count - 1].verdict_id;
	rc =
	    map_put(&r->verdicts, id, strlen(id), s->count - 1, &found, r->err);
	return rc < 0 ? rc : 0;
}

/* ---- states ----------------------------------------------------------- */

static bool
same_inputs(
    const struct vexlog_state_item *a, const struct vexlog_state_item *b)
{
	if (a->input_count != b->input_count)
		return false;
	for (size_t i = 0; i < a->input_count; i++)
		if (!text_same(a->inputs[i], b->inputs[i]))
			return false;
	return true;
}

/* What is wrong with a verdict of a state, or NULL. Payloads do not say who
 * won: what is NULL was not known. */
static const char *
wrong_item(const struct replay *r, const struct vexlog_state_item *it)
{
	const struct vexlog_observation *o;
	const struct vexlog_state_item *kept;
	size_t at;

	if (it->winner != NULL &&
	    map_get(&r->observations, it->winner, strlen(it->winner), &at)) {
		o = &r->list[at].o;
		if (!text_same(o->document_digest, it->document_digest) ||
		    !text_same(o->format, it->document_format) ||
		    !text_same(o->provider, it->winner_provider))
			return "the claim that won is another in the archive";
	}
	if (!map_get(&r->verdicts, it->verdict_id, strlen(it->verdict_id), &at))
		return NULL;
	kept = &r->decided.list[at];
	if (!same_inputs(kept, it))
		return "its claims are not those of its record";
	if (it->winner != NULL &&
	    (!text_same(kept->winner, it->winner) ||
		!text_same(kept->policy_digest, it->policy_digest) ||
		kept->conflict_count != it->conflict_count))
		return "its winner, policy or conflicts are not those of its "
		       "record";
	if (it->linkage != NULL && kept->linkage != NULL &&
	    !text_same(kept->linkage->uuid, it->linkage->uuid))
		return "its log entry is not the one in the archive";
	return NULL;
}

static int
check_state(struct replay *r, const char *where,
    const struct vexlog_state *state)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < state->count; i++) {
		const char *wrong = wrong_item(r, &state->list[i]);
		if (wrong != NULL)
			rc = replay_differ(r, where, "verdict %s: %s",
			    state->list[i].verdict_id, wrong);
	}
	return rc;
}

/* ---- the delta -------------------------------------------------------- */

/* Canonical bytes of a member; none when there is no such member. */
static int
member(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const char *name, struct vexlog_err *err)
{
	const struct json_value *v = json_get(doc->root, name);
	struct buffer b;
	int rc;

	*out = text_bytes("nothing");
	if (v == NULL)
		return 0;
	buffer_open(&b, arena, JOB_ARENA_MAX);
	if ((rc = json_canonical(&b, doc, v, err)) != 0)
		return rc;
	return buffer_finish(&b, out, err);
}

/* The first member of the delta that comes out otherwise. */
static int
name_member(struct replay *r, const char *where, const struct json_doc *kept,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	static const char *const names[] = {"fromDigest", "toDigest",
	    "fromPolicyVersion", "toPolicyVersion", "added", "removed",
	    "changes", "counts", "summary", "replayHash"};
	struct json_doc made;
	int rc = json_read(&made, r->scratch, bytes, 0, err);

	for (size_t i = 0; rc == 0 && i < sizeof(names) / sizeof(names[0]);
	     i++) {
		struct vexlog_bytes a, b;
		if ((rc = member(&a, r->scratch, kept, names[i], err)) != 0 ||
		    (rc = member(&b, r->scratch, &made, names[i], err)) != 0)
			return rc;
		if (a.size != b.size || memcmp(a.data, b.data, a.size) != 0)
			return replay_differ(r, where,
			    "\"%s\" of the delta is %.*s, its states give %.*s",
			    names[i], (int)(a.size < 120 ? a.size : 120),
			    (const char *)a.data,
			    (int)(b.size < 120 ? b.size : 120),
			    (const char *)b.data);
	}
	return rc != 0 ? rc :
			 replay_differ(r, where,
			     "the delta has a member that its states do not "
			     "give");
}

static int
make_again(struct replay *r, const char *where, struct vexlog_bytes delta,
    struct vexlog_bytes states, struct vexlog_err *err)
{
	struct vexlog_state before, after;
	struct vexlog_bytes raw, made;
	struct json_doc kept;
	int64_t compared_at;
	int rc;

	vexlog_arena_reset(r->scratch);
	if ((rc = json_read(&kept, r->scratch, delta, 0, err)) != 0 ||
	    (rc = json_need_time(&compared_at, &kept, kept.root, "comparedAt",
		 err)) != 0 ||
	    (rc = delta_states_read(
		 &before, &after, r->scratch, states, err)) != 0 ||
	    (rc = check_state(r, where, &before)) != 0 ||
	    (rc = check_state(r, where, &after)) != 0 ||
	    (rc = vexlog_delta(&raw, r->scratch, &before, &after, compared_at,
		 err)) != 0 ||
	    (rc = vexlog_canon(&made, r->scratch, raw, err)) != 0)
		return rc;
	if (made.size == delta.size &&
	    memcmp(made.data, delta.data, made.size) == 0)
		return 0;
	return name_member(r, where, &kept, made, err);
}

int
replay_delta(struct replay *r, const char *where, const struct json_doc *doc)
{
	static const char *const names[] = {"attestation", "delta", "states"};
	const struct tar_file *delta, *states = NULL;
	const char *hex, *id = NULL, *of = NULL;
	struct vexlog_err why;
	int rc = replay_attestation_of(&hex, doc, &why);

	if (rc == 0)
		rc = json_only(doc, doc->root, names, 3, &why);
	if (rc == 0)
		rc = json_need_text(&id, doc, doc->root, "delta", &why);
	if (rc == 0 && !json_is(json_get(doc->root, "states"), JSON_NULL))
		rc = json_need_text(&of, doc, doc->root, "states", &why);
	if (rc == 0 &&
	    (!text_is_digest(id) || (of != NULL && !text_is_digest(of))))
		rc = err_set(&why, VEXLOG_SHAPE, "a delta goes by its digest");
	if (rc != 0)
		return replay_differ_err(r, where, rc, &why);
	delta = replay_file(r, "files/", id + 7, ".json");
	if (of != NULL)
		states = replay_file(r, "files/", of + 7, ".json");
	if (delta == NULL || (of != NULL && states == NULL))
		return replay_differ(r, where, "%s is not in the archive",
		    delta == NULL ? id : of);
	r->result.deltas++;
	r->result.deltas_alone += states == NULL;
	if (states != NULL &&
	    (rc = make_again(r, where, delta->bytes, states->bytes, &why)) !=
		0 &&
	    (rc = replay_differ_err(r, where, rc, &why)) != 0)
		return rc;
	if (hex == NULL) {
		replay_count(r, hex);
		return 0;
	}
	return replay_attested(r, where, hex, "delta", id, delta->bytes);
}
