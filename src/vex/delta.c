/*
 * delta.c - what changed between two sets of verdicts, and why.
 *
 * Promise: a pure function of the two states. Reversed, added and removed
 * change places; of a state and itself it is empty; before with the changes
 * applied is after. replayHash covers what was compared and found, not when.
 */
#include "vex/delta.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "json/write.h"

typedef const struct vexlog_state_item item;

static int
order_items(item *a, item *b)
{
	int by_name = strcmp(a->vulnerability, b->vulnerability);

	return by_name != 0 ? by_name : strcmp(a->product, b->product);
}

/* ---- taking ----------------------------------------------------------- */

int
delta_open(struct delta *d, struct vexlog_arena *arena, struct vexlog_err *err)
{
	*d = (struct delta){.arena = arena, .err = err};
	d->before.policy = d->after.policy = "";
	d->before.arena = vexlog_arena_open(JOB_ARENA_MAX);
	d->after.arena = vexlog_arena_open(JOB_ARENA_MAX);
	if (d->before.arena != NULL && d->after.arena != NULL)
		return 0;
	delta_close(d);
	return err_memory(err);
}

void
delta_close(struct delta *d)
{
	vexlog_arena_close(d->before.arena);
	vexlog_arena_close(d->after.arena);
	d->before.arena = d->after.arena = NULL;
}

bool
delta_differs(item *before, item *after)
{
	return before == NULL || after == NULL ||
	    before->status != after->status ||
	    !text_same(before->justification, after->justification);
}

static int
count_item(struct delta *d, struct delta_side *side, item *it)
{
	if (it == NULL)
		return 0;
	side->ids = arena_grow(side->arena, side->ids, side->count, &side->room,
	    sizeof(*side->ids), d->err);
	if (side->ids == NULL)
		return d->err->code;
	if (!text_starts(it->verdict_id, "sha256:") ||
	    !text_unhex(
		side->ids[side->count].bytes, HASH_SIZE, it->verdict_id + 7))
		return err_set(d->err, VEXLOG_MISUSE,
		    "the id of a verdict is no digest: %.80s", it->verdict_id);
	side->count++;
	side->statuses[it->status]++;
	if (side->policy[0] == '\0')
		side->policy = arena_copy(d->arena, it->policy_version, d->err);
	else if (!text_same(side->policy, it->policy_version))
		side->policy = "mixed";
	return side->policy == NULL ? d->err->code : 0;
}

