/*
 * documents.c - what is kept by its digest: documents, deflated, and small
 * things (policies, trust files) as they are. Both are hashed again when
 * they are read.
 */
#include <string.h>
#include <zlib.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/limits.h"
#include "store/rows.h"

/* Fast: documents are read back rarely, and shrink to a tenth even so. */
#define LEVEL 3

/* avail_in and avail_out are 32 bits wide */
#define PIECE_MAX ((size_t)1 << 30)

static int
check_digest(const char *digest, struct vexlog_bytes bytes,
    enum vexlog_code code, const char *what, struct vexlog_err *err)
{
	char made[DIGEST_TEXT];
	int rc;

	if (!text_is_digest(digest))
		return err_set(err, VEXLOG_MISUSE,
		    "the digest of a %s is \"%.80s\"", what, digest);
	if ((rc = hash_digest(made, bytes, err)) != 0)
		return rc;
	if (text_same(made, digest))
		return 0;
	err_set(err, code, "%s %s: its %zu bytes hash to %s", what, digest,
	    bytes.size, made);
	if (code == VEXLOG_BAD_PROOF)
		err_hint(err,
		    "the store was changed from outside: restore "
		    "it from a backup");
	return code;
}

/* ---- deflate ---------------------------------------------------------- */

static void
feed(z_stream *z, const uint8_t **in, size_t *left)
{
	size_t n = *left < PIECE_MAX ? *left : PIECE_MAX;

	if (z->avail_in != 0 || n == 0)
		return;
	z->next_in = (Bytef *)(uintptr_t)*in;
	z->avail_in = (uInt)n;
	*in += n;
	*left -= n;
}

static int
shrink(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct vexlog_bytes in, struct vexlog_err *err)
{
	z_stream z = {0};
	struct buffer b;
	int status = Z_OK;

	if (deflateInit(&z, LEVEL) != Z_OK)
		return err_memory(err);
	buffer_open(&b, arena, DOCUMENT_SIZE_MAX);
	while (status == Z_OK && buffer_reserve(&b, 64 * KIB)) {
		size_t room = b.room - b.size;
		uInt piece = (uInt)(room < PIECE_MAX ? room : PIECE_MAX);
		feed(&z, &in.data, &in.size);
		z.next_out = (Bytef *)b.data + b.size;
		z.avail_out = piece;
		status = deflate(&z, in.size == 0 ? Z_FINISH : Z_NO_FLUSH);
		b.size += piece - z.avail_out;
	}
	(void)deflateEnd(&z);
	return buffer_finish(&b, out, err);
}

/* Exactly size bytes, or BAD_PROOF. */
static int
grow(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct vexlog_bytes in, int64_t size, struct vexlog_err *err)
{
	z_stream z = {0};
	int status = Z_OK;

	/* what a row says of its size is only believed in proportion */
	if (size < 0 || (uint64_t)size > DOCUMENT_SIZE_MAX ||
	    (uint64_t)size >
		(uint64_t)in.size * UNPACK_RATIO_MAX + UNPACK_FREE)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "a document of %zu bytes can't inflate to %lld", in.size,
		    (long long)size);
	size_t left = (size_t)size;
	uint8_t *data = arena_take(arena, left + 1, err);
	if (data == NULL)
		return err->code;
	if (inflateInit(&z) != Z_OK)
		return err_memory(err);
	z.next_out = data;
	/* one byte more than it may need, so that too many are seen */
	left++;
	while (status == Z_OK) {
		if (z.avail_out == 0 && left > 0) {
			z.avail_out =
			    (uInt)(left < PIECE_MAX ? left : PIECE_MAX);
			left -= z.avail_out;
		}
		feed(&z, &in.data, &in.size);
		status = inflate(&z, Z_NO_FLUSH);
	}
	uLong made = z.total_out;
	(void)inflateEnd(&z);
	if (status == Z_MEM_ERROR)
		return err_memory(err);
	if (status != Z_STREAM_END || made != (uLong)size)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "a document of %lld bytes does not inflate",
		    (long long)size);
	data[size] = 0;
	*out = (struct vexlog_bytes){data, (size_t)size};
	return 0;
}

