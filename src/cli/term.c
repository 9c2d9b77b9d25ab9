/*
 * term.c - what a terminal shows.
 */
#include "cli/term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"

#define WIDTH_MIN 20

void
term_open(struct term *term, FILE *file)
{
	const char *name = getenv("TERM"), *none = getenv("NO_COLOR");
	struct winsize size;

	memset(term, 0, sizeof(*term));
	term->file = file;
	term->is_terminal = isatty(fileno(file)) == 1;
	if (!term->is_terminal)
		return;
	term->colour = (none == NULL || none[0] == '\0') && name != NULL &&
	    strcmp(name, "dumb") != 0;
	term->width = 80;
	if (ioctl(fileno(file), TIOCGWINSZ, &size) == 0 &&
	    size.ws_col >= WIDTH_MIN)
		term->width = size.ws_col;
}

const char *
term_on(const struct term *term, enum term_style style)
{
	static const char *const codes[] = {
	    [TERM_PLAIN] = "",
	    [TERM_BOLD] = "\033[1m",
	    [TERM_DIM] = "\033[2m",
	    [TERM_GREEN] = "\033[32m",
	    [TERM_YELLOW] = "\033[33m",
	    [TERM_RED] = "\033[1;31m",
	    [TERM_CYAN] = "\033[36m",
	};

	return term->colour ? codes[style] : "";
}

const char *
term_off(const struct term *term, enum term_style style)
{
	return term->colour && style != TERM_PLAIN ? "\033[0m" : "";
}

/* One character of valid UTF-8; a stray byte counts as one. */
static size_t
next_character(const char *text, unsigned *out)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t size = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	unsigned c = size == 1 ? p[0] : p[0] & (0x7fu >> size);

	for (size_t i = 1; i < size; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			*out = p[0];
			return 1;
		}
		c = c << 6 | (p[i] & 0x3fu);
	}
	*out = c;
	return size;
}

/* Without a locale: wide for the East Asian blocks and emoji, none for the
 * common combining marks. Off by one in rare scripts, which only moves a
 * column. */
static int
columns_of(unsigned c)
{
	if ((c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200d) ||
	    (c >= 0xfe00 && c <= 0xfe0f))
		return 0;
	if ((c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
	    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	    (c >= 0x1f300 && c <= 0x1f9ff) || (c >= 0x20000 && c <= 0x3fffd))
		return 2;
	return 1;
}

int
term_columns(const char *text)
{
	unsigned c;
	int n = 0;

	while (*text != '\0') {
		text += next_character(text, &c);
		n += columns_of(c);
	}
	return n;
}

/* C0, DEL, C1, line and paragraph marks, and all that changes direction. */
static bool
is_unsafe(unsigned c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c ||
	    c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

const char *
term_safe(struct vexlog_arena *arena, const char *text, struct vexlog_err *err)
{
	const char *p = text, *out;
	struct buffer b;
	unsigned c = 0;

	while (*p != '\0') {
		size_t size = next_character(p, &c);
		if (is_unsafe(c))
			break;
		p += size;
	}
	if (*p == '\0')
		return text;
	buffer_open(&b, arena, SIZE_MAX / 2);
	buffer_bytes(&b, text, (size_t)(p - text));
	while (*p != '\0') {
		size_t size = next_character(p, &c);
		if (is_unsafe(c))
			buffer_print(&b, "\\u{%x}", c);
		else
			buffer_bytes(&b, p, size);
		p += size;
	}
	return buffer_finish_text(&b, &out, err) == 0 ? out : NULL;
}

const char *
term_cut(struct vexlog_arena *arena, const char *text, int columns,
    struct vexlog_err *err)
{
	int total = term_columns(text), skip, keep, n = 0;
	const char *p = text, *head, *tail;
	unsigned c;

	if (total <= columns || columns < 3)
		return text;
	/* names differ at their ends at least as often as at their starts */
	keep = columns / 2;
	while (n < keep) {
		p += next_character(p, &c);
		n += columns_of(c);
	}
	head = p;
	skip = total - (columns - n - 1);
	while (n < skip) {
		p += next_character(p, &c);
		n += columns_of(c);
	}
	tail = p;
	return arena_print(
	    arena, err, "%.*s\u2026%s", (int)(head - text), text, tail);
}
