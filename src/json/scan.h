/*
 * scan.h - find the first byte that ends a run, 16 bytes at a time where the
 * machine can, one at a time elsewhere. All input is padded with SCAN_PAD
 * zero bytes, which end every run.
 */
#ifndef VEXLOG_JSON_SCAN_H
#define VEXLOG_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCAN_PAD 64

#ifdef __SSE2__
#include <emmintrin.h>

/* The first '"', '\\' or byte below 0x20; *high is set when a byte of 0x80
 * and above was passed. */
static inline const char *
scan_text(const char *p, unsigned *high)
{
	const __m128i quote = _mm_set1_epi8('"');
	const __m128i slash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1f);

	for (;; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i stop = _mm_or_si128(
		    _mm_or_si128(_mm_cmpeq_epi8(v, quote),
			_mm_cmpeq_epi8(v, slash)),
		    _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
		unsigned stops = (unsigned)_mm_movemask_epi8(stop);
		unsigned highs = (unsigned)_mm_movemask_epi8(v);
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
		    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('\n'))),
		    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\r')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('\t'))));
		unsigned rest = ~(unsigned)_mm_movemask_epi8(space) & 0xffff;
		if (rest != 0)
			return p + __builtin_ctz(rest);
	}
}

#else

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
