/*
 * cmd_trust.c - the logs, signers and witnesses that are believed, and from
 * when to when.
 */
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"

static const struct opt no_options[] = {OPT_END};
static const struct opt add_options[] = {
    {"origin", 0, OPT_TEXT, "O", "a log: first line of its checkpoints", 0, 0},
    {"key", 0, OPT_FILE, "PEM", "the log's public key", 0, 0},
    {"url", 0, OPT_TEXT, "U", "where the log is", 0, 0},
    {"signer", 0, OPT_FILE, "PEM", "a signer: its public key", 0, 0},
    {"witness", 0, OPT_FILE, "PEM", "a witness of checkpoints: its public key",
	0, 0},
    {"name", 0, OPT_TEXT, "N",
	"the signer's name, vendor:acme, or the witness's, as it signs", 0, 0},
    {"not-before", 0, OPT_TIME, "TIME", "believed from then on (now)", 0, 0},
    {"not-after", 0, OPT_TIME, "TIME", "believed until then (no end)", 0, 0},
    OPT_END,
};
static const struct opt quorum_options[] = {
    {"origin", 0, OPT_TEXT, "O",
	"of this log alone (of all that have none of their own)", 0, 0},
    OPT_END,
};
static const struct operand quorum_operands[] = {
    {"N", "how many different witnesses; 0 asks for none", false, false,
	OPT_INTEGER, NULL},
    OPERAND_END,
};
static const struct operand file_operands[] = {
    {"FILE", "a trust file (HOME/trust.json)", true, false, OPT_FILE, NULL},
    OPERAND_END,
};
static const struct operand no_operands[] = {OPERAND_END};

static const struct out_column columns[] = {
    {"kind", "KIND", 0},
    {"name", "NAME", OUT_CUT},
    {"algo", "ALGORITHM", 0},
    {"validFrom", "FROM", 0},
    {"validUntil", "UNTIL", 0},
    {"url", "URL", OUT_CUT},
    {"quorum", "WITNESSES", OUT_RIGHT},
    {"keyId", "KEY", OUT_ID},
    {NULL, NULL, 0},
};

/* The file named, or the home's, which must be there. */
static int
read_trust(const char **path, struct vexlog_bytes *json, struct cli *cli)
{
	bool of_home = cli->args.operand_count == 0;

	*path =
	    of_home ? cli_home_file(cli, "trust.json") : cli->args.operands[0];
	if (*path == NULL)
		return cli->err.code;
	if (of_home && !file_exists(*path)) {
		err_set(
		    &cli->err, VEXLOG_NOT_FOUND, "there is no trust file yet");
		cli->opening = true;
		return err_where(&cli->err, *path);
	}
	if (cli_read_file(json, cli, *path, CONFIG_SIZE_MAX, &cli->err) != 0)
		return cli->err.code;
	return 0;
}

static void
print_items(struct cli *cli, const struct vexlog_trust_item *list, size_t count)
{
	struct out_table table;

	out_table_open(&table, &cli->out, columns, NULL);
	for (size_t i = 0; i < count; i++) {
		const struct vexlog_trust_item *item = &list[i];
		char from[TIME_TEXT], until[TIME_TEXT];
		time_write(from, item->valid_from);
		if (item->valid_until != TIME_MAX)
			time_write(until, item->valid_until);
		out_table_row(&table,
		    (struct out_cell[]){out_text(item->signer   ? "signer"
						: item->witness ? "witness"
								: "log"),
			out_text(item->name), out_text(item->algo),
			out_text(from),
			out_text(item->valid_until == TIME_MAX ? NULL : until),
			out_text(item->url),
			item->signer || item->witness
			    ? out_text(NULL)
			    : out_integer((int64_t)item->quorum),
			out_styled_text(item->id, TERM_DIM)});
	}
	out_table_close(&table, NULL);
}

static int
run_show(struct cli *cli)
{
	const struct vexlog_trust_item *list;
	struct vexlog_bytes json;
	const char *path, *digest;
	size_t count;

	if (read_trust(&path, &json, cli) != 0)
		return cli_fail(cli);
	if (vexlog_trust_read(
		&list, &count, &digest, cli->arena, json, &cli->err) != 0) {
		err_where(&cli->err, path);
		return cli_fail(cli);
	}
	print_items(cli, list, count);
	cli_say(cli, "digest %s", digest);
	return CLI_GOOD;
}

static const struct out_column check_columns[] = {
    {"file", "file", 0},
    {"digest", "digest", 0},
    {"logs", "logs", 0},
    {"signers", "signers", 0},
    {"witnesses", "witnesses", 0},
    {NULL, NULL, 0},
};

static int
run_check(struct cli *cli)
{
	const struct vexlog_trust_item *list;
	struct vexlog_bytes json;
	const char *path, *digest;
	size_t count, signers = 0, witnesses = 0;

	if (read_trust(&path, &json, cli) != 0)
		return cli_fail(cli);
	if (vexlog_trust_read(
		&list, &count, &digest, cli->arena, json, &cli->err) != 0) {
		err_where(&cli->err, path);
		return cli_fail(cli);
	}
	for (size_t i = 0; i < count; i++) {
		signers += list[i].signer;
		witnesses += list[i].witness;
	}
	out_record(&cli->out, check_columns,
	    (struct out_cell[]){out_text(path), out_text(digest),
		out_integer((int64_t)(count - signers - witnesses)),
		out_integer((int64_t)signers),
		out_integer((int64_t)witnesses)});
	return CLI_GOOD;
}

/* ---- add --------------------------------------------------------------- */

