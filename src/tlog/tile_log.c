/*
 * tile_log.c - a tile log's folder: open it, follow its checkpoint, read its
 * tiles and entries. tile_append.c writes.
 */
#include "tlog/tile_log.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "tlog/tile_index.h"

static char *
path_of(struct vexlog_arena *arena, const char *folder, const char *name,
    struct vexlog_err *err)
{
	return arena_print(arena, err, "%s/%s", folder, name);
}

static int
damage_hint(struct vexlog_err *err)
{
	return err_hint(err,
	    "run `vexlog log verify`, and bring the log's folder back from a "
	    "backup; nothing was changed");
}

/* ---- key and name ------------------------------------------------------- */

int
tile_log_origin(const char **out, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_err *err)
{
	*out = arena_print(arena, err, TILE_LOG_ORIGIN "%.16s", key_id(key));
	return *out == NULL ? err->code : 0;
}

/* No key: a folder without a log, or a log that lost it? */
static int
no_key(const char *folder, struct vexlog_arena *arena, struct vexlog_err *err)
{
	char *checkpoint = path_of(arena, folder, "checkpoint", err);
	char *tiles = path_of(arena, folder, "tile", err);

	if (checkpoint == NULL || tiles == NULL)
		return err->code;
	if (!file_exists(checkpoint) && !file_exists(tiles)) {
		err_set(
		    err, VEXLOG_NOT_FOUND, "there is no log in this folder");
		err_where(err, folder);
		return err_hint(err, "run vexlog init");
	}
	err_set(err, VEXLOG_BAD_PROOF,
	    "the log's key.pem is missing, its %s is there",
	    file_exists(checkpoint) ? "checkpoint" : "tile folder");
	err_where(err, folder);
	return err_hint(
	    err, "bring key.pem back from a backup; nothing was changed");
}

static int
read_key(struct key **out, const char *folder, struct vexlog_arena *arena,
    struct vexlog_err *err)
{
	struct vexlog_bytes pem;
	struct vexlog_err why;
	struct key *key;
	char *path = path_of(arena, folder, "key.pem", err);
	int rc;

	if (path == NULL)
		return err->code;
	rc = file_read(&pem, arena, path, CONFIG_SIZE_MAX, err);
	if (rc == VEXLOG_NOT_FOUND)
		return no_key(folder, arena, err);
	if (rc != 0)
		return rc;
	rc = key_read_private(&key, pem, NULL, NULL, &why);
	if (rc == VEXLOG_NO_MEMORY)
		return err_memory(err);
	if (rc != 0)
		err_set(err, VEXLOG_BAD_PROOF,
		    "the log's key can't be read: %.300s", why.message);
	else if (key_kind(key) != KEY_ED25519) {
		err_set(err, VEXLOG_BAD_PROOF,
		    "the log's key is %s, it was made as ed25519",
		    key_algo(key));
		key_close(key);
	} else {
		*out = key;
		return 0;
	}
	err_where(err, path);
	return err_hint(
	    err, "bring key.pem back from a backup; nothing was changed");
}

int
tile_log_key(struct key **out, const char *folder, struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(2 * CONFIG_SIZE_MAX);
	int rc;

	if (arena == NULL)
		return err_memory(err);
	rc = read_key(out, folder, arena, err);
	vexlog_arena_close(arena);
	return rc;
}

/* ---- files -------------------------------------------------------------- */

int
tile_log_file(struct vexlog_bytes *out, char path[TILE_PATH_MAX],
    struct vexlog_arena *arena, const char *folder,
    const struct tile_name *name, struct vexlog_err *err)
{
	char part[TILE_PATH_MAX];
	struct tile_name full = {name->level, name->n, TILE_WIDTH};
	size_t max = name->level == TILE_ENTRIES ? TILE_BUNDLE_MAX : TILE_BYTES;
	char *file;
	int rc;

	if (path == NULL)
		path = part;
	tile_path(path, name);
	if ((file = path_of(arena, folder, path, err)) == NULL)
		return err->code;
	rc = file_read(out, arena, file, max, err);
	if (rc == VEXLOG_NOT_FOUND && name->width < TILE_WIDTH) {
		/* a writer may have filled the tile since */
		tile_path(part, &full);
		if ((file = path_of(arena, folder, part, err)) == NULL)
			return err->code;
		rc = file_read(out, arena, file, max, err);
	}
	if (rc == VEXLOG_NOT_FOUND || rc == VEXLOG_LIMIT) {
		if (rc == VEXLOG_NOT_FOUND)
			err_set(err, VEXLOG_BAD_PROOF, "%s is missing", path);
		else
			err->code = VEXLOG_BAD_PROOF;
		err->where[0] = '\0';
		(void)snprintf(
		    err->where, sizeof(err->where), "%s/%s", folder, path);
		return damage_hint(err);
	}
	return rc;
}

