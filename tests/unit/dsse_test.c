/*
 * dsse_test.c - envelopes and statements: the example of the specification,
 * what an intact one gives, and one thing broken at a time.
 */
#include "cases.h"
#include "sign/dsse.h"
#include "sign/statement.h"

#define HEX "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"

static struct vexlog_arena *arena;
static struct vexlog_err err;

/* DSSE protocol.md: the test vector. */
static void
check_pae(void)
{
	struct vexlog_bytes pae;

	is_int(dsse_pae(&pae, arena, "http://example.com/HelloWorld",
		   text_bytes("hello world"), &err),
	    0, "PAE");
	is_text((const char *)pae.data,
	    "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
	    "is the specification's");
	dsse_pae(&pae, arena, "\xc3\xa4", (struct vexlog_bytes){NULL, 0}, &err);
	is_text((const char *)pae.data, "DSSEv1 2 \xc3\xa4 0 ",
	    "lengths are of bytes, and may be 0");
}

/* The specification's example signature, by its P-256 key. */
static void
check_example(void)
{
	static const char pem[] =
	    "-----BEGIN PUBLIC KEY-----\n"
	    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE/ooymAzNEJ6ojBxIpDIJGaURtqzw\n"
	    "NnAzm5WxtjcgtHOAbwnz5Qg0yCeS483YoeAEpQISJGOh3tcz9tGLgYbnBA==\n"
	    "-----END PUBLIC KEY-----\n";
	struct json_doc doc = cases_read(
	    arena, data_path("tlog/cases/rekor-v1-entry/live-40-dsse-ok.json"));
	const struct json_value *content =
	    json_at(&doc, "/request/spec/proposedContent");
	struct key *key;
	struct dsse dsse;
	size_t which = 7;

	if (key_read_public(&key, text_bytes(pem), &err) != 0)
		bail("%s", err.message);
	is_int(dsse_read(&dsse, arena,
		   text_bytes(json_get_text(content, "envelope")), &err),
	    0, "an envelope that a log took");
	is_int(dsse_verify(&which, &dsse, key, &err), 0, "holds");
	is_int((int64_t)which, 0, "by its first signature");
	is_text(dsse.signatures[0].key_id, "", "its key id is empty");
	key_close(key);
}

/* ---- form ------------------------------------------------------------- */

#define ENVELOPE(type, payload, signatures)                                    \
	"{\"payloadType\":" type ",\"payload\":" payload                       \
	",\"signatures\":" signatures "}"

static const struct {
	const char *name, *text;
	int code;
	const char *pointer, *part;
} forms[] = {
    {"intact", ENVELOPE("\"t\"", "\"aGk=\"", "[{\"sig\":\"AAAA\"}]"), 0, "",
	""},
    {"unknown members",
	"{\"x\":1,\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[{"
	"\"sig\":\"AAAA\",\"cert\":\"\"}]}",
	0, "", ""},
    {"URL base64", ENVELOPE("\"t\"", "\"-_8\"", "[{\"sig\":\"-_8\"}]"), 0, "",
	""},
    {"no JSON", "{", VEXLOG_SYNTAX, "", ""},
    {"array", "[]", VEXLOG_SHAPE, "", "an envelope is an object"},
    {"no type", "{\"payload\":\"\",\"signatures\":[{\"sig\":\"AAAA\"}]}",
	VEXLOG_SHAPE, "", "\"payloadType\" is missing"},
    {"empty type", ENVELOPE("\"\"", "\"\"", "[{\"sig\":\"AAAA\"}]"),
	VEXLOG_SHAPE, "/payloadType", "1 to 1024"},
    {"two payloads",
	"{\"payload\":\"\",\"payload\":\"\",\"payloadType\":\"t\","
	"\"signatures\":[{\"sig\":\"AAAA\"}]}",
	VEXLOG_SYNTAX, "", ""},
    {"payload no base64", ENVELOPE("\"t\"", "\"a b\"", "[{\"sig\":\"AAAA\"}]"),
	VEXLOG_SHAPE, "/payload", "no base64"},
    {"payload number", ENVELOPE("\"t\"", "1", "[{\"sig\":\"AAAA\"}]"),
	VEXLOG_SHAPE, "/payload", "not"},
    {"no signature", ENVELOPE("\"t\"", "\"\"", "[]"), VEXLOG_SHAPE,
	"/signatures", "without a signature"},
    {"signature is a text", ENVELOPE("\"t\"", "\"\"", "[\"AAAA\"]"),
	VEXLOG_SHAPE, "/signatures/0", "is an object"},
    {"empty signature", ENVELOPE("\"t\"", "\"\"", "[{\"sig\":\"\"}]"),
	VEXLOG_SHAPE, "/signatures/0/sig", "empty"},
    {"bits behind the last byte",
	ENVELOPE("\"t\"", "\"aGl=\"", "[{\"sig\":\"AAAA\"}]"), VEXLOG_SHAPE,
	"/payload", "no base64"},
    {"key id is a number",
	ENVELOPE("\"t\"", "\"\"", "[{\"sig\":\"AAAA\",\"keyid\":1}]"),
	VEXLOG_SHAPE, "/signatures/0/keyid", "not"},
    {"17 signatures",
	ENVELOPE("\"t\"", "\"\"",
	    "[{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},"
	    "{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},"
	    "{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},"
	    "{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},"
	    "{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"},"
	    "{\"sig\":\"AAAA\"},{\"sig\":\"AAAA\"}]"),
	VEXLOG_LIMIT, "", "17 signatures"},
};

