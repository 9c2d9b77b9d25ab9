/*
 * merge.c - claims to verdict.
 *
 * Promise: the result depends on the set of claims alone. Claims are sorted
 * by id and doubles fall away before anything is looked at, every comparison
 * ends at the id, and no clock is read: freshness is measured against the
 * other claims.
 */
#include "vex/merge.h"

#include "base/limits.h"
#include "base/sort.h"
#include "base/text.h"
#include "base/time.h"
#include "json/write.h"
#include "vex/alias.h"
#include "vex/observation.h"

struct claim {
	const struct vexlog_observation *o;
	size_t class;
	int64_t base, strength, freshness, weight;
	bool beaten; /* by another claim of the same provider */
};

struct merge {
	struct vexlog_arena *arena;
	const struct vexlog_policy *policy;
	struct vexlog_err *err;
	struct claim *claims; /* sorted by observation id, each once */
	size_t count;
	const struct claim *winner;
	struct vexlog_step *steps;
	size_t step_count, step_room;
};

static int
order_ids(const void *a, const void *b, void *context)
{
	const struct vexlog_observation *x = a, *y = b;

	(void)context;
	return strcmp(x->id, y->id);
}

/* Sorted by id, each id once. */
static int
take_set(struct merge *m, const struct vexlog_observations *claims)
{
	const void **list =
	    arena_list(m->arena, claims->count, sizeof(*list), m->err);
	int rc;

	if (list == NULL)
		return m->err->code;
	for (size_t i = 0; i < claims->count; i++)
		list[i] = &claims->list[i];
	rc = sort_pointers(list, claims->count, order_ids, NULL, m->arena,
	    m->err);
	m->claims = arena_list(m->arena, claims->count, sizeof(*m->claims),
	    m->err);
	if (rc != 0 || m->claims == NULL)
		return m->err->code;
	for (size_t i = 0; i < claims->count; i++) {
		const struct vexlog_observation *o = list[i];
		const struct vexlog_observation *last =
		    m->count == 0 ? NULL : m->claims[m->count - 1].o;
		if (!text_same(o->product,
			((const struct vexlog_observation *)list[0])->product))
			return err_set(m->err, VEXLOG_MISUSE,
			    "claims of two products in one merge");
		if (last == NULL || strcmp(last->id, o->id) != 0)
			m->claims[m->count++].o = o;
		else if (!text_same(last->content_digest, o->content_digest))
			return err_set(m->err, VEXLOG_CONFLICT,
			    "observation %s with two contents, %s and %s",
			    o->id, last->content_digest, o->content_digest);
	}
	return 0;
}

static int
weigh(struct merge *m)
{
	size_t classes = m->policy->class_count + 1;
	int64_t *newest =
	    arena_list(m->arena, classes, sizeof(*newest), m->err);

	if (newest == NULL)
		return m->err->code;
	for (size_t i = 0; i < classes; i++)
		newest[i] = INT64_MIN;
	for (size_t i = 0; i < m->count; i++) {
		struct claim *c = &m->claims[i];
		c->class = policy_class_of(m->policy, c->o->provider);
		c->base = policy_base(m->policy, c->class);
		c->strength = policy_strength_of(m->policy, c->o);
		if (c->o->said_at > newest[c->class])
			newest[c->class] = c->o->said_at;
	}
	for (size_t i = 0; i < m->count; i++) {
		struct claim *c = &m->claims[i];
		c->freshness = m->policy->latest ?
		    POLICY_MICRO :
		    policy_freshness(m->policy,
			newest[c->class] - c->o->said_at);
		c->weight = policy_weight(c->base, c->strength, c->freshness);
	}
	return 0;
}

static int
add_step(struct merge *m, const char *rule, const struct claim *winner,
    const struct claim *loser, const char *reason)
{
	if (reason == NULL)
		return m->err->code;
	m->steps = arena_grow(m->arena, m->steps, m->step_count, &m->step_room,
	    sizeof(*m->steps), m->err);
	if (m->steps == NULL)
		return m->err->code;
	m->steps[m->step_count++] =
	    (struct vexlog_step){rule, winner->o->id, loser->o->id, reason};
	return 0;
}

/* Newest first, then the less safe status, then the smaller id. */
static int
order_time(const struct claim *a, const struct claim *b)
{
	if (a->o->said_at != b->o->said_at)
		return a->o->said_at > b->o->said_at ? -1 : 1;
	if (a->o->status != b->o->status)
		return a->o->status < b->o->status ? -1 : 1;
	return strcmp(a->o->id, b->o->id);
}

