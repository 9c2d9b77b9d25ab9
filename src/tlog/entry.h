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
 * Adds one check to the report for each of: parse and caps, log key, its
 * validity, checkpoint signature, origin, size and root, index, proof
 * length, leaf hash, inclusion, kind and version, binding (digest,
 * signature, key), own signature, SET, uuid. A check that can't be made
 * because one before it failed is SKIP. A broken proof is no failure of the
 * call.
 *
 * at       time of the entry for the validity of keys: its integrated time
 *          when a SET proves it, else this (TIME_NONE: not judged, SKIP)
 */
int entry_verify(struct report *report, struct vexlog_arena *arena,
    const struct entry *entry, const struct trust *trust,
    const struct entry_expect *expect, int64_t at, struct vexlog_err *err);

#endif
