/*
 * version_parts.h - what the files of version schemes share.
 */
#ifndef VEXLOG_VEX_VERSION_PARTS_H
#define VEXLOG_VEX_VERSION_PARTS_H

#include <string.h>

#include "vex/version.h"

static inline bool
version_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
version_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline char
version_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline int
version_sign(int order)
{
	return (order > 0) - (order < 0);
}

/* The part at *at whose characters are of the kind; *at is behind it. */
static inline struct version_part
version_take(const char **at, bool (*kind)(char c))
{
	struct version_part out = {*at, 0};

	while (kind(**at)) {
		(*at)++;
		out.size++;
	}
	return out;
}

/* By value; leading zeros have none, and nothing is 0. */
static inline int
version_value_order(struct version_part a, struct version_part b)
{
	while (a.size > 0 && *a.at == '0') {
		a.at++;
		a.size--;
	}
	while (b.size > 0 && *b.at == '0') {
		b.at++;
		b.size--;
	}
	if (a.size != b.size)
		return a.size < b.size ? -1 : 1;
	return a.size == 0 ? 0 : version_sign(memcmp(a.at, b.at, a.size));
}

/* By bytes, the shorter first. */
static inline int
version_bytes_order(struct version_part a, struct version_part b)
{
	size_t n = a.size < b.size ? a.size : b.size;
	int order = n == 0 ? 0 : version_sign(memcmp(a.at, b.at, n));

	return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static inline struct version_part
version_part_of(const char *text)
{
	struct version_part out = {text, strlen(text)};

	return out;
}

/* What is before the first c, else all; *rest is behind it, or NULL. */
static inline struct version_part
version_before(struct version_part in, char c, struct version_part *rest)
{
	const char *stop =
	    in.size == 0 ? NULL : (const char *)memchr(in.at, c, in.size);
	struct version_part out = in;

	if (stop == NULL) {
		*rest = (struct version_part){NULL, 0};
		return out;
	}
	out.size = (size_t)(stop - in.at);
	*rest = (struct version_part){stop + 1, in.size - out.size - 1};
	return out;
}

/* version.c: one line or more of printable ASCII or UTF-8 without blanks */
bool version_text(const char *text);

/* version_os.c */
bool version_deb_valid(const char *text);
int version_deb_order(const char *a, const char *b);
bool version_rpm_valid(const char *text);
int version_rpm_order(const char *a, const char *b);
int version_alpm_order(const char *a, const char *b);
bool version_gentoo_valid(const char *text);
int version_gentoo_order(const char *a, const char *b);
bool version_apk_valid(const char *text);
int version_apk_order(const char *a, const char *b);

/* version_lang.c */
int version_maven_order(const char *a, const char *b);
bool version_pypi_valid(const char *text);
int version_pypi_order(const char *a, const char *b);
bool version_gem_valid(const char *text);
int version_gem_order(const char *a, const char *b);
int version_conan_order(const char *a, const char *b);
bool version_nuget_valid(const char *text);
int version_nuget_order(const char *a, const char *b);

/* version_semver.c */
bool version_npm_valid(const char *text);
int version_npm_order(const char *a, const char *b);
int version_pre_order(struct version_part a, struct version_part b);

#endif
