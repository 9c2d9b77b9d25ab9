/*
 * map.h - text to number, for names in untrusted documents: SipHash with a
 * random key, so that nobody can choose names that collide. The order of a
 * map is never looked at.
 */
#ifndef VEXLOG_BASE_MAP_H
#define VEXLOG_BASE_MAP_H

#include "base/arena.h"

struct map_slot {
	const char *name; /* kept by the caller, not copied */
	size_t value;
	uint32_t size, hash; /* no name is of 4 GiB */
};

struct map {
	struct vexlog_arena *arena;
	struct map_slot *slots;
	size_t room; /* a power of two, 0 before the first put */
	size_t count;
};

void map_open(struct map *map, struct vexlog_arena *arena);
/* false: no such name */
bool map_get(const struct map *map, const char *name, size_t size,
    size_t *value);
/*
 * Puts name with value unless it is there; *found gets the value that is
 * there afterwards. 0 put, 1 was there, negative failed.
 */
int map_put(struct map *map, const char *name, size_t size, size_t value,
    size_t *found, struct vexlog_err *err);

#endif
