/*
 * store_test.c - what every store must do: documents and observations, found
 * again and linked once. See tests/store.h for where it runs.
 */
#include "tests/store.h"

/* ---- observations ----------------------------------------------------- */

static void
test_documents(void)
{
	struct store *store = open_new(), *other = open_new();
	size_t size = 3000000;
	char *big = arena_take(arena, size, &err);
	struct store_document d = {.format = "csaf",
	    .format_version = "2.0",
	    .source = "a.json",
	    .findings = "[]"};
	struct store_document got;
	bool stored;

	for (size_t i = 0; i < size; i++)
		big[i] = (char)('a' + i * i % 23);
	d.bytes = (struct vexlog_bytes){(uint8_t *)big, size};
	d.digest = hash_digest_new(arena, d.bytes, &err);
	is_int(store_put_document(&stored, store, &d, &err), 0,
	    "a document of 3 MB is put");
	ok(stored, "and is new");
	is_int(store_put_document(&stored, store, &d, &err), 0,
	    "the same again is no failure");
	ok(!stored, "and is known");
	is_int(store_get_document(&got, arena, store, d.digest, &err), 0,
	    "document round trip");
	ok(got.bytes.size == size && memcmp(got.bytes.data, big, size) == 0 &&
		text_same(got.digest, d.digest) &&
		text_same(got.format, "csaf") &&
		text_same(got.format_version, "2.0") &&
		text_same(got.source, "a.json") &&
		text_same(got.findings, "[]") && got.created_at == clock_now,
	    "every field comes back");
	is_int(store_get_document(&got, arena, other, d.digest, &err),
	    VEXLOG_NOT_FOUND, "other tenant sees nothing: documents");

	struct store_document empty = d;
	empty.bytes = (struct vexlog_bytes){(const uint8_t *)"", 0};
	is_int(store_put_document(&stored, store, &empty, &err), VEXLOG_MISUSE,
	    "bytes that do not hash to the digest are refused");
	has_text(err.message, "its 0 bytes hash to", "and both are named");
	empty.digest = hash_digest_new(arena, empty.bytes, &err);
	is_int(store_put_document(&stored, store, &empty, &err), 0,
	    "an empty document");
	is_int(store_get_document(&got, arena, store, empty.digest, &err), 0,
	    "comes back");
	is_int((int64_t)got.bytes.size, 0, "empty");

	tamper(store,
	    arena_print(arena, &err,
		"update vex.documents set content = (select content from "
		"vex.documents where document_digest = '%s' and tenant = '%s'), "
		"size = 0 where document_digest = '%s' and tenant = '%s'",
		empty.digest, store->tenant, d.digest, store->tenant));
	is_int(store_get_document(&got, arena, store, d.digest, &err),
	    VEXLOG_BAD_PROOF, "tampered row is BAD_PROOF: a document's bytes");
	has_text(err.hint, "backup", "and the hint says what to do");
	tamper(store,
	    arena_print(arena, &err,
		"update vex.documents set size = 9000000000 where "
		"document_digest = '%s' and tenant = '%s'",
		d.digest, store->tenant));
	is_int(store_get_document(&got, arena, store, d.digest, &err),
	    VEXLOG_BAD_PROOF, "tampered row is BAD_PROOF: a document's size");
	store_close(store);
	store_close(other);
}

