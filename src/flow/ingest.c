/*
 * ingest.c - files to documents to observations, one transaction a document.
 */
#include "base/file.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/unpack.h"
#include "flow/home.h"
#include "flow/ingest.h"
#include "flow/record.h"
#include "flow/walk.h"

#include "base/cursor.h"

void
ingest_refuse(struct ingest *in, const char *file, const char *format,
    const struct vexlog_err *why)
{
	struct vexlog_refusal refusal = {file, format, *why};

	in->result.refused++;
	if (in->options->refusal != NULL)
		in->options->refusal(&refusal, in->options->context);
}

/* The first unsafe finding, or under strict the first one. */
static const struct vexlog_finding *
first_reason(const struct vexlog_document *doc, bool strict)
{
	for (size_t i = 0; i < doc->finding_count; i++)
		if (doc->findings[i].unsafe)
			return &doc->findings[i];
	return strict && doc->finding_count > 0 ? &doc->findings[0] : NULL;
}

void
ingest_refuse_finding(struct ingest *in, const char *file, const char *format,
    const struct vexlog_finding *f)
{
	struct vexlog_err why;
	bool syntax = text_same(f->rule, "json");

	err_set(&why, syntax ? VEXLOG_SYNTAX : VEXLOG_SHAPE, "%s", f->message);
	err_rule(&why, f->rule);
	why.offset = f->offset;
	(void)__builtin_strncpy(why.pointer, f->pointer,
	    sizeof(why.pointer) - 1);
	err_hint(&why, f->unsafe ?
		"mend the document, or ask its author to; nothing of it was "
		"taken in" :
		"without --strict it is taken in and the finding kept");
	ingest_refuse(in, file, format, &why);
}

struct putting {
	struct store_document row;
	const struct vexlog_observations *observations;
	bool is_new;
	size_t stored;
};

static int
put_both(struct store *store, void *context, struct vexlog_err *err)
{
	struct putting *p = context;
	int rc = store_put_document(&p->is_new, store, &p->row, err);

	return rc != 0
	    ? rc
	    : store_put_observations(&p->stored, store, p->observations->list,
		  p->observations->count, err);
}

static int
put(struct ingest *in, const char *file, struct vexlog_bytes bytes,
    const struct vexlog_document *doc, struct vexlog_err *err)
{
	struct putting p = {.row = {.digest = doc->digest,
				.format = doc->format,
				.format_version = doc->format_version,
				.bytes = bytes},
	    .observations = &doc->observations};
	int rc = record_findings(&p.row.findings, in->arena, doc, err);

	/* a file's name may be anything */
	if (rc == 0 &&
	    (p.row.source = text_utf8(in->arena, file, err)) == NULL)
		rc = err->code;
	if (rc != 0 ||
	    (rc = store_transaction(in->v->store, put_both, &p, err)) != 0)
		return rc;
	in->result.stored += p.is_new;
	in->result.known += !p.is_new;
	in->result.observations_stored += p.stored;
	in->result.observations_known += doc->observations.count - p.stored;
	in->result.findings += doc->finding_count;
	if (doc->observations.count == 0 && in->options->silent != NULL)
		in->options->silent(file, in->options->context);
	return 0;
}

/* One document. What is wrong with it is told and not returned. */
static int
take(struct ingest *in, const char *file, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	struct vexlog_read_options options = {
	    .format = in->format != NULL ? in->format : in->options->format,
	    .provider = in->options->provider,
	    .received_at = home_now(&in->v->options)};
	struct vexlog_document doc;
	int rc = 0;

	if (options.provider == NULL)
		rc = ingest_signer(&options.provider, in, bytes, err);
	if (rc == 0)
		rc = vexlog_read(&doc, in->arena, bytes, &options, err);
	in->result.read++;
	if (rc == VEXLOG_LIMIT) {
		ingest_refuse(in, file, in->options->format, err);
		return 0;
	}
	if (rc == 0 && in->packages != NULL)
		rc = ingest_check_packages(in, &doc, err);
	if (rc != 0)
		return rc;
	const struct vexlog_finding *reason =
	    first_reason(&doc, in->options->strict);
	if (reason != NULL) {
		ingest_refuse_finding(in, file, doc.format, reason);
		return 0;
	}
	return put(in, file, doc.bytes, &doc, err);
}

