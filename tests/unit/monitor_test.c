/*
 * monitor_test.c - a log that is watched: it grows, goes back, shows two
 * histories, or tells another time; what it showed is kept.
 */
#define _GNU_SOURCE
#include "tests/fakelog.h"

#include <unistd.h>

#include "base/file.h"
#include "base/time.h"
#include "flow/home.h"

#define NOW (1768611600 * SECOND)

static struct vexlog_arena *arena;
static struct vexlog_err err;
static char folder[128];
static int64_t clock_now = NOW;

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
	return clock_now;
}

struct rig {
	struct fake fake;
	struct vexlog_options options;
	struct vexlog *v;
	const char *url;
	char log_id[65];
};

/* A new home that trusts a new log. */
static void
open_rig(struct rig *rig, bool v1)
{
	static int number;
	struct vexlog_init_result made;
	struct vexlog_bytes json;
	struct trust *trust;

	memset(rig, 0, sizeof *rig);
	fake_open(&rig->fake, v1);
	rig->options = (struct vexlog_options){
	    .home = arena_print(arena, &err, "%s/%d", folder, ++number),
	    .now = tell_time};
	must(vexlog_init(&made, arena, &rig->options, NULL, &err), "init");
	must(trust_add_log(&json, arena, NULL, rig->fake.origin,
		 rig->fake.server.url, rig->fake.key, 0, TIME_MAX, &err),
	    "trust");
	must(file_write(arena_print(arena, &err, "%s/trust.json",
			    rig->options.home),
		 json, 0644, &err),
	    "trust.json");
	must(trust_read(&trust, json, &err), "trust");
	(void)snprintf(rig->log_id, sizeof rig->log_id, "%s",
	    trust->logs[0].id);
	trust_close(trust);
	must(vexlog_open(&rig->v, &rig->options, &err), "open");
	rig->url = arena_print(arena, &err, "rekor%d+%s", v1 ? 1 : 2,
	    rig->fake.server.url);
}

static void
close_rig(struct rig *rig)
{
	vexlog_close(rig->v);
	fake_close(&rig->fake);
}

static void
grow(struct rig *rig, size_t to)
{
	char body[32];

	(void)pthread_mutex_lock(&rig->fake.server.lock);
	while (rig->fake.count < to)
		fake_append(&rig->fake, body,
		    (size_t)snprintf(body, sizeof body, "entry %zu",
			rig->fake.count));
	(void)pthread_mutex_unlock(&rig->fake.server.lock);
}

/* Another entry where one was; the log signs it all the same. */
static void
rewrite(struct rig *rig, size_t index)
{
	(void)pthread_mutex_lock(&rig->fake.server.lock);
	rig->fake.leaves[index].bytes[0] ^= 1;
	(void)pthread_mutex_unlock(&rig->fake.server.lock);
}

static struct vexlog_monitor_result
look(struct rig *rig, const char *name)
{
	struct vexlog_monitor_result r = {0};

	is_int(vexlog_monitor(&r, arena, rig->v, rig->url, 10, &err), 0, name);
	is_text(r.log_id, rig->log_id, "  the log's id");
	return r;
}

static size_t
kept(struct rig *rig, bool inconsistent)
{
	const struct store_checkpoint *list;
	size_t count, n = 0;

	must(store_checkpoints(&list, &count, arena, rig->v->store,
		 rig->log_id, 1000, &err),
	    "checkpoints");
	for (size_t i = 0; i < count; i++)
		n += list[i].consistent != inconsistent;
	return n;
}

/* A history of its own, signed and kept as if it had been seen once. */
static void
keep_fork(struct rig *rig, size_t size)
{
	struct vexlog_bytes note;
	struct store_checkpoint row;
	struct hash root;

	rewrite(rig, 0);
	(void)pthread_mutex_lock(&rig->fake.server.lock);
	note = fake_checkpoint(&rig->fake, size, &root);
	(void)pthread_mutex_unlock(&rig->fake.server.lock);
	rewrite(rig, 0);
	row = (struct store_checkpoint){.log_id = rig->log_id,
	    .origin = rig->fake.origin,
	    .tree_size = (int64_t)size,
	    .root = text_hex_new(arena, root.bytes, HASH_SIZE, &err),
	    .note = (const char *)note.data,
	    .consistent = true,
	    .captured_at = NOW - HOUR};
	must(store_put_checkpoint(rig->v->store, &row, &err), "keep");
}

/* A tree under the same key, of another origin, that had more entries. */
static void
keep_shard(struct rig *rig, int64_t size)
{
	struct vexlog_bytes text, note;
	struct hash root = {{1}};
	const char *origin =
	    arena_print(arena, &err, "%s - 1", rig->fake.name);
	struct store_checkpoint row = {.log_id = rig->log_id,
	    .origin = origin,
	    .tree_size = size,
	    .root = text_hex_new(arena, root.bytes, HASH_SIZE, &err),
	    .consistent = true,
	    .captured_at = NOW - HOUR};

	must(checkpoint_write(
		 &text, arena, origin, (uint64_t)size, &root, &err),
	    "checkpoint");
	must(note_sign(
		 &note, arena, text, rig->fake.name, rig->fake.key, &err),
	    "note");
	row.note = arena_text(arena, note.data, note.size, &err);
	must(store_put_checkpoint(rig->v->store, &row, &err), "keep");
}

