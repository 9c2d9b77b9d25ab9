/*
 * claim.c - the next job for a worker: one that was left behind, something in
 * the queue, or a batch of the oldest observations that wait. A claim is one
 * transaction, so two workers never hold one job and no observation is in
 * two.
 */
#include "base/limits.h"
#include "base/sort.h"
#include "store/queue.h"
#include "store/rows.h"

#define BUCKETS    256
#define OWNERS_MAX 1024 /* asked for in one claim */
#define OTHERS     8    /* tries to claim where another worker was faster */

/* ---- jobs that are there ---------------------------------------------- */

struct claim_work {
	const struct store_claim *claim;
	struct store_job job;
	struct vexlog_arena *arena;
	int64_t now, until;
	bool lost; /* another worker was faster: claim again */
};

struct texts {
	struct vexlog_arena *arena;
	const char **list;
	size_t count, room, max;
};

static int
take_text(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct texts *out = context;
	struct row row;

	if (out->count == out->max)
		return 0;
	row_open(&row, columns, count, out->arena, err);
	const char *text = row_text(&row);
	int rc = row_close(&row);
	if (rc != 0)
		return rc;
	void *list = arena_grow(out->arena, out->list, out->count, &out->room,
	    sizeof(*out->list), err);
	if (list == NULL)
		return err->code;
	out->list = list;
	out->list[out->count++] = text;
	return 0;
}

/* Ends the leases of owners that are gone. */
static int
evict(struct store *store, struct claim_work *work, struct vexlog_err *err)
{
	const struct store_claim *claim = work->claim;
	struct texts owners = {store->scratch, NULL, 0, 0, OWNERS_MAX};
	const struct store_value values[] = {value_text(store->tenant),
	    value_moment(work->now), value_text(claim->owner)};
	int rc;

	if (claim->owner_gone == NULL)
		return 0;
	rc = store_query(store, SQL_job_owners, values, COUNT(values),
	    &(struct store_rows){take_text, &owners}, NULL, err);
	for (size_t i = 0; rc == 0 && i < owners.count; i++) {
		if (!claim->owner_gone(owners.list[i], claim->context))
			continue;
		const struct store_value gone[] = {
		    value_text(store->tenant), value_text(owners.list[i])};
		rc = store_query(
		    store, SQL_job_evict, gone, COUNT(gone), NULL, NULL, err);
	}
	return rc;
}

/* Takes the lease of the job that the statement finds; NOT_FOUND: none. */
static int
take_over(struct store *store, struct claim_work *work, enum store_sql sql,
    const struct store_value *values, size_t count, struct vexlog_err *err)
{
	const struct store_claim *claim = work->claim;
	struct one_integer id = {0, false};
	int rc = store_query(store, sql, values, count,
	    &(struct store_rows){row_one_integer, &id}, NULL, err);

	if (rc != 0)
		return rc;
	if (!id.found)
		return VEXLOG_NOT_FOUND;
	const struct store_value take[] = {value_text(store->tenant),
	    value_integer(id.value), value_text(claim->owner),
	    value_moment(work->until), value_text(claim->log_url)};
	rc = store_query(
	    store, SQL_job_take, take, COUNT(take), NULL, NULL, err);
	if (rc != 0)
		return rc;
	return queue_get_job(&work->job, work->arena, store, id.value, err);
}

static int
claim_left(struct store *store, struct claim_work *work, struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(store->tenant),
	    value_moment(work->now), value_bool(work->claim->observations),
	    value_bool(work->claim->others)};

	return take_over(store, work, SQL_job_left, values, COUNT(values), err);
}

static int
claim_queued(
    struct store *store, struct claim_work *work, struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(store->tenant)};

	if (!work->claim->others)
		return VEXLOG_NOT_FOUND;
	return take_over(
	    store, work, SQL_job_queued, values, COUNT(values), err);
}

/* ---- observations that wait ------------------------------------------- */

struct waiting {
	const char *id;
	int64_t created_at;
};

struct waiting_rows {
	struct vexlog_arena *arena;
	const void **list; /* of struct waiting */
	size_t count, room;
};

static int
take_waiting(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct waiting_rows *out = context;
	struct waiting *one = arena_take(out->arena, sizeof(*one), err);
	struct row row;
	int rc;

	if (one == NULL)
		return err->code;
	row_open(&row, columns, count, out->arena, err);
	one->id = row_text(&row);
	one->created_at = row_integer(&row);
	if ((rc = row_close(&row)) != 0)
		return rc;
	void *list = arena_grow(out->arena, out->list, out->count, &out->room,
	    sizeof(*out->list), err);
	if (list == NULL)
		return err->code;
	out->list = list;
	out->list[out->count++] = one;
	return 0;
}

static int
queue_order(const void *a, const void *b, void *context)
{
	const struct waiting *x = a, *y = b;

	(void)context;
	if (x->created_at != y->created_at)
		return x->created_at < y->created_at ? -1 : 1;
	return text_order(x->id, y->id);
}

/* The oldest of all. */
static int
find_oldest(struct waiting_rows *out, struct store *store, size_t batch,
    struct vexlog_err *err)
{
	const struct store_value values[] = {
	    value_text(store->tenant), value_integer((int64_t)batch)};

