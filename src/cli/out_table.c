/*
 * out_table.c - rows for people and for programs from the same cells.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "cli/out.h"

/* Rows kept before widths are settled; later blocks may be wider. */
#define BLOCK     256
#define CUT_LEAST 12
#define GAP       2

struct out_cell
out_text(const char *text)
{
	return out_styled_text(text, TERM_PLAIN);
}

struct out_cell
out_styled_text(const char *text, enum term_style style)
{
	return (struct out_cell){.type = text == NULL ? OUT_NULL : OUT_TEXT,
	    .text = text,
	    .style = style};
}

struct out_cell
out_integer(int64_t value)
{
	return (struct out_cell){.type = OUT_INTEGER, .number = value};
}

struct out_cell
out_bool(bool value)
{
	return (struct out_cell){.type = OUT_BOOL, .number = value};
}

struct out_cell
out_raw(const char *json)
{
	return (struct out_cell){
	    .type = json == NULL ? OUT_NULL : OUT_RAW, .text = json};
}

static const char *
cell_text(struct out *out, const struct out_cell *cell)
{
	switch (cell->type) {
	case OUT_TEXT:
	case OUT_RAW: {
		/* a copy: what the caller handed over may not live on */
		const char *copy =
		    arena_copy(out->arena, cell->text, &out->err);
		return out_safe(out, copy);
	}
	case OUT_INTEGER: {
		const char *text = arena_print(
		    out->arena, &out->err, "%lld", (long long)cell->number);
		return out_safe(out, text);
	}
	case OUT_BOOL:
		return cell->number != 0 ? "yes" : "no";
	case OUT_NULL:
	default:
		return "-";
	}
}

static void
cell_json(struct json_writer *w, const struct out_cell *cell)
{
	switch (cell->type) {
	case OUT_TEXT:
		json_put_text(w, cell->text);
		break;
	case OUT_INTEGER:
		json_put_integer(w, cell->number);
		break;
	case OUT_BOOL:
		json_put_bool(w, cell->number != 0);
		break;
	case OUT_RAW:
		json_put_raw(w, cell->text, strlen(cell->text));
		break;
	case OUT_NULL:
	default:
		json_put_null(w);
		break;
	}
}

