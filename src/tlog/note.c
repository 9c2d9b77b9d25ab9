/*
 * note.c - C2SP signed-note and tlog-checkpoint: read strictly, verify, sign.
 *
 * A note is text, an empty line, and signature lines. The text is kept as the
 * bytes that were signed; nothing is normalised.
 */
#include "tlog/note.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"
#include "tlog/merkle.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a space */

enum { /* signature types of signed-note and tlog-cosignature */
	TYPE_ED25519 = 0x01,
	TYPE_COSIGNATURE = 0x04,
};

/* ---- read a note ------------------------------------------------------ */

static int
syntax(struct vexlog_err *err, size_t offset, const char *message)
{
	err_set(err, VEXLOG_SYNTAX, "%s", message);
	err->offset = offset;
	err_rule(err, "C2SP signed-note");
	err_hint(err,
	    "a signed note is text, an empty line, and lines \"— "
	    "<name> <base64>\"");
	return VEXLOG_SYNTAX;
}

static int
check_text(struct vexlog_bytes bytes, struct vexlog_err *err)
{
	size_t valid = text_utf8_valid(bytes.data, bytes.size);

	if (bytes.size > NOTE_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "a note of %zu bytes, at most %zu are taken", bytes.size,
		    NOTE_SIZE_MAX);
	if (valid < bytes.size)
		return syntax(err, valid, "a note is UTF-8");
	for (size_t i = 0; i < bytes.size; i++)
		if (bytes.data[i] < 0x20 && bytes.data[i] != '\n')
			return syntax(err, i, "a control character in a note");
	if (bytes.size == 0 || bytes.data[bytes.size - 1] != '\n')
		return syntax(err, bytes.size, "a note ends with a newline");
	return 0;
}

/* Unicode's White_Space and '+': signed-note bans both from names. */
static bool
is_name(struct vexlog_bytes name)
{
	static const char *const spaces[] = {"\xc2\x85", "\xc2\xa0",
	    "\xe1\x9a\x80", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
	    "\xe2\x81\x9f", "\xe3\x80\x80"};

	for (size_t i = 0; i < name.size; i++) {
		size_t left = name.size - i;
		const uint8_t *p = name.data + i;
		if (*p <= ' ' || *p == '+')
			return false;
		if (*p < 0x80)
			continue;
		if (left >= 3 && p[0] == 0xe2 && p[1] == 0x80 && p[2] >= 0x80 &&
		    p[2] <= 0x8a)
			return false;
		for (size_t j = 0; j < sizeof(spaces) / sizeof(*spaces); j++)
			if (left >= strlen(spaces[j]) &&
			    memcmp(p, spaces[j], strlen(spaces[j])) == 0)
				return false;
	}
	return name.size > 0;
}

bool
note_is_name(const char *name)
{
	return is_name(text_bytes(name));
}

static int
read_signature(struct note_signature *out, struct vexlog_arena *arena,
    struct vexlog_bytes line, size_t offset, struct vexlog_err *err)
{
	struct cursor c = cursor_open(line);
	struct vexlog_bytes name, bytes;
	int rc;

	if (!cursor_literal(&c, DASH))
		return syntax(err, offset,
		    "a signature line begins with U+2014 and a space");
	if (!cursor_until(&c, ' ', &name) || !is_name(name))
		return syntax(err, offset + sizeof(DASH) - 1,
		    "a signature line without a name and one space behind it");
	if ((out->name = arena_text(arena, name.data, name.size, err)) == NULL)
		return err->code;
	rc = text_unbase64(&bytes, arena, (const char *)c.at, cursor_left(&c),
	    BASE64_STANDARD, err);
	if (rc == VEXLOG_SYNTAX)
		return syntax(err, offset + cursor_offset(&c),
		    "a signature that is no base64");
	if (rc != 0)
		return rc;
	if (bytes.size < sizeof(out->key_id))
		return syntax(err, offset + cursor_offset(&c),
		    "a signature shorter than its key id");
	memcpy(out->key_id, bytes.data, sizeof(out->key_id));
	out->bytes = (struct vexlog_bytes){
	    bytes.data + sizeof(out->key_id), bytes.size - sizeof(out->key_id)};
	return 0;
}

