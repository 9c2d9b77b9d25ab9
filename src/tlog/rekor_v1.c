/*
 * rekor_v1.c - Rekor v1: hashedrekord 0.0.1, a signed entry timestamp and an
 * inclusion proof in each answer.
 *
 * The log knows an entry again by its leaf, so a request sent twice is
 * answered 409 with the address of the entry that is there. That address may
 * lead nowhere (404) until the log has integrated the first one: the entry
 * is pending, neither lost nor refused.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "tlog/rekor.h"
#include "json/write.h"

#define ENTRIES "/api/v1/log/entries"

/* ---- requests ------------------------------------------------------------ */

static const char *
hash_name(enum hash_kind kind)
{
	switch (kind) {
	case HASH_SHA256:
		return "sha256";
	case HASH_SHA384:
		return "sha384";
	case HASH_SHA512:
		return "sha512";
	}
	return "";
}

/* The proposed entry. The key goes as openssl's PEM: the server writes it
 * anew in that form, so the body it logs holds our bytes. */
static int
proposal(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct log_request *request, struct vexlog_err *err)
{
	uint8_t digest[HASH_SIZE_MAX];
	char hex[2 * HASH_SIZE_MAX + 1];
	const char *signature, *key;
	struct vexlog_bytes pem;
	struct json_writer w;
	struct buffer b;
	size_t size;
	int rc;

	rc = hash_any(
	    digest, &size, key_hash(request->key), request->message, err);
	if (rc == 0)
		rc = key_write_public(&pem, arena, request->key, err);
	if (rc != 0)
		return rc;
	text_hex(hex, digest, size);
	signature = text_base64(arena, request->signature, err);
	key = signature == NULL ? NULL : text_base64(arena, pem, err);
	if (key == NULL)
		return err->code;
	buffer_open(&b, arena, REKOR_REQUEST_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "apiVersion", "0.0.1");
	json_member(&w, "kind", "hashedrekord");
	json_name(&w, "spec");
	json_object(&w);
	json_name(&w, "data");
	json_object(&w);
	json_name(&w, "hash");
	json_object(&w);
	json_member(&w, "algorithm", hash_name(key_hash(request->key)));
	json_member(&w, "value", hex);
	json_close(&w);
	json_close(&w);
	json_name(&w, "signature");
	json_object(&w);
	json_member(&w, "content", signature);
	json_name(&w, "publicKey");
	json_object(&w);
	json_member(&w, "content", key);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	return buffer_finish(&b, out, err);
}

/* ---- answers ------------------------------------------------------------- */

/* The one entry of an answer. want: the uuid asked for, or NULL. */
static int
take_entry(struct entry *out, struct vexlog_arena *arena, struct rekor *rekor,
    const struct http_answer *answer, const char *want, struct vexlog_err *err)
{
	struct json_doc doc;
	struct entry entry;
	int rc = rekor_json(&doc, arena, rekor, answer, err);

	if (rc != 0)
		return rc;
	if (entry_read_v1(&entry, arena, &doc, doc.root, err) != 0)
		return rekor_lied(rekor, err);
	if (want != NULL && !text_same(entry.uuid, want)) {
		(void)err_set(err, VEXLOG_BAD_PROOF,
		    "the log answers with entry %s, asked for was %s",
		    entry.uuid, want);
		return err_where(err, rekor->log.url);
	}
	entry.log_url = arena_copy(arena, rekor->log.url, err);
	if (entry.log_url == NULL)
		return err->code;
	*out = entry;
	return 0;
}

/*
 * The uuid at the end of a 409's Location. Only the uuid is taken: the entry
 * is fetched from the log that we talk to, whatever host the header names.
 */
int
rekor1_location(char uuid[REKOR_UUID + 1], struct rekor *rekor,
    const struct http_answer *answer, struct vexlog_err *err)
{
	const char *location = answer->location;
	const char *last = location == NULL ? NULL : strrchr(location, '/');

	if (last == NULL || !text_is_hex(last + 1, REKOR_UUID)) {
		(void)err_set(err, VEXLOG_BAD_PROOF,
		    "the log says that the entry exists already, and not "
		    "where: Location is \"%.120s\"",
		    location == NULL ? "" : location);
		return err_where(err, rekor->log.url);
	}
	memcpy(uuid, last + 1, REKOR_UUID + 1);
	return 0;
}

/* ---- submit -------------------------------------------------------------- */

/* An entry that is there already, or will be. */
struct awaited {
	size_t which; /* of the requests */
	bool here;
	char uuid[REKOR_UUID + 1];
};

struct submission {
	struct rekor *rekor;
	struct vexlog_arena *arena;
	struct entry *found;
	struct awaited *list;
	size_t awaited;
};

static int
on_entry(void *context, size_t i, const struct http_answer *answer,
    struct vexlog_err *err)
{
	struct submission *s = context;

