/*
 * replay.h - what the parts of a replay share.
 */
#ifndef VEXLOG_FLOW_REPLAY_H
#define VEXLOG_FLOW_REPLAY_H

#include "base/map.h"
#include "flow/archive.h"
#include "flow/check.h"
#include "flow/state.h"

struct replayed {
	struct vexlog_observation o;
	const char *attestation; /* hex, or NULL */
};

/* The verdict of a decision that was read last. */
struct replayed_verdict {
	const char *id;
	int64_t sequence;
};

struct replay {
	struct vexlog_arena *arena;
	struct vexlog_arena *scratch; /* of one thing */
	struct vexlog_arena *kept;    /* of one attestation */
	const struct vexlog_replay_options *options;
	const struct tar_file *files;
	bool *used; /* of files: asked for by replay_file */
	size_t count;
	struct trust *trust;
	struct map observations; /* id to index of list */
	struct replayed *list;
	size_t list_count, list_room;
	struct map decisions; /* "vulnerability\nSBOM entry" to index of last */
	struct replayed_verdict *last;
	size_t last_count, last_room;
	/* what a delta's states say of verdicts is held against these */
	struct map verdicts; /* id to index of decided.list */
	struct state decided;
	bool has_deltas;        /* else nothing asks for them */
	const char *shared_hex; /* the attestation in kept */
	struct report shared;
	struct attestation attestation;
	struct check_cache documents;
	struct vexlog_replay_result result;
	struct vexlog_err *err;
};

/* Tells a difference in a file, or in a place of it. */
int replay_differ(struct replay *r, const char *what, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* A failure of the machine is handed on; of the archive, told. */
int replay_differ_err(
    struct replay *r, const char *what, int rc, const struct vexlog_err *why);
const struct tar_file *replay_file(const struct replay *r, const char *folder,
    const char *hex, const char *end);
/* The "attestation" of a line: 64 hex digits, or NULL while it is pending. */
int replay_attestation_of(const char **hex, const struct json_doc *doc,
    struct vexlog_err *err);
/* The attestation of what goes by its digest, against its bytes. */
int replay_attested(struct replay *r, const char *where, const char *hex,
    const char *kind, const char *subject, struct vexlog_bytes bytes);
/* Names, hashes, manifest and README. */
int replay_manifest(struct replay *r);
/* A verdict's line against those before it. */
int replay_history(struct replay *r, const char *where,
    const struct json_doc *doc, const struct json_value *record);
/* One more thing that an attestation proves, or that is pending. */
void replay_count(struct replay *r, const char *attestation);
/* At the end: evidence that nothing refers to. */
int replay_unused(struct replay *r);
/* A verdict that came out the same, for the deltas that name it; attestation
 * is NULL while it is pending. */
int replay_keep_verdict(struct replay *r, const struct vexlog_verdict *v,
    const struct attestation *attestation);
/* A line of deltas.jsonl. */
int replay_delta(
    struct replay *r, const char *where, const struct json_doc *doc);

#endif
