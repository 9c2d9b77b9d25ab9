/*
 * tile_append.c - how a tile log grows: many entries, one checkpoint.
 *
 * Under the lock: look at the checkpoint again, leave out what is logged
 * already, write the full and the partial tiles and bundles, sync them, then
 * the signed checkpoint. Whatever stops before that leaves a log that holds
 * what it held, and files that the next writer overwrites.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "tlog/tile_files.h"
#include "tlog/tile_index.h"

#define LOCK_TURN 5 /* ms between two tries */

/* ---- lock --------------------------------------------------------------- */

/* Who holds it, for the message; a number that the holder wrote. */
static int
lock_held(struct tile_log *log, int fd, struct vexlog_err *err)
{
	char pid[32] = "";
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? (size_t)n : 0] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	err_set(err, VEXLOG_UNREACHABLE,
	    "process %s is writing to this log, and still is after %d ms",
	    pid[0] != '\0' ? pid : "(unknown)", log->wait_ms);
	err_where(err, log->folder);
	return err_hint(err, "run it again when that process is done");
}

/* flock, since it holds between two handles of one process too. */
static int
lock_wait(struct tile_log *log, int fd, struct vexlog_err *err)
{
	const struct timespec turn = {0, LOCK_TURN * 1000000};
	int waited = 0;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return err_system(err, "lock", log->folder);
		if (waited >= log->wait_ms)
			return lock_held(log, fd, err);
		(void)nanosleep(&turn, NULL);
		waited += LOCK_TURN;
	}
	return 0;
}

/* The file holds our number, or nothing. */
static bool
write_pid(int fd)
{
	char pid[32];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());

	return ftruncate(fd, 0) == 0 &&
	    (pwrite(fd, pid, (size_t)n, 0) == n || ftruncate(fd, 0) == 0);
}

static int
lock(int *out, struct tile_log *log, struct vexlog_err *err)
{
	char *path = arena_print(log->scratch, err, "%s/lock", log->folder);
	int fd, rc;

	if (path == NULL)
		return err->code;
	for (;;) {
		struct stat held, named;
		fd =
		    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
		if (fd < 0)
			return err_system(err, "open", path);
		if ((rc = lock_wait(log, fd, err)) != 0) {
			(void)close(fd);
			return rc;
		}
		/* somebody may have removed the file while we waited */
		if (fstat(fd, &held) == 0 && stat(path, &named) == 0 &&
		    held.st_ino == named.st_ino && held.st_dev == named.st_dev)
			break;
		(void)close(fd);
	}
	/* only for the message; the lock holds without it */
	(void)write_pid(fd);
	*out = fd;
	return 0;
}

/* ---- partial files ------------------------------------------------------ */

/*
 * Deletes the partial files of one tile that are wider than width: before a
 * tile grows, what a stopped writer left; with width 0 and the full tile
 * there, all of them.
 */
static int
drop_partials(struct tile_log *log, int level, uint64_t n, unsigned width,
    struct vexlog_err *err)
{
	struct tile_name name = {level, n, TILE_WIDTH};
	char path[TILE_PATH_MAX], *folder, *file;
	struct dirent *d;
	uint64_t value;
	DIR *dir;
	int rc = 0;

	tile_path(path, &name);
	folder = arena_print(log->scratch, err, "%s/%s.p", log->folder, path);
	if (folder == NULL)
		return err->code;
	if ((dir = opendir(folder)) == NULL)
		return errno == ENOENT ? 0 : err_system(err, "open", folder);
	while (rc == 0 && (d = readdir(dir)) != NULL) {
		size_t digits = strspn(d->d_name, "0123456789");
		if (!text_decimal(&value, d->d_name, digits, TILE_WIDTH) ||
		    value <= width)
			continue;
		file =
		    arena_print(log->scratch, err, "%s/%s", folder, d->d_name);
		if (file == NULL)
			rc = err->code;
		else if (unlink(file) != 0 && errno != ENOENT)
			rc = err_system(err, "unlink", file);
	}
	(void)closedir(dir);
	if (rc == 0 && width == 0)
		(void)rmdir(folder);
	return rc;
}

/* Once after each look at a checkpoint that is not our own. */
static int
drop_torn(struct tile_log *log, struct vexlog_err *err)
{
	uint64_t size = log->tree->size;
	int rc = 0;

	for (int level = TILE_ENTRIES; level < TILE_LEVELS && rc == 0;
	     level++) {
		unsigned shift = level > 0 ? (unsigned)level * TILE_HEIGHT : 0;
		uint64_t n = size >> shift >> TILE_HEIGHT;
		rc = drop_partials(
		    log, level, n, tile_width(size, level, n), err);
	}
	log->torn = rc != 0;
	return rc;
}

/* ---- growing ------------------------------------------------------------ */

struct growth {
	struct tile_log *log;
	struct tile_tree *tree; /* the next one */
	struct tile_files files;
	uint64_t before; /* size */
};

