/*
 * postgres_value.c - values in the binary form of PostgreSQL's protocol:
 * numbers big-endian, times as microseconds since 2000, a column of many rows
 * as one array.
 */
#include <limits.h>
#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "store/postgres.h"
#include "json/json.h"

/* 2000-01-01 in microseconds since 1970 */
#define EPOCH (INT64_C(946684800) * SECOND)

/* pg_type.dat; these never change */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_TIMESTAMPTZ = 1184,
	OID_JSONB = 3802,
};

static const struct {
	Oid one, array;
} OIDS[] = {
    [STORE_INTEGER] = {OID_INT8, 1016},
    [STORE_SMALL] = {OID_INT2, 1005},
    [STORE_BOOL] = {OID_BOOL, 1000},
    [STORE_TIME] = {OID_TIMESTAMPTZ, 1185},
    [STORE_TEXT] = {OID_TEXT, 1009},
    [STORE_JSON] = {OID_JSONB, 3807},
    [STORE_BYTES] = {OID_BYTEA, 1001},
};

/* ---- going in --------------------------------------------------------- */

static size_t
put_big(char *out, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = (char)(value >> (8 * (size - 1 - i)));
	return size;
}

/* -infinity and infinity are the two ends for both */
static int64_t
to_server_time(int64_t time)
{
	if (time == INT64_MAX || time < INT64_MIN + EPOCH)
		return time;
	return time - EPOCH;
}

static size_t
put_number(char out[8], const struct store_value *v)
{
	switch (v->type) {
	case STORE_BOOL:
		return put_big(out, v->integer != 0, 1);
	case STORE_SMALL:
		return put_big(out, (uint64_t)v->integer, 2);
	case STORE_TIME:
		return put_big(out, (uint64_t)to_server_time(v->integer), 8);
	case STORE_INTEGER:
	case STORE_TEXT:
	case STORE_JSON:
	case STORE_BYTES:
		break;
	}
	return put_big(out, (uint64_t)v->integer, 8);
}

/* A JSONB has its version before the text. */
static int
put_json(const char **out, struct vexlog_arena *arena,
    const struct store_value *v, struct vexlog_err *err)
{
	char *copy = arena_take(arena, v->bytes.size + 1, err);

	if (copy == NULL)
		return err->code;
	copy[0] = 1;
	memcpy(copy + 1, v->bytes.data, v->bytes.size);
	*out = copy;
	return 0;
}

static int
put_one(struct postgres_parameters *p, size_t i, struct vexlog_arena *arena,
    const struct store_value *v, struct vexlog_err *err)
{
	size_t size = v->bytes.size;
	int rc = 0;

	p->types[i] = OIDS[v->type].one;
	if (v->null)
		return 0;
	if (v->type < STORE_TEXT) {
		p->values[i] = p->numbers[i];
		size = put_number(p->numbers[i], v);
	} else if (v->type == STORE_JSON) {
		rc = put_json(&p->values[i], arena, v, err);
		size++;
	} else {
		/* NULL would be null */
		p->values[i] = size == 0 ? "" : (const char *)v->bytes.data;
	}
	if (size > INT_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "a value of %zu bytes is larger than PostgreSQL takes",
		    size);
	p->sizes[i] = (int)size;
	return rc;
}

static void
put_bytes(struct buffer *b, const void *data, size_t size)
{
	char head[4];

	(void)put_big(head, size, 4);
	buffer_bytes(b, head, 4);
	buffer_bytes(b, data, size);
}

static void
put_json_item(struct buffer *b, const struct store_value *v)
{
	char head[4];

	(void)put_big(head, v->bytes.size + 1, 4);
	buffer_bytes(b, head, 4);
	buffer_byte(b, 1);
	buffer_bytes(b, v->bytes.data, v->bytes.size);
}

static void
put_item(struct buffer *b, const struct store_value *v)
{
	char number[8];

	if (v->null)
		buffer_bytes(b, "\377\377\377\377", 4);
	else if (v->type < STORE_TEXT)
		put_bytes(b, number, put_number(number, v));
	else if (v->type == STORE_JSON)
		put_json_item(b, v);
	else
		put_bytes(b, v->bytes.data, v->bytes.size);
}

/* One dimension: count, flag for nulls, type, length, first index. */
static int
put_array(struct postgres_parameters *p, size_t i, struct vexlog_arena *arena,
    const struct store_value *values, size_t stride, size_t row_count,
    struct vexlog_err *err)
{
	struct vexlog_bytes bytes;
	struct buffer b;
	char head[20];
	bool nulls = false;

	for (size_t row = 0; row < row_count; row++)
		nulls = nulls || values[row * stride].null;
	(void)put_big(head, 1, 4);
	(void)put_big(head + 4, nulls, 4);
	(void)put_big(head + 8, OIDS[values->type].one, 4);
	(void)put_big(head + 12, row_count, 4);
	(void)put_big(head + 16, 1, 4);
	buffer_open(&b, arena, DOCUMENT_SIZE_MAX);
	buffer_bytes(&b, head, sizeof(head));
	for (size_t row = 0; row < row_count; row++)
		put_item(&b, &values[row * stride]);
	int rc = buffer_finish(&b, &bytes, err);
	if (rc != 0)
		return rc;
	p->types[i] = OIDS[values->type].array;
	p->values[i] = (const char *)bytes.data;
	p->sizes[i] = (int)bytes.size;
	return 0;
}

