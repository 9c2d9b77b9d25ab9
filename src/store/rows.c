/*
 * rows.c - rows to structs and back. See rows.h for what is checked.
 */
#include "store/rows.h"

#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "vex/observation.h"

void
row_open(struct row *row, const struct store_value *columns, size_t count,
    struct vexlog_arena *arena, struct vexlog_err *err)
{
	*row = (struct row){
	    .columns = columns, .count = count, .arena = arena, .err = err};
}

static void
spoil(struct row *row, const char *why)
{
	if (row->failed != 0)
		return;
	row->failed = err_set(row->err, VEXLOG_BAD_PROOF,
	    "column %zu of a row in the store %s", row->next, why);
	err_hint(row->err,
	    "the store was changed from outside: restore it from a backup");
}

/* The next column, or NULL: null, missing, or of another type. */
static const struct store_value *
take(struct row *row, bool text, bool nullable)
{
	const struct store_value *v = row->columns + row->next;

	if (row->failed != 0)
		return NULL;
	if (row->next >= row->count) {
		spoil(row, "is missing");
		return NULL;
	}
	row->next++;
	if (v->null) {
		if (!nullable)
			spoil(row, "is null");
		return NULL;
	}
	if ((v->type >= STORE_TEXT) != text) {
		spoil(row, "has the wrong type");
		return NULL;
	}
	return v;
}

static const char *
take_text(struct row *row, bool nullable)
{
	const struct store_value *v = take(row, true, nullable);
	const char *copy;

	if (v == NULL)
		return nullable ? NULL : "";
	const uint8_t *data = v->bytes.data;
	if (memchr(data, 0, v->bytes.size) != NULL ||
	    text_utf8_valid(data, v->bytes.size) != v->bytes.size) {
		spoil(row, "is not UTF-8 text");
		return "";
	}
	copy = arena_text(row->arena, data, v->bytes.size, row->err);
	if (copy == NULL) {
		row->failed = row->err->code;
		return "";
	}
	return copy;
}

const char *
row_text(struct row *row)
{
	return take_text(row, false);
}

const char *
row_text_or_null(struct row *row)
{
	return take_text(row, true);
}

int64_t
row_integer(struct row *row)
{
	const struct store_value *v = take(row, false, false);

	return v == NULL ? 0 : v->integer;
}

int64_t
row_time(struct row *row)
{
	const struct store_value *v = take(row, false, true);

	return v == NULL ? TIME_NONE : v->integer;
}

bool
row_bool(struct row *row)
{
	return row_integer(row) != 0;
}

struct vexlog_bytes
row_bytes(struct row *row)
{
	const struct store_value *v = take(row, true, true);
	struct vexlog_bytes out = {NULL, 0};

	if (v == NULL || v->bytes.size == 0)
		return out;
	const char *copy =
	    arena_text(row->arena, v->bytes.data, v->bytes.size, row->err);
	if (copy == NULL) {
		row->failed = row->err->code;
		return out;
	}
	return (struct vexlog_bytes){(const uint8_t *)copy, v->bytes.size};
}

int
row_close(struct row *row)
{
	if (row->failed == 0 && row->next != row->count)
		spoil(row, "comes after the last");
	return row->failed;
}

int
row_one_integer(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct one_integer *out = context;
	struct row row;

	row_open(&row, columns, count, NULL, err);
	out->value = row_integer(&row);
	out->found = true;
	return row_close(&row);
}

/* ---- observations ----------------------------------------------------- */

static const struct vexlog_linkage *
take_linkage(struct row *row)
{
	struct vexlog_linkage *l;

	if (row->failed != 0 || row->count - row->next != 11)
		return NULL; /* row_close will tell */
	if (row->columns[row->next].null) {
		row->next = row->count;
		return NULL;
	}
	l = arena_zero(row->arena, sizeof(*l), row->err);
	if (l == NULL) {
		row->failed = row->err->code;
		return NULL;
	}
	l->uuid = row_text(row);
	l->log_index = row_integer(row);
	l->log_id = row_text(row);
	l->log_url = row_text(row);
	l->integrated_time = row_time(row);
	l->tree_root = row_text(row);
	l->tree_size = row_integer(row);
	l->inclusion_proof = row_text(row);
	l->body_hash = row_text(row);
	l->entry_kind = row_text(row);
	l->linked_at = row_integer(row);
	return l;
}

