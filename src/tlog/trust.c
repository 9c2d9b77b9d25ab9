/*
 * trust.c - the keys we believe, read from a file and written to one.
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
#include "tlog/trusted_root.h"
#include "json/write.h"

#define SCHEMA    "vexlog.trust/v1"
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
static int
find_name(
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
find_id(char out[2 * HASH_SIZE + 1], const char *name, const struct key *key,
    struct vexlog_err *err)
{
	struct hash id;
	int rc = note_key_id(&id, name, key, NOTE_PLAIN, err);

	if (rc == 0)
		text_hex(out, id.bytes, HASH_SIZE);
	return rc;
}

static int
read_log(struct trust *trust, const struct item *item, struct vexlog_err *err)
{
	static const char *const names[] = {
	    "origin", "url", "keyId", "key", "validFrom", "validUntil"};
	struct trust_log *log = &trust->logs[trust->log_count];
	const struct json_value *url = json_get(item->v, "url");
	char mine[2 * HASH_SIZE + 1];
	int rc;

	if ((rc = json_only(item->doc, item->v, names, 6, err)) != 0 ||
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
	rc = find_name(log, item->arena, err);
	if (rc == VEXLOG_SHAPE)
		return json_fail(item->doc, json_get(item->v, "origin"), err,
		    "\"%.100s\" can't be the origin of a log: the part before "
		    "\" - <tree id>\" has no spaces and no '+'",
		    log->origin);
	if (rc != 0 || (rc = find_id(mine, log->name, log->key, err)) != 0 ||
	    (rc = read_id(&log->id, item, mine, err)) != 0)
		return rc;
	return read_validity(&log->valid_from, &log->valid_until, item, err);
}

static int
read_signer(
    struct trust *trust, const struct item *item, struct vexlog_err *err)
{
	static const char *const names[] = {
	    "name", "keyId", "key", "validFrom", "validUntil"};
	struct trust_signer *signer = &trust->signers[trust->signer_count];
	int rc;

	if ((rc = json_only(item->doc, item->v, names, 5, err)) != 0 ||
	    (rc = read_key(&signer->key, item, err)) != 0)
		return rc;
	trust->signer_count++;
	if ((rc = json_need_text(
		 &signer->name, item->doc, item->v, "name", err)) != 0)
		return rc;
	if (text_blank(signer->name) || strlen(signer->name) > NAME_MAX_BYTES)
		return json_fail(item->doc, json_get(item->v, "name"), err,
		    "a signer's name has 1 to %d bytes, not all of them "
		    "white space",
		    NAME_MAX_BYTES);
	if ((rc = read_id(&signer->id, item, key_id(signer->key), err)) != 0)
		return rc;
	return read_validity(
	    &signer->valid_from, &signer->valid_until, item, err);
}

static int
read_list(struct trust *trust, const struct json_doc *doc,
    const struct json_value *list,
    int (*read)(struct trust *, const struct item *, struct vexlog_err *),
    struct vexlog_err *err)
{
	struct item item = {doc, NULL, trust->arena};
	int rc;

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

static int
read_own(
    struct trust *trust, const struct json_doc *doc, struct vexlog_err *err)
{
	static const char *const names[] = {"schema", "logs", "signers"};
	const struct json_value *logs = NULL, *signers = NULL;
	const char *schema;
	int rc;

	if ((rc = json_only(doc, doc->root, names, 3, err)) != 0 ||
	    (rc = json_need_text(&schema, doc, doc->root, "schema", err)) != 0)
		return rc;
	if (!text_same(schema, SCHEMA))
		return json_fail(doc, json_get(doc->root, "schema"), err,
		    "is \"%.80s\", expected \"%s\"", schema, SCHEMA);
	/* Either list may be left out; it can't be misspelt. */
	if ((rc = json_want(&logs, doc, doc->root, "logs", JSON_ARRAY, err)) !=
		0 ||
	    (rc = json_want(
		 &signers, doc, doc->root, "signers", JSON_ARRAY, err)) != 0)
		return rc;
	if (json_count(logs) > TRUST_KEYS_MAX ||
	    json_count(signers) > TRUST_KEYS_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "%zu logs and %zu signers, at most %d of each are taken",
		    json_count(logs), json_count(signers), TRUST_KEYS_MAX);
	trust->logs = arena_list(
	    trust->arena, json_count(logs), sizeof(*trust->logs), err);
	trust->signers = arena_list(
	    trust->arena, json_count(signers), sizeof(*trust->signers), err);
	if (trust->logs == NULL || trust->signers == NULL)
		return err->code;
	if (logs != NULL &&
	    (rc = read_list(trust, doc, logs, read_log, err)) != 0)
		return rc;
	return signers == NULL
	    ? 0
	    : read_list(trust, doc, signers, read_signer, err);
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
	if ((rc = read_all(trust, json, err)) != 0) {
		trust_close(trust);
		if (rc == VEXLOG_SHAPE || rc == VEXLOG_SYNTAX)
			err_rule(err, SCHEMA);
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

/* ---- writing ---------------------------------------------------------- */

static int
write_key(struct json_writer *w, struct vexlog_arena *arena,
    const struct key *key, const char *id, struct vexlog_err *err)
{
	struct vexlog_bytes pem;
	int rc = key_write_public(&pem, arena, key, err);

	if (rc != 0)
		return rc;
	json_member(w, "keyId", id);
	json_name(w, "key");
	json_put_bytes(w, (const char *)pem.data, pem.size);
	return 0;
}

static void
write_validity(struct json_writer *w, int64_t from, int64_t until)
{
	json_member_time(w, "validFrom", from);
	json_member_time(
	    w, "validUntil", until == TIME_MAX ? TIME_NONE : until);
}

static int
write_log(struct json_writer *w, struct vexlog_arena *arena,
    const struct trust_log *log, struct vexlog_err *err)
{
	int rc;

	json_object(w);
	json_member(w, "origin", log->origin);
	json_member(w, "url", log->url);
	if ((rc = write_key(w, arena, log->key, log->id, err)) != 0)
		return rc;
	write_validity(w, log->valid_from, log->valid_until);
	json_close(w);
	return 0;
}

static int
write_signer(struct json_writer *w, struct vexlog_arena *arena,
    const struct trust_signer *signer, struct vexlog_err *err)
{
	int rc;

	json_object(w);
	json_member(w, "name", signer->name);
	if ((rc = write_key(w, arena, signer->key, signer->id, err)) != 0)
		return rc;
	write_validity(w, signer->valid_from, signer->valid_until);
	json_close(w);
	return 0;
}

/* A trust file of old and, where not NULL, one log and one signer more. */
static int
write_all(struct buffer *b, struct vexlog_arena *arena, const struct trust *old,
    const struct trust_log *log, const struct trust_signer *signer,
    struct vexlog_err *err)
{
	struct json_writer w;
	int rc = 0;

	json_open(&w, b, false);
	json_object(&w);
	json_member(&w, "schema", SCHEMA);
	json_name(&w, "logs");
	json_array(&w);
	for (size_t i = 0; old != NULL && i < old->log_count && rc == 0; i++)
		rc = write_log(&w, arena, &old->logs[i], err);
	if (log != NULL && rc == 0)
		rc = write_log(&w, arena, log, err);
	json_close(&w);
	json_name(&w, "signers");
	json_array(&w);
	for (size_t i = 0; old != NULL && i < old->signer_count && rc == 0; i++)
		rc = write_signer(&w, arena, &old->signers[i], err);
	if (signer != NULL && rc == 0)
		rc = write_signer(&w, arena, signer, err);
	json_close(&w);
	json_close(&w);
	return rc;
}

static int
write_indented(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const struct trust_log *log,
    const struct trust_signer *signer, struct vexlog_err *err)
{
	struct vexlog_bytes compact, indented;
	struct buffer b, out;
	struct json_doc doc;
	struct trust *check;
	int rc;

	buffer_open(&b, arena, CONFIG_SIZE_MAX);
	if ((rc = write_all(&b, arena, old, log, signer, err)) != 0 ||
	    (rc = buffer_finish(&b, &compact, err)) != 0 ||
	    (rc = json_read(&doc, arena, compact, 0, err)) != 0)
		return rc;
	buffer_open(&out, arena, CONFIG_SIZE_MAX);
	json_indented(&out, doc.root);
	if (out.size == 0 || out.data[out.size - 1] != '\n')
		buffer_byte(&out, '\n');
	if ((rc = buffer_finish(&out, &indented, err)) != 0)
		return rc;
	/* What we write we can read, or we do not write it. */
	if ((rc = trust_read(&check, indented, err)) != 0)
		return rc;
	trust_close(check);
	*json = indented;
	return 0;
}

int
trust_add_log(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *origin, const char *url,
    const struct key *key, int64_t from, int64_t until, struct vexlog_err *err)
{
	struct trust_log log = {
	    .origin = origin,
	    .url = url,
	    .key = (struct key *)(uintptr_t)key, /* only read from here */
	    .valid_from = from,
	    .valid_until = until,
	};
	char id[2 * HASH_SIZE + 1];
	int rc;

	if ((rc = find_name(&log, arena, err)) != 0 ||
	    (rc = find_id(id, log.name, key, err)) != 0)
		return rc;
	log.id = id;
	for (size_t i = 0; old != NULL && i < old->log_count; i++)
		if (text_same(old->logs[i].id, id) &&
		    text_same(old->logs[i].origin, origin))
			return write_indented(
			    json, arena, old, NULL, NULL, err);
	return write_indented(json, arena, old, &log, NULL, err);
}

int
trust_add_signer(struct vexlog_bytes *json, struct vexlog_arena *arena,
    const struct trust *old, const char *name, const struct key *key,
    int64_t from, int64_t until, struct vexlog_err *err)
{
	struct trust_signer signer = {
	    .name = name,
	    .id = key_id(key),
	    .key = (struct key *)(uintptr_t)key,
	    .valid_from = from,
	    .valid_until = until,
	};

	for (size_t i = 0; old != NULL && i < old->signer_count; i++)
		if (text_same(old->signers[i].id, signer.id) &&
		    text_same(old->signers[i].name, name))
			return write_indented(
			    json, arena, old, NULL, NULL, err);
	return write_indented(json, arena, old, NULL, &signer, err);
}
