/*
 * cmd_link.c - work off the queue: sign batches, log them, keep the proofs.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/watch.h"

#define WATCH_SECONDS 5
#define SOON	      (5 * SECOND) /* waited for by a link that has no more to do */

static const struct opt options[] = {
    {"log", 0, OPT_TEXT, "URL",
	"the log to write to, or a Sigstore signing config that names it (the "
	"home's default)",
	0, 0},
    {"batch", 0, OPT_INTEGER, "N", "observations in one entry (256)", 1,
	VEXLOG_BATCH_MAX},
    {"workers", 0, OPT_INTEGER, "N", "entries on their way at once (64)", 1,
	64},
    {"limit", 0, OPT_INTEGER, "N", "at most so many observations", 1,
	INT64_MAX},
    {"again", 0, OPT_FLAG, NULL,
	"also what failed or was given up, as if never tried", 0, 0},
    {"watch", 0, OPT_FLAG, NULL,
	"go on until stopped, look at each ingest and every 5 s", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

/* Test hook: VEXLOG_TEST_STEP=NAME dies at that step as if the power went,
 * so that a test can look at what is left. */
static void
step(const char *name, void *context)
{
	if (strcmp(name, context) == 0)
		(void)raise(SIGKILL);
}

static void
progress(size_t linked, void *context)
{
	progress_tell(context, linked, 0);
}

static void
print_result(struct cli *cli, const struct vexlog_link_result *r)
{
	struct json_writer w;
	struct buffer b;

	if (!cli->out.json) {
		out_print(&cli->out, "%s linked in %s",
		    cli_count(cli, r->linked, "observation", "observations"),
		    cli_count(cli, r->entries, "entry", "entries"));
		if (r->others_linked > 0)
			out_print(&cli->out,
			    ", %s (verdicts, policies, "
			    "trust files)",
			    cli_count(
				cli, r->others_linked, "other", "others"));
		if (r->pending + r->others_pending > 0)
			out_print(&cli->out, "; %zu pending",
			    r->pending + r->others_pending);
		out_print(&cli->out, "\n");
		size_t again = r->failed + r->others_failed - r->given_up;
		if (again > 0)
			cli_say(cli, "%zu failed and will be tried again",
			    again);
		return;
	}
	buffer_open(&b, cli->arena, 4096);
	json_open(&w, &b, false);
	json_object(&w);
	json_member_integer(&w, "linked", (int64_t)r->linked);
	json_member_integer(&w, "entries", (int64_t)r->entries);
	json_member_integer(&w, "retried", (int64_t)r->retried);
	json_member_integer(&w, "failed", (int64_t)r->failed);
	json_member_integer(&w, "pending", (int64_t)r->pending);
	json_name(&w, "others");
	json_object(&w);
	json_member_integer(&w, "linked", (int64_t)r->others_linked);
	json_member_integer(&w, "pending", (int64_t)r->others_pending);
	json_close(&w);
	json_close(&w);
	out_buffer_line(&cli->out, &b);
}

/* What the looks of one run know of each other. */
struct looks {
	bool watch, again;
	size_t dead; /* jobs, when last told */
};

/* Evidence that is in no log and won't get there by itself. */
static void
tell_dead(struct cli *cli, const struct vexlog_link_result *r)
{
	struct vexlog_err e;

	err_set(&e, VEXLOG_REFUSED, "%s dead: %.400s",
	    cli_count(cli, r->dead, "job is", "jobs are"), r->dead_why);
	err_hint(&e, "once the cause is gone `vexlog link --again` tries %s "
		     "once more",
	    r->dead == 1 ? "it" : "them");
	cli_print_err(&e, NULL);
}

/* Without a word nobody knew why nothing is linked. */
static void
tell_waiting(struct cli *cli, const struct vexlog_link_result *r)
{
	char until[TIME_TEXT];

	time_write(until, r->waiting_until);
	cli_say(cli, "%s after a failure, the first until %s: %.400s",
	    cli_count(cli, r->waiting, "job waits", "jobs wait"), until,
	    r->waiting_why);
}

/* Whether all there is to do waits for a moment; it is over then. After a
 * first failure it is two seconds, and whoever calls again at once means it. */
static bool
wait_a_moment(const struct vexlog_link_result *r)
{
	int64_t left = r->waiting_until - time_now();

	if (r->waiting == 0 || left > SOON ||
	    r->linked + r->failed + r->others_linked + r->others_failed > 0)
		return false;
	watch_pause(left < 0 ? 0 : (int)(left / SECOND) + 1);
	return true;
}

static int
link_once(struct cli *cli, struct vexlog *v, struct looks *looks)
{
	const struct args *args = &cli->args;
	struct progress bar;
	struct vexlog_link_options with = {
	    .log_url = opt_text(args, "log"),
	    .batch = (size_t)opt_integer(args, "batch", VEXLOG_BATCH_DEFAULT),
	    .limit = (size_t)opt_integer(args, "limit", 0),
	    .workers = (size_t)opt_integer(args, "workers", 0),
	    .others = true,
	    .again = looks->again,
	    .progress = progress,
	    .context = &bar,
	};
	struct vexlog_link_result result = {0};

	progress_open(&bar, "observations linked", cli->quiet);
	int rc = vexlog_link(&result, v, &with, &cli->err);
	if (rc == 0 && !looks->watch && wait_a_moment(&result))
		rc = vexlog_link(&result, v, &with, &cli->err);
	progress_close(&bar);
	/* what was linked before a failure stays, so it is told too */
	if (!looks->watch || result.linked + result.others_linked > 0)
		print_result(cli, &result);
	if (result.again > 0)
		cli_say(cli, "tried %s again without waiting",
		    cli_count(cli, result.again, "job", "jobs"));
	int code = rc == 0 ? CLI_GOOD : cli_fail(cli);
	if (result.dead > looks->dead)
		tell_dead(cli, &result);
	looks->dead = result.dead;
	if (rc != 0)
		return code;
	if (!looks->watch && result.waiting > 0)
		tell_waiting(cli, &result);
	looks->again = false;
	/* a watch goes on beside what was dead before */
	return result.failed + result.others_failed > 0 ||
		(!looks->watch && result.dead > 0)
	    ? CLI_BAD
	    : CLI_GOOD;
}

/* Goes on through hours without an answer; a broken proof or a refusal ends
 * it, since waiting does not mend them. */
static int
stay(struct cli *cli, struct vexlog *v, struct looks *looks)
{
	int code = CLI_GOOD;

	watch_open();
	/* begins to listen before the first look */
	code = vexlog_wait(v, 0, &cli->err);
	if (code != 0)
		return cli_fail(cli);
	while (!watch_stopped()) {
		struct arena_mark mark = arena_mark(cli->arena);
		code = link_once(cli, v, looks);
		arena_back(cli->arena, mark);
		(void)fflush(stdout);
		if (code != CLI_GOOD && code != CLI_UNREACHABLE)
			return code;
		if (!watch_stopped() &&
		    vexlog_wait(v, WATCH_SECONDS * 1000, &cli->err) != 0)
			watch_pause(WATCH_SECONDS);
	}
	return code;
}

static int
run(struct cli *cli)
{
	const char *test_step = getenv("VEXLOG_TEST_STEP");
	struct looks looks = {.watch = opt_flag(&cli->args, "watch"),
	    .again = opt_flag(&cli->args, "again")};
	char name[64];
	struct vexlog *v;
	int code;

	if (test_step != NULL) {
		(void)snprintf(name, sizeof(name), "%s", test_step);
		cli->options.step = step;
		cli->options.step_context = name;
	}
	if (cli_open(&v, cli) != 0)
		return cli_fail(cli);
	code = looks.watch ? stay(cli, v, &looks) : link_once(cli, v, &looks);
	vexlog_close(v);
	return code;
}

const struct command cmd_link = {"link",
    "write what is pending into a transparency log and keep the proofs",
    "Safe to stop at any point and to run again: what was signed is kept "
    "before it is sent, and the same bytes are sent again. Counts are of "
    "observations; verdicts, policies and trust files are linked one by one "
    "and counted apart. A URL rekor+https://... finds out the version of the "
    "log; rekor1+ and rekor2+ say it. From a signing config the newest shard "
    "that is valid now is taken, and the one behind it when it is frozen. "
    "What a log refused, or did not answer for 15 days, is dead: it stays in "
    "the store with its reason, link says so and exits 1, and --again tries "
    "it once more, with what waits for its next try.",
    options, operands, run};