static void
take_observation(struct vexlog_observation *o, struct row *row)
{
	o->id = row_text(row);
	o->content_digest = row_text(row);
	o->document_digest = row_text(row);
	o->format = row_text(row);
	o->pointer = row_text(row);
	o->provider = row_text(row);
	o->vulnerability = row_text(row);
	o->aliases = row_text(row);
	o->product = row_text(row);
	o->product_text = row_text(row);
	if (!status_read(&o->status, row_text(row)))
		spoil(row, "is no status");
	o->justification = row_text_or_null(row);
	o->source_status = row_text(row);
	o->source_justification = row_text_or_null(row);
	o->impact_text = row_text_or_null(row);
	o->action_text = row_text_or_null(row);
	o->said_at = row_integer(row);
	o->said_at_from = row_text(row);
	o->mapping_version = row_text(row);
	o->created_at = row_integer(row);
	o->linkage = take_linkage(row);
}

int
row_observation_as_is(const struct store_value *columns, size_t count,
    void *context, struct vexlog_err *err)
{
	struct observation_rows *out = context;
	struct vexlog_observation o = {0};
	struct row row;
	int rc;

	row_open(&row, columns, count, out->arena, err);
	take_observation(&o, &row);
	if ((rc = row_close(&row)) != 0)
		return rc;
	void *list = arena_grow(
	    out->arena, out->list, out->count, &out->room, sizeof(o), err);
	if (list == NULL)
		return err->code;
	out->list = list;
	out->list[out->count++] = o;
	return 0;
}

int
row_observation(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct observation_rows *out = context;
	int rc = row_observation_as_is(columns, count, context, err);

	if (rc != 0)
		return rc;
	rc = observation_check(&out->list[out->count - 1], out->scratch, err);
	if (rc != 0)
		err_hint(err,
		    "the store was changed from outside: restore "
		    "it from a backup");
	return rc;
}

int
row_from_observation(struct store_value *values, const char *tenant,
    const struct vexlog_observation *o, int64_t created_at,
    struct vexlog_err *err)
{
	const struct {
		const char *text, *what;
	} needed[] = {{o->id, "observation id"},
	    {o->content_digest, "content digest"},
	    {o->document_digest, "document digest"}, {o->format, "format"},
	    {o->provider, "provider"}, {o->vulnerability, "vulnerability"},
	    {o->product, "product"}, {o->source_status, "source status"},
	    {o->said_at_from, "said at from"},
	    {o->mapping_version, "mapping version"}};
	struct hash hash;
	int rc;

	for (size_t i = 0; i < COUNT(needed); i++)
		if ((rc = core_need(needed[i].text, needed[i].what, err)) != 0)
			return rc;
	if (!observation_is_id(o->id) || o->said_at == TIME_NONE ||
	    o->pointer == NULL)
		return err_set(err, VEXLOG_MISUSE,
		    "observation \"%.100s\" is not sealed or not complete",
		    o->id);
	rc = hash_bytes(&hash, text_bytes(o->vulnerability), err);
	if (rc != 0)
		return rc;
	const struct store_value row[OBSERVATION_VALUES] = {
	    value_text(tenant),
	    /* the first two bytes, big-endian, modulo 256 */
	    value_small(hash.bytes[1]),
	    value_text(o->id),
	    value_text(o->content_digest),
	    value_text(o->document_digest),
	    value_text(o->format),
	    value_text(o->pointer),
	    value_text(o->provider),
	    value_text(o->vulnerability),
	    value_text(o->aliases == NULL ? "[]" : o->aliases),
	    value_text(o->product),
	    value_text(o->product_text == NULL ? "" : o->product_text),
	    value_text(vexlog_status_name(o->status)),
	    value_text(o->justification),
	    value_text(o->source_status),
	    value_text(o->source_justification),
	    value_text(o->impact_text),
	    value_text(o->action_text),
	    value_moment(o->said_at),
	    value_text(o->said_at_from),
	    value_text(o->mapping_version),
	    value_moment(created_at),
	};
	memcpy(values, row, sizeof(row));
	return 0;
}
