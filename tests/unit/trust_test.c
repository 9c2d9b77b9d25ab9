/*
 * trust_test.c - trust files: what an intact one gives, one thing broken at a
 * time, and Sigstore's own.
 */
#include "base/time.h"
#include "cases.h"
#include "tlog/note.h"
#include "tlog/trust.h"

#define ORIGIN "vexlog.local/0123456789abcdef"
#define FROM   (1767225600 * SECOND) /* 2026-01-01 */

static struct vexlog_arena *arena;
static struct vexlog_err err;
static struct key *log_key, *rekor_key, *signer;
static const char *whole; /* a trust file with two logs and a signer */

static void
must(int rc, const char *what)
{
	if (rc != 0)
		bail("%s: %s", what, err.message);
}

static void
make_whole(void)
{
	struct vexlog_bytes json;
	struct trust *trust;

	must(trust_add_log(&json, arena, NULL, ORIGIN, "local:log", log_key,
		 FROM, TIME_MAX, &err),
	    "log");
	must(trust_read(&trust, json, &err), "read");
	must(trust_add_log(&json, arena, trust, "rekor.example - 77", NULL,
		 rekor_key, FROM, FROM + DAY, &err),
	    "log");
	trust_close(trust);
	must(trust_read(&trust, json, &err), "read");
	must(trust_add_signer(
		 &json, arena, trust, "us", signer, FROM, TIME_MAX, &err),
	    "signer");
	trust_close(trust);
	whole = (const char *)json.data;
}

static void
check_whole(void)
{
	const struct trust_log *log;
	struct vexlog_bytes json;
	struct trust *trust;
	struct hash id;
	char hex[65];

	must(trust_read(&trust, text_bytes(whole), &err), "whole");
	is_int((int64_t)trust->log_count, 2, "two logs");
	is_int((int64_t)trust->signer_count, 1, "one signer");
	ok(text_is_digest(trust->digest), "has a digest: %s", trust->digest);
	log = trust_log_by_origin(trust, ORIGIN);
	ok(log != NULL && !log->origin_prefix, "the local log, by origin");
	is_text(log->name, ORIGIN, "signs under its origin");
	is_text(log->url, "local:log", "its URL");
	must(note_key_id(&id, ORIGIN, log_key, NOTE_PLAIN, &err), "id");
	text_hex(hex, id.bytes, HASH_SIZE);
	is_text(log->id, hex, "its id is of name and key");
	ok(trust_log_by_id(trust, hex) == log, "found by it");
	ok(!trust_log_valid(log, FROM - 1) && trust_log_valid(log, FROM) &&
		trust_log_valid(log, TIME_MAX),
	    "valid from its first microsecond, with an open end");
	log = trust_log_by_origin(trust, "rekor.example - 77");
	ok(log != NULL && log->url == NULL, "the Rekor log, by origin");
	is_text(log->name, "rekor.example", "signs under its host");
	is_text(log->id, key_id(rekor_key), "its id is of the key alone");
	ok(trust_log_valid(log, FROM + DAY) &&
		!trust_log_valid(log, FROM + DAY + 1),
	    "valid to its last microsecond");
	ok(trust_log_by_origin(trust, "rekor.example") == NULL &&
		trust_log_by_origin(trust, "rekor.example - 78") == NULL,
	    "no other tree of that host");
	ok(trust_log_by_id(trust, key_id(signer)) == NULL,
	    "a signer is no log");
	ok(trust_signer_by_id(trust, key_id(signer)) != NULL &&
		trust_signer_by_id(trust, log->id) == NULL,
	    "a log is no signer");
	is_int(trust_add_signer(&json, arena, trust, "us", signer, FROM + DAY,
		   TIME_MAX, &err),
	    0, "the same signer again");
	is_text((const char *)json.data, whole, "changes nothing");
	is_int(trust_add_log(&json, arena, trust, ORIGIN, NULL, log_key, FROM,
		   TIME_MAX, &err),
	    0, "the same log again");
	is_text((const char *)json.data, whole, "changes nothing");
	is_int(trust_add_log(&json, arena, trust, ORIGIN, NULL, rekor_key, FROM,
		   TIME_MAX, &err),
	    0, "the same origin with another key");
	trust_close(trust);
	must(trust_read(&trust, json, &err), "three");
	is_int((int64_t)trust->log_count, 3, "is beside it");
	is_int(trust_add_log(&json, arena, trust, "a b", NULL, log_key, FROM,
		   TIME_MAX, &err),
	    VEXLOG_SHAPE, "an origin that can't sign");
	is_int(trust_add_log(&json, arena, trust, "x", NULL, log_key, FROM,
		   FROM - 1, &err),
	    VEXLOG_SHAPE, "a validity that ends first");
	trust_close(trust);
}