int
tile_log_hashes(struct hash *out, unsigned *width, struct tile_log *log,
    int level, uint64_t n, struct vexlog_err *err)
{
	struct tile_name name = {
	    level, n, tile_width(log->tree->size, level, n)};
	struct arena_mark mark = arena_mark(log->scratch);
	struct vexlog_bytes bytes;
	char path[TILE_PATH_MAX];
	int rc;

	if (name.width == 0)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "a tree of %llu entries has no tile %d/%llu",
		    (unsigned long long)log->tree->size, level,
		    (unsigned long long)n);
	*width = name.width;
	if (name.width < TILE_WIDTH && level < TILE_LEVELS) {
		memcpy(
		    out, log->tree->edges[level], name.width * sizeof(out[0]));
		return 0;
	}
	rc = tile_log_file(&bytes, path, log->scratch, log->folder, &name, err);
	if (rc == 0 && (rc = tile_read(out, name.width, bytes, err)) != 0) {
		(void)snprintf(
		    err->where, sizeof(err->where), "%s/%s", log->folder, path);
		damage_hint(err);
	}
	arena_back(log->scratch, mark);
	return rc;
}

/* ---- hashes of subtrees ------------------------------------------------- */

/* A tile with all nodes in it. */
static int
keep_tile(const struct tile_kept **out, struct tile_log *log, int level,
    uint64_t n, struct vexlog_err *err)
{
	struct tile_kept *kept =
	    &log->kept[((unsigned)level * 7 + n) % TILE_LOG_TILES_KEPT];
	unsigned width = tile_width(log->tree->size, level, n);
	int rc;

	*out = kept;
	if (kept->some && kept->level == level && kept->n == n &&
	    kept->width == width)
		return 0;
	kept->some = false;
	if ((rc = tile_log_hashes(kept->nodes, &width, log, level, n, err)) !=
		0 ||
	    (rc = tile_expand(kept->nodes, width, err)) != 0)
		return rc;
	kept->level = level;
	kept->n = n;
	kept->width = width;
	kept->some = true;
	return 0;
}

static int
take_hash(struct hash *out, unsigned level, uint64_t n, void *context,
    struct vexlog_err *err)
{
	unsigned above = level % TILE_HEIGHT;
	uint64_t first = n << above;
	unsigned at = (unsigned)(first % TILE_WIDTH) >> above;
	const struct tile_kept *kept;
	int rc = keep_tile(&kept, context, (int)(level / TILE_HEIGHT),
	    first / TILE_WIDTH, err);

	if (rc != 0)
		return rc;
	if ((at + 1) << above > kept->width)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "the tree has no complete subtree %u/%llu", level,
		    (unsigned long long)n);
	*out = kept->nodes[tile_node(above) + at];
	return 0;
}

struct merkle_source
tile_log_source(struct tile_log *log)
{
	return (struct merkle_source){take_hash, log};
}

int
tile_log_prove(struct hash *proof, size_t *proof_size, struct tile_log *log,
    uint64_t index, const struct hash *leaf, struct vexlog_err *err)
{
	struct merkle_source source = tile_log_source(log);
	int rc = merkle_prove_inclusion(
	    proof, proof_size, &source, index, log->tree->size, err);

	if (rc != 0)
		return rc;
	rc = merkle_verify_inclusion(index, log->tree->size, leaf, proof,
	    *proof_size, &log->tree->root, err);
	if (rc == VEXLOG_BAD_PROOF) {
		err_where(err, log->folder);
		damage_hint(err);
	}
	return rc;
}

