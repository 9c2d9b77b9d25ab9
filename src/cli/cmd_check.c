/*
 * cmd_check.c - read VEX documents without a store; every rule they break.
 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "base/unpack.h"
#include "cli/cli.h"
#include "cli/sarif.h"

static const struct opt options[] = {
    {"strict", 0, OPT_FLAG, NULL, "any finding makes the exit code 1", 0, 0},
    {"sarif", 0, OPT_FLAG, NULL, "one SARIF 2.1.0 log for code scanning", 0, 0},
    {"format", 0, OPT_CHOICE, "openvex|csaf|cyclonedx|spdx",
	"take it for this format (found out from the bytes)", 0, 0},
    {"max-size", 0, OPT_INTEGER, "BYTES",
	"largest document, after decompression (268435456)", 1,
	(int64_t)DOCUMENT_SIZE_MAX},
    OPT_END,
};
static const struct operand operands[] = {
    {"FILE", "documents, .gz, .zst, .jsonl, or - for standard input", false, true,
	OPT_FILE, NULL},
    OPERAND_END,
};

struct check {
	struct cli *cli;
	struct vexlog_arena *arena; /* of one file */
	struct sarif sarif;
	struct buffer sarif_text;
	bool strict, as_sarif;
	size_t files, bad, failed;
};

static void
write_finding(struct json_writer *w, const struct vexlog_finding *f)
{
	json_object(w);
	json_member(w, "level", f->unsafe ? "unsafe" : "finding");
	json_member(w, "rule", f->rule);
	json_member(w, "pointer", f->pointer);
	json_name(w, "offset");
	if (f->offset == SIZE_MAX)
		json_put_null(w);
	else
		json_put_integer(w, (int64_t)f->offset);
	json_member(w, "message", f->message);
	json_close(w);
}

/* How many observations the document gives. One that is refused gives none,
 * whatever could be read of it. */
static size_t
count_statuses(
    size_t counts[VEXLOG_STATUSES], const struct vexlog_document *d)
{
	size_t count = d->readable ? d->observations.count : 0;

	memset(counts, 0, VEXLOG_STATUSES * sizeof(counts[0]));
	for (size_t i = 0; i < count; i++)
		counts[d->observations.list[i].status]++;
	return count;
}

static void
print_json(
    struct check *check, const char *name, const struct vexlog_document *d)
{
	size_t counts[VEXLOG_STATUSES];
	size_t count = count_statuses(counts, d);
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, check->arena, DOCUMENT_SIZE_MAX);
	json_open(&w, &b, false);
	json_object(&w);
	json_member(&w, "file", name);
	json_member(&w, "format", d->format);
	json_member_bool(&w, "readable", d->readable);
	json_member_integer(&w, "observations", (int64_t)count);
	json_name(&w, "statuses");
	json_object(&w);
	for (int i = 0; i < VEXLOG_STATUSES; i++)
		if (counts[i] > 0)
			json_member_integer(&w,
			    vexlog_status_name((enum vexlog_status)i),
			    (int64_t)counts[i]);
	json_close(&w);
	json_name(&w, "findings");
	json_array(&w);
	for (size_t i = 0; i < d->finding_count; i++)
		write_finding(&w, &d->findings[i]);
	json_close(&w);
	json_close(&w);
	out_buffer_line(&check->cli->out, &b);
}

static void
print_text(
    struct check *check, const char *name, const struct vexlog_document *d)
{
	struct out *out = &check->cli->out;
	size_t counts[VEXLOG_STATUSES];
	size_t count = count_statuses(counts, d);

	out_styled(out,
	    !d->readable               ? TERM_RED
		: d->finding_count > 0 ? TERM_YELLOW
				       : TERM_GREEN,
	    !d->readable               ? "unsafe "
		: d->finding_count > 0 ? "finding"
				       : "good   ");
	out_print(out, "  %s", out_safe(out, name));
	if (d->format != NULL)
		out_print(out, "  %s %s", d->format,
		    out_safe(out, d->format_version));
	out_print(out, "  %s",
	    cli_count(check->cli, count, "observation", "observations"));
	for (int i = 0; i < VEXLOG_STATUSES; i++)
		if (counts[i] > 0)
			out_print(out, "  %zu %s", counts[i],
			    vexlog_status_name((enum vexlog_status)i));
	out_print(out, "\n");
	for (size_t i = 0; i < d->finding_count; i++) {
		const struct vexlog_finding *f = &d->findings[i];
		out_print(out, "  ");
		out_styled(out, f->unsafe ? TERM_RED : TERM_YELLOW,
		    f->unsafe ? "unsafe" : "finding");
		if (f->pointer != NULL && f->pointer[0] != '\0')
			out_print(out, "  %s", out_safe(out, f->pointer));
		out_print(out, "\n      ");
		const char *line = arena_print(
		    check->arena, &out->err, "%s (%s)", f->message, f->rule);
		out_wrap(out, out_safe(out, line), 6);
	}
	out_reset(out);
}

static void
print_document(struct check *check, const char *name, struct vexlog_bytes bytes,
    const struct vexlog_document *document)
{
	check->bad += !document->readable ||
	    (check->strict && document->finding_count > 0);
	if (check->as_sarif) {
		for (size_t i = 0; i < document->finding_count; i++)
			sarif_result(&check->sarif, check->arena, name, bytes,
			    &document->findings[i]);
	} else if (check->cli->out.json) {
		print_json(check, name, document);
	} else {
		print_text(check, name, document);
	}
}

