/*
 * help.c - what a command does and takes, for somebody at a terminal.
 */
#include "cli/help.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#define NAMES_WIDTH 26 /* of the left column */

const struct help_item help_exits[] = {
    {"0", "done, and all is good"},
    {"1",
	"judged, and something is bad: a refused document, a proof that "
	"does not hold"},
    {"2", "the command line is wrong"},
    {"3", "no such id, product or vulnerability"},
    {"4", "something else stands in its place already"},
    {"5", "no answer from a log or a database"},
    {"6", "input or output, database, not initialised, or a failure inside"},
    {NULL, NULL},
};

const struct help_item help_environment[] = {
    {"VEXLOG_HOME", "the home when --home is not given"},
    {"VEXLOG_STORE", "the store when --store is not given"},
    {"VEXLOG_TENANT", "the tenant when --tenant is not given"},
    {"VEXLOG_KEY_PASSWORD",
	"passphrase of an encrypted key.pem; without it the terminal is "
	"asked"},
    {"NO_COLOR", "when set to anything, no colours"},
    {NULL, NULL},
};

const struct help_item help_files[] = {
    {"HOME/key.pem", "the signing key, readable by its owner alone"},
    {"HOME/trust.json", "the logs and signers that are believed, and when"},
    {"HOME/store.db", "the store, unless --store names another"},
    {"HOME/log/", "the local transparency log"},
    {NULL, NULL},
};

const char *
help_finish(struct buffer *b)
{
	struct vexlog_err ignored;
	const char *text;

	return buffer_finish_text(b, &text, &ignored) == 0 ? text : "";
}

void
help_option_name(struct buffer *b, const struct opt *o)
{
	if (o->letter != 0)
		buffer_print(b, "-%c, ", o->letter);
	else
		buffer_text(b, "    ");
	buffer_print(b, "--%s", o->name);
	if (o->value != NULL)
		buffer_print(b, " %s", o->value);
}

void
help_synopsis(struct buffer *b, const struct command *command)
{
	for (const struct opt *o = command->options; o->name != NULL; o++) {
		buffer_print(b, " [--%s", o->name);
		if (o->value != NULL)
			buffer_print(b, " %s", o->value);
		buffer_text(b, "]");
	}
	for (const struct operand *o = command->operands; o->name != NULL; o++)
		buffer_print(b, o->optional ? " [%s%s]" : " %s%s", o->name,
		    o->many ? "..." : "");
}

/* name in the left column, text beside it or, where name is long, below. */
static void
item(struct out *out, const char *name, const char *text)
{
	int columns = term_columns(name);

	out_print(out, "  ");
	out_styled(out, TERM_BOLD, name);
	if (columns + 4 > NAMES_WIDTH)
		out_print(out, "\n%*s", NAMES_WIDTH, "");
	else
		out_print(out, "%*s", NAMES_WIDTH - columns - 2, "");
	out_wrap(out, text, NAMES_WIDTH);
}

static void
items(struct out *out, const char *head, const struct help_item *list)
{
	out_print(out, "\n");
	out_styled(out, TERM_BOLD, head);
	out_print(out, "\n");
	for (; list->name != NULL; list++)
		item(out, list->name, list->text);
}

static void
options(struct out *out, const char *head, const struct opt *table)
{
	struct buffer b;

	if (table->name == NULL)
		return;
	out_print(out, "\n");
	out_styled(out, TERM_BOLD, head);
	out_print(out, "\n");
	for (const struct opt *o = table; o->name != NULL; o++) {
		buffer_open(&b, out->arena, MIB);
		help_option_name(&b, o);
		item(out, help_finish(&b), o->help);
	}
}

static void
print_command(struct out *out, const struct command *command)
{
	struct buffer b;

	out_print(out, "vexlog %s - %s\n\n", command->name, command->line);
	buffer_open(&b, out->arena, MIB);
	buffer_print(&b, "usage: vexlog %s", command->name);
	help_synopsis(&b, command);
	out_wrap(out, help_finish(&b), 0);
	if (command->text != NULL) {
		out_print(out, "\n");
		out_wrap(out, command->text, 0);
	}
	if (command->operands->name != NULL)
		out_print(out, "\n");
	for (const struct operand *o = command->operands; o->name != NULL; o++)
		item(out, o->name, o->help);
	options(out, "options", command->options);
	options(out, "options of every command", opt_globals);
	out_reset(out);
}

static bool
print_group(struct out *out, const char *group)
{
	size_t size = strlen(group);
	bool some = false;

	for (size_t i = 0; cli_commands[i] != NULL; i++) {
		const struct command *c = cli_commands[i];
		if (opt_group_size(c) != size ||
		    strncmp(c->name, group, size) != 0)
			continue;
		if (!some)
			out_print(
			    out, "vexlog %s has these commands:\n\n", group);
		some = true;
		item(out, c->name, c->line);
	}
	if (some)
		out_print(out,
		    "\n`vexlog help %s WORD` tells what each one takes.\n",
		    group);
	return some;
}

static void
print_all(struct out *out)
{
	out_print(out,
	    "vexlog %s - make VEX decisions traceable through a transparency "
	    "log\n\n"
	    "usage: vexlog [options] COMMAND ...\n\n",
	    vexlog_version());
	out_styled(out, TERM_BOLD, "commands");
	out_print(out, "\n");
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		item(out, cli_commands[i]->name, cli_commands[i]->line);
	options(out, "options of every command", opt_globals);
	items(out, "exit codes", help_exits);
	items(out, "environment", help_environment);
	items(out, "files", help_files);
	out_print(out,
	    "\n`vexlog help COMMAND` tells what each one takes. To begin:\n\n"
	    "  vexlog init\n"
	    "  vexlog ingest --provider vendor:acme advisories/\n"
	    "  vexlog link\n"
	    "  vexlog decide\n"
	    "  vexlog trace CVE-2026-0001 pkg:npm/lodash@4.17.20\n");
	out_reset(out);
}

bool
help_print(struct out *out, const char *topic)
{
	if (topic == NULL) {
		print_all(out);
		return true;
	}
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (strcmp(cli_commands[i]->name, topic) == 0) {
			print_command(out, cli_commands[i]);
			return true;
		}
	return print_group(out, topic);
}

void
help_short(FILE *to)
{
	(void)fputs("usage: vexlog [options] COMMAND ...\n\ncommands:", to);
	for (size_t i = 0; cli_commands[i] != NULL; i++) {
		size_t group = opt_group_size(cli_commands[i]);
		const char *name = cli_commands[i]->name;
		/* a group once, at its first */
		if (group > 0 && i > 0 &&
		    strncmp(cli_commands[i - 1]->name, name, group + 1) == 0)
			continue;
		(void)fprintf(
		    to, " %.*s", (int)(group > 0 ? group : strlen(name)), name);
	}
	(void)fputs("\nhint: `vexlog help` tells what each one does\n", to);
}

void
help_table(struct out *out)
{
	for (const struct opt *o = opt_globals; o->name != NULL; o++)
		out_print(out, "\t--%s\t%s\n", o->name,
		    o->value == NULL ? "" : o->value);
	for (size_t i = 0; cli_commands[i] != NULL; i++) {
		const struct command *c = cli_commands[i];
		out_print(out, "%s\t\t\n", c->name);
		for (const struct opt *o = c->options; o->name != NULL; o++)
			out_print(out, "%s\t--%s\t%s\n", c->name, o->name,
			    o->value == NULL ? "" : o->value);
	}
}
