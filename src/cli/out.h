/*
 * out.h - results on standard output: a table for people or one JSON object a
 * line for programs, both from the same cells.
 *
 * The first failure (no memory, a full disk) sticks; out_close reports it.
 */
#ifndef VEXLOG_CLI_OUT_H
#define VEXLOG_CLI_OUT_H

#include "cli/term.h"
#include "json/write.h"

struct out {
	struct term term;
	struct vexlog_arena *arena; /* its own */
	bool json;
	int rc; /* a vexlog_code, 0 while all is well */
	struct vexlog_err err;
};

int out_open(struct out *out, bool json, struct vexlog_err *err);
/* Writes what is left; standard output is not used after it.
 * errors   IO (it could not all be written), NO_MEMORY */
int out_close(struct out *out, struct vexlog_err *err);

/* ---- text -------------------------------------------------------------- */

/* Only fixed text and what out_safe gave. */
void out_print(struct out *out, const char *format, ...) PRINTF_LIKE(2, 3);
void out_styled(struct out *out, enum term_style style, const char *text);
/* Text of a document, a log or a user, harmless; "" for NULL. Lives until
 * the next out_reset. */
const char *out_safe(struct out *out, const char *text);
/* Paragraphs wrapped to the terminal (72 columns elsewhere), each line after
 * indent spaces; the first line continues one that stands at indent. */
void out_wrap(struct out *out, const char *text, int indent);
/* Frees what out_safe gave. */
void out_reset(struct out *out);

enum term_style out_status_style(const char *status);

/* ---- JSON -------------------------------------------------------------- */

/* The bytes alone, and with a newline. */
void out_bytes(struct out *out, struct vexlog_bytes bytes);
void out_bytes_line(struct out *out, struct vexlog_bytes bytes);
/* Finishes the buffer and prints it as a line. */
void out_buffer_line(struct out *out, struct buffer *b);
/* A JSON value for people: names aligned, what is inside indented. */
void out_tree(struct out *out, struct vexlog_bytes json);
/* A JSON record: out_tree, or the line with --json. */
void out_json_record(struct out *out, struct vexlog_bytes json);

/* ---- rows -------------------------------------------------------------- */

enum {
	OUT_RIGHT = 1, /* numbers */
	OUT_CUT = 2,   /* may be shortened in the middle to fit */
	OUT_JSON_ONLY = 4,
	OUT_TEXT_ONLY = 8,
	OUT_ID = 16, /* shortened before any other */
};

struct out_column {
	const char *key;  /* of JSON */
	const char *head; /* for people */
	int flags;
};

struct out_cell {
	enum { OUT_NULL, OUT_TEXT, OUT_INTEGER, OUT_BOOL, OUT_RAW } type;
	const char *text; /* OUT_TEXT, OUT_RAW (JSON) */
	int64_t number;
	enum term_style style;
};

/* Text; null in JSON and "-" for people when text is NULL. */
struct out_cell out_text(const char *text);
struct out_cell out_styled_text(const char *text, enum term_style style);
struct out_cell out_integer(int64_t value);
struct out_cell out_bool(bool value);
/* JSON as it is; NULL: null. Columns of such cells are OUT_JSON_ONLY. */
struct out_cell out_raw(const char *json);

#define OUT_COLUMNS_MAX 16

struct out_table {
	struct out *out;
	const struct out_column *columns;
	size_t column_count;
	const char *list;   /* JSON: rows stand in this member, or NULL */
	const char **texts; /* rows kept until widths are known */
	enum term_style *styles;
	size_t kept, rows;
};

/* list: {"<list>":[row,…],"nextCursor":…}; NULL: a line a row. columns end
 * with a NULL key. */
void out_table_open(struct out_table *table, struct out *out,
    const struct out_column *columns, const char *list);
void out_table_row(struct out_table *table, const struct out_cell *cells);
/* cursor is for a list only; NULL after the last page */
void out_table_close(struct out_table *table, const char *cursor);
/* One object: "head  value" lines, or a JSON line. */
void out_record(struct out *out, const struct out_column *columns,
    const struct out_cell *cells);

#endif
