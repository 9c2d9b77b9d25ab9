/*
 * help_man.c - vexlog(1) from the tables, in man(7) macros.
 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/help.h"

/* A '-' stays an ASCII minus, so that it can be copied; a line that starts
 * with a dot or a quote is no macro. */
static void
roff(struct out *out, const char *text)
{
	bool start = true;

	for (; *text != '\0'; text++) {
		if (start && (*text == '.' || *text == '\''))
			out_print(out, "\\&");
		if (*text == '\n' && text[1] == '\n')
			continue; /* a blank line would be a wide gap */
		if (*text == '-')
			out_print(out, "\\-");
		else if (*text == '\\')
			out_print(out, "\\e");
		else if (*text == '\n')
			out_print(out, "\n.PP");
		if (*text != '-' && *text != '\\')
			out_print(out, "%c", *text);
		start = *text == '\n';
	}
}

static void
tagged(struct out *out, const char *tag, const char *text)
{
	out_print(out, ".TP\n.B ");
	roff(out, tag);
	out_print(out, "\n");
	roff(out, text);
	out_print(out, "\n");
}

static void
section(struct out *out, const char *head, const struct help_item *list)
{
	out_print(out, ".SH %s\n", head);
	for (; list->name != NULL; list++)
		tagged(out, list->name, list->text);
}

static void
options(struct out *out, const struct opt *table)
{
	struct buffer b;

	for (const struct opt *o = table; o->name != NULL; o++) {
		buffer_open(&b, out->arena, MIB);
		help_option_name(&b, o);
		const char *name = help_finish(&b);
		tagged(out, name + strspn(name, " "), o->help);
	}
}

static void
command(struct out *out, const struct command *c)
{
	struct buffer b;

	out_print(out, ".SS vexlog ");
	roff(out, c->name);
	out_print(out, "\n.B vexlog ");
	roff(out, c->name);
	buffer_open(&b, out->arena, MIB);
	help_synopsis(&b, c);
	out_print(out, "\n");
	const char *synopsis = help_finish(&b);
	roff(out, synopsis + strspn(synopsis, " "));
	out_print(out, "\n.PP\n");
	roff(out, c->line);
	out_print(out, ".\n");
	if (c->text != NULL) {
		out_print(out, ".PP\n");
		roff(out, c->text);
		out_print(out, "\n");
	}
	for (const struct operand *o = c->operands; o->name != NULL; o++)
		tagged(out, o->name, o->help);
	options(out, c->options);
}

void
help_man(struct out *out)
{
	out_print(out,
	    ".TH VEXLOG 1 \"\" \"vexlog %s\" \"User Commands\"\n"
	    ".SH NAME\nvexlog \\- make VEX decisions traceable through a "
	    "transparency log\n"
	    ".SH SYNOPSIS\n.B vexlog\n[options] COMMAND ...\n"
	    ".SH DESCRIPTION\n",
	    vexlog_version());
	roff(out,
	    "vexlog reads VEX documents (OpenVEX, CSAF, CycloneDX), keeps each "
	    "claim as an observation, writes signed batches of them into a "
	    "transparency log, and concludes one verdict for each "
	    "vulnerability and product. Every verdict can be traced back to "
	    "the claims it rests on, to the log entries that prove them, and "
	    "verified with no network and no trust in this program's "
	    "database.\n"
	    "Results are printed on standard output, everything else on "
	    "standard error. With --json a result is one JSON object a "
	    "line.");
	out_print(out, "\n.SH OPTIONS\nTaken before and after the command.\n");
	options(out, opt_globals);
	out_print(out, ".SH COMMANDS\n");
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		command(out, cli_commands[i]);
	section(out, "EXIT STATUS", help_exits);
	section(out, "ENVIRONMENT", help_environment);
	section(out, "FILES", help_files);
	out_reset(out);
}
