/*
 * entry_value.c - single values of a log's answer: numbers, hashes, base64.
 */
#include "tlog/entry_value.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"

#define UUID_V1     80 /* hex digits: tree id and leaf hash */
#define UUID_LEAF   64
#define SECONDS_MAX 253402300799 /* 9999-12-31T23:59:59Z */

const struct json_value *
entry_value_get(const struct json_value *object, const char *name)
{
	const struct json_value *v = json_get(object, name);

	return json_is(v, JSON_NULL) ? NULL : v;
}

int
entry_value_base64(struct vexlog_bytes *out, const struct entry_reader *r,
    const struct json_value *object, const char *name,
    enum text_base64_kind kind)
{
	const struct json_value *v = NULL;
	int rc = json_need(&v, r->doc, object, name, JSON_STRING, r->err);

	if (rc != 0)
		return rc;
	if (v->size > ENTRY_JSON_MAX)
		return json_fail(r->doc, v, r->err,
		    "%u base64 digits, at most %zu are taken", v->size,
		    (size_t)ENTRY_JSON_MAX);
	return json_base64(out, r->arena, r->doc, v, kind, r->err);
}

static int
not_negative(const struct entry_reader *r, const struct json_value *v,
    const char *name, int64_t value)
{
	if (value >= 0)
		return 0;
	return json_fail(r->doc, v, r->err, "\"%s\" is %lld, below zero", name,
	    (long long)value);
}

int
entry_value_integer(int64_t *out, const struct entry_reader *r,
    const struct json_value *object, const char *name)
{
	int rc = json_need_integer(out, r->doc, object, name, r->err);

	if (rc != 0)
		return rc;
	return not_negative(r, json_get(object, name), name, *out);
}

int
entry_value_int64(int64_t *out, const struct entry_reader *r,
    const struct json_value *object, const char *name)
{
	const struct json_value *v = entry_value_get(object, name);

	*out = 0;
	if (v == NULL)
		return 0;
	bool good = json_is(v, JSON_STRING)
	    ? text_integer(out, v->as.text)
	    : json_is(v, JSON_NUMBER) && json_integer_of(v, out);
	if (!good)
		return json_fail(
		    r->doc, v, r->err, "\"%s\" is no integer of 64 bits", name);
	return not_negative(r, v, name, *out);
}

int
entry_value_seconds(int64_t *out, const struct entry_reader *r,
    const struct json_value *v, int64_t value)
{
	if (value > SECONDS_MAX)
		return json_fail(r->doc, v, r->err,
		    "the integrated time %lld is past the year 9999",
		    (long long)value);
	*out = value * SECOND;
	return 0;
}

int
entry_value_hex(
    struct hash *out, const struct entry_reader *r, const struct json_value *v)
{
	if (!json_is(v, JSON_STRING) || v->size != 2 * HASH_SIZE ||
	    !text_unhex(out->bytes, HASH_SIZE, v->as.text))
		return json_fail(
		    r->doc, v, r->err, "no hash of 64 lower-case hex digits");
	return 0;
}

int
entry_value_hash64(
    struct hash *out, const struct entry_reader *r, const struct json_value *v)
{
	struct vexlog_bytes bytes = {NULL, 0};
	int rc = VEXLOG_SYNTAX;

	if (json_is(v, JSON_STRING))
		rc = text_unbase64(
		    &bytes, r->arena, v->as.text, v->size, BASE64_ANY, r->err);
	if (rc != 0 && rc != VEXLOG_SYNTAX)
		return rc;
	if (rc != 0 || bytes.size != HASH_SIZE)
		return json_fail(
		    r->doc, v, r->err, "no hash of 32 bytes in base64");
	memcpy(out->bytes, bytes.data, HASH_SIZE);
	return 0;
}

int
entry_value_hash(struct hash *out, const struct entry_reader *r,
    const struct json_value *object, const char *name, entry_hash_reader *read)
{
	const struct json_value *v = NULL;
	int rc = json_need(&v, r->doc, object, name, JSON_STRING, r->err);

	return rc != 0 ? rc : read(out, r, v);
}

int
entry_value_hashes(struct entry *out, const struct entry_reader *r,
    const struct json_value *object, entry_hash_reader *read)
{
	const struct json_value *list = entry_value_get(object, "hashes"), *v;
	struct hash *hashes;
	size_t count = 0;
	int rc;

	if (list == NULL) /* a proof in a tree of one leaf */
		return 0;
	if (!json_is(list, JSON_ARRAY))
		return json_fail(r->doc, list, r->err,
		    "\"hashes\" is %s, not array", json_type_name(list->type));
	if (json_count(list) > PROOF_LENGTH_MAX)
		return err_set(r->err, VEXLOG_LIMIT,
		    "a proof of %zu hashes, at most %d are taken",
		    json_count(list), PROOF_LENGTH_MAX);
	hashes =
	    arena_list(r->arena, json_count(list), sizeof(*hashes), r->err);
	if (hashes == NULL)
		return r->err->code;
	for (v = json_first(list); v != json_end(list); v = json_next(v))
		if ((rc = read(&hashes[count++], r, v)) != 0)
			return rc;
	out->hashes = hashes;
	out->hash_count = count;
	return 0;
}

int
entry_value_note(const struct entry_reader *r, const struct json_value *object,
    const char *name, const char *note)
{
	if (note != NULL && strlen(note) > NOTE_SIZE_MAX)
		return json_fail(r->doc, json_get(object, name), r->err,
		    "a checkpoint of %zu bytes, at most %zu are taken",
		    strlen(note), NOTE_SIZE_MAX);
	return 0;
}

bool
entry_value_is_uuid(const char *text)
{
	return text_is_hex(text, UUID_V1) || text_is_hex(text, UUID_LEAF);
}
