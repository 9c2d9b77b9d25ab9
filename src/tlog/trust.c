/*
 * trust.c - the keys we believe, read from a file; trust_write.c writes it.
 *
 * A trust file is what everything else hangs on, so nothing in it is guessed:
 * a member we do not know, a key that is not what its id says, a validity
 * without a beginning, each refuses the whole file.
 */
#include "tlog/trust.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/note.h"
#include "tlog/trust_memo.h"
#include "tlog/trusted_root.h"

#define ARENA_MAX (32 * CONFIG_SIZE_MAX)

/* ---- origins ---------------------------------------------------------- */

bool
trust_origin_tree(uint64_t *tree, size_t *host_size, const char *origin)
{
	const char *dash = NULL, *at = origin;

	while ((at = strstr(at, " - ")) != NULL)
		dash = at++;
	if (dash == NULL || dash == origin ||
	    !text_decimal(tree, dash + 3, strlen(dash + 3), UINT64_MAX))
		return false;
	*host_size = (size_t)(dash - origin);
	return true;
}

bool
trust_origin_fits(const struct trust_log *log, const char *origin)
{
	uint64_t tree;
	size_t size;

	if (text_same(log->origin, origin))
		return true;
	return log->origin_prefix && trust_origin_tree(&tree, &size, origin) &&
	    strlen(log->origin) == size &&
	    memcmp(log->origin, origin, size) == 0;
}

bool
trust_log_valid(const struct trust_log *log, int64_t at)
{
	return log->valid_from <= at && at <= log->valid_until;
}

/* ---- reading ---------------------------------------------------------- */

struct item {
	const struct json_doc *doc;
	const struct json_value *v;
	struct vexlog_arena *arena;
};

static int
read_key(struct key **out, const struct item *item, struct vexlog_err *err)
{
	struct vexlog_err why;
	const char *pem;
	int rc = json_need_text(&pem, item->doc, item->v, "key", err);

	if (rc != 0)
		return rc;
	rc = key_read_public(out, text_bytes(pem), &why);
	if (rc == VEXLOG_SYNTAX || rc == VEXLOG_REFUSED) {
		json_fail(item->doc, json_get(item->v, "key"), err, "%s",
		    why.message);
		err_hint(err, "%s", why.hint);
		return VEXLOG_SHAPE;
	}
	if (rc != 0)
		*err = why;
	return rc;
}

static int
read_id(const char **out, const struct item *item, const char *mine,
    struct vexlog_err *err)
{
	int rc = json_need_text(out, item->doc, item->v, "keyId", err);

	if (rc != 0)
		return rc;
	if (!text_same(*out, mine))
		return json_fail(item->doc, json_get(item->v, "keyId"), err,
		    "is \"%.80s\", the key gives %s", *out, mine);
	return 0;
}

static int
read_validity(int64_t *from, int64_t *until, const struct item *item,
    struct vexlog_err *err)
{
	const struct json_value *end = json_get(item->v, "validUntil");
	int rc = json_need_time(from, item->doc, item->v, "validFrom", err);

	if (rc != 0)
		return rc;
	*until = TIME_MAX;
	if (end == NULL || json_is(end, JSON_NULL))
		return 0;
	if ((rc = json_need_time(
		 until, item->doc, item->v, "validUntil", err)) != 0)
		return rc;
	if (*until < *from)
		return json_fail(
		    item->doc, end, err, "validity ends before it begins");
	return 0;
}

/* The name on signature lines, from the origin. */
int
trust_log_name(
    struct trust_log *log, struct vexlog_arena *arena, struct vexlog_err *err)
{
	uint64_t tree;
	size_t size;

	log->name = log->origin;
	if (trust_origin_tree(&tree, &size, log->origin)) {
		log->name = arena_text(arena, log->origin, size, err);
		if (log->name == NULL)
			return err->code;
	} else {
		log->origin_prefix = key_kind(log->key) != KEY_ED25519;
	}
	if (!note_is_name(log->name))
		return err_set(err, VEXLOG_SHAPE,
		    "\"%.100s\" can't be the origin of a log", log->origin);
	return 0;
}

