/*
 * fakelog.h - a Rekor log, v1 or v2, with a key of its own on a loopback
 * server, that can be told to go wrong in one way. Right answers are made
 * from a real tree and really signed, so what a test then refuses it refuses
 * for the one thing that was broken.
 */
#ifndef VEXLOG_TESTS_FAKELOG_H
#define VEXLOG_TESTS_FAKELOG_H

#include "base/limits.h"
#include "base/text.h"
#include "tests/cosign.h"
#include "tests/loopback.h"
#include "tests/tap.h"
#include "tlog/merkle.h"
#include "tlog/note.h"
#include "json/json.h"

enum fake_fault {
	FAKE_FINE,
	/* of a POST, which is logged all the same: */
	FAKE_LOSE,        /* the connection ends without an answer */
	FAKE_HANG,        /* no answer, the connection stays */
	FAKE_DRIP,        /* a byte every 50 ms */
	FAKE_OTHER_ENTRY, /* the answer is the log's first entry */
	FAKE_TWO_ENTRIES, /* v1 */
	FAKE_WRONG_UUID,  /* v1 */
	FAKE_OTHER_BODY,  /* an entry like ours over another digest */
	FAKE_BAD_PROOF,   /* one bit of the proof (or of the root) */
	FAKE_NOT_JSON,
	FAKE_EMPTY,
	FAKE_HUGE,        /* 11 MiB of answer */
	FAKE_FORGET,      /* duplicates are not known again */
	FAKE_NO_PLACE,    /* a 409 does not say where */
	FAKE_OTHER_PLACE, /* a 409 says where another entry is */
	FAKE_OTHER_HOST,  /* v1: a 409 says the entry is on another host */
	/* of a POST, which is not logged: */
	FAKE_FROZEN,
	FAKE_REDIRECT,
	FAKE_BUSY,
	FAKE_TOO_LARGE,
	FAKE_BAD_REQUEST,
	/* of reading: */
	FAKE_PENDING,    /* v1: what is there already is a 404 */
	FAKE_NO_PARTIAL, /* v2: partial tiles are gone */
	FAKE_NO_TILES,
	FAKE_SHORT_TILE,
	FAKE_BAD_TILE,
	FAKE_OTHER_KEY,    /* the checkpoint is signed by another key */
	FAKE_OTHER_ORIGIN, /* the checkpoint is of another log */
};

struct fake {
	struct loopback server;
	struct vexlog_arena *arena;
	bool v1;
	struct key *key, *other_key;
	struct key *witness; /* NULL: nobody cosigns */
	const char *witness_name;
	const char *name, *origin;
	struct vexlog_bytes *bodies;
	struct hash *leaves;
	size_t count, room, known; /* known: bodies that may be duplicates */
	size_t published;          /* v2: entries under the checkpoint */
	enum fake_fault fault;
	int times; /* how often the fault happens; then it's fine again */
	char elsewhere[64];
	const char *date; /* of a checkpoint: a header with its end, or NULL */
};

#define FAKE_TREE 0x4dULL

static void
fake_must(int rc, const struct vexlog_err *err)
{
	if (rc != 0)
		bail("fake log: %s", err->message);
}

/* True once for each time that the fault is to happen. */
static bool
fake_told(struct fake *fake, enum fake_fault fault)
{
	if (fake->fault != fault || fake->times == 0)
		return false;
	fake->times--;
	return true;
}

static void
fake_append(struct fake *fake, const void *body, size_t size)
{
	struct vexlog_err err;
	struct vexlog_bytes copy;

	if (fake->count == fake->room) {
		fake->room = fake->room == 0 ? 1024 : 2 * fake->room;
		fake->bodies =
		    realloc(fake->bodies, fake->room * sizeof *fake->bodies);
		fake->leaves =
		    realloc(fake->leaves, fake->room * sizeof *fake->leaves);
		if (fake->bodies == NULL || fake->leaves == NULL)
			bail("no memory");
	}
	copy.data = (const uint8_t *)arena_text(fake->arena, body, size, &err);
	copy.size = size;
	if (copy.data == NULL)
		bail("fake log: %s", err.message);
	fake_must(merkle_leaf(fake->leaves + fake->count, copy, &err), &err);
	fake->bodies[fake->count++] = copy;
}

