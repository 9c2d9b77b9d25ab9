/*
 * archive_test.c - the auditor's archive: the same bytes each time, replayed
 * without a store, and no bit of it can change unseen.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "flow/archive.h"
#include "tests/tap.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;
static char folder[128];
static char home[256], path[256], again[256];
static int64_t clock_now = 1764000000000000;

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

static struct vexlog *
open_home(void)
{
	const struct vexlog_options options = {.home = home, .now = now};
	struct vexlog *v = NULL;

	need(vexlog_open(&v, &options, &err), "open");
	return v;
}

/* Between a document and now, and between nothing and now. */
static void
keep_deltas(struct vexlog *v, const char *document)
{
	const char *const from[] = {document, "2000-01-01T00:00:00Z"};

	for (size_t i = 0; i < 2; i++) {
		struct vexlog_bytes delta;
		const char *id;
		need(vexlog_compare(&delta, &id, arena, v, from[i], "now", NULL,
			 clock_now / 1000000 * 1000000, &err),
		    "delta");
	}
}

/* Two documents that disagree, linked, decided, linked again. */
static void
make_home(void)
{
	const struct vexlog_options options = {.home = home, .now = now};
	const struct vexlog_link_options link = {.others = true};
	const struct vexlog_decide_options decide = {.at = INT64_MAX};
	const struct vexlog_ingest_options vendor = {.provider = "vendor:a"};
	const struct vexlog_ingest_options distro = {.provider = "distro:b"};
	struct vexlog_init_result init;
	struct vexlog_ingest_result in;
	struct vexlog_link_result linked;
	const char *one = data_path("openvex/vexctl__document1.vex.json");
	const char *two = data_path("openvex/vexctl__document2.vex.json");
	const struct vexlog_decide_options no_time = {
	    .at = INT64_MAX, .by_log = true};
	size_t count;

	need(vexlog_init(&init, arena, &options, NULL, &err), "init");
	struct vexlog *v = open_home();
	need(vexlog_ingest(&in, v, &one, 1, &vendor, &err), "ingest");
	need(vexlog_ingest(&in, v, &two, 1, &distro, &err), "ingest");
	need(vexlog_link(&linked, v, &link, &err), "link");
	is_int(vexlog_decide(&count, v, &no_time, &err), VEXLOG_MISUSE,
	    "nothing is kept by the log's time");
	need(vexlog_decide(&count, v, &decide, &err), "decide");
	need(vexlog_link(&linked, v, &link, &err), "link");
	keep_deltas(v, one);
	need(vexlog_link(&linked, v, &link, &err), "link");
	is_int((int64_t)(linked.pending + linked.others_pending), 0,
	    "all is linked");
	vexlog_close(v);
}

static void
write_archive(const char *to)
{
	const struct vexlog_archive_options options = {.path = to,
	    .at = INT64_MAX};
	struct vexlog_archive_result result;
	struct vexlog *v = open_home();

	need(vexlog_archive_write(&result, v, &options, &err), "archive");
	vexlog_close(v);
}

static char first_difference[768], all_differences[1 << 16];

static int
keep_first(const char *what, const char *detail, void *context)
{
	(void)context;
	if (first_difference[0] == '\0')
		(void)snprintf(first_difference, sizeof(first_difference),
		    "%s: %s", what, detail);
	size_t used = strlen(all_differences);
	(void)snprintf(all_differences + used, sizeof(all_differences) - used,
	    "%s: %s\n", what, detail);
	return 0;
}

static struct vexlog_replay_result
replay(const char *from)
{
	const struct vexlog_replay_options options = {.path = from,
	    .difference = keep_first};
	struct vexlog_replay_result result;

	first_difference[0] = all_differences[0] = '\0';
	need(vexlog_replay(&result, &options, &err), "replay");
	return result;
}

static void
put(const char *to, struct vexlog_bytes bytes)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, bytes.data, bytes.size) != (ssize_t)bytes.size)
		bail("can't write %s", to);
	(void)close(fd);
}

/* A message says "bytes 512 to 1024" around this one, or names the file that
 * it is in. */
static bool
names_byte(const struct tar_file *files, size_t count, size_t at)
{
	const char *p = all_differences;
	size_t from, to;

	for (size_t i = 0; i < count; i++)
		if (at >= files[i].offset &&
		    at < files[i].offset + files[i].bytes.size)
			return strstr(all_differences, files[i].name) != NULL;
	while ((p = strstr(p, "bytes ")) != NULL) {
		if (sscanf(p, "bytes %zu to %zu", &from, &to) == 2 &&
		    at >= from && at < to)
			return true;
		p += 6;
	}
	return false;
}