/* What cannot be read at all has one thing wrong with it, the error. */
static void
print_unread(struct check *check, const char *name)
{
	const struct vexlog_err *err = &check->cli->err;
	struct vexlog_finding finding = {.unsafe = true,
	    .rule = err->code == VEXLOG_LIMIT ? "limit" : "compression",
	    .pointer = "",
	    .offset = SIZE_MAX,
	    .message = err->message};
	struct vexlog_document document = {
	    .format_version = "", .findings = &finding, .finding_count = 1};

	print_document(check, name, (struct vexlog_bytes){0}, &document);
}

static int
check_document(struct check *check, const char *name, struct vexlog_bytes bytes)
{
	struct cli *cli = check->cli;
	struct vexlog_read_options with = {
	    .format = opt_text(&cli->args, "format"),
	    .received_at = time_now(),
	};
	struct vexlog_document document;

	int rc = vexlog_read(&document, check->arena, bytes, &with, &cli->err);
	if (rc == VEXLOG_LIMIT) {
		print_unread(check, name);
		cli_print_err(&cli->err, name);
		return 0;
	}
	if (rc != 0)
		return err_where(&cli->err, name);
	print_document(check, name, bytes, &document);
	return 0;
}

/* In a .jsonl each line is a document of its own, "file:line". */
static int
check_lines(struct check *check, const char *path, struct vexlog_bytes bytes)
{
	size_t start = 0, line = 0;

	while (start < bytes.size) {
		const uint8_t *from = bytes.data + start;
		const uint8_t *stop = memchr(from, '\n', bytes.size - start);
		size_t size =
		    stop == NULL ? bytes.size - start : (size_t)(stop - from);
		char *name;
		line++;
		start += size + 1;
		if (text_blank_json((struct vexlog_bytes){from, size}))
			continue;
		name = arena_print(
		    check->arena, &check->cli->err, "%s:%zu", path, line);
		if (name == NULL)
			return check->cli->err.code;
		int rc = check_document(
		    check, name, (struct vexlog_bytes){from, size});
		if (rc != 0)
			return rc;
	}
	return 0;
}

static bool
is_lines(const char *path)
{
	static const char end[] = ".jsonl";
	size_t n = unpack_plain_name(path), m = sizeof(end) - 1;

	return n >= m && strncmp(path + n - m, end, m) == 0;
}

static int
check_file(struct check *check, const char *path)
{
	struct cli *cli = check->cli;
	size_t max = (size_t)opt_integer(
	    &cli->args, "max-size", (int64_t)DOCUMENT_SIZE_DEFAULT);
	struct arena_mark mark = arena_mark(cli->arena);
	struct vexlog_bytes bytes;
	int rc = cli_read_file(&bytes, cli, path, max, &cli->err);

	if (rc == 0)
		rc = unpack(&bytes, check->arena, bytes, max, &cli->err);
	if (rc == 0)
		rc = is_lines(path)
		    ? check_lines(check, path, bytes)
		    : check_document(check, path, bytes);
	if (rc == VEXLOG_LIMIT)
		err_hint(&cli->err, "--max-size raises the limit");
	arena_back(cli->arena, mark);
	return rc;
}

/* What is broken or too large is a document that is refused; a file that
 * cannot be read is a failure. The others are still checked. */
static void
check_files(struct check *check)
{
	struct cli *cli = check->cli;

	for (size_t i = 0; i < cli->args.operand_count; i++) {
		int rc = check_file(check, cli->args.operands[i]);
		check->files++;
		vexlog_arena_reset(check->arena);
		if (rc == 0)
			continue;
		bool failed = rc == VEXLOG_IO || rc == VEXLOG_NO_MEMORY;
		check->failed += failed;
		if (!failed)
			print_unread(check, cli->args.operands[i]);
		cli_print_err(&cli->err, cli->args.operands[i]);
	}
}

static int
run(struct cli *cli)
{
	struct check check = {
	    .cli = cli,
	    .strict = opt_flag(&cli->args, "strict"),
	    .as_sarif = opt_flag(&cli->args, "sarif"),
	};

	if ((check.arena = vexlog_arena_open(JOB_ARENA_MAX)) == NULL) {
		err_memory(&cli->err);
		return cli_fail(cli);
	}
	if (check.as_sarif) {
		/* its buffer lives in the out arena, which nothing resets
		 * while no text is printed */
		buffer_open(
		    &check.sarif_text, cli->out.arena, DOCUMENT_SIZE_MAX);
		sarif_open(&check.sarif, &check.sarif_text);
	}
	check_files(&check);
	if (check.as_sarif) {
		sarif_close(&check.sarif);
		out_buffer_line(&cli->out, &check.sarif_text);
	}
	vexlog_arena_close(check.arena);
	if (!cli->out.json && !check.as_sarif && check.files > 1)
		cli_say(cli, "%s, %zu bad",
		    cli_count(cli, check.files, "file", "files"), check.bad);
	if (check.failed > 0)
		return CLI_FAILED;
	return check.bad > 0 ? CLI_BAD : CLI_GOOD;
}

const struct command cmd_check = {"check",
    "read VEX documents without a store and name every rule they break",
    "A rule that leaves no doubt about what is meant is a finding; one that "
    "does makes the document unsafe, and the exit code 1.",
    options, operands, run};
