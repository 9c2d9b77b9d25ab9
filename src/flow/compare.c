/*
 * compare.c - the delta of two states, and what is kept of it.
 *
 * Of two times the pairs go by once. Claims are only ever added, and a verdict
 * keeps from how many it was decided: where their number is the one known at a
 * time, the row kept is the verdict of that time, and nothing is decided again
 * unless it changed.
 */
#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/attest.h"
#include "flow/delta_states.h"
#include "flow/state.h"
#include "vex/delta.h"

/* The JSON of an item, at the least: its names are 249 bytes, its digests and
 * ids more than 350. */
#define ITEM_JSON_MIN 600

enum { BEFORE, AFTER };

struct compare {
	struct state sides[2];
	/* of verdicts under several names, whose pairs meet at the end */
	const void **aside[2];
	size_t aside_count[2], aside_room[2];
	struct delta d;
	struct vexlog_arena *arena; /* of what the delta names */
	struct vexlog_arena *kept;  /* of the states, or NULL: not kept */
	struct vexlog_err *err;
};

/* ---- keeping ---------------------------------------------------------- */

/* What is put into the store of one delta. before is NULL where the states
 * are not kept. */
struct keeping {
	struct vexlog_arena *arena;
	const char *digest; /* of the body */
	struct vexlog_bytes body, statement;
	const struct vexlog_state *before, *after;
};

/* Beside the delta; none when they are too many. */
static int
put_states(struct store *store, const struct keeping *k, struct vexlog_err *err)
{
	char digest[DIGEST_TEXT], *kind;
	struct vexlog_bytes states;
	bool stored;
	int rc =
	    delta_states_write(&states, k->arena, k->before, k->after, err);

	if (rc == VEXLOG_LIMIT)
		return 0;
	if (rc != 0 || (rc = hash_digest(digest, states, err)) != 0)
		return rc;
	if ((kind = delta_states_kind(k->arena, k->digest, err)) == NULL)
		return err->code;
	return store_put_blob(&stored, store, kind, digest, states, err);
}

static int
put_delta(struct store *store, void *context, struct vexlog_err *err)
{
	const struct keeping *k = context;
	bool stored;
	int rc =
	    store_put_blob(&stored, store, "delta", k->digest, k->body, err);

	if (rc == 0 && k->before != NULL)
		rc = put_states(store, k, err);
	return rc != 0
	    ? rc
	    : store_enqueue(store, "delta", k->digest, k->statement, err);
}

static int
keep_delta(const char **id, struct vexlog_arena *arena, struct vexlog *v,
    struct vexlog_bytes delta, const struct vexlog_state *before,
    const struct vexlog_state *after, struct vexlog_err *err)
{
	struct keeping k = {.arena = arena, .before = before, .after = after};
	int rc;

	if ((rc = vexlog_canon(&k.body, arena, delta, err)) != 0)
		return rc;
	if ((k.digest = hash_digest_new(arena, k.body, err)) == NULL)
		return err->code;
	if ((rc = statement_write(&k.statement, arena, "vex-delta",
		 k.digest + 7, ATTEST_DELTA, k.body, err)) != 0 ||
	    (rc = store_transaction(v->store, put_delta, &k, err)) != 0)
		return rc;
	*id = k.digest;
	return 0;
}

int
vexlog_delta_keep(const char **id, struct vexlog_arena *arena, struct vexlog *v,
    struct vexlog_bytes delta, const struct vexlog_state *before,
    const struct vexlog_state *after, struct vexlog_err *err)
{
	return keep_delta(id, arena, v, delta, before, after, err);
}

/* ---- of two times ----------------------------------------------------- */

static int
copy_item(const struct vexlog_state_item **item, struct state *s)
{
	struct vexlog_state_item *copy;
	int rc;

	if (*item == NULL)
		return 0;
	if ((copy = arena_take(s->arena, sizeof(*copy), s->err)) == NULL)
		return s->err->code;
	if ((rc = state_copy(copy, s, *item)) != 0 ||
	    (rc = state_find_entry(copy, s)) != 0)
		return rc;
	*item = copy;
	return 0;
}

static bool
too_many(const struct compare *c)
{
	return c->sides[BEFORE].count + c->sides[AFTER].count >
	    DELTA_STATES_MAX / ITEM_JSON_MIN;
}

/* A copy for the states that are kept, while they are not too many. */
static int
keep_item(struct compare *c, int side, const struct vexlog_state_item *item)
{
	struct state *s = &c->sides[side];
	struct vexlog_arena *arena = s->arena;

	if (c->kept == NULL || item == NULL)
		return 0;
	s->arena = c->kept;
	int rc = state_add(s, item);
	if (rc == 0)
		rc = state_find_entry(&s->list[s->count - 1], s);
	s->arena = arena;
	if (rc != 0 || !too_many(c))
		return rc;
	vexlog_arena_close(c->kept);
	c->kept = NULL;
	return 0;
}

