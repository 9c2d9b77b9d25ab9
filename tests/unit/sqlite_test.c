/*
 * sqlite_test.c - what only a store in a file can meet: no file, another
 * file, a damaged one, one that is full or may not be written, and a schema
 * that is half there. What is found stays as it was.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/store.h"

static char *
path_of(const char *name)
{
	return arena_print(arena, &err, "%s/%s", folder, name);
}

static struct store_options
options_of(const char *path, bool create)
{
	return (struct store_options){
	    .url = arena_print(arena, &err, "sqlite:%s", path),
	    .migrate = create,
	    .create = create,
	    .now = test_clock,
	    .now_context = &clock_now};
}

static int
try_open(const char *path, bool create)
{
	const struct store_options options = options_of(path, create);
	struct store *store;
	int rc = store_open(&store, &options, &err);

	if (rc == 0)
		store_close(store);
	return rc;
}

static void
write_file(const char *path, const void *data, size_t size)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		bail("%s: %s", path, strerror(errno));
}

static struct vexlog_bytes
read_all(const char *path)
{
	struct vexlog_bytes bytes;

	if (file_read(&bytes, arena, path, 1024 * MIB, &err) != 0)
		bail("%s: %s", path, err.message);
	return bytes;
}

static bool
holds(const char *path, struct vexlog_bytes bytes)
{
	struct vexlog_bytes now = read_all(path);

	return now.size == bytes.size &&
	    memcmp(now.data, bytes.data, now.size) == 0;
}

static void
run_sql(const char *path, const char *sql)
{
	char *message = NULL;
	sqlite3 *db;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		bail("%s: %s", sql, message);
	(void)sqlite3_close(db);
}

static void
test_other_files(void)
{
	const char *text = path_of("text"), *other = path_of("other.db");
	const char *empty = path_of("empty");
	static const char words[] =
	    "This is a text of more than one hundred bytes, so that SQLite "
	    "has a whole header to look at and to find that it is none.";
	struct vexlog_bytes before;

	is_int(try_open(path_of("none"), false), VEXLOG_NOT_FOUND,
	    "no file is NOT_FOUND");
	has_text(err.hint, "run vexlog init", "and the hint says what to do");
	has_text(err.where, "none", "and where it was looked for");
	ok(!file_exists(path_of("none")), "and none is made");
	is_int(try_open(path_of("no/such/folder"), true), VEXLOG_IO,
	    "no folder to make it in");
	is_int(try_open(folder, false), VEXLOG_IO, "a folder is no store");

	write_file(text, words, sizeof(words));
	is_int(try_open(text, true), VEXLOG_IO, "a text is no store");
	has_text(err.message, "no vexlog store", "which is said");
	before = (struct vexlog_bytes){(const uint8_t *)words, sizeof(words)};
	ok(holds(text, before), "and it is left as it was");

	run_sql(other, "create table places (name text)");
	before = read_all(other);
	is_int(try_open(other, true), VEXLOG_CONFLICT,
	    "a database of another program is CONFLICT");
	has_text(err.message, "another program", "which is said");
	ok(holds(other, before), "and it is left as it was");

	write_file(empty, "", 0);
	is_int(
	    try_open(empty, false), VEXLOG_IO, "an empty file has no schema");
	has_text(err.hint, "run vexlog init", "and the hint says what to do");
	is_int(try_open(empty, true), 0, "init fills it");
	is_int(try_open(empty, false), 0, "then it opens");
}

static void
test_half_schema(void)
{
	const char *path = path_of("half.db");

	run_sql(path,
	    "pragma application_id = 1450732647;"
	    "create table vexhub_conflict (x)");
	is_int(try_open(path, true), VEXLOG_IO,
	    "migrations: half-applied, a table is in the way");
	has_text(err.message, "vexhub_conflict", "which is named");
	has_text(err.rule, "V20260117", "and the file");
	run_sql(path, "drop table vexhub_conflict");
	is_int(try_open(path, true), 0,
	    "migrations: nothing of it was kept, so it can be done again");
}

static void
test_damage(void)
{
	const char *whole = path_of("whole.db"), *path = path_of("bad.db");
	struct store_options options = options_of(whole, true);
	struct vexlog_observations found;
	struct vexlog_filter filter = ANY;
	struct store *store;
	const char *next;
	int refused = 0, read = 0;

	if (store_open(&store, &options, &err) != 0)
		bail("store_open: %s", err.message);
	(void)put(store, claims_about("CVE-2026-0001", "pkg:npm/a", 500), 500);
	store_close(store);
	struct vexlog_bytes bytes = read_all(whole);
	is_int(try_open(whole, false), 0, "the intact file opens");

	write_file(path, bytes.data, bytes.size / 2);
	is_int(try_open(path, false), VEXLOG_IO, "half a file is damaged");
	has_text(err.message, "damaged", "which is said");
	has_text(err.hint, "backup", "and what to do");
	ok(holds(path, (struct vexlog_bytes){bytes.data, bytes.size / 2}),
	    "and it is left as it was");

	/* one page after the other */
	uint8_t *copy = arena_take(arena, bytes.size, &err);
	bool good = true;
	for (size_t at = 0; at < bytes.size; at += 4096) {
		struct arena_mark mark = arena_mark(arena);
		memcpy(copy, bytes.data, bytes.size);
		memset(copy + at, 0xa5, 4096);
		write_file(path, copy, bytes.size);
		options = options_of(path, false);
		int rc = store_open(&store, &options, &err);
		if (rc == 0) {
			rc = store_find(
			    &found, &next, arena, store, &filter, &err);
			store_close(store);
		}
		good = good &&
		    (rc == 0 || rc == VEXLOG_IO || rc == VEXLOG_BAD_PROOF);
		if (!good)
			printf("# at %zu: %d %s\n", at, rc, err.message);
		refused += rc != 0;
		read += rc == 0;
		(void)unlink(arena_print(arena, &err, "%s-wal", path));
		(void)unlink(arena_print(arena, &err, "%s-shm", path));
		arena_back(arena, mark);
	}
	ok(good, "a damaged page is IO or BAD_PROOF, never data");
	ok(refused > 10, "%d of %d damages are seen in one list", refused,
	    refused + read);
}

