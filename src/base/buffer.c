/*
 * buffer.c - growable bytes with a maximum that is given when it is opened.
 */
#include "base/buffer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
buffer_open(struct buffer *b, struct vexlog_arena *arena, size_t max)
{
	*b = (struct buffer){.arena = arena, .max = max};
}

bool
buffer_reserve(struct buffer *b, size_t size)
{
	struct vexlog_err err;

	if (b->failed != 0)
		return false;
	if (size <= b->room - b->size)
		return true;
	if (size > b->max - b->size) {
		b->failed = VEXLOG_LIMIT;
		b->room = b->size;
		return false;
	}
	size_t want = b->room < 256 ? 256 : b->room;
	while (want - b->size < size)
		want = want > b->max / 2 ? b->max : want * 2;
	/* one byte more than room, for the NUL of buffer_finish */
	char *data = arena_extend(b->arena, b->data,
	    b->room == 0 ? 0 : b->room + 1, want + 1, &err);
	if (data == NULL) {
		b->failed = err.code;
		b->room = b->size;
		return false;
	}
	b->data = data;
	b->room = want;
	return true;
}

void
buffer_text(struct buffer *b, const char *text)
{
	buffer_bytes(b, text, strlen(text));
}

void
buffer_integer(struct buffer *b, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRId64, value);

	buffer_bytes(b, text, (size_t)n);
}

void
buffer_print(struct buffer *b, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int size = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (size < 0) {
		b->failed = VEXLOG_NO_MEMORY;
		return;
	}
	/* vsnprintf wants one byte for its NUL */
	if (!buffer_reserve(b, (size_t)size + 1))
		return;
	va_start(ap, format);
	(void)vsnprintf(b->data + b->size, (size_t)size + 1, format, ap);
	va_end(ap);
	b->size += (size_t)size;
}

int
buffer_finish(struct buffer *b, struct vexlog_bytes *out,
    struct vexlog_err *err)
{
	if (b->failed == 0 && b->room == 0)
		buffer_reserve(b, 1);
	if (b->failed == VEXLOG_LIMIT)
		return err_set(err, VEXLOG_LIMIT,
		    "more than %zu bytes, the limit of this output", b->max);
	if (b->failed != 0)
		return err_memory(err);
	b->data[b->size] = '\0';
	*out = (struct vexlog_bytes){(const uint8_t *)b->data, b->size};
	return 0;
}

int
buffer_finish_text(struct buffer *b, const char **out, struct vexlog_err *err)
{
	struct vexlog_bytes bytes = {NULL, 0};
	int rc = buffer_finish(b, &bytes, err);

	if (rc == 0)
		*out = (const char *)bytes.data;
	return rc;
}
