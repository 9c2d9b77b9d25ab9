/*
 * log_local.c - "local:FOLDER": a log on our own disk, without a server.
 *
 * It proves that nothing was changed or left out since a checkpoint that
 * somebody else has; on its own it proves little, as whoever may write to
 * the folder may also write another history. docs/local-log.md says so.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/log.h"
#include "tlog/tile_log.h"

#define SCHEME "local:"

static const char readme[] =
    "# A transparency log on your own disk\n"
    "\n"
    "vexlog keeps here, in order and for ever, one entry for each thing that\n"
    "was signed. Each entry is the leaf of a Merkle tree; `checkpoint` holds\n"
    "the size and the root of that tree, signed with the log's own key.\n"
    "\n"
    "What it proves: whoever kept an older checkpoint can see that every\n"
    "entry of that time is still there, in its place and unchanged.\n"
    "\n"
    "What it does not prove: that it is the only history. Whoever can write\n"
    "to this folder has the key, and can make another log with other\n"
    "entries. There is no clock in here either: nothing says when an entry\n"
    "was made. Give checkpoints to somebody who does not trust you, or use a\n"
    "log that others run (vexlog link --log), if that matters.\n"
    "\n"
    "    key.pem       the log's private key: keep it secret, and backed up\n"
    "    checkpoint    size and root of the tree, signed\n"
    "    tile/         the tree and its entries (C2SP tlog-tiles)\n"
    "    index/        finds entries again; may be deleted at any time\n"
    "    lock          one writer at a time\n"
    "\n"
    "Change nothing in here by hand. Back up the whole folder, the\n"
    "checkpoint first. `vexlog log verify` recomputes all of it.\n";

struct local {
	struct log log; /* first */
	struct vexlog_arena *arena;
	struct tile_log *tiles;
};

/* ---- open, close -------------------------------------------------------- */

static void
local_close(struct log *log)
{
	struct local *local = (struct local *)log;

	tile_log_close(local->tiles);
	vexlog_arena_close(local->arena);
}

static int
local_open(
    struct log **out, const struct log_options *options, struct vexlog_err *err)
{
	const struct tile_log_options o = {
	    .folder = options->url + strlen(SCHEME),
	    .read_only = options->read_only,
	    .wait_ms = options->timeout_ms,
	};
	struct vexlog_arena *arena;
	struct local *local;

	if (o.folder[0] == '\0' ||
	    strlen(options->url) >= sizeof(local->log.url)) {
		err_set(err, VEXLOG_MISUSE,
		    o.folder[0] == '\0'
			? "local: is followed by the log's folder"
			: "the path of the log's folder is too long");
		return err->code;
	}
	if ((arena = vexlog_arena_open(MIB)) == NULL)
		return err_memory(err);
	if ((local = arena_zero(arena, sizeof(*local), err)) == NULL ||
	    tile_log_open(&local->tiles, &o, err) != 0) {
		vexlog_arena_close(arena);
		return err->code;
	}
	local->arena = arena;
	local->log.ops = &log_local;
	(void)snprintf(
	    local->log.url, sizeof(local->log.url), "%s", options->url);
	(void)snprintf(local->log.origin, sizeof(local->log.origin), "%s",
	    local->tiles->origin);
	*out = &local->log;
	return 0;
}

/* ---- entries ------------------------------------------------------------ */

/* What all entries of one answer have in common. */
static int
begin_entry(struct entry *out, struct vexlog_arena *arena,
    const struct local *local, struct vexlog_err *err)
{
	const struct tile_tree *tree = local->tiles->tree;

	*out = (struct entry){
	    .kind = "hashedrekord",
	    .version = "0.0.2",
	    .log_id = arena_copy(arena, local->tiles->id, err),
	    .log_url = arena_copy(arena, local->log.url, err),
	    .integrated_time = TIME_NONE,
	    .has_proof = true,
	    .tree_size = tree->size,
	    .root = tree->root,
	    .checkpoint = arena_text(arena, tree->note, tree->note_size, err),
	};
	return out->log_id == NULL || out->log_url == NULL ||
		out->checkpoint == NULL
	    ? err->code
	    : 0;
}

/* One entry, its proof to the tree as last refreshed. */
static int
fill_entry(struct entry *out, struct vexlog_arena *arena, struct local *local,
    uint64_t index, const struct hash *leaf, struct vexlog_bytes body,
    struct vexlog_err *err)
{
	struct hash proof[PROOF_LENGTH_MAX], *hashes;
	size_t count;
	int rc = tile_log_prove(proof, &count, local->tiles, index, leaf, err);

