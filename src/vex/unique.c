/*
 * unique.c - equal items of an array.
 */
#include "vex/unique.h"

#include "base/hash.h"
#include "base/limits.h"

struct unique_item {
	uint64_t sum;
	const struct json_value *value;
	size_t number;
	bool hashed; /* its digest is in the map */
};

void
unique_open(struct unique *u, struct reader *r)
{
	*u = (struct unique){.r = r};
	map_open(&u->sums, r->arena);
	map_open(&u->digests, r->arena);
}

static uint64_t
turn(uint64_t x)
{
	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9u;
	return x ^ x >> 32;
}

/* Equal values have equal sums, whatever the order of their members: each
 * text adds its type, size, first and last bytes. */
static uint64_t
sum_of(const struct json_value *v)
{
	const struct json_value *end = json_next(v);
	uint64_t sum = 0;

	for (; v != end; v++) {
		uint64_t word = v->type;
		if (v->type == JSON_STRING || v->type == JSON_NUMBER) {
			uint64_t first = 0, last = 0;
			size_t n = v->size < 8 ? v->size : 8;
			memcpy(&first, v->as.text, n);
			memcpy(&last, v->as.text + v->size - n, n);
			word +=
			    turn(first + v->size) + turn(last ^ 0x5bd1e995u);
		} else if (v->type >= JSON_ARRAY)
			word += (uint64_t)v->as.count << 8;
		sum += turn(word + 0x9e3779b97f4a7c15u);
	}
	return sum;
}

static bool
fail(struct unique *u, int rc)
{
	if (u->r->failed == 0)
		u->r->failed = rc;
	return false;
}

/* Puts the item's digest; true when an equal one was there. */
static bool
put_digest(struct unique *u, const struct unique_item *item, size_t *first)
{
	struct vexlog_arena *arena = u->r->arena;
	struct hash *hash = arena_take(arena, sizeof(*hash), u->r->err);
	struct arena_mark mark = arena_mark(arena);
	struct vexlog_bytes bytes;
	struct buffer b;

	if (hash == NULL)
		return fail(u, u->r->err->code);
	buffer_open(&b, arena, DOCUMENT_SIZE_MAX);
	int rc = json_canonical(&b, &u->r->doc, item->value, u->r->err);
	if (rc == 0)
		rc = buffer_finish(&b, &bytes, u->r->err);
	if (rc == 0)
		rc = hash_bytes(hash, bytes, u->r->err);
	arena_back(arena, mark);
	/* a number past a double has no canonical form, and no equal */
	if (rc == VEXLOG_SYNTAX)
		return false;
	if (rc == 0)
		rc = map_put(&u->digests, (const char *)hash, sizeof(*hash),
		    item->number, first, u->r->err);
	return rc < 0 ? fail(u, rc) : rc == 1;
}

bool
unique_again(struct unique *u, const struct json_value *value, size_t number,
    size_t *first)
{
	struct reader *r = u->r;
	struct unique_item *item;
	size_t found, none;

	if (r->failed != 0)
		return false;
	/* the sum lives in the item, which must not move: one piece each */
	item = arena_take(r->arena, sizeof(*item), r->err);
	if (item == NULL)
		return fail(u, r->err->code);
	*item = (struct unique_item){sum_of(value), value, number, false};
	int rc = map_put(&u->sums, (const char *)&item->sum, sizeof(item->sum),
	    (size_t)(uintptr_t)item, &found, r->err);
	if (rc < 0)
		return fail(u, rc);
	if (rc == 0)
		return false;
	struct unique_item *before = (struct unique_item *)(uintptr_t)found;
	if (!before->hashed) {
		(void)put_digest(u, before, &none);
		before->hashed = true;
	}
	return put_digest(u, item, first);
}
