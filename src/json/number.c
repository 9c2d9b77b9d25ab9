/*
 * number.c - ECMAScript's text of a double, shortest that reads back.
 *
 * Source: RFC 8785 3.2.2.3 (ECMA-262 Number::toString). printf rounds
 * correctly but its nearest text of p digits is not always the one that reads
 * back when another text of p digits does: below a power of two the doubles
 * lie half as far apart as above it. So the neighbours, one unit of the last
 * digit away, are tried too; "%.17g until it round-trips" alone is wrong for
 * 46 of the 2,098 powers of two.
 */
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "json/json.h"

#define DIGITS_MAX 17

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t c_locale;

static void
open_locale(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* The calling program may have set a locale with a decimal comma. */
static locale_t
enter_locale(void)
{
	(void)pthread_once(&once, open_locale);
	return c_locale == (locale_t)0 ? (locale_t)0 : uselocale(c_locale);
}

static void
leave_locale(locale_t before)
{
	if (before != (locale_t)0)
		(void)uselocale(before);
}

/* digits and the exponent of the first of them. */
struct decimal {
	char digits[24]; /* of at most DIGITS_MAX digits */
	int count;
	int exponent;
};

static void
to_decimal(struct decimal *out, double value, int count)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%.*e", count - 1, value);
	out->count = 0;
	const char *p = text;
	for (; *p != 'e'; p++)
		if (*p != '.')
			out->digits[out->count++] = *p;
	out->digits[out->count] = '\0';
	out->exponent = (int)strtol(p + 1, NULL, 10);
}

static bool
reads_back(const struct decimal *d, double value)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "%c.%se%d", d->digits[0],
	    d->digits + 1, d->exponent);
	return strtod(text, NULL) == value;
}

/* One unit in the last digit up or down. */
static void
step(struct decimal *d, int direction)
{
	int carry = direction, at = d->count - 1;

	for (; at >= 0 && carry != 0; at--) {
		int digit = d->digits[at] - '0' + carry;
		carry = digit > 9 ? 1 : digit < 0 ? -1 : 0;
		d->digits[at] = (char)('0' + (digit + 10) % 10);
	}
	if (carry > 0) { /* 9.99 + 0.01 is 1.00 with one exponent more */
		d->digits[0] = '1';
		d->exponent++;
	} else if (d->digits[0] == '0') { /* 1.00 - 0.01 is 9.99, one less */
		memset(d->digits, '9', (size_t)d->count);
		d->exponent--;
	}
}

static void
shortest(struct decimal *out, double value)
{
	for (int count = 1; count < DIGITS_MAX; count++) {
		to_decimal(out, value, count);
		if (reads_back(out, value))
			return;
		/* The gap is wider on the upper side, so a neighbour that
		 * reads back while the nearest does not lies there first. */
		struct decimal near = *out;
		step(&near, 1);
		if (reads_back(&near, value)) {
			*out = near;
			return;
		}
		near = *out;
		step(&near, -1);
		if (reads_back(&near, value)) {
			*out = near;
			return;
		}
	}
	to_decimal(out, value, DIGITS_MAX);
}

static char *
zeros(char *to, int count)
{
	while (count-- > 0)
		*to++ = '0';
	return to;
}

void
json_number(char out[32], double value)
{
	struct decimal d;
	locale_t before;
	char *to = out;

	if (value == 0) { /* also -0 */
		memcpy(out, "0", 2);
		return;
	}
	before = enter_locale();
	shortest(&d, value < 0 ? -value : value);
	while (d.count > 1 && d.digits[d.count - 1] == '0')
		d.count--;
	if (value < 0)
		*to++ = '-';
	int n = d.exponent + 1; /* where the point stands, ECMA-262's n */
	if (d.count <= n && n <= 21) {
		memcpy(to, d.digits, (size_t)d.count);
		to = zeros(to + d.count, n - d.count);
	} else if (0 < n && n <= 21) {
		memcpy(to, d.digits, (size_t)n);
		to[n] = '.';
		memcpy(to + n + 1, d.digits + n, (size_t)(d.count - n));
		to += d.count + 1;
	} else if (-6 < n && n <= 0) {
		*to++ = '0';
		*to++ = '.';
		to = zeros(to, -n);
		memcpy(to, d.digits, (size_t)d.count);
		to += d.count;
	} else {
		*to++ = d.digits[0];
		if (d.count > 1) {
			*to++ = '.';
			memcpy(to, d.digits + 1, (size_t)d.count - 1);
			to += d.count - 1;
		}
		to += snprintf(to, 8, "e%+d", n - 1);
	}
	*to = '\0';
	leave_locale(before);
}

bool
json_double(double *out, const char *text)
{
	locale_t before = enter_locale();
	double value = strtod(text, NULL);
	bool finite = value - value == 0;

	leave_locale(before);
	if (finite)
		*out = value;
	return finite;
}
