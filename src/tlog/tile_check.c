/*
 * tile_check.c - recompute a tile log from its entries and name the first
 * file that says something else.
 *
 * One bundle at a time: memory does not grow with the log. It opens nothing
 * for writing and needs no lock; what lies past the checkpoint is not
 * looked at.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "tlog/entry_body.h"
#include "tlog/log.h"
#include "tlog/tile_log.h"

struct check {
	const char *folder;
	struct vexlog_arena *arena;   /* of the call */
	struct vexlog_arena *scratch; /* of one bundle */
	struct checkpoint checkpoint;
	/* what the entries give so far; its size counts them */
	struct tile_tree *tree;
};

static int
fail(struct check *c, const char *path, struct vexlog_err *err)
{
	(void)snprintf(
	    err->where, sizeof(err->where), "%s/%s", c->folder, path);
	return err_hint(err,
	    "bring the log's folder back from a backup; nothing was changed");
}

/* ---- one entry ---------------------------------------------------------- */

static int
check_body(struct check *c, struct vexlog_bytes body, struct vexlog_err *err)
{
	struct vexlog_bytes canonical;
	struct entry_body parts;
	const char *kind, *version;
	struct json_doc doc;
	struct buffer b;
	int rc;

	if ((rc = entry_body_kind(
		 &kind, &version, &doc, c->scratch, body, err)) != 0)
		return rc;
	if (!text_same(kind, "hashedrekord") || !text_same(version, "0.0.2"))
		return err_set(err, VEXLOG_SHAPE,
		    "it is a %.40s %.40s, this log holds hashedrekord 0.0.2",
		    kind, version);
	buffer_open(&b, c->scratch, 2 * ENTRY_BODY_MAX);
	if ((rc = entry_body_read(
		 &parts, c->scratch, &doc, kind, version, err)) != 0 ||
	    (rc = json_canonical(&b, &doc, doc.root, err)) != 0 ||
	    (rc = buffer_finish(&b, &canonical, err)) != 0)
		return rc;
	if (canonical.size != body.size ||
	    memcmp(canonical.data, body.data, body.size) != 0)
		return err_set(err, VEXLOG_SHAPE, "it is not canonical JSON");
	return 0;
}

static int
check_entry(struct check *c, struct vexlog_bytes body, uint64_t index,
    const char *bundle, struct vexlog_err *err)
{
	struct vexlog_err why;
	int rc = check_body(c, body, &why);

	if (rc == 0)
		return 0;
	if (rc == VEXLOG_NO_MEMORY) {
		*err = why;
		return rc;
	}
	err_set(err, VEXLOG_BAD_PROOF,
	    "entry %llu is no well-formed body: %.300s",
	    (unsigned long long)index, why.message);
	return fail(c, bundle, err);
}

/* ---- files of one tile -------------------------------------------------- */

static int
hash_differs(struct check *c, const char *path, unsigned at,
    const struct hash *got, const struct hash *want, const char *from,
    struct vexlog_err *err)
{
	char got_hex[2 * HASH_SIZE + 1], want_hex[2 * HASH_SIZE + 1];

	text_hex(got_hex, got->bytes, HASH_SIZE);
	text_hex(want_hex, want->bytes, HASH_SIZE);
	err_set(err, VEXLOG_BAD_PROOF, "%s: hash %u is %s, %s gives %s", path,
	    at, got_hex, from, want_hex);
	err->offset = (size_t)at * HASH_SIZE;
	return fail(c, path, err);
}

/* Does an older file hold width hashes or entries and nothing else? */
static bool
whole(const struct tile_name *name, unsigned width, struct vexlog_bytes old)
{
	struct vexlog_bytes entries[TILE_WIDTH];
	struct vexlog_err ignored;

	if (name->level != TILE_ENTRIES)
		return old.size == (size_t)width * HASH_SIZE;
	return tile_read_bundle(entries, width, old, &ignored) == 0;
}

/*
 * Older partial files of a tile or bundle are what a checkpoint of that time
 * speaks of: each is a part of today's file.
 */
