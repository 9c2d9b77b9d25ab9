/*
 * note.h - signed notes and checkpoints.
 * Source: C2SP signed-note, tlog-checkpoint, tlog-cosignature.
 */
#ifndef VEXLOG_TLOG_NOTE_H
#define VEXLOG_TLOG_NOTE_H

#include "sign/key.h"

struct note_signature {
	const char *name;
	uint8_t key_id[4];
	struct vexlog_bytes bytes; /* behind the key id */
};

struct note {
	struct vexlog_bytes bytes; /* all of it */
	struct vexlog_bytes text;  /* what is signed, with its last newline */
	const struct note_signature *signatures;
	size_t signature_count;
};

/* errors   SYNTAX with the byte; LIMIT */
int note_read(struct note *out, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err);

/* May stand on a signature line: not empty, no white space, no '+'. */
bool note_is_name(const char *name);

enum note_kind {
	NOTE_PLAIN,	  /* Ed25519 (0x01) or ECDSA (id from the SPKI) */
	NOTE_COSIGNATURE, /* Ed25519 with a time (0x04) */
};

/* First four bytes are the id in a signature line; all 32 are the log id. */
int note_key_id(struct hash *out, const char *name, const struct key *key,
    enum note_kind kind, struct vexlog_err *err);
/* All 32, as text. */
int note_key_hex(char out[2 * HASH_SIZE + 1], const char *name,
    const struct key *key, enum note_kind kind, struct vexlog_err *err);
/*
 * The signature of (name, key) must be there, and each one of that identity
 * must hold. *time is the cosignature's (seconds), 0 for a plain one; may be
 * NULL. errors   NOT_FOUND (no such signature), BAD_PROOF
 */
int note_verify(const struct note *note, const char *name,
    const struct key *key, enum note_kind kind, int64_t *time,
    struct vexlog_err *err);
/* text and the signature of key under name. */
int note_sign(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct vexlog_bytes text, const char *name, const struct key *key,
    struct vexlog_err *err);

struct checkpoint {
	const char *origin;
	uint64_t size;
	struct hash root;
	struct note note;
};

/* A note whose text is a checkpoint; strict. Checks no signature. */
int checkpoint_read(struct checkpoint *out, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err);
/* Text of a checkpoint without extension lines, to be signed. */
int checkpoint_write(struct vexlog_bytes *text, struct vexlog_arena *arena,
    const char *origin, uint64_t size, const struct hash *root,
    struct vexlog_err *err);

#endif
