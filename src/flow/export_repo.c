/*
 * export_repo.c - verdicts as a VEX repository (specification v0.1), the
 * folder that Trivy reads: one OpenVEX document for each package, found by
 * index.json. The manifest vex-repository.json is written where it is known
 * from where the repository will be fetched.
 *
 * Names of files come from purls that anybody may have written: a segment is
 * percent-encoded, is never "." or "..", and never the name of a document.
 */
#include "flow/export.h"

#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/sort.h"
#include "base/text.h"
#include "flow/export_list.h"
#include "vex/purl.h"

#define DOCUMENT    "vex.json"
#define SEGMENT_MAX 200 /* bytes in a file name; longer ones are hashed */

/* The verdicts of one package, in all its versions. */
struct package {
	const char *id;       /* purl without version */
	const char *location; /* in the repository */
	struct export_item *items;
	size_t count, room;
	int64_t newest;
};

struct repo {
	struct vexlog_arena *arena;
	struct vexlog_arena *scratch; /* of one document */
	const struct vexlog_export_options *options;
	struct export_list list;
	struct map by_id;
	struct package **packages;
	size_t count, room;
	size_t written;
	struct vexlog_err *err;
};

/* ---- where a package lies --------------------------------------------- */

static void
put_segment(struct repo *r, struct buffer *b, const char *segment)
{
	char digest[DIGEST_TEXT];
	const char *text = text_percent(r->scratch, segment, r->err);

	if (text == NULL)
		b->failed = r->err->code;
	if (text == NULL || text[0] == '\0')
		return;
	buffer_byte(b, '/');
	if (strlen(text) > SEGMENT_MAX) {
		if (hash_digest(digest, text_bytes(text), r->err) == 0)
			buffer_text(b, digest + 7);
		return;
	}
	if (text[0] != '.' && strcmp(text, DOCUMENT) != 0) {
		buffer_text(b, text);
		return;
	}
	for (; *text != '\0'; text++)
		buffer_text(b, *text == '.' ? "%2E" : (char[]){*text, '\0'});
}

static void
put_segments(struct repo *r, struct buffer *b, const char *path)
{
	char *copy = path == NULL ? NULL : arena_copy(r->scratch, path, r->err);

	if (path != NULL && copy == NULL)
		b->failed = r->err->code;
	while (copy != NULL) {
		char *slash = strchr(copy, '/');
		if (slash != NULL)
			*slash = '\0';
		put_segment(r, b, copy);
		copy = slash == NULL ? NULL : slash + 1;
	}
}

/* An image's name is the last part of where it lies, so there its place is
 * part of what it is called. */
static const struct purl_qualifier *
place_of(const struct purl *purl)
{
	for (size_t i = 0; i < purl->qualifier_count; i++)
		if (text_same(purl->type, "oci") &&
		    text_same(purl->qualifiers[i].key, "repository_url"))
			return &purl->qualifiers[i];
	return NULL;
}

static int
name_package(struct package *p, struct repo *r, const char *text)
{
	const struct purl_qualifier *place;
	struct purl purl;
	struct buffer b;
	int rc = purl_read(&purl, r->scratch, text, r->err);

	if (rc != 0)
		return rc;
	place = place_of(&purl);
	purl.version = purl.subpath = NULL;
	purl.qualifiers = place;
	purl.qualifier_count = place == NULL ? 0 : 1;
	if ((rc = purl_write(&p->id, r->arena, &purl, r->err)) != 0)
		return rc;
	buffer_open(&b, r->arena, 8 * NAME_MAX_BYTES);
	buffer_text(&b, "pkg");
	put_segment(r, &b, purl.type);
	if (place != NULL)
		put_segments(r, &b, place->value);
	else {
		put_segments(r, &b, purl.space);
		put_segment(r, &b, purl.name);
	}
	buffer_text(&b, "/" DOCUMENT);
	return buffer_finish_text(&b, &p->location, r->err);
}

/* ---- verdicts to packages --------------------------------------------- */

static struct package *
package_of(struct repo *r, const char *text)
{
	struct package one = {0}, *p;
	size_t found;

	vexlog_arena_reset(r->scratch);
	if (name_package(&one, r, text) != 0)
		return NULL;
	if (map_get(&r->by_id, one.id, strlen(one.id), &found))
		return (struct package *)(uintptr_t)found;
	p = arena_zero(r->arena, sizeof(*p), r->err);
	r->packages = arena_grow(r->arena, r->packages, r->count, &r->room,
	    sizeof(*r->packages), r->err);
	if (p == NULL || r->packages == NULL ||
	    map_put(&r->by_id, one.id, strlen(one.id), (size_t)(uintptr_t)p,
		&found, r->err) < 0)
		return NULL;
	*p = one;
	return r->packages[r->count++] = p;
}

