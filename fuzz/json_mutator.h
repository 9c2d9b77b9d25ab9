/*
 * json_mutator.h - a libFuzzer mutator that keeps JSON whole, so that what is
 * changed gets past the reader to the code behind it: a value dropped,
 * doubled, replaced by another of the same or a second document, a member
 * renamed, a text changed by bytes. JSON inside of base64 is changed in the
 * same way. One time in eight, and where there is no JSON, plain bytes change.
 *
 * Included once by a target whose input is JSON. Only libFuzzer calls it;
 * make check's replay is built without.
 */
#ifndef VEXLOG_FUZZ_JSON_MUTATOR_H
#define VEXLOG_FUZZ_JSON_MUTATOR_H

#ifdef VEXLOG_LIBFUZZER
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "json/write.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size,
    const uint8_t *b, size_t b_size, uint8_t *out, size_t max_size,
    unsigned int seed);

enum mutation {
	MUTATE_DROP,
	MUTATE_DOUBLE,
	MUTATE_REPLACE,
	MUTATE_LITERAL,
	MUTATE_WRAP,
	MUTATE_TEXT,
	MUTATIONS,
};

/* Bytes before the JSON, which choose what is done with it. */
#ifndef JSON_MUTATOR_SKIP
#define JSON_MUTATOR_SKIP 0
#endif

struct mutator {
	struct vexlog_arena *arena;
	struct buffer out;
	unsigned int state;
	const struct json_value *at;   /* the value to be changed */
	const struct json_value *with; /* another, here or in a second text */
	enum mutation what;
	int depth; /* of base64 in base64 */
};

static size_t mutate_json(struct mutator *m, uint8_t *out, size_t max,
    struct vexlog_bytes in, struct vexlog_bytes other);

static unsigned int
mutator_random(struct mutator *m, size_t below)
{
	m->state = m->state * 1103515245u + 12345u;
	return below == 0 ? 0 : (m->state >> 8) % (unsigned int)below;
}

/* ---- writing ------------------------------------------------------------ */

static void write_value(struct mutator *m, const struct json_value *v);

static void
write_literal(struct mutator *m)
{
	static const char *const literals[] = {"null", "true", "false", "0",
	    "-1", "1e-7", "9007199254740993", "18446744073709551616", "1e308",
	    "\"\"", "[]", "{}", "[{}]", "[\"\"]", "\"1970-01-01T00:00:00Z\"",
	    "\"2024-02-30T25:61:61Z\"", "\"9999-12-31T23:59:59.999999999Z\"",
	    "\"pkg:npm/%40a/b@1?c=d#e\"", "\"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*\"",
	    "\"CVE-2024-0001\"", "\"affected\"", "\"not_affected\"",
	    "\"fixed\"", "\"vers:npm/>=1|<2\"", "\"\\u0001\\ud83d\\ude00\""};

	buffer_text(&m->out,
	    literals[mutator_random(m, sizeof(literals) / sizeof(*literals))]);
}

/* A text after libFuzzer's own changes; mostly still ASCII, so that it is
 * UTF-8 and gets through. */
static void
write_changed(struct mutator *m, const struct json_value *v)
{
	size_t room = v->size + 64;
	struct vexlog_bytes inner = {NULL, 0};
	struct vexlog_err err;
	uint8_t *copy = arena_take(m->arena, room * 2, &err);

	if (copy == NULL)
		return;
	if (m->depth < 2 && v->size > 8 &&
	    text_unbase64(
		&inner, m->arena, v->as.text, v->size, BASE64_ANY, &err) == 0 &&
	    inner.data[0] == '{') {
		struct mutator deep = {
		    .state = m->state, .depth = m->depth + 1};
		struct vexlog_bytes changed = {copy, 0};
		changed.size = mutate_json(
		    &deep, copy, room, inner, (struct vexlog_bytes){NULL, 0});
		const char *text = text_base64(m->arena, changed, &err);
		json_quote(&m->out, text == NULL ? "" : text,
		    text == NULL ? 0 : strlen(text));
		return;
	}
	memcpy(copy, v->as.text, v->size);
	size_t size = LLVMFuzzerMutate(copy, v->size, room);
	for (size_t i = 0; i < size && m->state % 4 != 0; i++)
		copy[i] = copy[i] >= 0x80 || copy[i] < 0x20 ? '?' : copy[i];
	json_quote(&m->out, (const char *)copy, size);
}

/* The value to be changed, where one value has to stand. */
static void
write_target(struct mutator *m, const struct json_value *v)
{
	m->at = NULL; /* once */
	switch (m->what) {
	case MUTATE_REPLACE:
		write_value(m, m->with);
		break;
	case MUTATE_WRAP:
		buffer_text(&m->out, "[");
		write_value(m, v);
		buffer_text(&m->out, "]");
		break;
	case MUTATE_TEXT:
		if (v->type == JSON_STRING) {
			write_changed(m, v);
			break;
		}
		write_literal(m);
		break;
	case MUTATE_DROP:
	case MUTATE_DOUBLE:
	case MUTATE_LITERAL:
	case MUTATIONS:
	default:
		write_literal(m);
		break;
	}
}