/* Where the signature lines begin: behind the last empty line. 0: none. */
static size_t
find_signatures(struct vexlog_bytes bytes)
{
	for (size_t i = bytes.size; i >= 2; i--)
		if (bytes.data[i - 1] == '\n' && bytes.data[i - 2] == '\n')
			return i;
	return 0;
}

int
note_read(struct note *out, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	struct note_signature *list = NULL;
	struct vexlog_bytes line;
	struct cursor c;
	size_t begin, count = 0, room = 0;
	int rc = check_text(bytes, err);

	if (rc != 0)
		return rc;
	if ((begin = find_signatures(bytes)) == 0)
		return syntax(err, bytes.size,
		    "no empty line between text and signatures");
	if (begin == bytes.size)
		return syntax(err, begin, "a note without a signature");
	if (begin == 2)
		return syntax(err, 0, "a note without a text");
	c = cursor_open(
	    (struct vexlog_bytes){bytes.data + begin, bytes.size - begin});
	while (cursor_left(&c) > 0) {
		size_t offset = begin + cursor_offset(&c);
		if (!cursor_until(&c, '\n', &line))
			return syntax(err, offset, "a line without its end");
		if (count == NOTE_SIGNATURES_MAX)
			return err_set(err, VEXLOG_LIMIT,
			    "more than %d signatures on a note",
			    NOTE_SIGNATURES_MAX);
		if ((list = arena_grow(arena, list, count, &room, sizeof(*list),
			 err)) == NULL)
			return err->code;
		if ((rc = read_signature(
			 &list[count++], arena, line, offset, err)) != 0)
			return rc;
	}
	out->bytes = bytes;
	out->text = (struct vexlog_bytes){bytes.data, begin - 1};
	out->signatures = list;
	out->signature_count = count;
	return 0;
}

/* ---- verify and sign -------------------------------------------------- */

int
note_key_id(struct hash *out, const char *name, const struct key *key,
    enum note_kind kind, struct vexlog_err *err)
{
	uint8_t tail[34] = {'\n', 0};
	int rc;

	if (key_kind(key) != KEY_ED25519) {
		if (kind == NOTE_COSIGNATURE)
			return err_set(err, VEXLOG_MISUSE,
			    "cosignatures are by Ed25519 keys, not %s",
			    key_algo(key));
		return hash_bytes(out, key_spki(key), err);
	}
	tail[1] = kind == NOTE_PLAIN ? TYPE_ED25519 : TYPE_COSIGNATURE;
	if ((rc = key_raw(tail + 2, key, err)) != 0)
		return rc;
	return hash_pieces(out, text_bytes(name),
	    (struct vexlog_bytes){tail, sizeof(tail)},
	    (struct vexlog_bytes){NULL, 0}, err);
}

int
note_key_hex(char out[2 * HASH_SIZE + 1], const char *name,
    const struct key *key, enum note_kind kind, struct vexlog_err *err)
{
	struct hash id;
	int rc = note_key_id(&id, name, key, kind, err);

	if (rc == 0)
		text_hex(out, id.bytes, HASH_SIZE);
	return rc;
}

/* tlog-cosignature: "cosignature/v1\ntime <t>\n" and the text, signed; the
 * time stands before the signature, eight bytes big-endian. */
static int
verify_cosignature(int64_t *time, struct vexlog_bytes text,
    struct vexlog_bytes bytes, const struct key *key, struct vexlog_err *err)
{
	struct vexlog_bytes message, signature;
	struct cursor c = cursor_open(bytes);
	struct vexlog_arena *arena;
	struct buffer b;
	uint64_t at;
	int rc;

