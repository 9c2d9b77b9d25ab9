/*
 * rekor_replay_test.c - answers of real Rekor servers, byte for byte as they
 * were recorded. The requests that we can make again (message and signature
 * are kept) must lead to the recorded entries; every other recorded answer
 * to our request must be classed rightly, and no entry of another request
 * may be taken for ours.
 */
#define _GNU_SOURCE
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "tests/loopback.h"
#include "tests/tap.h"
#include "tlog/log.h"
#include "json/json.h"

enum { EXCHANGES_MAX = 256, SCRIPT_MAX = 8 };

static struct vexlog_arena *arena;
static struct vexlog_err err;

/* ---- recordings ---------------------------------------------------------- */

struct exchange {
	const char *name, *method, *path, *request;
	int status; /* 0: no answer came */
	const char *body;
	const char *raw; /* the answer on the wire */
	size_t raw_size;
};

struct folder {
	struct exchange list[EXCHANGES_MAX];
	size_t count;
};

static struct vexlog_bytes
data(const char *name)
{
	struct vexlog_bytes bytes;

	if (file_read(&bytes, arena, data_path(name), 64 * MIB, &err) != 0)
		bail("%s", err.message);
	return bytes;
}

static void
read_exchange(struct exchange *e, struct vexlog_bytes line)
{
	const struct json_value *v, *headers;
	struct vexlog_bytes body = {NULL, 0}, raw;
	struct json_doc doc;
	struct buffer b;
	int64_t status = 0;

	if (json_read(&doc, arena, line, 0, &err) != 0)
		bail("%s", err.message);
	e->name = json_get_text(doc.root, "name");
	e->method = json_get_text(doc.root, "method");
	e->path = json_get_text(doc.root, "path");
	e->request = json_get_text(doc.root, "request");
	if (json_get(doc.root, "error") != NULL)
		return;
	(void)json_integer_of(json_get(doc.root, "status"), &status);
	e->status = (int)status;
	e->body = json_get_text(doc.root, "body");
	if (e->body != NULL)
		body = text_bytes(e->body);
	else {
		const char *text = json_get_text(doc.root, "body64");

		if (text_unbase64(&body, arena, text, strlen(text),
			BASE64_STANDARD, &err) != 0)
			bail("%s: no body", e->name);
	}
	buffer_open(&b, arena, 64 * MIB);
	buffer_print(&b, "HTTP/1.1 %d %s\r\n", e->status,
	    json_get_text(doc.root, "reason"));
	headers = json_get(doc.root, "headers");
	for (v = json_first(headers); v != json_end(headers);
	     v = json_next(v)) {
		const struct json_value *name = json_first(v);

		/* the recording holds such a body put together */
		if (text_same(json_text(name), "Transfer-Encoding"))
			buffer_print(&b, "Content-Length: %zu\r\n", body.size);
		else
			buffer_print(&b, "%s: %s\r\n", json_text(name),
			    json_text(json_next(name)));
	}
	buffer_text(&b, "\r\n");
	buffer_bytes(&b, body.data, body.size);
	if (buffer_finish(&b, &raw, &err) != 0)
		bail("%s", err.message);
	e->raw = (const char *)raw.data;
	e->raw_size = raw.size;
}

static void
read_folder(struct folder *folder, const char *name)
{
	struct vexlog_bytes bytes = data(name);
	const uint8_t *at = bytes.data, *end = at + bytes.size;

	while (at < end && folder->count < EXCHANGES_MAX) {
		const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));

		if (stop == NULL)
			stop = end;
		read_exchange(folder->list + folder->count++,
		    (struct vexlog_bytes){at, (size_t)(stop - at)});
		at = stop + 1;
	}
}

static const struct exchange *
find(const struct folder *folder, const char *name)
{
	size_t i;

	for (i = 0; i < folder->count; i++)
		if (strcmp(folder->list[i].name, name) == 0)
			return folder->list + i;
	bail("no exchange %s", name);
}

/* ---- the server ---------------------------------------------------------- */

/* Answers in their order; those to a POST are only given to a POST. One with
 * a path of its own (a file of a folder) is given to that path. */
struct script {
	struct {
		const char *method, *path;
		const char *raw;
		size_t raw_size;
		bool hang;
	} list[SCRIPT_MAX];
	size_t count;
	bool used[SCRIPT_MAX];
	bool repeat;
	char sent[16384]; /* the last POST's body */
};

