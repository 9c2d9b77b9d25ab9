/*
 * report.h - collect named checks into a vexlog_report.
 */
#ifndef VEXLOG_TLOG_REPORT_H
#define VEXLOG_TLOG_REPORT_H

#include "base/arena.h"

struct report {
	struct vexlog_arena *arena;
	struct vexlog_check *list;
	size_t count, room;
	size_t failed;
	size_t required_skipped; /* SKIPs that must not be */
};

void report_open(struct report *report, struct vexlog_arena *arena);
/* name and rule are constants; the detail is printed into the arena. */
int report_add(struct report *report, const char *name, const char *rule,
    enum vexlog_outcome outcome, struct vexlog_err *err, const char *format,
    ...) PRINTF_LIKE(6, 7);
/* PASS when rc is 0, with the detail; FAIL with why->message when rc is
 * BAD_PROOF, NOT_FOUND, SHAPE, SYNTAX, LIMIT or REFUSED; any other rc is
 * handed on. Returns 0 when the check was added. */
int report_judge(struct report *report, const char *name, const char *rule,
    int rc, const struct vexlog_err *why, struct vexlog_err *err,
    const char *format, ...) PRINTF_LIKE(7, 8);
/* A check that had to be made and could not. */
int report_missed(struct report *report, const char *name, const char *rule,
    struct vexlog_err *err, const char *format, ...) PRINTF_LIKE(5, 6);
struct vexlog_report report_close(const struct report *report,
    const char *id);

#endif
