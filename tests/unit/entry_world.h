/*
 * entry_world.h - entries made in a test: keys, bodies, a tree, a checkpoint
 * and a trust file that belong together.
 *
 * Two worlds: a local log (Ed25519, no time) and one like Rekor v1 (ECDSA,
 * tree id, signed entry timestamp, an index that counts over shards).
 */
#ifndef VEXLOG_TESTS_ENTRY_WORLD_H
#define VEXLOG_TESTS_ENTRY_WORLD_H

#include "base/time.h"
#include "cases.h"
#include "sign/dsse.h"
#include "tlog/entry.h"
#include "tlog/merkle.h"
#include "json/write.h"

#define LOCAL  "vexlog.local/0123456789abcdef"
#define HOST   "rekor.example"
#define V1     HOST " - 77"
#define TREE   "000000000000004d"
#define LEAVES 7
#define MINE   3
#define SHARDS 1000 /* entries in the shards before */
#define LOGGED (1768611600 * SECOND)
#define CHECKS 19

static struct vexlog_arena *arena;
static struct vexlog_err err;
static struct key *signer, *other_signer, *log_keys[2], *other_logs[2];

/* Everything that one verification sees; a mutation changes its copy. */
struct world {
	bool v1;
	size_t leaves;
	struct vexlog_bytes messages[LEAVES], signatures[LEAVES],
	    bodies[LEAVES];
	struct hash hashes[PROOF_LENGTH_MAX + 1];
	struct hash roots[LEAVES + 1];
	const char *origin;
	struct entry entry;
	struct entry_expect expect;
	struct vexlog_bytes trust;
	int64_t at;
};

static void
must(int rc, const char *what)
{
	if (rc != 0)
		bail("%s: %s", what, err.message);
}

/* ---- building --------------------------------------------------------- */

static struct key *
log_key(const struct world *w)
{
	return log_keys[w->v1];
}

static const char *
name_of(const struct world *w)
{
	return w->v1 ? HOST : LOCAL;
}

static const char *
sign_checkpoint(const struct world *w, const char *origin, uint64_t size,
    const struct hash *root, const struct key *key)
{
	struct vexlog_bytes text, note;

	must(checkpoint_write(&text, arena, origin, size, root, &err), "text");
	must(note_sign(&note, arena, text, name_of(w), key, &err), "note");
	return (const char *)note.data;
}

static void
sign_promise(struct world *w)
{
	struct json_writer j;
	struct vexlog_bytes text;
	struct buffer b;

	buffer_open(&b, arena, MIB);
	json_open(&j, &b, true);
	json_object(&j);
	json_member(&j, "body", text_base64(arena, w->entry.body, &err));
	json_member_integer(
	    &j, "integratedTime", w->entry.integrated_time / SECOND);
	json_member(&j, "logID", w->entry.log_id);
	json_member_integer(&j, "logIndex", w->entry.log_index);
	json_close(&j);
	must(buffer_finish(&b, &text, &err), "SET");
	must(key_sign(&w->entry.set, arena, log_key(w), text, &err), "SET");
}

static void
set_trust(struct world *w, const char *origin, const struct key *key,
    int64_t from, int64_t until)
{
	must(trust_add_log(
		 &w->trust, arena, NULL, origin, NULL, key, from, until, &err),
	    "trust");
}

