/*
 * signing_config.c - see signing_config.h.
 *
 * Fields that we do not know pass, since the format grows; a log that we
 * would use must be complete.
 */
#include "tlog/signing_config.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"

#define MEDIA_TYPE "application/vnd.dev.sigstore.signingconfig."

/* protojson writes an absent message as null or not at all. */
static const struct json_value *
get_set(const struct json_value *object, const char *name)
{
	const struct json_value *v = json_get(object, name);

	return json_is(v, JSON_NULL) ? NULL : v;
}

static int
read_url(const char **out, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err)
{
	const char *url = json_text(v);

	if (url == NULL)
		return json_fail(doc, v, err, "is %s, an address is a string",
		    json_type_name(v->type));
	if (!text_starts(url, "https://") && !text_starts(url, "http://"))
		return json_fail(doc, v, err, "is no http(s) address");
	*out = url;
	return 0;
}

/* The closed interval validFor; without a start it would hold for all of
 * the past. */
static int
read_validity(struct signing_log *log, const struct json_doc *doc,
    const struct json_value *service, struct vexlog_err *err)
{
	const struct json_value *range;
	int rc = json_need(&range, doc, service, "validFor", JSON_OBJECT, err);

	if (rc == 0)
		rc = json_need_time(&log->valid_from, doc, range, "start", err);
	log->valid_until = TIME_MAX;
	if (rc == 0 && get_set(range, "end") != NULL)
		rc = json_need_time(&log->valid_until, doc, range, "end", err);
	if (rc == 0 && log->valid_until < log->valid_from)
		return json_fail(doc, range, err, "ends before it begins");
	return rc;
}

/* v0.2: {"url","majorApiVersion","validFor":{"start","end"},"operator"} */
static int
read_service(struct signing_log *log, const struct json_doc *doc,
    const struct json_value *v, struct vexlog_err *err)
{
	const struct json_value *url;
	int rc;

	if (!json_is(v, JSON_OBJECT))
		return json_fail(doc, v, err, "is %s, a service is an object",
		    json_type_name(v->type));
	rc = json_need(&url, doc, v, "url", JSON_STRING, err);
	if (rc == 0)
		rc = read_url(&log->url, doc, url, err);
	if (rc == 0)
		rc = json_need_integer(
		    &log->version, doc, v, "majorApiVersion", err);
	if (rc == 0 && log->version < 1)
		rc = json_fail(
		    doc, json_get(v, "majorApiVersion"), err, "is below 1");
	if (rc == 0)
		rc = read_validity(log, doc, v, err);
	if (rc == 0 && get_set(v, "operator") != NULL)
		rc = json_need_text(
		    &log->operator_name, doc, v, "operator", err);
	if (rc == 0 && log->operator_name == NULL)
		log->operator_name = "";
	return rc;
}

static int
read_logs(struct signing_config *config, struct vexlog_arena *arena,
    const struct json_doc *doc, const char *name, bool old,
    struct vexlog_err *err)
{
	const struct json_value *list, *v;
	struct signing_log *logs;
	size_t n = 0;
	int rc = 0;

	config->log_count = 0;
	list = get_set(doc->root, name);
	if (list == NULL)
		return 0;
	if (!json_is(list, JSON_ARRAY))
		return json_fail(doc, list, err, "is %s, an array is needed",
		    json_type_name(list->type));
	if (json_count(list) > SIGNING_SERVICES_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "%zu services, at most %d are read", json_count(list),
		    SIGNING_SERVICES_MAX);
	logs = arena_list(arena, json_count(list) + 1, sizeof *logs, err);
	if (logs == NULL)
		return err->code;
	for (v = json_first(list); v != json_end(list) && rc == 0;
	     v = json_next(v), n++) {
		if (!old) {
			rc = read_service(logs + n, doc, v, err);
			continue;
		}
		rc = read_url(&logs[n].url, doc, v, err);
		logs[n].version = 1;
		logs[n].valid_from = TIME_NONE;
		logs[n].valid_until = TIME_MAX;
		logs[n].operator_name = "";
	}
	config->logs = logs;
	config->log_count = n;
	return rc;
}

/* {"selector":"ANY"|"ALL"|"EXACT","count":N} */
static int
read_selector(struct signing_config *config, const struct json_doc *doc,
    struct vexlog_err *err)
{
	static const char *const names[] = {"ANY", "ALL", "EXACT"};
	const struct json_value *v = get_set(doc->root, "rekorTlogConfig");
	const char *name;
	int rc, i;

	config->selector = SIGNING_ANY;
	config->count = 1;
	if (v == NULL)
		return 0;
	rc = json_need_text(&name, doc, v, "selector", err);
	for (i = 0; rc == 0 && i < 3 && !text_same(name, names[i]); i++)
		;
	if (rc == 0 && i == 3)
		return json_fail(doc, json_get(v, "selector"), err,
		    "is \"%.40s\"; known are ANY, ALL and EXACT", name);
	if (rc == 0 && i == SIGNING_EXACT)
		rc = json_need_integer(&config->count, doc, v, "count", err);
	if (rc == 0 && config->count < 1)
		return json_fail(doc, json_get(v, "count"), err, "is below 1");
	if (rc == 0)
		config->selector = (enum signing_selector)i;
	return rc;
}

int
signing_config_read(struct signing_config *out, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err)
{
	struct signing_config config = {0};
	struct json_doc doc;
	const char *type;
	bool old;
	int rc;

	if (json.size > CONFIG_SIZE_MAX)
		return err_set(err, VEXLOG_LIMIT,
		    "%zu bytes, a signing config has at most %zu", json.size,
		    CONFIG_SIZE_MAX);
	rc = json_read(&doc, arena, json, 0, err);
	if (rc == 0)
		rc = json_need_text(&type, &doc, doc.root, "mediaType", err);
	if (rc != 0)
		return rc;
	old = text_same(type, MEDIA_TYPE "v0.1+json");
	if (!old && !text_same(type, MEDIA_TYPE "v0.2+json"))
		return json_fail(&doc, json_get(doc.root, "mediaType"), err,
		    "is \"%.80s\"; known are versions 0.1 and 0.2", type);
	rc = read_logs(
	    &config, arena, &doc, old ? "tlogUrls" : "rekorTlogUrls", old, err);
	if (rc == 0)
		rc = read_selector(&config, &doc, err);
	if (rc == 0)
		*out = config;
	return rc;
}

/* a is written to before b */
static bool
is_better(const struct signing_log *a, const struct signing_log *b)
{
	if (a->version != b->version)
		return a->version > b->version;
	return a->valid_from > b->valid_from;
}

int
signing_config_logs(const struct signing_log *const **out, size_t *count,
    struct vexlog_arena *arena, const struct signing_config *config,
    int64_t at, int64_t version_max, struct vexlog_err *err)
{
	const struct signing_log **list =
	    arena_list(arena, config->log_count + 1, sizeof(*list), err);
	size_t n = 0, i;

	if (list == NULL)
		return err->code;
	for (size_t k = 0; k < config->log_count; k++) {
		const struct signing_log *log = &config->logs[k];
		if (log->version > version_max || at < log->valid_from ||
		    at > log->valid_until)
			continue;
		for (i = n++; i > 0 && is_better(log, list[i - 1]); i--)
			list[i] = list[i - 1];
		list[i] = log;
	}
	*out = list;
	*count = n;
	return 0;
}

const char *
signing_log_url(struct vexlog_arena *arena, const struct signing_log *log,
    struct vexlog_err *err)
{
	return arena_print(
	    arena, err, "rekor%lld+%s", (long long)log->version, log->url);
}
