/*
 * fuzz_dsse.c - DSSE envelopes and the statements inside: what is read gives
 * the PAE that its parts give, and a statement of one subject survives being
 * written.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "sign/dsse.h"
#include "sign/statement.h"
#include "fuzz/json_mutator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_statement(struct vexlog_arena *arena, struct vexlog_bytes payload)
{
	struct vexlog_bytes predicate, bytes;
	struct statement s, again;
	struct vexlog_err err;
	struct buffer b;

	if (statement_read(&s, arena, payload, &err) != 0) {
		must(err.message[0] != '\0');
		return;
	}
	must(s.subject_count > 0 && s.predicate_type[0] != '\0');
	if (s.subject_count != 1 || s.subject_sha256 == NULL ||
	    s.predicate == NULL)
		return;
	buffer_open(&b, arena, ENVELOPE_SIZE_MAX);
	if (json_canonical(&b, &s.doc, s.predicate, &err) != 0 ||
	    buffer_finish(&b, &predicate, &err) != 0)
		return; /* a number past a double */
	must(statement_write(&bytes, arena, s.subject_name, s.subject_sha256,
		 s.predicate_type, predicate, &err) == 0);
	must(statement_read(&again, arena, bytes, &err) == 0);
	must(text_same(again.subject_name, s.subject_name) &&
	    text_same(again.subject_sha256, s.subject_sha256) &&
	    text_same(again.predicate_type, s.predicate_type));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vexlog_arena *arena;
	static struct key *key;
	struct vexlog_bytes pae;
	struct vexlog_err err;
	struct dsse dsse;

	if (arena == NULL) {
		must((arena = vexlog_arena_open(512 * MIB)) != NULL);
		must(key_generate(&key, KEY_ED25519, &err) == 0);
	}
	vexlog_arena_reset(arena);
	if (dsse_read(&dsse, arena, (struct vexlog_bytes){data, size}, &err) !=
	    0) {
		must(err.message[0] != '\0');
		check_statement(arena, (struct vexlog_bytes){data, size});
		return 0;
	}
	must(dsse_pae(&pae, arena, dsse.payload_type, dsse.payload, &err) == 0);
	must(pae.size == dsse.pae.size &&
	    memcmp(pae.data, dsse.pae.data, pae.size) == 0);
	must(dsse_verify(NULL, &dsse, key, &err) == VEXLOG_BAD_PROOF);
	check_statement(arena, dsse.payload);
	return 0;
}
