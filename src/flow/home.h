/*
 * home.h - the working place of one job: folder, store, keys, trust.
 */
#ifndef VEXLOG_FLOW_HOME_H
#define VEXLOG_FLOW_HOME_H

#include "sign/key.h"
#include "store/store.h"
#include "tlog/log.h"
#include "tlog/trust.h"

struct vexlog {
	struct vexlog_arena *arena; /* texts below; lives as long as this */
	struct vexlog_options options; /* texts copied */
	const char *home;  /* "" for none */
	const char *store_url;
	const char *tenant;
	struct store *store;
};

/* home + "/" + name */
char *home_path(struct vexlog_arena *arena, const char *home, const char *name,
    struct vexlog_err *err);
int64_t home_now(const struct vexlog_options *options);
void home_step(const struct vexlog *v, const char *name);
/* errors   IO (missing: "run vexlog init"), REFUSED (passphrase) */
int home_key(struct key **out, const struct vexlog_options *options,
    const char *home, struct vexlog_err *err);
/* The home's trust file, or bytes when their size is not 0. */
int home_trust(struct trust **out, const char *home, struct vexlog_bytes bytes,
    struct vexlog_err *err);
/* given, or the default log of the home */
int home_log_url(const char **out, struct vexlog_arena *arena,
    const char *home, const char *given, struct vexlog_err *err);
int home_log(struct log **out, const struct vexlog_options *options,
    const char *url, const struct trust *trust, bool read_only,
    struct vexlog_err *err);

#endif
