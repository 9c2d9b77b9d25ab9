/*
 * fuzz_log_request.c - what is posted to the served log: refused with a
 * message, or an entry whose body is canonical and reads back.
 */
#include <stdlib.h>
#include <string.h>

#include "server/log_request.h"
#include "tlog/entry_body.h"
#include "fuzz/json_mutator.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

static void
check_body(struct vexlog_arena *arena, struct vexlog_bytes body)
{
	const char *kind, *version;
	struct vexlog_bytes again;
	struct entry_body parts;
	struct vexlog_err err;
	struct json_doc doc;

	must(body.size <= ENTRY_BODY_MAX);
	must(entry_body_kind(&kind, &version, &doc, arena, body, &err) == 0);
	must(strcmp(kind, "hashedrekord") == 0);
	must(strcmp(version, "0.0.2") == 0);
	must(entry_body_read(&parts, arena, &doc, kind, version, &err) == 0);
	must(vexlog_canon(&again, arena, body, &err) == 0);
	must(again.size == body.size &&
	    memcmp(again.data, body.data, body.size) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vexlog_arena *arena = vexlog_arena_open(256 * MIB);
	struct vexlog_bytes body;
	struct vexlog_err err;
	int rc;

	if (arena == NULL)
		return 0;
	rc = log_request_read(
	    &body, arena, NULL, (struct vexlog_bytes){data, size}, &err);
	if (rc == 0)
		check_body(arena, body);
	else
		must(rc == VEXLOG_REFUSED && err.message[0] != '\0');
	vexlog_arena_close(arena);
	return 0;
}
