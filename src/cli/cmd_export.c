/*
 * cmd_export.c - current verdicts as one file.
 */
#include "cli/cli.h"

static const struct opt options[] = {
    {"format", 0, OPT_TEXT, "FORMAT",
	"openvex, csaf, cyclonedx, bundle (an auditor's archive) or payloads "
	"(one a line)",
	0, 0},
    {"output", 'o', OPT_FILE, "PATH", "the file to write", 0, 0},
    {"layout", 0, OPT_CHOICE, "repo",
	"with openvex: PATH is a folder, a VEX repository with a document for "
	"each package, as Trivy reads it",
	0, 0},
    {"url", 0, OPT_TEXT, "URL",
	"where an archive of the repository will be; writes its manifest", 0,
	0},
    {"vuln", 0, OPT_VULN, "ID", "only this vulnerability", 0, 0},
    {"product", 0, OPT_TEXT, "KEY", "only this product and what is in it", 0,
	0},
    {"at", 0, OPT_TIME, "TIME", "as it was known then", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

static const struct out_column columns[] = {
    {"path", "file", 0},
    {"verdicts", "verdicts", OUT_RIGHT},
    {"observations", "observations", OUT_RIGHT},
    {NULL, NULL, 0},
};

static void
tell_lost(const char *what, void *context)
{
	cli_say(context, "not carried: %s", what);
}

static int
run(struct cli *cli)
{
	const struct args *args = &cli->args;
	const struct vexlog_export_options with = {
	    .format = opt_text(args, "format"),
	    .path = opt_text(args, "output"),
	    .layout = opt_text(args, "layout"),
	    .url = opt_text(args, "url"),
	    .vulnerability = opt_text(args, "vuln"),
	    .product = opt_text(args, "product"),
	    .at = opt_time(args, "at", INT64_MAX),
	    .lost = tell_lost,
	    .context = cli,
	};
	struct vexlog_export_result result;
	struct vexlog *v;

	if (with.format == NULL || with.path == NULL) {
		cli->err.code = VEXLOG_MISUSE;
		err_set(&cli->err, VEXLOG_MISUSE, "export needs %s",
		    with.format == NULL ? "--format" : "-o PATH");
		err_hint(&cli->err, "see `vexlog help export`");
		return cli_fail(cli);
	}
	if (cli_open(&v, cli) != 0)
		return cli_fail(cli);
	int rc = vexlog_export(&result, v, &with, &cli->err);
	vexlog_close(v);
	if (rc != 0)
		return cli_fail(cli);
	out_record(&cli->out, columns,
	    (struct out_cell[]){out_text(with.path),
		out_integer((int64_t)result.verdicts),
		out_integer((int64_t)result.observations)});
	return CLI_GOOD;
}

const struct command cmd_export = {"export",
    "write current verdicts to a file that others can read",
    "For scanners as OpenVEX 0.2.0 (Trivy and Grype take it), CSAF 2.0 or "
    "CycloneDX 1.6, one statement for each vulnerability in a product or its "
    "subcomponent; what the format has no place for is listed on standard "
    "error, one line each. With --at the claims known then are merged again. "
    "The same evidence gives the same bytes. An auditor's archive (bundle) "
    "holds documents, claims, verdicts with their traces, policies, signed "
    "envelopes and log proofs; `vexlog replay` computes all of it again.",
    options, operands, run};
