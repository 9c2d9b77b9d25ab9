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
	struct map sums;    /* to the first item with that sum */
	struct map digests; /* to the item's number */
};

void unique_open(struct unique *u, struct reader *r);
/* True when an equal item was added before; *first is its number. */
bool unique_again(struct unique *u, const struct json_value *item,
    size_t number, size_t *first);

#endif
