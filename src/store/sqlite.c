/*
 * sqlite.c - one file, many processes: WAL, synchronous FULL, one writer at
 * a time, the others wait. A file that is no store of ours, or damaged, is
 * left exactly as it is.
 */
#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "store/backend.h"

#define SCHEME         "sqlite:"
#define APPLICATION_ID 1450732647 /* "Vxlg", see the first migration */
#define BUSY_MS        60000      /* how long a writer waits for another */
#define COLUMNS_MAX    64
#define URL_MAX	       (16 * KIB)

struct statement {
	sqlite3_stmt *stmt;
	/* place of $1, $2, … in the statement; 0: it does not use that one */
	int places[STORE_PARAMETERS_MAX];
};

struct store_backend {
	sqlite3 *db;
	struct vexlog_arena *arena;
	const char *path;
	int last; /* extended result code of the last failure */
	struct statement statements[SQL_COUNT];
};

/* ---- errors ----------------------------------------------------------- */

static int
fail_system(struct store_backend *b, const char *what, struct vexlog_err *err)
{
	errno = sqlite3_system_errno(b->db);
	if (errno == 0)
		errno = EIO;
	return err_system(err, what, b->path);
}

static int
fail_full(struct store_backend *b, struct vexlog_err *err)
{
	errno = ENOSPC;
	return err_system(err, "write", b->path);
}

static int
fail_damaged(struct store_backend *b, struct vexlog_err *err)
{
	err_set(err, VEXLOG_IO, "the store's file is damaged: %s",
	    sqlite3_errmsg(b->db));
	err_where(err, b->path);
	return err_hint(
	    err, "restore it from a backup; nothing in it was overwritten");
}

static int
fail_foreign(struct store_backend *b, enum vexlog_code code, const char *what,
    struct vexlog_err *err)
{
	err_set(err, code, "this is no vexlog store: it is %s", what);
	err_where(err, b->path);
	return err_hint(err,
	    "restore it from a backup, or name another file; "
	    "nothing in it was overwritten");
}

/* The code for what SQLite said. */
static int
fail(struct store_backend *b, int rc, struct vexlog_err *err)
{
	b->last = rc;
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		err_set(err, VEXLOG_UNREACHABLE,
		    "another process has been writing to the store for %d s",
		    BUSY_MS / 1000);
		err_where(err, b->path);
		return err_hint(err, "run the same command again later");
	case SQLITE_FULL:
		return fail_full(b, err);
	case SQLITE_CORRUPT:
		return fail_damaged(b, err);
	case SQLITE_NOTADB:
		return fail_foreign(b, VEXLOG_IO, "no database", err);
	case SQLITE_READONLY:
		err_set(err, VEXLOG_IO, "the store's file can't be written");
		err_where(err, b->path);
		return err_hint(err,
		    "give this user the right to write the "
		    "file and its folder");
	case SQLITE_CANTOPEN:
		return fail_system(b, "open", err);
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_NOMEM)
			return err_memory(err);
		return fail_system(b, "input or output of the store", err);
	case SQLITE_NOMEM:
		return err_memory(err);
	case SQLITE_TOOBIG:
		return err_set(
		    err, VEXLOG_LIMIT, "a value is larger than SQLite takes");
	case SQLITE_CONSTRAINT:
		return err_set(err, VEXLOG_CONFLICT, "the store refused: %s",
		    sqlite3_errmsg(b->db));
	default:
		err_set(err, VEXLOG_IO, "the store failed: %s (SQLite %d)",
		    sqlite3_errmsg(b->db), rc);
		return err_where(err, b->path);
	}
}

static bool
sqlite_again(struct store_backend *b)
{
	return b->last == SQLITE_BUSY_SNAPSHOT ||
	    b->last == SQLITE_BUSY_RECOVERY;
}

/* ---- statements ------------------------------------------------------- */

/* vex.observations is vex_observations: one file holds all schemas, since
 * several attached ones are not written together under WAL. */
static char *
map_names(struct vexlog_arena *arena, const char *sql, struct vexlog_err *err)
{
	static const char *const schemas[] = {"vex.", "vexhub.", "attestor."};
	char *out = arena_copy(arena, sql, err);
	char before = ' ';

	for (char *at = out; at != NULL && *at != '\0'; before = *at++) {
		if (before == '_' || before == '.' ||
		    ((before | 32) >= 'a' && (before | 32) <= 'z'))
			continue;
		for (size_t i = 0; i < 3; i++)
			if (text_starts(at, schemas[i]))
				at[strlen(schemas[i]) - 1] = '_';
	}
	return out;
}

static int
prepare(struct store_backend *b, struct statement *s, const char *text,
    struct vexlog_err *err)
{
	struct arena_mark mark = arena_mark(b->arena);
	char name[16], *sql = map_names(b->arena, text, err);

