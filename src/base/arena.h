/*
 * arena.h - memory of one job: handed out piece by piece, freed at once.
 *
 * A piece is aligned to 16 bytes and never zeroed unless asked. Functions
 * that take err fill it and return NULL; there is nothing else to check.
 */
#ifndef VEXLOG_BASE_ARENA_H
#define VEXLOG_BASE_ARENA_H

#include "base/err.h"

void *arena_take(struct vexlog_arena *arena, size_t size,
    struct vexlog_err *err);
void *arena_zero(struct vexlog_arena *arena, size_t size,
    struct vexlog_err *err);
/* count * size with the overflow checked; zeroed. */
void *arena_list(struct vexlog_arena *arena, size_t count, size_t size,
    struct vexlog_err *err);
/* A larger piece with the old content. In place, or nearly free, when old is
 * the piece handed out last. old may be NULL with old_size 0. */
void *arena_extend(struct vexlog_arena *arena, void *old, size_t old_size,
    size_t new_size, struct vexlog_err *err);
/* NUL-terminated copy of size bytes. */
char *arena_text(struct vexlog_arena *arena, const void *text, size_t size,
    struct vexlog_err *err);
char *arena_copy(struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err);
/* a, b and c, one behind the other. */
char *arena_join(struct vexlog_arena *arena, const char *a, const char *b,
    const char *c, struct vexlog_err *err);
char *arena_print(struct vexlog_arena *arena, struct vexlog_err *err,
    const char *format, ...) PRINTF_LIKE(3, 4);

/* Where the arena stands now; arena_back frees all that was taken since. */
struct arena_mark {
	void *block;
	size_t used;
};
struct arena_mark arena_mark(const struct vexlog_arena *arena);
void arena_back(struct vexlog_arena *arena, struct arena_mark mark);

/*
 * A list that grows by doubling: ARENA_GROW(list, count, room, arena, err)
 * makes room for one more item and is false when memory is short.
 */
void *arena_grow(struct vexlog_arena *arena, void *list, size_t count,
    size_t *room, size_t size, struct vexlog_err *err);

/* Tests set this to n to make the n-th allocation from now fail, once;
 * 0 never fails. */
extern long arena_fail_in;

#endif
