/*
 * find.c - observations by what they say, and the record behind any id.
 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "flow/home.h"
#include "flow/record.h"
#include "flow/verdict.h"
#include "vex/observation.h"

int
vexlog_find(struct vexlog_observations *out, const char **next,
    struct vexlog_arena *arena, struct vexlog *v,
    const struct vexlog_filter *filter, struct vexlog_err *err)
{
	return store_find(out, next, arena, v->store, filter, err);
}

static int
show_observation(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog *v, const char *id, struct vexlog_err *err)
{
	struct vexlog_observation o;
	struct json_writer w;
	struct buffer b;
	int rc = store_get_observation(&o, arena, v->store, id, err);

	if (rc != 0)
		return rc;
	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	record_observation(&w, &o);
	return buffer_finish(&b, json, err);
}

static int
show_document(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog *v, const char *id, struct vexlog_err *err)
{
	struct store_document d;
	struct json_writer w;
	struct buffer b;
	int rc = store_get_document(&d, arena, v->store, id, err);

	if (rc != 0)
		return rc;
	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_member(&w, "documentDigest", d.digest);
	json_member(&w, "format", d.format);
	json_member(&w, "formatVersion", d.format_version);
	json_member(&w, "source", d.source);
	json_member_integer(&w, "size", (int64_t)d.bytes.size);
	json_member_time(&w, "createdAt", d.created_at);
	json_member_raw(&w, "findings", d.findings);
	json_close(&w);
	return buffer_finish(&b, json, err);
}

static int
show_entry(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog *v, const char *uuid, struct vexlog_err *err)
{
	struct store_entry e;
	int rc = store_get_entry(&e, arena, v->store, uuid, NULL, -1, err);

	if (rc == 0)
		*json = text_bytes(e.json);
	return rc;
}

static int
show_file(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog *v, const char *id, struct vexlog_err *err)
{
	static const char *const kinds[] = {"policy", "trust", "delta"};
	int rc = VEXLOG_NOT_FOUND;

	for (size_t i = 0; i < 3 && rc == VEXLOG_NOT_FOUND; i++)
		rc = store_get_blob(json, arena, v->store, kinds[i], id, err);
	return rc;
}

int
vexlog_show(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog *v, const char *id, struct vexlog_err *err)
{
	int rc = VEXLOG_NOT_FOUND;

	if (observation_is_id(id))
		rc = show_observation(json, arena, v, id, err);
	else if (text_is_digest(id)) {
		rc = vexlog_payload(json, arena, v, id, err);
		if (rc == VEXLOG_NOT_FOUND)
			rc = show_document(json, arena, v, id, err);
		if (rc == VEXLOG_NOT_FOUND)
			rc = show_file(json, arena, v, id, err);
		if (rc == VEXLOG_NOT_FOUND)
			rc = store_get_envelope(json, arena, v->store, id,
			    err);
	} else if (text_is_hex(id, 64) || text_is_hex(id, 80))
		rc = show_entry(json, arena, v, id, err);
	else {
		err_set(err, VEXLOG_MISUSE, "\"%.90s\" is not an id", id);
		return err_hint(err,
		    "ids look like vex:obs:sha256:…, sha256:… or 64 or 80 "
		    "hex digits");
	}
	if (rc == VEXLOG_NOT_FOUND) {
		err_set(err, VEXLOG_NOT_FOUND, "nothing is known under %s",
		    id);
		err_hint(err, "`vexlog find` lists what is known");
	}
	return rc;
}
