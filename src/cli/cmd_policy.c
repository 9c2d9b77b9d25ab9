/*
 * cmd_policy.c - the rules that verdicts are made by.
 */
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"

static const struct opt options[] = {OPT_END};
static const struct operand show_operands[] = {
    {"NAME", "a built-in, v1.0.0 or latest, or a file (v1.0.0)", true, false,
	OPT_FILE, NULL},
    OPERAND_END,
};
static const struct operand check_operands[] = {
    {"FILE", "a policy of your own", false, false, OPT_FILE, NULL},
    OPERAND_END,
};

static const struct out_column columns[] = {
    {"file", "file", 0},
    {"policyVersion", "version", 0},
    {"policyDigest", "digest", 0},
    {NULL, NULL, 0},
};

/* The policy itself, to be copied and changed: JSON with and without
 * --json. */
static int
run_show(struct cli *cli)
{
	const char *name =
	    cli->args.operand_count > 0 ? cli->args.operands[0] : "v1.0.0";
	const struct vexlog_policy *policy;
	struct json_doc doc;
	struct buffer b;

	if (cli_read_policy(&policy, cli, name) != 0)
		return cli_fail(cli);
	if (cli->out.json) {
		out_bytes_line(&cli->out, vexlog_policy_bytes(policy));
		return CLI_GOOD;
	}
	if (json_read(&doc, cli->arena, vexlog_policy_bytes(policy), 0,
		&cli->err) != 0)
		return cli_fail(cli);
	buffer_open(&b, cli->arena, CONFIG_SIZE_MAX);
	json_indented(&b, doc.root);
	out_buffer_line(&cli->out, &b);
	cli_say(cli, "version %s, digest %s", vexlog_policy_version(policy),
	    vexlog_policy_digest(policy));
	return CLI_GOOD;
}

static int
run_check(struct cli *cli)
{
	const char *name = cli->args.operands[0];
	const struct vexlog_policy *policy;

	if (cli_read_policy(&policy, cli, name) != 0)
		return cli_fail(cli);
	out_record(&cli->out, columns,
	    (struct out_cell[]){out_text(name),
		out_text(vexlog_policy_version(policy)),
		out_text(vexlog_policy_digest(policy))});
	return CLI_GOOD;
}

const struct command cmd_policy_show = {"policy show",
    "print a policy, to read it or to start one of your own", NULL, options,
    show_operands, run_show};
const struct command cmd_policy_check = {"policy check",
    "is this file a policy, and which digest will verdicts name", NULL, options,
    check_operands, run_check};
