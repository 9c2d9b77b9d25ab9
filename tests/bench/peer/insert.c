/*
 * insert.c SOURCE.db TARGET.db: rows a second of a bare insert of all
 * observations of a store into a new file with the same table and indexes and
 * the same promise of durability, in one transaction.
 */
#include <sqlite3.h>
#include <string.h>

#include "tests/bench/bench.h"

#define COLUMNS_MAX 64

static sqlite3 *source, *target;

static void
check(sqlite3 *db, int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE)
		return;
	(void)fprintf(stderr, "%s\n", sqlite3_errmsg(db));
	exit(1);
}

static void
script(const char *sql)
{
	check(target, sqlite3_exec(target, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *
prepared(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;

	check(db, sqlite3_prepare_v2(db, sql, -1, &stmt, NULL));
	return stmt;
}

/* The table, then its indexes; triggers are not part of a bare insert. */
static void
copy_schema(void)
{
	sqlite3_stmt *s = prepared(source,
	    "select sql from sqlite_schema where tbl_name = 'vex_observations'"
	    " and sql is not null and type in ('table', 'index')"
	    " order by type = 'index'");

	while (sqlite3_step(s) == SQLITE_ROW)
		script((const char *)sqlite3_column_text(s, 0));
	(void)sqlite3_finalize(s);
}

/* All values first: reading them is no part of the insert. */
static sqlite3_value **
read_rows(size_t *rows, int *columns)
{
	sqlite3_stmt *s = prepared(source,
	    "select * from vex_observations order by observation_id");
	sqlite3_value **all = NULL;
	size_t room = 0, n = 0;
	int i;

	*columns = sqlite3_column_count(s);
	while (sqlite3_step(s) == SQLITE_ROW) {
		if (n == room) {
			room = room == 0 ? 1024 : 2 * room;
			all = realloc(all, room * (size_t)*columns *
			    sizeof(*all));
			if (all == NULL)
				exit(1);
		}
		for (i = 0; i < *columns; i++)
			all[n * (size_t)*columns + (size_t)i] =
			    sqlite3_value_dup(sqlite3_column_value(s, i));
		n++;
	}
	(void)sqlite3_finalize(s);
	*rows = n;
	return all;
}

int
main(int argc, char **argv)
{
	char insert[64 + 2 * COLUMNS_MAX] = "insert into vex_observations"
					    " values (?";
	sqlite3_value **all;
	sqlite3_stmt *s;
	size_t rows, n;
	double start;
	int columns, i;

	if (argc != 3)
		return 2;
	check(source, sqlite3_open(argv[1], &source));
	check(target, sqlite3_open(argv[2], &target));
	script("pragma page_size = 8192; pragma journal_mode = wal;"
	       "pragma synchronous = full; pragma cache_size = -200000;"
	       "pragma wal_autocheckpoint = 16000");
	copy_schema();
	all = read_rows(&rows, &columns);
	for (i = 1; i < columns && i < COLUMNS_MAX; i++)
		(void)strcat(insert, ",?");
	s = prepared(target, strcat(insert, ")"));
	start = bench_now();
	script("begin immediate");
	for (n = 0; n < rows; n++) {
		for (i = 0; i < columns; i++)
			check(target, sqlite3_bind_value(s, i + 1,
			    all[n * (size_t)columns + (size_t)i]));
		check(target, sqlite3_step(s));
		check(target, sqlite3_reset(s));
	}
	script("commit");
	(void)sqlite3_finalize(s);
	(void)sqlite3_close(target);
	printf("%.6g\n", (double)rows / (bench_now() - start));
	return 0;
}
