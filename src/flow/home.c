/*
 * home.c - make and open a working place.
 *
 *	store.db	the embedded store, where no other is given
 *	key.pem		the signing key, 0600
 *	trust.json	the logs and signers that are believed
 *	log/		the local log
 *	config.json	the default log, where init was given one
 *
 * Nothing that is there is ever overwritten, trust.json and config.json
 * aside, which are replaced as a whole when something is added to them.
 */
#include "flow/home.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "json/write.h"

#define HOME_ARENA (4 * MIB)

char *
home_path(struct vexlog_arena *arena, const char *home, const char *name,
    struct vexlog_err *err)
{
	return arena_print(arena, err, "%s/%s", home, name);
}

int64_t
home_now(const struct vexlog_options *options)
{
	return options->now != NULL ? options->now(options->now_context) :
				      time_now();
}

void
home_step(const struct vexlog *v, const char *name)
{
	if (v->options.step != NULL)
		v->options.step(name, v->options.step_context);
}

static int
need_home(const char *home, struct vexlog_err *err)
{
	if (home != NULL && home[0] != '\0')
		return 0;
	return err_set(err, VEXLOG_MISUSE, "this needs a home folder");
}

static int
read_home_file(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *home, const char *name, struct vexlog_err *err)
{
	char *path = home_path(arena, home, name, err);
	int rc = path == NULL ? err->code : 0;

	if (rc == 0)
		rc = file_read(out, arena, path, CONFIG_SIZE_MAX, err);
	if (rc == VEXLOG_NOT_FOUND)
		err_hint(err, "run `vexlog --home %s init` first", home);
	return rc;
}

/* What init makes and nothing works without: missing, it is no answer to a
 * caller's question (NOT_FOUND), but a home that is not whole. */
static int
need_home_file(struct vexlog_bytes *out, struct vexlog_arena *arena,
    const char *home, const char *name, struct vexlog_err *err)
{
	int rc = read_home_file(out, arena, home, name, err);

	return rc == VEXLOG_NOT_FOUND ? (err->code = VEXLOG_IO) : rc;
}

int
home_key(struct key **out, const struct vexlog_options *options,
    const char *home, struct vexlog_err *err)
{
	struct vexlog_arena *arena;
	struct vexlog_bytes pem;
	int rc = need_home(home, err);

	if (rc != 0)
		return rc;
	if ((arena = vexlog_arena_open(2 * CONFIG_SIZE_MAX)) == NULL)
		return err_memory(err);
	rc = need_home_file(&pem, arena, home, "key.pem", err);
	if (rc == 0) {
		rc = key_read_private(out, pem, options->passphrase,
		    options->passphrase_context, err);
		if (rc != 0) {
			char *path = home_path(arena, home, "key.pem", NULL);
			err_where(err, path == NULL ? "key.pem" : path);
		}
	}
	vexlog_arena_close(arena);
	return rc;
}

int
home_trust(struct trust **out, const char *home, struct vexlog_bytes bytes,
    struct vexlog_err *err)
{
	struct vexlog_arena *arena;
	const char *where = "the trust file";
	int rc = 0;

	if (bytes.size == 0 && (rc = need_home(home, err)) != 0)
		return rc;
	if ((arena = vexlog_arena_open(2 * CONFIG_SIZE_MAX)) == NULL)
		return err_memory(err);
	if (bytes.size == 0) {
		rc = need_home_file(&bytes, arena, home, "trust.json", err);
		where = home_path(arena, home, "trust.json", NULL);
	}
	if (rc == 0 && (rc = trust_read(out, bytes, err)) != 0)
		err_where(err, where == NULL ? "trust.json" : where);
	vexlog_arena_close(arena);
	return rc;
}

/* A signing config, with or without its scheme, by its whole path: what init
 * keeps holds in any folder. */
static int
name_log(const char **out, struct vexlog_arena *arena, const char *given,
    struct vexlog_err *err)
{
	static const char scheme[] = "signing-config:";
	const char *path = text_starts(given, scheme)
	    ? given + strlen(scheme)
	    : given;

	*out = given;
	if (!file_exists(path))
		return 0;
	if ((path = file_whole_path(arena, path, err)) == NULL ||
	    (*out = arena_print(arena, err, "%s%s", scheme, path)) == NULL)
		return err->code;
	return 0;
}

int
home_log_url(const char **out, struct vexlog_arena *arena, const char *home,
    const char *given, struct vexlog_err *err)
{
	struct vexlog_bytes bytes;
	struct json_doc doc;
	const char *url = NULL;
	int rc;

	if (given != NULL)
		return name_log(out, arena, given, err);
	if ((rc = need_home(home, err)) != 0)
		return rc;
	rc = read_home_file(&bytes, arena, home, "config.json", err);
	if (rc == 0) {
		if ((rc = json_read(&doc, arena, bytes, 0, err)) == 0)
			rc = json_want_text(&url, &doc, doc.root, "log", err);
		if (rc != 0) {
			char *path = home_path(arena, home, "config.json",
			    NULL);
			return err_where(err,
			    path == NULL ? "config.json" : path);
		}
	} else if (rc != VEXLOG_NOT_FOUND)
		return rc;
	if (url == NULL)
		url = arena_print(arena, err, "local:%s/log", home);
	if (url == NULL)
		return err->code;
	*out = url;
	return 0;
}

