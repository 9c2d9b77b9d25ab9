/*
 * json.h - RFC 8259 read strictly into a flat tree, RFC 8785 out of it.
 *
 * The tree is one array: a value is followed by what it holds, so walking it
 * is adding. Texts are decoded in place in a copy of the input, each with a
 * NUL behind it; numbers keep their text and are never rounded.
 */
#ifndef VEXLOG_JSON_JSON_H
#define VEXLOG_JSON_JSON_H

#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

enum json_type {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json_value {
	union {
		const char *text; /* of a string (decoded) or a number */
		uint64_t count;	  /* items of an array, members of an object */
	} as;
	uint32_t size; /* bytes of text; else values in here, itself too */
	uint8_t type;  /* enum json_type */
	uint8_t escaped; /* string: written with escapes */
};

struct json_doc {
	const struct json_value *root;
	const char *text; /* the copy that texts point into */
	size_t size;
};

enum {
	JSON_TAKE_NUL = 1, /* let \u0000 in a text pass; only for canon */
};

/*
 * Refuses: duplicate names, lone surrogates, bad UTF-8, U+0000, control
 * characters in texts, a byte order mark, bytes after the value, more than
 * JSON_DEPTH_MAX levels, more than DOCUMENT_SIZE_MAX bytes.
 *
 * errors   SYNTAX (offset and pointer), LIMIT, NO_MEMORY
 * cost     linear; 1 byte and, for each value or name, 16 bytes
 */
int json_read(struct json_doc *out, struct vexlog_arena *arena,
    struct vexlog_bytes in, int flags, struct vexlog_err *err);

const char *json_type_name(int type);

/* ---- walking: for (v = json_first(c); v != json_end(c); v = json_next(v)) */

static inline bool
json_is(const struct json_value *v, enum json_type type)
{
	return v != NULL && v->type == (uint8_t)type;
}

static inline const struct json_value *
json_next(const struct json_value *v)
{
	return v + (v->type >= JSON_ARRAY ? v->size : 1);
}

static inline const struct json_value *
json_first(const struct json_value *container)
{
	return container + 1;
}

static inline const struct json_value *
json_end(const struct json_value *container)
{
	return container + container->size;
}

/* In an object each member is its name, a string, then its value:
 * for (n = json_first(o); n != json_end(o); n = json_next(n + 1)). */

static inline size_t
json_count(const struct json_value *v)
{
	return v != NULL && v->type >= JSON_ARRAY ? (size_t)v->as.count : 0;
}

/* ---- looking up ------------------------------------------------------- */

/* The member called name, or NULL: no such member, or no object. */
const struct json_value *json_get(const struct json_value *object,
    const char *name);
/* The text of a string member, or NULL. */
const char *json_get_text(const struct json_value *object, const char *name);
/* The text of a string, or NULL. */
const char *json_text(const struct json_value *v);
/* An integer in int64_t without fraction or exponent. */
bool json_integer_of(const struct json_value *v, int64_t *out);

/* need_: an error when absent; want_: *out stays NULL (0) when absent. Both
 * fail with SHAPE and pointer when the type is another. */
int json_need(const struct json_value **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, enum json_type type,
    struct vexlog_err *err);
int json_want(const struct json_value **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, enum json_type type,
    struct vexlog_err *err);
int json_need_text(const char **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err);
/* A text or null, but there; NULL in *out for null. */
int json_need_text_or_null(const char **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err);
int json_want_text(const char **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err);
int json_need_integer(int64_t *out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err);
int json_need_time(int64_t *out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err);
/* The bytes of a base64 text; NO_MEMORY and LIMIT too. */
int json_base64(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    enum text_base64_kind kind, struct vexlog_err *err);
int json_need_base64(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *object,
    const char *name, enum text_base64_kind kind, struct vexlog_err *err);
/* SHAPE when it is no object, or has a member that names does not list. */
int json_only(const struct json_doc *doc, const struct json_value *object,
    const char *const *names, size_t count, struct vexlog_err *err);

/* SHAPE at v: sets message, pointer and, where known, offset. */
int json_fail(const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err, const char *format, ...) PRINTF_LIKE(4, 5);
/* RFC 6901 pointer of v, cut at size - 1 bytes. */
void json_pointer(char *out, size_t size, const struct json_doc *doc,
    const struct json_value *v);
/* The value a pointer leads to, or NULL. */
const struct json_value *json_at(const struct json_doc *doc,
    const char *pointer);
/* Byte offset of v in the input, SIZE_MAX for containers and words. */
size_t json_offset(const struct json_doc *doc, const struct json_value *v);

/* ---- writing ---------------------------------------------------------- */

/* RFC 8785. errors   SYNTAX (a number past a double), LIMIT, NO_MEMORY */
int json_canonical(struct buffer *out, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err);
/* For people: two spaces a level, members in their order. */
void json_indented(struct buffer *out, const struct json_value *v);
/* A JSON string with the escapes of RFC 8785. */
void json_quote(struct buffer *out, const char *text, size_t size);
/* ECMAScript's text of a finite double (RFC 8785 3.2.2.3); out holds 32. */
void json_number(char out[32], double value);
/* The double nearest to a JSON number; false past a double. What follows the
 * text is no part of a number, as in any document. */
bool json_double(double *out, const char *text);
/* RFC 8785 3.2.3: by UTF-16 code units. */
int json_name_order(const char *a, size_t a_size, const char *b,
    size_t b_size);

#endif