	if (rc != 0)
		return rc;
	hashes = arena_list(arena, count, sizeof(*hashes), err);
	out->uuid = text_hex_new(arena, leaf->bytes, HASH_SIZE, err);
	if (out->uuid == NULL || hashes == NULL)
		return err->code;
	memcpy(hashes, proof, count * sizeof(*hashes));
	out->log_index = out->proof_index = (int64_t)index;
	out->body = body;
	out->hashes = hashes;
	out->hash_count = count;
	return 0;
}

/* Nothing is logged that could not be verified later on. */
static int
may_submit(struct local *local, const struct log_request *request,
    struct vexlog_err *err)
{
	const struct log *log = &local->log;
	int rc;

	if (log->trust == NULL ||
	    trust_log_by_id(log->trust, local->tiles->id) == NULL) {
		err_set(err, VEXLOG_MISUSE,
		    "the key of this log is not in the trust file, so no "
		    "answer of it could be verified");
		err_where(err, log->url);
		return err_hint(err,
		    "vexlog trust add --origin %s --key KEY.pem", log->origin);
	}
	if (key_details(request->key) == NULL) {
		err_set(err, VEXLOG_MISUSE,
		    "no log takes signatures of %s keys",
		    key_algo(request->key));
		return err_hint(err, "sign with an ECDSA key");
	}
	rc =
	    key_verify(request->key, request->message, request->signature, err);
	if (rc == VEXLOG_BAD_PROOF)
		rc = err->code = VEXLOG_REFUSED;
	return rc;
}

static int
make_bodies(struct vexlog_bytes *bodies, struct vexlog_arena *arena,
    struct local *local, const struct log_request *requests, size_t count,
    struct vexlog_err *err)
{
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i++)
		if ((rc = may_submit(local, &requests[i], err)) == 0)
			rc = entry_body_v2(&bodies[i], arena, requests[i].key,
			    requests[i].message, requests[i].signature, err);
	return rc;
}

static int
local_submit(struct entry *entries, struct vexlog_arena *arena, struct log *log,
    const struct log_request *requests, size_t count, struct vexlog_err *err)
{
	struct local *local = (struct local *)log;
	struct vexlog_bytes *bodies =
	    arena_list(arena, count, sizeof(*bodies), err);
	struct entry common;
	struct tile_place *places =
	    arena_list(arena, count, sizeof(*places), err);
	int rc;

	if (bodies == NULL || places == NULL)
		return err->code;
	if ((rc = make_bodies(bodies, arena, local, requests, count, err)) !=
		0 ||
	    (rc = tile_log_append(places, local->tiles, bodies, count, err)) !=
		0 ||
	    (rc = begin_entry(&common, arena, local, err)) != 0)
		return rc;
	for (size_t i = 0; i < count && rc == 0; i++) {
		entries[i] = common;
		rc = fill_entry(&entries[i], arena, local, places[i].index,
		    &places[i].leaf, bodies[i], err);
	}
	return rc;
}

static int
local_fetch(struct entry *out, struct vexlog_arena *arena, struct log *log,
    int64_t index, struct vexlog_err *err)
{
	struct local *local = (struct local *)log;
	struct vexlog_bytes body;
	struct hash leaf;
	int rc;

	if ((rc = tile_log_refresh(local->tiles, err)) != 0 ||
	    (rc = tile_log_entry(&body, &leaf, arena, local->tiles,
		 (uint64_t)index, err)) != 0 ||
	    (rc = begin_entry(out, arena, local, err)) != 0)
		return rc;
	return fill_entry(out, arena, local, (uint64_t)index, &leaf, body, err);
}

static int
local_checkpoint(struct vexlog_bytes *note, struct vexlog_arena *arena,
    struct log *log, struct vexlog_err *err)
{
	struct local *local = (struct local *)log;
	int rc = tile_log_refresh(local->tiles, err);
	const struct tile_tree *tree = local->tiles->tree;
	char *copy;

	if (rc != 0)
		return rc;
	copy = arena_text(arena, tree->note, tree->note_size, err);
	if (copy == NULL)
		return err->code;
	*note = (struct vexlog_bytes){(const uint8_t *)copy, tree->note_size};
	return 0;
}

static int
local_consistency(struct hash *proof, size_t *proof_size, struct log *log,
    uint64_t size1, uint64_t size2, struct vexlog_err *err)
{
	struct local *local = (struct local *)log;
	struct merkle_source source = tile_log_source(local->tiles);
	int rc = tile_log_refresh(local->tiles, err);

	if (rc != 0)
		return rc;
	if (size2 > local->tiles->tree->size) {
		err_set(err, VEXLOG_BAD_PROOF,
		    "the log has %llu entries, a checkpoint of %llu was seen",
		    (unsigned long long)local->tiles->tree->size,
		    (unsigned long long)size2);
		err_where(err, log->url);
		return err_hint(err,
		    "the log lost entries, or was put back from an old copy");
	}
	return merkle_prove_consistency(
	    proof, proof_size, &source, size1, size2, err);
}

