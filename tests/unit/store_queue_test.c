/*
 * store_queue_test.c - what every store must do: jobs, leases, and many
 * processes at once. See tests/store.h for where it runs.
 */
#include <sys/wait.h>

#include "tests/store.h"

/* ---- the queue -------------------------------------------------------- */

static bool
is_gone(const char *owner, void *context)
{
	return text_same(owner, context);
}

static void
test_queue(void)
{
	const struct vexlog_bytes payload = text_bytes("a statement");
	const struct vexlog_bytes envelope = text_bytes("an envelope");
	struct store *store = open_new(), *other = open_new();
	struct store_job a, b, c;
	struct vexlog_observations all;
	struct vexlog_filter filter = ANY;
	const char *entry;
	size_t n;

	is_int(
	    claim_job(&a, store, "w1", 4), VEXLOG_NOT_FOUND, "nothing to do");
	(void)put(store, claims_about("CVE-2026-4000", "pkg:npm/a@1", 10), 10);
	filter.pending = true;
	(void)find(&all, store, &filter);
	is_int(claim_job(&a, other, "w1", 4), VEXLOG_NOT_FOUND,
	    "other tenant sees nothing: the queue");
	is_int(claim_job(&a, store, "w1", 4), 0, "claims by two owners: one");
	is_int(claim_job(&b, store, "w2", 4), 0, "claims by two owners: two");
	bool oldest = a.member_count == 4 && b.member_count == 4;
	for (size_t i = 0; oldest && i < 4; i++)
		oldest = text_same(a.members[i].id, all.list[i].id) &&
		    text_same(b.members[i].id, all.list[4 + i].id);
	ok(oldest, "each has the oldest that nobody had, in order");
	is_text(a.kind, "observations", "kind");
	is_text(a.subject, "", "subject");
	is_text(a.log_url, "https://log.example", "log URL");
	ok(a.payload.size == 0 && a.envelope.size == 0, "not signed yet");
	is_int(claim_job(&c, store, "w3", 100), 0, "a third");
	is_int((int64_t)c.member_count, 2, "has the rest");
	is_int(claim_job(&c, store, "w3", 100), VEXLOG_NOT_FOUND,
	    "then all are claimed");

	is_int(store_job_signed(store, a.id, "w2", payload, envelope, &err),
	    VEXLOG_CONFLICT, "another owner can't sign it");
	is_int(store_job_signed(store, a.id, "w1", payload, envelope, &err), 0,
	    "its owner can");
	is_int(store_job_of(&c, &entry, arena, store, "observations",
		   a.members[2].id, &err),
	    0, "the job of an observation");
	ok(c.id == a.id && c.envelope.size == envelope.size &&
		memcmp(c.envelope.data, "an envelope", envelope.size) == 0 &&
		entry == NULL,
	    "with the envelope's bytes and no entry yet");
	is_int(store_job_failed(store, a.id, "w1", "log is down",
		   clock_now + 10 * SECOND, &err),
	    0, "failed, to be tried again");
	is_int(claim_job(&c, store, "w2", 4), VEXLOG_NOT_FOUND,
	    "not before its time");
	clock_now += 10 * SECOND;
	is_int(claim_job(&c, store, "w2", 4), 0, "then it is");
	ok(c.id == a.id && c.attempts == 1 &&
		text_same(c.last_error, "log is down") &&
		c.envelope.size == envelope.size && c.member_count == 4,
	    "with its bytes, members and reason");
	is_int(store_job_done(store, a.id, "w1", "00", &err), VEXLOG_CONFLICT,
	    "lost lease is CONFLICT");
	has_text(err.message, "lease", "and says so");

	/* w2 is gone */
	struct store_claim claim = {.owner = "w4",
	    .owner_gone = is_gone,
	    .context = (void *)(uintptr_t) "w2",
	    .lease = LEASE,
	    .jobs = 1,
	    .batch = 4,
	    .log_url = "https://other.example",
	    .observations = true};
	is_int(store_claim_jobs(&c, &n, arena, store, &claim, &err), 0,
	    "lease taken over from an owner that is gone");
	is_int(c.id, a.id, "the oldest");
	is_text(c.log_url, "https://log.example",
	    "a signed job goes where it may have been submitted");
	is_int(store_job_signed(store, b.id, "w2", payload, envelope, &err),
	    VEXLOG_CONFLICT, "who was gone has lost all leases");
	claim.context = (void *)(uintptr_t) "nobody";
	is_int(store_claim_jobs(&b, &n, arena, store, &claim, &err), 0,
	    "also the second");
	is_text(b.log_url, "https://other.example",
	    "a job that is not signed goes to the new log");
	is_int(store_claim_jobs(&c, &n, arena, store, &claim, &err),
	    VEXLOG_NOT_FOUND, "w3 is not gone");
	clock_now += LEASE;
	is_int(store_claim_jobs(&c, &n, arena, store, &claim, &err), 0,
	    "lease taken over when it is over");

	/* done, with its entry, in one transaction */
	struct vexlog_linkage linkage = linkage_of(7);
	const struct store_entry row = {.log_id = linkage.log_id,
	    .uuid = linkage.uuid,
	    .log_url = "https://log.example",
	    .origin = "log.example",
	    .log_index = 7,
	    .integrated_time = TIME_NONE,
	    .body_hash = linkage.body_hash,
	    .envelope_digest = hash_digest_new(arena, envelope, &err),
	    .json = "{\"uuid\":1}"};
	is_int(store_begin(store, &err), 0, "begin");
	is_int(store_begin(store, &err), VEXLOG_MISUSE, "only once");
	is_int(store_put_entry(store, &row, &err), 0, "the entry");
	for (size_t i = 0; i < a.member_count; i++)
		is_int(link_to(store, a.members[i].id, 7), STORE_LINKED,
		    "a linkage");
	is_int(store_job_done(store, a.id, "w4", linkage.uuid, &err), 0,
	    "the job");
	store_rollback(store);
	is_int(store_count_pending(&n, store, &err), 0, "after a rollback");
	is_int((int64_t)n, 10, "nothing of it is kept");
	is_int(store_begin(store, &err), 0, "again");
	is_int(store_put_entry(store, &row, &err), 0, "the entry");
	for (size_t i = 0; i < a.member_count; i++)
		(void)link_to(store, a.members[i].id, 7);
	is_int(store_job_done(store, a.id, "w4", linkage.uuid, &err), 0,
	    "the job");
	is_int(store_commit(store, &err), 0, "commit");
	is_int(store_count_pending(&n, store, &err), 0, "then");
	is_int((int64_t)n, 6, "six are pending");
	is_int(store_job_of(&c, &entry, arena, store, "observations",
		   a.members[0].id, &err),
	    0, "the job of a linked observation");
	is_text(entry, "{\"uuid\":1}", "has its entry");
	is_int(store_job_done(store, a.id, "w4", linkage.uuid, &err),
	    VEXLOG_CONFLICT, "what is done is done");

	/* a failed call spoils the transaction */
	is_int(store_begin(store, &err), 0, "begin");
	is_int(store_job_done(store, a.id, "w4", linkage.uuid, &err),
	    VEXLOG_CONFLICT, "a call fails in it");
	is_int(store_commit(store, &err), VEXLOG_MISUSE,
	    "then it can't be committed");
	is_int(store_commit(store, &err), VEXLOG_MISUSE, "and is over");

	is_int(store_job_failed(store, b.id, "w4", "refused", TIME_MAX, &err),
	    0, "a dead letter");
	clock_now += 1000 * DAY;
	is_int(claim_job(&c, store, "w5", 10), 0, "is never claimed again");
	is_int((int64_t)c.member_count, 2, "but what others left");
	is_int(store_job_release(store, c.id, "w5", &err), 0, "a clean stop");
	is_int(store_job_release(store, c.id, "w5", &err), VEXLOG_CONFLICT,
	    "only once");
	is_int(claim_job(&c, store, "w6", 1), 0, "and the next worker");
	is_int((int64_t)c.member_count, 2, "has the same job with its members");
	store_close(store);
	store_close(other);
}

