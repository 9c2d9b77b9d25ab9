/*
 * cmd_trace.c - how a decision came to be.
 */
#include "base/file.h"
#include "cli/cli.h"
#include "cli/trace.h"

static const struct opt options[] = {
    {"at", 0, OPT_TIME, "TIME", "as it was known then", 0, 0},
    {"by", 0, OPT_CHOICE, "receipt|log",
	"what --at goes by: receipt in this store, or log entries", 0, 0},
    {"html", 0, OPT_FILE, "FILE", "also write it as one HTML page", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {
    {"VULN", "a vulnerability, CVE-2026-0001", false, false, OPT_VULN, NULL},
    {"PRODUCT",
	"a product key; shows its subcomponents too, and where nobody spoke "
	"of it those that name it", false, false,
	OPT_TEXT, NULL},
    OPERAND_END,
};

static int
print(struct cli *cli, const struct vexlog_trace *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena_mark mark = arena_mark(cli->arena);
		struct vexlog_bytes json;
		if (!cli->out.json) {
			if (i > 0)
				out_print(&cli->out, "\n\n");
			trace_print(&cli->out, &list[i], cli->verbose);
			continue;
		}
		if (vexlog_trace_json(&json, cli->arena, &list[i], &cli->err) !=
		    0)
			return cli->err.code;
		out_bytes_line(&cli->out, json);
		arena_back(cli->arena, mark);
	}
	return 0;
}

static int
write_html(struct cli *cli, const struct vexlog_trace *list, size_t count)
{
	const char *path = opt_text(&cli->args, "html");
	struct vexlog_bytes page;

	if (path == NULL)
		return 0;
	if (trace_html(&page, cli->arena, list, count, &cli->err) != 0)
		return cli->err.code;
	if (file_write(path, page, 0644, &cli->err) != 0)
		return err_where(&cli->err, path);
	cli_say(cli, "wrote %s", path);
	return 0;
}

static int
run(struct cli *cli)
{
	const struct vexlog_trace *list;
	struct vexlog *v;
	size_t count;
	bool by_log;

	if (cli_by_log(&by_log, cli) != 0 || cli_open(&v, cli) != 0)
		return cli_fail(cli);
	int rc = vexlog_trace(&list, &count, cli->arena, v,
	    cli->args.operands[0], cli->args.operands[1],
	    opt_time(&cli->args, "at", INT64_MAX), by_log, &cli->err);
	if (rc == 0)
		rc = print(cli, list, count);
	if (rc == 0)
		rc = write_html(cli, list, count);
	vexlog_close(v);
	return rc != 0 ? cli_fail(cli) : CLI_GOOD;
}

const struct command cmd_trace = {"trace", "how a decision came to be",
    "The status and why; every source with its weight and log entry (* won, ! "
    "says otherwise); each step with the loser and the reason; conflicts that "
    "remain; earlier verdicts. --verbose adds the inputs as they were "
    "hashed.",
    options, operands, run};
