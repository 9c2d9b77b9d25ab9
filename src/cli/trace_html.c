/*
 * trace_html.c - a trace as one HTML page: no script, nothing fetched, every
 * text from a document escaped. The page holds no clock, so the same traces
 * give the same bytes.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/trace.h"

#define PAGE_SIZE_MAX (1024 * MIB)

extern const struct embedded_file embedded_pages[];

struct page {
	struct buffer b;
	struct vexlog_arena *arena;
	struct vexlog_err *err;
};

/* ---- writing ----------------------------------------------------------- */

/* Fixed markup, and numbers and names of our own. */
static void raw(struct page *p, const char *format, ...) PRINTF_LIKE(2, 3);

static void
raw(struct page *p, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		p->b.failed = VEXLOG_LIMIT;
	else
		buffer_bytes(&p->b, text, (size_t)n);
}

/* Text of a document or a log: nothing in it is markup, and nothing in it
 * turns the line around. lines: newlines stay. */
static void
escaped(struct page *p, const char *text, bool lines)
{
	while (text != NULL && *text != '\0') {
		size_t size = lines ? strcspn(text, "\n") : strlen(text);
		const char *piece = arena_text(p->arena, text, size, p->err);
		piece =
		    piece == NULL ? NULL : term_safe(p->arena, piece, p->err);
		if (piece == NULL) {
			p->b.failed = p->err->code;
			return;
		}
		for (; *piece != '\0'; piece++) {
			if (*piece == '&')
				buffer_text(&p->b, "&amp;");
			else if (*piece == '<')
				buffer_text(&p->b, "&lt;");
			else if (*piece == '>')
				buffer_text(&p->b, "&gt;");
			else if (*piece == '"')
				buffer_text(&p->b, "&quot;");
			else if (*piece == '\'')
				buffer_text(&p->b, "&#39;");
			else
				buffer_byte(&p->b, *piece);
		}
		text += size;
		if (*text == '\n') {
			buffer_byte(&p->b, '\n');
			text++;
		}
	}
}

static void
text(struct page *p, const char *s)
{
	escaped(p, s, false);
}

static void
code(struct page *p, const char *s)
{
	raw(p, "<code>");
	text(p, s);
	raw(p, "</code>");
}

static void
when(struct page *p, int64_t at)
{
	char s[TIME_TEXT];

	time_write(s, at);
	raw(p, "<time datetime=\"%s\">%.10s %.8s UTC</time>", s, s, s + 11);
}

static void
status(struct page *p, enum vexlog_status s)
{
	const char *name = vexlog_status_name(s);

	raw(p, "<span class=\"status %s\">%s</span>", name, name);
}

static void
term(struct page *p, const char *name, const char *value, bool is_id)
{
	raw(p, "<dt>%s</dt><dd>", name);
	if (value == NULL)
		raw(p, "&ndash;");
	else if (is_id)
		code(p, value);
	else
		text(p, value);
	raw(p, "</dd>\n");
}

static void
heading(struct page *p, const char *name, size_t count)
{
	raw(p, "<section>\n<h2>%s<span class=\"count\">%zu</span></h2>\n", name,
	    count);
}

/* "…3c9b4604d", leading to the log entry's details where there are some. */
static void
short_id(struct page *p, const char *id)
{
	raw(p, "<code class=\"short\" title=\"");
	text(p, id);
	raw(p, "\">&hellip;");
	text(p, trace_short(id));
	raw(p, "</code>");
}

/* ---- the parts --------------------------------------------------------- */

