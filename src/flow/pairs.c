/*
 * pairs.c - the claims that one verdict is decided from.
 */
#include "flow/pairs.h"

#include "base/limits.h"
#include "base/text.h"
#include "flow/verdict.h"
#include "vex/alias.h"

int
pairs_open(struct pairs *pairs, struct store *store, int64_t at,
    struct vexlog_err *err)
{
	*pairs = (struct pairs){.arena = vexlog_arena_open(JOB_ARENA_MAX),
	    .scratch = vexlog_arena_open(JOB_ARENA_MAX),
	    .store = store,
	    .at = at};
	if (pairs->arena == NULL || pairs->scratch == NULL)
		return err_memory(err);
	map_open(&pairs->index, pairs->arena);
	return 0;
}

void
pairs_close(struct pairs *pairs)
{
	vexlog_arena_close(pairs->arena);
	vexlog_arena_close(pairs->scratch);
	pairs->arena = pairs->scratch = NULL;
}

/* Names that claims about a product give each other; asked for once. */
static int
product_names(const struct alias_sets **out, struct pairs *p,
    const char *product, struct vexlog_err *err)
{
	const struct vexlog_observation **list;
	struct vexlog_observations rows;
	size_t at, size = strlen(product);
	int rc;

	if (map_get(&p->index, product, size, &at)) {
		*out = &p->list[at];
		return 0;
	}
	vexlog_arena_reset(p->scratch);
	rc = store_aliased(
	    &rows, p->scratch, p->store, product, p->at, p->by_log, err);
	if (rc != 0)
		return rc;
	list = arena_list(p->scratch, rows.count, sizeof(*list), err);
	p->list = arena_grow(
	    p->arena, p->list, p->count, &p->room, sizeof(*p->list), err);
	char *name = arena_text(p->arena, product, size, err);
	if (list == NULL || p->list == NULL || name == NULL)
		return err->code;
	for (size_t i = 0; i < rows.count; i++)
		list[i] = &rows.list[i];
	rc = alias_join(
	    &p->list[p->count], p->arena, p->scratch, list, rows.count, err);
	if (rc != 0 ||
	    (rc = map_put(&p->index, name, size, p->count, &at, err)) < 0)
		return rc;
	*out = &p->list[p->count++];
	return 0;
}

/* Under which names claims about the pair stand. */
static int
read_names(struct pair_claims *out, struct pairs *p,
    const struct store_pair *pair, struct vexlog_err *err)
{
	const struct alias_sets *sets = NULL;
	const struct alias_set *set;
	int rc;

	*out = (struct pair_claims){
	    .decides = true, .vulnerability = pair->vulnerability};
	if (!pair->aliased)
		return 0;
	if ((rc = product_names(&sets, p, pair->product, err)) != 0)
		return rc;
	set = alias_find(sets, pair->vulnerability);
	if (set == NULL || set->count == 1)
		return 0;
	out->vulnerability = alias_main(set->names, set->count);
	out->names = set->names;
	out->name_count = set->count;
	return 0;
}

/* True: nothing is decided by this pair, and nobody asks for its claims. */
static bool
decides_nothing(struct pair_claims *out, const struct pairs *p,
    const struct store_pair *pair, size_t i, size_t claims)
{
	if (claims > 0 && strcmp(out->names[i], pair->vulnerability) < 0)
		out->decides = false;
	return !out->decides && p->only_deciding;
}

/* Appends the claims under one more name. */
static int
append(struct pair_claims *out, size_t *room, struct vexlog_arena *arena,
    const struct vexlog_observations *more, struct vexlog_err *err)
{
	struct vexlog_observation *list =
	    (struct vexlog_observation *)(uintptr_t)out->claims.list;

	for (size_t i = 0; i < more->count; i++) {
		list = arena_grow(arena, list, out->claims.count, room,
		    sizeof(*list), err);
		if (list == NULL)
			return err->code;
		list[out->claims.count++] = more->list[i];
		out->claims.list = list;
	}
	return 0;
}

int
pairs_claims(struct pair_claims *out, struct vexlog_arena *arena,
    struct pairs *p, const struct store_pair *pair, struct vexlog_err *err)
{
	size_t room = 0;
	int rc = read_names(out, p, pair, err);

