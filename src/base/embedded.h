/*
 * embedded.h - files that tools/embed.py put into the program.
 */
#ifndef VEXLOG_BASE_EMBEDDED_H
#define VEXLOG_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
	const char *name;
	const char *text; /* with a NUL behind it */
	size_t size;
};

/* Each table, ended by a NULL name. */
extern const struct embedded_file embedded_policies[];
extern const struct embedded_file embedded_roots[]; /* Sigstore's trust */
extern const struct embedded_file embedded_sql[];
extern const struct embedded_file embedded_migrations[]; /* PostgreSQL */
extern const struct embedded_file embedded_sqlite[]; /* SQLite's */

#endif
