/*
 * rekor_v2.c - Rekor v2 (rekor-tiles): hashedrekord 0.0.2; the answer comes
 * once a checkpoint covers the entry.
 *
 * The log's body of an entry is computed from our own request, so an answer
 * is compared byte for byte. A duplicate is answered 409 with an index only:
 * entry and proof are then built from the log's tiles, and what the index
 * holds must be our own leaf.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/merkle.h"
#include "tlog/rekor.h"
#include "tlog/trust_checkpoint.h"
#include "json/write.h"

#define ENTRIES "/api/v2/log/entries"

/* ---- requests ------------------------------------------------------------ */

static int
proposal(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const struct log_request *request, struct vexlog_err *err)
{
	uint8_t digest[HASH_SIZE_MAX];
	const char *digest_text, *signature, *key;
	struct json_writer w;
	struct buffer b;
	size_t size;

	if (hash_any(digest, &size, key_hash(request->key), request->message,
		err) != 0)
		return err->code;
	digest_text =
	    text_base64(arena, (struct vexlog_bytes){digest, size}, err);
	signature = digest_text == NULL
	    ? NULL
	    : text_base64(arena, request->signature, err);
	key = signature == NULL
	    ? NULL
	    : text_base64(arena, key_spki(request->key), err);
	if (key == NULL)
		return err->code;
	buffer_open(&b, arena, REKOR_REQUEST_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	json_name(&w, "hashedRekordRequestV002");
	json_object(&w);
	json_member(&w, "digest", digest_text);
	json_name(&w, "signature");
	json_object(&w);
	json_member(&w, "content", signature);
	json_name(&w, "verifier");
	json_object(&w);
	json_member(&w, "keyDetails", key_details(request->key));
	json_name(&w, "publicKey");
	json_object(&w);
	json_member(&w, "rawBytes", key);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	json_close(&w);
	return buffer_finish(&b, out, err);
}

/* ---- checkpoints --------------------------------------------------------- */

static int
fetch_checkpoint(struct vexlog_bytes *note, struct vexlog_arena *arena,
    struct rekor *rekor, struct vexlog_err *err)
{
	struct http_answer answer;
	char *copy;
	int rc;

	rc = rekor_get(&answer, rekor, "/api/v2/checkpoint", "text/plain",
	    NOTE_SIZE_MAX, err);
	if (rc == 0)
		rc = rekor_judge(
		    rekor, &answer, "asking for the checkpoint", err);
	if (rc != 0)
		return rc;
	rekor_clock(rekor, &answer);
	copy = arena_text(arena, answer.body.data, answer.body.size, err);
	if (copy == NULL)
		return err->code;
	*note = (struct vexlog_bytes){(const uint8_t *)copy, answer.body.size};
	return 0;
}

/* A tree whose checkpoint a trusted key of this log has signed. */
struct tree {
	const struct trust_log *log;
	const char *note; /* as signed, NUL-terminated */
	struct checkpoint checkpoint;
};

/* The newest tree. arena keeps the note. */
static int
tree_fetch(struct tree *out, struct vexlog_arena *arena, struct rekor *rekor,
    struct vexlog_err *err)
{
	struct vexlog_bytes note;
	struct tree tree;
	int rc = fetch_checkpoint(&note, arena, rekor, err);

	if (rc != 0)
		return rc;
	if (checkpoint_read(&tree.checkpoint, arena, note, err) != 0)
		return rekor_lied(rekor, err);
	tree.note = (const char *)note.data;
	rc = trust_checkpoint(&tree.log, rekor->log.trust, &tree.checkpoint,
	    rekor->log.origin, err);
	if (rc != 0)
		return err_where(err, rekor->log.url);
	*out = tree;
	return 0;
}

struct tree_wanted {
	struct tree tree;
	struct vexlog_arena *arena;
	struct rekor *rekor;
	uint64_t index; /* that it has to hold */
};

static int
look_for_tree(bool *done, void *context, struct vexlog_err *err)
{
	struct tree_wanted *w = context;
	int rc = tree_fetch(&w->tree, w->arena, w->rekor, err);

	/* It has entries, so a checkpoint has to come. */
	if (rc == VEXLOG_NOT_FOUND)
		return err->code = VEXLOG_UNREACHABLE;
	if (rc != 0)
		return rc;
	*done = w->tree.checkpoint.size > w->index;
	if (!*done)
		(void)err_set(err, VEXLOG_UNREACHABLE,
		    "the newest checkpoint has %llu entries and does not "
		    "cover entry %llu yet",
		    (unsigned long long)w->tree.checkpoint.size,
		    (unsigned long long)w->index);
	return 0;
}

/* ---- entries from tiles -------------------------------------------------- */

/* Kind and version as the body itself says; entry_verify compares. */
static int
read_kind(struct entry *entry, struct vexlog_arena *arena, struct rekor *rekor,
    struct vexlog_err *err)
{
	struct json_doc doc;

	if (json_read(&doc, arena, entry->body, 0, err) != 0 ||
	    json_need_text(&entry->kind, &doc, doc.root, "kind", err) != 0 ||
	    json_need_text(
		&entry->version, &doc, doc.root, "apiVersion", err) != 0)
		return rekor_lied(rekor, err);
	return 0;
}

/* The entry at index with this body, proven from the tiles of a tree. */
static int
build_entry(struct entry *out, struct vexlog_arena *arena, struct tiles *tiles,
    const struct tree *tree, uint64_t index, struct vexlog_bytes body,
    struct vexlog_err *err)
{
	struct merkle_source source = tiles_source(tiles);
	struct rekor *rekor = tiles->rekor;
	struct hash proof[PROOF_LENGTH_MAX], leaf, there;
	struct hash *hashes;
	struct entry entry;
	size_t proof_size;
	int rc;

	rc = source.get(&there, 0, index, source.context, err);
	if (rc == 0)
		rc = merkle_leaf(&leaf, body, err);
	if (rc != 0)
		return rc;
	if (!hash_same(&leaf, &there)) {
		(void)err_set(err, VEXLOG_BAD_PROOF,
		    "entry %llu of the log is another one than the log says",
		    (unsigned long long)index);
		return err_where(err, rekor->log.url);
	}
	rc = merkle_prove_inclusion(
	    proof, &proof_size, &source, index, tree->checkpoint.size, err);
	if (rc != 0)
		return rc;
	hashes = arena_list(
	    arena, proof_size == 0 ? 1 : proof_size, sizeof *hashes, err);
	if (hashes == NULL)
		return err->code;
	memcpy(hashes, proof, proof_size * sizeof *hashes);
	memset(&entry, 0, sizeof entry);
	entry.body = body;
	entry.log_id = tree->log->id;
	entry.log_url = arena_copy(arena, rekor->log.url, err);
	entry.uuid = text_hex_new(arena, leaf.bytes, HASH_SIZE, err);
	if (entry.log_url == NULL || entry.uuid == NULL)
		return err->code;
	rc = read_kind(&entry, arena, rekor, err);
	if (rc != 0)
		return rc;
	entry.log_index = entry.proof_index = (int64_t)index;
	entry.integrated_time = TIME_NONE;
	entry.has_proof = true;
	entry.tree_size = tree->checkpoint.size;
	entry.root = tree->checkpoint.root;
	entry.hashes = hashes;
	entry.hash_count = proof_size;
	entry.checkpoint = tree->note;
	*out = entry;
	return 0;
}

/* ---- submit -------------------------------------------------------------- */

/* The one entry of a 201. */
static int
take_entry(struct entry *out, struct vexlog_arena *arena, struct rekor *rekor,
    const struct http_answer *answer, struct vexlog_bytes body,
    struct vexlog_err *err)
{
	struct json_doc doc;
	struct entry entry;
	int rc = rekor_json(&doc, arena, rekor, answer, err);

	if (rc != 0)
		return rc;
	if (entry_read_v2(&entry, arena, &doc, doc.root, err) != 0)
		return rekor_lied(rekor, err);
	if (entry.body.size != body.size ||
	    memcmp(entry.body.data, body.data, body.size) != 0) {
		(void)err_set(err, VEXLOG_BAD_PROOF,
		    "the log answers with another entry than was sent");
		return err_where(err, rekor->log.url);
	}
	entry.log_url = arena_copy(arena, rekor->log.url, err);
	if (entry.log_url == NULL)
		return err->code;
	*out = entry;
	return 0;
}

/* The index in a 409: its header, or (before rekor-tiles 2.1) the end of
 * "… already exists in the transparency log with index 5". */
int
rekor2_index(uint64_t *out, struct rekor *rekor,
    const struct http_answer *answer, struct vexlog_err *err)
{
	static const char before[] = " with index ";
	struct vexlog_err ignored;
	struct json_doc doc;
	const char *text = answer->log_index, *found;

	if (text == NULL &&
	    json_read(&doc, rekor->scratch, answer->body, 0, &ignored) == 0) {
		text = json_get_text(doc.root, "message");
		found = text == NULL ? NULL : strstr(text, before);
		text = found == NULL ? NULL : found + sizeof before - 1;
	}
	if (text != NULL &&
	    text_decimal(out, text, strlen(text), INT64_MAX - 1))
		return 0;
	(void)err_set(err, VEXLOG_BAD_PROOF,
	    "the log says that the entry exists already, and not where: "
	    "X-Log-Index is \"%.40s\"",
	    text == NULL ? "" : text);
	return err_where(err, rekor->log.url);
}

/* An entry that is there already. */
struct awaited {
	size_t which;
	uint64_t index;
};

struct submission {
	struct rekor *rekor;
	struct vexlog_arena *arena;
	struct vexlog_bytes *bodies;
	struct entry *found;
	struct awaited *list;
	size_t awaited;
};

static int
on_entry(void *context, size_t i, const struct http_answer *answer,
    struct vexlog_err *err)
{
	struct submission *s = context;

	return take_entry(
	    s->found + i, s->arena, s->rekor, answer, s->bodies[i], err);
}

static int
on_known(void *context, size_t i, const struct http_answer *answer,
    struct vexlog_err *err)
{
	struct submission *s = context;
	struct awaited *a = s->list + s->awaited;
	int rc = rekor2_index(&a->index, s->rekor, answer, err);

	a->which = i;
	s->awaited += rc == 0;
	return rc;
}

/* All that is there already, from one tree that covers it. */
static int
rebuild(const struct submission *s, struct vexlog_err *err)
{
	struct tree_wanted wanted = {.arena = s->arena, .rekor = s->rekor};
	struct tiles tiles;
	int rc;

	for (size_t i = 0; i < s->awaited; i++)
		if (s->list[i].index > wanted.index)
			wanted.index = s->list[i].index;
	rc = rekor_await(
	    s->rekor, REKOR_CHECKPOINT_WAIT, look_for_tree, &wanted, err);
	if (rc != 0)
		return rc;
	tiles_open(&tiles, s->rekor, wanted.tree.checkpoint.size);
	for (size_t i = 0; i < s->awaited && rc == 0; i++) {
		const struct awaited *a = s->list + i;
		rc = build_entry(s->found + a->which, s->arena, &tiles,
		    &wanted.tree, a->index, s->bodies[a->which], err);
	}
	return rc;
}

static int
v2_submit(struct entry *entries, struct vexlog_arena *arena, struct log *log,
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
	s.bodies = arena_list(rekor->scratch, count, sizeof *s.bodies, err);
	posts = arena_list(rekor->scratch, count, sizeof *posts, err);
	answers = arena_list(rekor->scratch, count, sizeof *answers, err);
	s.found = arena_list(rekor->scratch, count, sizeof *s.found, err);
	s.list = arena_list(rekor->scratch, count, sizeof *s.list, err);
	if (s.bodies == NULL || posts == NULL || answers == NULL ||
	    s.found == NULL || s.list == NULL)
		return err->code;
	for (i = 0; i < count && rc == 0; i++) {
		posts[i].path = ENTRIES;
		posts[i].answer_max = ENTRY_JSON_MAX;
		rc = entry_body_v2(s.bodies + i, arena, requests[i].key,
		    requests[i].message, requests[i].signature, err);
		if (rc == 0)
			rc = proposal(
			    &posts[i].body, rekor->scratch, requests + i, err);
	}
	if (rc == 0)
		rc = http_ask(
		    answers, rekor->scratch, rekor->http, posts, count, err);
	if (rc == 0)
		rc = rekor_sort(rekor, &sorter, &s, answers, count, err);
	if ((rc == 0 || rc == VEXLOG_UNREACHABLE) && s.awaited > 0)
		rc = rekor_worse(rc, rebuild(&s, &why), err, &why);
	if (rc == 0 || rc == VEXLOG_UNREACHABLE)
		memcpy(entries, s.found, count * sizeof *entries);
	return rc;
}

/* ---- reading ------------------------------------------------------------- */

static int
v2_fetch(struct entry *out, struct vexlog_arena *arena, struct log *log,
    int64_t index, struct vexlog_err *err)
{
	struct rekor *rekor = (struct rekor *)log;
	struct vexlog_bytes body;
	struct tiles tiles;
	struct tree tree;
	int rc;

	log->retry_after = 0;
	vexlog_arena_reset(rekor->scratch);
	rc = tree_fetch(&tree, arena, rekor, err);
	if (rc != 0)
		return rc;
	if (index < 0 || (uint64_t)index >= tree.checkpoint.size) {
		(void)err_set(err, VEXLOG_NOT_FOUND,
		    "the log has %llu entries, asked for was entry %lld",
		    (unsigned long long)tree.checkpoint.size, (long long)index);
		return err_where(err, log->url);
	}
	tiles_open(&tiles, rekor, tree.checkpoint.size);
	rc = tiles_body(&body, arena, &tiles, (uint64_t)index, err);
	return rc != 0 ? rc
		       : build_entry(out, arena, &tiles, &tree, (uint64_t)index,
			     body, err);
}

static int
v2_checkpoint(struct vexlog_bytes *note, struct vexlog_arena *arena,
    struct log *log, struct vexlog_err *err)
{
	struct rekor *rekor = (struct rekor *)log;

	log->retry_after = 0;
	vexlog_arena_reset(rekor->scratch);
	return fetch_checkpoint(note, arena, rekor, err);
}

static int
v2_consistency(struct hash *proof, size_t *proof_size, struct log *log,
    uint64_t size1, uint64_t size2, struct vexlog_err *err)
{
	struct rekor *rekor = (struct rekor *)log;
	struct merkle_source source;
	struct tiles tiles;

	log->retry_after = 0;
	vexlog_arena_reset(rekor->scratch);
	tiles_open(&tiles, rekor, size2);
	source = tiles_source(&tiles);
	return merkle_prove_consistency(
	    proof, proof_size, &source, size1, size2, err);
}

static int
v2_open(
    struct log **out, const struct log_options *options, struct vexlog_err *err)
{
	return rekor_open(out, options, &log_rekor2, err);
}

const struct log_ops log_rekor2 = {
    .scheme = "rekor2+",
    .open = v2_open,
    .submit = v2_submit,
    .fetch = v2_fetch,
    .checkpoint = v2_checkpoint,
    .consistency = v2_consistency,
    .close = rekor_close,
};
