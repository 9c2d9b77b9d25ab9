/*
 * cmd_delta.c - what changed between two states, and why.
 */
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"

static const struct opt options[] = {
    {"link", 0, OPT_FLAG, NULL,
	"keep the delta and queue it for a log entry of its own", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {
    {"FROM", "a TIME, a VEX document, or now", false, false, OPT_TEXT, NULL},
    {"TO", "the same", false, false, OPT_TEXT, NULL},
    OPERAND_END,
};

/* Documents alone need no store. */
static bool
needs_store(struct cli *cli)
{
	int64_t time;
	const char *why;

	if (opt_flag(&cli->args, "link"))
		return true;
	for (size_t i = 0; i < 2; i++) {
		const char *what = cli->args.operands[i];
		if (text_same(what, "now") || time_read(&time, what, &why))
			return true;
	}
	return false;
}

static int
compare(struct cli *cli, struct vexlog *v, struct vexlog_bytes *delta)
{
	struct vexlog_state before, after;
	const char *id;
	int rc = vexlog_state(&before, cli->arena, v, cli->args.operands[0],
	    &cli->err);

	if (rc == 0)
		rc = vexlog_state(&after, cli->arena, v, cli->args.operands[1],
		    &cli->err);
	if (rc == 0)
		rc = vexlog_delta(delta, cli->arena, &before, &after,
		    time_now() / SECOND * SECOND, &cli->err);
	if (rc == 0 && opt_flag(&cli->args, "link")) {
		rc = vexlog_delta_keep(&id, cli->arena, v, *delta, &cli->err);
		if (rc == 0)
			cli_say(cli, "kept as %s; `vexlog link` logs it", id);
	}
	return rc;
}

static int
run(struct cli *cli)
{
	struct vexlog_bytes delta;
	struct vexlog *v = NULL;

	if (needs_store(cli) && cli_open(&v, cli) != 0)
		return cli_fail(cli);
	int rc = compare(cli, v, &delta);
	vexlog_close(v);
	if (rc != 0)
		return cli_fail(cli);
	out_json_record(&cli->out, delta);
	return CLI_GOOD;
}

const struct command cmd_delta = {"delta",
    "tell what changed between two times or documents, and why",
    "A time means what was known then, by the receipt time of this store. "
    "Each change names its reason, the claims that caused it, and the log "
    "entries of the old and the new verdict.",
    options, operands, run};
