/*
 * vers.c - version ranges.
 */
#include "vex/vers.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"

static const char *const comparators[] = {"", "!=", "<", "<=", ">", ">=", "*"};

static int
refuse(struct vexlog_err *err, const char *what)
{
	return err_set(err, VEXLOG_SHAPE, "not a version range: %s", what);
}

/* Notes the first rule of the canonical form that is broken. */
static void
breaks(struct vers *v, const char *why)
{
	if (v->canonical)
		v->why = why;
	v->canonical = false;
}

/* ---- reading ----------------------------------------------------------- */

static int
hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* Characters that a version may not hold as they are. */
static bool
is_special(char c)
{
	return c != '\0' && strchr("><=!*|%", c) != NULL;
}

static int
decode(struct vers *v, const char **out, struct vexlog_arena *arena,
    const char *text, size_t size, struct vexlog_err *err)
{
	char *to = arena_take(arena, size + 1, err);

	if (to == NULL)
		return err->code;
	*out = to;
	for (size_t i = 0; i < size; i++) {
		if (text[i] != '%') {
			if (is_special(text[i]))
				breaks(v, "a character of a version is to be "
					  "percent-encoded");
			*to++ = text[i];
			continue;
		}
		int high = size - i > 2 ? hex_of(text[i + 1]) : -1;
		int low = size - i > 2 ? hex_of(text[i + 2]) : -1;
		if (high < 0 || low < 0)
			return refuse(
			    err, "invalid percent-encoding in a version");
		char c = (char)(high * 16 + low);
		if (c == '\0')
			return refuse(err, "a version holds U+0000");
		if ((text[i + 1] >= 'a' && text[i + 1] <= 'f') ||
		    (text[i + 2] >= 'a' && text[i + 2] <= 'f'))
			breaks(v, "percent-encoding is upper-case");
		if (!is_special(c) && (unsigned char)c > ' ' && c != 0x7f)
			breaks(v, "a character is percent-encoded that needs "
				  "no encoding");
		*to++ = c;
		i += 2;
	}
	*to = '\0';
	return to == *out ? refuse(err, "a constraint has no version") : 0;
}

static int
read_constraint(struct vers *v, struct vers_constraint *c,
    struct vexlog_arena *arena, const char *text, size_t size,
    struct vexlog_err *err)
{
	/* two characters before one */
	static const enum vers_comparator order[] = {VERS_UNEQUAL,
	    VERS_LESS_EQUAL, VERS_GREATER_EQUAL, VERS_LESS, VERS_GREATER};

	c->comparator = VERS_EQUAL;
	for (size_t i = 0; i < 5; i++) {
		const char *sign = comparators[order[i]];
		size_t n = strlen(sign);
		if (size < n || strncmp(text, sign, n) != 0)
			continue;
		c->comparator = order[i];
		text += n;
		size -= n;
		break;
	}
	if (c->comparator == VERS_EQUAL && size > 0 && *text == '=') {
		breaks(v, "\"=\" is not written");
		text++;
		size--;
	}
	return decode(v, &c->version, arena, text, size, err);
}

static int
read_list(struct vers *v, struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err)
{
	struct vers_constraint *list;
	size_t count = 1, n = 0;

	for (const char *c = text; *c != '\0'; c++)
		count += *c == '|';
	if (count > VERS_CONSTRAINTS_MAX)
		return err_set(err, VEXLOG_SHAPE,
		    "a version range of more than %d constraints",
		    VERS_CONSTRAINTS_MAX);
	if ((list = arena_list(arena, count, sizeof(*list), err)) == NULL)
		return err->code;
	v->constraints = list;
	for (;;) {
		size_t size = strcspn(text, "|");
		if (size == 0)
			breaks(v, "a pipe parts two constraints");
		else {
			int rc = read_constraint(
			    v, &list[n], arena, text, size, err);
			if (rc != 0)
				return rc;
			n++;
		}
		if (text[size] == '\0')
			break;
		text += size + 1;
	}
	v->count = n;
	return n == 0 ? refuse(err, "there is no constraint") : 0;
}

