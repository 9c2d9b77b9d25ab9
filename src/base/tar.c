/*
 * tar.c - ustar, one form out, the same form in.
 */
#include "base/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"

#define BLOCK	 512
#define NAME_MAX_TAR 99 /* with its NUL in the name field */
#define SIZE_MAX_TAR 077777777777ull

static void
make_header(char out[BLOCK], const char *name, size_t size)
{
	unsigned sum = 0;

	memset(out, 0, BLOCK);
	(void)snprintf(out, 100, "%s", name);
	memcpy(out + 100, "0000644", 8);
	memcpy(out + 108, "0000000", 8);
	memcpy(out + 116, "0000000", 8);
	(void)snprintf(out + 124, 12, "%011llo", (unsigned long long)size);
	memcpy(out + 136, "00000000000", 12);
	memset(out + 148, ' ', 8);
	out[156] = '0';
	memcpy(out + 257, "ustar", 6);
	memcpy(out + 263, "00", 2);
	for (int i = 0; i < BLOCK; i++)
		sum += (unsigned char)out[i];
	(void)snprintf(out + 148, 8, "%06o", sum);
	out[155] = ' ';
}

/* ---- writing ---------------------------------------------------------- */

static int
put(struct tar_writer *w, const void *data, size_t size,
    struct vexlog_err *err)
{
	const char *p = data;

	while (size > 0) {
		ssize_t n =
		    file_told_to_fail() ? -1 : write(w->fd, p, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_system(err, "write", w->target.path);
		p += n;
		size -= (size_t)n;
	}
	return 0;
}

int
tar_create(struct tar_writer *w, const char *path, struct vexlog_err *err)
{
	w->last[0] = '\0';
	return file_open_target(&w->fd, &w->target, path, 0644, err);
}

int
tar_add(struct tar_writer *w, const char *name, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	static const char zeros[BLOCK];
	char header[BLOCK];
	size_t rest = bytes.size % BLOCK;
	int rc;

	if (strlen(name) > NAME_MAX_TAR || bytes.size > SIZE_MAX_TAR)
		return err_set(err, VEXLOG_LIMIT,
		    "\"%.120s\" does not fit an archive", name);
	if (strcmp(w->last, name) >= 0)
		return err_set(err, VEXLOG_MISUSE,
		    "\"%.120s\" does not come after \"%s\"", name, w->last);
	(void)snprintf(w->last, sizeof(w->last), "%s", name);
	make_header(header, name, bytes.size);
	if ((rc = put(w, header, BLOCK, err)) != 0 ||
	    (rc = put(w, bytes.data, bytes.size, err)) != 0)
		return rc;
	return rest == 0 ? 0 : put(w, zeros, BLOCK - rest, err);
}

int
tar_finish(struct tar_writer *w, struct vexlog_err *err)
{
	static const char zeros[2 * BLOCK];
	int rc = put(w, zeros, sizeof(zeros), err);

	if (rc == 0 && (file_told_to_fail() || fsync(w->fd) != 0))
		rc = err_system(err, "fsync", w->target.path);
	if (rc != 0)
		return rc;
	if (close(w->fd) != 0)
		rc = err_system(err, "close", w->target.path);
	w->fd = -1;
	if (rc == 0 &&
	    (file_told_to_fail() ||
		rename(w->target.temp, w->target.path) != 0))
		rc = err_system(err, "rename", w->target.path);
	if (rc != 0) {
		(void)unlink(w->target.temp);
		return rc;
	}
	return file_sync_folder(w->target.path, err);
}

void
tar_abandon(struct tar_writer *w)
{
	if (w->fd < 0)
		return;
	(void)close(w->fd);
	(void)unlink(w->target.temp);
	w->fd = -1;
}

/* ---- reading ---------------------------------------------------------- */

static int
bad(struct vexlog_err *err, size_t from, size_t to, const char *what)
{
	err_set(err, VEXLOG_BAD_PROOF, "bytes %zu to %zu: %s", from, to, what);
	err->offset = from;
	return err_rule(err, "archive");
}

static bool
all_zero(struct vexlog_bytes bytes)
{
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] != 0)
			return false;
	return true;
}

static bool
read_size(const uint8_t *field, size_t *out)
{
	size_t value = 0;

	for (int i = 0; i < 11; i++) {
		if (field[i] < '0' || field[i] > '7')
			return false;
		value = value << 3 | (size_t)(field[i] - '0');
	}
	*out = value;
	return field[11] == 0;
}

static int
read_one(struct tar_file *out, struct cursor *c, struct vexlog_bytes header,
    struct vexlog_arena *arena, const char *last, struct vexlog_err *err)
{
	size_t at = cursor_offset(c) - BLOCK, size;
	char expected[BLOCK];
	struct vexlog_bytes padding;

	if (memchr(header.data, 0, 100) == NULL ||
	    text_utf8_valid(header.data,
		strlen((const char *)header.data)) !=
		strlen((const char *)header.data) ||
	    !read_size(header.data + 124, &size))
		return bad(err, at, at + BLOCK, "no header of an archive");
	out->name = arena_copy(arena, (const char *)header.data, err);
	if (out->name == NULL)
		return err->code;
	make_header(expected, out->name, size);
	if (memcmp(expected, header.data, BLOCK) != 0)
		return bad(err, at, at + BLOCK,
		    "the header is not the one its name and size give");
	if (last != NULL && strcmp(last, out->name) >= 0)
		return bad(err, at, at + BLOCK, "the names are not in order");
	out->offset = cursor_offset(c);
	if (!cursor_bytes(c, size, &out->bytes))
		return bad(err, at, cursor_offset(c) + cursor_left(c),
		    "the file ends too early");
	size_t rest = size % BLOCK;
	if (rest != 0 &&
	    (!cursor_bytes(c, BLOCK - rest, &padding) || !all_zero(padding)))
		return bad(err, out->offset + size,
		    out->offset + size + BLOCK - rest,
		    "the padding is not zero");
	return 0;
}

int
tar_read(const struct tar_file **out, size_t *count,
    struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	struct cursor c = cursor_open(bytes);
	struct tar_file *list = NULL;
	size_t n = 0, room = 0;
	struct vexlog_bytes block;

	for (;;) {
		size_t at = cursor_offset(&c);
		if (!cursor_bytes(&c, BLOCK, &block))
			return bad(err, at, bytes.size, "no end of an archive");
		if (all_zero(block))
			break;
		if (n == FILES_MAX)
			return err_set(err, VEXLOG_LIMIT,
			    "more than %d files in an archive", FILES_MAX);
		list = arena_grow(arena, list, n, &room, sizeof(*list), err);
		if (list == NULL)
			return err->code;
		int rc = read_one(&list[n], &c, block, arena,
		    n == 0 ? NULL : list[n - 1].name, err);
		if (rc != 0)
			return rc;
		n++;
	}
	size_t at = cursor_offset(&c);
	if (!cursor_bytes(&c, BLOCK, &block) || !all_zero(block) ||
	    cursor_left(&c) > 0)
		return bad(err, at, bytes.size,
		    "the archive does not end in two zero blocks");
	*out = list;
	*count = n;
	return 0;
}

const struct tar_file *
tar_find(const struct tar_file *list, size_t count, const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(list[middle].name, name);
		if (order == 0)
			return &list[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
