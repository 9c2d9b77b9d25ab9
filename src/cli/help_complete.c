/*
 * help_complete.c - completion scripts for bash, zsh and fish from the
 * tables.
 */
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli/help.h"

/* a|b|c as "a b c" */
static void
words(struct out *out, const char *choices)
{
	for (; *choices != '\0'; choices++)
		out_print(out, "%c", *choices == '|' ? ' ' : *choices);
}

/* Text inside single quotes of a shell. */
static void
quoted(struct out *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			out_print(out, "'\\''");
		else
			out_print(out, "%c", *text);
	}
}

static bool
first_of_group(size_t i)
{
	size_t group = opt_group_size(cli_commands[i]);

	return group > 0 &&
	    (i == 0 ||
		strncmp(cli_commands[i - 1]->name, cli_commands[i]->name,
		    group + 1) != 0);
}

/* First words of commands, each group once. */
static void
first_words(struct out *out)
{
	for (size_t i = 0; cli_commands[i] != NULL; i++) {
		size_t group = opt_group_size(cli_commands[i]);
		const char *name = cli_commands[i]->name;
		if (group == 0)
			out_print(out, "%s ", name);
		else if (first_of_group(i))
			out_print(out, "%.*s ", (int)group, name);
	}
}

static void
second_words(struct out *out, size_t i)
{
	size_t group = opt_group_size(cli_commands[i]);

	for (size_t j = i; cli_commands[j] != NULL; j++)
		if (strncmp(cli_commands[j]->name, cli_commands[i]->name,
			group + 1) == 0)
			out_print(
			    out, "%s ", cli_commands[j]->name + group + 1);
}

/* ---- bash -------------------------------------------------------------- */

static void
bash_values(struct out *out, const char *command, const struct opt *table)
{
	for (const struct opt *o = table; o->name != NULL; o++) {
		if (o->kind == OPT_FLAG)
			continue;
		out_print(out, "\t%s--%s)\n", command, o->name);
		if (o->kind == OPT_CHOICE) {
			out_print(out, "\t\tvalues='");
			words(out, o->value);
			out_print(out, "' ;;\n");
		} else {
			out_print(out, "\t\tvalues=%s ;;\n",
			    o->kind == OPT_FILE ? "@file" : "@none");
		}
	}
}

static void
complete_bash(struct out *out)
{
	out_print(out,
	    "# bash completion for vexlog; made by `vexlog help --format "
	    "bash`\n"
	    "_vexlog() {\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev= command= i word\n"
	    "\tlocal options= operands=@file values=\n"
	    "\t((COMP_CWORD > 0)) && prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	    "\tCOMPREPLY=()\n"
	    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	    "\t\tword=${COMP_WORDS[i]}\n"
	    "\t\tcase \"$word\" in\n"
	    "\t\t--home | --store | --tenant) ((i++)) ;;\n"
	    "\t\t-*) ;;\n"
	    "\t\t*)\n"
	    "\t\t\tcase \"$command\" in\n"
	    "\t\t\t'') command=$word ;;\n"
	    "\t\t\t");
	bool some = false;
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (first_of_group(i)) {
			out_print(out, "%s%.*s", some ? " | " : "",
			    (int)opt_group_size(cli_commands[i]),
			    cli_commands[i]->name);
			some = true;
		}
	out_print(out,
	    ") command=\"$command $word\" ;;\n"
	    "\t\t\tesac ;;\n"
	    "\t\tesac\n"
	    "\tdone\n"
	    "\tcase \"$command\" in\n"
	    "\t'') operands='");
	first_words(out);
	out_print(out, "' ;;\n");
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (first_of_group(i)) {
			out_print(out, "\t'%.*s') operands='",
			    (int)opt_group_size(cli_commands[i]),
			    cli_commands[i]->name);
			second_words(out, i);
			out_print(out, "' ;;\n");
		}
	for (size_t i = 0; cli_commands[i] != NULL; i++) {
		const struct command *c = cli_commands[i];
		out_print(out, "\t'%s') options='", c->name);
		for (const struct opt *o = c->options; o->name != NULL; o++)
			out_print(out, "--%s ", o->name);
		out_print(out, "'");
		if (c->operands->name == NULL) {
			out_print(out, " operands=");
		} else if (c->operands->kind == OPT_CHOICE) {
			out_print(out, " operands='");
			words(out, c->operands->value);
			out_print(out, "'");
		} else if (c->operands->kind != OPT_FILE) {
			out_print(out, " operands=@none");
		}
		out_print(out, " ;;\n");
	}
	out_print(out, "\tesac\n\toptions+=' ");
	for (const struct opt *o = opt_globals; o->name != NULL; o++)
		out_print(out, "--%s ", o->name);
	out_print(out, "'\n\tcase \"$command$prev\" in\n");
	for (size_t i = 0; cli_commands[i] != NULL; i++) {
		struct buffer b;
		buffer_open(&b, out->arena, KIB);
		buffer_print(&b, "'%s'", cli_commands[i]->name);
		bash_values(out, help_finish(&b), cli_commands[i]->options);
	}
	bash_values(out, "*", opt_globals);
	out_print(out,
	    "\tesac\n"
	    "\tif [[ -z $values ]]; then\n"
	    "\t\tif [[ $cur == -* ]]; then values=$options; "
	    "else values=$operands; fi\n"
	    "\tfi\n"
	    "\tcase \"$values\" in\n"
	    "\t@file)\n"
	    "\t\tcompopt -o filenames 2>/dev/null\n"
	    "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
	    "\t@none) ;;\n"
	    "\t*) mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$cur\") "
	    ";;\n"
	    "\tesac\n"
	    "}\n"
	    "complete -F _vexlog vexlog\n");
}

