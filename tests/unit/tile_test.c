/*
 * tile_test.c - names and bytes of tiles, and a local log that grows past
 * every width: against roots that are computed from the leaves alone, and
 * against the files of a real Rekor v2 log.
 */
#include "tests/unit/tile_rig.h"

/* ---- names and bytes ---------------------------------------------------- */

static void
test_names(void)
{
	static const struct {
		const char *path;
		struct tile_name name;
	} good[] = {
	    {"tile/0/000", {0, 0, 256}},
	    {"tile/0/999.p/1", {0, 999, 1}},
	    {"tile/0/x001/000", {0, 1000, 256}},
	    {"tile/0/x001/x234/067", {0, 1234067, 256}},
	    {"tile/entries/x001/x234/067.p/8", {TILE_ENTRIES, 1234067, 8}},
	    {"tile/63/x000", {63, 0, 256}},
	    {"tile/entries/x036/x028/x797/x018/x963/967.p/255",
		{TILE_ENTRIES, ((uint64_t)1 << 55) - 1, 255}},
	    {"tile/7/x999/999", {7, 999999, 256}},
	};
	static const char *const bad[] = {"", "tile", "tile/", "tile/0",
	    "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/000/",
	    "tile/0/x000/001", "tile/00/000", "tile/64/000", "tile/-1/000",
	    "tile/entries", "tile/entries/", "tile/entry/000", "tile/0/x001",
	    "tile/0/001/x234", "tile/0/000.p", "tile/0/000.p/",
	    "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/256",
	    "tile/0/000.p/1/", "tile/0/000.p/x", "/tile/0/000",
	    "tile/0/../key.pem", "tile/0/000 ", "tile/0/x12/345",
	    "tile/0/x036/x028/x797/x018/x963/968",
	    "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/0/XXX"};
	char path[TILE_PATH_MAX];
	struct tile_name name;

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		bool whole = i != 5;
		ok(tile_read_path(&name, good[i].path) == whole, "%s",
		    good[i].path);
		if (!whole)
			continue;
		ok(name.level == good[i].name.level &&
			name.n == good[i].name.n &&
			name.width == good[i].name.width,
		    "  is read");
		tile_path(path, &good[i].name);
		is_text(path, good[i].path, "  is written");
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ok(!tile_read_path(&name, bad[i]), "no tile: \"%s\"", bad[i]);
}

static void
test_widths(void)
{
	is_int(tile_width(70000, 0, 272), 256, "70000: 273 full tiles");
	is_int(tile_width(70000, 0, 273), 112, "and one of 112");
	is_int(tile_width(70000, 0, 274), 0, "and no more");
	is_int(tile_width(70000, 1, 0), 256, "one full tile of level 1");
	is_int(tile_width(70000, 1, 1), 17, "one of 17");
	is_int(tile_width(70000, 2, 0), 1, "one of level 2");
	is_int(tile_width(70000, 3, 0), 0, "none of level 3");
	is_int(tile_width(256, 1, 0), 1, "256: one of level 1");
	is_int(tile_width(256, 0, 1), 0, "no empty tile");
	is_int(tile_width(0, 0, 0), 0, "the empty tree has none");
	is_int(tile_width(70000, TILE_ENTRIES, 273), 112, "bundles as level 0");
	is_int(tile_width(INT64_MAX, 63, 0), 0, "far up");
}

static void
test_bytes(void)
{
	struct vexlog_bytes entries[TILE_WIDTH], bytes;
	struct hash hashes[TILE_WIDTH];
	uint8_t raw[2 * HASH_SIZE] = {1};
	struct buffer b;

	buffer_open(&b, arena, TILE_BUNDLE_MAX);
	tile_write_entry(&b, text_bytes("one"));
	tile_write_entry(&b, text_bytes(""));
	tile_write_entry(&b, text_bytes("three"));
	must(buffer_finish(&b, &bytes, &err), "bundle");
	is_int(tile_read_bundle(entries, 3, bytes, &err), 0, "a bundle");
	ok(entries[2].size == 5 && entries[1].size == 0, "its entries");
	is_int(tile_read_bundle(entries, 2, bytes, &err), VEXLOG_BAD_PROOF,
	    "one too many");
	has_text(err.message, "3 entries, not 2", "says so");
	is_int(tile_read_bundle(entries, 4, bytes, &err), VEXLOG_BAD_PROOF,
	    "one too few");
	bytes.size--;
	is_int(
	    tile_read_bundle(entries, 3, bytes, &err), VEXLOG_BAD_PROOF, "cut");
	has_text(err.message, "breaks off in entry 2", "says where");
	is_int((int64_t)err.offset, 9, "and the byte");

	bytes = (struct vexlog_bytes){raw, sizeof(raw)};
	is_int(tile_read(hashes, 2, bytes, &err), 0, "a tile");
	is_int(hashes[0].bytes[0], 1, "its hash");
	is_int(tile_read(hashes, 1, bytes, &err), VEXLOG_BAD_PROOF, "too long");
	is_int(tile_read(hashes, 3, bytes, &err), VEXLOG_BAD_PROOF, "short");
}

