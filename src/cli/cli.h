/*
 * cli.h - what every command has at hand, and how it ends.
 */
#ifndef VEXLOG_CLI_CLI_H
#define VEXLOG_CLI_CLI_H

#include "cli/opt.h"
#include "cli/out.h"

/* The exit codes; nothing else is ever returned. */
enum cli_exit {
	CLI_GOOD = 0,
	CLI_BAD = 1, /* judged, and something is bad */
	CLI_USAGE = 2,
	CLI_NOT_FOUND = 3,
	CLI_CONFLICT = 4,
	CLI_UNREACHABLE = 5,
	CLI_FAILED = 6, /* input/output, database, internal */
};

struct cli {
	struct args args;
	struct vexlog_options options;
	struct vexlog_arena *arena; /* of the command */
	struct out out;
	bool quiet, verbose;
	bool opening; /* NOT_FOUND now means "not initialised" */
	struct vexlog_err err;
};

/* --by log is about the time of --at. errors MISUSE (there is none) */
int cli_by_log(bool *by_log, struct cli *cli);

/* ---- commands, one a file ---------------------------------------------- */

extern const struct command cmd_canon, cmd_check, cmd_decide, cmd_delta,
    cmd_evidence, cmd_export, cmd_find, cmd_gate, cmd_hash, cmd_help,
    cmd_ingest, cmd_init, cmd_key_generate, cmd_key_show, cmd_link,
    cmd_log_checkpoint, cmd_log_serve, cmd_log_verify, cmd_migrate, cmd_monitor,
    cmd_payload, cmd_replay, cmd_pending, cmd_policy_check, cmd_policy_show,
    cmd_show, cmd_trace, cmd_trust_add, cmd_trust_check, cmd_trust_quorum,
    cmd_trust_show, cmd_verify, cmd_verify_bundle;

/* All of them, in the order of help; ended by NULL. */
extern const struct command *const cli_commands[];

/* ---- helpers ----------------------------------------------------------- */

/* vexlog_open with the options; NOT_FOUND of it is exit 6. */
int cli_open(struct vexlog **out, struct cli *cli);
/* Nothing but the files that were named, from now on; a command that needs
 * no store this time calls it. */
int cli_confine(struct cli *cli);
/* The same for the commands that never need one, and, with the store, for
 * those whose store is open now; nothing for the others. */
int cli_confine_reader(struct cli *cli);
int cli_confine_keeper(struct cli *cli);
/* Prints cli->err and returns the exit code for it. */
int cli_fail(struct cli *cli);
/* The same where NOT_FOUND is about a path that was given: exit 6, since 3 is
 * about ids. */
int cli_fail_input(struct cli *cli);
enum cli_exit cli_exit_code(enum vexlog_code code);
/* "vexlog: FILE: POINTER: message (rule)" and the hint, on standard error.
 * where: a file name to use when err has none; may be NULL. */
void cli_print_err(const struct vexlog_err *err, const char *where);
/* Talk on standard error; not with --quiet. */
void cli_say(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
/* A whole file, "-" for standard input. A file that is not there is IO. */
int cli_read_file(struct vexlog_bytes *out, struct cli *cli, const char *path,
    size_t max, struct vexlog_err *err);
/* A built-in policy by its name, else a file. */
int cli_read_policy(
    const struct vexlog_policy **out, struct cli *cli, const char *name);
/* Path of a file of the home; NULL with cli->err filled. */
const char *cli_home_file(struct cli *cli, const char *name);
/* "1 entry", "3 entries" */
const char *cli_count(
    struct cli *cli, size_t count, const char *one, const char *many);
/* Passphrase from VEXLOG_KEY_PASSWORD, else asked for on the terminal. */
int cli_passphrase(char *out, int size, void *context);

#endif
