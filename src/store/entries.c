/*
 * entries.c - what logs hold of us, and the checkpoints seen of them.
 */
#include "base/hash.h"
#include "base/limits.h"
#include "store/rows.h"

/* ---- entries ---------------------------------------------------------- */

struct entry_work {
	const struct store_entry *put;
	struct store_entry got;
	struct vexlog_arena *arena;
	bool found;
};

static int
take_entry(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct entry_work *work = context;
	struct store_entry *e = &work->got;
	struct row row;

	row_open(&row, columns, count, work->arena, err);
	e->log_id = row_text(&row);
	e->log_index = row_integer(&row);
	e->uuid = row_text(&row);
	e->log_url = row_text(&row);
	e->origin = row_text(&row);
	e->integrated_time = row_time(&row);
	e->body_hash = row_text(&row);
	e->envelope_digest = row_text(&row);
	e->json = row_text(&row);
	e->created_at = row_time(&row);
	work->found = true;
	return row_close(&row);
}

static int
get_entry(struct entry_work *work, struct store *store, const char *log_id,
    int64_t log_index, struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(log_id), value_integer(log_index)};

	return store_query(store, SQL_entry_get, values, COUNT(values),
	    &(struct store_rows){take_entry, work}, NULL, err);
}

static int
put_entry(struct store *store, void *context, struct vexlog_err *err)
{
	struct entry_work *work = context;
	const struct store_entry *e = work->put;
	const int64_t now = core_now(store);
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(e->log_id), value_integer(e->log_index),
	    value_text(e->uuid), value_text(e->log_url),
	    value_text(e->origin == NULL ? "" : e->origin),
	    value_time(e->integrated_time), value_text(e->body_hash),
	    value_text(e->envelope_digest), value_text(e->json),
	    value_moment(now > e->created_at ? now : e->created_at)};
	int64_t changed;
	int rc = store_query(
	    store, SQL_entry_put, values, COUNT(values), NULL, &changed, err);

	if (rc != 0 || changed == 1)
		return rc;
	work->arena = store->scratch;
	work->found = false;
	if ((rc = get_entry(work, store, e->log_id, e->log_index, err)) != 0)
		return rc;
	const struct store_entry *got = &work->got;
	if (work->found && text_same(got->uuid, e->uuid) &&
	    text_same(got->body_hash, e->body_hash) &&
	    text_same(got->envelope_digest, e->envelope_digest))
		return 0;
	return err_set(err, VEXLOG_CONFLICT,
	    "index %lld of log %.16s is entry %s already, not %s",
	    (long long)e->log_index, e->log_id,
	    work->found ? got->uuid : "(gone)", e->uuid);
}

int
store_put_entry(struct store *store, const struct store_entry *entry,
    struct vexlog_err *err)
{
	struct entry_work work = {.put = entry};
	const struct {
		const char *text, *what;
	} needed[] = {{entry->log_id, "the log id"},
	    {entry->uuid, "the entry's uuid"},
	    {entry->log_url, "the log's URL"},
	    {entry->body_hash, "the body hash"},
	    {entry->envelope_digest, "the envelope digest"}};

	for (size_t i = 0; i < COUNT(needed); i++) {
		int rc = core_need(needed[i].text, needed[i].what, err);
		if (rc != 0)
			return rc;
	}
	if (entry->log_index < 0 || entry->json == NULL)
		return err_set(err, VEXLOG_MISUSE,
		    "entry %s has no index or no content", entry->uuid);
	return store_transaction(store, put_entry, &work, err);
}

int
store_get_entry(struct store_entry *out, struct vexlog_arena *arena,
    struct store *store, const char *uuid, const char *log_id,
    int64_t log_index, struct vexlog_err *err)
{
	struct entry_work work = {.arena = arena};
	int rc;

	if (uuid != NULL) {
		const struct store_value values[] = {value_text(store->tenant),
		    value_text(uuid), value_text(log_id)};
		rc =
		    store_query(store, SQL_entry_by_uuid, values, COUNT(values),
			&(struct store_rows){take_entry, &work}, NULL, err);
	} else if ((rc = core_need(log_id, "the log id", err)) == 0) {
		rc = get_entry(&work, store, log_id, log_index, err);
	}
	if (rc != 0)
		return rc;
	if (work.found) {
		*out = work.got;
		return 0;
	}
	if (uuid != NULL)
		return err_set(
		    err, VEXLOG_NOT_FOUND, "there is no entry %s", uuid);
	return err_set(err, VEXLOG_NOT_FOUND,
	    "there is no entry %lld of log %.64s", (long long)log_index,
	    log_id);
}