static void
test_observations(void)
{
	struct store *store = open_new(), *other = open_new();
	struct vexlog_observation *list =
	    claims_about("CVE-2026-0001", "pkg:npm/a@1", 1200);
	struct vexlog_observation got;
	struct vexlog_observations all;
	struct vexlog_filter filter = ANY;
	size_t stored, n;

	is_int((int64_t)put(store, list, 1200), 1200, "1200 are put");
	is_int((int64_t)put(store, list, 1200), 0, "ingest twice stores 0");
	is_int(store_get_observation(&got, arena, store, list[7].id, &err), 0,
	    "one is found by its id");
	ok(same_claim(&got, &list[7]), "with every field");
	ok(got.linkage == NULL, "without a linkage");
	is_int(got.created_at, clock_now, "and the store's time");
	is_int((int64_t)find(&all, store, &filter), 1200, "all are found");
	is_int(store_count_pending(&n, store, &err), 0, "and counted");
	is_int((int64_t)n, 1200, "as pending");
	is_int(store_get_observation(&got, arena, other, list[7].id, &err),
	    VEXLOG_NOT_FOUND, "other tenant sees nothing: one");
	is_int((int64_t)find(&all, other, &filter), 0,
	    "other tenant sees nothing: all");
	is_int(store_count_pending(&n, other, &err), 0, "and counted");
	is_int((int64_t)n, 0, "other tenant sees nothing: pending");
	is_int((int64_t)put(other, list, 3), 3,
	    "another tenant keeps the same observations for itself");
	is_int(store_get_observation(&got, arena, store, "x", &err),
	    VEXLOG_MISUSE, "an id of another form is refused");

	struct vexlog_observation changed = list[3];
	changed.content_digest = list[4].content_digest;
	is_int(store_put_observations(&stored, store, &changed, 1, &err),
	    VEXLOG_CONFLICT, "the id is there with another content digest");
	has_text(err.message, list[3].content_digest, "both are named");
	struct vexlog_observation mixed[3] = {
	    claim_about("CVE-2026-0002", "pkg:npm/a@1", 1), changed,
	    claim_about("CVE-2026-0002", "pkg:npm/a@1", 2)};
	is_int(store_put_observations(&stored, store, mixed, 3, &err),
	    VEXLOG_CONFLICT, "one of three conflicts");
	is_int(store_get_observation(&got, arena, store, mixed[0].id, &err),
	    VEXLOG_NOT_FOUND, "and none of them is kept");
	mixed[1] = list[0];
	mixed[1].provider = NULL;
	is_int(store_put_observations(&stored, store, mixed, 3, &err),
	    VEXLOG_MISUSE, "an observation without a provider is refused");

	struct vexlog_observations claims;
	is_int(store_claims(&claims, arena, store, "CVE-2026-0001",
		   "pkg:npm/a@1", TIME_MAX, false, &err),
	    0, "claims about one pair");
	is_int((int64_t)claims.count, 1200, "all of them");
	bool sorted = true;
	for (size_t i = 1; i < claims.count; i++)
		sorted = sorted &&
		    strcmp(claims.list[i - 1].id, claims.list[i].id) < 0;
	ok(sorted, "sorted by id");
	is_int(store_claims(&claims, arena, store, "CVE-2026-0001",
		   "pkg:npm/a@1", clock_now - 1, false, &err),
	    0, "claims known before they came");
	is_int((int64_t)claims.count, 0, "none");
	is_int(store_claims(&claims, arena, store, "CVE-2026-0001",
		   "pkg:npm/a@1", TIME_MAX, true, &err),
	    0, "claims known by log");
	is_int((int64_t)claims.count, 0, "none: none is linked");
	store_close(store);
	store_close(other);
}