/* What is given up is seen, and tried again when one says so. */
static void
test_dead(void)
{
	const struct vexlog_bytes payload = text_bytes("a statement");
	const struct vexlog_bytes envelope = text_bytes("an envelope");
	struct store *store = open_new(), *other = open_new();
	struct store_job job, batch, fresh;
	const char *why = "";
	int64_t until;
	size_t n = 7;

	is_int(store_jobs_dead(&n, &why, arena, store, &err), 0, "dead jobs");
	ok(n == 0 && why == NULL, "there is none, and no reason");
	is_int(store_jobs_again(&n, store, &err), 0, "again");
	is_int((int64_t)n, 0, "changes nothing then");
	(void)put(store, claims_about("CVE-2026-6000", "pkg:npm/a@1", 5), 5);
	is_int(claim_job(&batch, store, "w1", 3), 0, "a batch");
	is_int(store_job_signed(store, batch.id, "w1", payload, envelope, &err),
	    0, "signed");
	is_int(store_job_failed(
		   store, batch.id, "w1", "no answer", clock_now + 1, &err),
	    0, "failed once");
	is_int(store_jobs_waiting(&n, &until, &why, arena, store, &err), 0,
	    "jobs that wait");
	ok(n == 1 && until == clock_now + 1, "one, until then");
	is_text(why, "no answer", "with its reason");
	is_int(store_jobs_waiting(&n, &until, &why, arena, other, &err), 0,
	    "jobs that wait");
	ok(n == 0 && why == NULL, "other tenant sees nothing");
	clock_now++;
	is_int(store_jobs_waiting(&n, &until, &why, arena, store, &err), 0,
	    "jobs that wait");
	is_int((int64_t)n, 0, "none, once it is due");
	is_int(claim_job(&batch, store, "w1", 3), 0, "tried again");
	is_int(store_job_failed(
		   store, batch.id, "w1", "refused", TIME_MAX, &err),
	    0, "and refused");
	clock_now++;
	is_int(claim_job(&fresh, store, "w1", 3), 0, "another batch");
	is_int(store_job_failed(
		   store, fresh.id, "w1", "no statement", TIME_MAX, &err),
	    0, "that was never signed");
	clock_now++;
	is_int(store_enqueue(store, "verdict", "v1", payload, &err), 0,
	    "a verdict");
	is_int(claim_job(&job, store, "w1", 3), 0, "taken");
	is_int(store_job_failed(
		   store, job.id, "w1", "no envelope", TIME_MAX, &err),
	    0, "nor was it");
	is_int(claim_job(&job, store, "w1", 3), VEXLOG_NOT_FOUND,
	    "none is claimed any more");
	is_int(store_jobs_dead(&n, &why, arena, store, &err), 0, "dead jobs");
	is_int((int64_t)n, 3, "are three");
	is_text(why, "no envelope", "with the newest's reason");
	is_int(store_jobs_dead(&n, &why, arena, other, &err), 0, "dead jobs");
	is_int((int64_t)n, 0, "other tenant sees nothing");
	is_int(store_jobs_again(&n, other, &err), 0, "again");
	is_int((int64_t)n, 0, "and changes nothing");

	is_int(store_jobs_again(&n, store, &err), 0, "again");
	is_int((int64_t)n, 3, "all three");
	is_int(store_jobs_dead(&n, &why, arena, store, &err), 0, "dead jobs");
	ok(n == 0 && why == NULL, "none is left");
	is_int(claim_job(&job, store, "w2", 9), 0, "the oldest first");
	ok(job.id == batch.id && job.attempts == 0 && job.member_count == 3 &&
		job.envelope.size == envelope.size &&
		memcmp(job.envelope.data, "an envelope", envelope.size) == 0,
	    "as if never tried, with its bytes and members");
	is_int(claim_job(&job, store, "w2", 9), 0, "then the next");
	ok(job.id == fresh.id && job.attempts == 0 && job.member_count == 2 &&
		job.envelope.size == 0,
	    "which is still to be signed");
	is_int(claim_job(&job, store, "w2", 9), 0, "then the verdict");
	ok(text_same(job.subject, "v1") && job.attempts == 0 &&
		job.payload.size == payload.size && job.envelope.size == 0,
	    "with its payload");
	is_int(store_jobs_again(&n, store, &err), 0, "again");
	is_int((int64_t)n, 0, "what is held is left alone");
	store_close(store);
	store_close(other);
}