/* ---- entries ------------------------------------------------------------ */

static int
find_entry(struct vexlog_bytes *out, struct hash *leaf, struct tile_log *log,
    uint64_t index, struct vexlog_err *err)
{
	struct merkle_source source = tile_log_source(log);
	struct vexlog_bytes bytes, entries[TILE_WIDTH];
	struct tile_name name = {TILE_ENTRIES, index / TILE_WIDTH, 0};
	char path[TILE_PATH_MAX];
	struct hash want;
	int rc;

	name.width = tile_width(log->tree->size, TILE_ENTRIES, name.n);
	rc = tile_log_file(&bytes, path, log->scratch, log->folder, &name, err);
	if (rc != 0)
		return rc;
	rc = tile_read_bundle(entries, name.width, bytes, err);
	if (rc == 0) {
		*out = entries[index % TILE_WIDTH];
		if ((rc = merkle_leaf(leaf, *out, err)) != 0 ||
		    (rc = source.get(&want, 0, index, log, err)) != 0)
			return rc;
		if (hash_same(leaf, &want))
			return 0;
		rc = err_set(err, VEXLOG_BAD_PROOF,
		    "entry %llu is not the one that its tile holds the hash "
		    "of",
		    (unsigned long long)index);
	}
	(void)snprintf(
	    err->where, sizeof(err->where), "%s/%s", log->folder, path);
	damage_hint(err);
	return rc;
}

int
tile_log_entry(struct vexlog_bytes *out, struct hash *leaf,
    struct vexlog_arena *arena, struct tile_log *log, uint64_t index,
    struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(log->scratch);
	struct vexlog_bytes entry;
	struct hash hash;
	char *copy;
	int rc;

	if (index >= log->tree->size) {
		err_set(err, VEXLOG_NOT_FOUND,
		    "the log has %llu entries, there is none at index %llu",
		    (unsigned long long)log->tree->size,
		    (unsigned long long)index);
		return err_where(err, log->folder);
	}
	rc = find_entry(&entry, &hash, log, index, err);
	if (rc == 0) {
		copy = arena_text(arena, entry.data, entry.size, err);
		if (copy == NULL)
			rc = err->code;
		else {
			*out = (struct vexlog_bytes){
			    (const uint8_t *)copy, entry.size};
			*leaf = hash;
		}
	}
	arena_back(log->scratch, mark);
	return rc;
}

/* ---- open, follow, close ------------------------------------------------ */

static void
forget_tiles(struct tile_log *log)
{
	for (size_t i = 0; i < TILE_LOG_TILES_KEPT; i++)
		log->kept[i].some = false;
}

/* The next tree must hold all of the one that we know. */
static int
check_growth(
    struct tile_log *log, const struct tile_tree *old, struct vexlog_err *err)
{
	struct merkle_source source = tile_log_source(log);
	struct hash proof[PROOF_LENGTH_MAX];
	size_t count;
	int rc;

	if (log->tree->size < old->size) {
		rc = err_set(err, VEXLOG_BAD_PROOF,
		    "the log shrank from %llu to %llu entries",
		    (unsigned long long)old->size,
		    (unsigned long long)log->tree->size);
	} else if ((rc = merkle_prove_consistency(proof, &count, &source,
			old->size, log->tree->size, err)) == 0)
		rc = merkle_verify_growth(old->size, log->tree->size,
		    &old->root, &log->tree->root, proof, count, err);
	if (rc == VEXLOG_BAD_PROOF) {
		err_where(err, log->folder);
		err_hint(err,
		    "somebody put another log in its place, or an old copy; "
		    "compare it with a backup");
	}
	return rc;
}

static int
follow(struct tile_log *log, struct vexlog_bytes note, struct vexlog_err *err)
{
	struct tile_tree *old = log->tree, *next;
	int rc;

	if (old != NULL && !log->stale && old->note_size == note.size &&
	    memcmp(old->note, note.data, note.size) == 0)
		return 0;
	if ((rc = tile_tree_read(&next, log, note, err)) != 0)
		return rc;
	log->tree = next;
	forget_tiles(log);
	if (old != NULL && (rc = check_growth(log, old, err)) != 0) {
		log->tree = old;
		forget_tiles(log);
		tile_tree_close(next);
		return rc;
	}
	tile_tree_close(old);
	log->torn = true;
	if (log->stale) {
		tile_index_close(log->index);
		log->index = NULL;
		log->stale = false;
	}
	return 0;
}

