/*
 * trace_text.c - a trace on a terminal.
 */
#include "cli/trace.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"

#define INDENT 15
#define WIDE   100 /* columns that the longest table needs */

void
trace_micro(char out[TRACE_MICRO_TEXT], int64_t micro)
{
	int n = snprintf(out, TRACE_MICRO_TEXT, "%lld.%06lld",
	    (long long)(micro / 1000000), (long long)(micro % 1000000));

	while (n > 0 && out[n - 1] == '0')
		out[--n] = '\0';
	if (n > 0 && out[n - 1] == '.')
		out[--n] = '\0';
}

const struct vexlog_input *
trace_input(const struct vexlog_verdict *verdict, const char *observation_id)
{
	for (size_t i = 0; i < verdict->input_count; i++)
		if (text_same(
			verdict->inputs[i].observation->id, observation_id))
			return &verdict->inputs[i];
	return NULL;
}

const struct vexlog_input *
trace_winner(const struct vexlog_verdict *verdict)
{
	return trace_input(verdict, verdict->winner);
}

const struct vexlog_step *
trace_lost(const struct vexlog_verdict *verdict, const char *observation_id)
{
	for (size_t i = 0; i < verdict->step_count; i++)
		if (text_same(verdict->steps[i].loser, observation_id))
			return &verdict->steps[i];
	return NULL;
}

