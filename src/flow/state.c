/*
 * state.c - the verdicts of a time, a document or an export, for a delta.
 */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "base/unpack.h"
#include "flow/attest.h"
#include "flow/delta_states.h"
#include "flow/home.h"
#include "flow/state.h"
#include "flow/verdict.h"

/* Copies what must outlive the scratch arena. */
int
state_add(struct state *s, const struct vexlog_state_item *from)
{
	struct vexlog_state_item it = *from;
	const char **inputs =
	    arena_list(s->arena, it.input_count, sizeof(*inputs), s->err);
	const char **texts[] = {&it.vulnerability, &it.product,
	    &it.justification, &it.verdict_id, &it.reasoning_id,
	    &it.policy_version, &it.policy_digest, &it.sbom_entry_id,
	    &it.winner, &it.winner_provider, &it.document_digest,
	    &it.document_format};

	s->list = arena_grow(s->arena, s->list, s->count, &s->room,
	    sizeof(*s->list), s->err);
	if (inputs == NULL || s->list == NULL)
		return s->err->code;
	for (size_t i = 0; i < it.input_count; i++)
		if ((inputs[i] = arena_copy(s->arena, it.inputs[i],
			 s->err)) == NULL)
			return s->err->code;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (*texts[i] != NULL &&
		    (*texts[i] = arena_copy(s->arena, *texts[i], s->err)) ==
			NULL)
			return s->err->code;
	it.inputs = inputs;
	s->list[s->count++] = it;
	return 0;
}

static int
add_verdict(struct state *s, const struct vexlog_verdict *v)
{
	const struct vexlog_observation *winner = v->inputs[0].observation;
	const char **inputs = arena_list(s->scratch, v->input_count,
	    sizeof(*inputs), s->err);

	if (inputs == NULL)
		return s->err->code;
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_observation *o = v->inputs[i].observation;
		inputs[i] = o->id;
		if (text_same(o->id, v->winner))
			winner = o;
	}
	const struct vexlog_state_item it = {
	    .vulnerability = v->vulnerability,
	    .product = v->product,
	    .status = v->status,
	    .justification = v->justification,
	    .verdict_id = v->id,
	    .reasoning_id = v->reasoning_id,
	    .policy_version = v->policy_version,
	    .policy_digest = v->policy_digest,
	    .sbom_entry_id = v->sbom_entry_id,
	    .winner = v->winner,
	    .winner_provider = winner->provider,
	    .document_digest = winner->document_digest,
	    .document_format = winner->format,
	    .inputs = inputs,
	    .input_count = v->input_count,
	    .conflict_count = v->conflict_count};
	return state_add(s, &it);
}

/* Where a verdict that was kept is logged; of its entry a delta tells no
 * more. */
static int
add_linkage(struct state *s)
{
	struct vexlog_state_item *it = &s->list[s->count - 1];
	const struct vexlog_linkage *all = NULL;
	struct vexlog_linkage *l;
	struct vexlog_err why;
	int rc = verdict_linkage(&all, NULL, s->scratch, s->v->store,
	    "verdict", it->verdict_id, &why);

	if (rc != 0 && rc != VEXLOG_NOT_FOUND) {
		*s->err = why;
		return rc;
	}
	if (rc != 0 || all == NULL)
		return 0;
	if ((l = arena_zero(s->arena, sizeof(*l), s->err)) == NULL ||
	    (l->uuid = arena_copy(s->arena, all->uuid, s->err)) == NULL ||
	    (l->log_id = arena_copy(s->arena, all->log_id, s->err)) == NULL)
		return s->err->code;
	l->log_index = all->log_index;
	it->linkage = l;
	return 0;
}

/* ---- of a time -------------------------------------------------------- */

/* The policy in force at a time: of the last verdict about the pair. */
static int
policy_then(const struct vexlog_policy **out, struct state *s,
    const char *vulnerability, const char *product, int64_t at)
{
	const struct store_verdict *rows;
	size_t count;
	int rc = store_history(&rows, &count, s->scratch, s->v->store,
	    vulnerability, product, false, at, s->err);

	if (rc != 0)
		return rc;
	const char *digest = count == 0 ? NULL : rows[count - 1].policy_digest;
	if (s->policy == NULL || !text_same(s->policy_digest, digest)) {
		rc = verdict_policy(
		    &s->policy, s->arena, s->v->store, digest, s->err);
		if (rc == 0 && digest != NULL &&
		    (digest = arena_copy(s->arena, digest, s->err)) == NULL)
			rc = s->err->code;
		s->policy_digest = digest;
	}
	*out = s->policy;
	return rc;
}

