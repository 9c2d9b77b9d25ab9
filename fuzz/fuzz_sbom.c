/*
 * fuzz_sbom.c - SBOMs in their three formats: the parts are package URLs in
 * canonical form, sorted, each once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "flow/sbom.h"
#include "fuzz/json_mutator.h"

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
	struct vexlog_arena *arena = vexlog_arena_open(512 * MIB);
	struct vexlog_err err;
	struct sbom sbom;

	must(arena != NULL);
	if (sbom_read(&sbom, arena, (struct vexlog_bytes){data, size}, &err) !=
	    0) {
		must(err.message[0] != '\0');
		vexlog_arena_close(arena);
		return 0;
	}
	for (size_t i = 0; i < sbom.count; i++) {
		must(strncmp(sbom.parts[i].key, "pkg:", 4) == 0);
		must(i == 0 ||
		    strcmp(sbom.parts[i - 1].key, sbom.parts[i].key) < 0);
	}
	vexlog_arena_close(arena);
	return 0;
}
