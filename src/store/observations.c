/*
 * observations.c - what was said, and found again.
 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/sort.h"
#include "store/page.h"
#include "store/rows.h"
#include "vex/observation.h"

/* Rows that go to the database at once; past some hundred it is all one. */
#define BATCH 512

/* ---- putting ---------------------------------------------------------- */

struct put {
	const struct vexlog_observation *list;
	size_t count;
	size_t stored;
};

static int
take_difference(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct store *store = context;
	struct row row;
	int rc;

	row_open(&row, columns, count, store->scratch, err);
	const char *id = row_text(&row);
	const char *digest = row_text(&row);
	if ((rc = row_close(&row)) != 0)
		return rc;
	return err_set(err, VEXLOG_CONFLICT,
	    "observation %s is there already, with content digest %s", id,
	    digest);
}

/* Of count rows some were there: they must say the same. */
static int
check_known(struct store *store, const struct vexlog_observation *const *list,
    size_t count, struct vexlog_err *err)
{
	struct store_value *values =
	    arena_list(store->scratch, count * 3, sizeof(*values), err);

	if (values == NULL)
		return err->code;
	for (size_t i = 0; i < count; i++) {
		values[i * 3] = value_text(store->tenant);
		values[i * 3 + 1] = value_text(list[i]->id);
		values[i * 3 + 2] = value_text(list[i]->content_digest);
	}
	return store_bulk(store, SQL_observation_differs, values, 3, count,
	    &(struct store_rows){take_difference, store}, NULL, err);
}

static int
order_of_id(const void *a, const void *b, void *context)
{
	const struct vexlog_observation *x = a, *y = b;

	(void)context;
	return text_order(x->id, y->id);
}

static int
put_batch(struct store *store, const struct vexlog_observation *const *list,
    size_t count, int64_t created_at, size_t *stored, struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(store->scratch);
	struct store_value *values = arena_take(
	    store->scratch, count * OBSERVATION_VALUES * sizeof(*values), err);
	int64_t changed = 0;
	int rc = values == NULL ? err->code : 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = row_from_observation(values + i * OBSERVATION_VALUES,
		    store->tenant, list[i], created_at, err);
	if (rc == 0)
		rc = store_bulk(store, SQL_observation_put, values,
		    OBSERVATION_VALUES, count, NULL, &changed, err);
	if (rc == 0 && (size_t)changed != count)
		rc = check_known(store, list, count, err);
	if (rc == 0)
		*stored += (size_t)changed;
	arena_back(store->scratch, mark);
	return rc;
}

static int
put_all(struct store *store, void *context, struct vexlog_err *err)
{
	struct put *put = context;
	int64_t now = core_now(store);
	const void **sorted =
	    arena_list(store->scratch, put->count, sizeof(*sorted), err);
	int rc;

	if (sorted == NULL)
		return err->code;
	for (size_t i = 0; i < put->count; i++)
		sorted[i] = &put->list[i];
	rc = sort_pointers(
	    sorted, put->count, order_of_id, NULL, store->scratch, err);
	put->stored = 0;
	for (size_t i = 0; rc == 0 && i < put->count; i += BATCH)
		rc = put_batch(store,
		    (const struct vexlog_observation *const *)sorted + i,
		    put->count - i < BATCH ? put->count - i : BATCH, now,
		    &put->stored, err);
	return rc == 0 && put->stored > 0 ? core_tell(store, err) : rc;
}

int
store_put_observations(size_t *stored, struct store *store,
    const struct vexlog_observation *list, size_t count, struct vexlog_err *err)
{
	struct put put = {list, count, 0};
	int rc = store_transaction(store, put_all, &put, err);

	if (rc == 0)
		*stored = put.stored;
	return rc;
}

/* ---- getting ---------------------------------------------------------- */

void
store_as_is(struct store *store, bool as_is)
{
	store->as_is = as_is;
}

int
store_get_observation(struct vexlog_observation *out,
    struct vexlog_arena *arena, struct store *store, const char *id,
    struct vexlog_err *err)
{
	struct observation_rows rows = {arena, store->scratch, NULL, 0, 0};
	const struct store_value values[] = {
	    value_text(store->tenant), value_text(id)};
	int rc;

	if (id == NULL || !observation_is_id(id))
		return err_set(err, VEXLOG_MISUSE,
		    "\"%.100s\" is no observation id", id == NULL ? "" : id);
	rc = store_query(store, SQL_observation_get, values, COUNT(values),
	    &(struct store_rows){core_reader(store), &rows}, NULL, err);
	if (rc != 0)
		return rc;
	if (rows.count == 0)
		return err_set(
		    err, VEXLOG_NOT_FOUND, "there is no observation %s", id);
	*out = rows.list[0];
	return 0;
}

