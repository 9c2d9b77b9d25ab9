/*
 * opt.h - one table of options a command: it is parsed by, and help, man page
 * and shell completions are printed from it, so they cannot disagree.
 *
 * How to add a command: a file cmd_<name>.c with one `const struct command
 * cmd_<name>`, one line in the array of main.c, one in meson.build.
 */
#ifndef VEXLOG_CLI_OPT_H
#define VEXLOG_CLI_OPT_H

#include "vexlog.h"

enum opt_kind {
	OPT_FLAG,
	OPT_TEXT,    /* UTF-8, not blank */
	OPT_FILE,    /* a path, completed as one: any bytes */
	OPT_VULN,    /* an id of a vulnerability; "cve-" is upper-cased */
	OPT_INTEGER, /* within min and max */
	OPT_TIME,    /* RFC 3339 */
	OPT_CHOICE,  /* one of value's words, "a|b|c" */
};

struct opt {
	const char *name; /* without "--" */
	char letter;      /* 'o' for -o; 0: none */
	enum opt_kind kind;
	const char *value; /* what help calls the value; NULL for a flag */
	const char *help;  /* one line */
	int64_t min, max;
};

struct operand {
	const char *name; /* "PATH" */
	const char *help;
	bool optional, many;
	enum opt_kind kind; /* OPT_TEXT, OPT_FILE, OPT_VULN or OPT_CHOICE */
	const char *value;  /* words of a choice */
};

#define OPT_MAX 24 /* options of one command */

#define OPT_END                                                                \
	{                                                                      \
		NULL, 0, OPT_FLAG, NULL, NULL, 0, 0                            \
	}
#define OPERAND_END                                                            \
	{                                                                      \
		NULL, NULL, false, false, OPT_TEXT, NULL                       \
	}

struct cli;

struct command {
	const char *name; /* "trace", "trust add" */
	const char *line; /* what it does, for lists; no full stop */
	const char *text; /* what else a user wants to know; paragraphs */
	const struct opt *options;      /* ended by a NULL name */
	const struct operand *operands; /* ended by a NULL name */
	int (*run)(struct cli *);       /* returns the exit code */
};

/* Those before and after every command. */
extern const struct opt opt_globals[];

struct args {
	const struct command *command; /* NULL: none was named */
	const char *group; /* "trust" where only that was said, or NULL */
	const char *values[OPT_MAX];  /* by place in the command's table */
	const char *globals[OPT_MAX]; /* by place in opt_globals */
	const char **operands;
	size_t operand_count;
};

/*
 * Sorts argv out; operands are moved to its front. --help and --version end
 * the parse: nothing after them is judged.
 *
 * errors   MISUSE, with a hint
 */
int opt_parse(struct args *out, const struct command *const *commands, int argc,
    char **argv, struct vexlog_err *err);

/* The value given last, or NULL. The name must be in the tables. */
const char *opt_text(const struct args *args, const char *name);
bool opt_flag(const struct args *args, const char *name);
int64_t opt_integer(
    const struct args *args, const char *name, int64_t otherwise);
int64_t opt_time(const struct args *args, const char *name, int64_t otherwise);

/* true: word is one of "a|b|c" */
bool opt_is_choice(const char *choices, const char *word);
/* "trust" is the group of "trust add": the length of its name, else 0. */
size_t opt_group_size(const struct command *command);

#endif
