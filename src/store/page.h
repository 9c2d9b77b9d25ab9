/*
 * page.h - cursors: where the next page begins, as text that callers hand
 * back unseen. They come from outside, so every byte of them is checked.
 */
#ifndef VEXLOG_STORE_PAGE_H
#define VEXLOG_STORE_PAGE_H

#include "base/arena.h"

/* MISUSE unless 1..VEXLOG_PAGE_MAX */
int page_check_limit(size_t limit, struct vexlog_err *err);
/* Between "P > " and "P >!" lies every key of a subcomponent of P, and
 * nothing else. */
int page_bounds(const char **from, const char **to, struct vexlog_arena *arena,
    const char *product, struct vexlog_err *err);

/* base64url of "<created_at, six digits>|<observation id>" */
int page_write_row(const char **out, struct vexlog_arena *arena,
    int64_t created_at, const char *id, struct vexlog_err *err);
/* errors   MISUSE: not as page_write_row makes it */
int page_read_row(int64_t *created_at, const char **id,
    struct vexlog_arena *arena, const char *cursor, struct vexlog_err *err);

/* base64url of a JSON array of count names */
int page_write_names(const char **out, struct vexlog_arena *arena,
    const char *const *names, size_t count, struct vexlog_err *err);
/* errors   MISUSE: not as page_write_names makes it */
int page_read_names(const char **names, size_t count,
    struct vexlog_arena *arena, const char *cursor, struct vexlog_err *err);

#endif