	return take_entry(s->found + i, s->arena, s->rekor, answer, NULL, err);
}

static int
on_known(void *context, size_t i, const struct http_answer *answer,
    struct vexlog_err *err)
{
	struct submission *s = context;
	struct awaited *a = s->list + s->awaited;
	int rc = rekor1_location(a->uuid, s->rekor, answer, err);

	a->which = i;
	s->awaited += rc == 0;
	return rc;
}

/* Asks for what is not here yet, in the order of the list. */
static int
ask_awaited(struct http_answer **out, const struct submission *s,
    struct vexlog_err *err)
{
	struct vexlog_arena *scratch = s->rekor->scratch;
	struct http_request *requests =
	    arena_list(scratch, s->awaited, sizeof *requests, err);
	struct http_answer *answers =
	    arena_list(scratch, s->awaited, sizeof *answers, err);
	size_t n = 0;

	if (requests == NULL || answers == NULL)
		return err->code;
	for (size_t i = 0; i < s->awaited; i++) {
		if (s->list[i].here)
			continue;
		requests[n].path =
		    arena_print(scratch, err, ENTRIES "/%s", s->list[i].uuid);
		requests[n].accept = "application/json";
		requests[n].answer_max = ENTRY_JSON_MAX;
		if (requests[n++].path == NULL)
			return err->code;
	}
	*out = answers;
	return http_ask(answers, scratch, s->rekor->http, requests, n, err);
}

/* Takes what has come; a 404 is an entry that is not integrated yet. */
static int
look_for_awaited(bool *done, void *context, struct vexlog_err *err)
{
	struct submission *s = context;
	struct http_answer *answer = NULL;
	size_t left = 0;
	int rc = ask_awaited(&answer, s, err);

	for (size_t i = 0; i < s->awaited && rc == 0; i++) {
		struct awaited *a = s->list + i;
		if (a->here)
			continue;
		if (answer->status == 404) {
			left++;
		} else {
			rc = rekor_judge(s->rekor, answer,
			    "fetching an entry that exists already", err);
			if (rc == 0)
				rc = take_entry(s->found + a->which, s->arena,
				    s->rekor, answer, a->uuid, err);
			a->here = rc == 0;
		}
		answer++;
	}
	*done = left == 0;
	if (rc == 0 && left > 0)
		(void)err_set(err, VEXLOG_UNREACHABLE,
		    "the log has %zu of the entries and has not integrated "
		    "them yet",
		    left);
	return rc;
}

static int
v1_submit(struct entry *entries, struct vexlog_arena *arena, struct log *log,
    const struct log_request *requests, size_t count, struct vexlog_err *err)
{
	static const struct rekor_sorter sorter = {on_entry, on_known};
	struct rekor *rekor = (struct rekor *)log;
	struct submission s = {.rekor = rekor, .arena = arena};
	struct http_request *posts;
	struct http_answer *answers;
	struct vexlog_err why;
	size_t i;
	int rc;

	log->retry_after = 0;
	log->frozen = false;
	rc = rekor_may_submit(rekor, requests, count, err);
	if (rc != 0 || count == 0)
		return rc;
	vexlog_arena_reset(rekor->scratch);
	posts = arena_list(rekor->scratch, count, sizeof *posts, err);
	answers = arena_list(rekor->scratch, count, sizeof *answers, err);
	s.found = arena_list(rekor->scratch, count, sizeof *s.found, err);
	s.list = arena_list(rekor->scratch, count, sizeof *s.list, err);
	if (posts == NULL || answers == NULL || s.found == NULL ||
	    s.list == NULL)
		return err->code;
	for (i = 0; i < count && rc == 0; i++) {
		posts[i].path = ENTRIES;
		posts[i].answer_max = ENTRY_JSON_MAX;
		rc =
		    proposal(&posts[i].body, rekor->scratch, requests + i, err);
	}
	if (rc == 0)
		rc = http_ask(
		    answers, rekor->scratch, rekor->http, posts, count, err);
	if (rc == 0)
		rc = rekor_sort(rekor, &sorter, &s, answers, count, err);
	if ((rc == 0 || rc == VEXLOG_UNREACHABLE) && s.awaited > 0)
		rc = rekor_worse(rc,
		    rekor_await(rekor, REKOR_PENDING_WAIT, look_for_awaited,
			&s, &why),
		    err, &why);
	if (rc == 0 || rc == VEXLOG_UNREACHABLE)
		memcpy(entries, s.found, count * sizeof *entries);
	return rc;
}

/* ---- reading ------------------------------------------------------------- */

