/*
 * export.c - current verdicts as one file; the archive and the payloads.
 */
#include "flow/export.h"

#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "flow/pairs.h"

static const struct export_ops *const formats[] = {&export_openvex,
    &export_csaf, &export_cyclonedx, &export_bundle, &export_payloads};

static int
write_export(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err)
{
	char known[128] = "";
	size_t n = 0;

	if (options->layout != NULL) {
		if (text_same(options->layout, "repo") &&
		    text_same(options->format, "openvex"))
			return export_repo(out, v, options, err);
		err_set(err, VEXLOG_MISUSE,
		    "there is no layout \"%.40s\" of \"%.40s\"",
		    options->layout,
		    options->format == NULL ? "" : options->format);
		return err_hint(err, "use format openvex and layout repo");
	}
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (text_same(options->format, formats[i]->format))
			return formats[i]->write(out, v, options, err);
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s",
		    i == 0 ? "" : ", ", formats[i]->format);
	}
	err_set(err, VEXLOG_MISUSE, "\"%.40s\" is not a format to export in",
	    options->format == NULL ? "" : options->format);
	return err_hint(err, "use one of: %s", known);
}

/* All of it from one moment, whatever is decided and linked meanwhile. */
int
vexlog_export(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err)
{
	int rc = store_snapshot(v->store, err);

	if (rc == 0)
		rc = write_export(out, v, options, err);
	store_rollback(v->store);
	return rc;
}

/* ---- bundle ----------------------------------------------------------- */

static int
write_bundle(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err)
{
	const struct vexlog_archive_options o = {.path = options->path,
	    .vulnerability = options->vulnerability,
	    .product = options->product,
	    .at = options->at};
	struct vexlog_archive_result result;
	int rc = vexlog_archive_write(&result, v, &o, err);

	if (rc == 0)
		*out = (struct vexlog_export_result){
		    result.verdicts, result.observations};
	return rc;
}

const struct export_ops export_bundle = {"bundle", write_bundle};

/* ---- payloads, one a line --------------------------------------------- */

struct payloads {
	struct vexlog *v;
	struct vexlog_arena *arena;   /* of the file */
	struct vexlog_arena *scratch; /* of one payload */
	struct pairs pairs;
	struct buffer text;
	struct vexlog_export_result result;
	struct vexlog_err *err;
};

static int
add_payload(struct payloads *p, const struct store_verdict *row)
{
	struct vexlog_bytes payload;
	bool renamed;
	int rc;

	vexlog_arena_reset(p->scratch);
	rc = pairs_renamed(&renamed, p->scratch, &p->pairs, row, p->err);
	if (rc != 0 || renamed)
		return rc;
	rc = vexlog_payload(&payload, p->scratch, p->v, row->id, p->err);
	if (rc != 0)
		return rc;
	buffer_bytes(&p->text, payload.data, payload.size);
	buffer_byte(&p->text, '\n');
	p->result.verdicts++;
	return 0;
}

static int
collect(struct payloads *p, const struct vexlog_export_options *options)
{
	struct vexlog_filter filter = {.vulnerability = options->vulnerability,
	    .product = options->product,
	    .log_index = -1,
	    .known_at = options->at,
	    .limit = VEXLOG_PAGE_MAX};
	struct vexlog_arena *page = vexlog_arena_open(JOB_ARENA_MAX);
	const struct store_verdict *rows;
	char cursor[CURSOR_MAX];
	const char *next = NULL;
	size_t count;
	int rc = 0;

	if (page == NULL)
		return err_memory(p->err);
	do {
		if (next != NULL) {
			(void)snprintf(cursor, sizeof(cursor), "%s", next);
			filter.cursor = cursor;
		}
		vexlog_arena_reset(page);
		rc = store_verdicts(
		    &rows, &count, &next, page, p->v->store, &filter, p->err);
		for (size_t i = 0; rc == 0 && i < count; i++)
			rc = add_payload(p, &rows[i]);
	} while (rc == 0 && next != NULL);
	vexlog_arena_close(page);
	return rc;
}

static int
write_payloads(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, struct vexlog_err *err)
{
	struct payloads p = {.v = v, .err = err};
	struct vexlog_bytes bytes;
	int rc;

	p.arena = vexlog_arena_open(JOB_ARENA_MAX);
	p.scratch = vexlog_arena_open(JOB_ARENA_MAX);
	if (p.arena == NULL || p.scratch == NULL)
		rc = err_memory(err);
	else {
		buffer_open(&p.text, p.arena, JOB_ARENA_MAX);
		rc = pairs_open(&p.pairs, v->store, options->at, err);
		if (rc == 0)
			rc = collect(&p, options);
	}
	if (rc == 0 && p.result.verdicts == 0) {
		err_set(err, VEXLOG_NOT_FOUND, "no verdict fits");
		rc = err_hint(err, "run `vexlog decide` first");
	}
	if (rc == 0 && (rc = buffer_finish(&p.text, &bytes, err)) == 0)
		rc = file_write(options->path, bytes, 0644, err);
	pairs_close(&p.pairs);
	vexlog_arena_close(p.scratch);
	vexlog_arena_close(p.arena);
	if (rc == 0)
		*out = p.result;
	return rc;
}

const struct export_ops export_payloads = {"payloads", write_payloads};
