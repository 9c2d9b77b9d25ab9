/*
 * text.c - strict text forms. Nothing here knows a locale.
 */
#include "base/text.h"

#include <string.h>
#include <strings.h>

static const char HEX[] = "0123456789abcdef";

bool
text_same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

int
text_order(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return (a != NULL) - (b != NULL);
	return strcmp(a, b);
}

bool
text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool
text_blank(const char *text)
{
	if (text != NULL)
		for (; *text != '\0'; text++)
			if (!is_space(*text))
				return false;
	return true;
}

void
text_fold_cve(char *id)
{
	if (strncasecmp(id, "cve-", 4) == 0)
		memcpy(id, "CVE-", 4);
}

bool
text_blank_json(struct vexlog_bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] != ' ' && text.data[i] != '\t' &&
		    text.data[i] != '\r' && text.data[i] != '\n')
			return false;
	return true;
}

char *
text_trim(struct vexlog_arena *arena, const char *text, struct vexlog_err *err)
{
	size_t size;

	while (is_space(*text))
		text++;
	size = strlen(text);
	while (size > 0 && is_space(text[size - 1]))
		size--;
	return arena_text(arena, text, size, err);
}

/* Length of the UTF-8 sequence at p (Unicode 15 table 3-7), 0 if none. */
static size_t
sequence(const uint8_t *p, size_t left)
{
	uint8_t c = p[0];
	uint8_t low = 0x80, high = 0xbf;
	size_t n;

	if (c < 0x80)
		return 1;
	if (c < 0xc2)
		return 0;
	if (c < 0xe0)
		n = 2;
	else if (c < 0xf0) {
		n = 3;
		if (c == 0xe0)
			low = 0xa0;
		if (c == 0xed)
			high = 0x9f; /* no surrogates */
	} else if (c < 0xf5) {
		n = 4;
		if (c == 0xf0)
			low = 0x90;
		if (c == 0xf4)
			high = 0x8f;
	} else
		return 0;
	if (left < n || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

size_t
text_utf8_valid(const void *text, size_t size)
{
	const uint8_t *p = text;
	size_t i = 0;

	while (i < size) {
		uint64_t word;
		if (size - i >= sizeof(word)) {
			memcpy(&word, p + i, sizeof(word));
			if ((word & 0x8080808080808080u) == 0) {
				i += sizeof(word);
				continue;
			}
		}
		size_t n = sequence(p + i, size - i);
		if (n == 0)
			return i;
		i += n;
	}
	return size;
}

const char *
text_utf8(struct vexlog_arena *arena, const char *text, struct vexlog_err *err)
{
	static const char replacement[] = "\xef\xbf\xbd";
	size_t size = strlen(text), bad = text_utf8_valid(text, size);
	char *out, *to;

	if (bad == size)
		return text;
	if (size > SIZE_MAX / 3 - 1) {
		(void)err_set(err, VEXLOG_LIMIT, "a text of %zu bytes", size);
		return NULL;
	}
	if ((out = to = arena_take(arena, size * 3 + 1, err)) == NULL)
		return NULL;
	while (bad < size) {
		memcpy(to, text, bad);
		memcpy(to + bad, replacement, sizeof(replacement) - 1);
		to += bad + sizeof(replacement) - 1;
		text += bad + 1;
		size -= bad + 1;
		bad = text_utf8_valid(text, size);
	}
	memcpy(to, text, size + 1);
	return out;
}

static bool
is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

char *
text_percent(struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err)
{
	char *out = arena_take(arena, strlen(text) * 3 + 1, err);
	char *to = out;

	if (out == NULL)
		return NULL;
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		if (is_unreserved(*text)) {
			*to++ = *text;
			continue;
		}
		*to++ = '%';
		*to++ = "0123456789ABCDEF"[c >> 4];
		*to++ = "0123456789ABCDEF"[c & 15];
	}
	*to = '\0';
	return out;
}

bool
text_matches(const char *text, const char *pattern)
{
	const char *star = NULL, *retry = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star;
			text = ++retry;
		} else
			return false;
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

void
text_hex(char *out, const void *data, size_t size)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < size; i++) {
		out[2 * i] = HEX[p[i] >> 4];
		out[2 * i + 1] = HEX[p[i] & 15];
	}
	out[2 * size] = '\0';
}

char *
text_hex_new(struct vexlog_arena *arena, const void *data, size_t size,
    struct vexlog_err *err)
{
	char *out = arena_take(arena, 2 * size + 1, err);

	if (out != NULL)
		text_hex(out, data, size);
	return out;
}

/* Lower case alone: an id has one text. */
static int
hex_digit(char c)
{
	static const uint8_t one_more[256] = {['0'] = 1,
	    ['1'] = 2,
	    ['2'] = 3,
	    ['3'] = 4,
	    ['4'] = 5,
	    ['5'] = 6,
	    ['6'] = 7,
	    ['7'] = 8,
	    ['8'] = 9,
	    ['9'] = 10,
	    ['a'] = 11,
	    ['b'] = 12,
	    ['c'] = 13,
	    ['d'] = 14,
	    ['e'] = 15,
	    ['f'] = 16};

	return one_more[(uint8_t)c] - 1;
}

