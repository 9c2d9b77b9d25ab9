/*
 * bundle.c - does a Sigstore bundle hold: who signed what, proven by whom.
 *
 * The order is that of what is needed first: times come from timestamps and
 * log entries, the certificate is judged at those times. Every check is made
 * that can be made, so that the report names all that is wrong.
 */
#include "tlog/bundle.h"

#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "sign/statement.h"
#include "tlog/bundle_judge.h"

#define RULE_BUNDLE "Sigstore bundle"

/* ---- the artifact ----------------------------------------------------- */

static const char *const hash_names[] = {"sha256", "sha384", "sha512"};
static const size_t hash_sizes[] = {32, 48, 64};

int
artifact_open(struct artifact *out, struct vexlog_bytes bytes,
    const char *digest, struct vexlog_err *err)
{
	struct artifact a = {.bytes = bytes, .whole = digest == NULL};
	bool good = digest == NULL;

	for (enum hash_kind k = HASH_SHA256; !good && k <= HASH_SHA512; k++) {
		size_t name = strlen(hash_names[k]);
		if (text_starts(digest, hash_names[k]) && digest[name] == ':')
			good = a.known[k] = text_unhex(
			    a.digests[k], hash_sizes[k], digest + name + 1);
	}
	if (!good) {
		err_set(err, VEXLOG_MISUSE,
		    "\"%.150s\" is no digest of an artifact", digest);
		err_hint(err, "give sha256: and 64 lower-case hex digits");
		return VEXLOG_MISUSE;
	}
	*out = a;
	return 0;
}

int
artifact_digest(struct vexlog_bytes *out, struct artifact *a,
    enum hash_kind kind, struct vexlog_err *err)
{
	size_t size;
	int rc;

	if (!a->known[kind] && a->whole) {
		rc = hash_any(a->digests[kind], &size, kind, a->bytes, err);
		if (rc != 0)
			return rc;
		a->known[kind] = true;
	}
	*out = a->known[kind]
	    ? (struct vexlog_bytes){a->digests[kind], hash_sizes[kind]}
	    : (struct vexlog_bytes){NULL, 0};
	return 0;
}

/* ---- what was signed -------------------------------------------------- */

static int
judge_message(struct bundle_judge *j)
{
	const struct bundle *b = &j->bundle;
	struct vexlog_bytes mine;
	int rc;

	if (!b->has_digest)
		return 0; /* optional; the signature covers the artifact */
	rc =
	    artifact_digest(&mine, j->expect->artifact, b->digest_kind, j->err);
	if (rc != 0)
		return rc;
	if (mine.data == NULL)
		return report_missed(j->report, "artifact", RULE_BUNDLE, j->err,
		    "the bundle has a %s, the digest given is another",
		    hash_names[b->digest_kind]);
	return report_add(j->report, "artifact", RULE_BUNDLE,
	    b->digest.size == mine.size &&
		    memcmp(b->digest.data, mine.data, mine.size) == 0
		? VEXLOG_PASS
		: VEXLOG_FAIL,
	    j->err, "its %s and the bundle's messageDigest",
	    hash_names[b->digest_kind]);
}

/* A subject is the artifact when a digest of it says so and none denies it.
 * 1 yes, 0 no, negative failed. */
static int
is_subject(struct bundle_judge *j, const struct json_value *subject,
    struct vexlog_err *why)
{
	const struct json_value *digests = json_get(subject, "digest");
	struct vexlog_bytes mine;
	char hex[2 * HASH_SIZE_MAX + 1];
	int rc, same = 0;

	for (enum hash_kind k = HASH_SHA256; k <= HASH_SHA512; k++) {
		const char *theirs = json_get_text(digests, hash_names[k]);
		if (theirs == NULL)
			continue;
		rc = artifact_digest(&mine, j->expect->artifact, k, why);
		if (rc != 0)
			return rc;
		if (mine.data == NULL)
			continue;
		text_hex(hex, mine.data, mine.size);
		if (!text_same(hex, theirs))
			return 0;
		same = 1;
	}
	return same;
}

