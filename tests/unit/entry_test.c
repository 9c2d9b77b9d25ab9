/*
 * entry_test.c - answers of real Rekor servers, and each of them with one
 * thing changed: every case of tests/data/tlog/cases answers as it should,
 * for the reason it should.
 */
#include <openssl/x509.h>

#include "base/time.h"
#include "cases.h"
#include "sign/dsse.h"
#include "sign/pem.h"
#include "tlog/entry.h"

static struct vexlog_arena *arena;
static struct vexlog_err err;

/* Why a case is refused: a check of the report, or "read". */
static const struct {
	const char *name, *check;
} reasons[] = {
    {"rekor-v1-entry/body-altered", "leaf hash"},
    {"rekor-v1-entry/checkpoint-missing", "checkpoint form"},
    {"rekor-v1-entry/integratedtime-changed", "signed entry timestamp"},
    {"rekor-v1-entry/logid-changed", "log key"},
    {"rekor-v1-entry/no-entry", "read"},
    /* CVE-2022-36056, CVE-2026-22703 */
    {"rekor-v1-entry/other-entry", "binding digest"},
    {"rekor-v1-entry/proof-index-changed", "inclusion proof"},
    {"rekor-v1-entry/proof-index-ge-size", "index"},
    {"rekor-v1-entry/proof-missing", "checkpoint form"},
    /* rekor #1092, sigstore-java #654, sigstore-python #248 */
    {"rekor-v1-entry/proof-roothash-changed", "tree size and root"},
    {"rekor-v1-entry/shard2-with-shard1-key", "log key"},
    /* rekor #2799 */
    {"rekor-v1-entry/two-entries", "read"},
    {"rekor-v1-entry/uuid-leafhash-mismatch", "leaf hash"},
    {"rekor-v1-entry/uuid-treeid-mismatch", "uuid"},
    {"rekor-v2-entry/body-altered", "inclusion proof"},
    {"rekor-v2-entry/checkpoint-absent", "checkpoint form"},
    {"rekor-v2-entry/kind-unknown", "kind and version"},
    {"rekor-v2-entry/kindversion-mismatch", "kind and version"},
    {"rekor-v2-entry/logid-other", "log key"},
    {"rekor-v2-entry/logindex-changed", "index"},
    {"rekor-v2-entry/other-entry", "binding digest"},
    {"rekor-v2-entry/proof-absent", "checkpoint form"},
    {"rekor-v2-entry/proof-hash-flipped", "inclusion proof"},
    {"rekor-v2-entry/proof-treesize-altered", "tree size and root"},
};

/* ---- what a case expects ---------------------------------------------- */

struct given {
	struct trust *trust;
	struct key *key;
	struct entry_expect expect;
};

static struct vexlog_bytes
unbase64(const char *text)
{
	struct vexlog_bytes out;

	if (text == NULL ||
	    text_unbase64(&out, arena, text, strlen(text), BASE64_ANY, &err) !=
		0)
		bail("no base64: %s", text == NULL ? "(null)" : text);
	return out;
}

/* A bare key, or the certificate and the key in it. */
static void
take_der(struct given *g, struct vexlog_bytes der, bool certified)
{
	const uint8_t *at = der.data;
	uint8_t *spki = NULL;

	if (certified) {
		X509 *x = d2i_X509(NULL, &at, (long)der.size);
		int size = i2d_PUBKEY(X509_get0_pubkey(x), &spki);
		g->expect.certificate = der;
		der = (struct vexlog_bytes){spki, (size_t)size};
		X509_free(x);
	}
	if (key_read_public(&g->key, der, &err) != 0)
		bail("key: %s", err.message);
	OPENSSL_free(spki);
	g->expect.key = g->key;
}

static void
take_pem(struct given *g, struct vexlog_bytes text)
{
	struct pem pem;
	char *copy;

	if (pem_read(&pem, text, &err) != 0)
		bail("PEM: %s", err.message);
	copy = arena_text(arena, pem.data, (size_t)pem.size, &err);
	take_der(g, (struct vexlog_bytes){(uint8_t *)copy, (size_t)pem.size},
	    strcmp(pem.label, "CERTIFICATE") == 0);
	pem_close(&pem);
}