static void
check_empty(void)
{
	struct trust *trust;

	is_int(trust_read(&trust,
		   text_bytes("{\"schema\":\"vexlog.trust/v1\"}"), &err),
	    0, "both lists left out");
	ok(trust->log_count == 0 && trust->signer_count == 0, "trusts nobody");
	trust_close(trust);
}

/* A log with an ECDSA key may be given by its host. */
static void
check_host(void)
{
	const struct trust_log *log;
	struct vexlog_bytes json;
	struct trust *trust;

	must(trust_add_log(&json, arena, NULL, "rekor.example", NULL, rekor_key,
		 FROM, TIME_MAX, &err),
	    "log");
	must(trust_read(&trust, json, &err), "read");
	log = &trust->logs[0];
	ok(trust_origin_fits(log, "rekor.example") &&
		trust_origin_fits(log, "rekor.example - 77") &&
		trust_origin_fits(log, "rekor.example - 18446744073709551615"),
	    "a host, and every tree of it");
	ok(!trust_origin_fits(log, "rekor.example - ") &&
		!trust_origin_fits(log, "rekor.example - x") &&
		!trust_origin_fits(log, "rekor.example - 077") &&
		!trust_origin_fits(log, "rekor.example -77") &&
		!trust_origin_fits(log, "rekor.example.com - 77") &&
		!trust_origin_fits(log, "ekor.example - 77") &&
		!trust_origin_fits(log, "x - rekor.example - 77") &&
		!trust_origin_fits(log, "rekor.example - 18446744073709551616"),
	    "and nothing that only looks like it");
	trust_close(trust);
	must(trust_add_log(&json, arena, NULL, "rekor.example", NULL, log_key,
		 FROM, TIME_MAX, &err),
	    "log");
	must(trust_read(&trust, json, &err), "read");
	ok(!trust_origin_fits(&trust->logs[0], "rekor.example - 77"),
	    "but not with an Ed25519 key");
	trust_close(trust);
}

/* ---- one thing at a time ---------------------------------------------- */

static char *
replaced(const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);

	if (at == NULL)
		bail("no \"%s\" in \"%s\"", old, text);
	return arena_print(arena, &err, "%.*s%s%s", (int)(at - text), text, new,
	    at + strlen(old));
}

