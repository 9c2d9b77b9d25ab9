/*
 * ed25519ph_test.c - Ed25519 prehashed: the vector of RFC 8032 7.3, and
 * entries of logs that take such signatures.
 */
#include "entry_world.h"

#define SPKI "302a300506032b6570032100"
#define KEY  "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf"
#define HOLDS                                                                  \
	"98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"     \
	"31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406"

static struct key *key, *plain_key;
static uint8_t signature_bytes[64];
static const struct vexlog_bytes signature = {signature_bytes, 64};

static void
check_vector(void)
{
	const struct vexlog_bytes message = text_bytes("abc");
	struct vexlog_bytes plain;

	is_int(key_verify_prehashed(key, message, signature, &err), 0,
	    "RFC 8032 7.3 holds");
	is_int(key_verify(key, message, signature, &err), VEXLOG_BAD_PROOF,
	    "and not as plain Ed25519");
	is_int(key_verify_prehashed(key, text_bytes("abd"), signature, &err),
	    VEXLOG_BAD_PROOF, "another message");
	for (size_t i = 0; i < 64; i += 21)
		is_int(key_verify_prehashed(
			   key, message, flipped(signature, i), &err),
		    VEXLOG_BAD_PROOF, "a flipped bit");
	is_int(key_verify_prehashed(key, message,
		   (struct vexlog_bytes){signature_bytes, 63}, &err),
	    VEXLOG_BAD_PROOF, "a byte less");
	is_int(key_verify_prehashed(signer, message, signature, &err),
	    VEXLOG_MISUSE, "a key that is not Ed25519");
	must(key_sign(&plain, arena, plain_key, message, &err), "sign");
	is_int(key_verify_prehashed(plain_key, message, plain, &err),
	    VEXLOG_BAD_PROOF, "a plain signature is not a prehashed one");
	is_int(key_verify_prehashed(key, text_bytes(""), signature, &err),
	    VEXLOG_BAD_PROOF, "no message at all");
}

/* ---- entries ------------------------------------------------------------ */

static struct vexlog_bytes
body_v2(const struct key *by, const char *message, struct vexlog_bytes s)
{
	uint8_t digest[HASH_SIZE_MAX];
	size_t size;

	must(hash_any(digest, &size, HASH_SHA512, text_bytes(message), &err),
	    "hash");
	return text_bytes(arena_print(arena, &err,
	    "{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{"
	    "\"hashedRekordV002\":{\"data\":{\"algorithm\":\"SHA2_512\","
	    "\"digest\":\"%s\"},\"signature\":{\"content\":\"%s\","
	    "\"verifier\":{\"keyDetails\":\"PKIX_ED25519_PH\",\"publicKey\":{"
	    "\"rawBytes\":\"%s\"}}}}}}",
	    base64((struct vexlog_bytes){digest, size}), base64(s),
	    base64(key_spki(by))));
}

static struct vexlog_bytes
body_v1(const struct key *by, const char *message, struct vexlog_bytes s)
{
	uint8_t digest[HASH_SIZE_MAX];
	size_t size;

	must(hash_any(digest, &size, HASH_SHA512, text_bytes(message), &err),
	    "hash");
	return text_bytes(arena_print(arena, &err,
	    "{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\",\"spec\":{"
	    "\"data\":{\"hash\":{\"algorithm\":\"sha512\",\"value\":\"%s\"}},"
	    "\"signature\":{\"content\":\"%s\",\"publicKey\":{\"content\":"
	    "\"%s\"}}}}",
	    text_hex_new(arena, digest, size, &err), base64(s),
	    pem_base64(by)));
}

/* The detail of the check that failed; NULL: the report holds. */
static const char *
judge(struct world *w, const char *check)
{
	struct vexlog_report report;
	struct report open;
	struct trust *trust;

	must(trust_read(&trust, w->trust, &err), "trust");
	report_open(&open, arena);
	must(entry_verify(
		 &open, arena, &w->entry, trust, &w->expect, w->at, &err),
	    "verify");
	trust_close(trust);
	report = report_close(&open, w->entry.uuid);
	for (size_t i = 0; i < report.count; i++)
		if (report.list[i].outcome == VEXLOG_FAIL)
			return text_same(report.list[i].name, check)
			    ? report.list[i].detail
			    : report.list[i].name;
	return report.holds ? NULL : "nothing failed, and it does not hold";
}

static void
check_entry(bool v1)
{
	struct vexlog_bytes plain, payload_pae;
	struct world w;

	build(&w, v1, LEAVES);
	with_body(&w, "hashedrekord", v1 ? "0.0.1" : "0.0.2",
	    v1 ? body_v1(key, "abc", signature)
	       : body_v2(key, "abc", signature));
	w.expect = (struct entry_expect){
	    .key = key, .message = text_bytes("abc"), .signature = signature};
	is_text(judge(&w, ""), NULL,
	    v1 ? "v1: an entry by Ed25519ph holds"
	       : "v2: an entry by Ed25519ph holds");
	w.expect.message = text_bytes("abd");
	has_text(judge(&w, "binding digest"), "ours is",
	    "not about another message");

	must(key_sign(&plain, arena, plain_key, text_bytes("abc"), &err), "s");
	with_body(&w, "hashedrekord", v1 ? "0.0.1" : "0.0.2",
	    v1 ? body_v1(plain_key, "abc", plain)
	       : body_v2(plain_key, "abc", plain));
	w.expect = (struct entry_expect){
	    .key = plain_key, .message = text_bytes("abc"), .signature = plain};
	has_text(judge(&w, "own signature"), "not by key",
	    "a plain signature that a log took all the same");

	/* dsse has the payload: there Ed25519 signs whole */
	payload_pae = w.messages[MINE];
	must(key_sign(&plain, arena, plain_key, payload_pae, &err), "sign");
	w.expect = (struct entry_expect){
	    .key = plain_key, .message = payload_pae, .signature = plain};
	with_body(&w, "dsse", "0.0.1",
	    text_bytes(arena_print(arena, &err,
		"{\"apiVersion\":\"0.0.1\",\"kind\":\"dsse\",\"spec\":{"
		"\"envelopeHash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"},"
		"\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"},"
		"\"signatures\":[{\"signature\":\"%s\",\"verifier\":\"%s\"}]}}",
		sha256_hex(text_bytes("envelope")), sha256_hex(payload()),
		base64(plain), pem_base64(plain_key))));
	w.expect = (struct entry_expect){
	    .key = plain_key, .message = payload_pae, .signature = plain};
	is_text(judge(&w, ""), NULL, "plain Ed25519 in an entry of kind dsse");
}

int
main(void)
{
	uint8_t der[44];

	open_world();
	if (!text_unhex(der, 12, SPKI) || !text_unhex(der + 12, 32, KEY) ||
	    !text_unhex(signature_bytes, 64, HOLDS))
		bail("the vector is no hex");
	must(key_read_public(
		 &key, (struct vexlog_bytes){der, sizeof(der)}, &err),
	    "key");
	must(key_generate(&plain_key, KEY_ED25519, &err), "key");
	check_vector();
	check_entry(false);
	check_entry(true);
	key_close(key);
	key_close(plain_key);
	close_world();
	return tap_done();
}
