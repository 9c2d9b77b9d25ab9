/*
 * log.c - the front of every log: finds the backend, and lets nothing pass
 * that it said before it was verified against the trust file.
 */
#include "tlog/log.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/entry_judge.h"
#include "tlog/merkle.h"
#include "tlog/trust_checkpoint.h"

/* The first whose scheme the URL begins with. */
static const struct log_ops *const backends[] = {
    &log_local,
    &log_rekor,
    &log_rekor1,
    &log_rekor2,
    &log_shards,
};

/* ---- open --------------------------------------------------------------- */

static const struct log_ops *
find_backend(const char *url, struct vexlog_err *err)
{
	for (size_t i = 0; i < sizeof(backends) / sizeof(*backends); i++)
		if (text_starts(url, backends[i]->scheme))
			return backends[i];
	/* no part of the URL is repeated: it may hold a password */
	err_set(err, VEXLOG_MISUSE, "the log's URL has no scheme that we know");
	err_hint(err,
	    "logs are local:FOLDER, rekor+https://HOST, rekor1+https://HOST, "
	    "rekor2+https://HOST and signing-config:FILE");
	return NULL;
}

const char *
log_url_behind_secret(const char *url)
{
	const char *host = strstr(url, "://");
	const char *at = host == NULL ? NULL : strrchr(host, '@');

	return at == NULL ? NULL : at + 1;
}

int
log_url_shown(const char **out, struct vexlog_arena *arena, const char *url,
    struct vexlog_err *err)
{
	const char *behind = log_url_behind_secret(url);

	if (find_backend(url, err) == NULL)
		return err->code;
	*out = url;
	if (behind != NULL && text_starts(url, "rekor"))
		*out = arena_print(arena, err, "%.*s://%s",
		    (int)(strstr(url, "://") - url), url, behind);
	return *out == NULL ? err->code : 0;
}

int
log_open(
    struct log **out, const struct log_options *options, struct vexlog_err *err)
{
	const struct log_ops *ops;
	struct log *log;
	int rc;

	if (options->url == NULL)
		return err_set(err, VEXLOG_MISUSE, "a log needs a URL");
	if ((ops = find_backend(options->url, err)) == NULL)
		return err->code;
	if ((rc = ops->open(&log, options, err)) != 0)
		return rc;
	log->trust = options->trust;
	log->now = options->now;
	log->now_context = options->now_context;
	*out = log;
	return 0;
}

void
log_close(struct log *log)
{
	if (log != NULL)
		log->ops->close(log);
}

/* ---- verify ------------------------------------------------------------- */

static int
need_trust(const struct log *log, struct vexlog_err *err)
{
	if (log->trust != NULL)
		return 0;
	err_set(err, VEXLOG_MISUSE,
	    "no trust file was given, so no answer of a log can be verified");
	return err_where(err, log->url);
}

static int64_t
now_of(const struct log *log)
{
	return log->now != NULL ? log->now(log->now_context) : time_now();
}

/* The first check that did not hold, as an error. */
static int
blame(const struct report *report, const struct entry *entry,
    const struct log *log, struct vexlog_err *err)
{
	const struct vexlog_check *bad = NULL;

	for (size_t i = 0; i < report->count; i++) {
		const struct vexlog_check *c = &report->list[i];
		if (c->outcome == VEXLOG_FAIL ||
		    (bad == NULL && c->outcome == VEXLOG_SKIP))
			bad = c;
		if (c->outcome == VEXLOG_FAIL)
			break;
	}
	/* witnesses may come later, and the entry is in the log */
	err_set(err,
	    bad != NULL && bad->name == entry_checks[WITNESSES].name
		? VEXLOG_UNREACHABLE
		: VEXLOG_BAD_PROOF,
	    "the log's answer for entry %lld does not hold: %s: %.300s",
	    (long long)entry->log_index, bad == NULL ? "no check" : bad->name,
	    bad == NULL ? "could be made" : bad->detail);
	err_where(err, log->url);
	if (bad != NULL)
		err_rule(err, bad->rule);
	return err_hint(err,
	    "nothing of this answer was kept; if the log's key is new, add "
	    "it with vexlog trust add");
}

static int
verify(const struct entry *entry, struct vexlog_arena *arena,
    const struct log *log, const struct entry_expect *expect, int64_t at,
    struct vexlog_err *err)
{
	struct report report;
	int rc;

