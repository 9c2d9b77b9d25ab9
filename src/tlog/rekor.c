/*
 * rekor.c - see rekor.h; and "rekor+http(s)://…", which finds out the
 * version by asking.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/rekor.h"

#define REASON_MAX 240 /* bytes of a server's own words that we repeat */

/* ---- open, close --------------------------------------------------------- */

/* The same log: its URL, with or without our scheme and a last "/". */
static bool
same_url(const char *url, const char *base)
{
	static const char *const schemes[] = {"rekor+", "rekor1+", "rekor2+"};
	size_t size, i;

	if (url == NULL)
		return false;
	for (i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (text_starts(url, schemes[i]))
			url += strlen(schemes[i]);
	size = strlen(url);
	while (size > 0 && url[size - 1] == '/')
		size--;
	return size == strlen(base) && memcmp(url, base, size) == 0;
}

/*
 * The origin that this log's checkpoints must have, where the trust file
 * says so: by URL, else (v2) by host name. A v1 log has an origin for each
 * shard, so there the log id in the answer leads to the key, and the key's
 * entry in the trust file to the origin.
 */
static void
origin_find(struct rekor *rekor, const struct log_ops *ops)
{
	const struct trust *trust = rekor->log.trust;
	const char *origin = NULL;
	size_t i;

	if (trust == NULL || ops == &log_rekor1)
		return;
	for (i = 0; i < trust->log_count && origin == NULL; i++)
		if (same_url(trust->logs[i].url, http_base(rekor->http)))
			origin = trust->logs[i].origin;
	if (origin == NULL &&
	    trust_log_by_origin(trust, http_host(rekor->http)) != NULL)
		origin = http_host(rekor->http);
	if (origin != NULL && strlen(origin) < sizeof rekor->log.origin)
		memcpy(rekor->log.origin, origin, strlen(origin) + 1);
}

int
rekor_open(struct log **out, const struct log_options *options,
    const struct log_ops *ops, struct vexlog_err *err)
{
	const char *plus = strchr(options->url, '+');
	struct vexlog_arena *arena, *scratch;
	struct rekor *rekor;
	int rc;

	if (plus == NULL)
		return err_set(err, VEXLOG_MISUSE,
		    "a Rekor log's URL is rekor+http(s)://…");
	arena = vexlog_arena_open(MIB);
	scratch = vexlog_arena_open(REKOR_SCRATCH_MAX);
	rekor = arena == NULL || scratch == NULL
	    ? NULL
	    : arena_zero(arena, sizeof *rekor, err);
	if (rekor == NULL) {
		vexlog_arena_close(arena);
		vexlog_arena_close(scratch);
		return err_memory(err);
	}
	rekor->arena = arena;
	rekor->scratch = scratch;
	rekor->log.ops = ops;
	rekor->log.trust = options->trust;
	rc = http_open(&rekor->http, plus + 1, options->timeout_ms, err);
	if (rc == 0 && strlen(http_base(rekor->http)) >= sizeof rekor->log.url)
		rc = err_set(err, VEXLOG_MISUSE, "the URL is too long");
	if (rc != 0) {
		rekor_close(&rekor->log);
		return rc;
	}
	(void)snprintf(rekor->log.url, sizeof rekor->log.url, "%s",
	    http_base(rekor->http));
	origin_find(rekor, ops);
	*out = &rekor->log;
	return 0;
}

void
rekor_close(struct log *log)
{
	struct rekor *rekor = (struct rekor *)log;

	if (rekor == NULL)
		return;
	http_close(rekor->http);
	vexlog_arena_close(rekor->scratch);
	vexlog_arena_close(rekor->arena);
}

/* ---- before sending ------------------------------------------------------ */

/* A key of this log may be in the trust file: one under its URL, one named
 * like its host, or one that is not tied to an address. */
static bool
may_be_trusted(const struct rekor *rekor)
{
	const struct trust *trust = rekor->log.trust;
	size_t i;

	for (i = 0; trust != NULL && i < trust->log_count; i++) {
		const struct trust_log *log = trust->logs + i;

		if (log->url == NULL ||
		    same_url(log->url, http_base(rekor->http)) ||
		    text_same(log->name, http_host(rekor->http)))
			return true;
	}
	return false;
}

int
rekor_may_submit(struct rekor *rekor, const struct log_request *requests,
    size_t count, struct vexlog_err *err)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (key_details(requests[i].key) == NULL) {
			(void)err_set(err, VEXLOG_MISUSE,
			    "a plain Ed25519 key can't be logged: a log sees "
			    "only the digest, and Ed25519 signs the message");
			(void)err_where(err, rekor->log.url);
			return err_hint(err,
			    "sign with an ECDSA P-256 key: vexlog key "
			    "generate");
		}
	if (may_be_trusted(rekor))
		return 0;
	(void)err_set(err, VEXLOG_MISUSE,
	    "no key of this log is in the trust file, so its answer could "
	    "not be verified; nothing was sent");
	(void)err_where(err, rekor->log.url);
	return err_hint(err,
	    "vexlog trust add --origin %.100s --key FILE --url %.60s",
	    rekor->log.origin[0] != '\0' ? rekor->log.origin
					 : http_host(rekor->http),
	    rekor->log.url);
}

