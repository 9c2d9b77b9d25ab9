/*
 * migrate.c - the schema, file by file: each is applied once, in the order of
 * versions, and its SHA-256 is kept. A file that is there with another
 * checksum, or that this program does not know, stops everything.
 */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "store/rows.h"

#define VERSION_TEXT 32

struct migrations {
	struct store_migration *list; /* of this program, with applied_at */
	size_t count;
	size_t applied; /* how many of them */
	struct vexlog_arena *arena;
	const char *last; /* version read before, for the order */
};

/* "V20260117__name.sql" is version 20260117. */
static int
list_files(
    struct migrations *m, const struct store *store, struct vexlog_err *err)
{
	const struct embedded_file *files = store->ops->migrations;

	while (files[m->count].name != NULL)
		m->count++;
	m->list = arena_list(m->arena, m->count, sizeof(*m->list), err);
	if (m->list == NULL)
		return err->code;
	for (size_t i = 0; i < m->count; i++) {
		struct store_migration *one = &m->list[i];
		const char *name = files[i].name;
		one->version =
		    arena_text(m->arena, name + 1, strcspn(name + 1, "_"), err);
		one->checksum = hash_digest_new(m->arena,
		    (struct vexlog_bytes){
			(const uint8_t *)files[i].text, files[i].size},
		    err);
		one->applied_at = TIME_NONE;
		if (one->version == NULL || one->checksum == NULL)
			return err->code;
	}
	return 0;
}

static int
take_migration(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct migrations *m = context;
	struct row row;
	int rc;

	row_open(&row, columns, count, m->arena, err);
	const char *version = row_text(&row);
	const char *checksum = row_text(&row);
	int64_t applied_at = row_integer(&row);
	if ((rc = row_close(&row)) != 0)
		return rc;
	for (size_t i = 0; i < m->count; i++) {
		struct store_migration *one = &m->list[i];
		if (!text_same(one->version, version))
			continue;
		if (!text_same(one->checksum, checksum)) {
			err_set(err, VEXLOG_CONFLICT,
			    "migration %s was applied with checksum %.16s…, "
			    "this program's file has %.16s…",
			    version, checksum, one->checksum);
			return err_hint(err,
			    "use the vexlog release that made "
			    "this store");
		}
		one->applied_at = applied_at;
		m->applied++;
		return 0;
	}
	err_set(err, VEXLOG_CONFLICT,
	    "migration %s is not known to this program: the store is newer",
	    version);
	return err_hint(err, "install a newer vexlog");
}

static int
read_migrations(
    struct migrations *m, struct store *store, struct vexlog_err *err)
{
	struct one_integer table = {0, false};
	int rc = list_files(m, store, err);

	if (rc == 0)
		rc = store_query(store, SQL_migration_table, NULL, 0,
		    &(struct store_rows){row_one_integer, &table}, NULL, err);
	if (rc != 0 || !table.found)
		return rc;
	return store_query(store, SQL_migration_list, NULL, 0,
	    &(struct store_rows){take_migration, m}, NULL, err);
}

int
migrate_check(size_t *pending, struct store *store, struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(store->scratch);
	struct migrations m = {.arena = store->scratch};
	int rc = read_migrations(&m, store, err);

	if (rc == 0)
		*pending = m.count - m.applied;
	arena_back(store->scratch, mark);
	return rc;
}

static int
note_applied(struct store *store, const struct store_migration *migration,
    struct vexlog_err *err)
{
	const struct store_value values[] = {value_text(migration->version),
	    value_text(migration->checksum), value_moment(core_now(store))};

	return store_query(
	    store, SQL_migration_put, values, COUNT(values), NULL, NULL, err);
}

static int
apply_one(struct store *store, const struct embedded_file *file,
    const struct store_migration *migration, struct vexlog_err *err)
{
	int rc = store->ops->script(store->backend, file->text, err);

	if (rc != 0) {
		err_rule(err, file->name);
		return err_hint(err, "nothing was changed by this migration");
	}
	return note_applied(store, migration, err);
}

/* Everything that is missing, in one transaction: half a schema is never
 * seen. */
static int
apply_all(struct store *store, void *context, struct vexlog_err *err)
{
	size_t *applied = context;
	struct migrations m = {.arena = store->scratch};
	int rc = store->ops->lock_schema(store->backend, err);

	*applied = 0;
	if (rc == 0)
		rc = read_migrations(&m, store, err);
	for (size_t i = 0; rc == 0 && i < m.count; i++) {
		if (m.list[i].applied_at != TIME_NONE)
			continue;
		rc = apply_one(
		    store, &store->ops->migrations[i], &m.list[i], err);
		*applied += rc == 0;
	}
	return rc;
}

/* ---- online ----------------------------------------------------------- */

/* Notes a file that was applied outside any transaction, unless somebody
 * else has noted it meanwhile. */
static int
note_one(struct store *store, void *context, struct vexlog_err *err)
{
	const struct store_migration *migration = context;
	struct migrations m = {.arena = store->scratch};
	int rc = store->ops->lock_schema(store->backend, err);

	if (rc == 0)
		rc = read_migrations(&m, store, err);
	for (size_t i = 0; rc == 0 && i < m.count; i++)
		if (text_same(m.list[i].version, migration->version) &&
		    m.list[i].applied_at != TIME_NONE)
			return 0;
	return rc != 0 ? rc : note_applied(store, migration, err);
}

static int
apply_online(struct store *store, size_t *applied, struct vexlog_err *err)
{
	struct migrations m = {.arena = store->scratch};
	int rc = read_migrations(&m, store, err);

	for (size_t i = 0; rc == 0 && i < m.count; i++) {
		if (m.list[i].applied_at != TIME_NONE)
			continue;
		const struct embedded_file *file = &store->ops->migrations[i];
		rc = store->ops->online(store->backend, file->text, err);
		if (rc != 0) {
			err_rule(err, file->name);
			err_hint(err,
			    "run the same command again: what is "
			    "done already is found");
		} else {
			rc =
			    store_transaction(store, note_one, &m.list[i], err);
		}
		*applied += rc == 0;
	}
	return rc;
}

int
migrate_up(
    size_t *applied, struct store *store, bool online, struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(store->scratch);
	size_t done = 0;
	int rc;

	if (online && store->ops->online != NULL)
		rc = apply_online(store, &done, err);
	else
		rc = store_transaction(store, apply_all, &done, err);
	arena_back(store->scratch, mark);
	if (rc == 0)
		*applied = done;
	return rc;
}

/* ---- for the command -------------------------------------------------- */

int
store_migrations(const struct store_migration **out, size_t *count,
    struct vexlog_arena *arena, const struct store_options *options,
    struct vexlog_err *err)
{
	struct migrations m = {.arena = arena};
	struct store *store;
	int rc = core_open(&store, options, err);

	if (rc != 0)
		return rc;
	rc = read_migrations(&m, store, err);
	store_close(store);
	if (rc != 0)
		return rc;
	*out = m.list;
	*count = m.count;
	return 0;
}

int
store_migrate(size_t *applied, const struct store_options *options, bool online,
    struct vexlog_err *err)
{
	struct store *store;
	size_t pending;
	int rc = core_open(&store, options, err);

	if (rc != 0)
		return rc;
	rc = migrate_check(&pending, store, err);
	if (rc == 0 && pending == 0)
		*applied = 0;
	else if (rc == 0)
		rc = migrate_up(applied, store, online, err);
	if (rc != 0)
		err_where(err, store->url);
	store_close(store);
	return rc;
}
