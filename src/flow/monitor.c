/*
 * monitor.c - one look at a log: does it still show the history it showed
 * before, and do our entries still hold?
 *
 * A log that forks or forgets is caught by whoever kept what it said before;
 * so each checkpoint is kept, and those that contradict another are kept as
 * the proof of it.
 */
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/check.h"
#include "flow/history.h"
#include "flow/home.h"
#include "json/write.h"

#define HISTORY_MAX 100000 /* checkpoints in one file */

struct monitor {
	struct vexlog *v;
	struct vexlog_arena *arena;   /* of the result */
	struct vexlog_arena *scratch; /* of one entry */
	struct trust *trust;
	struct log *log;
	struct vexlog_monitor_result result;
	struct vexlog_err *err;
};

/* NULL in *why when the entry holds. */
static int
verify_entry(const char **why, struct monitor *m, const struct store_entry *e)
{
	struct attestation attestation;
	struct vexlog_report out;
	struct vexlog_err missing;
	const char *json = NULL;
	struct store_job job;
	struct report report;
	int rc = store_job_of(&job, &json, m->scratch, m->v->store, "entry",
	    e->uuid, &missing);

	*why = NULL;
	if (rc == VEXLOG_NOT_FOUND) {
		*why = "no envelope is kept for this entry";
		return 0;
	}
	if (rc != 0) {
		*m->err = missing;
		return rc;
	}
	report_open(&report, m->scratch);
	rc = check_attestation(&report, &attestation, m->scratch, m->trust,
	    job.envelope, e->json, e->integrated_time, m->err);
	if (rc != 0)
		return rc;
	out = report_close(&report, e->uuid);
	for (size_t i = 0; !out.holds && *why == NULL && i < out.count; i++)
		if (out.list[i].outcome == VEXLOG_FAIL)
			*why = arena_print(m->scratch, m->err, "%s: %s",
			    out.list[i].name, out.list[i].detail);
	if (!out.holds && *why == NULL)
		*why = "a check that is needed could not be made";
	return 0;
}

static int
verify_again(struct monitor *m, size_t limit)
{
	const struct store_entry *list;
	size_t count;
	int rc = store_entries_due(&list, &count, m->arena, m->v->store,
	    m->result.log_id, limit, m->err);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		const char *why;
		vexlog_arena_reset(m->scratch);
		if ((rc = verify_entry(&why, m, &list[i])) != 0)
			return rc;
		rc = store_entry_verified(m->v->store, list[i].log_id,
		    list[i].log_index, why, m->err);
		m->result.reverified++;
		m->result.failed += why != NULL;
	}
	return rc;
}

/* The newest checkpoint, against the last one and then the older ones. */
static int
check_history(struct monitor *m, const struct checkpoint *now, size_t limit)
{
	const struct history history = {.store = m->v->store,
	    .log = m->log,
	    .log_id = m->result.log_id,
	    .now = home_now(&m->v->options)};
	const char *older = NULL;
	int rc = history_check(
	    &m->result.alarm, m->arena, &history, now, m->err);

	if (rc == 0 && m->result.alarm == NULL)
		rc = history_review(&older, &m->result.held, m->arena,
		    &history, now, limit == 0 ? 1 : limit, m->err);
	if (rc == 0)
		rc = history_keep(
		    m->arena, &history, now, m->result.alarm, m->err);
	if (rc != 0)
		return rc;
	if (m->result.alarm == NULL)
		m->result.alarm = older;
	m->result.consistent = m->result.alarm == NULL;
	return 0;
}

static int
look(struct monitor *m, const char *log_url, size_t entries)
{
	const struct vexlog_bytes none = {NULL, 0};
	const struct trust_log *trusted;
	struct checkpoint now;
	const char *url;
	int rc;

	if ((rc = home_trust(&m->trust, m->v->home, none, m->err)) != 0 ||
	    (rc = home_log_url(&url, m->arena, m->v->home, log_url, m->err)) !=
		0 ||
	    (rc = home_log(&m->log, &m->v->options, url, m->trust, true,
		 m->err)) != 0 ||
	    (rc = log_checkpoint(&now, m->arena, m->log, m->err)) != 0)
		return rc;
	trusted = trust_log_by_origin(m->trust, now.origin);
	if (trusted == NULL)
		return err_set(m->err, VEXLOG_NOT_FOUND,
		    "log %s is not in the trust file", now.origin);
	m->result.log_id = arena_copy(m->arena, trusted->id, m->err);
	m->result.tree_size = (int64_t)now.size;
	m->result.skew = m->log->skew;
	if (m->result.log_id == NULL)
		return m->err->code;
	if ((rc = check_history(m, &now, entries)) != 0)
		return rc;
	return entries == 0 ? 0 : verify_again(m, entries);
}

int
vexlog_monitor(struct vexlog_monitor_result *out, struct vexlog_arena *arena,
    struct vexlog *v, const char *log_url, size_t entries,
    struct vexlog_err *err)
{
	struct monitor m = {.v = v, .arena = arena, .err = err};
	int rc;

	if ((m.scratch = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
		return err_memory(err);
	rc = look(&m, log_url, entries);
	log_close(m.log);
	trust_close(m.trust);
	vexlog_arena_close(m.scratch);
	if (rc == 0)
		*out = m.result;
	return rc;
}

/* ---- what was kept of a log --------------------------------------------- */

int
vexlog_log_history(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog *v, const char *log_id, struct vexlog_err *err)
{
	const struct store_checkpoint *list;
	struct json_writer w;
	struct buffer b;
	size_t count;
	int rc = store_checkpoints(&list, &count, arena, v->store, log_id,
	    HISTORY_MAX, err);

	if (rc != 0)
		return rc;
	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_member(&w, "schema", "vexlog.log-history/v1");
	json_member(&w, "logId", log_id);
	json_name(&w, "checkpoints");
	json_array(&w);
	for (size_t i = 0; i < count; i++) {
		json_object(&w);
		json_member_integer(&w, "treeSize", list[i].tree_size);
		json_member(&w, "treeRoot", list[i].root);
		json_member_time(&w, "capturedAt", list[i].captured_at);
		json_member_bool(&w, "consistent", list[i].consistent);
		json_member(&w, "reason", list[i].reason);
		json_member(&w, "note", list[i].note);
		json_close(&w);
	}
	json_close(&w);
	json_close(&w);
	return buffer_finish(&b, json, err);
}
