/*
 * policy.c - read a policy strictly, and weigh by it. All int64, truncating.
 */
#include "vex/policy.h"

#include "base/embedded.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "json/json.h"

#define LATEST "v1.0.0-latest"

static int
need_micro(int64_t *out, const struct json_doc *doc,
    const struct json_value *object, const char *name, struct vexlog_err *err)
{
	int rc = json_need_integer(out, doc, object, name, err);

	if (rc == 0 && (*out < 0 || *out > POLICY_MICRO))
		return json_fail(doc, json_get(object, name), err,
		    "\"%s\" is %lld, it must be 0 to 1000000 (millionths)",
		    name, (long long)*out);
	return rc;
}

static int
read_weights(int64_t out[3], const struct json_doc *doc,
    const struct json_value *object, struct vexlog_err *err)
{
	int rc = need_micro(&out[0], doc, object, "provenance", err);

	if (rc == 0)
		rc = need_micro(&out[1], doc, object, "coverage", err);
	if (rc == 0)
		rc = need_micro(&out[2], doc, object, "replayability", err);
	return rc;
}

static int
read_class(struct policy_class *out, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *v,
    const int64_t weights[3], struct vexlog_err *err)
{
	static const char *const names[] = {"name", "provenance", "coverage",
	    "replayability", "providers"};
	const struct json_value *providers;
	int64_t vector[3];
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "a class is %s, not an object",
		    json_type_name(v->type));
	if ((rc = json_only(doc, v, names, 5, err)) != 0 ||
	    (rc = json_need_text(&out->name, doc, v, "name", err)) != 0 ||
	    (rc = read_weights(vector, doc, v, err)) != 0 ||
	    (rc = json_need(&providers, doc, v, "providers", JSON_ARRAY,
		 err)) != 0)
		return rc;
	if (text_blank(out->name) || text_same(out->name, "other"))
		return json_fail(doc, json_get(v, "name"), err,
		    "\"%.64s\" can't be the name of a class", out->name);
	size_t count = json_count(providers);
	if (count > POLICY_PATTERNS_MAX)
		return json_fail(doc, providers, err,
		    "%zu patterns, the limit is %d", count,
		    POLICY_PATTERNS_MAX);
	const char **patterns =
	    arena_list(arena, count, sizeof(*patterns), err);
	if (patterns == NULL)
		return err->code;
	size_t n = 0;
	for (const struct json_value *p = json_first(providers);
	     p != json_end(providers); p = json_next(p)) {
		const char *text = json_text(p);
		if (text_blank(text) || text_starts(text, "doc:"))
			return json_fail(doc, p, err,
			    "a pattern is a text that does not begin with "
			    "\"doc:\", which is only claimed");
		patterns[n++] = text;
	}
	/* each product is at most 10^12, their sum at most 3 * 10^12 */
	out->base = (weights[0] * vector[0] + weights[1] * vector[1] +
			weights[2] * vector[2]) /
	    POLICY_MICRO;
	if (out->base > POLICY_MICRO)
		return json_fail(doc, v, err,
		    "the base trust of \"%.64s\" is %lld, above 1000000",
		    out->name, (long long)out->base);
	out->patterns = patterns;
	out->pattern_count = n;
	return 0;
}

static int
read_classes(struct vexlog_policy *p, struct vexlog_arena *arena,
    const struct json_doc *doc, struct vexlog_err *err)
{
	static const char *const names[] = {"provenance", "coverage",
	    "replayability"};
	const struct json_value *classes, *object;
	int64_t weights[3];
	int rc;

	if ((rc = json_need(&object, doc, doc->root, "weights", JSON_OBJECT,
		 err)) != 0 ||
	    (rc = json_only(doc, object, names, 3, err)) != 0 ||
	    (rc = read_weights(weights, doc, object, err)) != 0 ||
	    (rc = json_need(&classes, doc, doc->root, "classes", JSON_ARRAY,
		 err)) != 0)
		return rc;
	if (weights[0] + weights[1] + weights[2] != POLICY_MICRO)
		return json_fail(doc, object, err,
		    "the weights add up to %lld, not 1000000",
		    (long long)(weights[0] + weights[1] + weights[2]));
	size_t count = json_count(classes);
	if (count > POLICY_CLASSES_MAX)
		return json_fail(doc, classes, err,
		    "%zu classes, the limit is %d", count, POLICY_CLASSES_MAX);
	struct policy_class *list =
	    arena_list(arena, count, sizeof(*list), err);
	if (list == NULL)
		return err->code;
	size_t n = 0;
	for (const struct json_value *v = json_first(classes);
	     v != json_end(classes); v = json_next(v)) {
		if ((rc = read_class(&list[n], arena, doc, v, weights, err)) !=
		    0)
			return rc;
		for (size_t i = 0; i < n; i++)
			if (text_same(list[i].name, list[n].name))
				return json_fail(doc, v, err,
				    "two classes are called \"%.64s\"",
				    list[n].name);
		n++;
	}
	p->classes = list;
	p->class_count = n;
	return 0;
}

