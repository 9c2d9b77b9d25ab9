/*
 * fuzz_vers.c - any text as a version range, and as versions of each scheme:
 * what is written is read as the same constraints, and each order is one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "vex/vers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HOLDS(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			abort();                                               \
	} while (0)

static void
check_range(struct vexlog_arena *arena, const char *text, const char *version)
{
	const char *once, *twice;
	struct vexlog_err err;
	struct vers a, b;
	int rc = vers_read(&a, arena, text, &err);

	HOLDS(rc == 0 || rc == VEXLOG_SHAPE || rc == VEXLOG_LIMIT);
	if (rc != 0)
		return;
	HOLDS(a.count > 0 && a.type[0] != '\0' && a.canonical == (a.why == NULL));
	rc = vers_write(&once, arena, &a, &err);
	if (rc == VEXLOG_LIMIT)
		return;
	HOLDS(rc == 0 && vers_read(&b, arena, once, &err) == 0);
	HOLDS(vers_write(&twice, arena, &b, &err) == 0);
	HOLDS(strcmp(once, twice) == 0);
	/* canonical is what was written, and says the same */
	if (a.canonical)
		HOLDS(strcmp(once, text) == 0);
	HOLDS(vers_contains(&a, version) == vers_contains(&b, version));
}

static void
check_order(const char *a, const char *b)
{
	static const char *const types[] = {"alpm", "apk", "conan", "datetime",
	    "deb", "gem", "gentoo", "intdot", "lexicographic", "maven", "npm",
	    "nuget", "openssl", "pypi", "rpm"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct version_scheme *s = version_scheme(types[i]);
		if (!s->valid(a) || !s->valid(b))
			continue;
		int order = s->order(a, b), back = s->order(b, a);
		HOLDS((order < 0) == (back > 0) && (order > 0) == (back < 0));
		HOLDS(s->order(a, a) == 0 && s->order(b, b) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open(64 * MIB);
	struct vexlog_err err;
	const char *line = size == 0 ? NULL : memchr(data, '\n', size);

	HOLDS(arena != NULL);
	/* "range\nversion", or "version\nversion" */
	size_t first = line == NULL ? size : (size_t)(line - (const char *)data);
	const char *a = arena_text(arena, (const char *)data, first, &err);
	const char *b = line == NULL
	    ? "1.0"
	    : arena_text(arena, line + 1, size - first - 1, &err);
	HOLDS(a != NULL && b != NULL);
	if (text_utf8_valid(a, strlen(a)) == strlen(a) &&
	    text_utf8_valid(b, strlen(b)) == strlen(b)) {
		check_range(arena, a, b);
		check_order(a, b);
	}
	vexlog_arena_close(arena);
	return 0;
}