static void
watch(bool v1)
{
	struct vexlog_monitor_result r;
	struct vexlog_bytes json;
	struct json_doc doc;
	struct rig rig;

	printf("# Rekor v%d\n", v1 ? 1 : 2);
	open_rig(&rig, v1);
	keep_shard(&rig, 1000000);
	grow(&rig, 3);
	r = look(&rig, "a first look");
	ok(r.consistent && r.tree_size == 3 && r.alarm == NULL,
	    "nothing to compare with");
	grow(&rig, 300);
	r = look(&rig, "a log that grew");
	ok(r.consistent && r.tree_size == 300 && r.held == 1,
	    "the one checkpoint before is held against it");
	r = look(&rig, "a log that did not grow");
	ok(r.consistent && kept(&rig, false) == 3, "is kept once");

	rig.fake.count = 200;
	r = look(&rig, "rollback: a log that went back");
	ok(!r.consistent, "is an alarm");
	has_text(r.alarm, "from 300 entries to 200", "with both sizes");
	is_int((int64_t)kept(&rig, true), 1, "and what it showed is kept");
	rig.fake.count = 300;
	r = look(&rig, "a log that is back again");
	ok(r.consistent && kept(&rig, true) == 1,
	    "is well, and the evidence stays");

	rewrite(&rig, 7);
	r = look(&rig, "split view: the same size with another root");
	ok(!r.consistent, "is an alarm");
	is_int((int64_t)kept(&rig, true), 2, "and both roots are kept");
	grow(&rig, 310);
	r = look(&rig, "split view: a larger tree of another history");
	ok(!r.consistent && kept(&rig, true) == 3, "is an alarm and kept");
	rewrite(&rig, 7);
	r = look(&rig, "the first history again");
	ok(r.consistent, "is the one that was kept");

	keep_fork(&rig, 100);
	r = look(&rig, "split view: an older checkpoint of another history");
	ok(!r.consistent, "is an alarm");
	has_text(r.alarm, "100 entries", "and named");
	r = look(&rig, "once it is marked");
	ok(r.consistent, "the newest is well with the others");

	must(vexlog_log_history(&json, arena, rig.v, rig.log_id, &err),
	    "history");
	must(json_read(&doc, arena, json, 0, &err), "history is JSON");
	const struct json_value *list = json_get(doc.root, "checkpoints");
	size_t bad = 0;
	for (const struct json_value *c = json_first(list);
	     c != json_end(list); c = json_next(c)) {
		struct checkpoint cp;
		const char *note = json_get_text(c, "note");
		bad += checkpoint_read(&cp, arena, text_bytes(note), &err) !=
			0 ||
		    note_verify(&cp.note, rig.fake.name, rig.fake.key,
			NOTE_PLAIN, NULL, &err) != 0;
	}
	ok(bad == 0 && json_count(list) >= 6,
	    "the evidence holds every checkpoint, signed by the log");
	close_rig(&rig);
}

/* The log's HTTP Date says what its clock says. */
static void
check_clock(void)
{
	static const struct {
		int64_t ours;
		const char *name;
		int64_t least, most;
	} times[] = {
	    {0, "the same second", 0, 0},
	    {4, "4 s ahead", 3, 4},
	    {-4, "4 s behind", -5, -4},
	    {60, "a minute ahead", 59, 60},
	    {-3600, "an hour behind", -3601, -3600},
	};
	struct rig rig;

	printf("# clock\n");
	open_rig(&rig, false);
	grow(&rig, 1);
	rig.fake.date = "Date: Sat, 17 Jan 2026 01:00:00 GMT\r\n";
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct vexlog_monitor_result r;
		clock_now = NOW + times[i].ours * SECOND;
		r = look(&rig, times[i].name);
		ok(r.skew >= times[i].least * SECOND &&
			r.skew <= times[i].most * SECOND,
		    "  is seen: %lld us", (long long)r.skew);
	}
	ok(5 * SECOND == VEXLOG_SKEW_MAX, "more than 5 s is worth a warning");
	clock_now = NOW + HOUR;
	rig.fake.date = "Date: Sat, 17 Jan 2026 01:00:00 GMT\r\nAge: 7\r\n";
	is_int(look(&rig, "a copy from a cache").skew, 0,
	    "tells nothing about the log's clock");
	rig.fake.date = NULL;
	is_int(look(&rig, "a log that tells no time").skew, 0, "has no skew");
	clock_now = NOW;
	close_rig(&rig);
}

int
main(void)
{
	arena = vexlog_arena_open(256 * MIB);
	if (arena == NULL)
		bail("no memory");
	temp_folder(folder);
	watch(false);
	watch(true);
	check_clock();
	if (system(arena_print(arena, &err, "rm -rf %s", folder)) != 0)
		bail("can't remove the homes");
	vexlog_arena_close(arena);
	return tap_done();
}
