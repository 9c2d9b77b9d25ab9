/*
 * version.c - the schemes of versions, and those that have no package
 * manager behind them.
 */
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"
#include "vex/version_parts.h"

bool
version_text(const char *text)
{
	size_t n = 0;

	for (; text[n] != '\0'; n++)
		if ((unsigned char)text[n] <= ' ' || text[n] == 0x7f)
			return false;
	return n > 0 && n <= VERSION_MAX_BYTES;
}

static int
lexicographic_order(const char *a, const char *b)
{
	return version_bytes_order(version_part_of(a), version_part_of(b));
}

/* ---- datetime (RFC 3339) ------------------------------------------------ */

/* The seconds, and the digits of the fraction apart: it may have more of
 * them than a time in microseconds. */
static bool
read_time(const char *text, int64_t *seconds, struct version_part *fraction)
{
	char plain[64];
	const char *dot = strchr(text, '.'), *why = NULL;
	size_t head = dot == NULL ? strlen(text) : (size_t)(dot - text);

	*fraction = (struct version_part){"", 0};
	if (head >= sizeof(plain) - 8)
		return false;
	memcpy(plain, text, head);
	plain[head] = '\0';
	if (dot != NULL) {
		const char *at = dot + 1;
		*fraction = version_take(&at, version_digit);
		if (fraction->size == 0 || strlen(at) > 6)
			return false;
		memcpy(plain + head, at, strlen(at) + 1);
	}
	if (head < 11 || plain[10] != 'T' || strchr(plain, 'z') != NULL)
		return false;
	return time_read(seconds, plain, &why);
}

static bool
datetime_valid(const char *text)
{
	struct version_part fraction;
	int64_t seconds;

	return version_text(text) && read_time(text, &seconds, &fraction);
}

static int
datetime_order(const char *a, const char *b)
{
	struct version_part x, y;
	int64_t m = 0, n = 0;

	(void)read_time(a, &m, &x);
	(void)read_time(b, &n, &y);
	if (m != n)
		return m < n ? -1 : 1;
	while (x.size > 0 && x.at[x.size - 1] == '0')
		x.size--;
	while (y.size > 0 && y.at[y.size - 1] == '0')
		y.size--;
	return version_bytes_order(x, y);
}

/* ---- numbers with dots between ------------------------------------------ */

static bool
intdot_valid(const char *text)
{
	return version_text(text) && version_digit(*text);
}

/* It ends at the first byte that is neither digit nor dot. */
static int
intdot_order(const char *a, const char *b)
{
	for (;;) {
		bool more = version_digit(*a) || version_digit(*b) ||
		    *a == '.' || *b == '.';
		struct version_part x = version_take(&a, version_digit);
		struct version_part y = version_take(&b, version_digit);
		int order = version_value_order(x, y);
		if (order != 0 || !more)
			return order;
		a += *a == '.';
		b += *b == '.';
	}
}

/* ---- openssl: 1.0.2zk, 3.1.4, 3.0.0-beta1 -------------------------------- */

/* z comes before za. */
static int
letters_order(struct version_part a, struct version_part b)
{
	if (a.size != b.size)
		return a.size < b.size ? -1 : 1;
	return version_bytes_order(a, b);
}

static int
openssl_order(const char *a, const char *b)
{
	int order = intdot_order(a, b);

	if (order != 0)
		return order;
	a += strspn(a, "0123456789.");
	b += strspn(b, "0123456789.");
	struct version_part x = version_take(&a, version_letter);
	struct version_part y = version_take(&b, version_letter);
	if ((order = letters_order(x, y)) != 0)
		return order;
	x = *a == '-' ? version_part_of(a + 1) : (struct version_part){NULL, 0};
	y = *b == '-' ? version_part_of(b + 1) : (struct version_part){NULL, 0};
	return version_pre_order(x, y);
}

/* ---- the table ----------------------------------------------------------- */

static const struct version_scheme schemes[] = {
    {"alpm", version_rpm_valid, version_alpm_order},
    {"apk", version_apk_valid, version_apk_order},
    {"cargo", version_npm_valid, version_npm_order},
    {"conan", version_text, version_conan_order},
    {"datetime", datetime_valid, datetime_order},
    {"deb", version_deb_valid, version_deb_order},
    {"ebuild", version_gentoo_valid, version_gentoo_order},
    {"gem", version_gem_valid, version_gem_order},
    {"gentoo", version_gentoo_valid, version_gentoo_order},
    {"golang", version_npm_valid, version_npm_order},
    {"hex", version_npm_valid, version_npm_order},
    {"intdot", intdot_valid, intdot_order},
    {"lexicographic", version_text, lexicographic_order},
    {"maven", version_text, version_maven_order},
    {"nginx", intdot_valid, intdot_order},
    {"npm", version_npm_valid, version_npm_order},
    {"nuget", version_nuget_valid, version_nuget_order},
    {"openssl", intdot_valid, openssl_order},
    {"pub", version_npm_valid, version_npm_order},
    {"pypi", version_pypi_valid, version_pypi_order},
    {"rpm", version_rpm_valid, version_rpm_order},
    {"semver", version_npm_valid, version_npm_order},
    {"swift", version_npm_valid, version_npm_order},
};

const struct version_scheme *
version_scheme(const char *type)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (text_same(schemes[i].type, type))
			return &schemes[i];
	return NULL;
}
