/*
 * export_list.c - the verdicts of now or of a time, ready to be written.
 *
 * Now: what `decide` kept last. Of a time: merged again from the claims known
 * then, under the policy then in force. One verdict for each vulnerability
 * and product, however many inventories it was decided for.
 */
#include "flow/export_list.h"

#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/fit.h"
#include "flow/pairs.h"
#include "flow/verdict.h"
#include "vex/merge.h"
#include "vex/observation.h"
#include "vex/product.h"

#define SEPARATOR_SIZE (sizeof(PRODUCT_SEPARATOR) - 1)

struct reading {
	struct vexlog_arena *arena;   /* of the list */
	struct vexlog_arena *scratch; /* of one verdict */
	struct pairs pairs;
	struct vexlog *v;
	const struct vexlog_export_options *options;
	struct export_item *items;
	size_t count, room;
	struct map by_key; /* of products */
	struct export_product **products;
	size_t product_count, product_room;
	size_t observations;
	int64_t created_at; /* of the item before */
	struct vexlog_err *err;
};

/* ---- products --------------------------------------------------------- */

/* The name in "local:<issuer>:<name>"; the key itself when it is not one. */
static const char *
local_name(struct vexlog_arena *arena, const char *key, struct vexlog_err *err)
{
	const char *from = strchr(key, ':');
	char *out, *to;

	from = text_starts(key, "local:") ? strchr(from + 1, ':') : NULL;
	if ((out = to = arena_copy(arena, key, err)) == NULL || from == NULL)
		return out;
	for (from++; *from != '\0'; from++) {
		unsigned char byte;
		char hex[3] = {0};
		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		for (size_t i = 0; i < 2 && from[i + 1] != '\0'; i++)
			hex[i] = from[i + 1] >= 'A' && from[i + 1] <= 'F'
			    ? (char)(from[i + 1] - 'A' + 'a')
			    : from[i + 1];
		if (!text_unhex(&byte, 1, hex) || byte == 0)
			return arena_copy(arena, key, err);
		*to++ = (char)byte;
		from += 2;
	}
	*to = '\0';
	if (text_blank(out) || text_utf8_valid(out, strlen(out)) != strlen(out))
		return arena_copy(arena, key, err);
	return out;
}

static struct export_product *new_product(
    struct reading *r, const char *key, size_t size);

/* The last separator in the key, or NULL. */
static const char *
last_separator(const char *key, size_t size)
{
	for (size_t at = size; at >= SEPARATOR_SIZE; at--)
		if (memcmp(key + at - SEPARATOR_SIZE, PRODUCT_SEPARATOR,
			SEPARATOR_SIZE) == 0)
			return key + at - SEPARATOR_SIZE;
	return NULL;
}

static bool
split_range(struct reading *r, struct export_product *p)
{
	struct purl_qualifier rest[PURL_QUALIFIERS_MAX];
	struct purl purl;
	bool good;

	if (purl_try(&good, &purl, r->arena, p->key, r->err) != 0)
		return false;
	if (!good)
		return true;
	p->range = fit_take_range(&purl, rest);
	return p->range == NULL ||
	    purl_write(&p->plain, r->arena, &purl, r->err) == 0;
}

static bool
name_product(struct reading *r, struct export_product *p)
{
	p->component = p;
	p->name = p->key;
	if (product_is_purl(p->key)) {
		p->kind = EXPORT_PURL;
		return split_range(r, p);
	}
	if (product_is_cpe(p->key))
		p->kind = text_starts(p->key, "cpe:2.3:") ? EXPORT_CPE23
							  : EXPORT_CPE22;
	else {
		p->kind = EXPORT_NAME;
		p->name = local_name(r->arena, p->key, r->err);
	}
	return p->name != NULL;
}

static struct export_product *
new_product(struct reading *r, const char *key, size_t size)
{
	struct export_product *p;
	const char *cut;
	size_t found;

	if (map_get(&r->by_key, key, size, &found))
		return (struct export_product *)(uintptr_t)found;
	if ((p = arena_zero(r->arena, sizeof(*p), r->err)) == NULL ||
	    (p->key = arena_text(r->arena, key, size, r->err)) == NULL ||
	    map_put(&r->by_key, p->key, size, (size_t)(uintptr_t)p, &found,
		r->err) < 0)
		return NULL;
	r->products = arena_grow(r->arena, r->products, r->product_count,
	    &r->product_room, sizeof(*r->products), r->err);
	if (r->products == NULL)
		return NULL;
	r->products[r->product_count++] = p;
	if ((cut = last_separator(key, size)) == NULL)
		return name_product(r, p) ? p : NULL;
	size_t before = (size_t)(cut - key);
	size_t behind = size - before - SEPARATOR_SIZE;
	p->component = new_product(r, cut + SEPARATOR_SIZE, behind);
	p->parent = p->component == NULL ? NULL : new_product(r, key, before);
	if (p->parent == NULL)
		return NULL;
	p->depth = p->parent->depth + 1;
	return p;
}