const struct log_ops log_local = {
    .scheme = SCHEME,
    .open = local_open,
    .submit = local_submit,
    .fetch = local_fetch,
    .checkpoint = local_checkpoint,
    .consistency = local_consistency,
    .close = local_close,
};

/* ---- make one ----------------------------------------------------------- */

static int
make_key(struct key **out, struct vexlog_arena *arena, const char *folder,
    struct vexlog_err *err)
{
	char *path = arena_print(arena, err, "%s/key.pem", folder);
	struct vexlog_bytes pem;
	struct key *key;
	int rc;

	if (path == NULL)
		return err->code;
	if ((rc = key_generate(&key, KEY_ED25519, err)) != 0)
		return rc;
	if ((rc = key_write_private(&pem, arena, key, err)) == 0)
		rc = file_create(path, pem, 0600, err);
	if (rc == 0) {
		*out = key;
		return 0;
	}
	key_close(key);
	/* somebody else makes the same log right now */
	return rc == VEXLOG_CONFLICT ? tile_log_key(out, folder, err) : rc;
}

/* The checkpoint of the empty tree. Ed25519 gives the same bytes each time,
 * so two that make one log make the same. */
static int
make_checkpoint(const struct key *key, struct vexlog_arena *arena,
    const char *folder, struct vexlog_err *err)
{
	char *path = arena_print(arena, err, "%s/checkpoint", folder);
	struct vexlog_bytes text, note;
	const char *origin;
	struct hash root;
	int rc;

	if (path == NULL)
		return err->code;
	if ((rc = tile_log_origin(&origin, arena, key, err)) != 0 ||
	    (rc = merkle_empty(&root, err)) != 0 ||
	    (rc = checkpoint_write(&text, arena, origin, 0, &root, err)) != 0 ||
	    (rc = note_sign(&note, arena, text, origin, key, err)) != 0)
		return rc;
	rc = file_create(path, note, 0644, err);
	return rc == VEXLOG_CONFLICT ? 0 : rc;
}

/* A key without checkpoint: a log whose making stopped there, unless there
 * are signs that it was once whole. */
static int
is_unfinished(bool *out, struct vexlog_arena *arena, const char *folder,
    struct vexlog_err *err)
{
	static const char *const names[] = {
	    "checkpoint", "tile", "index", "lock"};

	*out = true;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = arena_print(arena, err, "%s/%s", folder, names[i]);
		if (path == NULL)
			return err->code;
		if (file_exists(path))
			*out = false;
	}
	return 0;
}

static int
make_log(struct vexlog_arena *arena, const char *folder, struct vexlog_err *err)
{
	const struct tile_log_options o = {.folder = folder, .read_only = true};
	char *path = arena_print(arena, err, "%s/README.md", folder);
	struct key *key = NULL;
	struct tile_log *tiles;
	bool unfinished;
	int rc;

	if (path == NULL)
		return err->code;
	if ((rc = file_make_folder(folder, 0700, err)) != 0 ||
	    (rc = is_unfinished(&unfinished, arena, folder, err)) != 0)
		return rc;
	if (unfinished) {
		rc = tile_log_key(&key, folder, err);
		if (rc == VEXLOG_NOT_FOUND)
			rc = make_key(&key, arena, folder, err);
		if (rc == 0)
			rc = make_checkpoint(key, arena, folder, err);
		key_close(key);
		if (rc != 0)
			return rc;
	}
	if ((rc = tile_log_open(&tiles, &o, err)) != 0)
		return rc;
	tile_log_close(tiles);
	if (file_exists(path))
		return 0;
	rc = file_create(path, text_bytes(readme), 0644, err);
	return rc == VEXLOG_CONFLICT ? 0 : rc;
}

int
log_local_init(const char *folder, struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(4 * MIB);
	int rc;

	if (arena == NULL)
		return err_memory(err);
	rc = make_log(arena, folder, err);
	vexlog_arena_close(arena);
	return rc;
}

int
log_local_identity(const char **origin, struct key **key,
    struct vexlog_arena *arena, const char *folder, struct vexlog_err *err)
{
	struct key *private_key, *public_key;
	const char *name;
	int rc = tile_log_key(&private_key, folder, err);

	if (rc != 0)
		return rc;
	/* what goes into trust files has no business with the private half */
	if ((rc = tile_log_origin(&name, arena, private_key, err)) == 0)
		rc = key_read_public(&public_key, key_spki(private_key), err);
	key_close(private_key);
	if (rc == 0) {
		*origin = name;
		*key = public_key;
	}
	return rc;
}