bool
text_is_hex(const char *text, size_t digits)
{
	for (size_t i = 0; i < digits; i++)
		if (hex_digit(text[i]) < 0)
			return false;
	return text[digits] == '\0';
}

bool
text_unhex(void *out, size_t size, const char *hex)
{
	uint8_t *to = out;

	if (!text_is_hex(hex, 2 * size))
		return false;
	for (size_t i = 0; i < size; i++)
		to[i] = (uint8_t)(hex_digit(hex[2 * i]) << 4 |
		    hex_digit(hex[2 * i + 1]));
	return true;
}

static char *
encode64(struct vexlog_arena *arena, struct vexlog_bytes in,
    const char *alphabet, bool pad, struct vexlog_err *err)
{
	if (in.size > SIZE_MAX / 4) {
		err_memory(err);
		return NULL;
	}
	char *out = arena_take(arena, (in.size + 2) / 3 * 4 + 1, err);
	char *to = out;

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < in.size; i += 3) {
		size_t left = in.size - i;
		uint32_t bits = (uint32_t)in.data[i] << 16;
		if (left > 1)
			bits |= (uint32_t)in.data[i + 1] << 8;
		if (left > 2)
			bits |= in.data[i + 2];
		*to++ = alphabet[bits >> 18];
		*to++ = alphabet[bits >> 12 & 63];
		if (left > 1)
			*to++ = alphabet[bits >> 6 & 63];
		else if (pad)
			*to++ = '=';
		if (left > 2)
			*to++ = alphabet[bits & 63];
		else if (pad)
			*to++ = '=';
	}
	*to = '\0';
	return out;
}

#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

char *
text_base64(struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	return encode64(arena, bytes, ALPHABET "+/", true, err);
}

char *
text_base64url(struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	return encode64(arena, bytes, ALPHABET "-_", false, err);
}

static int
digit64(char c, enum text_base64_kind kind)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || (kind == BASE64_ANY && c == '-'))
		return 62;
	if (c == '/' || (kind == BASE64_ANY && c == '_'))
		return 63;
	return -1;
}

/* data has the room; false when it is no base64. */
static bool
read_digits(uint8_t *data, size_t *size, const char *text, size_t digits,
    enum text_base64_kind kind)
{
	size_t n = 0;
	uint32_t bits = 0;

	for (size_t i = 0; i < digits; i++) {
		int digit = digit64(text[i], kind);
		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4 == 3) {
			data[n++] = (uint8_t)(bits >> 16);
			data[n++] = (uint8_t)(bits >> 8);
			data[n++] = (uint8_t)bits;
			bits = 0;
		}
	}
	if (digits % 4 == 2) {
		if ((bits & 15) != 0)
			return false;
		data[n++] = (uint8_t)(bits >> 4);
	} else if (digits % 4 == 3) {
		if ((bits & 3) != 0)
			return false;
		data[n++] = (uint8_t)(bits >> 10);
		data[n++] = (uint8_t)(bits >> 2);
	}
	*size = n;
	return true;
}

int
text_unbase64(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *text, size_t size, enum text_base64_kind kind,
    struct vexlog_err *err)
{
	size_t digits = size, padded, n;
	uint8_t *data;

	while (digits > 0 && size - digits < 2 && text[digits - 1] == '=')
		digits--;
	padded = (digits + 3) / 4 * 4;
	if (digits % 4 == 1 ||
	    (size != padded && (kind == BASE64_STANDARD || size != digits)))
		return err_set(err, VEXLOG_SYNTAX, "no base64");
	data = arena_take(arena, digits / 4 * 3 + 3, err);
	if (data == NULL)
		return err->code;
	if (!read_digits(data, &n, text, digits, kind))
		return err_set(err, VEXLOG_SYNTAX, "no base64");
	*out = (struct vexlog_bytes){data, n};
	return 0;
}

bool
text_decimal(uint64_t *out, const char *text, size_t size, uint64_t max)
{
	uint64_t value = 0;

	if (size == 0 || (size > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		uint64_t digit = (uint64_t)(text[i] - '0');
		if (value > max / 10 || value * 10 > max - digit)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return true;
}

bool
text_integer(int64_t *out, const char *text)
{
	bool minus = *text == '-';
	uint64_t value;

	text += minus;
	if (!text_decimal(&value, text, strlen(text), INT64_MAX))
		return false;
	*out = minus ? -(int64_t)value : (int64_t)value;
	return true;
}

bool
text_is_digest(const char *text)
{
	return text_starts(text, "sha256:") && text_is_hex(text + 7, 64);
}
