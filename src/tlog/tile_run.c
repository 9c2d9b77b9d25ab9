/*
 * tile_run.c - one file of the index: a block of 512 bytes as head, then
 * blocks of records, then the first key of each block.
 *
 *	head	"vexlog index 1\n\0", first, end, blocks, root of the tree of
 *		end leaves, checksum of the keys, 0…, checksum of the head
 *	block	31 records of (key, index), number of the block, 0, checksum
 *
 * Numbers are big-endian; a place without a record has the key and index
 * 2^64 - 1. Checksums are CRC-32: against accident, as nothing in here is
 * believed without the tile.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "tlog/tile_index.h"

#define MAGIC      "vexlog index 1\n"
#define CHUNK      (64 * KIB)
#define NO_RECORD  UINT64_MAX
#define CHECKSUM   (TILE_INDEX_BLOCK - 4)
#define BLOCKS_MAX ((uint64_t)1 << 40)

static void
put64(uint8_t *out, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> (56 - 8 * i));
}

static uint64_t
get64(const uint8_t *in)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | in[i];
	return value;
}

static void
put32(uint8_t *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t
get32(const uint8_t *in)
{
	return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 |
	    (uint32_t)in[2] << 8 | in[3];
}

static uint32_t
checksum(uint32_t start, const void *bytes, size_t size)
{
	return (uint32_t)crc32_z(start, bytes, size);
}

/* ---- read --------------------------------------------------------------- */

