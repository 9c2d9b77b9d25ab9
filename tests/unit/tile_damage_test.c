/*
 * tile_damage_test.c - a local log that is stopped anywhere, damaged
 * anywhere, or written to by two: nothing that was acknowledged is lost,
 * nothing is doubled, and damage is named and never written over.
 */
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "tests/unit/tile_rig.h"

/* ---- stopped anywhere --------------------------------------------------- */

/* The log holds: it verifies, and entries 0..count - 1 are there once. */
static void
check_whole(const char *folder, uint64_t count, const char *name)
{
	struct tile_log *log;
	struct hash leaf;
	struct vexlog_bytes body, want;
	uint64_t size = 0, good = 0, asked = 0;

	if (log_local_verify(&size, folder, &err) != 0) {
		ok(false, "%s: %s %s", name, err.where, err.message);
		return;
	}
	log = open_tiles(folder);
	for (uint64_t i = 0; i<count; i += count> 50 ? 13 : 1, asked++) {
		struct arena_mark mark = arena_mark(arena);
		want = body_of(i);
		good +=
		    tile_log_entry(&body, &leaf, arena, log, i, &err) == 0 &&
		    body.size == want.size &&
		    memcmp(body.data, want.data, want.size) == 0;
		arena_back(arena, mark);
	}
	tile_log_close(log);
	if (size != count || good != asked)
		ok(false, "%s: %d of %d entries, %d bad", name, (int)size,
		    (int)count, (int)(asked - good));
}

/*
 * From a log of before entries, more are added while the nth step of writing
 * fails, for every n; then they are added again. The same with and without
 * a restart between the two.
 */
static void
test_failing(size_t before, size_t more, bool restart)
{
	const char *base = make_tiles(before);
	int failed = 0, taken = 0;

	for (long n = 1;; n++) {
		const char *folder = fast_folder();
		struct tile_log *log;
		uint64_t size;
		bool fired;
		int rc;
		copy_all(base, folder);
		log = open_tiles(folder);
		file_fail_in = n;
		rc = append(log, before, more, NULL);
		fired = file_fail_in == 0;
		file_fail_in = 0;
		failed += rc != 0;
		taken += rc == 0 && fired;
		if (rc != 0 && rc != VEXLOG_IO)
			ok(false, "step %ld: %s", n, err.message);
		if (log_local_verify(&size, folder, &err) != 0)
			ok(false, "after step %ld: %s %s", n, err.where,
			    err.message);
		if (rc == 0 && size != before + more)
			ok(false, "step %ld: acknowledged and not there", n);
		if (restart) {
			tile_log_close(log);
			log = open_tiles(folder);
		}
		/* another batch than the one that failed: what it left must
		 * not shine through */
		if (rc != 0 && size == before && n % 2 == 0 && more > 1)
			must(append(log, before, 1, NULL), "another batch");
		must(append(log, before, more, NULL), "again");
		check_whole(folder, before + more, "added again");
		tile_log_close(log);
		remove_all(folder);
		if (!fired)
			break;
	}
	ok(failed > 4, "%d entries on %d: %d steps fail and lose nothing%s",
	    (int)more, (int)before, failed, restart ? ", restarted" : "");
	is_int(taken, 0, "no failed step is passed over");
	remove_all(base);
}

static void
test_failing_init(void)
{
	int failed = 0;

	for (long n = 1;; n++) {
		const char *folder = fast_folder();
		bool fired;
		int rc;
		file_fail_in = n;
		rc = log_local_init(folder, &err);
		fired = file_fail_in == 0;
		file_fail_in = 0;
		failed += rc != 0;
		must(log_local_init(folder, &err), "init again");
		check_whole(folder, 0, "init again");
		remove_all(folder);
		if (!fired)
			break;
	}
	ok(failed > 8, "making a log: %d steps fail, and can be done again",
	    failed);
}