struct envelope_get {
	struct vexlog_arena *arena;
	struct vexlog_bytes got;
	bool found;
};

static int
take_envelope(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct envelope_get *get = context;
	struct row row;

	row_open(&row, columns, count, get->arena, err);
	get->got = row_bytes(&row);
	get->found = true;
	return row_close(&row);
}

int
store_get_envelope(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct store *store, const char *digest, struct vexlog_err *err)
{
	struct envelope_get get = {.arena = arena};
	const struct store_value values[] = {
	    value_text(store->tenant), value_text(digest)};
	char own[DIGEST_TEXT];
	int rc = store_query(store, SQL_envelope_get, values, COUNT(values),
	    &(struct store_rows){take_envelope, &get}, NULL, err);

	if (rc != 0)
		return rc;
	if (!get.found)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "there is no envelope %.80s", digest);
	if ((rc = hash_digest(own, get.got, err)) != 0)
		return rc;
	if (!text_same(own, digest))
		return err_set(err, VEXLOG_BAD_PROOF,
		    "envelope %s: its bytes hash to %s", digest, own);
	*out = get.got;
	return 0;
}

/* ---- verifying again -------------------------------------------------- */

struct entry_rows {
	struct vexlog_arena *arena;
	struct store_entry *list;
	size_t count, room;
};

static int
take_due(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct entry_rows *out = context;
	struct entry_work one = {.arena = out->arena};
	int rc = take_entry(columns, count, &one, err);

	if (rc != 0)
		return rc;
	void *list = arena_grow(out->arena, out->list, out->count, &out->room,
	    sizeof(one.got), err);
	if (list == NULL)
		return err->code;
	out->list = list;
	out->list[out->count++] = one.got;
	return 0;
}

int
store_entries_due(const struct store_entry **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, const char *log_id,
    size_t limit, struct vexlog_err *err)
{
	struct entry_rows rows = {.arena = arena};
	int rc = core_need(log_id, "the log id", err);

	if (rc == 0 && (limit == 0 || limit > VEXLOG_PAGE_MAX))
		rc = err_set(err, VEXLOG_MISUSE,
		    "a limit of %zu, it must be 1 to %d", limit,
		    VEXLOG_PAGE_MAX);
	if (rc != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(log_id), value_integer((int64_t)limit)};
	rc = store_query(store, SQL_entries_due, values, COUNT(values),
	    &(struct store_rows){take_due, &rows}, NULL, err);
	if (rc == 0) {
		*out = rows.list;
		*count = rows.count;
	}
	return rc;
}

struct verified {
	const char *log_id, *why;
	int64_t log_index;
};

static int
put_verified(struct store *store, void *context, struct vexlog_err *err)
{
	const struct verified *v = context;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(v->log_id), value_integer(v->log_index),
	    value_moment(core_now(store)),
	    value_text(v->why == NULL ? "valid" : "invalid"),
	    value_text(v->why)};
	int64_t changed;
	int rc = store_query(store, SQL_entry_verified, values, COUNT(values),
	    NULL, &changed, err);

	if (rc == 0 && changed == 0)
		rc = err_set(err, VEXLOG_NOT_FOUND,
		    "there is no entry %lld of log %.64s",
		    (long long)v->log_index, v->log_id);
	return rc;
}

int
store_entry_verified(struct store *store, const char *log_id, int64_t log_index,
    const char *why, struct vexlog_err *err)
{
	struct verified v = {log_id, why, log_index};
	int rc = core_need(log_id, "the log id", err);

	return rc != 0 ? rc : store_transaction(store, put_verified, &v, err);
}

/* ---- checkpoints ------------------------------------------------------ */

