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

/* Reads a JSON array of names, as in vexlog_observation.aliases. */
int alias_read(const char *const **out, size_t *count,
    struct vexlog_arena *arena, const char *json, struct vexlog_err *err);
/*
 * All names that the claims join with name, itself too, sorted. Only
 * vulnerability and aliases of a claim are looked at.
 *
 * cost     n log n in the claims' names
 */
int alias_closure(const char *const **out, size_t *count,
    struct vexlog_arena *arena, const struct vexlog_observation *const *claims,
    size_t claim_count, const char *name, struct vexlog_err *err);
/* The name a verdict gets: the smallest CVE id, else the smallest name. */
const char *alias_main(const char *const *names, size_t count);
bool alias_has(const char *const *names, size_t count, const char *name);

#endif
