/*
 * repository.c - read index.json and vex-repository.json of a VEX repository.
 */
#include "vex/repository.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "vex/product.h"
#include "vex/reader.h"

#define RULE_INDEX    "VEX repository 3.2"
#define RULE_MANIFEST "VEX repository 2.5"

struct index {
	struct reader r;
	struct repository_entry *list;
	size_t count, room;
	struct map ids; /* to the entry's place */
};

bool
repository_is_index(const struct json_value *root)
{
	return json_get(root, "updated_at") != NULL &&
	    json_is(json_get(root, "packages"), JSON_ARRAY);
}

bool
repository_is_manifest(const struct json_value *root)
{
	return json_get(root, "name") != NULL &&
	    json_is(json_get(root, "versions"), JSON_ARRAY);
}

/* False: not JSON, so not this file either; *rc tells of a failure. */
static bool
open_reader(struct reader *r, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, int *rc, struct vexlog_err *err)
{
	struct vexlog_err why = {0};

	*r = (struct reader){.arena = arena, .err = err, .format_version = ""};
	*rc = json_read(&r->doc, arena, bytes, 0, &why);
	if (*rc == 0)
		return true;
	if (*rc == VEXLOG_NO_MEMORY)
		*err = why;
	else
		*rc = 0;
	return false;
}

/* ---- the index --------------------------------------------------------- */

/* A relative path of plain segments to a .json; anything else could name a
 * file outside of the repository. */
static bool
is_location(const char *text)
{
	const char *end = text + strlen(text);

	if (end - text < 6 || strcmp(end - 5, ".json") != 0 ||
	    strchr(text, '\\') != NULL)
		return false;
	for (const char *at = text; at <= end; at++) {
		size_t n = strcspn(at, "/");
		if (n == 0 || (n == 1 && at[0] == '.') ||
		    (n == 2 && at[0] == '.' && at[1] == '.'))
			return false;
		at += n;
	}
	return true;
}

/* False: the package is not known by it. */
static bool
read_id(struct index *x, struct repository_entry *e,
    const struct json_value *v)
{
	const struct json_value *at = json_get(v, "id");
	struct reader *r = &x->r;
	struct vexlog_err why = {0};
	bool placed = false;

	if (!product_is_purl(e->id)) {
		reader_refuse(r, RULE_INDEX, "id", at,
		    "%s is no package URL", reader_show(r, at));
		return false;
	}
	int rc = purl_read(&e->purl, r->arena, e->id, &why);
	if (rc == VEXLOG_SHAPE) {
		reader_refuse(r, RULE_INDEX, "id", at, "%s is %s",
		    reader_show(r, at), why.message);
		return false;
	}
	if (rc != 0) {
		*r->err = why;
		r->failed = rc;
		return false;
	}
	for (size_t i = 0; i < e->purl.qualifier_count; i++)
		placed = placed ||
		    text_same(e->purl.qualifiers[i].key, "repository_url");
	if (e->purl.version != NULL || e->purl.subpath != NULL ||
	    e->purl.qualifier_count > placed)
		reader_note(r, RULE_INDEX, "id", at,
		    "%s has a version, qualifier or subpath, which belong "
		    "into the document",
		    reader_show(r, at));
	if (text_same(e->purl.type, "oci") && !placed)
		reader_note(r, RULE_INDEX, "id", at,
		    "%s is an image without its repository_url",
		    reader_show(r, at));
	return true;
}

