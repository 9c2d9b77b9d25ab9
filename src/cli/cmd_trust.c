/*
 * cmd_trust.c - the logs and signers that are believed, and from when to when.
 */
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
    {"name", 0, OPT_TEXT, "N", "the signer's name, vendor:acme", 0, 0},
    {"not-before", 0, OPT_TIME, "TIME", "believed from then on (now)", 0, 0},
    {"not-after", 0, OPT_TIME, "TIME", "believed until then (no end)", 0, 0},
    OPT_END,
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
		    (struct out_cell[]){
			out_text(item->signer ? "signer" : "log"),
			out_text(item->name), out_text(item->algo),
			out_text(from),
			out_text(item->valid_until == TIME_MAX ? NULL : until),
			out_text(item->url),
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
    {NULL, NULL, 0},
};

static int
run_check(struct cli *cli)
{
	const struct vexlog_trust_item *list;
	struct vexlog_bytes json;
	const char *path, *digest;
	size_t count, signers = 0;

	if (read_trust(&path, &json, cli) != 0)
		return cli_fail(cli);
	if (vexlog_trust_read(
		&list, &count, &digest, cli->arena, json, &cli->err) != 0) {
		err_where(&cli->err, path);
		return cli_fail(cli);
	}
	for (size_t i = 0; i < count; i++)
		signers += list[i].signer;
	out_record(&cli->out, check_columns,
	    (struct out_cell[]){out_text(path), out_text(digest),
		out_integer((int64_t)(count - signers)),
		out_integer((int64_t)signers)});
	return CLI_GOOD;
}

/* ---- add --------------------------------------------------------------- */

static int
addition(struct vexlog_trust_item *item, const char **key_path, struct cli *cli)
{
	const struct args *args = &cli->args;
	const char *origin = opt_text(args, "origin");
	const char *signer = opt_text(args, "signer");

	*item = (struct vexlog_trust_item){
	    .signer = signer != NULL,
	    .name = signer != NULL ? opt_text(args, "name") : origin,
	    .url = opt_text(args, "url"),
	    .valid_from = opt_time(args, "not-before", time_now()),
	    .valid_until = opt_time(args, "not-after", TIME_MAX),
	};
	*key_path = signer != NULL ? signer : opt_text(args, "key");
	if ((signer != NULL) == (origin != NULL) || item->name == NULL ||
	    *key_path == NULL ||
	    (signer != NULL && (item->url != NULL || opt_flag(args, "key"))) ||
	    (signer == NULL && opt_flag(args, "name"))) {
		err_set(&cli->err, VEXLOG_MISUSE,
		    "a log is --origin and --key, a signer is --signer and "
		    "--name");
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

static int
run_add(struct cli *cli)
{
	const char *path = cli_home_file(cli, "trust.json"), *key_path;
	const struct vexlog_trust_item *list;
	struct vexlog_trust_item item;
	struct vexlog_bytes json;
	const char *digest;
	size_t count;

	if (path == NULL || addition(&item, &key_path, cli) != 0)
		return cli_fail(cli);
	if (!file_exists(cli->options.home)) {
		err_set(&cli->err, VEXLOG_NOT_FOUND, "there is no home yet");
		err_where(&cli->err, cli->options.home);
		cli->opening = true;
		return cli_fail(cli);
	}
	if (add(cli, path, &item, key_path) != 0 ||
	    cli_read_file(&json, cli, path, CONFIG_SIZE_MAX, &cli->err) != 0 ||
	    vexlog_trust_read(
		&list, &count, &digest, cli->arena, json, &cli->err) != 0)
		return cli_fail(cli);
	print_items(cli, list, count);
	return CLI_GOOD;
}

const struct command cmd_trust_show = {"trust show",
    "the logs and signers that are believed", NULL, no_options, file_operands,
    run_show};
const struct command cmd_trust_check = {"trust check",
    "is this file a trust file that holds together", NULL, no_options,
    file_operands, run_check};
const struct command cmd_trust_add = {"trust add",
    "believe a log or a signer from now on",
    "A log: vexlog trust add --origin O --key PEM [--url U]. A signer: vexlog "
    "trust add --signer PEM --name N. Keys come from you, never from a "
    "server: compare them with what their owner publishes elsewhere.",
    add_options, no_operands, run_add};
