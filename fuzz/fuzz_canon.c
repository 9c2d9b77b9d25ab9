/*
 * fuzz_canon.c - what the commands canon and hash do with any bytes.
 *
 * The first byte chooses. canon of canon is canon; the id of a body is the
 * same for its canonical form, and the same each time.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#define JSON_MUTATOR_SKIP 1
#include "fuzz/json_mutator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_hash(struct vexlog_arena *arena, const char *kind, struct vexlog_bytes in,
    struct vexlog_bytes form)
{
	const char *id, *again;
	struct vexlog_err err;
	int rc = vexlog_hash(&id, arena, kind, in, &err);

	if (rc != 0) {
		must(rc == VEXLOG_SYNTAX || rc == VEXLOG_SHAPE ||
		    rc == VEXLOG_LIMIT);
		must(err.message[0] != '\0');
		return;
	}
	must(text_is_digest(strncmp(id, "vex:obs:", 8) == 0 ? id + 8 : id));
	must(vexlog_hash(&again, arena, kind, form, &err) == 0);
	must(strcmp(id, again) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = {
	    "observation", "content", "reasoning", "verdict"};
	struct vexlog_arena *arena;
	struct vexlog_bytes form, again;
	struct vexlog_err err;

	if (size == 0 || (arena = vexlog_arena_open(1024 * MIB)) == NULL)
		return 0;
	struct vexlog_bytes in = {data + 1, size - 1};
	if (vexlog_canon(&form, arena, in, &err) == 0) {
		must(vexlog_canon(&again, arena, form, &err) == 0);
		must(again.size == form.size &&
		    memcmp(again.data, form.data, form.size) == 0);
		check_hash(arena, kinds[data[0] % 4], in, form);
	}
	vexlog_arena_close(arena);
	return 0;
}
