/*
 * link_retry_test.c - a log that does not answer for days: when link asks
 * again, how long it goes on, and that the same bytes are sent each time.
 */
#define _GNU_SOURCE
#include "tests/fakelog.h"

#include <sqlite3.h>
#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "flow/home.h"

#define NOW (1768611600 * SECOND)
#define DAY (24 * HOUR)

static const char document[] =
    "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"https://e/1\","
    "\"author\":\"E\",\"timestamp\":\"2026-01-12T08:30:00Z\",\"version\":1,"
    "\"statements\":[{\"vulnerability\":{\"name\":\"CVE-2026-0001\"},"
    "\"products\":[{\"@id\":\"pkg:npm/a@1\"}],\"status\":\"fixed\"}]}";

static struct vexlog_arena *arena;
static struct vexlog_err err;
static char folder[128];
static int64_t clock_now = NOW;
static int jump_in; /* looks at the clock until it is set back; 0: never */

static void
must(int rc, const char *what)
{
	if (rc != 0)
		bail("%s: %s", what, err.message);
}

static int64_t
tell_time(void *context)
{
	(void)context;
	if (jump_in > 0 && --jump_in == 0)
		clock_now -= HOUR;
	return clock_now;
}

struct rig {
	struct fake fake;
	struct vexlog *v;
	struct vexlog_link_options with;
	const char *home;
};

/* A home with one observation that waits for a v2 log. */
static void
open_rig(struct rig *rig)
{
	static int number;
	const char *home = arena_print(arena, &err, "%s/%d", folder, ++number);
	const char *path = arena_print(arena, &err, "%s/a.json", folder);
	const struct vexlog_options options = {.home = home, .now = tell_time};
	const struct vexlog_ingest_options ingest = {.provider = "vendor:a"};
	struct vexlog_ingest_result ingested;
	struct vexlog_init_result made;
	struct vexlog_bytes json;
	struct trust *old;

	memset(rig, 0, sizeof *rig);
	rig->home = home;
	clock_now = NOW;
	fake_open(&rig->fake, false);
	must(vexlog_init(&made, arena, &options, NULL, &err), "init");
	path = arena_print(arena, &err, "%s/trust.json", home);
	must(file_read(&json, arena, path, MIB, &err), "trust");
	must(trust_read(&old, json, &err), "trust");
	must(trust_add_log(&json, arena, old, rig->fake.origin,
		 rig->fake.server.url, rig->fake.key, 0, TIME_MAX, &err),
	    "trust");
	trust_close(old);
	must(file_write(path, json, 0644, &err), "trust");
	path = arena_print(arena, &err, "%s/a.json", folder);
	must(file_write(path, text_bytes(document), 0644, &err), "document");
	must(vexlog_open(&rig->v, &options, &err), "open");
	must(vexlog_ingest(&ingested, rig->v, &path, 1, &ingest, &err),
	    "ingest");
	rig->with = (struct vexlog_link_options){
	    .log_url =
		arena_print(arena, &err, "rekor2+%s", rig->fake.server.url)};
}

static void
close_rig(struct rig *rig)
{
	vexlog_close(rig->v);
	fake_close(&rig->fake);
}

static int
link_now(struct rig *rig, struct vexlog_link_result *result)
{
	return vexlog_link(result, rig->v, &rig->with, &err);
}

/* True when a request went out at this time. */
static bool
asks_at(struct rig *rig, int64_t at)
{
	struct vexlog_link_result result;
	size_t before = rig->fake.server.requests;

	clock_now = at;
	(void)link_now(rig, &result);
	return rig->fake.server.requests > before;
}

/* When the one job that there is will be sent again; 0: never. */
static int64_t
next_ask(const struct rig *rig)
{
	const char *path = arena_print(arena, &err, "%s/store.db", rig->home);
	sqlite3_stmt *statement;
	sqlite3 *db;
	int64_t next;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db,
		"select next_retry_at from attestor_rekor_submission_queue", -1,
		&statement, NULL) != SQLITE_OK ||
	    sqlite3_step(statement) != SQLITE_ROW)
		bail("%s: %s", path, sqlite3_errmsg(db));
	next = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement);
	(void)sqlite3_close(db);
	return next;
}

