/*
 * sort.h - stable merge sort: n log n for every input, no malloc.
 */
#ifndef VEXLOG_BASE_SORT_H
#define VEXLOG_BASE_SORT_H

#include "base/arena.h"

/*
 * Sorts count pointers. order is below, at or above zero as strcmp; context
 * is handed through. Takes count pointers of the arena for the while.
 */
int sort_pointers(const void **list, size_t count,
    int (*order)(const void *a, const void *b, void *context), void *context,
    struct vexlog_arena *arena, struct vexlog_err *err);

#endif
