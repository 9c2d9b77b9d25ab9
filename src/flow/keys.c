/*
 * keys.c - keys, trust files, log checkpoints and migrations for callers of
 * the library.
 */
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "flow/home.h"

int
vexlog_digest(const char **digest, struct vexlog_arena *arena,
    struct vexlog_bytes bytes, struct vexlog_err *err)
{
	char *text = hash_digest_new(arena, bytes, err);

	if (text == NULL)
		return err->code;
	*digest = text;
	return 0;
}

/* ---- keys -------------------------------------------------------------- */

static int
describe(struct vexlog_key_info *out, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_err *err)
{
	struct vexlog_key_info info = {.links = key_details(key) != NULL};
	struct vexlog_bytes pem;
	int rc = key_write_public(&pem, arena, key, err);

	if (rc != 0)
		return rc;
	info.id = arena_copy(arena, key_id(key), err);
	info.algo = arena_copy(arena, key_algo(key), err);
	info.pem = arena_text(arena, pem.data, pem.size, err);
	if (info.id == NULL || info.algo == NULL || info.pem == NULL)
		return err->code;
	*out = info;
	return 0;
}

static bool
holds_text(struct vexlog_bytes bytes, const char *text)
{
	size_t size = strlen(text);

	for (size_t i = 0; i + size <= bytes.size; i++)
		if (memcmp(bytes.data + i, text, size) == 0)
			return true;
	return false;
}

/* A private key, or else a public one. */
static int
read_any(struct key **out, struct vexlog_bytes pem,
    const struct vexlog_options *options, struct vexlog_err *err)
{
	if (pem.size > CONFIG_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "a key file of %zu bytes, the limit is %zu", pem.size,
		    CONFIG_SIZE_MAX);
	if (!holds_text(pem, "PRIVATE KEY"))
		return key_read_public(out, pem, err);
	return key_read_private(out, pem,
	    options == NULL ? NULL : options->passphrase,
	    options == NULL ? NULL : options->passphrase_context, err);
}

int
vexlog_key_read(struct vexlog_key_info *out, struct vexlog_arena *arena,
    struct vexlog_bytes pem, const struct vexlog_options *options,
    struct vexlog_err *err)
{
	struct key *key = NULL;
	int rc = read_any(&key, pem, options, err);

	if (rc == 0)
		rc = describe(out, arena, key, err);
	key_close(key);
	return rc;
}

int
vexlog_key_generate(struct vexlog_bytes *pem, struct vexlog_key_info *info,
    struct vexlog_arena *arena, const char *kind, struct vexlog_err *err)
{
	static const struct {
		const char *name;
		enum key_kind kind;
	} kinds[] = {{"ecdsa-p256", KEY_P256}, {"ecdsa-p384", KEY_P384},
	    {"ecdsa-p521", KEY_P521}, {"rsa-3072", KEY_RSA},
	    {"ed25519", KEY_ED25519}};
	struct vexlog_bytes text;
	struct key *key = NULL;
	size_t i = 0;

	while (i < 5 && !text_same(kind, kinds[i].name))
		i++;
	if (i == 5) {
		err_set(err, VEXLOG_MISUSE, "\"%.64s\" is not a kind of key",
		    kind == NULL ? "" : kind);
		return err_hint(err,
		    "use ecdsa-p256, ecdsa-p384, ecdsa-p521, rsa-3072 or "
		    "ed25519");
	}
	int rc = key_generate(&key, kinds[i].kind, err);
	if (rc == 0)
		rc = key_write_private(&text, arena, key, err);
	if (rc == 0)
		rc = describe(info, arena, key, err);
	if (rc == 0)
		*pem = text;
	key_close(key);
	return rc;
}

/* ---- trust ------------------------------------------------------------- */

static int
copy_item(struct vexlog_trust_item *item, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_err *err)
{
	item->name = arena_copy(arena, item->name, err);
	item->id = arena_copy(arena, item->id, err);
	item->algo = arena_copy(arena, key_algo(key), err);
	if (item->name == NULL || item->id == NULL || item->algo == NULL)
		return err->code;
	if (item->url != NULL &&
	    (item->url = arena_copy(arena, item->url, err)) == NULL)
		return err->code;
	return 0;
}

