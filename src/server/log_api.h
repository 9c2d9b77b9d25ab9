/*
 * log_api.h - what the served log answers: routes, answers and errors of
 * Rekor v2 and C2SP tlog-tiles, as libmicrohttpd's callbacks.
 */
#ifndef VEXLOG_SERVER_LOG_API_H
#define VEXLOG_SERVER_LOG_API_H

#include "server/mhd.h"
#include "sign/key_cache.h"
#include <pthread.h>
#include <stdatomic.h>

#include "server/log_writer.h"

struct log_api {
	const char *folder;        /* of the log */
	const char *id;            /* of the log, base64 */
	struct log_writer *writer; /* NULL: read-only */
	struct key_cache *keys;    /* of who writes */
	struct tile_log *reader;
	pthread_mutex_t reading; /* for the reader */
	atomic_size_t open;      /* requests that are not answered */
	void (*warn)(const char *line, void *context);
	void *context;
};

/* MHD_AccessHandlerCallback and MHD_RequestCompletedCallback; the context is
 * the struct log_api. */
enum MHD_Result log_api_handle(void *context, struct MHD_Connection *connection,
    const char *path, const char *method, const char *version, const char *data,
    size_t *size, void **state);
void log_api_completed(void *context, struct MHD_Connection *connection,
    void **state, enum MHD_RequestTerminationCode code);

#endif