/* A run of the index that can't be written costs nothing. */
static void
test_failing_index(void)
{
	enum { SIZE = 65536 };
	static struct vexlog_bytes bodies[SIZE];
	static struct tile_place places[SIZE];
	static char texts[SIZE][8];
	const char *folder = make_tiles(0);
	struct tile_log *log = open_tiles(folder);

	for (size_t i = 0; i < SIZE; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "%zu", i);
		bodies[i] = text_bytes(texts[i]);
	}
	must(tile_log_append(places, log, bodies, SIZE - 1, &err), "append");
	must(tile_log_append(places, log, bodies, SIZE, &err),
	    "the entry that fills a run");
	for (long n = 1; n < 30; n++) {
		struct tile_place *last = &places[SIZE - 4];
		int rc;
		tile_log_close(log);
		log = open_tiles(folder);
		if (n % 3 != 0)
			remove_all(
			    arena_print(arena, &err, "%s/index", folder));
		file_fail_in = n;
		rc = tile_log_append(last, log, &bodies[SIZE - 4], 4, &err);
		file_fail_in = 0;
		if (rc != 0 || !last[3].known || last[3].index != SIZE - 1)
			ok(false, "step %ld: %s", n, err.message);
	}
	is_int((int64_t)log->tree->size, SIZE, "nothing was doubled");
	tile_log_close(log);
	remove_all(folder);
}

/* A writer that was killed before its checkpoint. */
static void
test_torn(void)
{
	static const size_t sizes[][2] = {
	    {3, 2}, {255, 3}, {256, 1}, {250, 600}, {0, 300}};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t before = sizes[i][0], more = sizes[i][1];
		const char *folder = make_tiles(before);
		struct vexlog_bytes note;
		struct tile_log *log;
		char *path = arena_print(arena, &err, "%s/checkpoint", folder);
		must(file_read(&note, arena, path, NOTE_SIZE_MAX, &err), path);
		log = open_tiles(folder);
		/* other entries than those that come next */
		must(append(log, 100000, more, NULL), "append");
		tile_log_close(log);
		put_file(folder, "checkpoint", note.data, note.size);
		check_whole(folder, before, "torn");
		log = open_tiles(folder);
		is_int((int64_t)log->tree->size, (int64_t)before,
		    "files past the checkpoint are not seen");
		must(append(log, before, 1, NULL), "append");
		must(append(log, before + 1, more + 300, NULL), "append");
		tile_log_close(log);
		check_whole(folder, before + more + 301, "grown over it");
		remove_all(folder);
	}
}

/* ---- damage ------------------------------------------------------------- */

enum { DAMAGED = 70000 / 100 + 1000 }; /* 1700: 6 full tiles and 164 */

static struct damage {
	const char *file;
	long at;
	const char *open;   /* what opening says of it, NULL: nothing */
	const char *verify; /* what log verify says */
} damages[] = {
    {"tile/entries/000", 10, NULL, "hash 0 is"},
    {"tile/entries/003", 0, NULL, "breaks off"},
    {"tile/entries/006.p/164", -1, "entry 163", "hash 163 is"},
    {"tile/0/000", 33, NULL, "hash 1 is"},
    {"tile/0/005", -1, NULL, "hash 255 is"},
    {"tile/0/006.p/164", 0, "entry 0 hashes to", "hash 0 is"},
    {"tile/1/000.p/6", 64, "right edge", "hash 2 is"},
    {"checkpoint", 0, "the checkpoint is of", "the checkpoint is of"},
    {"checkpoint", 30, "", ""},
    {"checkpoint", 50, "", ""},
    {"checkpoint", -10, "", ""},
};

static int
try_open(const char *folder)
{
	const struct tile_log_options options = {.folder = folder};
	struct tile_log *log;
	int rc = tile_log_open(&log, &options, &err);

	if (rc == 0)
		tile_log_close(log);
	return rc;
}

