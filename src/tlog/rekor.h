/*
 * rekor.h - what the two Rekor clients share. Only rekor*.c include this.
 *
 * Answers are classed once, in rekor_judge: try again (UNREACHABLE), it will
 * not (REFUSED), it lies (BAD_PROOF). Nothing is believed that is not under
 * a key of the trust file; log.c verifies each entry after us.
 */
#ifndef VEXLOG_TLOG_REKOR_H
#define VEXLOG_TLOG_REKOR_H

#include "tlog/http.h"
#include "tlog/log.h"

/* How long one call waits for an entry that the log has taken and not yet
 * integrated, and for a checkpoint that covers it (published every 10 s by
 * default). Longer waits are the queue's. */
#define REKOR_PENDING_WAIT    3000  /* ms */
#define REKOR_CHECKPOINT_WAIT 15000 /* ms */
#define REKOR_REQUEST_MAX     (64 * KIB)
#define REKOR_UUID            80 /* hex digits: 16 tree id, 64 leaf hash */
#define REKOR_SCRATCH_MAX     (1024 * MIB)

struct rekor {
	struct log log;               /* first */
	struct vexlog_arena *arena;   /* of the handle */
	struct vexlog_arena *scratch; /* of one call */
	struct http *http;
	char tree[24]; /* v1: tree id of the last checkpoint, "" unknown */
};

int rekor_open(struct log **out, const struct log_options *options,
    const struct log_ops *ops, struct vexlog_err *err);
void rekor_close(struct log *log);

/* MISUSE before anything is sent: a key that no log takes, or a log none of
 * whose keys is trusted, whose answer we could never verify. */
int rekor_may_submit(struct rekor *rekor, const struct log_request *requests,
    size_t count, struct vexlog_err *err);

/* One GET; the answer, whatever it is. */
int rekor_get(struct http_answer *answer, struct rekor *rekor, const char *path,
    const char *accept, size_t max, struct vexlog_err *err);
/* 0 for 2xx, else the class of the answer with its own words. Keeps what
 * the log said about when to come back. */
int rekor_judge(struct rekor *rekor, const struct http_answer *answer,
    const char *what, struct vexlog_err *err);
/* Sets the log's skew from the time that the answer says. */
void rekor_clock(struct rekor *rekor, const struct http_answer *answer);
/* The JSON of a 2xx answer. errors   BAD_PROOF (it is none) */
int rekor_json(struct json_doc *out, struct vexlog_arena *arena,
    struct rekor *rekor, const struct http_answer *answer,
    struct vexlog_err *err);
/* An answer that breaks its format: whatever the reader called it, to a
 * caller it is an answer that does not hold. */
int rekor_lied(struct rekor *rekor, struct vexlog_err *err);

/*
 * Looks, sleeps a while, looks again, until *done or the waits add up to
 * limit_ms or the time limit of an exchange; then UNREACHABLE, with the reason
 * that the last look left in *err.
 */
int rekor_await(struct rekor *rekor, int limit_ms,
    int (*look)(bool *done, void *context, struct vexlog_err *err),
    void *context, struct vexlog_err *err);

/* What a version does with the answers of a submission. */
struct rekor_sorter {
	/* the entry of a 2xx */
	int (*take)(void *context, size_t i, const struct http_answer *answer,
	    struct vexlog_err *err);
	/* 409: it is there already; where */
	int (*place)(void *context, size_t i, const struct http_answer *answer,
	    struct vexlog_err *err);
};
/* All of them are looked at; the worst failure is told. */
int rekor_sort(struct rekor *rekor, const struct rekor_sorter *sorter,
    void *context, const struct http_answer *answers, size_t count,
    struct vexlog_err *err);

/* The worse of two results: what will not get better hides what may. *err is
 * its error then; other is second's. */
int rekor_worse(int first, int second, struct vexlog_err *err,
    const struct vexlog_err *other);

/* ---- what stands in single answers ----------------------------------------
 */

/* The uuid at the end of a v1 409's Location. */
int rekor1_location(char uuid[REKOR_UUID + 1], struct rekor *rekor,
    const struct http_answer *answer, struct vexlog_err *err);
/* The hashes of a v1 consistency proof, at most PROOF_LENGTH_MAX. */
int rekor1_proof(struct hash *proof, size_t *proof_size, struct rekor *rekor,
    const struct http_answer *answer, struct vexlog_err *err);
/* The index in a v2 409. */
int rekor2_index(uint64_t *out, struct rekor *rekor,
    const struct http_answer *answer, struct vexlog_err *err);

/* ---- Rekor v2's tiles (rekor_tiles.c) ------------------------------------ */

/* The tiles of one tree size, kept while one call needs them. */
struct tiles {
	struct rekor *rekor;
	uint64_t size;
	struct tile_kept *list;
	size_t count, room;
};

void tiles_open(struct tiles *tiles, struct rekor *rekor, uint64_t size);
/* Hashes come by HTTP; errors UNREACHABLE, BAD_PROOF (a tile's size). */
struct merkle_source tiles_source(struct tiles *tiles);
/* The body of the entry at index, in the arena. */
int tiles_body(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct tiles *tiles, uint64_t index, struct vexlog_err *err);

#endif
