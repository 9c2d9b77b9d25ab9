/*
 * cmd_evidence.c - what a source tree says of itself, from a real run.
 *
 * The tiers are of a tree: its sources, a build of its own, its tests. So the
 * work is its tools/evidence.py, in whose place this process steps.
 */
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"

#define SCRIPT "tools/evidence.py"

static const struct opt options[] = {
    {"run", 0, OPT_TEXT, "run-NNN", "test this failed run again", 0, 0},
    OPT_END,
};
static const struct operand operands[] = {OPERAND_END};

static bool
is_run(const char *name)
{
	return strlen(name) == 7 && text_starts(name, "run-") &&
	    strspn(name + 4, "0123456789") == 3;
}

static int
run(struct cli *cli)
{
	const char *name = opt_text(&cli->args, "run");
	const char *const words[] = {
	    "python3", SCRIPT, name == NULL ? NULL : "--run", name, NULL};

	if (name != NULL && !is_run(name)) {
		err_set(&cli->err, VEXLOG_MISUSE,
		    "--run: \"%s\" is no run; the first is run-001", name);
		return cli_fail(cli);
	}
	if (access(SCRIPT, R_OK) != 0) {
		err_set(&cli->err, VEXLOG_MISUSE,
		    "this folder is no source tree of vexlog: there is no %s",
		    SCRIPT);
		err_hint(&cli->err, "run it in a checkout, or `make evidence`");
		return cli_fail(cli);
	}
	(void)execvp(words[0], (char *const *)(uintptr_t)words);
	(void)err_system(&cli->err, "run", words[0]);
	err_hint(&cli->err, "install Python 3.9 or newer");
	return cli_fail(cli);
}

const struct command cmd_evidence = {"evidence",
    "check the linkage feature of a source tree and write down what happened",
    "Three tiers: the sources, a build and all tests, a fresh PostgreSQL "
    "cluster. The files go to docs/qa/feature-checks of the tree; a line of "
    "JSON tells each tier's verdict. Exit 1 when one fails.",
    options, operands, run};