/* ---- documents -------------------------------------------------------- */

static int
is_known(bool *known, struct store *store, const char *digest,
    struct vexlog_err *err)
{
	struct one_integer one = {0, false};
	const struct store_value values[] = {
	    value_text(store->tenant), value_text(digest)};
	int rc = store_query(store, SQL_document_known, values, 2,
	    &(struct store_rows){row_one_integer, &one}, NULL, err);

	if (rc == 0)
		*known = one.found;
	return rc;
}

struct document_put {
	const struct store_document *document;
	bool stored;
};

static int
put_document(struct store *store, void *context, struct vexlog_err *err)
{
	struct document_put *put = context;
	const struct store_document *d = put->document;
	struct vexlog_bytes content;
	int64_t changed;
	bool known;
	int rc = is_known(&known, store, d->digest, err);

	put->stored = false;
	if (rc != 0 || known)
		return rc;
	if ((rc = shrink(&content, store->scratch, d->bytes, err)) != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(d->digest), value_text(d->format),
	    value_text(d->format_version == NULL ? "" : d->format_version),
	    value_text(d->source == NULL ? "" : d->source),
	    value_integer((int64_t)d->bytes.size), value_bytes(content),
	    value_text(d->findings == NULL ? "[]" : d->findings),
	    value_moment(core_now(store))};
	rc = store_query(store, SQL_document_put, values, COUNT(values), NULL,
	    &changed, err);
	put->stored = rc == 0 && changed == 1;
	return rc;
}

int
store_put_document(bool *stored, struct store *store,
    const struct store_document *document, struct vexlog_err *err)
{
	struct document_put put = {document, false};
	int rc = core_need(document->format, "the format", err);

	if (rc == 0)
		rc = core_need(document->digest, "the digest", err);
	if (rc == 0)
		rc = check_digest(document->digest, document->bytes,
		    VEXLOG_MISUSE, "document", err);
	if (rc == 0)
		rc = store_transaction(store, put_document, &put, err);
	if (rc == 0)
		*stored = put.stored;
	return rc;
}

struct document_get {
	struct store_document document;
	struct vexlog_arena *arena;
	bool found;
};

static int
take_document(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct document_get *get = context;
	struct store_document *d = &get->document;
	struct row row;
	int rc;

	row_open(&row, columns, count, get->arena, err);
	d->digest = row_text(&row);
	d->format = row_text(&row);
	d->format_version = row_text(&row);
	d->source = row_text(&row);
	int64_t size = row_integer(&row);
	/* inflated from where it lies, without a copy */
	struct vexlog_bytes content = row.failed == 0 && row.next < count
	    ? columns[row.next].bytes
	    : (struct vexlog_bytes){NULL, 0};
	row.next++;
	d->findings = row_text(&row);
	d->created_at = row_integer(&row);
	if ((rc = row_close(&row)) != 0)
		return rc;
	get->found = true;
	if ((rc = grow(&d->bytes, get->arena, content, size, err)) != 0)
		return rc;
	return check_digest(
	    d->digest, d->bytes, VEXLOG_BAD_PROOF, "document", err);
}

int
store_get_document(struct store_document *out, struct vexlog_arena *arena,
    struct store *store, const char *digest, struct vexlog_err *err)
{
	struct document_get get = {.arena = arena};
	int rc = core_need(digest, "the digest", err);

	if (rc != 0)
		return rc;
	const struct store_value values[] = {
	    value_text(store->tenant), value_text(digest)};
	rc = store_query(store, SQL_document_get, values, COUNT(values),
	    &(struct store_rows){take_document, &get}, NULL, err);
	if (rc != 0)
		return rc;
	if (!get.found)
		return err_set(
		    err, VEXLOG_NOT_FOUND, "there is no document %s", digest);
	*out = get.document;
	return 0;
}

