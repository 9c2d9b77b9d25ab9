/*
 * unpack_test.c - gzip and zstd: what was packed comes back; what is damaged,
 * cut, or grows past a limit does not.
 */
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/unpack.h"
#include "tests/tap.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;

static struct vexlog_bytes
room(size_t size)
{
	uint8_t *data = arena_take(arena, size, &err);

	if (data == NULL)
		bail("%s", err.message);
	return (struct vexlog_bytes){data, size};
}

static struct vexlog_bytes
gzip(struct vexlog_bytes plain)
{
	struct vexlog_bytes out = room(plain.size + plain.size / 100 + 100);
	z_stream z = {.next_in = (Bytef *)(uintptr_t)plain.data,
	    .avail_in = (uInt)plain.size,
	    .next_out = (Bytef *)(uintptr_t)out.data,
	    .avail_out = (uInt)out.size};

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, 0) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		bail("zlib cannot pack");
	out.size = z.total_out;
	(void)deflateEnd(&z);
	return out;
}

static struct vexlog_bytes
zstd(struct vexlog_bytes plain, int window_log)
{
	struct vexlog_bytes out = room(ZSTD_compressBound(plain.size));
	ZSTD_CCtx *c = ZSTD_createCCtx();

	(void)ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	if (window_log > 0) {
		(void)ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log);
		/* else the window is as small as the content */
		(void)ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0);
	}
	ZSTD_outBuffer to = {(void *)(uintptr_t)out.data, out.size, 0};
	ZSTD_inBuffer from = {plain.data, plain.size, 0};
	size_t left = 1;
	/* a stream whose size is not told keeps the window asked for */
	if (window_log > 0)
		left = ZSTD_compressStream2(c, &to, &from, ZSTD_e_flush);
	left = ZSTD_compressStream2(c, &to, &from, ZSTD_e_end);
	if (left != 0)
		bail("zstd cannot pack");
	(void)ZSTD_freeCCtx(c);
	out.size = to.pos;
	return out;
}

static struct vexlog_bytes
join(struct vexlog_bytes a, struct vexlog_bytes b)
{
	struct vexlog_bytes out = room(a.size + b.size);

	memcpy((uint8_t *)(uintptr_t)out.data, a.data, a.size);
	if (b.size > 0)
		memcpy((uint8_t *)(uintptr_t)out.data + a.size, b.data, b.size);
	return out;
}

static bool
gives(struct vexlog_bytes packed, struct vexlog_bytes want)
{
	struct vexlog_bytes out;

	return unpack(&out, arena, packed, 64 * MIB, &err) == 0 &&
	    out.size == want.size &&
	    (out.size == 0 || memcmp(out.data, want.data, out.size) == 0);
}

static void
refused(struct vexlog_bytes packed, size_t max, int code, const char *words,
    const char *name)
{
	struct vexlog_bytes out;

	err = (struct vexlog_err){0};
	is_int(unpack(&out, arena, packed, max, &err), code, name);
	ok(strstr(err.message, words) != NULL, "%s: \"%s\"", name, err.message);
}

static void
test_format(const char *name, struct vexlog_bytes (*pack)(struct vexlog_bytes))
{
	struct vexlog_bytes text = text_bytes("{\"a\":[1,2,3,4,5,6,7,8,9]}");
	struct vexlog_bytes zeros = room(40 * MIB), packed, cut, broken;

	memset((uint8_t *)(uintptr_t)zeros.data, 0, zeros.size);
	packed = pack(text);
	ok(gives(packed, text), "%s: packed and unpacked", name);
	ok(gives(pack((struct vexlog_bytes){zeros.data, 0}),
	       (struct vexlog_bytes){NULL, 0}),
	    "%s: nothing at all", name);
	ok(gives(join(packed, packed), join(text, text)),
	    "%s: two in a row are one stream", name);
	bool all = true;
	for (cut = packed; cut.size > 4; cut.size--) {
		struct vexlog_bytes out;
		if (cut.size < packed.size)
			all = all &&
			    unpack(&out, arena, cut, MIB, &err) ==
				VEXLOG_SYNTAX;
	}
	ok(all, "%s: cut anywhere it is damaged", name);
	broken = join(packed, (struct vexlog_bytes){NULL, 0});
	((uint8_t *)(uintptr_t)broken.data)[broken.size - 3] ^= 1;
	refused(broken, MIB, VEXLOG_SYNTAX, "damaged",
	    "its checksum does not fit");
	refused(join(packed, text_bytes("garbage")), MIB, VEXLOG_SYNTAX,
	    "damaged", "bytes behind it");
	ok(gives(pack((struct vexlog_bytes){zeros.data, UNPACK_FREE}),
	       (struct vexlog_bytes){zeros.data, UNPACK_FREE}),
	    "%s: a small one may be mostly air", name);
	refused(packed, text.size - 1, VEXLOG_LIMIT, "unpacks to more than",
	    "larger than the limit");
}

static struct vexlog_bytes
zstd_plain(struct vexlog_bytes plain)
{
	return zstd(plain, 0);
}

/* zlib packs at most 1032 to 1, zstd without end. */
static void
test_bomb(void)
{
	struct vexlog_bytes zeros = room(200 * MIB), packed;

	memset((uint8_t *)(uintptr_t)zeros.data, ' ', zeros.size);
	packed = zstd(zeros, 0);
	ok(packed.size * 5000 < zeros.size, "200 MiB in %zu bytes",
	    packed.size);
	size_t before = vexlog_arena_peak(arena);
	refused(packed, 1024 * MIB, VEXLOG_LIMIT, "unpacks to more than",
	    "a bomb is stopped");
	ok(vexlog_arena_peak(arena) - before < 64 * MIB,
	    "long before it is unpacked: %zu MiB",
	    (vexlog_arena_peak(arena) - before) / MIB);
}

static void
test_window(void)
{
	struct vexlog_bytes text = text_bytes("{}");

	ok(gives(zstd(text, UNPACK_WINDOW_LOG), text), "the largest window");
	refused(zstd(text, UNPACK_WINDOW_LOG + 1), MIB, VEXLOG_LIMIT,
	    "a window of more than 128 MiB", "a larger one is refused");
}

static void
test_names(void)
{
	static const struct {
		const char *name;
		size_t size;
	} names[] = {{"a.json", 6}, {"a.json.gz", 6}, {"a.json.zst", 6},
	    {".gz", 3}, {".zst", 4}, {"", 0}};

	for (size_t i = 0; i < 6; i++)
		is_int((int64_t)unpack_plain_name(names[i].name),
		    (int64_t)names[i].size, names[i].name);
}

static void
test_memory(void)
{
	struct vexlog_bytes text = text_bytes("{\"a\":1}"), out;
	const struct vexlog_bytes packed[] = {gzip(text), zstd(text, 0)};

	for (size_t i = 0; i < 2; i++) {
		arena_fail_in = 1;
		is_int(unpack(&out, arena, packed[i], MIB, &err),
		    VEXLOG_NO_MEMORY, "an allocation that fails");
		arena_fail_in = 0;
	}
}

int
main(void)
{
	if ((arena = vexlog_arena_open(4096 * MIB)) == NULL)
		bail("no memory");
	struct vexlog_bytes plain = text_bytes("{}");
	ok(gives(plain, plain), "what is not packed stays as it is");
	test_format("gzip", gzip);
	test_format("zstd", zstd_plain);
	test_bomb();
	test_window();
	test_names();
	test_memory();
	vexlog_arena_close(arena);
	return tap_done();
}
