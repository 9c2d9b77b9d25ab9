/*
 * rekor_test.c - the Rekor clients against logs that work first, and then go
 * wrong in one named way. Whatever happens, an entry is neither lost nor
 * logged twice, but where the log itself forgets.
 */
#define _GNU_SOURCE
#include "tests/fakelog.h"
#include "tlog/log.h"

enum { MANY = 100 };

static struct vexlog_arena *arena;
static struct vexlog_err err;
static struct key *signer;
static struct loopback elsewhere;
static struct log_request requests[MANY];

static void
must(int rc, const char *what)
{
	if (rc != 0)
		bail("%s: %s", what, err.message);
}

static void
answer_elsewhere(struct loopback_reply *reply,
    const struct loopback_request *request, void *context)
{
	(void)request;
	(void)context;
	loopback_text(reply, 200, "{}");
}

static void
make_requests(void)
{
	size_t i;

	for (i = 0; i < MANY; i++) {
		const char *message =
		    arena_print(arena, &err, "message %zu", i);

		requests[i].key = signer;
		requests[i].message = text_bytes(message);
		must(key_sign(&requests[i].signature, arena, signer,
			 requests[i].message, &err),
		    "signing");
	}
}

/* A log and what we know of it. */
struct rig {
	struct fake fake;
	struct trust *trust;
	struct log *log;
};

static struct trust *
trust_of(const struct fake *fake, const char *url)
{
	struct trust *trust;
	struct vexlog_bytes json;

	must(trust_add_log(&json, arena, NULL, fake->origin, url, fake->key, 0,
		 INT64_MAX, &err),
	    "trust_add_log");
	must(trust_read(&trust, json, &err), "trust_read");
	return trust;
}

static struct log *
open_log(const struct rig *rig, const char *scheme, int timeout_ms)
{
	char url[128];
	const struct log_options options = {
	    .url = url,
	    .trust = rig->trust,
	    .timeout_ms = timeout_ms,
	};
	struct log *log;

	(void)snprintf(url, sizeof url, "%s%s", scheme, rig->fake.server.url);
	must(log_open(&log, &options, &err), url);
	return log;
}

static void
rig_open(struct rig *rig, bool v1)
{
	fake_open(&rig->fake, v1);
	(void)snprintf(rig->fake.elsewhere, sizeof rig->fake.elsewhere, "%s",
	    elsewhere.url);
	rig->trust = trust_of(&rig->fake, rig->fake.server.url);
	rig->log = open_log(rig, v1 ? "rekor1+" : "rekor2+", 2000);
}

static void
rig_close(struct rig *rig)
{
	log_close(rig->log);
	trust_close(rig->trust);
	fake_close(&rig->fake);
}

/* Submits one request; the index it got, or the code. */
static int64_t
submit(struct rig *rig, size_t which)
{
	struct entry entry;
	int rc = log_submit(&entry, arena, rig->log, requests + which, 1, &err);

	return rc == 0 ? entry.log_index : rc;
}

/* ---- both versions ------------------------------------------------------- */

static void
test_good(struct rig *rig)
{
	struct entry entries[MANY], again[MANY], fetched;
	struct checkpoint old, new;
	size_t i, same = 0;

	is_int(log_submit(entries, arena, rig->log, requests, 3, &err), 0,
	    "three entries");
	is_int(
	    entries[0].log_index + entries[1].log_index + entries[2].log_index,
	    3, "have the first three places");
	is_text(entries[0].log_url, rig->fake.server.url, "the log's URL");
	is_text(entries[0].kind, "hashedrekord", "the kind");
	is_text(entries[0].version, rig->fake.v1 ? "0.0.1" : "0.0.2",
	    "the version");
	is_int((int64_t)strlen(entries[0].uuid), rig->fake.v1 ? 80 : 64,
	    "the uuid");
	ok(rig->fake.v1 == (entries[0].integrated_time != INT64_MIN),
	    "only v1 has a time");
	is_int(log_checkpoint(&old, arena, rig->log, &err), 0, "checkpoint");
	is_int((int64_t)old.size, 3, "of three entries");

	is_int(log_submit(again, arena, rig->log, requests, MANY, &err), 0,
	    "100 entries at once, three of them again");
	for (i = 0; i < 3; i++)
		same += again[i].log_index == entries[i].log_index &&
		    strcmp(again[i].uuid, entries[i].uuid) == 0;
	is_int((int64_t)same, 3, "the three are found where they were");
	is_int((int64_t)rig->fake.count, MANY, "nothing is logged twice");
	is_int(log_checkpoint(&new, arena, rig->log, &err), 0, "checkpoint");
	is_int(log_consistent(rig->log, &old, &new, &err), 0,
	    "the new tree extends the old one");
	is_int(log_consistent(rig->log, &new, &new, &err), 0,
	    "and is consistent with itself");
	is_int(log_fetch(&fetched, arena, rig->log, again[50].log_index, &err),
	    0, "fetch by index");
	is_text(fetched.uuid, again[50].uuid, "is the entry");
	is_int((int64_t)fetched.tree_size, MANY, "with a proof to the newest");
	is_int(log_fetch(&fetched, arena, rig->log, MANY, &err),
	    VEXLOG_NOT_FOUND, "an entry that is not there");
	is_int(log_submit(entries, arena, rig->log, requests, 0, &err), 0,
	    "no request at all");
}

