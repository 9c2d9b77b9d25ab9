/*
 * delta_test.c - the laws of a delta, on random states.
 */
#include "base/hash.h"
#include "base/sort.h"
#include "base/text.h"
#include "tests/tap.h"
#include "json/json.h"

#define ITEMS  16
#define ROUNDS 10000

static struct vexlog_arena *arena;
static struct vexlog_err err;

static unsigned
next(void)
{
	static unsigned seed = 11;

	seed = seed * 1103515245 + 12345;
	return seed >> 16;
}

static const char *
id_of(const char *text)
{
	return hash_digest_new(arena, text_bytes(text), &err);
}

static struct vexlog_state
random_state(void)
{
	struct vexlog_state_item *list =
	    arena_list(arena, ITEMS, sizeof(*list), &err);
	size_t n = 0;

	for (size_t i = 0; i < ITEMS; i++) {
		if (next() % 3 == 0)
			continue;
		const char **inputs =
		    arena_list(arena, 1, sizeof(*inputs), &err);
		unsigned claim = next() % 3, status = next() % 4;
		inputs[0] = arena_print(arena, &err, "vex:obs:%zu-%u", i, claim);
		list[n++] = (struct vexlog_state_item){
		    .vulnerability =
			arena_print(arena, &err, "CVE-2026-%04zu", i / 4),
		    .product =
			arena_print(arena, &err, "pkg:npm/p%zu@1", i % 4),
		    .status = (enum vexlog_status)status,
		    .justification = next() % 2 == 0 ? "a" : "b",
		    .verdict_id = id_of(arena_print(
			arena, &err, "%zu-%u-%u", i, claim, status)),
		    .reasoning_id = "sha256:r",
		    .policy_version = "v1.0.0",
		    .policy_digest = "sha256:p",
		    .winner = inputs[0],
		    .winner_provider = next() % 2 == 0 ? "vendor:a" : "b",
		    .document_digest = "sha256:d",
		    .document_format = "openvex",
		    .inputs = inputs,
		    .input_count = 1};
	}
	return (struct vexlog_state){.list = list, .count = n};
}

static struct json_doc
delta(const struct vexlog_state *a, const struct vexlog_state *b)
{
	struct vexlog_bytes bytes;
	struct json_doc doc;

	if (vexlog_delta(&bytes, arena, a, b, 0, &err) != 0 ||
	    json_read(&doc, arena, bytes, 0, &err) != 0)
		bail("%s", err.message);
	return doc;
}

static int64_t
number(const struct json_doc *doc, const char *a, const char *b, const char *c)
{
	const struct json_value *v = json_get(json_get(doc->root, a), b);
	int64_t n;

	if (c != NULL)
		v = json_get(v, c);
	if (!json_integer_of(v, &n))
		bail("%s.%s is no number", a, b);
	return n;
}

static const char *
canonical(const struct json_doc *doc, const char *name)
{
	struct buffer b;
	const char *text;

	buffer_open(&b, arena, (size_t)1 << 26);
	if (json_canonical(&b, doc, json_get(doc->root, name), &err) != 0 ||
	    buffer_finish_text(&b, &text, &err) != 0)
		bail("%s", err.message);
	return text;
}

/* before with the delta applied, as lines "V P status justification" */
static size_t
apply(const char **out, const struct vexlog_state *before,
    const struct json_doc *d)
{
	size_t n = 0;

	for (size_t i = 0; i < before->count; i++) {
		const struct vexlog_state_item *it = &before->list[i];
		const char *status = vexlog_status_name(it->status);
		const char *just = it->justification;
		bool gone = false;
		const struct json_value *list = json_get(d->root, "removed");
		for (const struct json_value *v = json_first(list);
		     v != json_end(list); v = json_next(v))
			gone |= text_same(json_get_text(v, "vulnerabilityId"),
				    it->vulnerability) &&
			    text_same(json_get_text(v, "productKey"),
				it->product);
		list = json_get(d->root, "changes");
		for (const struct json_value *v = json_first(list);
		     v != json_end(list); v = json_next(v))
			if (text_same(json_get_text(v, "vulnerabilityId"),
				it->vulnerability) &&
			    text_same(json_get_text(v, "productKey"),
				it->product)) {
				status = json_get_text(v, "toStatus");
				just = json_get_text(v, "toJustification");
			}
		if (!gone)
			out[n++] = arena_print(arena, &err, "%s %s %s %s",
			    it->vulnerability, it->product, status, just);
	}
	const struct json_value *list = json_get(d->root, "added");
	for (const struct json_value *v = json_first(list);
	     v != json_end(list); v = json_next(v))
		out[n++] = arena_print(arena, &err, "%s %s %s %s",
		    json_get_text(v, "vulnerabilityId"),
		    json_get_text(v, "productKey"), json_get_text(v, "status"),
		    json_get_text(v, "justification"));
	return n;
}

