/*
 * cosign.h - a witness for tests: adds a cosignature to a signed checkpoint.
 */
#ifndef VEXLOG_TESTS_COSIGN_H
#define VEXLOG_TESTS_COSIGN_H

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/tap.h"
#include "tlog/note.h"

/* The note and one line more: name's cosignature/v1 at a time in seconds. */
__attribute__((unused)) static const char *
cosign(struct vexlog_arena *arena, const char *note, const char *name,
    const struct key *key, uint64_t seconds)
{
	struct vexlog_bytes message, signature, raw, out;
	struct vexlog_err err;
	struct buffer b;
	struct note n;
	struct hash id;
	int rc = note_read(&n, arena, text_bytes(note), &err);

	buffer_open(&b, arena, NOTE_SIZE_MAX);
	if (rc == 0) {
		buffer_print(&b, "cosignature/v1\ntime %llu\n",
		    (unsigned long long)seconds);
		buffer_bytes(&b, n.text.data, n.text.size);
		rc = buffer_finish(&b, &message, &err);
	}
	if (rc == 0)
		rc = key_sign(&signature, arena, key, message, &err);
	if (rc == 0)
		rc = note_key_id(&id, name, key, NOTE_COSIGNATURE, &err);
	buffer_open(&b, arena, NOTE_SIZE_MAX);
	if (rc == 0) {
		buffer_bytes(&b, id.bytes, 4);
		for (int shift = 56; shift >= 0; shift -= 8)
			buffer_byte(&b, (char)(seconds >> shift));
		buffer_bytes(&b, signature.data, signature.size);
		rc = buffer_finish(&b, &raw, &err);
	}
	buffer_open(&b, arena, NOTE_SIZE_MAX);
	if (rc == 0) {
		buffer_print(&b, "%s\xe2\x80\x94 %s %s\n", note, name,
		    text_base64(arena, raw, &err));
		rc = buffer_finish(&b, &out, &err);
	}
	if (rc != 0)
		bail("cosign: %s", err.message);
	return (const char *)out.data;
}

#endif