/* ---- a log that grows --------------------------------------------------- */

/* The root over the entries numbered 0..size - 1. */
static struct hash
root_of(size_t size)
{
	struct hash *leaves, root;

	leaves = arena_list(arena, size, sizeof(*leaves), &err);
	for (size_t i = 0; i < size; i++) {
		struct arena_mark mark = arena_mark(arena);
		must(merkle_leaf(&leaves[i], body_of(i), &err), "leaf");
		arena_back(arena, mark);
	}
	must(merkle_root(&root, leaves, size, &err), "root");
	return root;
}

/* All of it holds: every index is found, proven and read. */
static void
check_log(struct tile_log *log, size_t size, size_t step)
{
	struct hash proof[PROOF_LENGTH_MAX], leaf, root = root_of(size);
	struct vexlog_bytes body, want;
	size_t count, good = 0, asked = 0;

	is_int((int64_t)log->tree->size, (int64_t)size, "size");
	ok(hash_same(&log->tree->root, &root), "root of %zu entries", size);
	for (size_t i = 0; i < size; i += step, asked++) {
		struct arena_mark mark = arena_mark(arena);
		want = body_of(i);
		good +=
		    tile_log_entry(&body, &leaf, arena, log, i, &err) == 0 &&
		    body.size == want.size &&
		    memcmp(body.data, want.data, want.size) == 0 &&
		    tile_log_prove(proof, &count, log, i, &leaf, &err) == 0;
		arena_back(arena, mark);
	}
	is_int((int64_t)good, (int64_t)asked, "entries and proofs");
	is_int(tile_log_entry(&body, &leaf, arena, log, size, &err),
	    VEXLOG_NOT_FOUND, "none behind the last");
}

static void
test_one_by_one(void)
{
	const char *folder = make_tiles(0);
	struct tile_log *log = open_tiles(folder);
	struct tile_place place;
	uint64_t size;

	is_int(log_local_verify(&size, folder, &err), 0, "an empty log holds");
	is_int((int64_t)size, 0, "with nothing in it");
	for (size_t i = 0; i < 3; i++) {
		must(append(log, i, 1, &place), "append");
		ok(place.index == i && !place.known, "entry %zu", i);
	}
	check_log(log, 3, 1);
	must(append(log, 1, 1, &place), "append");
	ok(place.index == 1 && place.known, "again: the place it has");
	is_int((int64_t)log->tree->size, 3, "and nothing new");
	tile_log_close(log);
	ok(has_file(folder, "tile/0/000.p/3") &&
		has_file(folder, "tile/entries/000.p/3") &&
		has_file(folder, "tile/0/000.p/1"),
	    "each checkpoint has its partial tiles");
	is_int(log_local_verify(&size, folder, &err), 0, "verify");
	is_int((int64_t)size, 3, "3 entries");
	remove_all(folder);
}

