/*
 * opt.c - parse a command line by its table.
 */
#include "cli/opt.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "base/time.h"

const struct opt opt_globals[] = {
    {"home", 0, OPT_FILE, "DIR",
	"where key, trust file, store and local log are (VEXLOG_HOME, "
	"./.vexlog)",
	0, 0},
    {"store", 0, OPT_TEXT, "URL",
	"sqlite:PATH or postgresql://... (VEXLOG_STORE, the home's)", 0, 0},
    {"tenant", 0, OPT_TEXT, "NAME",
	"whose rows to see (VEXLOG_TENANT, default)", 0, 0},
    {"json", 0, OPT_FLAG, NULL, "one JSON object a line, nothing else", 0, 0},
    {"quiet", 'q', OPT_FLAG, NULL, "no talk, only errors", 0, 0},
    {"verbose", 'v', OPT_FLAG, NULL, "show more", 0, 0},
    {"help", 'h', OPT_FLAG, NULL, "what a command does and takes", 0, 0},
    {"version", 0, OPT_FLAG, NULL, "the release", 0, 0},
    OPT_END,
};

size_t
opt_group_size(const struct command *command)
{
	const char *space = strchr(command->name, ' ');

	return space == NULL ? 0 : (size_t)(space - command->name);
}

bool
opt_is_choice(const char *choices, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = choices; size > 0 && at != NULL;) {
		if (strncmp(at, word, size) == 0 &&
		    (at[size] == '|' || at[size] == '\0'))
			return true;
		at = strchr(at, '|');
		at = at == NULL ? NULL : at + 1;
	}
	return false;
}

/* ---- what was meant ---------------------------------------------------- */

/* Letters to add, drop or change; enough for words of one line. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[32], n = strlen(b);

	if (n >= 32 || strlen(a) >= 32)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t before = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t change = before + (a[i - 1] != b[j - 1]);
			size_t add = row[j - 1] + 1, drop = row[j] + 1;
			before = row[j];
			row[j] = add < drop ? add : drop;
			row[j] = change < row[j] ? change : row[j];
		}
	}
	return row[n];
}

static void
keep_nearest(
    const char **best, size_t *least, const char *word, const char *name)
{
	size_t d = distance(word, name);

	if (d < *least) {
		*least = d;
		*best = name;
	}
}

static void
hint_help(struct vexlog_err *err, const struct command *command)
{
	if (command == NULL)
		err_hint(err, "`vexlog help` lists the commands");
	else
		err_hint(err, "`vexlog help %s` shows how it is used",
		    command->name);
}

static int
fail_option(
    const struct command *command, const char *word, struct vexlog_err *err)
{
	const char *best = NULL;
	size_t least = 3; /* two slips of the finger */

	for (const struct opt *o = opt_globals; o->name != NULL; o++)
		keep_nearest(&best, &least, word + 2, o->name);
	if (command != NULL)
		for (const struct opt *o = command->options; o->name != NULL;
		     o++)
			keep_nearest(&best, &least, word + 2, o->name);
	err_set(err, VEXLOG_MISUSE, "%s%sno option %s",
	    command == NULL ? "" : command->name,
	    command == NULL ? "" : " has ", word);
	if (best != NULL && word[1] == '-')
		err_hint(err, "did you mean --%s?", best);
	hint_help(err, command);
	return err->code;
}

static int
fail_command(const struct command *const *commands, const char *word,
    struct vexlog_err *err)
{
	const char *best = NULL;
	size_t least = 3;

	for (size_t i = 0; commands[i] != NULL; i++)
		keep_nearest(&best, &least, word, commands[i]->name);
	err_set(err, VEXLOG_MISUSE, "no command \"%s\"", word);
	if (best != NULL)
		err_hint(err, "did you mean `vexlog %s`?", best);
	hint_help(err, NULL);
	return err->code;
}

/* ---- one option -------------------------------------------------------- */

