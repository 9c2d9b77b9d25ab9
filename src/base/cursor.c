/*
 * cursor.c - bounded reading. See cursor.h.
 */
#include "base/cursor.h"

#include <string.h>

bool
cursor_bytes(struct cursor *c, size_t size, struct vexlog_bytes *out)
{
	if (cursor_left(c) < size)
		return false;
	*out = (struct vexlog_bytes){c->at, size};
	c->at += size;
	return true;
}

static bool
take_integer(struct cursor *c, size_t size, uint64_t *out)
{
	struct vexlog_bytes bytes;
	uint64_t value = 0;

	if (!cursor_bytes(c, size, &bytes))
		return false;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes.data[i];
	*out = value;
	return true;
}

bool
cursor_u8(struct cursor *c, uint8_t *out)
{
	uint64_t value;

	if (!take_integer(c, 1, &value))
		return false;
	*out = (uint8_t)value;
	return true;
}

bool
cursor_u16(struct cursor *c, uint16_t *out)
{
	uint64_t value;

	if (!take_integer(c, 2, &value))
		return false;
	*out = (uint16_t)value;
	return true;
}

bool
cursor_u32(struct cursor *c, uint32_t *out)
{
	uint64_t value;

	if (!take_integer(c, 4, &value))
		return false;
	*out = (uint32_t)value;
	return true;
}

bool
cursor_u64(struct cursor *c, uint64_t *out)
{
	return take_integer(c, 8, out);
}

bool
cursor_literal(struct cursor *c, const char *text)
{
	size_t size = strlen(text);

	if (cursor_left(c) < size || memcmp(c->at, text, size) != 0)
		return false;
	c->at += size;
	return true;
}

bool
cursor_until(struct cursor *c, char stop, struct vexlog_bytes *out)
{
	const uint8_t *found = NULL;

	if (cursor_left(c) > 0)
		found = memchr(c->at, (unsigned char)stop, cursor_left(c));
	if (found == NULL)
		return false;
	*out = (struct vexlog_bytes){c->at, (size_t)(found - c->at)};
	c->at = found + 1;
	return true;
}
