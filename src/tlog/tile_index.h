/*
 * tile_index.h - where a leaf is in the log, so that the same entry is not
 * logged twice.
 *
 * Runs are files index/<first>-<end>, records of (first 8 bytes of the leaf
 * hash, index) in order, in blocks of 512 bytes with a checksum each; the
 * newest entries, in no run yet, are read from their tiles into a table. A
 * run carries the root of the tree that it was made from, so one that is
 * left over from another history is not used. Runs that come to the same
 * length are merged, so there are few.
 *
 * An answer is only believed after the leaf hash in the tile was compared;
 * a run that is damaged is made anew from the tiles.
 */
#ifndef VEXLOG_TLOG_TILE_INDEX_H
#define VEXLOG_TLOG_TILE_INDEX_H

#include "tlog/tile_log.h"

#define TILE_INDEX_RUN      65536 /* entries, from which a run is written */
#define TILE_INDEX_BLOCK    512
#define TILE_INDEX_RECORD   16
#define TILE_INDEX_IN_BLOCK 31
#define TILE_INDEX_RUNS     64 /* at most; each is twice the next or more */

struct tile_run {
	int fd;
	uint64_t first, end; /* entries */
	uint64_t blocks;
	const uint64_t *fence; /* first key of each block */
};

struct tile_index {
	struct vexlog_arena *arena; /* of runs' fences */
	struct vexlog_arena *table_arena;
	struct tile_log *log;
	struct tile_run runs[TILE_INDEX_RUNS];
	size_t run_count;
	uint64_t next; /* entries before this one are in runs or the table */
	struct {
		uint64_t key, index; /* index + 1; 0: free */
	} * table;
	size_t room, count; /* room is a power of two */
	bool damaged;
};

/* Of the log as last refreshed; the caller holds the writer's lock. */
int tile_index_open(
    struct tile_index **out, struct tile_log *log, struct vexlog_err *err);
void tile_index_close(struct tile_index *index);
/* Takes in what the log has more by now. */
int tile_index_follow(struct tile_index *index, struct vexlog_err *err);
/*
 * The smallest place of a leaf. fresh: leaf hashes behind the tree's end
 * that were added and not yet written.
 *
 * errors   BAD_PROOF with index->damaged set: remove it and open it anew
 */
int tile_index_find(bool *found, uint64_t *place, struct tile_index *index,
    const struct hash *leaf, const struct hash *fresh, struct vexlog_err *err);
int tile_index_add(struct tile_index *index, const struct hash *leaf,
    uint64_t place, struct vexlog_err *err);
/* Deletes all runs. */
int tile_index_remove(const struct tile_log *log, struct vexlog_err *err);

/* ---- runs (tile_run.c) -------------------------------------------------- */

struct tile_record {
	uint64_t key, index;
};

/* Opens a run if it is whole and was made from this tree; else *found is
 * false. */
int tile_run_open(struct tile_run *out, bool *found, struct tile_index *index,
    uint64_t first, uint64_t end, struct vexlog_err *err);
void tile_run_close(struct tile_run *run);
/* The records of a block. errors   BAD_PROOF, with index->damaged set */
int tile_run_block(struct tile_record records[TILE_INDEX_IN_BLOCK],
    unsigned *count, const struct tile_run *run, struct tile_index *index,
    uint64_t block, struct vexlog_err *err);
/* Writes a run from records that next gives in order, and opens it. */
int tile_run_write(struct tile_run *out, struct tile_index *index,
    uint64_t first, uint64_t end,
    int (*next)(struct tile_record *out, void *context, struct vexlog_err *err),
    void *context, struct vexlog_err *err);

#endif