static void
test_others(void)
{
	const struct vexlog_bytes payload = text_bytes("a statement");
	struct store *store = open_new();
	struct store_job job;
	const struct store_job *jobs;
	const char *entry, *order[4];
	size_t n;

	is_int(store_enqueue(store, "verdict", "v2", payload, &err), 0,
	    "a verdict");
	clock_now++;
	is_int(
	    store_enqueue(store, "verdict", "v1", payload, &err), 0, "another");
	is_int(
	    store_enqueue(store, "policy", "p1", payload, &err), 0, "a policy");
	is_int(store_enqueue(store, "verdict", "v2", payload, &err), 0,
	    "a verdict that is there already");
	is_int(store_enqueue(store, "observations", "x", payload, &err),
	    VEXLOG_MISUSE, "observations are not put but claimed");
	is_int(store_count_jobs(&n, store, &err), 0, "counted");
	is_int((int64_t)n, 3, "three");
	(void)put(store, claims_about("CVE-2026-5000", "pkg:npm/a@1", 1), 1);
	for (size_t i = 0; i < 4; i++) {
		if (claim_job(&job, store, "w1", 10) != 0)
			bail("claim: %s", err.message);
		order[i] = job.member_count > 0 ? "members" : job.subject;
		if (i < 3 &&
		    (store_job_signed(store, job.id, "w1", payload,
			 text_bytes("e"), &err) != 0 ||
			store_job_done(store, job.id, "w1", "aa", &err) != 0))
			bail("done: %s", err.message);
	}
	ok(text_same(order[0], "v2") && text_same(order[1], "v1") &&
		text_same(order[2], "p1") && text_same(order[3], "members"),
	    "oldest first, observations last");
	is_int(store_count_jobs(&n, store, &err), 0, "counted");
	is_int((int64_t)n, 0, "none is left");
	is_int(store_jobs_done(&jobs, &n, arena, store, &err), 0, "done");
	ok(n == 3 && text_same(jobs[0].subject, "p1") &&
		text_same(jobs[1].subject, "v1") &&
		text_same(jobs[2].subject, "v2"),
	    "by kind and subject");
	is_int(store_job_of(&job, &entry, arena, store, "verdict", "v1", &err),
	    0, "the job of a verdict");
	ok(job.payload.size == payload.size, "with its payload");
	is_int(store_job_of(&job, &entry, arena, store, "verdict", "v3", &err),
	    VEXLOG_NOT_FOUND, "of another there is none");
	store_close(store);
}

