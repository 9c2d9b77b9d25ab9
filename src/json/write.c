/*
 * write.c - JSON piece by piece, and indented for people.
 */
#include "json/write.h"

#include "base/text.h"
#include "base/time.h"

void
json_open(struct json_writer *w, struct buffer *out, bool canonical)
{
	/* its levels are set when they are entered */
	w->out = out;
	w->canonical = canonical;
	w->keyed = false;
	w->depth = 0;
}

/* Before a value: the comma of an array's item. */
static void
before(struct json_writer *w)
{
	if (w->depth > 0 && !w->keyed) {
		if (w->levels[w->depth - 1].some)
			buffer_byte(w->out, ',');
		w->levels[w->depth - 1].some = true;
	}
	w->keyed = false;
}

static void
nest(struct json_writer *w, bool object)
{
	before(w);
	if (w->depth == JSON_DEPTH_MAX) {
		w->out->failed = VEXLOG_MISUSE;
		return;
	}
	buffer_byte(w->out, object ? '{' : '[');
	w->levels[w->depth].object = object;
	w->levels[w->depth].some = false;
	w->levels[w->depth].last = NULL;
	w->depth++;
}

void
json_object(struct json_writer *w)
{
	nest(w, true);
}

void
json_array(struct json_writer *w)
{
	nest(w, false);
}

void
json_close(struct json_writer *w)
{
	if (w->depth == 0) {
		w->out->failed = VEXLOG_MISUSE;
		return;
	}
	buffer_byte(w->out, w->levels[--w->depth].object ? '}' : ']');
}

void
json_name(struct json_writer *w, const char *name)
{
	const char *last = w->levels[w->depth - 1].last;
	size_t size = strlen(name);

	if (w->canonical && last != NULL &&
	    json_name_order(last, strlen(last), name, size) >= 0)
		w->out->failed = VEXLOG_MISUSE;
	w->levels[w->depth - 1].last = name;
	if (w->levels[w->depth - 1].some)
		buffer_byte(w->out, ',');
	w->levels[w->depth - 1].some = true;
	json_quote(w->out, name, size);
	buffer_byte(w->out, ':');
	w->keyed = true;
}

void
json_put_bytes(struct json_writer *w, const char *text, size_t size)
{
	before(w);
	json_quote(w->out, text, size);
}

void
json_put_raw(struct json_writer *w, const char *json, size_t size)
{
	before(w);
	buffer_bytes(w->out, json, size);
}

void
json_put_null(struct json_writer *w)
{
	json_put_raw(w, "null", 4);
}

static const char *
mended(struct json_writer *w, const char *text)
{
	struct vexlog_err err;
	const char *out = text_utf8(w->out->arena, text, &err);

	if (out != NULL)
		return out;
	w->out->failed = err.code;
	return "";
}

void
json_put_text(struct json_writer *w, const char *text)
{
	if (text == NULL) {
		json_put_null(w);
		return;
	}
	/* what is hashed comes from readers; a file's name may be anything */
	if (!w->canonical)
		text = mended(w, text);
	json_put_bytes(w, text, strlen(text));
}

void
json_put_integer(struct json_writer *w, int64_t value)
{
	before(w);
	buffer_integer(w->out, value);
}

void
json_put_bool(struct json_writer *w, bool value)
{
	json_put_raw(w, value ? "true" : "false", value ? 4 : 5);
}

void
json_put_time(struct json_writer *w, int64_t time)
{
	char text[TIME_TEXT];

	if (time == TIME_NONE) {
		json_put_null(w);
		return;
	}
	time_write(text, time);
	json_put_text(w, text);
}

void
json_member(struct json_writer *w, const char *name, const char *text)
{
	json_name(w, name);
	json_put_text(w, text);
}

void
json_member_integer(struct json_writer *w, const char *name, int64_t value)
{
	json_name(w, name);
	json_put_integer(w, value);
}

void
json_member_bool(struct json_writer *w, const char *name, bool value)
{
	json_name(w, name);
	json_put_bool(w, value);
}

void
json_member_time(struct json_writer *w, const char *name, int64_t time)
{
	json_name(w, name);
	json_put_time(w, time);
}

void
json_member_raw(struct json_writer *w, const char *name, const char *json)
{
	json_name(w, name);
	if (json == NULL)
		json_put_null(w);
	else
		json_put_raw(w, json, strlen(json));
}

/* ---- for people ------------------------------------------------------- */

static void
line(struct buffer *out, size_t depth)
{
	buffer_byte(out, '\n');
	for (size_t i = 0; i < depth; i++)
		buffer_text(out, "  ");
}

static void
leaf(struct buffer *out, const struct json_value *v)
{
	switch (v->type) {
	case JSON_STRING:
		json_quote(out, v->as.text, v->size);
		break;
	case JSON_NUMBER:
		buffer_bytes(out, v->as.text, v->size);
		break;
	case JSON_TRUE:
		buffer_text(out, "true");
		break;
	case JSON_FALSE:
		buffer_text(out, "false");
		break;
	default:
		buffer_text(out, "null");
		break;
	}
}

void
json_indented(struct buffer *out, const struct json_value *v)
{
	const struct json_value *open[JSON_DEPTH_MAX];
	const struct json_value *end = json_next(v);
	size_t depth = 0;
	bool value_next = false;

	for (const struct json_value *at = v;; at++) {
		while (depth > 0 && at == json_end(open[depth - 1])) {
			const struct json_value *container = open[--depth];
			if (json_count(container) > 0)
				line(out, depth);
			buffer_byte(out,
			    container->type == JSON_OBJECT ? '}' : ']');
		}
		if (at == end)
			break;
		if (depth > 0 && !value_next) {
			if (at != json_first(open[depth - 1]))
				buffer_byte(out, ',');
			line(out, depth);
		}
		bool is_name = depth > 0 && !value_next &&
		    open[depth - 1]->type == JSON_OBJECT;
		value_next = is_name;
		if (at->type >= JSON_ARRAY) {
			buffer_byte(out, at->type == JSON_OBJECT ? '{' : '[');
			open[depth++] = at;
			continue;
		}
		leaf(out, at);
		if (is_name)
			buffer_text(out, ": ");
	}
}
