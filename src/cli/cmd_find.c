/*
 * cmd_find.c - observations: those that wait for their log entry, and those
 * of a vulnerability, a product, a provider or a log entry.
 */
#include "cli/cli.h"

#include "base/text.h"
#include "base/time.h"

#define PAGE_OPTIONS                                                           \
	{"limit", 0, OPT_INTEGER, "N", "at most so many (1000)", 1,            \
	    VEXLOG_PAGE_MAX},                                                  \
	{                                                                      \
		"cursor", 0, OPT_TEXT, "C", "go on after the page before", 0,  \
		    0                                                          \
	}

static const struct opt pending_options[] = {PAGE_OPTIONS, OPT_END};
static const struct opt find_options[] = {
    {"vuln", 0, OPT_VULN, "ID", "about this vulnerability", 0, 0},
    {"product", 0, OPT_TEXT, "KEY", "about this product and what is in it", 0,
	0},
    {"provider", 0, OPT_TEXT, "P", "said by this provider", 0, 0},
    {"status", 0, OPT_CHOICE, "affected|not_affected|fixed|under_investigation",
	"with this status", 0, 0},
    {"entry", 0, OPT_TEXT, "UUID", "proven by this log entry", 0, 0},
    {"log-index", 0, OPT_INTEGER, "N", "proven by the entry with this index", 0,
	INT64_MAX},
    {"log-id", 0, OPT_TEXT, "ID", "of this log", 0, 0},
    PAGE_OPTIONS,
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

static const struct out_column columns[] = {
    {"createdAt", "KNOWN SINCE", 0},
    {"status", "STATUS", 0},
    {"vulnerabilityId", "VULNERABILITY", OUT_CUT},
    {"productKey", "PRODUCT", OUT_CUT},
    {"logIndex", "ENTRY", OUT_RIGHT | OUT_TEXT_ONLY},
    {"observationId", "OBSERVATION", OUT_ID},
    {"rekor", "", OUT_JSON_ONLY},
    {NULL, NULL, 0},
};
/* without a linkage there is nothing to say about one */
static const struct out_column pending_columns[] = {
    {"createdAt", "KNOWN SINCE", 0},
    {"status", "STATUS", 0},
    {"vulnerabilityId", "VULNERABILITY", OUT_CUT},
    {"productKey", "PRODUCT", OUT_CUT},
    {"observationId", "OBSERVATION", OUT_ID},
    {NULL, NULL, 0},
};

static int
print_row(struct out_table *table, struct cli *cli,
    const struct vexlog_observation *o, bool pending)
{
	const struct vexlog_linkage *link = o->linkage;
	const char *status = vexlog_status_name(o->status);
	struct out_cell id = out_styled_text(o->id, TERM_DIM);
	struct out_cell said =
	    out_styled_text(status, out_status_style(status));
	struct out_cell vulnerability = out_text(o->vulnerability);
	struct out_cell product = out_text(o->product);
	struct vexlog_bytes rekor = {NULL, 0};
	char since[TIME_TEXT];

	time_write_full(since, o->created_at);
	if (pending) {
		out_table_row(table,
		    (struct out_cell[]){
			out_text(since), said, vulnerability, product, id});
		return 0;
	}
	if (cli->out.json &&
	    vexlog_linkage_json(&rekor, cli->arena, link, &cli->err) != 0)
		return cli->err.code;
	out_table_row(table,
	    (struct out_cell[]){out_text(since), said, vulnerability, product,
		link == NULL ? out_text(NULL) : out_integer(link->log_index),
		id, out_raw((const char *)rekor.data)});
	return 0;
}

static int
print_page(struct cli *cli, const struct vexlog_observations *page,
    const char *next, bool pending)
{
	struct out_table table;

	out_table_open(
	    &table, &cli->out, pending ? pending_columns : columns, "items");
	for (size_t i = 0; i < page->count; i++)
		if (print_row(&table, cli, &page->list[i], pending) != 0)
			return cli_fail(cli);
	out_table_close(&table, next);
	if (cli->out.json)
		return CLI_GOOD;
	if (page->count == 0)
		cli_say(cli, "%s",
		    pending ? "nothing waits for its log entry"
			    : "no observation fits");
	if (next != NULL)
		cli_say(cli, "there is more: --cursor %s", next);
	return CLI_GOOD;
}

static int
find(struct cli *cli, struct vexlog_filter *filter)
{
	struct vexlog_observations page;
	struct vexlog *v;
	const char *next;
	int code;

	filter->limit =
	    (size_t)opt_integer(&cli->args, "limit", VEXLOG_PAGE_DEFAULT);
	filter->cursor = opt_text(&cli->args, "cursor");
	filter->known_at = INT64_MAX;
	if (cli_open(&v, cli) != 0)
		return cli_fail(cli);
	if (vexlog_find(&page, &next, cli->arena, v, filter, &cli->err) != 0)
		code = cli_fail(cli);
	else
		code = print_page(cli, &page, next, filter->pending);
	vexlog_close(v);
	return code;
}

static int
run_pending(struct cli *cli)
{
	struct vexlog_filter filter = {.log_index = -1, .pending = true};

	return find(cli, &filter);
}

static int
run_find(struct cli *cli)
{
	const struct args *args = &cli->args;
	struct vexlog_filter filter = {
	    .vulnerability = opt_text(args, "vuln"),
	    .product = opt_text(args, "product"),
	    .provider = opt_text(args, "provider"),
	    .status = opt_text(args, "status"),
	    .uuid = opt_text(args, "entry"),
	    .log_id = opt_text(args, "log-id"),
	    .log_index = opt_integer(args, "log-index", -1),
	};

	if (filter.log_id != NULL && filter.log_index < 0) {
		err_set(
		    &cli->err, VEXLOG_MISUSE, "--log-id goes with --log-index");
		return cli_fail(cli);
	}
	return find(cli, &filter);
}

const struct command cmd_pending = {"pending",
    "observations that wait for their log entry, oldest first", NULL,
    pending_options, operands, run_pending};
const struct command cmd_find = {"find",
    "observations by what they say or by their log entry",
    "Oldest first. Options are joined by and. A product finds the claims "
    "about its subcomponents too.",
    find_options, operands, run_find};
