/*
 * unpack.c - gzip and zstd, within limits.
 */
#include "base/unpack.h"

#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/limits.h"

/* The plain bytes so far, in a buffer that grows. */
struct plain {
	struct vexlog_arena *arena;
	struct vexlog_err *err;
	uint8_t *data;
	size_t size, room;
	size_t packed, max;
};

static int
open_plain(struct plain *p, struct vexlog_arena *arena, size_t packed,
    size_t max, struct vexlog_err *err)
{
	*p = (struct plain){
	    .arena = arena, .err = err, .packed = packed, .max = max};
	p->room = packed < max / 8 ? packed * 8 + 1 * KIB : max + 1;
	p->data = arena_take(arena, p->room, err);
	return p->data == NULL ? err->code : 0;
}

/* More bytes came; room for those that follow. */
static int
grow(struct plain *p, size_t more)
{
	p->size += more;
	if (p->size > p->max ||
	    (p->size > UNPACK_FREE &&
		p->size / UNPACK_RATIO_MAX > p->packed))
		return err_set(p->err, VEXLOG_LIMIT,
		    "unpacks to more than %zu bytes", p->size - 1);
	if (p->size < p->room)
		return 0;
	size_t room = p->room < p->max / 2 ? p->room * 2 : p->max + 1;
	p->data = arena_extend(p->arena, p->data, p->room, room, p->err);
	p->room = room;
	return p->data == NULL ? p->err->code : 0;
}

static int
damaged(struct plain *p, const char *format, const char *why)
{
	return err_set(p->err, VEXLOG_SYNTAX,
	    "damaged %s data after %zu bytes: %s", format, p->size, why);
}

/* ---- gzip -------------------------------------------------------------- */

static bool
is_gzip(struct vexlog_bytes bytes)
{
	return bytes.size >= 2 && bytes.data[0] == 0x1f &&
	    bytes.data[1] == 0x8b;
}

static int
inflate_all(struct plain *p, z_stream *z)
{
	for (;;) {
		size_t left = p->room - p->size;
		size_t chunk = left > UINT32_MAX / 2 ? UINT32_MAX / 2 : left;
		z->next_out = p->data + p->size;
		z->avail_out = (uInt)chunk;
		int rc = inflate(z, Z_NO_FLUSH);
		bool full = z->avail_out == 0;
		int grown = grow(p, chunk - z->avail_out);
		if (grown != 0)
			return grown;
		if (rc == Z_STREAM_END) {
			if (z->avail_in == 0)
				return 0;
			if (inflateReset(z) != Z_OK)
				return err_memory(p->err);
			continue;
		}
		if (rc == Z_MEM_ERROR)
			return err_memory(p->err);
		if ((rc != Z_OK && rc != Z_BUF_ERROR) ||
		    (z->avail_in == 0 && !full))
			return damaged(p, "gzip",
			    z->msg == NULL ? "it ends too early" : z->msg);
	}
}

static int
unpack_gzip(struct plain *p, struct vexlog_bytes in)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in.data};

	if (in.size > UINT32_MAX)
		return err_set(
		    p->err, VEXLOG_LIMIT, "more than 4 GiB of gzip");
	z.avail_in = (uInt)in.size;
	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return err_memory(p->err);
	int rc = inflate_all(p, &z);
	(void)inflateEnd(&z);
	return rc;
}

/* ---- zstd -------------------------------------------------------------- */

static bool
is_zstd(struct vexlog_bytes bytes)
{
	static const uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};

	return bytes.size >= sizeof(magic) &&
	    memcmp(bytes.data, magic, sizeof(magic)) == 0;
}

static int
decompress_all(struct plain *p, ZSTD_DCtx *z, struct vexlog_bytes packed)
{
	ZSTD_inBuffer in = {packed.data, packed.size, 0};

	for (;;) {
		ZSTD_outBuffer out = {
		    p->data + p->size, p->room - p->size, 0};
		size_t before = in.pos;
		/* 0 at the end of a frame, else bytes it would like */
		size_t rc = ZSTD_decompressStream(z, &out, &in);
		if (ZSTD_isError(rc) &&
		    ZSTD_getErrorCode(rc) == ZSTD_error_memory_allocation)
			return err_memory(p->err);
		if (ZSTD_isError(rc) &&
		    ZSTD_getErrorCode(rc) ==
			ZSTD_error_frameParameter_windowTooLarge)
			return err_set(p->err, VEXLOG_LIMIT,
			    "it was packed with a window of more than %d MiB",
			    1 << (UNPACK_WINDOW_LOG - 20));
		if (ZSTD_isError(rc))
			return damaged(p, "zstd", ZSTD_getErrorName(rc));
		int grown = grow(p, out.pos);
		if (grown != 0)
			return grown;
		if (rc == 0 && in.pos == in.size)
			return 0;
		if (out.pos == 0 && in.pos == before)
			return damaged(p, "zstd", "it ends too early");
	}
}

static int
unpack_zstd(struct plain *p, struct vexlog_bytes in)
{
	ZSTD_DCtx *z = ZSTD_createDCtx();
	int rc;

	if (z == NULL ||
	    ZSTD_isError(ZSTD_DCtx_setParameter(
		z, ZSTD_d_windowLogMax, UNPACK_WINDOW_LOG)))
		rc = err_memory(p->err);
	else
		rc = decompress_all(p, z, in);
	(void)ZSTD_freeDCtx(z);
	return rc;
}

/* ---- both -------------------------------------------------------------- */

int
unpack(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct vexlog_bytes in, size_t max, struct vexlog_err *err)
{
	struct plain p;
	int rc;

	if (!is_gzip(in) && !is_zstd(in)) {
		*out = in;
		return 0;
	}
	if ((rc = open_plain(&p, arena, in.size, max, err)) != 0)
		return rc;
	rc = is_gzip(in) ? unpack_gzip(&p, in) : unpack_zstd(&p, in);
	if (rc == 0)
		*out = (struct vexlog_bytes){p.data, p.size};
	return rc;
}

size_t
unpack_plain_name(const char *name)
{
	size_t size = strlen(name);

	if (size > 3 && strcmp(name + size - 3, ".gz") == 0)
		return size - 3;
	if (size > 4 && strcmp(name + size - 4, ".zst") == 0)
		return size - 4;
	return size;
}
