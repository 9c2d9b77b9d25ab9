/*
 * version_semver.c - semantic versions, to the letter as CSAF asks for them
 * and as npm, Go and Cargo write them.
 */
#include "vex/version_parts.h"

static bool
read_number(const char **at, struct version_part *out)
{
	*out = version_take(at, version_digit);
	return out->size > 0 && (out->size == 1 || out->at[0] != '0');
}

static bool
is_identifier(char c)
{
	return version_digit(c) || version_letter(c) || c == '-';
}

static bool
is_number(struct version_part p)
{
	for (size_t i = 0; i < p.size; i++)
		if (!version_digit(p.at[i]))
			return false;
	return true;
}

/* Identifiers between dots, none empty; those of a pre-release that are
 * numbers have no leading zero. */
static bool
read_identifiers(const char **at, bool pre, struct version_part *out)
{
	const char *from = *at;

	for (;;) {
		struct version_part p = version_take(at, is_identifier);
		if (p.size == 0 ||
		    (pre && p.size > 1 && p.at[0] == '0' && is_number(p)))
			return false;
		if (**at != '.')
			break;
		(*at)++;
	}
	*out = (struct version_part){from, (size_t)(*at - from)};
	return true;
}

bool
semver_read(struct semver *out, const char *text)
{
	static const struct version_part zero = {"0", 1};
	struct semver v = {false, {zero, zero, zero}, {NULL, 0}};
	struct version_part build;

	if (!read_number(&text, &v.numbers[0]))
		return false;
	if (*text != '\0') {
		v.semantic = true;
		for (int i = 1; i < 3; i++)
			if (*text++ != '.' ||
			    !read_number(&text, &v.numbers[i]))
				return false;
		if (*text == '-') {
			text++;
			if (!read_identifiers(&text, true, &v.pre))
				return false;
		}
		if (*text == '+') {
			text++;
			if (!read_identifiers(&text, false, &build))
				return false;
		}
	}
	*out = v;
	return *text == '\0';
}

int
semver_number_order(struct version_part a, struct version_part b)
{
	return version_value_order(a, b);
}

/* semver.org 11: numbers below words, numbers by value, words by bytes, and
 * the shorter list first. */
int
version_pre_order(struct version_part a, struct version_part b)
{
	if (a.at == NULL || b.at == NULL)
		return (a.at == NULL) - (b.at == NULL);
	while (a.size > 0 && b.size > 0) {
		struct version_part x = version_before(a, '.', &a);
		struct version_part y = version_before(b, '.', &b);
		bool x_number = is_number(x), y_number = is_number(y);
		int order;
		if (x_number && y_number)
			order = version_value_order(x, y);
		else if (x_number != y_number)
			order = x_number ? -1 : 1;
		else
			order = version_bytes_order(x, y);
		if (order != 0)
			return order;
	}
	return (a.size > 0) - (b.size > 0);
}

int
semver_order(const struct semver *a, const struct semver *b, bool with_pre)
{
	for (int i = 0; i < 3; i++) {
		int order =
		    version_value_order(a->numbers[i], b->numbers[i]);
		if (order != 0)
			return order;
	}
	return with_pre ? version_pre_order(a->pre, b->pre) : 0;
}

/* As people write it: "v1.2", one to three numbers, and zeros before them. */
static bool
read_loose(struct semver *out, const char *text)
{
	static const struct version_part zero = {"0", 1};

	*out = (struct semver){true, {zero, zero, zero}, {NULL, 0}};
	text += *text == 'v' || *text == 'V';
	for (int i = 0; i < 3; i++) {
		out->numbers[i] = version_take(&text, version_digit);
		if (out->numbers[i].size == 0)
			return false;
		if (*text != '.')
			break;
		if (i == 2)
			return false;
		text++;
	}
	if (*text == '-') {
		const char *plus = strchr(text, '+');
		size_t size = plus == NULL ? strlen(++text)
					   : (size_t)(plus - ++text);
		out->pre = (struct version_part){text, size};
		text += size;
		if (size == 0)
			return false;
	}
	return *text == '\0' || *text == '+';
}

bool
version_npm_valid(const char *text)
{
	struct semver v;

	return version_text(text) && read_loose(&v, text);
}

int
version_npm_order(const char *a, const char *b)
{
	struct semver x, y;

	(void)read_loose(&x, a);
	(void)read_loose(&y, b);
	return semver_order(&x, &y, true);
}
