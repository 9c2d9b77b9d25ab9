/*
 * cmd_log.c - the log itself: its newest checkpoint, and every byte of the
 * local one.
 */
#include "cli/cli.h"

static const struct opt checkpoint_options[] = {
    {"log", 0, OPT_TEXT, "URL", "which log (the home's default)", 0, 0},
    OPT_END,
};
static const struct opt verify_options[] = {OPT_END};
static const struct operand operands[] = {OPERAND_END};

static const struct out_column columns[] = {
    {"origin", "origin", 0},
    {"logId", "log id", 0},
    {"logUrl", "url", 0},
    {"treeSize", "tree size", 0},
    {"rootHash", "root", 0},
    {"checkpoint", "", OUT_JSON_ONLY},
    {NULL, NULL, 0},
};

static void
print_checkpoint(struct cli *cli, const struct vexlog_checkpoint *checkpoint)
{
	out_record(&cli->out, columns,
	    (struct out_cell[]){out_text(checkpoint->origin),
		out_text(checkpoint->log_id), out_text(checkpoint->log_url),
		out_integer(checkpoint->tree_size), out_text(checkpoint->root),
		out_text(checkpoint->note)});
}

static int
run_checkpoint(struct cli *cli)
{
	struct vexlog_checkpoint checkpoint;

	cli->opening = true;
	if (vexlog_log_checkpoint(&checkpoint, cli->arena, &cli->options,
		opt_text(&cli->args, "log"), &cli->err) != 0)
		return cli_fail(cli);
	print_checkpoint(cli, &checkpoint);
	if (!cli->out.json)
		out_print(&cli->out, "\n%s", checkpoint.note);
	return CLI_GOOD;
}

static int
run_verify(struct cli *cli)
{
	struct vexlog_checkpoint checkpoint;

	cli->opening = true;
	if (vexlog_log_verify(
		&checkpoint, cli->arena, &cli->options, &cli->err) != 0)
		return cli_fail(cli);
	print_checkpoint(cli, &checkpoint);
	cli_say(cli, "every tile and the root follow from the entries");
	return CLI_GOOD;
}

const struct command cmd_log_checkpoint = {"log checkpoint",
    "the newest signed checkpoint of a log", NULL, checkpoint_options, operands,
    run_checkpoint};
const struct command cmd_log_verify = {"log verify",
    "recompute every tile and the root of the local log from its entries", NULL,
    verify_options, operands, run_verify};
