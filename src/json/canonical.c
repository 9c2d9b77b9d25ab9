/*
 * canonical.c - RFC 8785 bytes of a tree, without recursion.
 */
#include "base/limits.h"
#include "base/sort.h"
#include "json/json.h"
#include "json/scan.h"

#define FEW_NAMES 16

/* Surrogates stand for U+10000 and above in UTF-16, and sort below U+E000. */
static int
rank(unsigned char c)
{
	if (c < 0xee)
		return c;
	return c >= 0xf0 ? c - 2 : c + 5;
}

int
json_name_order(const char *a, size_t a_size, const char *b, size_t b_size)
{
	size_t n = a_size < b_size ? a_size : b_size;

	for (size_t i = 0; i < n; i++)
		if (a[i] != b[i])
			return rank((unsigned char)a[i]) -
			    rank((unsigned char)b[i]);
	return a_size < b_size ? -1 : a_size > b_size;
}

static int
order(const void *a, const void *b, void *context)
{
	const struct json_value *x = a, *y = b;

	(void)context;
	return json_name_order(x->as.text, x->size, y->as.text, y->size);
}

/* RFC 8785 3.2.2.2: the short escapes of JSON, \u00xx for other controls. */
static void
put_escape(struct buffer *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char *found = c == 0 ? NULL : strchr("\b\t\n\f\r", c);

	buffer_byte(out, '\\');
	if (c == '"' || c == '\\')
		buffer_byte(out, (char)c);
	else if (found != NULL)
		buffer_byte(out, "btnfr"[found - "\b\t\n\f\r"]);
	else {
		buffer_text(out, "u00");
		buffer_byte(out, hex[c >> 4]);
		buffer_byte(out, hex[c & 15]);
	}
}

void
json_quote(struct buffer *out, const char *text, size_t size)
{
	buffer_byte(out, '"');
	for (;;) {
		size_t plain = scan_plain(text, size);
		buffer_bytes(out, text, plain);
		if (plain == size)
			break;
		put_escape(out, (unsigned char)text[plain]);
		text += plain + 1;
		size -= plain + 1;
	}
	buffer_byte(out, '"');
}

/* A text of the tree ends in a NUL, which scan_text stops at; it can look at
 * 16 bytes because the copy is padded. One that came without escapes has
 * nothing to escape but 0x7f and above, which stay. */
static void
put_text(struct buffer *out, const struct json_value *v)
{
	if (v->escaped) {
		json_quote(out, v->as.text, v->size);
		return;
	}
	if (!buffer_reserve(out, (size_t)v->size + 2))
		return;
	char *to = out->data + out->size;
	to[0] = '"';
	memcpy(to + 1, v->as.text, v->size);
	to[v->size + 1] = '"';
	out->size += (size_t)v->size + 2;
}

static int
put_number(struct buffer *out, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err)
{
	const char *text = v->as.text;
	size_t digits = v->size - (text[0] == '-');
	bool plain = digits <= 15 && !(digits == 1 && text[v->size - 1] == '0');
	char form[32];
	double value;

	for (uint32_t i = 0; plain && i < v->size; i++)
		plain = (text[i] >= '0' && text[i] <= '9') || text[i] == '-';
	if (plain) {
		buffer_bytes(out, text, v->size);
		return 0;
	}
	if (!json_double(&value, text)) {
		json_fail(doc, v, err, "%.*s is past the largest double",
		    (int)(v->size > 40 ? 40 : v->size), text);
		err->code = VEXLOG_SYNTAX;
		return err_rule(err, "RFC 8785 3.2.2.3");
	}
	json_number(form, value);
	buffer_text(out, form);
	return 0;
}

static int
put_leaf(struct buffer *out, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err)
{
	switch (v->type) {
	case JSON_STRING:
		put_text(out, v);
		return 0;
	case JSON_NUMBER:
		return put_number(out, doc, v, err);
	case JSON_TRUE:
		buffer_bytes(out, "true", 4);
		return 0;
	case JSON_FALSE:
		buffer_bytes(out, "false", 5);
		return 0;
	default:
		buffer_bytes(out, "null", 4);
		return 0;
	}
}

struct level {
	const struct json_value *container;
	const struct json_value *item; /* next of an array */
	const void **names;	       /* of an object, sorted */
	size_t at, count;
	const void *few[FEW_NAMES];
};

static int
enter(struct level *level, const struct json_value *v,
    struct vexlog_arena *arena, struct vexlog_err *err)
{
	level->container = v;
	level->item = json_first(v);
	level->at = 0;
	level->count = json_count(v);
	if (v->type == JSON_ARRAY)
		return 0;
	level->names = level->few;
	if (level->count > FEW_NAMES) {
		level->names =
		    arena_list(arena, level->count, sizeof(void *), err);
		if (level->names == NULL)
			return err->code;
	}
	size_t n = 0;
	for (const struct json_value *name = json_first(v);
	     name != json_end(v); name = json_next(name + 1))
		level->names[n++] = name;
	return sort_pointers(level->names, n, order, NULL, arena, err);
}

int
json_canonical(struct buffer *out, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err)
{
	struct vexlog_arena *scratch = vexlog_arena_open(JOB_ARENA_MAX);
	struct level *levels;
	size_t depth = 0;
	int rc = 0;

	if (scratch == NULL)
		return err_memory(err);
	levels = arena_take(scratch, JSON_DEPTH_MAX * sizeof(*levels), err);
	if (levels == NULL)
		rc = err->code;
	while (rc == 0) {
		/* write v, or open it */
		if (v->type < JSON_ARRAY)
			rc = put_leaf(out, doc, v, err);
		else {
			buffer_byte(out, v->type == JSON_OBJECT ? '{' : '[');
			rc = enter(&levels[depth++], v, scratch, err);
		}
		/* close what is at its end, then take the next value */
		struct level *level = NULL;
		while (rc == 0 && depth > 0) {
			level = &levels[depth - 1];
			if (level->at < level->count)
				break;
			buffer_byte(out,
			    level->container->type == JSON_OBJECT ? '}' : ']');
			level = NULL;
			depth--;
		}
		if (rc != 0 || level == NULL)
			break;
		if (level->at > 0)
			buffer_byte(out, ',');
		if (level->container->type == JSON_OBJECT) {
			const struct json_value *name =
			    level->names[level->at];
			put_text(out, name);
			buffer_byte(out, ':');
			v = name + 1;
		} else {
			v = level->item;
			level->item = json_next(v);
		}
		level->at++;
	}
	vexlog_arena_close(scratch);
	return rc;
}

int
vexlog_canon(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err)
{
	struct json_doc doc;
	struct buffer b;
	int rc = json_read(&doc, arena, json, JSON_TAKE_NUL, err);

	if (rc != 0)
		return rc;
	/* 1e21 grows to 22 digits; nothing grows more than that */
	buffer_open(&b, arena, json.size * 8 + 64);
	rc = json_canonical(&b, &doc, doc.root, err);
	if (rc != 0)
		return rc;
	return buffer_finish(&b, out, err);
}