	if (rc != 0)
		return rc;
	if (out->names == NULL)
		return store_claims(&out->claims, arena, p->store,
		    pair->vulnerability, pair->product, p->at, p->by_log, err);
	for (size_t i = 0; i < out->name_count; i++) {
		struct vexlog_observations more;
		rc = store_claims(&more, arena, p->store, out->names[i],
		    pair->product, p->at, p->by_log, err);
		if (rc == 0)
			rc = append(out, &room, arena, &more, err);
		if (rc != 0)
			return rc;
		if (decides_nothing(out, p, pair, i, more.count))
			return 0;
	}
	return 0;
}

int
pairs_count(struct pair_claims *out, struct pairs *p,
    const struct store_pair *pair, struct vexlog_err *err)
{
	int rc = read_names(out, p, pair, err);

	if (rc != 0)
		return rc;
	if (out->names == NULL)
		out->claims.count = pair->claims;
	for (size_t i = 0; i < out->name_count; i++) {
		size_t n;
		rc = store_count_claims(&n, p->store, out->names[i],
		    pair->product, p->at, err);
		if (rc != 0)
			return rc;
		out->claims.count += n;
		if (decides_nothing(out, p, pair, i, n))
			return 0;
	}
	return 0;
}

struct history {
	struct store_verdict *list;
	size_t count, room;
};

static int
append_history(struct history *out, struct vexlog_arena *arena,
    struct pairs *p, const char *vulnerability, const char *product,
    int64_t known_at, struct vexlog_err *err)
{
	const struct store_verdict *more;
	size_t n;
	int rc = store_history(&more, &n, arena, p->store, vulnerability,
	    product, false, known_at, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		out->list = arena_grow(arena, out->list, out->count,
		    &out->room, sizeof(*out->list), err);
		if (out->list == NULL)
			return err->code;
		out->list[out->count++] = more[i];
	}
	return rc;
}

int
pairs_history(const struct store_verdict **rows, size_t *count,
    struct vexlog_arena *arena, struct pairs *p,
    const struct pair_claims *claims, const char *product, int64_t known_at,
    struct vexlog_err *err)
{
	struct history all = {NULL, 0, 0};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < claims->name_count; i++)
		if (!text_same(claims->names[i], claims->vulnerability))
			rc = append_history(&all, arena, p, claims->names[i],
			    product, known_at, err);
	if (rc == 0)
		rc = append_history(&all, arena, p, claims->vulnerability,
		    product, known_at, err);
	*rows = all.list;
	*count = all.count;
	return rc;
}

/* The verdict that counted at p->at under a name. *out is NULL: none. */
static int
read_verdict(const struct store_verdict **out, struct vexlog_arena *arena,
    struct pairs *p, const char *vulnerability,
    const struct store_verdict *like, struct vexlog_err *err)
{
	const struct store_verdict *rows;
	size_t count;
	int rc = store_history(&rows, &count, arena, p->store, vulnerability,
	    like->product, false, p->at, err);

	*out = NULL;
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (text_same(rows[i].sbom_entry_id, like->sbom_entry_id))
			*out = &rows[i];
	return rc;
}

int
pairs_renamed(bool *out, struct vexlog_arena *arena, struct pairs *p,
    const struct store_verdict *row, struct vexlog_err *err)
{
	const struct store_pair pair = {.vulnerability = row->vulnerability,
	    .product = row->product,
	    .aliased = true};
	const struct store_verdict *now;
	const struct json_value *list;
	struct pair_claims names;
	struct json_doc record;
	int rc = read_names(&names, p, &pair, err);

	*out = false;
	if (rc != 0 || text_same(names.vulnerability, row->vulnerability) ||
	    (rc = read_verdict(
		 &now, arena, p, names.vulnerability, row, err)) != 0 ||
	    now == NULL ||
	    (rc = verdict_record(&record, arena, now, err)) != 0)
		return rc;
	list = json_get(json_get(record.root, "trace"), "aliases");
	if (!json_is(list, JSON_ARRAY))
		return 0;
	for (const struct json_value *v = json_first(list);
	     !*out && v != json_end(list); v = json_next(v))
		*out = text_same(json_text(v), row->vulnerability);
	return 0;
}
