/*
 * version.h - which of two versions of a package comes first, by the rules
 * of its kind.
 *
 * Each scheme orders all texts that it holds for versions; what it does not
 * is told by valid, and has no place in a range. Numbers are compared as
 * digits, so none is too large.
 */
#ifndef VEXLOG_VEX_VERSION_H
#define VEXLOG_VEX_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#define VERSION_MAX_BYTES 256 /* longer ones are no versions */

struct version_scheme {
	const char *type; /* of a purl or of vers */
	bool (*valid)(const char *text);
	/* below, at, or above 0 as a comes before b, is equal, comes after;
	 * both are valid */
	int (*order)(const char *a, const char *b);
};

/* NULL: a type whose versions cannot be compared here. */
const struct version_scheme *version_scheme(const char *type);

/* ---- semantic versions (semver.org 2.0.0), as CSAF has them ------------- */

struct version_part {
	const char *at;
	size_t size;
};

struct semver {
	bool semantic;                  /* has three numbers */
	struct version_part numbers[3]; /* an integer n is n.0.0 */
	struct version_part pre; /* behind '-', without it; at NULL: none */
};

/* An integer or a semantic version, to the letter. */
bool semver_read(struct semver *out, const char *text);
/* Build metadata has no place in the order. */
int semver_order(const struct semver *a, const struct semver *b, bool with_pre);
/* Of digits without a leading zero. */
int semver_number_order(struct version_part a, struct version_part b);

#endif
