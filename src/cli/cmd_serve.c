/*
 * cmd_serve.c - the home's local log over HTTP, for other people's clients.
 */
#include "base/file.h"
#include "cli/cli.h"
#include "server/log_server.h"

static const struct opt options[] = {
    {"listen", 0, OPT_TEXT, "ADDR",
	"127.0.0.1:8080, [::1]:8080, or a port on 127.0.0.1 (8080)", 0, 0},
    {"read-only", 0, OPT_FLAG, NULL,
	"take no entries: a frozen log, everything else goes on", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

static void
ready(const char *url, void *context)
{
	cli_say(context, "serving %s", url);
}

/* May come from several threads; one call of stdio each. */
static void
warn(const char *line, void *context)
{
	(void)context;
	struct vexlog_err err;

	err_set(&err, VEXLOG_IO, "%s", line);
	cli_print_err(&err, NULL);
}

static int
run(struct cli *cli)
{
	const char *folder = cli_home_file(cli, "log");
	struct log_serve_options with = {
	    .folder = folder,
	    .listen = opt_text(&cli->args, "listen"),
	    .read_only = opt_flag(&cli->args, "read-only"),
	    .stop_fd = -1,
	    .ready = ready,
	    .warn = warn,
	    .context = cli,
	};

	if (folder == NULL)
		return cli_fail(cli);
	if (with.listen == NULL)
		with.listen = "8080";
	if (!file_exists(folder)) {
		cli->opening = true;
		err_set(&cli->err, VEXLOG_NOT_FOUND,
		    "there is no local log yet");
		err_where(&cli->err, folder);
		err_hint(&cli->err, "run `vexlog init` first");
		return cli_fail(cli);
	}
	if (log_serve(&with, &cli->err) != 0)
		return cli_fail(cli);
	cli_say(cli, "stopped; what was taken is logged");
	return CLI_GOOD;
}

const struct command cmd_log_serve = {"log serve",
    "serve the local log: Rekor v2's write API and C2SP tiles on one URL",
    "Anybody who can reach the address may add entries, and nobody can take "
    "one away. It ends on SIGTERM or SIGINT, after what was taken is logged.",
    options, operands, run};
