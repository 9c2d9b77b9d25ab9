/*
 * bundle_proof.c - what others say of a bundle: entries of logs and
 * timestamps, and that they are about this very signature.
 *
 * That an entry is in a log proves nothing alone; it has to be the entry of
 * this signature, by this key or certificate, over this artifact or payload
 * (CVE-2022-36056, CVE-2026-22703).
 */
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "sign/timestamp.h"
#include "tlog/bundle_judge.h"
#include "tlog/entry_body.h"

#define RULE_STAMP   "RFC 3161 2.4.2"
#define RULE_BINDING "Rekor entry kinds"

/* ---- timestamps ------------------------------------------------------- */

/* NOT_FOUND: by nobody who is trusted. */
static int
check_stamper(const char **name, const struct bundle_judge *j,
    const struct timestamp *t, struct vexlog_err *why)
{
	struct bundle_root *root = j->expect->root;
	int64_t at = timestamp_time(t);
	struct vexlog_err this;
	int rc = err_set(why, VEXLOG_NOT_FOUND,
	    "by none of the %zu trusted time stamping authorities",
	    root->stamper_count);

	for (size_t i = 0; i < root->stamper_count; i++) {
		struct bundle_authority *a = &root->stampers[i];
		int code = bundle_root_chain(a, root, &this);
		if (code == 0)
			code = timestamp_verify(t, &a->chain, &this);
		if (code == 0 && (at < a->valid_from || a->valid_until < at))
			code = err_set(&this, VEXLOG_BAD_PROOF,
			    "the authority %.100s was not trusted then",
			    a->name);
		if (code == 0)
			*name = a->name;
		if (code == 0 || code == VEXLOG_NO_MEMORY) {
			*why = this;
			return code;
		}
		if (code != VEXLOG_NOT_FOUND) {
			*why = this;
			rc = code;
		}
	}
	return rc;
}

static int
check_timestamp(int64_t *time, const char **name, const struct bundle_judge *j,
    struct vexlog_bytes der, struct vexlog_err *why)
{
	struct timestamp *t;
	int rc = timestamp_read(&t, der, why);

	if (rc != 0)
		return rc;
	if ((rc = timestamp_covers(t, j->bundle.signature, why)) == 0)
		rc = check_stamper(name, j, t, why);
	*time = timestamp_time(t);
	timestamp_close(t);
	return rc;
}

/* One of an authority that is not trusted proves no time and breaks nothing:
 * others may trust it. */
