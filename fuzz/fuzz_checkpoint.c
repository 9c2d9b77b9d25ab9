/*
 * fuzz_checkpoint.c - checkpoints: what is read is written again as the first
 * lines of the text that was signed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "tlog/note.h"
#include "tlog/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vexlog_arena *arena;
	struct vexlog_bytes text;
	struct checkpoint cp;
	struct vexlog_err err;
	uint64_t tree;
	size_t host;
	int rc;

	if (arena == NULL)
		must((arena = vexlog_arena_open(64 * MIB)) != NULL);
	vexlog_arena_reset(arena);
	rc = checkpoint_read(
	    &cp, arena, (struct vexlog_bytes){data, size}, &err);
	if (rc != 0) {
		must(rc == VEXLOG_SYNTAX || rc == VEXLOG_LIMIT);
		return 0;
	}
	must(cp.size <= INT64_MAX && cp.origin[0] != '\0');
	must(checkpoint_write(
		 &text, arena, cp.origin, cp.size, &cp.root, &err) == 0);
	must(text.size <= cp.note.text.size &&
	    memcmp(text.data, cp.note.text.data, text.size) == 0);
	if (trust_origin_tree(&tree, &host, cp.origin))
		must(host > 0 && host + 3 < strlen(cp.origin));
	return 0;
}
