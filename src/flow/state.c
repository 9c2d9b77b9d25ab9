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
#include "flow/home.h"
#include "flow/state.h"

/* ---- items ------------------------------------------------------------ */

int
state_entry(const struct vexlog_linkage **out, struct state *s,
    const struct vexlog_linkage *from)
{
	struct vexlog_linkage *l = arena_zero(s->arena, sizeof(*l), s->err);

	if (l == NULL ||
	    (l->uuid = arena_copy(s->arena, from->uuid, s->err)) == NULL ||
	    (l->log_id = arena_copy(s->arena, from->log_id, s->err)) == NULL)
		return s->err->code;
	l->log_index = from->log_index;
	*out = l;
	return 0;
}

int
state_copy(struct vexlog_state_item *to, struct state *s,
    const struct vexlog_state_item *from)
{
	struct vexlog_state_item it = *from;
	const char **inputs =
	    arena_list(s->arena, it.input_count, sizeof(*inputs), s->err);
	const char **texts[] = {&it.vulnerability, &it.product,
	    &it.justification, &it.verdict_id, &it.reasoning_id,
	    &it.policy_version, &it.policy_digest, &it.sbom_entry_id,
	    &it.winner, &it.winner_provider, &it.document_digest,
	    &it.document_format};

	if (inputs == NULL)
		return s->err->code;
	for (size_t i = 0; i < it.input_count; i++)
		if ((inputs[i] = arena_copy(s->arena, it.inputs[i], s->err)) ==
		    NULL)
			return s->err->code;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (*texts[i] != NULL &&
		    (*texts[i] = arena_copy(s->arena, *texts[i], s->err)) ==
			NULL)
			return s->err->code;
	it.inputs = inputs;
	*to = it;
	return it.linkage == NULL ? 0
				  : state_entry(&to->linkage, s, it.linkage);
}

int
state_add(struct state *s, const struct vexlog_state_item *item)
{
	struct vexlog_state_item copy;
	int rc = state_copy(&copy, s, item);

	if (rc != 0)
		return rc;
	s->list = arena_grow(
	    s->arena, s->list, s->count, &s->room, sizeof(*s->list), s->err);
	if (s->list == NULL)
		return s->err->code;
	s->list[s->count++] = copy;
	return 0;
}

int
state_item(struct vexlog_state_item *out, struct state *s,
    const struct vexlog_verdict *v)
{
	const struct vexlog_observation *winner = v->inputs[0].observation;
	const char **inputs =
	    arena_list(s->scratch, v->input_count, sizeof(*inputs), s->err);

	if (inputs == NULL)
		return s->err->code;
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_observation *o = v->inputs[i].observation;
		inputs[i] = o->id;
		if (text_same(o->id, v->winner))
			winner = o;
	}
	*out = (struct vexlog_state_item){.vulnerability = v->vulnerability,
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
	return 0;
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
	const struct vexlog_policy *policy = s->policy;
	const struct vexlog_bytes none = {NULL, 0};
	int rc;

	if (sorted == NULL || group == NULL)
		return s->err->code;
	for (size_t i = 0; i < all->count; i++)
		sorted[i] = &all->list[i];
	if ((rc = sort_pointers(sorted, all->count, order_claims, NULL,
		 s->arena, s->err)) != 0 ||
	    (policy == NULL &&
		(rc = vexlog_policy_read(
		     &policy, s->arena, NULL, none, s->err)) != 0))
		return rc;
	for (size_t i = 0; rc == 0 && i < all->count;) {
		struct vexlog_state_item item;
		struct vexlog_verdict v;
		size_t n = 0;
		do
			group[n] = *(const struct vexlog_observation *)
				       sorted[i + n];
		while (++n,
		    i + n < all->count &&
			text_same(group[0].vulnerability,
			    ((const struct vexlog_observation *)sorted[i + n])
				->vulnerability) &&
			text_same(group[0].product,
			    ((const struct vexlog_observation *)sorted[i + n])
				->product));
		const struct vexlog_observations claims = {group, n};
		vexlog_arena_reset(s->scratch);
		rc =
		    vexlog_merge(&v, s->scratch, &claims, policy, NULL, s->err);
		if (rc == 0)
			rc = state_item(&item, s, &v);
		if (rc == 0)
			rc = state_add(s, &item);
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
			(void)snprintf(s->err->pointer, sizeof(s->err->pointer),
			    "%s", doc.findings[i].pointer);
		}
	s->document = true;
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

int
state_finish(struct vexlog_state *out, struct state *s)
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
	*out = (struct vexlog_state){list, n, s->document};
	return 0;
}

/* ---- of anything ------------------------------------------------------ */

int
vexlog_state(struct vexlog_state *out, struct vexlog_arena *arena,
    struct vexlog *v, const char *what, const struct vexlog_policy *policy,
    struct vexlog_err *err)
{
	struct state s = {.arena = arena,
	    .v = v,
	    .policy = policy,
	    .at = TIME_MAX,
	    .err = err};
	const char *why;
	bool is_time = text_same(what, "now") || time_read(&s.at, what, &why);
	int rc;

	if (is_time && v == NULL)
		return err_set(
		    err, VEXLOG_MISUSE, "the verdicts of a time need a store");
	if ((s.scratch = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		return err_memory(err);
	rc = is_time ? state_take_time(&s) : take_document(&s, what);
	if (rc == 0)
		rc = state_finish(out, &s);
	if (rc == VEXLOG_NOT_FOUND && !is_time)
		err_hint(err,
		    "give \"now\", a time like 2026-01-31T00:00:00Z, or the "
		    "path of a VEX document or an export");
	vexlog_arena_close(s.scratch);
	return rc;
}