/* The tree over the bodies, and the entry at index MINE (or the only one). */
static void
build_entry(struct world *w)
{
	size_t mine = w->leaves == 1 ? 0 : MINE;
	struct hash leaves[LEAVES], id;
	const struct hash **paths;
	size_t *sizes;
	char hex[81];

	for (size_t i = 0; i < w->leaves; i++)
		must(merkle_leaf(&leaves[i], w->bodies[i], &err), "leaf");
	for (size_t i = 0; i <= w->leaves; i++)
		must(merkle_root(&w->roots[i], leaves, i, &err), "root");
	must(merkle_paths(&w->roots[w->leaves], &paths, &sizes, arena, leaves,
		 w->leaves, &err),
	    "paths");
	memcpy(w->hashes, paths[mine], sizes[mine] * sizeof(struct hash));
	must(note_key_id(&id, name_of(w), log_key(w), NOTE_PLAIN, &err), "id");
	(void)snprintf(hex, sizeof(hex), "%s", w->v1 ? TREE : "");
	text_hex(hex + strlen(hex), leaves[mine].bytes, HASH_SIZE);
	w->entry = (struct entry){
	    .kind = "hashedrekord",
	    .version = "0.0.2",
	    .log_id = text_hex_new(arena, id.bytes, HASH_SIZE, &err),
	    .log_url = "",
	    .uuid = arena_copy(arena, hex, &err),
	    .log_index = (int64_t)mine + (w->v1 ? SHARDS : 0),
	    .integrated_time = w->v1 ? LOGGED : TIME_NONE,
	    .body = w->bodies[mine],
	    .has_proof = true,
	    .proof_index = (int64_t)mine,
	    .tree_size = w->leaves,
	    .root = w->roots[w->leaves],
	    .hashes = w->hashes,
	    .hash_count = sizes[mine],
	    .checkpoint = sign_checkpoint(
		w, w->origin, w->leaves, &w->roots[w->leaves], log_key(w)),
	};
	if (w->v1)
		sign_promise(w);
	w->expect = (struct entry_expect){
	    .key = signer,
	    .message = w->messages[mine],
	    .signature = w->signatures[mine],
	};
	w->at = TIME_NONE;
}

static void
build(struct world *w, bool v1, size_t leaves)
{
	memset(w, 0, sizeof(*w));
	w->v1 = v1;
	w->leaves = leaves;
	w->origin = v1 ? V1 : LOCAL;
	for (size_t i = 0; i < leaves; i++) {
		char *payload = arena_print(arena, &err, "{\"n\":%zu}", i);
		must(dsse_pae(&w->messages[i], arena, DSSE_IN_TOTO,
			 text_bytes(payload), &err),
		    "pae");
		must(key_sign(&w->signatures[i], arena, signer, w->messages[i],
			 &err),
		    "sign");
		must(entry_body_v2(&w->bodies[i], arena, signer, w->messages[i],
			 w->signatures[i], &err),
		    "body");
	}
	set_trust(w, w->origin, log_key(w), 0, TIME_MAX);
	build_entry(w);
}

/* Another body for our entry, in a tree that has it. */
__attribute__((unused)) static void
with_body(struct world *w, const char *kind, const char *version,
    struct vexlog_bytes body)
{
	w->bodies[w->leaves == 1 ? 0 : MINE] = body;
	build_entry(w);
	w->entry.kind = kind;
	w->entry.version = version;
}

static struct vexlog_bytes
copy(struct vexlog_bytes bytes)
{
	char *out = arena_text(arena, bytes.data, bytes.size, &err);

	return (struct vexlog_bytes){(uint8_t *)out, bytes.size};
}

__attribute__((unused)) static struct vexlog_bytes
flipped(struct vexlog_bytes bytes, size_t i)
{
	struct vexlog_bytes out = copy(bytes);

	((uint8_t *)(uintptr_t)out.data)[i] ^= 1;
	return out;
}

__attribute__((unused)) static char *
replaced(const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);

	if (at == NULL)
		bail("no \"%s\" in \"%s\"", old, text);
	return arena_print(arena, &err, "%.*s%s%s", (int)(at - text), text, new,
	    at + strlen(old));
}

/* ---- bodies of the other kinds ---------------------------------------- */

static char *
base64(struct vexlog_bytes bytes)
{
	return text_base64(arena, bytes, &err);
}

static char *
pem_base64(const struct key *key)
{
	struct vexlog_bytes pem;

	must(key_write_public(&pem, arena, key, &err), "pem");
	return base64(pem);
}

static char *
sha256_hex(struct vexlog_bytes bytes)
{
	struct hash hash;

	must(hash_bytes(&hash, bytes, &err), "hash");
	return text_hex_new(arena, hash.bytes, HASH_SIZE, &err);
}

