/*
 * claim.c - the next jobs for a worker: those that were left behind, things in
 * the queue, batches of the oldest observations that wait.
 *
 * A claim is one transaction. Those of one tenant that look for observations
 * come one after the other, each for about a millisecond: so no observation is
 * in two jobs, each claim takes the oldest, and workers that want one row each
 * do not all fight for the same one.
 */
#include <string.h>

#include "base/limits.h"
#include "base/sort.h"
#include "store/queue.h"
#include "store/rows.h"

#define BUCKETS    256
#define OWNERS_MAX 1024 /* asked for in one claim */

/* ---- jobs that are there ---------------------------------------------- */

struct claim_work {
	const struct store_claim *claim;
	struct store_job *list; /* room for claim->jobs */
	size_t count;
	size_t members; /* observations in the list */
	struct vexlog_arena *arena;
	int64_t now, until;
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

static size_t
room(const struct claim_work *work)
{
	return work->claim->jobs - work->count;
}

static int
order_of_job(const void *a, const void *b, void *context)
{
	const struct store_job *x = a, *y = b;

	(void)context;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* Puts jobs behind those of the list, in the order of the queue. */
static int
add_jobs(struct store *store, struct claim_work *work,
    const struct store_job *jobs, size_t count, struct vexlog_err *err)
{
	const void **sorted =
	    arena_list(store->scratch, count, sizeof(*sorted), err);
	int rc;

	if (sorted == NULL)
		return err->code;
	for (size_t i = 0; i < count; i++)
		sorted[i] = &jobs[i];
	rc = sort_pointers(
	    sorted, count, order_of_job, NULL, store->scratch, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct store_job *job = &work->list[work->count++];
		*job = *(const struct store_job *)sorted[i];
		rc = queue_get_members(job, work->arena, store, err);
		work->members += job->member_count;
	}
	return rc;
}

/* Takes the leases of what the statement finds. */
static int
take_over(struct store *store, struct claim_work *work, enum store_sql sql,
    const struct store_value *values, size_t count, struct vexlog_err *err)
{
	struct queue_jobs jobs = {.arena = work->arena};
	int rc = store_query(store, sql, values, count,
	    &(struct store_rows){queue_take_job, &jobs}, NULL, err);

	if (rc != 0 || jobs.count == 0)
		return rc;
	return add_jobs(store, work, jobs.list, jobs.count, err);
}

static int
claim_left(struct store *store, struct claim_work *work, struct vexlog_err *err)
{
	const struct store_claim *claim = work->claim;
	const struct store_value values[] = {value_text(store->tenant),
	    value_moment(work->now), value_bool(claim->observations),
	    value_bool(claim->others), value_text(claim->owner),
	    value_moment(work->until), value_text(claim->log_url),
	    value_integer((int64_t)room(work))};

	return take_over(store, work, SQL_job_left, values, COUNT(values), err);
}

static int
claim_queued(
    struct store *store, struct claim_work *work, struct vexlog_err *err)
{
	const struct store_claim *claim = work->claim;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(claim->owner), value_moment(work->until),
	    value_text(claim->log_url), value_integer((int64_t)room(work))};

	if (!claim->others || room(work) == 0)
		return 0;
	return take_over(
	    store, work, SQL_job_queued, values, COUNT(values), err);
}

/* ---- observations that wait ------------------------------------------- */

static int
queue_order(const void *a, const void *b, void *context)
{
	const struct vexlog_observation *x = a, *y = b;

	(void)context;
	if (x->created_at != y->created_at)
		return x->created_at < y->created_at ? -1 : 1;
	return text_order(x->id, y->id);
}

/* The oldest of all. */
static int
find_oldest(struct observation_rows *out, struct store *store, size_t most,
    struct vexlog_err *err)
{
	const struct store_value values[] = {
	    value_text(store->tenant), value_integer((int64_t)most)};

	return store_query(store, SQL_claim_pending, values, COUNT(values),
	    &(struct store_rows){core_reader(store), out}, NULL, err);
}

static int
sort_in_queue_order(
    struct observation_rows *rows, struct store *store, struct vexlog_err *err)
{
	struct vexlog_observation *list =
	    arena_list(rows->arena, rows->count, sizeof(*list), err);
	const void **sorted =
	    arena_list(store->scratch, rows->count, sizeof(*sorted), err);
	int rc;