/* The statement whose index narrows down most, and the rest as conditions. */
static enum store_sql
choose_find(const struct vexlog_filter *filter)
{
	if (filter->log_index >= 0)
		return filter->log_id != NULL ? SQL_find_entry
					      : SQL_find_log_index;
	if (filter->uuid != NULL)
		return SQL_find_uuid;
	if (filter->vulnerability != NULL)
		return SQL_find_vulnerability;
	if (filter->product != NULL)
		return SQL_find_product;
	return filter->pending ? SQL_find_pending : SQL_find_all;
}

int
store_find(struct vexlog_observations *out, const char **next,
    struct vexlog_arena *arena, struct store *store,
    const struct vexlog_filter *filter, struct vexlog_err *err)
{
	struct observation_rows rows = {arena, store->scratch, NULL, 0, 0};
	const char *from = NULL, *to = NULL;
	int64_t after = TIME_NONE; /* before every time */
	const char *after_id = "", *cursor = NULL;
	int rc = page_check_limit(filter->limit, err);

	if (rc == 0 && filter->cursor != NULL)
		rc = page_read_row(
		    &after, &after_id, arena, filter->cursor, err);
	if (rc == 0 && filter->product != NULL)
		rc = page_bounds(&from, &to, arena, filter->product, err);
	if (rc != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_moment(after), value_text(after_id),
	    value_integer((int64_t)filter->limit + 1),
	    value_moment(filter->known_at), value_text(filter->vulnerability),
	    value_text(filter->product), value_text(from), value_text(to),
	    value_text(filter->provider), value_text(filter->status),
	    value_text(filter->uuid), value_text(filter->log_id),
	    filter->log_index < 0 ? value_null(STORE_INTEGER)
				  : value_integer(filter->log_index),
	    value_bool(filter->pending)};
	rc = store_query(store, choose_find(filter), values, COUNT(values),
	    &(struct store_rows){core_reader(store), &rows}, NULL, err);
	if (rc != 0)
		return rc;
	if (rows.count > filter->limit) {
		const struct vexlog_observation *last =
		    &rows.list[--rows.count - 1];
		rc = page_write_row(
		    &cursor, arena, last->created_at, last->id, err);
		if (rc != 0)
			return rc;
	}
	*out = (struct vexlog_observations){rows.list, rows.count};
	*next = cursor;
	return 0;
}

int
store_count_pending(size_t *out, struct store *store, struct vexlog_err *err)
{
	struct one_integer one = {0, false};
	const struct store_value values[] = {value_text(store->tenant)};
	int rc = store_query(store, SQL_count_pending, values, 1,
	    &(struct store_rows){row_one_integer, &one}, NULL, err);

	if (rc == 0)
		*out = (size_t)one.value;
	return rc;
}

/* ---- pairs ------------------------------------------------------------ */

struct pair_rows {
	struct vexlog_arena *arena;
	struct store_pair *list;
	size_t count, room;
};

static int
take_pair(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct pair_rows *out = context;
	struct store_pair pair;
	struct row row;
	int rc;

	row_open(&row, columns, count, out->arena, err);
	pair.vulnerability = row_text(&row);
	pair.product = row_text(&row);
	pair.claims = (size_t)row_integer(&row);
	pair.aliased = row_bool(&row);
	pair.claims_then = count > row.next ? (size_t)row_integer(&row) : 0;
	if ((rc = row_close(&row)) != 0)
		return rc;
	void *list = arena_grow(
	    out->arena, out->list, out->count, &out->room, sizeof(pair), err);
	if (list == NULL)
		return err->code;
	out->list = list;
	out->list[out->count++] = pair;
	return 0;
}

/* A row more was asked for: whether there is a next page. */
static int
finish_pairs(const struct store_pair **out, size_t *count, const char **next,
    struct pair_rows *rows, size_t limit, struct vexlog_err *err)
{
	*next = NULL;
	if (rows->count > limit) {
		const struct store_pair *last = &rows->list[--rows->count - 1];
		const char *names[] = {last->vulnerability, last->product};
		int rc = page_write_names(next, rows->arena, names, 2, err);
		if (rc != 0)
			return rc;
	}
	*out = rows->list;
	*count = rows->count;
	return 0;
}

