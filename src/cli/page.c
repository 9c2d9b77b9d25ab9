/*
 * page.c - the pieces of an HTML page.
 */
#include "cli/page.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/trace.h"

void
page_raw(struct page *p, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		p->b.failed = VEXLOG_LIMIT;
	else
		buffer_bytes(&p->b, text, (size_t)n);
}

/* lines: newlines stay. */
static void
escaped(struct page *p, const char *text, bool lines)
{
	while (text != NULL && *text != '\0') {
		size_t size = lines ? strcspn(text, "\n") : strlen(text);
		const char *piece = arena_text(p->arena, text, size, p->err);
		piece =
		    piece == NULL ? NULL : term_safe(p->arena, piece, p->err);
		if (piece == NULL) {
			p->b.failed = p->err->code;
			return;
		}
		for (; *piece != '\0'; piece++) {
			if (*piece == '&')
				buffer_text(&p->b, "&amp;");
			else if (*piece == '<')
				buffer_text(&p->b, "&lt;");
			else if (*piece == '>')
				buffer_text(&p->b, "&gt;");
			else if (*piece == '"')
				buffer_text(&p->b, "&quot;");
			else if (*piece == '\'')
				buffer_text(&p->b, "&#39;");
			else
				buffer_byte(&p->b, *piece);
		}
		text += size;
		if (*text == '\n') {
			buffer_byte(&p->b, '\n');
			text++;
		}
	}
}

void
page_text(struct page *p, const char *s)
{
	escaped(p, s, false);
}

void
page_lines(struct page *p, const char *s)
{
	escaped(p, s, true);
}

void
page_code(struct page *p, const char *s)
{
	page_raw(p, "<code>");
	page_text(p, s);
	page_raw(p, "</code>");
}

void
page_when(struct page *p, int64_t at)
{
	char s[TIME_TEXT];

	time_write(s, at);
	page_raw(
	    p, "<time datetime=\"%s\">%.10s %.8s UTC</time>", s, s, s + 11);
}

void
page_status(struct page *p, enum vexlog_status s)
{
	const char *name = vexlog_status_name(s);

	page_raw(p, "<span class=\"status %s\">%s</span>", name, name);
}

void
page_term(struct page *p, const char *name, const char *value, bool is_id)
{
	page_raw(p, "<dt>%s</dt><dd>", name);
	if (value == NULL)
		page_raw(p, "&ndash;");
	else if (is_id)
		page_code(p, value);
	else
		page_text(p, value);
	page_raw(p, "</dd>\n");
}

void
page_heading(struct page *p, const char *name, size_t count)
{
	page_raw(p, "<section>\n<h2>%s<span class=\"count\">%zu</span></h2>\n",
	    name, count);
}

void
page_short_id(struct page *p, const char *id)
{
	page_raw(p, "<code class=\"short\" title=\"");
	page_text(p, id);
	page_raw(p, "\">&hellip;");
	page_text(p, trace_short(id));
	page_raw(p, "</code>");
}

void
page_shell_word(struct page *p, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_./:@+=,";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		page_text(p, word);
		return;
	}
	page_raw(p, "&#39;");
	for (; *word != '\0'; word++) {
		size_t size = strcspn(word, "'");
		if (size == 0) {
			page_raw(p, "&#39;\\&#39;&#39;");
			continue;
		}
		page_text(p, arena_text(p->arena, word, size, p->err));
		word += size - 1;
	}
	page_raw(p, "&#39;");
}

void
page_fail(struct page *p)
{
	p->b.failed = p->err->code;
}