/* Each column in turn, past the triggers. */
static void
test_tampering(void)
{
	static const char *const changes[] = {
	    "content_digest = 'sha256:0000000000000000000000000000000000000000"
	    "000000000000000000000000'",
	    "document_digest = 'sha256:000000000000000000000000000000000000000"
	    "0000000000000000000000000'",
	    "format = 'csaf'", "pointer = '/x'", "provider_id = 'me'",
	    "vulnerability_id = 'CVE-1'", "product_key = 'pkg:npm/b'",
	    "status = 'fixed'", "justification = 'other'",
	    "source_status = 'fixed'", "source_justification = 'other'",
	    "said_at_from = 'document'", "mapping_version = '0'"};
	static const char *const refused[] = {
	    "update vex.observations set status = 'fixed'",
	    "update vex.observations set created_at = created_at",
	    "delete from vex.observations"};
	struct store *store = open_new();
	struct vexlog_observation o =
	    claim_about("CVE-2026-0003", "pkg:npm/a@1", 1);
	struct vexlog_observation got;

	(void)put(store, &o, 1);
	for (size_t i = 0; i < COUNT(refused); i++) {
		/* where a role may delete, the lack of it is no conflict */
		int rc = meddle(store, refused[i], o.id);
		ok(rc == VEXLOG_CONFLICT || (i == 2 && rc == VEXLOG_IO),
		    "tampering refused by trigger");
		has_text(err.message, "observation", "which says why");
	}
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct store *victim = open_new();
		(void)put(victim, &o, 1);
		is_int(store_get_observation(&got, arena, victim, o.id, &err),
		    0, "the intact row reads");
		tamper(victim,
		    arena_print(arena, &err,
			"update vex.observations set %s where tenant = '%s'",
			changes[i], victim->tenant));
		int rc = store_get_observation(&got, arena, victim, o.id, &err);
		if (!ok(rc == VEXLOG_BAD_PROOF, "tampered row is BAD_PROOF: %s",
			changes[i]))
			printf("# %d %s\n", rc, err.message);
		store_close(victim);
	}
	store_close(store);
}

static bool
order_of(const struct vexlog_observation *a, const struct vexlog_observation *b)
{
	return a->created_at < b->created_at ||
	    (a->created_at == b->created_at && strcmp(a->id, b->id) < 0);
}

static void
test_pages(void)
{
	struct store *store = open_new();
	struct vexlog_filter filter = ANY;
	struct vexlog_observations page;
	const char *next = NULL;
	int64_t begin = clock_now;
	size_t seen = 0, pages = 0;
	bool ordered = true;
	struct vexlog_observation last = {.id = "", .created_at = TIME_NONE};

	/* the last ones come with an earlier clock */
	for (int64_t i = 0; i < 10; i++) {
		clock_now = begin + (i < 7 ? i : -i) * 1000;
		struct vexlog_observation *list =
		    claims_about(numbered("CVE-2026-1", i), "pkg:npm/a@1", 25);
		(void)put(store, list, 25);
	}
	filter.pending = true;
	filter.limit = 33;
	do {
		filter.cursor = next;
		if (store_find(&page, &next, arena, store, &filter, &err) != 0)
			bail("store_find: %s", err.message);
		for (size_t i = 0; i < page.count; i++) {
			ordered = ordered && order_of(&last, &page.list[i]);
			last = page.list[i];
		}
		seen += page.count;
		pages++;
	} while (next != NULL);
	ok(ordered, "pending order (created_at, then id)");
	is_int((int64_t)seen, 250, "cursor paging complete");
	is_int((int64_t)pages, 8, "in 8 pages of 33");

	filter.limit = 250;
	filter.cursor = NULL;
	is_int(store_find(&page, &next, arena, store, &filter, &err), 0,
	    "a page that just holds all");
	ok(page.count == 250 && next == NULL, "has none after it");
	filter.known_at = begin;
	is_int((int64_t)find(&page, store, &filter), 100,
	    "known at a time: what came until then");
	filter = ANY;
	filter.limit = 0;
	is_int(store_find(&page, &next, arena, store, &filter, &err),
	    VEXLOG_MISUSE, "a limit of 0 is refused");
	filter.limit = VEXLOG_PAGE_MAX + 1;
	is_int(store_find(&page, &next, arena, store, &filter, &err),
	    VEXLOG_MISUSE, "and one of 10001");
	filter = ANY;
	static const char *const bad[] = {
	    "", "!", "MjAyNg", "MjAyNi0wMS0xMlQwODozMDowMFp8eA"};
	for (size_t i = 0; i < COUNT(bad); i++) {
		filter.cursor = bad[i];
		is_int(store_find(&page, &next, arena, store, &filter, &err),
		    VEXLOG_MISUSE, "a cursor that is none is refused");
	}
	clock_now = begin + SECOND;
	store_close(store);
}