static struct script script;
static struct loopback server;

static void
play(const struct exchange *e, const char *method, const char *path)
{
	size_t n = script.count++;

	script.list[n].method = method == NULL ? e->method : method;
	script.list[n].path = path == NULL ? e->path : path;
	script.list[n].raw = e->raw;
	script.list[n].raw_size = e->raw_size;
	script.list[n].hang = e->status == 0;
	script.used[n] = false;
}

static void
play_file(const char *path, const char *name)
{
	struct vexlog_bytes bytes = data(name);
	struct exchange e = {.status = 200};
	struct loopback_reply reply;

	loopback_say(&reply, 200, bytes.data, bytes.size, "%s", "");
	e.raw = arena_text(arena, reply.data, reply.size, &err);
	e.raw_size = reply.size;
	free(reply.data);
	play(&e, "GET", path);
}

static void
again(void)
{
	script.count = 0;
	script.repeat = false;
}

static void
answer(struct loopback_reply *reply, const struct loopback_request *request,
    void *context)
{
	size_t i;

	(void)context;
	if (request->body_size > 0)
		(void)snprintf(
		    script.sent, sizeof script.sent, "%s", request->body);
	for (i = 0; i < script.count; i++)
		if (!script.used[i] &&
		    strcmp(script.list[i].method, request->method) == 0 &&
		    strcmp(script.list[i].path, request->path) == 0)
			break;
	if (i == script.count) {
		loopback_text(reply, 404, "");
		return;
	}
	script.used[i] = !script.repeat;
	reply->hang = script.list[i].hang;
	if (reply->hang)
		return;
	reply->data = malloc(script.list[i].raw_size);
	reply->size = script.list[i].raw_size;
	if (reply->data == NULL)
		abort();
	memcpy(reply->data, script.list[i].raw, reply->size);
}

/* ---- rigs ---------------------------------------------------------------- */

static struct trust *
trust_of(
    const char *const *origins, const struct vexlog_bytes *keys, size_t count)
{
	struct trust *trust = NULL, *next;
	struct vexlog_bytes json;
	struct key *key;
	size_t i;

	for (i = 0; i < count; i++) {
		if (key_read_public(&key, keys[i], &err) != 0 ||
		    trust_add_log(&json, arena, trust, origins[i], server.url,
			key, 0, INT64_MAX, &err) != 0 ||
		    trust_read(&next, json, &err) != 0)
			bail("%s", err.message);
		key_close(key);
		trust_close(trust);
		trust = next;
	}
	return trust;
}

static struct log *
open_log(const char *scheme, const struct trust *trust)
{
	char url[128];
	const struct log_options options = {
	    .url = url,
	    .trust = trust,
	    .timeout_ms = 300,
	};
	struct log *log;

	(void)snprintf(url, sizeof url, "%s%s", scheme, server.url);
	if (log_open(&log, &options, &err) != 0)
		bail("%s", err.message);
	return log;
}

static struct log_request
recorded_request(
    const struct key *key, const char *message, const char *signature)
{
	return (struct log_request){
	    .key = key,
	    .message = data(message),
	    .signature = data(signature),
	};
}

/* The text at a pointer into a JSON text. */
static const char *
text_at(const char *json, const char *pointer)
{
	struct json_doc doc;

	if (json == NULL ||
	    json_read(&doc, arena, text_bytes(json), 0, &err) != 0)
		bail("no JSON");
	return json_text(json_at(&doc, pointer));
}

static struct key *
key_of(const char *base64)
{
	struct vexlog_bytes bytes;
	struct key *key;

	if (base64 == NULL ||
	    text_unbase64(&bytes, arena, base64, strlen(base64),
		BASE64_STANDARD, &err) != 0 ||
	    key_read_public(&key, bytes, &err) != 0)
		bail("no key");
	return key;
}

/* What an answer to our request means when the entry is not ours. */
static int
class_of(const struct exchange *e)
{
	if (e->status == 0) /* no answer, and no body */
		return VEXLOG_UNREACHABLE;
	if (e->status < 300)
		return VEXLOG_BAD_PROOF;
	return e->status == 400 || e->status == 405 || e->status == 415 ||
		e->status == 422 ||
		strstr(e->body, "body too large") != NULL
	    ? VEXLOG_REFUSED
	    : VEXLOG_UNREACHABLE;
}