static void
take_hashedrekord_v1(struct given *g, const struct json_value *spec)
{
	const struct json_value *hash =
	    json_get(json_get(spec, "data"), "hash");
	const struct json_value *signature = json_get(spec, "signature");
	uint8_t *digest = arena_take(arena, HASH_SIZE, &err);

	if (!text_unhex(digest, HASH_SIZE, json_get_text(hash, "value")))
		bail("no digest");
	g->expect.digest = (struct vexlog_bytes){digest, HASH_SIZE};
	g->expect.signature = unbase64(json_get_text(signature, "content"));
	take_pem(g,
	    unbase64(
		json_get_text(json_get(signature, "publicKey"), "content")));
}

static void
take_dsse_v1(struct given *g, const struct json_value *spec)
{
	const struct json_value *content = json_get(spec, "proposedContent");
	struct dsse dsse;

	g->expect.envelope = text_bytes(json_get_text(content, "envelope"));
	if (dsse_read(&dsse, arena, g->expect.envelope, &err) != 0)
		bail("envelope: %s", err.message);
	g->expect.message = dsse.pae;
	g->expect.signature = dsse.signatures[0].bytes;
	take_pem(
	    g, unbase64(json_text(json_first(json_get(content, "verifiers")))));
}

/* Names in either of proto3's two spellings. */
static const struct json_value *
either(const struct json_value *v, const char *camel, const char *snake)
{
	const struct json_value *out = json_get(v, camel);

	return out != NULL ? out : json_get(v, snake);
}

static void
take_v2(struct given *g, const struct json_value *request)
{
	const struct json_value *v = either(
	    request, "hashedRekordRequestV002", "hashed_rekord_request_v002");
	const struct json_value *signature = json_get(v, "signature");
	const struct json_value *verifier = json_get(signature, "verifier");
	const struct json_value *key =
	    either(verifier, "publicKey", "public_key");
	const struct json_value *certificate =
	    json_get(verifier, "x509Certificate");

	g->expect.digest = unbase64(json_get_text(v, "digest"));
	g->expect.signature = unbase64(json_get_text(signature, "content"));
	take_der(g,
	    unbase64(json_text(either(certificate != NULL ? certificate : key,
		"rawBytes", "raw_bytes"))),
	    certificate != NULL);
}

static struct given
read_given(const struct json_value *v)
{
	const struct json_value *trust = json_get(v, "trust");
	const struct json_value *request = json_get(v, "request");
	const char *origin = json_get_text(trust, "origin");
	const char *kind = json_get_text(request, "kind");
	struct given g = {0};
	struct vexlog_bytes json;
	struct key *log;

	if (origin == NULL)
		origin = json_get_text(trust, "origin_prefix");
	if (key_read_public(&log,
		text_bytes(json_get_text(trust, "public_key_pem")),
		&err) != 0 ||
	    trust_add_log(&json, arena, NULL, origin, NULL, log, 0, TIME_MAX,
		&err) != 0 ||
	    trust_read(&g.trust, json, &err) != 0)
		bail("trust: %s", err.message);
	key_close(log);
	if (kind == NULL)
		take_v2(&g, request);
	else if (strcmp(kind, "dsse") == 0)
		take_dsse_v1(&g, json_get(request, "spec"));
	else
		take_hashedrekord_v1(&g, json_get(request, "spec"));
	return g;
}

/* ---- running one ------------------------------------------------------ */

static void
print_report(const struct vexlog_report *report)
{
	static const char *const outcomes[] = {"PASS", "FAIL", "SKIP"};

	for (size_t i = 0; i < report->count; i++)
		printf("# %s %s (%s): %s\n", outcomes[report->list[i].outcome],
		    report->list[i].name, report->list[i].rule,
		    report->list[i].detail);
}

static const struct vexlog_check *
find_check(const struct vexlog_report *report, const char *name)
{
	for (size_t i = 0; i < report->count; i++)
		if (text_same(report->list[i].name, name))
			return &report->list[i];
	return NULL;
}

