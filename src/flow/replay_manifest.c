/*
 * replay_manifest.c - the files of an archive against their names and the
 * manifest, before anything in them is read.
 */
#include "flow/replay.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/text.h"

int
replay_differ(struct replay *r, const char *what, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	r->result.differences++;
	if (r->options->difference != NULL &&
	    r->options->difference(what, text, r->options->context) < 0)
		return err_set(r->err, VEXLOG_REFUSED, "stopped by the caller");
	return 0;
}

int
replay_differ_err(
    struct replay *r, const char *what, int rc, const struct vexlog_err *why)
{
	if (rc == VEXLOG_NO_MEMORY || rc == VEXLOG_IO) {
		*r->err = *why;
		return rc;
	}
	return replay_differ(r, what, "%s%s%s", why->pointer,
	    why->pointer[0] == '\0' ? "" : ": ", why->message);
}

static bool
known_name(const char *name)
{
	static const char *const names[] = {ARCHIVE_README, ARCHIVE_DELTAS,
	    ARCHIVE_MANIFEST, ARCHIVE_OBSERVATIONS, ARCHIVE_SUBJECTS,
	    ARCHIVE_TRUST, ARCHIVE_VERDICTS};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (text_same(name, names[i]))
			return true;
	return false;
}

/* The 64 digits in "folder/<hex><end>", or NULL. */
static const char *
hex_of(const char *name, const char *folder, const char *end)
{
	size_t n = strlen(folder);

	return text_starts(name, folder) &&
		strspn(name + n, "0123456789abcdef") == 64 &&
		text_same(name + n + 64, end)
	    ? name + n
	    : NULL;
}

static int
check_name(struct replay *r, const struct tar_file *f)
{
	static const struct {
		const char *folder, *end;
		bool hashed;
	} folders[] = {{"documents/", "", true}, {"envelopes/", ".json", true},
	    {"files/", ".json", true}, {"entries/", ".json", false}};
	char digest[DIGEST_TEXT];
	int rc;

	if (known_name(f->name))
		return 0;
	for (size_t i = 0; i < 4; i++) {
		const char *hex =
		    hex_of(f->name, folders[i].folder, folders[i].end);
		if (hex == NULL)
			continue;
		r->result.documents += i == 0;
		if (!folders[i].hashed)
			return 0;
		if ((rc = hash_digest(digest, f->bytes, r->err)) != 0)
			return rc;
		if (strncmp(digest + 7, hex, 64) == 0)
			return 0;
		return replay_differ(
		    r, f->name, "its bytes hash to %s", digest + 7);
	}
	return replay_differ(r, f->name, "no such file belongs in an archive");
}

/* Which files are not those that a manifest lists, and where they lie. */
static int
name_files(struct replay *r, struct vexlog_bytes manifest)
{
	const struct json_value *list;
	struct vexlog_err why;
	struct json_doc doc;
	char digest[DIGEST_TEXT];
	int rc = json_read(&doc, r->scratch, manifest, 0, &why);

	if (rc != 0)
		return replay_differ_err(r, ARCHIVE_MANIFEST, rc, &why);
	list = json_get(doc.root, "files");
	for (size_t i = 0; rc == 0 && i < r->count; i++) {
		const struct tar_file *f = &r->files[i];
		if (text_same(f->name, ARCHIVE_MANIFEST))
			continue;
		rc = hash_digest(digest, f->bytes, r->err);
		if (rc == 0 && !text_same(json_get_text(list, f->name), digest))
			rc = replay_differ(r, f->name,
			    "bytes %zu to %zu are not what the manifest lists",
			    f->offset, f->offset + f->bytes.size);
	}
	return rc;
}

int
replay_manifest(struct replay *r)
{
	const struct tar_file *f =
	    tar_find(r->files, r->count, ARCHIVE_MANIFEST);
	struct vexlog_bytes own;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->count; i++) {
		vexlog_arena_reset(r->scratch);
		rc = check_name(r, &r->files[i]);
	}
	if (rc != 0)
		return rc;
	if (f == NULL)
		return replay_differ(
		    r, ARCHIVE_MANIFEST, "there is no manifest");
	rc = archive_manifest(&own, r->scratch, r->files, r->count, r->err);
	if (rc != 0)
		return rc;
	if (own.size != f->bytes.size ||
	    memcmp(own.data, f->bytes.data, own.size) != 0) {
		size_t i = 0;
		while (i < own.size && i < f->bytes.size &&
		    own.data[i] == f->bytes.data[i])
			i++;
		rc = replay_differ(r, ARCHIVE_MANIFEST,
		    "byte %zu: it does not list the files as they are",
		    f->offset + i);
		if (rc == 0)
			rc = name_files(r, f->bytes);
		if (rc != 0)
			return rc;
	}
	f = tar_find(r->files, r->count, ARCHIVE_README);
	if (f == NULL || f->bytes.size != strlen(archive_readme()) ||
	    memcmp(f->bytes.data, archive_readme(), f->bytes.size) != 0)
		return replay_differ(
		    r, ARCHIVE_README, "not the text that belongs");
	return 0;
}

int
replay_unused(struct replay *r)
{
	static const char *const folders[] = {
	    "documents/", "envelopes/", "entries/"};
	int rc = 0;

	/* what is wrong elsewhere may be why nobody asked for it */
	if (r->result.differences > 0)
		return 0;
	for (size_t i = 0; rc == 0 && i < r->count; i++)
		for (size_t j = 0; rc == 0 && !r->used[i] && j < 3; j++)
			if (text_starts(r->files[i].name, folders[j]))
				rc = replay_differ(r, r->files[i].name,
				    "nothing in the archive refers to it");
	return rc;
}