/* ---- zsh --------------------------------------------------------------- */

/* Text of an _arguments description: no quote, bracket or colon bare. */
static void
zsh_text(struct out *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			out_print(out, "'\\''");
		else if (strchr("[]:\\", *text) != NULL)
			out_print(out, "\\%c", *text);
		else
			out_print(out, "%c", *text);
	}
}

static void
zsh_action(struct out *out, enum opt_kind kind, const char *value)
{
	if (kind == OPT_CHOICE) {
		out_print(out, "(");
		words(out, value);
		out_print(out, ")");
	} else {
		out_print(out, "%s", kind == OPT_FILE ? "_files" : " ");
	}
}

static void
zsh_options(struct out *out, const struct opt *table)
{
	for (const struct opt *o = table; o->name != NULL; o++) {
		out_print(out, " \\\n\t\t'--%s%s[", o->name,
		    o->kind == OPT_FLAG ? "" : "=");
		zsh_text(out, o->help);
		out_print(out, "]");
		if (o->kind != OPT_FLAG) {
			out_print(out, ":");
			zsh_text(
			    out, o->kind == OPT_CHOICE ? o->name : o->value);
			out_print(out, ":");
			zsh_action(out, o->kind, o->value);
		}
		out_print(out, "'");
	}
}

static void
complete_zsh(struct out *out)
{
	out_print(out,
	    "#compdef vexlog\n"
	    "# zsh completion for vexlog; made by `vexlog help --format zsh`\n"
	    "_vexlog() {\n"
	    "\tlocal command= word\n"
	    "\tlocal -i i at=0\n"
	    "\tfor ((i = 2; i < CURRENT; i++)); do\n"
	    "\t\tword=${words[i]}\n"
	    "\t\tcase $word in\n"
	    "\t\t--home|--store|--tenant) ((i++)) ;;\n"
	    "\t\t-*) ;;\n"
	    "\t\t*)\n"
	    "\t\t\tif [[ -z $command ]]; then command=$word; at=i\n"
	    "\t\t\telif [[ $command != *' '* ]]; then\n"
	    "\t\t\t\tcase $command in\n");
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (first_of_group(i))
			out_print(out,
			    "\t\t\t\t%.*s) command=\"$command $word\"; at=i "
			    ";;\n",
			    (int)opt_group_size(cli_commands[i]),
			    cli_commands[i]->name);
	out_print(out,
	    "\t\t\t\tesac\n"
	    "\t\t\tfi ;;\n"
	    "\t\tesac\n"
	    "\tdone\n"
	    "\t((at > 0)) && { shift at-1 words; ((CURRENT -= at - 1)); }\n"
	    "\tcase $command in\n"
	    "\t'')\n"
	    "\t\tlocal -a list=(");
	for (size_t i = 0; cli_commands[i] != NULL; i++) {
		size_t group = opt_group_size(cli_commands[i]);
		if (group > 0 && !first_of_group(i))
			continue;
		out_print(out, "\n\t\t\t'%.*s:",
		    (int)(group > 0 ? group : strlen(cli_commands[i]->name)),
		    cli_commands[i]->name);
		zsh_text(
		    out, group > 0 ? "more commands" : cli_commands[i]->line);
		out_print(out, "'");
	}
	out_print(out, ")\n\t\t_describe command list\n\t\t_arguments");
	zsh_options(out, opt_globals);
	out_print(out, " ;;\n");
	for (size_t i = 0; cli_commands[i] != NULL; i++)
		if (first_of_group(i)) {
			out_print(out, "\t%.*s) compadd -- ",
			    (int)opt_group_size(cli_commands[i]),
			    cli_commands[i]->name);
			second_words(out, i);
			out_print(out, ";;\n");
		}
	for (size_t i = 0; cli_commands[i] != NULL; i++) {
		const struct command *c = cli_commands[i];
		out_print(out, "\t'%s')\n\t\t_arguments", c->name);
		zsh_options(out, c->options);
		zsh_options(out, opt_globals);
		for (const struct operand *o = c->operands; o->name != NULL;
		     o++) {
			out_print(out, " \\\n\t\t'%s:%s:", o->many ? "*" : "",
			    o->name);
			zsh_action(out, o->kind, o->value);
			out_print(out, "'");
		}
		out_print(out, " ;;\n");
	}
	out_print(out, "\tesac\n}\n_vexlog \"$@\"\n");
}

