/*
 * cmd_decide.c - verdicts from all that is known.
 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/progress.h"

static const struct opt options[] = {
    {"policy", 0, OPT_FILE, "FILE|latest",
	"rules to weigh by: a file, or the name of a built-in (v1.0.0)", 0, 0},
    {"vuln", 0, OPT_VULN, "ID", "only this vulnerability", 0, 0},
    {"product", 0, OPT_TEXT, "KEY", "only this product and what is in it", 0,
	0},
    {"at", 0, OPT_TIME, "TIME",
	"as it was known then; shown, neither stored nor queued", 0, 0},
    {"by", 0, OPT_CHOICE, "receipt|log",
	"what --at goes by: receipt in this store, or log entries", 0, 0},
    {"sbom", 0, OPT_FILE, "FILE", "the SBOM the products are entries of", 0, 0},
    {"changed", 0, OPT_FLAG, NULL, "print only verdicts that are new", 0, 0},
    {"again", 0, OPT_FLAG, NULL,
	"decide also where nothing new is known since the last verdict", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

static const struct out_column columns[] = {
    {"vexVerdictId", "VERDICT", OUT_JSON_ONLY},
    {"vulnerabilityId", "VULNERABILITY", OUT_CUT},
    {"productKey", "PRODUCT", OUT_CUT},
    {"status", "STATUS", 0},
    {"justification", "JUSTIFICATION", OUT_CUT},
    {"policyVersion", "POLICY", OUT_JSON_ONLY},
    {"reasoningId", "REASONING", OUT_JSON_ONLY},
    {"sbomEntryId", "SBOM ENTRY", OUT_JSON_ONLY},
    {"conflicts", "CONFLICTS", OUT_RIGHT},
    {"changedFrom", "CHANGED", OUT_JSON_ONLY},
    {"changed", "CHANGED", OUT_TEXT_ONLY},
    {NULL, NULL, 0},
};

struct decide {
	struct out_table table;
	size_t changed;
};

static int
print_verdict(
    const struct vexlog_verdict *v, const char *changed_from, void *context)
{
	struct decide *decide = context;
	const char *status = vexlog_status_name(v->status);

	decide->changed += changed_from != NULL;
	out_table_row(&decide->table,
	    (struct out_cell[]){out_text(v->id), out_text(v->vulnerability),
		out_text(v->product),
		out_styled_text(status, out_status_style(status)),
		out_text(v->justification), out_text(v->policy_version),
		out_text(v->reasoning_id), out_text(v->sbom_entry_id),
		out_integer((int64_t)v->conflict_count), out_text(changed_from),
		out_text(changed_from != NULL ? "yes" : NULL)});
	return 0;
}

static int
read_sbom(const char **out, struct cli *cli)
{
	const char *path = opt_text(&cli->args, "sbom");
	struct vexlog_bytes bytes;

	*out = NULL;
	if (path == NULL)
		return 0;
	if (cli_read_file(&bytes, cli, path, DOCUMENT_SIZE_MAX, &cli->err) != 0)
		return cli->err.code;
	return vexlog_digest(out, cli->arena, bytes, &cli->err);
}

static int
run(struct cli *cli)
{
	const struct args *args = &cli->args;
	struct decide decide = {.changed = 0};
	struct vexlog_decide_options with = {
	    .vulnerability = opt_text(args, "vuln"),
	    .product = opt_text(args, "product"),
	    .at = opt_time(args, "at", INT64_MAX),
	    .again = opt_flag(args, "again"),
	    .changed = opt_flag(args, "changed"),
	    .verdict = print_verdict,
	    .context = &decide,
	};
	const char *policy = opt_text(args, "policy");
	struct vexlog *v;
	size_t count = 0;

	if (cli_by_log(&with.by_log, cli) != 0 || (policy != NULL &&
		cli_read_policy(&with.policy, cli, policy) != 0) ||
	    read_sbom(&with.sbom, cli) != 0 || cli_open(&v, cli) != 0)
		return cli_fail(cli);
	out_table_open(&decide.table, &cli->out, columns, NULL);
	int rc = vexlog_decide(&count, v, &with, &cli->err);
	out_table_close(&decide.table, NULL);
	vexlog_close(v);
	if (rc != 0)
		return cli_fail(cli);
	cli_say(cli, "%s, %zu changed%s",
	    cli_count(cli, count, "verdict", "verdicts"), decide.changed,
	    with.at == INT64_MAX ? "" : "; not stored");
	return CLI_GOOD;
}

const struct command cmd_decide = {"decide",
    "conclude one verdict for each vulnerability and product",
    "A verdict follows from the set of claims and the policy alone: deciding "
    "again with nothing new gives the same ids, so what nothing new is known "
    "about is not decided again. A verdict that changed is "
    "queued for its own log entry.",
    options, operands, run};