int
store_pairs_then(const struct store_pair **out, size_t *count,
    const char **next, struct vexlog_arena *arena, struct store *store,
    const struct vexlog_filter *filter, int64_t then, struct vexlog_err *err)
{
	struct pair_rows rows = {arena, NULL, 0, 0};
	const char *after[2] = {"", ""};
	int rc = page_check_limit(filter->limit, err);

	if (rc == 0 && filter->cursor != NULL)
		rc = page_read_names(after, 2, arena, filter->cursor, err);
	if (rc != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(after[0]), value_text(after[1]),
	    value_integer((int64_t)filter->limit + 1),
	    value_moment(filter->known_at), value_moment(then)};
	rc = store_query(store, SQL_pairs_then, values, COUNT(values),
	    &(struct store_rows){take_pair, &rows}, NULL, err);
	return rc != 0
	    ? rc
	    : finish_pairs(out, count, next, &rows, filter->limit, err);
}

int
store_pairs(const struct store_pair **out, size_t *count, const char **next,
    struct vexlog_arena *arena, struct store *store,
    const struct vexlog_filter *filter, struct vexlog_err *err)
{
	struct pair_rows rows = {arena, NULL, 0, 0};
	const char *after[2] = {"", ""};
	const char *from = NULL, *to = NULL;
	int rc = page_check_limit(filter->limit, err);

	if (rc == 0 && filter->cursor != NULL)
		rc = page_read_names(after, 2, arena, filter->cursor, err);
	if (rc == 0 && filter->product != NULL)
		rc = page_bounds(&from, &to, arena, filter->product, err);
	if (rc != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(after[0]), value_text(after[1]),
	    value_integer((int64_t)filter->limit + 1),
	    value_moment(filter->known_at), value_text(filter->vulnerability),
	    value_text(filter->product), value_text(from), value_text(to)};
	enum store_sql sql = filter->vulnerability != NULL
	    ? SQL_pairs_vulnerability
	    : filter->product != NULL ? SQL_pairs_product
				      : SQL_pairs_all;
	rc = store_query(store, sql, values, COUNT(values),
	    &(struct store_rows){take_pair, &rows}, NULL, err);
	return rc != 0
	    ? rc
	    : finish_pairs(out, count, next, &rows, filter->limit, err);
}

int
store_claims(struct vexlog_observations *out, struct vexlog_arena *arena,
    struct store *store, const char *vulnerability, const char *product,
    int64_t known_at, bool by_log, struct vexlog_err *err)
{
	struct observation_rows rows = {arena, store->scratch, NULL, 0, 0};
	int rc = core_need(vulnerability, "the vulnerability", err);

	if (rc == 0)
		rc = core_need(product, "the product", err);
	if (rc != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(vulnerability), value_text(product),
	    value_moment(known_at), value_bool(by_log)};
	rc = store_query(store, SQL_claims, values, COUNT(values),
	    &(struct store_rows){row_observation, &rows}, NULL, err);
	if (rc == 0)
		*out = (struct vexlog_observations){rows.list, rows.count};
	return rc;
}

int
store_count_claims(size_t *out, struct store *store, const char *vulnerability,
    const char *product, int64_t known_at, struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(vulnerability), value_text(product),
	    value_moment(known_at)};
	struct one_integer one = {0, false};
	int rc = store_query(store, SQL_claims_count, values, COUNT(values),
	    &(struct store_rows){row_one_integer, &one}, NULL, err);

	if (rc == 0)
		*out = (size_t)one.value;
	return rc;
}

static int
take_aliased(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct observation_rows *out = context;
	struct vexlog_observation o = {0};
	struct row row;
	int rc;

	row_open(&row, columns, count, out->arena, err);
	o.vulnerability = row_text(&row);
	o.aliases = row_text(&row);
	if ((rc = row_close(&row)) != 0)
		return rc;
	void *list = arena_grow(
	    out->arena, out->list, out->count, &out->room, sizeof(o), err);
	if (list == NULL)
		return err->code;
	out->list = list;
	out->list[out->count++] = o;
	return 0;
}

int
store_aliased(struct vexlog_observations *out, struct vexlog_arena *arena,
    struct store *store, const char *product, int64_t known_at,
    bool by_log, struct vexlog_err *err)
{
	struct observation_rows rows = {arena, store->scratch, NULL, 0, 0};
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(product), value_moment(known_at),
	    value_bool(by_log)};
	int rc = core_need(product, "the product", err);

	if (rc == 0)
		rc = store_query(store, SQL_aliased, values, COUNT(values),
		    &(struct store_rows){take_aliased, &rows}, NULL, err);
	if (rc == 0)
		*out = (struct vexlog_observations){rows.list, rows.count};
	return rc;
}
