/*
 * archive.c - write the auditor's archive.
 *
 * Promise: the same evidence gives the same bytes. Files are collected in
 * memory by name, sorted, and written with no time and no owner.
 */
#include "flow/archive.h"

#include <stdio.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/delta_states.h"
#include "flow/home.h"
#include "flow/pairs.h"
#include "flow/record.h"
#include "flow/verdict.h"

struct archive {
	struct vexlog_arena *arena;   /* of the files */
	struct vexlog_arena *scratch; /* of one line or attestation */
	struct vexlog_arena *page;    /* of one pair or page of them */
	struct vexlog *v;
	const struct vexlog_archive_options *options;
	struct pairs pairs;
	struct map names; /* of files, so that each goes in once */
	struct map uuids; /* of entries, to the hex of what they log */
	struct tar_file *files;
	size_t count, room;
	/* each in an arena of its own, where it grows in place */
	struct vexlog_arena *texts[4];
	struct buffer deltas, observations, subjects, verdicts;
	struct vexlog_archive_result result;
	struct vexlog_err *err;
};

/* *added is false when the name is there already. */
static int
add_file(bool *added, struct archive *a, const char *name,
    struct vexlog_bytes bytes)
{
	size_t found;
	int rc = name == NULL ? a->err->code :
				map_put(&a->names, name, strlen(name),
				    a->count, &found, a->err);

	*added = false;
	if (rc != 0)
		return rc < 0 ? rc : 0;
	a->files = arena_grow(a->arena, a->files, a->count, &a->room,
	    sizeof(*a->files), a->err);
	if (a->files == NULL)
		return a->err->code;
	a->files[a->count++] = (struct tar_file){.name = name, .bytes = bytes};
	*added = true;
	return 0;
}

static int
add_document(struct archive *a, const char *digest)
{
	char *name = arena_print(a->arena, a->err, "documents/%s", digest + 7);
	struct store_document d;
	bool added = false;
	size_t found;
	int rc;

	if (name == NULL)
		return a->err->code;
	if (map_get(&a->names, name, strlen(name), &found))
		return 0;
	rc = store_get_document(&d, a->arena, a->v->store, digest, a->err);
	if (rc == 0)
		rc = add_file(&added, a, name, d.bytes);
	a->result.documents += rc == 0 && added;
	return rc;
}

static int
add_blob(struct archive *a, const char *kind, const char *digest)
{
	struct vexlog_bytes bytes;
	bool added;
	int rc = store_get_blob(&bytes, a->arena, a->v->store, kind, digest,
	    a->err);

	if (rc != 0)
		return rc;
	return add_file(&added, a,
	    arena_print(a->arena, a->err, "files/%s.json", digest + 7), bytes);
}

/* A file whose bytes are scratch. */
static int
add_copy(struct archive *a, const char *name, struct vexlog_bytes bytes)
{
	char *copy = arena_text(a->arena, bytes.data, bytes.size, a->err);
	bool added;

	if (copy == NULL)
		return a->err->code;
	bytes.data = (const uint8_t *)copy;
	return add_file(&added, a, name, bytes);
}

/* What a job signed and the log's entry of it; *hex is its name. */
static int
add_signed(const char **hex, struct archive *a, struct vexlog_bytes envelope,
    const char *entry)
{
	struct vexlog_bytes json;
	size_t found;
	int rc;
	char *digest = hash_digest_new(a->arena, envelope, a->err);

	if (digest == NULL)
		return a->err->code;
	*hex = digest + 7;
	char *name = arena_join(a->arena, "envelopes/", *hex, ".json", a->err);
	if (name == NULL)
		return a->err->code;
	if (map_get(&a->names, name, strlen(name), &found))
		return 0;
	a->result.attestations++;
	if ((rc = add_copy(a, name, envelope)) != 0 ||
	    (rc = vexlog_canon(
		 &json, a->scratch, text_bytes(entry), a->err)) != 0)
		return rc;
	return add_copy(
	    a, arena_join(a->arena, "entries/", *hex, ".json", a->err), json);
}

/* Envelope and entry of a subject; *hex is NULL while it is pending. */
static int
add_attestation(const char **hex, struct archive *a, const char *kind,
    const char *subject)
{
	const char *entry = NULL;
	struct vexlog_err why;
	struct store_job job;
	int rc = store_job_of(&job, &entry, a->scratch, a->v->store, kind,
	    subject, &why);

	*hex = NULL;
	if (rc == 0 && entry != NULL)
		rc = add_signed(hex, a, job.envelope, entry);
	else if (rc == VEXLOG_NOT_FOUND)
		rc = 0;
	else if (rc != 0)
		*a->err = why;
	vexlog_arena_reset(a->scratch);
	return rc;
}