static int
check_older(struct check *c, const struct tile_name *name,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	struct tile_name part = {name->level, name->n, TILE_WIDTH};
	char path[TILE_PATH_MAX], *folder, *file;
	struct vexlog_bytes old;
	struct dirent *d;
	uint64_t width;
	DIR *dir;
	int rc = 0;

	tile_path(path, &part);
	folder = arena_print(c->scratch, err, "%s/%s.p", c->folder, path);
	if (folder == NULL)
		return err->code;
	if ((dir = opendir(folder)) == NULL)
		return errno == ENOENT ? 0 : err_system(err, "open", folder);
	while (rc == 0 && (d = readdir(dir)) != NULL) {
		struct arena_mark mark = arena_mark(c->scratch);
		if (!text_decimal(
			&width, d->d_name, strlen(d->d_name), TILE_WIDTH - 1) ||
		    width == 0 || width >= name->width)
			continue;
		part.width = (unsigned)width;
		tile_path(path, &part);
		file = arena_print(c->scratch, err, "%s/%s", c->folder, path);
		if (file == NULL) {
			rc = err->code;
			break;
		}
		rc = file_read(&old, c->scratch, file, TILE_BUNDLE_MAX, err);
		if (rc == VEXLOG_NOT_FOUND) /* a writer cleans up */
			rc = 0;
		else if (rc == 0 &&
		    (old.size > bytes.size ||
			memcmp(old.data, bytes.data, old.size) != 0 ||
			!whole(name, part.width, old))) {
			err_set(err, VEXLOG_BAD_PROOF,
			    "%s is not the begin of the newer file", path);
			rc = fail(c, path, err);
		}
		arena_back(c->scratch, mark);
	}
	(void)closedir(dir);
	return rc;
}

/* A tile file against the hashes that were computed. */
static int
check_tile(struct check *c, int level, uint64_t n, unsigned width,
    const char *from, struct vexlog_err *err)
{
	const struct hash *want = c->tree->edges[level];
	struct tile_name name = {level, n, width};
	struct hash got[TILE_WIDTH];
	char path[TILE_PATH_MAX];
	struct vexlog_bytes bytes;
	int rc;

	rc = tile_log_file(&bytes, path, c->scratch, c->folder, &name, err);
	if (rc == 0 && tile_read(got, width, bytes, err) != 0)
		rc = fail(c, path, err);
	if (rc != 0)
		return rc;
	for (unsigned i = 0; i < width; i++)
		if (!hash_same(&got[i], &want[i]))
			return hash_differs(
			    c, path, i, &got[i], &want[i], from, err);
	return check_older(c, &name, bytes, err);
}

/* A tile is complete: it is compared, and becomes one hash above. */
static int
close_tile(struct check *c, int level, uint64_t n, const char *from,
    struct vexlog_err *err)
{
	struct tile_name name = {level, n, TILE_WIDTH};
	struct hash nodes[TILE_NODES];
	char path[TILE_PATH_MAX];
	int rc = check_tile(c, level, n, TILE_WIDTH, from, err);

	if (rc != 0)
		return rc;
	memcpy(nodes, c->tree->edges[level], TILE_BYTES);
	if ((rc = tile_expand(nodes, TILE_WIDTH, err)) != 0)
		return rc;
	c->tree->edges[level + 1][n % TILE_WIDTH] = nodes[TILE_NODES - 1];
	if ((n + 1) % TILE_WIDTH != 0)
		return 0;
	tile_path(path, &name);
	return close_tile(c, level + 1, n / TILE_WIDTH, path, err);
}

static int
check_bundle(struct check *c, uint64_t n, struct vexlog_err *err)
{
	struct tile_name name = {
	    TILE_ENTRIES, n, tile_width(c->checkpoint.size, TILE_ENTRIES, n)};
	struct vexlog_bytes bytes, entries[TILE_WIDTH];
	char path[TILE_PATH_MAX];
	int rc;

	vexlog_arena_reset(c->scratch);
	rc = tile_log_file(&bytes, path, c->scratch, c->folder, &name, err);
	if (rc == 0 && tile_read_bundle(entries, name.width, bytes, err) != 0)
		rc = fail(c, path, err);
	for (unsigned i = 0; i < name.width && rc == 0; i++)
		rc = merkle_leaf(&c->tree->edges[0][i], entries[i], err);
	c->tree->size += name.width;
	if (rc != 0 || (rc = check_older(c, &name, bytes, err)) != 0)
		return rc;
	rc = name.width == TILE_WIDTH
	    ? close_tile(c, 0, n, path, err)
	    : check_tile(c, 0, n, name.width, path, err);
	for (unsigned i = 0; i < name.width && rc == 0; i++)
		rc = check_entry(c, entries[i], n * TILE_WIDTH + i, path, err);
	return rc;
}