int
home_log(struct log **out, const struct vexlog_options *options,
    const char *url, const struct trust *trust, bool read_only,
    struct vexlog_err *err)
{
	const struct log_options o = {.url = url,
	    .trust = trust,
	    .now = options->now,
	    .now_context = options->now_context,
	    .read_only = read_only};
	int rc = log_open(out, &o, err);

	/* as need_home_file */
	if (rc == VEXLOG_NOT_FOUND && strncmp(url, "local:", 6) == 0)
		return err->code = VEXLOG_IO;
	return rc;
}

/* ---- open -------------------------------------------------------------- */

static int
copy_text(const char **out, struct vexlog_arena *arena, const char *text,
    struct vexlog_err *err)
{
	*out = text == NULL ? NULL : arena_copy(arena, text, err);
	return text != NULL && *out == NULL ? err->code : 0;
}

static int
fill(struct vexlog *v, const struct vexlog_options *options,
    struct vexlog_err *err)
{
	int rc;

	v->options = *options;
	v->home = "";
	v->tenant = "default";
	if (options->home == NULL && options->store == NULL)
		return err_set(err, VEXLOG_MISUSE, "neither home nor store");
	if ((options->home != NULL &&
		(rc = copy_text(&v->home, v->arena, options->home, err)) !=
		    0) ||
	    (options->tenant != NULL &&
		(rc = copy_text(&v->tenant, v->arena, options->tenant,
		     err)) != 0) ||
	    (rc = copy_text(&v->store_url, v->arena, options->store, err)) !=
		0)
		return rc;
	if (v->store_url == NULL)
		v->store_url = arena_print(v->arena, err, "sqlite:%s/store.db",
		    v->home);
	return v->store_url == NULL ? err->code : 0;
}

static int
make(struct vexlog **out, const struct vexlog_options *options,
    struct vexlog_err *err)
{
	struct vexlog_arena *arena = vexlog_arena_open(HOME_ARENA);
	struct vexlog *v;
	int rc;

	if (arena == NULL)
		return err_memory(err);
	v = arena_zero(arena, sizeof(*v), err);
	rc = v == NULL ? err->code : 0;
	if (rc == 0) {
		v->arena = arena;
		rc = fill(v, options, err);
	}
	if (rc != 0)
		vexlog_arena_close(arena);
	else
		*out = v;
	return rc;
}

static int
open_store(struct vexlog *v, bool create, struct vexlog_err *err)
{
	const struct store_options o = {.url = v->store_url,
	    .tenant = v->tenant,
	    .now = v->options.now,
	    .now_context = v->options.now_context,
	    .migrate = create,
	    .create = create};

	return store_open(&v->store, &o, err);
}

int
vexlog_open(struct vexlog **out, const struct vexlog_options *options,
    struct vexlog_err *err)
{
	struct vexlog *v = NULL;
	int rc = make(&v, options, err);

	if (rc != 0)
		return rc;
	if ((rc = open_store(v, false, err)) != 0) {
		vexlog_close(v);
		return rc;
	}
	const char *warning = store_warning(v->store);
	if (warning != NULL && options->warn != NULL)
		options->warn(warning, options->warn_context);
	*out = v;
	return 0;
}

int
vexlog_wait(struct vexlog *v, int milliseconds, struct vexlog_err *err)
{
	return store_wait(v->store, milliseconds, err);
}

void
vexlog_close(struct vexlog *v)
{
	if (v == NULL)
		return;
	store_close(v->store);
	vexlog_arena_close(v->arena);
}

/* ---- init -------------------------------------------------------------- */

static int
init_key(const struct vexlog *v, struct vexlog_arena *arena, struct key **key,
    struct vexlog_err *err)
{
	char *path = home_path(arena, v->home, "key.pem", err);
	struct vexlog_bytes pem;
	int rc;

	if (path == NULL)
		return err->code;
	if (file_exists(path))
		return home_key(key, &v->options, v->home, err);
	if ((rc = key_generate(key, KEY_P256, err)) != 0)
		return rc;
	if ((rc = key_write_private(&pem, arena, *key, err)) == 0)
		rc = file_create(path, pem, 0600, err);
	if (rc == 0)
		return 0;
	key_close(*key);
	*key = NULL;
	/* another init was faster: its key is the one */
	if (rc == VEXLOG_CONFLICT)
		return home_key(key, &v->options, v->home, err);
	return rc;
}

