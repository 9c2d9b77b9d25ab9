/*
 * tar.h - a ustar archive whose bytes follow from names and contents alone.
 *
 * Every header is one form: mode 0644, no owner, no time. So reading can
 * write each header again and compare, and a changed bit anywhere, padding
 * too, is found.
 *
 * Source: POSIX.1-2017 pax, "ustar Interchange Format".
 */
#ifndef VEXLOG_BASE_TAR_H
#define VEXLOG_BASE_TAR_H

#include "base/file.h"

struct tar_file {
	const char *name;
	struct vexlog_bytes bytes;
	size_t offset; /* of the bytes in the archive */
};

/* Writing: to a temporary name, put in place by tar_finish. Names come in
 * strictly rising byte order. */
struct tar_writer {
	int fd;
	struct file_target target;
	char last[101];
};
int tar_create(struct tar_writer *w, const char *path, struct vexlog_err *err);
int tar_add(struct tar_writer *w, const char *name, struct vexlog_bytes bytes,
    struct vexlog_err *err);
int tar_finish(struct tar_writer *w, struct vexlog_err *err);
void tar_abandon(struct tar_writer *w); /* after a failure; harmless twice */

/*
 * All files of an archive, sorted by name; contents point into bytes.
 *
 * errors   BAD_PROOF: not what tar_* writes, with the byte range
 */
int tar_read(const struct tar_file **out, size_t *count,
    struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err);
/* By name, or NULL. */
const struct tar_file *tar_find(const struct tar_file *list, size_t count,
    const char *name);

#endif
