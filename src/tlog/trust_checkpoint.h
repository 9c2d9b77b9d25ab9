/*
 * trust_checkpoint.h - is a checkpoint one that we believe: its log's key and
 * as many witnesses as the trust file asks for.
 * Source: C2SP tlog-checkpoint, tlog-cosignature.
 */
#ifndef VEXLOG_TLOG_TRUST_CHECKPOINT_H
#define VEXLOG_TLOG_TRUST_CHECKPOINT_H

#include "tlog/note.h"
#include "tlog/trust.h"

/*
 * How many different trusted witnesses cosigned the note at a time for which
 * their keys are valid. With a quorum of 0 nobody is asked, and none counted.
 *
 * errors   BAD_PROOF (fewer than the log's quorum, or a trusted witness's
 *          cosignature that does not hold)
 */
int trust_witnessed(size_t *count, const struct trust *trust,
    const struct trust_log *log, const struct note *note,
    struct vexlog_err *err);
/* This trusted log's signature on the note. errors   BAD_PROOF, NOT_FOUND (it
 * has none) */
int trust_signed(const struct trust *trust, const struct trust_log *log,
    const struct note *note, struct vexlog_err *err);
/*
 * The trusted log whose key has signed the checkpoint; and its witnesses.
 *
 * origin   the log that was asked; "": any in the trust file
 * errors   BAD_PROOF
 */
int trust_checkpoint(const struct trust_log **log, const struct trust *trust,
    const struct checkpoint *checkpoint, const char *origin,
    struct vexlog_err *err);

#endif
