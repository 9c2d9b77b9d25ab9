/*
 * history.c - does a log still show the history it showed before? See
 * history.h.
 */
#include "flow/history.h"

#include "base/hash.h"
#include "base/text.h"

static int
tell(const char **alarm, struct vexlog_arena *arena, const char *why,
    struct vexlog_err *err)
{
	const char *copy = arena_copy(arena, why, err);

	if (copy == NULL)
		return err->code;
	*alarm = copy;
	return 0;
}

/* The proof that one of two trees extends the other. */
static int
compare(const char **alarm, struct vexlog_arena *arena, struct log *log,
    const struct checkpoint *old, const struct checkpoint *new,
    struct vexlog_err *err)
{
	struct vexlog_err why;
	int rc = log_consistent(log, old, new, &why);

	if (rc == VEXLOG_BAD_PROOF)
		return tell(alarm, arena, why.message, err);
	if (rc != 0)
		*err = why;
	return rc;
}

int
history_check(const char **alarm, struct vexlog_arena *arena,
    const struct history *history, const struct checkpoint *now,
    struct vexlog_err *err)
{
	struct store_checkpoint kept;
	struct vexlog_err missing;
	struct checkpoint old;
	/* shards of a v1 log share a key and are trees of their own */
	int rc = store_last_checkpoint(&kept, arena, history->store,
	    history->log_id, now->origin, &missing);

	*alarm = NULL;
	if (rc == VEXLOG_NOT_FOUND)
		return 0;
	if (rc != 0) {
		*err = missing;
		return rc;
	}
	rc = checkpoint_read(&old, arena, text_bytes(kept.note), err);
	if (rc != 0)
		return rc;
	if (old.size <= now->size)
		return compare(alarm, arena, history->log, &old, now, err);
	if (history->may_lag)
		return compare(alarm, arena, history->log, now, &old, err);
	*alarm = arena_print(arena, err,
	    "the log went back from %llu entries to %llu",
	    (unsigned long long)old.size, (unsigned long long)now->size);
	return *alarm == NULL ? (int)err->code : 0;
}

int
history_keep(struct vexlog_arena *arena, const struct history *history,
    const struct checkpoint *now, const char *alarm, struct vexlog_err *err)
{
	const struct store_checkpoint row = {.log_id = history->log_id,
	    .origin = now->origin,
	    .tree_size = (int64_t)now->size,
	    .root = text_hex_new(arena, now->root.bytes, HASH_SIZE, err),
	    .note = arena_text(arena, now->note.bytes.data,
		now->note.bytes.size, err),
	    .consistent = alarm == NULL,
	    .reason = alarm,
	    .captured_at = history->now};

	if (row.root == NULL || row.note == NULL)
		return err->code;
	return store_put_checkpoint(history->store, &row, err);
}

/* *why: what is wrong with one that was kept, NULL when now extends it. */
static int
review_one(const char **why, struct vexlog_arena *arena,
    const struct history *history, const struct store_checkpoint *kept,
    const struct checkpoint *now, struct vexlog_err *err)
{
	struct store_checkpoint row = *kept;
	struct checkpoint old;
	int rc = checkpoint_read(&old, arena, text_bytes(kept->note), err);

	if (rc == 0)
		rc = compare(why, arena, history->log, &old, now, err);
	if (rc != 0)
		return rc;
	if (*why != NULL)
		*why = arena_print(arena, err,
		    "the tree of %lld entries that the log showed is no part "
		    "of the %llu it shows now: %s",
		    (long long)kept->tree_size, (unsigned long long)now->size,
		    *why);
	row.consistent = *why == NULL;
	row.reason = *why;
	row.captured_at = history->now; /* kept as the time of this look */
	return store_put_checkpoint(history->store, &row, err);
}

int
history_review(const char **alarm, size_t *held, struct vexlog_arena *arena,
    const struct history *history, const struct checkpoint *now, size_t limit,
    struct vexlog_err *err)
{
	const struct store_checkpoint *list;
	size_t count;
	int rc = store_checkpoints_due(&list, &count, arena, history->store,
	    history->log_id, now->origin, (int64_t)now->size, limit, err);

	*alarm = NULL;
	for (*held = 0; rc == 0 && *held < count; (*held)++) {
		const char *why = NULL;
		rc = review_one(&why, arena, history, &list[*held], now, err);
		if (why != NULL)
			*alarm = why;
	}
	return rc;
}
