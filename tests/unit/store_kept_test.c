/*
 * store_kept_test.c - what every store must do: entries, checkpoints, blobs,
 * verdicts, migrations, and every allocation that fails. See tests/store.h
 * for where it runs.
 */
#include "tests/store.h"

/* ---- entries, checkpoints, blobs -------------------------------------- */

static void
test_entries(void)
{
	struct store *store = open_new(), *other = open_new();
	struct vexlog_linkage l = linkage_of(9);
	struct store_entry e = {.log_id = l.log_id,
	    .uuid = l.uuid,
	    .log_url = "https://log.example",
	    .origin = "log.example",
	    .log_index = 9,
	    .integrated_time = 1768611600 * SECOND,
	    .body_hash = l.body_hash,
	    .envelope_digest = l.body_hash,
	    .json = "{\"body\":\"x\"}"};
	struct store_entry got;

	is_int(store_put_entry(store, &e, &err), 0, "an entry");
	is_int(store_put_entry(store, &e, &err), 0, "again changes nothing");
	is_int(store_get_entry(&got, arena, store, l.uuid, NULL, -1, &err), 0,
	    "by uuid");
	ok(text_same(got.log_id, e.log_id) && got.log_index == 9 &&
		text_same(got.json, e.json) &&
		text_same(got.origin, e.origin) &&
		got.integrated_time == e.integrated_time &&
		text_same(got.body_hash, e.body_hash) &&
		text_same(got.envelope_digest, e.envelope_digest),
	    "entry round trip");
	is_int(store_get_entry(&got, arena, store, NULL, e.log_id, 9, &err), 0,
	    "by log id and index");
	is_int(store_get_entry(&got, arena, store, NULL, e.log_id, 8, &err),
	    VEXLOG_NOT_FOUND, "another index is none");
	is_int(
	    store_get_entry(&got, arena, store, l.uuid, hex_of("x"), -1, &err),
	    VEXLOG_NOT_FOUND, "nor is another log");
	is_int(store_get_entry(&got, arena, other, l.uuid, NULL, -1, &err),
	    VEXLOG_NOT_FOUND, "other tenant sees nothing: entries");
	struct store_entry second = e;
	second.body_hash = linkage_of(10).body_hash;
	is_int(store_put_entry(store, &second, &err), VEXLOG_CONFLICT,
	    "other content at the same index is CONFLICT");
	second = e;
	second.log_index = 3;
	is_int(store_put_entry(store, &second, &err), 0,
	    "the same body again in the log");
	is_int(store_get_entry(&got, arena, store, l.uuid, NULL, -1, &err), 0,
	    "by uuid");
	is_int(got.log_index, 3, "the smallest index counts");
	store_close(store);
	store_close(other);
}

/* Of one tree, smaller, consistent, the longest unverified first. */
static void
test_checkpoints_due(void)
{
	struct store *store = open_new();
	const char *log_id = hex_of(store->tenant);
	const struct store_checkpoint *list;
	struct store_checkpoint c = {.log_id = log_id,
	    .origin = "log.example",
	    .note = "a note\n",
	    .consistent = true};
	size_t count;

	for (int64_t size = 1; size <= 5; size++) {
		c.tree_size = size;
		c.root = hex_of(size == 1 ? "one" : "more");
		c.captured_at = clock_now + size;
		c.consistent = size != 2;
		c.origin = size == 3 ? "other.example" : "log.example";
		is_int(store_put_checkpoint(store, &c, &err), 0, "kept");
	}
	is_int(store_checkpoints_due(&list, &count, arena, store, log_id,
		   "log.example", 5, 10, &err),
	    0, "older ones of one tree");
	ok(count == 2 && list[0].tree_size == 1 && list[1].tree_size == 4,
	    "not the inconsistent, not of another origin");
	c = list[0];
	c.captured_at = clock_now + 9;
	is_int(store_put_checkpoint(store, &c, &err), 0, "one is held again");
	is_int(store_checkpoints_due(&list, &count, arena, store, log_id,
		   "log.example", 5, 1, &err),
	    0, "at most one");
	ok(count == 1 && list[0].tree_size == 4, "is the other");
	is_int(store_checkpoints(
		   &list, &count, arena, store, log_id, 10, &err),
	    0, "all of a log");
	ok(count == 5 && list[0].tree_size == 1 && !list[1].consistent &&
		text_same(list[2].origin, "other.example"),
	    "by size");
	is_int(store_checkpoints(
		   &list, &count, arena, store, hex_of("none"), 10, &err),
	    0, "of a log that nobody saw");
	is_int((int64_t)count, 0, "none");
	store_close(store);
}