int
delta_take(struct delta *d, item *before, item *after)
{
	struct delta_change *change;
	int rc;

	if ((rc = count_item(d, &d->before, before)) != 0 ||
	    (rc = count_item(d, &d->after, after)) != 0)
		return rc;
	if (!delta_differs(before, after)) {
		d->unchanged++;
		return 0;
	}
	if (before == NULL)
		d->added++;
	else if (after == NULL)
		d->removed++;
	else if (before->status != after->status)
		d->status++;
	else
		d->justification++;
	change = arena_take(d->arena, sizeof(*change), d->err);
	d->changes = arena_grow(d->arena, d->changes, d->count, &d->room,
	    sizeof(*d->changes), d->err);
	if (change == NULL || d->changes == NULL)
		return d->err->code;
	*change = (struct delta_change){before, after};
	d->changes[d->count++] = change;
	return 0;
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

static item *
item_of(const struct delta_change *c)
{
	return c->before != NULL ? c->before : c->after;
}

static int
order_changes(const void *a, const void *b, void *context)
{
	(void)context;
	return order_items(item_of(a), item_of(b));
}

static int
order_hashes(const void *a, const void *b)
{
	return memcmp(a, b, HASH_SIZE);
}

/* H(JCS of the sorted verdict ids). Their texts sort as their bytes. */
static int
side_digest(char out[DIGEST_TEXT], struct delta *d, struct delta_side *side)
{
	char text[2 + DIGEST_TEXT] = "[\"";
	struct hash_stream stream;
	struct hash hash;
	int rc = hash_stream_open(&stream, d->err);

	if (rc != 0)
		return rc;
	if (side->count > 1)
		qsort(side->ids, side->count, HASH_SIZE, order_hashes);
	for (size_t i = 0; rc == 0 && i < side->count; i++) {
		text[0] = i == 0 ? '[' : ',';
		hash_digest_text(text + 2, &side->ids[i]);
		text[1 + DIGEST_TEXT] = '"';
		rc = hash_stream_add(&stream,
		    (struct vexlog_bytes){(const uint8_t *)text, sizeof(text)},
		    d->err);
	}
	if (rc == 0)
		rc = hash_stream_add(
		    &stream, text_bytes(side->count == 0 ? "[]" : "]"), d->err);
	int closed = hash_stream_close(rc == 0 ? &hash : NULL, &stream, d->err);
	if (rc == 0 && (rc = closed) == 0)
		hash_digest_text(out, &hash);
	return rc;
}

static void
put_counts(
    struct json_writer *w, const char *name, const struct delta_side *side)
{
	/* in the order of their names */
	static const enum vexlog_status order[] = {VEXLOG_AFFECTED,
	    VEXLOG_FIXED, VEXLOG_NOT_AFFECTED, VEXLOG_UNDER_INVESTIGATION};

	json_name(w, name);
	json_object(w);
	for (size_t i = 0; i < VEXLOG_STATUSES; i++)
		json_member_integer(w, vexlog_status_name(order[i]),
		    (int64_t)side->statuses[order[i]]);
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
		const struct delta_change *c = d->changes[i];
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
put_change(struct json_writer *w, const struct delta_change *c, bool hashed)
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
	for (size_t i = 0; i < d->count; i++) {
		const struct delta_change *c = d->changes[i];
		if (c->before != NULL && c->after != NULL)
			put_change(w, c, hashed);
	}
	json_close(w);
}

static int
replay_hash(
    char out[DIGEST_TEXT], struct delta *d, const char *from, const char *to)
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
	json_member(&w, "fromPolicyVersion", d->before.policy);
	put_side(&w, "removed", d, false);
	json_member(&w, "toDigest", to);
	json_member(&w, "toPolicyVersion", d->after.policy);
	json_close(&w);
	if ((rc = buffer_finish(&b, &bytes, d->err)) != 0)
		return rc;
	return hash_digest(out, bytes, d->err);
}

int
delta_write(struct vexlog_bytes *out, struct delta *d, int64_t compared_at)
{
	char from[DIGEST_TEXT], to[DIGEST_TEXT], replay[DIGEST_TEXT];
	struct json_writer w;
	struct buffer b;
	int rc;

	if ((rc = sort_pointers(d->changes, d->count, order_changes, NULL,
		 d->arena, d->err)) != 0 ||
	    (rc = side_digest(from, d, &d->before)) != 0 ||
	    (rc = side_digest(to, d, &d->after)) != 0 ||
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
	put_counts(&w, "after", &d->after);
	put_counts(&w, "before", &d->before);
	json_close(&w);
	json_member(&w, "fromDigest", from);
	json_member(&w, "fromPolicyVersion", d->before.policy);
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
	json_member(&w, "toPolicyVersion", d->after.policy);
	json_close(&w);
	return buffer_finish(&b, out, d->err);
}

/* ---- of two lists ----------------------------------------------------- */

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
take_states(struct delta *d, const struct vexlog_state *before,
    const struct vexlog_state *after)
{
	size_t i = 0, j = 0;
	int rc = 0;

	while (rc == 0 && (i < before->count || j < after->count)) {
		item *a = i < before->count ? &before->list[i] : NULL;
		item *b = j < after->count ? &after->list[j] : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 : order_items(a, b);
		i += order <= 0;
		j += order >= 0;
		rc =
		    delta_take(d, order <= 0 ? a : NULL, order >= 0 ? b : NULL);
	}
	return rc;
}

int
vexlog_delta(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_state *before, const struct vexlog_state *after,
    int64_t compared_at, struct vexlog_err *err)
{
	struct delta d;
	int rc;

	if ((rc = check_sorted(before, err)) != 0 ||
	    (rc = check_sorted(after, err)) != 0 ||
	    (rc = delta_open(&d, arena, err)) != 0)
		return rc;
	if ((rc = take_states(&d, before, after)) == 0)
		rc = delta_write(out, &d, compared_at);
	delta_close(&d);
	return rc;
}