/* In a child: limits and rights that can't be had back. */
static bool
in_child(int (*be)(const char *path), const char *path)
{
	int status = 1;
	pid_t child;

	(void)fflush(stdout);
	if ((child = fork()) == 0) {
		int rc = be(path);
		if (rc != 0)
			printf("# %d: %d %s: %s (%s)\n", rc, (int)err.code,
			    err.where, err.message, err.hint);
		(void)fflush(stdout);
		_exit(rc);
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	    WEXITSTATUS(status) == 0;
}

static int
be_full(const char *path)
{
	const struct store_options options = options_of(path, false);
	struct rlimit limit = {6000000, 6000000};
	struct store *store;
	size_t stored = 0, total = 0;
	int rc = 0;

	(void)signal(SIGXFSZ, SIG_IGN);
	if (store_open(&store, &options, &err) != 0)
		return 1;
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		return 2;
	for (int64_t i = 0; rc == 0 && i < 200; i++) {
		rc = store_put_observations(&stored, store,
		    claims_about(numbered("CVE-2026-1", i), "pkg:npm/a", 100),
		    100, &err);
		total += rc == 0 ? 100 : 0;
	}
	if (rc != VEXLOG_IO || total == 0)
		return 3;
	struct vexlog_filter filter = ANY;
	struct vexlog_observations all;
	if (find(&all, store, &filter) != total)
		return 4;
	store_close(store);
	return 0;
}

static int
be_nobody(const char *path)
{
	const struct store_options options = options_of(path, false);
	struct store *store;
	size_t n;

	if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
		return 1;
	int rc = store_open(&store, &options, &err);
	if (rc == 0) {
		struct vexlog_observation o =
		    claim_about("CVE-2026-0002", "pkg:npm/a", 1);
		if (store_count_pending(&n, store, &err) != 0 || n == 0)
			return 2;
		rc = store_put_observations(&n, store, &o, 1, &err);
		store_close(store);
	}
	return rc == VEXLOG_IO && err.hint[0] != '\0' ? 0 : 3;
}

static void
test_limits(void)
{
	const char *full = path_of("full.db"), *mine = path_of("mine.db");

	is_int(try_open(full, true), 0, "a store");
	ok(in_child(be_full, full),
	    "a file that may not grow is IO, and what was kept stays");
	is_int(try_open(full, false), 0, "and it opens afterwards");

	struct store_options options = options_of(mine, true);
	struct store *store;
	if (store_open(&store, &options, &err) != 0)
		bail("store_open: %s", err.message);
	(void)put(store, claims_about("CVE-2026-0001", "pkg:npm/a", 5), 5);
	store_close(store);
	struct vexlog_bytes before = read_all(mine);
	if (chmod(mine, 0444) != 0 || chmod(folder, 0555) != 0)
		bail("chmod: %s", strerror(errno));
	ok(in_child(be_nobody, mine), "a file that may not be written is IO");
	(void)chmod(folder, 0755);
	ok(in_child(be_nobody, mine), "also where its folder may be");
	ok(holds(mine, before), "and it is left as it was");
	(void)chmod(folder, 0700);
}

/* The index that each list runs by; without it a page is a scan of all. */
static void
test_plans(void)
{
	static const struct {
		enum store_sql sql;
		const char *index;
	} plans[] = {
	    {SQL_claim_pending, "idx_vex_observations_pending_rekor"},
	    {SQL_claims_count,
		"COVERING INDEX idx_vex_observations_vulnerability"},
	    {SQL_pairs_all,
		"COVERING INDEX idx_vex_observations_vulnerability"},
	    {SQL_pairs_all, "idx_vex_observations_aliased"},
	    {SQL_claims, "idx_vex_observations_vulnerability"},
	    {SQL_count_pending, "idx_vex_observations_pending_rekor"},
	    {SQL_find_all, "idx_vex_observations_linked_rekor"},
	    {SQL_find_entry, "idx_vex_observations_rekor_log_index"},
	    {SQL_find_log_index, "idx_vex_observations_rekor_log_index"},
	    {SQL_find_pending, "idx_vex_observations_pending_rekor"},
	    {SQL_find_product, "idx_vex_observations_product"},
	    {SQL_find_uuid, "idx_vex_observations_rekor_uuid"},
	    {SQL_find_vulnerability, "idx_vex_observations_vulnerability"},
	    {SQL_job_by_member,
		"idx_attestor_rekor_submission_members_observation"},
	    {SQL_job_queued, "idx_attestor_rekor_submission_queue_state"},
	    {SQL_link, "sqlite_autoindex_vex_observations_1"},
	    {SQL_pairs_all, "idx_vex_observations_vulnerability"},
	    {SQL_pairs_product, "idx_vex_observations_product"},
	    {SQL_pairs_vulnerability, "idx_vex_observations_vulnerability"},
	    {SQL_verdict_current, "sqlite_autoindex_vex_verdict_rows_1"},
	    {SQL_verdict_get, "idx_vex_verdicts_verdict_id"},
	    {SQL_verdicts_all, "sqlite_autoindex_vex_verdict_rows_1"},
	    {SQL_pairs_then,
		"COVERING INDEX idx_vex_observations_vulnerability"},
	    {SQL_verdicts_between, "sqlite_autoindex_vex_verdict_rows_1"},
	    {SQL_verdicts_then, "sqlite_autoindex_vex_verdict_rows_1"},
	    {SQL_verdicts_vulnerability, "sqlite_autoindex_vex_verdict_rows_1"},
	};
	const char *path = path_of("plans.db");
	struct store_options options = options_of(path, true);
	struct store *store;
	sqlite3 *db;

	if (store_open(&store, &options, &err) != 0 ||
	    sqlite3_open(path, &db) != SQLITE_OK)
		bail("plans: %s", err.message);
	for (size_t i = 0; i < COUNT(plans); i++) {
		char *sql = arena_print(arena, &err, "explain query plan %s",
		    store->texts[plans[i].sql]);
		sqlite3_stmt *stmt;
		bool by = false, records = false;
		for (char *at = sql; (at = strstr(at, "vex.")) != NULL;)
			at[3] = '_';
		for (char *at = sql; (at = strstr(at, "attestor.")) != NULL;)
			at[8] = '_';
		if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
			bail("%s: %s", sql, sqlite3_errmsg(db));
		while (sqlite3_step(stmt) == SQLITE_ROW) {
			const char *step =
			    (const char *)sqlite3_column_text(stmt, 3);
			by = by || strstr(step, plans[i].index) != NULL;
			records = records || strncmp(step, "SEARCH r ", 9) == 0;
		}
		(void)sqlite3_finalize(stmt);
		ok(by, "a statement runs by %s", plans[i].index);
		if (plans[i].sql == SQL_verdicts_between ||
		    plans[i].sql == SQL_verdicts_then)
			ok(!records, "going over verdicts reads no record");
	}
	(void)sqlite3_close(db);
	store_close(store);
}

/* A writer that is stopped in the middle leaves nothing and nobody waiting. */
static int
be_killed(const char *path)
{
	const struct store_options options = options_of(path, false);
	struct store *store;
	size_t n;

	if (store_open(&store, &options, &err) != 0 ||
	    store_begin(store, &err) != 0 ||
	    store_put_observations(&n, store,
		claims_about("CVE-2026-0009", "pkg:npm/a", 2000), 2000,
		&err) != 0)
		return 1;
	(void)kill(getpid(), SIGKILL);
	return 2;
}

static void
test_killed(void)
{
	const char *path = path_of("killed.db");
	struct store_options options = options_of(path, true);
	struct store *store;
	size_t n;

	is_int(try_open(path, true), 0, "a store");
	ok(!in_child(be_killed, path), "a writer is killed");
	if (store_open(&store, &options, &err) != 0)
		bail("store_open: %s", err.message);
	is_int(store_count_pending(&n, store, &err), 0, "counted");
	is_int((int64_t)n, 0, "nothing of it is kept");
	is_int((int64_t)put(store, claims_about("CVE-2026-0009", "p", 3), 3), 3,
	    "and the next one writes");
	store_close(store);
}

/* Many processes find no file and make it. */
static int
be_first(const char *path)
{
	for (int i = 0; i < 8; i++) {
		const char *one = arena_print(arena, &err, "%s-%d", path, i);
		int rc = try_open(one, true);
		if (rc != 0)
			return 1;
	}
	return 0;
}

static void
test_race(void)
{
	const char *path = path_of("race.db");
	pid_t children[6];
	bool good = true;

	(void)fflush(stdout);
	for (size_t i = 0; i < COUNT(children); i++)
		if ((children[i] = fork()) == 0) {
			int rc = be_first(path);
			if (rc != 0)
				printf("# %d %s\n", (int)err.code, err.message);
			(void)fflush(stdout);
			_exit(rc);
		}
	for (size_t i = 0; i < COUNT(children); i++) {
		int status = 1;
		good = waitpid(children[i], &status, 0) == children[i] &&
		    WIFEXITED(status) && WEXITSTATUS(status) == 0 && good;
	}
	ok(good, "six processes make the same store at once");
}

int
main(void)
{
	(void)unsetenv("VEXLOG_TEST_STORE");
	start_tests();
	test_other_files();
	test_half_schema();
	test_damage();
	test_limits();
	test_plans();
	test_killed();
	test_race();
	return end_tests();
}