static void
test_damage(void)
{
	const char *base = make_tiles(DAMAGED);
	uint64_t size;

	is_int(log_local_verify(&size, base, &err), 0, "the intact log");
	is_int((int64_t)size, DAMAGED, "has all entries");
	for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		const struct damage *d = &damages[i];
		const char *folder = fast_folder();
		copy_all(base, folder);
		flip(folder, d->file, d->at);
		is_int(try_open(folder), d->open == NULL ? 0 : VEXLOG_BAD_PROOF,
		    d->file);
		if (d->open != NULL)
			has_text(err.message, d->open, "opening says what");
		is_int(log_local_verify(&size, folder, &err), VEXLOG_BAD_PROOF,
		    "log verify");
		ok(strstr(err.where, d->file) != NULL ||
			strstr(err.message, d->file) != NULL,
		    "names the file");
		has_text(err.message, d->verify, "and the place");
		ok(err.hint[0] != '\0', "and what to do");
		remove_all(folder);
	}
	for (size_t i = 0; i < 8; i++) {
		const struct damage *d = &damages[i];
		const char *folder = fast_folder();
		copy_all(base, folder);
		cut_file(folder, d->file);
		is_int(log_local_verify(&size, folder, &err), VEXLOG_BAD_PROOF,
		    "gone");
		has_text(err.where, d->file[0] == 'c' ? folder : d->file,
		    "its name");
		put_file(folder, d->file, "", 0);
		is_int(log_local_verify(&size, folder, &err), VEXLOG_BAD_PROOF,
		    "empty");
		has_text(err.where, d->file, "its name");
		remove_all(folder);
	}
	remove_all(base);
}

/* What a damaged tile would lead to is seen before it is handed out. */
static void
test_damaged_inside(void)
{
	const char *folder = make_tiles(DAMAGED);
	struct hash proof[PROOF_LENGTH_MAX], leaf;
	struct vexlog_bytes body;
	struct tile_log *log;
	size_t count;

	flip(folder, "tile/0/002", 100);
	log = open_tiles(folder);
	is_int(tile_log_entry(&body, &leaf, arena, log, 515, &err),
	    VEXLOG_BAD_PROOF, "an entry whose tile is damaged");
	has_text(err.where, "tile/entries/002", "names the bundle");
	must(tile_log_entry(&body, &leaf, arena, log, 516, &err), "its sister");
	is_int(tile_log_prove(proof, &count, log, 516, &leaf, &err),
	    VEXLOG_BAD_PROOF, "its proof does not hold");
	has_text(err.hint, "log verify", "says what to do");
	tile_log_close(log);
	flip(folder, "tile/0/002", 100);
	log = open_tiles(folder);
	must(tile_log_prove(proof, &count, log, 516, &leaf, &err), "mended");
	tile_log_close(log);

	/* where the last tile is full */
	remove_all(folder);
	folder = make_tiles(512);
	flip(folder, "tile/0/001", 31);
	is_int(try_open(folder), VEXLOG_BAD_PROOF, "the last full tile");
	has_text(err.where, "tile/0/001", "its name");
	flip(folder, "tile/0/001", 31);
	flip(folder, "tile/entries/001", 31);
	is_int(try_open(folder), VEXLOG_BAD_PROOF, "the last full bundle");
	has_text(err.where, "tile/entries/001", "its name");
	remove_all(folder);
}

static void
test_older_partials(void)
{
	const char *folder = make_tiles(5);
	struct tile_log *log = open_tiles(folder);
	uint64_t size;

	must(append(log, 5, 5, NULL), "append");
	tile_log_close(log);
	is_int(log_local_verify(&size, folder, &err), 0, "two checkpoints");
	flip(folder, "tile/0/000.p/5", 3);
	is_int(log_local_verify(&size, folder, &err), VEXLOG_BAD_PROOF,
	    "an older partial tile");
	has_text(err.where, "tile/0/000.p/5", "its name");
	flip(folder, "tile/0/000.p/5", 3);
	flip(folder, "tile/entries/000.p/5", 3);
	is_int(log_local_verify(&size, folder, &err), VEXLOG_BAD_PROOF,
	    "an older partial bundle");
	has_text(err.where, "tile/entries/000.p/5", "its name");
	remove_all(folder);
}

