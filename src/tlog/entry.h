/*
 * entry.h - what a log gave back for one submission, and whether it holds.
 *
 * One struct for Rekor v1, Rekor v2 and the local log; hex and base64 are
 * gone by here.
 */
#ifndef VEXLOG_TLOG_ENTRY_H
#define VEXLOG_TLOG_ENTRY_H

#include "tlog/note.h"
#include "tlog/report.h"
#include "tlog/trust.h"

struct entry {
	const char *kind;      /* "hashedrekord", "dsse", "intoto" */
	const char *version;   /* "0.0.1", "0.0.2" */
	const char *log_id;    /* 64 hex */
	const char *log_url;   /* "" when not known */
	const char *uuid;      /* 80 hex (v1) or the 64 hex leaf hash */
	int64_t log_index;     /* top-level (v1: global) */
	int64_t integrated_time; /* microseconds, TIME_NONE without one */
	struct vexlog_bytes body;
	struct vexlog_bytes set; /* signed entry timestamp; size 0: none */
	bool has_proof;
	int64_t proof_index; /* in the tree of the proof */
	uint64_t tree_size;
	struct hash root;
	const struct hash *hashes;
	size_t hash_count;
	const char *checkpoint; /* the signed note, NULL when absent */
};

/* Rekor v1: {"<uuid>":{…}}, exactly one. */
int entry_read_v1(struct entry *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err);
/* Rekor v2 and bundles: TransparencyLogEntry. */
int entry_read_v2(struct entry *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err);
/* The members of a proof payload's rekor[] item, but "batch": and back. */
int entry_write(struct buffer *out, const struct entry *entry,
    const char *batch_json, struct vexlog_err *err);
int entry_read(struct entry *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    struct vexlog_err *err);

/* What the entry must be bound to. */
struct entry_expect {
	const struct key *key;		/* that signed */
	struct vexlog_bytes message;	/* what was signed: the PAE */
	struct vexlog_bytes signature;	/* byte for byte */
	const char *origin; /* expected log; NULL: the one log_id names */
	/* Instead of message (its data NULL): its digest, by key_hash(key). */
	struct vexlog_bytes digest;
	/* DER of the certificate that the body has to name; size 0: the bare
	 * key. */
	struct vexlog_bytes certificate;
	/* The envelope as it was sent, where known: a dsse 0.0.1 has its
	 * hash. size 0: not judged. */
	struct vexlog_bytes envelope;
	/* Judge only the log's own part: what the body is bound to, and the
	 * signature in it, is the caller's to judge; key, message and
	 * signature are not looked at (bundles, bundle_body.c). */
	bool log_only;
	/* A signed entry timestamp that holds will do where there is no
	 * inclusion proof (bundles v0.1). */
	bool promise_will_do;
};

/* Body of a hashedrekord 0.0.2 (local log, Rekor v2) for a signature. */
int entry_body_v2(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_bytes message,
    struct vexlog_bytes signature, struct vexlog_err *err);

/*
 * Adds these checks to the report, each of them always, in this order:
 *
 *   entry form              sizes and forms of what was read
 *   log key                 the trust file has the key log_id names
 *   signed entry timestamp  holds when present; SKIP when absent
 *   log key validity        at the time of the entry; SKIP when none is known
 *   checkpoint form         is there, and is a checkpoint
 *   checkpoint signature    by the log's key under the log's name
 *   origin                  of the checkpoint is the expected log
 *   witness cosignatures    are as many as the log needs; SKIP when none
 *   tree size and root      of the proof are the checkpoint's
 *   index                   is below the size; a v2 or local log has one
 *   proof length            is exact
 *   leaf hash               of the body is in the uuid
 *   inclusion proof         leads to the checkpoint's root
 *   uuid                    its tree id is the one in the origin
 *   kind and version        are known, and the body's own
 *   binding digest          the body's is of what was signed     (these four
 *   binding signature       the body's is ours, byte for byte     not when
 *   binding key             the body's is ours, byte for byte     log_only)
 *   own signature           is the key's, over what was signed
 *
 * A check that can't be made because one before it failed is SKIP, and then
 * the report does not hold. A broken proof is no failure of the call.
 *
 * at       time of the entry for the validity of keys: its integrated time
 *          when a SET proves it, else this (TIME_NONE: not judged, SKIP)
 * errors   MISUSE (expect without message and digest), NO_MEMORY
 */
int entry_verify(struct report *report, struct vexlog_arena *arena,
    const struct entry *entry, const struct trust *trust,
    const struct entry_expect *expect, int64_t at, struct vexlog_err *err);

#endif
