/*
 * trace_html.c - a trace as one HTML page. The page holds no clock, so the
 * same traces give the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/trace.h"
#include "cli/trace_proof.h"

extern const struct embedded_file embedded_pages[];

/* ---- the parts --------------------------------------------------------- */

static void
put_verdict(struct page *p, const struct vexlog_trace *t)
{
	const struct vexlog_verdict *v = &t->verdict;
	const char *name = vexlog_status_name(v->status);
	const char *match = trace_match(p->arena, t);
	char confidence[TRACE_MICRO_TEXT];

	trace_micro(confidence, v->confidence);
	page_raw(p, "<div class=\"verdict %s\">\n<span class=\"badge\">", name);
	for (const char *c = name; *c != '\0'; c++)
		buffer_byte(&p->b, *c == '_' ? ' ' : *c);
	page_raw(p, "</span>\n<h1><bdi>");
	page_text(p, v->vulnerability);
	page_raw(p, "</bdi><small>in <bdi>");
	page_text(p, v->product);
	page_raw(p, "</bdi></small></h1>\n<dl>\n");
	if (match != NULL)
		page_term(p, "Match", match, false);
	page_term(p, "Justification", v->justification, false);
	page_raw(p,
	    "<dt>Confidence</dt><dd><span class=\"number\">%s</span>"
	    "<span class=\"meter\"><i style=\"width:%lld%%\"></i></span>"
	    "</dd>\n",
	    confidence, (long long)(v->confidence / 10000));
	page_raw(p, "<dt>Decided</dt><dd>");
	page_when(p, v->evaluated_at);
	page_raw(p, "</dd>\n<dt>Policy</dt><dd>");
	page_text(p, v->policy_version);
	page_raw(p, " ");
	page_code(p, v->policy_digest);
	page_raw(p, "</dd>\n");
	page_term(p, "Verdict", v->id, true);
	page_raw(p, "<dt>Log entry</dt><dd>");
	if (v->linkage == NULL)
		page_raw(p, "none yet; it waits in the queue");
	else
		page_raw(p, "number <span class=\"number\">%lld</span>",
		    (long long)v->linkage->log_index);
	page_raw(p, "</dd>\n</dl>\n</div>\n");
}

/* The source's own words, as many lines as it wrote. */
static void
put_quote(struct page *p, const char *words)
{
	if (text_blank(words))
		return;
	page_raw(p, "<p class=\"quote\"><bdi>");
	page_lines(p, words);
	page_raw(p, "</bdi></p>\n");
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
	page_raw(p, "<section>\n<h2>Why</h2>\n<p class=\"lead\"><strong><bdi>");
	page_text(p, o->provider);
	page_raw(p, "</bdi></strong> said <q><bdi>");
	page_text(p, o->source_status);
	page_raw(p, "</bdi></q>");
	if (o->source_justification != NULL) {
		page_raw(p, ", <q><bdi>");
		page_text(p, o->source_justification);
		page_raw(p, "</bdi></q>");
	}
	page_raw(p, " on ");
	page_when(p, o->said_at);
	page_raw(p,
	    ". Its weight is <span class=\"number\">%s</span>; %zu %s looked "
	    "at.</p>\n",
	    weight, v->input_count,
	    v->input_count == 1 ? "claim was" : "claims were");
	put_quote(p, o->impact_text);
	put_quote(p, o->action_text);
	page_raw(p, "</section>\n");
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

	page_raw(p, "<li class=\"%s%s\">\n", vexlog_status_name(o->status),
	    won ? " won" : "");
	if (text_same(o->said_at_from, "none"))
		page_raw(p, "<time>the document gives no time</time>");
	else
		page_when(p, o->said_at);
	page_raw(p, "\n<p><strong><bdi>");
	page_text(p, o->provider);
	page_raw(p, "</bdi></strong> says ");
	page_status(p, o->status);
	if (o->justification != NULL) {
		page_raw(p, ", ");
		page_text(p, o->justification);
	}
	if (won)
		page_raw(p, " <span class=\"tag won\">won</span>");
	if (lost != NULL) {
		page_raw(p, " <span class=\"tag\">");
		page_text(p, lost->rule);
		page_raw(p, "</span>");
	}
	page_raw(p, "</p>\n");
	if (lost != NULL) {
		page_raw(p, "<p class=\"note\" style=\"margin:0\">");
		page_text(p, lost->reason);
		page_raw(p, "</p>\n");
	}
	page_raw(p, "</li>\n");
}