/* ---- the whole ---------------------------------------------------------- */

static int
read_checkpoint(struct check *c, struct vexlog_err *err)
{
	char *path = arena_print(c->arena, err, "%s/checkpoint", c->folder);
	struct vexlog_bytes note;
	const char *origin;
	struct key *key;
	int rc;

	if (path == NULL)
		return err->code;
	if ((rc = tile_log_key(&key, c->folder, err)) != 0)
		return rc;
	rc = tile_log_origin(&origin, c->arena, key, err);
	if (rc == 0)
		rc = file_read(&note, c->arena, path, NOTE_SIZE_MAX, err);
	if (rc == 0)
		rc = checkpoint_read(&c->checkpoint, c->arena, note, err);
	if (rc == 0 && !text_same(origin, c->checkpoint.origin))
		rc = err_set(err, VEXLOG_BAD_PROOF,
		    "the checkpoint is of \"%.100s\", the key is that of "
		    "\"%.100s\"",
		    c->checkpoint.origin, origin);
	if (rc == 0)
		rc = note_verify(
		    &c->checkpoint.note, origin, key, NOTE_PLAIN, NULL, err);
	key_close(key);
	if (rc == 0 || rc == VEXLOG_NO_MEMORY || rc == VEXLOG_IO)
		return rc;
	err->code = VEXLOG_BAD_PROOF;
	return fail(c, "checkpoint", err);
}

static int
check_root(struct check *c, struct vexlog_err *err)
{
	char got_hex[2 * HASH_SIZE + 1], want_hex[2 * HASH_SIZE + 1];
	struct hash root;
	int rc = tile_tree_root(&root, c->tree, err);

	if (rc != 0 || hash_same(&root, &c->checkpoint.root))
		return rc;
	text_hex(got_hex, root.bytes, HASH_SIZE);
	text_hex(want_hex, c->checkpoint.root.bytes, HASH_SIZE);
	err_set(err, VEXLOG_BAD_PROOF,
	    "the checkpoint says root %s, %llu entries give %s", want_hex,
	    (unsigned long long)c->tree->size, got_hex);
	return fail(c, "checkpoint", err);
}

static int
check_all(struct check *c, struct vexlog_err *err)
{
	uint64_t size;
	int rc = read_checkpoint(c, err);

	if (rc != 0)
		return rc;
	size = c->checkpoint.size;
	for (uint64_t n = 0; n * TILE_WIDTH < size && rc == 0; n++)
		rc = check_bundle(c, n, err);
	for (int level = 1; level < TILE_LEVELS && rc == 0; level++) {
		uint64_t n = size >> (level * TILE_HEIGHT) >> TILE_HEIGHT;
		unsigned width = tile_width(size, level, n);
		if (width > 0)
			rc = check_tile(
			    c, level, n, width, "the tile below", err);
	}
	return rc != 0 ? rc : check_root(c, err);
}

int
log_local_verify(uint64_t *size, const char *folder, struct vexlog_err *err)
{
	struct check c = {.folder = folder};
	int rc;

	c.arena = vexlog_arena_open(64 * MIB);
	c.scratch = vexlog_arena_open(1024 * MIB);
	if (c.arena == NULL || c.scratch == NULL)
		rc = err_memory(err);
	else if ((c.tree = arena_zero(c.arena, sizeof(*c.tree), err)) == NULL)
		rc = err->code;
	else if ((rc = check_all(&c, err)) == 0)
		*size = c.tree->size;
	vexlog_arena_close(c.arena);
	vexlog_arena_close(c.scratch);
	return rc;
}