static bool
read_at(int fd, void *out, size_t size, uint64_t offset)
{
	uint8_t *at = out;

	while (size > 0) {
		ssize_t n = pread(fd, at, size, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		offset += (uint64_t)n;
		size -= (size_t)n;
	}
	return true;
}

static void
write_head(uint8_t head[TILE_INDEX_BLOCK], const struct tile_run *run,
    const struct hash *root, uint32_t keys)
{
	memset(head, 0, TILE_INDEX_BLOCK);
	memcpy(head, MAGIC, sizeof(MAGIC));
	put64(head + 16, run->first);
	put64(head + 24, run->end);
	put64(head + 32, run->blocks);
	memcpy(head + 40, root->bytes, HASH_SIZE);
	put32(head + 72, keys);
	put32(head + CHECKSUM, checksum(0, head, CHECKSUM));
}

/* Reads head and keys; false when anything is not as it was written. */
static bool
read_head(struct tile_run *run, struct vexlog_arena *arena,
    const struct hash *root, int *rc, struct vexlog_err *err)
{
	uint8_t head[TILE_INDEX_BLOCK], want[TILE_INDEX_BLOCK];
	uint64_t count = run->end - run->first, *fence;
	uint32_t sum = 0;
	struct stat st;

	run->blocks = (count + TILE_INDEX_IN_BLOCK - 1) / TILE_INDEX_IN_BLOCK;
	if (run->blocks > BLOCKS_MAX || fstat(run->fd, &st) != 0 ||
	    (uint64_t)st.st_size !=
		(run->blocks + 1) * TILE_INDEX_BLOCK + run->blocks * 8 ||
	    !read_at(run->fd, head, sizeof(head), 0))
		return false;
	write_head(want, run, root, get32(head + 72));
	if (memcmp(head, want, sizeof(head)) != 0)
		return false;
	fence = arena_list(arena, (size_t)run->blocks, sizeof(*fence), err);
	if (fence == NULL) {
		*rc = err->code;
		return false;
	}
	if (!read_at(run->fd, fence, (size_t)run->blocks * 8,
		(run->blocks + 1) * TILE_INDEX_BLOCK))
		return false;
	sum = checksum(sum, fence, (size_t)run->blocks * 8);
	for (uint64_t i = 0; i < run->blocks; i++)
		fence[i] = get64((const uint8_t *)&fence[i]);
	run->fence = fence;
	return sum == get32(head + 72);
}

static char *
run_path(const struct tile_index *index, uint64_t first, uint64_t end,
    const char *suffix, struct vexlog_err *err)
{
	return arena_print(index->log->scratch, err, "%s/index/%llu-%llu%s",
	    index->log->folder, (unsigned long long)first,
	    (unsigned long long)end, suffix);
}

int
tile_run_open(struct tile_run *out, bool *found, struct tile_index *index,
    uint64_t first, uint64_t end, struct vexlog_err *err)
{
	struct merkle_source source = tile_log_source(index->log);
	struct tile_run run = {.first = first, .end = end};
	struct hash root;
	char *path = run_path(index, first, end, "", err);
	int rc;

	*found = false;
	if (path == NULL)
		return err->code;
	if ((rc = merkle_source_root(&root, &source, end, err)) != 0)
		return rc;
	run.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (run.fd < 0)
		return 0;
	if (read_head(&run, index->arena, &root, &rc, err)) {
		*out = run;
		*found = true;
		return 0;
	}
	(void)close(run.fd);
	return rc;
}

void
tile_run_close(struct tile_run *run)
{
	(void)close(run->fd);
}

int
tile_run_block(struct tile_record records[TILE_INDEX_IN_BLOCK], unsigned *count,
    const struct tile_run *run, struct tile_index *index, uint64_t block,
    struct vexlog_err *err)
{
	uint8_t bytes[TILE_INDEX_BLOCK];

	if (!read_at(run->fd, bytes, sizeof(bytes),
		(block + 1) * TILE_INDEX_BLOCK) ||
	    get32(bytes + CHECKSUM) != checksum(0, bytes, CHECKSUM) ||
	    get64(bytes + TILE_INDEX_IN_BLOCK * TILE_INDEX_RECORD) != block) {
		index->damaged = true;
		return err_set(err, VEXLOG_BAD_PROOF,
		    "block %llu of the index is damaged",
		    (unsigned long long)block);
	}
	*count = 0;
	for (unsigned i = 0; i < TILE_INDEX_IN_BLOCK; i++) {
		const uint8_t *at = bytes + i * TILE_INDEX_RECORD;
		records[i] = (struct tile_record){get64(at), get64(at + 8)};
		if (records[i].index != NO_RECORD)
			*count = i + 1;
	}
	return 0;
}

/* ---- write -------------------------------------------------------------- */

struct writer {
	int fd;
	uint8_t *chunk;
	size_t size;
	uint64_t blocks, *fence;
};

static int
write_out(struct writer *w)
{
	const uint8_t *at = w->chunk;
	size_t left = w->size;

	w->size = 0;
	while (left > 0) {
		if (file_told_to_fail())
			return -1;
		ssize_t n = write(w->fd, at, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		left -= (size_t)n;
	}
	return 0;
}

static int
write_block(struct writer *w, const struct tile_record *records)
{
	uint8_t *at;

	if (w->size + TILE_INDEX_BLOCK > CHUNK && write_out(w) != 0)
		return -1;
	at = w->chunk + w->size;
	memset(at, 0, TILE_INDEX_BLOCK);
	for (unsigned i = 0; i < TILE_INDEX_IN_BLOCK; i++) {
		put64(at + i * TILE_INDEX_RECORD, records[i].key);
		put64(at + i * TILE_INDEX_RECORD + 8, records[i].index);
	}
	put64(at + TILE_INDEX_IN_BLOCK * TILE_INDEX_RECORD, w->blocks);
	put32(at + CHECKSUM, checksum(0, at, CHECKSUM));
	put64((uint8_t *)&w->fence[w->blocks++], records[0].key);
	w->size += TILE_INDEX_BLOCK;
	return 0;
}

static int
write_blocks(struct writer *w, uint64_t count,
    int (*next)(struct tile_record *out, void *context, struct vexlog_err *err),
    void *context, const char *path, struct vexlog_err *err)
{
	struct tile_record records[TILE_INDEX_IN_BLOCK];
	unsigned have = 0;
	int rc;

	for (uint64_t i = 0; i < count; i++) {
		if ((rc = next(&records[have], context, err)) != 0)
			return rc;
		if (++have < TILE_INDEX_IN_BLOCK && i + 1 < count)
			continue;
		for (; have < TILE_INDEX_IN_BLOCK; have++)
			records[have] =
			    (struct tile_record){NO_RECORD, NO_RECORD};
		if (write_block(w, records) != 0)
			return err_system(err, "write", path);
		have = 0;
	}
	return 0;
}

/* All but the last write of the head leaves a file that read_head refuses. */
static int
finish(struct writer *w, const struct tile_run *run, const struct hash *root,
    const char *path, struct vexlog_err *err)
{
	size_t size = (size_t)w->blocks * 8;
	uint8_t head[TILE_INDEX_BLOCK];

	write_head(head, run, root, checksum(0, w->fence, size));
	if (write_out(w) != 0)
		return err_system(err, "write", path);
	w->chunk = (uint8_t *)w->fence;
	w->size = size;
	if (write_out(w) != 0 || file_told_to_fail() ||
	    pwrite(w->fd, head, sizeof(head), 0) != (ssize_t)sizeof(head) ||
	    file_told_to_fail() || fsync(w->fd) != 0)
		return err_system(err, "write", path);
	return 0;
}

static int
write_file(int fd, struct tile_index *index, const struct tile_run *run,
    int (*next)(struct tile_record *out, void *context, struct vexlog_err *err),
    void *context, const char *path, struct vexlog_err *err)
{
	struct merkle_source source = tile_log_source(index->log);
	struct vexlog_arena *scratch = index->log->scratch;
	struct writer w = {.fd = fd};
	struct hash root;
	int rc;

	w.chunk = arena_zero(scratch, CHUNK, err);
	w.fence =
	    arena_list(scratch, (size_t)run->blocks, sizeof(*w.fence), err);
	if (w.chunk == NULL || w.fence == NULL)
		return err->code;
	w.size = TILE_INDEX_BLOCK; /* room for the head */
	if ((rc = merkle_source_root(&root, &source, run->end, err)) == 0 &&
	    (rc = write_blocks(
		 &w, run->end - run->first, next, context, path, err)) == 0)
		rc = finish(&w, run, &root, path, err);
	return rc;
}

int
tile_run_write(struct tile_run *out, struct tile_index *index, uint64_t first,
    uint64_t end,
    int (*next)(struct tile_record *out, void *context, struct vexlog_err *err),
    void *context, struct vexlog_err *err)
{
	char *path = run_path(index, first, end, "", err);
	char *temp = run_path(index, first, end, ".new", err);
	struct tile_run run = {.first = first, .end = end};
	bool found;
	int fd, rc;

	if (path == NULL || temp == NULL)
		return err->code;
	run.blocks =
	    (end - first + TILE_INDEX_IN_BLOCK - 1) / TILE_INDEX_IN_BLOCK;
	fd = open(
	    temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_system(err, "create", temp);
	rc = write_file(fd, index, &run, next, context, path, err);
	if (close(fd) != 0 && rc == 0)
		rc = err_system(err, "close", temp);
	if (rc == 0 && (file_told_to_fail() || rename(temp, path) != 0))
		rc = err_system(err, "rename", path);
	if (rc != 0) {
		(void)unlink(temp);
		return rc;
	}
	if ((rc = file_sync_folder(path, err)) != 0 ||
	    (rc = tile_run_open(out, &found, index, first, end, err)) != 0)
		return rc;
	if (!found)
		return err_set(err, VEXLOG_IO,
		    "%s does not read back as it was written", path);
	return 0;
}