const char *
trace_rule(const char *rule)
{
	static const struct {
		const char *name, *means;
	} rules[] = {
	    {"dedupe", "said twice"},
	    {"superseded", "a newer statement of the same provider"},
	    {"freshness", "older than others of its class"},
	    {"trust", "less weight"},
	    {"lattice_join", "equal weight, the less safe status counts"},
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (text_same(rule, rules[i].name))
			return rules[i].means;
	return "";
}

const char *
trace_aliases(
    struct vexlog_arena *arena, const struct vexlog_observation *claim)
{
	struct vexlog_err ignored;
	struct json_doc doc;
	const char *out = NULL;

	if (json_read(&doc, arena, text_bytes(claim->aliases), 0, &ignored) !=
		0 ||
	    !json_is(doc.root, JSON_ARRAY))
		return NULL;
	for (const struct json_value *name = json_first(doc.root);
	     name != json_end(doc.root); name = json_next(name))
		if (json_text(name) != NULL)
			out = out == NULL ? json_text(name)
					  : arena_print(arena, &ignored,
						"%s, %s", out, json_text(name));
	return out;
}

const char *
trace_match(struct vexlog_arena *arena, const struct vexlog_trace *trace)
{
	struct vexlog_err ignored;

	if (trace->match == NULL || strcmp(trace->match, "exact") == 0 ||
	    strcmp(trace->match, "subcomponent") == 0)
		return NULL;
	return arena_print(arena, &ignored,
	    "%s: this key names the product that was asked for", trace->match);
}

const char *
trace_short(const char *id)
{
	size_t size = strlen(id);

	return size > 12 ? id + size - 12 : id;
}

/* ---- the parts --------------------------------------------------------- */

static void
head(struct out *out, const char *text)
{
	out_print(out, "\n");
	out_styled(out, TERM_BOLD, text);
	out_print(out, "\n");
}

static void
line(struct out *out, const char *name, const char *text)
{
	out_styled(out, TERM_DIM, name);
	out_print(out, "%*s", INDENT - (int)strlen(name), "");
	out_wrap(out, out_safe(out, text), INDENT);
}

/* A narrow terminal has room for the first digits of a time. */
static const char *
moment(char text[TIME_TEXT], const struct out *out, int64_t at, size_t keep)
{
	time_write(text, at);
	if (out->term.width > 0 && out->term.width < WIDE)
		text[keep] = '\0';
	return text;
}

static void
entry_line(struct out *out, const struct vexlog_linkage *link)
{
	char *text;

	if (link == NULL) {
		line(out, "log entry", "none yet: `vexlog link` makes it");
		return;
	}
	text = arena_print(out->arena, &out->err, "%lld of %s, uuid %s",
	    (long long)link->log_index, link->log_url, link->uuid);
	line(out, "log entry", text);
}

static void
print_head(struct out *out, const struct vexlog_verdict *v)
{
	const char *status = vexlog_status_name(v->status);
	char confidence[TRACE_MICRO_TEXT], at[TIME_TEXT];
	char *text;

	out_styled(out, out_status_style(status), status);
	out_print(out, "  ");
	out_styled(out, TERM_BOLD, out_safe(out, v->vulnerability));
	const char *product = out_safe(out, v->product);
	size_t width = strlen(status) + strlen(v->vulnerability) + 6 +
	    (size_t)term_columns(product);
	bool fits = out->term.width == 0 || width <= (size_t)out->term.width;
	out_print(out, fits ? " in " : "\n  in ");
	out_styled(out, TERM_BOLD, product);
	out_print(out, "\n\n");
	line(out, "justification", v->justification);
	trace_micro(confidence, v->confidence);
	line(out, "confidence", confidence);
	text = arena_print(out->arena, &out->err, "%s %s", v->policy_version,
	    v->policy_digest);
	line(out, "policy", text);
	time_write(at, v->evaluated_at);
	line(out, "decided", at);
	line(out, "verdict", v->id);
	line(out, "reasoning", v->reasoning_id);
	entry_line(out, v->linkage);
}

/* Where the product asked for has another key than the one shown. */
static void
print_match(struct out *out, const struct vexlog_trace *trace)
{
	const char *text = trace_match(out->arena, trace);

	if (text != NULL)
		line(out, "match", text);
}

/* The source's own words. */
static void
print_quote(struct out *out, const char *words)
{
	if (text_blank(words))
		return;
	out_print(out, "  ");
	out_wrap(out,
	    out_safe(out, arena_print(out->arena, &out->err, "\"%s\"", words)),
	    2);
}

static void
print_why(struct out *out, const struct vexlog_verdict *v)
{
	const struct vexlog_input *winner = trace_winner(v);
	const struct vexlog_observation *o;
	char at[TIME_TEXT], weight[TRACE_MICRO_TEXT];

	if (winner == NULL)
		return;
	o = winner->observation;
	head(out, "why");
	time_write(at, o->said_at);
	trace_micro(weight, winner->weight);
	const char *text = arena_print(out->arena, &out->err,
	    "%s said \"%s\"%s%s%s on %s, and that weighs %s; %zu %s %s "
	    "looked at.",
	    o->provider, o->source_status,
	    o->source_justification == NULL ? "" : ", \"",
	    o->source_justification == NULL ? "" : o->source_justification,
	    o->source_justification == NULL ? "" : "\"", at, weight,
	    v->input_count, v->input_count == 1 ? "claim" : "claims",
	    v->input_count == 1 ? "was" : "were");
	out_print(out, "  ");
	out_wrap(out, out_safe(out, text), 2);
	print_quote(out, o->impact_text);
	print_quote(out, o->action_text);
}

static void
print_sources(struct out *out, const struct vexlog_verdict *v)
{
	static const struct out_column columns[] = {
	    {"mark", "", 0},
	    {"weight", "WEIGHT", OUT_RIGHT},
	    {"status", "STATUS", 0},
	    {"issuer", "PROVIDER", OUT_CUT},
	    {"saidAt", "SAID", 0},
	    {"entry", "ENTRY", OUT_RIGHT},
	    {"observationId", "OBSERVATION", OUT_ID},
	    {NULL, NULL, 0},
	};
	struct out_table table;

	head(out, "sources (* won, ! says otherwise)");
	out_table_open(&table, out, columns, NULL);
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_input *in = &v->inputs[i];
		const struct vexlog_observation *o = in->observation;
		const char *status = vexlog_status_name(o->status);
		char weight[TRACE_MICRO_TEXT], at[TIME_TEXT];
		trace_micro(weight, in->weight);
		out_table_row(&table,
		    (struct out_cell[]){
			out_styled_text(text_same(o->id, v->winner) ? "*"
				: in->conflict                      ? "!"
								    : " ",
			    TERM_BOLD),
			out_text(weight),
			out_styled_text(status, out_status_style(status)),
			out_text(o->provider),
			out_text(moment(at, out, o->said_at, 10)),
			o->linkage == NULL ? out_text("pending")
					   : out_integer(o->linkage->log_index),
			out_styled_text(o->id, TERM_DIM)});
	}
	out_table_close(&table, NULL);
}

/* By whom the names are joined under which the claims stand. */
static void
print_names(struct out *out, const struct vexlog_verdict *v)
{
	bool headed = false;

	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_observation *o = v->inputs[i].observation;
		const char *names = trace_aliases(out->arena, o);
		if (names == NULL)
			continue;
		if (!headed)
			head(out, "names");
		headed = true;
		out_print(out, "  %s says %s is also ",
		    out_safe(out, o->provider),
		    out_safe(out, o->vulnerability));
		out_print(out, "%s\n     ...%s\n", out_safe(out, names),
		    out_safe(out, trace_short(o->id)));
	}
}