/* A list of named keys behind the n items that there are. */
static int
list_named(struct vexlog_trust_item *list, size_t *n,
    struct vexlog_arena *arena, const struct trust_signer *from, size_t count,
    bool witness, struct vexlog_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < count; i++, (*n)++) {
		list[*n] = (struct vexlog_trust_item){.signer = !witness,
		    .witness = witness,
		    .name = from[i].name,
		    .id = from[i].id,
		    .valid_from = from[i].valid_from,
		    .valid_until = from[i].valid_until};
		rc = copy_item(&list[*n], arena, from[i].key, err);
	}
	return rc;
}

static int
list_items(const struct vexlog_trust_item **out, size_t *count,
    struct vexlog_arena *arena, const struct trust *t, struct vexlog_err *err)
{
	size_t n = 0;
	struct vexlog_trust_item *list = arena_list(arena,
	    t->log_count + t->signer_count + t->witness_count, sizeof(*list),
	    err);
	int rc = list == NULL ? err->code : 0;

	for (size_t i = 0; rc == 0 && i < t->log_count; i++, n++) {
		const struct trust_log *l = &t->logs[i];
		list[n] = (struct vexlog_trust_item){.name = l->origin,
		    .url = l->url,
		    .id = l->id,
		    .valid_from = l->valid_from,
		    .valid_until = l->valid_until,
		    .quorum = l->quorum};
		rc = copy_item(&list[n], arena, l->key, err);
	}
	if (rc == 0)
		rc = list_named(list, &n, arena, t->signers, t->signer_count,
		    false, err);
	if (rc == 0)
		rc = list_named(list, &n, arena, t->witnesses,
		    t->witness_count, true, err);
	if (rc != 0)
		return rc;
	*out = list;
	*count = n;
	return 0;
}

int
vexlog_trust_read(const struct vexlog_trust_item **list, size_t *count,
    const char **digest, struct vexlog_arena *arena, struct vexlog_bytes json,
    struct vexlog_err *err)
{
	struct trust *t = NULL;
	int rc = trust_read(&t, json, err);

	if (rc != 0)
		return rc;
	char *text = arena_copy(arena, t->digest, err);
	rc = text == NULL ? (int)err->code
			  : list_items(list, count, arena, t, err);
	if (rc == 0)
		*digest = text;
	trust_close(t);
	return rc;
}

int
vexlog_trust_add(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog_bytes old, const struct vexlog_trust_item *item,
    struct vexlog_bytes key_pem, struct vexlog_err *err)
{
	struct trust *trust = NULL;
	struct key *key = NULL;
	int rc;

	if (item->url != NULL && log_url_behind_secret(item->url) != NULL)
		return err_set(err, VEXLOG_MISUSE,
		    "the trust file is logged and handed on: a URL in it has "
		    "no user and password");
	rc = read_any(&key, key_pem, NULL, err);
	if (rc == 0 && old.size > 0)
		rc = trust_read(&trust, old, err);
	if (rc == 0 && item->signer)
		rc = trust_add_signer(json, arena, trust, item->name, key,
		    item->valid_from, item->valid_until, err);
	else if (rc == 0 && item->witness)
		rc = trust_add_witness(json, arena, trust, item->name, key,
		    item->valid_from, item->valid_until, err);
	else if (rc == 0)
		rc = trust_add_log(json, arena, trust, item->name, item->url,
		    key, item->valid_from, item->valid_until, err);
	trust_close(trust);
	key_close(key);
	return rc;
}

int
vexlog_trust_quorum(struct vexlog_bytes *json, struct vexlog_arena *arena,
    struct vexlog_bytes old, const char *origin, size_t quorum,
    struct vexlog_err *err)
{
	struct trust *trust = NULL;
	int rc = trust_read(&trust, old, err);

	if (rc != 0)
		return rc;
	rc = trust_set_quorum(json, arena, trust, origin, quorum, err);
	trust_close(trust);
	return rc;
}

/* ---- the log ----------------------------------------------------------- */