static void
put_verdict(struct page *p, const struct vexlog_verdict *v)
{
	const char *name = vexlog_status_name(v->status);
	char confidence[TRACE_MICRO_TEXT];

	trace_micro(confidence, v->confidence);
	raw(p, "<div class=\"verdict %s\">\n<span class=\"badge\">", name);
	for (const char *c = name; *c != '\0'; c++)
		buffer_byte(&p->b, *c == '_' ? ' ' : *c);
	raw(p, "</span>\n<h1><bdi>");
	text(p, v->vulnerability);
	raw(p, "</bdi><small>in <bdi>");
	text(p, v->product);
	raw(p, "</bdi></small></h1>\n<dl>\n");
	term(p, "Justification", v->justification, false);
	raw(p,
	    "<dt>Confidence</dt><dd><span class=\"number\">%s</span>"
	    "<span class=\"meter\"><i style=\"width:%lld%%\"></i></span>"
	    "</dd>\n",
	    confidence, (long long)(v->confidence / 10000));
	raw(p, "<dt>Decided</dt><dd>");
	when(p, v->evaluated_at);
	raw(p, "</dd>\n<dt>Policy</dt><dd>");
	text(p, v->policy_version);
	raw(p, " ");
	code(p, v->policy_digest);
	raw(p, "</dd>\n");
	term(p, "Verdict", v->id, true);
	raw(p, "<dt>Log entry</dt><dd>");
	if (v->linkage == NULL)
		raw(p, "none yet; it waits in the queue");
	else
		raw(p, "number <span class=\"number\">%lld</span>",
		    (long long)v->linkage->log_index);
	raw(p, "</dd>\n</dl>\n</div>\n");
}

/* The source's own words, as many lines as it wrote. */
static void
put_quote(struct page *p, const char *words)
{
	if (text_blank(words))
		return;
	raw(p, "<p class=\"quote\"><bdi>");
	escaped(p, words, true);
	raw(p, "</bdi></p>\n");
}

static void
put_why(struct page *p, const struct vexlog_verdict *v)
{
	const struct vexlog_input *winner = trace_winner(v);
	const struct vexlog_observation *o;
	char weight[TRACE_MICRO_TEXT];

	if (winner == NULL)
		return;
	o = winner->observation;
	trace_micro(weight, winner->weight);
	raw(p, "<section>\n<h2>Why</h2>\n<p class=\"lead\"><strong><bdi>");
	text(p, o->provider);
	raw(p, "</bdi></strong> said <q><bdi>");
	text(p, o->source_status);
	raw(p, "</bdi></q>");
	if (o->source_justification != NULL) {
		raw(p, ", <q><bdi>");
		text(p, o->source_justification);
		raw(p, "</bdi></q>");
	}
	raw(p, " on ");
	when(p, o->said_at);
	raw(p,
	    ". Its weight is <span class=\"number\">%s</span>; %zu %s looked "
	    "at.</p>\n",
	    weight, v->input_count,
	    v->input_count == 1 ? "claim was" : "claims were");
	put_quote(p, o->impact_text);
	put_quote(p, o->action_text);
	raw(p, "</section>\n");
}

static int
by_time(const void *a, const void *b)
{
	const struct vexlog_observation *x =
	    (*(const struct vexlog_input *const *)a)->observation;
	const struct vexlog_observation *y =
	    (*(const struct vexlog_input *const *)b)->observation;

	if (x->said_at != y->said_at)
		return x->said_at < y->said_at ? -1 : 1;
	return strcmp(x->id, y->id);
}

static void
put_claim(struct page *p, const struct vexlog_verdict *v,
    const struct vexlog_input *in)
{
	const struct vexlog_observation *o = in->observation;
	const struct vexlog_step *lost = trace_lost(v, o->id);
	bool won = text_same(o->id, v->winner);

	raw(p, "<li class=\"%s%s\">\n", vexlog_status_name(o->status),
	    won ? " won" : "");
	if (text_same(o->said_at_from, "none"))
		raw(p, "<time>the document gives no time</time>");
	else
		when(p, o->said_at);
	raw(p, "\n<p><strong><bdi>");
	text(p, o->provider);
	raw(p, "</bdi></strong> says ");
	status(p, o->status);
	if (o->justification != NULL) {
		raw(p, ", ");
		text(p, o->justification);
	}
	if (won)
		raw(p, " <span class=\"tag won\">won</span>");
	if (lost != NULL) {
		raw(p, " <span class=\"tag\">");
		text(p, lost->rule);
		raw(p, "</span>");
	}
	raw(p, "</p>\n");
	if (lost != NULL) {
		raw(p, "<p class=\"note\" style=\"margin:0\">");
		text(p, lost->reason);
		raw(p, "</p>\n");
	}
	raw(p, "</li>\n");
}