static int
fake_hash(struct hash *out, unsigned level, uint64_t n, void *context,
    struct vexlog_err *err)
{
	const struct fake *fake = context;

	return merkle_root(
	    out, fake->leaves + (n << level), (size_t)1 << level, err);
}

/* The signed checkpoint over the first size entries. */
static struct vexlog_bytes
fake_checkpoint(struct fake *fake, size_t size, struct hash *root)
{
	struct vexlog_bytes text, note;
	struct vexlog_err err;
	bool other = fake->fault == FAKE_OTHER_ORIGIN;

	fake_must(size == 0 ? merkle_empty(root, &err)
			    : merkle_root(root, fake->leaves, size, &err),
	    &err);
	fake_must(checkpoint_write(&text, fake->arena,
		      other ? "other.fake" : fake->origin, size, root, &err),
	    &err);
	fake_must(
	    note_sign(&note, fake->arena, text,
		other ? "other.fake" : fake->name,
		fake->fault == FAKE_OTHER_KEY ? fake->other_key : fake->key,
		&err),
	    &err);
	if (fake->witness != NULL)
		note = text_bytes(cosign(fake->arena, (const char *)note.data,
		    fake->witness_name, fake->witness, 1700000000));
	return note;
}

static char *
fake_base64(struct fake *fake, const void *data, size_t size)
{
	struct vexlog_err err;
	char *text =
	    text_base64(fake->arena, (struct vexlog_bytes){data, size}, &err);

	if (text == NULL)
		bail("no memory");
	return text;
}

/* ---- answers ------------------------------------------------------------- */

/* A proof as JSON strings, in hex or base64; returns the root too. */
static void
fake_proof(struct buffer *b, struct fake *fake, size_t index, bool hex)
{
	struct merkle_source source = {fake_hash, fake};
	struct hash proof[PROOF_LENGTH_MAX];
	struct vexlog_err err;
	char text[65];
	size_t n, i;

	fake_must(merkle_prove_inclusion(
		      proof, &n, &source, index, fake->count, &err),
	    &err);
	if (n > 0 && fake_told(fake, FAKE_BAD_PROOF))
		proof[n - 1].bytes[0] ^= 1;
	buffer_byte(b, '[');
	for (i = 0; i < n; i++) {
		text_hex(text, proof[i].bytes, HASH_SIZE);
		buffer_print(b, "%s\"%s\"", i > 0 ? "," : "",
		    hex ? text : fake_base64(fake, proof[i].bytes, 32));
	}
	buffer_byte(b, ']');
}

static void
fake_entry_v1(struct buffer *b, struct fake *fake, size_t index)
{
	struct vexlog_bytes body = fake->bodies[index], set, note;
	const char *body_text = fake_base64(fake, body.data, body.size);
	char uuid[81], root_text[65];
	struct vexlog_err err;
	struct hash root;
	const char *signed_text;

	(void)snprintf(uuid, sizeof uuid, "%016llx", FAKE_TREE);
	text_hex(uuid + 16, fake->leaves[index].bytes, HASH_SIZE);
	if (fake_told(fake, FAKE_WRONG_UUID))
		uuid[20] = uuid[20] == '0' ? '1' : '0';
	note = fake_checkpoint(fake, fake->count, &root);
	text_hex(root_text, root.bytes, HASH_SIZE);
	signed_text = arena_print(fake->arena, &err,
	    "{\"body\":\"%s\",\"integratedTime\":1700000000,\"logID\":\"%s\","
	    "\"logIndex\":%zu}",
	    body_text, key_id(fake->key), index);
	fake_must(key_sign(&set, fake->arena, fake->key,
		      text_bytes(signed_text), &err),
	    &err);
	buffer_print(b,
	    "\"%s\":{\"body\":\"%s\",\"integratedTime\":1700000000,"
	    "\"logID\":\"%s\",\"logIndex\":%zu,\"verification\":{"
	    "\"inclusionProof\":{\"checkpoint\":",
	    uuid, body_text, key_id(fake->key), index);
	json_quote(b, (const char *)note.data, note.size);
	buffer_text(b, ",\"hashes\":");
	fake_proof(b, fake, index, true);
	buffer_print(b,
	    ",\"logIndex\":%zu,\"rootHash\":\"%s\",\"treeSize\":%zu},"
	    "\"signedEntryTimestamp\":\"%s\"}}",
	    index, root_text, fake->count,
	    fake_base64(fake, set.data, set.size));
}