	report_open(&report, arena);
	rc = entry_verify(&report, arena, entry, log->trust, expect, at, err);
	if (rc != 0)
		return rc;
	return report_close(&report, entry->uuid).holds
	    ? 0
	    : blame(&report, entry, log, err);
}

/* ---- submit, fetch ------------------------------------------------------ */

int
log_submit(struct entry *entries, struct vexlog_arena *arena, struct log *log,
    const struct log_request *requests, size_t count, struct vexlog_err *err)
{
	struct vexlog_err why;
	struct entry *answers;
	int64_t now;
	int rc, bad;

	memset(entries, 0, count * sizeof(*entries));
	if ((rc = need_trust(log, err)) != 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		if (requests[i].key == NULL)
			return err_set(err, VEXLOG_MISUSE,
			    "request %zu of %zu has no key", i, count);
	if (count == 0)
		return 0;
	answers = arena_list(arena, count, sizeof(*answers), err);
	if (answers == NULL)
		return err->code;
	rc = log->ops->submit(answers, arena, log, requests, count, err);
	if (rc != 0 && rc != VEXLOG_UNREACHABLE)
		return rc;
	now = now_of(log);
	for (size_t i = 0; i < count; i++) {
		const struct entry_expect expect = {
		    .key = requests[i].key,
		    .message = requests[i].message,
		    .signature = requests[i].signature,
		    .origin = log->origin[0] == '\0' ? NULL : log->origin,
		};
		if (rc != 0 && answers[i].body.size == 0)
			continue;
		bad = verify(&answers[i], arena, log, &expect, now, &why);
		if (bad != 0) {
			*err = why;
			return bad;
		}
	}
	memcpy(entries, answers, count * sizeof(*answers));
	return rc;
}

int
log_fetch(struct entry *out, struct vexlog_arena *arena, struct log *log,
    int64_t index, struct vexlog_err *err)
{
	/* whose it is, and over what, the caller has to judge */
	const struct entry_expect expect = {
	    .origin = log->origin[0] == '\0' ? NULL : log->origin,
	    .log_only = true,
	};
	struct entry entry;
	int rc;

	if ((rc = need_trust(log, err)) != 0)
		return rc;
	if (index < 0)
		return err_set(err, VEXLOG_MISUSE, "%lld is no index in a log",
		    (long long)index);
	if ((rc = log->ops->fetch(&entry, arena, log, index, err)) != 0)
		return rc;
	if (entry.log_index != index) {
		err_set(err, VEXLOG_BAD_PROOF,
		    "asked for entry %lld, the log answered with %lld",
		    (long long)index, (long long)entry.log_index);
		return err_where(err, log->url);
	}
	if ((rc = verify(&entry, arena, log, &expect, TIME_NONE, err)) == 0)
		*out = entry;
	return rc;
}

/* ---- checkpoints -------------------------------------------------------- */

int
log_checkpoint(struct checkpoint *out, struct vexlog_arena *arena,
    struct log *log, struct vexlog_err *err)
{
	const struct trust_log *known;
	struct vexlog_bytes note;
	struct checkpoint cp;
	int rc;

	if ((rc = need_trust(log, err)) != 0 ||
	    (rc = log->ops->checkpoint(&note, arena, log, err)) != 0)
		return rc;
	if ((rc = checkpoint_read(&cp, arena, note, err)) != 0) {
		if (rc == VEXLOG_SYNTAX || rc == VEXLOG_LIMIT)
			err->code = VEXLOG_BAD_PROOF;
		return err_where(err, log->url);
	}
	if (trust_checkpoint(&known, log->trust, &cp, log->origin, err) != 0)
		return err_where(err, log->url);
	*out = cp;
	return 0;
}

int
log_consistent(struct log *log, const struct checkpoint *old,
    const struct checkpoint *new, struct vexlog_err *err)
{
	struct hash proof[PROOF_LENGTH_MAX];
	size_t count = 0;
	int rc = 0;

	if (!text_same(old->origin, new->origin))
		rc = err_set(err, VEXLOG_BAD_PROOF,
		    "one checkpoint is of \"%.120s\", the other of \"%.120s\"",
		    old->origin, new->origin);
	/* sizes that need no proof, or can't have one, are judged alone */
	else if (old->size > 0 && old->size < new->size)
		rc = log->ops->consistency(
		    proof, &count, log, old->size, new->size, err);
	if (rc == 0)
		rc = merkle_verify_growth(old->size, new->size, &old->root,
		    &new->root, proof, count, err);
	return rc == 0 ? 0 : err_where(err, log->url);
}