static void
put_time_line(struct page *p, const struct vexlog_verdict *v)
{
	const struct vexlog_input **order =
	    arena_list(p->arena, v->input_count, sizeof(*order), p->err);

	if (order == NULL) {
		p->b.failed = p->err->code;
		return;
	}
	for (size_t i = 0; i < v->input_count; i++)
		order[i] = &v->inputs[i];
	/* a total order, so the result does not depend on the algorithm */
	qsort(order, v->input_count, sizeof(*order), by_time);
	heading(p, "Claims over time", v->input_count);
	raw(p, "<ol class=\"time\">\n");
	for (size_t i = 0; i < v->input_count; i++)
		put_claim(p, v, order[i]);
	raw(p, "</ol>\n</section>\n");
}

static void
put_source(struct page *p, const struct vexlog_input *in)
{
	const struct vexlog_observation *o = in->observation;
	char weight[TRACE_MICRO_TEXT];

	trace_micro(weight, in->weight);
	raw(p, "<tr class=\"%s\"><td data-name=\"Provider\"><bdi>",
	    vexlog_status_name(o->status));
	text(p, o->provider);
	raw(p, "</bdi></td><td data-name=\"Status\">");
	status(p, o->status);
	raw(p, "</td><td data-name=\"Format\">");
	text(p, o->format);
	raw(p, "</td><td data-name=\"Document, place\"><span>");
	short_id(p, o->document_digest);
	raw(p, "<br><code>");
	text(p, o->pointer);
	raw(p, "</code></span></td><td data-name=\"Observation\">");
	short_id(p, o->id);
	raw(p, "</td><td data-name=\"Log entry\" class=\"number\">");
	if (o->linkage == NULL)
		raw(p, "pending");
	else
		raw(p, "%lld", (long long)o->linkage->log_index);
	raw(p,
	    "</td><td data-name=\"Weight\" class=\"number\"><span>%s"
	    "<span class=\"meter\"><i style=\"width:%lld%%\"></i></span>"
	    "</span></td></tr>\n",
	    weight, (long long)(in->weight / 10000));
}

static void
put_sources(struct page *p, const struct vexlog_verdict *v)
{
	heading(p, "Sources", v->input_count);
	raw(p,
	    "<div class=\"scroll\"><table>\n<thead><tr><th>Provider</th>"
	    "<th>Status</th><th>Format</th><th>Document, place</th>"
	    "<th>Observation</th><th class=\"number\">Log entry</th>"
	    "<th class=\"number\">Weight</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < v->input_count; i++)
		put_source(p, &v->inputs[i]);
	raw(p, "</tbody>\n</table></div>\n</section>\n");
}

static void
put_side(struct page *p, const struct vexlog_verdict *v, const char *id)
{
	const struct vexlog_input *in = trace_input(v, id);

	if (in != NULL) {
		raw(p, "<bdi>");
		text(p, in->observation->provider);
		raw(p, "</bdi> ");
		status(p, in->observation->status);
		raw(p, " ");
	}
	short_id(p, id);
}

static void
put_steps(struct page *p, const struct vexlog_verdict *v)
{
	heading(p, "Steps", v->step_count);
	if (v->step_count == 0)
		raw(p,
		    "<p class=\"none\">None: there was only one "
		    "claim.</p>\n");
	else
		raw(p, "<ol class=\"steps\">\n");
	for (size_t i = 0; i < v->step_count; i++) {
		const struct vexlog_step *s = &v->steps[i];
		raw(p, "<li><p>");
		put_side(p, v, s->winner);
		raw(p, " beats ");
		put_side(p, v, s->loser);
		raw(p, "</p>\n<p><span class=\"tag\">");
		text(p, s->rule);
		raw(p, "</span> ");
		text(p, s->reason);
		raw(p, "</p></li>\n");
	}
	raw(p, "%s</section>\n", v->step_count == 0 ? "" : "</ol>\n");
}

static void
put_conflicts(struct page *p, const struct vexlog_verdict *v)
{
	char weight[TRACE_MICRO_TEXT];

	heading(p, "Conflicts that remain", v->conflict_count);
	if (v->conflict_count == 0)
		raw(p, "<p class=\"none\">None: nobody says otherwise.</p>\n");
	else
		raw(p, "<ul class=\"plain\">\n");
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_input *in = &v->inputs[i];
		if (!in->conflict)
			continue;
		trace_micro(weight, in->weight);
		raw(p, "<li><strong><bdi>");
		text(p, in->observation->provider);
		raw(p, "</bdi></strong> says ");
		status(p, in->observation->status);
		raw(p, " with weight <span class=\"number\">%s</span> ",
		    weight);
		short_id(p, in->observation->id);
		raw(p, "</li>\n");
	}
	raw(p, "%s</section>\n", v->conflict_count == 0 ? "" : "</ul>\n");
}