static void
test_checkpoints(void)
{
	struct store *store = open_new();
	/* no tenant has its own logs: one that no run before has used */
	const char *log_id = hex_of(store->tenant);
	struct store_checkpoint c = {.log_id = log_id,
	    .origin = "log.example",
	    .tree_size = 5,
	    .root = hex_of("five"),
	    .note = "a note\n",
	    .consistent = true,
	    .captured_at = clock_now};
	struct store_checkpoint got;

	is_int(store_last_checkpoint(
		   &got, arena, store, log_id, c.origin, &err),
	    VEXLOG_NOT_FOUND, "no checkpoint yet");
	is_int(store_put_checkpoint(store, &c, &err), 0, "the first");
	is_int(store_put_checkpoint(store, &c, &err), 0, "again");
	c.tree_size = 12;
	c.root = hex_of("twelve");
	is_int(store_put_checkpoint(store, &c, &err), 0, "a larger one");
	is_int(store_last_checkpoint(
		   &got, arena, store, log_id, c.origin, &err), 0,
	    "the newest");
	ok(got.tree_size == 12 && text_same(got.root, c.root) &&
		text_same(got.note, c.note) && got.consistent &&
		text_same(got.origin, c.origin) &&
		got.captured_at == clock_now && got.reason == NULL,
	    "checkpoint round trip");
	c.root = hex_of("another twelve");
	c.consistent = false;
	c.reason = "same size, another root";
	is_int(
	    store_put_checkpoint(store, &c, &err), 0, "a split view is kept");
	c.tree_size = 20;
	is_int(store_put_checkpoint(store, &c, &err), 0,
	    "and a larger one that is not consistent");
	is_int(store_last_checkpoint(
		   &got, arena, store, log_id, c.origin, &err), 0,
	    "the newest that was consistent");
	ok(got.tree_size == 12 && text_same(got.root, hex_of("twelve")),
	    "is the one before");
	c = got;
	c.consistent = false;
	c.reason = "found out later";
	is_int(store_put_checkpoint(store, &c, &err), 0,
	    "found inconsistent later");
	c.consistent = true;
	c.reason = NULL;
	is_int(store_put_checkpoint(store, &c, &err), 0, "and seen again");
	is_int(
	    store_last_checkpoint(
		   &got, arena, store, log_id, c.origin, &err), 0, "it");
	is_int(got.tree_size, 5, "stays so");
	c.origin = "log.example - 2";
	c.tree_size = 3;
	c.root = hex_of("three");
	is_int(store_put_checkpoint(store, &c, &err), 0,
	    "a smaller tree under the same key");
	is_int(store_last_checkpoint(
		   &got, arena, store, log_id, c.origin, &err),
	    0, "is found by its origin");
	is_int(got.tree_size, 3, "and not the larger one");
	c.root = "xyz";
	is_int(store_put_checkpoint(store, &c, &err), VEXLOG_MISUSE,
	    "a root of another form is refused");
	store_close(store);
}

