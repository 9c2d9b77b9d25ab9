/*
 * trace_proof.c - what a reader of the page needs to check it.
 */
#include "cli/trace_proof.h"

#include <string.h>

#include "base/embedded.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/trace.h"

extern const struct embedded_file embedded_pages[];

/* ---- log entries ------------------------------------------------------- */

/* The path as the command that follows it: what the page shows is what its
 * reader runs. The leaf is known, or follows from a digest. */
static void
put_path(struct page *p, const char *head, const char *leaf, const char *digest,
    const struct json_value *proof, const char *index_name)
{
	const struct json_value *hashes = json_get(proof, "hashes");
	int64_t index = 0, size = 0;

	if (!json_is(proof, JSON_OBJECT))
		return;
	(void)json_integer_of(json_get(proof, index_name), &index);
	(void)json_integer_of(json_get(proof, "treeSize"), &size);
	page_raw(p,
	    "<h3>%s</h3>\n<p class=\"note\">Leaf %lld of a tree of %lld; %zu "
	    "%s to the root.</p>\n<pre class=\"path\">python3 root.py ",
	    head, (long long)index, (long long)size, json_count(hashes),
	    json_count(hashes) == 1 ? "hash leads" : "hashes lead");
	if (leaf != NULL) {
		page_shell_word(p, leaf);
	} else if (digest != NULL) {
		page_raw(p, "$(printf &#39;\\0%%s&#39; ");
		page_shell_word(p, digest);
		page_raw(p, " |\n  sha256sum | cut -c-64)");
	}
	page_raw(p, " %lld %lld", (long long)index, (long long)size);
	for (const struct json_value *h = json_first(hashes);
	     h != json_end(hashes); h = json_next(h)) {
		page_raw(p, " \\\n  ");
		page_shell_word(p, json_text(h));
	}
	page_raw(p, "\n# ");
	page_text(p, json_get_text(proof, "rootHash"));
	page_raw(p, "</pre>\n");
}

/* o is NULL for what is an entry of its own. */
static void
put_proof(struct page *p, const struct vexlog_observation *o,
    const struct vexlog_linkage *link)
{
	const struct json_value *log, *batch;
	struct json_doc doc;
	const char *checkpoint;
	size_t size = strlen(link->uuid);

	if (link->inclusion_proof == NULL)
		return;
	if (json_read(&doc, p->arena, text_bytes(link->inclusion_proof), 0,
		p->err) != 0) {
		page_fail(p);
		return;
	}
	log = json_get(doc.root, "log");
	batch = json_get(doc.root, "batch");
	if (o != NULL)
		put_path(p, "From the claim to the root that was signed", NULL,
		    o->content_digest, batch, "leafIndex");
	put_path(p, "From the entry to the log&#39;s root",
	    size > 64 ? link->uuid + size - 64 : link->uuid, NULL, log,
	    "logIndex");
	page_raw(p,
	    "<p class=\"note after\">The leaf, the SHA-256 of a zero byte and "
	    "the entry, ends the UUID.</p>\n");
	checkpoint = json_get_text(log, "checkpoint");
	if (checkpoint == NULL)
		return;
	page_raw(p,
	    "<h3>Checkpoint, as the log signed it</h3>\n<p class=\"note\">Its "
	    "second line is the size of the tree, its third the root in "
	    "base64.</p>\n<pre>");
	page_lines(p, checkpoint);
	page_raw(p, "</pre>\n");
}

/* What the entry proves: "observation …" or "verdict …". */
static void
put_entry(struct page *p, const char *kind, const char *id,
    const struct vexlog_observation *o, const struct vexlog_linkage *link)
{
	page_raw(p, "<details>\n<summary>Entry %lld <small>proves %s ",
	    (long long)link->log_index, kind);
	page_short_id(p, id);
	page_raw(p, "</small></summary>\n<dl>\n");
	page_term(p, "Proves", id, true);
	page_raw(p, "<dt>Index</dt><dd class=\"number\">%lld</dd>\n",
	    (long long)link->log_index);
	page_term(p, "Entry UUID", link->uuid, true);
	page_term(p, "Log", link->log_url, false);
	page_term(p, "Log id", link->log_id, true);
	page_raw(p, "<dt>Integrated</dt><dd>");
	if (link->integrated_time == TIME_NONE)
		page_raw(p, "this log gives no time");
	else
		page_when(p, link->integrated_time);
	page_raw(p, "</dd>\n<dt>Tree size</dt><dd class=\"number\">%lld</dd>\n",
	    (long long)link->tree_size);
	page_term(p, "Root", link->tree_root, true);
	page_term(p, "Entry kind", link->entry_kind, false);
	page_term(p, "Body hash", link->body_hash, true);
	if (link->linked_at != TIME_NONE) {
		page_raw(p, "<dt>Linked</dt><dd>");
		page_when(p, link->linked_at);
		page_raw(p, "</dd>\n");
	}
	page_raw(p, "</dl>\n");
	put_proof(p, o, link);
	page_raw(p, "</details>\n");
}