static struct vexlog_bytes
payload(void)
{
	return text_bytes("{\"n\":3}");
}

__attribute__((unused)) static struct vexlog_bytes
hashedrekord_v1(const struct world *w)
{
	return text_bytes(arena_print(arena, &err,
	    "{\"apiVersion\":\"0.0.1\",\"kind\":\"hashedrekord\",\"spec\":{"
	    "\"data\":{\"hash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"}},"
	    "\"signature\":{\"content\":\"%s\",\"publicKey\":{\"content\":"
	    "\"%s\"}}}}",
	    sha256_hex(w->expect.message), base64(w->expect.signature),
	    pem_base64(signer)));
}

__attribute__((unused)) static struct vexlog_bytes
dsse_v1(const struct world *w)
{
	return text_bytes(arena_print(arena, &err,
	    "{\"apiVersion\":\"0.0.1\",\"kind\":\"dsse\",\"spec\":{"
	    "\"envelopeHash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"},"
	    "\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"},"
	    "\"signatures\":[{\"signature\":\"%s\",\"verifier\":\"%s\"}]}}",
	    sha256_hex(text_bytes("envelope")), sha256_hex(payload()),
	    base64(w->expect.signature), pem_base64(signer)));
}

__attribute__((unused)) static struct vexlog_bytes
dsse_v2(const struct world *w)
{
	struct hash hash;

	must(hash_bytes(&hash, payload(), &err), "hash");
	return text_bytes(arena_print(arena, &err,
	    "{\"apiVersion\":\"0.0.2\",\"kind\":\"dsse\",\"spec\":{"
	    "\"dsseV002\":{\"payloadHash\":{\"algorithm\":\"SHA2_256\","
	    "\"digest\":\"%s\"},\"signatures\":[{\"content\":\"AAAA\","
	    "\"verifier\":{\"publicKey\":{\"rawBytes\":\"AAAA\"}}},"
	    "{\"content\":\"%s\",\"verifier\":{\"keyDetails\":"
	    "\"PKIX_ECDSA_P256_SHA_256\",\"publicKey\":{\"rawBytes\":"
	    "\"%s\"}}}]}}}",
	    base64((struct vexlog_bytes){hash.bytes, HASH_SIZE}),
	    base64(w->expect.signature), base64(key_spki(signer))));
}

__attribute__((unused)) static struct vexlog_bytes
intoto_v2(const struct world *w)
{
	return text_bytes(arena_print(arena, &err,
	    "{\"apiVersion\":\"0.0.2\",\"kind\":\"intoto\",\"spec\":{"
	    "\"content\":{\"envelope\":{\"payloadType\":\"" DSSE_IN_TOTO
	    "\",\"signatures\":[{\"publicKey\":\"%s\",\"sig\":\"%s\"}]},"
	    "\"hash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"},"
	    "\"payloadHash\":{\"algorithm\":\"sha256\",\"value\":\"%s\"}}}}",
	    pem_base64(signer), base64(text_bytes(base64(w->expect.signature))),
	    sha256_hex(text_bytes("envelope")), sha256_hex(payload())));
}

static void
open_world(void)
{
	arena = vexlog_arena_open(256 * MIB);
	must(key_generate(&signer, KEY_P256, &err), "key");
	must(key_generate(&other_signer, KEY_P256, &err), "key");
	must(key_generate(&log_keys[0], KEY_ED25519, &err), "key");
	must(key_generate(&log_keys[1], KEY_P256, &err), "key");
	must(key_generate(&other_logs[0], KEY_ED25519, &err), "key");
	must(key_generate(&other_logs[1], KEY_P256, &err), "key");
}

static void
close_world(void)
{
	key_close(signer);
	key_close(other_signer);
	for (int i = 0; i < 2; i++) {
		key_close(log_keys[i]);
		key_close(other_logs[i]);
	}
	vexlog_arena_close(arena);
}

#endif
