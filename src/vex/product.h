/*
 * product.h - product keys: what a claim is about, in one text.
 *
 * The first of: a purl, normalised; a CPE as written; else
 * "local:<issuer>:<name>", both percent-encoded. A claim about a component of
 * a product has the key "<product> > <component>", so no key of its own may
 * hold " > " (it is refused), and none is longer than NAME_MAX_BYTES.
 */
#ifndef VEXLOG_VEX_PRODUCT_H
#define VEXLOG_VEX_PRODUCT_H

#include "vex/reader.h"

#define PRODUCT_SEPARATOR " > "

struct product {
	const char *key;    /* one pointer for one key in a document */
	const char *text;   /* as the document wrote it */
	const char *breach; /* a rule of the purl's type that is broken */
};

/* How much of the key is the product's own, without its component. */
size_t product_size(const char *key);
bool product_is_purl(const char *text); /* begins like one */
bool product_is_cpe(const char *text);  /* 2.3 or 2.2, as CSAF tells them */

/*
 * NULL when the text is no purl (noted by rule) or its key is refused. A purl
 * that only breaks the rules of its type still names its product; that is
 * noted where the format asks for a purl (strict). The same text gives the
 * same product.
 */
const struct product *product_purl(struct reader *r, const char *text,
    const char *rule, bool strict, const char *member,
    const struct json_value *at);
const struct product *product_cpe(struct reader *r, const char *text,
    const char *member, const struct json_value *at);
const struct product *product_local(struct reader *r, const char *name,
    const char *member, const struct json_value *at);
/* The component of the product; either may be a pair itself. */
const struct product *product_pair(struct reader *r,
    const struct product *product, const struct product *component);
/* The product in one version: the version takes the place of the purl's, or
 * stands behind '@'; a range is the purl's qualifier "vers". NULL when
 * refused. */
const struct product *product_version(struct reader *r,
    const struct product *product, const char *name, const char *version,
    const char *range);

#endif
