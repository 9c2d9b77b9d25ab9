/*
 * scan.h - find the first byte that ends a run, 16 bytes at a time where the
 * machine can, one at a time elsewhere. The input of scan_text and scan_space
 * is padded with SCAN_PAD zero bytes, which end every run.
 */
#ifndef VEXLOG_JSON_SCAN_H
#define VEXLOG_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCAN_PAD 64

/* Byte by byte, for a short text or where there is no other way. */
static inline size_t
scan_few(const char *text, size_t size)
{
	size_t n = 0;

	while (n < size && (unsigned char)text[n] >= 0x20 && text[n] != '"' &&
	    text[n] != '\\')
		n++;
	return n;
}

static inline size_t
scan_count_few(const char *p, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		count += (size_t)((p[i] == ',') | (p[i] == ':') |
		    (p[i] == '[') | (p[i] == '{'));
	return count;
}

#ifdef __SSE2__
#include <emmintrin.h>

static inline __m128i
scan_is(__m128i v, char c)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

/* A bit for each byte that is '"', '\\' or below 0x20. */
static inline unsigned
scan_stops_in(__m128i v)
{
	__m128i stop = _mm_or_si128(
	    _mm_or_si128(scan_is(v, '"'), scan_is(v, '\\')),
	    _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v));

	return (unsigned)_mm_movemask_epi8(stop);
}

/* Of 16 bytes. */
static inline unsigned
scan_stops(const char *p)
{
	return scan_stops_in(
	    _mm_loadu_si128((const __m128i *)(const void *)p));
}

/* Of 8. */
static inline unsigned
scan_stops_half(const char *p)
{
	return scan_stops_in(_mm_loadl_epi64(
		   (const __m128i *)(const void *)p)) &
	    0xff;
}

/* The first '"', '\\' or byte below 0x20; *high is set when a byte of 0x80
 * and above was passed. */
static inline const char *
scan_text(const char *p, unsigned *high)
{
	for (;; p += 16) {
		unsigned stops = scan_stops(p);
		unsigned highs = (unsigned)_mm_movemask_epi8(
		    _mm_loadu_si128((const __m128i *)(const void *)p));
		if (stops != 0) {
			unsigned n = (unsigned)__builtin_ctz(stops);
			*high |= highs & ((1u << n) - 1);
			return p + n;
		}
		*high |= highs;
	}
}

/* The first byte that is no JSON white space. */
static inline const char *
scan_space(const char *p)
{
	if ((unsigned char)*p > ' ')
		return p;
	if (*p == ' ' && (unsigned char)p[1] > ' ')
		return p + 1;
	for (;; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i space = _mm_or_si128(
		    _mm_or_si128(scan_is(v, ' '), scan_is(v, '\n')),
		    _mm_or_si128(scan_is(v, '\r'), scan_is(v, '\t')));
		unsigned rest = ~(unsigned)_mm_movemask_epi8(space) & 0xffff;
		if (rest != 0)
			return p + __builtin_ctz(rest);
	}
}

/* How many of size bytes stand before the first '"', '\\' or byte below 0x20;
 * these need no padding. */
static inline size_t
scan_plain(const char *text, size_t size)
{
	size_t at = 0, last = size < 16 ? 0 : size - 16;

	while (size >= 16) {
		unsigned stops = scan_stops(text + at);
		if (stops != 0)
			return at + (unsigned)__builtin_ctz(stops);
		if (at == last)
			return size;
		at = at + 16 < last ? at + 16 : last;
	}
	if (size < 8)
		return scan_few(text, size);
	unsigned stops = scan_stops_half(text) |
	    scan_stops_half(text + size - 8) << (size - 8);
	return stops == 0 ? size : (unsigned)__builtin_ctz(stops);
}

/* How many bytes are ',', ':', '[' or '{'. */
static inline size_t
scan_count(const char *p, size_t size)
{
	const __m128i zero = _mm_setzero_si128();
	size_t count = 0, n;

	while (size >= 16) {
		/* 16 counts of a byte each, so at most 255 times */
		__m128i counts = zero;
		for (n = 0; n < 255 && size >= 16; n++, p += 16, size -= 16) {
			__m128i v = _mm_loadu_si128(
			    (const __m128i *)(const void *)p);
			counts = _mm_sub_epi8(counts,
			    _mm_or_si128(
				_mm_or_si128(scan_is(v, ','), scan_is(v, ':')),
				_mm_or_si128(scan_is(v, '['),
				    scan_is(v, '{'))));
		}
		__m128i sums = _mm_sad_epu8(counts, zero);
		count += (size_t)_mm_extract_epi16(sums, 0) +
		    (size_t)_mm_extract_epi16(sums, 4);
	}
	return count + scan_count_few(p, size);
}

#else

static inline size_t
scan_count(const char *p, size_t size)
{
	return scan_count_few(p, size);
}

static inline size_t
scan_plain(const char *text, size_t size)
{
	return scan_few(text, size);
}

static inline const char *
scan_text(const char *p, unsigned *high)
{
	for (;; p++) {
		unsigned char c = (unsigned char)*p;
		if (c == '"' || c == '\\' || c < 0x20)
			return p;
		*high |= c & 0x80u;
	}
}

static inline const char *
scan_space(const char *p)
{
	while (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
		p++;
	return p;
}

#endif

#endif
