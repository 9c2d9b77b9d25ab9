/*
 * cli.c - errors, talk and files, the same for every command.
 */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

enum cli_exit
cli_exit_code(enum vexlog_code code)
{
	switch (code) {
	case VEXLOG_OK:
		return CLI_GOOD;
	case VEXLOG_SYNTAX:
	case VEXLOG_SHAPE:
	case VEXLOG_BAD_PROOF:
	case VEXLOG_REFUSED:
		return CLI_BAD;
	case VEXLOG_MISUSE:
		return CLI_USAGE;
	case VEXLOG_NOT_FOUND:
		return CLI_NOT_FOUND;
	case VEXLOG_CONFLICT:
		return CLI_CONFLICT;
	case VEXLOG_UNREACHABLE:
		return CLI_UNREACHABLE;
	case VEXLOG_NO_MEMORY:
	case VEXLOG_IO:
	case VEXLOG_LIMIT:
	default:
		return CLI_FAILED;
	}
}

/* Without an arena, since memory may be what is short. */
static void
put_safe(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;
		/* C1 controls are two bytes in UTF-8, C2 80 to C2 9F */
		bool c1 = c == 0xc2 && (unsigned char)text[1] >= 0x80 &&
		    (unsigned char)text[1] < 0xa0;
		if (c1)
			text++;
		(void)fputc(c < 0x20 || c == 0x7f || c1 ? '?' : c, stderr);
	}
}

void
cli_print_err(const struct vexlog_err *err, const char *where)
{
	struct term term;
	const char *place = err->where[0] != '\0' ? err->where : where;

	term_open(&term, stderr);
	(void)fflush(stdout);
	(void)fprintf(stderr, "%svexlog:%s ", term_on(&term, TERM_RED),
	    term_off(&term, TERM_RED));
	if (place != NULL) {
		put_safe(place);
		(void)fputs(": ", stderr);
	}
	if (err->pointer[0] != '\0') {
		put_safe(err->pointer);
		(void)fputs(": ", stderr);
	}
	put_safe(err->message);
	if (err->rule[0] != '\0') {
		(void)fputs(" (", stderr);
		put_safe(err->rule);
		(void)fputs(")", stderr);
	}
	(void)fputc('\n', stderr);
	if (err->hint[0] != '\0') {
		(void)fprintf(stderr, "%shint:%s ", term_on(&term, TERM_CYAN),
		    term_off(&term, TERM_CYAN));
		put_safe(err->hint);
		(void)fputc('\n', stderr);
	}
}

int
cli_fail(struct cli *cli)
{
	if (cli->opening && cli->err.code == VEXLOG_NOT_FOUND) {
		err_hint(&cli->err, "run `vexlog init`");
		cli_print_err(&cli->err, NULL);
		return CLI_FAILED;
	}
	cli_print_err(&cli->err, NULL);
	return (int)cli_exit_code(cli->err.code);
}

int
cli_fail_input(struct cli *cli)
{
	if (cli->err.code == VEXLOG_NOT_FOUND)
		cli->err.code = VEXLOG_IO;
	return cli_fail(cli);
}

void
cli_say(const struct cli *cli, const char *format, ...)
{
	va_list ap;

	if (cli->quiet)
		return;
	(void)fflush(stdout);
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

static void
warn(const char *line, void *context)
{
	cli_say(context, "warning: %s", line);
}

int
cli_open(struct vexlog **out, struct cli *cli)
{
	cli->options.warn = warn;
	cli->options.warn_context = cli;
	cli->opening = true;
	int rc = vexlog_open(out, &cli->options, &cli->err);
	if (rc != 0)
		return rc;
	cli->opening = false;
	if ((rc = cli_confine_keeper(cli)) != 0)
		vexlog_close(*out);
	return rc;
}

int
cli_read_file(struct vexlog_bytes *out, struct cli *cli, const char *path,
    size_t max, struct vexlog_err *err)
{
	int rc;

	if (strcmp(path, "-") == 0)
		return file_read_fd(
		    out, cli->arena, STDIN_FILENO, "standard input", max, err);
	rc = file_read(out, cli->arena, path, max, err);
	/* "not found" is about ids; a path that is not there is input */
	if (rc == VEXLOG_NOT_FOUND) {
		err->code = VEXLOG_IO;
		rc = VEXLOG_IO;
	}
	return rc;
}

const char *
cli_home_file(struct cli *cli, const char *name)
{
	return arena_print(
	    cli->arena, &cli->err, "%s/%s", cli->options.home, name);
}

const char *
cli_count(struct cli *cli, size_t count, const char *one, const char *many)
{
	const char *text = arena_print(
	    cli->arena, &cli->err, "%zu %s", count, count == 1 ? one : many);

	return text == NULL ? "" : text;
}

/* ---- policies ---------------------------------------------------------- */

static bool
is_built_in(const char *name)
{
	return text_same(name, "v1.0.0") || text_same(name, "latest");
}

int
cli_read_policy(
    const struct vexlog_policy **out, struct cli *cli, const char *name)
{
	struct vexlog_bytes json = {NULL, 0};

	if (!is_built_in(name) &&
	    cli_read_file(&json, cli, name, CONFIG_SIZE_MAX, &cli->err) != 0)
		return cli->err.code;
	if (!is_built_in(name) && json.size == 0) {
		err_set(&cli->err, VEXLOG_SYNTAX, "the file is empty");
		return err_where(&cli->err, name);
	}
	if (vexlog_policy_read(out, cli->arena, name, json, &cli->err) != 0)
		return err_where(&cli->err, name);
	return 0;
}

/* ---- passphrase -------------------------------------------------------- */

static int
ask_terminal(char *out, int size)
{
	struct termios before, quiet;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), n = 0;
	static const char prompt[] = "passphrase of the key: ";

	if (fd < 0)
		return -1;
	if (tcgetattr(fd, &before) != 0) {
		(void)close(fd);
		return -1;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(fd, TCSAFLUSH, &quiet) != 0 ||
	    write(fd, prompt, sizeof(prompt) - 1) < 0)
		n = -1;
	while (n >= 0 && n < size) {
		char c;
		ssize_t got = read(fd, &c, 1);
		if (got < 0)
			n = -1;
		if (got <= 0 || c == '\n')
			break;
		out[n++] = c;
	}
	(void)tcsetattr(fd, TCSAFLUSH, &before);
	if (write(fd, "\n", 1) < 0)
		n = -1;
	(void)close(fd);
	return n;
}

int
cli_passphrase(char *out, int size, void *context)
{
	const char *from = getenv("VEXLOG_KEY_PASSWORD");

	(void)context;
	if (from == NULL)
		return ask_terminal(out, size);
	size_t n = strlen(from);
	if (n > (size_t)size)
		return -1;
	memcpy(out, from, n);
	return (int)n;
}

int
cli_by_log(bool *by_log, struct cli *cli)
{
	const char *by = opt_text(&cli->args, "by");

	*by_log = by != NULL && strcmp(by, "log") == 0;
	if (!*by_log || opt_text(&cli->args, "at") != NULL)
		return 0;
	err_set(&cli->err, VEXLOG_MISUSE, "--by log needs --at");
	return err_hint(&cli->err, "say when: --at 2026-01-31T00:00:00Z");
}