	if (sql == NULL)
		return err->code;
	int rc = sqlite3_prepare_v3(
	    b->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->stmt, NULL);
	arena_back(b->arena, mark);
	if (rc != SQLITE_OK)
		return fail(b, rc, err);
	/* SQLite numbers $2, $1 by first appearance; we by name */
	for (int i = 0; i < STORE_PARAMETERS_MAX; i++) {
		(void)snprintf(name, sizeof(name), "$%d", i + 1);
		s->places[i] = sqlite3_bind_parameter_index(s->stmt, name);
	}
	return 0;
}

static int
bind_value(sqlite3_stmt *stmt, int place, const struct store_value *v)
{
	const char *data = (const char *)v->bytes.data;

	if (v->null)
		return sqlite3_bind_null(stmt, place);
	switch (v->type) {
	case STORE_INTEGER:
	case STORE_SMALL:
	case STORE_BOOL:
	case STORE_TIME:
		return sqlite3_bind_int64(stmt, place, v->integer);
	case STORE_TEXT:
	case STORE_JSON:
		return sqlite3_bind_text64(stmt, place, data, v->bytes.size,
		    SQLITE_STATIC, SQLITE_UTF8);
	case STORE_BYTES:
		if (v->bytes.size == 0) /* a NULL pointer would be null */
			return sqlite3_bind_zeroblob(stmt, place, 0);
		return sqlite3_bind_blob64(
		    stmt, place, data, v->bytes.size, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static struct store_value
column_value(sqlite3_stmt *stmt, int i)
{
	struct store_value v = {.type = STORE_INTEGER};
	const void *data;

	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_INTEGER:
		v.integer = sqlite3_column_int64(stmt, i);
		return v;
	case SQLITE_TEXT:
		v.type = STORE_TEXT;
		data = sqlite3_column_text(stmt, i);
		break;
	case SQLITE_BLOB:
		v.type = STORE_BYTES;
		data = sqlite3_column_blob(stmt, i);
		break;
	default:
		v.null = true;
		return v;
	}
	v.bytes.size = (size_t)sqlite3_column_bytes(stmt, i);
	v.bytes.data = data != NULL ? data : (const uint8_t *)"";
	return v;
}

static int
tell_row(
    sqlite3_stmt *stmt, const struct store_rows *rows, struct vexlog_err *err)
{
	struct store_value columns[COLUMNS_MAX];
	int count = sqlite3_column_count(stmt);

	if (rows == NULL || count > COLUMNS_MAX)
		return 0;
	for (int i = 0; i < count; i++)
		columns[i] = column_value(stmt, i);
	return rows->row(columns, (size_t)count, rows->context, err);
}

static int
run_once(struct store_backend *b, struct statement *s,
    const struct store_value *values, size_t count,
    const struct store_rows *rows, struct vexlog_err *err)
{
	int rc = SQLITE_OK, answer = 0;

	for (size_t i = 0; rc == SQLITE_OK && i < count; i++)
		if (s->places[i] != 0)
			rc = bind_value(s->stmt, s->places[i], &values[i]);
	while (rc == SQLITE_OK && answer == 0) {
		int step = sqlite3_step(s->stmt);
		if (step == SQLITE_ROW)
			answer = tell_row(s->stmt, rows, err);
		else if (step == SQLITE_DONE)
			break;
		else
			rc = step;
	}
	if (rc != SQLITE_OK)
		answer = fail(b, rc, err);
	(void)sqlite3_reset(s->stmt);
	return answer;
}

static int
sqlite_bulk(struct store_backend *b, enum store_sql sql, const char *text,
    const struct store_value *values, size_t count, size_t row_count,
    const struct store_rows *rows, int64_t *changed, struct vexlog_err *err)
{
	struct statement *s = &b->statements[sql];
	sqlite3_int64 before = sqlite3_total_changes64(b->db);
	int rc = 0;

	if (s->stmt == NULL)
		rc = prepare(b, s, text, err);
	for (size_t i = 0; rc == 0 && i < row_count; i++)
		rc = run_once(b, s, values + i * count, count, rows, err);
	/* the values were not copied: they may not be looked at again */
	if (s->stmt != NULL)
		(void)sqlite3_clear_bindings(s->stmt);
	if (rc == 0 && changed != NULL)
		*changed = sqlite3_total_changes64(b->db) - before;
	return rc;
}

static int
sqlite_query(struct store_backend *b, enum store_sql sql, const char *text,
    const struct store_value *values, size_t count,
    const struct store_rows *rows, int64_t *changed, struct vexlog_err *err)
{
	return sqlite_bulk(b, sql, text, values, count, 1, rows, changed, err);
}

static int
sqlite_script(struct store_backend *b, const char *sql, struct vexlog_err *err)
{
	int rc = sqlite3_exec(b->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : fail(b, rc, err);
}

static const char *
sqlite_warning(const struct store_backend *b)
{
	(void)b;
	return NULL;
}

static int
sqlite_wait(struct store_backend *b, int milliseconds, struct vexlog_err *err)
{
	(void)b, (void)err; /* a file tells nobody that it changed */
	(void)nanosleep(
	    &(struct timespec){.tv_sec = milliseconds / 1000,
		.tv_nsec = milliseconds % 1000 * 1000000L},
	    NULL);
	return 0;
}

/* ---- transactions ----------------------------------------------------- */

/* Immediate: the right to write comes first, so that what is read inside
 * can't be overtaken by another writer. */
static int
sqlite_begin(struct store_backend *b, struct vexlog_err *err)
{
	b->last = SQLITE_OK;
	return sqlite_script(b, "begin immediate", err);
}

static int
sqlite_snapshot(struct store_backend *b, struct vexlog_err *err)
{
	b->last = SQLITE_OK;
	return sqlite_script(b, "begin", err);
}

static int
sqlite_commit(struct store_backend *b, struct vexlog_err *err)
{
	return sqlite_script(b, "commit", err);
}

static void
sqlite_rollback(struct store_backend *b)
{
	/* a full disk has rolled back by itself */
	if (sqlite3_get_autocommit(b->db) == 0)
		(void)sqlite3_exec(b->db, "rollback", NULL, NULL, NULL);
}

static int
sqlite_lock_schema(struct store_backend *b, struct vexlog_err *err)
{
	(void)b, (void)err; /* begin immediate has locked everything */
	return 0;
}

/* ---- opening ---------------------------------------------------------- */

static bool
sqlite_takes(const char *url)
{
	return text_starts(url, SCHEME) && url[sizeof(SCHEME) - 1] != '\0';
}

static const char *
sqlite_shown(
    struct vexlog_arena *arena, const char *url, struct vexlog_err *err)
{
	return arena_copy(arena, url, err);
}

static int
fail_empty(const char *path, struct vexlog_err *err)
{
	err_set(err, VEXLOG_IO, "there is no store yet, only its file");
	err_where(err, path);
	return err_hint(err, "run vexlog init");
}

static int
check_file(const char *path, bool create, struct vexlog_err *err)
{
	struct stat st;

	if (stat(path, &st) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			return err_system(err, "open", path);
		if (create)
			return 0;
		err_set(err, VEXLOG_NOT_FOUND, "there is no store");
		err_where(err, path);
		return err_hint(err, "run vexlog init");
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(err, VEXLOG_IO,
		    "this is no vexlog store: it is no file");
		return err_where(err, path);
	}
	return st.st_size > 0 || create ? 0 : fail_empty(path, err);
}

static int
first_integer(struct store_backend *b, const char *sql, int64_t *out,
    struct vexlog_err *err)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(b->db, sql, -1, &stmt, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		*out = sqlite3_column_int64(stmt, 0);
		rc = SQLITE_OK;
	}
	(void)sqlite3_finalize(stmt);
	return rc == SQLITE_OK ? 0 : fail(b, rc, err);
}

static int
check_ours(struct store_backend *b, bool create, struct vexlog_err *err)
{
	int64_t id = 0, tables = 0;
	/* both from one moment: another process may be making it just now */
	int rc = sqlite_script(b, "begin", err);

	if (rc == 0)
		rc = first_integer(b, "pragma application_id", &id, err);
	if (rc == 0)
		rc = first_integer(b, "select count(*) from sqlite_schema",
		    &tables, err);
	sqlite_rollback(b);
	if (rc != 0 || id == APPLICATION_ID)
		return rc;
	if (id != 0 || tables != 0)
		return fail_foreign(b, VEXLOG_CONFLICT,
		    "a database of another program", err);
	if (!create)
		return fail_empty(b->path, err);
	/* of a file without pages; half as many writes of index pages */
	return sqlite_script(b, "pragma page_size = 8192", err);
}

/* Turning WAL on needs the file for a moment alone, and SQLite does not wait
 * for that; another process that opens it now is done soon. */
static int
use_wal(struct store_backend *b, struct vexlog_err *err)
{
	int64_t wal = 0;
	int rc = first_integer(b,
	    "select journal_mode = 'wal' from pragma_journal_mode", &wal, err);

	if (rc != 0 || wal != 0)
		return rc;
	for (int i = 0;; i++) {
		int code = sqlite3_exec(
		    b->db, "pragma journal_mode = wal", NULL, NULL, NULL);
		if (code == SQLITE_OK || (code & 0xff) == SQLITE_READONLY)
			return 0;
		if ((code & 0xff) != SQLITE_BUSY || i == BUSY_MS / 20)
			return fail(b, code, err);
		(void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	}
}

/*
 * The two files beside the store's stay when the last one closes it, the WAL
 * empty: a process that reads hostile input can then write all three without
 * the right to make or remove any file.
 */
static int
set_up(struct store_backend *b, bool create, struct vexlog_err *err)
{
	int keep = 1, rc;

	(void)sqlite3_extended_result_codes(b->db, 1);
	(void)sqlite3_file_control(
	    b->db, NULL, SQLITE_FCNTL_PERSIST_WAL, &keep);
	(void)sqlite3_busy_timeout(b->db, BUSY_MS);
	(void)sqlite3_db_config(b->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(b->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if ((rc = check_ours(b, create, err)) != 0 || (rc = use_wal(b, err)) != 0)
		return rc;
	return sqlite_script(b,
	    "pragma synchronous = full;"
	    "pragma foreign_keys = on;"
	    "pragma cell_size_check = on;"
	    "pragma temp_store = memory;"
	    "pragma cache_size = -200000;"
	    "pragma wal_autocheckpoint = 16000;"
	    /* with a limit the last to close it empties it */
	    "pragma journal_size_limit = 268435456",
	    err);
}

static void
sqlite_close(struct store_backend *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < SQL_COUNT; i++)
		(void)sqlite3_finalize(b->statements[i].stmt);
	(void)sqlite3_close(b->db);
}

/* file:PATH?immutable=1, with what means something else there escaped */
static const char *
immutable_url(struct store_backend *b, struct vexlog_err *err)
{
	struct buffer url;
	const char *text;

	buffer_open(&url, b->arena, URL_MAX);
	buffer_text(&url, "file:");
	for (const char *at = b->path; *at != '\0'; at++)
		if (*at == '%' || *at == '?' || *at == '#')
			buffer_print(&url, "%%%02x", (unsigned int)*at);
		else
			buffer_byte(&url, *at);
	buffer_text(&url, "?immutable=1");
	return buffer_finish_text(&url, &text, err) == 0 ? text : NULL;
}

/*
 * WAL wants two files beside the store's even to read it. Where they can't be
 * made nobody writes, and the file alone is all there is, unless a writer
 * left without putting its part into it.
 */
static int
open_read_only(struct store_backend *b, struct vexlog_err *err)
{
	const char *url = immutable_url(b, err);
	struct stat st;
	char *wal = arena_print(b->arena, err, "%s-wal", b->path);
	int rc;

	if (url == NULL || wal == NULL)
		return err->code;
	if (stat(wal, &st) == 0 && st.st_size > 0) {
		err_set(err, VEXLOG_IO,
		    "its newest part was not put into the store's file yet");
		err_where(err, wal);
		return err_hint(err,
		    "run `vexlog pending` once as a user who may write "
		    "there, then this again");
	}
	(void)sqlite3_close(b->db);
	b->db = NULL;
	rc = sqlite3_open_v2(url, &b->db,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
	return rc == SQLITE_OK ? set_up(b, false, err) : fail(b, rc, err);
}

static int
sqlite_open(struct store_backend **out, struct vexlog_arena *arena,
    const struct store_options *options, struct vexlog_err *err)
{
	const char *path = options->url + sizeof(SCHEME) - 1;
	struct store_backend *b = arena_zero(arena, sizeof(*b), err);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	int rc;

	if (b == NULL)
		return err->code;
	b->arena = arena;
	if ((b->path = arena_copy(arena, path, err)) == NULL)
		return err->code;
	if ((rc = check_file(path, options->create, err)) != 0)
		return rc;
	if (options->create)
		flags |= SQLITE_OPEN_CREATE;
	rc = sqlite3_open_v2(path, &b->db, flags, NULL);
	rc = rc == SQLITE_OK ? set_up(b, options->create, err)
			     : fail(b, rc, err);
	if (rc != 0 && !options->create &&
	    ((b->last & 0xff) == SQLITE_CANTOPEN ||
		(b->last & 0xff) == SQLITE_READONLY))
		rc = open_read_only(b, err);
	if (rc != 0) {
		sqlite_close(b);
		return rc;
	}
	*out = b;
	return 0;
}

const struct store_ops store_sqlite = {
    .name = "sqlite",
    .migrations = embedded_sqlite,
    .takes = sqlite_takes,
    .shown = sqlite_shown,
    .open = sqlite_open,
    .close = sqlite_close,
    .warning = sqlite_warning,
    .wait = sqlite_wait,
    .begin = sqlite_begin,
    .snapshot = sqlite_snapshot,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .lock_schema = sqlite_lock_schema,
    .again = sqlite_again,
    .script = sqlite_script,
    .online = NULL,
    .query = sqlite_query,
    .bulk = sqlite_bulk,
};