static int
order_score(const struct claim *a, const struct claim *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->o->status != b->o->status)
		return a->o->status < b->o->status ? -1 : 1;
	return strcmp(a->o->id, b->o->id);
}

static int
order_provider(const void *a, const void *b, void *context)
{
	const struct claim *x = a, *y = b;
	int by_name = strcmp(x->o->provider, y->o->provider);

	(void)context;
	return by_name != 0 ? by_name : order_time(x, y);
}

static int
step_within(struct merge *m, const struct claim *winner,
    const struct claim *loser)
{
	const struct vexlog_observation *w = winner->o, *l = loser->o;
	char new[TIME_TEXT], old[TIME_TEXT];

	time_write(new, w->said_at);
	time_write(old, l->said_at);
	if (w->said_at != l->said_at)
		return add_step(m, "superseded", winner, loser,
		    arena_print(m->arena, m->err,
			"%s said %s at %s, after %s at %s", w->provider,
			vexlog_status_name(w->status), new,
			vexlog_status_name(l->status), old));
	if (w->status != l->status)
		return add_step(m, "superseded", winner, loser,
		    arena_print(m->arena, m->err,
			"%s said both %s and %s at %s; the less safe one "
			"counts",
			w->provider, vexlog_status_name(w->status),
			vexlog_status_name(l->status), new));
	return add_step(m, "dedupe", winner, loser,
	    arena_print(m->arena, m->err, "%s said %s at %s twice",
		w->provider, vexlog_status_name(w->status), new));
}

/* Within one provider the newest counts. */
static int
beat_within(struct merge *m)
{
	const void **list =
	    arena_list(m->arena, m->count, sizeof(*list), m->err);
	int rc;

	if (list == NULL)
		return m->err->code;
	for (size_t i = 0; i < m->count; i++)
		list[i] = &m->claims[i];
	rc = sort_pointers(list, m->count, order_provider, NULL, m->arena,
	    m->err);
	if (rc != 0)
		return rc;
	struct claim *first = NULL;
	for (size_t i = 0; i < m->count; i++) {
		struct claim *c = &m->claims[(const struct claim *)list[i] -
		    m->claims];
		if (first == NULL ||
		    strcmp(first->o->provider, c->o->provider) != 0) {
			first = c;
			continue;
		}
		c->beaten = true;
		if ((rc = step_within(m, first, c)) != 0)
			return rc;
	}
	return 0;
}

static const char *
class_name(const struct merge *m, const struct claim *c)
{
	return c->class < m->policy->class_count ?
	    m->policy->classes[c->class].name :
	    "other";
}

static int
step_across(struct merge *m, const struct claim *loser)
{
	const struct claim *w = m->winner;
	int64_t w_trust = policy_weight(w->base, w->strength, POLICY_MICRO);
	int64_t l_trust =
	    policy_weight(loser->base, loser->strength, POLICY_MICRO);
	const char *ws = vexlog_status_name(w->o->status);
	const char *ls = vexlog_status_name(loser->o->status);
	char wt[TIME_TEXT], lt[TIME_TEXT];

	time_write(wt, w->o->said_at);
	time_write(lt, loser->o->said_at);
	if (m->policy->latest && w->o->said_at != loser->o->said_at)
		return add_step(m, "freshness", w, loser,
		    arena_print(m->arena, m->err,
			"%s of %s is newer than %s of %s", ws, wt, ls, lt));
	if (w->weight != loser->weight && l_trust < w_trust)
		return add_step(m, "trust", w, loser,
		    arena_print(m->arena, m->err,
			"%s by %s (%s) weighs %lld, %s by %s (%s) %lld", ws,
			w->o->provider, class_name(m, w), (long long)w->weight,
			ls, loser->o->provider, class_name(m, loser),
			(long long)loser->weight));
	if (w->weight != loser->weight)
		return add_step(m, "freshness", w, loser,
		    arena_print(m->arena, m->err,
			"%s of %s weighs %lld, %s of %s has aged to %lld", ws,
			wt, (long long)w->weight, ls, lt,
			(long long)loser->weight));
	if (w->o->status != loser->o->status)
		return add_step(m, "lattice_join", w, loser,
		    arena_print(m->arena, m->err,
			"both weigh %lld; %s is less safe than %s",
			(long long)w->weight, ws, ls));
	return add_step(m, "lattice_join", w, loser,
	    arena_print(m->arena, m->err,
		"both weigh %lld and say %s; the smaller id counts",
		(long long)w->weight, ws));
}

