/*
 * fuzz_note.c - signed notes: what is read can be put together again byte for
 * byte, its names can sign, and a key that never signed verifies nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "tlog/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
put_line(struct buffer *b, struct vexlog_arena *arena,
    const struct note_signature *s)
{
	uint8_t *bytes;
	struct vexlog_err err;

	must(note_is_name(s->name));
	bytes = arena_take(arena, s->bytes.size + 4, &err);
	must(bytes != NULL);
	memcpy(bytes, s->key_id, 4);
	memcpy(bytes + 4, s->bytes.data, s->bytes.size);
	buffer_print(b, "\xe2\x80\x94 %s ", s->name);
	buffer_text(b,
	    text_base64(
		arena, (struct vexlog_bytes){bytes, s->bytes.size + 4}, &err));
	buffer_byte(b, '\n');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vexlog_arena *arena;
	static struct key *key;
	struct vexlog_bytes again;
	struct vexlog_err err;
	struct note note;
	struct buffer b;
	int rc;

	if (arena == NULL) {
		arena = vexlog_arena_open(64 * MIB);
		must(arena != NULL &&
		    key_generate(&key, KEY_ED25519, &err) == 0);
	}
	vexlog_arena_reset(arena);
	rc = note_read(&note, arena, (struct vexlog_bytes){data, size}, &err);
	if (rc != 0) {
		must((rc == VEXLOG_SYNTAX && err.offset <= size) ||
		    rc == VEXLOG_LIMIT);
		return 0;
	}
	must(note.signature_count > 0 &&
	    note.signature_count <= NOTE_SIGNATURES_MAX);
	buffer_open(&b, arena, 2 * NOTE_SIZE_MAX);
	buffer_bytes(&b, note.text.data, note.text.size);
	buffer_byte(&b, '\n');
	for (size_t i = 0; i < note.signature_count; i++)
		put_line(&b, arena, &note.signatures[i]);
	must(buffer_finish(&b, &again, &err) == 0);
	must(again.size == size && memcmp(again.data, data, size) == 0);
	for (size_t i = 0; i < note.signature_count; i++)
		for (enum note_kind k = NOTE_PLAIN; k <= NOTE_COSIGNATURE; k++)
			must(note_verify(&note, note.signatures[i].name, key, k,
				 NULL, &err) != 0);
	return 0;
}