static void
fake_entry_v2(struct buffer *b, struct fake *fake, size_t index)
{
	struct vexlog_bytes body = fake->bodies[index], note;
	struct vexlog_err err;
	struct hash root, id;

	note = fake_checkpoint(fake, fake->count, &root);
	fake_must(
	    note_key_id(&id, fake->name, fake->key, NOTE_PLAIN, &err), &err);
	buffer_print(b,
	    "{\"logIndex\":\"%zu\", \"logId\":{\"keyId\":\"%s\"}, "
	    "\"kindVersion\":{\"kind\":\"hashedrekord\", "
	    "\"version\":\"0.0.2\"}, \"integratedTime\":\"0\", "
	    "\"inclusionPromise\":null, \"inclusionProof\":{"
	    "\"logIndex\":\"%zu\", \"rootHash\":\"%s\", "
	    "\"treeSize\":\"%zu\", \"hashes\":",
	    index, fake_base64(fake, id.bytes, HASH_SIZE), index,
	    fake_base64(fake, root.bytes, HASH_SIZE), fake->count);
	fake_proof(b, fake, index, false);
	buffer_text(b, ", \"checkpoint\":{\"envelope\":");
	json_quote(b, (const char *)note.data, note.size);
	buffer_print(b, "}}, \"canonicalizedBody\":\"%s\"}",
	    fake_base64(fake, body.data, body.size));
}

static void
fake_answer_entry(
    struct loopback_reply *reply, struct fake *fake, int status, size_t index)
{
	struct vexlog_bytes out;
	struct vexlog_err err;
	struct buffer b;

	if (fake_told(fake, FAKE_OTHER_ENTRY))
		index = 0;
	buffer_open(&b, fake->arena, 16 * MIB);
	if (fake->v1) {
		buffer_byte(&b, '{');
		fake_entry_v1(&b, fake, index);
		if (fake_told(fake, FAKE_TWO_ENTRIES)) {
			buffer_byte(&b, ',');
			fake_entry_v1(&b, fake, 0);
		}
		buffer_text(&b, "}\n");
	} else
		fake_entry_v2(&b, fake, index);
	if (fake_told(fake, FAKE_NOT_JSON))
		b.size /= 2;
	if (fake_told(fake, FAKE_EMPTY))
		b.size = 0;
	while (fake->fault == FAKE_HUGE && b.size < 11 * MIB)
		buffer_text(&b, "                                        ");
	fake_must(buffer_finish(&b, &out, &err), &err);
	loopback_say(reply, status, out.data, out.size,
	    "Content-Type: application/json\r\n");
}

/* ---- writing ------------------------------------------------------------- */

/* The body that a v2 log makes of a request. */
static const char *
fake_body_v2(struct fake *fake, const struct json_doc *doc)
{
	const struct json_value *r =
	    json_get(doc->root, "hashedRekordRequestV002");
	const struct json_value *s = json_get(r, "signature");
	const struct json_value *v = json_get(s, "verifier");
	const char *raw = json_get_text(json_get(v, "publicKey"), "rawBytes");
	const char *details = json_get_text(v, "keyDetails");
	const char *digest = json_get_text(r, "digest");
	struct vexlog_err err;

	if (raw == NULL || details == NULL || digest == NULL)
		return NULL;
	return arena_print(fake->arena, &err,
	    "{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{"
	    "\"hashedRekordV002\":{\"data\":{\"algorithm\":\"SHA2_256\","
	    "\"digest\":\"%s\"},\"signature\":{\"content\":\"%s\","
	    "\"verifier\":{\"keyDetails\":\"%s\",\"publicKey\":{"
	    "\"rawBytes\":\"%s\"}}}}}}",
	    digest, json_get_text(s, "content"), details, raw);
}

