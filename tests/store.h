/*
 * store.h - what the tests of every store share: observations and verdicts to
 * keep, a clock that stands still, and hands that change rows behind the
 * store's back.
 *
 * The tests run on the database of VEXLOG_TEST_STORE, or on a new SQLite
 * file. Each works as a tenant of its own, so that a database may be used
 * again.
 */
#ifndef VEXLOG_TESTS_STORE_H
#define VEXLOG_TESTS_STORE_H

#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "store/core.h"
#include "tests/tap.h"
#include "vex/observation.h"
#include "json/write.h"

#define LEASE (60 * SECOND)

static const char *url;
static char folder[128];
static struct vexlog_arena *arena;
static struct vexlog_err err;
static int64_t clock_now = 1768611600 * SECOND;

/* ---- things to store -------------------------------------------------- */

__attribute__((unused)) static int64_t
test_clock(void *context)
{
	return *(int64_t *)context;
}

__attribute__((unused)) static struct store *
open_as(const char *tenant)
{
	const struct store_options options = {.url = url,
	    .tenant = tenant,
	    .now = test_clock,
	    .now_context = &clock_now,
	    .migrate = true,
	    .create = true};
	struct store *store;

	if (store_open(&store, &options, &err) != 0)
		bail("store_open: %s: %s", err.where, err.message);
	return store;
}

/* A tenant that no run before has used. */
__attribute__((unused)) static struct store *
open_new(void)
{
	static int count;
	char tenant[64];

	(void)snprintf(tenant, sizeof(tenant), "test-%lld-%ld-%d",
	    (long long)time_now(), (long)getpid(), count++);
	return open_as(tenant);
}

__attribute__((unused)) static char *
hex_of(const char *text)
{
	char *out = hash_digest_new(arena, text_bytes(text), &err);

	if (out == NULL)
		bail("out of memory");
	return out + 7;
}

/* The name with a number behind it. */
__attribute__((unused)) static char *
numbered(const char *name, int64_t n)
{
	char *out = arena_print(arena, &err, "%s%03lld", name, (long long)n);

	if (out == NULL)
		bail("out of memory");
	return out;
}

__attribute__((unused)) static struct vexlog_observation
claim_about(const char *vulnerability, const char *product, int64_t n)
{
	struct vexlog_observation o = {.document_digest = hash_digest_new(arena,
					   text_bytes("a document"), &err),
	    .format = "openvex",
	    .pointer = numbered("/statements/0/products/", n),
	    .provider = "vendor.example",
	    .vulnerability = vulnerability,
	    .aliases = "[\"GHSA-1\"]",
	    .product = product,
	    .product_text = "as written",
	    .status = (enum vexlog_status)(n % VEXLOG_STATUSES),
	    .justification = n % 2 == 0 ? NULL : "component_not_present",
	    .source_status = "not_affected",
	    .source_justification = NULL,
	    .impact_text = n % 3 == 0 ? NULL : "it is \"not\" there: ü",
	    .said_at = 1768000000 * SECOND + n,
	    .said_at_from = "statement",
	    .mapping_version = VEXLOG_MAPPING_VERSION};

	if (observation_seal(&o, arena, &err) != 0)
		bail("observation_seal: %s", err.message);
	return o;
}

__attribute__((unused)) static struct vexlog_observation *
claims_about(const char *vulnerability, const char *product, size_t count)
{
	struct vexlog_observation *list =
	    arena_list(arena, count, sizeof(*list), &err);

	for (size_t i = 0; i < count; i++)
		list[i] = claim_about(vulnerability, product, (int64_t)i);
	return list;
}

__attribute__((unused)) static size_t
put(struct store *store, const struct vexlog_observation *list, size_t count)
{
	size_t stored = 0;

	if (store_put_observations(&stored, store, list, count, &err) != 0)
		bail("store_put_observations: %s", err.message);
	return stored;
}

__attribute__((unused)) static struct vexlog_linkage
linkage_of(int64_t index)
{
	return (struct vexlog_linkage){
	    .uuid = hex_of(numbered("entry ", index)),
	    .log_index = index,
	    .log_id = hex_of("a log's key"),
	    .log_url = "https://log.example",
	    .integrated_time = 1768611600 * SECOND,
	    .tree_root = hex_of("a root"),
	    .tree_size = index + 1,
	    .inclusion_proof = "{\"log\":{\"hashes\":[]},\"batch\":null}",
	    .body_hash =
		hash_digest_new(arena, text_bytes(numbered("b", index)), &err),
	    .entry_kind = "hashedrekord",
	    .linked_at = clock_now};
}

__attribute__((unused)) static enum store_linked
link_to(struct store *store, const char *id, int64_t index)
{
	struct vexlog_linkage linkage = linkage_of(index);
	enum store_linked outcome = STORE_LINK_MISSING;

	if (store_link(&outcome, store, id, &linkage, &err) != 0)
		bail("store_link: %s", err.message);
	return outcome;
}

static const struct vexlog_filter ANY = {
    .log_index = -1, .known_at = TIME_MAX, .limit = VEXLOG_PAGE_MAX};

__attribute__((unused)) static size_t
find(struct vexlog_observations *out, struct store *store,
    const struct vexlog_filter *filter)
{
	const char *next;

	if (store_find(out, &next, arena, store, filter, &err) != 0)
		bail("store_find: %s", err.message);
	return out->count;
}

