/*
 * cyclonedx.h - what the files of the CycloneDX reader share.
 */
#ifndef VEXLOG_VEX_CYCLONEDX_H
#define VEXLOG_VEX_CYCLONEDX_H

#include "vex/product.h"
#include "vex/reader.h"

/* What a ref leads to: a component, a service, or something that only its
 * name is known of. */
struct cyclonedx_target {
	const char *ref;
	const char *name;    /* for a key with a version of its own */
	const char *version; /* as the component states it, or NULL */
	const struct product *product;
};

struct cyclonedx {
	struct reader *r;
	const struct json_value *root;
	int minor;           /* of specVersion 1.x */
	struct map targets;  /* ref to struct cyclonedx_target */
	struct map versions; /* ref and version to one pointer */
	bool lists_components;
	bool timed;
	int64_t time; /* metadata.timestamp */
};

/* cyclonedx_bom.c: the header, metadata, components and services. */
void cyclonedx_read_bom(struct cyclonedx *c);
/* NULL: noted or refused. */
const struct cyclonedx_target *cyclonedx_target(
    struct cyclonedx *c, const struct json_value *ref);

#endif
