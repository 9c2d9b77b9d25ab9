/*
 * fuzz_trust.c - trust files: what is read is read the same from its
 * canonical bytes, every log and signer is found by its id, and nothing is
 * valid before it begins.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "tlog/note.h"
#include "tlog/trust.h"
#include "fuzz/json_mutator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trust *trust, *again;
	struct vexlog_err err;

	if (trust_read(&trust, (struct vexlog_bytes){data, size}, &err) != 0) {
		must(err.message[0] != '\0' && err.hint[0] != '\0');
		return 0;
	}
	for (size_t i = 0; i < trust->log_count; i++) {
		const struct trust_log *log = &trust->logs[i];
		must(note_is_name(log->name) && text_is_hex(log->id, 64));
		must(trust_origin_fits(log, log->origin));
		must(trust_log_by_id(trust, log->id) != NULL);
		must(trust_log_by_origin(trust, log->origin) != NULL);
		must(trust_log_valid(log, log->valid_from) &&
		    (log->valid_from == TIME_NONE ||
			!trust_log_valid(log, log->valid_from - 1)));
	}
	for (size_t i = 0; i < trust->signer_count; i++)
		must(trust_signer_by_id(trust, trust->signers[i].id) != NULL);
	must(trust_read(&again, trust->bytes, &err) == 0);
	must(text_same(again->digest, trust->digest) &&
	    again->log_count == trust->log_count &&
	    again->signer_count == trust->signer_count);
	trust_close(again);
	trust_close(trust);
	return 0;
}
