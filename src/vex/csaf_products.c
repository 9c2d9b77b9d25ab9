/*
 * csaf_products.c - the product tree of a CSAF document.
 *
 * Products are defined in branches, in full_product_names and by
 * relationships (in 2.1: product paths) between other products. Each gets one
 * key; a relationship's is "<relates_to> > <product_reference>". Ids are
 * found by hash, and relationships are resolved with a stack of their own:
 * real documents hold thousands, and a hostile one could chain a million.
 */
#include "base/limits.h"
#include "base/text.h"
#include "vex/csaf.h"

/* A document may name a group as often as it likes; the walks through its
 * members together are held to so many for each of its bytes. */
#define STEPS_RATIO   8
#define STEPS_FREE    1000000

static bool
fail(struct csaf *c, int rc)
{
	if (c->r->failed == 0)
		c->r->failed = rc;
	return false;
}

/* ---- definitions ------------------------------------------------------- */

/* The index of the id's product; a new one is added. -1 after a failure. */
static struct csaf_product *
add_product(struct csaf *c, const char *id, bool *there)
{
	struct csaf_product *list;
	size_t found = 0;
	int rc;

	if (c->r->failed != 0)
		return NULL;
	rc = map_put(
	    &c->by_id, id, strlen(id), c->product_count, &found, c->r->err);
	if (rc < 0) {
		fail(c, rc);
		return NULL;
	}
	if ((*there = rc == 1))
		return &c->products[found];
	list = arena_grow(c->r->arena, c->products, c->product_count,
	    &c->product_room, sizeof(*list), c->r->err);
	if (list == NULL) {
		fail(c, c->r->err->code);
		return NULL;
	}
	c->products = list;
	list[c->product_count] = (struct csaf_product){.id = id};
	return &list[c->product_count++];
}

static bool
same_definition(const struct csaf_product *a, const struct csaf_product *b)
{
	if (a->component_id != NULL || b->component_id != NULL)
		return text_same(a->component_id, b->component_id) &&
		    text_same(a->base_id, b->base_id) &&
		    a->subpaths == b->subpaths;
	return a->product != NULL && b->product != NULL &&
	    strcmp(a->product->key, b->product->key) == 0;
}

/*
 * A full_product_name_t. from: what its place adds, or NULL. Twice the
 * same product is a breach that hurts nobody; two products of one id cannot
 * be told apart.
 */
void
csaf_define(struct csaf *c, const struct json_value *full,
    const struct csaf_product *from)
{
	struct reader *r = c->r;
	struct csaf_product one = {0}, *p;
	bool there = false;

	if (!json_is(full, JSON_OBJECT)) {
		reader_note(r, "CSAF product", NULL, full, "%s is no product",
		    reader_show(r, full));
		return;
	}
	if (from != NULL)
		one = *from;
	one.id = reader_need_text(r, "CSAF product", full, "product_id");
	one.name = reader_need_text(r, "CSAF product", full, "name");
	if (one.id == NULL)
		return;
	if (one.component_id == NULL) {
		one.product = csaf_helper(c, full);
		if (one.product == NULL)
			one.product = product_local(r,
			    text_blank(one.name) ? one.id : one.name,
			    text_blank(one.name) ? "product_id" : "name", NULL);
		one.state = one.product == NULL ? CSAF_BROKEN : CSAF_DONE;
	}
	if ((p = add_product(c, one.id, &there)) == NULL)
		return;
	if (!there)
		*p = one;
	else if (same_definition(p, &one))
		reader_note(r, "CSAF 6.1.2", "product_id",
		    json_get(full, "product_id"),
		    "\"%.120s\" is defined twice, both times alike", one.id);
	else
		reader_refuse(r, "CSAF 6.1.2", "product_id",
		    json_get(full, "product_id"),
		    "\"%.120s\" is defined twice: as %.120s and as %.120s",
		    one.id, p->product != NULL ? p->product->key : "a relation",
		    one.product != NULL ? one.product->key : "a relation");
}

static void
read_names(struct csaf *c)
{
	struct reader *r = c->r;
	const struct json_value *list = reader_want(
	    r, "CSAF product", c->tree, "full_product_names", JSON_ARRAY);
	size_t index = 0;

	if (list == NULL)
		return;
	reader_enter(r, "full_product_names");
	for (const struct json_value *v = json_first(list); v != json_end(list);
	     v = json_next(v)) {
		reader_enter_index(r, index++);
		csaf_define(c, v, NULL);
		reader_leave(r);
	}
	reader_leave(r);
}