/* ---- order and sense ---------------------------------------------------- */

static int
by_version(const void *a, const void *b, void *context)
{
	const struct vers_constraint *x = a, *y = b;
	const struct version_scheme *scheme = context;
	int order = scheme->order(x->version, y->version);

	return order != 0 ? order : (x > y) - (x < y);
}

static bool
all_valid(const struct vers *v)
{
	for (size_t i = 0; i < v->count; i++)
		if (!v->scheme->valid(v->constraints[i].version))
			return false;
	return true;
}

static bool
is_sorted(const struct vers *v)
{
	for (size_t i = 1; i < v->count; i++)
		if (v->scheme->order(v->constraints[i - 1].version,
			v->constraints[i].version) > 0)
			return false;
	return true;
}

/* What is in order stays: some schemes put 1 beside both 1-1 and 1-2, and
 * sorting again would move them again. */
static int
sort(struct vers *v, struct vexlog_arena *arena, struct vexlog_err *err)
{
	bool sorted = is_sorted(v);
	const void **order = arena_list(arena, v->count, sizeof(*order), err);
	struct vers_constraint *list =
	    arena_list(arena, v->count, sizeof(*list), err);

	if (order == NULL || list == NULL)
		return err->code;
	for (size_t i = 0; i < v->count; i++)
		order[i] = &v->constraints[i];
	int rc = sorted ? 0 : sort_pointers(order, v->count, by_version,
	    (void *)(uintptr_t)v->scheme, arena, err);
	if (!sorted)
		breaks(v, "constraints are sorted by version");
	for (size_t i = 0; rc == 0 && i < v->count; i++) {
		list[i] = *(const struct vers_constraint *)order[i];
		if (i > 0 &&
		    v->scheme->order(list[i - 1].version, list[i].version) ==
			0)
			breaks(v, "a version is there once");
	}
	v->constraints = list;
	return rc;
}

static bool
is_lesser(enum vers_comparator c)
{
	return c == VERS_LESS || c == VERS_LESS_EQUAL;
}

static bool
is_greater(enum vers_comparator c)
{
	return c == VERS_GREATER || c == VERS_GREATER_EQUAL;
}

/* Of sorted constraints: which may follow on which. */
static void
check_sequence(struct vers *v)
{
	enum vers_comparator last = VERS_ANY;

	for (size_t i = 0; i < v->count; i++) {
		enum vers_comparator c = v->constraints[i].comparator;
		if (c == VERS_UNEQUAL)
			continue;
		if ((last == VERS_EQUAL && is_lesser(c)) ||
		    (is_lesser(last) && is_lesser(c)) ||
		    (is_greater(last) && (is_greater(c) || c == VERS_EQUAL)))
			breaks(v, "one constraint makes the next one idle");
		last = c;
	}
}

static bool
is_type(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		bool letter =
		    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (!letter &&
		    (i == 0 || ((c < '0' || c > '9') && c != '.' && c != '-')))
			return false;
	}
	return size > 0;
}

static int
read_head(struct vers *v, struct vexlog_arena *arena, const char **text,
    struct vexlog_err *err)
{
	size_t size;
	char *type;

