/*
 * cmd_monitor.c - watch a log: its history, and our entries again.
 */
#include "cli/cli.h"
#include "cli/watch.h"

static const struct opt options[] = {
    {"log", 0, OPT_TEXT, "URL", "another log than the home's", 0, 0},
    {"once", 0, OPT_FLAG, NULL, "look once, and end", 0, 0},
    {"interval", 0, OPT_INTEGER, "SECONDS",
	"time between two looks (default 300)", 1, 86400},
    {"entries", 0, OPT_INTEGER, "N",
	"entries verified again at each look (default 100)", 0, 10000},
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

static const struct out_column columns[] = {
    {"logId", "log", OUT_CUT},
    {"treeSize", "entries", OUT_RIGHT},
    {"consistent", "consistent", 0},
    {"reverified", "verified again", OUT_RIGHT},
    {"failed", "failed", OUT_RIGHT},
    {"alarm", "alarm", 0},
    {NULL, NULL, 0},
};

/* One look; *bad is set by an alarm and stays. */
static int
look(struct cli *cli, bool *bad)
{
	struct vexlog_monitor_result r;
	struct vexlog *v;
	int rc;

	if (cli_open(&v, cli) != 0)
		return cli->err.code;
	rc = vexlog_monitor(&r, cli->arena, v, opt_text(&cli->args, "log"),
	    (size_t)opt_integer(&cli->args, "entries", 100), &cli->err);
	vexlog_close(v);
	if (rc != 0)
		return rc;
	if (!r.consistent)
		cli_say(cli,
		    "ALARM: %s. What the log showed is kept in "
		    "attestor.rekor_root_checkpoints; tell others who use "
		    "this log.",
		    r.alarm);
	*bad |= !r.consistent || r.failed > 0;
	out_record(&cli->out, columns,
	    (struct out_cell[]){out_text(r.log_id), out_integer(r.tree_size),
		out_bool(r.consistent), out_integer((int64_t)r.reverified),
		out_integer((int64_t)r.failed), out_text(r.alarm)});
	return 0;
}

static int
run(struct cli *cli)
{
	bool once = opt_flag(&cli->args, "once"), bad = false;

	if (!once)
		watch_open();
	for (;;) {
		int rc = look(cli, &bad);
		if (rc != 0 && (once || rc != VEXLOG_UNREACHABLE))
			return cli_fail(cli);
		if (rc != 0)
			cli_print_err(&cli->err, NULL);
		(void)fflush(stdout);
		vexlog_arena_reset(cli->arena);
		if (!once)
			watch_pause(
			    (int)opt_integer(&cli->args, "interval", 300));
		if (once || watch_stopped())
			return bad ? CLI_BAD : CLI_GOOD;
	}
}

const struct command cmd_monitor = {"monitor",
    "watch a log: is its history the one it showed, do our entries hold",
    "Each checkpoint is held against the ones that were seen before. A log "
    "that forked or went back is an alarm: exit 1, and both checkpoints are "
    "kept as the proof. The entries whose proofs were checked longest ago are "
    "verified again.",
    options, operands, run};