static int
check_value(const struct opt *o, const char *value, struct vexlog_err *err)
{
	const char *why;
	int64_t number;
	size_t valid;

	switch (o->kind) {
	case OPT_INTEGER:
		if (!text_integer(&number, value) || number < o->min ||
		    number > o->max)
			return err_set(err, VEXLOG_MISUSE,
			    "--%s: \"%s\" is not a whole number from %lld to "
			    "%lld",
			    o->name, value, (long long)o->min,
			    (long long)o->max);
		break;
	case OPT_TIME:
		if (!time_read(&number, value, &why)) {
			err_set(err, VEXLOG_MISUSE, "--%s: \"%s\": %s", o->name,
			    value, why);
			return err_hint(
			    err, "a time is written 2026-01-31T12:00:00Z");
		}
		break;
	case OPT_CHOICE:
		if (!opt_is_choice(o->value, value))
			return err_set(err, VEXLOG_MISUSE,
			    "--%s: \"%s\" is none of %s", o->name, value,
			    o->value);
		break;
	case OPT_TEXT:
	case OPT_VULN:
		valid = text_utf8_valid(value, strlen(value));
		if (value[valid] != '\0')
			return err_set(err, VEXLOG_MISUSE,
			    "--%s is not UTF-8 text, byte %zu is %02x", o->name,
			    valid, (unsigned char)value[valid]);
		if (text_blank(value))
			return err_set(err, VEXLOG_MISUSE,
			    "--%s: the value is empty", o->name);
		break;
	case OPT_FILE:
		if (value[0] == '\0')
			return err_set(err, VEXLOG_MISUSE,
			    "--%s: the value is empty", o->name);
		break;
	case OPT_FLAG:
	default:
		break;
	}
	return 0;
}

static const struct opt *
find_option(const struct opt *table, const char *word, size_t *name_size)
{
	size_t size = strcspn(word, "=");

	for (const struct opt *o = table; o->name != NULL; o++) {
		if (word[1] == '-' && size > 2 &&
		    strncmp(o->name, word + 2, size - 2) == 0 &&
		    o->name[size - 2] == '\0') {
			*name_size = size;
			return o;
		}
		if (word[1] != '-' && o->letter == word[1]) {
			*name_size = 2;
			return o;
		}
	}
	return NULL;
}

/* Takes the option at argv[*i], and its value where that is the next word. */
static int
take_option(
    struct args *out, int argc, char **argv, int *i, struct vexlog_err *err)
{
	static char none[] = "";
	char *word = argv[*i], *value = none;
	const char **to = NULL;
	const struct opt *o = NULL;
	size_t size = 0;

	if (out->command != NULL) {
		o = find_option(out->command->options, word, &size);
		if (o != NULL)
			to = &out->values[o - out->command->options];
	}
	if (o == NULL) {
		o = find_option(opt_globals, word, &size);
		if (o == NULL)
			return fail_option(out->command, word, err);
		to = &out->globals[o - opt_globals];
	}
	if (o->kind == OPT_FLAG) {
		if (word[size] != '\0')
			return err_set(
			    err, VEXLOG_MISUSE, "--%s takes no value", o->name);
	} else if (word[size] == '=' && word[1] == '-') {
		value = word + size + 1;
	} else if (word[size] != '\0') {
		value = word + size;
	} else if (*i + 1 < argc) {
		value = argv[++*i];
	} else {
		err_set(err, VEXLOG_MISUSE, "--%s needs a value: %s", o->name,
		    o->value);
		hint_help(err, out->command);
		return err->code;
	}
	int rc = check_value(o, value, err);
	if (rc != 0) {
		hint_help(err, out->command);
		return rc;
	}
	if (o->kind == OPT_VULN)
		text_fold_cve(value);
	*to = value;
	return 0;
}

/* ---- command and operands ---------------------------------------------- */

/* "trust" and then "add", or a command of one word. */
static int
take_command(struct args *out, const struct command *const *commands, int argc,
    char **argv, int *i, struct vexlog_err *err)
{
	const char *word = argv[*i];
	const char *second = *i + 1 < argc ? argv[*i + 1] : NULL;
	bool is_group = false;

	for (size_t n = 0; commands[n] != NULL; n++) {
		const char *name = commands[n]->name;
		size_t group = opt_group_size(commands[n]);
		if (strcmp(name, word) == 0) {
			out->command = commands[n];
			return 0;
		}
		if (group == 0 || strncmp(name, word, group) != 0 ||
		    word[group] != '\0')
			continue;
		is_group = true;
		out->group = word;
		if (second != NULL && strcmp(name + group + 1, second) == 0) {
			out->command = commands[n];
			out->group = NULL;
			++*i;
			return 0;
		}
	}
	if (!is_group)
		return fail_command(commands, word, err);
	if (second == NULL || second[0] == '-')
		return 0; /* --help may follow */
	err_set(err, VEXLOG_MISUSE, "no command \"%s %s\"", word, second);
	return err_hint(err, "`vexlog help %s` lists them", word);
}

