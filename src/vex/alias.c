/*
 * alias.c - other names of one vulnerability, by union and find over the
 * names that claims give each other.
 */
#include "vex/alias.h"

#include "base/map.h"
#include "base/sort.h"
#include "base/text.h"
#include "json/json.h"

int
alias_read(const char *const **out, size_t *count, struct vexlog_arena *arena,
    const char *json, struct vexlog_err *err)
{
	struct json_doc doc;

	*out = NULL;
	*count = 0;
	if (json == NULL || strcmp(json, "[]") == 0)
		return 0;
	int rc = json_read(&doc, arena, text_bytes(json), 0, err);
	if (rc != 0)
		return rc;
	if (!json_is(doc.root, JSON_ARRAY))
		return err_set(err, VEXLOG_BAD_PROOF,
		    "aliases are %s, not an array",
		    json_type_name(doc.root->type));
	const char **list =
	    arena_list(arena, json_count(doc.root), sizeof(*list), err);
	if (list == NULL)
		return err->code;
	for (const struct json_value *v = json_first(doc.root);
	     v != json_end(doc.root); v = json_next(v)) {
		if (json_text(v) == NULL)
			return err_set(err, VEXLOG_BAD_PROOF,
			    "an alias is %s, not a string",
			    json_type_name(v->type));
		list[(*count)++] = json_text(v);
	}
	*out = list;
	return 0;
}

static bool
is_cve(const char *name)
{
	return text_starts(name, "CVE-");
}

struct edge {
	const char *name, *alias;
};

struct closure {
	struct vexlog_arena *arena;
	struct vexlog_err *err;
	struct edge *edges;
	size_t edge_count, edge_room;
	struct map index; /* name to its place below */
	const char **names;
	size_t *above;	  /* union-find */
	const char **cve; /* of a root: the CVE id in its set, or NULL */
	size_t count, room_names, room_above, room_cve;
};

/* Each edge in one direction, so that the same one said twice is one. */
static int
add_edge(struct closure *c, const char *a, const char *b)
{
	if (strcmp(a, b) == 0)
		return 0;
	c->edges = arena_grow(c->arena, c->edges, c->edge_count,
	    &c->edge_room, sizeof(*c->edges), c->err);
	if (c->edges == NULL)
		return c->err->code;
	c->edges[c->edge_count++] =
	    strcmp(a, b) < 0 ? (struct edge){a, b} : (struct edge){b, a};
	return 0;
}

static int
order_edges(const void *a, const void *b, void *context)
{
	const struct edge *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	(void)context;
	return order != 0 ? order : strcmp(x->alias, y->alias);
}

static int
place(size_t *out, struct closure *c, const char *name)
{
	int rc = map_put(&c->index, name, strlen(name), c->count, out, c->err);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	c->names = arena_grow(c->arena, c->names, c->count, &c->room_names,
	    sizeof(*c->names), c->err);
	c->above = arena_grow(c->arena, c->above, c->count, &c->room_above,
	    sizeof(*c->above), c->err);
	c->cve = arena_grow(c->arena, c->cve, c->count, &c->room_cve,
	    sizeof(*c->cve), c->err);
	if (c->names == NULL || c->above == NULL || c->cve == NULL)
		return c->err->code;
	c->names[c->count] = name;
	c->above[c->count] = c->count;
	c->cve[c->count] = is_cve(name) ? name : NULL;
	c->count++;
	return 0;
}

static size_t
root_of(struct closure *c, size_t i)
{
	while (c->above[i] != i) {
		c->above[i] = c->above[c->above[i]];
		i = c->above[i];
	}
	return i;
}

static int
join(struct closure *c, const struct edge *e)
{
	size_t a, b;
	int rc = place(&a, c, e->name);

	if (rc == 0)
		rc = place(&b, c, e->alias);
	if (rc != 0)
		return rc;
	a = root_of(c, a);
	b = root_of(c, b);
	if (a == b || (c->cve[a] != NULL && c->cve[b] != NULL))
		return 0;
	if (c->cve[a] == NULL)
		c->cve[a] = c->cve[b];
	c->above[b] = a;
	return 0;
}

/* In the order of the names, so that which edge comes too late for a set
 * that has its CVE id follows from the set alone. */
