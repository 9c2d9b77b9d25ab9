/*
 * corpus_test.c - every document of the corpus reads as corpus.tsv says: its
 * format, whether it may be used, how often it says each status, which rules
 * it breaks, and the very ids of its claims.
 *
 * `corpus_test print` writes the table as it comes out, for whoever changed
 * a rule on purpose and wants to look at the difference.
 */
#include <zlib.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "tests/read.h"
#include "vexlog.h"

static struct vexlog_bytes
load(struct vexlog_arena *arena, const char *name)
{
	gzFile f = gzopen(data_path(name), "rb");
	struct vexlog_bytes bytes;
	struct vexlog_err err;
	struct buffer b;
	int n;

	if (f == NULL)
		bail("%s cannot be opened", name);
	buffer_open(&b, arena, 64 * MIB);
	while (buffer_reserve(&b, 64 * KIB) &&
	    (n = gzread(f, b.data + b.size, 64 * KIB)) > 0)
		b.size += (size_t)n;
	(void)gzclose(f);
	if (buffer_finish(&b, &bytes, &err) != 0)
		bail("%s: %s", name, err.message);
	return bytes;
}

static int
by_text(const void *a, const void *b, void *context)
{
	(void)context;
	return strcmp(a, b);
}

/* The rules broken, each once, sorted; those that are unsafe with a '!'. */
static void
put_rules(struct buffer *b, struct vexlog_arena *arena,
    const struct vexlog_document *doc)
{
	struct vexlog_err err;
	const void **list =
	    arena_list(arena, doc->finding_count + 1, sizeof(*list), &err);
	const char *last = "";

	for (size_t i = 0; i < doc->finding_count; i++)
		list[i] = arena_print(arena, &err, "%s%s",
		    doc->findings[i].unsafe ? "!" : "", doc->findings[i].rule);
	if (sort_pointers(
		list, doc->finding_count, by_text, NULL, arena, &err) != 0)
		bail("sort: %s", err.message);
	for (size_t i = 0; i < doc->finding_count; i++) {
		if (strcmp(list[i], last) == 0)
			continue;
		buffer_print(b, "%s%s", last[0] == '\0' ? "" : "; ",
		    (const char *)list[i]);
		last = list[i];
	}
}

/* One digest over all claims: it moves when any id or any claim does. */
static const char *
all_claims(struct vexlog_arena *arena, const struct vexlog_document *doc)
{
	struct vexlog_bytes bytes;
	struct vexlog_err err;
	struct buffer b;

	buffer_open(&b, arena, 64 * MIB);
	for (size_t i = 0; i < doc->observations.count; i++) {
		buffer_text(&b, doc->observations.list[i].content_digest);
		buffer_byte(&b, '\n');
	}
	if (buffer_finish(&b, &bytes, &err) != 0)
		bail("%s", err.message);
	return hash_digest_new(arena, bytes, &err);
}

static const char *
line_of(struct vexlog_arena *arena, const char *name)
{
	struct vexlog_read_options options = {.received_at = TIME_MAX};
	size_t counts[VEXLOG_STATUSES] = {0};
	struct vexlog_document doc;
	struct vexlog_err err;
	const char *line = NULL;
	struct buffer b;
	int rc = vexlog_read(&doc, arena, load(arena, name), &options, &err);

	if (rc != 0)
		return arena_print(arena, &err, "%s\t%s", name, err.message);
	if (!rules_known(&doc))
		return "a finding of a rule that is not in the table";
	for (size_t i = 0; i < doc.observations.count; i++)
		counts[doc.observations.list[i].status]++;
	buffer_open(&b, arena, MIB);
	buffer_print(&b, "%s\t%s\t%s\t%s", name,
	    doc.format == NULL ? "-" : doc.format,
	    doc.format_version[0] == '\0' ? "-" : doc.format_version,
	    doc.readable ? "readable" : "refused");
	for (int i = 0; i < VEXLOG_STATUSES; i++)
		buffer_print(&b, "\t%zu", counts[i]);
	buffer_print(
	    &b, "\t%zu\t%s\t", doc.finding_count, all_claims(arena, &doc));
	put_rules(&b, arena, &doc);
	if (buffer_finish_text(&b, &line, &err) != 0)
		bail("%s", err.message);
	return line;
}

int
main(int argc, char **argv)
{
	struct vexlog_arena *table = vexlog_arena_open(64 * MIB);
	struct vexlog_arena *arena = vexlog_arena_open(1024 * MIB);
	bool print = argc == 2 && strcmp(argv[1], "print") == 0;
	struct vexlog_bytes bytes = load(table, "corpus.tsv");
	char *text = (char *)(uintptr_t)bytes.data;

	for (char *line = strtok(text, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		char name[512];
		if (line[0] == '#') {
			if (print)
				printf("%s\n", line);
			continue;
		}
		size_t n = strcspn(line, "\t");
		(void)snprintf(name, sizeof(name), "%.*s", (int)n, line);
		vexlog_arena_reset(arena);
		if (print)
			printf("%s\n", line_of(arena, name));
		else
			is_text(line_of(arena, name), line, name);
	}
	vexlog_arena_close(arena);
	vexlog_arena_close(table);
	return print ? 0 : tap_done();
}
