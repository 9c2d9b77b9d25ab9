/*
 * tile_tree.c - the tree that a checkpoint file signs: reads the right edge
 * of its tiles and its last bundle, and believes them only when they lead to
 * the signed root.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "tlog/tile_log.h"

#define TREE_ARENA_MAX (256 * MIB)

/* ---- faults ------------------------------------------------------------- */

/* What can't be read is damage, whatever the reader called it. */
static int
damaged(struct vexlog_err *err, const struct tile_log *log, const char *path)
{
	if (err->code == VEXLOG_NO_MEMORY || err->code == VEXLOG_IO)
		return err->code;
	err->code = VEXLOG_BAD_PROOF;
	if (err->where[0] == '\0')
		(void)snprintf(
		    err->where, sizeof(err->where), "%s/%s", log->folder, path);
	return err_hint(err,
	    "nothing was changed; `vexlog log verify` looks at every file. "
	    "Bring the log's folder back from a backup");
}

static int
differs(struct vexlog_err *err, const char *what, const struct hash *got,
    const char *who, const struct hash *want)
{
	char got_hex[2 * HASH_SIZE + 1], want_hex[2 * HASH_SIZE + 1];

	text_hex(got_hex, got->bytes, HASH_SIZE);
	text_hex(want_hex, want->bytes, HASH_SIZE);
	return err_set(err, VEXLOG_BAD_PROOF, "%s hashes to %s, %s says %s",
	    what, got_hex, who, want_hex);
}

/* ---- reading ------------------------------------------------------------ */

static int
read_note(struct tile_tree *tree, const struct tile_log *log,
    struct vexlog_bytes note, struct vexlog_err *err)
{
	struct checkpoint cp;
	char *copy = arena_text(tree->arena, note.data, note.size, err);
	int rc;

	if (copy == NULL)
		return err->code;
	if (checkpoint_read(&cp, tree->arena, note, err) != 0)
		return damaged(err, log, "checkpoint");
	if (!text_same(cp.origin, log->origin)) {
		err_set(err, VEXLOG_BAD_PROOF,
		    "the checkpoint is of \"%.100s\", the key is that of "
		    "\"%.100s\"",
		    cp.origin, log->origin);
		return damaged(err, log, "checkpoint");
	}
	rc =
	    note_verify(&cp.note, log->origin, log->key, NOTE_PLAIN, NULL, err);
	if (rc != 0)
		return damaged(err, log, "checkpoint");
	tree->size = cp.size;
	tree->root = cp.root;
	tree->note = copy;
	tree->note_size = note.size;
	return 0;
}

/* The hashes of a tile file. */
static int
read_tile(struct hash *out, char path[TILE_PATH_MAX],
    const struct tile_log *log, const struct tile_name *name,
    struct vexlog_err *err)
{
	struct vexlog_bytes bytes;
	int rc =
	    tile_log_file(&bytes, path, log->scratch, log->folder, name, err);

	if (rc != 0 || tile_read(out, name->width, bytes, err) != 0)
		return damaged(err, log, path);
	return 0;
}

static int
read_edges(
    struct tile_tree *tree, const struct tile_log *log, struct vexlog_err *err)
{
	char path[TILE_PATH_MAX];

	for (int level = 0; level < TILE_LEVELS; level++) {
		uint64_t n = tree->size >> (level * TILE_HEIGHT) >> TILE_HEIGHT;
		struct tile_name name = {
		    level, n, tile_width(tree->size, level, n)};
		if (name.width > 0 &&
		    read_tile(tree->edges[level], path, log, &name, err) != 0)
			return err->code;
	}
	return 0;
}

int
tile_tree_root(
    struct hash *out, const struct tile_tree *tree, struct vexlog_err *err)
{
	struct hash row[TILE_WIDTH + 1];
	bool some = false;
	int rc;

	if (tree->size == 0)
		return merkle_empty(out, err);
	/* What is below a level is one incomplete subtree at its end, so it
	 * stands there as one more node. */
	for (int level = 0; level < TILE_LEVELS; level++) {
		uint64_t n = tree->size >> (level * TILE_HEIGHT) >> TILE_HEIGHT;
		unsigned width = tile_width(tree->size, level, n);
		if (width == 0)
			continue;
		memcpy(row, tree->edges[level], width * sizeof(row[0]));
		if (some)
			row[width++] = *out;
		if ((rc = merkle_root(out, row, width, err)) != 0)
			return rc;
		some = true;
	}
	return 0;
}

/* ---- the last entries --------------------------------------------------- */

