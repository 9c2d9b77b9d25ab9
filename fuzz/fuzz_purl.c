/*
 * fuzz_purl.c - any text as a purl: what is read and written once stays as
 * it is when it is read and written again, and names itself.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/text.h"
#include "vex/purl.h"

#define HOLDS(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			abort();                                               \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open(64 * MIB);
	const char *text, *once, *twice;
	struct purl first, second;
	struct vexlog_err err;

	/* readers only hand out texts: UTF-8 without U+0000 */
	if (text_utf8_valid(data, size) != size ||
	    (size > 0 && __builtin_memchr(data, 0, size) != NULL)) {
		vexlog_arena_close(arena);
		return 0;
	}
	HOLDS((text = arena_text(arena, data, size, &err)) != NULL);
	if (purl_read(&first, arena, text, &err) == 0) {
		HOLDS(purl_write(&once, arena, &first, &err) == 0);
		HOLDS(purl_read(&second, arena, once, &err) == 0);
		HOLDS(purl_write(&twice, arena, &second, &err) == 0);
		HOLDS(text_same(once, twice));
		HOLDS(purl_matches(&first, &second) &&
		    purl_matches(&second, &first));
		HOLDS((purl_check(&first, &err) == 0) ==
			(purl_check(&second, &err) == 0) ||
		    first.folded_keys);
		HOLDS(__builtin_strstr(once, " > ") == NULL);
	}
	vexlog_arena_close(arena);
	return 0;
}