/* After each fault the same request finds its entry, logged once. */
static void
test_passing(struct rig *rig)
{
	static const struct {
		enum fake_fault fault;
		const char *name, *says;
	} faults[] = {
	    {FAKE_LOSE, "lost answer", ""},
	    {FAKE_HANG, "hung server", ""},
	    {FAKE_DRIP, "slow drip", ""},
	    {FAKE_BUSY, "busy server", "reached max pushback; retry"},
	    {FAKE_REDIRECT, "redirect to another host",
		"redirects to another server"},
	};
	size_t i, before;
	int64_t rc;

	for (i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		before = rig->fake.count;
		fake_tell(&rig->fake, faults[i].fault, 2);
		rc = submit(rig, i);
		is_int(rc, VEXLOG_UNREACHABLE, faults[i].name);
		has_text(err.message, faults[i].says, "the reason");
		has_text(err.where, rig->fake.server.url, "the place");
		is_int(rig->log->retry_after,
		    faults[i].fault == FAKE_BUSY ? 17000000 : 0,
		    "Retry-After is passed on");
		fake_tell(&rig->fake, FAKE_FINE, 0);
		is_int(submit(rig, i), (int64_t)before,
		    "the same request again finds it");
		is_int((int64_t)rig->fake.count, (int64_t)before + 1,
		    "logged once");
		is_int(rig->log->retry_after, 0, "nothing to wait for");
	}
	is_int((int64_t)elsewhere.requests, 0, "nobody else was asked");
}

static void
test_killed(struct rig *rig)
{
	size_t before = rig->fake.count;

	fake_stop(&rig->fake);
	is_int(submit(rig, 10), VEXLOG_UNREACHABLE, "killed server");
	is_int(submit(rig, 10), VEXLOG_UNREACHABLE, "and still dead");
	fake_start(&rig->fake);
	is_int(submit(rig, 10), (int64_t)before, "started again");
	/* libcurl itself tries again where an open connection was cut */
	fake_tell(&rig->fake, FAKE_LOSE, 2);
	is_int(submit(rig, 11), VEXLOG_UNREACHABLE,
	    "killed after the entry was logged");
	fake_tell(&rig->fake, FAKE_FINE, 0);
	fake_stop(&rig->fake);
	fake_start(&rig->fake);
	is_int(submit(rig, 11), (int64_t)before + 1, "found after the restart");
	is_int((int64_t)rig->fake.count, (int64_t)before + 2, "logged once");
}

/* The log says no: one try, nothing logged, not to be tried again. */
static void
test_refused(struct rig *rig)
{
	static const struct {
		enum fake_fault fault;
		const char *name, *says, *hint;
	} faults[] = {
	    {FAKE_FROZEN, "frozen shard", "has been frozen",
		"takes no more entries"},
	    {FAKE_TOO_LARGE, "body too large", "request body too large", ""},
	    {FAKE_BAD_REQUEST, "bad request",
		"HTTP 400: invalid hashedrekord request", ""},
	};
	struct entry entries[8];
	size_t i, before = rig->fake.count;

	for (i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		fake_tell(&rig->fake, faults[i].fault, 1);
		is_int(submit(rig, 20), VEXLOG_REFUSED, faults[i].name);
		has_text(err.message, faults[i].says, "the reason");
		has_text(err.hint, faults[i].hint, "what to do");
	}
	is_int((int64_t)rig->fake.count, (int64_t)before, "nothing logged");
	fake_tell(&rig->fake, FAKE_BAD_REQUEST, 1);
	is_int(log_submit(entries, arena, rig->log, requests + 20, 8, &err),
	    VEXLOG_REFUSED, "one of eight is refused");
	fake_tell(&rig->fake, FAKE_FINE, 0);
}