static void
read_relationships(struct csaf *c)
{
	const char *rule = "CSAF relationship";
	struct reader *r = c->r;
	const struct json_value *list =
	    reader_want(r, rule, c->tree, "relationships", JSON_ARRAY);
	const struct json_value *full;
	size_t index = 0;

	if (list == NULL)
		return;
	reader_enter(r, "relationships");
	for (const struct json_value *v = json_first(list);
	     v != json_end(list) && r->failed == 0; v = json_next(v)) {
		struct csaf_product one = {.place = index};
		reader_enter_index(r, index++);
		one.component_id =
		    reader_need_text(r, rule, v, "product_reference");
		one.base_id = reader_need_text(
		    r, rule, v, "relates_to_product_reference");
		full =
		    reader_need(r, rule, v, "full_product_name", JSON_OBJECT);
		reader_enter(r, "full_product_name");
		if (full != NULL && one.component_id != NULL &&
		    one.base_id != NULL)
			csaf_define(c, full, &one);
		reader_leave(r);
		reader_leave(r);
	}
	reader_leave(r);
}

/* CSAF 2.1: from the innermost product outwards, one step for each product
 * it is in or on. */
static void
read_paths(struct csaf *c)
{
	const char *rule = "CSAF 2.1 product path";
	struct reader *r = c->r;
	const struct json_value *list =
	    reader_want(r, rule, c->tree, "product_paths", JSON_ARRAY);
	const struct json_value *full;
	size_t index = 0;

	if (list == NULL)
		return;
	reader_enter(r, "product_paths");
	for (const struct json_value *v = json_first(list);
	     v != json_end(list) && r->failed == 0; v = json_next(v)) {
		struct csaf_product one = {.place = index};
		reader_enter_index(r, index++);
		one.component_id =
		    reader_need_text(r, rule, v, "beginning_product_reference");
		one.subpaths = reader_need(r, rule, v, "subpaths", JSON_ARRAY);
		full =
		    reader_need(r, rule, v, "full_product_name", JSON_OBJECT);
		reader_enter(r, "full_product_name");
		if (json_count(one.subpaths) > CSAF_STEPS_MAX)
			reader_refuse(r, rule, "subpaths", NULL,
			    "%zu steps, more than %d", json_count(one.subpaths),
			    CSAF_STEPS_MAX);
		else if (full != NULL && one.component_id != NULL &&
		    json_count(one.subpaths) > 0)
			csaf_define(c, full, &one);
		reader_leave(r);
		reader_leave(r);
	}
	reader_leave(r);
}

/* ---- resolving --------------------------------------------------------- */

struct csaf_product *
csaf_find(const struct csaf *c, const char *id)
{
	size_t index;

	if (id == NULL || !map_get(&c->by_id, id, strlen(id), &index))
		return NULL;
	return &c->products[index];
}

/* The n-th product that p is made of, innermost first; NULL after the last.
 * *id is its id, also where it is not defined. */
static struct csaf_product *
part_of(const struct csaf *c, const struct csaf_product *p, size_t n,
    const char **id)
{
	*id = NULL;
	if (n == 0)
		*id = p->component_id;
	else if (p->subpaths == NULL)
		*id = n == 1 ? p->base_id : NULL;
	else if (n <= json_count(p->subpaths)) {
		const struct json_value *step = json_first(p->subpaths);
		while (--n > 0)
			step = json_next(step);
		*id = json_get_text(step, "next_product_reference");
		if (*id == NULL)
			*id = "";
	}
	return *id == NULL ? NULL : csaf_find(c, *id);
}

static void
join(struct csaf *c, struct csaf_product *p)
{
	const struct product *key = NULL;
	const char *id;

	for (size_t n = 0;; n++) {
		struct csaf_product *part = part_of(c, p, n, &id);
		if (id == NULL)
			break;
		if (part->product == NULL) {
			p->state = CSAF_BROKEN;
			return;
		}
		key = key == NULL ? part->product
				  : product_pair(c->r, part->product, key);
	}
	p->product = key;
	p->state = key == NULL ? CSAF_BROKEN : CSAF_DONE;
}

