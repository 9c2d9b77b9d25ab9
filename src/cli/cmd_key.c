/*
 * cmd_key.c - signing keys: what is in a file, and new ones.
 */
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"

#define KEY_KINDS "ecdsa-p256|ecdsa-p384|ecdsa-p521|rsa-3072|ed25519"

static const struct opt show_options[] = {OPT_END};
static const struct opt generate_options[] = {
    {"kind", 0, OPT_CHOICE, KEY_KINDS, "what key (ecdsa-p256)", 0, 0},
    {"output", 'o', OPT_FILE, "FILE",
	"where to; must not be there yet (HOME/key.pem)", 0, 0},
    OPT_END,
};
static const struct operand show_operands[] = {
    {"FILE", "PEM of a private or public key (HOME/key.pem)", true, false,
	OPT_FILE, NULL},
    OPERAND_END,
};
static const struct operand no_operands[] = {OPERAND_END};

static const struct out_column columns[] = {
    {"file", "file", 0},
    {"keyId", "key id", 0},
    {"algo", "algorithm", 0},
    {"links", "logs take it", 0},
    {"publicKey", "", OUT_JSON_ONLY},
    {NULL, NULL, 0},
};

static void
print_key(struct cli *cli, const char *path, const struct vexlog_key_info *key)
{
	out_record(&cli->out, columns,
	    (struct out_cell[]){out_text(path), out_text(key->id),
		out_text(key->algo), out_bool(key->links), out_text(key->pem)});
	if (!cli->out.json)
		out_print(&cli->out, "\n%s", key->pem);
}

static int
run_show(struct cli *cli)
{
	struct vexlog_key_info key;
	struct vexlog_bytes pem;
	const char *path;
	bool of_home = cli->args.operand_count == 0;

	path = of_home ? cli_home_file(cli, "key.pem") : cli->args.operands[0];
	if (path == NULL)
		return cli_fail(cli);
	if (of_home && !file_exists(path)) {
		err_set(&cli->err, VEXLOG_NOT_FOUND, "there is no key yet");
		err_where(&cli->err, path);
		cli->opening = true;
		return cli_fail(cli);
	}
	if (cli_read_file(&pem, cli, path, CONFIG_SIZE_MAX, &cli->err) != 0 ||
	    vexlog_key_read(&key, cli->arena, pem, &cli->options, &cli->err) !=
		0) {
		err_where(&cli->err, path);
		return cli_fail(cli);
	}
	print_key(cli, path, &key);
	return CLI_GOOD;
}

static int
run_generate(struct cli *cli)
{
	const char *kind = opt_text(&cli->args, "kind");
	const char *path = opt_text(&cli->args, "output");
	struct vexlog_key_info key;
	struct vexlog_bytes pem;

	if (path == NULL) {
		path = cli_home_file(cli, "key.pem");
		if (path == NULL ||
		    file_make_folder(cli->options.home, 0700, &cli->err) != 0)
			return cli_fail(cli);
	}
	if (vexlog_key_generate(&pem, &key, cli->arena,
		kind == NULL ? "ecdsa-p256" : kind, &cli->err) != 0)
		return cli_fail(cli);
	/* the owner's alone, and never over a key that is there */
	if (file_create(path, pem, 0600, &cli->err) != 0) {
		err_where(&cli->err, path);
		err_hint(&cli->err,
		    "choose another file with --output; a key is never "
		    "overwritten");
		return cli_fail(cli);
	}
	print_key(cli, path, &key);
	if (!key.links)
		cli_say(cli,
		    "no log takes signatures of this kind: link "
		    "needs another");
	return CLI_GOOD;
}

const struct command cmd_key_show = {"key show",
    "id, algorithm and public half of a key", NULL, show_options, show_operands,
    run_show};
const struct command cmd_key_generate = {"key generate",
    "make a new signing key",
    "The file is PKCS#8 PEM, readable by its owner alone. To let others "
    "believe in it, give them the public half: vexlog key show.",
    generate_options, no_operands, run_generate};
