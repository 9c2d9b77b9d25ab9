/*
 * fuzz_archive.c - an auditor's archive, replayed: every difference is told
 * with the file it is in, and told again the second time.
 *
 * Plain bytes never get past the archive's own hashes, so libFuzzer changes
 * one file as JSON, gives it the name that its new hash asks for, puts that
 * name where the old one stood in all others, and makes the manifest anew.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "flow/archive.h"
#define JSON_MUTATOR_PARTS
#include "fuzz/json_mutator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static int
told(const char *what, const char *detail, void *context)
{
	size_t *count = context;

	must(what != NULL && what[0] != '\0' && detail[0] != '\0');
	++*count;
	return 0;
}

static int
replay(const char *path, struct vexlog_replay_result *out)
{
	size_t count = 0;
	const struct vexlog_replay_options options = {
	    .path = path, .difference = told, .context = &count};
	struct vexlog_err err;
	int rc = vexlog_replay(out, &options, &err);

	must(rc == 0 ? out->differences == count : err.message[0] != '\0');
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_replay_result one, two;
	char path[64];
	int fd = memfd_create("archive", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int rc = replay(path, &one);
	must(replay(path, &two) == rc);
	must(rc != 0 || one.differences == two.differences);
	(void)close(fd);
	return 0;
}

/* ---- changing ----------------------------------------------------------- */

#ifdef VEXLOG_LIBFUZZER
#define HEX 64

struct change {
	struct vexlog_arena *arena;
	struct tar_file *files;
	size_t count;
	struct vexlog_err err;
};

/* One line of a .jsonl, or the whole file. */
static struct vexlog_bytes
change_bytes(struct change *c, const struct tar_file *f, unsigned int seed)
{
	struct mutator m = {.state = seed};
	struct vexlog_bytes in = f->bytes, out = {NULL, 0};
	size_t from = 0, to = in.size, room = in.size + 64 * KIB;
	bool lines = strstr(f->name, ".jsonl") != NULL;

	if (lines && in.size > 0) {
		size_t at = mutator_random(&m, in.size);
		for (from = at; from > 0 && in.data[from - 1] != '\n'; from--)
			;
		for (to = at; to < in.size && in.data[to] != '\n'; to++)
			;
	}
	uint8_t *text = arena_take(c->arena, room, &c->err);
	if (text == NULL)
		return in;
	memcpy(text, in.data, from);
	size_t size = mutate_json(&m, text + from, room - in.size,
	    (struct vexlog_bytes){in.data + from, to - from}, out);
	if (size == 0)
		return in;
	memcpy(text + from + size, in.data + to, in.size - to);
	return (struct vexlog_bytes){text, from + size + in.size - to};
}

static void
put_name(struct change *c, const char *old, const char *new)
{
	for (size_t i = 0; i < c->count; i++) {
		struct vexlog_bytes in = c->files[i].bytes;
		char *name, *at,
		    *copy = arena_text(c->arena, in.data, in.size, &c->err);
		if (copy == NULL)
			return;
		for (at = copy; (at = memmem(at, in.size - (size_t)(at - copy),
				     old, HEX)) != NULL;
		     at += HEX)
			memcpy(at, new, HEX);
		c->files[i].bytes.data = (const uint8_t *)copy;
		name = arena_copy(c->arena, c->files[i].name, &c->err);
		if (name == NULL)
			return;
		if ((at = strstr(name, old)) != NULL)
			memcpy(at, new, HEX);
		c->files[i].name = name;
	}
}

static int
by_name(const void *a, const void *b)
{
	const struct tar_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static size_t
write_archive(struct change *c, uint8_t *out, size_t max)
{
	static struct tar_writer w;
	char path[64];
	struct vexlog_bytes bytes;

	qsort(c->files, c->count, sizeof(*c->files), by_name);
	for (size_t i = 0; i < c->count; i++)
		if (text_same(c->files[i].name, ARCHIVE_MANIFEST) &&
		    archive_manifest(&c->files[i].bytes, c->arena, c->files,
			c->count, &c->err) != 0)
			return 0; /* a change has made two files one */
	(void)snprintf(
	    path, sizeof(path), "/dev/shm/fuzz_archive.%ld", (long)getpid());
	int rc = tar_create(&w, path, &c->err);
	for (size_t i = 0; rc == 0 && i < c->count; i++)
		rc = tar_add(&w, c->files[i].name, c->files[i].bytes, &c->err);
	if (rc == 0)
		rc = tar_finish(&w, &c->err);
	tar_abandon(&w);
	if (rc == 0)
		rc = file_read(&bytes, c->arena, path, 64 * MIB, &c->err);
	(void)unlink(path);
	if (rc != 0 || bytes.size > max)
		return 0;
	memcpy(out, bytes.data, bytes.size);
	return bytes.size;
}

static size_t
change_archive(
    struct change *c, uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	struct vexlog_bytes in = {data, size};
	const struct tar_file *list;
	char digest[DIGEST_TEXT], old[DIGEST_TEXT];

	if (tar_read(&list, &c->count, c->arena, in, &c->err) != 0 ||
	    c->count == 0)
		return 0;
	c->files = arena_list(c->arena, c->count, sizeof(*c->files), &c->err);
	if (c->files == NULL)
		return 0;
	memcpy(c->files, list, c->count * sizeof(*list));
	struct tar_file *f = &c->files[seed / 16 % c->count];
	must(hash_digest(old, f->bytes, &c->err) == 0);
	f->bytes = change_bytes(c, f, seed);
	must(hash_digest(digest, f->bytes, &c->err) == 0);
	if (strstr(f->name, old + 7) != NULL)
		put_name(c, old + 7, digest + 7);
	return write_archive(c, data, max);
}

/* One time in sixteen, and where it is no archive, bytes. */
size_t
LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	struct change c = {.arena = vexlog_arena_open(256 * MIB)};
	size_t changed = 0;

	if (c.arena != NULL && seed % 16 != 0)
		changed = change_archive(&c, data, size, max, seed);
	vexlog_arena_close(c.arena);
	return changed > 0 ? changed : LLVMFuzzerMutate(data, size, max);
}
#endif