/* ---- fish -------------------------------------------------------------- */

static void
fish_options(struct out *out, const char *when, const struct opt *table)
{
	for (const struct opt *o = table; o->name != NULL; o++) {
		out_print(out, "complete -c vexlog%s", when);
		if (o->letter != 0)
			out_print(out, " -s %c", o->letter);
		out_print(out, " -l %s", o->name);
		if (o->kind == OPT_FILE)
			out_print(out, " -rF");
		else if (o->kind != OPT_FLAG)
			out_print(out, " -x");
		if (o->kind == OPT_CHOICE) {
			out_print(out, " -a '");
			words(out, o->value);
			out_print(out, "'");
		}
		out_print(out, " -d '");
		quoted(out, o->help);
		out_print(out, "'\n");
	}
}

static void
complete_fish(struct out *out)
{
	out_print(out,
	    "# fish completion for vexlog; made by `vexlog help --format "
	    "fish`\n"
	    "complete -c vexlog -f\n");
	fish_options(out, "", opt_globals);
	for (size_t i = 0; cli_commands[i] != NULL; i++) {
		const struct command *c = cli_commands[i];
		size_t group = opt_group_size(c);
		struct buffer b;
		if (group == 0 || first_of_group(i)) {
			out_print(out,
			    "complete -c vexlog -n __fish_use_subcommand -a "
			    "'%.*s' -d '",
			    (int)(group > 0 ? group : strlen(c->name)),
			    c->name);
			quoted(out, group > 0 ? "more commands" : c->line);
			out_print(out, "'\n");
		}
		if (group > 0) {
			out_print(out,
			    "complete -c vexlog -n '__fish_seen_subcommand_"
			    "from %.*s' -a '%s' -d '",
			    (int)group, c->name, c->name + group + 1);
			quoted(out, c->line);
			out_print(out, "'\n");
		}
		buffer_open(&b, out->arena, KIB);
		buffer_print(&b, " -n '__fish_seen_subcommand_from %.*s",
		    (int)(group > 0 ? group : strlen(c->name)), c->name);
		if (group > 0)
			buffer_print(&b, "; and __fish_seen_subcommand_from %s",
			    c->name + group + 1);
		buffer_print(&b, "'");
		const char *when = help_finish(&b);
		fish_options(out, when, c->options);
		if (c->operands->name != NULL && c->operands->kind == OPT_FILE)
			out_print(out, "complete -c vexlog%s -F\n", when);
		if (c->operands->name != NULL &&
		    c->operands->kind == OPT_CHOICE) {
			out_print(out, "complete -c vexlog%s -a '", when);
			words(out, c->operands->value);
			out_print(out, "'\n");
		}
	}
}

void
help_complete(struct out *out, const char *shell)
{
	if (text_same(shell, "bash"))
		complete_bash(out);
	else if (text_same(shell, "zsh"))
		complete_zsh(out);
	else
		complete_fish(out);
	out_reset(out);
}
