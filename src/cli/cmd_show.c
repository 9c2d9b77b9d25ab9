/*
 * cmd_show.c - the record behind an id, and the proof payload of a verdict.
 */
#include "cli/cli.h"

static const struct opt show_options[] = {
    {"bundle", 0, OPT_FLAG, NULL,
	"what was signed about it and its entry, as a Sigstore bundle", 0, 0},
    OPT_END,
};
static const struct opt options[] = {OPT_END};
static const struct operand show_operands[] = {
    {"ID",
	"of an observation, verdict, delta, document, policy, trust file, "
	"envelope or log entry",
	false, false, OPT_TEXT, NULL},
    OPERAND_END,
};
static const struct operand payload_operands[] = {
    {"VERDICT_ID", "sha256:... of a verdict", false, false, OPT_TEXT, NULL},
    OPERAND_END,
};

static int
run_show(struct cli *cli)
{
	bool bundle = opt_flag(&cli->args, "bundle");
	const char *id = cli->args.operands[0];
	struct vexlog_bytes json;
	struct vexlog *v;

	if (cli_open(&v, cli) != 0)
		return cli_fail(cli);
	int rc = bundle ? vexlog_bundle(&json, cli->arena, v, id, &cli->err)
			: vexlog_show(&json, cli->arena, v, id, &cli->err);
	vexlog_close(v);
	if (rc != 0)
		return cli_fail(cli);
	if (bundle) /* a file for others */
		out_bytes_line(&cli->out, json);
	else
		out_json_record(&cli->out, json);
	return CLI_GOOD;
}

static int
run_payload(struct cli *cli)
{
	struct vexlog_bytes json;
	struct vexlog *v;

	if (cli_open(&v, cli) != 0)
		return cli_fail(cli);
	int rc = vexlog_payload(
	    &json, cli->arena, v, cli->args.operands[0], &cli->err);
	vexlog_close(v);
	if (rc != 0)
		return cli_fail(cli);
	/* a file for others, so the same bytes with and without --json */
	out_bytes_line(&cli->out, json);
	return CLI_GOOD;
}

const struct command cmd_show = {"show",
    "the record behind an id, with its log entry",
    "With --json the record as one line, without it the same members for "
    "people. With --bundle the attestation and its log entry as a Sigstore "
    "bundle v0.3: `vexlog verify-bundle --key` and other Sigstore clients "
    "verify it offline. Of an observation that is the batch it is in.",
    show_options, show_operands, run_show};
const struct command cmd_payload = {"payload",
    "the proof payload of a verdict, as JSON",
    "With its envelope and a trust file it is enough to verify the verdict "
    "with no network and no database. Its \"rekor\" is empty while the "
    "verdict waits for its log entry.",
    options, payload_operands, run_payload};
