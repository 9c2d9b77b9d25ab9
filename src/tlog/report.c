/*
 * report.c - collect named checks into a vexlog_report.
 *
 * A report holds when no check failed and none that had to be made was left
 * out; an empty report holds nothing.
 */
#include "tlog/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define DETAIL_MAX 1536

void
report_open(struct report *report, struct vexlog_arena *arena)
{
	memset(report, 0, sizeof(*report));
	report->arena = arena;
}

/* Details quote what a log said: one line, and no half character. */
static char *
detail_copy(struct report *report, char *text, struct vexlog_err *err)
{
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	return arena_text(
	    report->arena, text, text_utf8_valid(text, strlen(text)), err);
}

static int
add(struct report *report, const char *name, const char *rule,
    enum vexlog_outcome outcome, char *text, struct vexlog_err *err)
{
	char *detail = detail_copy(report, text, err);
	struct vexlog_check *list;

	if (detail == NULL)
		return err->code;
	list = arena_grow(report->arena, report->list, report->count,
	    &report->room, sizeof(*list), err);
	if (list == NULL)
		return err->code;
	report->list = list;
	list[report->count++] =
	    (struct vexlog_check){name, rule, outcome, detail};
	report->failed += outcome == VEXLOG_FAIL;
	return 0;
}

int
report_add(struct report *report, const char *name, const char *rule,
    enum vexlog_outcome outcome, struct vexlog_err *err, const char *format,
    ...)
{
	char text[DETAIL_MAX];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return add(report, name, rule, outcome, text, err);
}

/* Says something of what was judged; any other code says something of us. */
static bool
is_verdict(int rc)
{
	return rc == VEXLOG_BAD_PROOF || rc == VEXLOG_NOT_FOUND ||
	    rc == VEXLOG_SHAPE || rc == VEXLOG_SYNTAX || rc == VEXLOG_LIMIT ||
	    rc == VEXLOG_REFUSED;
}

int
report_judge(struct report *report, const char *name, const char *rule, int rc,
    const struct vexlog_err *why, struct vexlog_err *err, const char *format,
    ...)
{
	char text[DETAIL_MAX];
	va_list ap;

	if (rc != 0 && !is_verdict(rc)) {
		if (why != err)
			*err = *why;
		return rc;
	}
	if (rc != 0) {
		(void)snprintf(text, sizeof(text), "%s%s%s", why->pointer,
		    why->pointer[0] == '\0' ? "" : ": ", why->message);
		return add(report, name, rule, VEXLOG_FAIL, text, err);
	}
	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return add(report, name, rule, VEXLOG_PASS, text, err);
}

int
report_missed(struct report *report, const char *name, const char *rule,
    struct vexlog_err *err, const char *format, ...)
{
	char text[DETAIL_MAX];
	va_list ap;
	int rc;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	rc = add(report, name, rule, VEXLOG_SKIP, text, err);
	if (rc == 0)
		report->required_skipped++;
	return rc;
}

struct vexlog_report
report_close(const struct report *report, const char *id)
{
	return (struct vexlog_report){
	    .id = id,
	    .list = report->list,
	    .count = report->count,
	    .holds = report->count > 0 && report->failed == 0 &&
		report->required_skipped == 0,
	};
}
