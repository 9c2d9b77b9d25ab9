/*
 * err.c - fill a vexlog_err. See err.h for who may set what.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define CODES(X)                                                               \
	X(NO_MEMORY)                                                           \
	X(IO)                                                                  \
	X(SYNTAX)                                                              \
	X(SHAPE)                                                               \
	X(LIMIT)                                                               \
	X(NOT_FOUND)                                                           \
	X(CONFLICT)                                                            \
	X(BAD_PROOF)                                                           \
	X(UNREACHABLE)                                                         \
	X(REFUSED)                                                             \
	X(MISUSE)

const char *
vexlog_code_name(int code)
{
	switch (code) {
	case VEXLOG_OK:
		return "OK";
#define X(name)                                                                \
	case VEXLOG_##name:                                                    \
		return #name;
		CODES(X)
#undef X
	default:
		return "UNKNOWN";
	}
}

/* A message is one line of valid UTF-8: control characters become '?', and a
 * character cut at the end of the field goes away whole. */
static void
make_line(char *text, size_t size)
{
	size_t n = strlen(text);

	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	if (n + 1 < size || n == 0)
		return;
	size_t start = n - 1;
	while (start > 0 && n - start < 4 &&
	    ((unsigned char)text[start] & 0xc0) == 0x80)
		start--;
	unsigned char lead = (unsigned char)text[start];
	size_t need = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (need > n - start)
		text[start] = '\0';
}

int
err_set(struct vexlog_err *err, enum vexlog_code code, const char *format, ...)
{
	va_list ap;

	if (err == NULL)
		return code;
	memset(err, 0, sizeof(*err));
	err->code = code;
	err->offset = SIZE_MAX;
	va_start(ap, format);
	(void)vsnprintf(err->message, sizeof(err->message), format, ap);
	va_end(ap);
	make_line(err->message, sizeof(err->message));
	return code;
}

int
err_system(struct vexlog_err *err, const char *what, const char *where)
{
	int saved = errno;
	char text[128];

	if (strerror_r(saved, text, sizeof(text)) != 0)
		(void)snprintf(text, sizeof(text), "error %d", saved);
	err_set(err, VEXLOG_IO, "%s: %s", what, text);
	if (err != NULL)
		err->os_errno = saved;
	if (where != NULL)
		err_where(err, where);
	if (saved == ENOSPC || saved == EDQUOT)
		err_hint(err, "free some space and run the same command again");
	return VEXLOG_IO;
}

int
err_memory(struct vexlog_err *err)
{
	return err_set(err, VEXLOG_NO_MEMORY, "out of memory");
}

static int
fill(struct vexlog_err *err, char *field, size_t size, const char *text)
{
	if (field[0] == '\0') {
		(void)snprintf(field, size, "%s", text);
		make_line(field, size);
	}
	return err->code;
}

int
err_where(struct vexlog_err *err, const char *where)
{
	if (err == NULL)
		return VEXLOG_OK;
	return fill(err, err->where, sizeof(err->where), where);
}

int
err_rule(struct vexlog_err *err, const char *rule)
{
	if (err == NULL)
		return VEXLOG_OK;
	return fill(err, err->rule, sizeof(err->rule), rule);
}

int
err_hint(struct vexlog_err *err, const char *format, ...)
{
	char text[sizeof(err->hint)];
	va_list ap;

	if (err == NULL)
		return VEXLOG_OK;
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return fill(err, err->hint, sizeof(err->hint), text);
}
