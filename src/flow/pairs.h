/*
 * pairs.h - the claims that one verdict is decided from: those about a
 * product and a vulnerability under any of its names.
 */
#ifndef VEXLOG_FLOW_PAIRS_H
#define VEXLOG_FLOW_PAIRS_H

#include "base/map.h"
#include "flow/home.h"
#include "vex/alias.h"

/* Which names meet, a product at a time; kept for a whole run. */
struct pairs {
	struct vexlog_arena *arena; /* its own */
	struct store *store;
	int64_t at;       /* what was known then */
	bool by_log;      /* by the time of log entries */
	struct map index; /* product to its place in list */
	struct alias_sets *list;
	size_t count, room;
	struct vexlog_arena *scratch; /* of one product's claims */
	/* Nothing but that is asked of a pair that decides nothing: its claims
	 * are not looked at. They are those of all its names, so who reads
	 * them for each pair reads them as often as there are names. */
	bool only_deciding;
};

struct pair_claims {
	struct vexlog_observations claims;
	const char *vulnerability; /* the verdict's */
	const char *const *names;  /* of the closure, sorted; NULL: one */
	size_t name_count;         /* 0 then */
	/* Claims under several names meet in one verdict: the pair with the
	 * smallest of the names that have claims decides it, the others have
	 * nothing of their own to decide. */
	bool decides;
};

int pairs_open(struct pairs *pairs, struct store *store, int64_t at,
    struct vexlog_err *err);
void pairs_close(struct pairs *pairs);
int pairs_claims(struct pair_claims *out, struct vexlog_arena *arena,
    struct pairs *pairs, const struct store_pair *pair,
    struct vexlog_err *err);
/* The same with claims.count alone: they are counted, not read. */
int pairs_count(struct pair_claims *out, struct pairs *pairs,
    const struct store_pair *pair, struct vexlog_err *err);
/* All verdicts about the claims: those under former names of the vulnerability
 * first, those under each name in the order of their time. */
int pairs_history(const struct store_verdict **rows, size_t *count,
    struct vexlog_arena *arena, struct pairs *pairs,
    const struct pair_claims *claims, const char *product, int64_t known_at,
    struct vexlog_err *err);
/* A vulnerability got another name after the verdict, and was decided under
 * it: the verdict is history. errors BAD_PROOF (a record is of another) */
int pairs_renamed(bool *out, struct vexlog_arena *arena, struct pairs *pairs,
    const struct store_verdict *row, struct vexlog_err *err);

#endif
