/*
 * queue.c - jobs: what is put into the queue, what became of it, and what
 * attests a thing. How a worker gets one stands in claim.c.
 */
#include "store/queue.h"
#include "base/hash.h"
#include "base/limits.h"
#include "store/rows.h"
#include "vex/observation.h"

/* ---- reading ---------------------------------------------------------- */

int
queue_take_job(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct queue_jobs *out = context;
	struct store_job job = {0};
	struct row row;
	int rc;

	row_open(&row, columns, count, out->arena, err);
	job.id = row_integer(&row);
	job.kind = row_text(&row);
	job.subject = row_text(&row);
	job.payload = row_bytes(&row);
	job.envelope = row_bytes(&row);
	job.log_url = row_text_or_null(&row);
	job.attempts = (int)row_integer(&row);
	job.last_error = row_text_or_null(&row);
	out->entry_uuid = row_text_or_null(&row);
	if ((rc = row_close(&row)) != 0)
		return rc;
	void *list = arena_grow(
	    out->arena, out->list, out->count, &out->room, sizeof(job), err);
	if (list == NULL)
		return err->code;
	out->list = list;
	out->list[out->count++] = job;
	return 0;
}

int
queue_get_members(struct store_job *job, struct vexlog_arena *arena,
    struct store *store, struct vexlog_err *err)
{
	struct observation_rows members = {arena, store->scratch, NULL, 0, 0};
	const struct store_value values[] = {
	    value_text(store->tenant), value_integer(job->id)};
	int rc;

	if (!text_same(job->kind, "observations"))
		return 0;
	rc = store_query(store, SQL_members_get, values, COUNT(values),
	    &(struct store_rows){core_reader(store), &members}, NULL, err);
	if (rc != 0)
		return rc;
	job->members = members.list;
	job->member_count = members.count;
	return 0;
}

/* ---- putting ---------------------------------------------------------- */

struct enqueue {
	const char *kind, *subject;
	struct vexlog_bytes payload;
};

static int
enqueue(struct store *store, void *context, struct vexlog_err *err)
{
	struct enqueue *put = context;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(put->kind), value_text(put->subject),
	    value_bytes(put->payload), value_moment(core_now(store))};

	int64_t changed;
	int rc = store_query(store, SQL_job_enqueue, values, COUNT(values),
	    NULL, &changed, err);

	return rc == 0 && changed > 0 ? core_tell(store, err) : rc;
}

int
store_enqueue(struct store *store, const char *kind, const char *subject,
    struct vexlog_bytes payload, struct vexlog_err *err)
{
	struct enqueue put = {kind, subject, payload};
	int rc = core_need(kind, "the kind", err);

	if (rc == 0)
		rc = core_need(subject, "the subject", err);
	if (rc != 0)
		return rc;
	if (payload.size == 0 || text_same(kind, "observations"))
		return err_set(err, VEXLOG_MISUSE,
		    "\"%.40s\" %.80s can't be put into the queue", kind,
		    subject);
	return store_transaction(store, enqueue, &put, err);
}

/* ---- what became of it ------------------------------------------------ */

struct held {
	enum store_sql sql;
	const struct store_value *values; /* tenant, id, owner, … */
	size_t count;
};

static int
change_held(struct store *store, void *context, struct vexlog_err *err)
{
	struct held *held = context;
	int64_t changed;
	int rc = store_query(
	    store, held->sql, held->values, held->count, NULL, &changed, err);

	if (rc != 0 || changed == 1)
		return rc;
	return err_set(err, VEXLOG_CONFLICT,
	    "the lease of job %lld was lost: another worker has it",
	    (long long)held->values[1].integer);
}

int
store_job_signed(struct store *store, int64_t id, const char *owner,
    struct vexlog_bytes payload, struct vexlog_bytes envelope,
    struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(store->tenant),
	    value_integer(id), value_text(owner), value_bytes(payload),
	    value_bytes(envelope)};
	struct held held = {SQL_job_signed, values, COUNT(values)};

	if (payload.size == 0 || envelope.size == 0)
		return err_set(err, VEXLOG_MISUSE,
		    "job %lld without payload or envelope", (long long)id);
	return store_transaction(store, change_held, &held, err);
}

int
store_job_failed(struct store *store, int64_t id, const char *owner,
    const char *why, int64_t retry_at, struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(store->tenant),
	    value_integer(id), value_text(owner),
	    value_text(why == NULL ? "" : why),
	    retry_at == TIME_MAX ? value_null(STORE_TIME)
				 : value_moment(retry_at)};
	struct held held = {SQL_job_failed, values, COUNT(values)};

	return store_transaction(store, change_held, &held, err);
}

int
store_job_release(
    struct store *store, int64_t id, const char *owner, struct vexlog_err *err)
{
	const struct store_value values[] = {
	    value_text(store->tenant), value_integer(id), value_text(owner)};
	struct held held = {SQL_job_release, values, COUNT(values)};

	return store_transaction(store, change_held, &held, err);
}

int
store_job_done(struct store *store, int64_t id, const char *owner,
    const char *entry_uuid, struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(store->tenant),
	    value_integer(id), value_text(owner), value_text(entry_uuid)};
	struct held held = {SQL_job_done, values, COUNT(values)};
	int rc = core_need(entry_uuid, "the entry's uuid", err);

	return rc != 0 ? rc : store_transaction(store, change_held, &held, err);
}

