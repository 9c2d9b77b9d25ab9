/*
 * full.c - stands for a file system that is full, where a test may not mount
 * a small one: loaded into a PostgreSQL server (LD_PRELOAD), it refuses to let
 * a file in a folder called "small" grow past VEXLOG_TEST_FULL bytes.
 */
#undef _FILE_OFFSET_BITS /* both names of each call are wanted */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#pragma GCC visibility push(default)

static int
is_full(int fd, off_t end)
{
	const char *most = getenv("VEXLOG_TEST_FULL");
	char link[64], path[4096];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (most == NULL || end <= atoll(most) ||
	    (n = readlink(link, path, sizeof(path) - 1)) < 0)
		return 0;
	path[n] = '\0';
	if (strstr(path, "/small/") == NULL)
		return 0;
	errno = ENOSPC;
	return 1;
}

ssize_t
pwrite(int fd, const void *data, size_t size, off_t at)
{
	ssize_t (*real)(int, const void *, size_t, off_t);

	*(void **)&real = dlsym(RTLD_NEXT, "pwrite");
	return is_full(fd, at + (off_t)size) ? -1 : real(fd, data, size, at);
}

ssize_t
pwrite64(int fd, const void *data, size_t size, off64_t at)
{
	return pwrite(fd, data, size, (off_t)at);
}

ssize_t
pwritev(int fd, const struct iovec *list, int count, off_t at)
{
	ssize_t (*real)(int, const struct iovec *, int, off_t);
	off_t end = at;

	for (int i = 0; i < count; i++)
		end += (off_t)list[i].iov_len;
	*(void **)&real = dlsym(RTLD_NEXT, "pwritev");
	return is_full(fd, end) ? -1 : real(fd, list, count, at);
}

ssize_t
pwritev64(int fd, const struct iovec *list, int count, off64_t at)
{
	return pwritev(fd, list, count, (off_t)at);
}

int
posix_fallocate(int fd, off_t at, off_t size)
{
	int (*real)(int, off_t, off_t);

	*(void **)&real = dlsym(RTLD_NEXT, "posix_fallocate");
	return is_full(fd, at + size) ? ENOSPC : real(fd, at, size);
}

int
posix_fallocate64(int fd, off64_t at, off64_t size)
{
	return posix_fallocate(fd, (off_t)at, (off_t)size);
}