static int
read_quorum(size_t *out, const struct json_doc *doc,
    const struct json_value *object, struct vexlog_err *err)
{
	int64_t n;
	int rc = json_need_integer(&n, doc, object, "quorum", err);

	if (rc == 0 && (n < 0 || n > TRUST_KEYS_MAX))
		return json_fail(doc, json_get(object, "quorum"), err,
		    "is %lld, a quorum is 0 to %d", (long long)n,
		    TRUST_KEYS_MAX);
	if (rc == 0)
		*out = (size_t)n;
	return rc;
}

static int
read_log(struct trust *trust, const struct item *item, struct vexlog_err *err)
{
	static const char *const names[] = {"origin", "url", "keyId", "key",
	    "validFrom", "validUntil", "quorum"};
	struct trust_log *log = &trust->logs[trust->log_count];
	const struct json_value *url = json_get(item->v, "url");
	char mine[2 * HASH_SIZE + 1];
	int rc;

	if ((rc = json_only(item->doc, item->v, names, 7, err)) != 0 ||
	    (rc = read_key(&log->key, item, err)) != 0)
		return rc;
	trust->log_count++; /* from here trust_close knows the key */
	if ((rc = json_need_text(
		 &log->origin, item->doc, item->v, "origin", err)) != 0)
		return rc;
	if (!json_is(url, JSON_NULL) &&
	    (rc = json_want_text(&log->url, item->doc, item->v, "url", err)) !=
		0)
		return rc;
	rc = trust_log_name(log, item->arena, err);
	if (rc == VEXLOG_SHAPE)
		return json_fail(item->doc, json_get(item->v, "origin"), err,
		    "\"%.100s\" can't be the origin of a log: the part before "
		    "\" - <tree id>\" has no spaces and no '+'",
		    log->origin);
	if (rc != 0 ||
	    (rc = note_key_hex(mine, log->name, log->key, NOTE_PLAIN, err)) !=
		0 ||
	    (rc = read_id(&log->id, item, mine, err)) != 0)
		return rc;
	log->own_quorum = json_get(item->v, "quorum") != NULL;
	if (log->own_quorum &&
	    (rc = read_quorum(&log->quorum, item->doc, item->v, err)) != 0)
		return rc;
	return read_validity(&log->valid_from, &log->valid_until, item, err);
}

/* Name and key; *count counts the key, so that trust_close knows it. */
static int
read_named(struct trust_signer *signer, size_t *count, const struct item *item,
    struct vexlog_err *err)
{
	static const char *const names[] = {
	    "name", "keyId", "key", "validFrom", "validUntil"};
	int rc;

	if ((rc = json_only(item->doc, item->v, names, 5, err)) != 0 ||
	    (rc = read_key(&signer->key, item, err)) != 0)
		return rc;
	(*count)++;
	if ((rc = json_need_text(
		 &signer->name, item->doc, item->v, "name", err)) != 0)
		return rc;
	if (text_blank(signer->name) || strlen(signer->name) > NAME_MAX_BYTES)
		return json_fail(item->doc, json_get(item->v, "name"), err,
		    "a signer's name has 1 to %d bytes, not all of them "
		    "white space",
		    NAME_MAX_BYTES);
	return read_validity(
	    &signer->valid_from, &signer->valid_until, item, err);
}

static int
read_signer(
    struct trust *trust, const struct item *item, struct vexlog_err *err)
{
	struct trust_signer *signer = &trust->signers[trust->signer_count];
	int rc = read_named(signer, &trust->signer_count, item, err);

	return rc != 0 ? rc
		       : read_id(&signer->id, item, key_id(signer->key), err);
}

/* A key under two names would let one witness count twice. */
static int
read_witness(
    struct trust *trust, const struct item *item, struct vexlog_err *err)
{
	struct trust_signer *witness = &trust->witnesses[trust->witness_count];
	char mine[2 * HASH_SIZE + 1];
	int rc = read_named(witness, &trust->witness_count, item, err);