static void
test_find(void)
{
	static const char *const products[] = {"pkg:npm/a@1",
	    "pkg:npm/a@1 > pkg:npm/x@1", "pkg:npm/a@1 > pkg:npm/%25_y",
	    "pkg:npm/a@1-beta", "pkg:npm/a@10", "pkg:npm/%"};
	struct store *store = open_new();
	struct vexlog_observation list[24];
	struct vexlog_observations got;
	struct vexlog_filter filter = ANY;

	for (size_t i = 0; i < 24; i++)
		list[i] = claim_about(numbered("CVE-2026-2", (int64_t)i / 6),
		    products[i % 6], (int64_t)i);
	(void)put(store, list, 24);
	filter.product = "pkg:npm/a@1";
	is_int((int64_t)find(&got, store, &filter), 12,
	    "a product and its subcomponents");
	filter.vulnerability = "CVE-2026-2001";
	is_int((int64_t)find(&got, store, &filter), 3,
	    "the same of one vulnerability");
	filter.product = NULL;
	is_int((int64_t)find(&got, store, &filter), 6, "a vulnerability");
	filter.status = "affected";
	size_t affected = 0;
	for (size_t i = 6; i < 12; i++)
		affected += list[i].status == VEXLOG_AFFECTED;
	is_int((int64_t)find(&got, store, &filter), (int64_t)affected,
	    "and a status");
	filter = ANY;
	filter.product = "pkg:npm/%";
	is_int((int64_t)find(&got, store, &filter), 4,
	    "a wildcard in a key stands for itself");
	filter.product = products[1];
	is_int((int64_t)find(&got, store, &filter), 4, "a subcomponent");
	filter = ANY;
	filter.provider = "vendor.example";
	is_int((int64_t)find(&got, store, &filter), 24, "a provider");
	filter.provider = "nobody";
	is_int((int64_t)find(&got, store, &filter), 0, "another provider");

	const struct store_pair *pairs;
	const char *next = NULL;
	size_t count, seen = 0;
	char last[512] = "";
	bool ordered = true;
	filter = ANY;
	filter.limit = 5;
	do {
		filter.cursor = next;
		if (store_pairs(&pairs, &count, &next, arena, store, &filter,
			&err) != 0)
			bail("store_pairs: %s", err.message);
		for (size_t i = 0; i < count; i++) {
			char now[512];
			(void)snprintf(now, sizeof(now), "%s\001%s",
			    pairs[i].vulnerability, pairs[i].product);
			ordered = ordered && strcmp(last, now) < 0;
			memcpy(last, now, sizeof(last));
		}
		seen += count;
	} while (next != NULL);
	is_int((int64_t)seen, 24, "every pair once, page by page");
	ok(ordered, "in order");
	filter = ANY;
	filter.product = "pkg:npm/a@1";
	is_int(store_pairs(&pairs, &count, &next, arena, store, &filter, &err),
	    0, "pairs of a product");
	is_int((int64_t)count, 12, "with its subcomponents");
	filter.vulnerability = "CVE-2026-2002";
	is_int(store_pairs(&pairs, &count, &next, arena, store, &filter, &err),
	    0, "and a vulnerability");
	is_int((int64_t)count, 3, "are three");
	filter.known_at = clock_now - 1;
	is_int(store_pairs(&pairs, &count, &next, arena, store, &filter, &err),
	    0, "before they came");
	is_int((int64_t)count, 0, "none");
	filter = ANY;
	filter.limit = VEXLOG_PAGE_MAX;
	is_int(store_pairs_then(&pairs, &count, &next, arena, store, &filter,
		   clock_now, &err),
	    0, "pairs of two times");
	is_int((int64_t)count, 24, "are as many");
	for (size_t i = seen = 0; i < count; i++)
		seen += pairs[i].claims_then == pairs[i].claims;
	is_int((int64_t)seen, 24, "with as many claims at the later");
	is_int(store_pairs_then(&pairs, &count, &next, arena, store, &filter,
		   clock_now - 1, &err),
	    0, "and before they came");
	for (size_t i = seen = 0; i < count; i++)
		seen += pairs[i].claims_then;
	is_int((int64_t)seen, 0, "none");
	filter.product = "pkg:npm/a@1";
	filter.vulnerability = "CVE-2026-2002";
	filter.cursor = "W10";
	is_int(store_pairs(&pairs, &count, &next, arena, store, &filter, &err),
	    VEXLOG_MISUSE, "a cursor of another list is refused");
	store_close(store);
}