__attribute__((unused)) static bool
same_claim(
    const struct vexlog_observation *a, const struct vexlog_observation *b)
{
	return text_same(a->id, b->id) &&
	    text_same(a->content_digest, b->content_digest) &&
	    text_same(a->document_digest, b->document_digest) &&
	    text_same(a->format, b->format) &&
	    text_same(a->pointer, b->pointer) &&
	    text_same(a->provider, b->provider) &&
	    text_same(a->vulnerability, b->vulnerability) &&
	    text_same(a->aliases, b->aliases) &&
	    text_same(a->product, b->product) &&
	    text_same(a->product_text, b->product_text) &&
	    a->status == b->status &&
	    text_same(a->justification, b->justification) &&
	    text_same(a->source_status, b->source_status) &&
	    text_same(a->source_justification, b->source_justification) &&
	    text_same(a->impact_text, b->impact_text) &&
	    text_same(a->action_text, b->action_text) &&
	    a->said_at == b->said_at &&
	    text_same(a->said_at_from, b->said_at_from) &&
	    text_same(a->mapping_version, b->mapping_version);
}

/* ---- changing rows behind the store's back ---------------------------- */

/* Runs SQL past triggers, as somebody with the database's file or a
 * superuser's rights could. */
__attribute__((unused)) static void
tamper(struct store *store, const char *sql)
{
	if (!text_same(store->ops->name, "sqlite")) {
		char *all = arena_print(arena, &err,
		    "set session_replication_role = replica; %s; "
		    "set session_replication_role = origin",
		    sql);
		if (all == NULL ||
		    store->ops->script(store->backend, all, &err) != 0)
			bail("tamper: %s", err.message);
		return;
	}
	char *mapped = arena_copy(arena, sql, &err), *message = NULL;
	for (char *at = mapped; (at = strstr(at, "vex.")) != NULL;)
		at[3] = '_';
	for (char *at = mapped; (at = strstr(at, "attestor.")) != NULL;)
		at[8] = '_';
	sqlite3 *db;
	if (sqlite3_open(url + 7, &db) != SQLITE_OK ||
	    sqlite3_busy_timeout(db, 10000) != SQLITE_OK ||
	    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL) !=
		SQLITE_OK ||
	    sqlite3_exec(db, mapped, NULL, NULL, &message) != SQLITE_OK)
		bail("tamper: %s", message);
	(void)sqlite3_close(db);
}

/* The same through the store's own connection: triggers count. */
__attribute__((unused)) static int
meddle(struct store *store, const char *what, const char *id)
{
	char *sql = arena_print(
	    arena, &err, "%s where observation_id = '%s'", what, id);

	if (text_same(store->ops->name, "sqlite"))
		for (char *at = sql; (at = strstr(at, "vex.")) != NULL;)
			at[3] = '_';
	if (store->ops->begin(store->backend, &err) != 0)
		bail("begin: %s", err.message);
	int rc = store->ops->script(store->backend, sql, &err);
	store->ops->rollback(store->backend);
	return rc;
}

/* ---- jobs and verdicts ------------------------------------------------ */

__attribute__((unused)) static int
claim_job(
    struct store_job *job, struct store *store, const char *owner, size_t batch)
{
	const struct store_claim claim = {.owner = owner,
	    .lease = LEASE,
	    .jobs = 1,
	    .batch = batch,
	    .log_url = "https://log.example",
	    .observations = true,
	    .others = true};
	size_t count;

	return store_claim_jobs(job, &count, arena, store, &claim, &err);
}

__attribute__((unused)) static struct store_verdict
verdict_about(const char *vulnerability, const char *product,
    const char *status, const char *reasoning)
{
	struct store_verdict v = {.vulnerability = vulnerability,
	    .product = product,
	    .status = status,
	    .justification = "affected_by_claim",
	    .policy_version = "v1.0.0",
	    .policy_digest =
		hash_digest_new(arena, text_bytes("a policy"), &err),
	    .reasoning_id = hash_digest_new(arena, text_bytes(reasoning), &err),
	    .sbom_entry_kind = "purl-only",
	    .proof_bundle_id =
		hash_digest_new(arena, text_bytes("a bundle"), &err),
	    .record = "{\"steps\":[]}",
	    .evaluated_at = clock_now};
	struct vexlog_bytes bytes;
	struct json_writer w;
	struct buffer b;

	v.sbom_entry_id = arena_print(arena, &err, "%s:%s",
	    hash_digest_new(arena, text_bytes(product), &err), product);
	buffer_open(&b, arena, MIB);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "justification", v.justification);
	json_member(&w, "policyVersion", v.policy_version);
	json_member(&w, "reasoningId", v.reasoning_id);
	json_member(&w, "sbomEntryId", v.sbom_entry_id);
	json_member(&w, "status", status);
	json_member(&w, "vulnerabilityId", vulnerability);
	json_close(&w);
	if (buffer_finish(&b, &bytes, &err) != 0)
		bail("verdict: %s", err.message);
	v.id = hash_digest_new(arena, bytes, &err);
	return v;
}

/* ---- main ------------------------------------------------------------- */

__attribute__((unused)) static void
start_tests(void)
{
	arena = vexlog_arena_open(1024 * MIB);
	url = getenv("VEXLOG_TEST_STORE");
	if (url == NULL || url[0] == '\0') {
		temp_folder(folder);
		url = arena_print(arena, &err, "sqlite:%s/store.db", folder);
	}
}

__attribute__((unused)) static int
end_tests(void)
{
	DIR *all = opendir(folder); /* not there when a URL was given */
	const struct dirent *one;

	while (all != NULL && (one = readdir(all)) != NULL)
		if (one->d_name[0] != '.')
			(void)unlink(arena_print(
			    arena, &err, "%s/%s", folder, one->d_name));
	if (all != NULL)
		(void)closedir(all);
	(void)rmdir(folder);
	vexlog_arena_close(arena);
	return tap_done();
}

#endif
