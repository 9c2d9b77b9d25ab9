/*
 * buffer.h - bytes that grow in an arena, with a maximum.
 *
 * The first failure sticks: later appends do nothing, and buffer_finish
 * reports it. So a writer appends freely and checks once.
 */
#ifndef VEXLOG_BASE_BUFFER_H
#define VEXLOG_BASE_BUFFER_H

#include <string.h>

#include "base/arena.h"

struct buffer {
	struct vexlog_arena *arena;
	char *data;
	size_t size, room, max;
	int failed; /* a vexlog_code, 0 while all is well */
};

void buffer_open(struct buffer *b, struct vexlog_arena *arena, size_t max);
/* Room for size more bytes at b->data + b->size; false after a failure. */
bool buffer_reserve(struct buffer *b, size_t size);
void buffer_text(struct buffer *b, const char *text);
void buffer_print(struct buffer *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_integer(struct buffer *b, int64_t value);

static inline void
buffer_byte(struct buffer *b, char c)
{
	if (b->size < b->room || buffer_reserve(b, 1))
		b->data[b->size++] = c;
}

static inline void
buffer_bytes(struct buffer *b, const void *data, size_t size)
{
	if (size == 0 || (size > b->room - b->size && !buffer_reserve(b, size)))
		return;
	memcpy(b->data + b->size, data, size);
	b->size += size;
}

/* The bytes so far, with a NUL after the last that size does not count. */
int buffer_finish(struct buffer *b, struct vexlog_bytes *out,
    struct vexlog_err *err);
/* The same for text without U+0000. */
int buffer_finish_text(struct buffer *b, const char **out,
    struct vexlog_err *err);

#endif
