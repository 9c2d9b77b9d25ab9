/*
 * entry_value.h - single values of a log's answer, for the files that read
 * entries. Each takes the member called name of an object; errors are SHAPE,
 * with the pointer.
 */
#ifndef VEXLOG_TLOG_ENTRY_VALUE_H
#define VEXLOG_TLOG_ENTRY_VALUE_H

#include "base/text.h"
#include "tlog/entry.h"

/* Where a value is read from, and to. */
struct entry_reader {
	struct vexlog_arena *arena;
	const struct json_doc *doc;
	struct vexlog_err *err;
};

/* NULL when absent, or null: protojson writes either. */
const struct json_value *entry_value_get(
    const struct json_value *object, const char *name);
int entry_value_base64(struct vexlog_bytes *out, const struct entry_reader *r,
    const struct json_value *object, const char *name,
    enum text_base64_kind kind);
/* Neither of these is below zero. */
int entry_value_integer(int64_t *out, const struct entry_reader *r,
    const struct json_value *object, const char *name);
/* proto3's int64: text or number, 0 when absent. */
int entry_value_int64(int64_t *out, const struct entry_reader *r,
    const struct json_value *object, const char *name);
/* Seconds, read from v, to microseconds. */
int entry_value_seconds(int64_t *out, const struct entry_reader *r,
    const struct json_value *v, int64_t value);

typedef int entry_hash_reader(
    struct hash *, const struct entry_reader *, const struct json_value *);
int entry_value_hex(
    struct hash *out, const struct entry_reader *r, const struct json_value *v);
int entry_value_hash64(
    struct hash *out, const struct entry_reader *r, const struct json_value *v);
int entry_value_hash(struct hash *out, const struct entry_reader *r,
    const struct json_value *object, const char *name, entry_hash_reader *read);
/* "hashes" of a proof, none when absent; LIMIT past PROOF_LENGTH_MAX */
int entry_value_hashes(struct entry *out, const struct entry_reader *r,
    const struct json_value *object, entry_hash_reader *read);
/* The member holds a note; refused when it is too large. */
int entry_value_note(const struct entry_reader *r,
    const struct json_value *object, const char *name, const char *note);
bool entry_value_is_uuid(const char *text);

#endif