/* Of a claim: those of a batch have one entry, which is looked for once. */
static int
add_entry(const char **hex, struct archive *a,
    const struct vexlog_observation *o)
{
	const char *uuid = o->linkage->uuid;
	size_t found;
	int rc;

	if (map_get(&a->uuids, uuid, strlen(uuid), &found)) {
		*hex = (const char *)(uintptr_t)found;
		return 0;
	}
	if ((rc = add_attestation(hex, a, "observations", o->id)) != 0 ||
	    *hex == NULL)
		return rc;
	if ((uuid = arena_copy(a->arena, uuid, a->err)) == NULL)
		return a->err->code;
	rc = map_put(&a->uuids, uuid, strlen(uuid), (size_t)(uintptr_t)*hex,
	    &found, a->err);
	return rc < 0 ? rc : 0;
}

/* A line in canonical form; it is scratch. */
static int
add_line(struct archive *a, struct buffer *to, struct buffer *line)
{
	struct vexlog_bytes raw, canonical;
	int rc = buffer_finish(line, &raw, a->err);

	if (rc == 0)
		rc = vexlog_canon(&canonical, a->scratch, raw, a->err);
	if (rc == 0) {
		buffer_bytes(to, canonical.data, canonical.size);
		buffer_byte(to, '\n');
	}
	vexlog_arena_reset(a->scratch);
	return rc;
}

static int
add_observation(struct archive *a, const struct vexlog_observation *o)
{
	const char *hex = NULL;
	struct json_writer w;
	struct buffer line;
	int rc = add_document(a, o->document_digest);

	if (rc == 0 && o->linkage != NULL)
		rc = add_entry(&hex, a, o);
	if (rc != 0)
		return rc;
	buffer_open(&line, a->scratch, JOB_ARENA_MAX);
	json_open(&w, &line, false);
	json_object(&w);
	json_member(&w, "attestation", hex);
	json_name(&w, "observation");
	record_observation(&w, o);
	json_close(&w);
	a->result.observations++;
	return add_line(a, &a->observations, &line);
}

static int
add_subject(struct archive *a, const char *kind, const char *digest)
{
	const char *hex;
	struct json_writer w;
	struct buffer line;
	int rc = add_blob(a, kind, digest);

	if (rc == 0)
		rc = add_attestation(&hex, a, kind, digest);
	if (rc != 0 || hex == NULL)
		return rc;
	buffer_open(&line, a->scratch, JOB_ARENA_MAX);
	json_open(&w, &line, false);
	json_object(&w);
	json_member(&w, "attestation", hex);
	json_member(&w, "kind", kind);
	json_member(&w, "subject", digest);
	json_close(&w);
	return add_line(a, &a->subjects, &line);
}

/* With the states that it was made of, where they were kept. */
static int
add_delta(struct archive *a, const char *digest)
{
	const char *kind = delta_states_kind(a->arena, digest, a->err);
	const char *const *states, *hex;
	struct json_writer w;
	struct buffer line;
	size_t n;
	int rc;

	if (kind == NULL)
		return a->err->code;
	if ((rc = store_blobs(&states, &n, a->arena, a->v->store, kind,
		 TIME_MAX, a->err)) != 0 ||
	    (rc = add_blob(a, "delta", digest)) != 0 ||
	    (n > 0 && (rc = add_blob(a, kind, states[0])) != 0) ||
	    (rc = add_attestation(&hex, a, "delta", digest)) != 0)
		return rc;
	buffer_open(&line, a->scratch, JOB_ARENA_MAX);
	json_open(&w, &line, false);
	json_object(&w);
	json_member(&w, "attestation", hex);
	json_member(&w, "delta", digest);
	json_member(&w, "states", n > 0 ? states[0] : NULL);
	json_close(&w);
	return add_line(a, &a->deltas, &line);
}

static int
add_verdict(struct archive *a, const struct store_verdict *v)
{
	const char *hex;
	struct json_writer w;
	struct buffer line;
	int rc = add_attestation(&hex, a, "verdict", v->id);

	if (rc != 0)
		return rc;
	buffer_open(&line, a->scratch, JOB_ARENA_MAX);
	json_open(&w, &line, false);
	json_object(&w);
	json_member(&w, "attestation", hex);
	json_member_raw(&w, "record", v->record);
	json_member(&w, "replaces", v->replaces);
	json_member_integer(&w, "sequence", v->sequence);
	json_close(&w);
	a->result.verdicts++;
	return add_line(a, &a->verdicts, &line);
}

