/*
 * entry_binding.c - is an entry about what we signed: digest, signature and
 * key in its body are ours.
 *
 * A log proves only that it holds some entry. That it is this one has to be
 * compared, byte for byte; clients that did not took any entry of the log for
 * a proof (CVE-2022-36056, CVE-2026-22703).
 */
#include "tlog/entry_judge.h"

#include <string.h>

#include "base/cursor.h"
#include "base/text.h"
#include "tlog/entry_body.h"

#define TAIL 8 /* bytes of a signature that a detail shows */

/* The payload inside a PAE; NULL data when it is none. */
static struct vexlog_bytes
payload_of(struct vexlog_bytes pae)
{
	const struct vexlog_bytes none = {NULL, 0};
	struct cursor c = cursor_open(pae);
	struct vexlog_bytes digits, skipped, payload;
	uint64_t size;

	if (!cursor_literal(&c, "DSSEv1 ") || !cursor_until(&c, ' ', &digits) ||
	    !text_decimal(
		&size, (const char *)digits.data, digits.size, SIZE_MAX) ||
	    !cursor_bytes(&c, (size_t)size, &skipped) ||
	    !cursor_literal(&c, " ") || !cursor_until(&c, ' ', &digits) ||
	    !text_decimal(
		&size, (const char *)digits.data, digits.size, SIZE_MAX) ||
	    size != cursor_left(&c) ||
	    !cursor_bytes(&c, (size_t)size, &payload))
		return none;
	return payload;
}

