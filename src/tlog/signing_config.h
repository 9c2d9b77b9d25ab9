/*
 * signing_config.h - Sigstore's list of services to sign with; of it, the
 * logs. Shards come and go, so the address of a log is looked up here and
 * never built in.
 * Source: sigstore/protobuf-specs, sigstore_trustroot.proto.
 */
#ifndef VEXLOG_TLOG_SIGNING_CONFIG_H
#define VEXLOG_TLOG_SIGNING_CONFIG_H

#include "json/json.h"

#define SIGNING_SERVICES_MAX 1000

enum signing_selector {
	SIGNING_ANY,   /* one of them */
	SIGNING_ALL,   /* every one */
	SIGNING_EXACT, /* count of them, each of another operator */
};

struct signing_log {
	const char *url;
	int64_t version;                 /* of the API: 1 or 2 */
	int64_t valid_from, valid_until; /* closed; TIME_MAX: open */
	const char *operator_name;       /* "" where it has none */
};

struct signing_config {
	const struct signing_log *logs;
	size_t log_count;
	enum signing_selector selector;
	int64_t count; /* for SIGNING_EXACT */
};

/* v0.1 or v0.2, by its media type. errors SYNTAX, SHAPE (pointer), LIMIT */
int signing_config_read(struct signing_config *out, struct vexlog_arena *arena,
    struct vexlog_bytes json, struct vexlog_err *err);
/*
 * The logs to write to: those valid at that time and of an API version up to
 * version_max; the highest version first, of these the newest.
 */
int signing_config_logs(const struct signing_log *const **out, size_t *count,
    struct vexlog_arena *arena, const struct signing_config *config,
    int64_t at, int64_t version_max, struct vexlog_err *err);
/* Its address for log_open, "rekor2+https://…". */
const char *signing_log_url(struct vexlog_arena *arena,
    const struct signing_log *log, struct vexlog_err *err);

#endif
