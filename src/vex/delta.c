/*
 * delta.c - what changed between two sets of verdicts, and why.
 *
 * Promise: a pure function of the two states. Reversed, added and removed
 * change places; of a state and itself it is empty; before with the changes
 * applied is after. replayHash covers what was compared and found, not when.
 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "json/write.h"

typedef const struct vexlog_state_item item;

struct change {
	item *before, *after; /* NULL: added, removed */
};

struct delta {
	struct vexlog_arena *arena;
	struct vexlog_err *err;
	const struct vexlog_state *before, *after;
	struct change *changes;
	size_t count, room;
	size_t added, removed, status, justification, unchanged;
};

static int
order_items(item *a, item *b)
{
	int by_name = strcmp(a->vulnerability, b->vulnerability);

	return by_name != 0 ? by_name : strcmp(a->product, b->product);
}

static int
check_sorted(const struct vexlog_state *state, struct vexlog_err *err)
{
	for (size_t i = 1; i < state->count; i++)
		if (order_items(&state->list[i - 1], &state->list[i]) >= 0)
			return err_set(err, VEXLOG_MISUSE,
			    "a state is not sorted at %s, %s",
			    state->list[i].vulnerability,
			    state->list[i].product);
	return 0;
}

static int
add_change(struct delta *d, item *before, item *after)
{
	d->changes = arena_grow(d->arena, d->changes, d->count, &d->room,
	    sizeof(*d->changes), d->err);
	if (d->changes == NULL)
		return d->err->code;
	d->changes[d->count++] = (struct change){before, after};
	return 0;
}

/* Both are there: the same, or a change of status, or of justification
 * alone. */
static int
compare_both(struct delta *d, item *before, item *after)
{
	if (before->status == after->status &&
	    text_same(before->justification, after->justification)) {
		d->unchanged++;
		return 0;
	}
	if (before->status != after->status)
		d->status++;
	else
		d->justification++;
	return add_change(d, before, after);
}

static int
compare(struct delta *d)
{
	size_t i = 0, j = 0;
	int rc = 0;

	while (rc == 0 && (i < d->before->count || j < d->after->count)) {
		item *a = i < d->before->count ? &d->before->list[i] : NULL;
		item *b = j < d->after->count ? &d->after->list[j] : NULL;
		int order = a == NULL ? 1 :
		    b == NULL	      ? -1 :
					order_items(a, b);
		if (order == 0) {
			rc = compare_both(d, a, b);
			i++;
			j++;
		} else if (order < 0) {
			d->removed++;
			rc = add_change(d, a, NULL);
			i++;
		} else {
			d->added++;
			rc = add_change(d, NULL, b);
			j++;
		}
	}
	return rc;
}

