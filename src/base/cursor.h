/*
 * cursor.h - a bounded reader over untrusted bytes: the only pointer
 * arithmetic on them outside the JSON reader. Each call takes what it names
 * or takes nothing and is false.
 */
#ifndef VEXLOG_BASE_CURSOR_H
#define VEXLOG_BASE_CURSOR_H

#include "vexlog.h"

struct cursor {
	const uint8_t *at, *end, *start;
};

static inline struct cursor
cursor_open(struct vexlog_bytes bytes)
{
	return (struct cursor){bytes.data, bytes.data + bytes.size,
	    bytes.data};
}

static inline size_t
cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static inline size_t
cursor_offset(const struct cursor *c)
{
	return (size_t)(c->at - c->start);
}

bool cursor_bytes(struct cursor *c, size_t size, struct vexlog_bytes *out);
bool cursor_u8(struct cursor *c, uint8_t *out);
bool cursor_u16(struct cursor *c, uint16_t *out); /* big-endian */
bool cursor_u32(struct cursor *c, uint32_t *out);
bool cursor_u64(struct cursor *c, uint64_t *out);
/* The literal text, or nothing. */
bool cursor_literal(struct cursor *c, const char *text);
/* Up to the byte stop, which is taken too and not part of out. */
bool cursor_until(struct cursor *c, char stop, struct vexlog_bytes *out);

#endif
