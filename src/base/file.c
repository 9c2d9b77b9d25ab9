/*
 * file.c - whole files in and out.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

long file_fail_in;

bool
file_told_to_fail(void)
{
	if (file_fail_in <= 0 || --file_fail_in > 0)
		return false;
	errno = ENOSPC;
	return true;
}

static int
fail_larger(struct vexlog_err *err, const char *name, size_t max)
{
	err_set(err, VEXLOG_LIMIT,
	    "larger than %zu bytes, the limit of this file", max);
	return err_where(err, name);
}

int
file_read_fd(struct vexlog_bytes *out, struct vexlog_arena *arena, int fd,
    const char *name, size_t max, struct vexlog_err *err)
{
	struct stat st;
	size_t room = 64 * KIB, size = 0;
	uint8_t *data;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size >= 0)
		room = (size_t)st.st_size + 1;
	/* what is read from its beginning need not be read to be measured */
	if (room > max + 1 && lseek(fd, 0, SEEK_CUR) == 0)
		return fail_larger(err, name, max);
	if (room > max + 1)
		room = max + 1;
	if ((data = arena_take(arena, room, err)) == NULL)
		return err->code;
	for (;;) {
		ssize_t n = read(fd, data + size, room - size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_system(err, "read", name);
		size += (size_t)n;
		if (size > max)
			return fail_larger(err, name, max);
		if (n == 0)
			break;
		if (size < room)
			continue;
		size_t more = room < max / 2 ? room * 2 : max + 1;
		if ((data = arena_extend(arena, data, room, more, err)) == NULL)
			return err->code;
		room = more;
	}
	*out = (struct vexlog_bytes){data, size};
	return 0;
}

int
file_read(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *path, size_t max, struct vexlog_err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		err_set(err, VEXLOG_NOT_FOUND, "there is no such file");
		return err_where(err, path);
	}
	if (fd < 0)
		return err_system(err, "open", path);
	int rc = file_read_fd(out, arena, fd, path, max, err);
	(void)close(fd);
	return rc;
}

static int
write_all(int fd, struct vexlog_bytes bytes)
{
	size_t done = 0;

	while (done < bytes.size) {
		if (file_told_to_fail())
			return -1;
		ssize_t n = write(fd, bytes.data + done, bytes.size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	if (file_told_to_fail())
		return -1;
	return fsync(fd);
}

int
file_sync_folder(const char *path, struct vexlog_err *err)
{
	char folder[4096];
	const char *slash = strrchr(path, '/');
	int size = slash == NULL ? 0 : (int)(slash - path);

	if ((size_t)size >= sizeof(folder))
		return err_set(err, VEXLOG_LIMIT, "the path is too long");
	(void)snprintf(folder, sizeof(folder), "%.*s", size, path);
	if (size == 0)
		(void)snprintf(folder, sizeof(folder), "%s",
		    slash == NULL ? "." : "/");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_system(err, "open", folder);
	int rc = 0;
	/* some file systems can't sync a folder, and say EINVAL */
	if (file_told_to_fail() || (fsync(fd) != 0 && errno != EINVAL))
		rc = err_system(err, "fsync", folder);
	(void)close(fd);
	return rc;
}

/* Renaming would put a file in the place of a device, as /dev/full, or of the
 * link that /dev/stdout is. */
static int
find_target(
    struct file_target *out, const char *path, struct vexlog_err *err)
{
	struct stat st;
	char *behind = NULL;

	if (strcmp(path, "-") == 0) {
		err_set(err, VEXLOG_MISUSE, "\"-\" is no name of a file");
		return err_hint(
		    err, "standard output has the result; name a file");
	}
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		err_set(err, VEXLOG_IO, "this is no file that can be written");
		return err_where(err, path);
	}
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		behind = realpath(path, NULL);
	int n = snprintf(out->path, sizeof(out->path), "%s",
	    behind == NULL ? path : behind);
	free(behind);
	if (n >= 0 && (size_t)n < sizeof(out->path))
		n = snprintf(out->temp, sizeof(out->temp), "%s.tmp%ld",
		    out->path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof(out->temp))
		return err_set(err, VEXLOG_LIMIT, "the path is too long");
	return 0;
}

int
file_open_target(int *fd, struct file_target *out, const char *path,
    unsigned mode, struct vexlog_err *err)
{
	int rc = find_target(out, path, err);

	*fd = -1;
	if (rc != 0)
		return rc;
	(void)unlink(out->temp);
	*fd = open(
	    out->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
	return *fd < 0 ? err_system(err, "create", out->temp) : 0;
}

static int
put(const char *path, struct vexlog_bytes bytes, unsigned mode, bool only_new,
    struct vexlog_err *err)
{
	struct file_target target;
	int fd, rc = file_open_target(&fd, &target, path, mode, err);

	if (rc != 0)
		return rc;
	int bad = write_all(fd, bytes);
	int saved = errno;
	if (close(fd) != 0 && bad == 0) {
		bad = -1;
		saved = errno;
	}
	if (bad != 0) {
		(void)unlink(target.temp);
		errno = saved;
		return err_system(err, "write", path);
	}
	bad = file_told_to_fail() ? -1 :
	    only_new		  ? link(target.temp, target.path) :
				    rename(target.temp, target.path);
	saved = errno;
	if (bad != 0 || only_new)
		(void)unlink(target.temp);
	errno = saved;
	if (bad != 0 && only_new && saved == EEXIST) {
		err_set(err, VEXLOG_CONFLICT, "the file is there already");
		return err_where(err, path);
	}
	if (bad != 0)
		return err_system(err, "rename", path);
	return file_sync_folder(target.path, err);
}

int
file_write(const char *path, struct vexlog_bytes bytes, unsigned mode,
    struct vexlog_err *err)
{
	return put(path, bytes, mode, false, err);
}

int
file_create(const char *path, struct vexlog_bytes bytes, unsigned mode,
    struct vexlog_err *err)
{
	return put(path, bytes, mode, true, err);
}

int
file_make_folder(const char *path, unsigned mode, struct vexlog_err *err)
{
	char part[4096];
	size_t size = strlen(path);

	if (size >= sizeof(part))
		return err_set(err, VEXLOG_LIMIT, "the path is too long");
	for (size_t i = 1; i <= size; i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, (mode_t)mode) != 0 && errno != EEXIST)
			return err_system(err, "mkdir", part);
	}
	struct stat st;
	if (stat(path, &st) != 0)
		return err_system(err, "mkdir", path);
	if (!S_ISDIR(st.st_mode)) {
		err_set(err, VEXLOG_CONFLICT, "this is not a folder");
		return err_where(err, path);
	}
	return 0;
}

bool
file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

char *
file_whole_path(
    struct vexlog_arena *arena, const char *path, struct vexlog_err *err)
{
	char *whole = realpath(path, NULL), *out;

	if (whole == NULL) {
		err_set(err, errno == ENOENT ? VEXLOG_NOT_FOUND : VEXLOG_IO,
		    "no such path: %s", strerror(errno));
		err_where(err, path);
		return NULL;
	}
	out = arena_copy(arena, whole, err);
	free(whole);
	return out;
}