static void
test_blobs(void)
{
	struct store *store = open_new(), *other = open_new();
	const struct vexlog_bytes bytes = text_bytes("{\"a\":1}");
	const char *digest = hash_digest_new(arena, bytes, &err);
	struct vexlog_bytes got;
	bool stored;

	is_int(store_put_blob(&stored, store, "policy", digest, bytes, &err), 0,
	    "a policy");
	ok(stored, "new");
	is_int(store_put_blob(&stored, store, "policy", digest, bytes, &err), 0,
	    "again");
	ok(!stored, "known");
	is_int(store_get_blob(&got, arena, store, "policy", digest, &err), 0,
	    "by its digest");
	ok(got.size == bytes.size &&
		memcmp(got.data, bytes.data, bytes.size) == 0,
	    "blob round trip");
	is_int(store_get_blob(&got, arena, store, "trust", digest, &err),
	    VEXLOG_NOT_FOUND, "of another kind there is none");
	const char *const *digests;
	size_t count;
	is_int(store_blobs(&digests, &count, arena, store, "policy", INT64_MAX,
		   &err),
	    0, "what is kept of a kind");
	ok(count == 1 && text_same(digests[0], digest), "is its digests");
	is_int(store_blobs(&digests, &count, arena, store, "policy", 0, &err),
	    0, "until a time");
	is_int((int64_t)count, 0, "before which there was none");
	is_int(store_blobs(&digests, &count, arena, other, "policy", INT64_MAX,
		   &err),
	    0, "of a tenant");
	is_int((int64_t)count, 0, "other tenant sees nothing: digests");
	is_int(store_get_blob(&got, arena, other, "policy", digest, &err),
	    VEXLOG_NOT_FOUND, "other tenant sees nothing: blobs");
	is_int(store_put_blob(
		   &stored, store, "policy", digest, text_bytes("{}"), &err),
	    VEXLOG_MISUSE, "bytes of another digest are refused");
	tamper(store,
	    arena_print(arena, &err,
		text_same(store->ops->name, "sqlite")
		    ? "update vex.blobs set content = x'00' where tenant = '%s'"
		    : "update vex.blobs set content = '\\x00' "
		      "where tenant = '%s'",
		store->tenant));
	is_int(store_get_blob(&got, arena, store, "policy", digest, &err),
	    VEXLOG_BAD_PROOF, "tampered row is BAD_PROOF: a blob");
	store_close(store);
	store_close(other);
}

/* ---- verdicts --------------------------------------------------------- */