	if (list == NULL || sorted == NULL)
		return err->code;
	for (size_t i = 0; i < rows->count; i++)
		sorted[i] = &rows->list[i];
	rc = sort_pointers(
	    sorted, rows->count, queue_order, NULL, store->scratch, err);
	for (size_t i = 0; rc == 0 && i < rows->count; i++)
		list[i] = *(const struct vexlog_observation *)sorted[i];
	rows->list = list;
	return rc;
}

/* Where the rows of one tenant lie on many nodes, by bucket: each is asked on
 * its own node, beginning with the one that waits longest. The order of the
 * queue then holds within a bucket. */
static int
find_by_bucket(struct observation_rows *out, struct store *store, size_t most,
    struct vexlog_err *err)
{
	const struct store_value tenant[] = {value_text(store->tenant)};
	struct one_integer first = {0, false};
	int rc = store_query(store, SQL_claim_first_bucket, tenant, 1,
	    &(struct store_rows){row_one_integer, &first}, NULL, err);

	for (int64_t i = 0;
	     rc == 0 && first.found && i < BUCKETS && out->count < most; i++) {
		const struct store_value values[] = {value_text(store->tenant),
		    value_integer((int64_t)(most - out->count)),
		    value_small((first.value + i) % BUCKETS)};
		rc = store_query(store, SQL_claim_bucket, values, COUNT(values),
		    &(struct store_rows){core_reader(store), out}, NULL, err);
	}
	if (rc != 0 || out->count == 0)
		return rc;
	return sort_in_queue_order(out, store, err);
}

static int
find_waiting(struct observation_rows *out, struct store *store, size_t most,
    struct vexlog_err *err)
{
	struct one_integer buckets = {0, false}, lock;
	const struct store_value tenant[] = {value_text(store->tenant)};
	int rc = store_query(store, SQL_claim_lock, tenant, 1,
	    &(struct store_rows){row_one_integer, &lock}, NULL, err);

	if (rc == 0)
		rc = store_query(store, SQL_claim_by_bucket, NULL, 0,
		    &(struct store_rows){row_one_integer, &buckets}, NULL, err);
	if (rc != 0)
		return rc;
	return buckets.found ? find_by_bucket(out, store, most, err)
			     : find_oldest(out, store, most, err);
}

struct ids {
	struct vexlog_arena *arena;
	const void **list; /* of int64_t */
	size_t count, room;
};

static int
take_id(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct ids *ids = context;
	struct one_integer one = {0, false};
	int64_t *id = arena_take(ids->arena, sizeof(*id), err);
	int rc = row_one_integer(columns, count, &one, err);

	if (id == NULL || rc != 0)
		return err->code;
	*id = one.value;
	if (ids->count < ids->room)
		ids->list[ids->count++] = id;
	return 0;
}

static int
order_of_integer(const void *a, const void *b, void *context)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	(void)context;
	return x < y ? -1 : x > y;
}

/* New jobs, their ids in ascending order. */
static int
make_jobs(struct ids *ids, struct store *store, struct claim_work *work,
    struct vexlog_err *err)
{
	const struct store_claim *claim = work->claim;
	const struct store_value one[] = {value_text(store->tenant),
	    value_text(claim->owner), value_moment(work->until),
	    value_text(claim->log_url), value_moment(work->now)};
	struct store_value *values = arena_list(
	    store->scratch, ids->room * COUNT(one), sizeof(*values), err);
	int rc;

	ids->list =
	    arena_list(store->scratch, ids->room, sizeof(*ids->list), err);
	if (values == NULL || ids->list == NULL)
		return err->code;
	for (size_t i = 0; i < ids->room; i++)
		memcpy(values + i * COUNT(one), one, sizeof(one));
	rc = store_bulk(store, SQL_job_new, values, COUNT(one), ids->room,
	    &(struct store_rows){take_id, ids}, NULL, err);
	if (rc == 0 && ids->count != ids->room)
		rc = err_set(err, VEXLOG_IO,
		    "the database made %zu jobs of %zu", ids->count, ids->room);
	if (rc != 0)
		return rc;
	return sort_pointers(ids->list, ids->count, order_of_integer, NULL,
	    store->scratch, err);
}

