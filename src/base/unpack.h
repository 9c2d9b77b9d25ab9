/*
 * unpack.h - what was compressed, found out from its first bytes: gzip
 * (RFC 1952) and zstd (RFC 8878). Several members or frames in a row are one
 * stream. A stream that grows out of proportion is stopped while it grows.
 */
#ifndef VEXLOG_BASE_UNPACK_H
#define VEXLOG_BASE_UNPACK_H

#include "base/arena.h"

/*
 * The plain bytes; those that are not compressed are handed back as they are.
 *
 * errors   SYNTAX (damaged), LIMIT (more than max bytes, or than
 *          UNPACK_RATIO_MAX times its size; a window of more than
 *          2^UNPACK_WINDOW_LOG bytes), NO_MEMORY
 */
int unpack(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct vexlog_bytes in, size_t max, struct vexlog_err *err);
/* The name's length without ".gz" or ".zst". */
size_t unpack_plain_name(const char *name);

#endif
