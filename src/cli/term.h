/*
 * term.h - what a terminal shows: width, colour, and text made harmless.
 *
 * Everything a document or a log said goes through term_safe before it is
 * shown, so that no name can move the cursor or turn the line around.
 */
#ifndef VEXLOG_CLI_TERM_H
#define VEXLOG_CLI_TERM_H

#include <stdio.h>

#include "base/buffer.h"

enum term_style {
	TERM_PLAIN,
	TERM_BOLD,
	TERM_DIM,
	TERM_GREEN,
	TERM_YELLOW,
	TERM_RED,
	TERM_CYAN,
};

struct term {
	FILE *file;
	bool is_terminal;
	bool colour;
	int width; /* columns; 0: no limit (not a terminal) */
};

/* colour only on a terminal, without NO_COLOR and with a TERM that is not
 * "dumb" */
void term_open(struct term *term, FILE *file);
/* The escape sequences around styled text; "" without colour. */
const char *term_on(const struct term *term, enum term_style style);
const char *term_off(const struct term *term, enum term_style style);

/* Columns that text takes. */
int term_columns(const char *text);
/* Control characters, line and bidi marks as "\u{9b}". The text itself when
 * there is nothing to escape; NULL when memory is short. */
const char *term_safe(
    struct vexlog_arena *arena, const char *text, struct vexlog_err *err);
/* At most columns wide; what is left out in the middle is an ellipsis. */
const char *term_cut(struct vexlog_arena *arena, const char *text, int columns,
    struct vexlog_err *err);

#endif