static int
put_members(struct store *store, const struct store_job *jobs, size_t count,
    size_t total, struct vexlog_err *err)
{
	struct store_value *values =
	    arena_list(store->scratch, total * 4, sizeof(*values), err);
	struct store_value *at = values;

	if (values == NULL)
		return err->code;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < jobs[i].member_count; k++, at += 4) {
			at[0] = value_text(store->tenant);
			at[1] = value_integer(jobs[i].id);
			at[2] = value_integer((int64_t)k);
			at[3] = value_text(jobs[i].members[k].id);
		}
	return store_bulk(
	    store, SQL_member_put, values, 4, total, NULL, NULL, err);
}

/* A full batch in each job, what is left in the last. */
static int
claim_pending(
    struct store *store, struct claim_work *work, struct vexlog_err *err)
{
	const struct store_claim *claim = work->claim;
	struct observation_rows rows = {
	    work->arena, store->scratch, NULL, 0, 0};
	struct store_job *jobs = work->list + work->count;
	struct ids ids = {work->arena, NULL, 0, 0};
	size_t most = claim->batch * room(work);
	int rc;

	if (claim->most > 0 && most + work->members > claim->most)
		most = work->members < claim->most ?
		    claim->most - work->members :
		    0;
	if (!claim->observations || most == 0)
		return 0;
	rc = find_waiting(&rows, store, most, err);
	if (rc != 0 || rows.count == 0)
		return rc;
	ids.room = (rows.count + claim->batch - 1) / claim->batch;
	if ((rc = make_jobs(&ids, store, work, err)) != 0)
		return rc;
	for (size_t i = 0; i < ids.count; i++) {
		size_t from = i * claim->batch, left = rows.count - from;
		jobs[i] = (struct store_job){
		    .id = *(const int64_t *)ids.list[i],
		    .kind = "observations",
		    .subject = "",
		    .members = rows.list + from,
		    .member_count = left < claim->batch ? left : claim->batch,
		    .log_url = claim->log_url};
	}
	rc = put_members(store, jobs, ids.count, rows.count, err);
	if (rc == 0)
		work->count += ids.count;
	return rc;
}

/* ---- the claim -------------------------------------------------------- */

static int
claim_next(struct store *store, void *context, struct vexlog_err *err)
{
	struct claim_work *work = context;
	int rc;

	work->now = core_now(store);
	work->until = work->now + work->claim->lease;
	work->count = work->members = 0;
	if ((rc = evict(store, work, err)) != 0 ||
	    (rc = claim_left(store, work, err)) != 0 ||
	    (rc = claim_queued(store, work, err)) != 0 ||
	    (rc = claim_pending(store, work, err)) != 0)
		return rc;
	if (work->count > 0)
		return 0;
	return err_set(err, VEXLOG_NOT_FOUND, "nothing is left to be linked");
}

int
store_claim_jobs(struct store_job *list, size_t *count,
    struct vexlog_arena *arena, struct store *store,
    const struct store_claim *claim, struct vexlog_err *err)
{
	struct claim_work work = {.claim = claim, .list = list, .arena = arena};
	int rc = core_need(claim->owner, "the owner", err);

	if (rc == 0)
		rc = core_need(claim->log_url, "the log's URL", err);
	if (rc != 0)
		return rc;
	if (claim->lease <= 0 || claim->lease > 365 * DAY || claim->jobs < 1 ||
	    claim->jobs > STORE_JOBS_MAX ||
	    (claim->observations &&
		(claim->batch < 1 || claim->batch > VEXLOG_BATCH_MAX)))
		return err_set(err, VEXLOG_MISUSE,
		    "a claim of %zu jobs of %zu observations for %lld "
		    "microseconds",
		    claim->jobs, claim->batch, (long long)claim->lease);
	rc = store_transaction(store, claim_next, &work, err);
	if (rc == 0)
		*count = work.count;
	return rc;
}
