/*
 * bundle_write.c - an envelope and its entry as a Sigstore bundle v0.3, signed
 * with a key: protobuf's JSON, numbers as strings and bytes in base64.
 */
#include <stdio.h>

#include "base/text.h"
#include "base/time.h"
#include "tlog/bundle.h"
#include "json/write.h"

#define MEDIA_TYPE "application/vnd.dev.sigstore.bundle.v0.3+json"

static void
put_base64(struct json_writer *w, const char *name, struct vexlog_bytes bytes,
    struct buffer *b)
{
	struct vexlog_err ignored; /* the buffer fails with it */
	char *text = text_base64(b->arena, bytes, &ignored);

	if (text == NULL)
		b->failed = VEXLOG_NO_MEMORY;
	json_member(w, name, text);
}

static void
put_number(struct json_writer *w, const char *name, int64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%lld", (long long)value);
	json_member(w, name, text);
}

static void
put_proof(struct json_writer *w, const struct entry *e, struct buffer *b)
{
	struct vexlog_bytes hash = {e->root.bytes, HASH_SIZE};
	struct vexlog_err ignored;

	json_name(w, "inclusionProof");
	json_object(w);
	put_number(w, "logIndex", e->proof_index);
	put_base64(w, "rootHash", hash, b);
	put_number(w, "treeSize", (int64_t)e->tree_size);
	json_name(w, "hashes");
	json_array(w);
	for (size_t i = 0; i < e->hash_count; i++) {
		hash.data = e->hashes[i].bytes;
		json_put_text(w, text_base64(b->arena, hash, &ignored));
	}
	json_close(w);
	json_name(w, "checkpoint");
	json_object(w);
	json_member(w, "envelope", e->checkpoint);
	json_close(w);
	json_close(w);
}

/* A TransparencyLogEntry. A time that no promise signs is not told. */
static int
put_entry(struct json_writer *w, const struct entry *e, struct buffer *b,
    struct vexlog_err *err)
{
	uint8_t id[HASH_SIZE];
	bool promised = e->set.size > 0 && e->integrated_time != TIME_NONE;

	if (!text_unhex(id, HASH_SIZE, e->log_id) || !e->has_proof ||
	    e->checkpoint == NULL)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "entry %lld has no inclusion proof with a checkpoint, and "
		    "a bundle needs both",
		    (long long)e->log_index);
	json_object(w);
	put_number(w, "logIndex", e->log_index);
	json_name(w, "logId");
	json_object(w);
	put_base64(w, "keyId", (struct vexlog_bytes){id, HASH_SIZE}, b);
	json_close(w);
	json_name(w, "kindVersion");
	json_object(w);
	json_member(w, "kind", e->kind);
	json_member(w, "version", e->version);
	json_close(w);
	put_number(
	    w, "integratedTime", promised ? e->integrated_time / SECOND : 0);
	if (promised) {
		json_name(w, "inclusionPromise");
		json_object(w);
		put_base64(w, "signedEntryTimestamp", e->set, b);
		json_close(w);
	}
	put_proof(w, e, b);
	put_base64(w, "canonicalizedBody", e->body, b);
	json_close(w);
	return 0;
}

/* The key is in the hint alone, as sigstore-go writes it: its verifier takes
 * a keyid for an SSH fingerprint and believes no other. A keyid is unsigned. */
static void
put_envelope(struct json_writer *w, const struct dsse *dsse, struct buffer *b)
{
	json_name(w, "dsseEnvelope");
	json_object(w);
	put_base64(w, "payload", dsse->payload, b);
	json_member(w, "payloadType", dsse->payload_type);
	json_name(w, "signatures");
	json_array(w);
	json_object(w);
	put_base64(w, "sig", dsse->signatures[0].bytes, b);
	json_close(w);
	json_close(w);
	json_close(w);
}

int
bundle_write(struct buffer *out, const struct dsse *dsse,
    const struct entry *entry, struct vexlog_err *err)
{
	struct json_writer w;
	int rc;

	if (dsse->signature_count != 1 || dsse->signatures[0].key_id == NULL)
		return err_set(err, VEXLOG_BAD_PROOF,
		    "an envelope with %zu signatures, a bundle has one that "
		    "names its key",
		    dsse->signature_count);
	json_open(&w, out, false);
	json_object(&w);
	json_member(&w, "mediaType", MEDIA_TYPE);
	json_name(&w, "verificationMaterial");
	json_object(&w);
	json_name(&w, "publicKey");
	json_object(&w);
	json_member(&w, "hint", dsse->signatures[0].key_id);
	json_close(&w);
	json_name(&w, "tlogEntries");
	json_array(&w);
	if ((rc = put_entry(&w, entry, out, err)) != 0)
		return rc;
	json_close(&w);
	json_close(&w);
	put_envelope(&w, dsse, out);
	json_close(&w);
	return 0;
}
