/*
 * entry_verify.c - does an entry hold: the rules of verification, one named
 * check each. This is the log's part; what the body is bound to is in
 * entry_binding.c.
 *
 * Only the trust file and what we signed are believed. The checkpoint's size
 * and root are the tree's; what the entry says of them has to be the same.
 */
#include "tlog/entry_judge.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/merkle.h"
#include "tlog/trust_checkpoint.h"
#include "json/write.h"

#define UUID_V1   80
#define UUID_LEAF 64
#define TREE_HEX  16

/* Name and source of each. */
const struct check_name entry_checks[] = {
    [FORM] = {"entry form", "C2SP tlog-tiles"},
    [LOG_KEY] = {"log key", "Sigstore TrustedRoot logId"},
    [PROMISE] = {"signed entry timestamp", "Rekor v1 SET"},
    [VALIDITY] = {"log key validity", "Sigstore TrustedRoot validFor"},
    [CHECKPOINT] = {"checkpoint form", "C2SP tlog-checkpoint"},
    [CHECKPOINT_SIGNATURE] = {"checkpoint signature", "C2SP signed-note"},
    [ORIGIN] = {"origin", "C2SP tlog-checkpoint"},
    [WITNESSES] = {"witness cosignatures", "C2SP tlog-cosignature"},
    [SIZE_AND_ROOT] = {"tree size and root", "C2SP tlog-checkpoint"},
    [INDEX] = {"index", "RFC 9162 2.1.3.2"},
    [LENGTH] = {"proof length", "RFC 9162 2.1.3.2"},
    [LEAF] = {"leaf hash", "RFC 9162 2.1.1"},
    [INCLUSION] = {"inclusion proof", "RFC 9162 2.1.3.2"},
    [UUID] = {"uuid", "Rekor v1 sharding"},
    [KIND] = {"kind and version", "Rekor entry kinds"},
    [DIGEST] = {"binding digest", "CVE-2022-36056"},
    [SIGNATURE] = {"binding signature", "CVE-2026-22703"},
    [KEY] = {"binding key", "CVE-2026-22703"},
    [OWN] = {"own signature", "DSSE v1"},
};

/* ---- form ------------------------------------------------------------- */

static size_t
body_max(const struct entry *e)
{
	/* Entries of tile logs have a length of 16 bits; Rekor v1, which has
	 * the 0.0.1 kinds and intoto, has no such limit. */
	return text_same(e->version, "0.0.2") && !text_same(e->kind, "intoto")
	    ? ENTRY_BODY_MAX
	    : ENTRY_JSON_MAX;
}

static int
check_form(const struct entry *e, struct vexlog_err *why)
{
	if (e->body.size == 0 || e->body.size > body_max(e))
		return err_set(why, VEXLOG_LIMIT,
		    "a body of %zu bytes, 1 to %zu are taken", e->body.size,
		    body_max(e));
	if (e->hash_count > PROOF_LENGTH_MAX)
		return err_set(why, VEXLOG_LIMIT,
		    "a proof of %zu hashes, at most %d are taken",
		    e->hash_count, PROOF_LENGTH_MAX);
	if (e->log_index < 0 || e->proof_index < 0 || e->tree_size > INT64_MAX)
		return err_set(why, VEXLOG_SHAPE,
		    "log index %lld, proof index %lld, tree size %llu: each "
		    "is 0 to 2^63 - 1",
		    (long long)e->log_index, (long long)e->proof_index,
		    (unsigned long long)e->tree_size);
	if (e->log_id == NULL || !text_is_hex(e->log_id, 2 * HASH_SIZE))
		return err_set(why, VEXLOG_SHAPE,
		    "\"%.80s\" is no log id of 64 hex digits",
		    e->log_id == NULL ? "" : e->log_id);
	if (e->uuid == NULL ||
	    (!text_is_hex(e->uuid, UUID_V1) &&
		!text_is_hex(e->uuid, UUID_LEAF)))
		return err_set(why, VEXLOG_SHAPE,
		    "\"%.90s\" is no uuid of 80 or 64 hex digits",
		    e->uuid == NULL ? "" : e->uuid);
	return 0;
}

/* ---- the log's key ---------------------------------------------------- */

/* Of several trusted logs with this id (one key under two origins, or with
 * two validities) the one that fits best; which rule the others break does
 * not matter then. */
static void
choose_log(struct judge *j)
{
	int64_t at = j->entry->integrated_time != TIME_NONE
	    ? j->entry->integrated_time
	    : j->at;
	int best = -1;

	for (size_t i = 0; i < j->trust->log_count; i++) {
		const struct trust_log *log = &j->trust->logs[i];
		if (!text_same(log->id, j->entry->log_id))
			continue;
		bool fits = j->checkpoint_rc == 0 &&
		    trust_origin_fits(log, j->checkpoint.origin);
		bool valid = at == TIME_NONE || trust_log_valid(log, at);
		int score = (fits ? 2 : 0) + (valid ? 1 : 0);
		if (score > best) {
			best = score;
			j->log = log;
		}
	}
}

