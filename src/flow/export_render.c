/*
 * export_render.c - from the list of verdicts to a file, and what the formats
 * that vexlog writes have in common.
 *
 * A document is named by the digest of its own text: it is written once with
 * a name of zeros, hashed, and written again. So the same verdicts give the
 * same name, and no two documents share one.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/export_list.h"

#define NO_ACTION "No action statement provided"

/* ---- what a format can't carry ---------------------------------------- */

void
export_lost(const struct export_doc *doc, const struct export_item *item,
    const char *format, ...)
{
	char text[2 * NAME_MAX_BYTES + 1024];
	size_t n = 0;
	va_list ap;

	if (!doc->counts || doc->options->lost == NULL)
		return;
	if (item != NULL)
		n = (size_t)snprintf(text, sizeof(text),
		    "%s in %s: ", item->vulnerability, item->product->key);
	if (n >= sizeof(text))
		n = sizeof(text) - 1;
	va_start(ap, format);
	(void)vsnprintf(text + n, sizeof(text) - n, format, ap);
	va_end(ap);
	doc->options->lost(text, doc->options->context);
}

/* Only one status goes out, and a name is no identifier. */
void
export_lost_all(
    const struct export_list *list, const struct vexlog_export_options *options)
{
	const struct export_doc all = {
	    .list = list, .options = options, .counts = true};
	const struct export_doc *doc = &all;

	for (size_t i = 0; i < list->product_count; i++) {
		const struct export_product *p = list->products[i];
		if (p->component == p && p->kind == EXPORT_NAME)
			export_lost(doc, NULL,
			    "%s has neither purl nor CPE: only its name "
			    "\"%s\" is written, not who gave it",
			    p->key, p->name);
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct export_item *it = &list->items[i];
		if (it->conflicts > 0)
			export_lost(doc, it,
			    "%zu conflicting claim%s and why %s lost",
			    it->conflicts, it->conflicts == 1 ? "" : "s",
			    it->conflicts == 1 ? "it" : "they");
		if (!it->timed)
			export_lost(doc, it,
			    "its source says no time, 1970-01-01 is written");
	}
}

void
export_lost_range(const struct export_doc *doc, const struct export_item *item)
{
	if (item->product->range != NULL)
		export_lost(doc, item,
		    "the range of versions %s is written as a qualifier of the "
		    "purl, which scanners match with no version",
		    item->product->range);
}

/* ---- texts ------------------------------------------------------------ */

bool
export_has_token(const struct export_item *item)
{
	static const char *const tokens[] = {"component_not_present",
	    "vulnerable_code_not_present",
	    "vulnerable_code_not_in_execute_path",
	    "vulnerable_code_cannot_be_controlled_by_adversary",
	    "inline_mitigations_already_exist"};

	if (item->status != VEXLOG_NOT_AFFECTED)
		return false;
	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
		if (text_same(item->justification, tokens[i]))
			return true;
	return false;
}

const char *
export_impact(struct export_doc *doc, const struct export_item *item,
    char *scratch, size_t size)
{
	if (!text_blank(item->impact))
		return item->impact;
	if (export_has_token(item))
		return NULL;
	if (item->source_justification != NULL)
		(void)snprintf(scratch, size, "The source says: %.512s (%s)",
		    item->source_justification, item->format);
	else
		(void)snprintf(scratch, size,
		    "The source gives neither justification nor impact "
		    "statement");
	export_lost(doc, item,
	    "the source has no impact statement, \"%s\" is written", scratch);
	return scratch;
}

const char *
export_action(struct export_doc *doc, const struct export_item *item)
{
	if (!text_blank(item->action))
		return item->action;
	export_lost(doc, item,
	    "the source has no action statement, \"" NO_ACTION "\" is "
	    "written");
	return NO_ACTION;
}

void
export_lost_texts(const struct export_doc *doc, const struct export_item *item,
    bool impact, bool action)
{
	const char *status = vexlog_status_name(item->status);

	if (impact && !text_blank(item->impact))
		export_lost(doc, item,
		    "the impact statement: there is no place for one beside "
		    "%s",
		    status);
	if (action && !text_blank(item->action))
		export_lost(doc, item,
		    "the action statement: there is no place for one beside "
		    "%s",
		    status);
}

