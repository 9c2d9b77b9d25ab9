/*
 * main.c - the program vexlog: which command, with what, and how it ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "cli/help.h"

const struct command *const cli_commands[] = {
    &cmd_init,
    &cmd_ingest,
    &cmd_pending,
    &cmd_link,
    &cmd_decide,
    &cmd_trace,
    &cmd_delta,
    &cmd_verify,
    &cmd_verify_bundle,
    &cmd_show,
    &cmd_find,
    &cmd_payload,
    &cmd_export,
    &cmd_replay,
    &cmd_gate,
    &cmd_monitor,
    &cmd_check,
    &cmd_canon,
    &cmd_hash,
    &cmd_policy_show,
    &cmd_policy_check,
    &cmd_key_show,
    &cmd_key_generate,
    &cmd_trust_show,
    &cmd_trust_check,
    &cmd_trust_add,
    &cmd_trust_quorum,
    &cmd_log_checkpoint,
    &cmd_log_verify,
    &cmd_log_serve,
    &cmd_migrate,
    &cmd_evidence,
    &cmd_help,
    NULL,
};

/* A descriptor closed by the caller would be taken by the first file that is
 * opened: then talk would be written into a database. Standard output is
 * opened for reading, so that writing to it fails as it should. */
static int
fill_descriptors(void)
{
	static const int flags[] = {O_RDONLY, O_RDONLY, O_WRONLY};

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", flags[fd]) != fd)
			return -1;
	return 0;
}

static const char *
chosen(const struct args *args, const char *option, const char *variable,
    const char *otherwise)
{
	const char *text = opt_text(args, option);

	if (text == NULL)
		text = getenv(variable);
	return text == NULL || text[0] == '\0' ? otherwise : text;
}

static void
read_globals(struct cli *cli)
{
	const struct args *args = &cli->args;

	cli->options.home = chosen(args, "home", "VEXLOG_HOME", "./.vexlog");
	cli->options.store = chosen(args, "store", "VEXLOG_STORE", NULL);
	cli->options.tenant = chosen(args, "tenant", "VEXLOG_TENANT", NULL);
	cli->options.passphrase = cli_passphrase;
	cli->quiet = opt_flag(args, "quiet");
	cli->verbose = opt_flag(args, "verbose");
}

static int
run(struct cli *cli)
{
	const struct command *command = cli->args.command;

	if (opt_flag(&cli->args, "version")) {
		out_print(&cli->out, "vexlog %s\n", vexlog_version());
		return CLI_GOOD;
	}
	if (opt_flag(&cli->args, "help")) {
		help_print(&cli->out,
		    command != NULL ? command->name : cli->args.group);
		return CLI_GOOD;
	}
	if (command != NULL)
		return cli_confine_reader(cli) != 0 ? cli_fail(cli)
						    : command->run(cli);
	help_short(stderr);
	return CLI_USAGE;
}

int
main(int argc, char **argv)
{
	static struct cli cli;
	struct vexlog_err err;
	int code;

	if (fill_descriptors() != 0)
		return CLI_FAILED;
	/* a file past its limit is an error to be told, not an end */
	(void)signal(SIGXFSZ, SIG_IGN);
	cli.arena = vexlog_arena_open(JOB_ARENA_MAX);
	if (cli.arena == NULL) {
		(void)fputs("vexlog: out of memory\n", stderr);
		return CLI_FAILED;
	}
	if (opt_parse(&cli.args, cli_commands, argc, argv, &cli.err) != 0 ||
	    out_open(&cli.out, opt_flag(&cli.args, "json"), &cli.err) != 0) {
		code = cli_fail(&cli);
	} else {
		read_globals(&cli);
		code = run(&cli);
		/* a result that could not be written is none */
		if (out_close(&cli.out, &err) != 0) {
			cli_print_err(&err, NULL);
			code = CLI_FAILED;
		}
	}
	vexlog_arena_close(cli.arena);
	return code;
}
