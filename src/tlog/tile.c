/*
 * tile.c - see tile.h.
 */
#include "tlog/tile.h"

#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/text.h"

#define NUMBER_MAX ((uint64_t)1 << 55) /* tiles of level 0 below 2^63 leaves   \
					*/

/* ---- names -------------------------------------------------------------- */

/* "x001/x234/067": groups of three digits, all but the last with an x. */
static size_t
write_number(char *out, size_t room, uint64_t n)
{
	unsigned groups[7];
	size_t count = 0, at = 0;

	do {
		groups[count++] = (unsigned)(n % 1000);
		n /= 1000;
	} while (n > 0);
	while (count-- > 0)
		at += (size_t)snprintf(out + at, room - at, "%s%03u%s",
		    count > 0 ? "x" : "", groups[count], count > 0 ? "/" : "");
	return at;
}

void
tile_path(char out[TILE_PATH_MAX], const struct tile_name *name)
{
	size_t at;

	if (name->level == TILE_ENTRIES)
		at = (size_t)snprintf(out, TILE_PATH_MAX, "tile/entries/");
	else
		at = (size_t)snprintf(
		    out, TILE_PATH_MAX, "tile/%d/", name->level);
	at += write_number(out + at, TILE_PATH_MAX - at, name->n);
	if (name->width < TILE_WIDTH)
		(void)snprintf(
		    out + at, TILE_PATH_MAX - at, ".p/%u", name->width);
}

/* Reads what write_number writes; *end is behind it. */
static bool
read_number(uint64_t *out, const char *at, const char **end)
{
	uint64_t n = 0;

	for (bool first = true;; first = false) {
		bool more = *at == 'x';
		uint64_t group;
		at += more;
		if (strnlen(at, 3) < 3 || at[0] < '0' || at[0] > '9' ||
		    at[1] < '0' || at[1] > '9' || at[2] < '0' || at[2] > '9')
			return false;
		group = (uint64_t)(at[0] - '0') * 100 +
		    (uint64_t)(at[1] - '0') * 10 + (uint64_t)(at[2] - '0');
		if (first && more && group == 0)
			return false;
		if (n > NUMBER_MAX / 1000)
			return false;
		n = n * 1000 + group;
		at += 3;
		if (!more)
			break;
		if (*at++ != '/')
			return false;
	}
	*out = n;
	*end = at;
	return n < NUMBER_MAX;
}

bool
tile_read_path(struct tile_name *out, const char *path)
{
	struct tile_name name = {.level = TILE_ENTRIES, .width = TILE_WIDTH};
	uint64_t value;
	const char *end;

	if (!text_starts(path, "tile/"))
		return false;
	path += strlen("tile/");
	end = strchr(path, '/');
	if (end == NULL)
		return false;
	if (!text_starts(path, "entries/")) {
		if (!text_decimal(
			&value, path, (size_t)(end - path), TILE_LEVEL_MAX))
			return false;
		name.level = (int)value;
	}
	if (!read_number(&name.n, end + 1, &end))
		return false;
	if (*end != '\0') {
		if (!text_starts(end, ".p/"))
			return false;
		end += strlen(".p/");
		if (!text_decimal(&value, end, strlen(end), TILE_WIDTH - 1) ||
		    value == 0)
			return false;
		name.width = (unsigned)value;
	}
	*out = name;
	return true;
}

unsigned
tile_width(uint64_t size, int level, uint64_t n)
{
	unsigned shift = level > 0 ? (unsigned)level * TILE_HEIGHT : 0;
	uint64_t hashes = shift < 64 ? size >> shift : 0;

	if (n > hashes / TILE_WIDTH)
		return 0;
	hashes -= n * TILE_WIDTH;
	return hashes < TILE_WIDTH ? (unsigned)hashes : TILE_WIDTH;
}

/* ---- bytes -------------------------------------------------------------- */

int
tile_read(struct hash *out, unsigned width, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	if (bytes.size != (size_t)width * HASH_SIZE && bytes.size != TILE_BYTES)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "the tile has %zu bytes, %u hashes are %u", bytes.size,
		    width, width * HASH_SIZE);
	memcpy(out, bytes.data, (size_t)width * HASH_SIZE);
	return 0;
}

int
tile_read_bundle(struct vexlog_bytes entries[TILE_WIDTH], unsigned width,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	struct cursor c = cursor_open(bytes);
	unsigned count = 0;

	for (; count < TILE_WIDTH && cursor_left(&c) > 0; count++) {
		uint16_t size;
		if (!cursor_u16(&c, &size) ||
		    !cursor_bytes(&c, size, &entries[count])) {
			err_set(err, VEXLOG_BAD_PROOF,
			    "the entry bundle of %zu bytes breaks off in "
			    "entry %u",
			    bytes.size, count);
			err->offset = cursor_offset(&c);
			return VEXLOG_BAD_PROOF;
		}
	}
	if (cursor_left(&c) > 0 || (count != width && count != TILE_WIDTH)) {
		err_set(err, VEXLOG_BAD_PROOF,
		    "the entry bundle has %u entries%s, not %u", count,
		    cursor_left(&c) > 0 ? " and more bytes" : "", width);
		err->offset = cursor_offset(&c);
		return VEXLOG_BAD_PROOF;
	}
	return 0;
}

void
tile_write_entry(struct buffer *out, struct vexlog_bytes entry)
{
	buffer_byte(out, (char)(entry.size >> 8));
	buffer_byte(out, (char)(entry.size & 0xff));
	buffer_bytes(out, entry.data, entry.size);
}

int
tile_expand(
    struct hash nodes[TILE_NODES], unsigned width, struct vexlog_err *err)
{
	int rc;

	for (unsigned level = 1; level <= TILE_HEIGHT; level++) {
		const struct hash *below = nodes + tile_node(level - 1);
		struct hash *here = nodes + tile_node(level);
		for (unsigned i = 0; i < width >> level; i++)
			if ((rc = merkle_node(&here[i], &below[2 * i],
				 &below[2 * i + 1], err)) != 0)
				return rc;
	}
	return 0;
}