static void
fake_answer_known(struct loopback_reply *reply, struct fake *fake, size_t index)
{
	char uuid[81];

	if (fake_told(fake, FAKE_OTHER_PLACE))
		index = 0;
	(void)snprintf(uuid, sizeof uuid, "%016llx", FAKE_TREE);
	text_hex(uuid + 16, fake->leaves[index].bytes, HASH_SIZE);
	if (fake_told(fake, FAKE_NO_PLACE))
		loopback_text(reply, 409, "{\"code\":6}");
	else if (!fake->v1)
		loopback_say(
		    reply, 409, "{}", 2, "X-Log-Index: %zu\r\n", index);
	else if (fake_told(fake, FAKE_OTHER_HOST))
		loopback_say(reply, 409, "{}", 2,
		    "Location: %s/api/v1/log/entries/%s\r\n", fake->elsewhere,
		    uuid);
	else
		loopback_say(reply, 409, "{}", 2,
		    "Location: /api/v1/log/entries/%s\r\n", uuid);
}

static void
fake_post(struct loopback_reply *reply, struct fake *fake,
    const struct loopback_request *request)
{
	static const char busy[] =
	    "{\"code\":14, \"message\":\"reached max pushback; retry\"}";
	const char *body = request->body;
	struct vexlog_err err;
	struct json_doc doc;
	size_t i;

	if (fake_told(fake, FAKE_FROZEN))
		loopback_text(reply, 405,
		    "This log has been frozen, please switch to the latest "
		    "log.\n");
	else if (fake_told(fake, FAKE_REDIRECT))
		loopback_say(reply, 307, "", 0, "Location: %s%s\r\n",
		    fake->elsewhere, request->path);
	else if (fake_told(fake, FAKE_BUSY))
		loopback_say(
		    reply, 503, busy, strlen(busy), "Retry-After: 17\r\n");
	else if (fake_told(fake, FAKE_TOO_LARGE))
		loopback_text(reply, 500,
		    "{\"code\":500,\"message\":\"http: request body too "
		    "large\"}");
	else if (fake_told(fake, FAKE_BAD_REQUEST))
		loopback_text(reply, 400,
		    "{\"code\":3, \"message\":\"invalid hashedrekord "
		    "request\", \"details\":[]}");
	if (reply->data != NULL)
		return;
	if (json_read(&doc, fake->arena,
		(struct vexlog_bytes){
		    (const uint8_t *)request->body, request->body_size},
		0, &err) == 0 &&
	    !fake->v1)
		body = fake_body_v2(fake, &doc);
	if (body == NULL)
		bail("fake log: a request that it can't read");
	for (i = fake->known; i < fake->count; i++)
		if (fake->bodies[i].size == strlen(body) &&
		    memcmp(fake->bodies[i].data, body, strlen(body)) == 0)
			break;
	if (i == fake->count || fake_told(fake, FAKE_FORGET)) {
		if (fake_told(fake, FAKE_OTHER_BODY)) {
			const char *before =
			    fake->v1 ? "\"value\":\"" : "\"digest\":\"";
			char *changed = arena_copy(fake->arena, body, &err);
			char *digit = strstr(changed, before) + strlen(before);

			*digit = *digit == 'a' ? 'b' : 'a';
			body = changed;
		}
		i = fake->count;
		fake_append(fake, body, strlen(body));
		fake_answer_entry(reply, fake, 201, i);
	} else
		fake_answer_known(reply, fake, i);
	if (fake_told(fake, FAKE_LOSE))
		reply->send = 0;
	reply->hang = fake_told(fake, FAKE_HANG);
	reply->drip_ms = fake_told(fake, FAKE_DRIP) ? 50 : 0;
}

/* ---- reading ------------------------------------------------------------- */

