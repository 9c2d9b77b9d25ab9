/*
 * linkage.c - which entry proves an observation, written once: the database
 * changes a row without a linkage only, and what is there already decides
 * between the same and a conflict.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/map.h"
#include "store/rows.h"
#include "vex/observation.h"
#include "json/json.h"

#define LINK_VALUES 13
/* Rows that go to the database at once. */
#define BATCH 512

static int
check_link(
    const char *id, const struct vexlog_linkage *l, struct vexlog_err *err)
{
	const char *wrong = NULL;

	if (id == NULL || !observation_is_id(id))
		return err_set(err, VEXLOG_MISUSE,
		    "\"%.100s\" is no observation id", id == NULL ? "" : id);
	if (l->uuid == NULL ||
	    !(text_is_hex(l->uuid, 64) || text_is_hex(l->uuid, 80)))
		wrong = "uuid";
	else if (l->log_index < 0)
		wrong = "log index";
	else if (l->log_id == NULL || !text_is_hex(l->log_id, 64))
		wrong = "log id";
	else if (l->log_url == NULL || l->log_url[0] == '\0')
		wrong = "log URL";
	else if (l->tree_root == NULL || !text_is_hex(l->tree_root, 64))
		wrong = "tree root";
	else if (l->tree_size < 1)
		wrong = "tree size";
	else if (l->inclusion_proof == NULL)
		wrong = "inclusion proof";
	else if (l->body_hash == NULL || !text_is_digest(l->body_hash))
		wrong = "body hash";
	else if (l->entry_kind == NULL || l->entry_kind[0] == '\0')
		wrong = "entry kind";
	else if (l->linked_at == TIME_NONE)
		wrong = "linked at";
	if (wrong == NULL)
		return 0;
	return err_set(err, VEXLOG_MISUSE,
	    "a linkage without a good %s can't be kept", wrong);
}

/* One form, so that it reads the same from every database. */
static int
canonical_proof(const char **out, struct vexlog_arena *arena, const char *json,
    struct vexlog_err *err)
{
	struct json_doc doc;
	struct buffer b;
	int rc = json_read(&doc, arena, text_bytes(json), 0, err);

	if (rc == 0 && !json_is(doc.root, JSON_OBJECT))
		rc = err_set(err, VEXLOG_MISUSE,
		    "an inclusion proof is %s, not an object",
		    json_type_name(doc.root->type));
	if (rc != 0)
		return rc;
	buffer_open(&b, arena, ENTRY_JSON_MAX);
	if ((rc = json_canonical(&b, &doc, doc.root, err)) != 0)
		return rc;
	return buffer_finish_text(&b, out, err);
}

/* ---- one ---------------------------------------------------------------- */

struct link_work {
	const char *id;
	const struct vexlog_linkage *linkage;
	struct vexlog_arena *scratch;
	enum store_linked outcome;
};

static int
take_linkage(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct link_work *work = context;
	const struct vexlog_linkage *l = work->linkage;
	struct row row;

	row_open(&row, columns, count, work->scratch, err);
	const char *log_id = row_text_or_null(&row);
	int64_t index = row_time(&row); /* an integer or null */
	const char *uuid = row_text_or_null(&row);
	const char *hash = row_text_or_null(&row);
	bool same = text_same(log_id, l->log_id) && index == l->log_index &&
	    text_same(uuid, l->uuid) && text_same(hash, l->body_hash);
	work->outcome = same ? STORE_LINKED_SAME : STORE_LINK_CONFLICT;
	return row_close(&row);
}

static int
link_values(struct store_value *out, struct store *store, const char *id,
    const struct vexlog_linkage *l, struct vexlog_err *err)
{
	const char *proof;
	int rc =
	    canonical_proof(&proof, store->scratch, l->inclusion_proof, err);

	if (rc != 0)
		return rc;
	const struct store_value values[LINK_VALUES] = {
	    value_text(store->tenant), value_text(id), value_text(l->uuid),
	    value_integer(l->log_index), value_text(l->log_id),
	    value_text(l->log_url), value_time(l->integrated_time),
	    value_text(l->tree_root), value_integer(l->tree_size),
	    value_json(proof), value_text(l->body_hash),
	    value_text(l->entry_kind), value_moment(l->linked_at)};
	memcpy(out, values, sizeof(values));
	return 0;
}