/* The relationship p cannot be resolved for what id names. */
static void
break_off(struct csaf *c, struct csaf_product *p,
    const struct csaf_product *part, const char *id)
{
	struct reader *r = c->r;

	reader_enter(r, "product_tree");
	reader_enter(
	    r, p->subpaths == NULL ? "relationships" : "product_paths");
	reader_enter_index(r, p->place);
	if (part == NULL)
		reader_refuse(r, "CSAF 6.1.1", NULL, NULL,
		    "product \"%.100s\" is made of \"%.100s\", which is not "
		    "defined",
		    p->id, id);
	else
		reader_note(r, "CSAF 6.1.3", NULL, NULL,
		    "product \"%.100s\" is made of \"%.100s\", which is "
		    "made of it",
		    p->id, id);
	reader_leave(r);
	reader_leave(r);
	reader_leave(r);
	p->state = CSAF_BROKEN;
}

/* One relationship and, before it, those it is made of. */
static void
resolve(struct csaf *c, struct csaf_product *top, struct csaf_product **stack)
{
	size_t depth = 0;

	stack[depth++] = top;
	top->state = CSAF_OPEN;
	while (depth > 0 && c->r->failed == 0) {
		struct csaf_product *p = stack[depth - 1], *part;
		bool waits = false;
		const char *id;
		for (size_t n = 0; !waits && p->state == CSAF_OPEN; n++) {
			part = part_of(c, p, n, &id);
			if (id == NULL)
				break;
			if (part == NULL || part->state == CSAF_OPEN)
				break_off(c, p, part, id);
			else if (part->state == CSAF_NEW) {
				part->state = CSAF_OPEN;
				stack[depth++] = part;
				waits = true;
			}
		}
		if (waits)
			continue;
		if (p->state == CSAF_OPEN)
			join(c, p);
		depth--;
	}
}

static void
resolve_all(struct csaf *c)
{
	struct csaf_product **stack = arena_list(c->r->arena,
	    c->product_count + 1, sizeof(struct csaf_product *), c->r->err);

	if (stack == NULL) {
		fail(c, c->r->err->code);
		return;
	}
	for (size_t i = 0; i < c->product_count; i++)
		if (c->products[i].state == CSAF_NEW)
			resolve(c, &c->products[i], stack);
}

/* Two ids may have one key: products that a vendor tells apart by name alone
 * and identifies by one CPE. */
static void
find_twins(struct csaf *c)
{
	struct reader *r = c->r;
	struct map keys;

	map_open(&keys, r->arena);
	for (size_t i = 0; i < c->product_count && r->failed == 0; i++) {
		struct csaf_product *p = &c->products[i];
		p->twin = i;
		if (p->product == NULL)
			continue;
		const char *key = p->product->key;
		int rc = map_put(&keys, key, strlen(key), i, &p->twin, r->err);
		if (rc < 0)
			fail(c, rc);
		if (rc == 0)
			p->twin = i;
	}
}

/* ---- groups ------------------------------------------------------------ */

static void
read_group(struct csaf *c, const struct json_value *v)
{
	const char *rule = "CSAF product group";
	struct reader *r = c->r;
	const struct json_value *ids =
	    reader_need(r, rule, v, "product_ids", JSON_ARRAY);
	struct csaf_group group = {0}, *list;
	size_t found, index = 0;

	group.id = reader_need_text(r, rule, v, "group_id");
	if (group.id == NULL || ids == NULL || r->failed != 0)
		return;
	int rc = map_put(&c->by_group, group.id, strlen(group.id),
	    c->group_count, &found, r->err);
	if (rc == 1)
		reader_refuse(r, "CSAF 6.1.5", "group_id", NULL,
		    "\"%.120s\" is defined twice", group.id);
	if (rc < 0)
		fail(c, rc);
	if (rc != 0)
		return;
	group.products = arena_list(
	    r->arena, json_count(ids) + 1, sizeof(*group.products), r->err);
	list = arena_grow(r->arena, c->groups, c->group_count, &c->group_room,
	    sizeof(*list), r->err);
	if (group.products == NULL || list == NULL) {
		fail(c, r->err->code);
		return;
	}
	reader_enter(r, "product_ids");
	for (const struct json_value *id = json_first(ids); id != json_end(ids);
	     id = json_next(id)) {
		reader_enter_index(r, index++);
		struct csaf_product *p = csaf_product(c, id);
		if (p != NULL)
			group.products[group.count++] = p;
		reader_leave(r);
	}
	reader_leave(r);
	c->groups = list;
	list[c->group_count++] = group;
}