void
trace_entries(struct page *p, const struct vexlog_verdict *v)
{
	size_t count = v->linkage != NULL, pending = v->linkage == NULL;

	for (size_t i = 0; i < v->input_count; i++) {
		bool linked = v->inputs[i].observation->linkage != NULL;
		count += linked;
		pending += !linked;
	}
	page_heading(p, "Entries in the transparency log", count);
	if (count == 0)
		page_raw(p,
		    "<p class=\"none\">None yet: all of it waits in the "
		    "queue.</p>\n");
	else if (pending > 0)
		page_raw(p,
		    "<p class=\"note\">%zu more wait in the queue.</p>\n",
		    pending);
	if (v->linkage != NULL)
		put_entry(p, "verdict", v->id, NULL, v->linkage);
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_observation *o = v->inputs[i].observation;
		if (o->linkage != NULL)
			put_entry(p, "observation", o->id, o, o->linkage);
	}
	page_raw(p, "</section>\n");
}

/* ---- inputs and how to check ------------------------------------------- */

void
trace_inputs(struct page *p, const struct vexlog_verdict *v)
{
	struct json_doc doc;
	struct buffer b;
	const char *pretty;

	page_raw(p,
	    "<section>\n<h2>What was hashed</h2>\n<p class=\"note\">The "
	    "SHA-256 of these inputs in RFC 8785 form is the reasoning id ");
	page_code(p, v->reasoning_id);
	page_raw(p, "</p>\n<details>\n<summary>Inputs <small>");
	page_raw(p, "%zu bytes in canonical form</small></summary>\n<pre>",
	    strlen(v->reasoning));
	buffer_open(&b, p->arena, PAGE_SIZE_MAX);
	if (json_read(&doc, p->arena, text_bytes(v->reasoning), 0, p->err) !=
	    0) {
		page_fail(p);
		return;
	}
	json_indented(&b, doc.root);
	if (buffer_finish_text(&b, &pretty, p->err) != 0) {
		page_fail(p);
		return;
	}
	page_lines(p, pretty);
	page_raw(p, "</pre>\n</details>\n</section>\n");
}

void
trace_checks(struct page *p, const struct vexlog_verdict *v)
{
	page_raw(p,
	    "<section>\n<h2>How to check this yourself</h2>\n"
	    "<p class=\"note\">With the store at hand and no network:</p>\n"
	    "<pre>vexlog trace ");
	page_shell_word(p, v->vulnerability);
	page_raw(p, " ");
	page_shell_word(p, v->product);
	page_raw(p, "\n");
	if (v->linkage != NULL) {
		page_raw(p, "vexlog verify --deep ");
		page_shell_word(p, v->id);
		page_raw(p, "\nvexlog payload ");
		page_shell_word(p, v->id);
		page_raw(p, "\n");
	}
	for (size_t i = 0; i < v->input_count; i++)
		if (v->inputs[i].observation->linkage != NULL) {
			page_raw(p, "vexlog verify --deep ");
			page_shell_word(p, v->inputs[i].observation->id);
			page_raw(p, "\n");
		}
	page_raw(p,
	    "</pre>\n<p class=\"note after\">The paths of the entries above are "
	    "RFC 9162&#39;s; keep this as root.py to follow them:</p>\n<pre>");
	page_lines(p, embedded_pages[0].text);
	page_raw(p,
	    "</pre>\n<p class=\"note after\">The ids "
	    "follow from the inputs alone; any RFC 8785 tool and SHA-256 "
	    "give the same:</p>\n<pre>vexlog trace ");
	page_shell_word(p, v->vulnerability);
	page_raw(p, " ");
	page_shell_word(p, v->product);
	page_raw(p,
	    " --json \\\n  | jq &#39;{schema, vulnerabilityId, productKey, "
	    "policyVersion, policyDigest, latticeVersion, aliases, "
	    "inputs}&#39; \\\n  | vexlog canon | sha256sum\n# ");
	page_text(p,
	    text_starts(v->reasoning_id, "sha256:") ? v->reasoning_id + 7
						    : v->reasoning_id);
	page_raw(p, "</pre>\n</section>\n");
}
