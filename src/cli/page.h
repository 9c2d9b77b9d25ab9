/*
 * page.h - the pieces of an HTML page: no script, nothing fetched, and no
 * text from a document is ever markup.
 */
#ifndef VEXLOG_CLI_PAGE_H
#define VEXLOG_CLI_PAGE_H

#include "base/limits.h"
#include "cli/out.h"

#define PAGE_SIZE_MAX (1024 * MIB)

/* A failure stays in b.failed until the page is finished. */
struct page {
	struct buffer b;
	struct vexlog_arena *arena;
	struct vexlog_err *err;
};

/* Fixed markup, and numbers and names of our own. */
void page_raw(struct page *p, const char *format, ...) PRINTF_LIKE(2, 3);
/* Text of a document or a log: nothing in it is markup, and nothing in it
 * turns the line around. */
void page_text(struct page *p, const char *text);
/* The same; newlines stay. */
void page_lines(struct page *p, const char *text);
void page_code(struct page *p, const char *text);
void page_when(struct page *p, int64_t at);
void page_status(struct page *p, enum vexlog_status status);
/* A name and what it stands for, of a <dl>; NULL is a dash. */
void page_term(struct page *p, const char *name, const char *value, bool is_id);
/* Opens a <section>. */
void page_heading(struct page *p, const char *name, size_t count);
/* The last digits of an id, the whole of it as title. */
void page_short_id(struct page *p, const char *id);
/* A word of a shell command: in single quotes unless it is plain. */
void page_shell_word(struct page *p, const char *word);
/* Hands on what went wrong in a piece. */
void page_fail(struct page *p);

#endif
