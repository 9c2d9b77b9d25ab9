/*
 * trust_memo.h - what a trust file has already believed of the last notes.
 *
 * The entries of a batch come under few checkpoints, and a signature costs
 * more than all the rest of an entry. Only what held is kept, for one log, one
 * kind of question, and these very bytes. Safe from several threads.
 */
#ifndef VEXLOG_TLOG_TRUST_MEMO_H
#define VEXLOG_TLOG_TRUST_MEMO_H

#include "tlog/trust.h"

enum memo_kind {
	MEMO_SIGNED,    /* by the log */
	MEMO_WITNESSED, /* by count witnesses */
};

int trust_memo_open(struct trust_memo **out, struct vexlog_arena *arena,
    struct vexlog_err *err);
void trust_memo_close(struct trust_memo *memo);
/* memo NULL: nothing is known. count may be NULL. */
bool trust_memo_find(size_t *count, struct trust_memo *memo,
    const struct trust_log *log, enum memo_kind kind, struct vexlog_bytes note);
void trust_memo_keep(struct trust_memo *memo, const struct trust_log *log,
    enum memo_kind kind, struct vexlog_bytes note, size_t count);
void trust_memo_forget(struct trust_memo *memo);

#endif