static void
write_array(struct mutator *m, const struct json_value *array)
{
	const char *comma = "";

	buffer_text(&m->out, "[");
	for (const struct json_value *v = json_first(array);
	     v != json_end(array); v = json_next(v)) {
		if (v == m->at && m->what == MUTATE_DROP)
			continue;
		buffer_text(&m->out, comma);
		comma = ",";
		if (v == m->at && m->what == MUTATE_DOUBLE) {
			m->at = NULL;
			write_value(m, v);
			buffer_text(&m->out, ",");
		}
		write_value(m, v);
	}
	buffer_text(&m->out, "]");
}

static void
write_object(struct mutator *m, const struct json_value *object)
{
	const char *comma = "";

	buffer_text(&m->out, "{");
	for (const struct json_value *n = json_first(object), *v;
	     n != json_end(object); n = json_next(v)) {
		v = n + 1;
		if (v == m->at && m->what == MUTATE_DROP)
			continue;
		buffer_text(&m->out, comma);
		comma = ",";
		if (n == m->at) { /* a name was chosen */
			m->at = NULL;
			if (m->with->type == JSON_STRING)
				write_value(m, m->with);
			else
				write_changed(m, n);
		} else {
			json_quote(&m->out, n->as.text, n->size);
		}
		buffer_text(&m->out, ":");
		write_value(m, v);
	}
	buffer_text(&m->out, "}");
}

/* No deeper than the reader goes: JSON_DEPTH_MAX levels, and one more for
 * what is put in. */
static void
write_value(struct mutator *m, const struct json_value *v)
{
	if (v == m->at) {
		write_target(m, v);
		return;
	}
	switch (v->type) {
	case JSON_ARRAY:
		write_array(m, v);
		break;
	case JSON_OBJECT:
		write_object(m, v);
		break;
	case JSON_STRING:
		json_quote(&m->out, v->as.text, v->size);
		break;
	case JSON_NUMBER:
		buffer_bytes(&m->out, v->as.text, v->size);
		break;
	case JSON_NULL:
		buffer_text(&m->out, "null");
		break;
	default:
		buffer_text(&m->out, v->type == JSON_TRUE ? "true" : "false");
		break;
	}
}

/* ---- choosing ----------------------------------------------------------- */

static const struct json_value *
choose(struct mutator *m, const struct json_doc *doc)
{
	return doc->root +
	    mutator_random(m, (size_t)(json_next(doc->root) - doc->root));
}

/* 0 where in is no JSON or there is no room. */
static size_t
mutate_json(struct mutator *m, uint8_t *out, size_t max, struct vexlog_bytes in,
    struct vexlog_bytes other)
{
	struct json_doc doc, second;
	struct vexlog_bytes text;
	struct vexlog_err err;
	size_t size = 0;

	m->arena = vexlog_arena_open(64 * MIB);
	if (m->arena == NULL ||
	    json_read(&doc, m->arena, in, JSON_TAKE_NUL, &err) != 0)
		goto done;
	second = doc;
	if (other.size > 0 &&
	    json_read(&second, m->arena, other, JSON_TAKE_NUL, &err) != 0)
		goto done;
	m->at = choose(m, &doc);
	m->with = choose(m, &second);
	m->what = other.size > 0 ? MUTATE_REPLACE
				 : (enum mutation)mutator_random(m, MUTATIONS);
	buffer_open(&m->out, m->arena, 32 * MIB);
	write_value(m, doc.root);
	if (buffer_finish(&m->out, &text, &err) == 0 && text.size <= max) {
		memcpy(out, text.data, text.size);
		size = text.size;
	}
done:
	vexlog_arena_close(m->arena);
	return size;
}

/* A target that holds JSON in something else defines JSON_MUTATOR_PARTS and
 * calls mutate_json for the parts that are JSON. */
#ifndef JSON_MUTATOR_PARTS
size_t
LLVMFuzzerCustomMutator(
    uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct mutator m = {.state = seed};
	const size_t skip = JSON_MUTATOR_SKIP;
	size_t changed = 0;

	if (size > skip && mutator_random(&m, 8) != 0)
		changed = mutate_json(&m, data + skip, max_size - skip,
		    (struct vexlog_bytes){data + skip, size - skip},
		    (struct vexlog_bytes){NULL, 0});
	return changed > 0 ? skip + changed
			   : LLVMFuzzerMutate(data, size, max_size);
}

size_t
LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b,
    size_t b_size, uint8_t *out, size_t max_size, unsigned int seed)
{
	struct mutator m = {.state = seed};
	const size_t skip = JSON_MUTATOR_SKIP;

	if (a_size <= skip || b_size <= skip || max_size <= skip)
		return 0;
	size_t size = mutate_json(&m, out + skip, max_size - skip,
	    (struct vexlog_bytes){a + skip, a_size - skip},
	    (struct vexlog_bytes){b + skip, b_size - skip});
	if (size == 0)
		return 0;
	memcpy(out, a, skip);
	return skip + size;
}

#endif
#endif
#endif