static void
put_history(struct page *p, const struct vexlog_trace *t)
{
	heading(p, "Verdicts over time", t->history_count);
	if (t->history_count == 0)
		raw(p, "<p class=\"none\">None is stored yet.</p>\n");
	else
		raw(p, "<ol class=\"time\">\n");
	for (size_t i = 0; i < t->history_count; i++) {
		const struct vexlog_verdict *v = &t->history[i];
		bool now = text_same(v->id, t->verdict.id);
		raw(p, "<li class=\"%s%s\">\n", vexlog_status_name(v->status),
		    now ? " won" : "");
		when(p, v->evaluated_at);
		raw(p, "\n<p>");
		status(p, v->status);
		raw(p, ", ");
		text(p, v->justification);
		if (now)
			raw(p, " <span class=\"tag won\">this one</span>");
		raw(p, "</p>\n<p class=\"note\" style=\"margin:0\">verdict ");
		short_id(p, v->id);
		raw(p, ", policy ");
		text(p, v->policy_version);
		if (v->linkage == NULL)
			raw(p, ", waits for its log entry");
		else
			raw(p, ", log entry %lld",
			    (long long)v->linkage->log_index);
		raw(p, "</p>\n</li>\n");
	}
	raw(p, "%s</section>\n", t->history_count == 0 ? "" : "</ol>\n");
}

/* ---- log entries ------------------------------------------------------- */

static void
put_path(struct page *p, const char *head, const struct json_value *proof,
    const char *index_name)
{
	const struct json_value *hashes = json_get(proof, "hashes");
	int64_t index = 0, size = 0;

	if (!json_is(proof, JSON_OBJECT))
		return;
	(void)json_integer_of(json_get(proof, index_name), &index);
	(void)json_integer_of(json_get(proof, "treeSize"), &size);
	raw(p,
	    "<h3>%s</h3>\n<p class=\"note\">Leaf %lld of a tree of %lld; %zu "
	    "%s to the root ",
	    head, (long long)index, (long long)size, json_count(hashes),
	    json_count(hashes) == 1 ? "hash leads" : "hashes lead");
	code(p, json_get_text(proof, "rootHash"));
	raw(p, "</p>\n");
	if (json_count(hashes) == 0)
		return;
	raw(p, "<ol class=\"path\">\n");
	for (const struct json_value *h = json_first(hashes);
	     h != json_end(hashes); h = json_next(h)) {
		raw(p, "<li>");
		code(p, json_text(h));
		raw(p, "</li>\n");
	}
	raw(p, "</ol>\n");
}

static void
put_proof(struct page *p, const struct vexlog_linkage *link)
{
	const struct json_value *log;
	struct json_doc doc;
	const char *checkpoint;

	if (link->inclusion_proof == NULL ||
	    json_read(&doc, p->arena, text_bytes(link->inclusion_proof), 0,
		p->err) != 0)
		return;
	log = json_get(doc.root, "log");
	put_path(p, "Audit path in the batch", json_get(doc.root, "batch"),
	    "leafIndex");
	put_path(p, "Audit path in the log", log, "logIndex");
	checkpoint = json_get_text(log, "checkpoint");
	if (checkpoint == NULL)
		return;
	raw(p, "<h3>Checkpoint, as the log signed it</h3>\n<pre>");
	escaped(p, checkpoint, true);
	raw(p, "</pre>\n");
}