static int
join_all(struct closure *c)
{
	const void **sorted =
	    arena_list(c->arena, c->edge_count, sizeof(*sorted), c->err);
	int rc;

	if (sorted == NULL)
		return c->err->code;
	for (size_t i = 0; i < c->edge_count; i++)
		sorted[i] = &c->edges[i];
	rc = sort_pointers(sorted, c->edge_count, order_edges, NULL, c->arena,
	    c->err);
	for (size_t i = 0; rc == 0 && i < c->edge_count; i++)
		rc = join(c, sorted[i]);
	return rc;
}

/* ---- sets --------------------------------------------------------------- */

/* A name and where its set begins in the union-find. */
struct member {
	const char *name;
	size_t root;
};

static int
order_members(const void *a, const void *b, void *context)
{
	const struct member *x = a, *y = b;

	(void)context;
	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int
sort_members(const void ***out, struct closure *c)
{
	struct member *members =
	    arena_list(c->arena, c->count, sizeof(*members), c->err);
	const void **sorted =
	    arena_list(c->arena, c->count, sizeof(*sorted), c->err);

	if (members == NULL || sorted == NULL)
		return c->err->code;
	for (size_t i = 0; i < c->count; i++) {
		members[i] = (struct member){c->names[i], root_of(c, i)};
		sorted[i] = &members[i];
	}
	*out = sorted;
	return sort_pointers(
	    sorted, c->count, order_members, NULL, c->arena, c->err);
}

/* Copies the names, set by set. */
static int
copy_sets(struct alias_sets *out, struct vexlog_arena *arena,
    const struct closure *c, const void *const *sorted)
{
	const char **names =
	    arena_list(arena, c->count, sizeof(*names), c->err);
	size_t first = 0, found;

	out->sets = arena_list(arena, c->count, sizeof(*out->sets), c->err);
	if (names == NULL || out->sets == NULL)
		return c->err->code;
	for (size_t i = 0; i < c->count; i++) {
		const struct member *m = sorted[i];
		if (m->root != ((const struct member *)sorted[first])->root)
			first = i;
		if ((names[i] = arena_copy(arena, m->name, c->err)) == NULL)
			return c->err->code;
		if (map_put(&out->index, names[i], strlen(names[i]), first,
			&found, c->err) < 0)
			return c->err->code;
		/* of a set's first name, which all its names lead to */
		out->sets[first] =
		    (struct alias_set){names + first, i - first + 1};
	}
	return 0;
}

int
alias_join(struct alias_sets *out, struct vexlog_arena *arena,
    struct vexlog_arena *scratch,
    const struct vexlog_observation *const *claims, size_t claim_count,
    struct vexlog_err *err)
{
	struct closure c = {.arena = scratch, .err = err};
	const void **sorted = NULL;
	int rc = 0;

	map_open(&out->index, arena);
	map_open(&c.index, scratch);
	for (size_t i = 0; rc == 0 && i < claim_count; i++) {
		const char *const *aliases;
		size_t alias_count;
		rc = alias_read(
		    &aliases, &alias_count, scratch, claims[i]->aliases, err);
		for (size_t j = 0; rc == 0 && j < alias_count; j++)
			rc = add_edge(&c, claims[i]->vulnerability, aliases[j]);
	}
	if (rc != 0 || (rc = join_all(&c)) != 0 ||
	    (rc = sort_members(&sorted, &c)) != 0)
		return rc;
	return copy_sets(out, arena, &c, sorted);
}

const struct alias_set *
alias_find(const struct alias_sets *sets, const char *name)
{
	size_t at;

	return map_get(&sets->index, name, strlen(name), &at) ? &sets->sets[at]
							      : NULL;
}

int
alias_closure(const char *const **out, size_t *count,
    struct vexlog_arena *arena, const struct vexlog_observation *const *claims,
    size_t claim_count, const char *name, struct vexlog_err *err)
{
	struct alias_sets sets;
	int rc = alias_join(&sets, arena, arena, claims, claim_count, err);

	if (rc != 0)
		return rc;
	const struct alias_set *set = alias_find(&sets, name);
	if (set != NULL) {
		*out = set->names;
		*count = set->count;
		return 0;
	}
	const char **own = arena_list(arena, 1, sizeof(*own), err);
	if (own == NULL)
		return err->code;
	own[0] = name;
	*out = own;
	*count = 1;
	return 0;
}

const char *
alias_main(const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (is_cve(names[i]))
			return names[i];
	return names[0];
}

bool
alias_has(const char *const *names, size_t count, const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(names[middle], name);
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
