/*
 * text.h - UTF-8, hex, base64 and decimal: strict one way in, one form out.
 */
#ifndef VEXLOG_BASE_TEXT_H
#define VEXLOG_BASE_TEXT_H

#include "base/arena.h"

static inline struct vexlog_bytes
text_bytes(const char *text)
{
	return (struct vexlog_bytes){(const uint8_t *)text,
	    __builtin_strlen(text)};
}

bool text_same(const char *a, const char *b); /* both may be NULL */
/* Byte order of UTF-8, which is code point order. NULL sorts first. */
int text_order(const char *a, const char *b);
bool text_starts(const char *text, const char *prefix);
/* Offset of the first byte that is not UTF-8 (no surrogates, no overlong
 * forms), or size. */
size_t text_utf8_valid(const void *text, size_t size);
/* The same text, in the arena U+FFFD for each byte that is not UTF-8. */
const char *text_utf8(struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err);
/* Without leading and trailing white space (ASCII), in the arena. */
char *text_trim(struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err);
/* An id of a vulnerability as it is kept: "cve-" in capitals. In place. */
void text_fold_cve(char *id);
bool text_blank(const char *text); /* NULL, empty or only white space */
bool text_blank_json(struct vexlog_bytes text); /* of JSON's four kinds */
/* Percent-encodes all but A-Z a-z 0-9 - . _ ~ */
char *text_percent(struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err);
/* '*' stands for any run of characters, all else for itself. */
bool text_matches(const char *text, const char *pattern);

/* Lower-case hex; out holds 2 * size + 1 bytes. */
void text_hex(char *out, const void *data, size_t size);
char *text_hex_new(struct vexlog_arena *arena, const void *data, size_t size,
    struct vexlog_err *err);
/* Exactly 2 * size lower-case digits. */
bool text_unhex(void *out, size_t size, const char *hex);
bool text_is_hex(const char *text, size_t digits);

/* Standard alphabet with padding. */
char *text_base64(struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err);
/* URL alphabet without padding, for cursors. */
char *text_base64url(struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err);
enum text_base64_kind {
	BASE64_STANDARD, /* padded, canonical last bits: one text, one value */
	BASE64_ANY,	 /* also the URL alphabet and no padding (DSSE) */
};
/* errors   SYNTAX (anything else), NO_MEMORY, LIMIT */
int text_unbase64(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *text, size_t size, enum text_base64_kind kind,
    struct vexlog_err *err);

/* A decimal without sign, leading zeros or spaces, at most max. */
bool text_decimal(uint64_t *out, const char *text, size_t size, uint64_t max);
/* The same with an optional '-'; fits int64_t. */
bool text_integer(int64_t *out, const char *text);

/* "sha256:" + 64 lower-case hex digits, and nothing else. */
bool text_is_digest(const char *text);

#endif