static void
test_bad_bodies(void)
{
	static const struct {
		const char *body, *why;
	} bodies[] = {
	    {"not json", "is no well-formed body"},
	    {"{\"apiVersion\":\"0.0.1\",\"kind\":\"intoto\",\"spec\":{}}",
		"this log holds hashedrekord"},
	    {" {\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\","
	     "\"spec\":{}}",
		"is no well-formed body"},
	};
	uint64_t size;

	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		const char *folder = make_tiles(2);
		struct tile_log *log = open_tiles(folder);
		struct vexlog_bytes body = text_bytes(bodies[i].body);
		struct tile_place place;
		must(tile_log_append(&place, log, &body, 1, &err), "append");
		tile_log_close(log);
		is_int(log_local_verify(&size, folder, &err), VEXLOG_BAD_PROOF,
		    "a body that is no body");
		has_text(err.message, bodies[i].why, "says why");
		has_text(err.message, "entry 2", "and which");
		remove_all(folder);
	}
}

/* ---- keys, checkpoints, folders ----------------------------------------- */

static void
test_keys(void)
{
	const char *base = make_tiles(3), *other = make_tiles(0);
	const char *folder = fast_folder();
	struct vexlog_bytes pem, before, after;
	struct key *key;
	char *path;

	copy_all(base, folder);
	path = arena_print(arena, &err, "%s/key.pem", folder);
	must(file_read(&pem, arena, path, CONFIG_SIZE_MAX, &err), path);
	cut_file(folder, "key.pem");
	is_int(try_open(folder), VEXLOG_BAD_PROOF, "no key");
	has_text(err.message, "key.pem is missing", "says so");
	is_int(log_local_init(folder, &err), VEXLOG_BAD_PROOF,
	    "init makes no new one");
	ok(!file_exists(path), "really");

	put_file(folder, "key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA", 31);
	is_int(try_open(folder), VEXLOG_BAD_PROOF, "a damaged key");
	has_text(err.where, "key.pem", "its name");
	is_int(log_local_init(folder, &err), VEXLOG_BAD_PROOF, "init");
	must(file_read(&after, arena, path, CONFIG_SIZE_MAX, &err), path);
	is_int((int64_t)after.size, 31, "leaves it as it is");

	must(key_generate(&key, KEY_P256, &err), "key");
	must(key_write_private(&before, arena, key, &err), "key");
	key_close(key);
	put_file(folder, "key.pem", before.data, before.size);
	is_int(try_open(folder), VEXLOG_BAD_PROOF, "a key of another kind");
	has_text(err.message, "ed25519", "says so");

	must(file_read(&before, arena,
		 arena_print(arena, &err, "%s/key.pem", other), CONFIG_SIZE_MAX,
		 &err),
	    "other key");
	put_file(folder, "key.pem", before.data, before.size);
	is_int(try_open(folder), VEXLOG_BAD_PROOF, "another log's key");
	has_text(err.message, "the checkpoint is of", "says whose it is");

	put_file(folder, "key.pem", pem.data, pem.size);
	is_int(try_open(folder), 0, "the key itself");
	cut_file(folder, "checkpoint");
	is_int(try_open(folder), VEXLOG_BAD_PROOF, "no checkpoint");
	has_text(err.message, "checkpoint is missing", "says so");
	is_int(log_local_init(folder, &err), VEXLOG_BAD_PROOF,
	    "init begins no new log over the old one");
	ok(!has_file(folder, "checkpoint"), "really");
	remove_all(folder);
	remove_all(base);
	remove_all(other);
}

