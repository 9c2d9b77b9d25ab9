/*
 * format.h - the formats a document may have.
 *
 * To add one: a table like those below in a file of its own, a line in the
 * list in format.c, its words in status.c, its rules in docs/formats.md, and
 * a test beside the others.
 */
#ifndef VEXLOG_VEX_FORMAT_H
#define VEXLOG_VEX_FORMAT_H

#include "vex/reader.h"

struct format_ops {
	const char *name;
	/* By content alone; a broken document of the format counts too. */
	bool (*recognise)(const struct json_value *root);
	/* The tree is well-formed JSON. Everything else becomes a finding. */
	void (*read)(struct reader *r, const struct json_value *root);
};

extern const struct format_ops openvex_format;
extern const struct format_ops csaf_format;
extern const struct format_ops cyclonedx_format;
extern const struct format_ops spdx_format;

#endif