	if (!cursor_u64(&c, &at) || at > INT64_MAX ||
	    !cursor_bytes(&c, cursor_left(&c), &signature))
		return err_set(err, VEXLOG_BAD_PROOF,
		    "%zu bytes that are no time and cosignature", bytes.size);
	if ((arena = vexlog_arena_open(2 * NOTE_SIZE_MAX + MIB)) == NULL)
		return err_memory(err);
	buffer_open(&b, arena, NOTE_SIZE_MAX + KIB);
	buffer_print(&b, "cosignature/v1\ntime %llu\n", (unsigned long long)at);
	buffer_bytes(&b, text.data, text.size);
	if ((rc = buffer_finish(&b, &message, err)) == 0 &&
	    (rc = key_verify(key, message, signature, err)) == 0)
		*time = (int64_t)at;
	vexlog_arena_close(arena);
	return rc;
}

static int
not_signed(const struct note *note, const char *name, const uint8_t id[4],
    struct vexlog_err *err)
{
	char hex[9], other[9];
	const struct note_signature *first = &note->signatures[0];

	text_hex(hex, id, 4);
	text_hex(other, first->key_id, 4);
	err_set(err, VEXLOG_NOT_FOUND,
	    "no signature by \"%.100s\" with key id %s; the first of %zu is "
	    "by \"%.100s\" with key id %s",
	    name, hex, note->signature_count, first->name, other);
	err_hint(err,
	    "check that the trust file names the log and key that "
	    "made this");
	return VEXLOG_NOT_FOUND;
}

int
note_verify(const struct note *note, const char *name, const struct key *key,
    enum note_kind kind, int64_t *time, struct vexlog_err *err)
{
	int64_t signed_at = 0;
	struct hash id;
	size_t held = 0;
	int rc = note_key_id(&id, name, key, kind, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < note->signature_count; i++) {
		const struct note_signature *s = &note->signatures[i];
		if (!text_same(s->name, name) ||
		    memcmp(s->key_id, id.bytes, sizeof(s->key_id)) != 0)
			continue;
		/* signed-note: a known signature that fails SHOULD fail the
		 * whole note, even when another one is good. */
		rc = kind == NOTE_PLAIN
		    ? key_verify(key, note->text, s->bytes, err)
		    : verify_cosignature(
			  &signed_at, note->text, s->bytes, key, err);
		if (rc != 0)
			return rc;
		held++;
	}
	if (held == 0)
		return not_signed(note, name, id.bytes, err);
	if (time != NULL)
		*time = signed_at;
	return 0;
}

int
note_sign(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct vexlog_bytes text, const char *name, const struct key *key,
    struct vexlog_err *err)
{
	struct vexlog_bytes signature, line;
	struct buffer bytes, b;
	struct hash id;
	char *base64;
	int rc;

	if ((rc = check_text(text, err)) != 0)
		return rc;
	if (!note_is_name(name))
		return err_set(err, VEXLOG_MISUSE,
		    "\"%.100s\" can't be the name of a signer", name);
	if ((rc = note_key_id(&id, name, key, NOTE_PLAIN, err)) != 0 ||
	    (rc = key_sign(&signature, arena, key, text, err)) != 0)
		return rc;
	buffer_open(&bytes, arena, NOTE_SIZE_MAX);
	buffer_bytes(&bytes, id.bytes, 4);
	buffer_bytes(&bytes, signature.data, signature.size);
	if ((rc = buffer_finish(&bytes, &line, err)) != 0)
		return rc;
	if ((base64 = text_base64(arena, line, err)) == NULL)
		return err->code;
	buffer_open(&b, arena, NOTE_SIZE_MAX);
	buffer_bytes(&b, text.data, text.size);
	buffer_print(&b, "\n" DASH "%s %s\n", name, base64);
	return buffer_finish(&b, out, err);
}