static int
order_products(const void *a, const void *b, void *context)
{
	const struct export_product *x = a, *y = b;

	(void)context;
	return strcmp(x->key, y->key);
}

/* Numbers, names and the tree, all in the order of keys. Two products that
 * different issuers gave one name keep their whole keys: a document in which
 * they are one would say of each what is true of the other. */
static int
finish_products(struct reading *r)
{
	struct map names;
	size_t found;
	int rc = sort_pointers((const void **)(void *)r->products,
	    r->product_count, order_products, NULL, r->arena, r->err);

	map_open(&names, r->arena);
	for (size_t i = 0; rc == 0 && i < r->product_count; i++) {
		struct export_product *p = r->products[i], *up = p->parent;
		p->number = i + 1;
		if (up != NULL && p->stated) {
			if (up->last_child == NULL)
				up->children = p;
			else
				up->last_child->sibling = p;
			up->last_child = p;
		}
		if (up != NULL || p->kind != EXPORT_NAME)
			continue;
		rc = map_put(
		    &names, p->name, strlen(p->name), i, &found, r->err);
		if (rc == 1)
			p->name = p->key;
		rc = rc < 0 ? rc : 0;
	}
	for (size_t i = 0; rc == 0 && i < r->product_count; i++) {
		struct export_product *p = r->products[i];
		if (p->parent != NULL) {
			p->name = p->component->name;
			p->kind = p->component->kind;
			p->range = p->component->range;
			p->plain = p->component->plain;
		}
	}
	return rc;
}

/* ---- one verdict ------------------------------------------------------ */

static int
take_aliases(
    struct reading *r, struct export_item *item, const struct json_value *list)
{
	const char **names;

	if (!json_is(list, JSON_ARRAY) || json_count(list) == 0)
		return 0;
	names = arena_list(r->arena, json_count(list), sizeof(*names), r->err);
	if (names == NULL)
		return r->err->code;
	for (const struct json_value *one = json_first(list);
	     one != json_end(list); one = json_next(one)) {
		const char *name = json_text(one);
		if (name == NULL || text_same(name, item->vulnerability))
			continue;
		names[item->alias_count] = arena_copy(r->arena, name, r->err);
		if (names[item->alias_count++] == NULL)
			return r->err->code;
	}
	item->aliases = names;
	return 0;
}

static int
take_linkage(struct reading *r, struct export_item *item)
{
	const struct vexlog_linkage *l;
	struct vexlog_err why;
	int rc = verdict_linkage(
	    &l, NULL, r->scratch, r->v->store, "verdict", item->verdict, &why);

	if (rc == VEXLOG_NOT_FOUND || (rc == 0 && l == NULL))
		return 0;
	if (rc != 0) {
		*r->err = why;
		return rc;
	}
	item->log_index = l->log_index;
	item->uuid = arena_copy(r->arena, l->uuid, r->err);
	item->log_id = arena_copy(r->arena, l->log_id, r->err);
	return item->log_id == NULL || item->uuid == NULL ? r->err->code : 0;
}

/* Copies what a document says out of the scratch arena. */
static int
take_item(struct reading *r, const struct store_verdict *row,
    const struct vexlog_observation *winner, const struct json_value *aliases,
    size_t conflicts)
{
	struct export_item it = {.conflicts = conflicts,
	    .said_at = winner->said_at,
	    .timed = !text_same(winner->said_at_from, "none")};
	const struct {
		const char **to;
		const char *from;
	} texts[] = {{&it.vulnerability, row->vulnerability},
	    {&it.justification, row->justification}, {&it.verdict, row->id},
	    {&it.policy, row->policy_version}, {&it.claim, winner->id},
	    {&it.provider, winner->provider}, {&it.format, winner->format},
	    {&it.source_status, winner->source_status},
	    {&it.source_justification, winner->source_justification},
	    {&it.impact, winner->impact_text},
	    {&it.action, winner->action_text}};
	int rc;

	if (!status_read(&it.status, row->status))
		return err_set(r->err, VEXLOG_BAD_PROOF,
		    "verdict %s is kept with status \"%.64s\"", row->id,
		    row->status);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].from != NULL &&
		    (*texts[i].to = arena_copy(
			 r->arena, texts[i].from, r->err)) == NULL)
			return r->err->code;
	it.product = new_product(r, row->product, strlen(row->product));
	if (it.product == NULL)
		return r->err->code;
	for (struct export_product *p = it.product; p != NULL; p = p->parent)
		p->stated = true;
	if ((rc = take_aliases(r, &it, aliases)) != 0 ||
	    (rc = take_linkage(r, &it)) != 0)
		return rc;
	r->items = arena_grow(
	    r->arena, r->items, r->count, &r->room, sizeof(*r->items), r->err);
	if (r->items == NULL)
		return r->err->code;
	r->items[r->count++] = it;
	return 0;
}

