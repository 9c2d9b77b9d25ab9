/*
 * out.c - results on standard output: text, lines of JSON, and that they
 * could be written.
 */
#include "cli/out.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define WRAP_WIDTH 78 /* where there is no terminal */

int
out_open(struct out *out, bool json, struct vexlog_err *err)
{
	memset(out, 0, sizeof(*out));
	term_open(&out->term, stdout);
	out->json = json;
	out->arena = vexlog_arena_open(JOB_ARENA_MAX);
	return out->arena == NULL ? err_memory(err) : 0;
}

static void
note_failed_write(struct out *out)
{
	if (out->rc != 0)
		return;
	out->rc = err_system(&out->err, "write", "standard output");
	err_hint(
	    &out->err, "what was printed is incomplete; run the command again");
}

int
out_close(struct out *out, struct vexlog_err *err)
{
	if (out->arena == NULL)
		return 0;
	/* close too: NFS and quotas may tell only then */
	if (ferror(stdout) != 0)
		note_failed_write(out);
	if (fflush(stdout) != 0 || fclose(stdout) != 0)
		note_failed_write(out);
	vexlog_arena_close(out->arena);
	out->arena = NULL;
	if (out->rc != 0)
		*err = out->err;
	return out->rc;
}

/* ---- text -------------------------------------------------------------- */

static void
put(struct out *out, const char *data, size_t size)
{
	if (size > 0 && fwrite(data, 1, size, stdout) != size)
		note_failed_write(out);
}

void
out_print(struct out *out, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vfprintf(stdout, format, ap) < 0)
		note_failed_write(out);
	va_end(ap);
}

void
out_styled(struct out *out, enum term_style style, const char *text)
{
	out_print(out, "%s%s%s", term_on(&out->term, style), text,
	    term_off(&out->term, style));
}

const char *
out_safe(struct out *out, const char *text)
{
	const char *safe;

	if (text == NULL)
		return "";
	safe = term_safe(out->arena, text, &out->err);
	if (safe == NULL) {
		out->rc = out->err.code;
		return "";
	}
	return safe;
}

void
out_reset(struct out *out)
{
	vexlog_arena_reset(out->arena);
}

void
out_wrap(struct out *out, const char *text, int indent)
{
	int width = out->term.width > 0 ? out->term.width - 1 : WRAP_WIDTH;
	int at = indent;

	if (width < indent + 20)
		width = indent + 20;
	while (*text != '\0') {
		size_t size = strcspn(text, " \n");
		char word[256];
		(void)snprintf(word, sizeof(word), "%.*s", (int)size, text);
		int columns =
		    size < sizeof(word) ? term_columns(word) : (int)size;
		if (at > indent && at + 1 + columns > width) {
			out_print(out, "\n%*s", indent, "");
			at = indent;
		}
		if (at > indent) {
			put(out, " ", 1);
			at++;
		}
		put(out, text, size);
		at += columns;
		text += size;
		if (*text == '\n') {
			out_print(
			    out, "\n%*s", text[1] == '\0' ? 0 : indent, "");
			at = indent;
		}
		if (*text != '\0')
			text++;
	}
	put(out, "\n", 1);
}

enum term_style
out_status_style(const char *status)
{
	if (text_same(status, "affected"))
		return TERM_RED;
	if (text_same(status, "under_investigation"))
		return TERM_YELLOW;
	return TERM_GREEN;
}

/* ---- JSON -------------------------------------------------------------- */

void
out_bytes(struct out *out, struct vexlog_bytes bytes)
{
	put(out, (const char *)bytes.data, bytes.size);
}

void
out_bytes_line(struct out *out, struct vexlog_bytes bytes)
{
	out_bytes(out, bytes);
	put(out, "\n", 1);
}

void
out_buffer_line(struct out *out, struct buffer *b)
{
	struct vexlog_bytes bytes;

	if (buffer_finish(b, &bytes, &out->err) != 0)
		out->rc = out->err.code;
	else
		out_bytes_line(out, bytes);
}

static void
tree_leaf(struct out *out, const struct json_value *v, int indent)
{
	const char *text = json_text(v);

	if (text != NULL && strchr(text, '\n') != NULL) {
		/* a checkpoint, a key: its own lines */
		while (*text != '\0') {
			size_t size = strcspn(text, "\n");
			char *line =
			    arena_text(out->arena, text, size, &out->err);
			out_print(
			    out, "\n%*s%s", indent, "", out_safe(out, line));
			text += size + (text[size] == '\n');
		}
		out_print(out, "\n");
	} else if (text != NULL) {
		out_print(out, "%s\n", out_safe(out, text));
	} else if (v->type == JSON_NUMBER) {
		out_print(out, "%.*s\n", (int)v->size, v->as.text);
	} else if (json_is(v, JSON_NULL)) {
		out_print(out, "-\n");
	} else {
		out_print(out, "%s\n", json_is(v, JSON_TRUE) ? "yes" : "no");
	}
}

static bool
is_plain(const struct json_value *v)
{
	return v->type < JSON_ARRAY || json_count(v) == 0;
}

/* Recursion is bounded by JSON_DEPTH_MAX. */
static void
tree(struct out *out, const struct json_value *v, int indent)
{
	int width = 0;

	if (v->type < JSON_ARRAY) {
		tree_leaf(out, v, indent);
		return;
	}
	if (json_count(v) == 0) {
		out_print(out, "none\n");
		return;
	}
	if (v->type == JSON_ARRAY) {
		for (const struct json_value *item = json_first(v);
		     item != json_end(v); item = json_next(item)) {
			out_print(out, "%*s- ", indent, "");
			if (!is_plain(item))
				out_print(out, "\n");
			tree(out, item, indent + 2);
		}
		return;
	}
	for (const struct json_value *n = json_first(v); n != json_end(v);
	     n = json_next(n + 1)) {
		int columns = term_columns(out_safe(out, n->as.text));
		if (is_plain(n + 1) && columns > width)
			width = columns;
	}
	for (const struct json_value *n = json_first(v); n != json_end(v);
	     n = json_next(n + 1)) {
		const char *name = out_safe(out, n->as.text);
		int gap = width - term_columns(name);
		out_print(out, "%*s", indent, "");
		out_styled(out, TERM_DIM, name);
		if (is_plain(n + 1))
			out_print(out, "%*s  ", gap > 0 ? gap : 0, "");
		else
			out_print(out, "\n");
		tree(out, n + 1, indent + 2);
	}
}

void
out_tree(struct out *out, struct vexlog_bytes json)
{
	struct json_doc doc;

	if (json_read(&doc, out->arena, json, 0, &out->err) != 0)
		out->rc = out->err.code;
	else
		tree(out, doc.root, 0);
	out_reset(out);
}

void
out_json_record(struct out *out, struct vexlog_bytes json)
{
	if (out->json)
		out_bytes_line(out, json);
	else
		out_tree(out, json);
}