/* Names as long as they may be, of bytes that nothing compresses. */
static void
test_long_names(void)
{
	struct vexlog_filter filter = ANY;
	struct vexlog_observations found;
	char tenant[TENANT_MAX_BYTES + 2];
	char name[2][STORE_NAME_MAX + 2] = {{0}};
	struct store *store;
	size_t stored;

	for (size_t i = 0; i < sizeof(name[0]); i++) {
		uint64_t n = (i + 1) * 0x9e3779b97f4a7c15;
		name[0][i] = (char)('!' + (n >> 33) % 90);
		name[1][i] = (char)('!' + (n >> 23) % 90);
	}
	name[0][STORE_NAME_MAX] = name[1][STORE_NAME_MAX] = '\0';
	memset(tenant, 't', sizeof(tenant));
	tenant[TENANT_MAX_BYTES] = '\0';
	store = open_as(tenant);
	struct vexlog_observation o = claim_about(name[0], name[1], 1);
	is_int((int64_t)put(store, &o, 1), 1, "the longest names go in");
	filter.product = o.product;
	is_int((int64_t)find(&found, store, &filter), 1, "and are found");
	name[1][STORE_NAME_MAX] = 'p';
	name[1][STORE_NAME_MAX + 1] = '\0';
	o = claim_about("CVE-2026-0001", name[1], 1);
	is_int(store_put_observations(&stored, store, &o, 1, &err),
	    VEXLOG_LIMIT, "a product key of a byte more is refused");
	has_text(err.message, "product has 1153 bytes, the limit is 1152",
	    "with both sizes");
	store_close(store);
	tenant[TENANT_MAX_BYTES] = 't';
	tenant[TENANT_MAX_BYTES + 1] = '\0';
	const struct store_options options = {.url = url, .tenant = tenant};
	is_int(store_open(&store, &options, &err), VEXLOG_MISUSE,
	    "a longer tenant is refused");
	has_text(err.message, "257 bytes, the limit is 256", "with both sizes");
}

static void
test_snapshot(void)
{
	char tenant[64];
	struct store *store, *other;
	struct vexlog_observation *list =
	    claims_about("CVE-2026-2900", "pkg:npm/moment@1", 3);
	struct vexlog_observations found;
	struct vexlog_filter filter = ANY;
	size_t stored;

	(void)snprintf(tenant, sizeof(tenant), "moment-%lld-%ld",
	    (long long)time_now(), (long)getpid());
	store = open_as(tenant);
	other = open_as(tenant);
	(void)put(store, list, 1);
	is_int(store_snapshot(store, &err), 0, "a snapshot is begun");
	is_int((int64_t)find(&found, store, &filter), 1, "it shows what is there");
	is_int((int64_t)put(other, list + 1, 1), 1, "another writes meanwhile");
	is_int((int64_t)find(&found, store, &filter), 1, "it shows the same");
	is_int((int64_t)find(&found, other, &filter), 2, "the other sees its own");
	is_int(store_put_observations(&stored, store, list + 2, 1, &err),
	    VEXLOG_MISUSE, "nothing can be written in it");
	has_text(err.message, "while a snapshot is read", "and it says why");
	is_int(store_snapshot(store, &err), VEXLOG_MISUSE, "nor a second begun");
	store_rollback(store);
	is_int((int64_t)find(&found, store, &filter), 2,
	    "afterwards it shows all of it");
	is_int((int64_t)put(store, list + 2, 1), 1, "and takes more");
	store_close(other);
	store_close(store);
}

