/*
 * read.c - bytes to tree, in one pass without recursion.
 *
 * Source: RFC 8259; the refusals beyond it are those of I-JSON (RFC 7493
 * 2.1, 2.3) and of json.h.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "json/json.h"
#include "json/scan.h"

/* Names are compared pairwise up to here, by sorting above it. */
#define FEW_NAMES 8

struct level {
	struct json_value *container;
	struct json_value *name; /* of the member being read, in an object */
};

struct reader {
	struct vexlog_arena *arena;
	struct vexlog_err *err;
	char *start, *end;
	struct json_value *nodes, *next;
	struct level levels[JSON_DEPTH_MAX];
	size_t depth;
	int flags;
};

const char *
json_type_name(int type)
{
	static const char *const names[] = {"null", "false", "true", "a number",
	    "a string", "an array", "an object"};

	return type >= 0 && type <= JSON_OBJECT ? names[type] : "nothing";
}

/* The pointer of where the reader stands, from its open containers. */
static void
point(const struct reader *r, char *out, size_t size)
{
	struct buffer b;
	struct vexlog_bytes bytes;
	struct vexlog_err ignored;

	out[0] = '\0';
	buffer_open(&b, r->arena, 64 * KIB);
	for (size_t i = 0; i < r->depth; i++) {
		const struct level *level = &r->levels[i];
		if (level->container->type == JSON_OBJECT &&
		    level->name == NULL)
			break; /* its next member has no name yet */
		buffer_byte(&b, '/');
		if (level->container->type == JSON_ARRAY) {
			buffer_integer(&b, (int64_t)level->container->as.count);
			continue;
		}
		for (size_t j = 0; j < level->name->size; j++) {
			char c = level->name->as.text[j];
			if (c == '~' || c == '/')
				buffer_text(&b, c == '~' ? "~0" : "~1");
			else
				buffer_byte(&b, c);
		}
	}
	if (buffer_finish(&b, &bytes, &ignored) == 0)
		(void)snprintf(out, size, "%s", (const char *)bytes.data);
}

static int
fail(const struct reader *r, const char *at, const char *what)
{
	char pointer[POINTER_MAX];

	point(r, pointer, sizeof(pointer));
	err_set(r->err, VEXLOG_SYNTAX, "byte %zu: %s",
	    (size_t)(at - r->start), what);
	r->err->offset = (size_t)(at - r->start);
	(void)snprintf(r->err->pointer, sizeof(r->err->pointer), "%s", pointer);
	return err_rule(r->err, "RFC 8259");
}

static bool
unicode(const char *p, unsigned *out)
{
	unsigned value = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		unsigned digit;
		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if (c >= 'a' && c <= 'f')
			digit = (unsigned)(c - 'a') + 10;
		else if (c >= 'A' && c <= 'F')
			digit = (unsigned)(c - 'A') + 10;
		else
			return false;
		value = value << 4 | digit;
	}
	*out = value;
	return true;
}

static char *
put_utf8(char *to, unsigned c)
{
	if (c < 0x80) {
		*to++ = (char)c;
	} else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 63));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 63));
		*to++ = (char)(0x80 | (c & 63));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 63));
		*to++ = (char)(0x80 | (c >> 6 & 63));
		*to++ = (char)(0x80 | (c & 63));
	}
	return to;
}

/* *at stands on a backslash; decodes it to *to. */
static int
read_escape(struct reader *r, const char **at, char **to)
{
	static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
	const char *p = *at + 1;
	const char *found = *p == '\0' ? NULL : strchr(from, *p);
	unsigned c, low;

	if (found != NULL) {
		*(*to)++ = into[found - from];
		*at = p + 1;
		return 0;
	}
	/* the padding is zero, so four bytes behind the end are no digits */
	if (*p != 'u' || !unicode(p + 1, &c))
		return fail(r, *at, "this escape is not one of JSON's");
	p += 5;
	if (c >= 0xdc00 && c <= 0xdfff)
		return fail(r, *at, "a low surrogate without a high one");
	if (c >= 0xd800 && c <= 0xdbff) {
		if (p[0] != '\\' || p[1] != 'u' || !unicode(p + 2, &low) ||
		    low < 0xdc00 || low > 0xdfff)
			return fail(r, *at,
			    "a high surrogate without a low one");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		p += 6;
	}
	if (c == 0 && (r->flags & JSON_TAKE_NUL) == 0)
		return fail(r, *at, "U+0000 in a text");
	*to = put_utf8(*to, c);
	*at = p;
	return 0;
}

/* *at stands behind the opening quote. Decodes in place: what is written
 * never overtakes what is read. */
