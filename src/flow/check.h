/*
 * check.h - the checks of an attestation and of what it is about, on plain
 * bytes: the same for rows of a store and for files of an archive.
 */
#ifndef VEXLOG_FLOW_CHECK_H
#define VEXLOG_FLOW_CHECK_H

#include "base/map.h"
#include "sign/dsse.h"
#include "tlog/entry.h"
#include "tlog/trust.h"

struct attestation {
	struct dsse dsse;
	struct entry entry;
};

/*
 * Envelope, signer, entry: everything but what the envelope is about.
 *
 * at       when it was logged, for the validity of keys; TIME_NONE unknown
 */
int check_attestation(struct report *r, struct attestation *out,
    struct vexlog_arena *arena, const struct trust *trust,
    struct vexlog_bytes envelope, const char *entry_json, int64_t at,
    struct vexlog_err *err);
/* The row hashes to its ids. */
int check_content(struct report *r, struct vexlog_arena *arena,
    const struct vexlog_observation *o, struct vexlog_err *err);
/*
 * The claim read again from its document. A document is read once for all
 * claims in a row that one provider made in it.
 */
struct check_cache {
	struct vexlog_arena *arena; /* of the document below */
	struct vexlog_document doc;
	const char *digest, *provider, *format; /* NULL: nothing is read */
	int rc;			/* of reading it */
	struct vexlog_err why;	/* when rc is not 0 */
	struct map ids;		/* of its claims, to index */
};

int check_cache_open(struct check_cache *cache, struct vexlog_err *err);
void check_cache_close(struct check_cache *cache);
/* fetch gets the document's bytes into the arena */
int check_document(struct report *r, struct check_cache *cache,
    const struct vexlog_observation *o,
    int (*fetch)(struct vexlog_bytes *out, struct vexlog_arena *arena,
	const char *digest, void *context, struct vexlog_err *err),
    void *context, struct vexlog_err *err);
/* The content digest is a leaf of the tree whose root was signed. */
int check_batch(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const struct vexlog_observation *o,
    struct vexlog_err *err);
/* The linkage's columns are those of the entry. */
int check_linkage(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const struct vexlog_linkage *have,
    struct vexlog_err *err);
/* The signed predicate hashes to the verdict id. */
int check_verdict(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const char *id, struct vexlog_err *err);
/* The signed subject is the digest of these bytes. */
int check_file(struct report *r, struct vexlog_arena *arena,
    const struct attestation *a, const char *kind, const char *id,
    struct vexlog_bytes bytes, struct vexlog_err *err);
/* A record that is kept must be the one that deciding again gives, member for
 * member. Only when it was evaluated follows from nothing, and entries of
 * claims may have come later. errors SHAPE (pointer, what comes out), as
 * merge */
int check_record_same(struct vexlog_arena *arena, const struct json_doc *doc,
    const struct json_value *record, const struct vexlog_verdict *v,
    struct vexlog_err *err);
/* The inputs of a merge trace hash to the reasoning id. */
int check_reasoning(struct report *r, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *trace,
    const char *reasoning_id, struct vexlog_err *err);

#endif