/* What the entry proves: "observation …" or "verdict …". */
static void
put_entry(struct page *p, const char *kind, const char *id,
    const struct vexlog_linkage *link)
{
	raw(p, "<details>\n<summary>Entry %lld <small>proves %s ",
	    (long long)link->log_index, kind);
	short_id(p, id);
	raw(p, "</small></summary>\n<dl>\n");
	term(p, "Proves", id, true);
	raw(p, "<dt>Index</dt><dd class=\"number\">%lld</dd>\n",
	    (long long)link->log_index);
	term(p, "Entry UUID", link->uuid, true);
	term(p, "Log", link->log_url, false);
	term(p, "Log id", link->log_id, true);
	raw(p, "<dt>Integrated</dt><dd>");
	if (link->integrated_time == TIME_NONE)
		raw(p, "this log gives no time");
	else
		when(p, link->integrated_time);
	raw(p, "</dd>\n<dt>Tree size</dt><dd class=\"number\">%lld</dd>\n",
	    (long long)link->tree_size);
	term(p, "Root", link->tree_root, true);
	term(p, "Entry kind", link->entry_kind, false);
	term(p, "Body hash", link->body_hash, true);
	if (link->linked_at != TIME_NONE) {
		raw(p, "<dt>Linked</dt><dd>");
		when(p, link->linked_at);
		raw(p, "</dd>\n");
	}
	raw(p, "</dl>\n");
	put_proof(p, link);
	raw(p, "</details>\n");
}

static void
put_entries(struct page *p, const struct vexlog_verdict *v)
{
	size_t count = v->linkage != NULL, pending = v->linkage == NULL;

	for (size_t i = 0; i < v->input_count; i++) {
		bool linked = v->inputs[i].observation->linkage != NULL;
		count += linked;
		pending += !linked;
	}
	heading(p, "Entries in the transparency log", count);
	if (count == 0)
		raw(p,
		    "<p class=\"none\">None yet: all of it waits in the "
		    "queue.</p>\n");
	else if (pending > 0)
		raw(p, "<p class=\"note\">%zu more wait in the queue.</p>\n",
		    pending);
	if (v->linkage != NULL)
		put_entry(p, "verdict", v->id, v->linkage);
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_observation *o = v->inputs[i].observation;
		if (o->linkage != NULL)
			put_entry(p, "observation", o->id, o->linkage);
	}
	raw(p, "</section>\n");
}

/* ---- inputs and how to check ------------------------------------------- */

static void
put_inputs(struct page *p, const struct vexlog_verdict *v)
{
	struct json_doc doc;
	struct buffer b;
	const char *pretty;

	raw(p,
	    "<section>\n<h2>What was hashed</h2>\n<p class=\"note\">The "
	    "SHA-256 of these inputs in RFC 8785 form is the reasoning id ");
	code(p, v->reasoning_id);
	raw(p, "</p>\n<details>\n<summary>Inputs <small>");
	raw(p, "%zu bytes in canonical form</small></summary>\n<pre>",
	    strlen(v->reasoning));
	buffer_open(&b, p->arena, PAGE_SIZE_MAX);
	if (json_read(&doc, p->arena, text_bytes(v->reasoning), 0, p->err) !=
	    0) {
		p->b.failed = p->err->code;
		return;
	}
	json_indented(&b, doc.root);
	if (buffer_finish_text(&b, &pretty, p->err) != 0) {
		p->b.failed = p->err->code;
		return;
	}
	escaped(p, pretty, true);
	raw(p, "</pre>\n</details>\n</section>\n");
}

/* A word of a shell command: in single quotes unless it is plain. */
static void
shell_word(struct page *p, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_./:@+=,";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		text(p, word);
		return;
	}
	raw(p, "&#39;");
	for (; *word != '\0'; word++) {
		size_t size = strcspn(word, "'");
		if (size == 0) {
			raw(p, "&#39;\\&#39;&#39;");
			continue;
		}
		text(p, arena_text(p->arena, word, size, p->err));
		word += size - 1;
	}
	raw(p, "&#39;");
}