	if (rc != 0)
		return rc;
	if (!note_is_name(witness->name))
		return json_fail(item->doc, json_get(item->v, "name"), err,
		    "\"%.100s\" can't be the name of a witness: it has no "
		    "spaces and no '+'",
		    witness->name);
	if (key_kind(witness->key) != KEY_ED25519)
		return json_fail(item->doc, json_get(item->v, "key"), err,
		    "cosignatures are by Ed25519 keys, not %s",
		    key_algo(witness->key));
	for (const struct trust_signer *w = trust->witnesses; w < witness; w++)
		if (text_same(key_id(w->key), key_id(witness->key)))
			return json_fail(item->doc, json_get(item->v, "key"),
			    err, "is the key of witness \"%.100s\" too",
			    w->name);
	if ((rc = note_key_hex(mine, witness->name, witness->key,
		 NOTE_COSIGNATURE, err)) != 0)
		return rc;
	return read_id(&witness->id, item, mine, err);
}

static int
read_list(struct trust *trust, const struct json_doc *doc,
    const struct json_value *list,
    int (*read)(struct trust *, const struct item *, struct vexlog_err *),
    struct vexlog_err *err)
{
	struct item item = {doc, NULL, trust->arena};
	int rc;

	if (list == NULL)
		return 0;
	for (item.v = json_first(list); item.v != json_end(list);
	     item.v = json_next(item.v)) {
		if (!json_is(item.v, JSON_OBJECT))
			return json_fail(doc, item.v, err,
			    "an object is needed here, not %s",
			    json_type_name(item.v->type));
		if ((rc = read(trust, &item, err)) != 0)
			return rc;
	}
	return 0;
}

/* Different witnesses: a name with two keys is one. */
static size_t
count_witnesses(const struct trust *trust)
{
	size_t n = 0;

	for (size_t i = 0; i < trust->witness_count; i++) {
		size_t same = 0;
		while (!text_same(
		    trust->witnesses[same].name, trust->witnesses[i].name))
			same++;
		n += same == i;
	}
	return n;
}

/* Every log's quorum can be reached. */
static int
settle_quorum(struct trust *trust, const struct json_doc *doc,
    const struct json_value *logs, struct vexlog_err *err)
{
	size_t have = count_witnesses(trust);

	if (trust->quorum > have)
		return json_fail(doc, json_get(doc->root, "quorum"), err,
		    "is %zu, there are %zu different witnesses", trust->quorum,
		    have);
	for (size_t i = 0; i < trust->log_count; i++) {
		struct trust_log *log = &trust->logs[i];
		if (!log->own_quorum)
			log->quorum = trust->quorum;
		if (log->quorum > have)
			return json_fail(doc, logs, err,
			    "log \"%.100s\" needs %zu witnesses, there are "
			    "%zu different ones",
			    log->origin, log->quorum, have);
	}
	return 0;
}

/* Room for one of the file's lists, which may be left out, and can't be
 * misspelt. NULL: *err says why. */
static void *
want_list(const struct json_value **list, size_t size, struct trust *trust,
    const struct json_doc *doc, const char *name, struct vexlog_err *err)
{
	if (json_want(list, doc, doc->root, name, JSON_ARRAY, err) != 0)
		return NULL;
	if (json_count(*list) > TRUST_KEYS_MAX) {
		err_set(err, VEXLOG_LIMIT, "%zu %s, at most %d are taken",
		    json_count(*list), name, TRUST_KEYS_MAX);
		return NULL;
	}
	return arena_list(trust->arena, json_count(*list), size, err);
}

static int
read_own(
    struct trust *trust, const struct json_doc *doc, struct vexlog_err *err)
{
	static const char *const names[] = {
	    "schema", "logs", "signers", "witnesses", "quorum"};
	const struct json_value *logs = NULL, *signers = NULL,
				*witnesses = NULL;
	const char *schema;
	int rc;

