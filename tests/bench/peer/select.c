/*
 * select.c DB SQL [TEXT...]: runs one query with the texts bound, looks at
 * every byte of the answer and prints how many there were; the floor of a
 * process that answers from a store.
 */
#include <sqlite3.h>

#include "tests/bench/bench.h"

int
main(int argc, char **argv)
{
	sqlite3 *db;
	sqlite3_stmt *s;
	long bytes = 0, sum = 0;
	int i, rc;

	if (argc < 3 ||
	    sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY, NULL) !=
		SQLITE_OK ||
	    sqlite3_prepare_v2(db, argv[2], -1, &s, NULL) != SQLITE_OK)
		return 2;
	for (i = 3; i < argc; i++)
		(void)sqlite3_bind_text(s, i - 2, argv[i], -1, SQLITE_STATIC);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		for (i = 0; i < sqlite3_column_count(s); i++) {
			const unsigned char *text = sqlite3_column_text(s, i);
			int n = sqlite3_column_bytes(s, i);
			bytes += n;
			while (n > 0)
				sum += text[--n];
		}
	}
	if (rc != SQLITE_DONE || bytes == 0 || sum == 0)
		return 1;
	(void)sqlite3_finalize(s);
	(void)sqlite3_close(db);
	printf("%ld\n", bytes);
	return 0;
}