int
bundle_judge_timestamps(struct bundle_judge *j)
{
	char text[TIME_TEXT] = "";
	struct vexlog_err why;
	const char *name = "";
	int64_t time = TIME_NONE;
	int rc;

	for (size_t i = 0; i < j->bundle.timestamp_count; i++) {
		rc = check_timestamp(
		    &time, &name, j, j->bundle.timestamps[i], &why);
		if (rc == VEXLOG_NOT_FOUND) {
			rc = report_add(j->report, "timestamp", RULE_STAMP,
			    VEXLOG_SKIP, j->err, "%s", why.message);
		} else {
			if (rc == 0) {
				j->times[j->time_count++] = time;
				time_write(text, time);
			}
			rc = report_judge(j->report, "timestamp", RULE_STAMP,
			    rc, &why, j->err, "%s by %.200s", text, name);
		}
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* ---- binding ---------------------------------------------------------- */

static bool
same_bytes(struct vexlog_bytes a, struct vexlog_bytes b)
{
	return a.size == b.size &&
	    (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* What the entry's digest has to be. NULL data: can't be computed. */
static int
our_digest(struct vexlog_bytes *out, struct bundle_judge *j,
    const struct entry_body *body, struct vexlog_err *why)
{
	const struct bundle *b = &j->bundle;
	struct vexlog_bytes message;
	uint8_t *bytes;
	size_t size;
	int rc;

	if (!b->enveloped) {
		if (body->of_payload)
			return err_set(why, VEXLOG_BAD_PROOF,
			    "the entry is about an envelope, the bundle has "
			    "none");
		return artifact_digest(
		    out, j->expect->artifact, body->hash, why);
	}
	message = body->of_payload ? b->envelope.payload : b->envelope.pae;
	if ((bytes = arena_take(j->arena, HASH_SIZE_MAX, why)) == NULL)
		return why->code;
	if ((rc = hash_any(bytes, &size, body->hash, message, why)) != 0)
		return rc;
	*out = (struct vexlog_bytes){bytes, size};
	return 0;
}

static int
check_verifier(const struct bundle_judge *j,
    const struct body_signature *signature, struct vexlog_err *why)
{
	const struct bundle *b = &j->bundle;

	if (b->certificate_count > 0 &&
	    !same_bytes(signature->certificate, b->certificates[0]))
		return err_set(why, VEXLOG_BAD_PROOF,
		    "the entry was made with another certificate%s",
		    signature->certificate.size == 0 ? ": with a bare key"
						     : "");
	if (b->certificate_count == 0 &&
	    !same_bytes(signature->key, key_spki(j->key)))
		return err_set(why, VEXLOG_BAD_PROOF,
		    "the entry was made with another key%s",
		    signature->key.size == 0 ? ": with a certificate" : "");
	return 0;
}

static int
check_binding(
    struct bundle_judge *j, const struct entry *entry, struct vexlog_err *why)
{
	const char *kind, *version;
	struct vexlog_bytes digest = {NULL, 0};
	struct entry_body body;
	struct json_doc doc;
	int rc;

	if ((rc = entry_body_kind(
		 &kind, &version, &doc, j->arena, entry->body, why)) != 0 ||
	    (rc = entry_body_read(&body, j->arena, &doc, kind, version, why)) !=
		0)
		return rc;
	if (body.signature_count != 1 ||
	    !same_bytes(body.signatures[0].bytes, j->bundle.signature))
		return err_set(why, VEXLOG_BAD_PROOF,
		    "the entry's signature is another than the bundle's");
	if ((rc = check_verifier(j, &body.signatures[0], why)) != 0 ||
	    (rc = our_digest(&digest, j, &body, why)) != 0)
		return rc;
	if (digest.data == NULL)
		return err_set(why, VEXLOG_NOT_FOUND,
		    "the entry has a digest by another hash than the one "
		    "given");
	if (!same_bytes(body.digest, digest))
		return err_set(why, VEXLOG_BAD_PROOF,
		    "the entry is about something else: its digest is not "
		    "that of the %s",
		    !j->bundle.enveloped  ? "artifact"
			: body.of_payload ? "payload"
					  : "envelope");
	return 0;
}

static int
judge_binding(struct bundle_judge *j, const struct entry *entry)
{
	struct vexlog_err why;
	int rc;

	if (j->key == NULL)
		return report_missed(j->report, "binding", RULE_BINDING, j->err,
		    "not judged without the signer's key");
	rc = check_binding(j, entry, &why);
	return report_judge(j->report, "binding", RULE_BINDING, rc, &why,
	    j->err, "%.40s %.40s: digest, signature and %s are the bundle's",
	    entry->kind, entry->version,
	    j->bundle.certificate_count > 0 ? "certificate" : "key");
}

/* ---- entries ---------------------------------------------------------- */

/* Of what is proven already: a log without times is judged by it. */
static int64_t
first_time(const struct bundle_judge *j)
{
	int64_t first = TIME_NONE;

	for (size_t i = 0; i < j->time_count; i++)
		if (first == TIME_NONE || j->times[i] < first)
			first = j->times[i];
	return first;
}

static int
judge_entry(struct bundle_judge *j, const struct entry *entry, int64_t at)
{
	const struct entry_expect expect = {
	    .log_only = true,
	    .promise_will_do = j->bundle.minor == 1,
	};
	size_t bad = j->report->failed + j->report->required_skipped;
	int rc = entry_verify(j->report, j->arena, entry,
	    j->expect->root->trust, &expect, at, j->err);

	if (rc != 0 || (rc = judge_binding(j, entry)) != 0)
		return rc;
	/* only a promise that holds makes the integrated time one */
	if (entry->set.size > 0 && entry->integrated_time != TIME_NONE &&
	    bad == j->report->failed + j->report->required_skipped)
		j->times[j->time_count++] = entry->integrated_time;
	return 0;
}

/* GHSA-9vcr-p3rj-q5q6: entries of one log are one witness. */
static int
judge_logs(struct bundle_judge *j)
{
	const struct bundle *b = &j->bundle;
	size_t distinct = 0;

	for (size_t i = 0; i < b->entry_count; i++) {
		size_t before = 0;
		while (before < i &&
		    !text_same(b->entries[before].log_id, b->entries[i].log_id))
			before++;
		distinct += before == i;
	}
	return report_add(j->report, "distinct logs",
	    "Sigstore client specification",
	    distinct >= j->expect->logs ? VEXLOG_PASS : VEXLOG_FAIL, j->err,
	    "%zu entries of %zu logs, %zu needed", b->entry_count, distinct,
	    j->expect->logs);
}

int
bundle_judge_entries(struct bundle_judge *j)
{
	int64_t at = first_time(j);
	int rc;

	for (size_t i = 0; i < j->bundle.entry_count; i++)
		if ((rc = judge_entry(j, &j->bundle.entries[i], at)) != 0)
			return rc;
	return judge_logs(j);
}
