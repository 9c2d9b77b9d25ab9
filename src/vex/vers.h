/*
 * vers.h - version ranges (vers-spec, ECMA draft): read, write, hold a
 * version against.
 *
 * A range keeps the text as it was written; only where it is asked about a
 * version do its constraints count.
 */
#ifndef VEXLOG_VEX_VERS_H
#define VEXLOG_VEX_VERS_H

#include "base/arena.h"
#include "vex/version.h"

#define VERS_CONSTRAINTS_MAX 10000

enum vers_comparator {
	VERS_EQUAL,
	VERS_UNEQUAL,
	VERS_LESS,
	VERS_LESS_EQUAL,
	VERS_GREATER,
	VERS_GREATER_EQUAL,
	VERS_ANY, /* "*", which stands alone and has no version */
};

struct vers_constraint {
	enum vers_comparator comparator;
	const char *version; /* decoded */
};

struct vers {
	const char *type;
	const struct version_scheme *scheme; /* NULL: not known */
	const struct vers_constraint *constraints;
	size_t count;
	bool canonical; /* false: *why says which rule it breaks */
	const char *why;
};

/*
 * The range behind text. One that is clear and breaks the canonical form
 * (its order, letter case, encoding, or comparators that make others idle) is
 * read and canonical is false; its constraints are sorted where its versions
 * can be compared.
 *
 * errors   SHAPE (no range can be made of it, or one of too many
 *          constraints), LIMIT, NO_MEMORY
 */
int vers_read(struct vers *out, struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err);
/* The constraints as they are now, in canonical encoding. */
int vers_write(const char **out, struct vexlog_arena *arena,
    const struct vers *vers, struct vexlog_err *err);

enum vers_answer { VERS_OUT, VERS_IN, VERS_UNKNOWN };

/* UNKNOWN: the type's versions cannot be compared, or one of them is no
 * version, or the range does not say what it means. */
enum vers_answer vers_contains(const struct vers *vers, const char *version);

#endif
