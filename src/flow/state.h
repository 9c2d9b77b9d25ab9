/*
 * state.h - the verdicts that a delta compares, while they are collected.
 */
#ifndef VEXLOG_FLOW_STATE_H
#define VEXLOG_FLOW_STATE_H

#include "flow/pairs.h"
#include "flow/policies.h"

struct state {
	struct vexlog_arena *arena;   /* of the result */
	struct vexlog_arena *scratch; /* of one verdict */
	struct vexlog *v;
	const struct vexlog_policy *policy; /* of a document, or NULL */
	int64_t at; /* what was known then, with the two below */
	struct pairs pairs;
	struct policies policies;
	struct vexlog_state_item *list;
	size_t count, room;
	bool document; /* its claims were decided here */
	struct vexlog_err *err;
};

/* ---- items (state.c) --------------------------------------------------- */

/* A copy in the result's arena. */
int state_copy(struct vexlog_state_item *to, struct state *s,
    const struct vexlog_state_item *from);
/* The copy becomes one of the list. */
int state_add(struct state *s, const struct vexlog_state_item *item);
/* Of a verdict just decided; the texts are the verdict's. */
int state_item(struct vexlog_state_item *out, struct state *s,
    const struct vexlog_verdict *v);
/* A copy of what a delta tells of an entry, in the result's arena. */
int state_entry(const struct vexlog_linkage **out, struct state *s,
    const struct vexlog_linkage *from);
/* The list sorted, each pair once. */
int state_finish(struct vexlog_state *out, struct state *s);

/* ---- of a time (state_time.c) ------------------------------------------ */

/* A pair, and all verdicts about it that were known at the later time, by
 * (SBOM entry, sequence). */
struct state_pair {
	const struct store_pair *pair;
	const struct store_verdict *rows;
	size_t row_count;
};

int state_open_time(struct state *s, int64_t at);
void state_close_time(struct state *s);
/* Each pair with claims known at a time, in order, from one snapshot; their
 * claims_then are of the earlier time. take ends the walk by a failure. */
int state_each_pair(struct vexlog *v, int64_t at, int64_t then,
    int (*take)(const struct state_pair *pair, void *context), void *context,
    struct vexlog_err *err);
/*
 * Of these rows the one that counted at a time, or NULL: the last verdict that
 * names no SBOM, else the last that does.
 */
const struct store_verdict *state_choose(
    const struct store_verdict *rows, size_t count, int64_t at);
/* Of a row what a delta looks at where nothing changed; its texts are the
 * row's. errors BAD_PROOF (no such status) */
int state_row_item(struct vexlog_state_item *out,
    const struct store_verdict *row, struct vexlog_err *err);
/* What the claims known at s->at come to, under the policy and for the SBOM
 * of the row that counted then; false in *found where another pair, or none,
 * decides them. In the scratch arena. */
int state_decide(struct vexlog_state_item *out, bool *found, struct state *s,
    const struct state_pair *pair);
/* Where a verdict that was kept is logged, in the result's arena. */
int state_find_entry(struct vexlog_state_item *item, struct state *s);
int state_take_time(struct state *s);

/* ---- of a file (state_export.c) ---------------------------------------- */

/* An archive (`export --format bundle`) or payloads, by how they begin. */
bool state_is_export(struct vexlog_bytes bytes);
/* The current verdicts in one of them; arena is that of the bytes.
 * errors   SYNTAX, SHAPE, BAD_PROOF (a verdict does not hash to its id) */
int state_take_export(struct state *s, struct vexlog_arena *arena,
    struct vexlog_bytes bytes);

#endif