static int
order(const void *a, const void *b, void *context)
{
	(void)context;
	return strcmp(a, b);
}

static bool
applied_is(const struct vexlog_state *before, const struct vexlog_state *after,
    const struct json_doc *d)
{
	const char *lines[2 * ITEMS];
	size_t n = apply(lines, before, d);

	if (n != after->count ||
	    sort_pointers((const void **)lines, n, order, NULL, arena, &err) !=
		0)
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct vexlog_state_item *it = &after->list[i];
		if (!text_same(lines[i],
			arena_print(arena, &err, "%s %s %s %s",
			    it->vulnerability, it->product,
			    vexlog_status_name(it->status),
			    it->justification)))
			return false;
	}
	return true;
}

static const char *
reason(struct vexlog_state_item before, struct vexlog_state_item after)
{
	const struct vexlog_state a = {.list = &before, .count = 1};
	const struct vexlog_state b = {.list = &after, .count = 1};
	struct json_doc d = delta(&a, &b);
	const struct json_value *list = json_get(d.root, "changes");

	return json_count(list) == 1
	    ? json_get_text(json_first(list), "reasonCode")
	    : "no change";
}

/* Claims 1 and 2 of vendor:a, 3 of distro:b. */
static struct vexlog_state_item
decided(enum vexlog_status status, const char *winner, const char *provider,
    const char *const *inputs, size_t count)
{
	return (struct vexlog_state_item){.vulnerability = "CVE-2026-0001",
	    .product = "pkg:npm/p@1",
	    .status = status,
	    .justification = vexlog_status_name(status),
	    .verdict_id = id_of(vexlog_status_name(status)),
	    .reasoning_id = "sha256:r",
	    .policy_version = "v1.0.0",
	    .policy_digest = "sha256:p",
	    .winner = winner,
	    .winner_provider = provider,
	    .document_digest = "sha256:d",
	    .document_format = "openvex",
	    .inputs = inputs,
	    .input_count = count};
}

static void
test_reasons(void)
{
	static const char *const one[] = {"1"}, *const two[] = {"1", "2"},
				 *const three[] = {"1", "3"},
				 *const all[] = {"1", "2", "3"};
	const enum vexlog_status yes = VEXLOG_AFFECTED,
				 no = VEXLOG_NOT_AFFECTED;
	struct vexlog_state_item first = decided(no, "1", "vendor:a", one, 1);
	struct vexlog_state_item other;

	is_text(reason(first, first), "no change", "the same is no change");
	is_text(reason(first, decided(yes, "2", "vendor:a", two, 2)),
	    "superseded", "superseded: who counted says another thing");
	is_text(reason(first, decided(yes, "3", "distro:b", three, 2)),
	    "new_statement", "new_statement: somebody else counts");
	is_text(reason(decided(yes, "3", "distro:b", three, 2), first),
	    "withdrawn", "withdrawn: what counted is not there any more");
	other = decided(yes, "1", "vendor:a", one, 1);
	other.policy_digest = "sha256:q";
	is_text(reason(first, other), "policy_changed",
	    "policy_changed: other rules");
	first = decided(no, "1", "vendor:a", three, 2);
	first.conflict_count = 1;
	other = decided(yes, "3", "distro:b", all, 3);
	is_text(reason(first, other), "conflict_resolved",
	    "conflict_resolved: who said otherwise agrees now");
	other.conflict_count = 1;
	is_text(reason(first, other), "trust_changed",
	    "trust_changed: the same claims, weighed otherwise");
}

static int
order_texts(const void *a, const void *b, void *context)
{
	(void)context;
	return strcmp(a, b);
}