static bool
same_bytes(struct vexlog_bytes a, struct vexlog_bytes b)
{
	return a.size == b.size &&
	    (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static int
add_digest(struct judge *j, const char *of, struct vexlog_bytes got,
    struct vexlog_bytes want)
{
	char got_hex[2 * HASH_SIZE_MAX + 1], want_hex[2 * HASH_SIZE_MAX + 1];

	text_hex(got_hex, got.data,
	    got.size > HASH_SIZE_MAX ? HASH_SIZE_MAX : got.size);
	text_hex(want_hex, want.data,
	    want.size > HASH_SIZE_MAX ? HASH_SIZE_MAX : want.size);
	return ADD(j, DIGEST, same_bytes(got, want) ? VEXLOG_PASS : VEXLOG_FAIL,
	    "the entry is about %s %s, ours is %s", of, got_hex, want_hex);
}

static int
judge_digest(struct judge *j, const struct entry_body *body)
{
	struct vexlog_bytes message = j->expect->message, want;
	uint8_t bytes[HASH_SIZE_MAX];
	const char *of = body->of_payload ? "payload" : "digest";
	size_t size;
	int rc;

	if (message.data == NULL && body->of_payload)
		return MISSED(j, DIGEST,
		    "not judged by a digest: the entry "
		    "is about the payload");
	if (message.data == NULL)
		return add_digest(j, of, body->digest, j->expect->digest);
	if (body->of_payload && (message = payload_of(message)).data == NULL)
		return ADD(j, DIGEST, VEXLOG_FAIL,
		    "the entry is about an envelope, what was signed is none");
	if ((rc = hash_any(bytes, &size, body->hash, message, j->err)) != 0)
		return rc;
	want = (struct vexlog_bytes){bytes, size};
	if (!same_bytes(body->digest, want) || body->envelope.size == 0 ||
	    j->expect->envelope.size == 0)
		return add_digest(j, of, body->digest, want);
	if ((rc = hash_any(
		 bytes, &size, body->hash, j->expect->envelope, j->err)) != 0)
		return rc;
	return add_digest(j, "envelope", body->envelope, want);
}

/* The one of the body's signatures that is ours; NULL: none. */
static const struct body_signature *
find_signature(const struct judge *j, const struct entry_body *body)
{
	for (size_t i = 0; i < body->signature_count; i++)
		if (same_bytes(body->signatures[i].bytes, j->expect->signature))
			return &body->signatures[i];
	return NULL;
}

static void
tail_hex(char out[2 * TAIL + 1], struct vexlog_bytes bytes)
{
	size_t size = bytes.size < TAIL ? bytes.size : TAIL;

	text_hex(out, bytes.data + bytes.size - size, size);
}

static int
judge_signature(struct judge *j, const struct entry_body *body,
    const struct body_signature *mine)
{
	char theirs_hex[2 * TAIL + 1], ours_hex[2 * TAIL + 1];

	tail_hex(theirs_hex, body->signatures[0].bytes);
	tail_hex(ours_hex, j->expect->signature);
	return ADD(j, SIGNATURE, mine != NULL ? VEXLOG_PASS : VEXLOG_FAIL,
	    "the entry has …%s (%zu bytes, %zu in all), ours is …%s (%zu "
	    "bytes)",
	    theirs_hex, body->signatures[0].bytes.size, body->signature_count,
	    ours_hex, j->expect->signature.size);
}

static int
judge_key(struct judge *j, const struct body_signature *mine)
{
	bool certified = j->expect->certificate.size > 0;
	struct vexlog_bytes want =
	    certified ? j->expect->certificate : key_spki(j->expect->key);
	struct vexlog_bytes got =
	    mine->key.size > 0 ? mine->key : mine->certificate;
	char got_text[DIGEST_TEXT], want_text[DIGEST_TEXT];
	bool good =
	    certified == (mine->certificate.size > 0) && same_bytes(got, want);
	int rc;

	if ((rc = hash_digest(got_text, got, j->err)) != 0 ||
	    (rc = hash_digest(want_text, want, j->err)) != 0)
		return rc;
	return ADD(j, KEY, good ? VEXLOG_PASS : VEXLOG_FAIL,
	    "the entry names %s %s, ours is %s %s",
	    mine->certificate.size > 0 ? "certificate" : "key", got_text + 7,
	    certified ? "certificate" : "key", want_text + 7);
}

static int
judge_body(struct judge *j, const struct json_doc *doc)
{
	const struct body_signature *mine;
	struct entry_body body;
	struct vexlog_err why;
	int rc = entry_body_read(
	    &body, j->arena, doc, j->entry->kind, j->entry->version, &why);

	if (rc != 0) {
		if ((rc = JUDGE(j, DIGEST, rc, &why, "%s", "")) != 0 ||
		    (rc = MISSED(j, SIGNATURE, "not judged without a body")) !=
			0)
			return rc;
		return MISSED(j, KEY, "not judged without a body");
	}
	mine = find_signature(j, &body);
	if ((rc = judge_digest(j, &body)) != 0 ||
	    (rc = judge_signature(j, &body, mine)) != 0)
		return rc;
	if (mine == NULL)
		return MISSED(j, KEY, "not judged without our signature");
	return judge_key(j, mine);
}

/* A log that takes hashedrekord sees no message, so an Ed25519 key signed for
 * it prehashed. */
static int
verify_own(const struct judge *j, struct vexlog_err *why)
{
	const struct entry_expect *x = j->expect;

	if (x->message.data == NULL)
		return key_verify_digest(x->key, x->digest, x->signature, why);
	if (key_kind(x->key) == KEY_ED25519 &&
	    text_same(j->entry->kind, "hashedrekord"))
		return key_verify_prehashed(
		    x->key, x->message, x->signature, why);
	return key_verify(x->key, x->message, x->signature, why);
}

static int
judge_own(struct judge *j)
{
	const struct entry_expect *x = j->expect;
	struct vexlog_err why;
	int rc = verify_own(j, &why);

	return JUDGE(
	    j, OWN, rc, &why, "key %s (%s)", key_id(x->key), key_algo(x->key));
}

/* Kind and version, and, unless it is the caller's to do, the binding. */
int
entry_judge_meaning(struct judge *j)
{
	const struct entry *e = j->entry;
	const char *kind = "", *version = "";
	struct vexlog_err why;
	struct json_doc doc;
	bool good;
	int rc =
	    entry_body_kind(&kind, &version, &doc, j->arena, e->body, &why);

	good = rc == 0 && text_same(kind, e->kind) &&
	    text_same(version, e->version) && entry_body_known(kind, version);
	rc = rc != 0
	    ? JUDGE(j, KIND, rc, &why, "%s", "")
	    : ADD(j, KIND, good ? VEXLOG_PASS : VEXLOG_FAIL,
		  "%.40s %.40s%s, the body says %.40s %.40s", e->kind,
		  e->version,
		  entry_body_known(e->kind, e->version) ? "" : " (unknown)",
		  kind, version);
	if (rc != 0 || j->expect->log_only)
		return rc;
	if (good)
		rc = judge_body(j, &doc);
	for (enum check c = DIGEST; !good && c <= KEY && rc == 0; c++)
		rc = MISSED(j, c, "not judged without a known body");
	return rc != 0 ? rc : judge_own(j);
}