static int
copy_checkpoint(struct vexlog_checkpoint *out, struct vexlog_arena *arena,
    const struct log *log, const struct trust *trust,
    const struct checkpoint *c, struct vexlog_err *err)
{
	const struct trust_log *trusted =
	    trust_log_by_origin(trust, c->origin);
	struct vexlog_checkpoint result = {
	    .tree_size = (int64_t)c->size,
	    .origin = c->origin,
	    .root = text_hex_new(arena, c->root.bytes, HASH_SIZE, err),
	    .log_url = arena_copy(arena, log->url, err),
	    .log_id = arena_copy(arena, trusted == NULL ? "" : trusted->id,
		err),
	    .note = arena_text(arena, c->note.bytes.data,
		c->note.bytes.size, err),
	};

	if (result.note == NULL || result.root == NULL || result.log_url == NULL ||
	    result.log_id == NULL)
		return err->code;
	*out = result;
	return 0;
}

int
vexlog_log_checkpoint(struct vexlog_checkpoint *out,
    struct vexlog_arena *arena, const struct vexlog_options *options,
    const char *log_url, struct vexlog_err *err)
{
	const struct vexlog_bytes none = {NULL, 0};
	struct trust *trust = NULL;
	struct log *log = NULL;
	struct checkpoint c;
	const char *url;
	int rc = home_trust(&trust, options->home, none, err);

	if (rc == 0)
		rc = home_log_url(&url, arena, options->home, log_url, err);
	if (rc == 0)
		rc = home_log(&log, options, url, trust, true, err);
	if (rc == 0)
		rc = log_checkpoint(&c, arena, log, err);
	if (rc == 0)
		rc = copy_checkpoint(out, arena, log, trust, &c, err);
	log_close(log);
	trust_close(trust);
	return rc;
}

int
vexlog_log_verify(struct vexlog_checkpoint *out, struct vexlog_arena *arena,
    const struct vexlog_options *options, struct vexlog_err *err)
{
	char *folder, *url;
	uint64_t size;
	int rc;

	if (options->home == NULL)
		return err_set(err, VEXLOG_MISUSE,
		    "this needs a home folder");
	if ((folder = home_path(arena, options->home, "log", err)) == NULL ||
	    (url = arena_print(arena, err, "local:%s", folder)) == NULL)
		return err->code;
	rc = log_local_verify(&size, folder, err);
	if (rc != 0) {
		if (rc == VEXLOG_NOT_FOUND)
			err_hint(err, "run `vexlog --home %s init` first",
			    options->home);
		return rc;
	}
	return vexlog_log_checkpoint(out, arena, options, url, err);
}

/* ---- migrations -------------------------------------------------------- */

static int
store_of(struct store_options *out, struct vexlog_arena *arena,
    const struct vexlog_options *options, struct vexlog_err *err)
{
	*out = (struct store_options){.url = options->store,
	    .tenant = options->tenant == NULL ? "default" : options->tenant,
	    .now = options->now,
	    .now_context = options->now_context};
	if (out->url != NULL)
		return 0;
	if (options->home == NULL)
		return err_set(err, VEXLOG_MISUSE, "neither home nor store");
	out->url = arena_print(arena, err, "sqlite:%s/store.db",
	    options->home);
	return out->url == NULL ? err->code : 0;
}

int
vexlog_migrations(const struct vexlog_migration **list, size_t *count,
    struct vexlog_arena *arena, const struct vexlog_options *options,
    struct vexlog_err *err)
{
	const struct store_migration *rows;
	struct vexlog_migration *out;
	struct store_options store;
	size_t n;
	int rc = store_of(&store, arena, options, err);

	if (rc == 0)
		rc = store_migrations(&rows, &n, arena, &store, err);
	if (rc != 0)
		return rc;
	if ((out = arena_list(arena, n, sizeof(*out), err)) == NULL)
		return err->code;
	for (size_t i = 0; i < n; i++)
		out[i] = (struct vexlog_migration){rows[i].version,
		    rows[i].checksum, rows[i].applied_at};
	*list = out;
	*count = n;
	return 0;
}

int
vexlog_migrate(size_t *applied, const struct vexlog_options *options,
    bool online, struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(MIB);
	struct store_options store;
	int rc;

	if (arena == NULL)
		return err_memory(err);
	if ((rc = store_of(&store, arena, options, err)) == 0)
		rc = store_migrate(applied, &store, online, err);
	vexlog_arena_close(arena);
	return rc;
}