static const struct {
	const char *name, *old, *new;
	int code;
	const char *pointer, *part;
} changes[] = {
    {"another schema", "vexlog.trust/v1", "vexlog.trust/v2", VEXLOG_SHAPE,
	"/schema", "vexlog.trust/v2"},
    {"an unknown member", "\"signers\"", "\"witness\":[],\"signers\"",
	VEXLOG_SHAPE, "/witness", "not known"},
    {"an unknown member of a log", "\"url\"", "\"uri\"", VEXLOG_SHAPE,
	"/logs/0/uri", "not known"},
    {"no list of signers", "\"signers\": [", "\"signers\": {}, \"x\": [",
	VEXLOG_SHAPE, "/x", ""},
    {"signers left out, and something else there", "\"signers\": [",
	"\"logs2\": [", VEXLOG_SHAPE, "/logs2", "not known"},
    {"a log is a text", "\"logs\": [", "\"logs\": [\"x\",", VEXLOG_SHAPE,
	"/logs/0", "object"},
    {"another key id", "\"keyId\": \"", "\"keyId\": \"0", VEXLOG_SHAPE,
	"/logs/0/keyId", "the key gives"},
    {"another origin than the id is of", "vexlog.local/0", "vexlog.local/1",
	VEXLOG_SHAPE, "/logs/0/keyId", "the key gives"},
    {"an origin with a space", "vexlog.local/0", "vexlog local/0", VEXLOG_SHAPE,
	"/logs/0/origin", "can't be the origin"},
    {"no beginning", "\"validFrom\": \"2026-01-01T00:00:00Z\",", "",
	VEXLOG_SHAPE, "/logs/0", "\"validFrom\" is missing"},
    {"a beginning that is no time", "2026-01-01T00:00:00Z", "2026-01-01",
	VEXLOG_SHAPE, "/logs/0/validFrom", "2026-01-01"},
    {"an end before the beginning", "\"validUntil\": null",
	"\"validUntil\": \"2025-01-01T00:00:00Z\"", VEXLOG_SHAPE,
	"/logs/0/validUntil", "before it begins"},
    {"an end that is a number", "\"validUntil\": null", "\"validUntil\": 1",
	VEXLOG_SHAPE, "/logs/0/validUntil", "not"},
    {"a key that is none", "-----BEGIN PUBLIC KEY", "-----BEGIN OTHER KEY",
	VEXLOG_SHAPE, "/logs/0/key", "PEM"},
    {"a signer without a name", "\"us\"", "\" \"", VEXLOG_SHAPE,
	"/signers/0/name", "white space"},
    {"two members of one name", "\"schema\"", "\"schema\":\"\",\"schema\"",
	VEXLOG_SYNTAX, "", ""},
    {"a byte behind it", "", "x", VEXLOG_SYNTAX, "", ""},
};

static void
check_changes(void)
{
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct trust *trust;
		memset(&err, 0, sizeof(err));
		int rc = trust_read(&trust,
		    text_bytes(replaced(whole, changes[i].old, changes[i].new)),
		    &err);
		ok(rc == changes[i].code &&
			(rc != VEXLOG_SHAPE ||
			    strcmp(err.pointer, changes[i].pointer) == 0) &&
			strstr(err.message, changes[i].part) != NULL &&
			err.hint[0] != '\0',
		    "%s: %s: %s", changes[i].name, err.pointer, err.message);
	}
}

/* ---- Sigstore's ------------------------------------------------------- */

static const char *
load(const char *name)
{
	struct vexlog_bytes json;

	must(file_read(&json, arena, data_path(name), MIB, &err), name);
	return arena_text(arena, json.data, json.size, &err);
}

static void
check_public_good(void)
{
	const struct trust_log *log;
	struct vexlog_bytes json;
	struct trust *trust;

	must(trust_read(
		 &trust, text_bytes(load("tlog/trust/public-good.json")), &err),
	    "public-good");
	is_int((int64_t)trust->log_count, 2, "public-good: two logs");
	log = trust_log_by_id(trust,
	    "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d");
	ok(log != NULL, "the v1 log, by its id");
	is_text(log->name, "rekor.sigstore.dev", "signs as its host");
	ok(trust_log_by_origin(
	       trust, "rekor.sigstore.dev - 1193050959916656506") == log,
	    "one of its shards");
	log = trust_log_by_origin(trust, "log2025-1.rekor.sigstore.dev");
	ok(log != NULL && key_kind(log->key) == KEY_ED25519,
	    "the v2 log, by its origin");
	is_text(log->url, "https://log2025-1.rekor.sigstore.dev", "its URL");
	is_int(trust_add_signer(
		   &json, arena, trust, "us", signer, FROM, TIME_MAX, &err),
	    0, "a signer added makes a trust file of ours");
	trust_close(trust);
	must(trust_read(&trust, json, &err), "and it is read");
	ok(trust->log_count == 2 && trust->signer_count == 1 &&
		trust_log_by_origin(
		    trust, "rekor.sigstore.dev - 1193050959916656506") != NULL,
	    "with the same logs");
	trust_close(trust);
	must(trust_read(
		 &trust, text_bytes(load("tlog/trust/staging.json")), &err),
	    "staging");
	is_int((int64_t)trust->log_count, 2, "staging: two logs");
	trust_close(trust);
}

