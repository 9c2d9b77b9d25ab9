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

/* Linkages on their way to the store, of one job or of many. */
struct lading {
	struct vexlog_linkage linkages[LINK_CHUNK];
	const char *ids[LINK_CHUNK];
	size_t count;
	size_t linked; /* of all that went */
	struct arena_mark mark; /* before the texts of the linkages */
};

static int
unload(struct link *l, struct lading *lading)
{
	enum store_linked outcomes[LINK_CHUNK];
	int rc = lading->count == 0 ? 0 :
				      store_link_all(outcomes, l->v->store,
					  lading->ids, lading->linkages,
					  lading->count, l->err);

	for (size_t i = 0; rc == 0 && i < lading->count; i++)
		lading->linked += outcomes[i] == STORE_LINKED;
	lading->count = 0;
	arena_back(l->arena, lading->mark);
	return rc;
}

/* What a job's entry proves. */
static int
load(struct link *l, struct lading *lading, const struct shipment *s,
    const struct entry *entry)
{
	int64_t now = home_now(&l->v->options);

	/* a clock that was set back since would date the linkage, as it would
	 * the entry above, before the key was trusted: it would never verify */
	if (now < l->trusted_at)
		now = l->trusted_at;
	for (size_t i = 0; i < s->job.member_count; i++) {
		const char *batch;
		size_t at = lading->count;
		int rc = record_batch(&batch, l->arena, i,
		    s->job.member_count, s->batch.paths[i],
		    s->batch.path_sizes[i], &s->batch.root, l->err);
		if (rc == 0)
			rc = record_link(&lading->linkages[at], l->arena,
			    entry, batch, now, l->err);
		if (rc != 0)
			return rc;
		lading->ids[at] = s->job.members[i].id;
		if (++lading->count == LINK_CHUNK &&
		    (rc = unload(l, lading)) != 0)
			return rc;
	}
	return 0;
}

static int
put_entry(struct link *l, const struct shipment *s, const struct entry *entry,
    const struct entry *before)
{
	struct store_entry row = {.log_id = entry->log_id,
	    .uuid = entry->uuid,
	    .log_url = entry->log_url,
	    .origin = l->log->origin,
	    .log_index = entry->log_index,
	    .integrated_time = entry->integrated_time,
	    .created_at = l->trusted_at};
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
	    (rc = store_put_entry(l->v->store, &row, l->err)) != 0)
		return rc;
	/* entries that were logged together have one checkpoint */
	if (before != NULL && text_same(before->checkpoint, entry->checkpoint))
		return 0;
	if ((rc = checkpoint_read(&checkpoint, l->arena,
		 text_bytes(entry->checkpoint), l->err)) != 0)
		return rc;
	return history_keep(l->arena, &history, &checkpoint, NULL, l->err);
}

/* All their entries and linkages, in the caller's transaction. */
static int
write_all(struct link *l, const struct shipment *list,
    const struct entry *entries, size_t count, struct lading *lading)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++)
		if ((rc = put_entry(l, &list[i], &entries[i],
			 i == 0 ? NULL : &entries[i - 1])) == 0)
			rc = store_job_done(l->v->store, list[i].job.id,
			    l->owner, entries[i].uuid, l->err);
	lading->mark = arena_mark(l->arena);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = load(l, lading, &list[i], &entries[i]);
	return rc != 0 ? rc : unload(l, lading);
}

/* One transaction for these jobs: all their entries and linkages, or none. */
static int
commit(struct link *l, const struct shipment *list,
    const struct entry *entries, size_t count)
{
	struct store *store = l->v->store;
	struct arena_mark mark = arena_mark(l->arena);
	struct lading *lading = arena_zero(l->arena, sizeof(*lading), l->err);
	int rc;

	if (lading == NULL)
		return l->err->code;
	home_step(l->v, "commit");
	if ((rc = store_begin(store, l->err)) != 0)
		return rc;
	rc = write_all(l, list, entries, count, lading);
	if (rc == 0)
		rc = store_commit(store, l->err);
	if (rc != 0) {
		store_rollback(store);
		return rc;
	}
	home_step(l->v, "release");
	l->result.linked += lading->linked;
	arena_back(l->arena, mark);
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
