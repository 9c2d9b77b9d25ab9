/*
 * trace.h - a trace for people: on a terminal, and as a page of its own.
 */
#ifndef VEXLOG_CLI_TRACE_H
#define VEXLOG_CLI_TRACE_H

#include "cli/out.h"

/* Status first, then why, sources, steps, conflicts, history. */
void trace_print(
    struct out *out, const struct vexlog_trace *trace, bool verbose);
/* One self-contained HTML page: no script, nothing from elsewhere. The same
 * traces give the same bytes. */
int trace_html(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_trace *list, size_t count, struct vexlog_err *err);

/* ---- what both of them say --------------------------------------------- */

#define TRACE_MICRO_TEXT 24
/* "0.616" of 616000 */
void trace_micro(char out[TRACE_MICRO_TEXT], int64_t micro);
/* The input that won; NULL when the verdict names none of its inputs. */
const struct vexlog_input *trace_winner(const struct vexlog_verdict *verdict);
const struct vexlog_input *trace_input(
    const struct vexlog_verdict *verdict, const char *observation_id);
/* The step that a source lost by, or NULL. */
const struct vexlog_step *trace_lost(
    const struct vexlog_verdict *verdict, const char *observation_id);
/* What a rule of a step means. */
const char *trace_rule(const char *rule);
/* The other names that a claim gives, "GHSA-1, X-2"; NULL: none. */
const char *trace_aliases(
    struct vexlog_arena *arena, const struct vexlog_observation *claim);
/* How the product names the one asked for, in words; NULL where it is that
 * one or a part of it. */
const char *trace_match(
    struct vexlog_arena *arena, const struct vexlog_trace *trace);
/* The 12 last digits of an id, which tell ids apart at a glance. */
const char *trace_short(const char *id);

#endif
