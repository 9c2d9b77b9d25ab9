/*
 * walk.h - the files behind paths, in an order that depends on names alone.
 */
#ifndef VEXLOG_FLOW_WALK_H
#define VEXLOG_FLOW_WALK_H

#include "base/arena.h"

/*
 * Calls take for each path in the given order; a folder stands for its files
 * called *.json, *.jsonl and the same with .gz or .zst, recursively, by byte
 * order of their names; ".git" is passed over. "-" is handed on as it is.
 *
 * errors   NOT_FOUND (a path), LIMIT (depth, number), IO, and what take says
 */
int walk(const char *const *paths, size_t count,
    int (*take)(const char *path, void *context, struct vexlog_err *err),
    void *context, struct vexlog_err *err);

/* One document a line: .jsonl, also packed. */
bool walk_is_lines(const char *path);

#endif