/* ---- blobs ------------------------------------------------------------ */

struct blob {
	const char *kind, *digest;
	struct vexlog_bytes bytes;
	struct vexlog_arena *arena;
	bool done; /* stored, or found */
};

static int
put_blob(struct store *store, void *context, struct vexlog_err *err)
{
	struct blob *blob = context;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(blob->kind), value_text(blob->digest),
	    value_bytes(blob->bytes), value_moment(core_now(store))};
	int64_t changed;
	int rc = store_query(
	    store, SQL_blob_put, values, COUNT(values), NULL, &changed, err);

	blob->done = rc == 0 && changed == 1;
	return rc;
}

int
store_put_blob(bool *stored, struct store *store, const char *kind,
    const char *digest, struct vexlog_bytes bytes, struct vexlog_err *err)
{
	struct blob blob = {kind, digest, bytes, NULL, false};
	int rc = core_need(kind, "the kind", err);

	if (rc == 0)
		rc = core_need(digest, "the digest", err);
	if (rc == 0)
		rc = check_digest(digest, bytes, VEXLOG_MISUSE, kind, err);
	if (rc == 0)
		rc = store_transaction(store, put_blob, &blob, err);
	if (rc == 0)
		*stored = blob.done;
	return rc;
}

static int
take_blob(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct blob *blob = context;
	struct row row;
	int rc;

	row_open(&row, columns, count, blob->arena, err);
	blob->bytes = row_bytes(&row);
	if ((rc = row_close(&row)) != 0)
		return rc;
	blob->done = true;
	return check_digest(
	    blob->digest, blob->bytes, VEXLOG_BAD_PROOF, blob->kind, err);
}

int
store_get_blob(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct store *store, const char *kind, const char *digest,
    struct vexlog_err *err)
{
	struct blob blob = {kind, digest, {NULL, 0}, arena, false};
	int rc = core_need(kind, "the kind", err);

	if (rc == 0)
		rc = core_need(digest, "the digest", err);
	if (rc != 0)
		return rc;
	const struct store_value values[] = {
	    value_text(store->tenant), value_text(kind), value_text(digest)};
	rc = store_query(store, SQL_blob_get, values, COUNT(values),
	    &(struct store_rows){take_blob, &blob}, NULL, err);
	if (rc != 0)
		return rc;
	if (!blob.done)
		return err_set(
		    err, VEXLOG_NOT_FOUND, "there is no %s %s", kind, digest);
	*out = blob.bytes;
	return 0;
}

struct digests {
	struct vexlog_arena *arena;
	const char **list;
	size_t count, room;
};

static int
take_digest(const struct store_value *columns, size_t count, void *context,
    struct vexlog_err *err)
{
	struct digests *d = context;
	struct row row;

	row_open(&row, columns, count, d->arena, err);
	const char *digest = row_text(&row);
	d->list = arena_grow(
	    d->arena, d->list, d->count, &d->room, sizeof(*d->list), err);
	if (d->list == NULL)
		return err->code;
	d->list[d->count++] = digest;
	return row_close(&row);
}

int
store_blobs(const char *const **out, size_t *count, struct vexlog_arena *arena,
    struct store *store, const char *kind, int64_t known_at,
    struct vexlog_err *err)
{
	struct digests digests = {arena, NULL, 0, 0};
	int rc = core_need(kind, "the kind", err);

	if (rc != 0)
		return rc;
	const struct store_value values[] = {value_text(store->tenant),
	    value_text(kind), value_moment(known_at)};
	rc = store_query(store, SQL_blobs, values, COUNT(values),
	    &(struct store_rows){take_digest, &digests}, NULL, err);
	if (rc != 0)
		return rc;
	*out = digests.list;
	*count = digests.count;
	return 0;
}