/* ---- linkage ---------------------------------------------------------- */

static void
test_linkage(void)
{
	struct store *store = open_new(), *other = open_new();
	struct vexlog_observation *list =
	    claims_about("CVE-2026-3000", "pkg:npm/a@1", 4);
	struct vexlog_linkage linkage = linkage_of(42);
	struct vexlog_observation got;
	struct vexlog_observations found;
	struct vexlog_filter filter = ANY;
	size_t n;

	(void)put(store, list, 4);
	is_int(
	    link_to(store, list[0].id, 42), STORE_LINKED, "write-once: linked");
	is_int(store_get_observation(&got, arena, store, list[0].id, &err), 0,
	    "it reads back");
	const struct vexlog_linkage *l = got.linkage;
	ok(l != NULL && text_same(l->uuid, linkage.uuid) &&
		l->log_index == 42 && text_same(l->log_id, linkage.log_id) &&
		text_same(l->log_url, linkage.log_url) &&
		l->integrated_time == linkage.integrated_time &&
		text_same(l->tree_root, linkage.tree_root) &&
		l->tree_size == 43 &&
		text_same(l->inclusion_proof,
		    "{\"batch\":null,\"log\":{\"hashes\":[]}}") &&
		text_same(l->body_hash, linkage.body_hash) &&
		text_same(l->entry_kind, "hashedrekord") &&
		l->linked_at == clock_now && same_claim(&got, &list[0]),
	    "linkage round trip");
	is_int(link_to(store, list[0].id, 42), STORE_LINKED_SAME,
	    "write-once: already_linked_same");
	is_int(link_to(store, list[0].id, 43), STORE_LINK_CONFLICT,
	    "write-once: conflict");
	is_int(store_get_observation(&got, arena, store, list[0].id, &err), 0,
	    "after a conflict");
	is_text(got.linkage->uuid, linkage.uuid, "the old one is kept");

	struct vexlog_observation nobody =
	    claim_about("CVE-2026-3999", "pkg:npm/a@1", 1);
	is_int(link_to(store, nobody.id, 44), STORE_LINK_MISSING,
	    "missing observation (not_found)");
	is_int(store_get_observation(&got, arena, store, nobody.id, &err),
	    VEXLOG_NOT_FOUND, "missing observation (nothing written)");
	filter.log_index = 44;
	is_int((int64_t)find(&found, store, &filter), 0,
	    "missing observation (no linkage written)");
	is_int(link_to(other, list[1].id, 44), STORE_LINK_MISSING,
	    "other tenant sees nothing: link");

	is_int(link_to(store, list[1].id, 42), STORE_LINKED,
	    "a second observation of the same entry");
	filter = ANY;
	filter.uuid = linkage.uuid;
	is_int((int64_t)find(&found, store, &filter), 2, "query by entry uuid");
	is_int((int64_t)find(&found, other, &filter), 0,
	    "other tenant sees nothing: by entry uuid");
	filter = ANY;
	filter.log_index = 42;
	is_int((int64_t)find(&found, store, &filter), 2, "query by log index");
	filter.log_id = linkage.log_id;
	is_int((int64_t)find(&found, store, &filter), 2,
	    "query by log id and index");
	is_int((int64_t)find(&found, other, &filter), 0,
	    "other tenant sees nothing: by log index");
	filter.log_id = hex_of("another log");
	is_int((int64_t)find(&found, store, &filter), 0,
	    "the same index of another log is another entry");
	filter = ANY;
	filter.pending = true;
	is_int((int64_t)find(&found, store, &filter), 2,
	    "what is linked waits no more");
	is_int(store_count_pending(&n, store, &err), 0, "counted");
	is_int((int64_t)n, 2, "too");

	static const char *const refused[] = {
	    "update vex.observations set rekor_log_index = 7",
	    "update vex.observations set rekor_inclusion_proof = null",
	    "update vex.observations set rekor_uuid = null, "
	    "rekor_log_index = null, rekor_log_id = null, "
	    "rekor_linked_at = null"};
	for (size_t i = 0; i < COUNT(refused); i++)
		is_int(meddle(store, refused[i], list[0].id), VEXLOG_CONFLICT,
		    "a second linkage is refused by trigger");
	is_int(meddle(store, "update vex.observations set rekor_log_index = 7",
		   list[2].id),
	    VEXLOG_CONFLICT, "half a linkage is refused by a check");

	/* each field in turn */
	struct vexlog_linkage bad = linkage_of(50);
	enum store_linked outcome;
	bad.uuid = "abc";
	is_int(store_link(&outcome, store, list[2].id, &bad, &err),
	    VEXLOG_MISUSE, "a linkage without a good uuid is refused");
	has_text(err.message, "uuid", "by name");
	bad = linkage_of(-1);
	is_int(store_link(&outcome, store, list[2].id, &bad, &err),
	    VEXLOG_MISUSE, "or with a negative index");
	bad = linkage_of(50);
	bad.inclusion_proof = "[1]";
	is_int(store_link(&outcome, store, list[2].id, &bad, &err),
	    VEXLOG_MISUSE, "or with a proof that is no object");
	bad.inclusion_proof = "{";
	is_int(store_link(&outcome, store, list[2].id, &bad, &err),
	    VEXLOG_SYNTAX, "or with one that is no JSON");
	bad = linkage_of(50);
	bad.integrated_time = TIME_NONE;
	is_int(store_link(&outcome, store, list[2].id, &bad, &err), 0,
	    "a log without times");
	is_int(store_get_observation(&got, arena, store, list[2].id, &err), 0,
	    "reads back");
	ok(got.linkage->integrated_time == TIME_NONE, "without one");
	store_close(store);
	store_close(other);
}

