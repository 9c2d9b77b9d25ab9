/*
 * cmd_monitor.c - watch a log: its history, and our entries again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/watch.h"

static const struct opt options[] = {
    {"log", 0, OPT_TEXT, "URL", "another log than the home's", 0, 0},
    {"once", 0, OPT_FLAG, NULL, "look once, and end", 0, 0},
    {"interval", 0, OPT_INTEGER, "SECONDS",
	"time between two looks (default 300)", 1, 86400},
    {"entries", 0, OPT_INTEGER, "N",
	"entries verified again, and older checkpoints compared, at each look "
	"(default 100)",
	0, 10000},
    {"evidence", 0, OPT_FILE, "FILE",
	"where an alarm leaves every checkpoint that was kept of the log", 0,
	0},
    {"metrics", 0, OPT_FILE, "FILE",
	"written after each look, for a Prometheus textfile collector", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

static const struct out_column columns[] = {
    {"logId", "log", OUT_CUT},
    {"treeSize", "entries", OUT_RIGHT},
    {"consistent", "consistent", 0},
    {"reverified", "verified again", OUT_RIGHT},
    {"failed", "failed", OUT_RIGHT},
    {"clockSkewSeconds", "clock skew, s", OUT_RIGHT},
    {"alarm", "alarm", 0},
    {NULL, NULL, 0},
};

/* What all looks of this run came to. */
struct seen {
	bool bad; /* an alarm, or a proof that no longer holds */
	uint64_t looks, unanswered, alarms, reverified, failed;
	int64_t last; /* look that was answered */
};

/* ---- what a look leaves ------------------------------------------------ */

static void
metric(struct buffer *b, const char *name, const char *type, const char *help,
    const char *label, int64_t value)
{
	buffer_print(b,
	    "# HELP vexlog_monitor_%s %s\n# TYPE vexlog_monitor_%s %s\n"
	    "vexlog_monitor_%s%s %lld\n",
	    name, help, name, type, name, label, (long long)value);
}

/* r is NULL for a look that was not answered. */
static int
write_metrics(struct cli *cli, const struct seen *seen,
    const struct vexlog_monitor_result *r)
{
	const char *path = opt_text(&cli->args, "metrics");
	struct vexlog_bytes text;
	char log[96] = "";
	struct buffer b;

	if (path == NULL)
		return 0;
	if (r != NULL)
		(void)snprintf(log, sizeof(log), "{log=\"%s\"}", r->log_id);
	buffer_open(&b, cli->arena, 64 * 1024);
	metric(&b, "up", "gauge", "The last look was answered.", "", r != NULL);
	metric(&b, "looks_total", "counter", "Looks at the log.", "",
	    (int64_t)seen->looks);
	metric(&b, "unanswered_total", "counter", "Looks without an answer.",
	    "", (int64_t)seen->unanswered);
	metric(&b, "alarms_total", "counter",
	    "Looks that found another history.", "", (int64_t)seen->alarms);
	metric(&b, "reverified_total", "counter", "Entries verified again.", "",
	    (int64_t)seen->reverified);
	metric(&b, "failed_total", "counter", "Entries that no longer held.",
	    "", (int64_t)seen->failed);
	metric(&b, "last_answer_timestamp_seconds", "gauge",
	    "When a look was answered last.", "", seen->last / SECOND);
	if (r != NULL) {
		metric(&b, "tree_size", "gauge", "Entries of the log.", log,
		    r->tree_size);
		metric(&b, "consistent", "gauge",
		    "The log shows the history it showed before.", log,
		    r->consistent);
		metric(&b, "clock_skew_seconds", "gauge",
		    "Our clock minus the log's.", log, r->skew / SECOND);
	}
	if (buffer_finish(&b, &text, &cli->err) != 0)
		return cli->err.code;
	return file_write(path, text, 0644, &cli->err);
}

static int
write_evidence(struct cli *cli, struct vexlog *v, const char *log_id)
{
	const char *path = opt_text(&cli->args, "evidence");
	struct vexlog_bytes json;

	if (path == NULL)
		return 0;
	if (vexlog_log_history(&json, cli->arena, v, log_id, &cli->err) != 0)
		return cli->err.code;
	return file_write(path, json, 0644, &cli->err);
}

static void
warn(struct cli *cli, const struct vexlog_monitor_result *r)
{
	if (!r->consistent)
		cli_say(cli,
		    "ALARM: %s. What the log showed is kept in "
		    "attestor.rekor_root_checkpoints%s; tell others who use "
		    "this log.",
		    r->alarm,
		    opt_flag(&cli->args, "evidence")
			? " and in the evidence file"
			: " (--evidence FILE writes it out)");
	if (r->skew > VEXLOG_SKEW_MAX || r->skew < -VEXLOG_SKEW_MAX)
		cli_say(cli,
		    "warning: this clock is %lld s %s the log's; times of "
		    "validity are judged by it",
		    (long long)llabs(r->skew / SECOND),
		    r->skew > 0 ? "ahead of" : "behind");
}

/* ---- looks ------------------------------------------------------------- */

static int
look(struct cli *cli, struct seen *seen)
{
	struct vexlog_monitor_result r;
	struct vexlog *v;
	int rc;

	seen->looks++;
	if (cli_open(&v, cli) != 0)
		return cli->err.code;
	rc = vexlog_monitor(&r, cli->arena, v, opt_text(&cli->args, "log"),
	    (size_t)opt_integer(&cli->args, "entries", 100), &cli->err);
	if (rc == 0) {
		seen->bad |= !r.consistent || r.failed > 0;
		seen->alarms += !r.consistent;
		seen->reverified += r.reverified;
		seen->failed += r.failed;
		seen->last = time_now();
		warn(cli, &r);
	}
	if (rc == 0 && !r.consistent)
		rc = write_evidence(cli, v, r.log_id);
	vexlog_close(v);
	if (rc != 0)
		return rc;
	out_record(&cli->out, columns,
	    (struct out_cell[]){out_text(r.log_id), out_integer(r.tree_size),
		out_bool(r.consistent), out_integer((int64_t)r.reverified),
		out_integer((int64_t)r.failed), out_integer(r.skew / SECOND),
		out_text(r.alarm)});
	return write_metrics(cli, seen, &r);
}

/* A log that does not answer is one to look at again. */
static int
unanswered(struct cli *cli, struct seen *seen)
{
	seen->unanswered++;
	cli_print_err(&cli->err, NULL);
	return write_metrics(cli, seen, NULL);
}

static int
run(struct cli *cli)
{
	bool once = opt_flag(&cli->args, "once");
	struct seen seen = {0};

	if (!once)
		watch_open();
	for (;;) {
		int rc = look(cli, &seen);
		if (rc != 0 && (once || rc != VEXLOG_UNREACHABLE))
			return cli_fail(cli);
		if (rc != 0 && unanswered(cli, &seen) != 0)
			return cli_fail(cli);
		(void)fflush(stdout);
		vexlog_arena_reset(cli->arena);
		if (!once)
			watch_pause(
			    (int)opt_integer(&cli->args, "interval", 300));
		if (once || watch_stopped())
			return seen.bad ? CLI_BAD : CLI_GOOD;
	}
}

const struct command cmd_monitor = {"monitor",
    "watch a log: is its history the one it showed, do our entries hold",
    "Each checkpoint is held against the last one that was seen and, a few at "
    "each look, all older ones. A log that forked or went back is an alarm: "
    "exit 1, and both checkpoints are kept as the proof. The entries whose proofs were checked longest ago are "
    "verified again.",
    options, operands, run};
