/*
 * store.c - the handle: which database, its statements, its transactions.
 * What is kept in it stands in documents.c, observations.c, queue.c,
 * entries.c and verdicts.c.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/text.h"
#include "store/core.h"

#define TRIES 6 /* of one transaction; the last comes after 0.6 s */

static const struct store_ops *const BACKENDS[] = {
    &store_postgres, &store_sqlite};

static const char *const NAMES[SQL_COUNT] = {
#define X(name) #name,
    STORE_STATEMENTS(X)
#undef X
};

int64_t
core_now(const struct store *store)
{
	return store->now != NULL ? store->now(store->now_context) : time_now();
}

/* What is not UTF-8 is refused when it is read (rows.c), and PostgreSQL takes
 * none: so it never goes in, nor is it asked for. */
static int
check_utf8(struct vexlog_bytes text, const char *what, struct vexlog_err *err)
{
	size_t valid = text_utf8_valid(text.data, text.size);

	if (valid == text.size)
		return 0;
	err_set(err, VEXLOG_MISUSE, "%s is not UTF-8 text, byte %zu is %02x",
	    what, valid, text.data[valid]);
	return err_hint(err,
	    "write it in UTF-8: the terminal or the script that gave it uses "
	    "another encoding");
}

int
core_need(const char *text, const char *what, struct vexlog_err *err)
{
	if (text == NULL || text[0] == '\0')
		return err_set(err, VEXLOG_MISUSE, "%s is missing", what);
	if (strlen(text) > STORE_NAME_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "%s has %zu bytes, the limit is %d", what, strlen(text),
		    STORE_NAME_MAX);
	return check_utf8(text_bytes(text), what, err);
}

const char *
store_url(const struct store *store)
{
	return store->url;
}

const char *
store_warning(const struct store *store)
{
	return store->ops->warning(store->backend);
}

int
store_wait(struct store *store, int milliseconds, struct vexlog_err *err)
{
	int rc = store->ops->wait(store->backend, milliseconds, err);

	if (rc != 0)
		err_where(err, store->url);
	return rc;
}

int
core_tell(struct store *store, struct vexlog_err *err)
{
	const struct store_value tenant[] = {value_text(store->tenant)};

	return store_query(
	    store, SQL_pending_tell, tenant, 1, NULL, NULL, err);
}

/* ---- opening ---------------------------------------------------------- */

static const struct embedded_file *
find_file(const char *name, const char *suffix)
{
	char full[128];

	(void)snprintf(full, sizeof(full), "%s%s%s.sql", name,
	    suffix == NULL ? "" : ".", suffix == NULL ? "" : suffix);
	for (const struct embedded_file *f = embedded_sql; f->name != NULL; f++)
		if (strcmp(f->name, full) == 0)
			return f;
	return NULL;
}

static int
find_texts(struct store *store, struct vexlog_err *err)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		const struct embedded_file *f = find_file(NAMES[i], NULL);
		if (f == NULL)
			f = find_file(NAMES[i], store->ops->name);
		if (f == NULL)
			return err_set(err, VEXLOG_MISUSE,
			    "this program was built without %s.%s.sql",
			    NAMES[i], store->ops->name);
		store->texts[i] = f->text;
	}
	return 0;
}

static const struct store_ops *
find_backend(const char *url)
{
	for (size_t i = 0; i < COUNT(BACKENDS); i++)
		if (BACKENDS[i]->takes(url))
			return BACKENDS[i];
	return NULL;
}

static int
fill_handle(struct store *store, const struct store_options *options,
    struct vexlog_err *err)
{
	const char *tenant =
	    options->tenant == NULL ? "default" : options->tenant;
	int rc;

	if (strlen(tenant) > TENANT_MAX_BYTES)
		return err_set(err, VEXLOG_MISUSE,
		    "the tenant's name has %zu bytes, the limit is %d",
		    strlen(tenant), TENANT_MAX_BYTES);
	if ((rc = core_need(tenant, "the tenant", err)) != 0)
		return rc;
	store->now = options->now;
	store->now_context = options->now_context;
	store->tenant = arena_copy(store->arena, tenant, err);
	if (store->tenant == NULL)
		return err->code;
	store->url = store->ops->shown(store->arena, options->url, err);
	/* so that the first block stays when a call gives its scratch back */
	if (store->url == NULL || arena_take(store->scratch, 1, err) == NULL)
		return err->code;
	if ((rc = find_texts(store, err)) != 0)
		return rc;
	rc = store->ops->open(&store->backend, store->arena, options, err);
	return rc;
}

int
core_open(struct store **out, const struct store_options *options,
    struct vexlog_err *err)
{
	const struct store_ops *ops;
	struct vexlog_arena *arena, *scratch;
	struct store *store;
	int rc;

	if (options->url == NULL ||
	    (ops = find_backend(options->url)) == NULL) {
		/* the URL may hold a password: it isn't shown */
		err_set(err, VEXLOG_MISUSE, "this is no URL of a store");
		return err_hint(
		    err, "write sqlite:PATH or postgresql://HOST/DB");
	}
	arena = vexlog_arena_open(JOB_ARENA_MAX);
	scratch = vexlog_arena_open(JOB_ARENA_MAX);
	if (arena == NULL || scratch == NULL) {
		rc = err_memory(err);
	} else if ((store = arena_zero(arena, sizeof(*store), err)) == NULL) {
		rc = err->code;
	} else {
		store->ops = ops;
		store->arena = arena;
		store->scratch = scratch;
		if ((rc = fill_handle(store, options, err)) == 0) {
			*out = store;
			return 0;
		}
		if (store->url != NULL)
			err_where(err, store->url);
	}
	vexlog_arena_close(scratch);
	vexlog_arena_close(arena);
	return rc;
}

