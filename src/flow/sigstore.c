/*
 * sigstore.c - the attestation of anything that is linked as a Sigstore
 * bundle, for those who verify with other tools.
 */
#include "base/limits.h"
#include "base/text.h"
#include "flow/home.h"
#include "tlog/bundle.h"
#include "vex/observation.h"

/* The job that attests an id, and its entry. */
static int
find_job(struct store_job *job, const char **entry, struct vexlog_arena *arena,
    struct vexlog *v, const char *id, struct vexlog_err *err)
{
	static const char *const kinds[] = {
	    "verdict", "delta", "policy", "trust"};
	int rc = VEXLOG_NOT_FOUND;

	*entry = NULL;
	if (observation_is_id(id))
		return store_job_of(
		    job, entry, arena, v->store, "observations", id, err);
	if (text_is_hex(id, 64) || text_is_hex(id, 80))
		return store_job_of(
		    job, entry, arena, v->store, "entry", id, err);
	if (!text_is_digest(id)) {
		err_set(err, VEXLOG_MISUSE, "\"%.90s\" is not an id", id);
		return err_hint(err,
		    "ids look like vex:obs:sha256:…, sha256:… or 64 or 80 "
		    "hex digits");
	}
	for (size_t i = 0; rc == VEXLOG_NOT_FOUND && i < 4; i++)
		rc = store_job_of(
		    job, entry, arena, v->store, kinds[i], id, err);
	return rc;
}

int
vexlog_bundle(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog *v, const char *id, struct vexlog_err *err)
{
	const char *kept = NULL;
	struct store_job job;
	struct json_doc doc;
	struct entry entry;
	struct dsse dsse;
	struct buffer b;
	int rc = find_job(&job, &kept, arena, v, id, err);

	if (rc == VEXLOG_NOT_FOUND || (rc == 0 && kept == NULL)) {
		err_set(
		    err, VEXLOG_NOT_FOUND, "nothing is linked under %s", id);
		return err_hint(err,
		    "`vexlog link` links what is pending, `vexlog find` lists "
		    "what is known");
	}
	if (rc != 0 || (rc = dsse_read(&dsse, arena, job.envelope, err)) != 0 ||
	    (rc = json_read(&doc, arena, text_bytes(kept), 0, err)) != 0 ||
	    (rc = entry_read(&entry, arena, &doc, doc.root, err)) != 0)
		return rc;
	buffer_open(&b, arena, BUNDLE_SIZE_MAX);
	if ((rc = bundle_write(&b, &dsse, &entry, err)) != 0)
		return rc;
	return buffer_finish(&b, json, err);
}