static void
check_forms(void)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct dsse dsse;
		memset(&err, 0, sizeof(err));
		int rc =
		    dsse_read(&dsse, arena, text_bytes(forms[i].text), &err);
		ok(rc == forms[i].code &&
			strstr(err.message, forms[i].part) != NULL &&
			(rc != VEXLOG_SHAPE ||
			    strcmp(err.pointer, forms[i].pointer) == 0),
		    "envelope: %s: %s %s", forms[i].name, err.pointer,
		    err.message);
	}
}

/* ---- signing ---------------------------------------------------------- */

static void
check_signing(void)
{
	struct key *key, *other;
	struct vexlog_bytes envelope, payload = text_bytes("{\"a\":1}");
	struct dsse dsse;
	struct json_doc doc;
	struct buffer b;
	struct vexlog_bytes canonical;
	size_t which = 9;

	if (key_generate(&key, KEY_P256, &err) != 0 ||
	    key_generate(&other, KEY_P256, &err) != 0)
		bail("%s", err.message);
	is_int(dsse_sign(&envelope, arena, DSSE_IN_TOTO, payload, key, &err), 0,
	    "sign");
	json_read(&doc, arena, envelope, 0, &err);
	buffer_open(&b, arena, MIB);
	json_canonical(&b, &doc, doc.root, &err);
	buffer_finish(&b, &canonical, &err);
	ok(canonical.size == envelope.size &&
		memcmp(canonical.data, envelope.data, envelope.size) == 0,
	    "the envelope is canonical");
	is_int(dsse_read(&dsse, arena, envelope, &err), 0, "read");
	is_text(dsse.signatures[0].key_id, key_id(key), "names its key");
	ok(dsse.payload.size == payload.size &&
		memcmp(dsse.payload.data, payload.data, payload.size) == 0,
	    "the payload is what was signed");
	is_int(dsse_verify(&which, &dsse, key, &err), 0, "holds");
	is_int(dsse_verify(NULL, &dsse, other, &err), VEXLOG_BAD_PROOF,
	    "not by another key");
	has_text(err.message, key_id(other), "which is named");

	/* ours is the second signature; the first names our key falsely */
	struct dsse_signature two[2] = {dsse.signatures[0], dsse.signatures[0]};
	struct vexlog_bytes false_one;
	key_sign(&false_one, arena, other, dsse.pae, &err);
	two[0].bytes = false_one;
	dsse.signatures = two;
	dsse.signature_count = 2;
	is_int(dsse_verify(&which, &dsse, key, &err), 0, "the second holds");
	is_int((int64_t)which, 1, "and is told");
	two[1].bytes.size--;
	is_int(dsse_verify(&which, &dsse, key, &err), VEXLOG_BAD_PROOF,
	    "none holds");
	has_text(err.message, "none of the 2 signatures", "of two");
	key_close(other);
	key_close(key);
}

/* ---- statements ------------------------------------------------------- */

#define STATEMENT(type, subject, rest)                                         \
	"{\"_type\":\"" type "\",\"subject\":" subject                         \
	",\"predicateType\":" rest "}"
#define V1_TYPE "https://in-toto.io/Statement/v1"
#define SUBJECT "[{\"name\":\"n\",\"digest\":{\"sha256\":\"" HEX "\"}}]"