static struct vexlog_report
verify(const struct entry *entry, const struct given *g)
{
	struct report report;

	report_open(&report, arena);
	if (entry_verify(&report, arena, entry, g->trust, &g->expect, TIME_NONE,
		&err) != 0)
		bail("entry_verify: %s", err.message);
	return report_close(&report, entry->uuid);
}

/* An entry that holds still does after our own form of it. */
static void
round_trip(const char *name, const struct entry *entry, const struct given *g)
{
	struct vexlog_bytes first, second;
	struct vexlog_report report;
	struct json_doc doc;
	struct entry again;
	struct buffer b;

	buffer_open(&b, arena, MIB);
	if (entry_write(&b, entry, NULL, &err) != 0 ||
	    buffer_finish(&b, &first, &err) != 0 ||
	    json_read(&doc, arena, first, 0, &err) != 0 ||
	    entry_read(&again, arena, &doc, doc.root, &err) != 0) {
		ok(false, "%s: written and read: %s", name, err.message);
		return;
	}
	buffer_open(&b, arena, MIB);
	entry_write(&b, &again, NULL, &err);
	buffer_finish(&b, &second, &err);
	report = verify(&again, g);
	ok(first.size == second.size &&
		memcmp(first.data, second.data, first.size) == 0 &&
		report.holds,
	    "%s: written and read, holds and is the same", name);
}

static void
refused(const char *name, const char *stem, const struct vexlog_report *report)
{
	const char *want = NULL;

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (strcmp(stem, reasons[i].name) == 0)
			want = reasons[i].check;
	if (want == NULL) {
		ok(false, "%s: no reason is known for it", name);
	} else if (report == NULL) {
		ok(strcmp(want, "read") == 0, "%s: not read: %s", name,
		    err.message);
	} else {
		const struct vexlog_check *check = find_check(report, want);
		bool good = ok(!report->holds && check != NULL &&
			check->outcome == VEXLOG_FAIL,
		    "%s: %s: %s", name, want,
		    check == NULL ? "" : check->detail);
		if (!good)
			print_report(report);
	}
}

static void
run_case(const char *path, void *context)
{
	struct json_doc doc = cases_read(arena, path);
	const char *want = json_get_text(doc.root, "expected");
	const char *name = cases_name(path);
	const struct json_value *response = json_get(doc.root, "response");
	struct given g = read_given(doc.root);
	struct vexlog_report report;
	struct entry entry;
	char stem[256];
	int rc;

	(void)context;
	(void)snprintf(stem, sizeof(stem), "%.*s", (int)strlen(name) - 5, name);
	rc = strstr(path, "/rekor-v1-entry/") != NULL
	    ? entry_read_v1(&entry, arena, &doc, response, &err)
	    : entry_read_v2(&entry, arena, &doc, response, &err);
	if (rc == 0)
		report = verify(&entry, &g);
	if (text_starts(want, "accept")) {
		if (!ok(rc == 0 && report.holds, "%s: holds", name) && rc == 0)
			print_report(&report);
		if (rc == 0 && report.holds)
			round_trip(name, &entry, &g);
	} else {
		refused(name, stem, rc == 0 ? &report : NULL);
	}
	key_close(g.key);
	trust_close(g.trust);
	vexlog_arena_reset(arena);
}

/* ---- readers ---------------------------------------------------------- */

/* CVE-2024-45395 and friends: forms that a reader must refuse by itself. */
#define HEX64 "1842ae913c34beeb486f01745985b7a238378c150315c0a7dc05fd6ebc67f5a7"
#define V2(index, proof)                                                       \
	"{\"logIndex\":" index ",\"logId\":{\"keyId\":"                        \
	"\"5z7sRuUV+i0IwjAZLg8z4BCpo72zjgbQESlgP1s+igI=\"},"                   \
	"\"kindVersion\":{\"kind\":\"hashedrekord\",\"version\":\"0.0.2\"},"   \
	"\"inclusionProof\":" proof ",\"canonicalizedBody\":\"e30=\"}"