/* H(JCS of the sorted ids), by way of a text of all. */
static void
test_digest(const struct json_doc *d, const struct vexlog_state *after)
{
	const void **ids = arena_list(arena, after->count, sizeof(*ids), &err);
	const char *text = "[";

	for (size_t i = 0; i < after->count; i++)
		ids[i] = after->list[i].verdict_id;
	if (sort_pointers(ids, after->count, order_texts, NULL, arena, &err) !=
	    0)
		bail("%s", err.message);
	for (size_t i = 0; i < after->count; i++)
		text = arena_print(arena, &err, "%s%s\"%s\"", text,
		    i == 0 ? "" : ",", (const char *)ids[i]);
	text = arena_print(arena, &err, "%s]", text);
	is_text(json_get_text(d->root, "toDigest"), id_of(text),
	    "toDigest is the hash of the sorted ids");
	is_text(json_get_text(d->root, "fromDigest"), id_of("[]"),
	    "and fromDigest of none");
}

int
main(void)
{
	int lengths = 0, applied = 0, swapped = 0, empty = 0, counts = 0;
	const struct vexlog_state none = {.count = 0};

	arena = vexlog_arena_open((size_t)1 << 30);
	for (int i = 0; i < ROUNDS; i++) {
		struct arena_mark mark = arena_mark(arena);
		struct vexlog_state a = random_state(), b = random_state();
		struct json_doc ab = delta(&a, &b), ba = delta(&b, &a);
		struct json_doc aa = delta(&a, &a);
		const struct json_value *changes = json_get(ab.root, "changes");
		int64_t changed = number(&ab, "summary", "statusChanged", NULL) +
		    number(&ab, "summary", "justificationChanged", NULL);
		lengths += number(&ab, "summary", "added", NULL) ==
			(int64_t)json_count(json_get(ab.root, "added")) &&
		    number(&ab, "summary", "removed", NULL) ==
			(int64_t)json_count(json_get(ab.root, "removed")) &&
		    changed == (int64_t)json_count(changes);
		applied += applied_is(&a, &b, &ab);
		swapped += text_same(canonical(&ab, "added"),
			       canonical(&ba, "removed")) &&
		    text_same(canonical(&ab, "removed"),
			canonical(&ba, "added"));
		empty += text_same(canonical(&aa, "added"), "[]") &&
		    text_same(canonical(&aa, "changes"), "[]") &&
		    number(&aa, "summary", "unchanged", NULL) ==
			(int64_t)a.count;
		counts += number(&ab, "counts", "after", "affected") +
			number(&ab, "counts", "after", "fixed") +
			number(&ab, "counts", "after", "not_affected") +
			number(&ab, "counts", "after", "under_investigation") ==
		    (int64_t)b.count;
		arena_back(arena, mark);
	}
	is_int(lengths, ROUNDS, "the summary counts the arrays");
	is_int(applied, ROUNDS, "before with the changes applied is after");
	is_int(swapped, ROUNDS, "reversed, added and removed change places");
	is_int(empty, ROUNDS, "of a state and itself it is empty");
	is_int(counts, ROUNDS, "counts add up to the state");

	struct vexlog_state a = random_state();
	struct json_doc d = delta(&none, &a);
	is_int((int64_t)json_count(json_get(d.root, "added")),
	    (int64_t)a.count, "from nothing, all is added");
	struct vexlog_bytes early, late;
	if (vexlog_delta(&early, arena, &none, &a, 0, &err) != 0 ||
	    vexlog_delta(&late, arena, &none, &a, 1000000, &err) != 0)
		bail("%s", err.message);
	struct json_doc x, y;
	if (json_read(&x, arena, early, 0, &err) != 0 ||
	    json_read(&y, arena, late, 0, &err) != 0)
		bail("%s", err.message);
	is_text(json_get_text(x.root, "replayHash"),
	    json_get_text(y.root, "replayHash"),
	    "replayHash does not depend on when");

	test_digest(&x, &a);

	test_reasons();

	struct vexlog_state_item two[] = {a.list[1], a.list[0]};
	struct vexlog_state unsorted = {.list = two, .count = 2};
	is_int(vexlog_delta(&early, arena, &unsorted, &a, 0, &err),
	    VEXLOG_MISUSE, "a state out of order is refused");
	has_text(err.message, "not sorted", "and says so");
	a.count = 1;
	two[1].verdict_id = "sha256:1";
	unsorted = (struct vexlog_state){.list = two + 1, .count = 1};
	is_int(vexlog_delta(&early, arena, &unsorted, &a, 0, &err),
	    VEXLOG_MISUSE, "an id that is no digest is refused");
	has_text(err.message, "no digest: sha256:1", "and named");
	vexlog_arena_close(arena);
	return tap_done();
}
