/*
 * tap.h - the Test Anything Protocol in a header. A test is a main() that
 * reads top-down and ends with `return tap_done();`.
 */
#ifndef VEXLOG_TESTS_TAP_H
#define VEXLOG_TESTS_TAP_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_count, tap_failures;

__attribute__((format(printf, 2, 3), unused)) static bool
ok(bool good, const char *format, ...)
{
	va_list ap;

	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
	tap_failures += !good;
	return good;
}

__attribute__((unused)) static bool
is_int(int64_t got, int64_t want, const char *name)
{
	bool good = ok(got == want, "%s", name);

	if (!good)
		printf("# got %" PRId64 ", want %" PRId64 "\n", got, want);
	return good;
}

__attribute__((unused)) static bool
is_text(const char *got, const char *want, const char *name)
{
	bool same = got != NULL && want != NULL ? strcmp(got, want) == 0 :
						  got == want;
	bool good = ok(same, "%s", name);

	if (!good)
		printf("# got  %s\n# want %s\n", got == NULL ? "(null)" : got,
		    want == NULL ? "(null)" : want);
	return good;
}

/* The message holds the part. */
__attribute__((unused)) static bool
has_text(const char *got, const char *part, const char *name)
{
	bool good = ok(got != NULL && strstr(got, part) != NULL, "%s", name);

	if (!good)
		printf("# got  %s\n# want …%s…\n", got == NULL ? "(null)" : got,
		    part);
	return good;
}

__attribute__((noreturn, format(printf, 1, 2), unused)) static void
bail(const char *format, ...)
{
	va_list ap;

	printf("Bail out! ");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	exit(1);
}

#include "tests/must.h"

/* A file of tests/data. */
__attribute__((unused)) static const char *
data_path(const char *name)
{
	static char path[4][4096];
	static int turn;
	const char *folder = getenv("VEXLOG_TEST_DATA");
	char *out = path[turn++ % 4];

	if (folder == NULL)
		bail("VEXLOG_TEST_DATA is not set: run the tests by meson test");
	(void)snprintf(out, 4096, "%s/%s", folder, name);
	return out;
}

/* A new folder below TMPDIR. */
__attribute__((unused)) static void
temp_folder(char out[128])
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(out, 128, "%.100s/vexlog-test-XXXXXX",
	    base == NULL ? "/tmp" : base);
	if (mkdtemp(out) == NULL)
		bail("no temporary folder: %s", out);
}

__attribute__((unused)) static int
tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures == 0 ? 0 : 1;
}

#endif
