/*
 * ingest_repository.c - a folder that is a VEX repository: the documents that
 * its index names, and no others. An index cannot make a reader open a file
 * outside of its folder, by name or by link.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "flow/ingest.h"

#define INDEX_FILE    "index.json"
#define MANIFEST_FILE "vex-repository.json"

/* A repository's file in the index arena; NULL with *rc 0: there is none. */
static const char *
read_own(struct vexlog_bytes *bytes, struct ingest *in, const char *folder,
    const char *name, int *rc, struct vexlog_err *err)
{
	size_t max = in->options->size_max != 0 ? in->options->size_max
						: DOCUMENT_SIZE_DEFAULT;
	struct vexlog_err why = {0};
	size_t end = strlen(folder);
	char *path = arena_print(in->index_arena, err, "%s%s%s", folder,
	    end > 0 && folder[end - 1] == '/' ? "" : "/", name);

	*rc = path == NULL ? err->code : 0;
	if (path == NULL || !file_exists(path))
		return NULL;
	int got = file_read(bytes, in->index_arena, path, max, &why);
	if (got == VEXLOG_NO_MEMORY) {
		*err = why;
		*rc = got;
	}
	/* what else is wrong is told when it is read as a document */
	return got == 0 ? path : NULL;
}

/* Tells of all that is wrong; true when something of it forbids to go on. */
static bool
tell_findings(struct ingest *in, const char *file, const struct repository *r)
{
	bool bad = false;

	in->result.findings += r->finding_count;
	for (size_t i = 0; i < r->finding_count; i++) {
		if (!r->findings[i].unsafe && !in->options->strict)
			continue;
		bad = true;
		in->result.read++;
		ingest_refuse_finding(in, file, NULL, &r->findings[i]);
	}
	return bad;
}

/* The file is below the folder, links followed. */
static bool
is_inside(const char *folder, const char *file)
{
	char top[PATH_MAX], real[PATH_MAX];
	size_t n;

	if (realpath(folder, top) == NULL || realpath(file, real) == NULL)
		return false;
	n = strlen(top);
	return strncmp(top, real, n) == 0 &&
	    (real[n] == '/' || (n == 1 && top[0] == '/'));
}

static void
refuse_entry(struct ingest *in, const char *index,
    const struct repository_entry *e, int code, const char *what)
{
	struct vexlog_err why;

	in->result.read++;
	err_set(&why, code, "\"%.200s\" %s", e->location, what);
	err_rule(&why, "VEX repository 3.2");
	(void)__builtin_strncpy(
	    why.pointer, e->pointer, sizeof(why.pointer) - 1);
	why.pointer[sizeof(why.pointer) - 1] = '\0';
	err_hint(&why, "the other documents of the repository went in");
	ingest_refuse(in, index, NULL, &why);
}

/* One document and all packages that the index says it is about. */
static int
take_location(struct ingest *in, const char *folder, const char *index,
    const struct repository_entry *e, size_t count, struct vexlog_err *err)
{
	char *path =
	    arena_print(in->index_arena, err, "%s/%s", folder, e->location);

	if (path == NULL)
		return err->code;
	if (!file_exists(path)) {
		refuse_entry(in, index, e, VEXLOG_NOT_FOUND,
		    errno == EACCES ? "cannot be opened" : "is not there");
		return 0;
	}
	if (!is_inside(folder, path)) {
		refuse_entry(in, index, e, VEXLOG_SHAPE,
		    "is a link that leads out of the repository");
		return 0;
	}
	in->packages = e;
	in->package_count = count;
	in->format = e->format;
	int rc = ingest_file(path, in, err);
	in->packages = NULL;
	in->format = NULL;
	return rc;
}

static int
take_index(struct ingest *in, const char *folder, const char *index,
    const struct repository *r, struct vexlog_err *err)
{
	size_t next;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->count; i = next) {
		const struct repository_entry *e = &r->entries[i];
		next = i + 1;
		while (next < r->count &&
		    strcmp(r->entries[next].location, e->location) == 0)
			next++;
		rc = take_location(in, folder, index, e, next - i, err);
	}
	return rc;
}

/* It is no document when the files of its folder are. */
static int
keep_manifest(struct ingest *in, const char *file, struct vexlog_err *err)
{
	const char *name = arena_copy(in->kept, file, err);
	size_t ignored;
	int rc = name == NULL ? err->code
			      : map_put(&in->manifests, name, strlen(name), 0,
				    &ignored, err);

	return rc < 0 ? rc : 0;
}

int
ingest_folder(
    bool *whole, const char *folder, void *context, struct vexlog_err *err)
{
	struct ingest *in = context;
	struct repository manifest = {0}, index = {0};
	struct vexlog_bytes bytes;
	const char *file;
	int rc;

	vexlog_arena_reset(in->index_arena);
	file = read_own(&bytes, in, folder, MANIFEST_FILE, &rc, err);
	if (file != NULL)
		rc = repository_read_manifest(
		    &manifest, in->index_arena, bytes, err);
	if (rc != 0)
		return rc;
	if (manifest.recognised) {
		if ((rc = keep_manifest(in, file, err)) != 0)
			return rc;
		*whole = tell_findings(in, file, &manifest);
		if (*whole)
			return 0;
	}
	file = read_own(&bytes, in, folder, INDEX_FILE, &rc, err);
	if (file != NULL)
		rc = repository_read_index(
		    &index, in->index_arena, bytes, err);
	if (rc != 0 || !index.recognised)
		return rc;
	*whole = true;
	(void)tell_findings(in, file, &index);
	return take_index(in, folder, file, &index, err);
}

int
ingest_check_packages(
    struct ingest *in, struct vexlog_document *doc, struct vexlog_err *err)
{
	const struct vexlog_observation *first;
	struct vexlog_finding *list;
	size_t count;
	int rc = repository_strangers(&count, &first, in->arena, doc,
	    in->packages, in->package_count, err);

	if (rc != 0 || count == 0)
		return rc;
	list = arena_list(
	    in->arena, doc->finding_count + 1, sizeof(*list), err);
	if (list == NULL)
		return err->code;
	if (doc->finding_count > 0)
		memcpy(list, doc->findings, doc->finding_count * sizeof(*list));
	list[doc->finding_count] = (struct vexlog_finding){
	    .rule = "VEX repository 3.3",
	    .pointer = first->pointer,
	    .offset = SIZE_MAX,
	    .message = arena_print(in->arena, err,
		"%zu of %zu claims are about other products than %.160s, "
		"under which the index lists this document; the first is "
		"%.160s",
		count, doc->observations.count, in->packages->id,
		first->product)};
	if (list[doc->finding_count].message == NULL)
		return err->code;
	doc->findings = list;
	doc->finding_count++;
	return 0;
}