	if ((rc = json_only(doc, doc->root, names, 5, err)) != 0 ||
	    (rc = json_need_text(&schema, doc, doc->root, "schema", err)) != 0)
		return rc;
	if (!text_same(schema, TRUST_SCHEMA))
		return json_fail(doc, json_get(doc->root, "schema"), err,
		    "is \"%.80s\", expected \"%s\"", schema, TRUST_SCHEMA);
	if ((trust->logs = want_list(&logs, sizeof(*trust->logs), trust, doc,
		 "logs", err)) == NULL ||
	    (trust->signers = want_list(&signers, sizeof(*trust->signers),
		 trust, doc, "signers", err)) == NULL ||
	    (trust->witnesses = want_list(&witnesses, sizeof(*trust->witnesses),
		 trust, doc, "witnesses", err)) == NULL)
		return err->code;
	if ((rc = read_list(trust, doc, logs, read_log, err)) != 0 ||
	    (rc = read_list(trust, doc, signers, read_signer, err)) != 0 ||
	    (rc = read_list(trust, doc, witnesses, read_witness, err)) != 0)
		return rc;
	if (json_get(doc->root, "quorum") != NULL &&
	    (rc = read_quorum(&trust->quorum, doc, doc->root, err)) != 0)
		return rc;
	return settle_quorum(trust, doc, logs, err);
}

static int
read_all(struct trust *trust, struct vexlog_bytes json, struct vexlog_err *err)
{
	struct json_doc doc;
	struct buffer b;
	int rc;

	if (json.size > CONFIG_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "a trust file of %zu bytes, at most %zu are taken",
		    json.size, CONFIG_SIZE_MAX);
	if ((rc = json_read(&doc, trust->arena, json, 0, err)) != 0)
		return rc;
	if (!json_is(doc.root, JSON_OBJECT))
		return json_fail(&doc, doc.root, err,
		    "a trust file is an object, not %s",
		    json_type_name(doc.root->type));
	rc = trusted_root_is(doc.root) ? trusted_root_read(trust, &doc, err)
				       : read_own(trust, &doc, err);
	if (rc != 0)
		return rc;
	buffer_open(&b, trust->arena, 2 * CONFIG_SIZE_MAX);
	if ((rc = json_canonical(&b, &doc, doc.root, err)) != 0 ||
	    (rc = buffer_finish(&b, &trust->bytes, err)) != 0)
		return rc;
	trust->digest = hash_digest_new(trust->arena, trust->bytes, err);
	return trust->digest == NULL ? (int)err->code : 0;
}

int
trust_read(struct trust **out, struct vexlog_bytes json, struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(ARENA_MAX);
	struct trust *trust;
	int rc;

	if (arena == NULL)
		return err_memory(err);
	if ((trust = arena_zero(arena, sizeof(*trust), err)) == NULL) {
		vexlog_arena_close(arena);
		return err->code;
	}
	trust->arena = arena;
	if ((rc = trust_memo_open(&trust->memo, arena, err)) != 0 ||
	    (rc = read_all(trust, json, err)) != 0) {
		trust_close(trust);
		if (rc == VEXLOG_SHAPE || rc == VEXLOG_SYNTAX)
			err_rule(err, TRUST_SCHEMA);
		err_hint(err,
		    "correct the trust file, or make it anew with "
		    "\"vexlog trust add\"");
		return rc;
	}
	*out = trust;
	return 0;
}

void
trust_close(struct trust *trust)
{
	if (trust == NULL)
		return;
	for (size_t i = 0; i < trust->log_count; i++)
		key_close(trust->logs[i].key);
	for (size_t i = 0; i < trust->signer_count; i++)
		key_close(trust->signers[i].key);
	for (size_t i = 0; i < trust->witness_count; i++)
		key_close(trust->witnesses[i].key);
	trust_memo_close(trust->memo);
	vexlog_arena_close(trust->arena);
}

/* ---- looking up ------------------------------------------------------- */

const struct trust_log *
trust_log_by_id(const struct trust *trust, const char *id)
{
	for (size_t i = 0; i < trust->log_count; i++)
		if (text_same(trust->logs[i].id, id))
			return &trust->logs[i];
	return NULL;
}

const struct trust_log *
trust_log_by_origin(const struct trust *trust, const char *origin)
{
	for (size_t i = 0; i < trust->log_count; i++)
		if (trust_origin_fits(&trust->logs[i], origin))
			return &trust->logs[i];
	return NULL;
}

const struct trust_signer *
trust_signer_by_id(const struct trust *trust, const char *key_id)
{
	for (size_t i = 0; i < trust->signer_count; i++)
		if (text_same(trust->signers[i].id, key_id))
			return &trust->signers[i];
	return NULL;
}