static void
fake_tile(struct loopback_reply *reply, struct fake *fake, const char *path)
{
	size_t size =
	    fake->count < fake->published ? fake->count : fake->published;
	static uint8_t out[32 << 20];
	struct vexlog_err err;
	unsigned long n = 0, width = 256, i, have;
	bool entries = text_starts(path, "entries/");
	unsigned level = 0;
	size_t at = 0;
	const char *c;

	if (!entries)
		level = (unsigned)strtoul(path, NULL, 10);
	path = strchr(path, '/') + 1;
	for (c = path; *c != '\0' && *c != '.'; c++)
		if (*c >= '0' && *c <= '9')
			n = 10 * n + (unsigned long)(*c - '0');
	if (*c == '.')
		width = strtoul(c + 3, NULL, 10);
	have = size >> (8 * level);
	have = have < n * 256 ? 0 : have - n * 256;
	if (width > have || (width < 256 && fake->fault == FAKE_NO_PARTIAL) ||
	    fake->fault == FAKE_NO_TILES) {
		loopback_text(reply, 404, "");
		return;
	}
	for (i = n * 256; i < n * 256 + width; i++)
		if (entries) {
			out[at++] = (uint8_t)(fake->bodies[i].size >> 8);
			out[at++] = (uint8_t)fake->bodies[i].size;
			memcpy(out + at, fake->bodies[i].data,
			    fake->bodies[i].size);
			at += fake->bodies[i].size;
		} else {
			struct hash hash;

			fake_must(
			    fake_hash(&hash, 8 * level, i, fake, &err), &err);
			memcpy(out + at, hash.bytes, HASH_SIZE);
			at += HASH_SIZE;
		}
	if (fake->fault == FAKE_SHORT_TILE)
		at--;
	if (fake->fault == FAKE_BAD_TILE)
		out[0] ^= 1;
	loopback_say(reply, 200, out, at, "%s", "");
}

static void
fake_log_info(struct loopback_reply *reply, struct fake *fake)
{
	struct vexlog_bytes note, out;
	struct vexlog_err err;
	struct hash root;
	struct buffer b;

	note = fake_checkpoint(fake, fake->count, &root);
	buffer_open(&b, fake->arena, MIB);
	buffer_text(&b, "{\"inactiveShards\":null,\"signedTreeHead\":");
	json_quote(&b, (const char *)note.data, note.size);
	buffer_print(&b, ",\"treeID\":\"%llu\",\"treeSize\":%zu}", FAKE_TREE,
	    fake->count);
	fake_must(buffer_finish(&b, &out, &err), &err);
	loopback_say(reply, 200, out.data, out.size, "%s",
	    fake->date == NULL ? "" : fake->date);
}

/* "…/proof?firstSize=3&lastSize=100&treeID=77" */
static void
fake_consistency(
    struct loopback_reply *reply, struct fake *fake, const char *path)
{
	struct merkle_source source = {fake_hash, fake};
	struct hash proof[PROOF_LENGTH_MAX];
	struct vexlog_bytes out;
	struct vexlog_err err;
	unsigned long long size1, size2, tree;
	struct buffer b;
	size_t n, i;
	char hex[65];

	if (sscanf(path,
		"/api/v1/log/proof?firstSize=%llu&lastSize=%llu&treeID=%llu",
		&size1, &size2, &tree) != 3 ||
	    tree != FAKE_TREE || size2 > fake->count || size1 > size2) {
		loopback_text(reply, 400, "{\"code\":400}");
		return;
	}
	fake_must(
	    merkle_prove_consistency(proof, &n, &source, size1, size2, &err),
	    &err);
	if (n > 0 && fake_told(fake, FAKE_BAD_PROOF))
		proof[n - 1].bytes[0] ^= 1;
	buffer_open(&b, fake->arena, MIB);
	buffer_text(&b, "{\"hashes\":[");
	for (i = 0; i < n; i++) {
		text_hex(hex, proof[i].bytes, HASH_SIZE);
		buffer_print(&b, "%s\"%s\"", i > 0 ? "," : "", hex);
	}
	buffer_text(&b, "]}");
	fake_must(buffer_finish(&b, &out, &err), &err);
	loopback_say(reply, 200, out.data, out.size, "%s", "");
}