static int
v1_fetch(struct entry *out, struct vexlog_arena *arena, struct log *log,
    int64_t index, struct vexlog_err *err)
{
	struct rekor *rekor = (struct rekor *)log;
	struct http_answer answer;
	struct entry entry;
	char path[80];
	int rc;

	log->retry_after = 0;
	vexlog_arena_reset(rekor->scratch);
	(void)snprintf(
	    path, sizeof path, ENTRIES "?logIndex=%lld", (long long)index);
	rc = rekor_get(
	    &answer, rekor, path, "application/json", ENTRY_JSON_MAX, err);
	if (rc == 0)
		rc = rekor_judge(rekor, &answer, "fetching an entry", err);
	if (rc == 0)
		rc = take_entry(&entry, arena, rekor, &answer, NULL, err);
	if (rc != 0)
		return rc;
	if (entry.log_index != index) {
		(void)err_set(err, VEXLOG_BAD_PROOF,
		    "the log answers with entry %lld, asked for was %lld",
		    (long long)entry.log_index, (long long)index);
		return err_where(err, log->url);
	}
	*out = entry;
	return 0;
}

/* The signed tree head of the active shard; its tree id is remembered, since
 * consistency proofs are asked for by tree. */
static int
v1_checkpoint(struct vexlog_bytes *note, struct vexlog_arena *arena,
    struct log *log, struct vexlog_err *err)
{
	struct rekor *rekor = (struct rekor *)log;
	struct http_answer answer;
	struct json_doc doc;
	const char *head, *tree;
	int rc;

	log->retry_after = 0;
	vexlog_arena_reset(rekor->scratch);
	rc = rekor_get(&answer, rekor, "/api/v1/log", "application/json",
	    ENTRY_JSON_MAX, err);
	if (rc == 0)
		rc = rekor_judge(
		    rekor, &answer, "asking for the checkpoint", err);
	if (rc == 0)
		rekor_clock(rekor, &answer);
	if (rc == 0)
		rc = rekor_json(&doc, arena, rekor, &answer, err);
	if (rc != 0)
		return rc;
	if (json_need_text(&head, &doc, doc.root, "signedTreeHead", err) != 0 ||
	    json_need_text(&tree, &doc, doc.root, "treeID", err) != 0)
		return rekor_lied(rekor, err);
	rekor->tree[0] = '\0';
	if (strlen(tree) < sizeof rekor->tree &&
	    strspn(tree, "0123456789") == strlen(tree))
		memcpy(rekor->tree, tree, strlen(tree) + 1);
	*note = text_bytes(head);
	return 0;
}

int
rekor1_proof(struct hash *proof, size_t *proof_size, struct rekor *rekor,
    const struct http_answer *answer, struct vexlog_err *err)
{
	const struct json_value *hashes, *v;
	struct hash list[PROOF_LENGTH_MAX];
	struct json_doc doc;
	size_t n = 0;
	int rc = rekor_json(&doc, rekor->scratch, rekor, answer, err);

	if (rc != 0)
		return rc;
	if (json_need(&hashes, &doc, doc.root, "hashes", JSON_ARRAY, err) != 0)
		return rekor_lied(rekor, err);
	for (v = json_first(hashes); v != json_end(hashes); v = json_next(v)) {
		if (n == PROOF_LENGTH_MAX || !json_is(v, JSON_STRING) ||
		    !text_unhex(list[n].bytes, HASH_SIZE, json_text(v))) {
			(void)json_fail(&doc, v, err,
			    "a consistency proof has at most %d hashes of 64 "
			    "hex digits",
			    PROOF_LENGTH_MAX);
			return rekor_lied(rekor, err);
		}
		n++;
	}
	memcpy(proof, list, n * sizeof *proof);
	*proof_size = n;
	return 0;
}

static int
v1_consistency(struct hash *proof, size_t *proof_size, struct log *log,
    uint64_t size1, uint64_t size2, struct vexlog_err *err)
{
	struct rekor *rekor = (struct rekor *)log;
	struct http_answer answer;
	char path[160];
	int rc;

	log->retry_after = 0;
	vexlog_arena_reset(rekor->scratch);
	(void)snprintf(path, sizeof path,
	    "/api/v1/log/proof?firstSize=%llu&lastSize=%llu%s%s",
	    (unsigned long long)size1, (unsigned long long)size2,
	    rekor->tree[0] != '\0' ? "&treeID=" : "", rekor->tree);
	rc = rekor_get(
	    &answer, rekor, path, "application/json", ENTRY_JSON_MAX, err);
	if (rc == 0)
		rc = rekor_judge(
		    rekor, &answer, "asking for a consistency proof", err);
	return rc != 0 ? rc
		       : rekor1_proof(proof, proof_size, rekor, &answer, err);
}

static int
v1_open(
    struct log **out, const struct log_options *options, struct vexlog_err *err)
{
	return rekor_open(out, options, &log_rekor1, err);
}

const struct log_ops log_rekor1 = {
    .scheme = "rekor1+",
    .open = v1_open,
    .submit = v1_submit,
    .fetch = v1_fetch,
    .checkpoint = v1_checkpoint,
    .consistency = v1_consistency,
    .close = rekor_close,
};
