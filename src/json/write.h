/*
 * write.h - write JSON piece by piece into a buffer. Commas and nesting are
 * kept here; failures stick in the buffer.
 *
 * A writer opened as canonical checks that names come in RFC 8785 order, so
 * what is hashed is canonical by construction or fails at once (MISUSE).
 */
#ifndef VEXLOG_JSON_WRITE_H
#define VEXLOG_JSON_WRITE_H

#include "base/limits.h"
#include "json/json.h"

struct json_writer {
	struct buffer *out;
	bool canonical;
	bool keyed; /* a name was written, its value comes next */
	size_t depth;
	struct {
		bool object, some;
		const char *last; /* name before, for the order */
	} levels[JSON_DEPTH_MAX];
};

void json_open(struct json_writer *w, struct buffer *out, bool canonical);
void json_object(struct json_writer *w);
void json_array(struct json_writer *w);
void json_close(struct json_writer *w); /* the object or array open last */
/* name must live until the object is closed */
void json_name(struct json_writer *w, const char *name);
void json_put_text(struct json_writer *w, const char *text); /* NULL: null */
void json_put_bytes(struct json_writer *w, const char *text, size_t size);
void json_put_integer(struct json_writer *w, int64_t value);
void json_put_bool(struct json_writer *w, bool value);
void json_put_null(struct json_writer *w);
/* Shortest form; a time of TIME_NONE is null. */
void json_put_time(struct json_writer *w, int64_t time);
/* JSON as it is, already checked. */
void json_put_raw(struct json_writer *w, const char *json, size_t size);

/* name and value in one */
void json_member(struct json_writer *w, const char *name, const char *text);
void json_member_integer(struct json_writer *w, const char *name,
    int64_t value);
void json_member_bool(struct json_writer *w, const char *name, bool value);
void json_member_time(struct json_writer *w, const char *name, int64_t time);
/* raw JSON text, or null for NULL */
void json_member_raw(struct json_writer *w, const char *name,
    const char *json);

#endif
