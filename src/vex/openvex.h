/*
 * openvex.h - what the files of the OpenVEX reader share.
 */
#ifndef VEXLOG_VEX_OPENVEX_H
#define VEXLOG_VEX_OPENVEX_H

#include "vex/product.h"
#include "vex/reader.h"

/* A document that is being read. */
struct openvex {
	struct reader *r;
	bool old; /* 0.0.1 */
	const struct json_value *root;
	bool timed;
	int64_t time; /* of the document, where a statement has none */
};

/* openvex_products.c: a product, or (nested) a component of one; NULL: noted,
 * it names nothing. */
const struct product *openvex_product(
    struct openvex *doc, const struct json_value *v, bool nested);

#endif
