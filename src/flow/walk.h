/*
 * walk.h - the files behind paths, in an order that depends on names alone.
 */
#ifndef VEXLOG_FLOW_WALK_H
#define VEXLOG_FLOW_WALK_H

#include "base/arena.h"

struct walk_ops {
	int (*take)(const char *path, void *context, struct vexlog_err *err);
	/* Told of each folder before its files; *whole: it needs nothing of
	 * this folder any more. NULL: nothing is told. */
	int (*folder)(bool *whole, const char *path, void *context,
	    struct vexlog_err *err);
	/* Told of a folder in a folder that cannot be opened; the others are
	 * walked through all the same. */
	void (*closed)(
	    const char *path, void *context, const struct vexlog_err *why);
	void *context;
};

/*
 * Calls take for each path in the given order; a folder stands for its files
 * called *.json, *.jsonl and the same with .gz or .zst, recursively, by byte
 * order of their names; ".git" is passed over, and a link that leads back up.
 * "-" is handed on as it is.
 *
 * errors   NOT_FOUND (a path), LIMIT (depth, number), IO, and what take says
 */
int walk(const char *const *paths, size_t count, const struct walk_ops *ops,
    struct vexlog_err *err);

/* Says of a link that could not be read what it may be: what a command did not
 * name it may not open. */
void walk_hint_link(const char *path, struct vexlog_err *err);

/* One document a line: .jsonl, also packed. */
bool walk_is_lines(const char *path);

#endif