static int
judge_log_key(struct judge *j)
{
	const char *trusted =
	    j->trust->log_count > 0 ? j->trust->logs[0].id : "none";

	choose_log(j);
	if (j->log != NULL)
		return ADD(j, LOG_KEY, VEXLOG_PASS, "%s is %s (%s)", j->log->id,
		    j->log->origin, key_algo(j->log->key));
	return ADD(j, LOG_KEY, VEXLOG_FAIL,
	    "log id %s is not among the %zu trusted ones, the first is %s",
	    j->entry->log_id, j->trust->log_count, trusted);
}

/* What a SET signs: JCS of body, integratedTime, logID and logIndex. */
static int
promise_text(struct vexlog_bytes *out, const struct judge *j)
{
	const struct entry *e = j->entry;
	char *body = text_base64(j->arena, e->body, j->err);
	struct json_writer w;
	struct buffer b;

	if (body == NULL)
		return j->err->code;
	buffer_open(&b, j->arena, 2 * ENTRY_JSON_MAX);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "body", body);
	json_member_integer(&w, "integratedTime",
	    e->integrated_time == TIME_NONE ? 0 : e->integrated_time / SECOND);
	json_member(&w, "logID", e->log_id);
	json_member_integer(&w, "logIndex", e->log_index);
	json_close(&w);
	return buffer_finish(&b, out, j->err);
}

static int
judge_promise(struct judge *j)
{
	struct vexlog_bytes text;
	struct vexlog_err why;
	char time[TIME_TEXT];
	int rc;

	if (j->entry->set.size == 0)
		return ADD(j, PROMISE, VEXLOG_SKIP,
		    j->entry->integrated_time == TIME_NONE
			? "the log gave none, and no time"
			: "the log gave none: its time is not believed");
	if (j->log == NULL)
		return MISSED(j, PROMISE, "not judged without the log's key");
	if ((rc = promise_text(&text, j)) != 0)
		return rc;
	rc = key_verify(j->log->key, text, j->entry->set, &why);
	j->promised = rc == 0;
	if (j->entry->integrated_time == TIME_NONE)
		return JUDGE(j, PROMISE, rc, &why, "holds, without a time");
	time_write(time, j->entry->integrated_time);
	return JUDGE(j, PROMISE, rc, &why, "index %lld was logged at %s",
	    (long long)j->entry->log_index, time);
}

static int
judge_validity(struct judge *j)
{
	char at_text[TIME_TEXT], from[TIME_TEXT], until[TIME_TEXT] = "open end";
	int64_t at = j->promised ? j->entry->integrated_time : TIME_NONE;

	if (j->log == NULL)
		return MISSED(j, VALIDITY, "not judged without the log's key");
	if (at == TIME_NONE)
		at = j->at;
	if (at == TIME_NONE)
		return ADD(
		    j, VALIDITY, VEXLOG_SKIP, "no time of the entry is proven");
	time_write(at_text, at);
	time_write(from, j->log->valid_from);
	if (j->log->valid_until != TIME_MAX)
		time_write(until, j->log->valid_until);
	return ADD(j, VALIDITY,
	    trust_log_valid(j->log, at) ? VEXLOG_PASS : VEXLOG_FAIL,
	    "%s, the key is valid from %s to %s", at_text, from, until);
}

/* ---- the checkpoint --------------------------------------------------- */

static bool
has_checkpoint(const struct judge *j)
{
	return j->entry->has_proof && j->entry->checkpoint != NULL;
}

/* A bundle v0.1 may have only the promise; all about the tree is then left
 * out, and the report may hold. */
static bool
promise_does(const struct judge *j)
{
	return j->expect->promise_will_do && j->promised && !has_checkpoint(j);
}

/* Check c can't be made, since there is no checkpoint to make it with. */
static int
without_tree(struct judge *j, enum check c)
{
	if (promise_does(j))
		return ADD(j, c, VEXLOG_SKIP,
		    "no inclusion proof; the signed entry timestamp does");
	return MISSED(j, c, "not judged without a checkpoint");
}

static void
read_checkpoint(struct judge *j)
{
	const struct vexlog_bytes none = {NULL, 0};

	j->checkpoint_rc = err_set(&j->checkpoint_why, VEXLOG_NOT_FOUND,
	    j->entry->has_proof
		? "there is no checkpoint: nothing says whose root this is"
		: "there is neither a checkpoint nor an inclusion proof");
	if (has_checkpoint(j))
		j->checkpoint_rc = checkpoint_read(&j->checkpoint, j->arena,
		    j->entry->checkpoint == NULL
			? none
			: text_bytes(j->entry->checkpoint),
		    &j->checkpoint_why);
}