static void
print_steps(struct out *out, const struct vexlog_verdict *v)
{
	head(out, "steps");
	if (v->step_count == 0)
		out_print(out, "  none: there was one claim only\n");
	for (size_t i = 0; i < v->step_count; i++) {
		const struct vexlog_step *s = &v->steps[i];
		out_print(out, "  %zu. ", i + 1);
		out_styled(out, TERM_CYAN, out_safe(out, s->rule));
		out_print(out, "  ...%s beats ...%s\n     ",
		    out_safe(out, trace_short(s->winner)),
		    out_safe(out, trace_short(s->loser)));
		out_wrap(out, out_safe(out, s->reason), 5);
	}
}

static void
print_conflicts(struct out *out, const struct vexlog_verdict *v)
{
	head(out, "conflicts");
	if (v->conflict_count == 0)
		out_print(out, "  none: nobody says otherwise\n");
	for (size_t i = 0; i < v->input_count; i++) {
		const struct vexlog_input *in = &v->inputs[i];
		const char *status;
		char weight[TRACE_MICRO_TEXT];
		if (!in->conflict)
			continue;
		status = vexlog_status_name(in->observation->status);
		trace_micro(weight, in->weight);
		out_print(out, "  %s says ",
		    out_safe(out, in->observation->provider));
		out_styled(out, out_status_style(status), status);
		out_print(out, " with weight %s\n     ...%s\n", weight,
		    out_safe(out, trace_short(in->observation->id)));
	}
}

static void
print_history(struct out *out, const struct vexlog_trace *trace)
{
	static const struct out_column columns[] = {
	    {"mark", "", 0},
	    {"evaluatedAt", "DECIDED", 0},
	    {"status", "STATUS", 0},
	    {"justification", "JUSTIFICATION", OUT_CUT},
	    {"entry", "ENTRY", OUT_RIGHT},
	    {"vexVerdictId", "VERDICT", OUT_ID},
	    {NULL, NULL, 0},
	};
	struct out_table table;

	head(out, "history");
	if (trace->history_count == 0) {
		out_print(
		    out, "  none: not decided yet; `vexlog decide` does it\n");
		return;
	}
	out_table_open(&table, out, columns, NULL);
	for (size_t i = 0; i < trace->history_count; i++) {
		const struct vexlog_verdict *v = &trace->history[i];
		const char *status = vexlog_status_name(v->status);
		char at[TIME_TEXT];
		out_table_row(&table,
		    (struct out_cell[]){
			out_styled_text(
			    text_same(v->id, trace->verdict.id) ? "*" : " ",
			    TERM_BOLD),
			out_text(moment(at, out, v->evaluated_at, 19)),
			out_styled_text(status, out_status_style(status)),
			out_text(v->justification),
			v->linkage == NULL ? out_text("pending")
					   : out_integer(v->linkage->log_index),
			out_styled_text(v->id, TERM_DIM)});
	}
	out_table_close(&table, NULL);
	for (size_t i = 0; i < trace->history_count; i++) {
		const struct vexlog_verdict *v = &trace->history[i];
		if (text_same(v->vulnerability, trace->verdict.vulnerability))
			continue;
		out_print(out, "  ...%s was under the name %s\n",
		    out_safe(out, trace_short(v->id)),
		    out_safe(out, v->vulnerability));
	}
}

void
trace_print(struct out *out, const struct vexlog_trace *trace, bool verbose)
{
	struct json_doc doc;
	struct buffer b;

	print_head(out, &trace->verdict);
	print_match(out, trace);
	print_why(out, &trace->verdict);
	out_reset(out);
	print_sources(out, &trace->verdict);
	print_names(out, &trace->verdict);
	print_steps(out, &trace->verdict);
	print_conflicts(out, &trace->verdict);
	out_reset(out);
	print_history(out, trace);
	if (verbose &&
	    json_read(&doc, out->arena, text_bytes(trace->verdict.reasoning), 0,
		&out->err) == 0) {
		head(out, "hashed inputs");
		buffer_open(&b, out->arena, SIZE_MAX / 2);
		json_indented(&b, doc.root);
		out_buffer_line(out, &b);
	}
	out_reset(out);
}
