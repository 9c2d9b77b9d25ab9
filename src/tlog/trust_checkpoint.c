/*
 * trust_checkpoint.c - see trust_checkpoint.h.
 *
 * A log that shows two people two histories needs a key for each lie, but no
 * more than its own. Witnesses that cosign one history only take that from
 * it, as long as each of them counts once.
 */
#include "tlog/trust_checkpoint.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/trust_memo.h"

/* 1 when this witness cosigned, 0 when not, or negative. */
static int
cosigned(const struct trust_signer *w, const struct note *note,
    struct vexlog_err *err)
{
	struct vexlog_err why;
	int64_t seconds;
	int rc = note_verify(
	    note, w->name, w->key, NOTE_COSIGNATURE, &seconds, &why);

	if (rc == VEXLOG_NOT_FOUND)
		return 0;
	if (rc == VEXLOG_BAD_PROOF)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "the cosignature of witness \"%.100s\" does not hold: "
		    "%.200s",
		    w->name, why.message);
	if (rc != 0) {
		*err = why;
		return rc;
	}
	return seconds <= TIME_MAX / SECOND &&
	    w->valid_from <= seconds * SECOND &&
	    seconds * SECOND <= w->valid_until;
}

int
trust_signed(const struct trust *trust, const struct trust_log *log,
    const struct note *note, struct vexlog_err *err)
{
	int rc;

	if (trust_memo_find(NULL, trust->memo, log, MEMO_SIGNED, note->bytes))
		return 0;
	rc = note_verify(note, log->name, log->key, NOTE_PLAIN, NULL, err);
	if (rc == 0)
		trust_memo_keep(trust->memo, log, MEMO_SIGNED, note->bytes, 0);
	return rc;
}

int
trust_witnessed(size_t *count, const struct trust *trust,
    const struct trust_log *log, const struct note *note,
    struct vexlog_err *err)
{
	bool counted[TRUST_KEYS_MAX] = {false};
	size_t n = 0;

	*count = 0;
	if (log->quorum == 0 ||
	    trust_memo_find(
		count, trust->memo, log, MEMO_WITNESSED, note->bytes))
		return 0;
	for (size_t i = 0; i < trust->witness_count; i++) {
		size_t first = 0;
		int rc = cosigned(&trust->witnesses[i], note, err);
		if (rc < 0)
			return rc;
		/* a witness that changed its key is still one */
		while (!text_same(
		    trust->witnesses[first].name, trust->witnesses[i].name))
			first++;
		n += rc == 1 && !counted[first];
		counted[first] |= rc == 1;
	}
	*count = n;
	if (n >= log->quorum) {
		trust_memo_keep(
		    trust->memo, log, MEMO_WITNESSED, note->bytes, n);
		return 0;
	}
	err_set(err, VEXLOG_BAD_PROOF,
	    "%zu of the trusted witnesses cosigned this checkpoint, %zu are "
	    "needed",
	    n, log->quorum);
	return err_hint(err,
	    "witnesses may still be on their way: try again later; who is "
	    "asked stands in the trust file");
}

int
trust_checkpoint(const struct trust_log **log, const struct trust *trust,
    const struct checkpoint *checkpoint, const char *origin,
    struct vexlog_err *err)
{
	size_t witnesses;
	int rc;

	if (origin[0] != '\0' && !text_same(origin, checkpoint->origin))
		return err_set(err, VEXLOG_BAD_PROOF,
		    "the checkpoint is of \"%.120s\", this log is \"%.120s\"",
		    checkpoint->origin, origin);
	for (size_t i = 0; trust != NULL && i < trust->log_count; i++) {
		const struct trust_log *known = &trust->logs[i];
		if (!trust_origin_fits(known, checkpoint->origin))
			continue;
		rc = trust_signed(trust, known, &checkpoint->note, err);
		if (rc == VEXLOG_NOT_FOUND)
			continue;
		if (rc == 0)
			rc = trust_witnessed(
			    &witnesses, trust, known, &checkpoint->note, err);
		if (rc == 0)
			*log = known;
		return rc;
	}
	err_set(err, VEXLOG_BAD_PROOF,
	    "no trusted key has signed the checkpoint of \"%.120s\"",
	    checkpoint->origin);
	return err_hint(err,
	    "if this log is to be trusted: vexlog trust add --origin NAME "
	    "--key PEM");
}