static int
read_strength(struct vexlog_policy *p, const struct json_doc *doc,
    struct vexlog_err *err)
{
	static const char *const names[STRENGTHS] = {"affected", "fixed",
	    "underInvestigation", "notAffectedWithImpact",
	    "notAffectedWithJustification", "notAffected"};
	static const char *const fresh[] = {"halfLifeMicros", "floor"};
	const struct json_value *object;
	int rc = json_need(&object, doc, doc->root, "strength", JSON_OBJECT,
	    err);

	if (rc == 0)
		rc = json_only(doc, object, names, STRENGTHS, err);
	for (int i = 0; rc == 0 && i < STRENGTHS; i++)
		rc = need_micro(&p->strength[i], doc, object, names[i], err);
	if (rc != 0 ||
	    (rc = json_need(&object, doc, doc->root, "freshness", JSON_OBJECT,
		 err)) != 0 ||
	    (rc = json_only(doc, object, fresh, 2, err)) != 0 ||
	    (rc = json_need_integer(&p->half_life, doc, object,
		 "halfLifeMicros", err)) != 0)
		return rc;
	/* 10^6 * half life must fit int64 */
	if (p->half_life < 1 || p->half_life > INT64_MAX / POLICY_MICRO)
		return json_fail(doc, json_get(object, "halfLifeMicros"), err,
		    "\"halfLifeMicros\" is %lld, it must be 1 to %lld",
		    (long long)p->half_life,
		    (long long)(INT64_MAX / POLICY_MICRO));
	return need_micro(&p->floor, doc, object, "floor", err);
}

/* "v" and three decimals, perhaps "-" and a word: v1.0.0, v1.0.0-latest */
static bool
is_version(const char *text)
{
	int parts = 0;

	if (*text++ != 'v')
		return false;
	for (;; text++) {
		size_t n = 0;
		uint64_t ignored;
		while (text[n] >= '0' && text[n] <= '9')
			n++;
		if (!text_decimal(&ignored, text, n, UINT32_MAX))
			return false;
		text += n;
		if (++parts == 3)
			break;
		if (*text != '.')
			return false;
	}
	if (*text == '-')
		for (text++; (*text >= 'a' && *text <= 'z') ||
		     (*text >= '0' && *text <= '9') || *text == '.' ||
		     *text == '-';
		     text++)
			;
	return *text == '\0' && text[-1] != '-';
}

static int
read_policy(struct vexlog_policy *p, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err)
{
	static const char *const names[] = {"schema", "policyVersion", "decide",
	    "weights", "classes", "other", "strength", "freshness"};
	const char *schema, *decide;
	struct json_doc doc;
	struct buffer b;
	int rc;

	if (json.size > CONFIG_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "a policy of %zu bytes, the limit is %zu", json.size,
		    CONFIG_SIZE_MAX);
	if ((rc = json_read(&doc, arena, json, 0, err)) != 0)
		return rc;
	if (!json_is(doc.root, JSON_OBJECT))
		return json_fail(&doc, doc.root, err,
		    "a policy is an object, this is %s",
		    json_type_name(doc.root->type));
	if ((rc = json_need_text(&schema, &doc, doc.root, "schema", err)) != 0)
		return rc;
	if (!text_same(schema, "vexlog.policy/v1"))
		return json_fail(&doc, json_get(doc.root, "schema"), err,
		    "\"schema\" is \"%.64s\", not \"vexlog.policy/v1\"",
		    schema);
	if ((rc = json_only(&doc, doc.root, names, 8, err)) != 0 ||
	    (rc = json_need_text(&p->version, &doc, doc.root, "policyVersion",
		 err)) != 0 ||
	    (rc = json_need_text(&decide, &doc, doc.root, "decide", err)) !=
		0 ||
	    (rc = need_micro(&p->other, &doc, doc.root, "other", err)) != 0 ||
	    (rc = read_classes(p, arena, &doc, err)) != 0 ||
	    (rc = read_strength(p, &doc, err)) != 0)
		return rc;
	if (!is_version(p->version))
		return json_fail(&doc, json_get(doc.root, "policyVersion"),
		    err, "\"%.64s\" is no version like v1.2.3 or v1.2.3-name",
		    p->version);
	p->latest = text_same(decide, "latest");
	if (!p->latest && !text_same(decide, "score"))
		return json_fail(&doc, json_get(doc.root, "decide"), err,
		    "\"decide\" is \"%.64s\", not \"score\" or \"latest\"",
		    decide);
	buffer_open(&b, arena, json.size * 8 + 64);
	if ((rc = json_canonical(&b, &doc, doc.root, err)) != 0 ||
	    (rc = buffer_finish(&b, &p->bytes, err)) != 0)
		return rc;
	p->digest = hash_digest_new(arena, p->bytes, err);
	return p->digest == NULL ? err->code : 0;
}