/* Where they differ they stay. */
static int
take_both(struct compare *c, const struct vexlog_state_item *before,
    const struct vexlog_state_item *after)
{
	int rc;

	if ((rc = keep_item(c, BEFORE, before)) != 0 ||
	    (rc = keep_item(c, AFTER, after)) != 0)
		return rc;
	return delta_take(&c->d, before, after);
}

static int
put_aside(struct compare *c, int side, const struct vexlog_state_item *item)
{
	int rc = copy_item(&item, &c->sides[side]);

	if (rc != 0 || item == NULL)
		return rc;
	c->aside[side] =
	    arena_grow(c->arena, c->aside[side], c->aside_count[side],
		&c->aside_room[side], sizeof(*c->aside[side]), c->err);
	if (c->aside[side] == NULL)
		return c->err->code;
	c->aside[side][c->aside_count[side]++] = item;
	return 0;
}

static int
decide_pair(
    struct compare *c, const struct state_pair *p, const size_t claims[2])
{
	struct vexlog_state_item items[2];
	const struct vexlog_state_item *is[2] = {NULL, NULL};
	int rc = 0;

	for (int i = 0; i < 2 && rc == 0; i++) {
		bool found = false;
		vexlog_arena_reset(c->sides[i].scratch);
		if (claims[i] > 0)
			rc = state_decide(&items[i], &found, &c->sides[i], p);
		if (found)
			is[i] = &items[i];
	}
	if (rc != 0)
		return rc;
	/* another pair may decide what this one did before it was known that
	 * both are of one vulnerability */
	if (p->pair->aliased &&
	    (is[BEFORE] == NULL || is[AFTER] == NULL ||
		!text_same(
		    is[BEFORE]->vulnerability, is[AFTER]->vulnerability))) {
		rc = put_aside(c, BEFORE, is[BEFORE]);
		return rc != 0 ? rc : put_aside(c, AFTER, is[AFTER]);
	}
	if (delta_differs(is[BEFORE], is[AFTER]) &&
	    ((rc = copy_item(&is[BEFORE], &c->sides[BEFORE])) != 0 ||
		(rc = copy_item(&is[AFTER], &c->sides[AFTER])) != 0))
		return rc;
	return take_both(c, is[BEFORE], is[AFTER]);
}

/* Where a kept row is the verdict of each time, what it says is enough to see
 * that nothing changed. */
static int
take_pair(const struct state_pair *p, void *context)
{
	struct compare *c = context;
	struct vexlog_state_item items[2];
	size_t claims[2];
	bool settled = c->kept == NULL && !p->pair->aliased;
	int rc;

	for (int i = 0; i < 2; i++) {
		const struct state *s = &c->sides[i], *other = &c->sides[!i];
		claims[i] =
		    s->at >= other->at ? p->pair->claims : p->pair->claims_then;
		const struct store_verdict *row =
		    state_choose(p->rows, p->row_count, s->at);
		settled = settled && row != NULL && row->claims == claims[i];
		if (settled &&
		    (rc = state_row_item(&items[i], row, c->err)) != 0)
			return rc;
	}
	if (settled && !delta_differs(&items[BEFORE], &items[AFTER]))
		return delta_take(&c->d, &items[BEFORE], &items[AFTER]);
	return decide_pair(c, p, claims);
}

static int
order_aside(const void *a, const void *b, void *context)
{
	const struct vexlog_state_item *x = a, *y = b;
	int order = strcmp(x->vulnerability, y->vulnerability);

	(void)context;
	return order != 0 ? order : strcmp(x->product, y->product);
}

static int
take_aside(struct compare *c)
{
	size_t at[2] = {0, 0};
	int rc = 0;

	for (int i = 0; i < 2 && rc == 0; i++)
		rc = sort_pointers(c->aside[i], c->aside_count[i], order_aside,
		    NULL, c->arena, c->err);
	while (rc == 0 &&
	    (at[BEFORE] < c->aside_count[BEFORE] ||
		at[AFTER] < c->aside_count[AFTER])) {
		const struct vexlog_state_item *is[2] = {NULL, NULL};
		for (int i = 0; i < 2; i++)
			if (at[i] < c->aside_count[i])
				is[i] = c->aside[i][at[i]];
		int order = is[BEFORE] == NULL ? 1
		    : is[AFTER] == NULL
		    ? -1
		    : order_aside(is[BEFORE], is[AFTER], NULL);
		if (order > 0)
			is[BEFORE] = NULL;
		if (order < 0)
			is[AFTER] = NULL;
		at[BEFORE] += order <= 0;
		at[AFTER] += order >= 0;
		rc = take_both(c, is[BEFORE], is[AFTER]);
	}
	return rc;
}