static void
put_time_line(struct page *p, const struct vexlog_verdict *v)
{
	const struct vexlog_input **order =
	    arena_list(p->arena, v->input_count, sizeof(*order), p->err);

	if (order == NULL) {
		page_fail(p);
		return;
	}
	for (size_t i = 0; i < v->input_count; i++)
		order[i] = &v->inputs[i];
	/* a total order, so the result does not depend on the algorithm */
	qsort(order, v->input_count, sizeof(*order), by_time);
	page_heading(p, "Claims over time", v->input_count);
	page_raw(p, "<ol class=\"time\">\n");
	for (size_t i = 0; i < v->input_count; i++)
		put_claim(p, v, order[i]);
	page_raw(p, "</ol>\n</section>\n");
}

static void
put_source(struct page *p, const struct vexlog_verdict *v,
    const struct vexlog_input *in)
{
	const struct vexlog_observation *o = in->observation;
	const char *names = trace_aliases(p->arena, o);
	char weight[TRACE_MICRO_TEXT];

	trace_micro(weight, in->weight);
	page_raw(p, "<tr class=\"%s\"><td data-name=\"Provider\"><bdi>",
	    vexlog_status_name(o->status));
	page_text(p, o->provider);
	page_raw(p, "</bdi></td><td data-name=\"Status\">");
	page_status(p, o->status);
	page_raw(p, "</td><td data-name=\"Format\">");
	page_text(p, o->format);
	page_raw(p, "</td><td data-name=\"Document, place\"><span>");
	page_short_id(p, o->document_digest);
	page_raw(p, "<br><code>");
	page_text(p, o->pointer);
	page_raw(p, "</code>");
	if (names != NULL || !text_same(o->vulnerability, v->vulnerability)) {
		page_raw(p, "<br>of ");
		page_text(p, o->vulnerability);
		page_raw(p, names == NULL ? "" : ", also ");
		page_text(p, names == NULL ? "" : names);
	}
	page_raw(p, "</span></td><td data-name=\"Observation\">");
	page_short_id(p, o->id);
	page_raw(p, "</td><td data-name=\"Log entry\" class=\"number\">");
	if (o->linkage == NULL)
		page_raw(p, "pending");
	else
		page_raw(p, "%lld", (long long)o->linkage->log_index);
	page_raw(p,
	    "</td><td data-name=\"Weight\" class=\"number\"><span>%s"
	    "<span class=\"meter\"><i style=\"width:%lld%%\"></i></span>"
	    "</span></td></tr>\n",
	    weight, (long long)(in->weight / 10000));
}

static void
put_sources(struct page *p, const struct vexlog_verdict *v)
{
	page_heading(p, "Sources", v->input_count);
	page_raw(p,
	    "<div class=\"scroll\"><table>\n<thead><tr><th>Provider</th>"
	    "<th>Status</th><th>Format</th><th>Document, place</th>"
	    "<th>Observation</th><th class=\"number\">Log entry</th>"
	    "<th class=\"number\">Weight</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < v->input_count; i++)
		put_source(p, v, &v->inputs[i]);
	page_raw(p, "</tbody>\n</table></div>\n</section>\n");
}

static void
put_side(struct page *p, const struct vexlog_verdict *v, const char *id)
{
	const struct vexlog_input *in = trace_input(v, id);

	if (in != NULL) {
		page_raw(p, "<bdi>");
		page_text(p, in->observation->provider);
		page_raw(p, "</bdi> ");
		page_status(p, in->observation->status);
		page_raw(p, " ");
	}
	page_short_id(p, id);
}

static void
put_steps(struct page *p, const struct vexlog_verdict *v)
{
	page_heading(p, "Steps", v->step_count);
	if (v->step_count == 0)
		page_raw(p,
		    "<p class=\"none\">None: there was only one "
		    "claim.</p>\n");
	else
		page_raw(p, "<ol class=\"steps\">\n");
	for (size_t i = 0; i < v->step_count; i++) {
		const struct vexlog_step *s = &v->steps[i];
		page_raw(p, "<li><p>");
		put_side(p, v, s->winner);
		page_raw(p, " beats ");
		put_side(p, v, s->loser);
		page_raw(p, "</p>\n<p><span class=\"tag\">");
		page_text(p, s->rule);
		page_raw(p, "</span> ");
		page_text(p, s->reason);
		page_raw(p, "</p></li>\n");
	}
	page_raw(p, "%s</section>\n", v->step_count == 0 ? "" : "</ol>\n");
}

static void
put_conflicts(struct page *p, const struct vexlog_verdict *v)
{
	char weight[TRACE_MICRO_TEXT];

	page_heading(p, "Conflicts that remain", v->conflict_count);
	if (v->conflict_count == 0)
		page_raw(
		    p, "<p class=\"none\">None: nobody says otherwise.</p>\n");
	else
		page_raw(p, "<ul class=\"plain\">\n");
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_input *in = &v->inputs[i];
		if (!in->conflict)
			continue;
		trace_micro(weight, in->weight);
		page_raw(p, "<li><strong><bdi>");
		page_text(p, in->observation->provider);
		page_raw(p, "</bdi></strong> says ");
		page_status(p, in->observation->status);
		page_raw(p, " with weight <span class=\"number\">%s</span> ",
		    weight);
		page_short_id(p, in->observation->id);
		page_raw(p, "</li>\n");
	}
	page_raw(p, "%s</section>\n", v->conflict_count == 0 ? "" : "</ul>\n");
}

