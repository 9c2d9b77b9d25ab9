/*
 * tile_log.h - a tile log in a folder: the tree as of its checkpoint, and
 * how it grows. What is in here is the folder's business alone; log_local.c
 * and the server put it behind their interfaces.
 *
 *	key.pem		Ed25519, signs checkpoints
 *	checkpoint	signed note; what it does not cover is not logged
 *	tile/…		see tile.h
 *	index/…		which leaf is where; made anew from tiles, see
 *			tile_index.h
 *	lock		one writer at a time
 *
 * The order of writing makes it safe to stop anywhere: tiles and bundles
 * first, the checkpoint last. Files past the checkpoint's size are what a
 * stopped writer left; they are overwritten.
 */
#ifndef VEXLOG_TLOG_TILE_LOG_H
#define VEXLOG_TLOG_TILE_LOG_H

#include "tlog/note.h"
#include "tlog/tile.h"

#define TILE_LOG_ORIGIN     "vexlog.local/"
#define TILE_LOG_ARENA_MAX  (4096 * MIB)
#define TILE_LOG_WAIT       10000 /* ms for another writer */
#define TILE_LOG_TILES_KEPT 64    /* 16 KiB each */

/* The tree as of one checkpoint. */
struct tile_tree {
	struct vexlog_arena *arena; /* its own */
	uint64_t size;
	struct hash root;
	const char *note;
	size_t note_size;
	/* hashes of the partial tiles; tile_width says how many */
	struct hash edges[TILE_LEVELS][TILE_WIDTH];
	struct buffer bundle; /* the partial bundle */
};

struct tile_kept {
	bool some;
	int level;
	uint64_t n;
	unsigned width;
	struct hash nodes[TILE_NODES];
};

struct tile_index;

struct tile_log {
	struct vexlog_arena *arena;   /* of the handle */
	struct vexlog_arena *scratch; /* of one call */
	const char *folder;
	struct key *key;
	const char *origin;
	char id[2 * HASH_SIZE + 1]; /* of the log, hex */
	bool read_only;
	int wait_ms;
	/* after a failed write: what the disk holds is not known */
	bool stale;
	/* files past the checkpoint may lie about */
	bool torn;
	struct tile_tree *tree;
	struct tile_kept *kept;
	struct tile_index *index; /* NULL until the first append */
};

struct tile_log_options {
	const char *folder;
	/* NULL and "": key.pem, and the name that follows from it. Given, the
	 * log can only be read. */
	struct key *key;
	const char *origin;
	bool read_only;
	int wait_ms; /* for another writer; 0: the default */
};

/* errors   NOT_FOUND (no log there), BAD_PROOF (damaged), IO */
int tile_log_open(struct tile_log **out, const struct tile_log_options *options,
    struct vexlog_err *err);
void tile_log_close(struct tile_log *log);
/* The key of the log in a folder, checked. errors   NOT_FOUND, BAD_PROOF */
int tile_log_key(struct key **out, const char *folder, struct vexlog_err *err);
int tile_log_origin(const char **out, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_err *err);

/* Looks at the checkpoint file again. A log that shrank or was rewritten
 * since the last look is BAD_PROOF. */
int tile_log_refresh(struct tile_log *log, struct vexlog_err *err);

/* Where an entry is. */
struct tile_place {
	uint64_t index;
	struct hash leaf;
	bool known; /* it was there before, or twice in one call */
};
/*
 * Adds count entries under one checkpoint; one that is in the log already
 * gets its first place. On failure the log holds all or none of them.
 *
 * errors   LIMIT (an entry past 65535 bytes), UNREACHABLE (another writer
 *          holds the log), IO, BAD_PROOF (damaged), MISUSE (read-only)
 */
int tile_log_append(struct tile_place *places, struct tile_log *log,
    const struct vexlog_bytes *entries, size_t count, struct vexlog_err *err);

/* The rest is about the tree as last refreshed. */

/* Hashes of complete subtrees, from memory, kept tiles or files. */
struct merkle_source tile_log_source(struct tile_log *log);
/* An inclusion proof that was tried: it leads to the checkpoint's root. */
int tile_log_prove(struct hash *proof, size_t *proof_size, struct tile_log *log,
    uint64_t index, const struct hash *leaf, struct vexlog_err *err);
/* The bytes of an entry, and its leaf hash. errors   NOT_FOUND (index),
 * BAD_PROOF (the bundle isn't what the tile says) */
int tile_log_entry(struct vexlog_bytes *out, struct hash *leaf,
    struct vexlog_arena *arena, struct tile_log *log, uint64_t index,
    struct vexlog_err *err);
/* The hashes of a tile: all that the tree has of it. */
int tile_log_hashes(struct hash *out, unsigned *width, struct tile_log *log,
    int level, uint64_t n, struct vexlog_err *err);
/* The file of a tile or bundle as it is; a full one stands for a partial
 * one that is gone. path may be NULL, else it gets the name below the
 * folder. errors   BAD_PROOF (it is not there) */
int tile_log_file(struct vexlog_bytes *out, char path[TILE_PATH_MAX],
    struct vexlog_arena *arena, const char *folder,
    const struct tile_name *name, struct vexlog_err *err);

/* ---- parts, for tile_*.c alone ------------------------------------------ */

/* The tree of the checkpoint file, its right edge and last bundle checked. */
int tile_tree_read(struct tile_tree **out, const struct tile_log *log,
    struct vexlog_bytes note, struct vexlog_err *err);
void tile_tree_close(struct tile_tree *tree);
/* The root of what the edges hold. */
int tile_tree_root(
    struct hash *out, const struct tile_tree *tree, struct vexlog_err *err);

#endif