static const struct embedded_file *
built_in(const char *name)
{
	for (const struct embedded_file *f = embedded_policies;
	     f->name != NULL; f++)
		if (text_starts(f->name, name) &&
		    text_same(f->name + strlen(name), ".json"))
			return f;
	return NULL;
}

/* A file that calls itself by the version of a built-in policy must be that
 * policy: a version means one set of rules. */
static int
check_built_in(const struct vexlog_policy *p, struct vexlog_arena *arena,
    struct vexlog_err *err)
{
	const char *name =
	    text_same(p->version, LATEST) ? "latest" : p->version;
	const struct embedded_file *file = built_in(name);
	struct vexlog_policy own = {0};

	if (file == NULL)
		return 0;
	int rc = read_policy(&own, arena, text_bytes(file->text), err);
	if (rc != 0 || text_same(own.digest, p->digest))
		return rc;
	err_set(err, VEXLOG_REFUSED,
	    "policyVersion %s is a built-in policy with digest %s, this one "
	    "has %s",
	    p->version, own.digest, p->digest);
	return err_hint(err, "give a changed policy its own policyVersion");
}

int
vexlog_policy_read(const struct vexlog_policy **out,
    struct vexlog_arena *arena, const char *name, struct vexlog_bytes json,
    struct vexlog_err *err)
{
	struct vexlog_policy *p = arena_zero(arena, sizeof(*p), err);

	if (p == NULL)
		return err->code;
	if (json.size == 0) {
		const struct embedded_file *file = built_in(
		    name == NULL || text_same(name, LATEST) ?
			(name == NULL ? "v1.0.0" : "latest") :
			name);
		if (file == NULL) {
			err_set(err, VEXLOG_NOT_FOUND,
			    "there is no built-in policy \"%.64s\"", name);
			return err_hint(err,
			    "use v1.0.0, latest, or the path of a policy "
			    "file");
		}
		json = text_bytes(file->text);
	}
	int rc = read_policy(p, arena, json, err);
	if (rc == 0)
		rc = check_built_in(p, arena, err);
	if (rc == 0)
		*out = p;
	return rc;
}

const char *
vexlog_policy_version(const struct vexlog_policy *policy)
{
	return policy->version;
}

const char *
vexlog_policy_digest(const struct vexlog_policy *policy)
{
	return policy->digest;
}

struct vexlog_bytes
vexlog_policy_bytes(const struct vexlog_policy *policy)
{
	return policy->bytes;
}

size_t
policy_class_of(const struct vexlog_policy *policy, const char *provider)
{
	if (!text_starts(provider, "doc:"))
		for (size_t i = 0; i < policy->class_count; i++) {
			const struct policy_class *class = &policy->classes[i];
			for (size_t j = 0; j < class->pattern_count; j++)
				if (text_matches(provider, class->patterns[j]))
					return i;
		}
	return policy->class_count;
}

int64_t
policy_base(const struct vexlog_policy *policy, size_t class)
{
	return class < policy->class_count ? policy->classes[class].base :
					     policy->other;
}

int64_t
policy_strength_of(const struct vexlog_policy *policy,
    const struct vexlog_observation *claim)
{
	enum policy_strength s = STRENGTH_BARE;

	switch (claim->status) {
	case VEXLOG_AFFECTED:
		s = STRENGTH_AFFECTED;
		break;
	case VEXLOG_FIXED:
		s = STRENGTH_FIXED;
		break;
	case VEXLOG_UNDER_INVESTIGATION:
		s = STRENGTH_UNDER_INVESTIGATION;
		break;
	case VEXLOG_NOT_AFFECTED:
		if (!text_blank(claim->impact_text))
			s = STRENGTH_WITH_IMPACT;
		else if (claim->justification != NULL)
			s = STRENGTH_WITH_JUSTIFICATION;
		break;
	}
	return policy->strength[s];
}

int64_t
policy_freshness(const struct vexlog_policy *policy, int64_t age)
{
	int64_t period = policy->half_life;
	int64_t q = age / period, r = age % period;

	if (q >= 2)
		return policy->floor;
	int64_t h = POLICY_MICRO >> q;
	int64_t f = h - h * r / (2 * period);
	return f > policy->floor ? f : policy->floor;
}

int64_t
policy_weight(int64_t base, int64_t strength, int64_t freshness)
{
	return base * strength / POLICY_MICRO * freshness / POLICY_MICRO;
}