	for (const char *c = *text; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return refuse(err, "it holds white space");
	if (!text_starts(*text, "vers:"))
		return refuse(err, "it does not begin with \"vers:\"");
	*text += strlen("vers:");
	size = strcspn(*text, "/");
	if ((*text)[size] == '\0' || !is_type(*text, size))
		return refuse(err, "it has no type");
	if ((type = arena_text(arena, *text, size, err)) == NULL)
		return err->code;
	for (char *c = type; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z') {
			*c = (char)(*c - 'A' + 'a');
			breaks(v, "the type is lower-case");
		}
	v->type = type;
	v->scheme = version_scheme(type);
	*text += size + 1;
	return 0;
}

int
vers_read(struct vers *out, struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err)
{
	static const struct vers_constraint any = {VERS_ANY, NULL};
	struct vers v = {.canonical = true};
	int rc = read_head(&v, arena, &text, err);

	if (rc != 0)
		return rc;
	if (strcmp(text, "*") == 0) {
		v.constraints = &any;
		v.count = 1;
	} else if (text_same(v.type, "all") || text_same(v.type, "none"))
		return refuse(err, "vers:all and vers:none have \"*\" alone");
	else if ((rc = read_list(&v, arena, text, err)) != 0)
		return rc;
	if (v.scheme != NULL && v.constraints != &any) {
		/* other types may have versions that are not compared */
		if (!all_valid(&v) && text_same(v.type, "datetime"))
			breaks(&v, "a time is RFC 3339, with T and Z");
		else if (!all_valid(&v))
			; /* no order, and no answer later */
		else if ((rc = sort(&v, arena, err)) != 0)
			return rc;
		else
			check_sequence(&v);
	}
	*out = v;
	return 0;
}

int
vers_write(const char **out, struct vexlog_arena *arena,
    const struct vers *v, struct vexlog_err *err)
{
	static const char digits[] = "0123456789ABCDEF";
	struct buffer b;

	buffer_open(&b, arena, 4 * TEXT_MAX_BYTES);
	buffer_text(&b, "vers:");
	buffer_text(&b, v->type);
	buffer_byte(&b, '/');
	for (size_t i = 0; i < v->count; i++) {
		const struct vers_constraint *c = &v->constraints[i];
		if (i > 0)
			buffer_byte(&b, '|');
		buffer_text(&b, comparators[c->comparator]);
		for (const char *t = c->version; t != NULL && *t != '\0';
		     t++) {
			if (!is_special(*t) && (unsigned char)*t > ' ' &&
			    *t != 0x7f) {
				buffer_byte(&b, *t);
				continue;
			}
			buffer_byte(&b, '%');
			buffer_byte(&b, digits[(unsigned char)*t >> 4]);
			buffer_byte(&b, digits[*t & 15]);
		}
	}
	return buffer_finish_text(&b, out, err);
}

/* ---- is it in ----------------------------------------------------------- */

/* Whether it is above the first constraints and below the others: Maven's
 * order has cycles, 1-x < 1.0.b1 < 1 < 1-x, and a version may be in one. */
static bool
has_place(const struct vers *v, const char *version)
{
	int last = 1;

	for (size_t i = 0; i < v->count; i++) {
		int order =
		    v->scheme->order(version, v->constraints[i].version);
		if (order > 0 && last < 0)
			return false;
		last = order;
	}
	return true;
}

/* "Checking if a version is contained within a range" of the specification. */
enum vers_answer
vers_contains(const struct vers *v, const char *version)
{
	const struct vers_constraint *last = NULL, *c;
	bool only_unequal = true;

	if (v->count == 1 && v->constraints[0].comparator == VERS_ANY)
		return text_same(v->type, "none") ? VERS_OUT : VERS_IN;
	if (v->scheme == NULL || !v->scheme->valid(version) || !all_valid(v) ||
	    !has_place(v, version))
		return VERS_UNKNOWN;
	for (size_t i = 0; i < v->count; i++) {
		c = &v->constraints[i];
		if (c->comparator != VERS_UNEQUAL)
			only_unequal = false;
		if (v->scheme->order(version, c->version) != 0)
			continue;
		return c->comparator == VERS_EQUAL ||
			c->comparator == VERS_LESS_EQUAL ||
			c->comparator == VERS_GREATER_EQUAL
		    ? VERS_IN
		    : VERS_OUT;
	}
	if (only_unequal)
		return VERS_IN;
	/* below the first that bounds from above, above the last that bounds
	 * from below, or between two */
	for (size_t i = 0; i < v->count; i++) {
		c = &v->constraints[i];
		if (!is_lesser(c->comparator) && !is_greater(c->comparator))
			continue;
		bool below = v->scheme->order(version, c->version) < 0;
		if (is_lesser(c->comparator) && below &&
		    (last == NULL || is_greater(last->comparator)))
			return VERS_IN;
		if (below)
			return VERS_OUT;
		last = c;
	}
	return last != NULL && is_greater(last->comparator) ? VERS_IN
							    : VERS_OUT;
}
