/*
 * confine.c - what a command may still touch while it reads what others
 * wrote. Its option table says which of its words are paths.
 */
#include <string.h>

#include "base/sandbox.h"
#include "cli/cli.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* trust file, the store's folder and its three files */
#define RULES_OWN 5

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
add(struct sandbox_rule *rules, size_t *count, const char *path,
    unsigned int access)
{
	if (path != NULL && strcmp(path, "-") != 0)
		rules[(*count)++] = (struct sandbox_rule){path, access};
}

/* Every file that was named, to be read. */
static void
add_named(struct sandbox_rule *rules, size_t *count, const struct args *args)
{
	const struct command *c = args->command;
	const struct operand *o = c->operands;

	for (size_t i = 0; c->options[i].name != NULL; i++)
		if (c->options[i].kind == OPT_FILE)
			add(rules, count, args->values[i], SANDBOX_READ);
	for (size_t i = 0; i < args->operand_count; i++) {
		if (o->kind == OPT_FILE)
			add(rules, count, args->operands[i], SANDBOX_READ);
		if (!o->many)
			o++;
	}
}

/* SQLite's file and what it keeps beside it, made and removed as it goes.
 * Another store is a connection, which is open already. */
static int
add_store(struct sandbox_rule *rules, size_t *count, struct cli *cli)
{
	static const char scheme[] = "sqlite:";
	static const char *const ends[] = {"", "-wal", "-shm"};
	const char *trust = cli_home_file(cli, "trust.json");
	const char *url = cli->options.store, *path, *slash;

	/* of the home the trust file alone: the key is nobody's to read here */
	if (trust == NULL)
		return cli->err.code;
	add(rules, count, trust, SANDBOX_READ);
	if (url == NULL)
		path = cli_home_file(cli, "store.db");
	else if (strncmp(url, scheme, sizeof(scheme) - 1) == 0)
		path = url + sizeof(scheme) - 1;
	else
		return 0;
	if (path == NULL)
		return cli->err.code;
	for (size_t i = 0; i < 3; i++) {
		const char *file =
		    arena_print(cli->arena, &cli->err, "%s%s", path, ends[i]);
		if (file == NULL)
			return cli->err.code;
		add(rules, count, file, SANDBOX_READ | SANDBOX_WRITE);
	}
	slash = strrchr(path, '/');
	const char *folder = slash == NULL
	    ? "."
	    : arena_print(
		  cli->arena, &cli->err, "%.*s", (int)(slash - path + 1), path);
	if (folder == NULL)
		return cli->err.code;
	add(rules, count, folder, SANDBOX_NAMES);
	return 0;
}

static int
enter(struct cli *cli, bool store)
{
	struct sandbox_rule *rules = arena_list(cli->arena,
	    RULES_OWN + OPT_MAX + cli->args.operand_count, sizeof(*rules),
	    &cli->err);
	const char *lacks;
	size_t count = 0;

	if (rules == NULL)
		return cli->err.code;
	add_named(rules, &count, &cli->args);
	if (store && add_store(rules, &count, cli) != 0)
		return cli->err.code;
	if (sandbox_enter(&lacks, rules, count, &cli->err) != 0)
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
	return is_one(cli->args.command, keepers, COUNT(keepers))
	    ? enter(cli, true)
	    : 0;
}
