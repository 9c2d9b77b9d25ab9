/*
 * cmd_help.c - help, and what is printed from the same tables.
 */
#include "base/text.h"
#include "cli/help.h"

static const struct opt options[] = {
    {"format", 0, OPT_CHOICE, "text|man|bash|zsh|fish|table",
	"man page, shell completion, or the table of options", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {
    {"COMMAND", "one command, or a group such as trust", true, true, OPT_TEXT,
	NULL},
    OPERAND_END,
};

static int
run(struct cli *cli)
{
	const char *format = opt_text(&cli->args, "format");
	const char *topic = NULL;

	if (text_same(format, "man")) {
		help_man(&cli->out);
		return CLI_GOOD;
	}
	if (text_same(format, "table")) {
		help_table(&cli->out);
		return CLI_GOOD;
	}
	if (format != NULL && !text_same(format, "text")) {
		help_complete(&cli->out, format);
		return CLI_GOOD;
	}
	if (cli->args.operand_count == 1)
		topic = cli->args.operands[0];
	else if (cli->args.operand_count > 1)
		topic = arena_print(cli->arena, &cli->err, "%s %s",
		    cli->args.operands[0], cli->args.operands[1]);
	if (help_print(&cli->out, topic))
		return CLI_GOOD;
	err_set(&cli->err, VEXLOG_MISUSE, "no command \"%s\"", topic);
	err_hint(&cli->err, "`vexlog help` lists the commands");
	return cli_fail(cli);
}

const struct command cmd_help = {"help", "what commands do and take",
    "To install the man page: vexlog help --format man > vexlog.1. "
    "Completions: vexlog help --format bash, zsh or fish.",
    options, operands, run};