/* ---- now: what is kept ------------------------------------------------ */

/* The same vulnerability and product decided for several inventories: the
 * decision made last is the one that goes out. */
static bool
is_older(struct reading *r, const struct store_verdict *row)
{
	const struct export_item *before =
	    r->count == 0 ? NULL : &r->items[r->count - 1];
	bool older;

	if (before == NULL ||
	    !text_same(before->vulnerability, row->vulnerability) ||
	    !text_same(before->product->key, row->product))
		return false;
	older = row->created_at < r->created_at;
	if (!older)
		r->count--;
	return older;
}

static int
take_row(struct reading *r, const struct store_verdict *row)
{
	struct vexlog_observation winner;
	const struct json_value *trace, *outcome;
	struct json_doc doc;
	const char *id;
	bool renamed;
	int rc;

	vexlog_arena_reset(r->scratch);
	rc = pairs_renamed(&renamed, r->scratch, &r->pairs, row, r->err);
	if (rc != 0 || renamed || is_older(r, row))
		return rc;
	rc = verdict_record(&doc, r->scratch, row, r->err);
	if (rc == 0)
		rc = json_need(
		    &trace, &doc, doc.root, "trace", JSON_OBJECT, r->err);
	if (rc == 0)
		rc = json_need(
		    &outcome, &doc, trace, "outcome", JSON_OBJECT, r->err);
	if (rc == 0)
		rc = json_need_text(
		    &id, &doc, outcome, "winningObservationId", r->err);
	if (rc == 0)
		rc = store_get_observation(
		    &winner, r->scratch, r->v->store, id, r->err);
	if (rc == 0)
		rc = take_item(r, row, &winner, json_get(trace, "aliases"),
		    json_count(json_get(trace, "conflicts")));
	if (rc != 0)
		return rc;
	r->created_at = row->created_at;
	r->observations += json_count(json_get(trace, "inputs"));
	return 0;
}

/* ---- of a time: merged again ------------------------------------------ */

static int
take_pair(struct reading *r, const struct store_pair *pair)
{
	const int64_t at = r->options->at;
	const struct vexlog_observation *winner;
	const struct vexlog_policy *policy;
	const struct store_verdict *rows, *last = NULL;
	const char *sbom = NULL;
	struct pair_claims claims;
	struct vexlog_verdict v;
	struct json_doc doc;
	size_t count;
	int rc;

	vexlog_arena_reset(r->scratch);
	rc = pairs_claims(&claims, r->scratch, &r->pairs, pair, r->err);
	if (rc != 0 ||
	    (!claims.decides && r->options->vulnerability == NULL))
		return rc;
	if ((rc = store_history(&rows, &count, r->scratch, r->v->store,
		 claims.vulnerability, pair->product, false, at, r->err)) != 0)
		return rc;
	if (count > 0)
		last = &rows[count - 1];
	if ((rc = verdict_policy(&policy, r->scratch, r->v->store,
		 last == NULL ? NULL : last->policy_digest, r->err)) != 0 ||
	    (last != NULL &&
		(rc = verdict_sbom(&sbom, r->scratch, last->sbom_entry_kind,
		     last->sbom_entry_id, r->err)) != 0) ||
	    (rc = vexlog_merge(
		 &v, r->scratch, &claims.claims, policy, sbom, r->err)) != 0 ||
	    (rc = json_read(
		 &doc, r->scratch, text_bytes(v.reasoning), 0, r->err)) != 0)
		return rc;
	winner = v.inputs[0].observation;
	for (size_t i = 0; i < v.input_count; i++)
		if (text_same(v.inputs[i].observation->id, v.winner))
			winner = v.inputs[i].observation;
	const struct store_verdict row = {.id = v.id,
	    .vulnerability = v.vulnerability,
	    .product = v.product,
	    .status = vexlog_status_name(v.status),
	    .justification = v.justification,
	    .policy_version = v.policy_version};
	rc = take_item(
	    r, &row, winner, json_get(doc.root, "aliases"), v.conflict_count);
	r->observations += v.input_count;
	return rc;
}

/* ---- all of them ------------------------------------------------------ */

