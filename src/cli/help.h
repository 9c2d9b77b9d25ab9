/*
 * help.h - help, man page and shell completions, printed from the tables
 * that command lines are parsed by.
 */
#ifndef VEXLOG_CLI_HELP_H
#define VEXLOG_CLI_HELP_H

#include "cli/cli.h"

/* Help of a command, of a group ("trust"), or of all (NULL). False when the
 * topic is none of these. */
bool help_print(struct out *out, const char *topic);
/* What is printed where no command was named. */
void help_short(FILE *to);
/* "[--log URL] PATH..." of a command, to an open buffer. */
void help_synopsis(struct buffer *b, const struct command *command);
/* What help calls an option: "-o, --output PATH". */
void help_option_name(struct buffer *b, const struct opt *o);
/* Text in an arena, "" when memory is short. */
const char *help_finish(struct buffer *b);

/* vexlog(1), in man(7) macros. */
void help_man(struct out *out);
/* A completion script; shell is bash, zsh or fish. */
void help_complete(struct out *out, const char *shell);
/* "command<TAB>option" a line: what a test compares the others with. */
void help_table(struct out *out);

/* The sections that help and the man page share. */
struct help_item {
	const char *name, *text;
};
extern const struct help_item help_exits[], help_environment[], help_files[];

#endif