static const struct {
	const char *name, *old, *new;
	int code; /* 0: read, with count logs */
	size_t count;
	const char *pointer;
} roots[] = {
    {"an unknown member", "\"tlogs\"", "\"new\":{},\"tlogs\"", 0, 2, ""},
    {"an end", "\"start\": \"2021-01-12T11:53:27Z\"",
	"\"start\": \"2021-01-12T11:53:27Z\","
	"\"end\": \"2021-01-12T11:53:27Z\"",
	0, 2, ""},
    {"no start", "\"start\": \"2021-01-12T11:53:27Z\"", "", VEXLOG_SHAPE, 0,
	"/tlogs/0/publicKey/validFor"},
    {"a start of null", "\"2021-01-12T11:53:27Z\"", "null", VEXLOG_SHAPE, 0,
	"/tlogs/0/publicKey/validFor/start"},
    {"no validity", "\"validFor\"", "\"valid\"", VEXLOG_SHAPE, 0,
	"/tlogs/0/publicKey"},
    {"another log id", "\"keyId\": \"wNI9", "\"keyId\": \"wNI8", VEXLOG_SHAPE,
	0, "/tlogs/0/logId/keyId"},
    {"a truncated log id", "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=",
	"wNI9ag==", VEXLOG_SHAPE, 0, "/tlogs/0/logId/keyId"},
    {"a log of another hash", "SHA2_256", "SHA3_256", 0, 1, ""},
    {"a key of a kind to come", "PKIX_ECDSA_P256_SHA_256", "ML_DSA_65", 0, 1,
	""},
    {"details that are not the key's", "PKIX_ECDSA_P256_SHA_256",
	"PKIX_ED25519", VEXLOG_SHAPE, 0, "/tlogs/0/publicKey/keyDetails"},
    {"a key that is none", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y",
	"AAkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y", VEXLOG_SHAPE, 0,
	"/tlogs/0/publicKey/rawBytes"},
    {"no host", "https://rekor.sigstore.dev", "https:///x", VEXLOG_SHAPE, 0,
	"/tlogs/0/baseUrl"},
    {"no logs", "\"tlogs\"", "\"logs\"", VEXLOG_SHAPE, 0, ""},
};

static void
check_roots(void)
{
	const char *text = load("tlog/trust/public-good.json");

	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		struct trust *trust = NULL;
		memset(&err, 0, sizeof(err));
		int rc = trust_read(&trust,
		    text_bytes(replaced(text, roots[i].old, roots[i].new)),
		    &err);
		ok(rc == roots[i].code &&
			strcmp(err.pointer, roots[i].pointer) == 0 &&
			(rc != 0 || trust->log_count == roots[i].count),
		    "trusted root: %s: %s: %s", roots[i].name, err.pointer,
		    err.message);
		if (rc == 0)
			trust_close(trust);
	}
}

static int
run_read(void *context, struct vexlog_err *e)
{
	struct trust *trust;
	int rc = trust_read(&trust, text_bytes(context), e);

	if (rc == 0)
		trust_close(trust);
	return rc;
}

static int
run_add(void *context, struct vexlog_err *e)
{
	struct vexlog_bytes json;

	vexlog_arena_reset(context);
	return trust_add_log(
	    &json, context, NULL, ORIGIN, "x", log_key, FROM, TIME_MAX, e);
}

int
main(void)
{
	struct vexlog_arena *scratch = vexlog_arena_open(64 * MIB);

	arena = vexlog_arena_open(64 * MIB);
	must(key_generate(&log_key, KEY_ED25519, &err), "key");
	must(key_generate(&rekor_key, KEY_P256, &err), "key");
	must(key_generate(&signer, KEY_P256, &err), "key");
	make_whole();
	check_whole();
	check_empty();
	check_host();
	check_changes();
	check_public_good();
	check_roots();
	cases_without_memory("trust_read", run_read, (void *)(uintptr_t)whole);
	cases_without_memory("trusted root", run_read,
	    (void *)(uintptr_t)load("tlog/trust/public-good.json"));
	cases_without_memory("trust_add_log", run_add, scratch);
	trust_close(NULL);
	key_close(log_key);
	key_close(rekor_key);
	key_close(signer);
	vexlog_arena_close(scratch);
	vexlog_arena_close(arena);
	return tap_done();
}