static int
take_items(struct repo *r)
{
	const struct export_doc all = {
	    .list = &r->list, .options = r->options, .counts = true};

	for (size_t i = 0; i < r->list.count; i++) {
		const struct export_item *item = &r->list.items[i];
		const struct export_product *outer = item->product;
		while (outer->parent != NULL)
			outer = outer->parent;
		if (outer->kind != EXPORT_PURL) {
			export_lost(&all, item,
			    "the whole verdict: a VEX repository is searched "
			    "by purl, and the product has none");
			continue;
		}
		struct package *p = package_of(r, outer->name);
		if (p == NULL)
			return r->err->code;
		p->items = arena_grow(r->arena, p->items, p->count, &p->room,
		    sizeof(*p->items), r->err);
		if (p->items == NULL)
			return r->err->code;
		p->items[p->count++] = *item;
		if (p->count == 1 || item->said_at > p->newest)
			p->newest = item->said_at;
	}
	return 0;
}

static int
order_packages(const void *a, const void *b, void *context)
{
	const struct package *x = a, *y = b;

	(void)context;
	return strcmp(x->id, y->id);
}

/* ---- files ------------------------------------------------------------ */

static int
write_file(struct repo *r, const char *name, struct vexlog_bytes bytes)
{
	char *path =
	    arena_print(r->scratch, r->err, "%s/%s", r->options->path, name);
	int rc;

	if (path == NULL)
		return r->err->code;
	char *slash = strrchr(path, '/');
	*slash = '\0';
	rc = file_make_folder(path, 0755, r->err);
	*slash = '/';
	return rc != 0 ? rc : file_write(path, bytes, 0644, r->err);
}

static int
write_package(struct repo *r, const struct package *p)
{
	const struct export_list list = {
	    .items = p->items, .count = p->count, .newest = p->newest};
	struct vexlog_bytes bytes;
	size_t written;
	int rc;

	vexlog_arena_reset(r->scratch);
	rc = export_render(&bytes, &written, r->scratch, &list, r->options,
	    export_openvex_document, r->err);
	if (rc != 0 || written == 0)
		return rc;
	r->written += written;
	return write_file(r, p->location, bytes);
}

static void
put_index(struct json_writer *w, struct export_doc *doc)
{
	const struct repo *r = doc->context;

	json_object(w);
	json_member_time(w, "updated_at", r->list.newest);
	json_name(w, "packages");
	json_array(w);
	for (size_t i = 0; i < r->count; i++) {
		json_object(w);
		json_member(w, "id", r->packages[i]->id);
		json_member(w, "location", r->packages[i]->location);
		json_close(w);
	}
	json_close(w);
	json_close(w);
}

static void
put_manifest(struct json_writer *w, struct export_doc *doc)
{
	json_object(w);
	json_member(w, "name", "vexlog");
	json_member(w, "description", "VEX verdicts");
	json_name(w, "versions");
	json_object(w);
	json_name(w, "v0");
	json_object(w);
	json_member(w, "spec_version", "v0.1");
	json_name(w, "locations");
	json_array(w);
	json_object(w);
	json_member(w, "url", doc->options->url);
	json_close(w);
	json_close(w);
	json_member(w, "update_interval", "24h");
	json_close(w);
	json_close(w);
	json_member(w, "latest_version", "v0");
	json_close(w);
}

/* The index last: it names documents that are there. */
static int
write_files(struct repo *r)
{
	struct vexlog_bytes bytes;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->count; i++)
		rc = write_package(r, r->packages[i]);
	if (rc == 0 && r->written == 0) {
		err_set(r->err, VEXLOG_NOT_FOUND,
		    "a VEX repository can carry none of these verdicts");
		return err_hint(r->err, "leave out --layout");
	}
	if (rc != 0)
		return rc;
	vexlog_arena_reset(r->scratch);
	struct export_doc doc = {.options = r->options, .context = r};
	rc = export_text(&bytes, r->scratch, &doc, put_index, r->err);
	if (rc == 0)
		rc = write_file(r, "index.json", bytes);
	if (rc != 0 || r->options->url == NULL)
		return rc;
	rc = export_text(&bytes, r->scratch, &doc, put_manifest, r->err);
	return rc != 0 ? rc : write_file(r, "vex-repository.json", bytes);
}

int
export_repo(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err)
{
	struct repo r = {.options = options, .err = err};
	int rc;

	r.arena = vexlog_arena_open(JOB_ARENA_MAX);
	r.scratch = vexlog_arena_open(JOB_ARENA_MAX);
	if (r.arena == NULL || r.scratch == NULL)
		rc = err_memory(err);
	else {
		map_open(&r.by_id, r.arena);
		rc = export_list_read(&r.list, r.arena, v, options, err);
	}
	if (rc == 0) {
		export_lost_all(&r.list, options);
		rc = take_items(&r);
	}
	if (rc == 0)
		rc = sort_pointers((const void **)(void *)r.packages, r.count,
		    order_packages, NULL, r.arena, err);
	if (rc == 0)
		rc = write_files(&r);
	vexlog_arena_close(r.scratch);
	vexlog_arena_close(r.arena);
	if (rc == 0)
		*out = (struct vexlog_export_result){
		    r.written, r.list.observations};
	return rc;
}