static void
for_days(void)
{
	struct vexlog_link_result result;
	struct rig rig;
	int64_t longest = 0, at;
	size_t asks = 1, early = 0, missed = 0;

	open_rig(&rig);
	fake_tell(&rig.fake, FAKE_LOSE, 1);
	is_int(link_now(&rig, &result), VEXLOG_UNREACHABLE,
	    "the log logs it and loses the answer");
	is_int((int64_t)result.failed, 1, "it is told as failed");
	ok(!asks_at(&rig, NOW + SECOND), "not asked again after a second");
	fake_tell(&rig.fake, FAKE_BUSY, 100000);
	for (at = next_ask(&rig); at != 0 && asks < 100; at = next_ask(&rig)) {
		if (at - clock_now > longest && asks > 1)
			longest = at - clock_now;
		early += asks_at(&rig, at - SECOND);
		missed += !asks_at(&rig, at);
		asks++;
	}
	ok(clock_now - NOW > 7 * DAY, "retried for days: %lld hours, %zu times",
	    (long long)((clock_now - NOW) / HOUR), asks);
	ok(early == 0 && missed == 0, "each time when it is due, not before");
	ok(longest > 10 * HOUR && longest < 14 * HOUR,
	    "never more than about 12 hours apart");
	ok(asks >= 20 && asks <= 60, "and seldom: %zu times in all", asks);
	is_int((int64_t)rig.fake.count, 1, "nothing is logged twice");
	close_rig(&rig);
}

static void
retry_after(void)
{
	struct vexlog_link_result result;
	struct rig rig;

	open_rig(&rig);
	fake_tell(&rig.fake, FAKE_BUSY, 1); /* Retry-After: 17 */
	is_int(link_now(&rig, &result), VEXLOG_UNREACHABLE, "a busy log");
	ok(!asks_at(&rig, NOW + 16 * SECOND),
	    "Retry-After: not asked again before");
	clock_now = NOW + 19 * SECOND;
	is_int(link_now(&rig, &result), 0, "asked again after it");
	is_int((int64_t)result.linked, 1, "and linked");
	is_int((int64_t)result.retried, 1, "as kept before it was sent");
	is_int((int64_t)rig.fake.count, 1, "once");
	close_rig(&rig);
}

/* What the log says for good is not asked again; what may be the trust file's
 * fault is. */
static void
for_good(void)
{
	struct vexlog_link_result result;
	struct rig rig;

	open_rig(&rig);
	fake_tell(&rig.fake, FAKE_BAD_REQUEST, 1);
	is_int(link_now(&rig, &result), VEXLOG_REFUSED, "400");
	ok(result.failed == 1 && result.given_up == 1 && result.dead == 1 &&
		strstr(result.dead_why, "HTTP 400") != NULL,
	    "is given up, with the reason");
	ok(!asks_at(&rig, NOW + 30 * DAY), "is never sent again");
	is_int(link_now(&rig, &result), 0, "by itself");
	ok(result.failed == 0 && result.dead == 1, "but still told");
	rig.with.again = true;
	is_int(link_now(&rig, &result), 0, "only when told to");
	ok(result.again == 1 && result.linked == 1 && result.retried == 1 &&
		result.dead == 0 && result.dead_why[0] == '\0',
	    "and linked, with the bytes that were kept");
	close_rig(&rig);
	open_rig(&rig);
	fake_tell(&rig.fake, FAKE_OTHER_KEY, 1);
	is_int(link_now(&rig, &result), VEXLOG_BAD_PROOF,
	    "an answer under a key that is not trusted");
	fake_tell(&rig.fake, FAKE_FINE, 0);
	clock_now = NOW + 5 * SECOND;
	is_int(link_now(&rig, &result), 0, "is asked for again later");
	is_int((int64_t)result.linked, 1, "and found");
	is_int((int64_t)rig.fake.count, 1, "where it was");
	close_rig(&rig);
	open_rig(&rig);
	fake_tell(&rig.fake, FAKE_FROZEN, 1);
	is_int(link_now(&rig, &result), VEXLOG_REFUSED, "a frozen shard");
	clock_now = NOW + 5 * SECOND;
	is_int(link_now(&rig, &result), 0, "says nothing against the entry");
	is_int((int64_t)result.linked, 1, "which is linked elsewhere");
	close_rig(&rig);
}

