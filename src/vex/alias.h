/*
 * alias.h - other names of one vulnerability (CVE, GHSA, RHSA, DSA, USN …).
 *
 * Names are joined only where a claim about the same product says so, and
 * never two CVE ids: whoever could join two would silence one by a claim
 * about the other. The closure is a function of the set of claims.
 */
#ifndef VEXLOG_VEX_ALIAS_H
#define VEXLOG_VEX_ALIAS_H

#include "base/arena.h"
#include "base/map.h"

/* The names that stand for one vulnerability, sorted. */
struct alias_set {
	const char *const *names;
	size_t count;
};

/* All names that some claims join, each in one set. */
struct alias_sets {
	struct map index; /* name to its place in sets */
	struct alias_set *sets;
};

/* Reads a JSON array of names, as in vexlog_observation.aliases. */
int alias_read(const char *const **out, size_t *count,
    struct vexlog_arena *arena, const char *json, struct vexlog_err *err);
/*
 * Only vulnerability and aliases of a claim are looked at; the names are
 * copied. Scratch is for what is not needed afterwards.
 *
 * cost     n log n in the claims' names
 */
int alias_join(struct alias_sets *out, struct vexlog_arena *arena,
    struct vexlog_arena *scratch,
    const struct vexlog_observation *const *claims, size_t claim_count,
    struct vexlog_err *err);
/* NULL: no claim joins the name with another. */
const struct alias_set *alias_find(
    const struct alias_sets *sets, const char *name);
/* All names that the claims join with name, itself too, sorted. */
int alias_closure(const char *const **out, size_t *count,
    struct vexlog_arena *arena, const struct vexlog_observation *const *claims,
    size_t claim_count, const char *name, struct vexlog_err *err);
/* The name a verdict gets: the smallest CVE id, else the smallest name. */
const char *alias_main(const char *const *names, size_t count);
bool alias_has(const char *const *names, size_t count, const char *name);

#endif
