/*
 * log_scenario.h - what every kind of log has to do: submit, submit again,
 * fetch, follow its checkpoints, open it anew.
 */
#ifndef VEXLOG_TESTS_LOG_SCENARIO_H
#define VEXLOG_TESTS_LOG_SCENARIO_H

#include "base/time.h"
#include "tests/unit/tile_rig.h"

enum { MANY = 300 };

static struct key *signer;
static struct log_request requests[MANY];

static void
make_requests(void)
{
	must(key_generate(&signer, KEY_P256, &err), "key");
	for (size_t i = 0; i < MANY; i++) {
		requests[i].key = signer;
		requests[i].message =
		    text_bytes(arena_print(arena, &err, "message %zu", i));
		must(key_sign(&requests[i].signature, arena, signer,
			 requests[i].message, &err),
		    "sign");
	}
}

/* A log in a folder, and a trust file that has its key for a URL (NULL: of
 * the folder). */
static struct trust *
make_log(const char **url, const char *folder)
{
	struct vexlog_bytes json;
	struct trust *trust;
	const char *origin;
	struct key *key;

	must(log_local_init(folder, &err), "init");
	must(log_local_identity(&origin, &key, arena, folder, &err), "who");
	if (*url == NULL)
		*url = arena_print(arena, &err, "local:%s", folder);
	must(trust_add_log(
		 &json, arena, NULL, origin, *url, key, 0, TIME_MAX, &err),
	    "trust");
	key_close(key);
	must(trust_read(&trust, json, &err), "trust");
	return trust;
}

static struct log *
open_log(const char *url, const struct trust *trust)
{
	const struct log_options options = {.url = url, .trust = trust};
	struct log *log;

	must(log_open(&log, &options, &err), url);
	return log;
}

static bool
same_entry(const struct entry *a, const struct entry *b)
{
	return text_same(a->uuid, b->uuid) && a->log_index == b->log_index &&
	    text_same(a->log_id, b->log_id) && a->body.size == b->body.size &&
	    memcmp(a->body.data, b->body.data, a->body.size) == 0;
}

static void
scenario(const char *url, const struct trust *trust)
{
	struct log *log = open_log(url, trust);
	struct entry first, again, all[MANY], later[MANY], fetched;
	struct checkpoint empty, one, many, last;
	size_t good = 0;

	must(log_checkpoint(&empty, arena, log, &err), "checkpoint");
	is_int((int64_t)empty.size, 0, "an empty log");
	must(log_submit(&first, arena, log, requests, 1, &err), "submit");
	is_int(first.log_index, 0, "the first entry");
	is_text(first.kind, "hashedrekord", "its kind");
	has_text(url, first.log_url, "its log");
	is_int(first.integrated_time, TIME_NONE, "nobody tells the time");
	must(log_submit(&again, arena, log, requests, 1, &err), "again");
	ok(same_entry(&first, &again), "the same request, the same entry");
	must(log_checkpoint(&one, arena, log, &err), "checkpoint");
	is_int((int64_t)one.size, 1, "one entry");

	must(log_submit(all, arena, log, requests, MANY, &err), "many");
	for (size_t i = 0; i < MANY; i++)
		for (size_t k = 0; k < MANY; k++)
			good += all[k].log_index == (int64_t)i;
	is_int((int64_t)good, MANY, "many entries, each in one place");
	ok(same_entry(&first, &all[0]), "and the first where it was");
	must(log_checkpoint(&many, arena, log, &err), "checkpoint");
	is_int((int64_t)many.size, MANY, "all are there");
	is_int(log_consistent(log, &empty, &one, &err), 0, "from nothing");
	is_int(log_consistent(log, &one, &many, &err), 0, "from one");
	is_int(log_consistent(log, &many, &many, &err), 0, "from itself");
	is_int(log_consistent(log, &many, &one, &err), VEXLOG_BAD_PROOF,
	    "not backwards");

	good = 0;
	for (size_t i = 0; i < MANY; i++)
		good += log_fetch(&fetched, arena, log, all[i].log_index,
			    &err) == 0 &&
		    same_entry(&fetched, &all[i]);
	is_int((int64_t)good, MANY, "each is fetched by its index");
	is_int(log_fetch(&fetched, arena, log, MANY, &err), VEXLOG_NOT_FOUND,
	    "none behind the last");
	is_int(log_submit(&again, arena, log, requests, 0, &err), 0, "none");
	log_close(log);

	log = open_log(url, trust);
	must(log_submit(later, arena, log, requests, MANY, &err), "once more");
	good = 0;
	for (size_t i = 0; i < MANY; i++)
		good += same_entry(&later[i], &all[i]);
	is_int((int64_t)good, MANY, "opened anew, nothing is logged twice");
	must(log_checkpoint(&last, arena, log, &err), "checkpoint");
	ok(last.size == many.size && hash_same(&last.root, &many.root),
	    "the tree is the same");
	one.root.bytes[7] ^= 1;
	is_int(log_consistent(log, &one, &last, &err), VEXLOG_BAD_PROOF,
	    "another root before: an alarm");
	last.root.bytes[7] ^= 1;
	is_int(log_consistent(log, &many, &last, &err), VEXLOG_BAD_PROOF,
	    "two roots of one size: an alarm");
	log_close(log);
}

#endif