/* ---- answers ------------------------------------------------------------- */

/* What the server says for itself, made fit for a message: the "message" of
 * its JSON or its first line, without control characters. */
static void
reason_of(
    char out[REASON_MAX], struct rekor *rekor, const struct http_answer *answer)
{
	struct vexlog_err ignored;
	struct json_doc doc;
	const char *text = (const char *)answer->body.data;
	size_t size = answer->body.size, at = 0;
	const char *message = NULL;

	if (size <= 64 * KIB &&
	    json_read(&doc, rekor->scratch, answer->body, 0, &ignored) == 0)
		message = json_get_text(doc.root, "message");
	if (message != NULL) {
		text = message;
		size = strlen(message);
	}
	if (size > REASON_MAX - 1)
		size = REASON_MAX - 1;
	while (size > 0 && text_utf8_valid(text, size) != size)
		size--;
	for (; at < size && text[at] != '\n'; at++)
		out[at] = (unsigned char)text[at] < 0x20 || text[at] == 0x7f
		    ? ' '
		    : text[at];
	out[at] = '\0';
}

/*
 * Statuses by which a log judges what it was sent. Any other comes from what
 * stands before it, an outage or an address that is wrong: the same request
 * may work later.
 */
static bool
is_judgement(int status, const char *reason)
{
	/* A v1 server says 500 for a body that is too large for it. */
	return status == 400 || status == 413 || status == 415 ||
	    status == 422 || strstr(reason, "body too large") != NULL;
}

/* The shard that follows a frozen one: the newest log of the trust file with
 * an address that is not this one. */
static const char *
next_shard(const struct rekor *rekor)
{
	const struct trust *trust = rekor->log.trust;
	const struct trust_log *found = NULL;
	size_t i;

	for (i = 0; trust != NULL && i < trust->log_count; i++) {
		const struct trust_log *log = trust->logs + i;

		if (log->url != NULL && text_starts(log->url, "http") &&
		    !same_url(log->url, http_base(rekor->http)) &&
		    (found == NULL || log->valid_from > found->valid_from))
			found = log;
	}
	return found == NULL ? NULL : found->url;
}

static int
hint_address(struct vexlog_err *err)
{
	return err_hint(err,
	    "no log of that kind judges there: check its address and who may "
	    "use it; nothing is lost");
}

int
rekor_judge(struct rekor *rekor, const struct http_answer *answer,
    const char *what, struct vexlog_err *err)
{
	char reason[REASON_MAX];
	const char *next;
	int status = answer->status;

	if (status >= 200 && status < 300)
		return 0;
	if (answer->retry_after > 0)
		rekor->log.retry_after = answer->retry_after * SECOND;
	if (status == 0) {
		/* Too large is no fault of the line: asking again gives the
		 * same, so it is an answer that does not hold. A redirect
		 * elsewhere judges nothing. */
		(void)err_set(err,
		    answer->failed == VEXLOG_LIMIT	? VEXLOG_BAD_PROOF
			: answer->failed == VEXLOG_REFUSED ? VEXLOG_UNREACHABLE
							   : answer->failed,
		    "%s: %s", what, answer->why);
		return err_where(err, rekor->log.url);
	}
	reason_of(reason, rekor, answer);
	if (status == 405) {
		rekor->log.frozen = true;
		(void)err_set(
		    err, VEXLOG_REFUSED, "%s: HTTP 405: %s", what, reason);
		(void)err_where(err, rekor->log.url);
		next = next_shard(rekor);
		return next != NULL
		    ? err_hint(err,
			  "this shard takes no more entries; the next one in "
			  "the trust file: vexlog link --log rekor+%.120s",
			  next)
		    : err_hint(err,
			  "this shard takes no more entries; the log's "
			  "operator names the next one");
	}
	(void)err_set(err,
	    is_judgement(status, reason) ? VEXLOG_REFUSED
		: status == 404		 ? VEXLOG_NOT_FOUND
					 : VEXLOG_UNREACHABLE,
	    "%s: HTTP %d%s%s", what, status, reason[0] != '\0' ? ": " : "",
	    reason);
	if (status == 401 || status == 403)
		(void)hint_address(err);
	return err_where(err, rekor->log.url);
}

