/*
 * trusted_root.c - the logs of a Sigstore trusted_root.json.
 *
 * Only tlogs[] is read here. A log whose kind of key we can't verify is left
 * out, so its entries are not believed; anything that is wrong in a log we
 * could use refuses the file. Fields that we do not know pass, since the
 * format grows.
 */
#include "tlog/trusted_root.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "tlog/note.h"

#define MEDIA_TYPE "application/vnd.dev.sigstore.trustedroot"

bool
trusted_root_is(const struct json_value *root)
{
	const char *type = json_get_text(root, "mediaType");

	return type != NULL && text_starts(type, MEDIA_TYPE);
}

/* protojson writes an absent message as null or not at all. */
static const struct json_value *
get_set(const struct json_value *object, const char *name)
{
	const struct json_value *v = json_get(object, name);

	return json_is(v, JSON_NULL) ? NULL : v;
}

/* The closed interval validFor; a log without a start is refused, since it
 * would be believed for all of the past. */
static int
read_validity(struct trust_log *log, const struct json_doc *doc,
    const struct json_value *key, struct vexlog_err *err)
{
	const struct json_value *range;
	int rc = json_need(&range, doc, key, "validFor", JSON_OBJECT, err);

	if (rc != 0 ||
	    (rc = json_need_time(&log->valid_from, doc, range, "start", err)) !=
		0)
		return rc;
	log->valid_until = TIME_MAX;
	if (get_set(range, "end") != NULL &&
	    (rc = json_need_time(&log->valid_until, doc, range, "end", err)) !=
		0)
		return rc;
	if (log->valid_until < log->valid_from)
		return json_fail(doc, range, err, "ends before it begins");
	return 0;
}

/* The kinds of keys that signature.c verifies, as keyDetails. */
static bool
is_usable(const char *details)
{
	static const char *const known[] = {"PKIX_ECDSA_P256_SHA_256",
	    "PKIX_ECDSA_P384_SHA_384", "PKIX_ECDSA_P521_SHA_512",
	    "PKIX_ED25519", "PKIX_RSA_PKCS1V15_2048_SHA256",
	    "PKIX_RSA_PKCS1V15_3072_SHA256", "PKIX_RSA_PKCS1V15_4096_SHA256"};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (text_same(details, known[i]))
			return true;
	return false;
}

static int
check_details(const struct trust_log *log, const struct json_doc *doc,
    const struct json_value *key, const char *details, struct vexlog_err *err)
{
	const char *mine = key_kind(log->key) == KEY_ED25519
	    ? "PKIX_ED25519"
	    : key_details(log->key);

	if (!text_same(details, mine))
		return json_fail(doc, json_get(key, "keyDetails"), err,
		    "is %s, the key is %s", details,
		    mine == NULL ? key_algo(log->key) : mine);
	return 0;
}

/* The log's id must follow from its key: as the tlog-checkpoint key id, or,
 * as Rekor v1 has it for every kind of key, from the SPKI alone. */
static int
check_id(struct trust_log *log, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *tlog,
    struct vexlog_err *err)
{
	const struct json_value *id;
	struct vexlog_bytes given;
	char hex[2 * HASH_SIZE + 1];
	struct hash mine;
	int rc;

	if ((rc = json_need(&id, doc, tlog, "logId", JSON_OBJECT, err)) != 0 ||
	    (rc = json_need_base64(
		 &given, arena, doc, id, "keyId", BASE64_ANY, err)) != 0 ||
	    (rc = note_key_id(&mine, log->name, log->key, NOTE_PLAIN, err)) !=
		0)
		return rc;
	text_hex(hex, mine.bytes, HASH_SIZE);
	if (given.size != HASH_SIZE)
		return json_fail(doc, json_get(id, "keyId"), err,
		    "%zu bytes, a key id has %d", given.size, HASH_SIZE);
	log->id = text_hex_new(arena, given.data, given.size, err);
	if (log->id == NULL)
		return err->code;
	if (!text_same(log->id, hex) && !text_same(log->id, key_id(log->key)))
		return json_fail(doc, json_get(id, "keyId"), err,
		    "is %s, the key gives %s", log->id, hex);
	return 0;
}

/* "https://host[:port]/…" to "host[:port]", the origin of a v2 log and the
 * first part of a v1 log's. */
static int
read_host(struct trust_log *log, struct vexlog_arena *arena,
    const struct json_doc *doc, const struct json_value *tlog,
    struct vexlog_err *err)
{
	const char *host;
	int rc = json_need_text(&log->url, doc, tlog, "baseUrl", err);

	if (rc != 0)
		return rc;
	host = strstr(log->url, "://");
	host = host == NULL ? log->url : host + 3;
	log->origin = arena_text(arena, host, strcspn(host, "/?#"), err);
	if (log->origin == NULL)
		return err->code;
	if (!note_is_name(log->origin))
		return json_fail(doc, json_get(tlog, "baseUrl"), err,
		    "\"%.100s\" names no host", log->url);
	log->name = log->origin;
	log->origin_prefix = true;
	return 0;
}

static int
read_log(struct trust *trust, const struct json_doc *doc,
    const struct json_value *tlog, struct vexlog_err *err)
{
	struct trust_log *log = &trust->logs[trust->log_count];
	const struct json_value *key;
	struct vexlog_bytes der;
	const char *details, *hash;
	int rc;

	if (!json_is(tlog, JSON_OBJECT))
		return json_fail(doc, tlog, err, "a log is an object, not %s",
		    json_type_name(tlog->type));
	if ((rc = json_need(&key, doc, tlog, "publicKey", JSON_OBJECT, err)) !=
		0 ||
	    (rc = json_need_text(&details, doc, key, "keyDetails", err)) != 0 ||
	    (rc = json_want_text(&hash, doc, tlog, "hashAlgorithm", err)) != 0)
		return rc;
	if (!is_usable(details) ||
	    (hash != NULL && !text_same(hash, "SHA2_256")))
		return 0;
	if ((rc = json_need_base64(&der, trust->arena, doc, key, "rawBytes",
		 BASE64_ANY, err)) != 0)
		return rc;
	rc = key_read_public(&log->key, der, err);
	if (rc == VEXLOG_SYNTAX || rc == VEXLOG_REFUSED) {
		struct vexlog_err why = *err;
		return json_fail(
		    doc, json_get(key, "rawBytes"), err, "%s", why.message);
	}
	if (rc != 0)
		return rc;
	trust->log_count++;
	if ((rc = check_details(log, doc, key, details, err)) != 0 ||
	    (rc = read_host(log, trust->arena, doc, tlog, err)) != 0 ||
	    (rc = check_id(log, trust->arena, doc, tlog, err)) != 0)
		return rc;
	return read_validity(log, doc, key, err);
}

int
trusted_root_read(
    struct trust *trust, const struct json_doc *doc, struct vexlog_err *err)
{
	const struct json_value *list, *tlog;
	int rc;

	if ((rc = json_need(&list, doc, doc->root, "tlogs", JSON_ARRAY, err)) !=
	    0)
		return rc;
	if (json_count(list) > TRUST_KEYS_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "%zu logs, at most %d are taken", json_count(list),
		    TRUST_KEYS_MAX);
	trust->logs = arena_list(
	    trust->arena, json_count(list), sizeof(*trust->logs), err);
	if (trust->logs == NULL)
		return err->code;
	for (tlog = json_first(list); tlog != json_end(list);
	     tlog = json_next(tlog))
		if ((rc = read_log(trust, doc, tlog, err)) != 0)
			return rc;
	return 0;
}
