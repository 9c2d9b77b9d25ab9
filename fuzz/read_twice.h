/*
 * read_twice.h - what holds for every document of every format, however
 * broken: reading it twice says the same; every claim is sealed and made
 * once, has a product and a vulnerability and a place that is there; a refused
 * document says why.
 */
#ifndef VEXLOG_FUZZ_READ_TWICE_H
#define VEXLOG_FUZZ_READ_TWICE_H

#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"
#include "vex/observation.h"
#include "json/json.h"

/* A broken promise is a crash, so that every fuzzer sees it. */
#define HOLDS(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			abort();                                               \
	} while (0)

static void
check_claim(const struct vexlog_observation *o, const struct json_doc *doc,
    struct vexlog_arena *arena)
{
	struct vexlog_err err;

	HOLDS(o->vulnerability[0] != '\0' && o->product[0] != '\0');
	HOLDS(strlen(o->product) <= NAME_MAX_BYTES);
	HOLDS(o->said_at_from != NULL && o->source_status != NULL);
	HOLDS(json_at(doc, o->pointer) != NULL);
	HOLDS(observation_check(o, arena, &err) == 0);
}

static int
read_twice(const uint8_t *data, size_t size, const char *format)
{
	struct vexlog_read_options options = {
	    .format = format, .received_at = INT64_C(1767225600000000)};
	struct vexlog_arena *arena = vexlog_arena_open(512 * MIB);
	struct vexlog_bytes bytes = {data, size};
	struct vexlog_document a, b;
	struct vexlog_err err;
	struct json_doc doc;
	bool refused = false;
	struct map ids; /* no claim is made twice */
	size_t found;

	HOLDS(arena != NULL);
	int rc = vexlog_read(&a, arena, bytes, &options, &err);
	HOLDS(rc == 0 || rc == VEXLOG_LIMIT);
	HOLDS(rc == vexlog_read(&b, arena, bytes, &options, &err));
	if (rc != 0) {
		vexlog_arena_close(arena);
		return 0;
	}
	HOLDS(a.readable == b.readable && a.finding_count == b.finding_count &&
	    a.observations.count == b.observations.count);
	for (size_t i = 0; i < a.finding_count; i++) {
		refused = refused || a.findings[i].unsafe;
		HOLDS(text_same(a.findings[i].message, b.findings[i].message));
		HOLDS(a.findings[i].rule[0] != '\0');
	}
	HOLDS(a.readable || refused || a.finding_count == FINDINGS_MAX);
	/* of an attestation the payload is the document */
	if (a.observations.count > 0)
		HOLDS(json_read(&doc, arena, a.bytes, 0, &err) == 0);
	map_open(&ids, arena);
	for (size_t i = 0; i < a.observations.count; i++) {
		const char *id = a.observations.list[i].id;
		HOLDS(map_put(&ids, id, strlen(id), i, &found, &err) == 0);
		check_claim(&a.observations.list[i], &doc, arena);
		HOLDS(text_same(a.observations.list[i].content_digest,
		    b.observations.list[i].content_digest));
	}
	vexlog_arena_close(arena);
	return 0;
}

#endif