static int
take_pair(struct state *s, const struct store_pair *pair, int64_t at)
{
	const struct vexlog_policy *policy;
	struct pair_claims claims;
	struct vexlog_verdict v;
	int rc;

	vexlog_arena_reset(s->scratch);
	rc = pairs_claims(&claims, s->scratch, &s->pairs, pair, s->err);
	if (rc != 0 || !claims.decides)
		return rc;
	if ((rc = policy_then(&policy, s, claims.vulnerability, pair->product,
		 at)) != 0 ||
	    (rc = vexlog_merge(&v, s->scratch, &claims.claims, policy, NULL,
		 s->err)) != 0 ||
	    (rc = add_verdict(s, &v)) != 0)
		return rc;
	return add_linkage(s);
}

static int
take_time(struct state *s, int64_t at)
{
	struct vexlog_filter filter = {.log_index = -1,
	    .known_at = at,
	    .limit = VEXLOG_PAGE_MAX};
	struct vexlog_arena *page = vexlog_arena_open(JOB_ARENA_MAX);
	const struct store_pair *pairs;
	char cursor[CURSOR_MAX];
	const char *next = NULL;
	size_t count;
	int rc = 0;

	if (page == NULL)
		return err_memory(s->err);
	rc = pairs_open(&s->pairs, s->v->store, at, s->err);
	if (rc == 0)
		rc = store_snapshot(s->v->store, s->err);
	if (rc != 0) {
		pairs_close(&s->pairs);
		vexlog_arena_close(page);
		return rc;
	}
	do {
		if (next != NULL) {
			(void)snprintf(cursor, sizeof(cursor), "%s", next);
			filter.cursor = cursor;
		}
		vexlog_arena_reset(page);
		rc = store_pairs(&pairs, &count, &next, page, s->v->store,
		    &filter, s->err);
		for (size_t i = 0; rc == 0 && i < count; i++)
			rc = take_pair(s, &pairs[i], at);
	} while (rc == 0 && next != NULL);
	store_rollback(s->v->store);
	pairs_close(&s->pairs);
	vexlog_arena_close(page);
	return rc;
}

/* ---- of a document ---------------------------------------------------- */

static int
order_claims(const void *a, const void *b, void *context)
{
	const struct vexlog_observation *x = a, *y = b;
	int order = strcmp(x->vulnerability, y->vulnerability);

	(void)context;
	if (order == 0)
		order = strcmp(x->product, y->product);
	return order != 0 ? order : strcmp(x->id, y->id);
}

static int
take_claims(struct state *s, const struct vexlog_observations *all)
{
	const void **sorted =
	    arena_list(s->arena, all->count, sizeof(*sorted), s->err);
	struct vexlog_observation *group =
	    arena_list(s->arena, all->count, sizeof(*group), s->err);
	const struct vexlog_policy *policy;
	const struct vexlog_bytes none = {NULL, 0};
	int rc;

	if (sorted == NULL || group == NULL)
		return s->err->code;
	for (size_t i = 0; i < all->count; i++)
		sorted[i] = &all->list[i];
	if ((rc = sort_pointers(sorted, all->count, order_claims, NULL,
		 s->arena, s->err)) != 0 ||
	    (rc = vexlog_policy_read(&policy, s->arena, NULL, none, s->err)) !=
		0)
		return rc;
	for (size_t i = 0; rc == 0 && i < all->count;) {
		struct vexlog_verdict v;
		size_t n = 0;
		do
			group[n] = *(const struct vexlog_observation *)
				       sorted[i + n];
		while (++n, i + n < all->count &&
		    text_same(group[0].vulnerability,
			((const struct vexlog_observation *)sorted[i + n])
			    ->vulnerability) &&
		    text_same(group[0].product,
			((const struct vexlog_observation *)sorted[i + n])
			    ->product));
		const struct vexlog_observations claims = {group, n};
		vexlog_arena_reset(s->scratch);
		rc = vexlog_merge(&v, s->scratch, &claims, policy, NULL,
		    s->err);
		if (rc == 0)
			rc = add_verdict(s, &v);
		i += n;
	}
	return rc;
}

static int
take_document(struct state *s, const char *path)
{
	const struct vexlog_read_options options = {
	    .received_at = s->v == NULL ? time_now() :
					  home_now(&s->v->options)};
	struct vexlog_arena *arena = vexlog_arena_open(JOB_ARENA_MAX);
	struct vexlog_document doc;
	struct vexlog_bytes bytes;
	int rc;

	if (arena == NULL)
		return err_memory(s->err);
	rc = file_read(&bytes, arena, path, DOCUMENT_SIZE_MAX, s->err);
	if (rc == 0 && state_is_export(bytes)) {
		rc = state_take_export(s, arena, bytes);
		if (rc != 0)
			err_where(s->err, path);
		vexlog_arena_close(arena);
		return rc;
	}
	if (rc == 0)
		rc = unpack(&bytes, arena, bytes, DOCUMENT_SIZE_DEFAULT,
		    s->err);
	if (rc == 0)
		rc = vexlog_read(&doc, arena, bytes, &options, s->err);
	for (size_t i = 0; rc == 0 && i < doc.finding_count; i++)
		if (doc.findings[i].unsafe) {
			rc = err_set(s->err, VEXLOG_SHAPE, "%s",
			    doc.findings[i].message);
			err_rule(s->err, doc.findings[i].rule);
			(void)snprintf(s->err->pointer,
			    sizeof(s->err->pointer), "%s",
			    doc.findings[i].pointer);
		}
	if (rc == 0)
		rc = take_claims(s, &doc.observations);
	if (rc != 0)
		err_where(s->err, path);
	vexlog_arena_close(arena);
	return rc;
}