static void
read_entry(struct index *x, const struct json_value *v, size_t place)
{
	struct reader *r = &x->r;
	struct repository_entry e = {
	    .id = reader_want_text(r, RULE_INDEX, v, "id"),
	    .location = reader_want_text(r, RULE_INDEX, v, "location"),
	    .format = reader_want_text(r, RULE_INDEX, v, "format"),
	    .pointer = reader_pointer(r, NULL)};
	size_t first;

	if (e.id == NULL || e.location == NULL) {
		reader_refuse(r, RULE_INDEX, NULL, v,
		    "a package needs \"id\" and \"location\"");
		return;
	}
	bool good = read_id(x, &e, v);
	if (!is_location(e.location)) {
		reader_refuse(r, RULE_INDEX, "location",
		    json_get(v, "location"),
		    "%s is no relative path to a .json inside of the "
		    "repository",
		    reader_show(r, json_get(v, "location")));
		good = false;
	}
	if (e.format == NULL)
		e.format = "openvex";
	if (strcmp(e.format, "openvex") != 0 && strcmp(e.format, "csaf") != 0) {
		reader_refuse(r, RULE_INDEX, "format", json_get(v, "format"),
		    "%s is no format; there are openvex and csaf",
		    reader_show(r, json_get(v, "format")));
		good = false;
	}
	if (r->failed != 0)
		return;
	int rc =
	    map_put(&x->ids, e.id, strlen(e.id), place, &first, r->err);
	if (rc == 1)
		reader_note(r, RULE_INDEX, "id", json_get(v, "id"),
		    "%s is also that of /packages/%zu; both documents are "
		    "read",
		    reader_show(r, json_get(v, "id")), first);
	if (good && rc >= 0) {
		x->list = arena_grow(r->arena, x->list, x->count, &x->room,
		    sizeof(*x->list), r->err);
		if (x->list != NULL)
			x->list[x->count++] = e;
		else
			rc = r->err->code;
	}
	if (rc < 0)
		r->failed = rc;
}

static int
by_location(const void *a, const void *b, void *context)
{
	const struct repository_entry *x = a, *y = b;
	int order = strcmp(x->location, y->location);

	(void)context;
	/* both are items of one array */
	return order != 0 ? order : (x > y) - (x < y);
}

static int
sort_entries(struct repository *out, struct index *x)
{
	struct vexlog_arena *arena = x->r.arena;
	struct vexlog_err *err = x->r.err;
	const void **order = arena_list(arena, x->count + 1, sizeof(*order), err);
	struct repository_entry *list =
	    arena_list(arena, x->count + 1, sizeof(*list), err);

	if (order == NULL || list == NULL)
		return err->code;
	for (size_t i = 0; i < x->count; i++)
		order[i] = &x->list[i];
	int rc = sort_pointers(order, x->count, by_location, NULL, arena, err);
	for (size_t i = 0; rc == 0 && i < x->count; i++)
		list[i] = *(const struct repository_entry *)order[i];
	out->entries = list;
	out->count = x->count;
	return rc;
}

int
repository_read_index(struct repository *out, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	struct index x = {0};
	struct reader *r = &x.r;
	const struct json_value *root, *list;
	size_t place = 0;
	int64_t ignored;
	int rc;

	*out = (struct repository){0};
	if (!open_reader(r, arena, bytes, &rc, err))
		return rc;
	root = r->doc.root;
	if (!repository_is_index(root))
		return 0;
	map_open(&x.ids, arena);
	list = json_get(root, "packages");
	(void)reader_time(r, RULE_INDEX, root, "updated_at", false, &ignored);
	reader_enter(r, "packages");
	for (const struct json_value *v = json_first(list);
	     v != json_end(list) && r->failed == 0; v = json_next(v)) {
		reader_enter_index(r, place);
		read_entry(&x, v, place++);
		reader_leave(r);
	}
	reader_leave(r);
	/* an entry that is left out must be told of */
	if (r->findings_dropped > 0 && r->failed == 0)
		return err_set(err, VEXLOG_LIMIT,
		    "more than %d things are wrong with this index",
		    FINDINGS_MAX);
	if (r->failed != 0)
		return r->failed;
	if (place == 0)
		reader_note(r, RULE_INDEX, "packages", list,
		    "there is no package in it");
	out->recognised = true;
	if ((rc = sort_entries(out, &x)) != 0)
		return rc;
	out->findings = r->findings;
	out->finding_count = r->finding_count;
	return r->failed;
}

/* ---- the manifest ------------------------------------------------------ */