static int
read_string(struct reader *r, const char **at)
{
	const char *text = *at;
	unsigned high = 0;
	const char *p = scan_text(text, &high);
	char *to = r->start + (p - r->start);
	bool escaped = false;

	while (*p != '"') {
		if (*p != '\\')
			return fail(r, p,
			    p >= r->end ? "the text ends inside a string" :
					  "a control character in a string");
		/* bytes that came raw are checked before they move */
		escaped = true;
		int rc = read_escape(r, &p, &to);
		if (rc != 0)
			return rc;
		const char *run = p;
		p = scan_text(p, &high);
		memmove(to, run, (size_t)(p - run));
		to += p - run;
	}
	size_t size = (size_t)(to - text);
	if (high != 0) {
		size_t bad = text_utf8_valid(text, size);
		if (bad < size)
			return fail(r, escaped ? text : text + bad,
			    "this string is not UTF-8");
	}
	*to = '\0';
	*r->next++ = (struct json_value){.as.text = text,
	    .size = (uint32_t)size,
	    .type = JSON_STRING,
	    .escaped = escaped};
	*at = p + 1;
	return 0;
}

static const char *
skip_digits(const char *p)
{
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

static int
read_number(struct reader *r, const char **at)
{
	const char *text = *at, *p = text, *digits;

	p += *p == '-';
	digits = p;
	p = skip_digits(p);
	if (p == digits)
		return fail(r, p, "a digit is missing");
	if (*digits == '0' && p - digits > 1)
		return fail(r, digits, "a number starts with 0");
	if (*p == '.') {
		digits = ++p;
		p = skip_digits(p);
		if (p == digits)
			return fail(r, p, "a digit is missing after the point");
	}
	if (*p == 'e' || *p == 'E') {
		p++;
		p += *p == '+' || *p == '-';
		digits = p;
		p = skip_digits(p);
		if (p == digits)
			return fail(r, p, "the exponent has no digit");
	}
	*r->next++ = (struct json_value){.as.text = text,
	    .size = (uint32_t)(p - text),
	    .type = JSON_NUMBER};
	*at = p;
	return 0;
}

static int
read_word(struct reader *r, const char **at)
{
	static const struct {
		const char *word;
		size_t size;
		enum json_type type;
	} words[] = {{"true", 4, JSON_TRUE}, {"false", 5, JSON_FALSE},
	    {"null", 4, JSON_NULL}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (memcmp(*at, words[i].word, words[i].size) == 0) {
			*r->next++ = (struct json_value){.size = 1,
			    .type = (uint8_t)words[i].type};
			*at += words[i].size;
			return 0;
		}
	return fail(r, *at,
	    *at >= r->end ? "the text ends where a value should be" :
			    "a value should be here");
}

static int
order_names(const void *a, const void *b, void *context)
{
	const struct json_value *x = a, *y = b;

	(void)context;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return memcmp(x->as.text, y->as.text, x->size);
}

static int
fail_twice(struct reader *r, const struct json_value *name)
{
	r->levels[r->depth - 1].name = (struct json_value *)(uintptr_t)name;
	fail(r, name->as.text, "this name is in its object twice");
	r->err->rule[0] = '\0'; /* RFC 8259 only says SHOULD */
	return err_rule(r->err, "RFC 7493 2.3");
}

static int
check_many_names(struct reader *r, const struct json_value *object)
{
	size_t count = json_count(object), n = 0;
	struct arena_mark mark = arena_mark(r->arena);
	const void **names = arena_list(r->arena, count, sizeof(*names), r->err);

	if (names == NULL)
		return r->err->code;
	for (const struct json_value *v = json_first(object);
	     v != json_end(object); v = json_next(v + 1))
		names[n++] = v;
	int rc = sort_pointers(names, n, order_names, NULL, r->arena, r->err);
	for (size_t i = 1; rc == 0 && i < n; i++)
		if (order_names(names[i - 1], names[i], NULL) == 0)
			rc = fail_twice(r, names[i]);
	arena_back(r->arena, mark);
	return rc;
}

static int
check_names(struct reader *r, const struct json_value *object)
{
	const struct json_value *names[FEW_NAMES];
	size_t n = 0;

	if (json_count(object) > FEW_NAMES)
		return check_many_names(r, object);
	for (const struct json_value *v = json_first(object);
	     v != json_end(object); v = json_next(v + 1)) {
		for (size_t i = 0; i < n; i++)
			if (names[i]->size == v->size &&
			    memcmp(names[i]->as.text, v->as.text, v->size) == 0)
				return fail_twice(r, v);
		names[n++] = v;
	}
	return 0;
}

static int
open_container(struct reader *r, const char *at, enum json_type type)
{
	if (r->depth == JSON_DEPTH_MAX) {
		fail(r, at, "more than 64 levels of arrays and objects");
		r->err->code = VEXLOG_LIMIT;
		return VEXLOG_LIMIT;
	}
	*r->next = (struct json_value){.type = (uint8_t)type};
	r->levels[r->depth++] = (struct level){r->next++, NULL};
	return 0;
}

static int
close_container(struct reader *r)
{
	struct json_value *container = r->levels[r->depth - 1].container;

	container->size = (uint32_t)(r->next - container);
	if (container->type == JSON_OBJECT && container->as.count > 1) {
		int rc = check_names(r, container);
		if (rc != 0)
			return rc;
	}
	r->depth--;
	return 0;
}

/* A member's name and its colon. */
static int
read_name(struct reader *r, const char **at)
{
	struct level *level = &r->levels[r->depth - 1];

	*at = scan_space(*at);
	if (**at != '"')
		return fail(r, *at, "the name of a member should be here");
	(*at)++;
	level->name = NULL;
	struct json_value *name = r->next;
	int rc = read_string(r, at);
	if (rc != 0)
		return rc;
	level->name = name;
	*at = scan_space(*at);
	if (**at != ':')
		return fail(r, *at, "a ':' should be here");
	*at = scan_space(*at + 1);
	return 0;
}

/* One value, or the start of a container; *opened says which. */
static int
read_value(struct reader *r, const char **at, bool *opened)
{
	char c = **at;

	*opened = false;
	if (c == '"') {
		(*at)++;
		return read_string(r, at);
	}
	if (c == '{' || c == '[') {
		*opened = true;
		int rc = open_container(r, *at,
		    c == '{' ? JSON_OBJECT : JSON_ARRAY);
		*at = scan_space(*at + 1);
		return rc;
	}
	if (c == '-' || (c >= '0' && c <= '9'))
		return read_number(r, at);
	return read_word(r, at);
}

/* Behind a value: closes what ends here, or takes the comma. True in *more
 * when another item or member follows. */
static int
read_after(struct reader *r, const char **at, bool *more)
{
	for (*more = false; r->depth > 0;) {
		struct level *level = &r->levels[r->depth - 1];
		bool object = level->container->type == JSON_OBJECT;
		*at = scan_space(*at);
		level->container->as.count++;
		if (**at == ',') {
			*at = scan_space(*at + 1);
			*more = true;
			return 0;
		}
		if (**at != (object ? '}' : ']')) {
			level->container->as.count--;
			return fail(r, *at,
			    *at >= r->end ? "the text ends too early" :
				object	  ? "a ',' or '}' should be here" :
					    "a ',' or ']' should be here");
		}
		(*at)++;
		int rc = close_container(r);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
read_all(struct reader *r)
{
	const char *at = scan_space(r->start);
	bool opened, more = true;

	while (more) {
		if (r->depth > 0 &&
		    r->levels[r->depth - 1].container->type == JSON_OBJECT) {
			int rc = read_name(r, &at);
			if (rc != 0)
				return rc;
		}
		int rc = read_value(r, &at, &opened);
		if (rc != 0)
			return rc;
		if (opened) {
			char close = r->next[-1].type == JSON_OBJECT ? '}' : ']';
			if (*at != close)
				continue;
			at++;
			if ((rc = close_container(r)) != 0)
				return rc;
		}
		if ((rc = read_after(r, &at, &more)) != 0)
			return rc;
	}
	at = scan_space(at);
	if (at < r->end)
		return fail(r, at, "more bytes after the end of the value");
	return 0;
}

/* Each value or name stands behind its own one of these bytes, so their
 * number bounds the nodes: the array never has to grow. */
static size_t
bound_nodes(struct vexlog_bytes in)
{
	return 2 + scan_count((const char *)in.data, in.size);
}

int
json_read(struct json_doc *out, struct vexlog_arena *arena,
    struct vexlog_bytes in, int flags, struct vexlog_err *err)
{
	struct reader r = {.arena = arena, .err = err, .flags = flags};

	if (in.size > DOCUMENT_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "%zu bytes of JSON, the limit is %zu", in.size,
		    DOCUMENT_SIZE_MAX);
	r.nodes = arena_take(arena, bound_nodes(in) * sizeof(*r.nodes), err);
	r.start = arena_take(arena, in.size + SCAN_PAD, err);
	if (r.nodes == NULL || r.start == NULL)
		return err->code;
	if (in.size > 0)
		memcpy(r.start, in.data, in.size);
	memset(r.start + in.size, 0, SCAN_PAD);
	r.end = r.start + in.size;
	r.next = r.nodes;
	if (in.size >= 3 && memcmp(r.start, "\xef\xbb\xbf", 3) == 0)
		return fail(&r, r.start,
		    "a byte order mark; RFC 8259 8.1 has none");
	int rc = read_all(&r);
	if (rc != 0)
		return rc;
	*out = (struct json_doc){r.nodes, r.start, in.size};
	return 0;
}