/* ---- v1 ------------------------------------------------------------------ */

#define V1_PATH "/api/v1/log/entries"
#define V1_UUID                                                                \
	"5966cdbf7040985fb01fe10472e87200eb2597e5698d13f63c8deeb40718a1fd"     \
	"909facdb5fb39152"

static void
test_v1(struct folder *v1, struct log *log, const struct log_request *request)
{
	const struct exchange *good = find(v1, "10-hashedrekord-ok");
	struct entry entry, same;

	again();
	play(good, NULL, NULL);
	is_int(log_submit(&entry, arena, log, request, 1, &err), 0, "v1: 201");
	is_text(text_at(script.sent, "/spec/data/hash/value"),
	    text_at(good->request, "/spec/data/hash/value"),
	    "we send the recorded digest");
	is_text(text_at(script.sent, "/spec/signature/content"),
	    text_at(good->request, "/spec/signature/content"),
	    "the recorded signature");
	is_text(text_at(script.sent, "/spec/signature/publicKey/content"),
	    text_at(good->request, "/spec/signature/publicKey/content"),
	    "and the recorded key");
	is_text(entry.uuid, V1_UUID, "uuid");
	is_int(entry.log_index, 0, "index");
	is_int(entry.integrated_time, 1795427032000000, "time");
	ok(entry.set.size > 0, "a signed entry timestamp");

	again();
	play(find(v1, "11-hashedrekord-duplicate"), NULL, NULL);
	play(find(v1, "60-get-by-uuid80"), NULL, NULL);
	is_int(log_submit(&same, arena, log, request, 1, &err), 0,
	    "v1: 409, then the entry");
	is_text(same.uuid, entry.uuid, "the same uuid");
	is_int(same.integrated_time, entry.integrated_time, "the same time");
	ok(same.body.size == entry.body.size &&
		memcmp(same.body.data, entry.body.data, same.body.size) == 0,
	    "the same body");
	ok(same.tree_size > entry.tree_size, "proven in a larger tree");

	again();
	play(find(v1, "11-hashedrekord-duplicate"), NULL, NULL);
	play(find(v1, "65-get-unknown-uuid80"), NULL, V1_PATH "/" V1_UUID);
	play(find(v1, "60-get-by-uuid80"), NULL, NULL);
	is_int(log_submit(&same, arena, log, request, 1, &err), 0,
	    "v1: 409, 404, then the entry");

	again();
	play(find(v1, "62-get-by-logindex-0"), NULL, NULL);
	is_int(log_fetch(&same, arena, log, 0, &err), 0, "v1: by index");
	is_text(same.uuid, entry.uuid, "the entry");
	again();
	play(find(v1, "63-get-by-logindex-missing"), NULL, NULL);
	is_int(log_fetch(&same, arena, log, 999999, &err), VEXLOG_NOT_FOUND,
	    "v1: an index that is not there");
	again();
	play(find(v1, "62-get-by-logindex-0"), NULL, V1_PATH "?logIndex=3");
	is_int(log_fetch(&same, arena, log, 3, &err), VEXLOG_BAD_PROOF,
	    "v1: another index than asked for");
}

/* Every recorded answer to a POST, given to our request. */
static void
test_classes(struct folder *folder, const char *ours, const char *path,
    struct log *log, const struct log_request *request)
{
	const char *body = find(folder, ours)->body;
	struct entry entry;
	size_t i;

	for (i = 0; i < folder->count; i++) {
		const struct exchange *e = folder->list + i;

		if (strcmp(e->method, "POST") != 0 ||
		    (e->body != NULL && strcmp(e->body, body) == 0))
			continue;
		again();
		play(e, "POST", path);
		is_int(log_submit(&entry, arena, log, request, 1, &err),
		    class_of(e), e->name);
	}
}