static bool
has_input(item *v, const char *id)
{
	size_t low = 0, high = v->input_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(v->inputs[middle], id);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* What a state does not tell of its winner, its claims tell. */
static const char *
reason_by_inputs(item *before, item *after)
{
	if (!text_same(before->policy_version, after->policy_version))
		return "policy_changed";
	for (size_t i = 0; i < after->input_count; i++)
		if (!has_input(before, after->inputs[i]))
			return "new_statement";
	return before->input_count > after->input_count ? "withdrawn" :
							  "trust_changed";
}

/* Of the claim that counts now: was it there before? Then of the one that
 * counted: is it still there? A document that says a thing anew is another
 * document, so a claim that is gone is a withdrawal only when nothing new took
 * its place. */
static const char *
reason_code(item *before, item *after)
{
	if (before->winner == NULL || after->winner == NULL)
		return reason_by_inputs(before, after);
	if (!text_same(before->policy_digest, after->policy_digest))
		return "policy_changed";
	if (!has_input(before, after->winner))
		return text_same(before->winner_provider,
			   after->winner_provider) ?
		    "superseded" :
		    "new_statement";
	if (!has_input(after, before->winner))
		return "withdrawn";
	if (before->conflict_count > 0 && after->conflict_count == 0)
		return "conflict_resolved";
	return "trust_changed";
}

/* ---- writing ---------------------------------------------------------- */

static int
order_texts(const void *a, const void *b, void *context)
{
	(void)context;
	return strcmp(a, b);
}

/* H(JCS of the sorted verdict ids) */
static int
state_digest(char out[DIGEST_TEXT], struct delta *d,
    const struct vexlog_state *state)
{
	const void **ids =
	    arena_list(d->arena, state->count, sizeof(*ids), d->err);
	struct vexlog_bytes bytes;
	struct json_writer w;
	struct buffer b;
	int rc;

	if (ids == NULL)
		return d->err->code;
	for (size_t i = 0; i < state->count; i++)
		ids[i] = state->list[i].verdict_id;
	rc = sort_pointers(ids, state->count, order_texts, NULL, d->arena,
	    d->err);
	if (rc != 0)
		return rc;
	buffer_open(&b, d->arena, JOB_ARENA_MAX);
	json_open(&w, &b, true);
	json_array(&w);
	for (size_t i = 0; i < state->count; i++)
		json_put_text(&w, ids[i]);
	json_close(&w);
	if ((rc = buffer_finish(&b, &bytes, d->err)) != 0)
		return rc;
	return hash_digest(out, bytes, d->err);
}

static void
put_counts(struct json_writer *w, const char *name,
    const struct vexlog_state *state)
{
	/* in the order of their names */
	static const enum vexlog_status order[] = {VEXLOG_AFFECTED,
	    VEXLOG_FIXED, VEXLOG_NOT_AFFECTED, VEXLOG_UNDER_INVESTIGATION};
	size_t counts[VEXLOG_STATUSES] = {0};

	for (size_t i = 0; i < state->count; i++)
		counts[state->list[i].status]++;
	json_name(w, name);
	json_object(w);
	for (size_t i = 0; i < VEXLOG_STATUSES; i++)
		json_member_integer(w, vexlog_status_name(order[i]),
		    (int64_t)counts[order[i]]);
	json_close(w);
}

static void
put_item(struct json_writer *w, item *v)
{
	json_object(w);
	json_name(w, "documentRef");
	if (v->document_digest == NULL)
		json_put_null(w);
	else {
		json_object(w);
		json_member(w, "digest", v->document_digest);
		json_member(w, "format", v->document_format);
		json_member(w, "issuer", v->winner_provider);
		json_close(w);
	}
	json_member(w, "justification", v->justification);
	json_member(w, "productKey", v->product);
	json_member(w, "status", vexlog_status_name(v->status));
	json_member(w, "vexVerdictId", v->verdict_id);
	json_member(w, "vulnerabilityId", v->vulnerability);
	json_close(w);
}

static void
put_side(struct json_writer *w, const char *name, const struct delta *d,
    bool added)
{
	json_name(w, name);
	json_array(w);
	for (size_t i = 0; i < d->count; i++) {
		const struct change *c = &d->changes[i];
		if (added && c->before == NULL)
			put_item(w, c->after);
		if (!added && c->after == NULL)
			put_item(w, c->before);
	}
	json_close(w);
}

static void
put_rekor(struct json_writer *w, const char *name,
    const struct vexlog_linkage *l)
{
	json_name(w, name);
	if (l == NULL) {
		json_put_null(w);
		return;
	}
	json_object(w);
	json_member(w, "logId", l->log_id);
	json_member_integer(w, "logIndex", l->log_index);
	json_member(w, "uuid", l->uuid);
	json_close(w);
}

static void
put_change(struct json_writer *w, const struct change *c, bool hashed)
{
	json_object(w);
	json_name(w, "causedBy");
	json_array(w);
	for (size_t i = 0; i < c->after->input_count; i++)
		if (!has_input(c->before, c->after->inputs[i]))
			json_put_text(w, c->after->inputs[i]);
	json_close(w);
	json_member(w, "fromJustification", c->before->justification);
	if (!hashed)
		put_rekor(w, "fromRekor", c->before->linkage);
	json_member(w, "fromStatus", vexlog_status_name(c->before->status));
	json_member(w, "fromVerdictId", c->before->verdict_id);
	json_member(w, "productKey", c->after->product);
	json_member(w, "reasonCode", reason_code(c->before, c->after));
	json_member(w, "reasoningId", c->after->reasoning_id);
	json_member(w, "toJustification", c->after->justification);
	if (!hashed)
		put_rekor(w, "toRekor", c->after->linkage);
	json_member(w, "toStatus", vexlog_status_name(c->after->status));
	json_member(w, "toVerdictId", c->after->verdict_id);
	json_member(w, "vulnerabilityId", c->after->vulnerability);
	json_close(w);
}

static void
put_changes(struct json_writer *w, const struct delta *d, bool hashed)
{
	json_name(w, "changes");
	json_array(w);
	for (size_t i = 0; i < d->count; i++)
		if (d->changes[i].before != NULL &&
		    d->changes[i].after != NULL)
			put_change(w, &d->changes[i], hashed);
	json_close(w);
}

/* One policy of a state; "" for an empty one, "mixed" for several. */
static const char *
policy_of(const struct vexlog_state *state)
{
	const char *version = "";

	for (size_t i = 0; i < state->count; i++) {
		if (version[0] != '\0' &&
		    !text_same(version, state->list[i].policy_version))
			return "mixed";
		version = state->list[i].policy_version;
	}
	return version;
}

static int
replay_hash(char out[DIGEST_TEXT], struct delta *d, const char *from,
    const char *to)
{
	struct vexlog_bytes bytes;
	struct json_writer w;
	struct buffer b;
	int rc;

	buffer_open(&b, d->arena, JOB_ARENA_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	put_side(&w, "added", d, true);
	put_changes(&w, d, true);
	json_member(&w, "fromDigest", from);
	json_member(&w, "fromPolicyVersion", policy_of(d->before));
	put_side(&w, "removed", d, false);
	json_member(&w, "toDigest", to);
	json_member(&w, "toPolicyVersion", policy_of(d->after));
	json_close(&w);
	if ((rc = buffer_finish(&b, &bytes, d->err)) != 0)
		return rc;
	return hash_digest(out, bytes, d->err);
}

static int
write_delta(struct vexlog_bytes *out, struct delta *d, int64_t compared_at)
{
	char from[DIGEST_TEXT], to[DIGEST_TEXT], replay[DIGEST_TEXT];
	struct json_writer w;
	struct buffer b;
	int rc;

	if ((rc = state_digest(from, d, d->before)) != 0 ||
	    (rc = state_digest(to, d, d->after)) != 0 ||
	    (rc = replay_hash(replay, d, from, to)) != 0)
		return rc;
	buffer_open(&b, d->arena, JOB_ARENA_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	put_side(&w, "added", d, true);
	put_changes(&w, d, false);
	json_member_time(&w, "comparedAt", compared_at);
	json_name(&w, "counts");
	json_object(&w);
	put_counts(&w, "after", d->after);
	put_counts(&w, "before", d->before);
	json_close(&w);
	json_member(&w, "fromDigest", from);
	json_member(&w, "fromPolicyVersion", policy_of(d->before));
	put_side(&w, "removed", d, false);
	json_member(&w, "replayHash", replay);
	json_name(&w, "summary");
	json_object(&w);
	json_member_integer(&w, "added", (int64_t)d->added);
	json_member_integer(&w, "justificationChanged",
	    (int64_t)d->justification);
	json_member_integer(&w, "removed", (int64_t)d->removed);
	json_member_integer(&w, "statusChanged", (int64_t)d->status);
	json_member_integer(&w, "unchanged", (int64_t)d->unchanged);
	json_close(&w);
	json_member(&w, "toDigest", to);
	json_member(&w, "toPolicyVersion", policy_of(d->after));
	json_close(&w);
	return buffer_finish(&b, out, d->err);
}

int
vexlog_delta(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_state *before, const struct vexlog_state *after,
    int64_t compared_at, struct vexlog_err *err)
{
	struct delta d = {.arena = arena,
	    .err = err,
	    .before = before,
	    .after = after};
	int rc;

	if ((rc = check_sorted(before, err)) != 0 ||
	    (rc = check_sorted(after, err)) != 0 || (rc = compare(&d)) != 0)
		return rc;
	return write_delta(out, &d, compared_at);
}