static void
test_widths_of_tiles(void)
{
	static const size_t batches[] = {1, 254, 1, 1, 255, 1, 300, 1000};
	const char *folder = make_tiles(0);
	struct tile_log *log = open_tiles(folder);
	struct tile_place places[1000];
	size_t size = 0;
	uint64_t checked;

	for (size_t i = 0; i < sizeof(batches) / sizeof(*batches); i++) {
		must(append(log, size, batches[i], places), "append");
		size += batches[i];
		ok(places[batches[i] - 1].index == size - 1, "%zu entries",
		    size);
		check_log(log, size, 17);
		tile_log_close(log);
		log = open_tiles(folder);
		check_log(log, size, 101);
		if (log_local_verify(&checked, folder, &err) != 0)
			ok(false, "verify: %s", err.message);
	}
	ok(!has_file(folder, "tile/0/000.p") &&
		!has_file(folder, "tile/entries/000.p"),
	    "partial files go when the full one is there");
	ok(has_file(folder, "tile/1/000.p/7"), "level 1");
	must(append(log, 0, 1000, places), "again");
	for (size_t i = 0; i < 1000; i++)
		if (!places[i].known || places[i].index != i)
			ok(false, "entry %zu is at %zu", i,
			    (size_t)places[i].index);
	is_int((int64_t)log->tree->size, (int64_t)size,
	    "after a restart all are known");
	tile_log_close(log);
	remove_all(folder);
}

static void
test_twice_in_one_call(void)
{
	const char *folder = make_tiles(0);
	struct tile_log *log = open_tiles(folder);
	struct vexlog_bytes bodies[4] = {
	    body_of(7), body_of(8), body_of(7), body_of(8)};
	struct tile_place places[4];

	must(tile_log_append(places, log, bodies, 4, &err), "append");
	ok(places[2].index == 0 && places[2].known && places[3].index == 1,
	    "the same entry twice in one call is one entry");
	is_int((int64_t)log->tree->size, 2, "of two");
	is_int(tile_log_append(places, log, bodies, 0, &err), 0, "none");
	bodies[1].size = ENTRY_BODY_MAX + 1;
	is_int(tile_log_append(places, log, bodies, 2, &err), VEXLOG_LIMIT,
	    "an entry that is too large");
	is_int((int64_t)log->tree->size, 2, "adds nothing");
	tile_log_close(log);
	remove_all(folder);
}

/* Past a full tile of level 1, with runs in the index. Small entries, as
 * here it is about hashes. */
static void
test_65792(void)
{
	enum { SIZE = 65792, BATCH = 8224 };
	static struct vexlog_bytes bodies[BATCH];
	static struct tile_place places[BATCH];
	static char texts[BATCH][8];
	static struct hash leaves[SIZE];
	const char *folder = make_tiles(0);
	struct tile_log *log = open_tiles(folder);
	struct hash root;

	for (size_t at = 0; at < SIZE; at += BATCH) {
		for (size_t i = 0; i < BATCH; i++) {
			(void)snprintf(
			    texts[i], sizeof(texts[i]), "%zu", at + i);
			bodies[i] = text_bytes(texts[i]);
			must(merkle_leaf(&leaves[at + i], bodies[i], &err),
			    "leaf");
		}
		must(tile_log_append(places, log, bodies, BATCH, &err),
		    "append");
	}
	must(merkle_root(&root, leaves, SIZE, &err), "root");
	ok(hash_same(&log->tree->root, &root), "root of 65792 entries");
	ok(has_file(folder, "tile/1/000") && has_file(folder, "tile/0/256") &&
		has_file(folder, "tile/1/001.p/1") &&
		has_file(folder, "tile/2/000.p/1") &&
		!has_file(folder, "tile/0/257"),
	    "its tiles");
	ok(has_file(folder, "index/0-65792"), "the index has a run");
	tile_log_close(log);

	log = open_tiles(folder);
	must(tile_log_append(places, log, bodies, BATCH, &err), "again");
	ok(places[0].known && places[0].index == SIZE - BATCH &&
		places[BATCH - 1].index == SIZE - 1,
	    "all are known after a restart");
	is_int((int64_t)log->tree->size, SIZE, "nothing is new");
	tile_log_close(log);

	/* a damaged block: made anew, nothing doubled */
	for (long at = 512; at < 512 * 2000; at += 512)
		flip(folder, "index/0-65792", at);
	log = open_tiles(folder);
	must(tile_log_append(places, log, bodies, BATCH, &err), "damaged");
	ok(places[9].known && log->tree->size == SIZE,
	    "a damaged index is made anew");
	tile_log_close(log);
	flip(folder, "index/0-65536", 45);
	put_file(folder, "index/0-7", "x", 1);
	log = open_tiles(folder);
	must(tile_log_append(places, log, bodies, BATCH, &err), "other root");
	ok(places[9].known && log->tree->size == SIZE,
	    "and one of another tree");
	ok(!has_file(folder, "index/0-7"), "what is in no use goes");
	tile_log_close(log);
	remove_all(arena_print(arena, &err, "%s/index", folder));
	log = open_tiles(folder);
	must(tile_log_append(places, log, bodies, BATCH, &err), "no index");
	ok(places[9].known && log->tree->size == SIZE, "and one that is gone");
	tile_log_close(log);
	remove_all(folder);
}

