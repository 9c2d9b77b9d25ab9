/*
 * export.h - formats that verdicts can be written in.
 *
 * How to add one: a file export_<name>.c with one const struct export_ops (of
 * export_list.h where it writes verdicts), one line in the array of export.c,
 * one in meson.build, and its name in the round trip of
 * tests/cli/95-export.sh.
 */
#ifndef VEXLOG_FLOW_EXPORT_H
#define VEXLOG_FLOW_EXPORT_H

#include "flow/home.h"

struct export_ops {
	const char *format;
	int (*write)(struct vexlog_export_result *out, struct vexlog *v,
	    const struct vexlog_export_options *options,
	    struct vexlog_err *err);
};

extern const struct export_ops export_openvex, export_csaf, export_cyclonedx,
    export_bundle, export_payloads;

/* The OpenVEX of each package in a folder, as Trivy reads it. */
int export_repo(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err);

#endif
