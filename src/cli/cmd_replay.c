/*
 * cmd_replay.c - compute everything in an auditor's archive again.
 */
#include "base/limits.h"
#include "cli/cli.h"

static const struct opt options[] = {
    {"trust", 0, OPT_FILE, "FILE",
	"the keys you trust; without it the archive's own file is used", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {
    {"BUNDLE", "an archive that `vexlog export --format bundle` wrote", false,
	false, OPT_FILE, NULL},
    OPERAND_END,
};

struct replay {
	struct cli *cli;
	struct buffer list; /* of differences, JSON */
	struct json_writer writer;
};

static int
tell(const char *what, const char *detail, void *context)
{
	struct replay *r = context;

	json_object(&r->writer);
	json_member(&r->writer, "file", what);
	json_member(&r->writer, "difference", detail);
	json_close(&r->writer);
	if (!r->cli->out.json) {
		out_print(&r->cli->out,
		    "differs: %s: ", out_safe(&r->cli->out, what));
		out_print(&r->cli->out, "%s\n", out_safe(&r->cli->out, detail));
		out_reset(&r->cli->out);
	}
	return 0;
}

static void
print_result(struct cli *cli, struct replay *r,
    const struct vexlog_replay_result *result)
{
	struct json_writer w;
	struct vexlog_bytes list;
	struct buffer b;

	if (!cli->out.json) {
		out_print(&cli->out,
		    "%zu documents, %zu observations, %zu verdicts, %zu "
		    "deltas, %zu proofs: ",
		    result->documents, result->observations, result->verdicts,
		    result->deltas, result->proofs);
		if (result->differences == 0)
			out_styled(
			    &cli->out, TERM_GREEN, "all come out the same");
		else
			out_print(
			    &cli->out, "%zu differences", result->differences);
		out_print(&cli->out, "\n");
		return;
	}
	json_close(&r->writer);
	if (buffer_finish(&r->list, &list, &cli->out.err) != 0) {
		cli->out.rc = cli->out.err.code;
		return;
	}
	buffer_open(&b, cli->arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_member_integer(&w, "documents", (int64_t)result->documents);
	json_member_integer(&w, "observations", (int64_t)result->observations);
	json_member_integer(&w, "verdicts", (int64_t)result->verdicts);
	json_member_integer(&w, "proofs", (int64_t)result->proofs);
	json_name(&w, "differences");
	json_put_raw(&w, (const char *)list.data, list.size);
	json_close(&w);
	out_buffer_line(&cli->out, &b);
}

static int
run(struct cli *cli)
{
	struct replay r = {.cli = cli};
	struct vexlog_replay_options with = {
	    .path = cli->args.operands[0],
	    .difference = tell,
	    .context = &r,
	};
	const char *trust = opt_text(&cli->args, "trust");
	struct vexlog_replay_result result;

	buffer_open(&r.list, cli->arena, JOB_ARENA_MAX);
	json_open(&r.writer, &r.list, false);
	json_array(&r.writer);
	if (trust != NULL &&
	    cli_read_file(
		&with.trust, cli, trust, CONFIG_SIZE_MAX, &cli->err) != 0)
		return cli_fail(cli);
	int rc = vexlog_replay(&result, &with, &cli->err);
	/* what is wrong with the archive is a difference, and no error */
	if (trust != NULL && (rc == VEXLOG_SHAPE || rc == VEXLOG_SYNTAX))
		err_where(&cli->err, trust);
	if (rc != 0)
		return cli_fail_input(cli);
	print_result(cli, &r, &result);
	if (result.deltas_alone > 0)
		cli_say(cli,
		    "%zu of %zu deltas were not computed again: the states "
		    "that they are of were not kept",
		    result.deltas_alone, result.deltas);
	if (result.pending > 0)
		cli_say(cli,
		    "%zu of the claims, verdicts and deltas have no log entry: "
		    "nothing in the archive proves who made them and when",
		    result.pending);
	if (result.own_trust)
		cli_say(cli,
		    "signatures were held against the archive's own trust "
		    "file; give yours by --trust");
	return result.differences == 0 ? CLI_GOOD : CLI_BAD;
}

const struct command cmd_replay = {"replay",
    "compute everything in an auditor's archive again, offline",
    "Every document is read again, every id, verdict and delta computed again, "
    "every signature and log proof verified. It needs no store, no home and no "
    "network. Exit 1 on any difference.",
    options, operands, run};
