/*
 * bundles.h - the bundles of tests/data/bundles, verified as they are and with
 * one thing broken.
 */
#ifndef VEXLOG_TESTS_BUNDLES_H
#define VEXLOG_TESTS_BUNDLES_H

#include "base/buffer.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/tap.h"
#include "tlog/bundle.h"
#include "json/write.h"

#define IDENTITY                                                               \
	"https://github.com/sigstore-conformance/"                             \
	"extremely-dangerous-public-oidc-beacon/.github/workflows/"            \
	"extremely-dangerous-oidc-beacon.yml@refs/heads/main"
#define ISSUER "https://token.actions.githubusercontent.com"
#define GITHUB "https://github.com/login/oauth"
#define PYTHON "https://accounts.google.com"

static struct vexlog_arena *arena;
static struct vexlog_err err;

/* ---- what a case is made of -------------------------------------------- */

__attribute__((unused)) static struct vexlog_bytes
load(const char *folder, const char *name)
{
	struct vexlog_bytes out = {NULL, 0};
	char path[512];

	(void)snprintf(path, sizeof(path), "bundles/%s%s%s", folder,
	    folder[0] == '\0' ? "" : "/", name);
	if (file_read(&out, arena, data_path(path), 16 * MIB, &err) != 0)
		bail("%s: %s", path, err.message);
	return out;
}

__attribute__((unused)) static bool
has(const char *folder, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "bundles/%s/%s", folder, name);
	return file_exists(data_path(path));
}

__attribute__((unused)) static const char *
load_line(const char *folder, const char *name)
{
	struct vexlog_bytes b = load(folder, name);
	char *text = arena_text(arena, b.data, b.size, &err);

	return text_trim(arena, text, &err);
}

/* The options of a folder of the conformance suite. */
__attribute__((unused)) static struct vexlog_bundle_options
open_case(const char *name)
{
	struct vexlog_bundle_options o = {
	    .identity = IDENTITY,
	    .issuer = ISSUER,
	};
	char folder[256];

	(void)snprintf(folder, sizeof(folder), "conformance/%s", name);
	o.bundle = load(folder, "bundle.sigstore.json");
	if (has(folder, "trusted_root.json"))
		o.trusted_root = load(folder, "trusted_root.json");
	if (has(folder, "identity"))
		o.identity = load_line(folder, "identity");
	if (has(folder, "issuer"))
		o.issuer = load_line(folder, "issuer");
	if (has(folder, "key.pub")) {
		o.key = load(folder, "key.pub");
		o.identity = o.issuer = NULL;
	}
	o.artifact = has(folder, "artifact") ? load(folder, "artifact")
					     : load("conformance", "a.txt");
	return o;
}

__attribute__((unused)) static struct vexlog_report
verify(const struct vexlog_bundle_options *o)
{
	struct vexlog_report report = {0};
	int rc = vexlog_verify_bundle(&report, arena, o, &err);

	if (rc != 0)
		printf("# %s: %s: %s\n", vexlog_code_name(rc), err.pointer,
		    err.message);
	return report;
}

/* The first check that failed; else the first that had to be made. */
__attribute__((unused)) static const struct vexlog_check *
first_bad(const struct vexlog_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->list[i].outcome == VEXLOG_FAIL)
			return &report->list[i];
	for (size_t i = 0; i < report->count && !report->holds; i++)
		if (report->list[i].outcome == VEXLOG_SKIP)
			return &report->list[i];
	return NULL;
}

__attribute__((unused)) static void
holds(const struct vexlog_bundle_options *o, const char *name)
{
	struct vexlog_report report = verify(o);
	const struct vexlog_check *bad = first_bad(&report);

	if (!ok(report.holds, "%s holds", name) && bad != NULL)
		printf("# %s: %s\n", bad->name, bad->detail);
}

/* check failed, or where nothing failed could not be made. */
__attribute__((unused)) static void
fails(const struct vexlog_bundle_options *o, const char *name,
    const char *check, const char *part)
{
	struct vexlog_report report = verify(o);
	const struct vexlog_check *bad = first_bad(&report);
	bool good = !report.holds && bad != NULL &&
	    strcmp(bad->name, check) == 0 && strstr(bad->detail, part) != NULL;

	for (size_t i = 0; !good && i < report.count && !report.holds; i++)
		good = report.list[i].outcome != VEXLOG_PASS &&
		    strcmp(report.list[i].name, check) == 0 &&
		    strstr(report.list[i].detail, part) != NULL;
	if (!ok(good, "%s: %s fails", name, check) && bad != NULL)
		printf("# %s: %s\n", bad->name, bad->detail);
}

/* ---- breaking one thing ------------------------------------------------- */

struct edit {
	const struct json_value *at;
	const char *raw; /* what stands there now; NULL: nothing */
};