static void
test_folders(void)
{
	const char *folder = fast_folder(), *origin = NULL;
	struct key *key = NULL;
	uint64_t size;
	struct stat st;
	char *path = arena_print(arena, &err, "%s/key.pem", folder);

	is_int(try_open(folder), VEXLOG_NOT_FOUND, "an empty folder");
	has_text(err.hint, "vexlog init", "says what to do");
	is_int(
	    log_local_verify(&size, folder, &err), VEXLOG_NOT_FOUND, "verify");
	is_int(try_open("/nonexistent/log"), VEXLOG_NOT_FOUND, "no folder");
	must(log_local_init(folder, &err), "init");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600,
	    "the key is for its owner alone");
	ok(has_file(folder, "README.md") && has_file(folder, "checkpoint"),
	    "a readme and a checkpoint");
	must(log_local_init(folder, &err), "init twice is harmless");
	must(log_local_identity(&origin, &key, arena, folder, &err), "who");
	ok(text_starts(origin, "vexlog.local/") && strlen(origin) == 29 &&
		strncmp(origin + 13, key_id(key), 16) == 0,
	    "the origin is of the key");
	ok(!key_is_private(key), "of which only the public half goes out");
	key_close(key);
	remove_all(folder);

	folder = fast_folder();
	put_file(folder, "file", "x", 1);
	path = arena_print(arena, &err, "%s/file", folder);
	ok(log_local_init(path, &err) != 0, "a file in the way");
	remove_all(folder);
}

/* Runs as somebody who may read the folder and not write to it. */
static void
test_read_only(void)
{
	const char *folder = make_tiles(3);
	struct tile_log_options options = {.folder = folder, .read_only = true};
	struct tile_log *log;
	int status;
	pid_t pid;

	must(tile_log_open(&log, &options, &err), "read-only");
	is_int(append(log, 3, 1, NULL), VEXLOG_MISUSE, "is refused");
	tile_log_close(log);
	fflush(stdout);
	cut_file(folder, "lock");
	if ((pid = fork()) == 0) {
		int rc;
		if (geteuid() == 0 &&
		    (chown(folder, 65534, 65534) != 0 ||
			chown(arena_print(arena, &err, "%s/key.pem", folder),
			    65534, 65534) != 0 ||

			setegid(65534) != 0 || seteuid(65534) != 0))
			_exit(90);
		if (chmod(folder, 0500) != 0)
			_exit(91);
		log = open_tiles(folder);
		rc = append(log, 3, 1, NULL);
		_exit(rc == VEXLOG_IO && err.os_errno == EACCES &&
			    append(log, 2, 1, NULL) == VEXLOG_IO &&
			    try_open(folder) == 0
			? 0
			: 92);
	}
	ok(waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		WEXITSTATUS(status) == 0,
	    "a folder that can't be written: read, and IO for an entry");
	(void)chmod(folder, 0700);
	remove_all(folder);
}

/* ---- two writers -------------------------------------------------------- */

static void
test_two_handles(void)
{
	const char *folder = make_tiles(0);
	struct tile_log *a = open_tiles(folder), *b = open_tiles(folder);
	struct tile_place place;

	for (uint64_t i = 0; i < 600; i += 2) {
		must(append(a, i, 1, NULL), "a");
		must(append(b, i + 1, 1, NULL), "b");
	}
	must(append(a, 599, 1, &place), "a again");
	ok(place.known && place.index == 599, "each sees what the other did");
	tile_log_close(a);
	tile_log_close(b);
	check_whole(folder, 600, "two handles");
	ok(true, "two writers take turns");
	remove_all(folder);
}

static void
test_lock(void)
{
	const char *folder = make_tiles(1);
	struct tile_log_options options = {.folder = folder, .wait_ms = 20};
	char *path = arena_print(arena, &err, "%s/lock", folder), pid[32];
	struct tile_log *log;
	int fd;

	must(tile_log_open(&log, &options, &err), "open");
	fd = open(path, O_RDWR);
	if (fd < 0 || flock(fd, LOCK_EX) != 0)
		bail("%s: %s", path, strerror(errno));
	is_int(append(log, 1, 1, NULL), VEXLOG_UNREACHABLE,
	    "somebody else writes");
	(void)snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
	has_text(err.message, pid, "says who");
	must(tile_log_refresh(log, &err), "reading goes on");
	(void)close(fd);
	must(append(log, 1, 1, NULL), "then it is our turn");
	tile_log_close(log);
	remove_all(folder);
}