static int
judge_checkpoint_form(struct judge *j)
{
	if (promise_does(j))
		return without_tree(j, CHECKPOINT);
	return JUDGE(j, CHECKPOINT, j->checkpoint_rc, &j->checkpoint_why,
	    "size %llu, %zu signatures", (unsigned long long)j->checkpoint.size,
	    j->checkpoint.note.signature_count);
}

static int
judge_checkpoint_signature(struct judge *j)
{
	struct vexlog_err why;
	int rc;

	if (j->checkpoint_rc != 0)
		return without_tree(j, CHECKPOINT_SIGNATURE);
	if (j->log == NULL)
		return MISSED(j, CHECKPOINT_SIGNATURE,
		    "not judged without the log's key");
	rc = trust_signed(j->trust, j->log, &j->checkpoint.note, &why);
	return JUDGE(j, CHECKPOINT_SIGNATURE, rc, &why,
	    "by %s with key %.8s (%s)", j->log->name, j->log->id,
	    key_algo(j->log->key));
}

/* Signed by the key is not enough: one key may serve two logs. An expected
 * origin may be the whole line, or the trusted log's own shorter one. */
static int
judge_origin(struct judge *j)
{
	const char *origin = j->checkpoint.origin, *want = j->expect->origin;
	bool good;

	if (j->checkpoint_rc != 0)
		return without_tree(j, ORIGIN);
	if (j->log == NULL)
		return MISSED(j, ORIGIN, "not judged without the log's key");
	good = trust_origin_fits(j->log, origin);
	if (want != NULL)
		good = good &&
		    (text_same(want, origin) ||
			text_same(want, j->log->origin));
	return ADD(j, ORIGIN, good ? VEXLOG_PASS : VEXLOG_FAIL,
	    "\"%.200s\", expected \"%.200s\"", origin,
	    want != NULL ? want : j->log->origin);
}

static int
judge_witnesses(struct judge *j)
{
	struct vexlog_err why;
	size_t count = 0;
	int rc;

	if (j->checkpoint_rc != 0)
		return without_tree(j, WITNESSES);
	if (j->log == NULL)
		return MISSED(j, WITNESSES, "not judged without the log's key");
	if (j->log->quorum == 0)
		return ADD(
		    j, WITNESSES, VEXLOG_SKIP, "the trust file asks for none");
	rc = trust_witnessed(
	    &count, j->trust, j->log, &j->checkpoint.note, &why);
	return JUDGE(j, WITNESSES, rc, &why, "%zu, needed are %zu", count,
	    j->log->quorum);
}

static int
judge_size_and_root(struct judge *j)
{
	char mine[2 * HASH_SIZE + 1], theirs[2 * HASH_SIZE + 1];
	const struct entry *e = j->entry;
	const struct checkpoint *c = &j->checkpoint;

	if (j->checkpoint_rc != 0)
		return without_tree(j, SIZE_AND_ROOT);
	text_hex(mine, e->root.bytes, HASH_SIZE);
	text_hex(theirs, c->root.bytes, HASH_SIZE);
	return ADD(j, SIZE_AND_ROOT,
	    e->tree_size == c->size && hash_same(&e->root, &c->root)
		? VEXLOG_PASS
		: VEXLOG_FAIL,
	    "the proof is for size %llu and root %s, the checkpoint has %llu "
	    "and %s",
	    (unsigned long long)e->tree_size, mine, (unsigned long long)c->size,
	    theirs);
}

/* ---- the proof -------------------------------------------------------- */

static bool
is_v1(const struct judge *j)
{
	uint64_t tree;
	size_t size;

	return trust_origin_tree(&tree, &size, j->checkpoint.origin);
}

static int
judge_index(struct judge *j)
{
	const struct entry *e = j->entry;
	bool one;

	if (j->checkpoint_rc != 0)
		return without_tree(j, INDEX);
	if ((uint64_t)e->proof_index >= j->checkpoint.size)
		return ADD(j, INDEX, VEXLOG_FAIL,
		    "index %lld in the proof, the tree has %llu leaves",
		    (long long)e->proof_index,
		    (unsigned long long)j->checkpoint.size);
	/* A v1 log counts on over its shards. That index is proven by the SET
	 * alone, so without one it has to be the proof's. */
	one = !is_v1(j) || (!j->promised && !j->expect->log_only);
	return ADD(j, INDEX,
	    !one || e->log_index == e->proof_index ? VEXLOG_PASS : VEXLOG_FAIL,
	    "log index %lld, in the proof %lld, of %llu leaves",
	    (long long)e->log_index, (long long)e->proof_index,
	    (unsigned long long)j->checkpoint.size);
}