/* A log that answers only some of the requests of one round. */
static void
some_at_a_time(void)
{
	static const struct {
		enum fake_fault fault;
		const char *name;
		int64_t logged; /* by the first round */
	} faults[] = {
	    {FAKE_BUSY, "a log that takes four of six entries", 4},
	    {FAKE_LOSE, "a log that loses two answers of six", 6},
	};
	const struct vexlog_ingest_options ingest = {.provider = "vendor:b"};
	struct vexlog_ingest_result ingested;
	struct vexlog_link_result result;
	struct vexlog_bytes json;
	struct rig rig;

	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		const char *path =
		    arena_print(arena, &err, "%s/more.jsonl", folder);
		struct buffer b;
		open_rig(&rig);
		buffer_open(&b, arena, MIB);
		for (int n = 0; n < 5; n++)
			buffer_print(&b, "%.*s %s\n", n, "     ", document);
		must(buffer_finish(&b, &json, &err), "documents");
		must(file_write(path, json, 0644, &err), "documents");
		must(vexlog_ingest(&ingested, rig.v, &path, 1, &ingest, &err),
		    "ingest");
		rig.with.batch = 1;
		fake_tell(&rig.fake, faults[i].fault, 2);
		is_int(link_now(&rig, &result), VEXLOG_UNREACHABLE,
		    faults[i].name);
		ok(result.linked == 4 && result.failed == 2 &&
			result.pending == 2 && result.given_up == 0,
		    "four are linked, two wait");
		is_int((int64_t)rig.fake.count, faults[i].logged, "logged");
		fake_tell(&rig.fake, FAKE_FINE, 0);
		clock_now = NOW + 60 * SECOND;
		is_int(link_now(&rig, &result), 0, "and come with the next");
		ok(result.linked == 2 && result.retried == 2 &&
			result.pending == 0,
		    "by the bytes that were kept");
		is_int((int64_t)rig.fake.count, 6, "each is logged once");
		close_rig(&rig);
	}
}

static int
take_report(const struct vexlog_report *report, void *context)
{
	(void)report;
	(void)context;
	return 0;
}

/* A proof that is not there is a failed check, never a reason to ask the log,
 * which could answer. */
static void
offline(void)
{
	const struct vexlog_verify_options with = {.report = take_report};
	struct vexlog_link_result result;
	struct vexlog_verify_result got;
	const char *path;
	struct rig rig;
	size_t before;
	sqlite3 *db;

	open_rig(&rig);
	is_int(link_now(&rig, &result), 0, "linked");
	before = rig.fake.server.requests;
	is_int(vexlog_verify(&got, rig.v, &with, &err), 0, "verify");
	ok(got.held == 1 && got.failed == 0, "everything holds");
	path = arena_print(arena, &err, "%s/store.db", rig.home);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db,
		"update attestor_rekor_entries set entry = json_set(entry, "
		"'$.checkpoint', null)",
		NULL, NULL, NULL) != SQLITE_OK)
		bail("%s: %s", path, sqlite3_errmsg(db));
	(void)sqlite3_close(db);
	is_int(vexlog_verify(&got, rig.v, &with, &err), 0, "verify again");
	ok(got.held == 0 && got.failed == 1, "a missing proof fails");
	is_int((int64_t)(rig.fake.server.requests - before), 0,
	    "offline: the log was not asked");
	close_rig(&rig);
}

/* The clock is set back by an hour at any look at it: what is linked then
 * must not seem older than the trust in the key. */
static void
clock_set_back(void)
{
	const struct vexlog_verify_options with = {.report = take_report};
	struct vexlog_link_result result;
	struct vexlog_verify_result got;
	size_t linked = 0, failed = 0;
	struct rig rig;

	for (int n = 1; n <= 12; n++) {
		open_rig(&rig);
		jump_in = n;
		(void)link_now(&rig, &result);
		jump_in = 0;
		clock_now = NOW + HOUR;
		linked += result.linked;
		must(vexlog_verify(&got, rig.v, &with, &err), "verify");
		failed += got.failed;
		close_rig(&rig);
	}
	ok(linked > 4, "%zu of 12 were linked while the clock jumped", linked);
	is_int((int64_t)failed, 0, "and all of them verify");
}

int
main(void)
{
	arena = vexlog_arena_open(256 * MIB);
	if (arena == NULL)
		bail("no memory");
	temp_folder(folder);
	for_days();
	retry_after();
	for_good();
	some_at_a_time();
	offline();
	clock_set_back();
	if (system(arena_print(arena, &err, "rm -rf %s", folder)) != 0)
		bail("can't remove the homes");
	vexlog_arena_close(arena);
	return tap_done();
}
