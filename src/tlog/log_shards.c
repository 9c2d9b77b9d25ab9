/*
 * log_shards.c - "signing-config:FILE": the log that a Sigstore signing
 * config names, and the next one when a shard is frozen.
 *
 * Shards come and go. The file lists them with their times; the newest of the
 * highest version that is valid now is written to. One that answers that it
 * takes no more (405) is left for the one behind it, with the same bytes.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/log.h"
#include "tlog/signing_config.h"

#define SCHEME      "signing-config:"
#define VERSION_MAX 2
#define ARENA_MAX   (8 * CONFIG_SIZE_MAX)

struct shards {
	struct log log; /* first */
	struct vexlog_arena *arena;
	struct log_options options;
	const struct signing_log *const *list; /* valid now, the best first */
	size_t count, at;
	struct log *inner; /* list[at] */
};

/* What callers see of the head is the shard's. */
static void
adopt(struct shards *s)
{
	memcpy(s->log.url, s->inner->url, sizeof(s->log.url));
	memcpy(s->log.origin, s->inner->origin, sizeof(s->log.origin));
	s->log.retry_after = s->inner->retry_after;
	s->log.frozen = s->inner->frozen;
	s->log.skew = s->inner->skew;
}

static int
open_shard(struct shards *s, size_t at, struct vexlog_err *err)
{
	struct log_options options = s->options;
	struct log *log;
	int rc;

	options.url = signing_log_url(s->arena, s->list[at], err);
	if (options.url == NULL)
		return err->code;
	if ((rc = log_open(&log, &options, err)) != 0)
		return rc;
	log_close(s->inner);
	s->inner = log;
	s->at = at;
	adopt(s);
	return 0;
}

static void
shards_close(struct log *log)
{
	struct shards *s = (struct shards *)log;

	log_close(s->inner);
	vexlog_arena_close(s->arena);
}

/* ---- which ones ---------------------------------------------------------- */

/* We write an entry to one log, once. */
static int
check_selector(
    const struct signing_config *config, size_t valid, struct vexlog_err *err)
{
	bool many = config->selector == SIGNING_ALL
	    ? valid > 1
	    : config->selector == SIGNING_EXACT && config->count > 1;

	if (!many)
		return 0;
	err_set(err, VEXLOG_MISUSE,
	    "the signing config asks for an entry in several logs at once, "
	    "an entry is written to one");
	return err_hint(err, "name the log itself: --log rekor+https://HOST");
}

static int
choose(struct shards *s, struct vexlog_bytes json, struct vexlog_err *err)
{
	struct signing_config config;
	int64_t now = s->options.now != NULL
	    ? s->options.now(s->options.now_context)
	    : time_now();
	int rc = signing_config_read(&config, s->arena, json, err);

	if (rc == 0)
		rc = signing_config_logs(&s->list, &s->count, s->arena, &config,
		    now, VERSION_MAX, err);
	if (rc != 0)
		return rc;
	if (s->count == 0) {
		err_set(err, VEXLOG_NOT_FOUND,
		    "none of the %zu logs of the signing config is valid now "
		    "and of a version that we know",
		    config.log_count);
		return err_hint(err, "get the operator's newest file");
	}
	return check_selector(&config, s->count, err);
}

static int
shards_open(
    struct log **out, const struct log_options *options, struct vexlog_err *err)
{
	const char *path = options->url + strlen(SCHEME);
	struct vexlog_arena *arena = vexlog_arena_open(ARENA_MAX);
	struct vexlog_bytes json;
	struct shards *s;
	int rc;

	if (arena == NULL)
		return err_memory(err);
	if ((s = arena_zero(arena, sizeof(*s), err)) == NULL) {
		vexlog_arena_close(arena);
		return err->code;
	}
	s->log.ops = &log_shards;
	s->arena = arena;
	s->options = *options;
	rc = file_read(&json, arena, path, CONFIG_SIZE_MAX, err);
	if (rc == 0 && (rc = choose(s, json, err)) != 0)
		err_where(err, path);
	if (rc == 0)
		rc = open_shard(s, 0, err);
	if (rc != 0) {
		shards_close(&s->log);
		return rc;
	}
	*out = &s->log;
	return 0;
}

/* ---- the shard's own answers --------------------------------------------- */

static int
shards_submit(struct entry *entries, struct vexlog_arena *arena,
    struct log *log, const struct log_request *requests, size_t count,
    struct vexlog_err *err)
{
	struct shards *s = (struct shards *)log;
	int rc;

	for (;;) {
		rc = s->inner->ops->submit(
		    entries, arena, s->inner, requests, count, err);
		adopt(s);
		if (rc == 0 || !s->inner->frozen || s->at + 1 == s->count)
			return rc;
		if ((rc = open_shard(s, s->at + 1, err)) != 0)
			return rc;
	}
}

static int
shards_fetch(struct entry *out, struct vexlog_arena *arena, struct log *log,
    int64_t index, struct vexlog_err *err)
{
	struct shards *s = (struct shards *)log;
	int rc = s->inner->ops->fetch(out, arena, s->inner, index, err);

	adopt(s);
	return rc;
}

static int
shards_checkpoint(struct vexlog_bytes *note, struct vexlog_arena *arena,
    struct log *log, struct vexlog_err *err)
{
	struct shards *s = (struct shards *)log;
	int rc = s->inner->ops->checkpoint(note, arena, s->inner, err);

	adopt(s);
	return rc;
}

static int
shards_consistency(struct hash *proof, size_t *proof_size, struct log *log,
    uint64_t size1, uint64_t size2, struct vexlog_err *err)
{
	struct shards *s = (struct shards *)log;
	int rc = s->inner->ops->consistency(
	    proof, proof_size, s->inner, size1, size2, err);

	adopt(s);
	return rc;
}

const struct log_ops log_shards = {
    .scheme = SCHEME,
    .open = shards_open,
    .submit = shards_submit,
    .fetch = shards_fetch,
    .checkpoint = shards_checkpoint,
    .consistency = shards_consistency,
    .close = shards_close,
};