static int
check_operands(const struct args *args, struct vexlog_err *err)
{
	const struct operand *o = args->command->operands;
	size_t n = 0;

	for (; o->name != NULL; o++) {
		if (n == args->operand_count && !o->optional) {
			err_set(err, VEXLOG_MISUSE, "%s needs %s: %s",
			    args->command->name, o->name, o->help);
			hint_help(err, args->command);
			return err->code;
		}
		if (n < args->operand_count && o->kind == OPT_CHOICE &&
		    !opt_is_choice(o->value, args->operands[n])) {
			err_set(err, VEXLOG_MISUSE, "\"%s\" is none of %s",
			    args->operands[n], o->value);
			hint_help(err, args->command);
			return err->code;
		}
		if (o->many)
			return 0;
		n += n < args->operand_count;
	}
	if (n == args->operand_count)
		return 0;
	err_set(err, VEXLOG_MISUSE, "%s: \"%s\" is one word too many",
	    args->command->name, args->operands[n]);
	hint_help(err, args->command);
	return err->code;
}

/* Operands lie at the front of argv. */
static void
fold_operands(const struct args *args, char **argv)
{
	const struct operand *o = args->command->operands;

	for (size_t i = 0; i < args->operand_count && o->name != NULL; i++) {
		if (o->kind == OPT_VULN)
			text_fold_cve(argv[i]);
		o += !o->many;
	}
}

static bool
ends_parse(const struct args *args)
{
	return opt_flag(args, "help") || opt_flag(args, "version");
}

int
opt_parse(struct args *out, const struct command *const *commands, int argc,
    char **argv, struct vexlog_err *err)
{
	bool only_operands = false;
	int rc;

	memset(out, 0, sizeof(*out));
	out->operands = (const char **)(void *)argv;
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		if (!only_operands && strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (!only_operands && word[0] == '-' &&
		    word[1] != '\0') {
			if ((rc = take_option(out, argc, argv, &i, err)) != 0)
				return rc;
			if (ends_parse(out))
				return 0;
		} else if (out->command == NULL && out->group == NULL) {
			rc = take_command(out, commands, argc, argv, &i, err);
			if (rc != 0)
				return rc;
		} else {
			out->operands[out->operand_count++] = word;
		}
	}
	if (out->group != NULL) {
		err_set(
		    err, VEXLOG_MISUSE, "%s needs one word more", out->group);
		return err_hint(err, "`vexlog help %s` lists them", out->group);
	}
	if (out->command == NULL)
		return 0;
	if ((rc = check_operands(out, err)) == 0)
		fold_operands(out, argv);
	return rc;
}

/* ---- looking up -------------------------------------------------------- */

static const char *
look_up(const struct args *args, const char *name)
{
	if (args->command != NULL)
		for (const struct opt *o = args->command->options;
		     o->name != NULL; o++)
			if (strcmp(o->name, name) == 0)
				return args->values[o - args->command->options];
	for (const struct opt *o = opt_globals; o->name != NULL; o++)
		if (strcmp(o->name, name) == 0)
			return args->globals[o - opt_globals];
	assert(!"an option that is in no table");
	return NULL;
}

const char *
opt_text(const struct args *args, const char *name)
{
	return look_up(args, name);
}

bool
opt_flag(const struct args *args, const char *name)
{
	return look_up(args, name) != NULL;
}

int64_t
opt_integer(const struct args *args, const char *name, int64_t otherwise)
{
	const char *text = look_up(args, name);
	int64_t value;

	return text != NULL && text_integer(&value, text) ? value : otherwise;
}

int64_t
opt_time(const struct args *args, const char *name, int64_t otherwise)
{
	const char *text = look_up(args, name), *why;
	int64_t value;

	return text != NULL && time_read(&value, text, &why) ? value
							     : otherwise;
}