/* Each recorded hashedrekord holds when it is asked for by its index. */
static void
test_v1_entries(struct folder *v1, struct log *log)
{
	struct entry entry;
	char path[128];
	size_t i, n = 0;

	for (i = 0; i < v1->count; i++) {
		const struct exchange *e = v1->list + i;
		const char *number;

		if (strcmp(e->method, "POST") != 0 || e->status != 201)
			continue;
		number = strstr(e->body, "\"logIndex\":") + 11;
		(void)snprintf(path, sizeof path, V1_PATH "?logIndex=%ld",
		    strtol(number, NULL, 10));
		again();
		play(e, "GET", path);
		n += (size_t)is_int(log_fetch(&entry, arena, log,
					strtol(number, NULL, 10), &err),
		    0, e->name);
		if (err.message[0] != '\0' && n == 0)
			printf("# %s\n", err.message);
	}
	ok(n > 10, "%zu recorded entries hold", n);
}

static void
test_v1_tree(struct folder *v1, struct log *log)
{
	static const struct {
		const char *name;
		int rc;
	} refused[] = {
	    {"72-proof-too-large", VEXLOG_REFUSED},
	    {"73-proof-reversed", VEXLOG_REFUSED},
	    {"74-proof-zero", VEXLOG_REFUSED},
	    {"75-proof-unknown-tree", VEXLOG_REFUSED},
	};
	struct checkpoint old, new;
	struct entry entry;
	char path[256];
	size_t i;

	again();
	play(find(v1, "10-hashedrekord-ok"), "GET", V1_PATH "?logIndex=0");
	play(find(v1, "68-loginfo"), NULL, NULL);
	is_int(log_fetch(&entry, arena, log, 0, &err), 0, "an old tree");
	is_int(checkpoint_read(&old, arena, text_bytes(entry.checkpoint), &err),
	    0, "its checkpoint");
	is_int(log_checkpoint(&new, arena, log, &err), 0, "the newest one");
	is_int((int64_t) new.size, 12, "of twelve entries");
	(void)snprintf(path, sizeof path, "%s&treeID=6442062539105802335",
	    find(v1, "69-proof-1-n")->path);
	again();
	play(find(v1, "69-proof-1-n"), NULL, path);
	is_int(log_consistent(log, &old, &new, &err), 0, "1 and 12 agree");
	again();
	play(find(v1, "70-proof-3-n"), NULL, path);
	is_int(log_consistent(log, &old, &new, &err), VEXLOG_BAD_PROOF,
	    "the proof of 3 and 12 is no proof of 1 and 12");
	for (i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		again();
		play(find(v1, refused[i].name), NULL, path);
		is_int(log_consistent(log, &old, &new, &err), refused[i].rc,
		    refused[i].name);
	}
	again();
	play(find(v1, "62-get-by-logindex-0"), NULL, path);
	is_int(log_consistent(log, &old, &new, &err), VEXLOG_BAD_PROOF,
	    "an entry is no consistency proof");
}

/* Two shards under one address: two keys, two origins, one index. */
static void
test_v1_shards(struct folder *special)
{
	static const char *const origins[] = {
	    "rekor-v1.test - 6442062539105802335",
	    "rekor-v1.test - 5840966363824047106"};
	const struct vexlog_bytes keys[] = {
	    text_bytes(find(special, "29-publickey-old")->body),
	    text_bytes(find(special, "30-publickey-active")->body)};
	struct trust *both = trust_of(origins, keys, 2);
	struct trust *old = trust_of(origins, keys, 1);
	struct log *log = open_log("rekor1+", both);
	struct checkpoint checkpoint, larger;
	struct entry entry;

	again();
	script.repeat = true;
	play(find(special, "26-old-shard-index0"), NULL, NULL);
	play(find(special, "28-shard2-by-global-index"), NULL, NULL);
	play(find(special, "27-shard2-loginfo"), NULL, NULL);
	play(find(special, "32-proof-active"), NULL,
	    "/api/v1/log/proof?firstSize=1&lastSize=3"
	    "&treeID=5840966363824047106");
	is_int(log_fetch(&entry, arena, log, 0, &err), 0,
	    "an entry of the old shard");
	is_int(log_fetch(&entry, arena, log, 26, &err), 0,
	    "the first one of the new shard");
	is_int(entry.proof_index, 0, "has place 0 in its own tree");
	is_int(checkpoint_read(
		   &checkpoint, arena, text_bytes(entry.checkpoint), &err),
	    0, "its checkpoint");
	is_int(log_checkpoint(&larger, arena, log, &err), 0,
	    "the newest checkpoint");
	is_text(larger.origin, origins[1], "is of the new shard");
	log_close(log);

	log = open_log("rekor1+", old);
	is_int(log_fetch(&entry, arena, log, 0, &err), 0,
	    "the old key alone: the old shard holds");
	is_int(log_fetch(&entry, arena, log, 26, &err), VEXLOG_BAD_PROOF,
	    "the new one does not");
	is_int(log_checkpoint(&larger, arena, log, &err), VEXLOG_BAD_PROOF,
	    "nor does its checkpoint");
	log_close(log);
	trust_close(both);
	trust_close(old);
}

