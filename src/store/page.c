/*
 * page.c - cursors of pages.
 *
 * A cursor is read by writing again what it says: only the one text that
 * this program would have made is taken.
 */
#include "store/page.h"

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "vex/observation.h"
#include "json/write.h"

/* of what is encoded; base64 makes four bytes of three */
#define PLAIN_MAX (CURSOR_MAX / 4 * 3 - 4)

int
page_check_limit(size_t limit, struct vexlog_err *err)
{
	if (limit >= 1 && limit <= VEXLOG_PAGE_MAX)
		return 0;
	return err_set(err, VEXLOG_MISUSE,
	    "the limit of a page is %zu, not one of 1 to %d", limit,
	    VEXLOG_PAGE_MAX);
}

int
page_bounds(const char **from, const char **to, struct vexlog_arena *arena,
    const char *product, struct vexlog_err *err)
{
	const char *first = arena_print(arena, err, "%s > ", product);
	const char *end = arena_print(arena, err, "%s >!", product);

	if (first == NULL || end == NULL)
		return err->code;
	*from = first;
	*to = end;
	return 0;
}

static int
refuse(struct vexlog_err *err)
{
	err_set(err, VEXLOG_MISUSE, "this is no cursor of such a list");
	return err_hint(err, "take the cursor from the page before, unchanged");
}

static int
decode(struct vexlog_bytes *out, struct vexlog_arena *arena, const char *cursor,
    struct vexlog_err *err)
{
	size_t size = strlen(cursor);
	int rc = VEXLOG_SYNTAX;

	if (size < CURSOR_MAX)
		rc = text_unbase64(out, arena, cursor, size, BASE64_ANY, err);
	return rc == VEXLOG_SYNTAX ? refuse(err) : rc;
}

int
page_write_row(const char **out, struct vexlog_arena *arena, int64_t created_at,
    const char *id, struct vexlog_err *err)
{
	char text[TIME_TEXT + OBSERVATION_ID_TEXT + 2];
	char time[TIME_TEXT];
	struct buffer b;
	struct vexlog_bytes bytes;

	time_write_full(time, created_at);
	if (strlen(id) >= OBSERVATION_ID_TEXT)
		return refuse(err);
	buffer_open(&b, arena, sizeof(text));
	buffer_print(&b, "%s|%s", time, id);
	int rc = buffer_finish(&b, &bytes, err);
	if (rc != 0)
		return rc;
	const char *made = text_base64url(arena, bytes, err);
	if (made == NULL)
		return err->code;
	*out = made;
	return 0;
}

int
page_read_row(int64_t *created_at, const char **id, struct vexlog_arena *arena,
    const char *cursor, struct vexlog_err *err)
{
	struct vexlog_bytes bytes;
	const char *again, *why;
	char *text, *bar;
	int64_t time;
	int rc = decode(&bytes, arena, cursor, err);

	if (rc != 0)
		return rc;
	if ((text = arena_text(arena, bytes.data, bytes.size, err)) == NULL)
		return err->code;
	if (strlen(text) != bytes.size || (bar = strchr(text, '|')) == NULL)
		return refuse(err);
	*bar = '\0';
	if (!time_read(&time, text, &why) || !observation_is_id(bar + 1))
		return refuse(err);
	if ((rc = page_write_row(&again, arena, time, bar + 1, err)) != 0)
		return rc;
	if (!text_same(again, cursor))
		return refuse(err);
	*created_at = time;
	*id = bar + 1;
	return 0;
}

int
page_write_names(const char **out, struct vexlog_arena *arena,
    const char *const *names, size_t count, struct vexlog_err *err)
{
	struct vexlog_bytes bytes;
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, arena, PLAIN_MAX);
	json_open(&w, &b, true);
	json_array(&w);
	for (size_t i = 0; i < count; i++)
		json_put_text(&w, names[i]);
	json_close(&w);
	int rc = buffer_finish(&b, &bytes, err);
	if (rc != 0)
		return rc;
	const char *made = text_base64url(arena, bytes, err);
	if (made == NULL)
		return err->code;
	*out = made;
	return 0;
}

int
page_read_names(const char **names, size_t count, struct vexlog_arena *arena,
    const char *cursor, struct vexlog_err *err)
{
	const struct json_value *v;
	struct vexlog_bytes bytes;
	const char *read[4], *again;
	struct json_doc doc;
	size_t n = 0;
	int rc = decode(&bytes, arena, cursor, err);

	if (rc != 0)
		return rc;
	rc = json_read(&doc, arena, bytes, 0, err);
	if (rc == VEXLOG_NO_MEMORY)
		return rc;
	if (rc != 0 || !json_is(doc.root, JSON_ARRAY) ||
	    json_count(doc.root) != count || count > 4)
		return refuse(err);
	for (v = json_first(doc.root); v != json_end(doc.root);
	     v = json_next(v))
		if ((read[n++] = json_text(v)) == NULL)
			return refuse(err);
	if ((rc = page_write_names(&again, arena, read, count, err)) != 0)
		return rc;
	if (!text_same(again, cursor))
		return refuse(err);
	for (size_t i = 0; i < count; i++)
		names[i] = read[i];
	return 0;
}