static int
try_again(struct store *store, void *context, struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(store->tenant)};
	int64_t *changed = context;
	int rc =
	    store_query(store, SQL_job_again, values, 1, NULL, changed, err);

	return rc == 0 && *changed > 0 ? core_tell(store, err) : rc;
}

int
store_jobs_again(size_t *count, struct store *store, struct vexlog_err *err)
{
	int64_t changed = 0;
	int rc = store_transaction(store, try_again, &changed, err);

	if (rc == 0)
		*count = (size_t)changed;
	return rc;
}

/* ---- looking up ------------------------------------------------------- */

int
store_job_of(struct store_job *out, const char **entry_json,
    struct vexlog_arena *arena, struct store *store, const char *kind,
    const char *subject, struct vexlog_err *err)
{
	struct queue_jobs jobs = {.arena = arena};
	struct store_entry entry = {0};
	int rc = core_need(kind, "the kind", err);

	if (rc == 0)
		rc = core_need(subject, "the subject", err);
	if (rc != 0)
		return rc;
	bool members = text_same(kind, "observations");
	bool alone = members || text_same(kind, "entry");
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(alone ? subject : kind), value_text(subject)};
	rc = store_query(store,
	    members     ? SQL_job_by_member
		: alone ? SQL_job_by_entry
			: SQL_job_by_subject,
	    values, alone ? 2 : 3, &(struct store_rows){queue_take_job, &jobs},
	    NULL, err);
	if (rc != 0)
		return rc;
	if (jobs.count == 0)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "no attestation of %s %s was made", kind, subject);
	if (jobs.entry_uuid != NULL) {
		rc = store_get_entry(
		    &entry, arena, store, jobs.entry_uuid, NULL, -1, err);
		if (rc != 0 && rc != VEXLOG_NOT_FOUND)
			return rc;
	}
	*out = jobs.list[jobs.count - 1];
	out->logged_at = entry.json == NULL ? TIME_NONE : entry.created_at;
	*entry_json = entry.json;
	return 0;
}

int
store_count_jobs(
    size_t *others_pending, struct store *store, struct vexlog_err *err)
{
	struct one_integer one = {0, false};
	const struct store_value values[] = {value_text(store->tenant)};
	int rc = store_query(store, SQL_count_jobs, values, 1,
	    &(struct store_rows){row_one_integer, &one}, NULL, err);

	if (rc == 0)
		*others_pending = (size_t)one.value;
	return rc;
}

struct dead_row {
	struct vexlog_arena *arena;
	int64_t count;
	const char *why;
};

static int
take_dead(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct dead_row *out = context;
	struct row row;

	row_open(&row, columns, count, out->arena, err);
	out->count = row_integer(&row);
	out->why = row_text_or_null(&row);
	return row_close(&row);
}

int
store_jobs_dead(size_t *count, const char **why, struct vexlog_arena *arena,
    struct store *store, struct vexlog_err *err)
{
	struct dead_row dead = {.arena = arena};
	const struct store_value values[] = {value_text(store->tenant)};
	int rc = store_query(store, SQL_jobs_dead, values, 1,
	    &(struct store_rows){take_dead, &dead}, NULL, err);

	if (rc != 0)
		return rc;
	*count = (size_t)dead.count;
	*why = dead.why;
	return 0;
}

struct waiting_row {
	struct vexlog_arena *arena;
	int64_t count, until;
	const char *why;
};

static int
take_waiting(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct waiting_row *out = context;
	struct row row;

	row_open(&row, columns, count, out->arena, err);
	out->count = row_integer(&row);
	out->until = row_integer(&row);
	out->why = row_text_or_null(&row);
	return row_close(&row);
}

int
store_jobs_waiting(size_t *count, int64_t *until, const char **why,
    struct vexlog_arena *arena, struct store *store, struct vexlog_err *err)
{
	struct waiting_row waiting = {.arena = arena};
	const struct store_value values[] = {
	    value_text(store->tenant), value_moment(core_now(store))};
	int rc = store_query(store, SQL_jobs_waiting, values, COUNT(values),
	    &(struct store_rows){take_waiting, &waiting}, NULL, err);

	if (rc != 0)
		return rc;
	*count = (size_t)waiting.count;
	*until = waiting.until;
	*why = waiting.why;
	return 0;
}

struct done_rows {
	struct vexlog_arena *arena;
	struct store_job *list;
	size_t count, room;
};

static int
take_done(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct done_rows *out = context;
	struct store_job job = {0};
	struct row row;
	int rc;

	row_open(&row, columns, count, out->arena, err);
	job.id = row_integer(&row);
	job.kind = row_text(&row);
	job.subject = row_text(&row);
	job.log_url = row_text_or_null(&row);
	if ((rc = row_close(&row)) != 0)
		return rc;
	void *list = arena_grow(
	    out->arena, out->list, out->count, &out->room, sizeof(job), err);
	if (list == NULL)
		return err->code;
	out->list = list;
	out->list[out->count++] = job;
	return 0;
}

int
store_jobs_done(const struct store_job **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, struct vexlog_err *err)
{
	struct done_rows rows = {arena, NULL, 0, 0};
	const struct store_value values[] = {value_text(store->tenant)};
	int rc = store_query(store, SQL_jobs_done, values, 1,
	    &(struct store_rows){take_done, &rows}, NULL, err);

	if (rc != 0)
		return rc;
	*out = rows.list;
	*count = rows.count;
	return 0;
}