/* The log says yes and means something else. */
static void
test_lies(struct rig *rig)
{
	static const struct {
		enum fake_fault fault;
		int versions; /* bit 0: v1, bit 1: v2 */
		const char *name, *says;
	} faults[] = {
	    {FAKE_OTHER_ENTRY, 3, "entry of someone else's signature", ""},
	    {FAKE_OTHER_BODY, 3, "entry over another digest", ""},
	    {FAKE_TWO_ENTRIES, 1, "two entries in the answer", ""},
	    {FAKE_WRONG_UUID, 1, "wrong uuid", ""},
	    {FAKE_BAD_PROOF, 3, "a bit of the proof changed", ""},
	    {FAKE_NOT_JSON, 3, "malformed JSON", ""},
	    {FAKE_EMPTY, 3, "an empty answer", ""},
	    {FAKE_HUGE, 3, "answer too large", "larger than"},
	    {FAKE_OTHER_KEY, 3, "checkpoint of another key", ""},
	    {FAKE_OTHER_ORIGIN, 3, "checkpoint of another log", ""},
	};
	size_t i, which = 30;
	int64_t at;

	for (i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		if ((faults[i].versions & (rig->fake.v1 ? 1 : 2)) == 0)
			continue;
		fake_tell(&rig->fake, faults[i].fault, 1);
		is_int(submit(rig, which), VEXLOG_BAD_PROOF, faults[i].name);
		has_text(err.message, faults[i].says, err.message);
		fake_tell(&rig->fake, FAKE_FINE, 0);
		at = submit(rig, which);
		ok(at >= 0, "an honest answer is taken again");
		which++;
	}
}

/* Duplicates that the log answers wrongly. */
static void
test_places(struct rig *rig)
{
	is_int(submit(rig, 60) >= 0, true, "an entry");
	fake_tell(&rig->fake, FAKE_NO_PLACE, 1);
	is_int(submit(rig, 60), VEXLOG_BAD_PROOF, "409 without a place");
	has_text(err.message, "and not where", "is named");
	fake_tell(&rig->fake, FAKE_OTHER_PLACE, 1);
	is_int(submit(rig, 60), VEXLOG_BAD_PROOF,
	    "409 with the place of another entry");
	if (rig->fake.v1) {
		size_t before = elsewhere.requests;

		fake_tell(&rig->fake, FAKE_OTHER_HOST, 1);
		ok(submit(rig, 60) >= 0, "409 with a place on another host");
		is_int((int64_t)elsewhere.requests, (int64_t)before,
		    "is looked up on the log's own");
	}
	fake_tell(&rig->fake, FAKE_FINE, 0);
}

/* A log that forgets its duplicates doubles, and we take what it gives. */
static void
test_forgetful(struct rig *rig)
{
	size_t before = rig->fake.count;
	int64_t first = submit(rig, 61), second;

	is_int(first, (int64_t)before, "an entry");
	fake_tell(&rig->fake, FAKE_FORGET, 1);
	second = submit(rig, 61);
	is_int(second, (int64_t)before + 1, "a log that forgot logs it again");
	is_int(submit(rig, 61), first, "and finds the first one after that");
}

struct worker {
	struct rig *rig;
	struct vexlog_arena *arena;
	struct vexlog_err err;
	struct entry entries[MANY];
	int rc;
};

static void *
work(void *context)
{
	struct worker *worker = context;
	struct log *log = open_log(
	    worker->rig, worker->rig->fake.v1 ? "rekor1+" : "rekor2+", 0);

	worker->rc = log_submit(worker->entries, worker->arena, log,
	    requests + 62, 20, &worker->err);
	log_close(log);
	return NULL;
}

static void
test_two_workers(struct rig *rig)
{
	static struct worker workers[2];
	pthread_t threads[2];
	size_t before = rig->fake.count, i, same = 0;

	for (i = 0; i < 2; i++) {
		workers[i].rig = rig;
		workers[i].arena = vexlog_arena_open(64 * MIB);
		if (workers[i].arena == NULL ||
		    pthread_create(threads + i, NULL, work, workers + i) != 0)
			bail("cannot start a worker");
	}
	for (i = 0; i < 2; i++) {
		(void)pthread_join(threads[i], NULL);
		is_int(workers[i].rc, 0, "one of two workers");
	}
	for (i = 0; i < 20; i++)
		same += workers[0].entries[i].log_index ==
		    workers[1].entries[i].log_index;
	is_int((int64_t)same, 20, "double submit: both get the same entries");
	is_int(
	    (int64_t)rig->fake.count, (int64_t)before + 20, "each logged once");
	for (i = 0; i < 2; i++)
		vexlog_arena_close(workers[i].arena);
}