/* What is there of an observation that was not linked just now. */
static int
compare_linkage(struct store *store, struct link_work *work,
    const struct store_value values[2], struct vexlog_err *err)
{
	work->outcome = STORE_LINK_MISSING;
	work->scratch = store->scratch;
	return store_query(store, SQL_linkage_get, values, 2,
	    &(struct store_rows){take_linkage, work}, NULL, err);
}

static int
link_one(struct store *store, void *context, struct vexlog_err *err)
{
	struct store_value values[LINK_VALUES];
	struct link_work *work = context;
	int64_t changed;
	int rc = link_values(values, store, work->id, work->linkage, err);

	if (rc == 0)
		rc = store_query(
		    store, SQL_link, values, LINK_VALUES, NULL, &changed, err);
	if (rc != 0)
		return rc;
	work->outcome = STORE_LINKED;
	return changed == 1 ? 0 : compare_linkage(store, work, values, err);
}

int
store_link(enum store_linked *out, struct store *store,
    const char *observation_id, const struct vexlog_linkage *linkage,
    struct vexlog_err *err)
{
	struct link_work work = {
	    observation_id, linkage, NULL, STORE_LINK_MISSING};
	int rc = check_link(observation_id, linkage, err);

	if (rc != 0)
		return rc;
	rc = store_transaction(store, link_one, &work, err);
	if (rc == 0)
		*out = work.outcome;
	return rc;
}

/* ---- many at once ----------------------------------------------------- */

struct link_many {
	const char *const *ids;
	const struct vexlog_linkage *linkages;
	enum store_linked *outcomes;
	size_t count;
	/* of the part that is being linked: where each id stands in it */
	struct map places;
	enum store_linked *part;
	struct vexlog_arena *scratch;
};

static int
take_linked(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct link_many *many = context;
	struct row row;
	size_t place;

	row_open(&row, columns, count, many->scratch, err);
	const char *id = row_text(&row);
	int rc = row_close(&row);
	if (rc == 0 && map_get(&many->places, id, strlen(id), &place))
		many->part[place] = STORE_LINKED;
	return rc;
}

static int
link_part(struct store *store, struct link_many *many, size_t from,
    size_t count, struct vexlog_err *err)
{
	struct store_value *values = arena_list(
	    store->scratch, count * LINK_VALUES, sizeof(*values), err);
	size_t found;
	int rc = values == NULL ? (int)err->code : 0;

	map_open(&many->places, store->scratch);
	many->part = many->outcomes + from;
	many->scratch = store->scratch;
	for (size_t i = 0; rc >= 0 && i < count; i++) {
		const char *id = many->ids[from + i];
		many->part[i] = STORE_LINK_MISSING;
		rc = link_values(values + i * LINK_VALUES, store, id,
		    &many->linkages[from + i], err);
		if (rc == 0)
			rc = map_put(
			    &many->places, id, strlen(id), i, &found, err);
	}
	if (rc < 0)
		return rc;
	rc = store_bulk(store, SQL_link_all, values, LINK_VALUES, count,
	    &(struct store_rows){take_linked, many}, NULL, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct link_work work = {many->ids[from + i],
		    &many->linkages[from + i], NULL, STORE_LINKED};
		if (many->part[i] == STORE_LINKED)
			continue;
		rc = compare_linkage(
		    store, &work, values + i * LINK_VALUES, err);
		many->part[i] = work.outcome;
	}
	return rc;
}

static int
link_many(struct store *store, void *context, struct vexlog_err *err)
{
	struct link_many *many = context;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < many->count; i += BATCH) {
		struct arena_mark mark = arena_mark(store->scratch);
		rc = link_part(store, many, i,
		    many->count - i < BATCH ? many->count - i : BATCH, err);
		arena_back(store->scratch, mark);
	}
	return rc;
}

int
store_link_all(enum store_linked *outcomes, struct store *store,
    const char *const *ids, const struct vexlog_linkage *linkages, size_t count,
    struct vexlog_err *err)
{
	struct link_many many = {.ids = ids,
	    .linkages = linkages,
	    .outcomes = outcomes,
	    .count = count};

	for (size_t i = 0; i < count; i++) {
		int rc = check_link(ids[i], &linkages[i], err);
		if (rc != 0)
			return rc;
	}
	return store_transaction(store, link_many, &many, err);
}
