/*
 * rekor_tiles.c - a Rekor v2 log's static files: tiles of hashes and bundles
 * of entries, fetched as they are needed.
 *
 * Nothing here is believed: what is built from tiles is verified against a
 * signed checkpoint by the caller.
 */
#include <stdio.h>
#include <string.h>

#include "tlog/rekor.h"
#include "tlog/tile.h"

struct tile_kept {
	int level;
	uint64_t n;
	struct hash hashes[TILE_WIDTH];
};

static int
get_file(struct http_answer *answer, struct rekor *rekor,
    const struct tile_name *name, size_t max, struct vexlog_err *err)
{
	char tile[TILE_PATH_MAX], path[TILE_PATH_MAX + 16];

	tile_path(tile, name);
	(void)snprintf(path, sizeof path, "/api/v2/%s", tile);
	return rekor_get(answer, rekor, path, NULL, max, err);
}

/*
 * The file of a tile: as wide as the tree asks for, or the full one, since a
 * log may drop partial tiles once the full one exists.
 */
static int
fetch_file(struct vexlog_bytes *out, struct rekor *rekor,
    const struct tile_name *name, size_t max, struct vexlog_err *err)
{
	struct tile_name full = {name->level, name->n, TILE_WIDTH};
	struct http_answer answer;
	char what[TILE_PATH_MAX];
	int rc = get_file(&answer, rekor, name, max, err);

	if (rc == 0 && answer.status == 404 && name->width < TILE_WIDTH)
		rc = get_file(&answer, rekor, &full, max, err);
	if (rc != 0)
		return rc;
	tile_path(what, name);
	rc = rekor_judge(rekor, &answer, what, err);
	/* The checkpoint says that it exists, so it has to come. */
	if (rc == VEXLOG_NOT_FOUND)
		rc = err->code = VEXLOG_UNREACHABLE;
	if (rc == 0)
		*out = answer.body;
	return rc;
}

void
tiles_open(struct tiles *tiles, struct rekor *rekor, uint64_t size)
{
	*tiles = (struct tiles){.rekor = rekor, .size = size};
}

static int
take_tile(const struct tile_kept **out, struct tiles *tiles,
    const struct tile_name *name, struct vexlog_err *err)
{
	struct rekor *rekor = tiles->rekor;
	struct vexlog_bytes bytes;
	struct tile_kept *grown, *tile;
	size_t i;
	int rc;

	for (i = 0; i < tiles->count; i++)
		if (tiles->list[i].level == name->level &&
		    tiles->list[i].n == name->n) {
			*out = tiles->list + i;
			return 0;
		}
	grown = arena_grow(rekor->scratch, tiles->list, tiles->count,
	    &tiles->room, sizeof *grown, err);
	if (grown == NULL)
		return err->code;
	tiles->list = grown;
	tile = tiles->list + tiles->count;
	rc = fetch_file(&bytes, rekor, name, TILE_BYTES, err);
	if (rc != 0)
		return rc;
	if (tile_read(tile->hashes, name->width, bytes, err) != 0)
		return err_where(err, rekor->log.url);
	tile->level = name->level;
	tile->n = name->n;
	tiles->count++;
	*out = tile;
	return 0;
}

/* The subtree over leaves [n << level, (n + 1) << level): a run of hashes in
 * one tile, hashed together. */
static int
take_hash(struct hash *out, unsigned level, uint64_t n, void *context,
    struct vexlog_err *err)
{
	struct tiles *tiles = context;
	const struct tile_kept *tile = NULL;
	unsigned above = level % TILE_HEIGHT, run = 1u << above;
	uint64_t first = n << above;
	unsigned from = (unsigned)(first % TILE_WIDTH);
	struct tile_name name = {
	    .level = (int)(level / TILE_HEIGHT),
	    .n = first / TILE_WIDTH,
	};
	int rc;

	name.width = tile_width(tiles->size, name.level, name.n);
	if (from + run > name.width)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "the tree of %llu entries has no subtree %u/%llu",
		    (unsigned long long)tiles->size, level,
		    (unsigned long long)n);
	rc = take_tile(&tile, tiles, &name, err);
	return rc != 0 ? rc : merkle_root(out, tile->hashes + from, run, err);
}

struct merkle_source
tiles_source(struct tiles *tiles)
{
	return (struct merkle_source){take_hash, tiles};
}

int
tiles_body(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct tiles *tiles, uint64_t index, struct vexlog_err *err)
{
	struct vexlog_bytes entries[TILE_WIDTH], bytes, body;
	struct tile_name name = {
	    .level = TILE_ENTRIES,
	    .n = index / TILE_WIDTH,
	    .width = tile_width(tiles->size, 0, index / TILE_WIDTH),
	};
	char *copy;
	int rc;

	rc = fetch_file(&bytes, tiles->rekor, &name, TILE_BUNDLE_MAX, err);
	if (rc != 0)
		return rc;
	if (tile_read_bundle(entries, name.width, bytes, err) != 0)
		return err_where(err, tiles->rekor->log.url);
	body = entries[index % TILE_WIDTH];
	copy = arena_text(arena, body.data, body.size, err);
	if (copy == NULL)
		return err->code;
	*out = (struct vexlog_bytes){(const uint8_t *)copy, body.size};
	return 0;
}
