/*
 * cmd_ingest.c - read VEX documents into the store.
 */
#include <string.h>

#include "base/limits.h"
#include "cli/cli.h"
#include "cli/progress.h"

static const struct opt options[] = {
    {"provider", 0, OPT_TEXT, "ID",
	"who says so, vendor:acme (what the document says of itself)", 0, 0},
    {"strict", 0, OPT_FLAG, NULL, "refuse a document with any finding", 0, 0},
    {"format", 0, OPT_CHOICE, "openvex|csaf|cyclonedx|spdx",
	"take it for this format (found out from the bytes)", 0, 0},
    {"max-size", 0, OPT_INTEGER, "BYTES",
	"largest document, after decompression (268435456)", 1,
	(int64_t)DOCUMENT_SIZE_MAX},
    OPT_END,
};
static const struct operand operands[] = {
    {"PATH",
	"files, folders (with all below), VEX repositories, .gz, .zst, "
	".jsonl, or - for standard input",
	false, true, OPT_FILE, NULL},
    OPERAND_END,
};

struct ingest {
	struct cli *cli;
	struct buffer refused; /* JSON items */
	size_t refusals;
	size_t silent; /* documents that claim nothing, and the first */
	const char *first_silent;
	struct progress progress;
};

static void
write_refusal(struct ingest *ingest, const struct vexlog_refusal *refusal)
{
	const struct vexlog_err *err = &refusal->err;
	struct json_writer w;

	if (ingest->refusals++ > 0)
		buffer_byte(&ingest->refused, ',');
	json_open(&w, &ingest->refused, false);
	json_object(&w);
	json_member(&w, "file", refusal->file);
	json_member(&w, "format", refusal->format);
	json_member(&w, "code", vexlog_code_name(err->code));
	json_member(&w, "pointer", err->pointer);
	json_name(&w, "offset");
	if (err->offset == SIZE_MAX)
		json_put_null(&w);
	else
		json_put_integer(&w, (int64_t)err->offset);
	json_member(&w, "message", err->message);
	json_member(&w, "rule", err->rule);
	json_close(&w);
}

static void
refusal(const struct vexlog_refusal *refusal, void *context)
{
	struct ingest *ingest = context;

	progress_close(&ingest->progress);
	cli_print_err(&refusal->err, refusal->file);
	write_refusal(ingest, refusal);
}

static void
silent(const char *file, void *context)
{
	struct ingest *ingest = context;
	struct vexlog_err ignored;

	if (ingest->silent++ == 0)
		ingest->first_silent =
		    arena_copy(ingest->cli->arena, file, &ignored);
}

static void
progress(const struct vexlog_ingest_result *so_far, void *context)
{
	struct ingest *ingest = context;

	progress_tell(&ingest->progress, so_far->read, 0);
}

static void
print_json(struct ingest *ingest, const struct vexlog_ingest_result *r)
{
	struct cli *cli = ingest->cli;
	struct json_writer w;
	struct buffer b;
	struct vexlog_bytes refused;

	if (buffer_finish(&ingest->refused, &refused, &cli->out.err) != 0) {
		cli->out.rc = cli->out.err.code;
		return;
	}
	buffer_open(&b, cli->arena, DOCUMENT_SIZE_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_name(&w, "documents");
	json_object(&w);
	json_member_integer(&w, "read", (int64_t)r->read);
	json_member_integer(&w, "stored", (int64_t)r->stored);
	json_member_integer(&w, "known", (int64_t)r->known);
	json_member_integer(&w, "refused", (int64_t)r->refused);
	json_close(&w);
	json_name(&w, "observations");
	json_object(&w);
	json_member_integer(&w, "stored", (int64_t)r->observations_stored);
	json_member_integer(&w, "known", (int64_t)r->observations_known);
	json_close(&w);
	json_member_integer(&w, "findings", (int64_t)r->findings);
	json_name(&w, "refused");
	json_array(&w);
	json_put_raw(&w, (const char *)refused.data, refused.size);
	json_close(&w);
	json_close(&w);
	out_buffer_line(&cli->out, &b);
}

static void
say_silent(const struct ingest *ingest)
{
	struct cli *cli = ingest->cli;

	if (ingest->silent == 0)
		return;
	cli_say(cli,
	    "%s nothing (%s%s): what was claimed before, by earlier versions "
	    "too, counts until something newer is said",
	    cli_count(
		cli, ingest->silent, "document claims", "documents claim"),
	    out_safe(&cli->out, ingest->first_silent),
	    ingest->silent > 1 ? ", ..." : "");
	out_reset(&cli->out);
}

static void
print_text(struct cli *cli, const struct vexlog_ingest_result *r)
{
	static const struct out_column columns[] = {
	    {"what", "", OUT_TEXT_ONLY},
	    {"stored", "STORED", OUT_RIGHT},
	    {"known", "KNOWN", OUT_RIGHT},
	    {"refused", "REFUSED", OUT_RIGHT},
	    {NULL, NULL, 0},
	};
	struct out_table table;

	out_table_open(&table, &cli->out, columns, NULL);
	out_table_row(&table,
	    (struct out_cell[]){out_text("documents"),
		out_integer((int64_t)r->stored), out_integer((int64_t)r->known),
		out_integer((int64_t)r->refused)});
	out_table_row(&table,
	    (struct out_cell[]){out_text("observations"),
		out_integer((int64_t)r->observations_stored),
		out_integer((int64_t)r->observations_known), out_text(NULL)});
	out_table_close(&table, NULL);
	if (r->findings > 0)
		cli_say(cli,
		    "%s kept with the documents; `vexlog check` shows them",
		    cli_count(cli, r->findings, "finding", "findings"));
}

static int
run(struct cli *cli)
{
	struct ingest ingest = {.cli = cli};
	struct vexlog_ingest_options with = {
	    .format = opt_text(&cli->args, "format"),
	    .provider = opt_text(&cli->args, "provider"),
	    .strict = opt_flag(&cli->args, "strict"),
	    .size_max = (size_t)opt_integer(&cli->args, "max-size", 0),
	    .refusal = refusal,
	    .silent = silent,
	    .progress = progress,
	    .context = &ingest,
	};
	struct vexlog_ingest_result result = {0};
	struct vexlog *v;

	if (cli_open(&v, cli) != 0)
		return cli_fail(cli);
	buffer_open(&ingest.refused, cli->arena, DOCUMENT_SIZE_MAX);
	progress_open(&ingest.progress, "documents", cli->quiet);
	int rc = vexlog_ingest(&result, v, cli->args.operands,
	    cli->args.operand_count, &with, &cli->err);
	progress_close(&ingest.progress);
	vexlog_close(v);
	/* what went in before a failure stays, so it is told too */
	if (cli->out.json)
		print_json(&ingest, &result);
	else
		print_text(cli, &result);
	say_silent(&ingest);
	if (rc != 0)
		return cli_fail_input(cli);
	return result.refused > 0 ? CLI_BAD : CLI_GOOD;
}

const struct command cmd_ingest = {"ingest",
    "read VEX documents into the store",
    "Each document goes in whole or not at all. The same bytes again change "
    "nothing. A document that cannot be read safely is refused, and the "
    "others go in; the exit code is then 1.",
    options, operands, run};
