/*
 * fuzz_cursor.c - cursors of pages: whatever is read is written again as the
 * very same text, so that one place in a list has one cursor.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open((size_t)64 << 20);
	const char *names[3], *id, *cursor, *again;
	struct vexlog_err err;
	int64_t time;

	if (arena == NULL || memchr(data, 0, size) != NULL) {
		vexlog_arena_close(arena);
		return 0;
	}
	cursor = arena_text(arena, data, size, &err);
	if (page_read_row(&time, &id, arena, cursor, &err) == 0 &&
	    (page_write_row(&again, arena, time, id, &err) != 0 ||
		!text_same(again, cursor)))
		abort();
	for (size_t count = 2; count <= 3; count++)
		if (page_read_names(names, count, arena, cursor, &err) == 0 &&
		    (page_write_names(&again, arena, names, count, &err) !=
			    0 ||
			!text_same(again, cursor)))
			abort();
	vexlog_arena_close(arena);
	return 0;
}