static void
put_history(struct page *p, const struct vexlog_trace *t)
{
	page_heading(p, "Verdicts over time", t->history_count);
	if (t->history_count == 0)
		page_raw(p, "<p class=\"none\">None is stored yet.</p>\n");
	else
		page_raw(p, "<ol class=\"time\">\n");
	for (size_t i = 0; i < t->history_count; i++) {
		const struct vexlog_verdict *v = &t->history[i];
		bool now = text_same(v->id, t->verdict.id);
		page_raw(p, "<li class=\"%s%s\">\n",
		    vexlog_status_name(v->status), now ? " won" : "");
		page_when(p, v->evaluated_at);
		page_raw(p, "\n<p>");
		page_status(p, v->status);
		page_raw(p, ", ");
		page_text(p, v->justification);
		if (now)
			page_raw(p, " <span class=\"tag won\">this one</span>");
		page_raw(
		    p, "</p>\n<p class=\"note\" style=\"margin:0\">verdict ");
		page_short_id(p, v->id);
		page_raw(p, ", policy ");
		page_text(p, v->policy_version);
		if (!text_same(v->vulnerability, t->verdict.vulnerability)) {
			page_raw(p, ", under the name ");
			page_text(p, v->vulnerability);
		}
		if (v->linkage == NULL)
			page_raw(p, ", waits for its log entry");
		else
			page_raw(p, ", log entry %lld",
			    (long long)v->linkage->log_index);
		page_raw(p, "</p>\n</li>\n");
	}
	page_raw(p, "%s</section>\n", t->history_count == 0 ? "" : "</ol>\n");
}

/* ---- the page ---------------------------------------------------------- */

static void
put_top(struct page *p, const struct vexlog_trace *list, size_t count)
{
	page_raw(p,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src &#39;none&#39;; style-src "
	    "&#39;unsafe-inline&#39;\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	page_text(p, list[0].verdict.vulnerability);
	page_raw(p, ": ");
	if (count == 1) {
		page_raw(
		    p, "%s in ", vexlog_status_name(list[0].verdict.status));
		page_text(p, list[0].verdict.product);
	} else {
		page_raw(p, "%zu verdicts", count);
	}
	page_raw(p, "</title>\n<style>\n");
	buffer_text(&p->b, embedded_pages[1].text);
	page_raw(p,
	    "</style>\n</head>\n<body>\n<header class=\"top\">"
	    "<p>How a VEX decision came to be</p></header>\n<main>\n");
	if (count == 1)
		return;
	page_raw(p,
	    "<nav aria-label=\"Verdicts\"><h2>%zu verdicts</h2>\n<ul>\n",
	    count);
	for (size_t i = 0; i < count; i++) {
		page_raw(p, "<li>");
		page_status(p, list[i].verdict.status);
		page_raw(p, "<a href=\"#v%zu\"><bdi>", i + 1);
		page_text(p, list[i].verdict.product);
		page_raw(p, "</bdi></a></li>\n");
	}
	page_raw(p, "</ul></nav>\n");
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
		page_raw(&p, "<article id=\"v%zu\">\n", i + 1);
		put_verdict(&p, &list[i]);
		put_why(&p, &list[i].verdict);
		put_time_line(&p, &list[i].verdict);
		put_sources(&p, &list[i].verdict);
		put_steps(&p, &list[i].verdict);
		put_conflicts(&p, &list[i].verdict);
		put_history(&p, &list[i]);
		trace_entries(&p, &list[i].verdict);
		trace_inputs(&p, &list[i].verdict);
		trace_checks(&p, &list[i].verdict);
		page_raw(&p, "</article>\n");
	}
	page_raw(&p,
	    "</main>\n<footer><p>Written by vexlog %s. This page is a "
	    "rendering: what counts are the signed entries it names.</p>"
	    "</footer>\n</body>\n</html>\n",
	    vexlog_version());
	return buffer_finish(&p.b, out, err);
}