/* "X.Y" */
static bool
read_version(const char *text, unsigned long *major, unsigned long *minor)
{
	char *end;

	if (text == NULL || *text < '0' || *text > '9')
		return false;
	*major = strtoul(text, &end, 10);
	if (*end != '.' || end[1] < '0' || end[1] > '9')
		return false;
	*minor = strtoul(end + 1, &end, 10);
	return *end == '\0';
}

static bool
read_versions(struct reader *r, const struct json_value *list)
{
	unsigned long major, minor, last_major = 0, last_minor = 0;
	bool ours = false;
	size_t index = 0;

	reader_enter(r, "versions");
	for (const struct json_value *v = json_first(list);
	     v != json_end(list); v = json_next(v)) {
		reader_enter_index(r, index++);
		const char *text =
		    reader_need_text(r, RULE_MANIFEST, v, "spec_version");
		ours = ours || text_same(text, REPOSITORY_VERSION);
		(void)reader_need(
		    r, RULE_MANIFEST, v, "locations", JSON_ARRAY);
		(void)reader_need_text(
		    r, RULE_MANIFEST, v, "update_interval");
		if (text != NULL && !read_version(text, &major, &minor))
			reader_note(r, "VEX repository 1", "spec_version",
			    json_get(v, "spec_version"),
			    "%s is no version X.Y",
			    reader_show(r, json_get(v, "spec_version")));
		else if (text != NULL) {
			if (major < last_major ||
			    (major == last_major && minor < last_minor))
				reader_note(r, "VEX repository 1",
				    "spec_version",
				    json_get(v, "spec_version"),
				    "%lu.%lu comes after %lu.%lu; versions "
				    "are sorted, the oldest first",
				    major, minor, last_major, last_minor);
			last_major = major;
			last_minor = minor;
		}
		reader_leave(r);
	}
	reader_leave(r);
	return ours;
}

int
repository_read_manifest(struct repository *out, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	const struct json_value *root;
	struct reader r;
	int rc;

	*out = (struct repository){0};
	if (!open_reader(&r, arena, bytes, &rc, err))
		return rc;
	root = r.doc.root;
	if (!repository_is_manifest(root))
		return 0;
	(void)reader_need_text(&r, RULE_MANIFEST, root, "name");
	(void)reader_need_text(&r, RULE_MANIFEST, root, "description");
	/* 5.1: a client must not use what it does not support */
	if (!read_versions(&r, json_get(root, "versions")))
		reader_refuse(&r, "VEX repository 5.1", "versions", NULL,
		    "it has no version " REPOSITORY_VERSION
		    " of the specification, the one that is supported");
	out->recognised = true;
	out->findings = r.findings;
	out->finding_count = r.finding_count;
	return r.failed;
}

/* ---- its documents ----------------------------------------------------- */

/* The claim's product, without its component, is one of the package. */
static int
is_about(struct vexlog_arena *arena, const char *product,
    const struct repository_entry *entries, size_t count,
    struct vexlog_err *err)
{
	struct purl purl;
	bool good;
	char *key;

	if (!product_is_purl(product))
		return 0;
	key = arena_text(arena, product, product_size(product), err);
	if (key == NULL)
		return err->code;
	int rc = purl_try(&good, &purl, arena, key, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; good && i < count; i++)
		if (purl_matches(&entries[i].purl, &purl))
			return 1;
	return 0;
}

int
repository_strangers(size_t *count, const struct vexlog_observation **first,
    struct vexlog_arena *arena, const struct vexlog_document *document,
    const struct repository_entry *entries, size_t entry_count,
    struct vexlog_err *err)
{
	const struct vexlog_observations *all = &document->observations;

	*count = 0;
	*first = NULL;
	for (size_t i = 0; i < all->count; i++) {
		struct arena_mark mark = arena_mark(arena);
		int rc = is_about(
		    arena, all->list[i].product, entries, entry_count, err);
		arena_back(arena, mark);
		if (rc < 0)
			return rc;
		if (rc == 0 && (*count)++ == 0)
			*first = &all->list[i];
	}
	return 0;
}
