/*
 * link.c - work off the queue: claim, sign, keep, submit, verify, link.
 *
 * Promise: what is stored first is never lost and never linked twice. The
 * envelope's bytes are kept before they leave; a stop at any point is found
 * by the next worker, who submits the same bytes. The entry and all linkages
 * are one transaction, and the log's answer was verified before it begins.
 *
 * The steps have names, told through vexlog_options.step before each:
 * claim, sign, persist, submit, commit, release.
 */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/history.h"
#include "flow/link.h"

#define LEASE	      (10 * 60 * SECOND)
#define ATTEMPTS_MAX  40 /* with the waits below: about 15 days */
#define WAIT_FIRST    (2 * SECOND)
#define WAIT_MAX      (12 * HOUR)
#define IN_FLIGHT_MAX 64
#define STORE_TRIES   4 /* each waits some seconds for the server */
#define MEMBERS_MAX   65536 /* observations in one round */

/* ---- one round -------------------------------------------------------- */

static int
sign_job(struct link *l, struct shipment *s)
{
	struct vexlog_bytes payload = s->job.payload;
	struct vexlog_bytes envelope;
	int rc = 0;

	if (s->job.member_count > 0)
		payload = s->batch.payload;
	home_step(l->v, "sign");
	rc = dsse_sign(&envelope, l->arena, DSSE_IN_TOTO, payload, l->key,
	    l->err);
	if (rc != 0)
		return rc;
	home_step(l->v, "persist");
	rc = store_job_signed(l->v->store, s->job.id, l->owner, payload,
	    envelope, l->err);
	if (rc == 0) {
		s->job.payload = payload;
		s->job.envelope = envelope;
	}
	return rc;
}

/* A job that was kept signed must still be what its members say. */
static int
check_kept(struct link *l, struct shipment *s)
{
	if (s->job.payload.size == s->dsse.payload.size &&
	    memcmp(s->job.payload.data, s->dsse.payload.data,
		s->dsse.payload.size) == 0 &&
	    (s->job.member_count == 0 ||
		(s->batch.payload.size == s->dsse.payload.size &&
		    memcmp(s->batch.payload.data, s->dsse.payload.data,
			s->dsse.payload.size) == 0)))
		return 0;
	err_set(l->err, VEXLOG_BAD_PROOF,
	    "job %lld: its kept envelope signs other bytes than its members "
	    "give",
	    (long long)s->job.id);
	return err_hint(l->err,
	    "the store was changed behind vexlog; restore it from a backup");
}

/* What was signed before the key changed is sent as it is: it may be in the
 * log already, and signing again would log it twice. */
static int
find_key(struct link *l, struct shipment *s)
{
	const char *id = s->dsse.signatures[0].key_id;
	const struct trust_signer *signer;

	s->key = l->key;
	if (text_same(id, key_id(l->key)))
		return 0;
	if (id != NULL &&
	    (signer = trust_signer_by_id(l->trust, id)) != NULL) {
		s->key = signer->key;
		return 0;
	}
	err_set(l->err, VEXLOG_BAD_PROOF,
	    "job %lld was signed by key %s, which is no signer of the trust "
	    "file",
	    (long long)s->job.id, id == NULL ? "of no name" : id);
	return err_hint(l->err,
	    "vexlog trust add --signer KEY.pem --name NAME, with the key that "
	    "signed before this one");
}

static int
prepare(struct link *l, struct shipment *s)
{
	int rc = 0;

	if (s->job.member_count > 0)
		rc = attest_batch(&s->batch, l->arena, s->job.members,
		    s->job.member_count, l->err);
	if (rc == 0 && s->job.envelope.size == 0)
		rc = sign_job(l, s);
	else if (rc == 0)
		l->result.retried += s->job.member_count;
	if (rc != 0 ||
	    (rc = dsse_read(&s->dsse, l->arena, s->job.envelope, l->err)) !=
		0 ||
	    (rc = check_kept(l, s)) != 0 || (rc = find_key(l, s)) != 0)
		return rc;
	return dsse_pae(&s->pae, l->arena, s->dsse.payload_type,
	    s->dsse.payload, l->err);
}