/* 1,000 single bits, spread over the whole file by a fixed sequence. */
static void
flip_bits(struct vexlog_bytes bytes)
{
	uint8_t *copy = (uint8_t *)arena_text(arena, bytes.data, bytes.size,
	    &err);
	struct vexlog_bytes changed = {copy, bytes.size};
	uint64_t state = 88172645463325252u;
	const struct tar_file *files;
	int found = 0, named = 0;
	size_t count;

	need(tar_read(&files, &count, arena, bytes, &err), "tar_read");

	for (int i = 0; i < 1000; i++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		size_t at = (size_t)(state >> 8) % bytes.size;
		uint8_t bit = (uint8_t)(1u << (state & 7));
		copy[at] ^= bit;
		put(again, changed);
		found += replay(again).differences > 0;
		bool named_it = names_byte(files, count, at);
		named += named_it;
		if (!named_it)
			printf("# byte %zu: %s\n", at, all_differences);
		copy[at] ^= bit;
	}
	is_int(found, 1000, "1,000 single-bit changes are all found");
	is_int(named, 1000, "and each names where");
}

static int
order_files(const void *a, const void *b)
{
	const struct tar_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static char *
replace_text(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	return at == NULL ? NULL
			  : arena_print(arena, &err, "%.*s%s%s",
				(int)(at - text), text, to, at + strlen(from));
}

/* What goes by its digest gets its new name, and its line in deltas.jsonl. */
static void
rename_file(struct tar_file *list, size_t count, struct tar_file *f)
{
	char digest[DIGEST_TEXT];
	char *old = arena_text(arena, f->name + strlen("files/"), 64, &err);

	need(hash_digest(digest, f->bytes, &err), "hash");
	f->name = arena_print(arena, &err, "files/%s.json", digest + 7);
	for (size_t i = 0; i < count; i++)
		if (text_same(list[i].name, "deltas.jsonl")) {
			char *lines = replace_text(
			    (const char *)list[i].bytes.data, old, digest + 7);
			if (lines == NULL)
				bail("no line of deltas.jsonl names %s", old);
			list[i].bytes = text_bytes(lines);
		}
}

/* One text replaced in the first file of that name, or that holds the mark;
 * names and manifest made anew: what an attacker would do. */
static void
replace(const char *name, const char *mark, const char *from, const char *to,
    const char *message)
{
	const struct tar_file *files;
	struct tar_file *list;
	struct vexlog_bytes bytes;
	struct tar_writer w;
	bool done = false;
	size_t count;

	need(file_read(&bytes, arena, path, (size_t)1 << 26, &err), "read");
	need(tar_read(&files, &count, arena, bytes, &err), "tar");
	if ((list = arena_list(arena, count, sizeof(*list), &err)) == NULL)
		bail("no memory");
	for (size_t i = 0; i < count; i++) {
		list[i] = files[i];
		list[i].bytes = text_bytes(arena_text(
		    arena, files[i].bytes.data, files[i].bytes.size, &err));
	}
	for (size_t i = 0; !done && i < count; i++) {
		const char *text = (const char *)list[i].bytes.data;
		if (!text_starts(list[i].name, name) ||
		    strstr(text, mark) == NULL)
			continue;
		char *changed = replace_text(text, from, to);
		if (changed == NULL)
			continue;
		list[i].bytes = text_bytes(changed);
		done = true;
		if (text_same(name, "files/"))
			rename_file(list, count, &list[i]);
	}
	if (!done)
		bail("%s is not in %s", from, name);
	qsort(list, count, sizeof(*list), order_files);
	need(archive_manifest(&bytes, arena, list, count, &err), "manifest");
	need(tar_create(&w, again, &err), "create");
	for (size_t i = 0; i < count; i++)
		need(tar_add(&w, list[i].name,
			 text_same(list[i].name, "manifest.json")
			     ? bytes
			     : list[i].bytes,
			 &err),
		    "add");
	need(tar_finish(&w, &err), "finish");
	struct vexlog_replay_result r = replay(again);
	ok(r.differences > 0, "%s: %s for %s is found", name, to, from);
	has_text(all_differences, message, "and named");
}

/* Of a verdict's line nothing is believed, and nothing may be added. */
static void
test_verdict(void)
{
	static const char name[] = "verdicts.jsonl";

	replace(name, "", "\"confidenceMicro\":", "\"confidenceMicro\":1",
	    "\"confidenceMicro\" comes out as");
	replace(name, "", "\"issuer\":\"", "\"issuer\":\"x",
	    "\"sources\" comes out as");
	replace(name, "", "\"documentDigest\":\"sha256:",
	    "\"documentDigest\":\"sha256:0", "\"sources\" comes out as");
	replace(name, "", "\"uuid\":\"", "\"uuid\":\"0",
	    "\"sources\" comes out as");
	replace(name, "", "\"sources\":[{", "\"sources\":[{},{",
	    "the sources are not its");
	replace(name, "", "\"evaluatedAt\":\"2025",
	    "\"evaluatedAt\":\"2024", "\"evaluatedAt\" comes out as");
	replace(name, "", "\"rekor\":null,\"sbomEntryId\"",
	    "\"rekor\":1,\"sbomEntryId\"", "\"rekor\" comes out as");
	replace(name, "", "\"record\":{", "\"record\":{\"a\":1,",
	    "\"a\" is not known here");
	replace(name, "", "\"trace\":{", "\"trace\":{\"a\":1,",
	    "\"a\" is not known here");
	replace(name, "", "\"replaces\":null", "\"replaces\":\"x\"",
	    "it replaces x, the verdict before it is none");
	replace(name, "", "\"sequence\":1", "\"sequence\":2",
	    "verdict 2 of its decision comes after verdict 0");
	replace(name, "", "{\"attestation\":\"", "{\"attestation\":\"x",
	    "64 hex digits or null");
}

/* A verdict that is called pending leaves its evidence behind. */
static void
test_unused(struct vexlog_bytes bytes)
{
	const struct tar_file *files, *f;
	size_t count;

	need(tar_read(&files, &count, arena, bytes, &err), "tar");
	f = tar_find(files, count, "verdicts.jsonl");
	char *signed_by = arena_text(arena, f->bytes.data,
	    strlen("{\"attestation\":\"\"") + 64, &err);
	replace("verdicts.jsonl", "", signed_by, "{\"attestation\":null",
	    "nothing in the archive refers to it");
}

/* The states of a delta are believed in nothing. */
static void
test_states(void)
{
	static const char mark[] = "vexlog.delta-states/v1";

	replace("files/", mark, "\"justification\":\"",
	    "\"justification\":\"x", "not to its id");
	replace("files/", mark, "\"status\":\"", "\"status\":\"x",
	    "status, conflicts or SBOM entry is malformed");
	replace("files/", mark, "delta-states/v1\"", "delta-states/v2\"",
	    "the schema is not");
	replace("files/", mark, "\"conflicts\":", "\"conflicts\":7",
	    "conflicts are not those of its record");
	replace("files/", mark, "\"issuer\":\"", "\"issuer\":\"x",
	    "the claim that won is another in the archive");
	replace("files/", mark, "\"policyDigest\":\"sha256:",
	    "\"policyDigest\":\"sha256:0",
	    "winner, policy or conflicts");
	replace("files/", mark, "\"observationIds\":[",
	    "\"observationIds\":[\"vex:obs:sha256:"
	    "0000000000000000000000000000000000000000000000000000000000000000"
	    "\",",
	    "its claims are not those of its record");
	replace("files/", mark, "\"uuid\":\"", "\"uuid\":\"0",
	    "its log entry is not the one in the archive");
	replace("files/", mark, "{\"after\":[{", "{\"after\":[{\"x\":1,",
	    "x");
	replace("files/", mark, "\"after\":[", "\"after\":[0,",
	    "a verdict is not an object");
}

/* Nor is the delta. */
static void
test_delta(void)
{
	static const char mark[] = "\"replayHash\":";

	replace("files/", mark, "\"unchanged\":", "\"unchanged\":1",
	    "\"summary\" of the delta is");
	replace("files/", mark, "\"replayHash\":\"sha256:",
	    "\"replayHash\":\"sha256:0", "\"replayHash\" of the delta is");
	replace("files/", mark, "\"fromDigest\":\"sha256:",
	    "\"fromDigest\":\"sha256:0", "\"fromDigest\" of the delta is");
	replace("files/", mark, "\"counts\":{\"after\":{\"affected\":",
	    "\"counts\":{\"after\":{\"affected\":2",
	    "\"counts\" of the delta is");
	replace("files/", mark, "\"added\":[{", "\"added\":[{\"x\":1,",
	    "\"added\" of the delta is");
	replace("files/", mark, "{\"added\"", "{\"a\":1,\"added\"",
	    "the delta has a member that its states do not give");
	/* when it was compared only the signature knows */
	replace("files/", mark, "\"comparedAt\":\"2025",
	    "\"comparedAt\":\"2024", "subject");
	replace("files/", mark, "\"comparedAt\":\"2025",
	    "\"comparedAt\":\"x2025", "comparedAt");
	replace("deltas.jsonl", "", "\"delta\":\"sha256:",
	    "\"delta\":\"sha256:0", "a delta goes by its digest");
	replace("deltas.jsonl", "", "{\"attestation\":\"",
	    "{\"attestation\":\"x", "64 hex digits or null");
}

static void
test_tar_errors(struct vexlog_bytes bytes)
{
	const struct tar_file *list;
	struct vexlog_bytes part = bytes;
	size_t count;

	part.size -= 512;
	is_int(tar_read(&list, &count, arena, part, &err), VEXLOG_BAD_PROOF,
	    "an archive cut by a block is refused");
	part.size = 100;
	is_int(tar_read(&list, &count, arena, part, &err), VEXLOG_BAD_PROOF,
	    "or within a header");
	part.size = 0;
	is_int(tar_read(&list, &count, arena, part, &err), VEXLOG_BAD_PROOF,
	    "or empty");
	struct tar_writer w;
	need(tar_create(&w, again, &err), "create");
	need(tar_add(&w, "b", text_bytes("x"), &err), "add");
	is_int(tar_add(&w, "a", text_bytes("x"), &err), VEXLOG_MISUSE,
	    "names are written in order");
	tar_abandon(&w);
	for (long n = 1; n < 20; n++) {
		const struct vexlog_archive_options options = {.path = again,
		    .at = INT64_MAX};
		struct vexlog_archive_result result;
		struct vexlog *v = open_home();
		(void)unlink(again);
		file_fail_in = n;
		int rc = vexlog_archive_write(&result, v, &options, &err);
		file_fail_in = 0;
		vexlog_close(v);
		/* the folder's sync comes after the file is in place */
		if (rc != 0 && access(again, F_OK) == 0 &&
		    replay(again).differences > 0)
			ok(false, "write %ld failed and left half an archive",
			    n);
		if (rc != 0 && rc != VEXLOG_IO)
			ok(false, "write %ld: %s", n, err.message);
	}
	ok(true, "a failed write leaves no half archive");
}

int
main(void)
{
	struct vexlog_bytes one, two;

	arena = vexlog_arena_open((size_t)1 << 30);
	temp_folder(folder);
	(void)snprintf(home, sizeof(home), "%s/home", folder);
	(void)snprintf(path, sizeof(path), "%s/a.tar", folder);
	(void)snprintf(again, sizeof(again), "%s/b.tar", folder);
	make_home();
	write_archive(path);
	write_archive(again);
	need(file_read(&one, arena, path, (size_t)1 << 26, &err), "read");
	need(file_read(&two, arena, again, (size_t)1 << 26, &err), "read");
	ok(one.size == two.size && memcmp(one.data, two.data, one.size) == 0,
	    "written twice, the same bytes");

	struct vexlog_replay_result r = replay(path);
	is_int((int64_t)r.differences, 0, "the intact archive replays");
	is_text(first_difference, "", "with no difference");
	is_int((int64_t)r.documents, 2, "two documents");
	ok(r.observations == 2 && r.verdicts >= 1 && r.proofs >= 4,
	    "%zu observations, %zu verdicts, %zu proofs", r.observations,
	    r.verdicts, r.proofs);

	is_int((int64_t)r.deltas, 2, "two deltas are made again");
	is_int((int64_t)r.deltas_alone, 0, "both with their states");

	replace("observations.jsonl", "", "\"status\":\"fixed\"",
	    "\"status\":\"affected\"", "content digest is");
	replace("observations.jsonl", "", "\"productText\":\"",
	    "\"productText\":\"x", "texts or aliases kept are not those");
	replace("observations.jsonl", "", "\"rekor\":{",
	    "\"rekor\":{\"a\":1,", "\"a\" is not known here");
	replace("observations.jsonl", "", "\"batch\":{",
	    "\"batch\":{\"a\":1,", "\"a\" is not known here");
	replace("observations.jsonl", "", "\"entryKind\":\"",
	    "\"entryKind\":\"x", "linkage: linked to entry");
	replace("observations.jsonl", "", "\"log\":{\"checkpoint\":\"",
	    "\"log\":{\"checkpoint\":\"x", "\"log\" comes out as");
	replace("subjects.jsonl", "", "\"kind\":\"policy\"",
	    "\"kind\":\"trust\"",
	    "the statement is a vexlog-policy.stella/v1, not of a trust");
	test_verdict();
	replace("trust.json", "", "\"validUntil\":null",
	    "\"validUntil\":\"2001-01-01T00:00:00Z\"",
	    "validity ends before it begins");
	replace("README.txt", "", "This archive", "That archive",
	    "README.txt: not the text that belongs");
	test_unused(one);
	test_states();
	test_delta();
	test_tar_errors(one);
	flip_bits(one);
	vexlog_arena_close(arena);
	char command[300];
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command) != 0 ? 1 : tap_done();
}