	return store_query(store, SQL_claim_pending, values, COUNT(values),
	    &(struct store_rows){take_waiting, out}, NULL, err);
}

/* Where the rows of one tenant lie on many nodes, by bucket: a node can lock
 * its own only. Begins with the bucket that waits longest. */
static int
find_by_bucket(struct waiting_rows *out, struct store *store, size_t batch,
    struct vexlog_err *err)
{
	const struct store_value tenant[] = {value_text(store->tenant)};
	struct one_integer first = {0, false};
	int rc = store_query(store, SQL_claim_first_bucket, tenant, 1,
	    &(struct store_rows){row_one_integer, &first}, NULL, err);

	for (int64_t i = 0;
	     rc == 0 && first.found && i < BUCKETS && out->count < batch; i++) {
		const struct store_value values[] = {value_text(store->tenant),
		    value_integer((int64_t)(batch - out->count)),
		    value_small((first.value + i) % BUCKETS)};
		rc = store_query(store, SQL_claim_bucket, values, COUNT(values),
		    &(struct store_rows){take_waiting, out}, NULL, err);
	}
	if (rc == 0)
		rc = sort_pointers(out->list, out->count, queue_order, NULL,
		    store->scratch, err);
	return rc;
}

static int
put_members(struct store *store, struct claim_work *work, int64_t job,
    const struct waiting_rows *rows, struct vexlog_err *err)
{
	struct store_value *values =
	    arena_list(store->scratch, rows->count * 4, sizeof(*values), err);
	int64_t changed;
	int rc;

	if (values == NULL)
		return err->code;
	for (size_t i = 0; i < rows->count; i++) {
		const struct waiting *one = rows->list[i];
		values[i * 4] = value_text(store->tenant);
		values[i * 4 + 1] = value_integer(job);
		values[i * 4 + 2] = value_integer((int64_t)i);
		values[i * 4 + 3] = value_text(one->id);
	}
	rc = store_bulk(
	    store, SQL_member_put, values, 4, rows->count, NULL, &changed, err);
	if (rc == 0 && (size_t)changed != rows->count) {
		work->lost = true;
		rc = err_set(err, VEXLOG_CONFLICT,
		    "another worker claimed the same observations");
	}
	return rc;
}

static int
claim_pending(
    struct store *store, struct claim_work *work, struct vexlog_err *err)
{
	const struct store_claim *claim = work->claim;
	struct waiting_rows rows = {store->scratch, NULL, 0, 0};
	struct one_integer buckets = {0, false}, job = {0, false};
	int rc;

	if (!claim->observations)
		return VEXLOG_NOT_FOUND;
	rc = store_query(store, SQL_claim_by_bucket, NULL, 0,
	    &(struct store_rows){row_one_integer, &buckets}, NULL, err);
	if (rc == 0)
		rc = buckets.found
		    ? find_by_bucket(&rows, store, claim->batch, err)
		    : find_oldest(&rows, store, claim->batch, err);
	if (rc != 0)
		return rc;
	if (rows.count == 0)
		return VEXLOG_NOT_FOUND;
	const struct store_value new[] = {value_text(store->tenant),
	    value_text(claim->owner), value_moment(work->until),
	    value_text(claim->log_url), value_moment(work->now)};
	rc = store_query(store, SQL_job_new, new, COUNT(new),
	    &(struct store_rows){row_one_integer, &job}, NULL, err);
	if (rc == 0)
		rc = put_members(store, work, job.value, &rows, err);
	if (rc == 0)
		rc = queue_get_job(
		    &work->job, work->arena, store, job.value, err);
	return rc;
}

/* ---- the claim -------------------------------------------------------- */

static int
claim_next(struct store *store, void *context, struct vexlog_err *err)
{
	struct claim_work *work = context;
	int rc = evict(store, work, err);

	work->lost = false;
	if (rc == 0)
		rc = claim_left(store, work, err);
	if (rc == VEXLOG_NOT_FOUND)
		rc = claim_queued(store, work, err);
	if (rc == VEXLOG_NOT_FOUND)
		rc = claim_pending(store, work, err);
	if (rc == VEXLOG_NOT_FOUND)
		err_set(err, VEXLOG_NOT_FOUND, "nothing is left to be linked");
	return rc;
}

int
store_job_claim(struct store_job *out, struct vexlog_arena *arena,
    struct store *store, const struct store_claim *claim,
    struct vexlog_err *err)
{
	struct claim_work work = {.claim = claim, .arena = arena};
	int rc = core_need(claim->owner, "the owner", err);

	if (rc == 0)
		rc = core_need(claim->log_url, "the log's URL", err);
	if (rc != 0)
		return rc;
	if (claim->lease <= 0 || claim->lease > 365 * DAY ||
	    (claim->observations &&
		(claim->batch < 1 || claim->batch > VEXLOG_BATCH_MAX)))
		return err_set(err, VEXLOG_MISUSE,
		    "a claim of %zu observations for %lld microseconds",
		    claim->batch, (long long)claim->lease);
	for (int i = 0; i < OTHERS; i++) {
		work.now = core_now(store);
		work.until = work.now + claim->lease;
		rc = store_transaction(store, claim_next, &work, err);
		if (rc == 0 || !work.lost || store->begun)
			break;
	}
	if (rc == 0)
		*out = work.job;
	return rc;
}