static int
judge_length(struct judge *j)
{
	uint64_t index = (uint64_t)j->entry->proof_index;
	size_t want;

	if (j->checkpoint_rc != 0)
		return without_tree(j, LENGTH);
	if (index >= j->checkpoint.size)
		return MISSED(j, LENGTH, "not judged without a good index");
	want = merkle_inclusion_length(index, j->checkpoint.size);
	return ADD(j, LENGTH,
	    want == j->entry->hash_count ? VEXLOG_PASS : VEXLOG_FAIL,
	    "%zu hashes, index %llu of %llu leaves has %zu",
	    j->entry->hash_count, (unsigned long long)index,
	    (unsigned long long)j->checkpoint.size, want);
}

static int
judge_leaf(struct judge *j)
{
	const char *uuid = j->entry->uuid;
	const char *tail = uuid + strlen(uuid) - UUID_LEAF;
	char hex[2 * HASH_SIZE + 1];
	int rc = merkle_leaf(&j->leaf, j->entry->body, j->err);

	if (rc != 0)
		return rc;
	text_hex(hex, j->leaf.bytes, HASH_SIZE);
	return ADD(j, LEAF, text_same(hex, tail) ? VEXLOG_PASS : VEXLOG_FAIL,
	    "the body hashes to %s, the uuid says %s", hex, tail);
}

static int
judge_inclusion(struct judge *j)
{
	const struct entry *e = j->entry;
	struct vexlog_err why;
	int rc;

	if (j->checkpoint_rc != 0)
		return without_tree(j, INCLUSION);
	rc = merkle_verify_inclusion((uint64_t)e->proof_index,
	    j->checkpoint.size, &j->leaf, e->hashes, e->hash_count,
	    &j->checkpoint.root, &why);
	return JUDGE(j, INCLUSION, rc, &why,
	    "index %lld leads to the root of %llu leaves",
	    (long long)e->proof_index, (unsigned long long)j->checkpoint.size);
}

static int
judge_uuid(struct judge *j)
{
	const char *uuid = j->entry->uuid;
	char want[TREE_HEX + 1] = "";
	uint64_t tree;
	size_t size;

	if (strlen(uuid) == UUID_LEAF)
		return ADD(j, UUID, VEXLOG_PASS,
		    "the leaf hash alone, without a tree id");
	if (j->checkpoint_rc != 0)
		return without_tree(j, UUID);
	if (!trust_origin_tree(&tree, &size, j->checkpoint.origin))
		return ADD(j, UUID, VEXLOG_FAIL,
		    "tree id %.16s, the origin \"%.200s\" has none", uuid,
		    j->checkpoint.origin);
	(void)snprintf(want, sizeof(want), "%016llx", (unsigned long long)tree);
	return ADD(j, UUID,
	    memcmp(want, uuid, TREE_HEX) == 0 ? VEXLOG_PASS : VEXLOG_FAIL,
	    "tree id %.16s, the origin has %s (%llu)", uuid, want,
	    (unsigned long long)tree);
}

/* ---- all of it -------------------------------------------------------- */

static int
judge_all(struct judge *j)
{
	static int (*const steps[])(struct judge *) = {judge_log_key,
	    judge_promise, judge_validity, judge_checkpoint_form,
	    judge_checkpoint_signature, judge_origin, judge_witnesses,
	    judge_size_and_root,
	    judge_index, judge_length, judge_leaf, judge_inclusion, judge_uuid,
	    entry_judge_meaning};
	struct vexlog_err why;
	int rc = check_form(j->entry, &why);
	bool formed = rc == 0;

	rc = JUDGE(j, FORM, rc, &why, "%zu bytes of body, %zu hashes",
	    j->entry->body.size, j->entry->hash_count);
	if (rc == 0 && !formed) {
		enum check last = j->expect->log_only ? KIND : OWN;
		for (enum check c = LOG_KEY; c <= last && rc == 0; c++)
			rc = MISSED(j, c, "not judged in a broken entry");
		return rc;
	}
	read_checkpoint(j);
	if (j->checkpoint_rc == VEXLOG_NO_MEMORY)
		return err_memory(j->err);
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && rc == 0; i++)
		rc = steps[i](j);
	return rc;
}

int
entry_verify(struct report *report, struct vexlog_arena *arena,
    const struct entry *entry, const struct trust *trust,
    const struct entry_expect *expect, int64_t at, struct vexlog_err *err)
{
	struct judge j = {
	    .report = report,
	    .arena = arena,
	    .entry = entry,
	    .trust = trust,
	    .expect = expect,
	    .at = at,
	    .err = err,
	};

	if (!expect->log_only &&
	    (expect->key == NULL ||
		(expect->message.data == NULL && expect->digest.size == 0)))
		return err_set(err, VEXLOG_MISUSE,
		    "an entry can't be judged without what was signed and by "
		    "whom");
	return judge_all(&j);
}