static int
order_steps(const void *a, const void *b, void *context)
{
	const struct vexlog_step *x = a, *y = b;

	(void)context;
	return strcmp(x->loser, y->loser);
}

/* Steps in an order that follows from the set: within providers, then across,
 * each by the loser's id. */
static int
sort_steps(struct merge *m, size_t from)
{
	size_t count = m->step_count - from;
	const void **list = arena_list(m->arena, count, sizeof(*list), m->err);
	struct vexlog_step *copy =
	    arena_list(m->arena, count, sizeof(*copy), m->err);

	if (list == NULL || copy == NULL)
		return m->err->code;
	for (size_t i = 0; i < count; i++) {
		copy[i] = m->steps[from + i];
		list[i] = &copy[i];
	}
	int rc = sort_pointers(list, count, order_steps, NULL, m->arena,
	    m->err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		m->steps[from + i] = *(const struct vexlog_step *)list[i];
	return rc;
}

static int
beat_across(struct merge *m)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct claim *c = &m->claims[i];
		if (c->beaten)
			continue;
		if (m->winner == NULL ||
		    (m->policy->latest ? order_time(c, m->winner) :
					 order_score(c, m->winner)) < 0)
			m->winner = c;
	}
	for (size_t i = 0; i < m->count; i++) {
		const struct claim *c = &m->claims[i];
		if (c->beaten || c == m->winner)
			continue;
		int rc = step_across(m, c);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* ---- names ------------------------------------------------------------ */

/* The closure of the claims' names. They must all be of one. */
static int
collect_names(const char *const **out, size_t *count, struct merge *m)
{
	const struct vexlog_observation **list =
	    arena_list(m->arena, m->count, sizeof(*list), m->err);
	int rc;

	if (list == NULL)
		return m->err->code;
	for (size_t i = 0; i < m->count; i++)
		list[i] = m->claims[i].o;
	rc = alias_closure(out, count, m->arena, list, m->count,
	    m->claims[0].o->vulnerability, m->err);
	for (size_t i = 0; rc == 0 && i < m->count; i++)
		if (!alias_has(*out, *count, list[i]->vulnerability))
			rc = err_set(m->err, VEXLOG_MISUSE,
			    "claims of two vulnerabilities in one merge, %s "
			    "and %s",
			    list[0]->vulnerability, list[i]->vulnerability);
	return rc;
}

/* ---- ids -------------------------------------------------------------- */

static int
write_reasoning(struct vexlog_verdict *out, struct merge *m,
    const char *const *names, size_t name_count)
{
	struct vexlog_bytes bytes;
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, m->arena, JOB_ARENA_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	json_name(&w, "aliases");
	json_array(&w);
	for (size_t i = 0; i < name_count; i++)
		if (!text_same(names[i], out->vulnerability))
			json_put_text(&w, names[i]);
	json_close(&w);
	json_name(&w, "inputs");
	json_array(&w);
	for (size_t i = 0; i < m->count; i++) {
		const struct claim *c = &m->claims[i];
		json_object(&w);
		json_member(&w, "justification", c->o->justification);
		json_member(&w, "observationId", c->o->id);
		json_member_time(&w, "saidAt", c->o->said_at);
		json_member(&w, "status", vexlog_status_name(c->o->status));
		json_member_integer(&w, "weightMicro", c->weight);
		json_close(&w);
	}
	json_close(&w);
	json_member(&w, "latticeVersion", VEXLOG_LATTICE_VERSION);
	json_member(&w, "policyDigest", m->policy->digest);
	json_member(&w, "policyVersion", m->policy->version);
	json_member(&w, "productKey", out->product);
	json_member(&w, "schema", "reasoning.vexlog/v1");
	json_member(&w, "vulnerabilityId", out->vulnerability);
	json_close(&w);
	int rc = buffer_finish(&b, &bytes, m->err);
	if (rc != 0)
		return rc;
	out->reasoning = (const char *)bytes.data;
	out->reasoning_id = hash_digest_new(m->arena, bytes, m->err);
	return out->reasoning_id == NULL ? m->err->code : 0;
}

int
verdict_sbom_entry(const char **out, struct vexlog_arena *arena,
    const char *product, const char *sbom, struct vexlog_err *err)
{
	char digest[DIGEST_TEXT];
	int rc;

	if (sbom == NULL) {
		rc = hash_digest(digest, text_bytes(product), err);
		if (rc != 0)
			return rc;
		sbom = digest;
	} else if (!text_is_digest(sbom))
		return err_set(err, VEXLOG_MISUSE,
		    "\"%.90s\" is no digest of an SBOM", sbom);
	char *entry = arena_join(arena, sbom, ":", product, err);
	if (entry == NULL)
		return err->code;
	*out = entry;
	return 0;
}

static int
write_predicate(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_verdict *v, const char *id, struct vexlog_err *err)
{
	struct json_writer w;
	struct buffer b;

	buffer_open(&b, arena, MIB);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "justification", v->justification);
	json_member(&w, "policyVersion", v->policy_version);
	json_member(&w, "reasoningId", v->reasoning_id);
	json_member(&w, "sbomEntryId", v->sbom_entry_id);
	json_member(&w, "status", vexlog_status_name(v->status));
	if (id != NULL)
		json_member(&w, "vexVerdictId", id);
	json_member(&w, "vulnerabilityId", v->vulnerability);
	json_close(&w);
	return buffer_finish(&b, out, err);
}