__attribute__((unused)) static void
copy(struct json_writer *w, const struct json_value *v, const struct edit *edit)
{
	const struct json_value *n;

	if (v == edit->at) {
		json_put_raw(w, edit->raw, strlen(edit->raw));
	} else if (v->type == JSON_OBJECT) {
		json_object(w);
		for (n = json_first(v); n != json_end(v); n = json_next(n + 1))
			if (n + 1 != edit->at || edit->raw != NULL) {
				json_name(w, n->as.text);
				copy(w, n + 1, edit);
			}
		json_close(w);
	} else if (v->type == JSON_ARRAY) {
		json_array(w);
		for (n = json_first(v); n != json_end(v); n = json_next(n))
			if (n != edit->at || edit->raw != NULL)
				copy(w, n, edit);
		json_close(w);
	} else if (v->type == JSON_STRING) {
		json_put_bytes(w, v->as.text, v->size);
	} else if (v->type == JSON_NUMBER) {
		json_put_raw(w, v->as.text, v->size);
	} else {
		const char *word = v->type == JSON_NULL ? "null"
		    : v->type == JSON_TRUE              ? "true"
							: "false";
		json_put_raw(w, word, strlen(word));
	}
}

/* The JSON with the value at pointer replaced by raw, or taken out. */
__attribute__((unused)) static struct vexlog_bytes
with(struct vexlog_bytes json, const char *pointer, const char *raw)
{
	struct vexlog_bytes out = {NULL, 0};
	struct json_writer w;
	struct json_doc doc;
	struct buffer b;
	struct edit edit = {.raw = raw};

	if (json_read(&doc, arena, json, 0, &err) != 0 ||
	    (edit.at = json_at(&doc, pointer)) == NULL)
		bail("no %s", pointer);
	buffer_open(&b, arena, 16 * MIB);
	json_open(&w, &b, false);
	copy(&w, doc.root, &edit);
	if (buffer_finish(&b, &out, &err) != 0)
		bail("%s", err.message);
	return out;
}

/* The text of the value at pointer as it stands, with quotes. */
__attribute__((unused)) static const char *
raw_at(struct vexlog_bytes json, const char *pointer)
{
	struct edit none = {NULL, NULL};
	const struct json_value *v;
	struct json_writer w;
	struct json_doc doc;
	struct buffer b;
	const char *out = NULL;

	if (json_read(&doc, arena, json, 0, &err) != 0 ||
	    (v = json_at(&doc, pointer)) == NULL)
		bail("no %s", pointer);
	buffer_open(&b, arena, 16 * MIB);
	json_open(&w, &b, false);
	copy(&w, v, &none);
	if (buffer_finish_text(&b, &out, &err) != 0)
		bail("%s", err.message);
	return out;
}

/* The base64 text at pointer with one bit of the byte at offset (from the
 * end when negative) turned. */
__attribute__((unused)) static struct vexlog_bytes
flip(struct vexlog_bytes json, const char *pointer, long offset)
{
	const char *raw = raw_at(json, pointer);
	struct vexlog_bytes bytes;
	uint8_t *turned;

	if (text_unbase64(
		&bytes, arena, raw + 1, strlen(raw) - 2, BASE64_ANY, &err) != 0)
		bail("%s is no base64", pointer);
	turned = (uint8_t *)arena_text(arena, bytes.data, bytes.size, &err);
	turned[offset < 0 ? (long)bytes.size + offset : offset] ^= 1;
	bytes.data = turned;
	return with(json, pointer,
	    arena_print(
		arena, &err, "\"%s\"", text_base64(arena, bytes, &err)));
}

/* An array of count times the first item of the one at pointer. */
__attribute__((unused)) static const char *
repeated(struct vexlog_bytes json, const char *pointer, int count)
{
	char first[256];
	struct buffer b;
	const char *item, *out = NULL;

	(void)snprintf(first, sizeof(first), "%s/0", pointer);
	item = raw_at(json, first);
	buffer_open(&b, arena, 16 * MIB);
	for (int i = 0; i < count; i++) {
		buffer_byte(&b, i == 0 ? '[' : ',');
		buffer_text(&b, item);
	}
	buffer_byte(&b, ']');
	if (buffer_finish_text(&b, &out, &err) != 0)
		bail("%s", err.message);
	return out;
}

#define M     "/verificationMaterial"
#define ENTRY M "/tlogEntries/0"
#define STAMP M "/timestampVerificationData/rfc3161Timestamps"

__attribute__((unused)) static void
breaks(struct vexlog_bundle_options o, const char *pointer, const char *raw,
    const char *name, const char *check, const char *part)
{
	o.bundle = with(o.bundle, pointer, raw);
	fails(&o, name, check, part);
}

__attribute__((unused)) static void
turns(struct vexlog_bundle_options o, const char *pointer, long offset,
    const char *name, const char *check, const char *part)
{
	o.bundle = flip(o.bundle, pointer, offset);
	fails(&o, name, check, part);
}

__attribute__((unused)) static void
distrusts(struct vexlog_bundle_options o, const char *pointer, const char *raw,
    const char *name, const char *check, const char *part)
{
	if (o.trusted_root.size == 0 &&
	    bundle_root_builtin(&o.trusted_root, "public-good", &err) != 0)
		bail("%s", err.message);
	o.trusted_root = with(o.trusted_root, pointer, raw);
	fails(&o, name, check, part);
}

#endif
