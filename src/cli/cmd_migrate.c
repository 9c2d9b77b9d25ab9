/*
 * cmd_migrate.c - bring the tables of the store up to this release.
 */
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"

static const struct opt options[] = {
    {"dry-run", 0, OPT_FLAG, NULL, "show what would be applied", 0, 0},
    {"online", 0, OPT_FLAG, NULL,
	"build indexes without blocking writers (PostgreSQL)", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {
    {"WHAT", "status shows, up applies what is missing (up)", true, false,
	OPT_CHOICE, "status|up"},
    OPERAND_END,
};

static void
write_list(struct json_writer *w, const char *name,
    const struct vexlog_migration *list, size_t count, bool applied)
{
	json_name(w, name);
	json_array(w);
	for (size_t i = 0; i < count; i++)
		if ((list[i].applied_at != TIME_NONE) == applied)
			json_put_text(w, list[i].version);
	json_close(w);
}

static void
print_json(struct cli *cli, const struct vexlog_migration *list, size_t count)
{
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, cli->arena, MIB);
	json_open(&w, &b, false);
	json_object(&w);
	write_list(&w, "applied", list, count, true);
	write_list(&w, "pending", list, count, false);
	json_close(&w);
	out_buffer_line(&cli->out, &b);
}

static void
print_text(struct cli *cli, const struct vexlog_migration *list, size_t count)
{
	static const struct out_column columns[] = {
	    {"version", "VERSION", 0},
	    {"appliedAt", "APPLIED", 0},
	    {"checksum", "CHECKSUM", OUT_ID},
	    {NULL, NULL, 0},
	};
	struct out_table table;

	out_table_open(&table, &cli->out, columns, NULL);
	for (size_t i = 0; i < count; i++) {
		char at[TIME_TEXT];
		bool applied = list[i].applied_at != TIME_NONE;
		if (applied)
			time_write(at, list[i].applied_at);
		out_table_row(&table,
		    (struct out_cell[]){out_text(list[i].version),
			applied ? out_text(at)
				: out_styled_text("pending", TERM_YELLOW),
			out_styled_text(list[i].checksum, TERM_DIM)});
	}
	out_table_close(&table, NULL);
}

static int
run(struct cli *cli)
{
	const struct args *args = &cli->args;
	bool status =
	    args->operand_count > 0 && text_same(args->operands[0], "status");
	const struct vexlog_migration *list;
	size_t count, applied;

	cli->opening = true;
	if (!status && !opt_flag(args, "dry-run")) {
		if (vexlog_migrate(&applied, &cli->options,
			opt_flag(args, "online"), &cli->err) != 0)
			return cli_fail(cli);
		cli_say(cli, "%s applied",
		    cli_count(cli, applied, "migration", "migrations"));
	}
	if (vexlog_migrations(
		&list, &count, cli->arena, &cli->options, &cli->err) != 0)
		return cli_fail(cli);
	if (cli->out.json)
		print_json(cli, list, count);
	else
		print_text(cli, list, count);
	return CLI_GOOD;
}

const struct command cmd_migrate = {"migrate",
    "bring the tables of the store up to this release",
    "Each migration is applied once, in order, under a lock, and its "
    "checksum is kept: a file that changed after it was applied is an "
    "error.",
    options, operands, run};