/* ---- checkpoints ------------------------------------------------------ */

static int
bad_checkpoint(struct vexlog_err *err, size_t offset, const char *message,
    struct vexlog_bytes line)
{
	err_set(err, VEXLOG_SYNTAX, "%s, not \"%.*s\"", message,
	    line.size > 100 ? 100 : (int)line.size, (const char *)line.data);
	err->offset = offset;
	err_rule(err, "C2SP tlog-checkpoint");
	err_hint(err,
	    "a checkpoint is origin, tree size and root hash, a "
	    "line each");
	return VEXLOG_SYNTAX;
}

/* Extension lines are signed too; we only hold them to their form. */
static int
check_extensions(struct cursor *c, struct vexlog_err *err)
{
	struct vexlog_bytes line;

	while (cursor_left(c) > 0) {
		size_t offset = cursor_offset(c);
		if (!cursor_until(c, '\n', &line) || line.size == 0)
			return bad_checkpoint(err, offset,
			    "an extension line is not empty", line);
	}
	return 0;
}

int
checkpoint_read(struct checkpoint *out, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	struct vexlog_bytes origin = {0}, size = {0}, base64 = {0};
	struct vexlog_bytes root = {0};
	struct checkpoint cp;
	struct hash empty;
	struct cursor c;
	size_t offset;
	int rc = note_read(&cp.note, arena, bytes, err);

	if (rc != 0)
		return rc;
	c = cursor_open(cp.note.text);
	if (!cursor_until(&c, '\n', &origin) || origin.size == 0)
		return bad_checkpoint(
		    err, 0, "the first line is the origin of the log", origin);
	offset = cursor_offset(&c);
	if (!cursor_until(&c, '\n', &size) ||
	    !text_decimal(
		&cp.size, (const char *)size.data, size.size, INT64_MAX))
		return bad_checkpoint(err, offset,
		    "the second line is the tree size in decimal", size);
	offset = cursor_offset(&c);
	rc = VEXLOG_SYNTAX;
	if (cursor_until(&c, '\n', &base64))
		rc = text_unbase64(&root, arena, (const char *)base64.data,
		    base64.size, BASE64_STANDARD, err);
	if (rc != 0 && rc != VEXLOG_SYNTAX)
		return rc;
	if (rc != 0 || root.size != HASH_SIZE)
		return bad_checkpoint(err, offset,
		    "the third line is the root hash, 32 bytes in base64",
		    base64);
	memcpy(cp.root.bytes, root.data, HASH_SIZE);
	if ((rc = check_extensions(&c, err)) != 0 ||
	    (rc = merkle_empty(&empty, err)) != 0)
		return rc;
	if (cp.size == 0 && !hash_same(&cp.root, &empty))
		return bad_checkpoint(err, offset,
		    "the root of the empty tree is the hash of nothing",
		    base64);
	cp.origin = arena_text(arena, origin.data, origin.size, err);
	if (cp.origin == NULL)
		return err->code;
	*out = cp;
	return 0;
}

int
checkpoint_write(struct vexlog_bytes *text, struct vexlog_arena *arena,
    const char *origin, uint64_t size, const struct hash *root,
    struct vexlog_err *err)
{
	const struct vexlog_bytes bytes = {root->bytes, HASH_SIZE};
	char *base64 = text_base64(arena, bytes, err);
	struct buffer b;

	if (base64 == NULL)
		return err->code;
	if (origin[0] == '\0' || strchr(origin, '\n') != NULL ||
	    size > INT64_MAX)
		return err_set(err, VEXLOG_MISUSE,
		    "no checkpoint of \"%.100s\" with size %llu", origin,
		    (unsigned long long)size);
	buffer_open(&b, arena, NOTE_SIZE_MAX);
	buffer_print(
	    &b, "%s\n%llu\n%s\n", origin, (unsigned long long)size, base64);
	return buffer_finish(&b, text, err);
}