/*
 * The leaf hashes that belong to the last bundle, with the path of their
 * tile. Where that tile is full it is not on the edge: then the tiles from
 * the edge down to it are followed, each hashing to what the one above says.
 */
static int
last_leaves(struct hash *leaves, struct tile_name *name,
    char path[TILE_PATH_MAX], const struct tile_tree *tree,
    const struct tile_log *log, struct vexlog_err *err)
{
	struct hash hashes[TILE_WIDTH], nodes[TILE_NODES], want;
	int level = 0;

	*name = (struct tile_name){0, tree->size / TILE_WIDTH, 0};
	name->width = (unsigned)(tree->size % TILE_WIDTH);
	if (name->width > 0) {
		memcpy(leaves, tree->edges[0], name->width * sizeof(leaves[0]));
		tile_path(path, name);
		return 0;
	}
	while ((tree->size >> (level * TILE_HEIGHT)) % TILE_WIDTH == 0)
		level++;
	want =
	    tree->edges[level]
		       [(tree->size >> (level * TILE_HEIGHT)) % TILE_WIDTH - 1];
	while (level-- > 0) {
		*name = (struct tile_name){level,
		    (tree->size >> (level * TILE_HEIGHT) >> TILE_HEIGHT) - 1,
		    TILE_WIDTH};
		if (read_tile(hashes, path, log, name, err) != 0)
			return err->code;
		memcpy(nodes, hashes, sizeof(hashes));
		if (tile_expand(nodes, TILE_WIDTH, err) != 0)
			return err->code;
		if (!hash_same(&nodes[TILE_NODES - 1], &want)) {
			differs(err, path, &nodes[TILE_NODES - 1],
			    "the tile above", &want);
			return damaged(err, log, path);
		}
		want = hashes[TILE_WIDTH - 1];
	}
	memcpy(leaves, hashes, sizeof(hashes));
	return 0;
}

static int
check_bundle(
    struct tile_tree *tree, const struct tile_log *log, struct vexlog_err *err)
{
	struct vexlog_bytes bytes, entries[TILE_WIDTH];
	struct hash leaves[TILE_WIDTH], got;
	char path[TILE_PATH_MAX], bundle[TILE_PATH_MAX], what[32];
	struct tile_name name;
	int rc;

	if (tree->size == 0)
		return 0;
	if ((rc = last_leaves(leaves, &name, path, tree, log, err)) != 0)
		return rc;
	name.level = TILE_ENTRIES;
	rc = tile_log_file(
	    &bytes, bundle, log->scratch, log->folder, &name, err);
	if (rc != 0 || tile_read_bundle(entries, name.width, bytes, err) != 0)
		return damaged(err, log, bundle);
	for (unsigned i = 0; i < name.width; i++) {
		if ((rc = merkle_leaf(&got, entries[i], err)) != 0)
			return rc;
		if (!hash_same(&got, &leaves[i])) {
			(void)snprintf(what, sizeof(what), "entry %u", i);
			differs(err, what, &got, path, &leaves[i]);
			return damaged(err, log, bundle);
		}
		if (name.width < TILE_WIDTH)
			tile_write_entry(&tree->bundle, entries[i]);
	}
	return tree->bundle.failed != 0 ? err_memory(err) : 0;
}

static int
fill(struct tile_tree *tree, const struct tile_log *log,
    struct vexlog_bytes note, struct vexlog_err *err)
{
	struct hash root;
	int rc;

	if ((rc = read_note(tree, log, note, err)) != 0 ||
	    (rc = read_edges(tree, log, err)) != 0 ||
	    (rc = check_bundle(tree, log, err)) != 0 ||
	    (rc = tile_tree_root(&root, tree, err)) != 0)
		return rc;
	if (hash_same(&root, &tree->root))
		return 0;
	differs(err, "the right edge of the tiles", &root, "the checkpoint",
	    &tree->root);
	return damaged(err, log, "checkpoint");
}

int
tile_tree_read(struct tile_tree **out, const struct tile_log *log,
    struct vexlog_bytes note, struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(TREE_ARENA_MAX);
	struct tile_tree *tree = NULL;
	int rc;

	if (arena == NULL)
		return err_memory(err);
	if ((tree = arena_zero(arena, sizeof(*tree), err)) == NULL) {
		vexlog_arena_close(arena);
		return err->code;
	}
	tree->arena = arena;
	buffer_open(&tree->bundle, arena, TILE_BUNDLE_MAX);
	if ((rc = fill(tree, log, note, err)) != 0)
		tile_tree_close(tree);
	else
		*out = tree;
	return rc;
}

void
tile_tree_close(struct tile_tree *tree)
{
	if (tree != NULL)
		vexlog_arena_close(tree->arena);
}