static void
test_verdicts(void)
{
	struct store *store = open_new(), *other = open_new();
	const char *v = "CVE-2026-6000", *p = "pkg:npm/a@1";
	struct store_verdict first = verdict_about(v, p, "affected", "r1");
	struct store_verdict second = verdict_about(v, p, "fixed", "r2");
	struct store_verdict below =
	    verdict_about(v, "pkg:npm/a@1 > pkg:npm/x@2", "fixed", "r3");
	struct store_verdict got;
	const struct store_verdict *list;
	const char *next;
	size_t count;
	int64_t begin = clock_now;

	is_int(store_current_verdict(
		   &got, arena, store, v, p, first.sbom_entry_id, &err),
	    VEXLOG_NOT_FOUND, "no verdict yet");
	is_int(store_put_verdict(store, &first, &err), 0, "the first");
	clock_now += SECOND;
	is_int(store_put_verdict(store, &second, &err), 0, "the second");
	is_int(store_put_verdict(store, &second, &err), 0, "it again");
	clock_now += SECOND;
	is_int(store_put_verdict(store, &first, &err), 0,
	    "the first is current again");
	is_int(store_put_verdict(store, &below, &err), 0, "a subcomponent's");
	is_int(store_current_verdict(
		   &got, arena, store, v, p, first.sbom_entry_id, &err),
	    0, "the current one");
	ok(text_same(got.id, first.id) && got.sequence == 3 &&
		text_same(got.replaces, second.id) &&
		got.created_at == clock_now &&
		text_same(got.status, "affected") &&
		text_same(got.record, first.record) &&
		text_same(got.policy_digest, first.policy_digest) &&
		text_same(got.proof_bundle_id, first.proof_bundle_id) &&
		text_same(got.sbom_entry_kind, "purl-only") &&
		got.evaluated_at == first.evaluated_at,
	    "verdict round trip");
	is_int(store_get_verdict(&got, arena, store, second.id, &err), 0,
	    "by its id");
	is_int(got.sequence, 2, "with its number");
	is_text(got.replaces, first.id, "and the one before");
	is_int(store_get_verdict(&got, arena, other, second.id, &err),
	    VEXLOG_NOT_FOUND, "other tenant sees nothing: verdicts");

	is_int(store_history(
		   &list, &count, arena, store, v, p, false, TIME_MAX, &err),
	    0, "verdict history");
	ok(count == 3 && text_same(list[0].id, first.id) &&
		text_same(list[1].id, second.id) &&
		text_same(list[2].id, first.id) && list[2].sequence == 3,
	    "oldest first");
	is_int(store_history(
		   &list, &count, arena, store, v, p, true, TIME_MAX, &err),
	    0, "verdict history with subcomponents");
	is_int((int64_t)count, 4, "has one more");
	is_int(
	    store_history(&list, &count, arena, store, v, p, true, begin, &err),
	    0, "verdict history at a time");
	is_int((int64_t)count, 1, "has what was known then");
	const struct store_pair pair = {.vulnerability = v, .product = p};
	is_int(store_verdicts_then(
		   &list, &count, arena, store, &pair, &pair, TIME_MAX, &err),
	    0, "all verdicts of a pair");
	ok(count == 3 && list[0].sequence == 1 &&
		text_same(list[2].id, first.id) && list[2].record[0] == '\0',
	    "in the order of its history, without records");
	is_int(store_verdicts_then(
		   &list, &count, arena, store, &pair, &pair, begin, &err),
	    0, "and at a time");
	is_int((int64_t)count, 1, "what was known then");

	struct vexlog_filter filter = ANY;
	filter.limit = 1;
	is_int(
	    store_verdicts(&list, &count, &next, arena, store, &filter, &err),
	    0, "current verdicts");
	ok(count == 1 && text_same(list[0].id, first.id) && next != NULL,
	    "page one");
	filter.cursor = next;
	is_int(
	    store_verdicts(&list, &count, &next, arena, store, &filter, &err),
	    0, "current verdicts");
	ok(count == 1 && text_same(list[0].id, below.id) && next == NULL,
	    "page two");
	filter = ANY;
	filter.known_at = begin + SECOND;
	filter.vulnerability = v;
	filter.product = p;
	is_int(
	    store_verdicts(&list, &count, &next, arena, store, &filter, &err),
	    0, "verdicts as they stood");
	ok(count == 1 && text_same(list[0].id, second.id), "at a time");

	clock_now -= 100 * SECOND;
	is_int(store_put_verdict(store, &second, &err), 0,
	    "a clock that was set back");
	is_int(store_history(
		   &list, &count, arena, store, v, p, false, TIME_MAX, &err),
	    0, "does not");
	ok(count == 4 && text_same(list[3].id, second.id),
	    "change the order of history");
	clock_now += 200 * SECOND;

	struct store_verdict bad = second;
	bad.status = "affected";
	is_int(store_put_verdict(store, &bad, &err), VEXLOG_MISUSE,
	    "an id that does not follow from its content is refused");
	tamper(store,
	    arena_print(arena, &err,
		"update %s set status = 'not_affected' where tenant = '%s'",
		text_same(store->ops->name, "sqlite") ? "vex_verdict_rows"
						      : "vex.verdicts",
		store->tenant));
	is_int(store_get_verdict(&got, arena, store, second.id, &err),
	    VEXLOG_BAD_PROOF, "tampered row is BAD_PROOF: a verdict");
	store_close(store);
	store_close(other);
}

/* ---- migrations ------------------------------------------------------- */