static const struct {
	const char *name, *text;
	int code;
	const char *pointer, *part;
} statements[] = {
    {"intact", STATEMENT(V1_TYPE, SUBJECT, "\"p\",\"predicate\":{}"), 0, "",
	""},
    {"v0.1",
	STATEMENT("https://in-toto.io/Statement/v0.1", SUBJECT,
	    "\"p\",\"predicate\":{}"),
	0, "", ""},
    {"without a predicate", STATEMENT(V1_TYPE, SUBJECT, "\"p\""), 0, "", ""},
    {"another type",
	STATEMENT("https://in-toto.io/Statement/v2", SUBJECT, "\"p\""),
	VEXLOG_SHAPE, "/_type", "no type of statement"},
    {"no subject", STATEMENT(V1_TYPE, "[]", "\"p\""), VEXLOG_SHAPE, "/subject",
	"without a subject"},
    {"a subject without a digest",
	STATEMENT(V1_TYPE, "[{\"name\":\"n\",\"digest\":{}}]", "\"p\""),
	VEXLOG_SHAPE, "/subject/0/digest", "without a digest"},
    {"the second subject is a text",
	STATEMENT(V1_TYPE, "[{\"digest\":{\"x\":\"y\"}},\"n\"]", "\"p\""),
	VEXLOG_SHAPE, "/subject/1", "is an object"},
    {"an upper-case digest",
	STATEMENT(V1_TYPE, "[{\"digest\":{\"sha256\":\"CA97\"}}]", "\"p\""),
	VEXLOG_SHAPE, "/subject/0/digest/sha256", "lower-case hex"},
    {"no predicate type", STATEMENT(V1_TYPE, SUBJECT, "\"\""), VEXLOG_SHAPE,
	"/predicateType", "empty"},
    {"the predicate is a text",
	STATEMENT(V1_TYPE, SUBJECT, "\"p\",\"predicate\":\"\""), VEXLOG_SHAPE,
	"/predicate", "not"},
    {"no JSON", "", VEXLOG_SYNTAX, "", ""},
    {"null", "null", VEXLOG_SHAPE, "", "is an object"},
};

static void
check_statements(void)
{
	struct vexlog_bytes bytes;
	struct statement s;

	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++) {
		memset(&err, 0, sizeof(err));
		int rc = statement_read(
		    &s, arena, text_bytes(statements[i].text), &err);
		ok(rc == statements[i].code &&
			strstr(err.message, statements[i].part) != NULL &&
			(rc != VEXLOG_SHAPE ||
			    strcmp(err.pointer, statements[i].pointer) == 0),
		    "statement: %s: %s %s", statements[i].name, err.pointer,
		    err.message);
	}
	is_int(statement_write(&bytes, arena, "n", HEX, "p",
		   text_bytes("{ \"b\": 1.0, \"a\": [] }"), &err),
	    0, "written");
	is_text((const char *)bytes.data,
	    "{\"_type\":\"" V1_TYPE "\",\"predicate\":{\"a\":[],\"b\":1},"
	    "\"predicateType\":\"p\",\"subject\":[{\"digest\":{\"sha256\":"
	    "\"" HEX "\"},\"name\":\"n\"}]}",
	    "in canonical form, whatever the predicate was");
	is_int(statement_read(&s, arena, bytes, &err), 0, "read");
	is_text(s.subject_sha256, HEX, "its subject");
	is_text(s.subject_name, "n", "and its name");
	is_text(s.predicate_type, "p", "its predicate type");
	is_int((int64_t)json_count(s.predicate), 2, "its predicate");
	is_int(statement_write(
		   &bytes, arena, "n", "CA97", "p", text_bytes("{}"), &err),
	    VEXLOG_MISUSE, "a subject that is no digest");
	is_int(statement_write(
		   &bytes, arena, "n", HEX, "p", text_bytes("1"), &err),
	    VEXLOG_SHAPE, "a predicate that is no object");
}

static int
run_dsse(void *context, struct vexlog_err *e)
{
	struct vexlog_bytes envelope;
	struct statement s;
	struct dsse dsse;
	int rc;

	vexlog_arena_reset(arena);
	if ((rc = dsse_sign(&envelope, arena, DSSE_IN_TOTO,
		 text_bytes(statements[0].text), context, e)) != 0 ||
	    (rc = dsse_read(&dsse, arena, envelope, e)) != 0 ||
	    (rc = dsse_verify(NULL, &dsse, context, e)) != 0)
		return rc;
	return statement_read(&s, arena, dsse.payload, e);
}

int
main(void)
{
	struct key *key;

	arena = vexlog_arena_open(64 * MIB);
	check_pae();
	check_example();
	check_forms();
	check_signing();
	check_statements();
	if (key_generate(&key, KEY_P256, &err) != 0)
		bail("%s", err.message);
	cases_without_memory("sign, read, verify", run_dsse, key);
	key_close(key);
	vexlog_arena_close(arena);
	return tap_done();
}