/* The log's second has begun up to a second before it was told. */
void
rekor_clock(struct rekor *rekor, const struct http_answer *answer)
{
	int64_t now = rekor->log.now != NULL
	    ? rekor->log.now(rekor->log.now_context)
	    : time_now();

	rekor->log.skew = answer->date == 0 ? 0 : now - answer->date * SECOND;
	if (rekor->log.skew > 0 && rekor->log.skew < SECOND)
		rekor->log.skew = 0;
}

int
rekor_worse(int first, int second, struct vexlog_err *err,
    const struct vexlog_err *other)
{
	if (second == 0 ||
	    (first != 0 &&
		(first != VEXLOG_UNREACHABLE || second == VEXLOG_UNREACHABLE)))
		return first;
	*err = *other;
	return second;
}

int
rekor_sort(struct rekor *rekor, const struct rekor_sorter *sorter,
    void *context, const struct http_answer *answers, size_t count,
    struct vexlog_err *err)
{
	struct vexlog_err kept = {0};
	int worst = 0;

	for (size_t i = 0; i < count; i++) {
		int rc;
		if (answers[i].status == 409) {
			rc = sorter->place(context, i, answers + i, err);
		} else {
			rc = rekor_judge(
			    rekor, answers + i, "submitting an entry", err);
			if (rc == VEXLOG_NOT_FOUND) {
				rc = err->code = VEXLOG_UNREACHABLE;
				(void)hint_address(err);
			}
			if (rc == 0)
				rc = sorter->take(context, i, answers + i, err);
		}
		if (rc == VEXLOG_NO_MEMORY)
			return rc;
		worst = rekor_worse(worst, rc, &kept, err);
	}
	if (worst != 0)
		*err = kept;
	return worst;
}

int
rekor_lied(struct rekor *rekor, struct vexlog_err *err)
{
	if (err->code == VEXLOG_SYNTAX || err->code == VEXLOG_SHAPE ||
	    err->code == VEXLOG_NOT_FOUND)
		err->code = VEXLOG_BAD_PROOF;
	return err_where(err, rekor->log.url);
}

int
rekor_json(struct json_doc *out, struct vexlog_arena *arena,
    struct rekor *rekor, const struct http_answer *answer,
    struct vexlog_err *err)
{
	if (json_read(out, arena, answer->body, 0, err) == 0)
		return 0;
	return rekor_lied(rekor, err);
}

int
rekor_get(struct http_answer *answer, struct rekor *rekor, const char *path,
    const char *accept, size_t max, struct vexlog_err *err)
{
	const struct http_request request = {
	    .path = path,
	    .accept = accept,
	    .answer_max = max,
	};

	return http_ask(answer, rekor->scratch, rekor->http, &request, 1, err);
}

/* Before look number turn (1, 2, …). */
static bool
wait_a_while(const struct rekor *rekor, int *waited_ms, int turn, int limit_ms)
{
	int ms = turn <= 4 ? 50 << turn : 1000;
	struct timespec left;

	if (limit_ms > http_timeout(rekor->http))
		limit_ms = http_timeout(rekor->http);
	if (*waited_ms >= limit_ms)
		return false;
	if (ms > limit_ms - *waited_ms)
		ms = limit_ms - *waited_ms;
	*waited_ms += ms;
	left.tv_sec = ms / 1000;
	left.tv_nsec = (long)(ms % 1000) * 1000000;
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
	return true;
}

int
rekor_await(struct rekor *rekor, int limit_ms,
    int (*look)(bool *done, void *context, struct vexlog_err *err),
    void *context, struct vexlog_err *err)
{
	bool done = false;
	int waited = 0, turn = 1, rc;

	do {
		rc = look(&done, context, err);
		if (rc != 0 || done)
			return rc;
	} while (wait_a_while(rekor, &waited, turn++, limit_ms));
	err->code = VEXLOG_UNREACHABLE;
	(void)err_where(err, rekor->log.url);
	return err_hint(err,
	    "nothing is lost: the same entries are found by the next link");
}