/* ---- many processes --------------------------------------------------- */

#define PROCESSES 4
#define EACH      200

static int
be_ingester(const char *tenant, int64_t n)
{
	struct store *store = open_as(tenant);
	const char *v = numbered("CVE-2026-7", n);
	struct vexlog_observation *list = claims_about(v, "pkg:npm/a", EACH);
	size_t stored = 0;

	for (size_t i = 0; i < EACH; i += 10)
		if (store_put_observations(
			&stored, store, list + i, 10, &err) != 0 ||
		    stored != 10)
			return 1;
	store_close(store);
	return 0;
}

static int
be_worker(const char *tenant, int64_t n)
{
	struct store *store = open_as(tenant);
	const char *owner = numbered("worker ", n);
	struct store_job job;
	int rc;

	while ((rc = claim_job(&job, store, owner, 13)) == 0) {
		if (store_begin(store, &err) != 0)
			return 1;
		for (size_t i = 0; i < job.member_count; i++)
			if (link_to(store, job.members[i].id, job.id) !=
			    STORE_LINKED)
				return 2;
		if (store_job_done(store, job.id, owner, "aa", &err) != 0 ||
		    store_commit(store, &err) != 0)
			return 3;
	}
	store_close(store);
	return rc == VEXLOG_NOT_FOUND ? 0 : 4;
}

static bool
all_well(int (*be)(const char *, int64_t), const char *tenant)
{
	pid_t children[PROCESSES];
	bool good = true;

	(void)fflush(stdout);
	for (int i = 0; i < PROCESSES; i++)
		if ((children[i] = fork()) == 0) {
			int rc = be(tenant, i);
			if (rc != 0)
				printf("# child: %d: %s\n", rc, err.message);
			(void)fflush(stdout);
			_exit(rc);
		}
	for (int i = 0; i < PROCESSES; i++) {
		int status = 1;
		good = waitpid(children[i], &status, 0) == children[i] &&
		    WIFEXITED(status) && WEXITSTATUS(status) == 0 && good;
	}
	return good;
}

static void
test_processes(void)
{
	const char *tenant = numbered("processes-", time_now());
	struct store *store = open_as(tenant);
	struct vexlog_observations all;
	struct vexlog_filter filter = ANY;
	size_t n, alone = 0;

	ok(all_well(be_ingester, tenant), "four processes put at once");
	is_int((int64_t)find(&all, store, &filter), PROCESSES * EACH,
	    "nothing is lost");
	ok(all_well(be_worker, tenant), "four processes link at once");
	is_int(store_count_pending(&n, store, &err), 0, "counted");
	is_int((int64_t)n, 0, "nothing is left");
	(void)find(&all, store, &filter);
	for (size_t i = 0; i < all.count; i++)
		alone += all.list[i].linkage != NULL;
	is_int((int64_t)alone, PROCESSES * EACH,
	    "each is linked once and by one worker");
	store_close(store);
}

int
main(void)
{
	start_tests();
	test_queue();
	test_dead();
	test_others();
	test_processes();
	return end_tests();
}