/* ---- v2 ------------------------------------------------------------------ */

#define V2_PATH "/api/v2/log/entries"

static void
play_tiles(void)
{
	play_file("/api/v2/checkpoint", "transcripts/rekor-v2.3.0/checkpoint");
	play_file("/api/v2/tile/0/000.p/21",
	    "transcripts/rekor-v2.3.0/tile-0-000.p-21");
	play_file("/api/v2/tile/entries/000.p/21",
	    "transcripts/rekor-v2.3.0/entries-000.p-21");
	script.repeat = true;
}

static void
test_v2(struct folder *v2, struct log *log, const struct log_request *request)
{
	const struct exchange *good = find(v2, "01-hashedrekord-ok");
	struct entry entry, same;
	int64_t i;

	again();
	play(good, NULL, NULL);
	is_int(log_submit(&entry, arena, log, request, 1, &err), 0, "v2: 201");
	is_text(script.sent, good->request,
	    "we send the recorded request, byte for byte");
	is_int(entry.log_index, 0, "index");
	is_int(entry.integrated_time, INT64_MIN, "no time");

	again();
	play(find(v2, "02-hashedrekord-duplicate"), NULL, NULL);
	play_tiles();
	is_int(log_submit(&same, arena, log, request, 1, &err), 0,
	    "v2: 409, then from tiles");
	is_text(same.uuid, entry.uuid, "the same entry");
	is_text(same.log_id, entry.log_id, "of the same log");
	ok(same.body.size == entry.body.size &&
		memcmp(same.body.data, entry.body.data, same.body.size) == 0,
	    "the same body");
	is_int((int64_t)same.tree_size, 21, "proven in a larger tree");
	again();
	play(find(v2, "41-concurrent-duplicate-1"), NULL, NULL);
	play_tiles();
	is_int(log_submit(&same, arena, log, request, 1, &err),
	    VEXLOG_BAD_PROOF, "v2: 409 with the index of another entry");

	again();
	play_tiles();
	for (i = 0; i < 21; i++)
		if (log_fetch(&same, arena, log, i, &err) != 0 ||
		    same.log_index != i)
			break;
	is_int(i, 21, "v2: all 21 entries by index");
	is_int(log_fetch(&same, arena, log, 21, &err), VEXLOG_NOT_FOUND,
	    "v2: and no more");
}

static void
test_v2_dsse(struct folder *v2, struct log *log, const struct key *key)
{
	const struct exchange *e = find(v2, "17-dsse-pae-as-hashedrekord");
	const char *content =
	    text_at(e->request, "/hashedRekordRequestV002/signature/content");
	struct log_request request = {
	    .key = key,
	    .message = data("transcripts/rekor-v2.3.0.pae"),
	};
	struct entry entry;

	if (text_unbase64(&request.signature, arena, content, strlen(content),
		BASE64_STANDARD, &err) != 0)
		bail("no signature");
	again();
	play(e, NULL, NULL);
	is_int(log_submit(&entry, arena, log, &request, 1, &err), 0,
	    "v2: a DSSE envelope as hashedrekord over its PAE");
	is_text(script.sent, e->request, "the recorded request again");
	request.message.size--;
	again();
	play(e, NULL, NULL);
	is_int(log_submit(&entry, arena, log, &request, 1, &err),
	    VEXLOG_BAD_PROOF, "and of no other PAE");
}