/* The next tree begins as a copy, so that a failure leaves ours whole. */
static int
copy_tree(
    struct tile_tree **out, const struct tile_tree *old, struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(256 * MIB);
	struct tile_tree *tree;

	if (arena == NULL)
		return err_memory(err);
	if ((tree = arena_take(arena, sizeof(*tree), err)) == NULL) {
		vexlog_arena_close(arena);
		return err->code;
	}
	*tree = *old;
	tree->arena = arena;
	buffer_open(&tree->bundle, arena, TILE_BUNDLE_MAX);
	buffer_bytes(&tree->bundle, old->bundle.data, old->bundle.size);
	if (tree->bundle.failed != 0) {
		vexlog_arena_close(arena);
		return err_memory(err);
	}
	*out = tree;
	return 0;
}

static int
put_tile(struct growth *g, int level, uint64_t n, unsigned width,
    struct vexlog_err *err)
{
	struct tile_name name = {level, n, width};
	char path[TILE_PATH_MAX];
	struct vexlog_bytes bytes;

	tile_path(path, &name);
	bytes = level == TILE_ENTRIES
	    ? (struct vexlog_bytes){(const uint8_t *)g->tree->bundle.data,
		  g->tree->bundle.size}
	    : (struct vexlog_bytes){
		  g->tree->edges[level][0].bytes, (size_t)width * HASH_SIZE};
	return tile_files_put(&g->files, path, bytes, err);
}

/* One more hash on a level; at is how many the level has had before. */
static int
push(struct growth *g, int level, uint64_t at, const struct hash *hash,
    struct vexlog_err *err)
{
	struct hash nodes[TILE_NODES];
	unsigned width = (unsigned)(at % TILE_WIDTH);
	int rc;

	g->tree->edges[level][width] = *hash;
	if (width + 1 < TILE_WIDTH)
		return 0;
	if (level == 0) {
		rc =
		    put_tile(g, TILE_ENTRIES, at / TILE_WIDTH, TILE_WIDTH, err);
		if (rc != 0)
			return rc;
		g->tree->bundle.size = 0;
	}
	if ((rc = put_tile(g, level, at / TILE_WIDTH, TILE_WIDTH, err)) != 0)
		return rc;
	memcpy(nodes, g->tree->edges[level], TILE_BYTES);
	if ((rc = tile_expand(nodes, TILE_WIDTH, err)) != 0)
		return rc;
	return push(g, level + 1, at / TILE_WIDTH, &nodes[TILE_NODES - 1], err);
}

static int
grow(struct growth *g, struct vexlog_bytes entry, const struct hash *leaf,
    struct vexlog_err *err)
{
	int rc;

	tile_write_entry(&g->tree->bundle, entry);
	if (g->tree->bundle.failed != 0)
		return err_memory(err);
	if ((rc = push(g, 0, g->tree->size, leaf, err)) == 0)
		g->tree->size++;
	return rc;
}

/* The partial tiles and bundle at the new right edge. */
static int
put_edges(struct growth *g, struct vexlog_err *err)
{
	uint64_t size = g->tree->size;
	int rc;

	for (int level = TILE_ENTRIES; level < TILE_LEVELS; level++) {
		unsigned shift = level > 0 ? (unsigned)level * TILE_HEIGHT : 0;
		uint64_t n = size >> shift >> TILE_HEIGHT;
		unsigned width = tile_width(size, level, n);
		unsigned before = tile_width(g->before, level, n);
		if (width == 0 || width == before)
			continue;
		if (before == 0 &&
		    (rc = drop_partials(g->log, level, n, 0, err)) != 0)
			return rc;
		if ((rc = put_tile(g, level, n, width, err)) != 0)
			return rc;
	}
	return 0;
}

static int
write_checkpoint(struct growth *g, struct vexlog_err *err)
{
	struct tile_tree *tree = g->tree;
	struct vexlog_bytes text, note;
	char *path, *copy;
	int rc;

	if ((rc = tile_tree_root(&tree->root, tree, err)) != 0 ||
	    (rc = checkpoint_write(&text, g->log->scratch, g->log->origin,
		 tree->size, &tree->root, err)) != 0 ||
	    (rc = note_sign(&note, g->log->scratch, text, g->log->origin,
		 g->log->key, err)) != 0)
		return rc;
	copy = arena_text(tree->arena, note.data, note.size, err);
	path =
	    arena_print(g->log->scratch, err, "%s/checkpoint", g->log->folder);
	if (copy == NULL || path == NULL)
		return err->code;
	tree->note = copy;
	tree->note_size = note.size;
	return file_write(path, note, 0644, err);
}