/* A page of them; *next as the store's. */
static int
take_page(const char **next, struct reading *r, struct vexlog_arena *page,
    const struct vexlog_filter *filter)
{
	const struct store_verdict *rows;
	const struct store_pair *pairs;
	bool now = r->options->at == TIME_MAX;
	size_t count;
	int rc = now ? store_verdicts(&rows, &count, next, page, r->v->store,
			   filter, r->err)
		     : store_pairs(&pairs, &count, next, page, r->v->store,
			   filter, r->err);

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = now ? take_row(r, &rows[i]) : take_pair(r, &pairs[i]);
	return rc;
}

static int
take_all(struct reading *r)
{
	struct vexlog_filter filter = {
	    .vulnerability = r->options->vulnerability,
	    .product = r->options->product,
	    .log_index = -1,
	    .known_at = r->options->at,
	    .limit = VEXLOG_PAGE_MAX};
	struct vexlog_arena *page = vexlog_arena_open(JOB_ARENA_MAX);
	char cursor[CURSOR_MAX];
	const char *next = NULL;
	int rc = 0;

	if (page == NULL)
		return err_memory(r->err);
	do {
		if (next != NULL) {
			(void)snprintf(cursor, sizeof(cursor), "%s", next);
			filter.cursor = cursor;
		}
		vexlog_arena_reset(page);
		rc = take_page(&next, r, page, &filter);
	} while (rc == 0 && next != NULL);
	vexlog_arena_close(page);
	return rc;
}

static int
order_items(const void *a, const void *b, void *context)
{
	const struct export_item *x = a, *y = b;
	int order = strcmp(x->vulnerability, y->vulnerability);

	(void)context;
	return order != 0 ? order : strcmp(x->product->key, y->product->key);
}

/* A verdict's name can differ from its claims' when these meet under an
 * alias, so pairs of a time can come in another order and twice. */
static int
finish_items(struct export_list *out, struct reading *r)
{
	const void **sorted =
	    arena_list(r->arena, r->count, sizeof(*sorted), r->err);
	struct export_item *list =
	    arena_list(r->arena, r->count, sizeof(*list), r->err);
	size_t n = 0;
	int rc;

	if (sorted == NULL || list == NULL)
		return r->err->code;
	for (size_t i = 0; i < r->count; i++)
		sorted[i] = &r->items[i];
	rc = sort_pointers(
	    sorted, r->count, order_items, NULL, r->arena, r->err);
	if (rc != 0)
		return rc;
	out->newest = 0;
	for (size_t i = 0; i < r->count; i++) {
		const struct export_item *it = sorted[i];
		if (n > 0 && order_items(&list[n - 1], it, NULL) == 0)
			continue;
		list[n++] = *it;
		if (it->said_at > out->newest)
			out->newest = it->said_at;
	}
	out->items = list;
	out->count = n;
	return 0;
}

/* Items come by vulnerability: how it stands in a component was noted by the
 * item before that is about both, wherever the component is. */
static int
mark_mixed(const struct export_list *list, struct reading *r)
{
	const struct export_item **noted =
	    arena_list(r->arena, r->product_count, sizeof(*noted), r->err);

	if (noted == NULL)
		return r->err->code;
	for (size_t i = 0; i < list->count; i++) {
		const struct export_item *it = &list->items[i];
		struct export_product *c = it->product->component;
		const struct export_item **before = &noted[c->number - 1];
		if (*before != NULL && (*before)->status != it->status &&
		    text_same((*before)->vulnerability, it->vulnerability))
			c->mixed = true;
		*before = it;
	}
	return 0;
}

int
export_list_read(struct export_list *out, struct vexlog_arena *arena,
    struct vexlog *v, const struct vexlog_export_options *options,
    struct vexlog_err *err)
{
	struct reading r = {
	    .arena = arena, .v = v, .options = options, .err = err};
	struct export_list list = {0};
	int rc;

	if ((r.scratch = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		return err_memory(err);
	map_open(&r.by_key, arena);
	rc = pairs_open(&r.pairs, v->store, options->at, err);
	r.pairs.only_deciding = options->vulnerability == NULL;
	if (rc == 0)
		rc = take_all(&r);
	pairs_close(&r.pairs);
	vexlog_arena_close(r.scratch);
	if (rc == 0 && r.count == 0) {
		err_set(err, VEXLOG_NOT_FOUND, "no verdict fits");
		return err_hint(err, "run `vexlog decide` first");
	}
	if (rc != 0 || (rc = finish_items(&list, &r)) != 0 ||
	    (rc = finish_products(&r)) != 0 ||
	    (rc = mark_mixed(&list, &r)) != 0)
		return rc;
	list.products = r.products;
	list.product_count = r.product_count;
	list.observations = r.observations;
	*out = list;
	return 0;
}