static int
check_schema(struct store *store, const struct store_options *options,
    struct vexlog_err *err)
{
	size_t pending, applied;
	int rc = migrate_check(&pending, store, err);

	if (rc != 0 || pending == 0)
		return rc;
	if (options->migrate)
		return migrate_up(&applied, store, false, err);
	if (store->ops->migrations[pending].name == NULL) {
		err_set(err, VEXLOG_IO, "there is no vexlog schema in it yet");
		return err_hint(err, "run vexlog init");
	}
	err_set(err, VEXLOG_IO, "its schema is %zu migrations old", pending);
	return err_hint(err, "run vexlog migrate up");
}

int
store_open(struct store **out, const struct store_options *options,
    struct vexlog_err *err)
{
	struct store *store;
	int rc = core_open(&store, options, err);

	if (rc != 0)
		return rc;
	if ((rc = check_schema(store, options, err)) != 0) {
		err_where(err, store->url);
		store_close(store);
		return rc;
	}
	*out = store;
	return 0;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	store_rollback(store);
	store->ops->close(store->backend);
	vexlog_arena_close(store->scratch);
	vexlog_arena_close(store->arena); /* store itself lies in it */
}

/* ---- statements ------------------------------------------------------- */

static int
note_failure(struct store *store, int rc, struct vexlog_err *err)
{
	if (rc == 0)
		return 0;
	if (store->begun)
		store->broken = true;
	err_where(err, store->url);
	return rc;
}

int
store_query(struct store *store, enum store_sql sql,
    const struct store_value *values, size_t count,
    const struct store_rows *rows, int64_t *changed, struct vexlog_err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (values[i].type != STORE_TEXT || values[i].null)
			continue;
		int rc = check_utf8(values[i].bytes, "what was given", err);
		if (rc != 0)
			return rc;
	}
	return note_failure(store,
	    store->ops->query(store->backend, sql, store->texts[sql], values,
		count, rows, changed, err),
	    err);
}

int
store_bulk(struct store *store, enum store_sql sql,
    const struct store_value *values, size_t count, size_t row_count,
    const struct store_rows *rows, int64_t *changed, struct vexlog_err *err)
{
	return note_failure(store,
	    store->ops->bulk(store->backend, sql, store->texts[sql], values,
		count, row_count, rows, changed, err),
	    err);
}

/* ---- transactions ----------------------------------------------------- */

static int
begin_as(struct store *store, bool reading, struct vexlog_err *err)
{
	if (store->begun)
		return err_set(
		    err, VEXLOG_MISUSE, "a transaction is open already");
	int rc = reading ? store->ops->snapshot(store->backend, err)
			 : store->ops->begin(store->backend, err);
	if (rc != 0)
		return note_failure(store, rc, err);
	store->begun = true;
	store->reading = reading;
	store->broken = false;
	return 0;
}

int
store_begin(struct store *store, struct vexlog_err *err)
{
	return begin_as(store, false, err);
}

int
store_snapshot(struct store *store, struct vexlog_err *err)
{
	return begin_as(store, true, err);
}

int
store_commit(struct store *store, struct vexlog_err *err)
{
	if (!store->begun)
		return err_set(err, VEXLOG_MISUSE, "no transaction is open");
	if (store->broken) {
		store_rollback(store);
		return err_set(err, VEXLOG_MISUSE,
		    "a call in this transaction failed: nothing was kept");
	}
	int rc = store->ops->commit(store->backend, err);
	if (rc != 0) {
		store_rollback(store);
		return note_failure(store, rc, err);
	}
	store->begun = false;
	return 0;
}

void
store_rollback(struct store *store)
{
	if (!store->begun)
		return;
	store->ops->rollback(store->backend);
	store->begun = false;
	store->reading = false;
	store->broken = false;
}

static int
try_once(struct store *store,
    int (*work)(struct store *, void *, struct vexlog_err *), void *context,
    struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(store->scratch);
	int rc = store_begin(store, err);

	if (rc != 0)
		return rc;
	rc = work(store, context, err);
	if (rc == 0)
		rc = store_commit(store, err);
	else
		store_rollback(store);
	arena_back(store->scratch, mark);
	return rc;
}

bool
store_again(struct store *store, int tries)
{
	if (store->begun || tries == TRIES ||
	    !store->ops->again(store->backend))
		return false;
	(void)nanosleep(
	    &(struct timespec){.tv_nsec = 10000000L << tries}, NULL);
	return true;
}

int
store_transaction(struct store *store,
    int (*work)(struct store *, void *context, struct vexlog_err *),
    void *context, struct vexlog_err *err)
{
	int rc;

	if (store->reading)
		return err_set(err, VEXLOG_MISUSE,
		    "nothing is written while a snapshot is read");
	if (store->begun) {
		struct arena_mark mark = arena_mark(store->scratch);
		rc = work(store, context, err);
		arena_back(store->scratch, mark);
		/* "nothing to do" is an answer, and has changed nothing */
		if (rc != 0 && rc != VEXLOG_NOT_FOUND)
			store->broken = true;
		return rc;
	}
	for (int i = 1;; i++) {
		rc = try_once(store, work, context, err);
		if (rc == 0 || !store_again(store, i))
			return rc;
	}
}
