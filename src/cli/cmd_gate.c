/*
 * cmd_gate.c - stop a pipeline on the verdicts about an SBOM.
 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"

static const struct opt options[] = {
    {"sbom", 0, OPT_FILE, "FILE", "CycloneDX or SPDX, JSON", 0, 0},
    {"fail-on", 0, OPT_TEXT, "STATUS,...",
	"statuses that fail: affected, under_investigation, fixed, "
	"not_affected",
	0, 0},
    {"require-linked", 0, OPT_FLAG, NULL,
	"a verdict that no log entry proves fails", 0, 0},
    {"max-age", 0, OPT_TEXT, "DURATION",
	"decisions older than this fail: 90d, 12h, 30m", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

/* Verdicts that are not judged are named up to here, or all with -v. */
#define UNDECIDED_NAMED 20

struct gate {
	struct cli *cli;
	size_t undecided;
	struct buffer list;
	struct json_writer writer;
};

static int
tell(const struct vexlog_gate_failure *f, void *context)
{
	struct gate *g = context;
	struct out *out = &g->cli->out;

	json_object(&g->writer);
	json_member(&g->writer, "vulnerabilityId", f->vulnerability);
	json_member(&g->writer, "productKey", f->product);
	json_member(&g->writer, "status", f->status);
	json_member(&g->writer, "reason", f->reason);
	json_close(&g->writer);
	if (!out->json) {
		out_styled(out, out_status_style(f->status), f->status);
		out_print(out, "  %s  ", out_safe(out, f->vulnerability));
		out_print(out, "%s\n    ", out_safe(out, f->product));
		out_print(out, "%s\n", out_safe(out, f->reason));
		out_reset(out);
	}
	return 0;
}

static int
tell_undecided(const struct vexlog_gate_failure *f, void *context)
{
	struct gate *g = context;
	struct cli *cli = g->cli;

	if (g->undecided++ >= UNDECIDED_NAMED && !cli->verbose)
		return 0;
	cli_say(cli, "not judged: %s is %s in %s; %s",
	    out_safe(&cli->out, f->vulnerability), f->status,
	    out_safe(&cli->out, f->product), out_safe(&cli->out, f->reason));
	out_reset(&cli->out);
	return 0;
}

static int
misuse(struct cli *cli, const char *what, const char *hint)
{
	err_set(&cli->err, VEXLOG_MISUSE, "%s", what);
	err_hint(&cli->err, "%s", hint);
	return VEXLOG_MISUSE;
}

static int
read_statuses(bool *fail_on, struct cli *cli)
{
	const char *p = opt_text(&cli->args, "fail-on");

	if (p == NULL)
		return misuse(cli, "--fail-on is missing",
		    "for example --fail-on affected,under_investigation");
	for (;;) {
		size_t n = strcspn(p, ",");
		int i = 0;
		for (; i < VEXLOG_STATUSES; i++) {
			const char *name = vexlog_status_name(i);
			if (strlen(name) == n && strncmp(p, name, n) == 0)
				break;
		}
		if (i == VEXLOG_STATUSES)
			return misuse(cli, "--fail-on names no status",
			    "statuses are affected, under_investigation, "
			    "fixed and not_affected, with commas between");
		fail_on[i] = true;
		if (p[n] == '\0')
			return 0;
		p += n + 1;
	}
}

static int
read_age(int64_t *out, struct cli *cli)
{
	static const struct {
		char letter;
		int64_t unit;
	} units[] = {{'d', DAY}, {'h', HOUR}, {'m', 60 * SECOND}, {'s', SECOND},
	    {'w', 7 * DAY}};
	const char *text = opt_text(&cli->args, "max-age");
	uint64_t n;

	*out = 0;
	if (text == NULL)
		return 0;
	size_t size = strlen(text);
	for (size_t i = 0; size > 1 && i < 5; i++)
		if (text[size - 1] == units[i].letter &&
		    text_decimal(&n, text, size - 1, 100000) && n > 0) {
			*out = (int64_t)n * units[i].unit;
			return 0;
		}
	return misuse(cli, "--max-age is no duration",
	    "a number and a unit: 90d, 2w, 12h, 30m");
}

static void
print_result(
    struct cli *cli, struct gate *g, const struct vexlog_gate_result *result)
{
	struct vexlog_bytes list;
	struct json_writer w;
	struct buffer b;

	if (!cli->out.json) {
		out_print(&cli->out,
		    "%zu components, %zu verdicts about them, %zu failed\n",
		    result->components, result->verdicts, result->failed);
		return;
	}
	json_close(&g->writer);
	if (buffer_finish(&g->list, &list, &cli->out.err) != 0) {
		cli->out.rc = cli->out.err.code;
		return;
	}
	buffer_open(&b, cli->arena, JOB_ARENA_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_member_integer(&w, "components", (int64_t)result->components);
	json_name(&w, "failed");
	json_put_raw(&w, (const char *)list.data, list.size);
	json_close(&w);
	out_buffer_line(&cli->out, &b);
}

static int
run(struct cli *cli)
{
	struct gate g = {.cli = cli};
	struct vexlog_gate_options with = {
	    .require_linked = opt_flag(&cli->args, "require-linked"),
	    .failed = tell,
	    .undecided = tell_undecided,
	    .context = &g,
	};
	const char *path = opt_text(&cli->args, "sbom");
	struct vexlog_gate_result result;
	struct vexlog *v;

	buffer_open(&g.list, cli->arena, JOB_ARENA_MAX);
	json_open(&g.writer, &g.list, false);
	json_array(&g.writer);
	if (path == NULL) {
		(void)misuse(
		    cli, "--sbom is missing", "give the SBOM to be judged");
		return cli_fail(cli);
	}
	if (read_statuses(with.fail_on, cli) != 0 ||
	    read_age(&with.max_age, cli) != 0 ||
	    cli_read_file(
		&with.sbom, cli, path, DOCUMENT_SIZE_MAX, &cli->err) != 0 ||
	    cli_open(&v, cli) != 0)
		return cli_fail(cli);
	int rc = vexlog_gate(&result, v, &with, &cli->err);
	vexlog_close(v);
	if (rc != 0) {
		err_where(&cli->err, path);
		return cli_fail(cli);
	}
	print_result(cli, &g, &result);
	if (result.skipped > 0)
		cli_say(cli,
		    "%zu package URLs of %s are malformed and were "
		    "not looked up",
		    result.skipped, path);
	if (result.nameless > 0 && result.components > 0)
		cli_say(cli, "%s of %s without a package URL: not looked up",
		    cli_count(
			cli, result.nameless, "component", "components"),
		    path);
	if (result.undecided > 0)
		cli_say(cli,
		    "%s not judged: whether they are about a component can't "
		    "be told%s",
		    cli_count(
			cli, result.undecided, "verdict was", "verdicts were"),
		    result.undecided > UNDECIDED_NAMED && !cli->verbose
			? "; -v names all of them"
			: "");
	if (result.components == 0)
		cli_say(cli,
		    "no component of %s has a package URL, so "
		    "nothing was judged",
		    path);
	return result.failed == 0 ? CLI_GOOD : CLI_BAD;
}

const struct command cmd_gate = {"gate",
    "judge an SBOM by the current verdicts, for pipelines",
    "Exit 1 when a verdict about a component has a status that fails, is older "
    "than allowed, or is not linked although that is required. A component "
    "that no verdict is about passes. So does one where that can't be told, "
    "which stderr names: its version can't be compared with a verdict's range, "
    "or the verdict is about it as a part of what the SBOM does not name.",
    options, operands, run};
