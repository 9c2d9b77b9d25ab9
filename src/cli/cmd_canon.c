/*
 * cmd_canon.c - canonical bytes of JSON, and ids made of them.
 */
#include "base/limits.h"
#include "cli/cli.h"

static const struct opt options[] = {OPT_END};
static const struct operand canon_operands[] = {
    {"FILE", "one JSON text; - or nothing is standard input", true, false,
	OPT_FILE, NULL},
    OPERAND_END,
};
static const struct operand hash_operands[] = {
    {"KIND", "what the body is", false, false, OPT_CHOICE,
	"observation|content|reasoning|verdict"},
    {"FILE", "the JSON body; - is standard input", false, false, OPT_FILE,
	NULL},
    OPERAND_END,
};

/* What is too deep or too large is refused, as what is broken is. */
static int
fail_input(struct cli *cli, const char *path)
{
	err_where(&cli->err, path);
	if (cli->err.code == VEXLOG_LIMIT) {
		cli_print_err(&cli->err, NULL);
		return CLI_BAD;
	}
	return cli_fail(cli);
}

static int
run_canon(struct cli *cli)
{
	const char *path =
	    cli->args.operand_count > 0 ? cli->args.operands[0] : "-";
	struct vexlog_bytes in, out;

	if (cli_read_file(&in, cli, path, DOCUMENT_SIZE_MAX, &cli->err) != 0 ||
	    vexlog_canon(&out, cli->arena, in, &cli->err) != 0)
		return fail_input(cli, path);
	out_bytes(&cli->out, out);
	return CLI_GOOD;
}

static const struct out_column columns[] = {{"id", "id", 0}, {NULL, NULL, 0}};

static int
run_hash(struct cli *cli)
{
	const char *kind = cli->args.operands[0], *path = cli->args.operands[1];
	struct vexlog_bytes in;
	const char *id;

	if (cli_read_file(&in, cli, path, DOCUMENT_SIZE_MAX, &cli->err) != 0 ||
	    vexlog_hash(&id, cli->arena, kind, in, &cli->err) != 0)
		return fail_input(cli, path);
	if (cli->out.json)
		out_record(&cli->out, columns,
		    &(struct out_cell){.type = OUT_TEXT, .text = id});
	else
		out_print(&cli->out, "%s\n", id);
	return CLI_GOOD;
}

const struct command cmd_canon = {"canon",
    "RFC 8785 bytes of one JSON text, without a newline",
    "Refuses what has more than one meaning: duplicate names, lone "
    "surrogates, bad UTF-8, numbers past a double, bytes after the value, "
    "more than 64 levels.",
    options, canon_operands, run_canon};
const struct command cmd_hash = {"hash", "the id of a JSON body",
    "The body holds exactly the members that this kind of id is made of; a "
    "member that is the id itself is left out.",
    options, hash_operands, run_hash};
