/*
 * cmd_verify.c - does what is linked hold; offline, check by check.
 */
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/progress.h"

static const struct opt options[] = {
    {"all", 0, OPT_FLAG, NULL, "everything that is linked (also without IDs)",
	0, 0},
    {"bundle", 0, OPT_FILE, "PATH",
	"an auditor's archive, or a proof payload with --envelope and "
	"--trust; needs no home and no store",
	0, 0},
    {"envelope", 0, OPT_FILE, "FILE", "the envelope a payload names", 0, 0},
    {"trust", 0, OPT_FILE, "FILE", "trust this file instead of the home's", 0,
	0},
    {"offline", 0, OPT_FLAG, NULL,
	"never use the network; it is never used anyway", 0, 0},
    {"deep", 0, OPT_FLAG, NULL,
	"also read each document again and compare the claim", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {
    {"ID", "observations and verdicts to verify", true, true, OPT_TEXT, NULL},
    OPERAND_END,
};

struct verify {
	struct cli *cli;
	struct vexlog_arena *arena; /* of one report */
	struct progress progress;
	size_t done;
	bool each; /* show every report with its checks */
	/* of an archive: */
	struct vexlog_verify_result result;
	bool told; /* the next difference is that of the last report */
};

static const char *
outcome_name(enum vexlog_outcome outcome)
{
	return outcome == VEXLOG_PASS ? "PASS"
	    : outcome == VEXLOG_FAIL  ? "FAIL"
				      : "SKIP";
}

static enum term_style
outcome_style(enum vexlog_outcome outcome)
{
	return outcome == VEXLOG_PASS ? TERM_GREEN
	    : outcome == VEXLOG_FAIL  ? TERM_RED
				      : TERM_YELLOW;
}

static void
print_check(struct out *out, const struct vexlog_check *check)
{
	out_print(out, "  ");
	out_styled(
	    out, outcome_style(check->outcome), outcome_name(check->outcome));
	out_print(out, "  %s", out_safe(out, check->name));
	if (check->rule != NULL && check->rule[0] != '\0') {
		out_print(out, " ");
		out_styled(out, TERM_DIM, out_safe(out, check->rule));
	}
	out_print(out, "\n");
	if (check->detail != NULL && check->detail[0] != '\0') {
		out_print(out, "        ");
		out_wrap(out, out_safe(out, check->detail), 8);
	}
}

static void
print_text(struct verify *verify, const struct vexlog_report *report)
{
	struct out *out = &verify->cli->out;

	if (report->holds && !verify->each)
		return;
	out_styled(out, report->holds ? TERM_GREEN : TERM_RED,
	    report->holds ? "holds" : "DOES NOT HOLD");
	out_print(out, "  %s\n", out_safe(out, report->id));
	for (size_t i = 0; i < report->count; i++)
		if (verify->each || report->list[i].outcome != VEXLOG_PASS)
			print_check(out, &report->list[i]);
	out_reset(out);
}

static int
print_report(const struct vexlog_report *report, void *context)
{
	struct verify *verify = context;
	struct cli *cli = verify->cli;
	struct vexlog_bytes json;

	progress_tell(&verify->progress, ++verify->done, 0);
	if (!cli->out.json) {
		if (!report->holds)
			progress_close(&verify->progress);
		print_text(verify, report);
		return 0;
	}
	if (vexlog_report_json(&json, verify->arena, report, &cli->out.err) !=
	    0) {
		cli->out.rc = cli->out.err.code;
		return cli->out.rc;
	}
	out_bytes_line(&cli->out, json);
	if (verify->arena != cli->arena)
		vexlog_arena_reset(verify->arena);
	return 0;
}

static void
print_result(struct cli *cli, const struct vexlog_verify_result *r)
{
	struct json_writer w;
	struct buffer b;

	if (!cli->out.json) {
		out_print(
		    &cli->out, "%zu of %zu verified\n", r->held, r->checked);
		return;
	}
	buffer_open(&b, cli->arena, 4096);
	json_open(&w, &b, false);
	json_object(&w);
	json_member_integer(&w, "checked", (int64_t)r->checked);
	json_member_integer(&w, "held", (int64_t)r->held);
	json_member_integer(&w, "failed", (int64_t)r->failed);
	json_close(&w);
	out_buffer_line(&cli->out, &b);
}

static int
verify(struct cli *cli, struct vexlog *v, struct vexlog_verify_options *with)
{
	struct vexlog_verify_result result;
	struct verify verify = {.cli = cli};

	verify.arena = vexlog_arena_open(JOB_ARENA_MAX);
	if (verify.arena == NULL) {
		err_memory(&cli->err);
		return cli_fail(cli);
	}
	verify.each = cli->verbose || with->id_count > 0;
	with->report = print_report;
	/* until vexlog_verify returns */
	// cppcheck-suppress autoVariables
	with->context = &verify;
	progress_open(&verify.progress, "verified", cli->quiet);
	int rc = vexlog_verify(&result, v, with, &cli->err);
	progress_close(&verify.progress);
	vexlog_arena_close(verify.arena);
	if (rc != 0)
		return cli_fail(cli);
	print_result(cli, &result);
	if (result.checked == 0)
		cli_say(cli, "nothing is linked yet; `vexlog link` does it");
	return result.failed > 0 ? CLI_BAD : CLI_GOOD;
}

/* ---- an archive -------------------------------------------------------- */

static int
take_report(const struct vexlog_report *report, void *context)
{
	struct verify *verify = context;

	verify->result.checked++;
	verify->result.held += report->holds;
	verify->result.failed += !report->holds;
	verify->told = !report->holds;
	return print_report(report, context);
}

/* What is wrong beside the proofs is a report of its own. */
static int
take_difference(const char *what, const char *detail, void *context)
{
	struct verify *verify = context;
	const struct vexlog_check check = {
	    "archive", "computed again", VEXLOG_FAIL, detail};
	const struct vexlog_report report = {what, &check, 1, false};
	bool told = verify->told;

	verify->told = false;
	if (told)
		return 0;
	int rc = take_report(&report, context);
	verify->told = false;
	return rc;
}

static int
verify_bundle(struct cli *cli, const char *path, struct vexlog_bytes trust)
{
	struct verify verify = {.cli = cli, .each = cli->verbose};
	const struct vexlog_replay_options with = {.path = path,
	    .trust = trust,
	    .difference = take_difference,
	    .report = take_report,
	    .context = &verify};
	struct vexlog_replay_result replayed;

	verify.arena = vexlog_arena_open(JOB_ARENA_MAX);
	if (verify.arena == NULL) {
		err_memory(&cli->err);
		return cli_fail(cli);
	}
	progress_open(&verify.progress, "verified", cli->quiet);
	int rc = vexlog_replay(&replayed, &with, &cli->err);
	progress_close(&verify.progress);
	vexlog_arena_close(verify.arena);
	if (rc != 0)
		return cli_fail_input(cli);
	print_result(cli, &verify.result);
	if (replayed.own_trust)
		cli_say(cli,
		    "signatures were held against the archive's own trust "
		    "file; give yours by --trust");
	return verify.result.failed > 0 ? CLI_BAD : CLI_GOOD;
}

/* One payload, the envelope it names, and whom to trust. */
static int
verify_payload(struct cli *cli, const char *path, const char *envelope_path,
    struct vexlog_bytes trust)
{
	struct verify verify = {.cli = cli, .each = true};
	struct vexlog_bytes payload, envelope;
	struct vexlog_report report;

	if (trust.size == 0) {
		err_set(&cli->err, VEXLOG_MISUSE,
		    "a payload does not say whom to trust");
		err_hint(&cli->err, "give the trust file by --trust");
		return cli_fail(cli);
	}
	if (cli_read_file(&payload, cli, path, CONFIG_SIZE_MAX, &cli->err) !=
		0 ||
	    cli_read_file(&envelope, cli, envelope_path, ENVELOPE_SIZE_MAX,
		&cli->err) != 0)
		return cli_fail(cli);
	/* show prints it as a line */
	if (envelope.size > 0 && envelope.data[envelope.size - 1] == '\n')
		envelope.size--;
	if (vexlog_verify_payload(&report, cli->arena, payload, envelope, trust,
		&cli->err) != 0) {
		err_where(&cli->err, path);
		return cli_fail(cli);
	}
	verify.arena = cli->arena;
	take_report(&report, &verify);
	print_result(cli, &verify.result);
	return report.holds ? CLI_GOOD : CLI_BAD;
}

/* Read here too, so that what is wrong with it is said of the file. */
static int
read_trust(struct vexlog_bytes *out, struct cli *cli, const char *path)
{
	const struct vexlog_trust_item *list;
	const char *digest;
	size_t count;

	if (cli_read_file(out, cli, path, CONFIG_SIZE_MAX, &cli->err) != 0)
		return cli->err.code;
	if (vexlog_trust_read(
		&list, &count, &digest, cli->arena, *out, &cli->err) != 0)
		return err_where(&cli->err, path);
	return 0;
}

static int
run(struct cli *cli)
{
	const char *trust = opt_text(&cli->args, "trust");
	struct vexlog_verify_options with = {
	    .deep = opt_flag(&cli->args, "deep"),
	};
	const char *bundle = opt_text(&cli->args, "bundle");
	struct vexlog *v;

	if (bundle != NULL &&
	    (opt_flag(&cli->args, "all") || cli->args.operand_count > 0)) {
		err_set(&cli->err, VEXLOG_MISUSE, "--bundle and IDs or --all");
		err_hint(&cli->err, "an archive is always verified whole");
		return cli_fail(cli);
	}
	if (opt_flag(&cli->args, "all") && cli->args.operand_count > 0) {
		err_set(&cli->err, VEXLOG_MISUSE, "--all and IDs");
		err_hint(&cli->err, "give one or the other");
		return cli_fail(cli);
	}
	if (cli->args.operand_count > 0) {
		with.ids = cli->args.operands;
		with.id_count = cli->args.operand_count;
	}
	if (trust != NULL && read_trust(&with.trust, cli, trust) != 0)
		return cli_fail(cli);
	if (bundle != NULL && cli_confine(cli) != 0)
		return cli_fail(cli);
	if (bundle != NULL && opt_text(&cli->args, "envelope") != NULL)
		return verify_payload(
		    cli, bundle, opt_text(&cli->args, "envelope"), with.trust);
	if (bundle != NULL)
		return verify_bundle(cli, bundle, with.trust);
	if (cli_open(&v, cli) != 0)
		return cli_fail(cli);
	int code = verify(cli, v, &with);
	vexlog_close(v);
	return code;
}

const struct command cmd_verify = {"verify",
    "does what is linked hold: every signature, digest and proof",
    "Offline, always. Each check is named with the rule it follows; with IDs "
    "or --verbose all are shown, otherwise only those that fail. What waits "
    "for its log entry is not judged.",
    options, operands, run};
