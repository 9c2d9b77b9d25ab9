/*
 * purl.h - package URLs (ECMA-427): read, check, write, match.
 *
 * purl_read decodes a text into its parts and folds them as its type says;
 * purl_write gives the one canonical text of the parts. Reading what was
 * written gives the same parts, and writing those the same text.
 */
#ifndef VEXLOG_VEX_PURL_H
#define VEXLOG_VEX_PURL_H

#include "base/arena.h"

#define PURL_QUALIFIERS_MAX 64

struct purl_qualifier {
	const char *key, *value;
};

/* Decoded parts; NULL where there is none. */
struct purl {
	const char *type;
	const char *space; /* namespace, its segments joined by '/' */
	const char *name;
	const char *version;
	const struct purl_qualifier *qualifiers; /* sorted by key */
	size_t qualifier_count;
	const char *subpath;
	bool folded_keys; /* a qualifier's key was not lower-case */
};

/* errors   SHAPE (what is wrong with it), NO_MEMORY, LIMIT */
int purl_read(struct purl *out, struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err);
/* A text that may be one: *good says whether it is; only what is no fault of
 * the text fails.
 *
 * errors   NO_MEMORY, LIMIT */
int purl_try(bool *good, struct purl *out, struct vexlog_arena *arena,
    const char *text, struct vexlog_err *err);
/* From parts as somebody thought of them: folds and sorts as purl_read. */
int purl_fold(
    struct purl *purl, struct vexlog_arena *arena, struct vexlog_err *err);
/* The rules of its type: namespace required or prohibited, permitted
 * characters, required qualifiers. A type that is not known has none.
 * errors   SHAPE */
int purl_check(const struct purl *purl, struct vexlog_err *err);
/* errors   NO_MEMORY, LIMIT */
int purl_write(const char **out, struct vexlog_arena *arena,
    const struct purl *purl, struct vexlog_err *err);
/*
 * Whether specific is one of what general names: type, namespace and name
 * are equal; general has no version, or the same; each qualifier of general
 * is one of specific. The subpath does not count.
 */
bool purl_matches(const struct purl *general, const struct purl *specific);

/* ---- the table of types (purl_types.c) --------------------------------- */

enum {
	PURL_NAMESPACE_REQUIRED = 1,
	PURL_NAMESPACE_PROHIBITED = 2,
	PURL_FOLD_NAMESPACE = 4, /* not case sensitive: lower-case */
	PURL_FOLD_NAME = 8,
	PURL_FOLD_VERSION = 16,
	PURL_FOLD_SUBPATH = 32,
	PURL_UNDERSCORE_TO_DASH = 64,   /* in the name */
	PURL_OTHER_TO_UNDERSCORE = 128, /* all but a-z 0-9 in the name */
};

enum purl_pattern {
	PURL_ANY,
	PURL_32_A_TO_P,
	PURL_1_TO_4_NUMBERS,
	PURL_LOWER_DIGIT_UNDERSCORE, /* begins with one of these */
};

struct purl_type {
	const char *type;
	unsigned rules;
	enum purl_pattern name, version;
	const char *qualifier; /* required, or NULL */
};

extern const struct purl_type purl_types[]; /* sorted by type */
extern const size_t purl_type_count;

#endif