/* Nothing leaves the machine. */
static void
test_nothing_sent(struct rig *rig)
{
	struct log_request request = requests[0];
	struct log_options options = {.url = "rekor2+http://127.0.0.1:1"};
	size_t before = rig->fake.server.requests;
	struct trust *trust;
	struct entry entry;
	struct key *key;
	struct log *log;
	struct rig other = *rig;

	must(key_generate(&key, KEY_ED25519, &err), "key");
	request.key = key;
	is_int(log_submit(&entry, arena, rig->log, &request, 1, &err),
	    VEXLOG_MISUSE, "a plain Ed25519 key");
	has_text(err.message, "Ed25519", "the reason");
	key_close(key);

	trust = trust_of(&rig->fake, "https://another.example");
	other.trust = trust;
	log = open_log(&other, rig->fake.v1 ? "rekor1+" : "rekor2+", 0);
	is_int(log_submit(&entry, arena, log, requests, 1, &err), VEXLOG_MISUSE,
	    "a log that is not in the trust file");
	has_text(err.hint, "vexlog trust add", "what to do");
	log_close(log);
	trust_close(trust);
	is_int((int64_t)rig->fake.server.requests, (int64_t)before,
	    "nothing was sent");

	options.trust = rig->trust;
	options.url = "rekor2+ftp://127.0.0.1";
	is_int(log_open(&log, &options, &err), VEXLOG_MISUSE, "ftp");
	options.url = "rekor3+http://127.0.0.1";
	is_int(log_open(&log, &options, &err), VEXLOG_MISUSE, "rekor3+");
}

static void
test_find_out(struct rig *rig)
{
	struct log *log = open_log(rig, "rekor+", 2000);
	struct checkpoint checkpoint;
	struct entry entry;

	is_int(log_submit(&entry, arena, log, requests, 1, &err), 0,
	    "rekor+ finds out the version");
	is_text(entry.version, rig->fake.v1 ? "0.0.1" : "0.0.2", "this one");
	log_close(log);
	fake_stop(&rig->fake);
	log = open_log(rig, "rekor+", 2000);
	is_int(log_checkpoint(&checkpoint, arena, log, &err),
	    VEXLOG_UNREACHABLE, "rekor+ opens while the log is away");
	fake_start(&rig->fake);
	is_int(log_checkpoint(&checkpoint, arena, log, &err), 0,
	    "and works when it is back");
	log_close(log);
}

/* ---- v1 ------------------------------------------------------------------ */

static void
test_hung_signer(struct rig *rig)
{
	size_t before = rig->fake.count;

	fake_tell(&rig->fake, FAKE_HANG, 1);
	is_int(submit(rig, 82), VEXLOG_UNREACHABLE, "hung signer: no answer");
	fake_tell(&rig->fake, FAKE_PENDING, 1000);
	is_int(submit(rig, 82), VEXLOG_UNREACHABLE,
	    "409, then 404: it is pending");
	has_text(err.message, "not integrated", "is named");
	has_text(err.hint, "nothing is lost", "and explained");
	fake_tell(&rig->fake, FAKE_PENDING, 1);
	is_int(submit(rig, 82), (int64_t)before,
	    "404 once: a short wait is enough");
	fake_tell(&rig->fake, FAKE_FINE, 0);
	is_int((int64_t)rig->fake.count, (int64_t)before + 1, "logged once");
}

/* ---- v2 ------------------------------------------------------------------ */

static void
test_checkpoint_wait(struct rig *rig)
{
	size_t before = rig->fake.count;

	fake_tell(&rig->fake, FAKE_LOSE, 2);
	is_int(submit(rig, 83), VEXLOG_UNREACHABLE, "a lost answer");
	fake_tell(&rig->fake, FAKE_FINE, 0);
	rig->fake.published = before;
	is_int(submit(rig, 83), VEXLOG_UNREACHABLE,
	    "no checkpoint covers the entry yet");
	has_text(err.message, "does not cover entry", "is named");
	rig->fake.published = SIZE_MAX;
	is_int(submit(rig, 83), (int64_t)before, "one does");
}

static void
test_next_shard(struct rig *rig)
{
	struct vexlog_bytes json;
	struct trust *trust;
	struct rig other = *rig;

	must(trust_add_log(&json, arena, rig->trust, "next.fake",
		 "https://next.fake", rig->fake.other_key, 1000000, INT64_MAX,
		 &err),
	    "trust_add_log");
	must(trust_read(&trust, json, &err), "trust_read");
	other.trust = trust;
	other.log = open_log(&other, "rekor2+", 0);
	fake_tell(&rig->fake, FAKE_FROZEN, 1);
	is_int(submit(&other, 84), VEXLOG_REFUSED, "frozen shard");
	has_text(err.hint, "https://next.fake",
	    "the next one in the trust file is named");
	log_close(other.log);
	trust_close(trust);
}