int
verdict_predicate(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct vexlog_verdict *verdict, struct vexlog_err *err)
{
	return write_predicate(out, arena, verdict, verdict->id, err);
}

static const char *
choose_justification(const struct vexlog_observation *winner, bool conflicts)
{
	switch (winner->status) {
	case VEXLOG_AFFECTED:
		return "affected_by_claim";
	case VEXLOG_FIXED:
		return "fixed_by_claim";
	case VEXLOG_UNDER_INVESTIGATION:
		return conflicts ? "conflicting_claims" :
				   "insufficient_evidence";
	case VEXLOG_NOT_AFFECTED:
		break;
	}
	return winner->justification != NULL ? winner->justification :
					       "impact_statement_only";
}

static int
fill_outcome(struct vexlog_verdict *out, struct merge *m)
{
	struct vexlog_input *inputs =
	    arena_list(m->arena, m->count, sizeof(*inputs), m->err);

	if (inputs == NULL)
		return m->err->code;
	for (size_t i = 0; i < m->count; i++) {
		const struct claim *c = &m->claims[i];
		bool conflict =
		    !c->beaten && c->o->status != m->winner->o->status;
		inputs[i] = (struct vexlog_input){c->o, c->weight, conflict};
		out->conflict_count += conflict;
	}
	out->inputs = inputs;
	out->input_count = m->count;
	out->steps = m->steps;
	out->step_count = m->step_count;
	out->status = m->winner->o->status;
	out->confidence = m->winner->weight;
	out->winner = m->winner->o->id;
	out->justification =
	    choose_justification(m->winner->o, out->conflict_count > 0);
	out->policy_version = m->policy->version;
	out->policy_digest = m->policy->digest;
	return 0;
}

int
merge_claims(struct vexlog_verdict *out, struct vexlog_arena *arena,
    const struct vexlog_observations *claims,
    const struct vexlog_policy *policy, const char *sbom,
    struct vexlog_err *err)
{
	struct merge m = {.arena = arena, .policy = policy, .err = err};
	struct vexlog_verdict v = {0};
	struct vexlog_bytes body;
	const char *const *names = NULL;
	size_t name_count = 0, within;
	int rc;

	if (claims->count == 0)
		return err_set(err, VEXLOG_MISUSE, "a merge of no claims");
	if ((rc = take_set(&m, claims)) != 0 || (rc = weigh(&m)) != 0 ||
	    (rc = beat_within(&m)) != 0 || (rc = sort_steps(&m, 0)) != 0)
		return rc;
	within = m.step_count;
	if ((rc = beat_across(&m)) != 0 ||
	    (rc = sort_steps(&m, within)) != 0 ||
	    (rc = collect_names(&names, &name_count, &m)) != 0)
		return rc;
	v.vulnerability = alias_main(names, name_count);
	v.product = m.claims[0].o->product;
	v.sbom_entry_kind = sbom == NULL ? "purl-only" : "sbom";
	if ((rc = fill_outcome(&v, &m)) != 0 ||
	    (rc = write_reasoning(&v, &m, names, name_count)) != 0 ||
	    (rc = verdict_sbom_entry(&v.sbom_entry_id, arena, v.product, sbom,
		 err)) != 0 ||
	    (rc = write_predicate(&body, arena, &v, NULL, err)) != 0)
		return rc;
	v.id = hash_digest_new(arena, body, err);
	if (v.id == NULL)
		return err->code;
	*out = v;
	return 0;
}
