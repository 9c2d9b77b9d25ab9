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

/* By their own rules these have cycles: 1-x < 1.0.b1 < 1 < 1-x to Maven, and
 * a version without a release equals it with any. */
static bool
is_total(const char *type)
{
	return strcmp(type, "maven") != 0 && strcmp(type, "alpm") != 0 &&
	    strcmp(type, "rpm") != 0;
}

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
	HOLDS(strcmp(a.type, b.type) == 0);
	if (!is_total(a.type))
		return;
	HOLDS(strcmp(once, twice) == 0);
	/* canonical is what was written, and says the same */
	if (a.canonical)
		HOLDS(strcmp(once, text) == 0);
	HOLDS(vers_contains(&a, version) == vers_contains(&b, version));
}

static void
check_order(const char *a, const char *b, const char *c)
{
	static const char *const types[] = {"alpm", "apk", "conan", "datetime",
	    "deb", "gem", "gentoo", "intdot", "lexicographic", "maven", "npm",
	    "nuget", "openssl", "pypi", "rpm"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const struct version_scheme *s = version_scheme(types[i]);
		if (!s->valid(a) || !s->valid(b) || !s->valid(c))
			continue;
		int order = s->order(a, b), back = s->order(b, a);
		HOLDS((order < 0) == (back > 0) && (order > 0) == (back < 0));
		HOLDS(s->order(a, a) == 0 && s->order(b, b) == 0);
		/* what is not after b, which is not after c, is not after c */
		if (is_total(types[i]) && order <= 0 && s->order(b, c) <= 0)
			HOLDS(s->order(a, c) <= 0);
	}
}

/* The text before the next newline; *at is behind it. */
static const char *
line(struct vexlog_arena *arena, const char **at, const char *end)
{
	struct vexlog_err err;
	const char *stop =
	    *at == end ? NULL : memchr(*at, '\n', (size_t)(end - *at));
	const char *out = arena_text(arena, *at,
	    (size_t)((stop == NULL ? end : stop) - *at), &err);

	*at = stop == NULL ? end : stop + 1;
	HOLDS(out != NULL);
	return out;
}

/* A range and a version, or three versions, a line each. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open(64 * MIB);
	const char *at = size == 0 ? "" : (const char *)data;
	const char *end = at + size;

	HOLDS(arena != NULL);
	if (text_utf8_valid(at, size) == size) {
		const char *a = line(arena, &at, end);
		const char *b = at == end ? "1.0" : line(arena, &at, end);
		const char *c = at == end ? "1.0" : line(arena, &at, end);
		check_range(arena, a, b);
		check_order(a, b, c);
	}
	vexlog_arena_close(arena);
	return 0;
}
