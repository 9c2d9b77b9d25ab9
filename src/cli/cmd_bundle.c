/*
 * cmd_bundle.c - does a Sigstore bundle hold, for this artifact and signer.
 *
 * The options are those of the protocol that Sigstore's conformance suite
 * drives clients with (sigstore-conformance, docs/cli_protocol.md).
 */
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"

static const struct opt options[] = {
    {"bundle", 0, OPT_FILE, "FILE", "the bundle, v0.1 to v0.3", 0, 0},
    {"key", 0, OPT_FILE, "PEM", "signed with this public key", 0, 0},
    {"certificate-identity", 0, OPT_TEXT, "IDENTITY",
	"signed by this e-mail address, URI or user name, exactly", 0, 0},
    {"certificate-oidc-issuer", 0, OPT_TEXT, "URL",
	"and who vouched for that identity, exactly", 0, 0},
    {"trusted-root", 0, OPT_FILE, "FILE",
	"a trusted_root.json instead of Sigstore's built-in one", 0, 0},
    {"staging", 0, OPT_FLAG, NULL,
	"trust Sigstore's staging instance (built in)", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {
    {"FILE_OR_DIGEST",
	"what was signed, or the subject of the statement that was; or its "
	"digest: sha256: (sha384:, sha512:) and hex digits",
	false, false, OPT_FILE, NULL},
    OPERAND_END,
};

static int
misuse(struct cli *cli, const char *what, const char *hint)
{
	err_set(&cli->err, VEXLOG_MISUSE, "%s", what);
	err_hint(&cli->err, "%s", hint);
	return VEXLOG_MISUSE;
}

static int
read_signer(struct vexlog_bundle_options *with, struct cli *cli)
{
	const char *key = opt_text(&cli->args, "key");

	with->identity = opt_text(&cli->args, "certificate-identity");
	with->issuer = opt_text(&cli->args, "certificate-oidc-issuer");
	if (key != NULL ? with->identity != NULL || with->issuer != NULL
			: with->identity == NULL || with->issuer == NULL)
		return misuse(cli, "who has to have signed?",
		    "give either --key, or --certificate-identity and "
		    "--certificate-oidc-issuer");
	if (key == NULL)
		return 0;
	int rc =
	    cli_read_file(&with->key, cli, key, CONFIG_SIZE_MAX, &cli->err);
	if (rc == 0 && with->key.size == 0) {
		err_set(&cli->err, VEXLOG_SYNTAX, "the file is empty");
		return err_where(&cli->err, key);
	}
	return rc;
}

static int
read_root(struct vexlog_bundle_options *with, struct cli *cli)
{
	const char *root = opt_text(&cli->args, "trusted-root");

	if (root == NULL) {
		if (opt_flag(&cli->args, "staging"))
			with->instance = "staging";
		return 0;
	}
	int rc = cli_read_file(
	    &with->trusted_root, cli, root, CONFIG_SIZE_MAX, &cli->err);
	if (rc == 0 && with->trusted_root.size == 0) {
		err_set(&cli->err, VEXLOG_SYNTAX, "the file is empty");
		return err_where(&cli->err, root);
	}
	return rc;
}

static bool
is_digest(const char *text)
{
	return text_is_digest(text) ||
	    (text_starts(text, "sha384:") && text_is_hex(text + 7, 96)) ||
	    (text_starts(text, "sha512:") && text_is_hex(text + 7, 128));
}

/* A digest is one that is no file, too. */
static int
read_artifact(struct vexlog_bundle_options *with, struct cli *cli)
{
	const char *name = cli->args.operands[0];

	if (is_digest(name) && !file_exists(name)) {
		with->digest = name;
		return 0;
	}
	int rc = cli_read_file(
	    &with->artifact, cli, name, DOCUMENT_SIZE_MAX, &cli->err);
	if (rc == VEXLOG_LIMIT)
		err_hint(&cli->err, "give its digest instead: sha256:…");
	return rc;
}

static int
read_all(struct vexlog_bundle_options *with, struct cli *cli)
{
	const char *bundle = opt_text(&cli->args, "bundle");
	int rc;

	if (bundle == NULL)
		return misuse(cli, "--bundle is missing",
		    "give the bundle, for example --bundle "
		    "artifact.sigstore.json");
	if ((rc = read_signer(with, cli)) != 0 ||
	    (rc = read_root(with, cli)) != 0 ||
	    (rc = read_artifact(with, cli)) != 0)
		return rc;
	/* one byte more than is taken, so that the report says so */
	return cli_read_file(
	    &with->bundle, cli, bundle, BUNDLE_SIZE_MAX + 1, &cli->err);
}

static void
print_report(struct cli *cli, const struct vexlog_report *report)
{
	static const char *const names[] = {"PASS", "FAIL", "SKIP"};
	static const enum term_style styles[] = {
	    TERM_GREEN, TERM_RED, TERM_YELLOW};
	struct out *out = &cli->out;

	out_styled(out, report->holds ? TERM_GREEN : TERM_RED,
	    report->holds ? "verified" : "NOT VERIFIED");
	out_print(out, "  %s\n", out_safe(out, report->id));
	for (size_t i = 0; i < report->count; i++) {
		const struct vexlog_check *c = &report->list[i];
		if (!cli->verbose &&
		    (report->holds || c->outcome == VEXLOG_PASS))
			continue;
		out_print(out, "  ");
		out_styled(out, styles[c->outcome], names[c->outcome]);
		out_print(out, "  %s (%s)\n        ", c->name, c->rule);
		out_wrap(out, out_safe(out, c->detail), 8);
	}
	out_reset(out);
}

static int
run(struct cli *cli)
{
	struct vexlog_bundle_options with = {.logs = 1};
	struct vexlog_report report;
	struct vexlog_bytes json;

	if (read_all(&with, cli) != 0 ||
	    vexlog_verify_bundle(&report, cli->arena, &with, &cli->err) != 0)
		return cli_fail(cli);
	if (!cli->out.json)
		print_report(cli, &report);
	else if (vexlog_report_json(&json, cli->arena, &report, &cli->err) != 0)
		return cli_fail(cli);
	else
		out_bytes_line(&cli->out, json);
	return report.holds ? CLI_GOOD : CLI_BAD;
}

const struct command cmd_verify_bundle = {"verify-bundle",
    "does a Sigstore bundle hold, for this artifact and signer",
    "Offline, without a home or a store: the signature, its entries in "
    "transparency logs, timestamps, the certificate at the time of signing, "
    "and that all of them are about this artifact. Nothing is ever fetched. "
    "With --verbose every check is shown, otherwise those that do not pass.",
    options, operands, run};
