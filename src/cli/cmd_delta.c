/*
 * cmd_delta.c - what changed between two states, and why.
 */
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"

static const struct opt options[] = {
    {"policy", 0, OPT_FILE, "FILE|latest",
	"decide a document's claims under this policy instead of v1.0.0", 0, 0},
    {"link", 0, OPT_FLAG, NULL,
	"keep the delta and queue it for a log entry of its own", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {
    {"FROM", "a TIME, a VEX document, an export, or now", false, false,
	OPT_FILE, NULL},
    {"TO", "the same", false, false, OPT_FILE, NULL},
    OPERAND_END,
};

static size_t
count_times(const struct cli *cli)
{
	int64_t time;
	const char *why;
	size_t n = 0;

	for (size_t i = 0; i < 2; i++) {
		const char *what = cli->args.operands[i];
		n += text_same(what, "now") || time_read(&time, what, &why);
	}
	return n;
}

static int
read_policy(const struct vexlog_policy **out, struct cli *cli)
{
	const char *name = opt_text(&cli->args, "policy");

	*out = NULL;
	return name == NULL ? 0 : cli_read_policy(out, cli, name);
}

static int
compare(struct cli *cli, struct vexlog *v, const struct vexlog_policy *policy,
    struct vexlog_bytes *delta)
{
	bool keep = opt_flag(&cli->args, "link");
	const char *id;
	int rc = vexlog_compare(delta, keep ? &id : NULL, cli->arena, v,
	    cli->args.operands[0], cli->args.operands[1], policy,
	    time_now() / SECOND * SECOND, &cli->err);

	if (rc == 0 && keep)
		cli_say(cli, "kept as %s; `vexlog link` logs it", id);
	return rc;
}

static int64_t
number(const struct json_value *object, const char *name)
{
	int64_t value = 0;

	(void)json_integer_of(json_get(object, name), &value);
	return value;
}

static void
put_verdicts(struct out *out, const struct json_value *list, const char *sign,
    enum term_style style)
{
	for (const struct json_value *v = json_first(list); v != json_end(list);
	     v = json_next(v)) {
		const char *status = json_get_text(v, "status");
		out_styled(out, style, sign);
		out_print(out, " %s  %s  ",
		    out_safe(out, json_get_text(v, "vulnerabilityId")),
		    out_safe(out, json_get_text(v, "productKey")));
		out_styled(
		    out, out_status_style(status), out_safe(out, status));
		out_print(out, "\n");
	}
}

static void
put_changes(struct out *out, const struct json_value *list)
{
	for (const struct json_value *v = json_first(list); v != json_end(list);
	     v = json_next(v)) {
		const char *from = json_get_text(v, "fromStatus");
		const char *to = json_get_text(v, "toStatus");
		out_styled(out, TERM_YELLOW, "~");
		out_print(out, " %s  %s  ",
		    out_safe(out, json_get_text(v, "vulnerabilityId")),
		    out_safe(out, json_get_text(v, "productKey")));
		out_styled(out, out_status_style(from), out_safe(out, from));
		out_print(out, " -> ");
		out_styled(out, out_status_style(to), out_safe(out, to));
		out_print(out, "\n    %s -> %s, ",
		    out_safe(out, json_get_text(v, "fromJustification")),
		    out_safe(out, json_get_text(v, "toJustification")));
		out_styled(out, TERM_CYAN,
		    out_safe(out, json_get_text(v, "reasonCode")));
		out_print(out, "\n");
	}
}

static int
print_text(struct cli *cli, struct vexlog_bytes delta)
{
	const struct json_value *summary;
	struct json_doc doc;

	if (json_read(&doc, cli->arena, delta, 0, &cli->err) != 0)
		return cli->err.code;
	put_verdicts(&cli->out, json_get(doc.root, "added"), "+", TERM_GREEN);
	put_verdicts(&cli->out, json_get(doc.root, "removed"), "-", TERM_RED);
	put_changes(&cli->out, json_get(doc.root, "changes"));
	summary = json_get(doc.root, "summary");
	out_print(&cli->out,
	    "%lld added, %lld removed, %lld changed status, %lld changed "
	    "justification, %lld unchanged\n",
	    (long long)number(summary, "added"),
	    (long long)number(summary, "removed"),
	    (long long)number(summary, "statusChanged"),
	    (long long)number(summary, "justificationChanged"),
	    (long long)number(summary, "unchanged"));
	return 0;
}

static int
run(struct cli *cli)
{
	const struct vexlog_policy *policy;
	struct vexlog_bytes delta;
	struct vexlog *v = NULL;

	if (read_policy(&policy, cli) != 0)
		return cli_fail(cli);
	/* documents alone need no store */
	bool store = opt_flag(&cli->args, "link") || count_times(cli) > 0;
	if ((store ? cli_open(&v, cli) : cli_confine(cli)) != 0)
		return cli_fail(cli);
	int rc = compare(cli, v, policy, &delta);
	vexlog_close(v);
	if (rc != 0)
		return cli_fail_input(cli);
	if (cli->out.json)
		out_bytes_line(&cli->out, delta);
	else if (print_text(cli, delta) != 0)
		return cli_fail(cli);
	return CLI_GOOD;
}

const struct command cmd_delta = {"delta",
    "tell what changed between two times, documents or exports, and why",
    "A time means what was known then, by the receipt time of this store. "
    "Each change names its reason, the claims that caused it, and the log "
    "entries of the old and the new verdict. --policy is for the claims of "
    "documents: a time has the policy that was in force then, an export the "
    "verdicts that it holds.",
    options, operands, run};
