/*
 * err.h - fill a vexlog_err, once, where the fault is found.
 *
 * A function that fails writes
 *
 *	return err_set(err, VEXLOG_SHAPE, "\"%s\" is not a status", word);
 *
 * and its callers pass the code up unchanged. They may add what they alone
 * know (the file, the hint) where it is still empty; nobody changes a message.
 */
#ifndef VEXLOG_BASE_ERR_H
#define VEXLOG_BASE_ERR_H

#include "vexlog.h"

#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* Clears *err, sets code and message; returns the code. err may be NULL. */
int err_set(struct vexlog_err *err, enum vexlog_code code, const char *format,
    ...) PRINTF_LIKE(3, 4);
/* IO with the text of errno: "open: No such file or directory". */
int err_system(struct vexlog_err *err, const char *what, const char *where);
int err_memory(struct vexlog_err *err);

/* These fill a field that is still empty, and return err->code. */
int err_where(struct vexlog_err *err, const char *where);
int err_rule(struct vexlog_err *err, const char *rule);
int err_hint(struct vexlog_err *err, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif
