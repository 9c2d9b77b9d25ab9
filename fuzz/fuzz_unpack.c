/*
 * fuzz_unpack.c - any bytes as gzip or zstd: it unpacks within its limits or
 * says what is wrong; what is not packed comes back as it is.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX (4 * MIB)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open(64 * MIB);
	struct vexlog_bytes in = {data, size}, out;
	struct vexlog_err err;

	if (arena == NULL)
		abort();
	int rc = unpack(&out, arena, in, MAX, &err);
	if (rc != 0 && rc != VEXLOG_SYNTAX && rc != VEXLOG_LIMIT)
		abort();
	if (rc == 0 && out.data != data && out.size > MAX)
		abort();
	vexlog_arena_close(arena);
	return 0;
}