/* ---- rekor+http(s): which version is it? --------------------------------- */

/* A v1 log describes itself; a v2 log publishes a checkpoint, or says that
 * it could (501) where another server does it for it. */
static int
find_out(struct rekor *rekor, struct vexlog_err *err)
{
	const struct http_request requests[] = {
	    {.path = "/api/v2/checkpoint", .answer_max = NOTE_SIZE_MAX},
	    {.path = "/api/v1/log",
		.accept = "application/json",
		.answer_max = ENTRY_JSON_MAX},
	};
	struct http_answer answers[2];
	struct checkpoint checkpoint;
	struct json_doc doc;
	struct vexlog_err first = {0}, second = {0};
	const struct log_ops *found = NULL;
	int rc;

	rekor->log.retry_after = 0;
	vexlog_arena_reset(rekor->scratch);
	rc = http_ask(answers, rekor->scratch, rekor->http, requests, 2, err);
	if (rc != 0)
		return rc;
	if (answers[0].status == 501 ||
	    (answers[0].status == 200 &&
		checkpoint_read(
		    &checkpoint, rekor->scratch, answers[0].body, &first) == 0))
		found = &log_rekor2;
	else if (answers[1].status == 200 &&
	    json_read(&doc, rekor->scratch, answers[1].body, 0, &second) == 0 &&
	    json_get_text(doc.root, "treeID") != NULL)
		found = &log_rekor1;
	if (found == NULL) {
		rc =
		    rekor_judge(rekor, answers, "looking for Rekor v2", &first);
		int v1 = rekor_judge(
		    rekor, answers + 1, "looking for Rekor v1", err);
		if (rc == VEXLOG_UNREACHABLE)
			*err = first;
		if (rc == VEXLOG_UNREACHABLE || v1 == VEXLOG_UNREACHABLE)
			return VEXLOG_UNREACHABLE;
		(void)err_set(err, VEXLOG_UNREACHABLE,
		    "neither Rekor v1 nor v2 answers at this address: HTTP %d "
		    "and %d",
		    answers[0].status, answers[1].status);
		(void)err_where(err, rekor->log.url);
		return err_hint(err,
		    "check the address; rekor1+… and rekor2+… ask nothing "
		    "first");
	}
	rekor->log.ops = found;
	origin_find(rekor, found);
	return 0;
}

static int find_open(struct log **out, const struct log_options *options,
    struct vexlog_err *err);

static int
find_submit(struct entry *entries, struct vexlog_arena *arena, struct log *log,
    const struct log_request *requests, size_t count, struct vexlog_err *err)
{
	int rc = rekor_may_submit((struct rekor *)log, requests, count, err);

	if (rc == 0)
		rc = find_out((struct rekor *)log, err);
	return rc != 0
	    ? rc
	    : log->ops->submit(entries, arena, log, requests, count, err);
}

static int
find_fetch(struct entry *out, struct vexlog_arena *arena, struct log *log,
    int64_t index, struct vexlog_err *err)
{
	int rc = find_out((struct rekor *)log, err);

	return rc != 0 ? rc : log->ops->fetch(out, arena, log, index, err);
}

static int
find_checkpoint(struct vexlog_bytes *note, struct vexlog_arena *arena,
    struct log *log, struct vexlog_err *err)
{
	int rc = find_out((struct rekor *)log, err);

	return rc != 0 ? rc : log->ops->checkpoint(note, arena, log, err);
}

static int
find_consistency(struct hash *proof, size_t *proof_size, struct log *log,
    uint64_t size1, uint64_t size2, struct vexlog_err *err)
{
	int rc = find_out((struct rekor *)log, err);

	return rc != 0
	    ? rc
	    : log->ops->consistency(proof, proof_size, log, size1, size2, err);
}

/* The first call that needs the network finds out and puts the version's
 * own table into the handle, so opening works while the log is away. */
const struct log_ops log_rekor = {
    .scheme = "rekor+",
    .open = find_open,
    .submit = find_submit,
    .fetch = find_fetch,
    .checkpoint = find_checkpoint,
    .consistency = find_consistency,
    .close = rekor_close,
};

static int
find_open(
    struct log **out, const struct log_options *options, struct vexlog_err *err)
{
	return rekor_open(out, options, &log_rekor, err);
}