int
postgres_parameters(struct postgres_parameters *out, struct vexlog_arena *arena,
    const struct store_value *values, size_t count, size_t row_count, bool bulk,
    struct vexlog_err *err)
{
	int rc = 0;

	if (count > STORE_PARAMETERS_MAX)
		return err_set(err, VEXLOG_MISUSE, "%zu parameters", count);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		out->values[i] = NULL;
		out->sizes[i] = 0;
		out->formats[i] = 1;
		rc = bulk ? put_array(out, i, arena, values + i, count,
				row_count, err)
			  : put_one(out, i, arena, &values[i], err);
	}
	return rc;
}

/* ---- coming out ------------------------------------------------------- */

static int
wrong(Oid type, size_t size, struct vexlog_err *err)
{
	return err_set(err, VEXLOG_IO,
	    "the server sent a value of type %u and %zu bytes", type, size);
}

static int
take_number(struct store_value *out, Oid type, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	struct cursor c = cursor_open(bytes);
	uint64_t u64 = 0;
	uint32_t u32 = 0;
	uint16_t u16 = 0;
	uint8_t u8 = 0;
	bool good = false;

	out->type = STORE_INTEGER;
	switch (type) {
	case OID_BOOL:
		good = cursor_u8(&c, &u8);
		out->integer = u8;
		break;
	case OID_INT2:
		good = cursor_u16(&c, &u16);
		out->integer = (int16_t)u16;
		break;
	case OID_INT4:
		good = cursor_u32(&c, &u32);
		out->integer = (int32_t)u32;
		break;
	case OID_INT8:
		good = cursor_u64(&c, &u64);
		out->integer = (int64_t)u64;
		break;
	case OID_TIMESTAMPTZ:
		good = cursor_u64(&c, &u64);
		out->type = STORE_TIME;
		out->integer = (int64_t)u64;
		if (out->integer != INT64_MAX && out->integer != INT64_MIN &&
		    out->integer <= INT64_MAX - EPOCH)
			out->integer += EPOCH;
		break;
	default:
		break;
	}
	return good && cursor_left(&c) == 0 ? 0 : wrong(type, bytes.size, err);
}

/* The server keeps JSONB in an order of its own: back to the one form that
 * every store gives. */
static int
take_json(struct store_value *out, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	struct cursor c = cursor_open(bytes);
	struct json_doc doc;
	struct buffer b;
	uint8_t version;
	int rc;

	if (!cursor_u8(&c, &version) || version != 1)
		return wrong(OID_JSONB, bytes.size, err);
	bytes = (struct vexlog_bytes){c.at, cursor_left(&c)};
	buffer_open(&b, arena, DOCUMENT_SIZE_MAX);
	out->type = STORE_JSON;
	if ((rc = json_read(&doc, arena, bytes, 0, err)) != 0 ||
	    (rc = json_canonical(&b, &doc, doc.root, err)) != 0)
		return rc;
	return buffer_finish(&b, &out->bytes, err);
}

static int
take_value(struct store_value *out, struct vexlog_arena *arena,
    const PGresult *result, int row, int column, struct vexlog_err *err)
{
	Oid type = PQftype(result, column);
	struct vexlog_bytes bytes = {
	    (const uint8_t *)PQgetvalue(result, row, column),
	    (size_t)PQgetlength(result, row, column)};

	*out = (struct store_value){.type = STORE_TEXT};
	if (PQgetisnull(result, row, column)) {
		out->null = true;
		return 0;
	}
	if (type == OID_JSONB)
		return take_json(out, arena, bytes, err);
	if (type != OID_TEXT && type != OID_BYTEA)
		return take_number(out, type, bytes, err);
	if (type == OID_BYTEA)
		out->type = STORE_BYTES;
	out->bytes = bytes; /* libpq has put a NUL behind it */
	return 0;
}

int
postgres_rows(struct vexlog_arena *arena, const PGresult *result,
    const struct store_rows *rows, struct vexlog_err *err)
{
	struct store_value columns[64];
	int row_count = PQntuples(result), count = PQnfields(result);
	int rc = 0;

	if (rows == NULL || count > (int)(sizeof(columns) / sizeof(*columns)))
		return 0;
	for (int row = 0; rc == 0 && row < row_count; row++) {
		struct arena_mark mark = arena_mark(arena);
		for (int i = 0; rc == 0 && i < count; i++)
			rc =
			    take_value(&columns[i], arena, result, row, i, err);
		if (rc == 0)
			rc = rows->row(
			    columns, (size_t)count, rows->context, err);
		arena_back(arena, mark);
	}
	return rc;
}