static void
test_memory(struct folder *v1, struct folder *v2, struct log *log1,
    struct log *log2, const struct log_request *request1,
    const struct log_request *request2)
{
	struct vexlog_arena *job = vexlog_arena_open(64 * MIB);
	struct entry entry;
	int i, rc = 0;
	bool done;
	long n;

	if (job == NULL)
		bail("no memory");
	for (i = 0; i < 2; i++) {
		again();
		play(find(v1, "11-hashedrekord-duplicate"), NULL, NULL);
		play(find(v1, "60-get-by-uuid80"), NULL, NULL);
		play(find(v2, "02-hashedrekord-duplicate"), NULL, NULL);
		play_tiles();
		done = false;
		for (n = 1; n < 5000 && !done; n++) {
			vexlog_arena_reset(job);
			arena_fail_in = n;
			rc = log_submit(&entry, job, i == 0 ? log1 : log2,
			    i == 0 ? request1 : request2, 1, &err);
			done = arena_fail_in > 0;
			/* a reader may take a text for damaged that it had
			 * no memory to decode */
			if (!done && rc != VEXLOG_NO_MEMORY &&
			    rc != VEXLOG_BAD_PROOF)
				break;
		}
		arena_fail_in = 0;
		is_int(rc, 0,
		    i == 0 ? "v1: each allocation may fail"
			   : "v2: each allocation may fail");
		if (rc != 0)
			printf("# allocation %ld: %s\n", n - 1, err.message);
		ok(n > 10, "%ld of them", n);
	}
	vexlog_arena_close(job);
}

int
main(void)
{
	static struct folder v1, v1_special, v2, v2_old, v2_special;
	static const char *const v1_origin[] = {
	    "rekor-v1.test - 6442062539105802335"};
	static const char *const v2_origin[] = {"rekor-local.test"};
	struct log_request request1, request2;
	struct vexlog_bytes keys[2];
	struct trust *trust1, *trust2;
	struct log *log1, *log2;
	struct key *key1, *key2;

	arena = vexlog_arena_open(1024 * MIB);
	if (arena == NULL)
		bail("no memory");
	read_folder(&v1, "transcripts/rekor-v1.5.4.jsonl");
	read_folder(&v1_special, "transcripts/rekor-v1-special.jsonl");
	read_folder(&v2, "transcripts/rekor-v2.3.0.jsonl");
	read_folder(&v2_old, "transcripts/rekor-v2.2.1.jsonl");
	read_folder(&v2_special, "transcripts/rekor-v2-special.jsonl");
	loopback_open(&server, 0, NULL, answer, NULL);
	keys[0] = text_bytes(find(&v1, "02-publickey")->body);
	keys[1] = data("transcripts/rekor-v2.3.0/pub.pem");
	trust1 = trust_of(v1_origin, keys, 1);
	trust2 = trust_of(v2_origin, keys + 1, 1);
	log1 = open_log("rekor1+", trust1);
	log2 = open_log("rekor2+", trust2);
	key1 = key_of(text_at(find(&v1, "10-hashedrekord-ok")->request,
	    "/spec/signature/publicKey/content"));
	key2 = key_of(text_at(find(&v2, "01-hashedrekord-ok")->request,
	    "/hashedRekordRequestV002/signature/verifier/publicKey/rawBytes"));
	request1 = recorded_request(key1, "transcripts/rekor-v1.5.4.msg",
	    "transcripts/rekor-v1.5.4.sig");
	request2 = recorded_request(key2, "transcripts/rekor-v2.3.0.msg",
	    "transcripts/rekor-v2.3.0.sig");

	test_v1(&v1, log1, &request1);
	test_v1_entries(&v1, log1);
	test_v1_tree(&v1, log1);
	test_v1_shards(&v1_special);
	test_v2(&v2, log2, &request2);
	test_v2_dsse(&v2, log2, key2);
	test_classes(&v1, "10-hashedrekord-ok", V1_PATH, log1, &request1);
	test_classes(&v1_special, "21-shard2-post", V1_PATH, log1, &request1);
	test_classes(&v2, "01-hashedrekord-ok", V2_PATH, log2, &request2);
	test_classes(&v2_old, "01-hashedrekord-ok", V2_PATH, log2, &request2);
	test_classes(&v2_special, "01-first", V2_PATH, log2, &request2);
	test_memory(&v1, &v2, log1, log2, &request1, &request2);

	log_close(log1);
	log_close(log2);
	trust_close(trust1);
	trust_close(trust2);
	key_close(key1);
	key_close(key2);
	loopback_close(&server);
	vexlog_arena_close(arena);
	return tap_done();
}