static void
read_groups(struct csaf *c)
{
	struct reader *r = c->r;
	const struct json_value *list = reader_want(
	    r, "CSAF product group", c->tree, "product_groups", JSON_ARRAY);
	size_t index = 0;

	if (list == NULL)
		return;
	reader_enter(r, "product_groups");
	for (const struct json_value *v = json_first(list);
	     v != json_end(list) && r->failed == 0; v = json_next(v)) {
		reader_enter_index(r, index++);
		read_group(c, v);
		reader_leave(r);
	}
	reader_leave(r);
}

/* ---- what the rest of the reader asks for ------------------------------ */

void
csaf_read_tree(struct csaf *c)
{
	struct reader *r = c->r;

	map_open(&c->by_id, r->arena);
	map_open(&c->by_group, r->arena);
	c->tree = reader_want(
	    r, "CSAF product_tree", c->root, "product_tree", JSON_OBJECT);
	if (c->tree == NULL)
		return;
	reader_enter(r, "product_tree");
	if (json_count(c->tree) == 0)
		reader_note(r, "CSAF product_tree", NULL, NULL, "it is empty");
	csaf_read_branches(c);
	read_names(c);
	read_relationships(c);
	read_paths(c);
	reader_leave(r);
	resolve_all(c);
	find_twins(c);
	reader_enter(r, "product_tree");
	read_groups(c);
	reader_leave(r);
}

struct csaf_product *
csaf_product(struct csaf *c, const struct json_value *id)
{
	struct csaf_product *p;

	if (!json_is(id, JSON_STRING)) {
		reader_refuse(c->r, "CSAF 6.1.1", NULL, id,
		    "%s is no product id", reader_show(c->r, id));
		return NULL;
	}
	if ((p = csaf_find(c, id->as.text)) == NULL)
		reader_refuse(c->r, "CSAF 6.1.1", NULL, id,
		    "the product %s is not defined", reader_show(c->r, id));
	return p;
}

static void
each_of_group(struct csaf *c, const struct json_value *id,
    const struct json_value *object,
    void (*each)(
	struct csaf *, struct csaf_product *, const struct json_value *))
{
	struct reader *r = c->r;
	const struct csaf_group *group;
	size_t index;

	if (!json_is(id, JSON_STRING) ||
	    !map_get(&c->by_group, id->as.text, id->size, &index)) {
		reader_refuse(r, "CSAF 6.1.4", NULL, id,
		    "the product group %s is not defined", reader_show(r, id));
		return;
	}
	group = &c->groups[index];
	c->steps += group->count;
	if (c->steps > STEPS_FREE + STEPS_RATIO * r->doc.size) {
		fail(c,
		    err_set(r->err, VEXLOG_LIMIT,
			"the product groups of this document stand for more "
			"than %d products for each of its bytes",
			STEPS_RATIO));
		return;
	}
	for (size_t i = 0; i < group->count; i++)
		each(c, group->products[i], object);
}

size_t
csaf_each_product(struct csaf *c, const struct json_value *object,
    void (*each)(
	struct csaf *, struct csaf_product *, const struct json_value *))
{
	static const char *const names[] = {"product_ids", "group_ids"};
	struct reader *r = c->r;
	size_t count = 0;

	for (size_t k = 0; k < 2; k++) {
		const struct json_value *list = reader_want(
		    r, "CSAF products", object, names[k], JSON_ARRAY);
		size_t index = 0;
		if (list == NULL)
			continue;
		reader_enter(r, names[k]);
		for (const struct json_value *id = json_first(list);
		     id != json_end(list) && r->failed == 0;
		     id = json_next(id), count++) {
			reader_enter_index(r, index++);
			struct csaf_product *p =
			    k == 0 ? csaf_product(c, id) : NULL;
			if (p != NULL)
				each(c, p, object);
			if (k == 1)
				each_of_group(c, id, object, each);
			reader_leave(r);
		}
		reader_leave(r);
	}
	return count;
}