static void
test_link_all(void)
{
	struct store *store = open_new();
	struct vexlog_observation *list =
	    claims_about("CVE-2026-3500", "pkg:npm/a@1", 1300);
	struct vexlog_linkage *linkages =
	    arena_list(arena, 1300, sizeof(*linkages), &err);
	enum store_linked *outcomes =
	    arena_list(arena, 1300, sizeof(*outcomes), &err);
	const char **ids = arena_list(arena, 1300, sizeof(*ids), &err);
	struct vexlog_observation got;
	bool good = true;
	size_t n;

	/* all but the last are there */
	(void)put(store, list, 1299);
	for (size_t i = 0; i < 1300; i++) {
		ids[i] = list[i].id;
		linkages[i] = linkage_of(60);
	}
	(void)link_to(store, ids[600], 60);
	(void)link_to(store, ids[700], 61);
	is_int(store_link_all(outcomes, store, ids, linkages, 1300, &err), 0,
	    "many are linked at once");
	for (size_t i = 0; i < 1300; i++)
		good = good &&
		    outcomes[i] ==
			(i == 600           ? STORE_LINKED_SAME
				: i == 700  ? STORE_LINK_CONFLICT
				: i == 1299 ? STORE_LINK_MISSING
					    : STORE_LINKED);
	ok(good, "each with its own outcome");
	is_int(store_count_pending(&n, store, &err), 0, "counted");
	is_int((int64_t)n, 0, "none waits");
	is_int(store_get_observation(&got, arena, store, ids[5], &err), 0,
	    "one of them");
	ok(got.linkage != NULL && got.linkage->log_index == 60 &&
		text_same(got.linkage->inclusion_proof,
		    "{\"batch\":null,\"log\":{\"hashes\":[]}}"),
	    "has its linkage");
	linkages[9].uuid = "x";
	is_int(store_link_all(outcomes, store, ids, linkages, 1300, &err),
	    VEXLOG_MISUSE, "one that is not complete stops all");
	store_close(store);
}

int
main(void)
{
	start_tests();
	test_documents();
	test_observations();
	test_tampering();
	test_pages();
	test_find();
	test_long_names();
	test_snapshot();
	test_linkage();
	test_link_all();
	return end_tests();
}