/* A .jsonl file holds one document a line. */
static int
take_lines(struct ingest *in, const char *file, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	struct cursor c = cursor_open(bytes);
	size_t number = 0;

	while (cursor_left(&c) > 0) {
		struct vexlog_bytes line;
		char *name;
		number++;
		if (!cursor_until(&c, '\n', &line))
			(void)cursor_bytes(&c, cursor_left(&c), &line);
		if (text_blank_json(line))
			continue;
		struct arena_mark mark = arena_mark(in->arena);
		name = arena_print(in->arena, err, "%s:%zu", file, number);
		int rc = name == NULL ? err->code : take(in, name, line, err);
		if (rc != 0)
			return rc;
		arena_back(in->arena, mark);
	}
	return 0;
}

int
ingest_file(const char *file, void *context, struct vexlog_err *err)
{
	struct ingest *in = context;
	size_t max = in->options->size_max != 0 ? in->options->size_max :
						  DOCUMENT_SIZE_DEFAULT;
	struct vexlog_bytes bytes;
	bool lines = walk_is_lines(file);
	size_t ignored;
	int rc;

	if (map_get(&in->manifests, file, strlen(file), &ignored))
		return 0;
	vexlog_arena_reset(in->arena);
	rc = strcmp(file, "-") == 0 ?
	    file_read_fd(&bytes, in->arena, 0, "standard input", max, err) :
	    file_read(&bytes, in->arena, file, max, err);
	if (rc == 0)
		rc = unpack(&bytes, in->arena, bytes, max, err);
	if (rc == VEXLOG_LIMIT)
		err_hint(err, "a larger limit can be given by --max-size");
	if (rc != 0 && rc != VEXLOG_NO_MEMORY) {
		walk_hint_link(file, err);
		in->result.read++;
		ingest_refuse(in, file, NULL, err);
		rc = 0;
	} else if (rc == 0)
		rc = lines ? take_lines(in, file, bytes, err) :
			     take(in, file, bytes, err);
	if (rc == 0 && in->options->progress != NULL)
		in->options->progress(&in->result, in->options->context);
	if (rc != 0)
		err_where(err, file);
	return rc;
}

static void
closed_folder(const char *path, void *context, const struct vexlog_err *why)
{
	struct ingest *in = context;

	in->result.read++;
	ingest_refuse(in, path, NULL, why);
}

int
vexlog_ingest(struct vexlog_ingest_result *out, struct vexlog *v,
    const char *const *paths, size_t path_count,
    const struct vexlog_ingest_options *options, struct vexlog_err *err)
{
	static const struct vexlog_ingest_options defaults;
	struct ingest in = {.v = v,
	    .options = options == NULL ? &defaults : options};
	const struct walk_ops ops = {
	    ingest_file, ingest_folder, closed_folder, &in};
	int rc;

	if (in.options->size_max > DOCUMENT_SIZE_MAX)
		return err_set(err, VEXLOG_MISUSE,
		    "a document may have at most %zu bytes",
		    DOCUMENT_SIZE_MAX);
	in.arena = vexlog_arena_open(JOB_ARENA_MAX);
	in.index_arena = vexlog_arena_open(JOB_ARENA_MAX);
	in.kept = vexlog_arena_open(JOB_ARENA_MAX);
	map_open(&in.manifests, in.kept);
	if (in.arena == NULL || in.index_arena == NULL || in.kept == NULL)
		rc = err_memory(err);
	else
		rc = walk(paths, path_count, &ops, err);
	trust_close(in.trust);
	vexlog_arena_close(in.kept);
	vexlog_arena_close(in.index_arena);
	vexlog_arena_close(in.arena);
	/* counts are true even when a later file could not be read */
	*out = in.result;
	return rc;
}
