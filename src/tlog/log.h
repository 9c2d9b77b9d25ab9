/*
 * log.h - a transparency log that takes our entries.
 *
 * How to add one: a file log_<name>.c with one static const struct log_ops,
 * all members filled; one line in the array of log.c; one line in
 * src/tlog/meson.build; the scenario of tests/unit/log_test.c then runs on
 * it unchanged. log.c verifies every answer completely (entry_verify) before
 * a caller sees it, so no backend has to be trusted.
 */
#ifndef VEXLOG_TLOG_LOG_H
#define VEXLOG_TLOG_LOG_H

#include "tlog/entry.h"

struct log;

struct log_options {
	/* "local:PATH" (a folder with a tile log), "rekor+http(s)://…",
	 * "rekor1+http(s)://…", "rekor2+http(s)://…", "signing-config:FILE"
	 * (Sigstore's; the shard to write to is looked up in it) */
	const char *url;
	const struct trust *trust; /* must outlive the log */
	int64_t (*now)(void *);
	void *now_context;
	int timeout_ms; /* of one exchange; 0: the default */
	bool read_only;
};

/* One signature to be logged as hashedrekord over its message. */
struct log_request {
	const struct key *key; /* public half is enough */
	struct vexlog_bytes message; /* the PAE */
	struct vexlog_bytes signature;
};

struct log_ops {
	const char *scheme;
	int (*open)(struct log **out, const struct log_options *options,
	    struct vexlog_err *err);
	/* entries[i] answers requests[i]; a request that is in the log
	 * already gets the entry that is there (smallest index).
	 * UNREACHABLE: those without an answer have no body. */
	int (*submit)(struct entry *entries, struct vexlog_arena *arena,
	    struct log *log, const struct log_request *requests, size_t count,
	    struct vexlog_err *err);
	/* The entry at an index, with a proof to the newest checkpoint. */
	int (*fetch)(struct entry *out, struct vexlog_arena *arena,
	    struct log *log, int64_t index, struct vexlog_err *err);
	/* The newest checkpoint, as signed; signature checked by log.c */
	int (*checkpoint)(struct vexlog_bytes *note, struct vexlog_arena *arena,
	    struct log *log, struct vexlog_err *err);
	/* Consistency proof between two sizes. */
	int (*consistency)(struct hash *proof, size_t *proof_size,
	    struct log *log, uint64_t size1, uint64_t size2,
	    struct vexlog_err *err);
	void (*close)(struct log *log);
};
extern const struct log_ops log_local, log_rekor, log_rekor1, log_rekor2,
    log_shards;

/* Head of every backend's own struct. */
struct log {
	const struct log_ops *ops;
	const struct trust *trust;
	int64_t (*now)(void *); /* NULL: the system's clock */
	void *now_context;
	char url[512];	  /* without credentials, for messages and linkages */
	char origin[256]; /* "" until known */
	/* What the log asked us to wait when the last call failed with
	 * UNREACHABLE, in microseconds; 0: it did not say. */
	int64_t retry_after;
	/* The last call was refused since the log takes no more entries. */
	bool frozen;
	/* Our clock minus the log's when its last checkpoint came, microseconds,
	 * as exact as its clock, a second; 0 where it tells no time. */
	int64_t skew;
};

/* Behind the user and password of a URL, or NULL where it has none. */
const char *log_url_behind_secret(const char *url);
/* The URL of a log without them, for people. errors MISUSE (url) */
int log_url_shown(const char **out, struct vexlog_arena *arena,
    const char *url, struct vexlog_err *err);

/* errors   MISUSE (url), UNREACHABLE, BAD_PROOF (damaged local log),
 *          NOT_FOUND (no local log there) */
int log_open(struct log **out, const struct log_options *options,
    struct vexlog_err *err);
void log_close(struct log *log);
/*
 * Logs count requests; each answer is verified completely before this
 * returns. On failure no entry is handed out, though the log may hold some;
 * the same requests again find them. UNREACHABLE alone hands out those that
 * came and held; the others have no body.
 *
 * errors   UNREACHABLE (try again), REFUSED (it won't), BAD_PROOF
 */
int log_submit(struct entry *entries, struct vexlog_arena *arena,
    struct log *log, const struct log_request *requests, size_t count,
    struct vexlog_err *err);
int log_fetch(struct entry *out, struct vexlog_arena *arena, struct log *log,
    int64_t index, struct vexlog_err *err);
/* The newest checkpoint, its signature and origin verified. */
int log_checkpoint(struct checkpoint *out, struct vexlog_arena *arena,
    struct log *log, struct vexlog_err *err);
/* 0 when size2/root2 extends size1/root1. */
int log_consistent(struct log *log, const struct checkpoint *old,
    const struct checkpoint *new, struct vexlog_err *err);

/* Local log: makes folder, key.pem (Ed25519, 0600) and the empty tree. What
 * is there stays. origin is "vexlog.local/" + 16 hex of the key's SPKI id. */
int log_local_init(const char *folder, struct vexlog_err *err);
/* Origin and public key of a local log, to put into a trust file. */
int log_local_identity(const char **origin, struct key **key,
    struct vexlog_arena *arena, const char *folder, struct vexlog_err *err);
/*
 * Recomputes every tile and the root from the entries.
 * errors   BAD_PROOF, with the first file and position that differ
 */
int log_local_verify(uint64_t *size, const char *folder,
    struct vexlog_err *err);

#endif