static int
addition(struct vexlog_trust_item *item, const char **key_path, struct cli *cli)
{
	const struct args *args = &cli->args;
	const char *origin = opt_text(args, "origin");
	const char *signer = opt_text(args, "signer");
	const char *witness = opt_text(args, "witness");
	bool named = signer != NULL || witness != NULL;
	int kinds = (origin != NULL) + (signer != NULL) + (witness != NULL);

	*item = (struct vexlog_trust_item){
	    .signer = signer != NULL,
	    .witness = witness != NULL,
	    .name = named ? opt_text(args, "name") : origin,
	    .url = opt_text(args, "url"),
	    .valid_from = opt_time(args, "not-before", time_now()),
	    .valid_until = opt_time(args, "not-after", TIME_MAX),
	};
	*key_path = signer != NULL ? signer
	    : witness != NULL      ? witness
				   : opt_text(args, "key");
	if (kinds != 1 || item->name == NULL || *key_path == NULL ||
	    (named && (item->url != NULL || opt_flag(args, "key"))) ||
	    (!named && opt_flag(args, "name"))) {
		err_set(&cli->err, VEXLOG_MISUSE,
		    "a log is --origin and --key, a signer is --signer and "
		    "--name, a witness is --witness and --name");
		return err_hint(
		    &cli->err, "`vexlog help trust add` shows how it is used");
	}
	if (item->valid_until < item->valid_from)
		return err_set(&cli->err, VEXLOG_MISUSE,
		    "--not-after is before --not-before (now, when not "
		    "given)");
	return 0;
}

static int
add(struct cli *cli, const char *path, const struct vexlog_trust_item *item,
    const char *key_path)
{
	struct vexlog_bytes old = {NULL, 0}, json, key;

	if (file_exists(path) &&
	    cli_read_file(&old, cli, path, CONFIG_SIZE_MAX, &cli->err) != 0)
		return cli->err.code;
	if (cli_read_file(&key, cli, key_path, CONFIG_SIZE_MAX, &cli->err) != 0)
		return cli->err.code;
	if (vexlog_trust_add(&json, cli->arena, old, item, key, &cli->err) != 0)
		return err_where(&cli->err, key_path);
	return file_write(path, json, 0644, &cli->err);
}

/* The home's trust file as it is now. */
static int
show_home(struct cli *cli, const char *path)
{
	const struct vexlog_trust_item *list;
	struct vexlog_bytes json;
	const char *digest;
	size_t count;

	if (cli_read_file(&json, cli, path, CONFIG_SIZE_MAX, &cli->err) != 0 ||
	    vexlog_trust_read(
		&list, &count, &digest, cli->arena, json, &cli->err) != 0)
		return cli_fail(cli);
	print_items(cli, list, count);
	return CLI_GOOD;
}

static int
run_add(struct cli *cli)
{
	const char *path = cli_home_file(cli, "trust.json"), *key_path;
	struct vexlog_trust_item item;

	if (path == NULL || addition(&item, &key_path, cli) != 0)
		return cli_fail(cli);
	if (!file_exists(cli->options.home)) {
		err_set(&cli->err, VEXLOG_NOT_FOUND, "there is no home yet");
		err_where(&cli->err, cli->options.home);
		cli->opening = true;
		return cli_fail(cli);
	}
	if (add(cli, path, &item, key_path) != 0)
		return cli_fail(cli);
	return show_home(cli, path);
}

/* ---- quorum ------------------------------------------------------------ */

static int
run_quorum(struct cli *cli)
{
	const char *text = cli->args.operands[0], *path;
	struct vexlog_bytes old, json;
	uint64_t quorum;

	cli->args.operand_count = 0; /* the file is the home's */
	if (!text_decimal(&quorum, text, strlen(text), TRUST_KEYS_MAX)) {
		err_set(&cli->err, VEXLOG_MISUSE,
		    "\"%.40s\" is no number of witnesses", text);
		return cli_fail(cli);
	}
	if (read_trust(&path, &old, cli) != 0)
		return cli_fail(cli);
	if (vexlog_trust_quorum(&json, cli->arena, old,
		opt_text(&cli->args, "origin"), (size_t)quorum,
		&cli->err) != 0) {
		err_where(&cli->err, path);
		return cli_fail(cli);
	}
	if (file_write(path, json, 0644, &cli->err) != 0)
		return cli_fail(cli);
	return show_home(cli, path);
}

const struct command cmd_trust_show = {"trust show",
    "the logs, signers and witnesses that are believed", NULL, no_options,
    file_operands, run_show};
const struct command cmd_trust_check = {"trust check",
    "is this file a trust file that holds together", NULL, no_options,
    file_operands, run_check};
const struct command cmd_trust_add = {"trust add",
    "believe a log, a signer or a witness from now on",
    "A log: vexlog trust add --origin O --key PEM [--url U]. A signer: vexlog "
    "trust add --signer PEM --name N. A witness: vexlog trust add --witness "
    "PEM --name N; how many are needed says vexlog trust quorum. Keys come from you, never from a "
    "server: compare them with what their owner publishes elsewhere.",
    add_options, no_operands, run_add};
const struct command cmd_trust_quorum = {"trust quorum",
    "how many witnesses must have cosigned a log's checkpoints",
    "A log that shows two histories needs its witnesses to sign both. With a "
    "quorum of N each checkpoint is believed only once N different trusted "
    "witnesses have cosigned it: when entries are linked, when they are "
    "verified, and by the monitor.",
    quorum_options, quorum_operands, run_quorum};
