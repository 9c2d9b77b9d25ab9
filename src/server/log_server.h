/*
 * log_server.h - a local log for others: the write API of Rekor v2 and the
 * read API of C2SP tlog-tiles on one URL.
 *
 *	POST /api/v2/log/entries
 *	GET  /api/v2/checkpoint
 *	GET  /api/v2/tile/<L>/<N>[.p/<W>]
 *	GET  /api/v2/tile/entries/<N>[.p/<W>]
 *	GET  /healthz
 *
 * Anybody who can reach it may add entries, as with any public log: each is
 * a signature that holds, and there is no way to take one away. Other
 * processes may write to the same folder meanwhile.
 */
#ifndef VEXLOG_SERVER_LOG_SERVER_H
#define VEXLOG_SERVER_LOG_SERVER_H

#include "vexlog.h"

#define LOG_SERVE_BATCH       256   /* entries under one checkpoint */
#define LOG_SERVE_BATCH_WAIT  3     /* ms for more of them */
#define LOG_SERVE_WAITING_MAX 65536 /* entries; past it 503 */
#define LOG_SERVE_BODY_MAX    (4 * 1024 * 1024) /* as Rekor's default */
#define LOG_SERVE_IDLE        60   /* s that a silent connection stays */
#define LOG_SERVE_LINGER      5000 /* ms for answers on their way, at the end */

struct log_serve_options {
	const char *folder; /* of the local log */
	/* "8080", "127.0.0.1:8080", "[::1]:8080", "localhost:0"; a port alone
	 * is on 127.0.0.1, port 0 is a free one; NULL: "0" */
	const char *listen;
	bool read_only; /* frozen: POST is 405, everything else goes on */
	/* Readable when it is time to stop, besides SIGTERM and SIGINT; -1:
	 * none. */
	int stop_fd;
	/* Told once it listens, with "http://127.0.0.1:8080". */
	void (*ready)(const char *url, void *context);
	/* Told of what the operator should know, one line; may be called from
	 * several threads. NULL: nobody is. */
	void (*warn)(const char *line, void *context);
	void *context;
};

/*
 * Serves until SIGTERM or SIGINT (or stop_fd); what was taken by then is
 * logged and answered. One call at a time in a process.
 *
 * errors   MISUSE (listen), IO (the address is taken, no right to it),
 *          NOT_FOUND, BAD_PROOF (the log)
 */
int log_serve(const struct log_serve_options *options, struct vexlog_err *err);

#endif