#define PROOF(size, root, hashes)                                              \
	"{\"treeSize\":" size ",\"rootHash\":\"" root "\",\"hashes\":" hashes  \
	"}"
#define B64 "5z7sRuUV+i0IwjAZLg8z4BCpo72zjgbQESlgP1s+igI="

static const struct {
	const char *name;
	int version; /* 1, 2, or 0 for our own form */
	const char *json;
	int code;
	const char *part;
} forms[] = {
    {"v2 intact", 2, V2("\"0\"", PROOF("\"1\"", B64, "[]")), 0, ""},
    {"v2 without a proof", 2, V2("0", "null"), 0, ""},
    {"v2 negative index", 2, V2("\"-1\"", "null"), VEXLOG_SHAPE, "below zero"},
    {"v2 index past 64 bits", 2, V2("\"9223372036854775808\"", "null"),
	VEXLOG_SHAPE, "integer of 64 bits"},
    {"v2 index with a fraction", 2, V2("1.5", "null"), VEXLOG_SHAPE,
	"integer of 64 bits"},
    {"v2 short root", 2, V2("0", PROOF("1", "AAAA", "[]")), VEXLOG_SHAPE,
	"32 bytes"},
    {"v2 proof of numbers", 2, V2("0", PROOF("1", B64, "[1]")), VEXLOG_SHAPE,
	"32 bytes"},
    {"v2 proof is a text", 2, V2("0", "\"\""), VEXLOG_SHAPE, "object"},
    {"v2 array", 2, "[]", VEXLOG_SHAPE, "object"},
    {"v2 empty", 2, "{}", VEXLOG_SHAPE, "canonicalizedBody"},
    {"v1 array", 1, "[]", VEXLOG_SHAPE, "object"},
    {"v1 no uuid", 1, "{\"x\":{}}", VEXLOG_SHAPE, "no uuid"},
    {"v1 upper-case uuid", 1,
	"{\"1842AE913c34beeb486f01745985b7a238378c150315c0a7dc05fd6ebc67f5a7\""
	":{}}",
	VEXLOG_SHAPE, "no uuid"},
    {"v1 entry is null", 1, "{\"" HEX64 "\":null}", VEXLOG_SHAPE,
	"an entry is an object"},
    {"v1 without verification", 1,
	"{\"" HEX64 "\":{\"body\":\"e30=\",\"logID\":\"" HEX64
	"\",\"logIndex\":0,\"integratedTime\":0}}",
	VEXLOG_SHAPE, "verification"},
    {"v1 negative time", 1,
	"{\"" HEX64 "\":{\"body\":\"e30=\",\"logID\":\"" HEX64
	"\",\"logIndex\":0,\"integratedTime\":-5,\"verification\":{}}}",
	VEXLOG_SHAPE, "below zero"},
    {"v1 time past the year 9999", 1,
	"{\"" HEX64 "\":{\"body\":\"e30=\",\"logID\":\"" HEX64
	"\",\"logIndex\":0,\"integratedTime\":253402300800,\"verification\":{"
	"\"signedEntryTimestamp\":\"AAAA\"}}}",
	VEXLOG_SHAPE, "past the year 9999"},
    {"v1 body in URL base64", 1,
	"{\"" HEX64 "\":{\"body\":\"-_8=\",\"logID\":\"" HEX64
	"\",\"logIndex\":0,\"integratedTime\":0,\"verification\":{}}}",
	VEXLOG_SHAPE, "no base64"},
    {"own, unknown member", 0, "{\"x\":1}", VEXLOG_SHAPE, "not known here"},
    {"own, empty", 0, "{}", VEXLOG_SHAPE, "missing"},
};

static void
check_forms(void)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct json_doc doc;
		struct entry e;
		int rc;
		err.message[0] = '\0';
		if (json_read(
			&doc, arena, text_bytes(forms[i].json), 0, &err) != 0)
			bail("%s: %s", forms[i].name, err.message);
		rc = forms[i].version == 1
		    ? entry_read_v1(&e, arena, &doc, doc.root, &err)
		    : forms[i].version == 2
		    ? entry_read_v2(&e, arena, &doc, doc.root, &err)
		    : entry_read(&e, arena, &doc, doc.root, &err);
		ok(rc == forms[i].code &&
			strstr(err.message, forms[i].part) != NULL,
		    "form: %s: %s", forms[i].name, err.message);
	}
}

