/*
 * confine.c - what a command may still touch while it reads what others
 * wrote. Its option table says which of its words are paths.
 */
#include <string.h>

#include "base/sandbox.h"
#include "cli/cli.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* They need no store: confined before they open anything. */
static const struct command *const readers[] = {&cmd_canon, &cmd_check,
    &cmd_hash, &cmd_policy_check, &cmd_replay, &cmd_verify_bundle};
/* Confined once their store is open. The others write files where the user
 * says, or talk to a log. */
static const struct command *const keepers[] = {&cmd_decide, &cmd_delta,
    &cmd_find, &cmd_gate, &cmd_ingest, &cmd_payload, &cmd_pending, &cmd_show,
    &cmd_verify};

static bool
is_one(const struct command *command, const struct command *const *list,
    size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == command)
			return true;
	return false;
}

static void
add(const char **paths, size_t *count, const char *path)
{
	if (path != NULL && strcmp(path, "-") != 0)
		paths[(*count)++] = path;
}

/* Every file that was named. */
static void
add_named(const char **paths, size_t *count, const struct args *args)
{
	const struct command *c = args->command;
	const struct operand *o = c->operands;

	for (size_t i = 0; c->options[i].name != NULL; i++)
		if (c->options[i].kind == OPT_FILE)
			add(paths, count, args->values[i]);
	for (size_t i = 0; i < args->operand_count; i++) {
		if (o->kind == OPT_FILE)
			add(paths, count, args->operands[i]);
		if (!o->many)
			o++;
	}
}

/* A store is open already: three files of SQLite's, or a connection. */
static int
enter(struct cli *cli, bool store)
{
	const char **paths = arena_list(cli->arena,
	    1 + OPT_MAX + cli->args.operand_count, sizeof(*paths), &cli->err);
	const char *lacks;
	size_t count = 0;

	if (paths == NULL)
		return cli->err.code;
	add_named(paths, &count, &cli->args);
	if (store) {
		/* not the whole home: the key is nobody's to read here */
		const char *trust = cli_home_file(cli, "trust.json");
		if (trust == NULL)
			return cli->err.code;
		add(paths, &count, trust);
	}
	if (sandbox_enter(&lacks, paths, count, store, &cli->err) != 0)
		return cli->err.code;
	if (lacks != NULL)
		cli_say(cli,
		    "warning: %s here: what is read can't be kept from files "
		    "and the network; run it where nothing can be lost",
		    lacks);
	return 0;
}

int
cli_confine(struct cli *cli)
{
	return enter(cli, false);
}

int
cli_confine_reader(struct cli *cli)
{
	return is_one(cli->args.command, readers, COUNT(readers))
	    ? enter(cli, false)
	    : 0;
}

int
cli_confine_keeper(struct cli *cli)
{
	const struct command *c = cli->args.command;
	bool shows = c == &cmd_trace && opt_text(&cli->args, "html") == NULL;

	return shows || is_one(c, keepers, COUNT(keepers)) ? enter(cli, true)
							   : 0;
}
