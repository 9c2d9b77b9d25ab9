/*
 * compare_test.c - the delta of two times, whose pairs go by once, is the one
 * made of both states: with claims that were decided, or not yet, under other
 * policies, for SBOMs, and of vulnerabilities that turn out to be one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "flow/home.h"
#include "tests/tap.h"
#include "json/json.h"

#define ROUNDS	  24
#define TIMES_MAX (ROUNDS + 2)
#define SBOM                                                                   \
	"sha256:111111111111111111111111111111111111111111111111111"           \
	"1111111111111"

static struct vexlog_arena *arena;
static struct vexlog_err err;
static char folder[128];
static char home[256];
static int64_t clock_now = 1764000000000000;
static const char *times[TIMES_MAX];
static size_t time_count;

static unsigned
next(unsigned below)
{
	static unsigned seed = 7;

	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % below;
}

static int64_t
now(void *context)
{
	(void)context;
	return clock_now += 1000;
}

static void
need(int rc, const char *what)
{
	if (rc != 0)
		bail("%s: %s %s: %s", what, vexlog_code_name(rc), err.where,
		    err.message);
}

static const char *
statement(void)
{
	static const char *const said[] = {
	    "\"status\":\"not_affected\","
	    "\"justification\":\"vulnerable_code_not_present\"",
	    "\"status\":\"not_affected\",\"justification\":"
	    "\"component_not_present\"",
	    "\"status\":\"affected\",\"action_statement\":\"update\"",
	    "\"status\":\"fixed\"", "\"status\":\"under_investigation\""};
	unsigned n = next(6);
	/* 2 and 3, then 4 and 5 become known as one */
	const char *alias = n >= 2 && next(4) == 0
	    ? arena_print(
		  arena, &err, ",\"aliases\":[\"CVE-2026-%04u\"]", n ^ 1)
	    : "";

	return arena_print(arena, &err,
	    "{\"vulnerability\":{\"name\":\"CVE-2026-%04u\"%s},"
	    "\"products\":[{\"@id\":\"pkg:npm/p%u@1.0.0\"}],%s}",
	    n, alias, next(3), said[next(5)]);
}

static void
ingest(struct vexlog *v, int round)
{
	const struct vexlog_ingest_options options = {
	    .provider = next(2) == 0 ? "vendor:a" : "distro:b"};
	const char *path =
	    arena_print(arena, &err, "%s/%d.json", folder, round);
	const char *list = statement();
	struct vexlog_ingest_result result;

	for (unsigned i = next(4); i > 0; i--)
		list = arena_print(arena, &err, "%s,%s", list, statement());
	const char *text = arena_print(arena, &err,
	    "{\"@context\":\"https://openvex.dev/ns/v0.2.0\","
	    "\"@id\":\"https://a.example/%d\",\"author\":\"A\","
	    "\"timestamp\":\"2025-11-%02dT00:00:00Z\",\"version\":1,"
	    "\"statements\":[%s]}",
	    round, 1 + round % 20, list);
	FILE *f = fopen(path, "w");
	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		bail("%s is not written", path);
	need(vexlog_ingest(&result, v, &path, 1, &options, &err), "ingest");
	/* one may contradict itself, which is refused */
}

static void
decide(struct vexlog *v)
{
	static const char policy[] = "latest";
	const struct vexlog_bytes none = {NULL, 0};
	struct vexlog_decide_options options = {
	    .at = TIME_MAX, .sbom = next(4) == 0 ? SBOM : NULL};
	size_t count;

	if (next(4) == 0)
		need(vexlog_policy_read(
			 &options.policy, arena, policy, none, &err),
		    "policy");
	int rc = vexlog_decide(&count, v, &options, &err);
	if (rc != VEXLOG_NOT_FOUND) /* nothing went in yet */
		need(rc, "decide");
}

static void
remember(void)
{
	char text[TIME_TEXT];

	clock_now += 1000;
	time_write(text, clock_now);
	times[time_count++] = arena_copy(arena, text, &err);
	clock_now += 1000;
}

static void
fill(void)
{
	const struct vexlog_options options = {.home = home, .now = now};
	struct vexlog_init_result init;
	struct vexlog *v;

	need(vexlog_init(&init, arena, &options, NULL, &err), "init");
	need(vexlog_open(&v, &options, &err), "open");
	remember();
	for (int round = 0; round < ROUNDS; round++) {
		ingest(v, round);
		if (next(3) != 0)
			decide(v);
		remember();
	}
	times[time_count++] = "now";
	vexlog_close(v);
}

/* A delta by way of both states, as bytes. */
static struct vexlog_bytes
by_states(struct vexlog *v, const char *from, const char *to)
{
	struct vexlog_state before, after;
	struct vexlog_bytes out;

	need(vexlog_state(&before, arena, v, from, NULL, &err), from);
	need(vexlog_state(&after, arena, v, to, NULL, &err), to);
	need(vexlog_delta(&out, arena, &before, &after, 0, &err), "delta");
	return out;
}

static size_t
changes(struct vexlog_bytes delta)
{
	struct json_doc doc;

	need(json_read(&doc, arena, delta, 0, &err), "json");
	return json_count(json_get(doc.root, "changes"));
}

int
main(void)
{
	const struct vexlog_options options = {.home = home, .now = now};
	size_t same = 0, compared = 0, changed = 0, kept = 0;
	char command[300];
	struct vexlog *v;

	arena = vexlog_arena_open((size_t)1 << 32);
	temp_folder(folder);
	(void)snprintf(home, sizeof(home), "%s/home", folder);
	fill();
	need(vexlog_open(&v, &options, &err), "open");
	for (size_t i = 0; i < time_count; i++)
		for (size_t j = 0; j < time_count; j++) {
			struct vexlog_bytes out, want;
			need(vexlog_compare(&out, NULL, arena, v, times[i],
				 times[j], NULL, 0, &err),
			    "compare");
			want = by_states(v, times[i], times[j]);
			compared++;
			if (out.size == want.size &&
			    memcmp(out.data, want.data, out.size) == 0)
				same++;
			else
				(void)printf(
				    "# %s to %s\n", times[i], times[j]);
			changed += changes(out);
		}
	is_int((int64_t)same, (int64_t)compared, "every two of all times");
	ok(changed > compared, "and much changed between them");
	for (size_t i = 0; i + 1 < time_count; i += 8) {
		struct vexlog_state before, after;
		struct vexlog_bytes out;
		const char *id, *again;
		need(vexlog_compare(
			 &out, &id, arena, v, times[i], "now", NULL, 0, &err),
		    "compare");
		need(vexlog_state(&before, arena, v, times[i], NULL, &err),
		    "then");
		need(vexlog_state(&after, arena, v, "now", NULL, &err), "now");
		need(vexlog_delta_keep(
			 &again, arena, v, out, &before, &after, &err),
		    "keep");
		const char *const *states;
		size_t count;
		need(store_blobs(&states, &count, arena, v->store,
			 arena_print(arena, &err, "states of %s", id), TIME_MAX,
			 &err),
		    "states");
		kept += text_same(id, again) && count == 1;
	}
	is_int((int64_t)kept, 4, "kept with the same states, under one id");
	vexlog_close(v);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command) != 0)
		bail("%s stays", folder);
	vexlog_arena_close(arena);
	return tap_done();
}
