/*
 * export_test.c - exports when memory is short at any moment: each allocation
 * fails once, the call says NO_MEMORY and writes nothing, and at last the whole
 * document is there, the same as the one written with memory to spare.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/tap.h"

static struct vexlog *v;
static char folder[128];

static const char document[] =
    "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"urn:a\","
    "\"author\":\"a\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"version\":1,"
    "\"statements\":[{\"vulnerability\":{\"name\":\"CVE-2026-0001\","
    "\"aliases\":[\"GHSA-xxxx-yyyy-zzzz\"]},\"products\":[{\"@id\":"
    "\"pkg:oci/a@1\",\"subcomponents\":[{\"@id\":\"pkg:npm/b@1\"}]},"
    "{\"@id\":\"appliance\"}],\"status\":\"not_affected\","
    "\"impact_statement\":\"not built in\"}]}";

static char *
path_of(const char *name)
{
	static char path[4][256];
	static int turn;
	char *out = path[turn++ % 4];

	(void)snprintf(out, 256, "%s/%s", folder, name);
	return out;
}

static void
prepare(void)
{
	struct vexlog_arena *arena = vexlog_arena_open(MIB);
	const struct vexlog_options options = {.home = path_of("home")};
	const struct vexlog_ingest_options ingest = {.provider = "vendor:a"};
	const struct vexlog_decide_options decide = {.at = INT64_MAX};
	const char *const paths[] = {path_of("a.json")};
	struct vexlog_ingest_result result;
	struct vexlog_init_result made;
	struct vexlog_err err = {0};
	size_t count;

	if (file_write(paths[0], text_bytes(document), 0644, &err) != 0 ||
	    vexlog_init(&made, arena, &options, NULL, &err) != 0 ||
	    vexlog_open(&v, &options, &err) != 0 ||
	    vexlog_ingest(&result, v, paths, 1, &ingest, &err) != 0 ||
	    vexlog_decide(&count, v, &decide, &err) != 0)
		bail("%s", err.message);
	is_int((int64_t)count, 2, "two verdicts");
	vexlog_arena_close(arena);
}

static bool
same_files(const char *a, const char *b)
{
	struct vexlog_arena *arena = vexlog_arena_open(MIB);
	struct vexlog_bytes x, y;
	struct vexlog_err err;
	bool same = file_read(&x, arena, a, MIB, &err) == 0 &&
	    file_read(&y, arena, b, MIB, &err) == 0 && x.size == y.size &&
	    memcmp(x.data, y.data, x.size) == 0;

	vexlog_arena_close(arena);
	return same;
}

static void
try_format(const char *format, int64_t at)
{
	struct vexlog_export_options options = {
	    .format = format, .path = path_of("whole"), .at = at};
	struct vexlog_export_result result;
	struct vexlog_err err = {0};
	bool clean = true;
	long n = 1;
	int rc;

	if (vexlog_export(&result, v, &options, &err) != 0)
		bail("%s: %s", format, err.message);
	is_int((int64_t)result.verdicts, 2, format);
	options.path = path_of("short");
	for (; n < 100000; n++) {
		(void)unlink(options.path);
		arena_fail_in = n;
		rc = vexlog_export(&result, v, &options, &err);
		bool failed = arena_fail_in == 0;
		arena_fail_in = 0;
		if (rc == 0 && !failed)
			break;
		clean = clean &&
		    ((rc == 0 && same_files(path_of("whole"), options.path)) ||
			(rc == VEXLOG_NO_MEMORY && !file_exists(options.path)));
	}
	ok(clean && n > 10, "%s: %ld allocations fail one by one", format, n);
	ok(same_files(path_of("whole"), options.path),
	    "%s: and the document is the same in the end", format);
}

int
main(void)
{
	char command[300];

	temp_folder(folder);
	prepare();
	try_format("openvex", INT64_MAX);
	try_format("csaf", INT64_MAX);
	try_format("cyclonedx", INT64_MAX);
	try_format("csaf", INT64_MAX - 1);
	vexlog_close(v);
	(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
	ok(system(command) == 0, "cleaned up");
	return tap_done();
}
