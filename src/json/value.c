/*
 * value.c - look things up in a tree, and say where when they are not there.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/time.h"
#include "json/json.h"

const struct json_value *
json_get(const struct json_value *object, const char *name)
{
	size_t size = strlen(name);

	if (!json_is(object, JSON_OBJECT))
		return NULL;
	for (const struct json_value *n = json_first(object);
	     n != json_end(object); n = json_next(n + 1))
		if (n->size == size && memcmp(n->as.text, name, size) == 0)
			return n + 1;
	return NULL;
}

const char *
json_text(const struct json_value *v)
{
	return json_is(v, JSON_STRING) ? v->as.text : NULL;
}

const char *
json_get_text(const struct json_value *object, const char *name)
{
	return json_text(json_get(object, name));
}

bool
json_integer_of(const struct json_value *v, int64_t *out)
{
	char text[24];

	if (!json_is(v, JSON_NUMBER) || v->size >= sizeof(text))
		return false;
	memcpy(text, v->as.text, v->size);
	text[v->size] = '\0';
	return text_integer(out, text);
}

size_t
json_offset(const struct json_doc *doc, const struct json_value *v)
{
	if (!json_is(v, JSON_STRING) && !json_is(v, JSON_NUMBER))
		return SIZE_MAX;
	return (size_t)(v->as.text - doc->text);
}

static size_t
put(char *out, size_t size, size_t at, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *escaped = text[i] == '~' ? "~0" :
		    text[i] == '/'		     ? "~1" :
						       NULL;
		if (at + 3 >= size)
			break;
		if (escaped != NULL) {
			out[at++] = escaped[0];
			out[at++] = escaped[1];
		} else
			out[at++] = text[i];
	}
	return at;
}

void
json_pointer(char *out, size_t size, const struct json_doc *doc,
    const struct json_value *v)
{
	const struct json_value *in = doc->root;
	size_t at = 0;

	while (v != NULL && in != v && in->type >= JSON_ARRAY) {
		bool object = in->type == JSON_OBJECT;
		const struct json_value *item = json_first(in);
		char number[24];
		size_t index = 0;
		for (; item != json_end(in); index++) {
			const struct json_value *value = object ? item + 1 :
								  item;
			if (v == item || (v >= value && v < json_next(value)))
				break;
			item = json_next(value);
		}
		if (item == json_end(in) || at + 1 >= size)
			break;
		out[at++] = '/';
		if (object) {
			at = put(out, size, at, item->as.text, item->size);
			in = item == v ? v : item + 1;
		} else {
			int n = snprintf(number, sizeof(number), "%zu", index);
			at = put(out, size, at, number, (size_t)n);
			in = item;
		}
	}
	out[at] = '\0';
}

const struct json_value *
json_at(const struct json_doc *doc, const char *pointer)
{
	const struct json_value *v = doc->root;
	char name[NAME_MAX_BYTES];
	uint64_t index;

	while (v != NULL && *pointer == '/') {
		size_t n = 0;
		for (pointer++; *pointer != '\0' && *pointer != '/';
		     pointer++) {
			char c = *pointer;
			if (c == '~') {
				c = *++pointer == '0' ? '~' : '/';
				if (*pointer != '0' && *pointer != '1')
					return NULL;
			}
			if (n + 1 >= sizeof(name))
				return NULL;
			name[n++] = c;
		}
		name[n] = '\0';
		if (json_is(v, JSON_OBJECT)) {
			v = json_get(v, name);
			continue;
		}
		if (!json_is(v, JSON_ARRAY) ||
		    !text_decimal(&index, name, n, UINT32_MAX) ||
		    index >= json_count(v))
			return NULL;
		const struct json_value *item = json_first(v);
		while (index-- > 0)
			item = json_next(item);
		v = item;
	}
	return *pointer == '\0' ? v : NULL;
}

int
json_fail(const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err, const char *format, ...)
{
	char message[sizeof(err->message)];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(message, sizeof(message), format, ap);
	va_end(ap);
	err_set(err, VEXLOG_SHAPE, "%s", message);
	if (v != NULL) {
		json_pointer(err->pointer, sizeof(err->pointer), doc, v);
		err->offset = json_offset(doc, v);
	}
	return VEXLOG_SHAPE;
}

int
json_want(const struct json_value **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, enum json_type type,
    struct vexlog_err *err)
{
	const struct json_value *v = json_get(object, name);

	if (v != NULL && v->type != (uint8_t)type)
		return json_fail(doc, v, err, "\"%s\" is %s, not %s", name,
		    json_type_name(v->type), json_type_name((int)type));
	*out = v;
	return 0;
}

int
json_need(const struct json_value **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, enum json_type type,
    struct vexlog_err *err)
{
	const struct json_value *v = NULL;
	int rc = json_want(&v, doc, object, name, type, err);

	if (rc != 0)
		return rc;
	if (v == NULL)
		return json_fail(doc, object, err, "\"%s\" is missing", name);
	*out = v;
	return 0;
}

int
json_want_text(const char **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err)
{
	const struct json_value *v = NULL;
	int rc = json_want(&v, doc, object, name, JSON_STRING, err);

	if (rc == 0)
		*out = json_text(v);
	return rc;
}

int
json_need_text(const char **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err)
{
	const struct json_value *v = NULL;
	int rc = json_need(&v, doc, object, name, JSON_STRING, err);

	if (rc == 0)
		*out = json_text(v);
	return rc;
}

int
json_need_text_or_null(const char **out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err)
{
	if (!json_is(json_get(object, name), JSON_NULL))
		return json_need_text(out, doc, object, name, err);
	*out = NULL;
	return 0;
}

int
json_base64(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    enum text_base64_kind kind, struct vexlog_err *err)
{
	int rc = text_unbase64(out, arena, v->as.text, v->size, kind, err);

	return rc == VEXLOG_SYNTAX ? json_fail(doc, v, err, "is no base64")
				   : rc;
}

int
json_need_base64(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *object,
    const char *name, enum text_base64_kind kind, struct vexlog_err *err)
{
	const struct json_value *v = NULL;
	int rc = json_need(&v, doc, object, name, JSON_STRING, err);

	return rc != 0 ? rc : json_base64(out, arena, doc, v, kind, err);
}

int
json_need_integer(int64_t *out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err)
{
	const struct json_value *v = NULL;
	int rc = json_need(&v, doc, object, name, JSON_NUMBER, err);

	if (rc == 0 && !json_integer_of(v, out))
		return json_fail(doc, v, err,
		    "\"%s\" is %.*s, not an integer of 64 bits", name,
		    (int)(v->size > 40 ? 40 : v->size), v->as.text);
	return rc;
}

int
json_need_time(int64_t *out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err)
{
	const struct json_value *v = NULL;
	const char *why;
	int rc = json_need(&v, doc, object, name, JSON_STRING, err);

	if (rc == 0 && !time_read(out, v->as.text, &why))
		return json_fail(doc, v, err, "\"%s\" is \"%.64s\": %s", name,
		    v->as.text, why);
	return rc;
}

int
json_only(const struct json_doc *doc, const struct json_value *object,
    const char *const *names, size_t count, struct vexlog_err *err)
{
	if (!json_is(object, JSON_OBJECT))
		return json_fail(doc, object, err, "this is no object");
	for (const struct json_value *n = json_first(object);
	     n != json_end(object); n = json_next(n + 1)) {
		size_t i = 0;
		while (i < count && strcmp(names[i], n->as.text) != 0)
			i++;
		if (i == count)
			return json_fail(doc, n + 1, err,
			    "\"%.64s\" is not known here", n->as.text);
	}
	return 0;
}
