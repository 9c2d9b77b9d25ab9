/*
 * fuzz_repository.c - any bytes as the index or the manifest of a VEX
 * repository: no location leads out of it, and whatever is left out is told.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "vex/repository.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			abort();                                               \
	} while (0)

static void
check_entry(const struct repository_entry *e)
{
	size_t size = strlen(e->location);

	HOLDS(e->purl.type != NULL && e->purl.name != NULL);
	HOLDS(size > 5 && e->location[0] != '/');
	HOLDS(strcmp(e->location + size - 5, ".json") == 0);
	HOLDS(strncmp(e->location, "../", 3) != 0);
	HOLDS(strstr(e->location, "/../") == NULL);
	HOLDS(strchr(e->location, '\\') == NULL);
	HOLDS(strcmp(e->format, "openvex") == 0 ||
	    strcmp(e->format, "csaf") == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open(512 * MIB);
	struct vexlog_bytes bytes = {data, size};
	struct repository r;
	struct vexlog_err err;

	HOLDS(arena != NULL);
	int rc = repository_read_index(&r, arena, bytes, &err);
	HOLDS(rc == 0 || rc == VEXLOG_LIMIT);
	for (size_t i = 0; rc == 0 && i < r.count; i++) {
		check_entry(&r.entries[i]);
		HOLDS(i == 0 ||
		    strcmp(r.entries[i - 1].location, r.entries[i].location) <=
			0);
	}
	rc = repository_read_manifest(&r, arena, bytes, &err);
	HOLDS(rc == 0 || rc == VEXLOG_LIMIT);
	HOLDS(rc != 0 || r.count == 0);
	vexlog_arena_close(arena);
	return 0;
}