/* Runs of equal length become one. */
static void
test_merge(void)
{
	enum { BATCH = 65536 };
	static struct vexlog_bytes bodies[BATCH];
	static struct tile_place places[BATCH];
	static char texts[BATCH][8];
	const char *folder = make_tiles(0);
	struct tile_log *log = open_tiles(folder);

	for (size_t at = 0; at < 2 * BATCH; at += BATCH) {
		for (size_t i = 0; i < BATCH; i++) {
			(void)snprintf(
			    texts[i], sizeof(texts[i]), "%zu", at + i);
			bodies[i] = text_bytes(texts[i]);
		}
		must(tile_log_append(places, log, bodies, BATCH, &err),
		    "append");
	}
	ok(has_file(folder, "index/0-131072") &&
		!has_file(folder, "index/0-65536") &&
		!has_file(folder, "index/65536-131072"),
	    "two runs of one length are merged");
	tile_log_close(log);
	log = open_tiles(folder);
	must(tile_log_append(places, log, bodies, BATCH, &err), "again");
	ok(places[0].known && places[0].index == BATCH &&
		places[BATCH - 1].index == 2 * BATCH - 1,
	    "and everything is in there");
	tile_log_close(log);
	remove_all(folder);
}

/* ---- a real log --------------------------------------------------------- */

static struct tile_log *
open_real(const char *folder)
{
	struct tile_log_options options = {
	    .folder = folder, .origin = "rekor-local.test"};
	struct vexlog_bytes pem;
	struct tile_log *log;
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/pub.pem", folder);
	must(file_read(&pem, arena, path, CONFIG_SIZE_MAX, &err), "pub.pem");
	must(key_read_public(&options.key, pem, &err), "its key");
	must(tile_log_open(&log, &options, &err), "the real log");
	return log;
}

static void
test_real(void)
{
	struct tile_log *log = open_real(data_path("tiles/rekor-v2.3.0"));
	struct hash proof[PROOF_LENGTH_MAX], leaf, leaves[21], root, old;
	struct merkle_source source = tile_log_source(log);
	struct tile_place place;
	struct vexlog_bytes body;
	size_t count, good = 0;

	is_int((int64_t)log->tree->size, 21, "a real Rekor v2 log is read");
	for (uint64_t i = 0; i < 21; i++) {
		good +=
		    tile_log_entry(&body, &leaf, arena, log, i, &err) == 0 &&
		    tile_log_prove(proof, &count, log, i, &leaf, &err) == 0;
		leaves[i] = leaf;
	}
	is_int((int64_t)good, 21, "its entries lead to its checkpoint's root");
	must(merkle_root(&root, leaves, 21, &err), "root");
	ok(hash_same(&root, &log->tree->root), "which is that of the entries");
	for (uint64_t i = 1; i <= 21; i++) {
		must(merkle_root(&old, leaves, i, &err), "root");
		if (merkle_prove_consistency(
			proof, &count, &source, i, 21, &err) != 0 ||
		    merkle_verify_consistency(
			i, 21, &old, &root, proof, count, &err) != 0)
			ok(false, "consistent with size %d", (int)i);
	}
	ok(true, "and it is consistent with every smaller tree");
	is_int(tile_log_append(&place, log, &body, 1, &err), VEXLOG_MISUSE,
	    "without its private key it is read only");
	tile_log_close(log);
}

int
main(void)
{
	if ((arena = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		bail("no memory");
	test_names();
	test_widths();
	test_bytes();
	test_one_by_one();
	test_widths_of_tiles();
	test_twice_in_one_call();
	test_65792();
	test_merge();
	test_real();
	vexlog_arena_close(arena);
	return tap_done();
}