/* Tiles that are full now need their partial files no more. */
static void
drop_filled(const struct growth *g)
{
	struct vexlog_err ignored;

	for (int level = TILE_ENTRIES; level < TILE_LEVELS; level++) {
		unsigned shift = level > 0 ? (unsigned)level * TILE_HEIGHT : 0;
		uint64_t n = g->before >> shift >> TILE_HEIGHT;
		uint64_t end = g->tree->size >> shift >> TILE_HEIGHT;
		for (; n < end; n++)
			(void)drop_partials(g->log, level, n, 0, &ignored);
	}
}

static int
write_all(struct growth *g, const struct vexlog_bytes *entries,
    const size_t *fresh, const struct hash *leaves, size_t count,
    struct vexlog_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		rc = grow(g, entries[fresh[i]], &leaves[i], err);
	if (rc != 0 || (rc = put_edges(g, err)) != 0 ||
	    (rc = tile_files_finish(&g->files, err)) != 0)
		return rc;
	return write_checkpoint(g, err);
}

/* fresh[i] is which of entries the leaf i is of. */
static int
commit(struct tile_log *log, const struct vexlog_bytes *entries,
    const size_t *fresh, const struct hash *leaves, size_t count,
    struct vexlog_err *err)
{
	struct growth g = {.log = log, .before = log->tree->size};
	int rc;

	if (log->torn && (rc = drop_torn(log, err)) != 0)
		return rc;
	if ((rc = copy_tree(&g.tree, log->tree, err)) != 0)
		return rc;
	tile_files_open(&g.files, log->folder, log->scratch);
	rc = write_all(&g, entries, fresh, leaves, count, err);
	tile_files_close(&g.files);
	if (rc != 0) {
		tile_tree_close(g.tree);
		return rc;
	}
	drop_filled(&g);
	tile_tree_close(log->tree);
	log->tree = g.tree;
	return 0;
}

/* ---- append ------------------------------------------------------------- */

struct plan {
	struct hash *leaves; /* of what is new */
	size_t *fresh;       /* which entry that is */
	size_t count;
};

static int
plan(struct plan *out, struct tile_place *places, struct tile_log *log,
    const struct vexlog_bytes *entries, size_t count, struct vexlog_err *err)
{
	uint64_t size = log->tree->size;
	int rc;

	out->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct tile_place *p = &places[i];
		if ((rc = merkle_leaf(&p->leaf, entries[i], err)) != 0 ||
		    (rc = tile_index_find(&p->known, &p->index, log->index,
			 &p->leaf, out->leaves, err)) != 0)
			return rc;
		if (p->known)
			continue;
		p->index = size + out->count;
		out->leaves[out->count] = p->leaf;
		out->fresh[out->count++] = i;
		rc = tile_index_add(log->index, &p->leaf, p->index, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
ready_index(struct tile_log *log, struct vexlog_err *err)
{
	return log->index == NULL ? tile_index_open(&log->index, log, err)
				  : tile_index_follow(log->index, err);
}

static int
append_locked(struct tile_place *places, struct tile_log *log,
    const struct vexlog_bytes *entries, size_t count, struct vexlog_err *err)
{
	struct plan p;
	int rc = tile_log_refresh(log, err);

	if (rc != 0)
		return rc;
	p.leaves = arena_list(log->scratch, count, sizeof(*p.leaves), err);
	p.fresh = arena_list(log->scratch, count, sizeof(*p.fresh), err);
	if (p.leaves == NULL || p.fresh == NULL)
		return err->code;
	/* from here on the index may know of more than the disk does */
	log->stale = true;
	if ((rc = ready_index(log, err)) == 0)
		rc = plan(&p, places, log, entries, count, err);
	if (rc != 0 && log->index != NULL && log->index->damaged) {
		tile_index_close(log->index);
		log->index = NULL;
		if ((rc = tile_index_remove(log, err)) == 0 &&
		    (rc = ready_index(log, err)) == 0)
			rc = plan(&p, places, log, entries, count, err);
	}
	if (rc != 0)
		return rc;
	if (p.count > 0 &&
	    (rc = commit(log, entries, p.fresh, p.leaves, p.count, err)) != 0)
		return rc;
	log->stale = false;
	/* What can't be kept there is found in the tiles. */
	return tile_index_follow(log->index, err);
}

int
tile_log_append(struct tile_place *places, struct tile_log *log,
    const struct vexlog_bytes *entries, size_t count, struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(log->scratch);
	int fd, rc;

	if (log->read_only)
		return err_set(
		    err, VEXLOG_MISUSE, "this log was opened to be read only");
	for (size_t i = 0; i < count; i++)
		if (entries[i].size > ENTRY_BODY_MAX)
			return err_set(err, VEXLOG_LIMIT,
			    "an entry of %zu bytes, a log takes %d",
			    entries[i].size, ENTRY_BODY_MAX);
	if (count == 0)
		return 0;
	if ((rc = lock(&fd, log, err)) == 0) {
		rc = append_locked(places, log, entries, count, err);
		(void)close(fd);
	}
	arena_back(log->scratch, mark);
	return rc;
}