static int
check_statement(struct bundle_judge *j, struct vexlog_err *why)
{
	const struct dsse *e = &j->bundle.envelope;
	const struct json_value *list, *v;
	struct statement s;
	int rc;

	if (!text_same(e->payload_type, DSSE_IN_TOTO))
		return err_set(why, VEXLOG_BAD_PROOF,
		    "the payload is \"%.100s\", expected \"%s\"",
		    e->payload_type, DSSE_IN_TOTO);
	if ((rc = statement_read(&s, j->arena, e->payload, why)) != 0)
		return rc;
	list = json_get(s.doc.root, "subject");
	for (v = json_first(list); v != json_end(list); v = json_next(v)) {
		if ((rc = is_subject(j, v, why)) < 0)
			return rc;
		if (rc == 1)
			return 0;
	}
	return err_set(why, VEXLOG_BAD_PROOF,
	    "none of the statement's %zu subjects is the artifact",
	    s.subject_count);
}

static int
judge_statement(struct bundle_judge *j)
{
	struct vexlog_err why;
	int rc = check_statement(j, &why);

	return report_judge(j->report, "subject", "in-toto Statement", rc, &why,
	    j->err, "the statement is about the artifact");
}

/* ---- the signature ---------------------------------------------------- */

/* Logged by its digest: then an Ed25519 key signed prehashed. */
static bool
is_prehashed(const struct bundle *b, const struct key *key)
{
	return key_kind(key) == KEY_ED25519 && b->entry_count > 0 &&
	    text_same(b->entries[0].kind, "hashedrekord");
}

/* Sigstore has P-384 and P-521 keys that sign SHA-256, too. */
static int
verify_hashed(const struct bundle *b, const struct key *key,
    struct vexlog_bytes message, struct vexlog_err *why)
{
	struct vexlog_bytes signature = b->signature;
	struct vexlog_err ignored;
	struct hash digest;
	int rc;

	if (is_prehashed(b, key))
		return key_verify_prehashed(key, message, signature, why);
	rc = key_verify(key, message, signature, why);
	if (rc != VEXLOG_BAD_PROOF || key_kind(key) == KEY_ED25519 ||
	    key_hash(key) == HASH_SHA256)
		return rc;
	if (hash_bytes(&digest, message, &ignored) != 0)
		return rc;
	return key_verify_hashed(key, HASH_SHA256,
		   (struct vexlog_bytes){digest.bytes, HASH_SIZE}, signature,
		   &ignored) == 0
	    ? 0
	    : rc;
}

/* errors   NOT_FOUND: what is needed of the artifact is not at hand */
static int
check_message_signature(struct bundle_judge *j, struct vexlog_err *why)
{
	const struct bundle *b = &j->bundle;
	struct artifact *a = j->expect->artifact;
	struct vexlog_bytes digest;
	int rc;

	if (key_kind(j->key) == KEY_ED25519) {
		if (a->whole)
			return verify_hashed(b, j->key, a->bytes, why);
		return err_set(why, VEXLOG_NOT_FOUND,
		    "an Ed25519 signature is over the whole artifact, only "
		    "its digest was given");
	}
	if (!b->has_digest && a->whole)
		return verify_hashed(b, j->key, a->bytes, why);
	enum hash_kind kind = b->has_digest ? b->digest_kind : key_hash(j->key);
	if ((rc = artifact_digest(&digest, a, kind, why)) != 0)
		return rc;
	if (digest.data == NULL)
		return err_set(why, VEXLOG_NOT_FOUND,
		    "the signature is over a %s, the digest given is another",
		    hash_names[kind]);
	return key_verify_hashed(j->key, kind, digest, b->signature, why);
}

