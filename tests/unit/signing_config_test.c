/*
 * signing_config_test.c - the public-good files are read as they are; then
 * one thing is broken at a time.
 */
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tests/tap.h"
#include "tlog/signing_config.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;

#define V2                                                                     \
	"{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.2"     \
	"+json\",\"rekorTlogUrls\":[{\"url\":\"https://log.example\","         \
	"\"majorApiVersion\":2,\"validFor\":{\"start\":"                       \
	"\"2026-01-01T00:00:00Z\",\"end\":\"2026-12-31T00:00:00Z\"},"          \
	"\"operator\":\"example\"}],\"rekorTlogConfig\":{\"selector\":"        \
	"\"EXACT\",\"count\":1}}"
#define V1                                                                     \
	"{\"mediaType\":\"application/vnd.dev.sigstore.signingconfig.v0.1"     \
	"+json\",\"caUrl\":\"https://ca.example\",\"tlogUrls\":["              \
	"\"https://old.example\"],\"tsaUrls\":[]}"

static int
read_text(struct signing_config *out, const char *json)
{
	return signing_config_read(out, arena, text_bytes(json), &err);
}

static void
read_data(struct signing_config *out, const char *name)
{
	struct vexlog_bytes bytes;

	if (file_read(&bytes, arena, data_path(name), CONFIG_SIZE_MAX, &err) !=
	    0)
		bail("%s", err.message);
	is_int(signing_config_read(out, arena, bytes, &err), 0, name);
}

static int64_t
time_of(const char *text)
{
	const char *why;
	int64_t time;

	if (!time_read(&time, text, &why))
		bail("%s", why);
	return time;
}

/* The one that is written to; NULL: none. */
static const struct signing_log *
best(const struct signing_config *config, int64_t at, int64_t version_max)
{
	const struct signing_log *const *list;
	size_t count;

	if (signing_config_logs(&list, &count, arena, config, at, version_max,
		&err) != 0)
		bail("%s", err.message);
	for (size_t i = 1; i < count; i++)
		if (list[i]->version > list[i - 1]->version ||
		    (list[i]->version == list[i - 1]->version &&
			list[i]->valid_from > list[i - 1]->valid_from))
			bail("not in order");
	return count == 0 ? NULL : list[0];
}

static void
test_public(void)
{
	const int64_t now = time_of("2026-11-23T00:00:00Z");
	struct signing_config config;
	const struct signing_log *log;

	read_data(&config, "signing_config/signing_config.v0.2.json");
	log = best(&config, now, 2);
	is_text(log == NULL ? NULL : log->url, "https://rekor.sigstore.dev",
	    "the default names v1");
	read_data(&config, "signing_config/signing_config_rekor_v2.v0.2.json");
	is_int((int64_t)config.log_count, 2, "two logs");
	log = best(&config, now, 2);
	is_text(log == NULL ? NULL : signing_log_url(arena, log, &err),
	    "rekor2+https://log2025-1.rekor.sigstore.dev",
	    "v2 where it is offered");
	log = best(&config, now, 1);
	is_text(log == NULL ? NULL : signing_log_url(arena, log, &err),
	    "rekor1+https://rekor.sigstore.dev", "v1 for one that has no v2");
	log = best(&config, time_of("2025-12-31T23:59:59Z"), 2);
	is_int(log == NULL ? 0 : log->version, 1, "v2 was not yet valid");
	ok(best(&config, 0, 2) == NULL, "nothing was in 1970");
}

static void
test_versions(void)
{
	struct signing_config config;
	const struct signing_log *log;

	is_int(read_text(&config, V2), 0, "v0.2");
	is_int(config.selector, SIGNING_EXACT, "its selector");
	is_text(config.logs[0].operator_name, "example", "its operator");
	log = config.logs;
	ok(best(&config, log->valid_from, 2) == log &&
		best(&config, log->valid_until, 2) == log,
	    "the interval is closed");
	ok(best(&config, log->valid_from - 1, 2) == NULL &&
		best(&config, log->valid_until + 1, 2) == NULL,
	    "and ends there");
	is_int(read_text(&config, V1), 0, "v0.1");
	log = best(&config, 0, 2);
	is_text(log == NULL ? NULL : signing_log_url(arena, log, &err),
	    "rekor1+https://old.example", "all its logs are v1");
}

/* V2 with one part of it replaced. */
static const char *
changed(const char *part, const char *with)
{
	const char *at = strstr(V2, part);

	if (at == NULL)
		bail("no %s in the text", part);
	return arena_print(arena, &err, "%.*s%s%s", (int)(at - V2), V2, with,
	    at + strlen(part));
}

static void
test_broken(void)
{
	static const struct {
		const char *part, *with, *pointer, *says;
	} broken[] = {
	    {"v0.2+json", "v0.3+json", "/mediaType", "0.1 and 0.2"},
	    {"\"https://log.example\"", "7", "/rekorTlogUrls/0/url", ""},
	    {"\"https://log.example\"", "\"file:///x\"", "/rekorTlogUrls/0/url",
		"no http(s) address"},
	    {"\"majorApiVersion\":2,", "", "/rekorTlogUrls/0",
		"majorApiVersion"},
	    {"\"majorApiVersion\":2", "\"majorApiVersion\":0",
		"/rekorTlogUrls/0/majorApiVersion", "below 1"},
	    {"\"start\"", "\"begin\"", "/rekorTlogUrls/0/validFor", "start"},
	    {"2026-01-01T", "2027-01-01T", "/rekorTlogUrls/0/validFor",
		"ends before it begins"},
	    {"2026-12-31T00:00:00Z", "soon", "/rekorTlogUrls/0/validFor/end",
		""},
	    {"\"example\"", "5", "/rekorTlogUrls/0/operator", ""},
	    {"\"EXACT\"", "\"SOME\"", "/rekorTlogConfig/selector",
		"ANY, ALL and EXACT"},
	    {"\"count\":1", "\"count\":0", "/rekorTlogConfig/count", "below 1"},
	    {"[{", "[3,{", "/rekorTlogUrls/0", "a service is an object"},
	};
	struct signing_config config;
	size_t i;

	for (i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		is_int(
		    read_text(&config, changed(broken[i].part, broken[i].with)),
		    VEXLOG_SHAPE, broken[i].with);
		is_text(err.pointer, broken[i].pointer, "is pointed at");
		has_text(err.message, broken[i].says, "and named");
	}
	is_int(read_text(&config, changed("]", "")), VEXLOG_SYNTAX, "no JSON");
	is_int(read_text(&config,
		   changed("\"operator\":\"example\"",
		       "\"operator\":null,\"new\":{}")),
	    0, "what is not known passes");
	is_int(read_text(&config, "[]"), VEXLOG_SHAPE, "no object");
}

static void
test_memory(void)
{
	struct signing_config config;
	int rc = VEXLOG_NO_MEMORY;
	long n;

	for (n = 1; n < 100 && rc == VEXLOG_NO_MEMORY; n++) {
		arena_fail_in = n;
		rc = read_text(&config, V2);
	}
	arena_fail_in = 0;
	is_int(rc, 0, "each allocation may fail");
	ok(n > 2, "and some did");
}

int
main(void)
{
	arena = vexlog_arena_open(64 * MIB);
	if (arena == NULL)
		bail("no memory");
	test_public();
	test_versions();
	test_broken();
	test_memory();
	vexlog_arena_close(arena);
	return tap_done();
}
