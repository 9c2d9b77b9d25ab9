/*
 * read.h - read a small document and tell in lines what came of it, for the
 * tests of formats.
 *
 * The JSON of a test is written with ' for ". A line is one of
 *
 *	! rule pointer			the document is refused
 *	? rule pointer			a finding
 *	= pointer vulnerability status product [justification] from
 */
#ifndef VEXLOG_TESTS_READ_H
#define VEXLOG_TESTS_READ_H

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tests/tap.h"
#include "vexlog.h"

/* 2026-01-01T00:00:00Z */
#define RECEIVED_AT INT64_C(1767225600000000)

struct read_case {
	const char *name, *json, *want;
};

static struct vexlog_arena *read_arena;

__attribute__((unused)) static const char *
quoted(const char *json)
{
	struct vexlog_err err;
	char *out = arena_copy(read_arena, json, &err);

	for (char *c = out; c != NULL && *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	return out;
}

__attribute__((unused)) static int
read_document(
    struct vexlog_document *doc, const char *json, struct vexlog_err *err)
{
	struct vexlog_read_options options = {.received_at = RECEIVED_AT};

	return vexlog_read(
	    doc, read_arena, text_bytes(quoted(json)), &options, err);
}

__attribute__((unused)) static const char *
told(const struct vexlog_document *doc)
{
	const char *text = "";
	struct vexlog_err err;
	struct buffer b;

	buffer_open(&b, read_arena, MIB);
	for (size_t i = 0; i < doc->finding_count; i++)
		buffer_print(&b, "%s %s %s\n",
		    doc->findings[i].unsafe ? "!" : "?", doc->findings[i].rule,
		    doc->findings[i].pointer);
	for (size_t i = 0; i < doc->observations.count; i++) {
		const struct vexlog_observation *o = &doc->observations.list[i];
		buffer_print(&b, "= %s %s %s %s%s%s %s\n", o->pointer,
		    o->vulnerability, vexlog_status_name(o->status), o->product,
		    o->justification == NULL ? "" : " ",
		    o->justification == NULL ? "" : o->justification,
		    o->said_at_from);
	}
	if (buffer_finish_text(&b, &text, &err) != 0)
		bail("%s", err.message);
	return text;
}

/* Each finding is of a rule in the table, and does what stands there. */
__attribute__((unused)) static bool
rules_known(const struct vexlog_document *doc)
{
	size_t count, k;
	const struct vexlog_rule *rules = vexlog_rules(&count);

	for (size_t i = 0; i < doc->finding_count; i++) {
		const struct vexlog_finding *f = &doc->findings[i];
		for (k = 0; k < count; k++)
			if (strcmp(rules[k].name, f->rule) == 0)
				break;
		if (k < count &&
		    (rules[k].effect == VEXLOG_RULE_EITHER ||
			f->unsafe == (rules[k].effect == VEXLOG_RULE_UNSAFE)))
			continue;
		printf("# %s as \"%s\"\n", f->unsafe ? "unsafe" : "a finding",
		    f->rule);
		return false;
	}
	return true;
}

__attribute__((unused)) static void
run_cases(const struct read_case *cases, size_t count)
{
	struct vexlog_document doc;
	struct vexlog_err err;

	for (size_t i = 0; i < count; i++) {
		vexlog_arena_reset(read_arena);
		if (read_document(&doc, cases[i].json, &err) != 0)
			ok(false, "%s: %s", cases[i].name, err.message);
		else
			is_text(rules_known(&doc) ? told(&doc) : "no such rule",
			    cases[i].want, cases[i].name);
	}
}

/* Fails the n-th allocation for every n until it reads: never a crash, and
 * always NO_MEMORY or what it is without failures. */
__attribute__((unused)) static void
run_out_of_memory(const char *json, const char *name)
{
	struct vexlog_read_options options = {.received_at = RECEIVED_AT};
	struct vexlog_document doc;
	struct vexlog_err err;
	const char *want;
	bool failed;
	long n = 0;

	vexlog_arena_reset(read_arena);
	const char *text = quoted(json);
	if (read_document(&doc, json, &err) != 0)
		bail("%s: %s", name, err.message);
	want = told(&doc);
	do {
		arena_fail_in = ++n;
		int rc = vexlog_read(
		    &doc, read_arena, text_bytes(text), &options, &err);
		failed = arena_fail_in == 0;
		arena_fail_in = 0;
		if ((rc != 0 && rc != VEXLOG_NO_MEMORY) ||
		    (rc == 0 && strcmp(told(&doc), want) != 0)) {
			ok(false, "%s: allocation %ld: %s", name, n,
			    rc == 0 ? "reads otherwise" : err.message);
			return;
		}
	} while (failed && n < 100000);
	ok(n > 3 && !failed, "%s: %ld allocations fail, one after the other",
	    name, n - 1);
}

#endif
