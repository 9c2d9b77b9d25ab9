/*
 * merge_test.c - policy weights, ids and the merge as a function of a set.
 */
#include <stddef.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/time.h"
#include "tests/tap.h"
#include "vex/merge.h"
#include "vex/observation.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;

static const struct vexlog_policy *
policy(const char *name)
{
	const struct vexlog_policy *p = NULL;
	struct vexlog_bytes none = {NULL, 0};

	if (vexlog_policy_read(&p, arena, name, none, &err) != 0)
		bail("policy %s: %s", name, err.message);
	return p;
}

static struct vexlog_observation
claim(const char *provider, enum vexlog_status status, const char *when)
{
	struct vexlog_observation o = {
	    .document_digest = "sha256:bb0e4f49443794d901e8969ff11bd112e342"
			       "08a0dcdf0e1eedb480cc9b3c7293",
	    .format = "openvex",
	    .pointer = "/statements/0/products/0",
	    .provider = provider,
	    .vulnerability = "CVE-2026-0001",
	    .aliases = "[]",
	    .product = "pkg:npm/lodash@4.17.20",
	    .status = status,
	    .source_status = vexlog_status_name(status),
	    .said_at_from = "statement",
	    .mapping_version = VEXLOG_MAPPING_VERSION,
	};
	const char *why;

	if (!time_read(&o.said_at, when, &why))
		bail("%s: %s", when, why);
	o.pointer = arena_print(arena, &err, "/statements/%s/%d", when, status);
	if (observation_seal(&o, arena, &err) != 0)
		bail("%s", err.message);
	return o;
}

static void
test_weights(void)
{
	static const struct {
		int64_t base, strength, age, weight;
	} golden[] = {{770000, 800000, 0, 616000},
	    {770000, 1000000, 7776000000000, 385000},
	    {777500, 1000000, 3888000000000, 583125},
	    {895000, 600000, 23328000000000, 187950},
	    {500000, 1000000, 123456789012, 496031}};
	const struct vexlog_policy *p = policy("v1.0.0");
	static const struct {
		const char *provider;
		int64_t base;
	} classes[] = {{"vendor:example", 770000}, {"distro:debian", 777500},
	    {"internal:team", 895000}, {"somebody", 500000},
	    {"doc:vendor:example", 500000}};

	for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++)
		is_int(policy_weight(golden[i].base, golden[i].strength,
			   policy_freshness(p, golden[i].age)),
		    golden[i].weight, "a golden weight");
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		is_int(policy_base(p, policy_class_of(p, classes[i].provider)),
		    classes[i].base, classes[i].provider);
}

static void
test_policy_errors(void)
{
	static const struct {
		const char *from, *to, *message;
		int code;
	} cases[] = {
	    {"\"floor\":350000", "\"floor\":1000001", "0 to 1000000",
		VEXLOG_SHAPE},
	    {"\"floor\":350000", "\"floor\":0.35", "not an integer",
		VEXLOG_SHAPE},
	    {"\"other\":500000", "\"other\":500000,\"x\":1", "\"x\" is not known",
		VEXLOG_SHAPE},
	    {"\"coverage\":350000", "\"coverage\":350001", "add up to 1000001",
		VEXLOG_SHAPE},
	    {"vendor:*", "doc:*", "only claimed", VEXLOG_SHAPE},
	    {"\"name\":\"vendor\"", "\"name\":\"distro\"",
		"two classes are called", VEXLOG_SHAPE},
	    {"\"score\"", "\"best\"", "not \"score\" or \"latest\"",
		VEXLOG_SHAPE},
	    {"\"v1.0.0\"", "\"1.0.0\"", "no version", VEXLOG_SHAPE},
	    {"\"other\":500000", "\"other\":400000", "built-in policy",
		VEXLOG_REFUSED},
	};
	const char *good = (const char *)policy("v1.0.0")->bytes.data;
	const struct vexlog_policy *p;

	is_int(vexlog_policy_read(&p, arena, NULL, text_bytes(good), &err), 0,
	    "the built-in policy reads back from its own bytes");
	is_text(p->digest, policy("v1.0.0")->digest, "with the same digest");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *at = strstr(good, cases[i].from);
		if (at == NULL)
			bail("%s is not in the policy", cases[i].from);
		char *bad = arena_print(arena, &err, "%.*s%s%s",
		    (int)(at - good), good, cases[i].to,
		    at + strlen(cases[i].from));
		is_int(vexlog_policy_read(&p, arena, NULL, text_bytes(bad),
			   &err),
		    cases[i].code, cases[i].to);
		has_text(err.message, cases[i].message, "and says why");
	}
}

static struct vexlog_verdict
decide(const struct vexlog_observation *list, size_t count, const char *name)
{
	struct vexlog_observations claims = {list, count};
	struct vexlog_verdict v;

	if (merge_claims(&v, arena, &claims, policy(name), NULL, &err) != 0)
		bail("merge: %s", err.message);
	return v;
}

