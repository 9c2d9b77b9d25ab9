/*
 * unique.c - equal items of an array.
 */
#include "vex/unique.h"

#include "base/hash.h"
#include "base/limits.h"

struct unique_item {
	uint64_t sum;
	const struct json_value *value;
	bool hashed; /* its digest is in the map */
};

void
unique_open(struct unique *u, struct reader *r, size_t count)
{
	*u = (struct unique){.r = r, .room = 16};
	map_open(&u->digests, r->arena);
	if (r->failed != 0)
		return;
	while (u->room < 2 * count)
		u->room *= 2;
	u->items =
	    arena_take(r->arena, (count + 1) * sizeof(*u->items), r->err);
	u->slots = arena_list(r->arena, u->room, sizeof(*u->slots), r->err);
	if (u->items == NULL || u->slots == NULL)
		r->failed = r->err->code;
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
put_digest(struct unique *u, size_t index, size_t *first)
{
	struct vexlog_arena *arena = u->r->arena;
	struct hash *hash = arena_take(arena, sizeof(*hash), u->r->err);
	struct arena_mark mark = arena_mark(arena);
	struct vexlog_bytes bytes;
	struct buffer b;

	if (hash == NULL)
		return fail(u, u->r->err->code);
	buffer_open(&b, arena, DOCUMENT_SIZE_MAX);
	int rc =
	    json_canonical(&b, &u->r->doc, u->items[index].value, u->r->err);
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
		    index, first, u->r->err);
	return rc < 0 ? fail(u, rc) : rc == 1;
}

bool
unique_again(struct unique *u, const struct json_value *value, size_t index,
    size_t *first)
{
	uint64_t sum;
	size_t i, none;

	if (u->r->failed != 0)
		return false;
	sum = sum_of(value);
	u->items[index] = (struct unique_item){sum, value, false};
	/* where a sum stands is drawn from the document's digest, so that
	 * nobody can choose sums that stand in each other's way */
	i = (size_t)turn(sum ^ u->r->secret[0]);
	for (;; i++) {
		uint32_t *slot = &u->slots[i & (u->room - 1)];
		if (*slot == 0) {
			*slot = (uint32_t)index + 1;
			return false;
		}
		struct unique_item *before = &u->items[*slot - 1];
		if (before->sum != sum)
			continue;
		if (!before->hashed) {
			(void)put_digest(u, *slot - 1, &none);
			before->hashed = true;
		}
		return put_digest(u, index, first);
	}
}
