/*
 * fit.h - which product keys name a product among others.
 */
#ifndef VEXLOG_FLOW_FIT_H
#define VEXLOG_FLOW_FIT_H

#include "vex/purl.h"

/* How well a key fits, the higher the closer. */
enum fit {
	FIT_UNKNOWN = -2, /* a range that can't be asked about the version */
	FIT_NONE,         /* the key does not name the product */
	FIT_NAME,         /* no version */
	FIT_RANGE,        /* a range that holds the version */
	FIT_VERSION,      /* fewer qualifiers */
	FIT_EXACT,
	FITS
};

/* A product: its key, canonical, and what that says. */
struct fit_product {
	const char *key;
	struct purl purl;
};

/* A text that may be a package URL: *good says whether it is.
 * errors NO_MEMORY, LIMIT */
int fit_read(bool *good, struct fit_product *out, struct vexlog_arena *arena,
    const char *text, struct vexlog_err *err);
/* How the key names the product. Scratch is for what has to be read of it.
 * errors NO_MEMORY, LIMIT */
int fit_key(enum fit *out, struct vexlog_arena *scratch, const char *key,
    const struct fit_product *product, struct vexlog_err *err);
/*
 * The version range that a purl without a version holds as its qualifier
 * "vers", taken out of the purl; NULL: none. rest has room for its other
 * qualifiers, PURL_QUALIFIERS_MAX.
 */
const char *fit_take_range(struct purl *purl, struct purl_qualifier *rest);
/* For a person: "versionless", … */
const char *fit_words(enum fit fit);

#endif