/* ---- collecting ------------------------------------------------------- */

static int
order_ids(const void *a, const void *b, void *context)
{
	(void)context;
	return strcmp(a, b);
}

/* Pairs come in order, and each pair's claims and verdicts too; the ids of
 * all observations are sorted, and each is read again to be written. */
static int
collect_pair(struct archive *a, const struct store_pair *pair,
    const void ***list, size_t *count, size_t *room)
{
	struct pair_claims found;
	const struct store_verdict *rows;
	size_t n;
	int rc;

	vexlog_arena_reset(a->page);
	rc = pairs_claims(&found, a->page, &a->pairs, pair, a->err);
	const struct vexlog_observations claims = found.claims;

	/* claims of several names go in once, with the verdict on them */
	if (rc != 0 || (!found.decides && a->options->vulnerability == NULL))
		return rc;
	for (size_t i = 0; rc == 0 && i < claims.count; i++) {
		*list = arena_grow(a->arena, *list, *count, room,
		    sizeof(**list), a->err);
		if (*list == NULL)
			return a->err->code;
		const char *id =
		    arena_copy(a->arena, claims.list[i].id, a->err);
		if (id == NULL)
			return a->err->code;
		(*list)[(*count)++] = id;
	}
	if (rc == 0)
		rc = pairs_history(&rows, &n, a->page, &a->pairs, &found,
		    pair->product, a->options->at, a->err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = add_verdict(a, &rows[i]);
		size_t at;
		char *name = arena_print(a->arena, a->err, "files/%s.json",
		    rows[i].policy_digest + 7);
		if (rc == 0 && name == NULL)
			rc = a->err->code;
		if (rc == 0 && !map_get(&a->names, name, strlen(name), &at))
			rc = add_subject(a, "policy", rows[i].policy_digest);
	}
	return rc;
}

static int
collect(struct archive *a)
{
	struct vexlog_filter filter = {
	    .vulnerability = a->options->vulnerability,
	    .product = a->options->product,
	    .log_index = -1,
	    .known_at = a->options->at,
	    .limit = VEXLOG_PAGE_MAX};
	const struct store_pair *pairs;
	const void **list = NULL;
	size_t n, count = 0, room = 0;
	const char *next = NULL;
	int rc;

	do {
		filter.cursor = next;
		rc = store_pairs(&pairs, &n, &next, a->arena, a->v->store,
		    &filter, a->err);
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = collect_pair(a, &pairs[i], &list, &count, &room);
	} while (rc == 0 && next != NULL);
	if (rc == 0 && count == 0) {
		err_set(a->err, VEXLOG_NOT_FOUND,
		    "no observation fits, so there is nothing to write");
		return err_hint(a->err, "`vexlog find` lists what is known");
	}
	if (rc == 0)
		rc = sort_pointers(list, count, order_ids, NULL, a->arena,
		    a->err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct vexlog_observation o;
		vexlog_arena_reset(a->page);
		rc = store_get_observation(
		    &o, a->page, a->v->store, list[i], a->err);
		if (rc == 0)
			rc = add_observation(a, &o);
	}
	return rc;
}

