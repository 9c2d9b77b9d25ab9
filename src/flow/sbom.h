/*
 * sbom.h - the package URLs of an SBOM, for holding them against verdicts.
 */
#ifndef VEXLOG_FLOW_SBOM_H
#define VEXLOG_FLOW_SBOM_H

#include "flow/fit.h"

struct sbom {
	const struct fit_product *parts; /* each key once, sorted */
	size_t count;
	const struct fit_product *root; /* what the SBOM is of, or NULL */
	size_t skipped;		      /* texts that are no package URL */
	size_t nameless; /* components without a package URL */
};

/* CycloneDX, SPDX 2.x or SPDX 3.x. errors SYNTAX, SHAPE (none of them) */
int sbom_read(struct sbom *out, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err);

#endif