/* Sorted by (vulnerability, product); the name of a verdict can differ from
 * its claims' when they meet under an alias. */
static int
order_items(const void *a, const void *b, void *context)
{
	const struct vexlog_state_item *x = a, *y = b;
	int order = strcmp(x->vulnerability, y->vulnerability);

	(void)context;
	return order != 0 ? order : strcmp(x->product, y->product);
}

static int
finish(struct vexlog_state *out, struct state *s)
{
	const void **sorted =
	    arena_list(s->arena, s->count, sizeof(*sorted), s->err);
	struct vexlog_state_item *list =
	    arena_list(s->arena, s->count, sizeof(*list), s->err);
	size_t n = 0;
	int rc;

	if (sorted == NULL || list == NULL)
		return s->err->code;
	for (size_t i = 0; i < s->count; i++)
		sorted[i] = &s->list[i];
	rc = sort_pointers(sorted, s->count, order_items, NULL, s->arena,
	    s->err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < s->count; i++)
		if (n == 0 || order_items(&list[n - 1], sorted[i], NULL) != 0)
			list[n++] =
			    *(const struct vexlog_state_item *)sorted[i];
	*out = (struct vexlog_state){list, n};
	return 0;
}

int
vexlog_state(struct vexlog_state *out, struct vexlog_arena *arena,
    struct vexlog *v, const char *what, struct vexlog_err *err)
{
	struct state s = {.arena = arena, .v = v, .err = err};
	const char *why;
	int64_t at = TIME_MAX;
	bool is_time = text_same(what, "now") || time_read(&at, what, &why);
	int rc;

	if (is_time && v == NULL)
		return err_set(err, VEXLOG_MISUSE,
		    "the verdicts of a time need a store");
	if ((s.scratch = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		return err_memory(err);
	rc = is_time ? take_time(&s, at) : take_document(&s, what);
	if (rc == 0)
		rc = finish(out, &s);
	if (rc == VEXLOG_NOT_FOUND && !is_time)
		err_hint(err,
		    "give \"now\", a time like 2026-01-31T00:00:00Z, or the "
		    "path of a VEX document or an export");
	vexlog_arena_close(s.scratch);
	return rc;
}

/* Beside the delta; none when they are too many. */
static int
keep_states(struct vexlog *v, struct vexlog_arena *arena, const char *delta,
    const struct vexlog_state *before, const struct vexlog_state *after,
    struct vexlog_err *err)
{
	char digest[DIGEST_TEXT], *kind;
	struct vexlog_bytes states;
	bool stored;
	int rc = delta_states_write(&states, arena, before, after, err);

	if (rc == VEXLOG_LIMIT)
		return 0;
	if (rc != 0 || (rc = hash_digest(digest, states, err)) != 0)
		return rc;
	if ((kind = delta_states_kind(arena, delta, err)) == NULL)
		return err->code;
	return store_put_blob(&stored, v->store, kind, digest, states, err);
}

int
vexlog_delta_keep(const char **id, struct vexlog_arena *arena,
    struct vexlog *v, struct vexlog_bytes delta,
    const struct vexlog_state *before, const struct vexlog_state *after,
    struct vexlog_err *err)
{
	struct vexlog_bytes body, statement;
	char digest[DIGEST_TEXT];
	bool stored;
	int rc;

	if ((rc = vexlog_canon(&body, arena, delta, err)) != 0 ||
	    (rc = hash_digest(digest, body, err)) != 0 ||
	    (rc = statement_write(&statement, arena, "vex-delta", digest + 7,
		 ATTEST_DELTA, body, err)) != 0 ||
	    (rc = store_begin(v->store, err)) != 0)
		return rc;
	if ((rc = store_put_blob(&stored, v->store, "delta", digest, body,
		 err)) != 0 ||
	    (rc = keep_states(v, arena, digest, before, after, err)) != 0 ||
	    (rc = store_enqueue(v->store, "delta", digest, statement, err)) !=
		0 ||
	    (rc = store_commit(v->store, err)) != 0) {
		store_rollback(v->store);
		return rc;
	}
	char *text = arena_copy(arena, digest, err);
	if (text == NULL)
		return err->code;
	*id = text;
	return 0;
}
