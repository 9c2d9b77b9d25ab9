/*
 * file.h - whole files in, whole files out. A file is written beside its
 * name, synced, and renamed: a reader sees the old bytes or the new. Where the
 * name is a link, what it leads to is written; a device or a pipe never is.
 */
#ifndef VEXLOG_BASE_FILE_H
#define VEXLOG_BASE_FILE_H

#include "base/arena.h"

/* errors   NOT_FOUND, IO, LIMIT (larger than max), NO_MEMORY */
int file_read(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *path, size_t max, struct vexlog_err *err);
/* From a descriptor to its end; name is for the message. */
int file_read_fd(struct vexlog_bytes *out, struct vexlog_arena *arena, int fd,
    const char *name, size_t max, struct vexlog_err *err);
#define FILE_PATH_MAX 4096

/* Where a file is written, and what it becomes when it is whole. */
struct file_target {
	char temp[FILE_PATH_MAX], path[FILE_PATH_MAX];
};
/* A descriptor of temp, which is new; -1 on failure.
 * errors MISUSE ("-"), IO, LIMIT */
int file_open_target(int *fd, struct file_target *out, const char *path,
    unsigned mode, struct vexlog_err *err);
int file_write(const char *path, struct vexlog_bytes bytes, unsigned mode,
    struct vexlog_err *err);
/* As file_write, but CONFLICT where the path is there already. */
int file_create(const char *path, struct vexlog_bytes bytes, unsigned mode,
    struct vexlog_err *err);
/* fsync of the folder that holds path. */
int file_sync_folder(const char *path, struct vexlog_err *err);
/* The folder and those above it; one that is there is fine. */
int file_make_folder(const char *path, unsigned mode, struct vexlog_err *err);
bool file_exists(const char *path);
/* From the root, links followed. errors NOT_FOUND, IO */
char *file_whole_path(struct vexlog_arena *arena, const char *path,
    struct vexlog_err *err);

/* Tests set this to n to make the n-th write, fsync or rename from now fail
 * with ENOSPC, once; 0 never fails. */
extern long file_fail_in;
/* One step of a write: true when told to fail, with errno set. */
bool file_told_to_fail(void);

#endif