static int
compare_times(struct vexlog_bytes *out, struct compare *c, int64_t compared_at)
{
	struct state *before = &c->sides[BEFORE], *after = &c->sides[AFTER];
	bool forward = before->at <= after->at;
	int rc;

	if ((rc = state_open_time(before, before->at)) != 0 ||
	    (rc = state_open_time(after, after->at)) != 0 ||
	    (rc = state_each_pair(before->v, forward ? after->at : before->at,
		 forward ? before->at : after->at, take_pair, c, c->err)) !=
		0 ||
	    (rc = take_aside(c)) != 0)
		return rc;
	return delta_write(out, &c->d, compared_at);
}

static int
open_compare(
    struct compare *c, struct vexlog *v, const int64_t at[2], bool keep)
{
	int rc = delta_open(&c->d, c->arena, c->err);

	if (keep)
		c->kept = vexlog_arena_open(JOB_ARENA_MAX);
	if (rc == 0 && keep && c->kept == NULL)
		rc = err_memory(c->err);
	for (int i = 0; i < 2; i++) {
		c->sides[i] = (struct state){.arena = c->arena,
		    .scratch = vexlog_arena_open(JOB_ARENA_MAX),
		    .v = v,
		    .at = at[i],
		    .err = c->err};
		if (rc == 0 && c->sides[i].scratch == NULL)
			rc = err_memory(c->err);
	}
	return rc;
}

static void
close_compare(struct compare *c)
{
	for (int i = 0; i < 2; i++) {
		state_close_time(&c->sides[i]);
		vexlog_arena_close(c->sides[i].scratch);
	}
	vexlog_arena_close(c->kept);
	delta_close(&c->d);
}

static int
keep_times(const char **id, struct compare *c, struct vexlog_bytes delta)
{
	struct vexlog_state states[2];
	int rc = 0;

	for (int i = 0; i < 2 && rc == 0 && c->kept != NULL; i++) {
		c->sides[i].arena = c->kept;
		rc = state_finish(&states[i], &c->sides[i]);
	}
	return rc != 0 ? rc
		       : keep_delta(id, c->arena, c->sides[BEFORE].v, delta,
			     c->kept == NULL ? NULL : &states[BEFORE],
			     &states[AFTER], c->err);
}

/* ---- of anything ------------------------------------------------------ */

static int
policy_unused(struct vexlog_err *err)
{
	err_set(err, VEXLOG_MISUSE,
	    "a policy is for documents, and neither side is one");
	return err_hint(err,
	    "a time has the policy that was in force then, an export the "
	    "verdicts that it holds");
}

static int
compare_states(struct vexlog_bytes *out, const char **id,
    struct vexlog_arena *arena, struct vexlog *v, const char *from,
    const char *to, const struct vexlog_policy *policy, int64_t compared_at,
    struct vexlog_err *err)
{
	struct vexlog_state before, after;
	int rc;

	if ((rc = vexlog_state(&before, arena, v, from, policy, err)) != 0 ||
	    (rc = vexlog_state(&after, arena, v, to, policy, err)) != 0)
		return rc;
	if (policy != NULL && !before.document && !after.document)
		return policy_unused(err);
	if ((rc = vexlog_delta(
		 out, arena, &before, &after, compared_at, err)) != 0)
		return rc;
	return id == NULL
	    ? 0
	    : keep_delta(id, arena, v, *out, &before, &after, err);
}

static bool
read_time(int64_t *out, const char *what)
{
	const char *why;

	*out = TIME_MAX;
	return text_same(what, "now") || time_read(out, what, &why);
}

int
vexlog_compare(struct vexlog_bytes *out, const char **id,
    struct vexlog_arena *arena, struct vexlog *v, const char *from,
    const char *to, const struct vexlog_policy *policy, int64_t compared_at,
    struct vexlog_err *err)
{
	struct compare c = {.arena = arena, .err = err};
	int64_t at[2];
	int rc;

	if (v == NULL && id != NULL)
		return err_set(
		    err, VEXLOG_MISUSE, "a delta is kept in a store");
	if (v == NULL || !read_time(&at[BEFORE], from) ||
	    !read_time(&at[AFTER], to))
		return compare_states(
		    out, id, arena, v, from, to, policy, compared_at, err);
	if (policy != NULL)
		return policy_unused(err);
	rc = open_compare(&c, v, at, id != NULL);
	if (rc == 0)
		rc = compare_times(out, &c, compared_at);
	if (rc == 0 && id != NULL)
		rc = keep_times(id, &c, *out);
	close_compare(&c);
	return rc;
}