/* A delta is about the whole state: it goes with all of it only. */
static int
collect_deltas(struct archive *a)
{
	const char *const *list;
	size_t n;
	int rc;

	if (a->options->vulnerability != NULL || a->options->product != NULL)
		return 0;
	rc = store_blobs(&list, &n, a->arena, a->v->store, "delta",
	    a->options->at, a->err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = add_delta(a, list[i]);
	return rc;
}

static int
add_trust(struct archive *a)
{
	const struct vexlog_bytes none = {NULL, 0};
	struct trust *trust = NULL;
	struct vexlog_bytes kept;
	struct vexlog_err why;
	bool added;
	int rc = home_trust(&trust, a->v->home, none, a->err);

	if (rc != 0)
		return rc;
	char *copy = arena_text(a->arena, trust->bytes.data,
	    trust->bytes.size, a->err);
	rc = copy == NULL ? a->err->code :
			    add_file(&added, a, ARCHIVE_TRUST,
				text_bytes(copy));
	if (rc == 0 &&
	    store_get_blob(&kept, a->arena, a->v->store, "trust",
		trust->digest, &why) == 0)
		rc = add_subject(a, "trust", trust->digest);
	trust_close(trust);
	return rc;
}

/* ---- writing ---------------------------------------------------------- */

static int
order_files(const void *a, const void *b, void *context)
{
	const struct tar_file *x = a, *y = b;

	(void)context;
	return strcmp(x->name, y->name);
}

static int
add_text(struct archive *a, const char *name, struct buffer *b)
{
	struct vexlog_bytes bytes;
	bool added;
	int rc = buffer_finish(b, &bytes, a->err);

	return rc != 0 ? rc : add_file(&added, a, name, bytes);
}

static int
sorted_files(struct tar_file **out, struct archive *a)
{
	const void **list =
	    arena_list(a->arena, a->count, sizeof(*list), a->err);
	struct tar_file *files =
	    arena_list(a->arena, a->count, sizeof(*files), a->err);
	int rc;

	if (list == NULL || files == NULL)
		return a->err->code;
	for (size_t i = 0; i < a->count; i++)
		list[i] = &a->files[i];
	rc = sort_pointers(list, a->count, order_files, NULL, a->arena,
	    a->err);
	for (size_t i = 0; rc == 0 && i < a->count; i++)
		files[i] = *(const struct tar_file *)list[i];
	*out = files;
	return rc;
}

static int
write_files(struct archive *a)
{
	struct vexlog_bytes manifest;
	struct tar_writer w;
	struct tar_file *files;
	bool added;
	int rc = sorted_files(&files, a);

	if (rc == 0)
		rc = archive_manifest(&manifest, a->arena, files, a->count,
		    a->err);
	if (rc == 0)
		rc = add_file(&added, a, ARCHIVE_MANIFEST, manifest);
	if (rc == 0)
		rc = sorted_files(&files, a);
	if (rc != 0 || (rc = tar_create(&w, a->options->path, a->err)) != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < a->count; i++)
		rc = tar_add(&w, files[i].name, files[i].bytes, a->err);
	if (rc == 0)
		rc = tar_finish(&w, a->err);
	tar_abandon(&w);
	return rc;
}

static int
write_archive(struct archive *a)
{
	bool added;
	int rc;

	map_open(&a->names, a->arena);
	map_open(&a->uuids, a->arena);
	buffer_open(&a->deltas, a->texts[0], JOB_ARENA_MAX);
	buffer_open(&a->observations, a->texts[1], JOB_ARENA_MAX);
	buffer_open(&a->subjects, a->texts[2], JOB_ARENA_MAX);
	buffer_open(&a->verdicts, a->texts[3], JOB_ARENA_MAX);
	if ((rc = add_file(&added, a, ARCHIVE_README,
		 text_bytes(archive_readme()))) != 0 ||
	    (rc = collect(a)) != 0 || (rc = collect_deltas(a)) != 0 ||
	    (rc = add_trust(a)) != 0 ||
	    (rc = add_text(a, ARCHIVE_DELTAS, &a->deltas)) != 0 ||
	    (rc = add_text(a, ARCHIVE_OBSERVATIONS, &a->observations)) != 0 ||
	    (rc = add_text(a, ARCHIVE_SUBJECTS, &a->subjects)) != 0 ||
	    (rc = add_text(a, ARCHIVE_VERDICTS, &a->verdicts)) != 0)
		return rc;
	return write_files(a);
}

int
vexlog_archive_write(struct vexlog_archive_result *out, struct vexlog *v,
    const struct vexlog_archive_options *options, struct vexlog_err *err)
{
	struct archive a = {.v = v, .options = options, .err = err};
	struct vexlog_arena **arenas[] = {&a.arena, &a.scratch, &a.page,
	    &a.texts[0], &a.texts[1], &a.texts[2], &a.texts[3]};
	int rc = 0;

	for (size_t i = 0; i < sizeof(arenas) / sizeof(arenas[0]); i++)
		if ((*arenas[i] = vexlog_arena_open(JOB_ARENA_MAX)) == NULL)
			rc = err_memory(err);
	if (rc == 0)
		rc = pairs_open(&a.pairs, v->store, options->at, err);
	a.pairs.only_deciding = options->vulnerability == NULL;
	if (rc == 0)
		rc = write_archive(&a);
	pairs_close(&a.pairs);
	for (size_t i = 0; i < sizeof(arenas) / sizeof(arenas[0]); i++)
		vexlog_arena_close(*arenas[i]);
	if (rc == 0)
		*out = a.result;
	return rc;
}