/* Doubles from two seconds to twelve hours; the last bits of the job's id
 * spread workers that failed together. */
static int64_t
retry_at(const struct link *l, const struct store_job *job)
{
	int64_t wait = WAIT_FIRST;

	for (int i = 0; i < job->attempts && wait < WAIT_MAX; i++)
		wait *= 2;
	if (wait > WAIT_MAX)
		wait = WAIT_MAX;
	if (wait < l->log->retry_after)
		wait = l->log->retry_after < WAIT_MAX ? l->log->retry_after :
							WAIT_MAX;
	wait += wait / 16 * (job->id % 8) / 2;
	return home_now(&l->v->options) + wait;
}

/* Frees the leases with the reason. The failure that is told stays *err. */
static void
give_up(struct link *l, const struct shipment *list, size_t count)
{
	/* A log that was closed for good says nothing against the entry, and an
	 * answer that does not hold may be the trust file's fault. */
	bool again = l->err->code == VEXLOG_UNREACHABLE ||
	    l->err->code == VEXLOG_BAD_PROOF || l->log->frozen;

	for (size_t i = 0; i < count; i++) {
		const struct store_job *job = &list[i].job;
		bool dead = !again || job->attempts + 1 >= ATTEMPTS_MAX;
		struct vexlog_err ignored;
		(void)store_job_failed(l->v->store, job->id, l->owner,
		    l->err->message, dead ? TIME_MAX : retry_at(l, job),
		    &ignored);
		bool other = job->member_count == 0;
		l->result.failed += job->member_count;
		l->result.others_failed += other;
		l->result.given_up += dead ? job->member_count + other : 0;
	}
}

/* Frees leases; a job that is done, or that another worker has, is left. */
static void
release(struct link *l, const struct shipment *list, size_t count)
{
	struct vexlog_err ignored;

	for (size_t i = 0; i < count; i++)
		if (store_job_release(l->v->store, list[i].job.id, l->owner,
			&ignored) == VEXLOG_UNREACHABLE)
			return; /* it waited for the server already */
}

/* The newest of these entries' checkpoints against the last one that is kept;
 * what contradicts it is kept too, as evidence. */
static int
check_history(struct link *l, const struct entry *entries, size_t count)
{
	struct checkpoint new = {0}, next;
	const char *alarm;
	int rc;

	for (size_t i = 0; i < count; i++) {
		rc = checkpoint_read(&next, l->arena,
		    text_bytes(entries[i].checkpoint), l->err);
		if (rc != 0)
			return rc;
		if (i == 0 || next.size > new.size)
			new = next;
	}
	const struct history history = {.store = l->v->store,
	    .log = l->log,
	    .log_id = entries[0].log_id,
	    .now = home_now(&l->v->options),
	    .may_lag = true};
	rc = history_check(&alarm, l->arena, &history, &new, l->err);
	if (rc != 0 || alarm == NULL)
		return rc;
	rc = history_keep(l->arena, &history, &new, alarm, l->err);
	if (rc != 0)
		return rc;
	err_set(l->err, VEXLOG_BAD_PROOF, "%s", alarm);
	return err_hint(l->err,
	    "the log shows another history than before: keep the store as "
	    "evidence and tell others who use this log");
}

/* A full disk, short memory, a log that nobody trusted yet: faults of this
 * side, which say nothing about the entry. */
static bool
is_ours(int rc)
{
	return rc == VEXLOG_IO || rc == VEXLOG_NO_MEMORY || rc == VEXLOG_MISUSE;
}

/* After a failure, by whose it was. */
static int
put_back(struct link *l, const struct shipment *list, size_t count, int rc)
{
	if (is_ours(rc))
		release(l, list, count);
	else
		give_up(l, list, count);
	return rc;
}

static int ship(struct link *l, struct shipment *list, size_t count);