static void
test_rules(void)
{
	struct vexlog_observation old =
	    claim("vendor:a", VEXLOG_AFFECTED, "2026-01-01T00:00:00Z");
	struct vexlog_observation new =
	    claim("vendor:a", VEXLOG_FIXED, "2026-01-02T00:00:00Z");
	struct vexlog_observation other =
	    claim("doc:b", VEXLOG_NOT_AFFECTED, "2026-01-03T00:00:00Z");
	struct vexlog_observation same =
	    claim("internal:c", VEXLOG_FIXED, "2026-01-02T00:00:00Z");
	struct vexlog_observation list[] = {old, new, other};

	struct vexlog_verdict v = decide(list, 2, "v1.0.0");
	is_text(vexlog_status_name(v.status), "fixed", "the newest counts");
	is_text(v.justification, "fixed_by_claim", "with a justification");
	is_text(v.steps[0].rule, "superseded", "the older is superseded");
	is_text(v.steps[0].loser, old.id, "and named");
	is_int((int64_t)v.conflict_count, 0, "a superseded claim is no conflict");
	is_int((int64_t)v.input_count, 2, "it stays among the inputs");

	v = decide(list, 3, "v1.0.0");
	is_text(v.winner, new.id, "the more trusted class wins");
	is_int((int64_t)v.conflict_count, 1, "the other is a conflict");
	is_text(v.steps[1].rule, "trust", "by trust");
	v = decide(list, 3, "latest");
	is_text(v.winner, other.id, "under \"latest\" the newest wins");
	is_text(v.justification, "impact_statement_only",
	    "not_affected without one has the weakest justification");

	struct vexlog_observation agree[] = {new, same};
	v = decide(agree, 2, "v1.0.0");
	is_int((int64_t)v.conflict_count, 0, "who agrees is no conflict");
	is_text(v.winner, same.id, "the higher score wins");

	struct vexlog_observation equal[] = {
	    claim("vendor:a", VEXLOG_AFFECTED, "2026-01-02T00:00:00Z"),
	    claim("vendor:b", VEXLOG_FIXED, "2026-01-02T00:00:00Z")};
	v = decide(equal, 2, "v1.0.0");
	is_text(v.steps[0].rule, "lattice_join", "at equal score");
	is_int(v.status, VEXLOG_AFFECTED, "the less safe status wins");

	struct vexlog_observation twice[] = {
	    claim("vendor:a", VEXLOG_UNDER_INVESTIGATION,
		"2026-01-02T00:00:00Z"),
	    claim("vendor:a", VEXLOG_UNDER_INVESTIGATION,
		"2026-01-02T00:00:00+00:00")};
	v = decide(twice, 2, "v1.0.0");
	is_text(v.steps[0].rule, "dedupe", "the same said twice");
	is_text(v.justification, "insufficient_evidence",
	    "under_investigation without conflict");

	struct vexlog_observation changed = new;
	changed.content_digest = old.content_digest;
	struct vexlog_observation clash[] = {new, changed};
	struct vexlog_observations claims = {clash, 2};
	is_int(merge_claims(&v, arena, &claims, policy("v1.0.0"), NULL, &err),
	    VEXLOG_CONFLICT, "one id with two contents is a conflict");
	claims.count = 0;
	is_int(merge_claims(&v, arena, &claims, policy("v1.0.0"), NULL, &err),
	    VEXLOG_MISUSE, "no claims, no verdict");
}

static struct vexlog_observation
named(const char *name, const char *aliases, const char *provider)
{
	struct vexlog_observation o =
	    claim(provider, VEXLOG_AFFECTED, "2026-01-02T00:00:00Z");

	o.vulnerability = name;
	o.aliases = aliases;
	if (observation_seal(&o, arena, &err) != 0)
		bail("%s", err.message);
	return o;
}

static void
test_aliases(void)
{
	struct vexlog_observation a = named("GHSA-aaaa-bbbb-cccc",
	    "[\"CVE-2026-0002\",\"USN-1-1\"]", "vendor:a");
	struct vexlog_verdict v = decide(&a, 1, "v1.0.0");
	is_text(v.vulnerability, "CVE-2026-0002", "the CVE id names it");
	has_text(v.reasoning,
	    "\"aliases\":[\"GHSA-aaaa-bbbb-cccc\",\"USN-1-1\"]",
	    "the other names stand in the hashed inputs");

	struct vexlog_observation both[] = {a,
	    named("CVE-2026-0002", "[]", "vendor:b")};
	v = decide(both, 2, "v1.0.0");
	is_int((int64_t)v.input_count, 2, "claims under two names meet");

	struct vexlog_observation far[] = {a,
	    named("CVE-2026-0009", "[]", "vendor:b")};
	struct vexlog_observations claims = {far, 2};
	is_int(merge_claims(&v, arena, &claims, policy("v1.0.0"), NULL, &err),
	    VEXLOG_MISUSE, "claims that nothing joins do not");
	has_text(err.message, "two vulnerabilities", "and says so");

	/* whoever could join two CVE ids would silence one by the other */
	struct vexlog_observation two = named("GHSA-aaaa-bbbb-cccc",
	    "[\"CVE-2026-0007\",\"CVE-2026-0002\"]", "doc:x");
	v = decide(&two, 1, "v1.0.0");
	is_text(v.vulnerability, "CVE-2026-0002", "of two CVE ids the smaller");
	has_text(v.reasoning, "\"aliases\":[\"GHSA-aaaa-bbbb-cccc\"]",
	    "and never both");
}