/* One row as an object, without a newline. */
static void
row_json(struct out *out, const struct out_column *columns,
    const struct out_cell *cells)
{
	struct json_writer w;
	struct buffer b;
	struct vexlog_bytes bytes;

	buffer_open(&b, out->arena, DOCUMENT_SIZE_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	for (size_t i = 0; columns[i].key != NULL; i++)
		if ((columns[i].flags & OUT_TEXT_ONLY) == 0) {
			json_name(&w, columns[i].key);
			cell_json(&w, &cells[i]);
		}
	json_close(&w);
	if (buffer_finish(&b, &bytes, &out->err) != 0)
		out->rc = out->err.code;
	else
		out_bytes(out, bytes);
	out_reset(out);
}

void
out_table_open(struct out_table *table, struct out *out,
    const struct out_column *columns, const char *list)
{
	memset(table, 0, sizeof(*table));
	table->out = out;
	table->columns = columns;
	table->list = list;
	while (columns[table->column_count].key != NULL)
		table->column_count++;
	if (out->json && list != NULL)
		out_print(out, "{\"%s\":[", list);
}

/* ---- text: a block of rows --------------------------------------------- */

static bool
is_shown(const struct out_column *column)
{
	return (column->flags & OUT_JSON_ONLY) == 0;
}

/* The widest column that has the flag and can still give, or none. */
static size_t
widest(const struct out_table *table, const int *widths, int flag)
{
	size_t found = table->column_count;

	for (size_t i = 0; i < table->column_count; i++)
		if ((table->columns[i].flags & flag) != 0 &&
		    widths[i] > CUT_LEAST &&
		    (found == table->column_count || widths[i] > widths[found]))
			found = i;
	return found;
}

/* Takes columns away where that is allowed, ids first and then the widest,
 * until the row fits or nothing more can go. */
static void
fit(const struct out_table *table, int *widths)
{
	int limit = table->out->term.width, total = -GAP;

	for (size_t i = 0; i < table->column_count; i++)
		if (is_shown(&table->columns[i]))
			total += widths[i] + GAP;
	for (; limit > 0 && total > limit; total--) {
		size_t i = widest(table, widths, OUT_ID);
		if (i == table->column_count)
			i = widest(table, widths, OUT_CUT);
		if (i == table->column_count)
			return;
		widths[i]--;
	}
}

static void
print_row(struct out_table *table, const char *const *texts,
    const enum term_style *styles, const int *widths)
{
	struct out *out = table->out;
	size_t last = 0;

	for (size_t i = 0; i < table->column_count; i++)
		if (is_shown(&table->columns[i]))
			last = i;
	for (size_t i = 0; i <= last; i++) {
		const struct out_column *column = &table->columns[i];
		if (!is_shown(column))
			continue;
		const char *text = texts[i];
		if ((column->flags & (OUT_CUT | OUT_ID)) != 0 &&
		    (text = term_cut(out->arena, text, widths[i], &out->err)) ==
			NULL) {
			out->rc = out->err.code;
			text = "";
		}
		int pad = widths[i] - term_columns(text);
		pad = pad > 0 ? pad : 0;
		if ((column->flags & OUT_RIGHT) != 0)
			out_print(out, "%*s", pad, "");
		out_styled(out, styles[i], text);
		if (i < last)
			out_print(out, "%*s",
			    (column->flags & OUT_RIGHT) != 0 ? GAP : pad + GAP,
			    "");
	}
	out_print(out, "\n");
}

static void
print_block(struct out_table *table)
{
	const char *heads[OUT_COLUMNS_MAX];
	enum term_style bold[OUT_COLUMNS_MAX];
	int widths[OUT_COLUMNS_MAX] = {0};
	size_t n = table->column_count;

	for (size_t i = 0; i < n; i++) {
		heads[i] = table->columns[i].head;
		bold[i] = TERM_BOLD;
		if (!is_shown(&table->columns[i]))
			continue;
		widths[i] = term_columns(heads[i]);
		for (size_t row = 0; row < table->kept; row++) {
			int w = term_columns(table->texts[row * n + i]);
			widths[i] = w > widths[i] ? w : widths[i];
		}
	}
	fit(table, widths);
	if (table->rows == table->kept)
		print_row(table, heads, bold, widths);
	for (size_t row = 0; row < table->kept; row++)
		print_row(table, table->texts + row * n,
		    table->styles + row * n, widths);
	table->kept = 0;
	table->texts = NULL;
	out_reset(table->out);
}

void
out_table_row(struct out_table *table, const struct out_cell *cells)
{
	struct out *out = table->out;
	size_t n = table->column_count;

	table->rows++;
	if (out->json) {
		if (table->list != NULL && table->rows > 1)
			out_print(out, ",");
		row_json(out, table->columns, cells);
		if (table->list == NULL)
			out_print(out, "\n");
		return;
	}
	if (table->texts == NULL) {
		table->texts = arena_list(
		    out->arena, n * BLOCK, sizeof(*table->texts), &out->err);
		table->styles = arena_list(
		    out->arena, n * BLOCK, sizeof(*table->styles), &out->err);
		if (table->texts == NULL || table->styles == NULL) {
			out->rc = out->err.code;
			table->texts = NULL;
			return;
		}
	}
	for (size_t i = 0; i < n; i++) {
		table->texts[table->kept * n + i] = is_shown(&table->columns[i])
		    ? cell_text(out, &cells[i])
		    : "";
		table->styles[table->kept * n + i] = cells[i].style;
	}
	if (++table->kept == BLOCK)
		print_block(table);
}

void
out_table_close(struct out_table *table, const char *cursor)
{
	struct out *out = table->out;
	struct json_writer w;
	struct buffer b;
	const char *text;

	if (!out->json) {
		if (table->kept > 0)
			print_block(table);
		return;
	}
	if (table->list == NULL)
		return;
	buffer_open(&b, out->arena, DOCUMENT_SIZE_MAX);
	json_open(&w, &b, false);
	json_put_text(&w, cursor);
	if (buffer_finish_text(&b, &text, &out->err) != 0)
		out->rc = out->err.code;
	else
		out_print(out, "],\"nextCursor\":%s}\n", text);
	out_reset(out);
}

void
out_record(struct out *out, const struct out_column *columns,
    const struct out_cell *cells)
{
	int width = 0;

	if (out->json) {
		row_json(out, columns, cells);
		out_print(out, "\n");
		return;
	}
	for (size_t i = 0; columns[i].key != NULL; i++) {
		int w = term_columns(columns[i].head);
		if (is_shown(&columns[i]) && w > width)
			width = w;
	}
	for (size_t i = 0; columns[i].key != NULL; i++) {
		if (!is_shown(&columns[i]))
			continue;
		out_styled(out, TERM_BOLD, columns[i].head);
		out_print(
		    out, "%*s  ", width - term_columns(columns[i].head), "");
		out_styled(out, cells[i].style, cell_text(out, &cells[i]));
		out_print(out, "\n");
	}
	out_reset(out);
}