/* Each alone; the first failure is told, after all were tried. */
static int
ship_each(struct link *l, struct shipment *list, size_t count)
{
	struct vexlog_err first;
	int failed = 0;

	for (size_t i = 0; i < count; i++) {
		int rc = ship(l, &list[i], 1);
		if (rc != 0 && failed == 0) {
			failed = rc;
			first = *l->err;
		}
	}
	if (failed != 0)
		*l->err = first;
	return failed;
}

/* The log's answers came and hold: they are kept, or nothing of them. */
static int
settle(struct link *l, struct shipment *list, const struct entry *entries,
    size_t count)
{
	int rc = check_history(l, entries, count);

	if (rc != 0)
		return put_back(l, list, count, rc);
	rc = link_commit(l, list, entries, count);
	l->lost_store = rc == VEXLOG_UNREACHABLE;
	if (rc != 0)
		release(l, list, count);
	return rc;
}

/* Some have no answer, as from a log that takes only so many at a time: the
 * others are linked, or each round would begin with all of them again. */
static int
settle_some(struct link *l, struct shipment *list, struct entry *entries,
    size_t count)
{
	const struct vexlog_err why = *l->err;
	size_t here = 0;
	int rc;

	for (size_t i = 0; i < count; i++) {
		struct shipment s = list[i];
		if (entries[i].body.size == 0)
			continue;
		list[i] = list[here];
		list[here] = s;
		entries[here++] = entries[i];
	}
	give_up(l, list + here, count - here);
	if (here == 0)
		return why.code;
	if ((rc = settle(l, list, entries, here)) != 0)
		return rc;
	*l->err = why;
	return why.code;
}

/* Entries that several requests of one submission share are one entry. */
static int
ship(struct link *l, struct shipment *list, size_t count)
{
	struct log_request requests[IN_FLIGHT_MAX];
	struct entry *entries =
	    arena_list(l->arena, count, sizeof(*entries), l->err);
	int rc;

	if (entries == NULL)
		return l->err->code;
	for (size_t i = 0; i < count; i++)
		requests[i] = (struct log_request){list[i].key, list[i].pae,
		    list[i].dsse.signatures[0].bytes};
	home_step(l->v, "submit");
	rc = log_submit(entries, l->arena, l->log, requests, count, l->err);
	/* one that the log won't take keeps the others back no longer */
	if (rc == VEXLOG_REFUSED && count > 1)
		return ship_each(l, list, count);
	if (rc == VEXLOG_UNREACHABLE)
		return settle_some(l, list, entries, count);
	if (rc != 0)
		return put_back(l, list, count, rc);
	return settle(l, list, entries, count);
}

/* How many jobs one round may hold. */
static size_t
round_width(const struct link *l, size_t batch)
{
	size_t width = l->options->workers == 0 ? IN_FLIGHT_MAX :
						  l->options->workers;

	if (width > IN_FLIGHT_MAX)
		width = IN_FLIGHT_MAX;
	if (width > MEMBERS_MAX / batch)
		width = MEMBERS_MAX / batch;
	return width;
}

/* Claims up to width jobs. Their members are read and checked. */
static int
claim(struct link *l, struct shipment *list, size_t width, size_t batch,
    size_t *count)
{
	struct store_job *jobs =
	    arena_list(l->arena, width, sizeof(*jobs), l->err);
	size_t limit = l->options->limit;
	struct store_claim what = {.owner = l->owner,
	    .owner_gone = owner_gone,
	    .context = l->owner,
	    .lease = LEASE,
	    .jobs = width,
	    .batch = batch,
	    .log_url = l->log_url,
	    .observations = limit == 0 || limit > l->result.linked,
	    .others = l->options->others};
	int rc;

	if (jobs == NULL)
		return l->err->code;
	if (limit != 0 && what.observations) {
		what.most = limit - l->result.linked;
		what.batch = batch < what.most ? batch : what.most;
	}
	home_step(l->v, "claim");
	rc = store_claim_jobs(
	    jobs, count, l->arena, l->v->store, &what, l->err);
	for (size_t i = 0; rc == 0 && i < *count; i++)
		list[i] = (struct shipment){.job = jobs[i]};
	return rc;
}

