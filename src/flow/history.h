/*
 * history.h - a log shows the history that it showed before, or it is caught:
 * each checkpoint is held against the last one that is kept, and those that
 * contradict another are kept as the proof of it.
 */
#ifndef VEXLOG_FLOW_HISTORY_H
#define VEXLOG_FLOW_HISTORY_H

#include "store/store.h"
#include "tlog/log.h"

struct history {
	struct store *store;
	struct log *log; /* asked for the proof; history_keep needs none */
	const char *log_id;
	int64_t now;
	/* An older tree that the kept one extends is no alarm: another worker
	 * may have kept a newer one meanwhile. */
	bool may_lag;
};

/* *alarm: why the checkpoint contradicts the largest consistent one that is
 * kept, or NULL. errors   UNREACHABLE, IO; a contradiction is no failure */
int history_check(const char **alarm, struct vexlog_arena *arena,
    const struct history *history, const struct checkpoint *now,
    struct vexlog_err *err);
/*
 * Holds up to limit older checkpoints of the same tree against now, those first
 * that were longest ago; one that now does not extend is marked, and told in
 * *alarm (NULL where all fit). *held: how many were looked at.
 */
int history_review(const char **alarm, size_t *held,
    struct vexlog_arena *arena, const struct history *history,
    const struct checkpoint *now, size_t limit, struct vexlog_err *err);
/* Keeps it, as inconsistent where there is an alarm. */
int history_keep(struct vexlog_arena *arena, const struct history *history,
    const struct checkpoint *now, const char *alarm, struct vexlog_err *err);

#endif
