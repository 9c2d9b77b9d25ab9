/*
 * delta_states.h - the two states that a delta was made of, kept beside it so
 * that anybody can make it again: {"after":[...],"before":[...],"schema"},
 * a verdict an item.
 */
#ifndef VEXLOG_FLOW_DELTA_STATES_H
#define VEXLOG_FLOW_DELTA_STATES_H

#include "json/write.h"

/* The kind that the states of a delta are kept under; digest is the delta's.
 * Their own digest, which no delta names, is found by store_blobs. */
char *delta_states_kind(
    struct vexlog_arena *arena, const char *digest, struct vexlog_err *err);
/* Canonical JSON. errors LIMIT (more than DELTA_STATES_MAX bytes) */
int delta_states_write(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_state *before, const struct vexlog_state *after,
    struct vexlog_err *err);
/* Texts of the states live as long as the arena.
 * errors   SYNTAX, SHAPE, BAD_PROOF (a verdict does not hash to its id) */
int delta_states_read(struct vexlog_state *before, struct vexlog_state *after,
    struct vexlog_arena *arena, struct vexlog_bytes bytes,
    struct vexlog_err *err);
/* The verdict that an item tells of hashes to its id. errors BAD_PROOF */
int delta_item_check(struct vexlog_arena *scratch,
    const struct vexlog_state_item *item, struct vexlog_err *err);
/* The claims of an item out of an array: ids, sorted. errors SHAPE */
int delta_item_inputs(struct vexlog_state_item *item,
    struct vexlog_arena *arena, const struct json_doc *doc,
    const struct json_value *list, struct vexlog_err *err);

#endif