/* What trust.json must hold: the local log and our own key. */
static int
add_trust(struct vexlog_bytes *json, const struct vexlog *v,
    struct vexlog_arena *arena, const struct trust *old, const struct key *key,
    struct vexlog_err *err)
{
	char *folder = home_path(arena, v->home, "log", err);
	struct trust *with_log = NULL;
	struct key *log_key = NULL;
	const char *origin, *url;
	int64_t now = home_now(&v->options) / SECOND * SECOND;
	int rc;

	if (folder == NULL)
		return err->code;
	rc = log_local_identity(&origin, &log_key, arena, folder, err);
	if (rc != 0)
		return rc;
	url = arena_print(arena, err, "local:%s", folder);
	rc = url == NULL ? err->code :
			   trust_add_log(json, arena, old, origin, url,
			       log_key, now, TIME_MAX, err);
	key_close(log_key);
	if (rc != 0 || (rc = trust_read(&with_log, *json, err)) != 0)
		return rc;
	char *name = arena_print(arena, err, "home:%.16s", key_id(key));
	rc = name == NULL ? err->code :
			    trust_add_signer(json, arena, with_log, name, key,
				now, TIME_MAX, err);
	trust_close(with_log);
	return rc;
}

static int
init_trust(const struct vexlog *v, struct vexlog_arena *arena,
    const struct key *key, struct vexlog_err *err)
{
	char *path = home_path(arena, v->home, "trust.json", err);
	const struct vexlog_bytes none = {NULL, 0};
	struct trust *old = NULL, *new = NULL;
	struct vexlog_bytes json;
	int rc = 0;

	if (path == NULL)
		return err->code;
	if (file_exists(path))
		rc = home_trust(&old, v->home, none, err);
	if (rc == 0)
		rc = add_trust(&json, v, arena, old, key, err);
	if (rc == 0)
		rc = trust_read(&new, json, err);
	if (rc == 0 && (old == NULL || !text_same(old->digest, new->digest)))
		rc = file_write(path, json, 0644, err);
	trust_close(old);
	trust_close(new);
	return rc;
}

static int
init_config(const struct vexlog *v, struct vexlog_arena *arena,
    const char *log_url, struct vexlog_err *err)
{
	char *path = home_path(arena, v->home, "config.json", err);
	struct vexlog_bytes json;
	struct json_writer w;
	struct buffer b;
	int rc;

	if (path == NULL)
		return err->code;
	if (log_url == NULL)
		return 0;
	buffer_open(&b, arena, MIB);
	json_open(&w, &b, true);
	json_object(&w);
	json_member(&w, "log", log_url);
	json_close(&w);
	buffer_byte(&b, '\n');
	if ((rc = buffer_finish(&b, &json, err)) != 0)
		return rc;
	return file_write(path, json, 0600, err); /* it may hold a password */
}

static int
init_all(struct vexlog_init_result *out, struct vexlog_arena *arena,
    struct vexlog *v, const char *log_url, struct vexlog_err *err)
{
	char *folder = home_path(arena, v->home, "log", err);
	struct vexlog_init_result result = {0};
	struct key *key = NULL;
	int rc;

	if (folder == NULL)
		return err->code;
	/* before anything is made */
	if (log_url != NULL &&
	    ((rc = name_log(&log_url, arena, log_url, err)) != 0 ||
		(rc = log_url_shown(&result.log, arena, log_url, err)) != 0))
		return rc;
	if ((rc = file_make_folder(v->home, 0700, err)) != 0 ||
	    (rc = init_key(v, arena, &key, err)) != 0)
		return rc;
	if ((rc = log_local_init(folder, err)) == 0 &&
	    (rc = init_trust(v, arena, key, err)) == 0 &&
	    (rc = init_config(v, arena, log_url, err)) == 0 &&
	    (rc = home_log_url(&log_url, arena, v->home, NULL, err)) == 0 &&
	    (rc = log_url_shown(&result.log, arena, log_url, err)) == 0 &&
	    (rc = open_store(v, true, err)) == 0) {
		result.home = arena_copy(arena, v->home, err);
		result.store = arena_copy(arena, store_url(v->store), err);
		result.key_id = arena_copy(arena, key_id(key), err);
		if (result.home == NULL || result.store == NULL ||
		    result.key_id == NULL)
			rc = err->code;
	}
	key_close(key);
	if (rc == 0)
		*out = result;
	return rc;
}

int
vexlog_init(struct vexlog_init_result *out, struct vexlog_arena *arena,
    const struct vexlog_options *options, const char *log_url,
    struct vexlog_err *err)
{
	struct vexlog *v = NULL;
	int rc = need_home(options->home, err);

	if (rc != 0 || (rc = make(&v, options, err)) != 0)
		return rc;
	rc = init_all(out, arena, v, log_url, err);
	vexlog_close(v);
	return rc;
}