static void
fake_get(struct loopback_reply *reply, struct fake *fake, const char *path)
{
	static const char by_uuid[] = "/api/v1/log/entries/";
	static const char by_index[] = "/api/v1/log/entries?logIndex=";
	static const char tile[] = "/api/v2/tile/";
	struct vexlog_bytes note;
	struct hash root;
	char hex[65];
	size_t i;

	if (fake->v1 && strcmp(path, "/api/v1/log") == 0) {
		fake_log_info(reply, fake);
		return;
	}
	if (fake->v1 && text_starts(path, "/api/v1/log/proof")) {
		fake_consistency(reply, fake, path);
		return;
	}
	if (fake->v1 && text_starts(path, by_index)) {
		i = strtoul(path + strlen(by_index), NULL, 10);
		if (i < fake->count)
			fake_answer_entry(reply, fake, 200, i);
		else
			loopback_text(reply, 404, "");
		return;
	}
	if (fake->v1 && text_starts(path, by_uuid) &&
	    !fake_told(fake, FAKE_PENDING))
		for (i = 0; i < fake->count; i++) {
			text_hex(hex, fake->leaves[i].bytes, HASH_SIZE);
			if (strcmp(path + strlen(by_uuid) + 16, hex) == 0) {
				fake_answer_entry(reply, fake, 200, i);
				return;
			}
		}
	if (!fake->v1 && strcmp(path, "/api/v2/checkpoint") == 0) {
		size_t size = fake->count < fake->published ? fake->count
							    : fake->published;

		note = fake_checkpoint(fake, size, &root);
		loopback_say(reply, 200, note.data, note.size, "%s",
		    fake->date == NULL ? "" : fake->date);
	} else if (!fake->v1 && text_starts(path, tile))
		fake_tile(reply, fake, path + strlen(tile));
	else
		loopback_text(reply, 404, "");
}

static void
fake_answer(struct loopback_reply *reply,
    const struct loopback_request *request, void *context)
{
	if (strcmp(request->method, "POST") == 0)
		fake_post(reply, context, request);
	else
		fake_get(reply, context, request->path);
}

__attribute__((unused)) static void
fake_open(struct fake *fake, bool v1)
{
	struct vexlog_err err;

	memset(fake, 0, sizeof *fake);
	fake->v1 = v1;
	fake->published = SIZE_MAX;
	fake->name = v1 ? "rekor1.fake" : "rekor2.fake";
	fake->origin = v1 ? "rekor1.fake - 77" : "rekor2.fake";
	fake->arena = vexlog_arena_open(1024 * MIB);
	if (fake->arena == NULL)
		bail("no memory");
	fake_must(
	    key_generate(&fake->key, v1 ? KEY_P256 : KEY_ED25519, &err), &err);
	fake_must(
	    key_generate(&fake->other_key, v1 ? KEY_P256 : KEY_ED25519, &err),
	    &err);
	loopback_open(&fake->server, 0, NULL, fake_answer, fake);
}

/* What the fake does from now on; safe while requests are under way. */
__attribute__((unused)) static void
fake_tell(struct fake *fake, enum fake_fault fault, int times)
{
	(void)pthread_mutex_lock(&fake->server.lock);
	fake->fault = fault;
	fake->times = times;
	(void)pthread_mutex_unlock(&fake->server.lock);
}

__attribute__((unused)) static void
fake_stop(struct fake *fake)
{
	loopback_close(&fake->server);
}

__attribute__((unused)) static void
fake_start(struct fake *fake)
{
	loopback_open(
	    &fake->server, fake->server.port, NULL, fake_answer, fake);
}

__attribute__((unused)) static void
fake_close(struct fake *fake)
{
	loopback_close(&fake->server);
	key_close(fake->key);
	key_close(fake->other_key);
	free(fake->bodies);
	free(fake->leaves);
	vexlog_arena_close(fake->arena);
}

#endif