/* Bytes that must not depend on order: id, reasoning, steps. */
static const char *
fingerprint(const struct vexlog_verdict *v)
{
	struct buffer b;
	const char *text = NULL;

	buffer_open(&b, arena, (size_t)1 << 24);
	buffer_print(&b, "%s %s %s %lld %zu", v->id, v->reasoning, v->winner,
	    (long long)v->confidence, v->conflict_count);
	for (size_t i = 0; i < v->step_count; i++)
		buffer_print(&b, "|%s %s %s %s", v->steps[i].rule,
		    v->steps[i].winner, v->steps[i].loser, v->steps[i].reason);
	if (buffer_finish_text(&b, &text, &err) != 0)
		bail("%s", err.message);
	return text;
}

static unsigned
next(void)
{
	static unsigned seed = 42;

	seed = seed * 1103515245 + 12345;
	return seed >> 16;
}

static struct vexlog_verdict
merged(const struct vexlog_observation *list, size_t count)
{
	struct vexlog_observations claims = {list, count};
	struct vexlog_verdict v;

	if (merge_claims(&v, arena, &claims, policy("v1.0.0"), NULL, &err) !=
	    0)
		bail("%s", err.message);
	return v;
}

static size_t
random_claims(struct vexlog_observation *list)
{
	static const char *const providers[] = {"vendor:a", "vendor:b",
	    "distro:c", "internal:d", "doc:e", "f"};
	size_t count = 1 + next() % 12;

	for (size_t i = 0; i < count; i++) {
		unsigned month = next() % 9, day = next() % 9;
		char *when = arena_print(arena, &err,
		    "2026-0%u-1%uT00:00:0%uZ", 1 + month, day, next() % 3);
		list[i] = claim(providers[next() % 6],
		    (enum vexlog_status)(next() % 4), when);
	}
	return count;
}

static void
shuffle(struct vexlog_observation *list, size_t count)
{
	for (size_t i = count - 1; i > 0; i--) {
		size_t j = next() % (i + 1);
		struct vexlog_observation swap = list[i];
		list[i] = list[j];
		list[j] = swap;
	}
}

/* The claims that a verdict took, behind those in the list. */
static size_t
add_inputs(struct vexlog_observation *list, size_t count,
    const struct vexlog_verdict *v)
{
	for (size_t i = 0; i < v->input_count; i++)
		list[count++] = *v->inputs[i].observation;
	return count;
}

/* 10,000 sets, each shuffled and doubled, and each split in two parts that
 * may overlap: the same bytes. */
static void
test_shuffle(void)
{
	int wrong = 0, apart = 0;

	for (int round = 0; round < 10000; round++) {
		struct arena_mark mark = arena_mark(arena);
		struct vexlog_observation list[24], both[48];
		size_t count = random_claims(list), n;
		struct vexlog_verdict v = merged(list, count);
		const char *whole = fingerprint(&v);
		for (size_t i = 0; i < count; i++)
			list[count + i] = list[next() % count];
		shuffle(list, 2 * count);
		v = merged(list, 2 * count);
		wrong += strcmp(whole, fingerprint(&v)) != 0;

		size_t cut = 1 + next() % (2 * count - 1);
		struct vexlog_verdict left = merged(list, cut);
		struct vexlog_verdict right =
		    merged(list + cut, 2 * count - cut);
		n = add_inputs(both, 0, &right);
		n = add_inputs(both, n, &left);
		v = merged(both, n);
		apart += strcmp(whole, fingerprint(&v)) != 0;
		arena_back(arena, mark);
	}
	is_int(wrong, 0, "10,000 shuffled and doubled sets give equal bytes");
	is_int(apart, 0, "10,000 unions of what parts took give equal bytes");
}

static void
test_memory(void)
{
	struct vexlog_observation list[] = {
	    claim("vendor:a", VEXLOG_AFFECTED, "2026-01-02T00:00:00Z"),
	    claim("vendor:a", VEXLOG_FIXED, "2026-01-01T00:00:00Z"),
	    claim("distro:b", VEXLOG_FIXED, "2026-01-02T00:00:00Z")};
	struct vexlog_observations claims = {list, 3};
	const struct vexlog_policy *p = policy("v1.0.0");
	struct vexlog_verdict v;
	long n = 1;
	int rc;

	do {
		arena_fail_in = n++;
		rc = merge_claims(&v, arena, &claims, p, NULL, &err);
	} while (rc == VEXLOG_NO_MEMORY);
	arena_fail_in = 0;
	ok(rc == 0 && n > 10, "each of %ld failed allocations is NO_MEMORY",
	    n - 2);
}

int
main(void)
{
	arena = vexlog_arena_open((size_t)1 << 30);
	test_weights();
	test_policy_errors();
	test_rules();
	test_aliases();
	test_shuffle();
	test_memory();
	vexlog_arena_close(arena);
	return tap_done();
}
