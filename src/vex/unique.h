/*
 * unique.h - which items of an array are equal, in linear time.
 *
 * Equal as JSON Schema's uniqueItems means it: members in any order. Items
 * are told apart by a cheap sum first; only those whose sums agree are
 * written canonically and hashed, each once.
 */
#ifndef VEXLOG_VEX_UNIQUE_H
#define VEXLOG_VEX_UNIQUE_H

#include "vex/reader.h"

struct unique {
	struct reader *r;
	struct unique_item *items;
	uint32_t *slots;    /* by sum, item + 1 */
	size_t room;        /* of slots, a power of two */
	struct map digests; /* to the item's index */
};

/* For an array of count items. */
void unique_open(struct unique *u, struct reader *r, size_t count);
/* True when an item before index was equal; *first is its index. Each index
 * below count once, in any order. */
bool unique_again(struct unique *u, const struct json_value *item, size_t index,
    size_t *first);

#endif