static int
put_checkpoint(struct store *store, void *context, struct vexlog_err *err)
{
	const struct store_checkpoint *c = context;
	int64_t now = core_now(store);
	const struct store_value values[] = {value_text(c->log_id),
	    value_integer(c->tree_size), value_text(c->root),
	    value_text(c->origin == NULL ? "" : c->origin),
	    value_text(c->note == NULL ? "" : c->note),
	    value_moment(c->captured_at == TIME_NONE ? now : c->captured_at),
	    value_bool(c->consistent), value_text(c->reason)};

	return store_query(
	    store, SQL_checkpoint_put, values, COUNT(values), NULL, NULL, err);
}

int
store_put_checkpoint(struct store *store,
    const struct store_checkpoint *checkpoint, struct vexlog_err *err)
{
	struct store_checkpoint c = *checkpoint;
	int rc = core_need(c.log_id, "the log id", err);

	if (rc != 0)
		return rc;
	if (c.tree_size < 0 || c.root == NULL || !text_is_hex(c.root, 64))
		return err_set(err, VEXLOG_MISUSE,
		    "a checkpoint of size %lld with root \"%.80s\"",
		    (long long)c.tree_size, c.root == NULL ? "" : c.root);
	return store_transaction(store, put_checkpoint, &c, err);
}

struct checkpoint_rows {
	struct vexlog_arena *arena;
	struct store_checkpoint *list;
	size_t count, room;
};

static int
take_checkpoint(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct checkpoint_rows *out = context;
	struct store_checkpoint *c;
	struct row row;

	c = arena_grow(
	    out->arena, out->list, out->count, &out->room, sizeof(*c), err);
	if (c == NULL)
		return err->code;
	out->list = c;
	c += out->count++;
	row_open(&row, columns, count, out->arena, err);
	c->log_id = row_text(&row);
	c->origin = row_text(&row);
	c->tree_size = row_integer(&row);
	c->root = row_text(&row);
	c->note = row_text(&row);
	c->consistent = row_bool(&row);
	c->reason = row_text_or_null(&row);
	c->captured_at = row_integer(&row);
	return row_close(&row);
}

int
store_checkpoints(const struct store_checkpoint **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, const char *log_id,
    size_t limit, struct vexlog_err *err)
{
	struct checkpoint_rows rows = {.arena = arena};
	const struct store_value values[] = {
	    value_text(log_id), value_integer((int64_t)limit)};
	int rc = core_need(log_id, "the log id", err);

	if (rc == 0)
		rc = store_query(store, SQL_checkpoints, values, COUNT(values),
		    &(struct store_rows){take_checkpoint, &rows}, NULL, err);
	if (rc != 0)
		return rc;
	*out = rows.list;
	*count = rows.count;
	return 0;
}

int
store_checkpoints_due(const struct store_checkpoint **out, size_t *count,
    struct vexlog_arena *arena, struct store *store, const char *log_id,
    const char *origin, int64_t size, size_t limit, struct vexlog_err *err)
{
	struct checkpoint_rows rows = {.arena = arena};
	const struct store_value values[] = {value_text(log_id),
	    value_text(origin), value_integer(size),
	    value_integer((int64_t)limit)};
	int rc = core_need(log_id, "the log id", err);

	if (rc == 0)
		rc = store_query(store, SQL_checkpoints_due, values,
		    COUNT(values),
		    &(struct store_rows){take_checkpoint, &rows}, NULL, err);
	if (rc != 0)
		return rc;
	*out = rows.list;
	*count = rows.count;
	return 0;
}

int
store_last_checkpoint(struct store_checkpoint *out, struct vexlog_arena *arena,
    struct store *store, const char *log_id, const char *origin,
    struct vexlog_err *err)
{
	struct checkpoint_rows rows = {.arena = arena};
	const struct store_value values[] = {
	    value_text(log_id), value_text(origin)};
	int rc = core_need(log_id, "the log id", err);

	if (rc != 0)
		return rc;
	rc = store_query(store, SQL_checkpoint_last, values, COUNT(values),
	    &(struct store_rows){take_checkpoint, &rows}, NULL, err);
	if (rc != 0)
		return rc;
	if (rows.count == 0)
		return err_set(err, VEXLOG_NOT_FOUND,
		    "no checkpoint of log %.64s, \"%.120s\", was kept", log_id,
		    origin);
	*out = rows.list[0];
	return 0;
}