/* Signs what was claimed, and keeps all envelopes in one transaction. */
static int
sign_all(struct link *l, struct shipment *list, size_t count, size_t *at)
{
	int rc = store_begin(l->v->store, l->err);

	*at = 0;
	if (rc != 0)
		return rc;
	while (rc == 0 && *at < count)
		if ((rc = prepare(l, &list[*at])) == 0)
			++*at;
	if (rc == 0)
		rc = store_commit(l->v->store, l->err);
	if (rc != 0)
		store_rollback(l->v->store);
	return rc;
}

/* What can't be signed is set aside with the reason, so that it is not met
 * first for ever; the others wait again. */
static int
sign(struct link *l, struct shipment *list, size_t count)
{
	size_t bad;
	int rc = sign_all(l, list, count, &bad);

	if (rc == VEXLOG_BAD_PROOF || rc == VEXLOG_SHAPE ||
	    rc == VEXLOG_SYNTAX) {
		give_up(l, &list[bad], 1);
		list[bad] = list[--count];
	}
	if (rc != 0)
		release(l, list, count);
	return rc;
}

/* One round. *more is false when the queue had nothing left. */
static int
round_trip(struct link *l, bool *more)
{
	size_t batch = l->options->batch == 0 ? VEXLOG_BATCH_DEFAULT :
						l->options->batch;
	size_t width = round_width(l, batch), count;
	struct shipment *list;
	int rc;

	vexlog_arena_reset(l->arena);
	list = arena_list(l->arena, width, sizeof(*list), l->err);
	if (list == NULL)
		return l->err->code;
	rc = claim(l, list, width, batch, &count);
	*more = rc == 0;
	if (rc == VEXLOG_NOT_FOUND)
		return 0;
	if (rc == 0)
		rc = sign(l, list, count);
	l->lost_store = rc == VEXLOG_UNREACHABLE;
	return rc != 0 ? rc : ship(l, list, count);
}

/* ---- the whole -------------------------------------------------------- */

/* The trust file is kept and attested when it is first used, both or none:
 * what is kept is not attested again. */
static int
attest_trust(struct store *store, void *context, struct vexlog_err *err)
{
	const struct link *l = context;
	struct vexlog_bytes payload;
	bool stored;
	int rc;

	if ((rc = store_put_blob(&stored, store, "trust", l->trust->digest,
		 l->trust->bytes, err)) != 0 ||
	    !stored)
		return rc;
	rc = attest_file(&payload, l->arena, "trust", l->trust->digest,
	    l->trust->bytes, err);
	return rc != 0
	    ? rc
	    : store_enqueue(store, "trust", l->trust->digest, payload, err);
}

static int
fail_out_of_time(struct link *l, const struct trust_signer *s, int64_t now)
{
	bool early = now < s->valid_from;
	char edge[TIME_TEXT], at[TIME_TEXT];

	time_write(edge, early ? s->valid_from : s->valid_until);
	time_write(at, now);
	err_set(l->err, VEXLOG_MISUSE,
	    "the signing key %s is valid %s %s by the trust file, and the clock "
	    "says %s, so nothing it signs would verify",
	    s->id, early ? "from" : "until", edge, at);
	return err_hint(l->err, early ? "set the clock right, and link again"
				      : "vexlog key generate, and vexlog trust "
					"add --signer KEY.pem --name NAME");
}

/* A linkage is written once: one by a key that verify does not believe could
 * never hold and never be mended. */
static int
need_trusted_key(struct link *l)
{
	const char *id = key_id(l->key);
	const struct trust_signer *known = NULL;
	int64_t now = home_now(&l->v->options);

	for (size_t i = 0; i < l->trust->signer_count; i++) {
		const struct trust_signer *s = &l->trust->signers[i];
		if (!text_same(s->id, id))
			continue;
		if (s->valid_from <= now && now <= s->valid_until) {
			l->trusted_at = now;
			return 0;
		}
		known = s;
	}
	if (known != NULL)
		return fail_out_of_time(l, known, now);
	err_set(l->err, VEXLOG_MISUSE,
	    "the signing key %s is no signer of the trust file, so nothing it "
	    "signs would verify",
	    id);
	return err_hint(l->err,
	    "vexlog trust add --signer KEY.pem --name NAME; `vexlog key show` "
	    "prints the key");
}

