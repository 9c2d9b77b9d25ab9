/*
 * fuzz_tile.c - names of tiles, entry bundles, tiles.
 *
 * The first byte says what the rest is. What is read is written again and
 * must be the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "tlog/tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
try_name(struct vexlog_arena *arena, struct vexlog_bytes in)
{
	struct vexlog_err err;
	char *text = arena_text(arena, in.data, in.size, &err);
	char path[TILE_PATH_MAX];
	struct tile_name name;

	if (text == NULL || !tile_read_path(&name, text))
		return;
	must(name.width >= 1 && name.width <= TILE_WIDTH);
	must(name.level >= TILE_ENTRIES && name.level <= TILE_LEVEL_MAX);
	tile_path(path, &name);
	must(strcmp(path, text) == 0);
}

static void
try_bundle(struct vexlog_arena *arena, struct vexlog_bytes in, unsigned width)
{
	struct vexlog_bytes entries[TILE_WIDTH], out;
	struct vexlog_err err;
	struct buffer b;
	unsigned count = width;
	int rc = tile_read_bundle(entries, width, in, &err);

	if (rc != 0) {
		must(rc == VEXLOG_BAD_PROOF && err.message[0] != '\0');
		must(err.offset <= in.size);
		return;
	}
	buffer_open(&b, arena, TILE_BUNDLE_MAX);
	for (unsigned i = 0; i < count; i++)
		tile_write_entry(&b, entries[i]);
	if (buffer_finish(&b, &out, &err) != 0)
		return;
	/* a full bundle may stand for a partial one */
	must(out.size <= in.size && memcmp(out.data, in.data, out.size) == 0);
	if (out.size < in.size)
		must(tile_read_bundle(entries, TILE_WIDTH, in, &err) == 0);
}

static void
try_tile(struct vexlog_bytes in, unsigned width)
{
	struct hash hashes[TILE_WIDTH];
	struct vexlog_err err;

	if (tile_read(hashes, width, in, &err) != 0)
		return;
	must(in.size >= (size_t)width * HASH_SIZE);
	must(memcmp(hashes, in.data, (size_t)width * HASH_SIZE) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open(64 * MIB);
	struct vexlog_bytes in;

	if (arena == NULL || size < 2) {
		vexlog_arena_close(arena);
		return 0;
	}
	in = (struct vexlog_bytes){data + 2, size - 2};
	if (data[0] == 'n')
		try_name(arena, in);
	else if (data[0] == 'b')
		try_bundle(arena, in, data[1] + 1u);
	else
		try_tile(in, data[1] + 1u);
	vexlog_arena_close(arena);
	return 0;
}