/* A log that is put back while we look. */
static void
test_rolled_back(void)
{
	const char *base = make_tiles(3), *folder = fast_folder();
	const char *other = make_tiles(0);
	struct vexlog_bytes old;
	struct tile_log *log;

	copy_all(base, folder);
	must(file_read(&old, arena,
		 arena_print(arena, &err, "%s/checkpoint", folder),
		 NOTE_SIZE_MAX, &err),
	    "checkpoint");
	log = open_tiles(folder);
	must(append(log, 3, 3, NULL), "append");
	put_file(folder, "checkpoint", old.data, old.size);
	is_int(append(log, 6, 1, NULL), VEXLOG_BAD_PROOF, "a shorter log");
	has_text(err.message, "shrank from 6 to 3", "says so");
	tile_log_close(log);

	/* the same key, another history of the same length */
	remove_all(folder);
	folder = fast_folder();
	copy_all(base, folder);
	log = open_tiles(folder);
	remove_all(other);
	other = fast_folder();
	copy_all(base, other);
	must(append(log, 3, 1, NULL), "one history");
	{
		struct tile_log *b = open_tiles(other);
		must(append(b, 4, 2, NULL), "another");
		tile_log_close(b);
	}
	copy_all(other, folder);
	is_int(
	    tile_log_refresh(log, &err), VEXLOG_BAD_PROOF, "another history");
	tile_log_close(log);
	remove_all(folder);
	remove_all(other);
	remove_all(base);
}

/* ---- no memory ---------------------------------------------------------- */

static void
test_no_memory(void)
{
	const char *base = make_tiles(253);
	struct vexlog_bytes bodies[5];
	int failed = 0;

	for (size_t i = 0; i < 5; i++)
		bodies[i] = body_of(253 + i);
	for (long n = 1;; n++) {
		const char *folder = fast_folder();
		struct tile_log_options options = {.folder = folder};
		struct tile_place places[5];
		struct tile_log *log = NULL;
		bool fired;
		int rc;
		copy_all(base, folder);
		arena_fail_in = n;
		rc = tile_log_open(&log, &options, &err);
		if (rc == 0)
			rc = tile_log_append(places, log, bodies, 5, &err);
		fired = arena_fail_in == 0;
		arena_fail_in = 0;
		failed += rc != 0;
		/* base64 that finds no memory says that it is none */
		if (rc != 0 && rc != VEXLOG_NO_MEMORY &&
		    strstr(err.message, "base64") == NULL)
			ok(false, "allocation %ld: %s", n, err.message);
		if (log != NULL) {
			must(tile_log_append(places, log, bodies, 5, &err),
			    "again");
			tile_log_close(log);
			check_whole(folder, 258, "after no memory");
		}
		remove_all(folder);
		if (!fired)
			break;
	}
	ok(failed > 20, "%d allocations fail and lose nothing", failed);
	remove_all(base);
}

static void
test_no_memory_to_verify(void)
{
	const char *folder = make_tiles(3);
	uint64_t size = 0;
	int failed = 0;

	for (long n = 1;; n++) {
		bool fired;
		int rc;
		arena_fail_in = n;
		rc = log_local_verify(&size, folder, &err);
		fired = arena_fail_in == 0;
		arena_fail_in = 0;
		failed += rc != 0;
		if (rc != 0 && rc != VEXLOG_NO_MEMORY &&
		    strstr(err.message, "base64") == NULL)
			ok(false, "allocation %ld: %s", n, err.message);
		if (!fired)
			break;
	}
	ok(failed > 20 && size == 3, "%d allocations of log verify", failed);
	remove_all(folder);
}

int
main(void)
{
	if ((arena = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		bail("no memory");
	test_failing(0, 1, true);
	test_failing(3, 2, false);
	test_failing(254, 3, true);
	test_failing(200, 400, false);
	test_failing_init();
	test_failing_index();
	test_torn();
	test_damage();
	test_damaged_inside();
	test_older_partials();
	test_bad_bodies();
	test_keys();
	test_folders();
	test_read_only();
	test_two_handles();
	test_lock();
	test_rolled_back();
	test_no_memory();
	test_no_memory_to_verify();
	vexlog_arena_close(arena);
	return tap_done();
}