static int
open_all(struct link *l)
{
	const struct vexlog_bytes none = {NULL, 0};
	struct vexlog *v = l->v;
	int rc;

	if ((rc = home_key(&l->key, &v->options, v->home, l->err)) != 0)
		return rc;
	if (key_details(l->key) == NULL) {
		err_set(l->err, VEXLOG_MISUSE,
		    "the signing key is %s: a log can't check its signatures "
		    "by a hash, and takes none of them",
		    key_algo(l->key));
		return err_hint(l->err,
		    "sign with an ECDSA P-256 key: `vexlog key generate`");
	}
	if ((rc = home_trust(&l->trust, v->home, none, l->err)) != 0 ||
	    (rc = need_trusted_key(l)) != 0 ||
	    (rc = home_log_url(&l->log_url, v->arena, v->home,
		 l->options->log_url, l->err)) != 0)
		return rc;
	return home_log(&l->log, &v->options, l->log_url, l->trust, false,
	    l->err);
}

/* A round whose connection to the store broke is not lost: its leases are
 * freed, or end with this worker, and the next round finds what it left. */
static int
run(struct link *l)
{
	bool more = true;
	int lost = 0, rc = 0;

	if (l->options->again)
		rc = store_jobs_again(&l->result.again, l->v->store, l->err);
	if (rc == 0 && l->options->others)
		rc = store_transaction(l->v->store, attest_trust, l, l->err);
	while (rc == 0 && more) {
		rc = round_trip(l, &more);
		if (rc == 0)
			lost = 0;
		else if (l->lost_store && ++lost < STORE_TRIES)
			rc = 0, more = true;
	}
	return rc;
}

/* What was linked before a failure is linked: the counts are true. */
static int
count_left(struct link *l, struct vexlog_err *err)
{
	struct vexlog_link_result *r = &l->result;
	struct store *store = l->v->store;
	const char *why;
	int rc;

	vexlog_arena_reset(l->arena);
	if ((rc = store_count_pending(&r->pending, store, err)) != 0 ||
	    (rc = store_count_jobs(&r->others_pending, store, err)) != 0 ||
	    (rc = store_jobs_dead(&r->dead, &why, l->arena, store, err)) != 0)
		return rc;
	(void)snprintf(
	    r->dead_why, sizeof(r->dead_why), "%s", why == NULL ? "" : why);
	if ((rc = store_jobs_waiting(&r->waiting, &r->waiting_until, &why,
		 l->arena, store, err)) != 0)
		return rc;
	(void)snprintf(r->waiting_why, sizeof(r->waiting_why), "%s",
	    why == NULL ? "" : why);
	return 0;
}

int
vexlog_link(struct vexlog_link_result *out, struct vexlog *v,
    const struct vexlog_link_options *options, struct vexlog_err *err)
{
	struct link l = {.v = v, .options = options, .err = err};
	struct vexlog_err ignored;
	int rc, counted;

	if (options->batch > VEXLOG_BATCH_MAX)
		return err_set(err, VEXLOG_MISUSE,
		    "a batch of %zu, the limit is %d", options->batch,
		    VEXLOG_BATCH_MAX);
	if ((l.arena = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		return err_memory(err);
	owner_name(l.owner, sizeof(l.owner));
	if ((rc = open_all(&l)) == 0)
		rc = run(&l);
	log_close(l.log);
	trust_close(l.trust);
	key_close(l.key);
	counted = count_left(&l, rc == 0 ? err : &ignored);
	vexlog_arena_close(l.arena);
	*out = l.result;
	return rc != 0 ? rc : counted;
}