static void
test_migrations(void)
{
	const struct store_options options = {.url = url, .tenant = "m"};
	struct store_options wrong = options;
	struct store *store = open_as("m"), *again;
	const struct store_migration *list;
	char *undo;
	size_t count, applied;

	is_int(store_migrations(&list, &count, arena, &options, &err), 0,
	    "migrations: status");
	ok(count >= 1 && list[count - 1].applied_at != TIME_NONE &&
		text_is_digest(list[0].checksum),
	    "migrations: all are applied");
	is_int(store_migrate(&applied, &options, false, &err), 0,
	    "migrations: up again");
	is_int((int64_t)applied, 0, "migrations: nothing to do");

	undo = arena_print(arena, &err,
	    "update vex.migrations set checksum = '%s' where version = '%s'",
	    list[0].checksum, list[0].version);
	tamper(store,
	    arena_print(arena, &err,
		"update vex.migrations set checksum = 'sha256:00' "
		"where version = '%s'",
		list[0].version));
	is_int(store_open(&again, &options, &err), VEXLOG_CONFLICT,
	    "migrations: changed checksum refused");
	has_text(err.message, "sha256:00", "with both checksums");
	ok(err.hint[0] != '\0', "and a hint");
	is_int(store_migrate(&applied, &options, false, &err), VEXLOG_CONFLICT,
	    "migrations: nor is it migrated");
	tamper(store, undo);
	tamper(store,
	    text_same(store->ops->name, "sqlite")
		? "insert into vex.migrations values ('99991231', 'x', 1)"
		: "insert into vex.migrations values ('99991231', 'x', now())");
	is_int(store_open(&again, &options, &err), VEXLOG_CONFLICT,
	    "migrations: newer refused");
	has_text(err.hint, "newer vexlog", "with a hint");
	tamper(store, "delete from vex.migrations where version = '99991231'");
	is_int(store_open(&again, &options, &err), 0,
	    "migrations: back as it was");
	store_close(again);
	wrong.url = "mysql://x";
	is_int(store_open(&again, &wrong, &err), VEXLOG_MISUSE,
	    "a URL of another kind is refused");
	wrong = options;
	wrong.tenant = "";
	is_int(store_open(&again, &wrong, &err), VEXLOG_MISUSE,
	    "an empty tenant is refused");
	store_close(store);
}

/* ---- no memory -------------------------------------------------------- */

static int
use_all(struct store *store, const struct vexlog_observation *list)
{
	struct store_verdict v =
	    verdict_about("CVE-2026-8000", "pkg:npm/a", "fixed", "r");
	struct vexlog_linkage linkage = linkage_of(1);
	struct vexlog_filter filter = ANY;
	struct vexlog_observations found;
	const struct store_verdict *verdicts;
	const struct store_pair *pairs;
	enum store_linked outcome;
	struct store_job job;
	const char *next;
	size_t n;
	int rc;

	filter.limit = 3;
	if ((rc = store_begin(store, &err)) != 0 ||
	    (rc = store_put_observations(&n, store, list, 8, &err)) != 0 ||
	    (rc = store_find(&found, &next, arena, store, &filter, &err)) !=
		0 ||
	    (rc = store_pairs(
		 &pairs, &n, &next, arena, store, &filter, &err)) != 0 ||
	    (rc = store_put_verdict(store, &v, &err)) != 0 ||
	    (rc = store_verdicts(
		 &verdicts, &n, &next, arena, store, &filter, &err)) != 0 ||
	    (rc = claim_job(&job, store, "w", 8)) != 0 ||
	    (rc = store_link(&outcome, store, list[0].id, &linkage, &err)) != 0)
		return rc;
	return 0;
}

static void
test_memory(void)
{
	struct store *store = open_new();
	struct vexlog_observation *list =
	    claims_about("CVE-2026-8000", "pkg:npm/a", 8);
	bool good = true;
	long n = 0;
	int rc;

	/* what is made for the test itself must not fail */
	(void)linkage_of(1);
	do {
		struct arena_mark mark = arena_mark(arena);
		arena_fail_in = ++n + 40;
		rc = use_all(store, list);
		arena_fail_in = 0;
		store_rollback(store);
		arena_back(arena, mark);
		good = good && (rc == 0 || rc == VEXLOG_NO_MEMORY);
	} while (rc != 0 && n < 5000);
	ok(good, "each allocation that fails is NO_MEMORY");
	ok(n > 20 && rc == 0, "until none fails (after %ld)", n);
	n = 0;
	do {
		struct store *again = NULL;
		const struct store_options options = {
		    .url = url, .tenant = "memory"};
		arena_fail_in = ++n;
		rc = store_open(&again, &options, &err);
		arena_fail_in = 0;
		store_close(again);
		good = good && (rc == 0 || rc == VEXLOG_NO_MEMORY);
	} while (rc != 0 && n < 5000);
	ok(good && rc == 0, "the same for opening (after %ld)", n);
	store_close(store);
}

int
main(void)
{
	start_tests();
	test_entries();
	test_checkpoints();
	test_checkpoints_due();
	test_blobs();
	test_verdicts();
	test_migrations();
	test_memory();
	return end_tests();
}