/* Tiles of a tree with three levels of them. */
static void
test_tiles(struct rig *rig)
{
	static const struct {
		enum fake_fault fault;
		int rc;
		const char *name;
	} faults[] = {
	    {FAKE_FINE, 0, "all tiles there"},
	    {FAKE_NO_TILES, VEXLOG_UNREACHABLE, "no tiles at all"},
	    {FAKE_SHORT_TILE, VEXLOG_BAD_PROOF, "a tile a byte short"},
	    {FAKE_BAD_TILE, VEXLOG_BAD_PROOF, "a tile with a changed bit"},
	    {FAKE_OTHER_KEY, VEXLOG_BAD_PROOF, "checkpoint of another key"},
	    {FAKE_OTHER_ORIGIN, VEXLOG_BAD_PROOF, "checkpoint of another log"},
	};
	char filler[32];
	size_t i;
	int64_t first;

	for (i = rig->fake.count; i < 256 + 5; i++) {
		(void)snprintf(filler, sizeof filler, "filler %zu", i);
		fake_append(&rig->fake, filler, strlen(filler));
	}
	first = submit(rig, 85);
	is_int(first, 261, "an entry in a partial tile");
	/* the tree grows; the partial tile of 6 is full now */
	for (i = rig->fake.count; i < 70000; i++) {
		(void)snprintf(filler, sizeof filler, "filler %zu", i);
		fake_append(&rig->fake, filler, strlen(filler));
	}
	for (i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		fake_tell(&rig->fake, faults[i].fault, 1);
		is_int(submit(rig, 85),
		    faults[i].rc == 0 ? first : faults[i].rc, faults[i].name);
	}
	/* 262 leaves under the checkpoint, but only the tile of 512 left */
	fake_tell(&rig->fake, FAKE_FINE, 0);
	rig->fake.published = SIZE_MAX;
	is_int(submit(rig, 86), 70000, "an entry at 70000");
	is_int(submit(rig, 86), 70000, "is found by three levels of tiles");
}

static void
test_partial_gone(struct rig *rig)
{
	struct checkpoint old, new;
	char filler[32];
	size_t i;

	is_int(log_checkpoint(&old, arena, rig->log, &err), 0, "a checkpoint");
	for (i = rig->fake.count; i < 70144; i++) {
		(void)snprintf(filler, sizeof filler, "filler %zu", i);
		fake_append(&rig->fake, filler, strlen(filler));
	}
	is_int(log_checkpoint(&new, arena, rig->log, &err), 0,
	    "a newer checkpoint");
	is_int(log_consistent(rig->log, &old, &new, &err), 0,
	    "a consistency proof from tiles");
	fake_tell(&rig->fake, FAKE_BAD_TILE, 1);
	is_int(log_consistent(rig->log, &old, &new, &err), VEXLOG_BAD_PROOF,
	    "with a changed bit");
	fake_tell(&rig->fake, FAKE_FINE, 0);
	is_int(log_consistent(rig->log, &new, &old, &err) != 0, true,
	    "a tree that shrank");
}

int
main(void)
{
	struct rig v1, v2;

	arena = vexlog_arena_open(1024 * MIB);
	if (arena == NULL)
		bail("no memory");
	must(key_generate(&signer, KEY_P256, &err), "key");
	make_requests();
	loopback_open(&elsewhere, 0, NULL, answer_elsewhere, NULL);
	rig_open(&v1, true);
	rig_open(&v2, false);
	test_good(&v1);
	test_good(&v2);
	rig_close(&v1);
	rig_close(&v2);

	rig_open(&v1, true);
	rig_open(&v2, false);
	test_passing(&v1);
	test_passing(&v2);
	test_killed(&v1);
	test_killed(&v2);
	test_refused(&v1);
	test_refused(&v2);
	test_lies(&v1);
	test_lies(&v2);
	test_places(&v1);
	test_places(&v2);
	test_forgetful(&v1);
	test_forgetful(&v2);
	test_two_workers(&v1);
	test_two_workers(&v2);
	test_nothing_sent(&v1);
	test_nothing_sent(&v2);
	test_find_out(&v1);
	test_find_out(&v2);
	test_hung_signer(&v1);
	test_checkpoint_wait(&v2);
	test_next_shard(&v2);
	test_tiles(&v2);
	test_partial_gone(&v2);
	rig_close(&v1);
	rig_close(&v2);
	loopback_close(&elsewhere);
	key_close(signer);
	vexlog_arena_close(arena);
	return tap_done();
}
