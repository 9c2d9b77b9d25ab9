/*
 * sarif.c - findings as SARIF.
 */
#include "cli/sarif.h"

#include "base/text.h"

void
sarif_open(struct sarif *sarif, struct buffer *out)
{
	struct json_writer *w = &sarif->w;
	const struct vexlog_rule *rules;
	size_t count;

	json_open(w, out, false);
	json_object(w);
	json_member(w, "$schema",
	    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/"
	    "sarif-schema-2.1.0.json");
	json_member(w, "version", "2.1.0");
	json_name(w, "runs");
	json_array(w);
	json_object(w);
	json_name(w, "tool");
	json_object(w);
	json_name(w, "driver");
	json_object(w);
	json_member(w, "name", "vexlog");
	json_member(w, "version", vexlog_version());
	json_name(w, "rules");
	json_array(w);
	rules = vexlog_rules(&count);
	for (size_t i = 0; i < count; i++) {
		json_object(w);
		json_member(w, "id", rules[i].name);
		json_name(w, "shortDescription");
		json_object(w);
		json_member(w, "text", rules[i].about);
		json_close(w);
		json_close(w);
	}
	json_close(w);
	json_close(w);
	json_close(w);
	json_member(w, "columnKind", "unicodeCodePoints");
	json_name(w, "results");
	json_array(w);
}

/* A relative reference: each part of the path percent-encoded. "./" keeps a
 * first part that holds a ':' from being taken for a scheme. */
static const char *
file_uri(struct vexlog_arena *arena, const char *file)
{
	struct vexlog_err err;
	struct buffer b;
	const char *out;

	buffer_open(&b, arena, SIZE_MAX / 2);
	if (file[0] == '/')
		buffer_text(&b, "file://");
	else if (strchr(file, ':') != NULL)
		buffer_text(&b, "./");
	while (*file != '\0') {
		size_t size = strcspn(file, "/");
		const char *part = arena_text(arena, file, size, &err);
		part = part == NULL ? NULL : text_percent(arena, part, &err);
		if (part == NULL)
			return NULL;
		buffer_text(&b, part);
		file += size;
		for (; *file == '/'; file++)
			buffer_byte(&b, '/');
	}
	return buffer_finish_text(&b, &out, &err) == 0 ? out : NULL;
}

static void
region(struct json_writer *w, struct vexlog_bytes bytes, size_t offset)
{
	int64_t line = 1, column = 1;

	for (size_t i = 0; offset != SIZE_MAX && i < offset && i < bytes.size;
	     i++) {
		if (bytes.data[i] == '\n') {
			line++;
			column = 1;
		} else if ((bytes.data[i] & 0xc0) != 0x80) {
			column++; /* a code point starts here */
		}
	}
	json_name(w, "region");
	json_object(w);
	json_member_integer(w, "startLine", line);
	json_member_integer(w, "startColumn", column);
	json_close(w);
}

void
sarif_result(struct sarif *sarif, struct vexlog_arena *arena, const char *file,
    struct vexlog_bytes bytes, const struct vexlog_finding *finding)
{
	struct json_writer *w = &sarif->w;
	const char *uri = file_uri(arena, file);
	size_t count, rule = 0;
	const struct vexlog_rule *rules = vexlog_rules(&count);

	if (uri == NULL) {
		w->out->failed = VEXLOG_NO_MEMORY;
		return;
	}
	json_object(w);
	json_member(w, "ruleId", finding->rule);
	while (rule < count && strcmp(rules[rule].name, finding->rule) != 0)
		rule++;
	if (rule < count)
		json_member_integer(w, "ruleIndex", (int64_t)rule);
	json_member(w, "level", finding->unsafe ? "error" : "warning");
	json_name(w, "message");
	json_object(w);
	json_member(w, "text", finding->message);
	json_close(w);
	json_name(w, "locations");
	json_array(w);
	json_object(w);
	json_name(w, "physicalLocation");
	json_object(w);
	json_name(w, "artifactLocation");
	json_object(w);
	json_member(w, "uri", uri);
	json_close(w);
	region(w, bytes, finding->offset);
	json_close(w);
	if (finding->pointer != NULL && finding->pointer[0] != '\0') {
		json_name(w, "logicalLocations");
		json_array(w);
		json_object(w);
		json_member(w, "fullyQualifiedName", finding->pointer);
		json_close(w);
		json_close(w);
	}
	json_close(w);
	json_close(w);
	json_close(w);
}

void
sarif_close(struct sarif *sarif)
{
	for (int i = 0; i < 4; i++)
		json_close(&sarif->w);
}
