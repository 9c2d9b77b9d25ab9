/*
 * fuzz_rekor.c - what a Rekor server may say: statuses with any words, the
 * place of a duplicate, a consistency proof. Two bytes choose the status, the
 * rest is the answer's body.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "tlog/rekor.h"
#define JSON_MUTATOR_SKIP 2
#include "fuzz/json_mutator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must_be_told(int rc, const struct vexlog_err *err)
{
	size_t length = strlen(err->message);

	if (rc != (int)err->code || length == 0 ||
	    text_utf8_valid(err->message, length) != length ||
	    strchr(err->message, '\n') != NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct log *log;
	static const struct log_options options = {
	    .url = "rekor2+http://127.0.0.1:1",
	};
	struct hash proof[PROOF_LENGTH_MAX];
	struct http_answer answer = {.why = ""};
	struct vexlog_err err = {0};
	struct rekor *rekor;
	char uuid[REKOR_UUID + 1], *text;
	uint64_t index;
	size_t count;
	int rc;

	if (log == NULL && log_rekor2.open(&log, &options, &err) != 0)
		abort();
	if (size < 2)
		return 0;
	rekor = (struct rekor *)log;
	vexlog_arena_reset(rekor->scratch);
	answer.status = 100 + 2 * data[0] + data[1] % 2;
	text = arena_text(rekor->scratch, data + 2, size - 2, &err);
	if (text == NULL)
		abort();
	answer.body = (struct vexlog_bytes){(const uint8_t *)text, size - 2};
	rc = rekor_judge(rekor, &answer, "fuzzing", &err);
	if ((rc == 0) != (answer.status >= 200 && answer.status < 300))
		abort();
	if (rc != 0)
		must_be_told(rc, &err);
	if (text_utf8_valid(text, size - 2) == size - 2 &&
	    memchr(text, '\0', size - 2) == NULL)
		answer.location = answer.log_index = text;
	rc = rekor1_location(uuid, rekor, &answer, &err);
	if (rc == 0 && !text_is_hex(uuid, REKOR_UUID))
		abort();
	rc = rekor2_index(&index, rekor, &answer, &err);
	if (rc == 0 && index >= INT64_MAX)
		abort();
	answer.log_index = NULL;
	rc = rekor2_index(&index, rekor, &answer, &err);
	if (rc == 0 && index >= INT64_MAX)
		abort();
	rc = rekor1_proof(proof, &count, rekor, &answer, &err);
	if (rc == 0 && count > PROOF_LENGTH_MAX)
		abort();
	return 0;
}
