/*
 * trust.h - the keys we believe, from a file, with when. Never from a server.
 *
 * {"schema":"vexlog.trust/v1",
 *  "logs":[{"origin":"vexlog.local/0123456789abcdef","url":"…"|null,
 *           "keyId":"<64 hex>","key":"<PEM>",
 *           "validFrom":"2026-01-01T00:00:00Z","validUntil":null}],
 *  "signers":[{"name":"…","keyId":"<64 hex>","key":"<PEM>",
 *           "validFrom":…,"validUntil":…}],
 *  "witnesses":[as signers],
 *  "quorum":2}
 *
 * A checkpoint is believed once quorum different witnesses have cosigned it
 * (C2SP tlog-cosignature); a log's own "quorum" stands before the file's, 0
 * asks for none. A witness's keyId is that of a cosignature key.
 *
 * Validity is a closed interval; validFrom is required. keyId must be what
 * the key gives (for a log: note_key_id under the name of its origin).
 *
 * A Rekor v1 log has the origin "<host> - <tree id>" and signs as "<host>". A
 * trust file may give "<host>" alone for such a log (any key but Ed25519,
 * which no v1 log has); then every tree id of that key fits. Sigstore's
 * trusted_root.json is read too, and its logs fit in the same way.
 */
#ifndef VEXLOG_TLOG_TRUST_H
#define VEXLOG_TLOG_TRUST_H

#include "json/json.h"
#include "sign/key.h"

#define TRUST_SCHEMA "vexlog.trust/v1"

struct trust_log {
	const char *origin; /* first line of its checkpoints */
	bool origin_prefix; /* also "<origin> - <tree id>" */
	const char *name;   /* on its signature lines */
	const char *url;    /* or NULL */
	const char *id;	    /* 64 hex */
	struct key *key;
	int64_t valid_from, valid_until; /* TIME_MAX: open */
	bool own_quorum; /* not the file's */
	size_t quorum;	 /* witnesses that its checkpoints need */
};

/* A signer of statements, or a witness of checkpoints. */
struct trust_signer {
	const char *name;
	const char *id; /* key_id of the key; of a witness the note's */
	struct key *key;
	int64_t valid_from, valid_until;
};

struct trust {
	struct vexlog_arena *arena; /* its own */
	struct trust_log *logs;
	size_t log_count;
	struct trust_signer *signers;
	size_t signer_count;
	struct trust_signer *witnesses; /* each key once */
	size_t witness_count;
	size_t quorum;
	struct trust_memo *memo; /* checkpoints that were believed */
	struct vexlog_bytes bytes; /* canonical JSON */
	const char *digest;	   /* of bytes */
};

/* errors   SYNTAX, SHAPE (pointer), LIMIT */
int trust_read(struct trust **out, struct vexlog_bytes json,
    struct vexlog_err *err);
void trust_close(struct trust *trust);
/* By the 64 hex id, or by origin; NULL when not trusted. The first one that
 * fits; several keys of one origin are several logs. */
const struct trust_log *trust_log_by_id(const struct trust *trust,
    const char *id);
const struct trust_log *trust_log_by_origin(const struct trust *trust,
    const char *origin);
/* The first line of a checkpoint is one of this log. */
bool trust_origin_fits(const struct trust_log *log, const char *origin);
/* Fills name and origin_prefix from the origin and the key. errors SHAPE */
int trust_log_name(struct trust_log *log, struct vexlog_arena *arena,
    struct vexlog_err *err);
bool trust_log_valid(const struct trust_log *log, int64_t at);
/* "<host> - <tree id>": the tree id, and how long the host is. */
bool trust_origin_tree(uint64_t *tree, size_t *host_size, const char *origin);
const struct trust_signer *trust_signer_by_id(const struct trust *trust,
    const char *key_id);
/* A new trust file: the old one (NULL: none) and a log or a signer. The same
 * key again changes nothing; the same name with another key is added beside
 * it. json out is indented for people. */
int trust_add_log(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *origin, const char *url,
    const struct key *key, int64_t from, int64_t until,
    struct vexlog_err *err);
int trust_add_signer(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *name, const struct key *key,
    int64_t from, int64_t until, struct vexlog_err *err);
int trust_add_witness(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *name, const struct key *key,
    int64_t from, int64_t until, struct vexlog_err *err);
/* How many witnesses a checkpoint needs: of this origin, or (NULL) of every
 * log that says nothing else. errors NOT_FOUND (no such log), SHAPE (more
 * than there are) */
int trust_set_quorum(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *origin, size_t quorum,
    struct vexlog_err *err);

#endif