static void
put_check(struct page *p, const struct vexlog_verdict *v)
{
	raw(p,
	    "<section>\n<h2>How to check this yourself</h2>\n"
	    "<p class=\"note\">With the store at hand and no network:</p>\n"
	    "<pre>vexlog trace ");
	shell_word(p, v->vulnerability);
	raw(p, " ");
	shell_word(p, v->product);
	raw(p, "\n");
	if (v->linkage != NULL) {
		raw(p, "vexlog verify --deep ");
		shell_word(p, v->id);
		raw(p, "\nvexlog payload ");
		shell_word(p, v->id);
		raw(p, "\n");
	}
	for (size_t i = 0; i < v->input_count; i++)
		if (v->inputs[i].observation->linkage != NULL) {
			raw(p, "vexlog verify --deep ");
			shell_word(p, v->inputs[i].observation->id);
			raw(p, "\n");
		}
	raw(p,
	    "</pre>\n<p class=\"note\" style=\"margin-top:1rem\">The ids "
	    "follow from the inputs alone; any RFC 8785 tool and SHA-256 "
	    "give the same:</p>\n<pre>vexlog trace ");
	shell_word(p, v->vulnerability);
	raw(p, " ");
	shell_word(p, v->product);
	raw(p,
	    " --json \\\n  | jq &#39;{schema, vulnerabilityId, productKey, "
	    "policyVersion, policyDigest, latticeVersion, aliases, "
	    "inputs}&#39; \\\n  | vexlog canon | sha256sum\n# ");
	text(p,
	    text_starts(v->reasoning_id, "sha256:") ? v->reasoning_id + 7
						    : v->reasoning_id);
	raw(p, "</pre>\n</section>\n");
}

/* ---- the page ---------------------------------------------------------- */

static void
put_top(struct page *p, const struct vexlog_trace *list, size_t count)
{
	raw(p,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src &#39;none&#39;; style-src "
	    "&#39;unsafe-inline&#39;\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	text(p, list[0].verdict.vulnerability);
	raw(p, ": ");
	if (count == 1) {
		raw(p, "%s in ", vexlog_status_name(list[0].verdict.status));
		text(p, list[0].verdict.product);
	} else {
		raw(p, "%zu verdicts", count);
	}
	raw(p, "</title>\n<style>\n");
	buffer_text(&p->b, embedded_pages[0].text);
	raw(p,
	    "</style>\n</head>\n<body>\n<header class=\"top\">"
	    "<p>How a VEX decision came to be</p></header>\n<main>\n");
	if (count == 1)
		return;
	raw(p, "<nav aria-label=\"Verdicts\"><h2>%zu verdicts</h2>\n<ul>\n",
	    count);
	for (size_t i = 0; i < count; i++) {
		raw(p, "<li>");
		status(p, list[i].verdict.status);
		raw(p, "<a href=\"#v%zu\"><bdi>", i + 1);
		text(p, list[i].verdict.product);
		raw(p, "</bdi></a></li>\n");
	}
	raw(p, "</ul></nav>\n");
}

int
trace_html(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_trace *list, size_t count, struct vexlog_err *err)
{
	struct page p = {.arena = arena, .err = err};

	if (count == 0)
		return err_set(err, VEXLOG_MISUSE, "no trace to write");
	buffer_open(&p.b, arena, PAGE_SIZE_MAX);
	put_top(&p, list, count);
	for (size_t i = 0; i < count; i++) {
		raw(&p, "<article id=\"v%zu\">\n", i + 1);
		put_verdict(&p, &list[i].verdict);
		put_why(&p, &list[i].verdict);
		put_time_line(&p, &list[i].verdict);
		put_sources(&p, &list[i].verdict);
		put_steps(&p, &list[i].verdict);
		put_conflicts(&p, &list[i].verdict);
		put_history(&p, &list[i]);
		put_entries(&p, &list[i].verdict);
		put_inputs(&p, &list[i].verdict);
		put_check(&p, &list[i].verdict);
		raw(&p, "</article>\n");
	}
	raw(&p,
	    "</main>\n<footer><p>Written by vexlog %s. This page is a "
	    "rendering: what counts are the signed entries it names.</p>"
	    "</footer>\n</body>\n</html>\n",
	    vexlog_version());
	return buffer_finish(&p.b, out, err);
}