static int
judge_signature(struct bundle_judge *j)
{
	const struct bundle *b = &j->bundle;
	const char *rule = b->enveloped ? "DSSE v1" : RULE_BUNDLE;
	struct vexlog_err why;
	int rc;

	if (j->key == NULL)
		return report_missed(j->report, "signature", rule, j->err,
		    "not judged without the signer's key");
	rc = b->enveloped
	    ? verify_hashed(b, j->key, b->envelope.pae, &why)
	    : check_message_signature(j, &why);
	return report_judge(j->report, "signature", rule, rc, &why, j->err,
	    "by key %.16s… (%s) over the %s", key_id(j->key), key_algo(j->key),
	    b->enveloped ? "envelope" : "artifact");
}

/* ---- who signed ------------------------------------------------------- */

/* sigstore_bundle.proto: a hint and the envelope's keyid are the same. */
static int
judge_hint(struct bundle_judge *j)
{
	const struct bundle *b = &j->bundle;
	const char *id = b->enveloped ? b->envelope.signatures[0].key_id : NULL;

	if (id == NULL || id[0] == '\0' || b->hint[0] == '\0')
		return 0;
	return report_add(j->report, "key hint", RULE_BUNDLE,
	    text_same(id, b->hint) ? VEXLOG_PASS : VEXLOG_FAIL, j->err,
	    "\"%.100s\", the envelope's keyid is \"%.100s\"", b->hint, id);
}

static int
open_signer(struct bundle_judge *j)
{
	const struct bundle_expect *x = j->expect;

	if (x->key != NULL && j->bundle.keyed) {
		j->key = x->key;
		return judge_hint(j);
	}
	if (x->key == NULL && !j->bundle.keyed)
		return bundle_open_certificate(j);
	return report_add(j->report, "signer", RULE_BUNDLE, VEXLOG_FAIL, j->err,
	    "%s",
	    j->bundle.keyed ? "signed with a key, an identity was expected"
			    : "signed with a certificate, a key was expected");
}

/* Only of certificates: a key is good for as long as its owner says. */
static int
judge_time(struct bundle_judge *j)
{
	if (j->time_count == 0)
		return report_missed(j->report, "signing time", RULE_BUNDLE,
		    j->err,
		    "neither a signed entry timestamp nor a timestamp of a "
		    "trusted authority proves one");
	return report_add(j->report, "signing time", RULE_BUNDLE, VEXLOG_PASS,
	    j->err, "%zu proven", j->time_count);
}

/* ---- all of it -------------------------------------------------------- */

static int
judge_all(struct bundle_judge *j)
{
	int rc = open_signer(j);

	if (rc != 0 ||
	    (rc = j->bundle.enveloped ? judge_statement(j)
				      : judge_message(j)) != 0 ||
	    (rc = judge_signature(j)) != 0 ||
	    (rc = bundle_judge_timestamps(j)) != 0 ||
	    (rc = bundle_judge_entries(j)) != 0)
		return rc;
	if (j->own_key == NULL)
		return 0;
	if ((rc = judge_time(j)) != 0)
		return rc;
	return bundle_judge_certificate(j);
}

int
bundle_verify(struct report *report, struct vexlog_arena *arena,
    struct vexlog_bytes json, const struct bundle_expect *expect,
    struct vexlog_err *err)
{
	struct bundle_judge j = {
	    .report = report,
	    .arena = arena,
	    .expect = expect,
	    .err = err,
	};
	struct vexlog_err why;
	bool formed;
	int rc = bundle_read(&j.bundle, arena, json, &why);

	formed = rc == 0;
	rc = report_judge(report, "bundle", RULE_BUNDLE, rc, &why, err,
	    "version 0.%d, %zu log entries, %zu timestamps", j.bundle.minor,
	    j.bundle.entry_count, j.bundle.timestamp_count);
	if (rc == 0 && formed)
		rc = judge_all(&j);
	key_close(j.own_key);
	x509_chain_close(&j.chain);
	return rc;
}
