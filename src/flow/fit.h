/*
 * fit.h - which product keys name a product among others.
 */
#ifndef VEXLOG_FLOW_FIT_H
#define VEXLOG_FLOW_FIT_H

#include "vex/purl.h"

/* How well a key fits, the higher the closer. */
enum fit {
	FIT_NAME,    /* no version */
	FIT_RANGE,   /* a range that holds the version */
	FIT_VERSION, /* fewer qualifiers */
	FIT_EXACT,
	FITS
};

/* A product: its key, canonical, and what that says. */
struct fit_product {
	const char *key;
	struct purl purl;
};

/* An enum fit, or -1: the key does not name the product. Scratch is for what
 * has to be read of it. */
int fit_key(struct vexlog_arena *scratch, const char *key,
    const struct fit_product *product);
/* For a person: "versionless", … */
const char *fit_words(int fit);

#endif
