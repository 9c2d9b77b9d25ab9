/*
 * tile_files.c - see tile_files.h.
 */
#include "tlog/tile_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMP ".new" /* one writer at a time: no two use the same name */

void
tile_files_open(
    struct tile_files *files, const char *folder, struct vexlog_arena *arena)
{
	*files = (struct tile_files){.folder = folder, .arena = arena};
}

/* ---- folders ------------------------------------------------------------ */

/* Remembers to sync the folder that holds path. */
static int
note_folder(struct tile_files *files, const char *path, struct vexlog_err *err)
{
	const char *slash = strrchr(path, '/');
	size_t size = (size_t)(slash - path);
	const char **list;
	char *copy;

	/* the newest ones are the likely ones */
	for (size_t i = files->folder_count; i-- > 0;)
		if (strlen(files->folders[i]) == size + 2 &&
		    memcmp(files->folders[i], path, size) == 0)
			return 0;
	copy = arena_print(files->arena, err, "%.*s/.", (int)size, path);
	list = arena_grow(files->arena, files->folders, files->folder_count,
	    &files->folder_room, sizeof(*list), err);
	if (copy == NULL || list == NULL)
		return err->code;
	files->folders = list;
	files->folders[files->folder_count++] = copy;
	return 0;
}

/* The folders between the log's and path. */
static int
make_folders(struct tile_files *files, const char *path, struct vexlog_err *err)
{
	char *part = arena_copy(files->arena, path, err);
	int rc;

	if (part == NULL)
		return err->code;
	for (char *at = part + strlen(files->folder) + 1;
	     (at = strchr(at, '/')) != NULL; *at++ = '/') {
		*at = '\0';
		if (mkdir(part, 0755) == 0) {
			if ((rc = note_folder(files, part, err)) != 0)
				return rc;
		} else if (errno != EEXIST)
			return err_system(err, "mkdir", part);
	}
	return 0;
}

/* ---- files -------------------------------------------------------------- */

static int
write_all(int fd, struct vexlog_bytes bytes)
{
	while (bytes.size > 0) {
		if (file_told_to_fail())
			return -1;
		ssize_t n = write(fd, bytes.data, bytes.size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes.data += n;
		bytes.size -= (size_t)n;
	}
	return 0;
}

static int
open_temp(const char *temp)
{
	return open(
	    temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
}

static int
sync_one(int fd)
{
	return file_told_to_fail() ? -1 : fsync(fd);
}

/* Syncs and renames what is open. */
static int
settle(struct tile_files *files, struct vexlog_err *err)
{
	for (size_t i = 0; i < files->count; i++)
		if (sync_one(files->list[i].fd) != 0)
			return err_system(err, "fsync", files->list[i].temp);
	for (size_t i = 0; i < files->count; i++) {
		int fd = files->list[i].fd;
		files->list[i].fd = -1;
		if (close(fd) != 0)
			return err_system(err, "close", files->list[i].temp);
		if (file_told_to_fail() ||
		    rename(files->list[i].temp, files->list[i].path) != 0)
			return err_system(err, "rename", files->list[i].path);
	}
	files->count = 0;
	return 0;
}

int
tile_files_put(struct tile_files *files, const char *path,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	char *full, *temp;
	int fd, rc;

	if (files->count == FILES_TOGETHER && (rc = settle(files, err)) != 0)
		return rc;
	full = arena_print(files->arena, err, "%s/%s", files->folder, path);
	temp =
	    arena_print(files->arena, err, "%s/%s" TEMP, files->folder, path);
	if (full == NULL || temp == NULL)
		return err->code;
	if ((fd = open_temp(temp)) < 0 && errno == ENOENT) {
		if ((rc = make_folders(files, full, err)) != 0)
			return rc;
		fd = open_temp(temp);
	}
	if (fd < 0)
		return err_system(err, "create", temp);
	files->list[files->count].fd = fd;
	files->list[files->count].temp = temp;
	files->list[files->count++].path = full;
	if (write_all(fd, bytes) != 0)
		return err_system(err, "write", full);
	return note_folder(files, full, err);
}

int
tile_files_finish(struct tile_files *files, struct vexlog_err *err)
{
	int rc = settle(files, err);

	for (size_t i = 0; i < files->folder_count && rc == 0; i++)
		rc = file_sync_folder(files->folders[i], err);
	files->folder_count = 0;
	return rc;
}

void
tile_files_close(struct tile_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		if (files->list[i].fd >= 0)
			(void)close(files->list[i].fd);
		(void)unlink(files->list[i].temp);
	}
	files->count = 0;
}