static int
no_checkpoint(struct tile_log *log, struct vexlog_err *err)
{
	char *tiles = path_of(log->scratch, log->folder, "tile", err);
	char *key = path_of(log->scratch, log->folder, "key.pem", err);

	if (tiles == NULL || key == NULL)
		return err->code;
	if (!file_exists(tiles) && !file_exists(key)) {
		err_set(
		    err, VEXLOG_NOT_FOUND, "there is no log in this folder");
		err_where(err, log->folder);
		return err_hint(err, "run vexlog init");
	}
	err_set(err, VEXLOG_BAD_PROOF,
	    "the log's checkpoint is missing, its %s is there",
	    file_exists(tiles) ? "tile folder" : "key");
	err_where(err, log->folder);
	return file_exists(tiles)
	    ? err_hint(err,
		  "bring the log's folder back from a backup; nothing was "
		  "changed")
	    : err_hint(err, "run vexlog init to begin the log");
}

int
tile_log_refresh(struct tile_log *log, struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(log->scratch);
	struct vexlog_bytes note;
	char *path = path_of(log->scratch, log->folder, "checkpoint", err);
	int rc;

	if (path == NULL)
		return err->code;
	rc = file_read(&note, log->scratch, path, NOTE_SIZE_MAX, err);
	if (rc == VEXLOG_NOT_FOUND)
		rc = no_checkpoint(log, err);
	else if (rc == 0)
		rc = follow(log, note, err);
	arena_back(log->scratch, mark);
	return rc;
}

static int
fill(struct tile_log *log, const struct tile_log_options *options,
    struct vexlog_err *err)
{
	struct hash id;
	int rc;

	log->folder = arena_copy(log->arena, options->folder, err);
	log->kept = arena_list(
	    log->arena, TILE_LOG_TILES_KEPT, sizeof(log->kept[0]), err);
	if (log->folder == NULL || log->kept == NULL)
		return err->code;
	log->read_only = options->read_only || options->key != NULL;
	log->wait_ms = options->wait_ms > 0 ? options->wait_ms : TILE_LOG_WAIT;
	if (options->key != NULL) {
		log->key = options->key;
		log->origin = arena_copy(log->arena, options->origin, err);
		rc = log->origin == NULL ? err->code : 0;
	} else if ((rc = tile_log_key(&log->key, log->folder, err)) == 0)
		rc = tile_log_origin(&log->origin, log->arena, log->key, err);
	if (rc != 0 ||
	    (rc = note_key_id(&id, log->origin, log->key, NOTE_PLAIN, err)) !=
		0)
		return rc;
	text_hex(log->id, id.bytes, HASH_SIZE);
	return tile_log_refresh(log, err);
}

int
tile_log_open(struct tile_log **out, const struct tile_log_options *options,
    struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(16 * MIB);
	struct vexlog_arena *scratch = vexlog_arena_open(TILE_LOG_ARENA_MAX);
	struct tile_log *log = NULL;
	int rc;

	if (arena == NULL || scratch == NULL)
		err_memory(err);
	else
		log = arena_zero(arena, sizeof(*log), err);
	if (log == NULL) {
		vexlog_arena_close(arena);
		vexlog_arena_close(scratch);
		return err->code;
	}
	log->arena = arena;
	log->scratch = scratch;
	if ((rc = fill(log, options, err)) != 0) {
		if (options->key != NULL)
			log->key = NULL; /* still the caller's */
		tile_log_close(log);
		return rc;
	}
	*out = log;
	return 0;
}

void
tile_log_close(struct tile_log *log)
{
	if (log == NULL)
		return;
	tile_index_close(log->index);
	tile_tree_close(log->tree);
	key_close(log->key);
	vexlog_arena_close(log->scratch);
	vexlog_arena_close(log->arena);
}
