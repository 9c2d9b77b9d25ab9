/*
 * link_commit.c - the entry of an attestation and all linkages that it
 * proves, in one transaction.
 */
#include "base/limits.h"
#include "base/text.h"
#include "flow/history.h"
#include "flow/link.h"
#include "flow/record.h"

#define LINK_CHUNK 256 /* linkages in one call of the store */

/* Linkages of some of a job's members, in the caller's transaction. */
static int
link_some(struct link *l, const struct shipment *s, const struct entry *entry,
    size_t from, size_t count, size_t *linked)
{
	struct vexlog_linkage linkages[LINK_CHUNK];
	enum store_linked outcomes[LINK_CHUNK];
	const char *ids[LINK_CHUNK];
	int64_t now = home_now(&l->v->options);
	int rc;

	for (size_t i = 0; i < count; i++) {
		size_t at = from + i;
		const char *batch;
		rc = record_batch(&batch, l->arena, at, s->job.member_count,
		    s->batch.paths[at], s->batch.path_sizes[at],
		    &s->batch.root, l->err);
		if (rc == 0)
			rc = record_link(&linkages[i], l->arena, entry, batch,
			    now, l->err);
		if (rc != 0)
			return rc;
		ids[i] = s->job.members[at].id;
	}
	rc = store_link_all(outcomes, l->v->store, ids, linkages, count,
	    l->err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		*linked += outcomes[i] == STORE_LINKED;
	return rc;
}

static int
link_members(struct link *l, const struct shipment *s,
    const struct entry *entry, size_t *linked)
{
	size_t count = s->job.member_count;

	for (size_t i = 0; i < count; i += LINK_CHUNK) {
		struct arena_mark mark = arena_mark(l->arena);
		int rc = link_some(l, s, entry, i,
		    count - i < LINK_CHUNK ? count - i : LINK_CHUNK, linked);
		if (rc != 0)
			return rc;
		arena_back(l->arena, mark);
	}
	return 0;
}

static int
put_entry(struct link *l, const struct shipment *s, const struct entry *entry)
{
	struct store_entry row = {.log_id = entry->log_id,
	    .uuid = entry->uuid,
	    .log_url = entry->log_url,
	    .origin = l->log->origin,
	    .log_index = entry->log_index,
	    .integrated_time = entry->integrated_time};
	const struct history history = {.store = l->v->store,
	    .log_id = entry->log_id,
	    .now = home_now(&l->v->options)};
	struct checkpoint checkpoint;
	struct buffer b;
	int rc;

	row.body_hash = hash_digest_new(l->arena, entry->body, l->err);
	row.envelope_digest =
	    hash_digest_new(l->arena, s->job.envelope, l->err);
	if (row.body_hash == NULL || row.envelope_digest == NULL)
		return l->err->code;
	buffer_open(&b, l->arena, ENTRY_JSON_MAX);
	if ((rc = entry_write(&b, entry, NULL, l->err)) != 0 ||
	    (rc = buffer_finish_text(&b, &row.json, l->err)) != 0 ||
	    (rc = store_put_entry(l->v->store, &row, l->err)) != 0 ||
	    (rc = checkpoint_read(&checkpoint, l->arena,
		 text_bytes(entry->checkpoint), l->err)) != 0)
		return rc;
	return history_keep(l->arena, &history, &checkpoint, NULL, l->err);
}

/* Entry and linkages of one job, in the caller's transaction. */
static int
write_one(struct link *l, const struct shipment *s, const struct entry *entry,
    size_t *linked)
{
	int rc = put_entry(l, s, entry);

	if (rc == 0)
		rc = link_members(l, s, entry, linked);
	if (rc == 0)
		rc = store_job_done(l->v->store, s->job.id, l->owner,
		    entry->uuid, l->err);
	return rc;
}

/* One transaction for these jobs: all their entries and linkages, or none. */
static int
commit(struct link *l, const struct shipment *list,
    const struct entry *entries, size_t count)
{
	struct store *store = l->v->store;
	size_t linked = 0;
	int rc;

	home_step(l->v, "commit");
	if ((rc = store_begin(store, l->err)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = write_one(l, &list[i], &entries[i], &linked);
	if (rc == 0)
		rc = store_commit(store, l->err);
	if (rc != 0) {
		store_rollback(store);
		return rc;
	}
	home_step(l->v, "release");
	l->result.linked += linked;
	/* counts are of observations; others stand apart */
	for (size_t i = 0; i < count; i++) {
		l->result.entries += list[i].job.member_count > 0;
		l->result.others_linked += list[i].job.member_count == 0;
	}
	if (l->options->progress != NULL)
		l->options->progress(l->result.linked, l->options->context);
	return 0;
}

int
link_commit(struct link *l, const struct shipment *list,
    const struct entry *entries, size_t count)
{
	struct vexlog_err first;
	int failed = 0;
	int rc = commit(l, list, entries, count);

	if (rc == 0 || count == 1 || rc == VEXLOG_UNREACHABLE)
		return rc;
	for (size_t i = 0; i < count; i++)
		if ((rc = commit(l, &list[i], &entries[i], 1)) != 0 &&
		    failed == 0) {
			failed = rc;
			first = *l->err;
		}
	if (failed != 0)
		*l->err = first;
	return failed;
}
