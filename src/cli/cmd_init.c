/*
 * cmd_init.c - make a home: key, trust file, store and local log.
 */
#include "cli/cli.h"

static const struct opt options[] = {
    {"log", 0, OPT_TEXT, "URL",
	"default log of this home: rekor+https://..., or a Sigstore signing "
	"config that names it (the local log)",
	0, 0},
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

static const struct out_column columns[] = {
    {"home", "home", 0},
    {"store", "store", 0},
    {"log", "log", 0},
    {"keyId", "key", 0},
    {NULL, NULL, 0},
};

static int
run(struct cli *cli)
{
	struct vexlog_init_result result;

	if (vexlog_init(&result, cli->arena, &cli->options,
		opt_text(&cli->args, "log"), &cli->err) != 0)
		return cli_fail_input(cli);
	out_record(&cli->out, columns,
	    (struct out_cell[]){out_text(result.home), out_text(result.store),
		out_text(result.log), out_text(result.key_id)});
	cli_say(cli, "next: vexlog ingest --provider NAME FILE...");
	return CLI_GOOD;
}

const struct command cmd_init = {"init",
    "make home, signing key, trust file, store and local log",
    "What is there already stays as it is, so running it again is harmless. "
    "On a PostgreSQL store (--store) it applies the migrations.",
    options, operands, run};
