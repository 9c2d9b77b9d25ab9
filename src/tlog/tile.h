/*
 * tile.h - the names and bytes of a tile log's files. Pure.
 * Source: C2SP tlog-tiles.
 *
 * Tile n of level l holds the hashes of the complete subtrees over 256^l
 * leaves each, 256 of them when it is full; an entry bundle holds the 256
 * entries behind one tile of level 0. The last ones of a tree are partial,
 * with their width in their name.
 */
#ifndef VEXLOG_TLOG_TILE_H
#define VEXLOG_TLOG_TILE_H

#include "base/buffer.h"
#include "base/limits.h"
#include "tlog/merkle.h"

#define TILE_WIDTH      256
#define TILE_HEIGHT     8    /* levels of the tree in one tile */
#define TILE_LEVELS     8    /* of tiles, in a tree below 2^63 leaves */
#define TILE_LEVEL_MAX  63   /* that a path may name */
#define TILE_ENTRIES    (-1) /* in place of a level: an entry bundle */
#define TILE_BYTES      ((size_t)TILE_WIDTH * HASH_SIZE)
#define TILE_BUNDLE_MAX ((size_t)TILE_WIDTH * (ENTRY_BODY_MAX + 2))
#define TILE_PATH_MAX   64
#define TILE_NODES      511 /* of the complete subtree in a full tile */

struct tile_name {
	int level; /* or TILE_ENTRIES */
	uint64_t n;
	unsigned width; /* 1..256; below 256 the name has ".p/<width>" */
};

/* "tile/0/x001/x234/067.p/8", "tile/entries/000" */
void tile_path(char out[TILE_PATH_MAX], const struct tile_name *name);
/* False for all that tile_path does not write: leading zeros, a level past
 * 63, an index past 2^55. */
bool tile_read_path(struct tile_name *out, const char *path);
/* How wide tile n of a level is in a tree of size leaves: 0 (not there) to
 * 256. */
unsigned tile_width(uint64_t size, int level, uint64_t n);

/*
 * The hashes of a tile file that must hold at least width of them; a full
 * file may stand for a partial one. errors   BAD_PROOF (its size)
 */
int tile_read(struct hash *out, unsigned width, struct vexlog_bytes bytes,
    struct vexlog_err *err);
/*
 * The entries of a bundle file, at least width of them. Nothing may follow
 * the last one, of 256 or of width. errors   BAD_PROOF
 */
int tile_read_bundle(struct vexlog_bytes entries[TILE_WIDTH], unsigned width,
    struct vexlog_bytes bytes, struct vexlog_err *err);
/* One more entry for a bundle. */
void tile_write_entry(struct buffer *out, struct vexlog_bytes entry);

/* All nodes of the complete subtrees over width hashes: level k (0..8) of
 * them begins at tile_node(k). */
int tile_expand(
    struct hash nodes[TILE_NODES], unsigned width, struct vexlog_err *err);
static inline unsigned
tile_node(unsigned level)
{
	return 512u - (512u >> level);
}

#endif
