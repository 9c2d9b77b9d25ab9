/*
 * tile_rig.h - a folder with a local log, for tests: make it, fill it with
 * numbered entries, copy it, damage one of its files.
 */
#ifndef VEXLOG_TESTS_TILE_RIG_H
#define VEXLOG_TESTS_TILE_RIG_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "tests/tap.h"
#include "tlog/log.h"
#include "tlog/tile_index.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;

static void
must(int rc, const char *what)
{
	if (rc != 0)
		bail("%s: %s (%s)", what, err.message, err.where);
}

/* ---- folders ------------------------------------------------------------ */

/* In memory where the system has such a place: thousands of fsyncs wait for
 * nothing there. */
__attribute__((unused)) static const char *
fast_folder(void)
{
	const char *base = getenv("TMPDIR");
	char *path;

	if (base == NULL)
		base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	path = arena_print(arena, &err, "%s/vexlog-tile-XXXXXX", base);
	if (path == NULL || mkdtemp(path) == NULL)
		bail("no temporary folder in %s", base);
	return path;
}

static void
remove_all(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	char inner[4096];

	while (dir != NULL && (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		(void)snprintf(inner, sizeof(inner), "%s/%s", path, d->d_name);
		if (unlink(inner) != 0)
			remove_all(inner);
	}
	if (dir != NULL)
		(void)closedir(dir);
	(void)rmdir(path);
}

__attribute__((unused)) static void
copy_all(const char *from, const char *to)
{
	DIR *dir = opendir(from);
	struct vexlog_bytes bytes;
	struct dirent *d;
	char a[4096], b[4096];
	struct stat st;

	if (dir == NULL)
		bail("%s: %s", from, strerror(errno));
	(void)mkdir(to, 0700);
	while ((d = readdir(dir)) != NULL) {
		struct arena_mark mark = arena_mark(arena);
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		(void)snprintf(a, sizeof(a), "%s/%s", from, d->d_name);
		(void)snprintf(b, sizeof(b), "%s/%s", to, d->d_name);
		if (stat(a, &st) != 0)
			bail("%s: %s", a, strerror(errno));
		if (S_ISDIR(st.st_mode)) {
			copy_all(a, b);
			continue;
		}
		must(file_read(&bytes, arena, a, SIZE_MAX / 4, &err), a);
		int fd = open(b, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd < 0 ||
		    write(fd, bytes.data, bytes.size) != (ssize_t)bytes.size)
			bail("%s: %s", b, strerror(errno));
		(void)close(fd);
		arena_back(arena, mark);
	}
	(void)closedir(dir);
}

__attribute__((unused)) static bool
has_file(const char *folder, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return file_exists(path);
}

/* Changes one byte of a file; at counts from the end when negative. */
__attribute__((unused)) static void
flip(const char *folder, const char *name, long at)
{
	char path[4096], c;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "r+b");
	if (f == NULL || fseek(f, at, at < 0 ? SEEK_END : SEEK_SET) != 0 ||
	    fread(&c, 1, 1, f) != 1 || fseek(f, -1, SEEK_CUR) != 0)
		bail("%s: %s", path, strerror(errno));
	c ^= 1;
	if (fwrite(&c, 1, 1, f) != 1 || fclose(f) != 0)
		bail("%s: %s", path, strerror(errno));
}

__attribute__((unused)) static void
put_file(const char *folder, const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		bail("%s: %s", path, strerror(errno));
}

__attribute__((unused)) static void
cut_file(const char *folder, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (unlink(path) != 0)
		bail("%s: %s", path, strerror(errno));
}

/* ---- entries ------------------------------------------------------------ */

/* A well-formed hashedrekord body; nobody checks whose signature it is. */
__attribute__((unused)) static struct vexlog_bytes
body_of(uint64_t number)
{
	uint8_t digest[32] = {0};
	char *text;

	for (int i = 0; i < 8; i++)
		digest[i] = (uint8_t)(number >> (8 * i));
	text = arena_print(arena, &err,
	    "{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{"
	    "\"hashedRekordV002\":{\"data\":{\"algorithm\":\"SHA2_256\","
	    "\"digest\":\"%s\"},\"signature\":{\"content\":\"MEQ=\","
	    "\"verifier\":{\"keyDetails\":\"PKIX_ECDSA_P256_SHA_256\","
	    "\"publicKey\":{\"rawBytes\":\"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD"
	    "QgAE/ooymAzNEJ6ojBxIpDIJGaURtqzwNnAzm5WxtjcgtHOAbwnz5Qg0yCeS483"
	    "YoeAEpQISJGOh3tcz9tGLgYbnBA==\"}}}}}}",
	    text_base64(arena, (struct vexlog_bytes){digest, 32}, &err));
	if (text == NULL)
		bail("%s", err.message);
	return text_bytes(text);
}

__attribute__((unused)) static struct tile_log *
open_tiles(const char *folder)
{
	const struct tile_log_options options = {.folder = folder};
	struct tile_log *log;

	must(tile_log_open(&log, &options, &err), "tile_log_open");
	return log;
}

/* Appends the entries numbered first..first + count - 1. */
__attribute__((unused)) static int
append(struct tile_log *log, uint64_t first, size_t count,
    struct tile_place *places)
{
	struct arena_mark mark = arena_mark(arena);
	struct vexlog_bytes *bodies =
	    arena_list(arena, count, sizeof(*bodies), &err);
	struct tile_place *own = arena_list(arena, count, sizeof(*own), &err);
	int rc;

	for (size_t i = 0; i < count; i++)
		bodies[i] = body_of(first + i);
	rc = tile_log_append(
	    places == NULL ? own : places, log, bodies, count, &err);
	arena_back(arena, mark);
	return rc;
}

/* A new log with count entries numbered from 0. */
__attribute__((unused)) static const char *
make_tiles(size_t count)
{
	const char *folder = fast_folder();
	struct tile_log *log;

	must(log_local_init(folder, &err), "log_local_init");
	if (count > 0) {
		log = open_tiles(folder);
		must(append(log, 0, count, NULL), "append");
		tile_log_close(log);
	}
	return folder;
}

#endif