const char *
export_notes(const struct export_item *item, char *scratch, size_t size)
{
	char more[128] = "", entry[512];

	if (item->conflicts > 0)
		(void)snprintf(more, sizeof(more),
		    "; %zu other claim%s say%s otherwise", item->conflicts,
		    item->conflicts == 1 ? "" : "s",
		    item->conflicts == 1 ? "s" : "");
	if (item->log_id == NULL)
		(void)snprintf(entry, sizeof(entry), "in no log yet");
	else
		(void)snprintf(entry, sizeof(entry),
		    "entry %lld of log %s, uuid %s", (long long)item->log_index,
		    item->log_id, item->uuid);
	(void)snprintf(scratch, size,
	    "Verdict %s under policy %s, justification %s; from claim %s of "
	    "%s, which says %s%s%s in %s%s; %s",
	    item->verdict, item->policy, item->justification, item->claim,
	    item->provider, item->source_status,
	    item->source_justification == NULL ? "" : " and ",
	    item->source_justification == NULL ? ""
					       : item->source_justification,
	    item->format, more, entry);
	return scratch;
}

/* ---- the document ----------------------------------------------------- */

static int
write_pass(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct export_doc *doc, export_writer writer, struct vexlog_err *err)
{
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, arena, DOCUMENT_SIZE_MAX);
	json_open(&w, &b, false);
	writer(&w, doc);
	return buffer_finish(&b, out, err);
}

int
export_text(struct vexlog_bytes *out, struct vexlog_arena *arena,
    struct export_doc *doc, export_writer writer, struct vexlog_err *err)
{
	struct vexlog_bytes bytes;
	struct json_doc tree;
	struct buffer b;
	int rc;

	if ((rc = write_pass(&bytes, arena, doc, writer, err)) != 0 ||
	    (rc = json_read(&tree, arena, bytes, 0, err)) != 0)
		return rc;
	buffer_open(&b, arena, JOB_ARENA_MAX);
	json_indented(&b, tree.root);
	buffer_byte(&b, '\n');
	return buffer_finish(&b, out, err);
}

int
export_render(struct vexlog_bytes *out, size_t *written,
    struct vexlog_arena *arena, const struct export_list *list,
    const struct vexlog_export_options *options, export_writer writer,
    struct vexlog_err *err)
{
	struct export_doc doc = {.list = list, .options = options};
	struct vexlog_bytes bytes;
	char digest[DIGEST_TEXT];
	int rc;

	memset(doc.id, '0', sizeof(doc.id) - 1);
	if ((rc = write_pass(&bytes, arena, &doc, writer, err)) != 0 ||
	    (rc = hash_digest(digest, bytes, err)) != 0)
		return rc;
	memcpy(doc.id, digest + 7, sizeof(doc.id));
	doc.counts = true;
	doc.written = 0;
	if ((rc = export_text(out, arena, &doc, writer, err)) == 0)
		*written = doc.written;
	return rc;
}

int
export_file(struct vexlog_export_result *out, struct vexlog *v,
    const struct vexlog_export_options *options, export_writer writer,
    struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(JOB_ARENA_MAX);
	struct vexlog_bytes bytes;
	struct export_list list;
	size_t written = 0;
	int rc;

	if (arena == NULL)
		return err_memory(err);
	rc = export_list_read(&list, arena, v, options, err);
	if (rc == 0) {
		export_lost_all(&list, options);
		rc = export_render(
		    &bytes, &written, arena, &list, options, writer, err);
	}
	if (rc == 0 && written == 0) {
		err_set(err, VEXLOG_NOT_FOUND,
		    "%s can carry none of these verdicts", options->format);
		rc = err_hint(err, "try another --format");
	}
	if (rc == 0)
		rc = file_write(options->path, bytes, 0644, err);
	vexlog_arena_close(arena);
	if (rc == 0)
		*out =
		    (struct vexlog_export_result){written, list.observations};
	return rc;
}