/* CVE-2024-45395: a proof has an end. */
static void
check_caps(void)
{
	for (int count = 64; count <= 65; count++) {
		struct vexlog_bytes bytes;
		struct json_doc doc;
		struct entry e;
		struct buffer b;
		buffer_open(&b, arena, MIB);
		buffer_text(&b,
		    "{\"logIndex\":0,\"logId\":{\"keyId\":\"" B64
		    "\"},\"kindVersion\":{\"kind\":\"\",\"version\":\"\"},"
		    "\"canonicalizedBody\":\"e30=\",\"inclusionProof\":{"
		    "\"rootHash\":\"" B64 "\",\"hashes\":[\"" B64 "\"");
		for (int i = 1; i < count; i++)
			buffer_text(&b, ",\"" B64 "\"");
		buffer_text(&b, "]}}");
		buffer_finish(&b, &bytes, &err);
		if (json_read(&doc, arena, bytes, 0, &err) != 0)
			bail("%s", err.message);
		is_int(entry_read_v2(&e, arena, &doc, doc.root, &err),
		    count == 64 ? 0 : VEXLOG_LIMIT,
		    count == 64 ? "64 hashes are taken"
				: "65 hashes are refused");
	}
}

/* ---- memory that runs out --------------------------------------------- */

struct memory_run {
	struct vexlog_bytes json; /* of a case */
	struct vexlog_arena *kept;
	struct given given;
	int version;
};

static int
run_case_once(void *context, struct vexlog_err *e)
{
	struct memory_run *run = context;
	struct json_doc doc;
	struct report report;
	struct entry entry;
	int rc;

	vexlog_arena_reset(arena);
	report_open(&report, arena);
	if ((rc = json_read(&doc, arena, run->json, 0, e)) != 0)
		return rc;
	const struct json_value *response = json_get(doc.root, "response");
	rc = run->version == 1
	    ? entry_read_v1(&entry, arena, &doc, response, e)
	    : entry_read_v2(&entry, arena, &doc, response, e);
	if (rc != 0)
		return rc;
	rc = entry_verify(&report, arena, &entry, run->given.trust,
	    &run->given.expect, TIME_NONE, e);
	if (rc == 0 && !report_close(&report, "").holds)
		return err_set(e, VEXLOG_BAD_PROOF, "does not hold");
	return rc;
}

static void
without_memory(const char *name, int version)
{
	struct vexlog_arena *outer = arena;
	struct memory_run run = {.version = version};
	struct json_doc doc;

	if (file_read(&run.json, arena, data_path(name), MIB, &err) != 0)
		bail("%s", err.message);
	doc = cases_read(arena, data_path(name));
	run.given = read_given(doc.root);
	arena = vexlog_arena_open(64 * MIB);
	cases_without_memory(cases_name(name), run_case_once, &run);
	vexlog_arena_close(arena);
	arena = outer;
	key_close(run.given.key);
	trust_close(run.given.trust);
}

int
main(void)
{
	arena = vexlog_arena_open(64 * MIB);
	is_int(
	    cases_walk(data_path("tlog/cases/rekor-v1-entry"), run_case, NULL),
	    17, "cases of Rekor v1");
	is_int(
	    cases_walk(data_path("tlog/cases/rekor-v2-entry"), run_case, NULL),
	    19, "cases of Rekor v2");
	check_forms();
	check_caps();
	without_memory(
	    "tlog/cases/rekor-v1-entry/live-12-hashedrekord-resigned.json", 1);
	without_memory("tlog/cases/rekor-v1-entry/live-40-dsse-ok.json", 1);
	without_memory("tlog/cases/rekor-v2-entry/live-v2.2.1-17-dsse-pae-as-"
		       "hashedrekord.json",
	    2);
	vexlog_arena_close(arena);
	return tap_done();
}
