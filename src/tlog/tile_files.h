/*
 * tile_files.h - many files of one log, written together: each beside its
 * name, all synced, all renamed, then each folder synced once. 256 entries
 * cost two files, so this is what a batch costs.
 *
 * A file that a failure leaves behind is one that no checkpoint speaks of.
 */
#ifndef VEXLOG_TLOG_TILE_FILES_H
#define VEXLOG_TLOG_TILE_FILES_H

#include "base/file.h"

#define FILES_TOGETHER 64 /* descriptors that are open at once */

struct tile_files {
	const char *folder; /* paths are below it */
	struct vexlog_arena *arena;
	struct {
		int fd;
		char *temp, *path;
	} list[FILES_TOGETHER];
	size_t count;
	const char **folders; /* to be synced */
	size_t folder_count, folder_room;
};

void tile_files_open(
    struct tile_files *files, const char *folder, struct vexlog_arena *arena);
/* One file; folders above it are made. */
int tile_files_put(struct tile_files *files, const char *path,
    struct vexlog_bytes bytes, struct vexlog_err *err);
/* All are on the disk under their names, or the call fails. */
int tile_files_finish(struct tile_files *files, struct vexlog_err *err);
/* Gives up what is not finished; nothing after tile_files_finish. */
void tile_files_close(struct tile_files *files);

#endif
